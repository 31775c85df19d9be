#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What the pages show an applicant, by /api/v1: the texts of a service, what it costs
# and whether that is paid, the application and its documents, printed.  What comes is
# what doc/openapi.json says, and what the page says.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"
. "$top_srcdir/tests/interop/ra-portal-lib.sh"
/usr/bin/python3 -c 'import jsonschema' 2>/dev/null || { echo 'SKIP: no python3-jsonschema'; exit 77; }
api=$U/api/v1
citizens
officer olga 'Azerpost, Baku'

# is SCHEMA FILE...: as doc/openapi.json says
is() {
	/usr/bin/python3 "$top_srcdir/tests/interop/ra-api.py" "$top_srcdir/doc/openapi.json" "$@" ||
	    die "not as doc/openapi.json says"
}

# told PATH [curl options]: the answer, 200, in body
told() {
	path=$1
	shift
	same "GET $path" "$(get "$@" "$api/$path")" 200
}

# ---- what the page of a service says, profiles/NAME says, too
told profiles
for name in $(jq -r '.profiles[].name' body); do
	told "profiles/$name"
	mv body "$name.json"
done
is Profile ./*.json
who passer
page /service/bg-csp
for text in .title .about '.documents[].title' '.carriers[].label'; do
	jq -r "$text | select(. != \"\")" bg-csp.json > texts
	[ -s texts ] || die "bg-csp has no $text"
	while read -r line; do shows "$line"; done < texts
done
page /policy/bg-csp
shows "$(jq -r .policy bg-csp.json | head -n 1)"
page /help/bg-csp
shows "$(jq -r .instructions bg-csp.json | sed -n '/If you agree/p')"
page /suppliers
jq -r '.suppliers[] | .name, .offers, .address' bg-csp.json > texts
[ -s texts ] || die 'no suppliers'
while read -r line; do shows "$line"; done < texts
same 'none' "$(jq -c '[.suppliers, .policy]' device-tls.json)" '[[],""]'
same 'in its language' "$(get -H 'Accept-Language: bg' "$api/profiles/bg-csp")" 200
jq -e '.policy | test("[а-я]")' body > /dev/null || die 'the policy is not in Bulgarian'

# ---- what an order costs, by what was chosen; whether it is paid
terms=$(jq -r .consent.hash az-government.json)
same 'an order' "$(get --json "{\"profile\": \"az-government\", \"terms\": \"$terms\"}" "$api/applications")" 201
is Application body
app=$(jq -r .application body) code=$(jq -r .code body)
same 'of a token' "$(jq -c ".payment | del(.text)" body)" '{"price":"58.00","currency":"AZN","paid":false,"link":""}'
as="-u $app:$code"
same 'who' "$(get $as --json '{"number": "5ABC12D"}' "$api/applications/$app/identify")" 200
same 'the form' "$(get $as -X PUT --json '{"answers": {"organisation": "Nümunə Agentliyi",
    "VOEN": "1400057421", "phone": "+994501234567", "region": "Baku", "city": "Baku",
    "carrier": "smart-card", "carrier.extra": "Card reader"}}' "$api/applications/$app/answers")" 200
told "applications/$app" $as
same 'of a card with a reader' "$(jq -c ".payment | del(.text)" body)" \
    '{"price":"92.00","currency":"AZN","paid":false,"link":""}'
is Application body
who olga
page "/desk/case/$app"
send "/desk/case/$app" 303 event=pay
told "applications/$app" $as
same 'paid' "$(jq -r .payment.paid body)" true
told "profiles/device-tls"
same 'costs nothing' "$(jq -c .payment body)" null

# ---- printed, as the page prints it
who clerk
page /login
send /login 303 "number=$app" "code=$code"
for form in txt html pdf; do
	told "applications/$app/print?form=$form" $as
	has_header "Content-Disposition: attachment; filename=\"$app.$form\""
	mv body "api.$form"
	page "/my/print/$form"
	mv page "page.$form"
done
cmp api.txt page.txt || die 'txt'
cmp api.html page.html || die 'html'
grep -q "$app" api.txt || die 'the number is not printed'
[ "$(head -c 5 api.pdf)" = '%PDF-' ] || die 'no PDF'
told profiles/bg-csp
same 'has a form' "$(jq -r '.documents[] | select(.name == "contract").form' body)" true
bg=$("${top_builddir:-.}/tests/interop/ra-apply" "$TAMGA_TEST_RA_DIR/ra.conf" bg-csp 'fullname=Иван Петров' \
    email=ivan@client.example)
[ -n "$bg" ] || die 'no registration'

# ---- what is refused, and who
print=applications/$app/print
for row in "$print 400" "$print?form=doc 400" "$print?form=../x 400" "$print?form=pdf&document=none 404" \
    "$print?form=pdf&document=identity-card 404" "applications/$bg/print?form=pdf 404"; do
	same "$row" "$(get $as "$api/${row% *}")" "${row#* }"
	jq -e .error.text body > /dev/null || die "$row: $(cat body)"
	is Error body
done
same 'nobody' "$(get "$api/$print?form=pdf")" 401
same 'a wrong code' "$(get -u "$app:wrong" "$api/$print?form=pdf")" 401
"$ra" audit verify > /dev/null || die audit
echo 'what the pages show, by the interface: all held'
