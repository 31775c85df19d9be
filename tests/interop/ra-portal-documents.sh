#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Documents by pages and by the application interface: files of every bad kind,
# taken, saved by an officer exactly as they came, returned and accepted.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"
. "$top_srcdir/tests/interop/ra-portal-lib.sh"

today=$(date -u +%Y-%m-%d)

# upload STATUS FILE [curl's way to call it]
upload() {
	page /my/documents
	got=$(see -F "csrf=$(csrf)" -F name=company-status -F "dated=$today" \
	    -F "file=@$2${3:+;filename=\"$3\"}" "$U/my/documents")
	same "upload of $2" "$got" "$1"
}

officer olga
who maria
page /apply/bg-csp
send /apply/bg-csp 200 'fullname=Maria Example' email=maria@example.bg
number=$(number)
own_code "$number" "$(mailed_code "$number")"
page /my
shows '<a class="button " href="/my/form">'
page /my/form
send /my/form 303 country=BG carrier=usb-token
page /my
shows '<a class="button plain" href="/my/form">'
shows 'Certificate of company status'
shows 'by post, notarised; in person, notarised; as a file, signed with a certificate in force'
shows 'not here yet'
shows '/my/documents'

# ---- the documents, with the number filled in
for form in pdf html txt; do
	page "/my/print/$form?document=contract"
	has_header "Content-Disposition: attachment; filename=\"$number-contract.$form\""
	cp page "contract.$form"
done
for text in "$number" 'Contract for certification services' 'Maria Example' 'Signature'; do
	grep -qF "$text" contract.txt || die "the contract does not say $text"
	grep -qF "$text" contract.html || die "the contract (HTML) does not say $text"
done
# ... and by the application interface
same 'the contract' "$(get -u "$number:correct horse" "$U/api/v1/applications/$number/print?form=txt&document=contract")" 200
cmp body contract.txt || die 'another contract than that of the page'
pdftotext contract.pdf - | grep -qF "$number" || die 'the contract has no number'
same 'no template' "$(see "$U/my/print/pdf?document=identity")" 404
same 'no document' "$(see "$U/my/print/pdf?document=../../ra.conf")" 404

# ---- what there is to read
page /service/bg-csp
shows 'Issuance policy'
shows 'Instructions, step by step'
page /policy/bg-csp
shows 'It is made on a smart card or a USB token'
page /help/bg-csp
shows 'If you agree with the input data proceed to generation of the private-key pair'
page /help
shows '/help/kz-ssl'
shows 'Approved suppliers of cards and readers'
page /suppliers
shows 'please contact the supplier'
same 'no policy' "$(see "$U/policy/az-esign")" 404
same 'no service' "$(see "$U/policy/employee")" 404
same 'a path' "$(see --path-as-is "$U/policy/..%2fra.conf")" 404

# ---- what is not taken
printf '%%PDF-1.7\n1 0 obj<<>>endobj\n%%%%EOF\n' > good.pdf
printf '<script>alert(1)</script>' > page.pdf
printf 'MZ' > virus.pdf
: > empty.pdf
{ cat good.pdf; head -c 4300000 /dev/zero; printf '%%%%EOF\n'; } > big.pdf
upload 400 page.pdf
shows 'none of the kinds that are taken: pdf, jpeg, png'
hides '<script'
upload 400 virus.pdf
upload 400 empty.pdf
shows 'empty'
upload 400 big.pdf
shows '4096 KiB'
page /my/documents
same 'no file' "$(see -F "csrf=$(csrf)" -F name=company-status -F "dated=$today" "$U/my/documents")" 400
page /my/documents
same 'old' "$(see -F "csrf=$(csrf)" -F name=company-status -F dated=2020-01-01 -F file=@good.pdf "$U/my/documents")" 400
shows 'not be older than 30 days'
page /my/documents
same 'not as a file' "$(see -F "csrf=$(csrf)" -F name=identity -F file=@good.pdf "$U/my/documents")" 400
same 'no such' "$(see -F "csrf=$(csrf)" -F name=../../x -F file=@good.pdf "$U/my/documents")" 404
page /my/documents
t=$(csrf)
same 'no csrf' "$(see -F name=company-status -F file=@good.pdf "$U/my/documents")" 403
head -c 9000000 /dev/zero > huge
same 'nine megabytes' "$(see -F "csrf=$t" -F name=company-status -F file=@huge "$U/my/documents" 2>/dev/null)" 413
same 'nine, length not told' "$(see -H 'Transfer-Encoding: chunked' -F "csrf=$t" -F name=company-status -F file=@huge "$U/my/documents" 2>/dev/null || :)" 413
# a file is read for those only who have an application open
head -c 200000 /dev/zero > large
same 'from nobody' "$(now=nobody; see -F "csrf=$t" -F name=company-status -F file=@large "$U/my/documents" 2>/dev/null)" 413
same 'to another page' "$(see -F "csrf=$t" -F file=@large "$U/my/key" 2>/dev/null)" 413
# a thousand parts
awk 'BEGIN { for (i = 0; i < 1000; i++) printf "--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"; printf "--X--\r\n" }' > parts
same '1000 parts' "$(see -H 'Content-Type: multipart/form-data; boundary=X' --data-binary @parts "$U/my/documents")" 400

