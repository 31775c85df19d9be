#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# How many commands the card gets for each operation, exactly: by the public
# interface (tests/bench/desktop.c) and by tamga(1).  A number that grows is a
# defect; one that shrinks is written down here.
. "${top_srcdir:?}/tests/interop/tamga-lib.sh"

# The same floor for all, and what each card adds (SP 800-73-4 part 2):
# S  SELECT                      V  VERIFY              A  one GENERAL AUTHENTICATE
# K  what the key is: GET METADATA where the card has it; where nothing hints at
#    it the certificate, if that is one command; where it is five, the question
#    first, and the certificate after its refusal
# C  one certificate read: 1 with extended length, 5 without
# H  Key History, instead of probing twenty slots
# X  what tamga list asks further: the SELECT of every other application (OpenPGP or
#    PIV: 1; PKCS #15 and IsoApplet: 2; GIDS: 1), and the first one's again (with T=0 and its GET RESPONSE)
# N  serial number and model: 2, for the name that people are shown
# T  the tries left, asked before a PIN from a file is used: 1, because nobody
#    is there to be warned that it is the last one
# D  a standard card's Discovery object, which says whose PIN is the first one:
#    the wrong one of two would lose a try
# P  one PUT DATA: 1 with extended length, 5 without
#
#	row CARD  list S+H+4C, tamga X too, and N with --uris  sign S+K+D+V+A, and T  hundred  always
#	          generate S+2A+1, and N  install S+K+2A+P+C  of which S+2A+P writes
#	          known S+D+V+A: the caller has the certificate  each A
row() {
	[ "${1}" = "${inside:-$1}" ] || return 0
	[ -n "${inside:-}" ] || { again "$1"; return; }
	shift
	list=$1 list_cli=$2 sign=$3 sign_cli=$4 hundred=$5 always=$6
	generate=$7 generate_cli=$8 install=$9
	shift 9
	writes=$1 known=$2 each=$3
	count_all
}
rows() {
	row piv,provisioned              6 11  4  5 103 202  4  4  6  4  3  1
	row piv,provisioned,short       22 27  4  5 103 202  4  4 14  8  3  1
	row piv,provisioned,standard     6 11  5  6 104 203  4  4  6  4  4  1
	row piv,provisioned,standard,short 22 27 10 11 109 208  4  4 19  8  4  1
	# T=0 fetches every answer with a GET RESPONSE of its own (ISO 7816-3)
	row piv,provisioned,standard,t0 28 34 14 15 212 311  8  8 24  8  7  2
	openpgp openpgp,provisioned        5 10  5  4 103 204  5  7  8  4  7 11
	openpgp openpgp,provisioned,no-kdf 5 10  4  4 103 204  5  6  7  4  6 11
	# 6E is two commands then, and so is a certificate as this card is sold with
	openpgp openpgp,provisioned,short  9 14  6  4 103 205 13 10 11  8  8 16
	gids gids,provisioned              8 11  9  8 107 13 16
	gids gids,provisioned,short       10 13 10  8 107 16 17
}

# doc/design/gids.md; before all stand the questions of PIV and OpenPGP, X: 2
# S SELECT  F master file  M container map  I the serial number  K the key's public half
# where the certificate does not tell  V VERIFY  E MSE  A PSO  C one certificate read
#
#	gids CARD  list X+S+F+M+I+2C  tamga F and the applications behind it too
#	          sign X+S+F+M+C+V+E+A  known X+... without C  hundred and A each
#	          install X+S+F+M+C, V, F, M, cardcf twice, 1 PUT DATA, and C back
#	          generate X+S+F+M, V, F, two maps, cardcf twice, CREATE, ACTIVATE, GENERATE,
#	          two maps
gids() {
	[ "${1}" = "${inside:-$1}" ] || return 0
	[ -n "${inside:-}" ] || { again "$1"; return; }
	shift
	tamga cert export 00 --der -o der
	spends "list, library" "$1" desktop list
	spends "list, tamga" "$2" tamga list
	spends "cold signature" "$3" desktop sign 00 1
	spends "cold signature, key known" "$4" desktop known 00 1 der
	spends "100 signatures, key known" "$5" desktop known 00 100 der
	[ "$(ctl log | grep -c ' 00 20 00 80 6 ')" = 1 ] || fail "not one VERIFY"
	spends "certificate written" "$6" desktop install 00 der
	spends "key generation" "$7" desktop generate 02
}

