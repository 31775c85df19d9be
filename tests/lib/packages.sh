# SPDX-License-Identifier: BSD-2-Clause
# Sourced.  need_packages KIND...: installs what tests/packages lists for these
# kinds and this machine lacks.

is_installed()
{
	dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^ii'
}

missing_packages()
{
	for kind in "$@"; do
		awk -v kind="$kind" '$1 == kind { print $2 }' tests/packages
	done | while read -r package; do
		is_installed "$package" || printf '%s\n' "$package"
	done
}

as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo -n "$@" 2>/dev/null || sudo "$@"
	fi
}

need_packages()
{
	if ! command -v dpkg-query >/dev/null; then
		echo "$0: this is no Debian system; install what tests/packages lists yourself" >&2
		return 0
	fi
	packages=$(missing_packages "$@")
	[ -n "$packages" ] || return 0

	if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
		echo "$0: these packages are missing, and neither root nor sudo is at hand:" >&2
		printf '    %s\n' $packages >&2
		echo "Run as root: apt-get install" $packages >&2
		exit 1
	fi
	echo "installing" $packages
	log=$(mktemp)
	if ! { as_root apt-get update &&
	    as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y --no-install-recommends $packages; } >"$log" 2>&1 </dev/null
	then
		tail -n 20 "$log" >&2
		rm -f "$log"
		echo "$0: apt-get failed; the lines above say why" >&2
		exit 1
	fi
	rm -f "$log"
}
