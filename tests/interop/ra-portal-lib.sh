# SPDX-License-Identifier: BSD-2-Clause
# Sourced by tests/interop/ra-portal*.sh after ra-lib.sh: a browser of curl's,
# and officers with certificates of their own.
U=https://localhost:${TAMGA_TEST_RA_URL##*:}
now=anybody

# who NAME: from now on this browser, with its own cookies and certificate
who() {
	now=$1
}

see() {
	cert=
	[ ! -f "$now.cert" ] || cert="--cert $now.cert --key $now.key"
	curl -sS --max-time 20 --cacert "$TAMGA_TEST_RA_CA" -b "$now.jar" -c "$now.jar" \
	    $cert -D headers -o page -w '%{http_code}' "$@"
}

csrf() {
	grep -o 'name="csrf" value="[0-9a-f]*"' page | head -1 | cut -d'"' -f4
}

# page PATH: loads it, 200
page() {
	same "GET $1" "$(see "$U$1")" 200
}

# the hash of the terms that the page shows; nothing where it shows none
terms() {
	sed -n 's/.*name="terms" value="\([0-9a-f]*\)".*/\1/p' page
}

# send PATH STATUS [NAME=VALUE]...: the form that page holds
send() {
	path=$1 want=$2
	shift 2
	args=$(mktemp args.XXXXXX)
	printf 'data-urlencode = "csrf=%s"\n' "$(csrf)" > "$args"
	[ -z "$(terms)" ] || printf 'data-urlencode = "terms=%s"\n' "$(terms)" >> "$args"
	for v in "$@"; do
		printf 'data-urlencode = "%s"\n' \
		    "$(printf %s "$v" | sed 's/["\\]/\\&/g' |
		    awk '{ printf "%s%s", gap, $0; gap = "\\n" }')" >> "$args"
	done
	got=$(see -K "$args" "$U$path")
	[ "$got" = "$want" ] || { sed 's/<[^>]*>//g' page | grep . >&2; die "POST $path: $got, wanted $want"; }
}

# captcha: sum answers the question of the page that captcha_id names
captcha() {
	sum=$(sed -n 's/.*How much is \([0-9]*\) plus \([0-9]*\)?.*/\1 + \2/p' page)
	captcha_id=$(sed -n 's/.*name="captcha-id" value="\([^"]*\)".*/\1/p' page)
	sum=$(($sum))
}

# shows TEXT: the page says it (entities undone)
shows() {
	sed 's/&quot;/"/g;s/&#39;/'"'"'/g;s/&lt;/</g;s/&gt;/>/g;s/&amp;/\&/g' page |
	    grep -qF -- "$1" || { sed 's/<[^>]*>//g' page | grep . >&2; die "the page does not say: $1"; }
}

hides() {
	! grep -qF -- "$1" page || die "the page says: $1"
}

goes() {
	has_header "Location: $1"
}

# officer NAME [BRANCH]: an account that a certificate of its own opens
officer() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout "$1.key" -out "$1.cert" -subj "/CN=$1" -days 2 2>/dev/null
	"$ra" user add "$1" --role officer --certificate "$1.cert" --branch "${2:-}"
}

number() {
	grep -oE '[0-9A-Z]{4}(-[0-9A-Z]{4}){3}' page | head -1
}

# ---- what the registers know: people who are not

individuals() {
	printf 'IIN,surname,given\n396685245034,Ермекқызы,Әлия\n' > "$TAMGA_TEST_RA_DIR/individuals.csv"
}

citizens() {
	printf 'FIN,surname,given,birth\n5ABC12D,Sınaq,Ülviyyə,1990-12-31\n' > "$TAMGA_TEST_RA_DIR/citizens.csv"
}

# ---- keys and certificates

# names NAME [ALTERNATIVE]: NAME.cnf, the subject's parts on standard input
names() {
	{
		printf '[req]\nprompt = no\nstring_mask = utf8only\ndistinguished_name = dn\n'
		[ -z "${2:-}" ] || echo 'req_extensions = ext'
		echo '[dn]'
		cat
		[ -z "${2:-}" ] || printf '[ext]\nsubjectAltName = %s\n' "$2"
	} > "$1.cnf"
}

# whom the citizens' register knows
names_of_citizen() {
	printf '%s\n' 'C = AZ' 'serialNumber = 5ABC12D' 'GN = Ülviyyə' 'SN = Sınaq' \
	    'CN = Sınaq Ülviyyə' | names "$1"
}

# names_of_employee NAME GIVEN TITLE
names_of_employee() {
	printf '%s\n' "title = $3" "CN = $2 Example" | names "$1" "email:$1@example.com"
}

# request NAME: a key and the request of NAME.cnf
request() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -utf8 \
	    -keyout "$1.key.pem" -out "$1.csr" -config "$1.cnf" 2>/dev/null
}

# hand_in NAME: the same, for the application that is open
hand_in() {
	request "$1"
	page /my/key
	send /my/key 303 "request=$(cat "$1.csr")"
}

# holds NAME: page is the certificate of NAME.key.pem; it is NAME.pem then
holds() {
	cp page "$1.pem"
	openssl verify -CAfile "$TAMGA_TEST_RA_CA" "$1.pem" >/dev/null ||
	    die "$1: does not lead to the CA"
	same "$1: key" "$(openssl x509 -in "$1.pem" -noout -pubkey)" \
	    "$(openssl pkey -in "$1.key.pem" -pubout)"
}

# fetch NAME: that of the application that is open
fetch() {
	page /my
	send /my/certificate 200
	holds "$1"
}

# ---- steps that many take

# mailed_code NUMBER: the initial access code, which waits in the outbox here
mailed_code() {
	sqlite3 "$TAMGA_TEST_RA_DIR/store.db" "SELECT body FROM mail WHERE application='$1'" |
	    sed -n 's/^Initial access code: //p'
}

# own_code NUMBER CODE: logs in and changes the code
own_code() {
	page /login
	send /login 303 "number=$1" "code=$2"
	page /my/code
	send /my/code 303 "old=$2" 'new=correct horse' 'again=correct horse'
}

# employee NAME TITLE EMAIL CARRIER: up to the key; $number
employee() {
	page /apply/employee-four-eyes
	send /apply/employee-four-eyes 200
	page /my/form
	send /my/form 303 "name=$1" "office=$2" "email=$3" "carrier=$4"
	page /my
	number=$(number)
}

# decide NUMBER OFFICER:EVENT...
decide() {
	about=$1
	shift
	for step in "$@"; do
		who ${step%:*}
		page "/desk/case/$about"
		send "/desk/case/$about" 303 event=${step#*:}
	done
}
