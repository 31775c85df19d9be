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

# request NAME: a key and the request of NAME.cnf
request() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -utf8 \
	    -keyout "$1.key.pem" -out "$1.csr" -config "$1.cnf" 2>/dev/null
}
