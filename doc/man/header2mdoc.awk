# SPDX-License-Identifier: BSD-2-Clause
#
# Makes the manual page of a public header: the contract is written once, in
# the header, and read there or with man(1).
#
#	awk -f header2mdoc.awk -v header=key include/tamga/key.h > tamga_key.3
#
# The first comment after the licence says what the page is for; every other
# comment goes with the declarations that follow it, up to a blank line.

function escape(s) {
	gsub(/\\/, "\\e", s)
	sub(/^[.']/, "\\\\\\&&", s)
	return s
}
function comment_text(s) {
	sub(/^[ \t]*\/\*[ \t]?/, "", s)
	sub(/[ \t]*\*\/[ \t]*$/, "", s)
	sub(/^[ \t]*\*[ \t]?/, "", s)
	return s
}
function name_of(s) {
	if (match(s, /^tmg_[a-z0-9_]+\(/))
		names[++count] = substr(s, 1, RLENGTH - 1)
}
function flush_block() {
	if (code != "")
		body = body ".Bd -literal\n" code ".Ed\n"
	if (words != "")
		body = body ".Bd -literal -offset indent\n" words ".Ed\n"
	words = code = ""
}
function is_frame(s) {		# guards and the like: no part of the contract
	return s ~ /SPDX-License-Identifier/ || s == "}" && !depth ||
	    s ~ /^#(ifndef|define|ifdef)[ \t]+(TAMGA_[A-Z0-9_]+_H|__cplusplus)/ ||
	    s ~ /^#(include|endif)/ || s ~ /^extern "C" \{/
}
!depth && !in_comment && is_frame($0) { next }
/^\/\*/ && !depth {
	in_comment = 1
	if (seen)
		flush_block()
}
in_comment {
	text = comment_text($0)
	if (!seen)
		purpose = purpose (purpose == "" ? "" : "\n") escape(text)
	else if ($0 !~ /^\/\*[ \t]*$/ && $0 !~ /^[ \t]*\*\/[ \t]*$/)
		words = words escape(text) "\n"
	if ($0 ~ /\*\//) {
		in_comment = 0
		seen = 1
	}
	next
}
/^[ \t]*$/ && !depth { flush_block(); next }
{
	name_of($0)
	line = $0
	gsub(/TMG_API |TMG_MUST_USE /, "", line)
	if (line ~ /^TMG_(API|MUST_USE)$/)
		next
	code = code escape(line) "\n"
	depth += gsub(/\{/, "{", line) - gsub(/\}/, "}", line)
}
END {
	flush_block()
	title = purpose
	sub(/[.;\n].*/, "", title)
	sub(/^tamga: /, "", title)
	print ".\\\" SPDX-License-Identifier: BSD-2-Clause"
	print ".Dd November 22, 2026\n.Dt TAMGA_" toupper(header) " 3\n.Os\n.Sh NAME"
	print ".Nm tamga/" header ".h" (count ? " ," : "")
	for (i = 1; i <= count; i++)
		print ".Nm " names[i] (i < count ? " ," : "")
	print ".Nd " tolower(substr(title, 1, 1)) substr(title, 2)
	print ".Sh SYNOPSIS\n.In tamga/" header ".h\n.Sh DESCRIPTION"
	sub(/\n+$/, "", purpose)
	print ".Bd -literal\n" purpose "\n.Ed"
	printf "%s", body
	print ".Sh SEE ALSO\n.Xr tamga 1 ,\n.Xr tamga_tamga 3"
}
