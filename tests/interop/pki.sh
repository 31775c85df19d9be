#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The openssl program judges our requests, certificates and messages, and we
# open what it encrypts.
set -eu
papers=$top_builddir/tests/interop/pki-papers
command -v openssl >/dev/null || { echo "SKIP: no openssl program"; exit 77; }
[ -x "$papers" ] || { echo "SKIP: $papers is not built"; exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 143' TERM INT HUP

die() { echo "FAIL: $*" >&2; exit 1; }
has() { grep -qF -- "$2" "$1" || { cat "$1" >&2; die "$1 has no \"$2\""; }; }

"$papers" make "$dir"
cd "$dir"
printf 'Мазмұны\n' > content
name='utf8,sep_comma_plus,dn_rev'

for csr in *.csr; do
	openssl req -inform DER -in "$csr" -verify -noout > "$csr.out" 2>&1 || die "$csr: $(cat "$csr.out")"
	has "$csr.out" 'verify OK'
	openssl req -inform DER -in "$csr" -noout -text -nameopt "$name" > "$csr.txt"
	for what in 'CN=Әлия Құрманғазықызы' 'O=ТОО Пример' 'C=KZ' \
	    'serialNumber=IIN900101300123' 'X509v3 Key Usage: critical' \
	    'TLS Web Client Authentication' 'DNS:h.example' \
	    'IP Address:2001:DB8:0:0:0:0:0:1' 'Policy: 1.2.398.3.3.2' \
	    '1.3.6.1.4.1.311.20.2' 'challengePassword'; do
		has "$csr.txt" "$what"
	done
done
has rsa2048.pss.csr.txt 'Signature Algorithm: rsassaPss'
has p384.csr.txt 'ecdsa-with-SHA384'
has ed25519.csr.txt 'ED25519'

for crt in *.crt; do
	kind=${crt%.crt}
	openssl x509 -inform DER -in "$crt" -out "$kind.pem"
	openssl verify -check_ss_sig -CAfile "$kind.pem" "$kind.pem" >/dev/null || die "$crt does not verify"
	openssl x509 -in "$kind.pem" -noout -text -nameopt "$name" > "$kind.txt"
	has "$kind.txt" 'CN=Әлия Құрманғазықызы'
done

for signed in *.signed; do
	kind=${signed%.signed}
	openssl cms -verify -binary -inform DER -in "$signed" -CAfile "$kind.pem" \
	    -purpose any -out "$kind.got" 2> "$kind.err" || die "$signed: $(cat "$kind.err")"
	cmp -s content "$kind.got" || die "$signed holds something else"
	openssl cms -verify -binary -inform DER -in "$kind.detached" -content content \
	    -CAfile "$kind.pem" -purpose any -out /dev/null 2> "$kind.err" || die "$kind.detached: $(cat "$kind.err")"
	echo x | openssl cms -verify -binary -inform DER -in "$kind.detached" -content /dev/stdin \
	    -CAfile "$kind.pem" -purpose any -out /dev/null 2>/dev/null && die "$kind.detached: any content will do"
done

# PKCS#1, OAEP and ECDH, in turn
for options in '' '-keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256'; do
	for signed in *.signed; do
		kind=${signed%.signed}
		case $kind in rsa*) more=$options ;; *) more= ;; esac
		# shellcheck disable=SC2086 # options are words
		openssl cms -encrypt -binary -aes256 -outform DER -in content -out "$kind.env" \
		    -recip "$kind.pem" $more
	done
	"$papers" open "$dir"
	for plain in *.plain; do
		cmp -s content "$plain" || die "$plain is something else"
	done
	rm -f ./*.plain ./*.env
done
echo "PASS: $(ls ./*.csr | wc -l) requests, $(ls ./*.crt | wc -l) certificates, $(ls ./*.signed | wc -l) signers"
