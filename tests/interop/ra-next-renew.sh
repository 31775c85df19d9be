#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Across the change of an authority: certificates by SCEP, CMP and EST from the one in
# force; the one that follows told of (tamga ca next, ca show) and handed its office; the
# same keys renewed there by the old certificates.  Who was told nothing believes nobody.
# shellcheck disable=SC2086
set -u
[ -n "${TAMGA_TEST_CTL:-}" ] ||
	exec "$top_srcdir/tests/with-card" --no-pcscd --card piv -- sh "$0"
. "$top_srcdir/tests/interop/ra-own-lib.sh"
[ -x "$top_builddir/.libs/tamga" ] && tamga=$top_builddir/.libs/tamga
LD_LIBRARY_PATH=$top_builddir/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
HOME=$work XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config TAMGA_VCARD_SOCKET=$TAMGA_TEST_VCARD
export LD_LIBRARY_PATH HOME XDG_STATE_HOME XDG_CONFIG_HOME TAMGA_VCARD_SOCKET
ok() { echo "ok: $*"; }
# run STATUS COMMAND...: output in out, words in said
run() {
	want=$1
	shift
	status=0
	setsid -w timeout 60 "$@" >out 2>said || status=$?
	[ "$status" = "$want" ] || die "status $status, not $want: $*: $(cat said)"
}
echo "$TAMGA_TEST_PIN" >pin
openssl rand -hex 12 >password
local="--no-pcsc --pin-file pin --quiet"

# ---- two authorities of one name; the first has all doors --------------------------------
init one --default-profile employee >said 2>&1 || die "init one"
init heir >said 2>&1 || die "init heir"
printf '%s\n' 'listen_http = "127.0.0.1:0";' 'scep: { key = "scep.key"; };' \
    'cmp: { key = "cmp.key"; seal_file = "cmp.seal"; http = true; };' >>one/ra.conf
"$ra" user add anna --role applicant --password-file password --dir one >/dev/null || die 'user add'
"$ra" secret add asks --dir one >secret || die 'secret add'
cp one/ca.pem old.pem
serve one

# at DOOR: what tamga is told of it
at() {
	case $1 in
	scep) echo "--ca scep+$plain/scep" ;;
	cmp) echo "--ca cmp+$plain" ;;
	est) echo "--ca est+$url" ;;
	esac
}
"$ra" challenge new employee --dir one >challenge || die 'challenge new'
run 0 "$tamga" enroll $local $(at scep) --ca-file old.pem --slot 9a --type rsa:2048 \
	--subject 'CN=By SCEP' --challenge-file challenge
run 0 "$tamga" enroll $local $(at cmp) --ca-file old.pem --slot 9c --subject 'CN=By CMP' \
	--user asks --password-file secret
run 0 "$tamga" enroll $local $(at est) --ca-file old.pem --slot 9d --subject 'CN=By EST' \
	--user anna --password-file password
# judged SLOT AUTHORITY: by whom the certificate there is
judged() {
	rm -f cert.pem
	run 0 "$tamga" cert export --no-pcsc "$1" -o cert.pem
	openssl verify -CAfile "$2" cert.pem >judged 2>&1 || die "$1: $(cat judged)"
}
for slot in 9a 9c 9d; do judged $slot old.pem; done
ok 'three certificates of the authority in force'

# ---- told of while that one can vouch for it --------------------------------------------------
cp heir/ca.pem one/next.pem
sed -i 's,^ca: {,&\n  next_certificate = "next.pem";,' one/ra.conf
serve one
run 0 "$tamga" ca next --no-pcsc $(at scep) --ca-file old.pem --output heir.pem
cmp -s heir.pem heir/ca.pem || die 'another successor'
cat old.pem heir.pem >both.pem
ok 'the authority that follows, vouched for'

# ---- it follows: its key, and certificates for those who answer in its name -------------------
stop
sed -i '/next_certificate/d' one/ra.conf
cp heir/ca.pem heir/ca.key one/
"$ra" server-cert --dir one >said || die "server-cert: $(cat said)"
serve one
# renewed DOOR SLOT OPTION...
renewed() {
	door=$1 slot=$2
	shift 2
	before=$("$ra" list --dir one | grep -c .)
	run 1 "$tamga" renew "$slot" $local $(at $door) --ca-file old.pem --same-key "$@"
	cp said refused
	judged $slot old.pem
	case $door in
	cmp)	# whom it speaks to is known by the answer: a question would cost a signature
		grep -q 'leads to the CA you trust' refused || die "$door: $(cat refused)"
		run 0 "$tamga" status --json
		run 0 "$tamga" enroll --cancel "$(jq -r '.enrollments[] | select(.state != "done").id' out)" ;;
	*)	same "$door: applications" "$("$ra" list --dir one | grep -c .)" "$before" ;;
	esac
	run 0 "$tamga" renew "$slot" $local $(at $door) --ca-file both.pem --same-key "$@"
	judged $slot heir/ca.pem
	! openssl verify -CAfile old.pem cert.pem >judged 2>&1 || die "$door: still by the old one"
	ok "$door: renewed by the authority that follows, and by nobody unvouched for"
}
renewed scep 9a
renewed cmp 9c
renewed est 9d

# ---- and again, as any other --------------------------------------------------------------------
run 0 "$tamga" renew 9d $local $(at est) --ca-file heir.pem --same-key
judged 9d heir/ca.pem
run 0 "$tamga" revoke 9c $local $(at cmp) --ca-file heir.pem
ok 'the old authority is not needed any more'
