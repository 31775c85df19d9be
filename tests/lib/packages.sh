# SPDX-License-Identifier: BSD-2-Clause
# Sourced.  need_packages KIND...: installs what tests/packages lists for these
# kinds and this machine lacks.

# One name a line; what a package provides is there too: nodejs may bring npm.
installed_packages()
{
	dpkg-query -W -f '${db:Status-Abbrev}\t${Package}, ${Provides}\n' |
		awk -F '\t' '$1 ~ /^.i/ {
			count = split($2, names, /, */)
			for (i = 1; i <= count; i++) {
				sub(/[ :].*/, "", names[i])
				if (names[i] != "") print names[i]
			}
		}'
}

missing_packages()
{
	installed=$(installed_packages)
	for kind in "$@"; do
		awk -v kind="$kind" '$1 == kind { print $2 }' tests/packages
	done | grep -vxF "$installed" || :
}

# Sets become to what makes a command root's.  A password is asked for where
# there is a terminal to ask at.
find_root()
{
	become=
	[ "$(id -u)" != 0 ] || return 0
	become=sudo
	command -v sudo >/dev/null || return 1
	sudo -n true 2>/dev/null || { [ -t 2 ] && sudo -v; }
}

# A machine that has just started may still be busy with upgrades of its own.
apt_get()
{
	$become env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 "$@" </dev/null
}

need_packages()
{
	if ! command -v dpkg-query >/dev/null; then
		echo "$0: this is no Debian system; install what tests/packages lists yourself" >&2
		return 0
	fi
	packages=$(missing_packages "$@")
	[ -n "$packages" ] || return 0

	if ! find_root; then
		echo "$0: these packages are missing, and neither root nor sudo is at hand:" >&2
		printf '    %s\n' $packages >&2
		echo "Run as root: apt-get install" $packages >&2
		exit 1
	fi
	echo "installing" $packages
	mkdir -p build
	if ! { apt_get update && apt_get install -y --no-install-recommends $packages; } \
	    >build/packages.log 2>&1
	then
		tail -n 20 build/packages.log >&2
		echo "$0: apt-get failed; the lines above say why (all of it: build/packages.log)" >&2
		exit 1
	fi
}

# unpack_packages KIND FOLDER: unpacks those that are not installed, and leaves
# the machine as it is.  A daemon that is installed would be started, now and
# at every boot; a test wants its program alone.
unpack_packages()
{
	for package in $(missing_packages "$1"); do
		[ ! -e "$2/$package.unpacked" ] || continue
		mkdir -p "$2"
		if (cd "$2" && { apt-get download "$package" ||
		    { apt_get update && apt-get download "$package"; }; } &&
		    dpkg-deb --extract "$package"_*.deb .) >>"$2/log" 2>&1
		then
			touch "$2/$package.unpacked"
		else
			echo "$0: cannot unpack $package; tests that want it are skipped ($2/log)" >&2
		fi
	done
}

# install_npm FROM TO: what FROM/package-lock.json pins, compiled, in TO.  npm
# runs no script of a package but the one that is named here, and leaves its
# cache in TO.
install_npm()
{
	! cmp -s "$1/package-lock.json" "$2/installed" || return 0
	command -v npm >/dev/null || return 0
	echo "installing from npm: $1/package.json"
	mkdir -p "$2"
	cp "$1/package.json" "$1/package-lock.json" "$2"
	if (cd "$2" && npm_config_cache=$PWD/cache npm_config_nodedir=$(node_headers) &&
	    export npm_config_cache npm_config_nodedir &&
	    npm ci --ignore-scripts --no-audit --no-fund &&
	    npm rebuild pkcs11js --foreground-scripts) >"$2/log" 2>&1 </dev/null
	then
		rm -rf "$2/cache"
		cp "$1/package-lock.json" "$2/installed"
	else
		echo "$0: npm failed; tests that want it are skipped ($2/log)" >&2
	fi
}

# Empty: npm fetches them.
node_headers()
{
	[ ! -f /usr/include/node/node.h ] || echo /usr
}

# unpack_kernel FOLDER: Debian's kernel and its modules for USB, for a virtual
# machine; nothing is installed.  One at a time.
unpack_kernel()
(
	mkdir -p "$1" && cd "$1" || exit 1
	exec 9>lock
	flock 9
	[ ! -e unpacked ] || exit 0
	package=$(apt-cache depends linux-image-amd64 | awk '/Depends/ { print $2; exit }')
	{ apt-get download "$package" || { ${become:-} apt-get update && apt-get download "$package"; }; } >>log 2>&1 &&
	dpkg-deb --extract "$package"_*.deb all >>log 2>&1 &&
	cp all/boot/vmlinuz-* vmlinuz &&
	find all/lib/modules -path '*/kernel/drivers/usb/*.ko' -exec cp {} . \; &&
	rm -rf all "$package"_*.deb && touch unpacked
)
