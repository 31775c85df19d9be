# SPDX-License-Identifier: BSD-2-Clause
# Sourced.  An authority for each protocol: tamga-ra at $tls with the profile "walk", and
# pebble, to which a folder of a web server proves names.
#
#	approval	who approves what comes by that profile: "automatic", "officer"
# shellcheck disable=SC2034,SC2154
kind=piv,version=5.7.1
. "$top_srcdir/tests/interop/acme-lib.sh"
. "$top_srcdir/tests/fault/disaster-ra.sh"
folder=$TAMGA_TEST_RA_DIR/profiles
sed -e "s/^approval = .*/approval = \"$approval\";/" -e '/^renewal/,/^};/d' \
	"$top_srcdir/share/profiles/employee.profile" >"$folder/walk.profile"
cat >>"$folder/walk.profile" <<'P'
flow: { steps = ["agreed", "filled", "key", "submitted", "downloaded", "installed"]; };
consent: { text = "terms"; };
fields = ({ name = "who"; label = "Who"; kind = "text"; required = true; });
contents = ({ into = "subject.CN"; text = "${who}"; });
P
echo "be good" >"$folder/terms"
serve
make_tls
start_dns
PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=0
export PEBBLE_VA_NOSLEEP PEBBLE_WFE_NONCEREJECT
start_pebble
mkdir "$work/www"
python3 -m http.server -b 127.0.0.1 -d "$work/www" "$http_port" >/dev/null 2>&1 &
children="$children $!"
answers "http://127.0.0.1:$http_port/"
