#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The sister sections of az-esign: entrepreneurs, legal entities and government bodies,
# each with a taxpayer number of its kind, papers and a price of its own.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"
. "$top_srcdir/tests/interop/ra-portal-lib.sh"

citizens
officer olga 'Azerpost, Baku'

who passer
page /
for kind in citizens entrepreneurs 'legal entities' 'government bodies'; do
	shows "Ordering electronic signature certificates for $kind"
done
page /service/az-sole-trader
shows '36.00 AZN'
shows 'Certificate of registration as a taxpayer'
page /service/az-legal
shows '72.00 AZN'
for paper in 'Charter of the legal entity' 'Certificate of state registration' \
    'Extract from the state register' 'Letter of the bank' 'Power of attorney'; do
	shows "$paper"
done
shows 'notarised'
page /service/az-government
shows '58.00 AZN'
shows 'Smart Card: 80.00 AZN'
shows 'Letter of the government body that names the employee'
hides Charter
page /service/az-esign
shows '18.00 AZN'
hides 'Smart Card: '
hides Charter

carrier=usb-token
# order PROFILE BADNUMBER [FIELD=VALUE]...: up to the form, which refuses BADNUMBER
order() {
	profile=$1 bad=$2
	shift 2
	page "/apply/$profile"
	send "/apply/$profile" 200 agree=yes
	page /my/identity
	shows 'Bring PIN data'
	send /my/identity 303 identity=5ABC12D fetch=yes
	page /my/form
	send /my/form 400 region=Baku cities-of=Baku city=Baku 'phone=+994 12 345 67 89' \
	    carrier=$carrier "VOEN=$bad" "$@"
	shows 'ten digits, the last of them'
	send /my/form 303 region=Baku cities-of=Baku city=Baku 'phone=+994 12 345 67 89' \
	    carrier=$carrier "$@"
	page /my
	shows '<p>Branch: Azerpost, Baku</p>'
	number=$(number)
}

# at_the_centre NAME DOCUMENT...: paid, the key made, confirmed with all papers,
# refused while one of them is missing
at_the_centre() {
	name=$1
	shift
	request "$name"
	who olga
	page "/desk/case/$number"
	send "/desk/case/$number" 303 event=pay
	page "/desk/case/$number"
	send "/desk/case/$number/request" 303 "request=$(cat "$name.csr")"
	page "/desk/case/$number"
	last=
	for paper; do
		[ "$paper" = "$1" ] || last="$last doc.$paper=yes"
	done
	send "/desk/case/$number" 400 event=confirm $last
	page "/desk/case/$number"
	send "/desk/case/$number" 303 event=confirm $last "doc.$1=yes"
	page "/desk/case/$number"
	send "/desk/case/$number" 303 event=hand-over seen=yes
}

# says_name NAME TEXT: what the certificate on the carrier says
says_name() {
	sqlite3 "$TAMGA_TEST_RA_DIR/store.db" \
	    "SELECT writefile('$1.der', der) FROM certificate WHERE application = '$number'" > /dev/null
	openssl x509 -inform DER -in "$1.der" -noout -subject -nameopt utf8,sep_comma_plus > subject
	grep -q "$2" subject || die "$1: $(cat subject)"
}

# ---- an entrepreneur: a number that ends in 2
who ulviyya
order az-sole-trader 1400057421 VOEN=1400057422
shows '36.00 AZN'
printf '%s\n' 'C = AZ' 'OU = VOEN1400057422' 'serialNumber = 5ABC12D' 'GN = Ülviyyə' 'SN = Sınaq' \
    'CN = Sınaq Ülviyyə' | names entrepreneur
at_the_centre entrepreneur identity-card taxpayer-certificate
says_name entrepreneur 'OU=VOEN1400057422'

# ---- a legal entity: a number that ends in 1, its name and papers
who director
order az-legal 1400057422 VOEN=1400057421 'organisation=Nümunə MMC' position=Direktor
shows '72.00 AZN'
printf '%s\n' 'C = AZ' 'OU = VOEN1400057421' 'O = Nümunə MMC' 'title = Direktor' \
    'serialNumber = 5ABC12D' 'GN = Ülviyyə' 'SN = Sınaq' 'CN = Sınaq Ülviyyə' | names legal
at_the_centre legal charter identity-card registration register-extract bank-letter
says_name legal 'O=Nümunə MMC'
who director
page /my
shows 'carrier handed over'
hides 'not here yet'

# ---- a government body: a card costs more than a token there, its letter is wanted
who clerk
carrier=smart-card
order az-government 1400057422 VOEN=1400057421 'organisation=Nümunə Agentliyi' position=Məsləhətçi
shows '80.00 AZN'
hides '58.00 AZN'
printf '%s\n' 'C = AZ' 'OU = VOEN1400057421' 'O = Nümunə Agentliyi' 'title = Məsləhətçi' \
    'serialNumber = 5ABC12D' 'GN = Ülviyyə' 'SN = Sınaq' 'CN = Sınaq Ülviyyə' | names government
at_the_centre government letter identity-card taxpayer-certificate
says_name government 'O=Nümunə Agentliyi'
"$ra" audit verify >/dev/null || die audit
echo 'portal, az sections: all held'
