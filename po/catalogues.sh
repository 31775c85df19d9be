#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# usage: catalogues.sh compile PODIR OUT	.mo files of every language
#        catalogues.sh install OUT LOCALEDIR
#        catalogues.sh uninstall PODIR LOCALEDIR
#        catalogues.sh update			tamga.pot and every .po, from the sources
set -eu

languages() { grep -v '^#' "$1/LINGUAS" || :; }

case $1 in
compile)
	for language in $(languages "$2"); do
		${MSGFMT:-msgfmt} --check -o "$3/$language.mo" "$2/$language.po"
	done
	;;
install)
	for mo in "$2"/*.mo; do
		[ -e "$mo" ] || continue
		to=$3/$(basename "$mo" .mo)/LC_MESSAGES
		${MKDIR_P:-mkdir -p} "$to"
		${INSTALL_DATA:-install -m 644} "$mo" "$to/tamga.mo"
	done
	;;
uninstall)
	for language in $(languages "$2"); do
		rm -f "$3/$language/LC_MESSAGES/tamga.mo"
	done
	;;
update)
	find src drivers pkcs11 tools -name '*.[ch]' | sort |
	    xgettext --files-from=- --language=C --keyword=_ --keyword=N_ \
	    --from-code=UTF-8 --add-comments=i18n --package-name=tamga \
	    --no-location --output=po/tamga.pot
	sed -i '1i # SPDX-License-Identifier: BSD-2-Clause' po/tamga.pot
	for language in $(languages po); do
		msgmerge --quiet --update --backup=none --no-fuzzy-matching "po/$language.po" po/tamga.pot
	done
	;;
esac
