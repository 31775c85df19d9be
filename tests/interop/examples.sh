#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The examples, built as their readers build them: from an installed tamga,
# outside the tree, through pkg-config; then run and judged by openssl.
set -u
for tool in pkg-config openssl "${CC:=cc}"; do
	command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
[ -f "$top_builddir/libtamga-enroll.la" ] ||
	{ echo "skipped: built without libcurl"; exit 77; }
stage=$(cd "$top_builddir" && pwd)/stage
[ -f "$stage/lib/pkgconfig/tamga.pc" ] ||
	{ echo "skipped: nothing is installed in $stage; make install with --prefix=\$PWD/stage"; exit 77; }
if [ -z "${TAMGA_EXAMPLES_INSIDE:-}" ]; then
	TAMGA_EXAMPLES_INSIDE=yes
	export TAMGA_EXAMPLES_INSIDE
	exec "$top_srcdir/tests/with-card" --no-pcscd --card piv,version=5.7.1 -- \
		sh "$top_srcdir/tests/with-ra" -- sh "$0" "$@"
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/examples.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 143' TERM INT HUP
fail() { echo "FAILED: $*"; cat "$work/out" 2>/dev/null; exit 1; }

# ---- installed, and found by pkg-config ---------------------------------------
# By ./check, before any test: make install links the libraries again, and while it
# does, no other test could run a program of this build.
PKG_CONFIG_PATH=$stage/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
LD_LIBRARY_PATH=$stage/lib
export PKG_CONFIG_PATH LD_LIBRARY_PATH CC
mkdir "$work/mine"
cp "$top_srcdir"/doc/examples/*.[ch] "$top_srcdir/doc/examples/Makefile.example" "$work/mine"
cd "$work/mine" || exit 1
# A make above must not hand its own flags down.
env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s -f Makefile.example \
	CC="$CC" CFLAGS="-O1 -g -Wall -Wextra -Wpedantic -Werror" >"$work/out" 2>&1 ||
	fail "the examples do not build"
echo "ok: built against what make install put down"

# ---- and they do what they say --------------------------------------------------
XDG_STATE_HOME=$work/state HOME=$work LC_ALL=C.UTF-8
TAMGA_VCARD_SOCKET=$TAMGA_TEST_VCARD
export XDG_STATE_HOME HOME LC_ALL TAMGA_VCARD_SOCKET
printf '%s\n' "$TAMGA_TEST_PIN" >pin

./list-tokens >"$work/out" 2>&1 || fail "list-tokens on a new card"
grep -q '^PIV-' "$work/out" || fail "no token is listed"

./enroll "$TAMGA_TEST_RA_EST" "$TAMGA_TEST_RA_CA" "$TAMGA_TEST_RA_USER" \
	"$TAMGA_TEST_RA_PASSWORD_FILE" "CN=Асель Ким,O=Öğrətmən,C=KZ" \
	<pin >"$work/out" 2>&1 || fail "enroll"
for step in "the key was made" "the request is signed" issued "on the token" done; do
	grep -q "$step" "$work/out" || fail "enroll does not show: $step"
done
./list-tokens >"$work/out" 2>&1 || fail "list-tokens"
grep -q 'CN=Асель Ким,O=Öğrətmən,C=KZ, until 20' "$work/out" ||
	fail "the certificate is not listed"
echo "ok: enrolled with progress, listed"

echo "what is signed" >data
./sign-file 9a data <pin >"$work/out" 2>&1 || fail "sign-file"
openssl cms -verify -inform DER -in data.p7s -content data -binary \
	-CAfile "$TAMGA_TEST_RA_CA" -purpose any -out /dev/null 2>"$work/out" ||
	fail "openssl does not verify the signature"
echo 000000 | ./sign-file 9a data >"$work/out" 2>&1 && fail "a wrong PIN signed"
grep -q 'wrong; 2 tries left' "$work/out" || fail "no word of the tries left"
./sign-file nosuch data <pin >"$work/out" 2>&1 && fail "a key that is none signed"
echo "ok: signed, judged by openssl; refusals have words"

# ---- an authority that takes its time --------------------------------------------
./enroll "$TAMGA_TEST_RA_EST/$TAMGA_TEST_RA_OFFICER" "$TAMGA_TEST_RA_CA" \
	"$TAMGA_TEST_RA_USER" "$TAMGA_TEST_RA_PASSWORD_FILE" "CN=Ждёт" \
	<pin >"$work/out" 2>&1 && fail "issued without an officer"
grep -q 'holds' "$work/out" || fail "an occupied slot was not said to be one"
echo "ok: a slot that is taken is not overwritten"
