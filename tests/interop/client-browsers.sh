#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/clients/browsers.md, as it stands: what is typed there.  What is seen in the
# browsers themselves is for browser-firefox.sh and browser-chromium.sh.
. "$top_srcdir/tests/interop/client-lib.sh"
need jq python3 pcscd
enter "$0" "$@"
here

# A user's browsers, whoever runs this, and the provider that is not installed yet.
cat >"$work/bin/tamga" <<END
#!/bin/sh
exec "$top_builddir/tamga" "\$@" --user --module "$MODULE"
END
chmod +x "$work/bin/tamga"
mkdir -p "$HOME/.config/mozilla/firefox/x.default" "$HOME/.config/chromium"
printf '[Profile0]\nName=default\nIsRelative=1\nPath=x.default\n' \
	>"$HOME/.config/mozilla/firefox/profiles.ini"

page browsers
