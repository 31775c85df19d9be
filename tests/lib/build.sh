# SPDX-License-Identifier: BSD-2-Clause
# Sourced.  build_in FOLDER LOG CONFIGURE-ARGUMENT...: configures FOLDER when
# needed and builds there; says what failed and stops when it does.  With
# build_targets set it builds those alone.

jobs=$(nproc 2>/dev/null || echo 2)

# What compilers say is searched for words below.
LC_ALL=C.UTF-8
export LC_ALL

# What make and $PATH give a meaning of their own.
case $PWD in *[[:space:]:\"\'\#\$\&\`\\]*)
	echo "$0: make cannot work in \"$PWD\": give it a path without spaces, quotes and colons" >&2
	exit 1 ;;
esac

# What was made once is kept up to date by make.
needs_bootstrap()
{
	[ ! -x configure ] || [ ! -f Makefile.in ]
}

run_logged()
{
	run_log=$1
	shift
	if ! "$@" >>"$run_log" 2>&1 </dev/null; then
		grep -nE '(^|[^a-z])(error|Error|warning):? ' "$run_log" | tail -n 15 >&2
		echo "$0: failed: $* (all of it: $run_log)" >&2
		return 1
	fi
}

build_in()
{
	build_folder=$1 build_log=$(realpath -m "$2")
	shift 2
	mkdir -p "$build_folder"
	: >"$build_log"
	root=$(pwd)
	if needs_bootstrap; then
		run_logged "$build_log" ./bootstrap || return 1
	fi
	if [ ! -f "$build_folder/Makefile" ] || [ "$*" != "$(cat "$build_folder/.arguments" 2>/dev/null)" ]; then
		# Objects made with other options do not fit.
		[ ! -f "$build_folder/Makefile" ] ||
			make -C "$build_folder" clean >>"$build_log" 2>&1 || :
		(cd "$build_folder" && run_logged "$build_log" "$root/configure" "$@") || return 1
		printf '%s' "$*" >"$build_folder/.arguments"
	fi
	# shellcheck disable=SC2086
	run_logged "$build_log" make -C "$build_folder" -j"$jobs" ${build_targets:-}
}
