#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A payment service, played by curl and openssl: what it tells counts once, at
# whichever of two servers and however often at once; an applicant's browser
# pays nothing.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"
. "$top_srcdir/tests/interop/ra-portal-lib.sh"

dir=$TAMGA_TEST_RA_DIR
conf=$dir/ra.conf
key=0f1e2d3c4b5a69788796a5b4c3d2e1f0
echo "$key" > "$dir/payment.key"
cat >> "$conf" <<C
payment: { key_file = "payment.key";
  url = "https://pay.example/order/\${number}?amount=\${amount}&currency=\${currency}"; };
C
servers=
trap 'for s in $servers; do kill "$s" 2>/dev/null || :; done; rm -rf "$work"' EXIT
for i in 1 2; do
	rm -f ready
	mkfifo ready
	"$ra" serve "$dir" --listen 127.0.0.1:0 >ready 2>>log &
	servers="$servers $!"
	read -r url < ready || die "no server: $(tail -n 3 log)"
	echo "https://localhost:${url##*:}" >> urls
done
one=$(sed -n 1p urls) two=$(sed -n 2p urls)

# notice ID APPLICATION AMOUNT CURRENCY
notice() {
	printf '{"payment": "%s", "application": "%s", "amount": "%s", "currency": "%s"}' "$@"
}
# signature FILE [SECONDS AGO]
signature() {
	t=$(($(date +%s) - ${2:-0}))
	printf 't=%s,v1=%s' $t "$({ printf '%s.' $t; cat "$1"; } |
	    openssl dgst -sha256 -hmac "$key" -r | cut -d' ' -f1)"
}
# tell WHERE FILE [SIGNATURE]: the status
tell() {
	get -H 'Content-Type: application/json' \
	    -H "Tamga-Signature: ${3-$(signature "$2")}" --data-binary "@$2" "$1/payments"
}
outcome() {
	jq -r .outcome body
}

az=$("${top_builddir:-.}/tests/interop/ra-apply" "$conf" az-esign FIN=1A2B3C4 \
    surname=Əliyeva given=Şəfiqə birth=1990-12-31 'phone=+994 50 123 45 67' email= \
    region=Ganja-Dashkasan city=Ganja) || die 'no order'
facts() {
	"$ra" show "$az" --json | jq -c .
}

# the browser says that it paid, in every way it can
code=$("$ra" act new-code "$az")
U=$one
who aliya
page /login
send /login 303 "number=$az" "code=$code"
page /my
shows "https://pay.example/order/$az?amount=18.00&currency=AZN"
send /my 400 event=pay
same 'paid=1' "$(see "$one/my?paid=1&status=success&payment=p-0")" 200
shows 'not paid yet'
notice p-0 "$az" 18.00 AZN > n0
same 'by the browser' "$(see -H 'Content-Type: application/json' --data-binary @n0 "$one/payments")" 401
same 'unsigned' "$(tell "$one" n0 '')" 401
same 'GET' "$(get "$one/payments")" 405
same 'old' "$(tell "$one" n0 "$(signature n0 400)")" 401
same 'ahead' "$(tell "$one" n0 "$(signature n0 -400)")" 401
page /my
shows 'not paid yet'

# not the price
notice p-1 "$az" 17.00 AZN > n1
same 'less' "$(tell "$two" n1)/$(outcome)" 200/amount
page /my
shows 'not paid yet'

# told at both, eight times at once
notice p-2 "$az" 18.00 AZN > n2
sign=$(signature n2)
for i in 1 2 3 4 5 6 7 8; do
	cat <<-CURL
		next
		url = "$(sed -n $((i % 2 + 1))p urls)/payments"
		cacert = "$TAMGA_TEST_RA_CA"
		header = "Content-Type: application/json"
		header = "Tamga-Signature: $sign"
		data-binary = "@n2"
		output = "out.$i"
		write-out = "%{http_code}\n"
		silent
	CURL
done | sed 1d > many
curl -Z --parallel-max 8 -K many 2>/dev/null > codes
same 'eight times' "$(sort codes | uniq -c | tr -s ' ')" ' 8 200'
for i in 1 2 3 4 5 6 7 8; do
	same "answer $i" "$(jq -r .outcome out.$i)" paid
done
"$ra" audit list > audit
same 'noted once' "$(grep -c 'p-2 18.00 AZN paid' audit)" 1
page /my
shows paid
hides 'not paid yet'
hides 'https://pay.example'

notice p-2 "$az" 36.00 AZN > n3
same 'otherwise' "$(tell "$one" n3)" 409
notice p-3 "$az" 18.00 AZN > n4
same 'once more' "$(tell "$one" n4)/$(outcome)" 200/twice
notice p-4 AAAA-AAAA-AAAA-AAAA 18.00 AZN > n5
same 'for nobody' "$(tell "$one" n5)/$(outcome)" 200/unknown
"$ra" audit verify || die 'the audit log'

# the server with-ra started knows no payment service
same 'none set up' "$(tell "$TAMGA_TEST_RA_URL" n4)" 404
! grep -l "$key" log "$TAMGA_TEST_RA_LOG" || die 'the key is in a log'
echo "payment: all held"
