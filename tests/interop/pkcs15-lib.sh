# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# What the tests of cards that tamga and pkcs15-init write to share, beside vcard-lib.sh:
# tamga on one reader, which alone OpenSC sees; sourced in the test's folder, never run.
XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state LC_ALL=C.UTF-8
export XDG_CONFIG_HOME XDG_STATE_HOME LC_ALL
echo 123456 >pin
echo "what is signed" >data
openssl dgst -sha256 -binary data >hash

tamga() { "$top_builddir/tamga" "$@" --reader "$reader" >out 2>err; }
ok() { tamga "$@" || { cat out err >&2; fail "tamga $*"; }; }
says() { grep -qF -e "$2" "$1" || { cat "$1" >&2; fail "$1 does not say: $2"; }; }
# Every reader but one is out of OpenSC's sight.
only_not() {
	echo "app default { ignored_readers = \"${1% 00 00}\"; }" >opensc.conf
	OPENSC_CONF=$work/opensc.conf
	export OPENSC_CONF
}
