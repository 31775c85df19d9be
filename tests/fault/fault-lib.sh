# SPDX-License-Identifier: BSD-2-Clause
# What the tests of failing allocations, inputs and outputs share, over those
# of `tamga enroll`: one virtual card and one authority of the test's own.
# shellcheck disable=SC2086
. "$top_srcdir/tests/interop/enroll-lib.sh"
. "$top_srcdir/tests/lib/seed.sh"
shim=$top_builddir/tests/fault/.libs/shim.so
[ -e "$shim" ] || { echo "skipped: $shim is not built"; exit 77; }
if ldd "$tamga" 2>/dev/null | grep -q libasan; then
	echo "skipped: AddressSanitizer must be preloaded first, so nothing else can be"
	exit 77
fi

# What is freed or never written shows, and freeing twice ends the program.
MALLOC_PERTURB_=165 LC_ALL=C
export MALLOC_PERTURB_ LC_ALL
credentials="--user $TAMGA_TEST_RA_USER --password-file $TAMGA_TEST_RA_PASSWORD_FILE"
runs=0 hurt=0 wrong=0

# broken COMMAND...: runs it with the shim; the status in $status.
broken() {
	status=0
	rm -f "$work/told"
	timeout -k 1 60 env LD_PRELOAD="$shim" TAMGA_FAULT_TOLD="$work/told" "$@" \
		>"$work/out" 2>"$work/said" </dev/null || status=$?
	runs=$((runs + 1))
	[ ! -s "$work/told" ] || hurt=$((hurt + 1))
}

# wrong WORDS: one more defect; the stack of what failed says where.
wrong() {
	wrong=$((wrong + 1))
	echo "WRONG: $what, $TAMGA_FAULT ${TAMGA_FAULT_ERROR:-} ${TAMGA_FAULT_WHOSE:-}, at $n: $*"
	grep -vE 'shim.so|libc.so' "$work/told" 2>/dev/null | sed -n 's/^/    /;1,7p'
	sed -n 's/^/    said: /;1,3p' "$work/said"
}

# The codes of tamga(1), and words whenever it is not 0.
judge() {
	case $status in
	124|137) wrong "it hangs" ;;
	[0-7]) ;;
	*) wrong "status $status" ;;
	esac
	[ "$status" = 0 ] || [ -s "$work/said" ] || grep -q '"error"' "$work/out" ||
		wrong "status $status without a word"
}

# sweep WHAT MOST FIRST THEN COMMAND...: counts the places of COMMAND, then
# makes each fail (MOST of them when there are more), always after FIRST and
# followed by THEN, which sees $status.
sweep() {
	what=$1 first=$3 then=$4
	most=$2
	shift 4
	n=0
	$first
	TAMGA_FAULT_COUNT=$work/count broken "$@"
	[ "$status" = 0 ] || fail "$what: status $status with nothing broken"
	cp "$work/out" "$work/whole"
	total=$(cat "$work/count")
	[ "$total" -gt 0 ] || fail "$what: no places"
	every=$(((total + most - 1) / most))
	n=$((1 + seed % every))
	runs=0 hurt=0
	while [ "$n" -le "$total" ]; do
		$first
		TAMGA_FAULT_AT=$n broken "$@"
		judge
		$then
		n=$((n + every))
	done
	[ "$hurt" -ge $((runs * 3 / 4)) ] || fail "$what: only $hurt of $runs failed anything"
	echo "$what: $runs of $total places, $TAMGA_FAULT ${TAMGA_FAULT_ERROR:-}"
}

nothing() { :; }
# What was said is the whole of it, or it did not succeed.
same_words() {
	[ "$status" != 0 ] || cmp -s "$work/out" "$work/whole" ||
		wrong "status 0 with another answer"
}
same_length() {
	[ "$status" != 0 ] || [ "$(wc -l <"$work/out")" = "$(wc -l <"$work/whole")" ] ||
		wrong "status 0 with half an answer"
}
no_file() { rm -f "$work/file" "$work"/file.*; }
# Whole or not there; nothing left beside it.
whole_file() {
	[ "$status" != 0 ] || [ -s "$work/file" ] || wrong "status 0 without a file"
	[ ! -e "$work/file" ] || "$whole" || wrong "half a file"
	for beside in "$work"/file.*; do
		[ ! -e "$beside" ] || wrong "leaves $beside"
	done
}
whole_csr() { openssl req -in "$work/file" -noout -verify >/dev/null 2>&1; }
whole_signature() {
	openssl dgst -sha256 -verify "$work/key.pem" -signature "$work/file" \
		"$work/text" >/dev/null 2>&1
}
# It is there: what cannot be looked at is not "no such key".
found_or_no_memory() {
	! grep -q "answers to the name" "$work/said" || wrong "no such key"
	whole_file
}
from_the_shop() {
	fresh_card --yubikey
	rows=$(applications)
}
one_key_or_none() {
	keys=$(generated)
	[ "$keys" -le 1 ] || wrong "$keys keys"
	[ "$status" != 0 ] || [ "$keys" = 1 ] || wrong "status 0 without a key"
	same_length
}
# Whatever became of it, going on as a person would makes it whole.
resumed() {
	if [ "$status" = 0 ]; then
		[ "$(state)" = done ] || wrong "status 0 but $(state)"
	elif [ "$(journals)" = 1 ] && [ "$(state)" != done ]; then
		run 0 "$tamga" enroll --resume $local $credentials
	elif [ "$(journals)" = 0 ]; then
		run 0 "$tamga" enroll $local $official --slot 9a --subject "CN=Again"
	fi
	[ "$(generated)" = 1 ] || wrong "$(generated) keys"
	[ "$(applications)" = $((rows + 1)) ] ||
		wrong "$(applications) applications, not $((rows + 1))"
	[ "$(journals)" = 1 ] || wrong "$(journals) journals"
	[ "$(state)" = done ] || wrong "the journal says $(state)"
}

