#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The other card is a PIV card: yubico-piv-tool and OpenSC say so, over pcscd.
# What they do not accept there is wrong with the card, not with us.
. "${top_srcdir:?}/tests/interop/other-lib.sh"
case ${1:-} in
'')
	vpcd=
	for at in /usr/lib/pcsc/drivers/serial /usr/local/lib/pcsc/drivers/serial; do
		[ ! -f $at/libifdvpcd.so ] || vpcd=$at/libifdvpcd.so
	done
	PATH=$PATH:/usr/sbin
	[ -n "$vpcd" ] || { echo "skipped: no vpcd"; exit 77; }
	for program in pcscd unshare ip yubico-piv-tool opensc-tool pkcs11-tool piv-tool; do
		command -v $program >/dev/null || { echo "skipped: no $program"; exit 77; }
	done
	spaces=mn
	[ "$(id -u)" -eq 0 ] || spaces=rmn
	unshare -$spaces true 2>/dev/null || { echo "skipped: no namespaces"; exit 77; }
	VPCD=$vpcd exec unshare -$spaces -- sh "$0" inside ;;
esac
world
module=
for at in /usr/lib/*/opensc-pkcs11.so /usr/lib/opensc-pkcs11.so; do
	[ ! -f "$at" ] || module=$at
done
[ -n "$module" ] || fail "no opensc-pkcs11.so"
echo "what is signed" >data

ip link set lo up
mount -t tmpfs -o mode=755 none /run && mkdir /run/pcscd
cat >reader.conf <<END
FRIENDLYNAME "Yubico YubiKey other"
DEVICENAME /dev/null:0x8C7B
LIBPATH $VPCD
CHANNELID 0x8C7B
END
polkit=
! pcscd --help 2>&1 | grep -q -- --disable-polkit || polkit=--disable-polkit
pcscd --foreground $polkit -c "$work/reader.conf" >pcscd.log 2>&1 &
pcscd_pid=$!

has_card() { opensc-tool -a 2>/dev/null | grep -qi "^3b"; }
# until_card YES|NO: pcscd has noticed that the card is in the reader or is not.
until_card() {
	tries=0
	while :; do
		seen=no
		! has_card || seen=yes
		[ $seen != "$1" ] || return 0
		tries=$((tries + 1))
		[ $tries -lt 100 ] || { cat pcscd.log >&2; fail "card in the reader: $seen"; }
		sleep 0.1
	done
}
# in_reader FAMILY [OPTION]...: that card and no other is in the reader.
in_reader() {
	card_end
	until_card no
	card "$@" --vpcd 127.0.0.1:35963
	trap 'card_end; kill $pcscd_pid || :; rm -rf "$work"' EXIT
	until_card yes
	mark
}
trap 'kill $pcscd_pid || :; rm -rf "$work"' EXIT
yubico() { yubico-piv-tool -r "Yubico YubiKey other" "$@"; }
opensc() { pkcs11-tool --module "$module" "$@"; }

for traits in "" "--metadata --serial --version 5.3.0"; do
	step "yubico-piv-tool on the applet $traits"
	# shellcheck disable=SC2086
	in_reader applet $traits
	wants 0 yubico -a version
	wants 0 yubico -a status
	says out "PIN tries left:	5"
	for row in 9a:ECCP256:ecdsa 9c:RSA2048:rsa 9d:ECCP384:ecdsa 9e:ECCP256:ecdsa 82:RSA2048:rsa; do
		slot=${row%%:*} alg=${row#*:} alg=${alg%:*}
		wants 0 yubico -a generate -s "$slot" -A "$alg" -o "$slot.pub"
		hash=SHA256
		[ "$alg" != ECCP384 ] || hash=SHA384
		wants 0 yubico -a verify-pin -P 123456 --sign -s "$slot" -A "$alg" -H $hash \
			-i data -o sig
		openssl dgst -$hash -verify "$slot.pub" -signature sig data >/dev/null ||
			fail "yubico-piv-tool's signature with $slot"
	done
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=imported \
		-keyout imported.key -out imported.crt 2>/dev/null
	wants 0 yubico -a import-key -s 9a -i imported.key
	wants 0 yubico -a import-certificate -s 9a -i imported.crt
	wants 0 yubico -a read-certificate -s 9a
	cmp -s imported.crt out || fail "another certificate came back"
	wants 0 yubico -a verify-pin -P 123456 -a test-signature -s 9a -i imported.crt
	wants 0 yubico -a attest -s 9c -o attestation.pem
	wants 0 openssl x509 -in attestation.pem -noout -pubkey -out attested
	openssl pkey -pubin -in 9c.pub -out born
	cmp -s attested born || fail "the attestation is of another key"
	wants 0 yubico -a change-pin -P 123456 -N 654321
	wants 0 yubico -a unblock-pin -P 12345678 -N 111222
	wants 0 yubico -a verify-pin -P 111222
	wants 1 yubico -a verify-pin -P 999999
	wants 0 yubico -a set-mgm-key -n 112233445566778811223344556677881122334455667788
	wants 0 yubico -k112233445566778811223344556677881122334455667788 -a set-chuid
done

for row in "standard" "standard --wide" "standard --no-fe --no-gzip" "strict" "readonly"; do
	step "OpenSC on: $row"
	pin=123456
	case $row in
	readonly) pin=87654321 ;;
	*) set -- --provision 9a=p256,9c=rsa2048,9d=rsa2048,9e=p256,82=rsa2048 ;;
	esac
	[ "$row" != readonly ] || set --
	# shellcheck disable=SC2086
	in_reader $row "$@"
	wants 0 opensc-tool -n
	says out "Personal Identity Verification"
	wants 0 opensc --list-objects --type cert
	[ "$(grep -c '^Certificate Object' out)" -ge 5 ] || { cat out; fail "certificates"; }
	for id in 01 02 03; do
		wants 0 opensc --read-object --type cert --id $id -o c.der
		openssl x509 -inform DER -in c.der -noout -pubkey -out pub
		mechanism=SHA256-RSA-PKCS
		! openssl pkey -pubin -in pub -noout -text | grep -q P-256 || continue
		[ $id != 03 ] || break
		wants 0 opensc --login --pin $pin --sign --id $id -m $mechanism -i data -o sig
		openssl dgst -sha256 -verify pub -signature sig data >/dev/null ||
			fail "OpenSC's signature with $id"
	done
	openssl pkeyutl -encrypt -pubin -inkey pub -in data -out c
	wants 0 opensc --login --pin $pin --decrypt --id 03 -m RSA-PKCS -i c -o plain
	cmp -s data plain || fail "OpenSC's decryption"
done

step "piv-tool: management key and generation, as the standard says"
in_reader standard
echo "01:02:03:04:05:06:07:08:01:02:03:04:05:06:07:08:01:02:03:04:05:06:07:08" >key
# piv-tool 0.23 with OpenSSL 3 cannot write down the key that the card made and it read
PIV_EXT_AUTH_KEY=key piv-tool -A M:9B:03 -G 9A:07 -o n.key >out 2>&1 || true
apdus | grep -q "^0047009a .* 61" || { cat out; apdus; fail "piv-tool made no key"; }
# Not a judge, but here is the reader: another program selects, between two of
# our turns, an application that would take the PIN for its own.
step "a neighbour that takes any PIN"
command -v "$top_builddir/tests/interop/pcsc-client" >/dev/null || exit 0
in_reader standard --neighbour --extended --announce-extended \
	--provision 9a=p256,9c=p256
cat >neighbour.in <<END
hub pcsc
open Yubico YubiKey other 00 00
begin
send 00A40400A000000151000000
end
close
END
cat >neighbour <<END
#!/bin/sh
"$top_builddir/tests/interop/pcsc-client" <"$work/neighbour.in" >"$work/neighbour.out" 2>&1
sleep \$1
END
chmod +x neighbour
TAMGA_TEST_PIN=123456
export TAMGA_TEST_PIN
desktop() { "$top_builddir/tests/bench/desktop" "$@"; }
for slot in 9a 9c; do
	mark
	wants 0 desktop paced $slot 3 "$work/neighbour 1.2"
	n=$(apdus | grep -c '^00a40400 .*a000000151 9000') || :
	[ "$n" = 2 ] || { cat neighbour.out; apdus; fail "the neighbour was selected $n times"; }
	n=$(apdus | grep -c '^00200080 .* - 9000') || :
	[ "$n" = 3 ] || { apdus; fail "$slot: $n logins to the PIV application, not 3"; }
	! apdus | grep '^0020.* neighbour' || { apdus; fail "$slot: the neighbour got a PIN"; }
done
# and it does take one, or the test could not fail
{ sed '/^end/,$d' neighbour.in; echo send 0020008031323334353637 38; } >probe.in
mark
"$top_builddir/tests/interop/pcsc-client" <probe.in >/dev/null
apdus | grep -q '^00200080 .* neighbour 9000' || { apdus; fail "the neighbour takes no PIN"; }
echo "all of it accepted"