# OpenPGP 3.4.1, doc/design/openpgp.md:
# S SELECT   I 6E   K 47 81   F the KDF object, where I does not say that the card
# has none   V VERIFY   A the operation   C one certificate read: 1, or 5 parts
# D SELECT DATA, of another certificate than the one that is chosen; none to read the
# next one (GET NEXT DATA)   P one PUT DATA of a certificate: 1, or 5 parts
#
#	openpgp CARD  list S+I+3C  tamga X too  sign S+I+K+F+V+A  known S+F+V+A: the caller
#	          has the certificate  hundred I too, before the second, and each A  always
#	          each V+A
#	          born S+F+V+P+C of 1.2 KiB: the caller has the key's public half  install
#	          S+I+K+F+V+P+C  sig D too  of which S+F+V+P writes  generate S+I+F+V+47+2 PUT DATA
#	          tamga info S+I+FA+C4+65+3K+3C
openpgp() {
	[ "${1}" = "${inside:-$1}" ] || return 0
	[ -n "${inside:-}" ] || { again "$1"; return; }
	shift
	for slot in aut sig; do tamga cert export $slot --der -o der.$slot; done
	spends "list, library" "$1" desktop list
	[ "$(grep -c ' [34]..$' out)" = 3 ] || fail "not three certificates"
	spends "list, tamga" "$2" tamga list
	spends "cold signature, aut" "$3" desktop sign aut 1
	spends "cold signature, sig" "$3" desktop sign sig 1
	spends "cold signature, aut, key known" "$4" desktop known aut 1 der.aut
	spends "cold signature, sig, key known" "$4" desktop known sig 1 der.sig
	spends "100 signatures, aut, key known" "$5" desktop known aut 100 der.aut
	[ "$(ctl log | grep -c ' 00 20 00 82 6 ')" = 1 ] || fail "not one VERIFY"
	spends "100 signatures, one for a PIN, key known" "$6" desktop known sig 100 der.sig
	[ "$(ctl log | grep -c ' 00 20 00 81 6 ')" = 100 ] || fail "not a hundred VERIFYs"
	shift 6
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null \
		-subj "/CN=large" -addext "nsComment=$(printf %0800d 0)" -outform DER -out der 2>err
	[ "$(wc -c <der)" -gt 1100 ] || fail "the certificate is too small to count with"
	spends "certificate of aut written, key known" "$1" desktop born aut der
	written "$4"
	spends "certificate of aut written" "$2" desktop install aut der.aut
	spends "certificate of sig written" "$3" desktop install sig der.sig
	spends "key generation" "$5" desktop generate dec
	spends "info, tamga" "$6" tamga info
}

# written EXACTLY: commands up to the last PUT DATA.
written() {
	got=$(ctl log | awk '$3 == "DA" { last = NR } END { print last }')
	[ "$got" = "$1" ] || fail "the writing alone: $got APDUs, not $1"
	echo "ok: $inside: of which $got write"
}

again() {
	COUNTS_INSIDE=$1 "$top_srcdir/tests/with-card" --no-pcscd --card "$1" -- sh "$0"
}

fail() { echo "FAILED: $inside: $*" >&2; ctl log | tail -n 40 >&2; exit 1; }
ctl() { "$TAMGA_VCARD" ctl "$TAMGA_TEST_CTL" "$@"; }
# spends WHAT EXACTLY COMMAND...
spends() {
	what=$1 wanted=$2
	shift 2
	ctl mark >/dev/null
	"$@" >out 2>err || { cat out err >&2; fail "$what: $*"; }
	got=$(ctl count)
	[ "$got" = "$wanted" ] || fail "$what: $got APDUs, not $wanted"
	echo "ok: $inside: $what: $got"
	! grep -q '^apdus' out || [ "$(sed -n 's/^apdus //p' out)" = "$got" ] ||
		fail "$what: the library counts otherwise: $(cat out)"
}
desktop() { "$top_builddir/tests/bench/desktop" --vcard "$TAMGA_TEST_VCARD" "$@"; }
tamga() { "$top_builddir/tamga" "$@" --no-pcsc; }

