# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# What the tests of doc/clients share; sourced, never run.  Such a test is the
# page: it runs the commands that stand there, in a folder and a home of its
# own, beside a card whose certificates the test's authority has issued.
. "$top_srcdir/tests/interop/p11-lib.sh"

CARDS="--card piv,serial=10000001,provisioned=ec:p256/rsa:2048/rsa:2048/ec:p384"
unset TAMGA_TEST_NETNS		# the pages name ports: a network of our own
PATH=$top_builddir:$top_builddir/tools/ra:$PATH:/usr/sbin:/sbin:$top_builddir/daemons/usr/sbin
MODULE=$M
LC_ALL=C.UTF-8
export PATH MODULE PIN LC_ALL
unset SSH_AUTH_SOCK SSH_AGENT_PID SSH_ASKPASS GNUPGHOME OPENSSL_CONF PKCS11_MODULE_PATH \
	GNUTLS_PIN P11_KIT_SERVER_ADDRESS DISPLAY

# What pages start they note in *.pid.
finish() {
	for note in "$work"/here/*.pid; do
		[ ! -s "$note" ] || kill "$(cat "$note")" 2>/dev/null || :
	done
	rm -rf "$work"
}

# here: into an empty folder, which is home.
here() {
	work=$(mktemp -d)
	trap finish EXIT
	mkdir "$work/here" "$work/blocks" "$work/bin"
	HOME=$work/here
	PATH=$work/bin:$PATH
	export HOME PATH
	unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_RUNTIME_DIR XDG_STATE_HOME
	cd "$HOME"
}

quietly() { "$@" >"$work/said" 2>&1 || { cat "$work/said" >&2; fail "$*"; }; }

# issue PUBLIC-KEY SUBJECT NAME USAGE OUT: a certificate of our authority.
issue() {
	printf 'subjectAltName=%s\n%s\n' "$3" "$4" >"$work/ext"
	quietly openssl x509 -new -force_pubkey "$1" -subj "$2" -CA ca.pem -CAkey "$work/ca.key" \
		-days 30 -extfile "$work/ext" -out "$5"
}

# authority: ca.pem, a server's certificate and key, and certificates on the
# card, as the pages say that the reader has them.
authority() {
	quietly openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
		-subj "/CN=Example CA" -keyout "$work/ca.key" -out ca.pem
	quietly openssl genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256 -out server.key
	openssl pkey -in server.key -pubout -out "$work/pub"
	issue "$work/pub" /CN=localhost DNS:localhost,IP:127.0.0.1 \
		"extendedKeyUsage=serverAuth" server.pem
	printf '%s' "$PIN" >"$work/pin"
	while read -r slot usage; do
		quietly openssl x509 -in "$(read_certificate "$slot")" -noout -pubkey -out "$work/pub"
		issue "$work/pub" "/CN=Asel $slot" email:asel@example.org \
			"keyUsage=critical,$usage
extendedKeyUsage=clientAuth,emailProtection" "$slot.pem"
		quietly tamga cert install "$slot" "$slot.pem" --pin-file "$work/pin" --replace
	done <<-SLOTS
	9a digitalSignature
	9c digitalSignature,nonRepudiation
	9d digitalSignature,keyEncipherment
	9e digitalSignature
	SLOTS

	cat >"$work/bin/issue" <<-END
	#!/bin/sh -e
	# issue IN OUT: the authority: a certificate for a request or a public key
	cd "$work"
	printf 'subjectAltName=email:asel@example.org\nkeyUsage=digitalSignature\n' >issue.ext
	set -- "\$OLDPWD/\$1" "\$OLDPWD/\$2" -CA here/ca.pem -CAkey ca.key -days 30 -extfile issue.ext
	in=\$1 out=\$2
	shift 2
	if grep -q REQUEST "\$in"; then
		openssl req -in "\$in" -noout -verify
		set -- -req -in "\$in" "\$@"
	else
		set -- -new -force_pubkey "\$in" -subj "/CN=Asel new" "\$@"
	fi
	openssl x509 "\$@" -out "\$out"
	END
	chmod +x "$work/bin/issue"
}

read_certificate() {
	tamga cert export "$1" -o "$work/cert" >/dev/null 2>&1 || fail "no certificate in $1"
	echo "$work/cert"
}

# How many APDUs.  Who takes longer than a second to log in has the application
# selected again right before the PIN is sent: that one is the machine's load.
count_apdus() {
	ctl log | awk '/ 00 20 00 80 [1-9]/ && selected { n-- }
		{ n++; selected = / 00 A4 / }
		END { print n + 0 }'
}

# run BLOCK: one block of the page, in a shell that has what those before it
# exported and the folder they were in.
run() {
	. "$1.options"
	: "${want_pins:=}" "${want_apdus:=}"
	ctl mark
	status=0
	timeout 60 sh -eu -c '. "$0.env"; cd "$(cat "$0.folder")"; . "$1.sh"
		export -p >"$0.env"; pwd >"$0.folder"' "$work/state" "$1" \
		>"$1.got" 2>&1 </dev/null || status=$?
	apdus=$(count_apdus)
	pins=$(ctl log | grep -cE '^[0-9]+ 00 20 00 80 [1-9]' || :)
	echo "   line $want_line: $apdus APDUs, $pins PINs"
	[ "$status" = "$want_status" ] || wrong "$1" "exit status $status, not $want_status"
	if [ -f "$1.want" ]; then
		python3 "$top_srcdir/tests/interop/page.py" match "$1.want" "$1.got" ||
			wrong "$1" "this is not what the page shows"
	fi
	if [ -n "${TAMGA_PAGE_COUNT:-}" ]; then
		[ -z "$want_apdus$want_pins" ] ||
			python3 "$top_srcdir/tests/interop/page.py" count \
				"$top_srcdir/$page" "$want_line" "$apdus" "$pins"
		return
	fi
	[ "$apdus" = "${want_apdus:-$apdus}" ] || wrong "$1" "$apdus APDUs, not $want_apdus"
	[ "$pins" -le "${want_pins:-1}" ] && [ "$pins" -ge "${want_pins:-0}" ] ||
		wrong "$1" "the PIN was sent $pins times"
}

wrong() {
	{ sed 's/^/$ /' "$1.sh"; cat "$1.got"; echo "--- card:"; ctl log
		tail -n 20 "$(cat "$work/state.folder")"/log* 2>/dev/null || :; } >&2
	fail "$page, line $want_line: $2"
}

# page NAME: runs doc/clients/NAME.md.  guide NAME: doc/guide/NAME.md.
page() { page_at "doc/clients/$1.md"; }
guide() { page_at "doc/guide/$1.md"; }

page_at() {
	page=$1
	step "$page"
	python3 "$top_srcdir/tests/interop/page.py" split "$top_srcdir/$page" \
		"$work/blocks" || fail "$page"
	export -p >"$work/state.env"
	pwd >"$work/state.folder"
	for block in "$work"/blocks/*.sh; do
		run "${block%.sh}"
	done
}
