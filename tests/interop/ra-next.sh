#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The authority that follows (ca.next_certificate): told by SCEP, signed by the one in
# force (RFC 8894 4.7), which openssl cms and tamga judge; and by CMP, with the
# certificates by which the roots vouch for each other (RFC 9483 4.3.2), which a client
# by another hand and tamga read.
set -u
. "$top_srcdir/tests/interop/ra-own-lib.sh"
[ -x "$top_builddir/.libs/tamga" ] && tamga=$top_builddir/.libs/tamga
LD_LIBRARY_PATH=$top_builddir/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
HOME=$work XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config
export LD_LIBRARY_PATH HOME XDG_STATE_HOME XDG_CONFIG_HOME
ok() { echo "ok: $*"; }

# authority NAME [OPTIONS]: with all doors
authority() {
	init "$@" --default-profile employee >/dev/null || die "init $1"
	printf '%s\n' 'listen_http = "127.0.0.1:0";' 'scep: { key = "scep.key"; };' \
	    'cmp: { key = "cmp.key"; seal_file = "cmp.seal"; http = true; root = true; };' >>"$1/ra.conf"
}
# follows AUTHORITY FILE: it does, from the next start on
follows() {
	sed -i -e '/next_certificate/d' -e "s,^ca: {,&\n  next_certificate = \"$2\";," "$1/ra.conf"
}
# link SUBJECT BY OUT: the authority BY says whose key SUBJECT's is
link() {
	printf 'basicConstraints=critical,CA:TRUE\nsubjectKeyIdentifier=hash\nkeyUsage=critical,keyCertSign,cRLSign\n' >link.ext
	openssl x509 -in "$1/ca.pem" -clrext -extfile link.ext -CA "$2/ca.pem" -CAkey "$2/ca.key" \
		-days 300 -out "$3" 2>/dev/null || die "link $*"
}
get() { curl -sS -o body -w '%{http_code} %{content_type}' "$plain/scep?operation=$1"; }
root() { # OLD.PEM: how many answers; see cmp-root.py
	rm -rf told
	mkdir told
	python3 "$top_srcdir/tests/interop/cmp-root.py" "$plain/.well-known/cmp" asks "$secret" told "$1"
}
pem() { openssl x509 -inform DER -in "told/$1" -out "$1.pem" && echo "$1.pem"; }

authority one
authority heir
link heir one new-with-old
link one heir old-with-new
secret=$("$ra" secret add asks --dir one) || die 'secret add'

# ---- nothing follows ----
serve one
same caps "$(get GetCACaps; grep -c Next body)" "200 text/plain0"
same 'GetNextCACert' "$(get GetNextCACert | cut -d' ' -f1)" 404
same 'no root follows' "$(root one/ca.pem)" 0
ok 'an authority without a successor has none, and does not announce one'

# ---- told by SCEP ----
cat heir/ca.pem new-with-old old-with-new >one/next.pem
follows one next.pem
serve one
same caps "$(get GetCACaps; grep -cx GetNextCACert body)" "200 text/plain1"
same next "$(get GetNextCACert)" '200 application/x-x509-next-ca-cert'
mv body first
openssl cms -verify -inform DER -in first -CAfile one/ca.pem -purpose any -signer signer.pem \
	-out inner 2>said || die "openssl cms: $(cat said)"
cmp -s signer.pem one/ca.pem || die 'signed by somebody else'
! openssl cms -verify -inform DER -in first -CAfile heir/ca.pem -purpose any -out /dev/null 2>said ||
	die 'openssl believes anybody'
openssl pkcs7 -inform DER -in inner -print_certs | openssl x509 >inner.pem
cmp -s inner.pem heir/ca.pem || die 'another certificate'
same 'how many' "$(openssl pkcs7 -inform DER -in inner -print_certs | grep -c BEGIN)" 1
get GetNextCACert >/dev/null
cmp -s first body || die 'signed once more'
"$tamga" ca next --ca "scep+$plain/scep" --ca-file one/ca.pem --output got.pem >out 2>said ||
	die "tamga ca next: $(cat said)"
cmp -s got.pem heir/ca.pem || die "tamga ca next: $(cat got.pem)"
! "$tamga" ca next --ca "scep+$plain/scep" --ca-file heir/ca.pem --output none.pem >out 2>said ||
	die 'whoever trusts another believes it'
