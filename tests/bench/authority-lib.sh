# SPDX-License-Identifier: BSD-2-Clause
# Sourced by tests/bench/authority-*.sh behind tests/interop/ra-lib.sh: its
# programs, built in the current folder, and what servers took.

# tool NAME LIBRARIES...: from tests/bench/NAME.c
tool() {
	name=$1
	shift
	# shellcheck disable=SC2046
	"${CC:-cc}" -O2 -Wall -Wextra "$top_srcdir/tests/bench/$name.c" -o "$name" \
	    $(pkg-config --cflags --libs "$@") -lpthread || die "no program $name"
}

# spent PID...: microseconds of processor time so far, of all of them
spent() {
	for s; do
		cat /proc/"$s"/task/*/schedstat
	done | awk '{ us += $1 / 1000 } END { printf "%d\n", us }'
}
