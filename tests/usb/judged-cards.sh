#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tamga-vcard in the USB tokens, used by yubico-piv-tool and OpenSC through pcscd
# and libccid and by scdaemon's own driver; tokens that err, lose their card, are
# pulled and held, as pcscd sees them.
set -u

with_usb=$top_srcdir/tests/with-usb
with_card=$top_srcdir/tests/with-card

ctl() { "$TAMGA_VCARD" ctl "$TAMGA_TEST_USB" "$@"; }
fail() {
	echo "judged-cards.sh: ${JUDGED_STAGE:-}: $*" >&2
	[ ! -s "${dir:-}/log" ] || tail -n 20 "$dir/log" >&2
	[ -z "${TAMGA_TEST_USB:-}" ] || ctl log | tail -n 40 >&2
	exit 1
}

# ---- inside the beds -------------------------------------------------------------------
sign_piv() {
	yubico-piv-tool -r "" -a verify-pin -P 123456 -a read-certificate -s 9a -o "$dir/cert.pem" &&
	yubico-piv-tool -r "" -a verify-pin -P 123456 -a test-signature -s 9a -i "$dir/cert.pem"
}

# OpenSC talks D-Bus while it is loaded, and waits for ever for umockdev's
# library, which only pcscd needs here.
sign_opensc() {
	unset LD_PRELOAD
	echo "what is signed" >"$dir/text"
	pkcs11-tool --module opensc-pkcs11.so --login --pin 123456 --read-object --type cert --id 01 \
		--output-file "$dir/cert.der" &&
	pkcs11-tool --module opensc-pkcs11.so --login --pin 123456 --sign --id 01 -m ECDSA-SHA256 \
		--signature-format openssl --input-file "$dir/text" --output-file "$dir/signature" &&
	openssl x509 -inform der -in "$dir/cert.der" -pubkey -noout >"$dir/key.pem" &&
	openssl dgst -sha256 -verify "$dir/key.pem" -signature "$dir/signature" "$dir/text"
}

read_scdaemon() {
	GNUPGHOME=$dir/gnupg
	export GNUPGHOME
	mkdir -m 700 "$GNUPGHOME"
	printf 'SERIALNO\nLEARN --force\nBYE\n' |
		timeout 60 "$(gpgconf --list-components | sed -n 's/^scdaemon:[^:]*://p')" --server >"$dir/said" 2>&1
	cat "$dir/said"
	grep -q '^S SERIALNO D27600012401' "$dir/said" && grep -q '^S SIG-COUNTER' "$dir/said"
}

# A program that goes on while the test does things to the token.
start_scard() {
	mkfifo "$dir/in" "$dir/out"
	"$top_builddir/tests/usb/scard" "" <"$dir/in" >"$dir/out" 2>&1 &
	exec 3>"$dir/in" 4<"$dir/out"
	read -r got <&4 || fail "no card: $got"
}
ask() { echo "$*" >&3; got=; read -r got <&4; }
is() {
	# shellcheck disable=SC2254
	case $got in $1) ;; *) fail "wanted $1, got $got" ;; esac
}

# What ISO/IEC 7816-3 has a reader recover from, it does recover from.
err_t1() {
	start_scard
	for fault in t1-check t1-sequence t1-nad t1-length t1-short t1-wtx:1 t1-wtx:3 t1-ifs:100 \
	    t1-r:1 2:t1-check 3:t1-sequence extend:5; do
		ctl fault "$fault" >/dev/null || fail "no fault $fault"
		ask echo 240
		is "echo 240"
		ctl log | grep -q '^fault ' || fail "$fault did not happen"
		ctl mark >/dev/null
		echo "recovered from $fault"
	done
}

move_card() {
	start_scard
	ctl remove >/dev/null
	ask absent
	is absent
	ctl insert >/dev/null
	ask present
	is T=*
	ask echo 200
	is "echo 200"
	ctl unplug >/dev/null
	until env -u LD_PRELOAD opensc-tool -l | grep -q "No smart card readers"; do sleep 0.05; done
	ctl plug >/dev/null
	exec 3>&- 4<&-
	rm "$dir/in" "$dir/out"
	start_scard
	ask echo 200
	is "echo 200"
}

# pcscd has it: another driver is told that it is busy.
held() {
	start_scard
	[ "$(ctl status | sed -n 's/^holder //p')" = client ] || fail "nobody holds it"
	! read_scdaemon || fail "two programs have claimed one interface"
}

if [ -n "${JUDGED_STAGE:-}" ]; then
	dir=$(mktemp -d) || exit 1
	trap 'rm -rf "$dir"' EXIT
	trap 'exit 143' TERM INT HUP
	$JUDGED_STAGE || fail "see above"
	exit 0
fi

# ---- the beds ---------------------------------------------------------------------------
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 143' TERM INT HUP

stage() { # STAGE CARD TOKEN [OPTION OF with-usb]
	JUDGED_STAGE=$1 timeout 120 sh "$with_card" --no-pcscd --card "$2" -- \
		sh "$with_usb" ${4:-} "$3,card=vcard" -- sh "$0" >"$dir/log" 2>&1 </dev/null
	result=$?
	[ $result -ne 77 ] || { cat "$dir/log"; exit 77; }
	[ $result -eq 0 ] || fail "$1 $3"
	echo "ok  $1 $3"
}
small() { # STAGE TOKEN [OPTION OF with-usb]: with the small card
	JUDGED_STAGE=$1 TAMGA_VCARD=$top_builddir/tamga-vcard timeout 120 sh "$with_usb" ${3:-} "$2" -- \
		sh "$0" >"$dir/log" 2>&1 </dev/null
	result=$?
	[ $result -ne 77 ] || { cat "$dir/log"; exit 77; }
	[ $result -eq 0 ] || fail "$1 $2"
	echo "ok  $1 $2"
}

for token in yubikey gnuk rutoken-ecp rutoken-magistra etoken-5300 etoken-72k; do
	stage sign_piv piv,provisioned=ec:p256 $token --pcscd
done
stage sign_opensc piv,t0,provisioned=ec:p256 jtoken --pcscd=listed
stage sign_opensc piv,t0,provisioned=ec:p256 jacarta --pcscd
for token in yubikey gnuk nitrokey-start nitrokey-pro; do
	stage read_scdaemon openpgp $token
done
for token in etoken-5300 etoken-72k nitrokey-storage; do
	small err_t1 $token --pcscd
done
for token in yubikey jacarta nitrokey-3; do
	small move_card $token --pcscd
done
small held yubikey --pcscd
