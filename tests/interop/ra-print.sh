#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The printed application in its three forms, read by pdftotext, by a reader of
# HTML and by zbarimg off the page; and the one that goes with a mail.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"

for tool in pdftotext pdftoppm zbarimg; do
	command -v $tool >/dev/null || { echo "SKIP: no $tool"; exit 77; }
done
dir=$TAMGA_TEST_RA_DIR
conf=$dir/ra.conf
apply=${top_builddir:-.}/tests/interop/ra-apply
echo 'portal_url = "https://ra.example/portal";' >> "$conf"

new_csr kz '/C=KZ/serialNumber=IIN396685245034/GN=Әлия/SN=Ермекқызы/CN=www.example.kz' \
    -addext subjectAltName=DNS:www.example.kz
kz=$("$apply" "$conf" kz-ssl IIN=396685245034 surname=Ермекқызы given=Әлия \
    'region=Karaganda region' city=Temirtau domain=www.example.kz \
    email=aliya@client.example @kz.der)
az=$("$apply" "$conf" az-esign FIN=1A2B3C4 surname=Əliyeva given=Şəfiqə \
    birth=1990-12-31 'phone=+994 50 123 45 67' email= region=Ganja-Dashkasan \
    city=Ganja) || die "no Azerbaijani order"
bg=$("$apply" "$conf" bg-csp 'fullname=Щерьо Ъгълов' email=s@client.example)
"$ra" print $kz --as pdf --out kz.pdf 2>err || {
	grep -q 'built without' err && { echo "SKIP: built without Pango"; exit 77; }
	die "$(cat err)"
}

key=$(openssl pkey -in kz.key -pubout -outform DER | openssl dgst -sha256 -r |
    cut -c1-64 | sed 's/..../& /g; s/ $//')
due=$(date -u -d "$("$ra" show $kz --json | jq -r .changed) +1 month" +%Y-%m-%d)
# in pdftotext a line may be broken anywhere; so spaces do not count
flat() { tr -d ' \n\f' ; }
# holds FILE TEXT...
holds() {
	file=$1
	shift
	for text; do
		flat < "$file" | grep -qF "$(printf %s "$text" | flat)" ||
		    die "$file does not say \"$text\": $(cat "$file")"
	done
}
for n in kz az bg; do
	eval "id=\$$n"
	"$ra" print $id --as pdf --out $n.pdf || die "$n"
	pdftotext $n.pdf $n.pdf.txt
	pdfinfo $n.pdf | grep -q 'Page size:.*A4' || die "$n: not A4"
	pdffonts $n.pdf | awk 'NR > 2 && $(NF-4) != "yes" { exit 1 }' ||
	    die "$n: a font is not embedded: $(pdffonts $n.pdf)"
	"$ra" print $id > $n.txt
	"$ra" print $id --as html > $n.html
	/usr/bin/python3 - $n.html > $n.html.txt <<'P' || die "$n.html is not HTML"
import html.parser, sys
class Reader(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.text = [], []
    def handle_starttag(self, tag, attrs):
        if tag != 'meta':
            self.open.append(tag)
    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, tag
    def handle_startendtag(self, tag, attrs):
        pass
    def handle_data(self, data):
        self.text.append(data)
r = Reader()
r.feed(open(sys.argv[1], encoding='utf-8').read())
assert not r.open, r.open
print('\n'.join(r.text))
P
	pdftoppm -r 150 -f 1 -l 1 -png -singlefile $n.pdf $n
	same "$n: what a camera reads" "$(zbarimg --nodbus -q --raw $n.png)" \
	    "https://ra.example/portal/status?number=$id"
done
[ -z "${TAMGA_TEST_KEEP:-}" ] || cp *.pdf *.png *.html "$TAMGA_TEST_KEEP"

for form in pdf.txt txt html.txt; do
	holds kz.$form 'SSL certificate for individuals' $kz Ермекқызы Әлия \
	    396685245034 Temirtau www.example.kz "$key" 'Printed application' \
	    'in person' 'Registration Authority, Temirtau' "$due" \
	    'the application will be destroyed.' 'Signature of the applicant'
	holds az.$form $az Əliyeva Şəfiqə 'Personal identification number (FİN)' \
	    'ID card' 'Azerpost, Ganja' '+994 50 123 45 67'
	holds bg.$form $bg 'Щерьо Ъгълов' 'notarised; by post' 'Contract' \
	    'not older than 30 days'
done
! grep -q 'Key SHA-256' az.txt || die "a key that nobody has made"

# what people typed is text wherever it stands
evil='<script>alert(1)</script>&"'
id=$("$apply" "$conf" bg-csp "fullname=Ivan" email=i@client.example)
sqlite3 "$dir/store.db" "UPDATE answer SET value = '$evil' WHERE application = '$id'
    AND name = 'fullname'"
"$ra" print $id --as html > evil.html
! grep -q '<script' evil.html || die "a script got through"
grep -qF '&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;' evil.html || die "not escaped"
"$ra" print $id --as pdf > evil.pdf
pdftotext evil.pdf - | grep -qF "$evil" || die "markup was taken for markup"

# a long one goes over several pages, each with its number
sqlite3 "$dir/store.db" "UPDATE answer SET value = replace(hex(zeroblob(370)), '00', 'слово ')
    WHERE application = '$id'"
"$ra" print $id --as pdf > long.pdf
pages=$(pdfinfo long.pdf | awk '/^Pages/ { print $2 }')
[ "$pages" -ge 2 ] || die "$pages page"
same 'numbered' "$(pdftotext long.pdf - | grep -c "$id · ")" "$pages"
same 'every word of both answers' "$(pdftotext long.pdf - | grep -o слово | wc -l)" 740

"$ra" print $kz --as papyrus 2>err && die "no such form"
grep -q papyrus err || die "$(cat err)"

# ---- with the mail ----
if /usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null; then
	mkdir box
	/usr/bin/python3 "$top_srcdir/tests/interop/smtp-server.py" box 2>smtp.log &
	post=$!
	trap 'kill $post 2>/dev/null || :; rm -rf "$work"' EXIT
	n=0
	while [ ! -s box/port ] && [ $n -lt 200 ]; do sleep 0.05; n=$((n + 1)); done
	echo "mail: { server = \"smtp://127.0.0.1:$(cat box/port)\"; starttls = false;
	    from = \"ra@ra.example\"; };" >> "$conf"
	"$ra" mail send || die "mail"
	/usr/bin/python3 - "$(grep -l '^X-To: aliya' box/*.eml)" <<'P' || die "no attachment"
import email, email.policy, sys
m = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)
(part,) = m.iter_attachments()
assert part.get_content_type() == 'application/pdf', part.get_content_type()
open('mailed.pdf', 'wb').write(part.get_content())
P
	pdftotext mailed.pdf - | grep -q "$kz" || die "another's application"
fi
echo "print: all held"
