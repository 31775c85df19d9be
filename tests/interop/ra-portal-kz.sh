#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The sister sections of kz-ssl: individuals without a domain name, and legal
# entities by their BIN with the chairman's consent.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"
. "$top_srcdir/tests/interop/ra-portal-lib.sh"

individuals
printf 'BIN,organisation\n120340001230,"Үлгі ЖШС"\n' > "$TAMGA_TEST_RA_DIR/legal-entities.csv"
officer astana 'Registration Authority, Astana'

who passer
page /
for section in 'SSL certificate for individuals' 'SSL certificate for legal entities' \
    'Digital signature keys for individuals' 'Digital signature keys for legal entities'; do
	shows "$section"
done
page /service/kz-legal
shows 'Consent of the chairman, for employees, signed with his key'
shows 'as a file, signed with a certificate in force'

# apply PROFILE NUMBER [FIELD=VALUE]...: up to the form
apply() {
	profile=$1 id=$2
	shift 2
	page "/apply/$profile"
	send "/apply/$profile" 200 agree=yes
	page /my/identity
	captcha
	send /my/identity 303 identity=$id captcha=$sum captcha-id=$captcha_id
	page /my/form
	send /my/form 303 region=Astana cities-of=Astana city=Astana email= carrier=usb-token "$@"
	page /my
	number=$(number)
}

# finish NAME: the request, the officer, the certificate
finish() {
	applicant=$now
	hand_in "$1"
	who astana
	page "/desk/case/$number"
	send "/desk/case/$number" 303 event=confirm doc.application=yes doc.identity-card=yes
	who "$applicant"
	fetch "$1"
	openssl x509 -in "$1.pem" -noout -subject -nameopt utf8,sep_comma_plus > "$1.subject"
}

who aliya
apply kz-individual 396685245034
names person <<-EOF
	C = KZ
	serialNumber = IIN396685245034
	GN = Әлия
	SN = Ермекқызы
	CN = Ермекқызы Әлия
EOF
finish person
openssl x509 -in person.pem -noout -ext keyUsage | grep -q 'Non Repudiation' || die 'not for signing'

# ---- a legal entity: the BIN finds it, the holder's IIN has a check digit
who chairman
page /apply/kz-legal
shows 'I have read the agreement and accept it'
send /apply/kz-legal 400
shows 'Tick the box'
send /apply/kz-legal 200 agree=yes
page /my/identity
shows 'Check BIN'
captcha
send /my/identity 400 identity=120340001231 captcha=$sum captcha-id=$captcha_id
shows 'look for a digit that is wrong'
captcha
send /my/identity 400 identity=850101300124 captcha=$sum captcha-id=$captcha_id
shows 'Legal Entities'
captcha
send /my/identity 303 identity=120340001230 captcha=$sum captcha-id=$captcha_id
page /my/form
shows 'value="Үлгі ЖШС"'
send /my/form 400 region=Astana cities-of=Astana city=Astana carrier=usb-token \
    IIN=396685245035 surname=Ермекқызы given=Әлия
shows 'look for one that is wrong'
send /my/form 303 region=Astana cities-of=Astana city=Astana carrier=usb-token \
    IIN=396685245034 surname=Ермекқызы given=Әлия
page /my
number=$(number)
names legal <<-EOF
	C = KZ
	OU = BIN120340001230
	O = Үлгі ЖШС
	serialNumber = IIN396685245034
	GN = Әлия
	SN = Ермекқызы
	CN = Ермекқызы Әлия
EOF
finish legal
grep -q 'O=Үлгі ЖШС' legal.subject || die "no organisation: $(cat legal.subject)"

# ---- an employee: the chairman signs his consent with the key just issued
who employee
apply kz-legal 120340001230 IIN=396685245034 surname=Сынақ given=Сәуле
printf '%%PDF-1.7\nconsent\n%%%%EOF\n' > consent.pdf
openssl cms -sign -binary -nodetach -in consent.pdf -outform DER -out consent.p7m \
    -signer legal.pem -inkey legal.key.pem
page /my/documents
same 'not signed' "$(see -F "csrf=$(csrf)" -F name=chairman-consent -F file=@consent.pdf "$U/my/documents")" 400
shows 'signed'
page /my/documents
same 'signed' "$(see -F "csrf=$(csrf)" -F name=chairman-consent -F file=@consent.p7m "$U/my/documents")" 303
who astana
page "/desk/case/$number"
shows "$(openssl x509 -in legal.pem -noout -serial | cut -d= -f2)"
send "/desk/case/$number/document" 303 name=chairman-consent verdict=accept

# ---- a server of a legal entity
who server
apply kz-ssl-legal 120340001230 IIN=396685245034 surname=Ермекқызы given=Әлия domain=www.example.kz
{ sed 's/^CN = .*/CN = www.example.kz/;s/^distinguished_name = dn/&\nreq_extensions = ext/' legal.cnf
printf '[ext]\nsubjectAltName = DNS:www.example.kz\n'; } > server.cnf
finish server
"$ra" audit verify >/dev/null || die audit
echo "portal, kz sections: all held"