count_all() {
	tamga cert export 9a -o pem
	openssl x509 -in pem -outform DER -out der
	[ "$(wc -c <der)" -gt 1100 ] || fail "the certificate is too small to count with"
	echo "what is signed" >data

	spends "readers" 0 tamga readers
	spends "list, library" "$list" desktop list
	[ "$(grep -c ' 1[12]..$' out)" = 4 ] || fail "not four certificates"
	spends "list, tamga" "$list_cli" tamga list
	! grep -q pkcs11: out || fail "URIs that nobody asked for"
	spends "list, tamga --uris" $((list_cli + 1 + each)) tamga list --uris
	[ "$(grep -c pkcs11: out)" = 9 ] || fail "not nine URIs: $(cat out)"
	spends "cold signature, library" "$sign" desktop sign 9a 1
	spends "cold signature, tamga" "$sign_cli" tamga sign 9a data --pin-file pin
	spends "100 signatures" "$hundred" desktop sign 9a 100
	[ "$(ctl log | grep -c ' 00 20 00 80 8 ')" = 1 ] || fail "not one VERIFY"
	spends "100 signatures, PIN always" "$always" desktop sign 9c 100
	[ "$(ctl log | grep -c ' 00 20 00 80 8 ')" = 100 ] || fail "not a hundred VERIFYs"
	count_known
	spends "certificate written, library" "$install" desktop install 9a der
	got=$(ctl log | awk '$3 == "A4" || $3 == "87" || $3 == "DB"' | grep -c .)
	[ "$got" = "$writes" ] || fail "the writing alone: $got APDUs, not $writes"
	spends "certificate written, tamga" "$install" \
		tamga cert install 9a pem --replace --pin-file pin
	spends "key generation, library" "$generate" desktop generate 9d
	spends "key generation, tamga" "$generate_cli" \
		tamga key generate 9e --replace --pin-file pin
}

# Who has the certificate asks nothing: no K.  Neither does who listed the keys.
count_known() {
	tamga cert export 9c --der -o der9c
	openssl x509 -in pem -noout -pubkey >pub
	spends "cold signature, key known" "$known" desktop known 9a 1 der
	spends "100 signatures, key known" $((known + 99 * each)) \
		desktop known 9a 100 der
	spends "100 signatures, PIN always, key known" \
		$((known + 99 + 99 * each)) desktop known 9c 100 der9c
	spends "cold signature, tamga --cert" $((known + 1)) \
		tamga sign 9a data --cert pem --pin-file pin
	spends "cold signature, tamga --cert --last-try" "$known" \
		tamga sign 9a data --cert pem --pin-file pin --last-try -o sig
	openssl dgst -sha256 -verify pub -signature sig data >/dev/null ||
		fail "the signature"
	spends "cold CMS, tamga --cert" $((known + 1)) \
		tamga sign 9a data --cms --cert pem --pin-file pin
	wrong_cert
	login=$((known - 1 - 2 * each))	# D
	listed 9a $((login + 1 + 100 * each))
	listed 9c $((login + 100 + 100 * each))
}

# A certificate of another key: no signature, no try lost, and the card refused
# nothing or signed what nobody got.
wrong_cert() {
	code=0
	tamga sign 9d data --cert pem --pin-file pin -o none 2>err >out || code=$?
	[ "$code" = 1 ] && [ ! -e none ] && grep -q "holds another key" err ||
		fail "a wrong certificate: exit $code, $(cat out err)"
	tamga info --json | grep -q '"tries_left": *3' || fail "a try was lost"
	echo "ok: $inside: a wrong certificate signs nothing"
}

# listed SLOT EXACTLY: a hundred signatures after the keys were looked at.
listed() {
	desktop listed "$1" 100 >out 2>err || { cat out err >&2; fail "listed $1"; }
	got=$(sed -n 's/^further //p' out)
	[ "$got" = "$2" ] || fail "100 signatures of $1, keys listed before: $got, not $2"
	echo "ok: $inside: 100 signatures of $1, keys listed before: $got"
}

inside=${COUNTS_INSIDE:-}
[ -z "$inside" ] || world_of_card
rows
