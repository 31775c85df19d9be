# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# peer-lib.sh with a virtual card and the EST server that was written from the RFCs
# alone.  Sourced inside with-card.
. "$top_srcdir/tests/interop/peer-lib.sh"

printf '%s\n' "$TAMGA_TEST_PIN" > "$work/pin"
TAMGA_VCARD_SOCKET=$TAMGA_TEST_VCARD
XDG_STATE_HOME=$work/state
XDG_CONFIG_HOME=$work/config
export TAMGA_VCARD_SOCKET XDG_STATE_HOME XDG_CONFIG_HOME

run() { "$tamga" "$@" --no-pcsc --pin-file "$work/pin" > "$work/out" 2> "$work/err"; }

# on_card SLOT: SHA-256 of the certificate there, or nothing
on_card() {
	run cert export "$1" --der --output "$work/on-card.der" || return 0
	openssl dgst -sha256 -r "$work/on-card.der" | cut -d' ' -f1
}

wrong() {
	fail "$name: $*"
	sed 's/^/    /' "$work/err" "$work/server.log"
	for file in requests violations connections; do
		[ ! -s "$dir/$file" ] || sed "s/^/    $file: /" "$dir/$file"
	done
}
