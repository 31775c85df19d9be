# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Sourced by tests/interop/walk-*.sh: a card, an authority of its own with a
# register, officers and a mail server, and a home where Chromium trusts it.
# What is walked stands beside, in walk-NAME.js over walk.js.
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"

for program in node chromium certutil jq pdftotext zbarimg curl expect; do
	command -v $program >/dev/null || { echo "skipped: no $program"; exit 77; }
done
[ -d "$top_builddir/npm/node_modules/playwright-core" ] ||
	{ echo "skipped: no playwright-core; ./check installs it"; exit 77; }
/usr/bin/python3 -c "import aiosmtpd" 2>/dev/null || { echo "skipped: no aiosmtpd"; exit 77; }

ra() { "$top_builddir/tools/ra/tamga-ra" "$@" --dir "$work/ra"; }

# officer NAME [BRANCH]: an account that a certificate of its own opens
officer() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
		-keyout "$work/$1.key" -out "$work/$1.cert" -subj "/CN=$1" 2>/dev/null
	ra user add "$1" --role officer --certificate "$work/$1.cert" --branch "${2:-}" ||
		fail "officer $1"
}

mails() {
	mkdir "$work/mail"
	/usr/bin/python3 "$top_srcdir/tests/interop/smtp-server.py" "$work/mail" \
		--cert "$work/ra/server.pem" --key "$work/ra/server.key" 2>"$work/smtp.log" &
	children="$children $!"
	until [ -s "$work/mail/port" ]; do
		kill -0 $! 2>/dev/null || fail "no mail server: $(cat "$work/smtp.log")"
		sleep 0.05
	done
	cat >>"$work/ra/ra.conf" <<-END
	mail: { server = "smtp://127.0.0.1:$(cat "$work/mail/port")"; from = "ra@ra.example";
	  from_name = "Registration authority"; ca = "$work/ra/ca.pem"; retry_seconds = 1; };
	END
}

authority() {
	"$top_builddir/tools/ra/tamga-ra" init "$work/ra" --profiles "$top_srcdir/share/profiles" \
		--default-profile employee --name "Walked authority" >/dev/null || fail "init"
	sed -i 's/^retry_after = .*/retry_after = 1;/' "$work/ra/ra.conf"
	cat >>"$work/ra/ra.conf" <<-END
	registers = ( { name = "individuals"; path = "individuals.csv"; },
	  { name = "legal-entities"; path = "legal-entities.csv"; },
	  { name = "citizens"; path = "citizens.csv"; } );
	END
	printf 'IIN,surname,given\n396685245034,Ермекқызы,Әлия\n' >"$work/ra/individuals.csv"
	printf 'BIN,organisation\n120340001230,"Үлгі ЖШС"\n' >"$work/ra/legal-entities.csv"
	printf 'FIN,surname,given,birth\n5ABC12D,Sınaq,Ülviyyə,1990-12-31\n' >"$work/ra/citizens.csv"
}

serve() {
	mkfifo "$work/url"
	"$top_builddir/tools/ra/tamga-ra" serve "$work/ra" --listen 127.0.0.1:0 \
		>"$work/url" 2>"$work/ra.log" &
	children="$children $!"
	read -r url <"$work/url"
	[ -n "$url" ] || fail "does not serve: $(tail -n 5 "$work/ra.log")"
	TAMGA_TEST_RA_LOG=$work/ra.log
}

# walk NAME: in a home where Chromium trusts the authority as any company's
walk() {
	mkdir -p "$work/.pki/nssdb" "$work/tmp" "$top_builddir/tests/pictures/walk-$1"
	certutil -N -d "sql:$work/.pki/nssdb" --empty-password
	certutil -A -d "sql:$work/.pki/nssdb" -n ca -t CT,, -i "$work/ra/ca.pem"
	module=$top_builddir/.libs/tamga-pkcs11.so
	! ldd "$module" | grep -q 'libasan\|libtsan' || module=
	status=0
	env PKCS11_MODULE_PATH="$module" \
		TMPDIR="$work/tmp" XDG_CACHE_HOME="$work/cache" XDG_RUNTIME_DIR="$work/tmp" \
		NODE_PATH="$top_builddir/npm/node_modules" NODE_EXTRA_CA_CERTS="$work/ra/ca.pem" \
		WALK_URL="https://localhost:${url##*:}" WALK_FOLDER="$work" WALK_TAMGA="$tamga" \
		WALK_PICTURES="$top_builddir/tests/pictures/walk-$1" \
		node "$top_srcdir/tests/interop/walk-$1.js" || status=$?
	[ $status = 0 ] || { tail -n 20 "$work/ra.log"; exit $status; }
	ra audit verify >/dev/null || fail "audit"
}