# Keys in a folder: whatever fails, the key can be opened, and what is written is
# whole.
as_it_was() {
	rm -rf "$work/keys"
	cp -a "$work/kept" "$work/keys"
	no_file
}
key_is_there() {
	if [ -e "$work/keys/tamga-1.p12" ]; then
		openssl pkcs12 -in "$work/keys/tamga-1.p12" -passin "file:$work/secret" -nocerts \
			-nodes 2>/dev/null | openssl pkey -pubout >"$work/now.pem" 2>/dev/null
	else
		openssl pkey -in "$work/keys/tamga-1.pem" -passin "file:$work/secret" -pubout \
			>"$work/now.pem" 2>/dev/null
	fi
	cmp -s "$work/now.pem" "$work/key.pem" || wrong "the key is lost: $(ls -A "$work/keys")"
	whole_file
}
container_or_key() {
	no_file
	key_is_there_silently=$status
	status=1		# no file is written here
	key_is_there
	status=$key_is_there_silently
	[ "$status" != 0 ] || [ "$(ls -A "$work/keys")" = tamga-1.p12 ] ||
		wrong "status 0 and in the folder: $(ls -A "$work/keys")"
}
folder_commands() { # FEW
	rm -rf "$work/keys" "$work/kept"
	mkdir -m 700 "$work/keys"
	printf 'sw0rdfish\n' >"$work/secret"
	folder="--token file+legacy:$work/keys"
	password="--pin-file $work/secret"
	run 0 "$tamga" enroll $folder $official --subject CN=Files --type ec:p256 \
		--new-pin-file "$work/secret"
	run 0 "$tamga" cert export $folder 1 -o "$work/cert.pem"
	openssl x509 -in "$work/cert.pem" -noout -pubkey >"$work/key.pem"
	cp -a "$work/keys" "$work/kept"
	sweep "files: list" $1 as_it_was same_words "$tamga" list $folder
	sweep "files: sign" $1 as_it_was key_is_there "$tamga" sign $folder $password 1 \
		"$work/text" -o "$work/file"
	run 0 "$tamga" cert delete $folder $password --yes 1
	rm -rf "$work/kept"
	cp -a "$work/keys" "$work/kept"
	sweep "files: cert install" $1 as_it_was container_or_key "$tamga" cert install $folder \
		$password 1 "$work/cert.pem"
}

# Every command of a token's life, MANY failures in each and FEW in those that
# take long.
commands() { # MANY FEW
	printf '%s\n' "$TAMGA_TEST_ADMIN" >"$work/admin"
	admin="--admin-key-file $work/admin"
	head -c 100 /dev/urandom >"$work/text"
	sweep "key generate" $2 from_the_shop one_key_or_none "$tamga" key generate 9a \
		$local $admin --replace
	sweep "enroll" $2 from_the_shop resumed "$tamga" enroll $local $official \
		--slot 9a --subject "CN=Hurt"
	sweep "list" $1 nothing same_words "$tamga" list --no-pcsc
	sweep "list --json" $1 nothing same_words "$tamga" list --no-pcsc --json
	sweep "info" $1 nothing same_words "$tamga" info --no-pcsc
	run 0 "$tamga" cert export --no-pcsc 9a -o "$work/cert.pem"
	openssl x509 -in "$work/cert.pem" -noout -pubkey >"$work/key.pem"
	whole=whole_csr
	sweep "csr" $1 no_file whole_file "$tamga" csr 9a $local --subject "CN=x" \
		-o "$work/file"
	whole=whole_signature
	sweep "sign" $1 no_file whole_file "$tamga" sign 9a $local "$work/text" \
		-o "$work/file"
	label=$(openssl x509 -in "$work/cert.pem" -noout -subject -nameopt multiline |
		sed -n 's/^ *commonName *= //p')
	sweep "sign by label" $1 no_file found_or_no_memory "$tamga" sign "$label" $local \
		"$work/text" -o "$work/file"
	sweep "cert install" $1 nothing same_length "$tamga" cert install 9a \
		"$work/cert.pem" --replace $local $admin
	assert_installed 9a
	! has_folders || folder_commands $2
}
