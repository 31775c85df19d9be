#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Three sets: tamga.pot is everything, for who runs the programs; ra/ is what
# applicants read of tamga-ra, of the sources in ra/POTFILES alone, each language
# a domain of its own (tools/ra/profile/language.h); share/profiles is what our
# profiles say, read as it is by tamga-ra (tools/ra/profile/texts.h).
#
# usage: catalogues.sh compile PODIR OUT	.mo files of every language
#        catalogues.sh install OUT LOCALEDIR
#        catalogues.sh uninstall PODIR LOCALEDIR
#        catalogues.sh update			every .pot and .po, from the sources;
#						TAMGA_RA: the program that knows what profiles say
#        catalogues.sh statistics		how much of each is translated
set -eu

languages() { grep -v '^#' "$1/LINGUAS" || :; }
pages="bg kk ru az"

# template OUT < FILES
template() {
	xgettext --files-from=- --language=C --keyword=_ --keyword=N_ \
	    --keyword=tmg_text_n:1,2 --from-code=UTF-8 --add-comments=i18n \
	    --package-name=tamga --no-location --output="$1"
	sed -i '1i # SPDX-License-Identifier: BSD-2-Clause' "$1"
}

merge() {
	msgmerge --quiet --update --backup=none --no-fuzzy-matching "$1" "$2"
}

case $1 in
compile)
	for language in $(languages "$2"); do
		${MSGFMT:-msgfmt} --check -o "$3/$language.mo" "$2/$language.po"
	done
	mkdir -p "$3/ra/C/LC_MESSAGES"
	for language in $pages; do
		${MSGFMT:-msgfmt} --check -o "$3/ra/C/LC_MESSAGES/tamga-ra-$language.mo" \
		    "$2/ra/$language.po"
	done
	;;
install)
	for mo in "$2"/*.mo; do
		[ -e "$mo" ] || continue
		to=$3/$(basename "$mo" .mo)/LC_MESSAGES
		${MKDIR_P:-mkdir -p} "$to"
		${INSTALL_DATA:-install -m 644} "$mo" "$to/tamga.mo"
	done
	${MKDIR_P:-mkdir -p} "$3/C/LC_MESSAGES"
	for language in $pages; do
		${INSTALL_DATA:-install -m 644} "$2/ra/C/LC_MESSAGES/tamga-ra-$language.mo" \
		    "$3/C/LC_MESSAGES/"
	done
	;;
uninstall)
	for language in $(languages "$2"); do
		rm -f "$3/$language/LC_MESSAGES/tamga.mo"
	done
	for language in $pages; do
		rm -f "$3/C/LC_MESSAGES/tamga-ra-$language.mo"
	done
	;;
update)
	find src drivers pkcs11 tools -name '*.[ch]' | sort | template po/tamga.pot
	for language in $(languages po); do
		merge "po/$language.po" po/tamga.pot
	done
	grep -v '^#' po/ra/POTFILES | template po/ra/tamga-ra.pot
	for language in $pages; do
		merge "po/ra/$language.po" po/ra/tamga-ra.pot
	done
	[ -x "${TAMGA_RA:-}" ] || exit 0
	profiles=share/profiles
	said=$("$TAMGA_RA" texts "$profiles")
	printf '%s\n' '# SPDX-License-Identifier: BSD-2-Clause' "$said" > "$profiles/profiles.pot"
	for language in $pages; do
		merge "$profiles/$language.po" "$profiles/profiles.pot"
	done
	;;
statistics)
	for po in po/*.po po/ra/*.po share/profiles/*.po; do
		printf '%s: ' "$po"
		${MSGFMT:-msgfmt} --statistics -o /dev/null "$po" 2>&1
	done
	;;
esac