ok 'GetNextCACert: announced, signed once by the CA in force, read by openssl and by tamga'

# ---- told by CMP ----
same 'the root that follows' "$(root one/ca.pem)" 1
same 'its certificate' "$(openssl x509 -in "$(pem new)" -noout -fingerprint)" \
	"$(openssl x509 -in heir/ca.pem -noout -fingerprint)"
openssl verify -CAfile one/ca.pem "$(pem new-with-old)" >said 2>&1 || die "new with old: $(cat said)"
openssl verify -partial_chain -CAfile heir/ca.pem "$(pem old-with-new)" >said 2>&1 ||
	die "old with new: $(cat said)"
same 'asked without a certificate' "$(root -)" 1
same 'asked for another root' "$(root heir/ca.pem)" 0
printf '%s\n' "$secret" >secret
"$tamga" ca show --ca "cmp+$plain" --ca-file one/ca.pem --user asks --password-file secret \
	--output shown.pem >out 2>said || die "tamga ca show: $(cat said)"
grep -q "$(openssl x509 -in heir/ca.pem -outform DER | sha256sum | cut -d' ' -f1)" out ||
	die "tamga does not show it: $(cat out)"
ok 'root update: question, answer and links, read by another hand and by tamga'

# ---- without links, and under a root that stays ----
cp heir/ca.pem one/next.pem
serve one
same 'a root without links' "$(root one/ca.pem; ls told)" "1
new"
authority tiers --root tiers.root --root-name 'Example Root' --root-secret-file secret
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout second.key -subj '/CN=Second CA' \
	-out second.csr 2>/dev/null
printf 'basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\n' >link.ext
sed '1,/END/d' tiers/ca.pem >tiers.pem
openssl x509 -req -in second.csr -CA tiers.pem -CAkey tiers.root/root.key -passin file:secret \
	-extfile link.ext -days 300 -out second.pem 2>said || die "$(cat said)"
cat second.pem tiers.pem >tiers/next.pem
follows tiers next.pem
secret=$("$ra" secret add asks --dir tiers) || die 'secret add'
serve tiers
same 'the root stays' "$(root tiers.pem)" 0
same next "$(get GetNextCACert)" '200 application/x-x509-next-ca-cert'
openssl cms -verify -inform DER -in body -CAfile tiers.pem -purpose any -out inner 2>said ||
	die "openssl cms: $(cat said)"
openssl pkcs7 -inform DER -in inner -print_certs | openssl x509 | cmp -s - second.pem ||
	die 'not the second CA first'
ok 'no links: the root alone; a root that stays: the authority below it alone'

# ---- an authority whose key signs no messages ----
authority ed --key-type ed25519
cp heir/ca.pem ed/next.pem
follows ed next.pem
secret=$("$ra" secret add asks --dir ed) || die 'secret add'
serve ed
same caps "$(get GetCACaps; grep -c Next body)" "200 text/plain0"
same 'GetNextCACert' "$(get GetNextCACert | cut -d' ' -f1)" 404
same 'by CMP it does' "$(root ed/ca.pem)" 1
stop
ok 'Ed25519: not by SCEP, which is not announced either'

# ---- files that name no successor ----
# refuses WORDS: check does, and nothing is served
refuses() {
	! "$ra" serve one --listen 127.0.0.1:0 >out 2>said || die "served: $1"
	grep -q "$1" said || die "does not say \"$1\": $(cat said)"
}
follows one next.pem
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout leaf.key -subj /CN=Leaf \
	-addext basicConstraints=critical,CA:FALSE -out leaf.pem 2>/dev/null
openssl x509 -in heir/ca.pem -signkey heir/ca.key -days -1 -out ended.pem 2>/dev/null
cp one/ca.pem one/next.pem
refuses 'does not follow itself'
cp leaf.pem one/next.pem
refuses "certificate 1 is not an authority's"
cat heir/ca.pem ended.pem >one/next.pem
refuses 'certificate 2 has ended'
echo no >one/next.pem
refuses 'no certificates'
rm one/next.pem
refuses 'No such file'
ok 'files that name no successor are refused at the start'
