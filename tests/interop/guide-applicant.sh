#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/guide/applicant.md, as it stands; an officer confirms meanwhile.
. "$top_srcdir/tests/interop/client-lib.sh"
CARDS="--card piv,serial=10000001"
need openssl jq python3 pcscd
enter "$0" "$@"
here
ra() { "$top_builddir/tools/ra/tamga-ra" "$@" --dir "$work/ra"; }
quietly "$top_builddir/tools/ra/tamga-ra" init "$work/ra" --host localhost \
	--profiles "$top_srcdir/share/profiles"
printf 'IIN,surname,given\n396685245034,Ермекқызы,Әлия\n' >"$work/ra/people.csv"
echo 'registers = ({ name = "individuals"; kind = "csv"; path = "people.csv"; });' >>"$work/ra/ra.conf"
sed -i 's/^retry_after = .*/retry_after = 1;/' "$work/ra/ra.conf"
cp "$work/ra/ca.pem" ca.pem
mkfifo "$work/ready"
"$top_builddir/tools/ra/tamga-ra" serve "$work/ra" >"$work/ready" 2>"$work/ra.log" &
echo $! >server.pid
read -r _ <"$work/ready" || { cat "$work/ra.log" >&2; fail "no authority"; }

# The officer confirms when the applicant waits for it, and not before.
cat >"$work/bin/tamga" <<END
#!/bin/sh
case "\$*" in *--resume*) "$top_builddir/tools/ra/tamga-ra" approve "\$NUMBER" --dir "$work/ra" >>"$work/officer" 2>&1 ;; esac
exec "$top_builddir/tamga" "\$@"
END
chmod +x "$work/bin/tamga"
guide applicant
