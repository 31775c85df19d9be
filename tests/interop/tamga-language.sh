#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tamga speaks the language of the locale, and its programs' answers do not.
. "${top_srcdir:?}/tests/interop/tamga-lib.sh"
catalogue=$top_builddir/stage/share/locale/ru/LC_MESSAGES/tamga.mo
[ -s "$catalogue" ] || { echo "skipped: no $catalogue; make install with --prefix=\$PWD/stage"; exit 77; }
tamga() { "$top_builddir/stage/bin/tamga" "$@"; }
case ${1:-} in
'') exec "$top_srcdir/tests/with-card" --no-pcscd --card piv -- sh "$0" inside ;;
esac
world
TAMGA_VCARD_SOCKET=$TAMGA_TEST_VCARD LANGUAGE=ru
export TAMGA_VCARD_SOCKET LANGUAGE

speaks_russian() {
	wants 0 tamga --help
	says out "создать ключ на токене"
	wants 2 tamga frobnicate
	says err "нет команды «frobnicate»"
	wants 0 tamga info --no-pcsc
	says out "PIN: осталось 3 попытки"
	says out "НАЗНАЧЕНИЕ"
	says err "всё ещё заводской"
	echo 999999 >bad
	wants 4 tamga pin verify --no-pcsc --pin-file bad
	says err "осталось 2 попытки"
	echo "$TAMGA_TEST_PIN" >pin
	wants 0 tamga pin verify --no-pcsc --pin-file pin
}

step "Russian by LANGUAGE"
speaks_russian

step "what programs read is the same in every language"
wants 0 tamga info --no-pcsc --json
json '.slots[0].title == "PIV Authentication"'
LANGUAGE='' wants 0 tamga info --no-pcsc
says out "MEANT FOR"

step "columns are as wide as what stands in them"
wants 0 tamga info --no-pcsc
sed -n '/СЛОТ/,$p' out >table
python3 - table <<'END' || fail "the table is crooked"
import sys
lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
at = lines[0].index("КЛЮЧ")
sys.exit(0 if len(lines) > 4 and all(l[at - 1] == " " and l[at] != " " for l in lines) else 1)
END

step "Russian by LC_ALL, where the locale can be made"
if localedef -i ru_RU -f UTF-8 "$work/ru_RU.UTF-8" >/dev/null 2>&1; then
	unset LANGUAGE
	LOCPATH=$work LC_ALL=ru_RU.UTF-8
	export LOCPATH LC_ALL
	speaks_russian
else
	echo "not here: localedef cannot make ru_RU"
fi
