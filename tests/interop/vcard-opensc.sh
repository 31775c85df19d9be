#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# OpenSC's piv-tool and PIV driver on cards of every kind: with and without
# Yubico's extensions, with a bare ATR, short, T=0, AES management keys.
. "$top_srcdir/tests/interop/vcard-lib.sh"
bare=3B80800101
CARDS="--card piv --card piv,standard,provisioned=rsa:2048,atr=$bare
	--card piv,standard,t0,provisioned=rsa:2048 --card piv,short,provisioned=rsa:2048
	--card piv,version=5.7.1"
need piv-tool opensc-tool pkcs11-tool openssl pcscd
enter "$0" "$@"
work

opensc=$(module opensc-pkcs11.so) || { echo "skipped: no opensc-pkcs11"; exit 77; }
ctl_of() { eval "echo \"\$TAMGA_TEST_CTL${1:+_$1}\""; }
printf '%s' 01:02:03:04:05:06:07:08:01:02:03:04:05:06:07:08:01:02:03:04:05:06:07:08 >admin
PIV_EXT_AUTH_KEY=$work/admin
export PIV_EXT_AUTH_KEY

hex() { od -An -v -tx1 | tr -d ' \n' | tr a-f A-F; }

# get TAG [-s APDU]...: selects PIV, sends the APDUs, reads the object; prints
# the status word and the bytes.
get() {
	tag=$1
	shift
	opensc-tool -r "$(reader $which)" -s 00:A4:04:00:05:A0:00:00:03:08 "$@" \
		-s 00:CB:3F:FF:05:5C:03:$tag:00 2>/dev/null |
	awk '/^Received/ { sw = substr($2, 8, 2) substr($3, 7, 2); bytes = ""; next }
		/^Sending/ { next }
		{ line = substr($0, 1, 47); gsub(/[^0-9A-F]/, "", line); bytes = bytes line }
		END { print sw " " bytes }'
}

# Every reader but one is out of OpenSC's sight.
only() {
	{
		echo "app default {"
		echo "$TAMGA_TEST_READERS" | grep -vxF "$(reader "$1")" |
			sed 's/ 00 00$//; s/.*/  ignored_readers = "&";/' | tr -d '\n' |
			sed 's/;  ignored_readers =/,/g'
		echo
		echo "}"
	} >opensc.conf
	OPENSC_CONF=$work/opensc.conf
	export OPENSC_CONF
}

for which in "" 2 3 4 5; do
	only "$which"
	alg=03
	[ "$which" != 5 ] || alg=0A
	step "card ${which:-1}: $(opensc-tool -r "$(reader $which)" -n 2>/dev/null || true)"

	step "card ${which:-1}: objects, after mutual authentication with algorithm $alg"
	head -c 700 /dev/urandom >inner
	{ printf '\123\202\002\274'; cat inner; } >object
	# piv-tool's exit status is the length stored, modulo 256
	piv-tool -r "$(reader $which)" -A M:9B:$alg -O 9000 -i object >said 2>&1 || true
	got=$(get 5F:C1:06)
	[ "$got" = "9000 $(hex <object)" ] || { cat said; fail "the security object came back as $got"; }

	step "card ${which:-1}: what only the PIN opens"
	printf '\123\006\001\004tamg' >object
	piv-tool -r "$(reader $which)" -A M:9B:$alg -O 3001 -i object >said 2>&1 || true
	[ "$(get 5F:C1:09)" = "6982 " ] || fail "printed information without a PIN: $(get 5F:C1:09)"
	got=$(get 5F:C1:09 -s 00:20:00:80:08:31:32:33:34:35:36:FF:FF)
	[ "$got" = "9000 $(hex <object)" ] || fail "printed information with a PIN: $got"

	step "card ${which:-1}: a wrong management key"
	printf '%s' 01:02:03:04:05:06:07:08:01:02:03:04:05:06:07:08:01:02:03:04:05:06:07:FF >wrong
	if PIV_EXT_AUTH_KEY=wrong piv-tool -r "$(reader $which)" -A M:9B:$alg -O 3001 -i inner \
	    >said 2>&1; then fail "a wrong key opened the card"; fi
	[ "$(get 5F:C1:09 -s 00:20:00:80:08:31:32:33:34:35:36:FF:FF)" = "$got" ] ||
		fail "a wrong key could write"

	step "card ${which:-1}: a key and a certificate"
	# piv-tool 0.23 with OpenSSL 3 fails to write down the key that the card made
	"$TAMGA_VCARD" ctl "$(ctl_of $which)" mark
	piv-tool -r "$(reader $which)" -A M:9B:$alg -G 9E:07 -o born.pem >said 2>&1 || true
	"$TAMGA_VCARD" ctl "$(ctl_of $which)" log | grep -qE " 47 00 9E 5 (61..|9000) " ||
		{ cat said; fail "no key was made"; }
	openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -subj /CN=9E -out ca.pem 2>/dev/null
	openssl x509 -in ca.pem -outform DER -out 9e.der
	piv-tool -r "$(reader $which)" -A M:9B:$alg -C 9E -i ca.pem >said 2>&1 || true
	got=$(get 5F:C1:01)
	case $got in
	"9000 5382"????"7082"????"$(hex <9e.der)"*) ;;
	*) cat said; fail "the certificate came back as $got" ;;
	esac
done

for which in 2 3 4; do
	only $which
	step "card $which: RSA through the module"
	echo "what is signed" >data
	pkcs11-tool --module "$opensc" --login --pin 123456 -O >list 2>&1 ||
		{ cat opensc.conf list; fail "list"; }
	grep -q "Certificate for PIV Authentication" list || { cat list; fail "no certificate"; }
	for id in 01 02; do
		pkcs11-tool --module "$opensc" --read-object --type cert --id $id -o der >said 2>&1
		openssl x509 -inform DER -in der -noout -pubkey >pub
		pkcs11-tool --module "$opensc" --login --pin 123456 --sign -m SHA256-RSA-PKCS \
			--id $id -i data -o sig >said 2>&1 || { cat said; fail "sign"; }
		expect "Verified OK" openssl dgst -sha256 -verify pub -signature sig data
	done
	pkcs11-tool --module "$opensc" --read-object --type cert --id 03 -o der >said 2>&1
	openssl x509 -inform DER -in der -noout -pubkey >pub
	echo "a secret" >plain
	openssl pkeyutl -encrypt -pubin -inkey pub -in plain -out sealed
	pkcs11-tool --module "$opensc" --login --pin 123456 --decrypt -m RSA-PKCS \
		--id 03 -i sealed -o opened >said 2>&1 || { cat said; fail "decrypt"; }
	same plain opened
done
only 3
"$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL_3" log | grep -qE " 61[0-9A-F]{2} 0" || fail "T=0 never said 61xx"
! "$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL_4" log | awk '$8 > 256 { bad = 1 } END { exit !bad }' ||
	fail "a short card sent more than 256 bytes"
echo "all as it should be"
