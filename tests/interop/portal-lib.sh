# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Sourced after enroll-lib.sh by tests that walk a procedure from its first visit
# to a working certificate: an authority of their own in $work/ra with registers,
# officers and a mail server.

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
	serve_ra
	[ -n "$url" ] || fail "does not serve: $(tail -n 5 "$work/ra.log")"
	TAMGA_TEST_RA_LOG=$work/ra.log
}
