#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# device-attest-01: a key born on the token gets a certificate that names the token,
# from a server that was written from the drafts and asks openssl whom to believe.
# shellcheck disable=SC2086
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
python3 -c 'import cryptography' 2>/dev/null ||
	{ echo "skipped: no python3 with cryptography"; exit 77; }
by() { ctl log | grep -c " 00 87 [0-9A-F]* $1 .* 9000 "; }	# signatures of a slot's key

# serve MAKER: in wish, what tamga is told
serve() {
	rm -rf "$work/acme" "$work/told"
	mkdir "$work/acme"
	: >"$work/acme/mode"
	mkfifo "$work/told"
	python3 "$top_srcdir/tests/interop/attest-acme.py" "$work/acme" "$1" \
		>"$work/told" 2>"$work/server" &
	children="$children $!"
	read -r port <"$work/told" || { cat "$work/server"; fail "the server does not serve"; }
	wish="$local --ca acme+https://localhost:$port/directory --ca-file $work/acme/ca.pem
--ca-option challenge=device-attest-01 --ca-option wait=2 --timeout 5"
}

# ---- each kind of key ---------------------------------------------------------------
for type in ec:p256 ec:p384 rsa:2048 ed25519; do
	fresh_card --yubikey=5.7.1 --serial 7654321
	run 0 "$tamga" cert export --no-pcsc f9 -o "$work/maker.pem"
	serve "$work/maker.pem"
	ctl mark
	run 0 "$tamga" enroll $wish --slot 9a --type $type --subject CN=7654321 \
		--san permanent-identifier:7654321
	run 0 "$tamga" cert export --no-pcsc 9a -o "$work/cert.pem"
	openssl x509 -in "$work/cert.pem" -noout -ext subjectAltName >"$work/names"
	grep -q 'Permanent Identifier' "$work/names" || { cat "$work/names"; fail "$type: no name"; }
	[ "$(generated) $(verified) $(by 9A)" = "1 1 3" ] ||
		fail "$type: $(generated) keys, $(verified) PINs, $(by 9A) signatures"
done
ok "ec:p256, ec:p384, rsa:2048, ed25519: attested for 2 signatures and the test's, 1 PIN"

# ---- a CA that does not tell by which device it is --------------------------------------
echo "finalize discreet" >"$work/acme/mode"
run 0 "$tamga" enroll $wish --slot 9c --subject CN=7654321 --san permanent-identifier:7654321
run 0 "$tamga" cert export --no-pcsc 9c -o "$work/cert.pem"
[ -z "$(openssl x509 -in "$work/cert.pem" -noout -ext subjectAltName 2>/dev/null)" ] ||
	fail "it tells"
ok "a certificate without the name is taken, as the draft allows"

# ---- refused ---------------------------------------------------------------------------------
: >"$work/acme/mode"
run 7 "$tamga" enroll $wish --slot 9d --subject CN=7654322 --san permanent-identifier:7654322
says "it is of another device"
run 0 "$tamga" enroll --cancel "$(sed -n 's/.*--resume \([0-9a-f-]*\)$/\1/p' "$work/said" | tail -1)"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9 \
	-keyout "$work/other.key" -out "$work/other.pem" -subj /CN=other 2>/dev/null
serve "$work/other.pem"
run 7 "$tamga" enroll $wish --slot 9e --subject CN=7654321 --san permanent-identifier:7654321
says "it leads to no maker that is believed"
run 0 "$tamga" enroll --cancel "$(sed -n 's/.*--resume \([0-9a-f-]*\)$/\1/p' "$work/said" | tail -1)"
ok "another device, another maker: refused in the CA's words"

run 2 "$tamga" enroll $wish --slot 82 --subject CN=7654321 --san permanent-identifier:
says "a device is named by a few letters and digits"

# ---- without an attestation ------------------------------------------------------------------
fresh_card
run 1 "$tamga" enroll $wish --slot 9a --subject CN=7654321 --san permanent-identifier:7654321
says "cannot attest its keys"
[ "$(generated)" = 0 ] || fail "a key for nothing"
ok "a token that attests nothing: told before there is a key"
