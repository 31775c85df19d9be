# SPDX-License-Identifier: BSD-2-Clause
# Sourced behind enroll-lib.sh.  A PIN dialog, $work/pinentry, that knows the PIN and
# writes down each time that it is asked.

cat >"$work/pinentry" <<'END'
#!/bin/sh
echo "OK ready"
while read -r command rest; do
	case $command in
	GETPIN) echo "$command" >>"$PINENTRY_LOG"; echo "D $TAMGA_TEST_PIN"; echo OK ;;
	BYE) echo OK; exit ;;
	*) echo OK ;;
	esac
done
END
chmod +x "$work/pinentry"
PINENTRY_LOG=$work/asked
export PINENTRY_LOG

prompts() { grep -c . "$PINENTRY_LOG"; }
