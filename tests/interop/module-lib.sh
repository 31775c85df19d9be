# SPDX-License-Identifier: BSD-2-Clause
# What the tests of foreign modules share; sourced after enroll-lib.sh, never run.
# named sets lib, the library; type is what is enrolled, ec:p256 unless the test
# says otherwise; the token's PIN is 1234 in $work/pin, unless the
# test writes another there.
# shellcheck shell=sh disable=SC2086,SC2154
printf '1234\n' >"$work/pin"
printf '12345678\n' >"$work/so"
echo text >"$work/text"
unset TAMGA_VCARD_SOCKET

# named LIBRARY: at and with name its token, without and with the PIN.
named() {
	lib=$1
	at="--token module:$lib"
	with="$at --pin-file $work/pin"
}

# born ID:KIND...: keys are made and told of; ID.pub is kept.
born() {
	for row; do
		run 0 "$tamga" key generate ${row%%:*} $with --type "${row#*:}" -o "$work/${row%%:*}.pub"
		grep -q "id=%${row%%:*};type=private" "$work/out" || fail "the URI has not the id"
	done
	run 0 "$tamga" list $at
	for row; do
		grep -q "^  ${row%%:*}  *${row#*:}," "$work/out" || fail "list: ${row#*:}"
	done
}

# signs ID:HASH[:pss]...: openssl verifies, with ID.pub.
signs() {
	for row; do
		id=${row%%:*} hash=${row#*:} pss=
		case $hash in *:pss) hash=${hash%:pss} pss="-sigopt rsa_padding_mode:pss" ;; esac
		run 0 "$tamga" sign $with $id "$work/text" -o "$work/sig" --hash $hash ${pss:+--pss}
		openssl dgst -$hash $pss -verify "$work/$id.pub" -signature "$work/sig" \
			"$work/text" >/dev/null || fail "signature of $row"
	done
}

# decrypts ID PADDING[:HASH]...: what openssl encrypted with ID.pub.
decrypts() {
	id=$1
	shift
	for padding; do
		hash=${padding#*:}
		[ "$hash" != "$padding" ] || hash=
		openssl pkeyutl -encrypt -pubin -inkey "$work/$id.pub" -in "$work/text" \
			-pkeyopt rsa_padding_mode:${padding%:*} \
			${hash:+-pkeyopt rsa_oaep_md:$hash -pkeyopt rsa_mgf1_md:$hash} \
			-out "$work/cipher" || fail "encrypt"
		run 0 "$tamga" decrypt $with $id "$work/cipher" ${hash:+--oaep --hash $hash} \
			-o "$work/plain"
		cmp -s "$work/plain" "$work/text" || fail "decrypt $padding"
	done
}

# agrees ID CURVE: on the same secret as openssl.
agrees() {
	openssl genpkey -algorithm ec -pkeyopt ec_paramgen_curve:$2 -out "$work/peer.pem" 2>/dev/null
	openssl pkey -in "$work/peer.pem" -pubout -out "$work/peer.pub"
	openssl pkeyutl -derive -inkey "$work/peer.pem" -peerkey "$work/$1.pub" -out "$work/theirs"
	run 0 "$tamga" decrypt $with $1 --peer "$work/peer.pub" -o "$work/ours"
	cmp -s "$work/ours" "$work/theirs" || fail "$1 agrees on another secret"
}

# imported ID:ALGORITHM:OPTION...: keys of openssl's sign where they are now.
imported() {
	for row; do
		kind=${row#*:}
		openssl genpkey -algorithm ${kind%%:*} -pkeyopt "${kind#*:}" -out "$work/key.pem" \
			2>/dev/null
		run 0 "$tamga" key import ${row%%:*} "$work/key.pem" $with
		run 0 "$tamga" sign $with ${row%%:*} "$work/text" -o "$work/sig"
		openssl dgst -sha256 -prverify "$work/key.pem" -signature "$work/sig" "$work/text" \
			>/dev/null || fail "signature of the imported ${row%%:*}"
	done
}

enroll() { run "$1" "$tamga" enroll $official $with --slot "$2" --subject CN=$3 --type ${type:-ec:p256} ${4:-}; }

# certificates: how many there are, as OpenSC counts.
certificates() {
	pkcs11-tool --module "$lib" -O --type cert >"$work/objects" 2>/dev/null
	grep -c 'Certificate Object' "$work/objects"
}

# enrolled ID: from no key to the certificate that openssl and OpenSC see, once.
enrolled() {
	enroll 0 $1 module
	run 0 "$tamga" cert export $with $1 -o "$work/$1.pem"
	openssl verify -CAfile "$TAMGA_TEST_RA_CA" "$work/$1.pem" >/dev/null || fail "chain"
	openssl x509 -in "$work/$1.pem" -noout -pubkey >"$work/$1.pub"
	signs $1:sha256
	[ "$(certificates)" = 1 ] || fail "not one certificate"
	grep -q "ID: *$1" "$work/objects" || fail "OpenSC does not see the certificate"
	enroll 0 $1 module
	says "Already enrolled"
	grep -q 'module-path=' "$work/state/tamga"/*.json || fail "the journal does not tell the module"
}

# replaced ID: what enrolled put there goes, once all is well with the new key.
replaced() {
	enroll 1 $1 other
	says 'holds'
	enroll 1 $1 other --replace
	says 'cannot keep what slot'
	enroll 0 $1 other --destroy
	[ "$(certificates)" = 1 ] || fail "replaced, and not one certificate"
	[ "$(pkcs11-tool --module "$lib" -l --pin "$(cat "$work/pin")" -O --type privkey \
		2>/dev/null | grep -c "ID: *$1")" = 1 ] || fail "replaced, and not one key"
}

# emptied ID: the certificate goes.
emptied() {
	run 0 "$tamga" cert delete $with $1 --yes
	run 1 "$tamga" cert export $with $1 -o "$work/$1.pem"
}
