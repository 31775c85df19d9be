# SPDX-License-Identifier: BSD-2-Clause
# For scripts in a machine of with-guest: one script of commands for a device, given to tamga
# by itself and, beside pcscd and libccid, to programs through these; what they say is compared.
#
#	both_bytes direct|pcscd TOKEN READER [long]	commands as bytes: through the daemon by scard, in
#					which no line is tamga's; long: extended ones too
#	both_tamga direct|pcscd TOKEN READER [few]	what people type; few: the most telling of it
#	both_typed direct|pcscd TOKEN READER CTL	a PIN, right and wrong, on the reader's own keys
#	both_same			every answer of the one way is the other's
#
# Other readers are asked by some of it, so there should be none then.  READER is a part of its
# name that way.  Wanted: /run/pin, /run/text, and fail().
mkdir -p /run/direct /run/pcscd
both_there() { # WAY READER: waits until it has a card; quicker than tamga does it
	case $1 in
	direct) for n in $(seq 500); do ! hub usb "$2" apdu 00A40400 >/run/said 2>&1 || return 0; usleep 20000; done ;;
	pcscd) scard "$2" </dev/null >/run/said 2>&1 && return 0 ;;
	esac
	fail "$2 is not there, $1"
}
echo 999999 >/run/wrong

# What libccid sends of a command at T=0 is up to its caller: no Le behind data.
both_commands() {
	bytes=$(head -c $1 /dev/zero | tr '\0' Z | od -An -v -tx1 | tr -d ' \n')
	cat <<END
00A4040005A000000308
00C0000013
00EE0000020102
00C0000002
00EE0010
00EE001000
00ED0100
00FE0000
0001020304
00A40400
00EE0000$(printf %02X $1)$bytes
00C00000$(printf %02X $1)
END
}
both_bytes() {
	both_commands 200 >/run/commands
	[ "${4:-}" != long ] || echo "00EE0000000$(printf %03X 1200)$(head -c 1200 /dev/zero | tr '\0' L | od -An -v -tx1 | tr -d ' \n')0000" >>/run/commands
	case $1 in
	# shellcheck disable=SC2046
	direct) hub usb "$3" apdu $(cat /run/commands) ;;
	pcscd) sed 's/^/apdu /' /run/commands | scard "$3" ;;
	esac >"/run/$1/$2 bytes" 2>&1 || fail "bytes, $1, $2: $(cat "/run/$1/$2 bytes")"
}

# The reader's name is another one by each way, and nothing else.
both_said() { # WAY TOKEN READER WHAT COMMAND...
	both_at="/run/$1/$2 $4"
	both_reader=$3
	shift 4
	"$@" --reader "$both_reader" >/run/said 2>&1
	echo "status $?" >>/run/said
	sed 's/"reader": *"[^"]*"/"reader": ""/; s/, reader .*/, reader/; s/keypad of .*/keypad/; s/^reader: .*/reader:/; s/^source: .*/source:/' \
		/run/said >"$both_at"
}
both_tamga() {
	both_said $1 $2 "$3" "pin wrong" tamga pin verify --pin-file /run/wrong
	both_said $1 $2 "$3" sign tamga sign 9a --pin-file /run/pin --json /run/text
	[ "${4:-}" != few ] || return 0
	both_said $1 $2 "$3" "card report" tamga card report
	both_said $1 $2 "$3" list tamga list --json
	both_said $1 $2 "$3" info tamga info
	both_said $1 $2 "$3" cert tamga cert export 9a
}

both_typed() {
	echo 'readers = { keypads = [ "*" ]; };' >/run/keypads.conf
	for both_keys in 999999 123456; do
		tamga-vcard ctl "$4" mark >/dev/null
		tamga-vcard ctl "$4" type $both_keys >/dev/null
		both_said $1 $2 "$3" "typed $both_keys" tamga --config /run/keypads.conf pin verify
		tamga-vcard ctl "$4" log | grep '^keypad' >>"$both_at"
	done
}

both_same() {
	for both_at in /run/direct/*; do
		both_what=${both_at#/run/direct/}
		cmp "$both_at" "/run/pcscd/$both_what" || { diff "$both_at" "/run/pcscd/$both_what"; fail "not the same: $both_what"; }
		echo "same: $both_what, $(wc -c <"$both_at") bytes"
	done
}
