#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Run by tests/bench/run inside with-card and with-ra: the whole enrollment by
# tamga and by hand (manual.sh, manual-cmp.sh, ...), on the same card through
# ykcs11 and on SoftHSM, by each protocol.
set -eu
: "${RUNS:?}" "${B:?}" "${STAGE:?}" "${top_srcdir:?}"
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
children=
finish() {
	# shellcheck disable=SC2086
	[ -z "$children" ] || kill $children 2>/dev/null || :
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 143' TERM INT HUP
export LC_ALL=C.UTF-8 XDG_CONFIG_HOME=$work/config SOFTHSM2_CONF=$work/softhsm.conf WORK=$work
ctl() { "$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL" "$@"; }
ykcs11=$(ls /usr/lib/*/libykcs11.so.2 | head -n 1)
softhsm=/usr/lib/softhsm/libsofthsm2.so
echo "$TAMGA_TEST_PIN" >"$work/pin"
mkdir "$work/tokens"
echo "directories.tokendir = $work/tokens" >"$work/softhsm.conf"
softhsm2-util --init-token --free --label bench --so-pin 12345678 --pin "$TAMGA_TEST_PIN" >/dev/null

# ---- the authorities ----------------------------------------------------------

# tamga-ra's CMP and SCEP, without TLS; legacy for scepclient, which has SHA-1 only
{
	cat "$TAMGA_RA_CONFIG"
	echo 'cmp: { key = "cmp.key"; seal_file = "cmp.seal"; http = true; };'
	echo 'scep: { key = "scep.key"; legacy = true; };'
} >"$TAMGA_TEST_RA_DIR/doors.conf"
mkfifo "$work/ready"
"$TAMGA_RA" serve --config "$TAMGA_TEST_RA_DIR/doors.conf" --listen 127.0.0.1:0 >"$work/ready" 2>"$work/log" &
children=$!
{ read -r _ && read -r doors; } <"$work/ready" || { cat "$work/log" >&2; exit 1; }
doors=${doors#http://}
TAMGA_RA_CONFIG=$TAMGA_TEST_RA_DIR/doors.conf "$TAMGA_RA" secret add bench --uses 30000 >"$work/secret"
SECRET=$(cat "$work/secret") CMP=$doors SCEP=http://$doors/scep
# each opens one request
for i in $(seq $((3 * RUNS + 10))); do
	"$TAMGA_RA" challenge new employee
done >"$work/challenges"
challenge() {
	sed -n 1p "$WORK/challenges"
	sed -i 1d "$WORK/challenges"
}
SIGNER=$(curl -sS "$SCEP?operation=GetCACert" | openssl pkcs7 -inform DER -print_certs |
    openssl x509 -outform DER | sha256sum | cut -d' ' -f1)
export SECRET CMP SCEP SIGNER doors
export -f challenge

# pebble, which believes every name and waits for nothing
start_pebble() {
	local dns dns_control port control other
	# shellcheck disable=SC2046
	set -- $(python3 -c 'import socket
s = [socket.socket() for _ in range(6)]
[x.bind(("127.0.0.1", 0)) for x in s]
print(*[x.getsockname()[1] for x in s])')
	dns=$1 dns_control=$2 port=$3 control=$4 other=$6 DOOR=127.0.0.1:$5
	ACME=https://localhost:$port/dir ANCHOR=$work/pebble-tls.pem
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=pebble \
	    -addext subjectAltName=DNS:localhost -keyout "$work/pebble.key" -out "$ANCHOR" 2>/dev/null
	cat >"$work/pebble.json" <<-P
	{"pebble": {"listenAddress": "127.0.0.1:$port", "managementListenAddress": "127.0.0.1:$control",
	 "certificate": "$ANCHOR", "privateKey": "$work/pebble.key", "httpPort": $5,
	 "tlsPort": $other, "ocspResponderURL": ""}}
	P
	pebble-challtestsrv -dns01 "127.0.0.1:$dns" -http01 "" -https01 "" -tlsalpn01 "" \
	    -management "127.0.0.1:$dns_control" -defaultIPv6 "" >"$work/dns.log" 2>&1 &
	children="$children $!"
	PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=0 pebble -config "$work/pebble.json" \
	    -dnsserver "127.0.0.1:$dns" >"$work/pebble.log" 2>&1 &
	children="$children $!"
	curl -s --retry 50 --retry-delay 1 --retry-connrefused --cacert "$ANCHOR" \
	    "https://localhost:$control/roots/0" >"$work/pebble-root.pem"
	cat "$ANCHOR" "$work/pebble-root.pem" >"$work/pebble-ca.pem"
	TERMS=$(curl -sS --cacert "$ANCHOR" "$ACME" | jq -r .meta.termsOfService)
	export ACME ANCHOR DOOR TERMS
}

# ---- by tamga: a fresh state folder, else the same again would be "done before" --

enroll() {
	XDG_STATE_HOME=$(mktemp -d -p "$WORK") exec "$STAGE/bin/tamga" enroll --pin-file "$WORK/pin" \
	    --slot 9a --destroy "$@"
}
by_tamga() {
	enroll --ca "$TAMGA_TEST_RA_EST" --ca-file "$TAMGA_TEST_RA_CA" --user "$TAMGA_TEST_RA_USER" \
	    --password-file "$TAMGA_TEST_RA_PASSWORD_FILE" --subject CN=Bench
}
cmp_by_tamga() {
	enroll --ca "cmp+http://$doors" --ca-file "$TAMGA_TEST_RA_CA" --user bench \
	    --password-file "$WORK/secret" --subject CN=Bench
}
scep_by_tamga() {
	challenge >"$WORK/challenge"
	enroll --ca "scep+$SCEP" --ca-file "$TAMGA_TEST_RA_CA" --challenge-file "$WORK/challenge" \
	    --subject CN=Bench
}
acme_by_tamga() {
	enroll --ca "acme+$ACME" --ca-file "$WORK/pebble-ca.pem" --ca-option "terms=$TERMS" \
	    --ca-option "listen=$DOOR" --subject CN=bench.example.kz --san dns:bench.example.kz
}

# ---- by hand ------------------------------------------------------------------

on_card() {
	MODULE=$ykcs11 ID=01 BORN="--login --login-type so --so-pin $TAMGA_TEST_ADMIN" \
	    WRITES="--login --login-type so --so-pin $TAMGA_TEST_ADMIN" exec sh "$here/$1"
}
on_softhsm() {	# the same id twice would be two keys of one name
	echo >>"$WORK/ids"
	MODULE=$softhsm ID=$(printf %02x "$(($(stat -c %s "$WORK/ids")))") BORN="--login --pin $TAMGA_TEST_PIN" \
	    WRITES="--login --pin $TAMGA_TEST_PIN" exec sh "$here/$1"
}
by_hand_on_card() { on_card manual.sh; }
by_hand_on_softhsm() { on_softhsm manual.sh; }
cmp_by_hand_on_card() { on_card manual-cmp.sh; }
cmp_by_hand_on_softhsm() { on_softhsm manual-cmp.sh; }
scep_by_hand_on_card() { CHALLENGE=$(challenge) on_card manual-scep.sh; }
scep_by_hand_on_softhsm() { CHALLENGE=$(challenge) on_softhsm manual-scep.sh; }
acme_by_hand_on_card() { on_card manual-acme.sh; }
acme_by_hand_on_softhsm() { on_softhsm manual-acme.sh; }
export -f enroll on_card on_softhsm
export ykcs11 softhsm here

# row WHAT FUNCTION [SCRIPT]: by hand so many commands as the script has
row() {
	local apdus processes files pins figures commands=1
	[ -z "${3:-}" ] || commands=$(grep -c '^do_ ' "$here/$3")
	export -f "${2?}"
	mkdir "$work/$2" && cd "$work/$2"
	ctl mark >/dev/null
	if ! bash -c "$2" >"$work/out" 2>&1 </dev/null; then
		printf '%-38s cannot: %s\n' "$1" "$(grep -v 'error=null' "$work/out" | grep -iE 'error|fail' |
		    head -n 1 | cut -c 1-80)"
		return
	fi
	apdus=$(ctl count)
	files=$(find . -type f | grep -c . || :)
	strace -f -qq -s 400 -e trace=execve -o "$work/trace" bash -c "$2" >/dev/null 2>&1
	# the shells that only start the rest are not counted
	processes=$(grep 'execve("' "$work/trace" | grep ' = 0$' | grep -vcE 'execve\("[^"]*/(bash|sh|mktemp|rm|stat|sed)"' || :)
	pins=$(grep -oE "execve.*= 0\$" "$work/trace" | grep -v '/bin/sh"' |
	    grep -cE -e '--(so-)?pin", "|pin-value=' || :)
	figures=$("$B/measure" "$RUNS" bash -c "$2" 2>"$work/out") || { cat "$work/out" >&2; exit 1; }
	# shellcheck disable=SC2086
	printf '%-38s %8d %9d %6d %12d %6d %8.1f\n' "$1" "$commands" "$processes" "$files" "$pins" "$apdus" ${figures% *}
}


# protocol TITLE LEAD SCRIPT
protocol() {
	echo
	echo "enrollment by $1"
	printf '%-38s %8s %9s %6s %12s %6s %8s\n' how commands processes files "PIN in argv" APDUs ms
	row "tamga enroll" "$2by_tamga"
	row "by hand, the same card and ykcs11" "$2by_hand_on_card" "$3"
	row "by hand, SoftHSM" "$2by_hand_on_softhsm" "$3"
}
protocol "EST, P-256" "" manual.sh
protocol "CMP (ir, protected by MAC), P-256" cmp_ manual-cmp.sh
if command -v scepclient >/dev/null; then
	protocol "SCEP; tamga P-256 on the card, by hand RSA-2048 made in a file" scep_ manual-scep.sh
else
	echo "enrollment by SCEP: no scepclient here"
fi
if command -v pebble >/dev/null && command -v lego >/dev/null; then
	start_pebble
	protocol "ACME, P-256, pebble, http-01" acme_ manual-acme.sh
else
	echo "enrollment by ACME: no pebble or no lego here"
fi