# ---- taken, whatever it is called
upload 303 good.pdf "$(printf '..\\..\\x\342\200\256fdp.exe')"
goes /my/documents
page /my/documents
shows 'xfdp.exe'
hides "$(printf '\342\200\256')"
upload 303 good.pdf '<b>x</b>.pdf'
page /my/documents
hides '<b>x'
page /my
shows 'sent, to be looked at'

# ---- found at the desk: by name, address and office
who olga
page '/desk?state=submitted&q=Maria%20Example'
shows "$number"
page '/desk?q=maria@example.bg'
shows "$number"
page '/desk?q=nobody@example.bg'
hides "$number"
shows 'There are none'
page '/desk?q=Maria%20Example&office=Azerpost,%20Baku'
hides "$number"
page '/desk?state=filled'
shows "$number"
page '/desk?state=filled&office=Azerpost,%20Baku'
hides "$number"
shows 'Azerpost, Ganja'
officer ovid 'Azerpost, Baku'
who ovid
page '/desk?q=Maria%20Example'
hides "$number"
page '/desk?q=Maria%20Example&office='
hides "$number"
same 'of another office' "$(see "$U/desk/case/$number/file?name=company-status")" 404

# ---- the officer saves it: exactly the bytes, never shown
who olga
page "/desk/case/$number"
shows 'Certificate of company status'
page "/desk/case/$number/file?name=company-status"
cmp page good.pdf || die 'the file is not what was sent'
has_header "Content-Disposition: attachment; filename=\"$number-company-status.pdf\""
has_header 'X-Content-Type-Options: nosniff'
has_header 'Content-Type: application/pdf'
has_header "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; sandbox"
has_header 'Cache-Control: no-store'
same 'another name' "$(see "$U/desk/case/$number/file?name=contract")" 404
same 'the applicant at the desk' "$(now=maria; see "$U/desk/case/$number/file?name=company-status")" 403
page "/desk/case/$number"
send "/desk/case/$number/document" 400 name=company-status verdict=return
shows 'write one'
page "/desk/case/$number"
send "/desk/case/$number/document" 303 name=company-status verdict=return 'reason=page 2 is <missing>'
page "/desk/case/$number"
send "/desk/case/$number/document" 400 name=company-status verdict=burn
who maria
page /my
shows 'returned'
shows 'page 2 is <missing>'
upload 303 good.pdf
who olga
page "/desk/case/$number"
send "/desk/case/$number/document" 303 name=company-status verdict=accept
page "/desk/case/$number"
send "/desk/case/$number/document" 303 name=contract verdict=accept channel=post
who maria
page /my/documents
same 'once accepted' "$(see -F "csrf=$(csrf)" -F name=company-status -F "dated=$today" -F file=@good.pdf "$U/my/documents")" 403
shows 'accepted already'

# ---- those accepted need no tick; a tick accepts
who olga
page "/desk/case/$number"
send "/desk/case/$number" 303 event=receive-docs
page "/desk/case/$number"
hides 'doc.contract'
send "/desk/case/$number" 400 event=check-docs doc.application=yes
shows 'Tick every document'
page "/desk/case/$number"
send "/desk/case/$number" 303 event=check-docs doc.application=yes doc.identity=yes
page "/desk/case/$number"
shows 'accept-document'
shows 'identity in-person'

# ---- by the application interface, on an application of its own
api=$U/api/v1/applications
who rest
page /apply/bg-csp
send /apply/bg-csp 200 'fullname=Rest Example' email=rest@example.bg
other=$(number)
code=$(mailed_code "$other")
same 'nobody' "$(get -F name=company-status -F file=@good.pdf "$api/$other/documents")" 401
same "another's" "$(get -u "$other:$code" -F name=company-status -F file=@good.pdf "$api/$number/documents")" 404
same 'JSON' "$(get -u "$other:$code" --json '{}' "$api/$other/documents")" 415
same 'a bad one' "$(get -u "$other:$code" -F name=company-status -F "dated=$today" -F file=@virus.pdf "$api/$other/documents")" 422
same 'a good one' "$(get -u "$other:$code" -F name=company-status -F "dated=$today" -F file=@good.pdf "$api/$other/documents")" 200
same 'listed' "$(get -u "$other:$code" "$api/$other/documents")" 200
same standing "$(python3 -c 'import json;d=json.load(open("body"))["documents"][0];print(d["name"],d["standing"],d["kind"],d["sha256"])')" \
    "company-status sent pdf $(sha256sum good.pdf | cut -d' ' -f1)"

"$ra" audit verify >/dev/null || die audit
"$ra" backup backup.json >/dev/null || die backup
grep -q '"document"' backup.json || die 'no document in the backup'
echo "portal, documents: all held"
