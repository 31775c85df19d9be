# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# What the tests of browsers share: a virtual card, an authority, and a web site
# that asks for a certificate.  A test that sources it is run again inside
# with-card and with-ra, with the card that it names in CARDS, of the kind in kind.
. "$top_srcdir/tests/interop/vcard-lib.sh"

# Names of the Kazakh kind, for the card and for whoever looks at the page.
NAME='Әсел Қалиева'
SUBJECT="CN=$NAME,SN=Қалиева,GN=Әсел,serialNumber=IIN000000000000,C=KZ"
MODULE=${MODULE:-$top_builddir/.libs/tamga-pkcs11.so}
children=
PATH=$PATH:/usr/sbin:$top_builddir/daemons/usr/sbin	# nginx

enter_site() { # SCRIPT ARGUMENTS: as enter, with an authority
	script=$1
	[ "${2:-}" = inside ] && return
	# shellcheck disable=SC2086
	exec "$top_srcdir/tests/with-card" $CARDS -- \
		sh "$top_srcdir/tests/with-ra" -- sh "$script" inside
}

tamga() { "$top_builddir/tamga" "$@"; }

# Browsers take their time to go; a folder that fills while it is emptied is
# emptied again.
take_away() {
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		rm -rf "$1" 2>/dev/null && return
		sleep 0.2
	done
}
leave() {
	for child in $children; do kill "$child" 2>/dev/null || true; done
	for child in $children; do wait "$child" 2>/dev/null || true; done
	take_away "$work"
}

# A home of one's own, which no browser has seen.
home() {
	work=$(mktemp -d)
	trap leave EXIT
	trap 'exit 143' TERM INT HUP
	cd "$work"
	mkdir home run tmp
	chmod 700 run
	TMPDIR=$work/tmp
	HOME=$work/home XDG_CONFIG_HOME=$work/home/.config XDG_STATE_HOME=$work/home/.state
	XDG_CACHE_HOME=$work/home/.cache XDG_DATA_HOME=$work/home/.local/share
	XDG_RUNTIME_DIR=$work/run LC_ALL=C.UTF-8 MOZ_CRASHREPORTER_DISABLE=1
	export HOME XDG_CONFIG_HOME XDG_STATE_HOME XDG_CACHE_HOME XDG_DATA_HOME
	export TMPDIR XDG_RUNTIME_DIR LC_ALL MOZ_CRASHREPORTER_DISABLE
	unset DISPLAY WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS
	echo "$TAMGA_TEST_PIN" >pin
	local=
	. "$top_srcdir/tests/interop/kinds.sh"
}

# wait_for SECONDS COMMAND...: until it succeeds
wait_for() {
	left=$(($1 * 10))
	shift
	until "$@"; do
		left=$((left - 1))
		[ $left -gt 0 ] || return 1
		sleep 0.1
	done
}

# The one command that the user of a web site types before this.
enroll() { # ARGUMENTS...
	# shellcheck disable=SC2086
	tamga enroll --ca "$TAMGA_TEST_RA_EST" --ca-file "$TAMGA_TEST_RA_CA" \
		--user "$TAMGA_TEST_RA_USER" --password-file "$TAMGA_TEST_RA_PASSWORD_FILE" \
		--pin-file pin --subject "$SUBJECT" $local "$@" >said 2>&1 ||
		{ cat said >&2; fail "tamga enroll"; }
}

# A server certificate under a root of its own, which the browser is given as
# any company's root is given.
site_certificate() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
		-subj '/CN=Test site CA' -keyout root.key -out root.pem 2>/dev/null
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
		-keyout site.key -out site.req 2>/dev/null
	printf 'subjectAltName=DNS:localhost,DNS:again.localhost\nextendedKeyUsage=serverAuth\n' >site.ext
	openssl x509 -req -in site.req -CA root.pem -CAkey root.key -CAcreateserial -days 2 \
		-extfile site.ext -out site.pem 2>/dev/null
}

# What nginx says about whom it let in; it writes bytes beyond ASCII as \D3\98.
site_page() {
	mkdir www
	cat >www/index.html <<-'END'
	<!DOCTYPE html>
	<html lang="kk"><meta charset="utf-8"><title>…</title>
	<style>
	body { font: 22px/1.5 "DejaVu Sans", sans-serif; margin: 3em; color: #123 }
	b { font-size: 34px } code { font-size: 16px; color: #567 }
	</style>
	<p>Сіз кірдіңіз · You are logged in as
	<p><b id="who"></b>
	<p><code id="dn"><!--# echo var="ssl_client_s_dn" --></code>
	<p><code>certificate <!--# echo var="ssl_client_verify" -->,
	<!--# echo var="ssl_protocol" -->, <!--# echo var="ssl_cipher" --></code>
	<script>
	const dn = document.getElementById("dn");
	dn.textContent = decodeURIComponent(dn.textContent.replace(/\\([0-9A-F]{2})/g, "%$1"));
	const cn = /CN=([^,+]*)/.exec(dn.textContent);
	document.getElementById("who").textContent = cn[1];
	document.title = "in: " + cn[1];
	</script>
	END
}

# nginx chooses no port: ours is looked for where the kernel would.
free_port() {
	/usr/bin/python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

site() {
	site_certificate
	site_page
	port=$(free_port)
	URL=https://localhost:$port/
	user=
	[ "$(id -u)" != 0 ] || user='user root;'
	cat >nginx.conf <<-END
	daemon off;
	master_process off;
	pid $work/nginx.pid;
	error_log $work/nginx.err;
	$user
	events { }
	http {
		types { text/html html; }
		log_format who escape=none '\$request_uri \$ssl_client_verify \$ssl_client_s_dn';
		access_log $work/nginx.log who;
		client_body_temp_path $work/t1; proxy_temp_path $work/t2;
		fastcgi_temp_path $work/t3; uwsgi_temp_path $work/t4; scgi_temp_path $work/t5;
		server {
			listen 127.0.0.1:$port ssl;
			ssl_certificate $work/site.pem;
			ssl_certificate_key $work/site.key;
			ssl_client_certificate $TAMGA_TEST_RA_CA;
			ssl_verify_client on;
			ssl_protocols TLSv1.2 TLSv1.3;
			ssl_session_tickets off;
			root $work/www;
			charset utf-8;
			ssi on;
			location = /favicon.ico { return 204; }
		}
	}
	END
	nginx -c "$work/nginx.conf" 2>nginx.err &
	children="$children $!"
	wait_for 10 curl -s -o /dev/null --cacert root.pem "$URL" ||
		{ cat nginx.err >&2; fail "nginx does not answer"; }
}

# A browser that trusts the site; what else it needs to know tamga tells it.
trusts() { # NSS-FOLDER
	certutil -N -d "sql:$1" --empty-password
	certutil -A -d "sql:$1" -n site -t CT,, -i root.pem
}
register() {
	tamga browser register --user --module "$MODULE" >said 2>&1 ||
		{ cat said >&2; fail "tamga browser register"; }
}

# ---- Firefox, asked and answered from inside ---------------------------------

firefox_profile() { # FOLDER: that trusts the site and reports to nobody
	mkdir -p "$1"
	trusts "$1"
	cat >"$1/user.js" <<-END
	user_pref("marionette.port", 0);
	user_pref("security.default_personal_cert", "Ask Every Time");
	user_pref("app.normandy.enabled", false);
	user_pref("datareporting.policy.dataSubmissionEnabled", false);
	user_pref("network.captive-portal-service.enabled", false);
	user_pref("network.connectivity-service.enabled", false);
	END
}
# The user's own profile, where Firefox looks for it.
firefox_home() {
	profile=$HOME/.config/mozilla/firefox/x.default
	mkdir -p "$profile"
	printf '[Profile0]\nName=default\nIsRelative=1\nPath=x.default\nDefault=1\n' \
		>"$HOME/.config/mozilla/firefox/profiles.ini"
	firefox_profile "$profile"
}
# firefox_visits PINS PROFILE COMMAND...: seen tells what was asked and shown;
# between, if it is set, is done before the page is opened at another name.
between=
firefox_visits() {
	pins=$1 in=$2
	shift 2
	"$@" /usr/bin/python3 "$top_srcdir/tests/interop/browser-firefox.py" "$in" "$URL" \
		"$TAMGA_TEST_PIN" page.png "$pins" ${between:+"$between"} >seen
}

# ---- Chromium, which has no way to be asked from inside -----------------------

# A screen; the keyboard is xdotool's.
# The sockets' folder is seen here alone: the screens of two tests have one number.
# A screen that is reset when its last window goes would end who is just coming.
screen() {
	if [ ! -p display ]; then
		mkfifo display
		mkdir -p /tmp/.X11-unix
		mount -t tmpfs -o mode=1777 sockets /tmp/.X11-unix || fail "no folder for sockets"
	fi
	Xvfb -displayfd 3 -noreset -screen 0 1000x700x24 -nolisten tcp 3>display >xvfb.log 2>&1 &
	children="$children $!"
	read -r number <display || { cat xvfb.log >&2; fail "no screen"; }
	DISPLAY=:$number
	export DISPLAY
}
# A window may go while it is looked for.
window() { xdotool search --onlyvisible --name "$1" 2>/dev/null | head -n 1; }
# A dialog that has just come takes no answer yet: nobody can have read it.
unlocked() {
	xdotool key --window "$1" Return 2>/dev/null || :
	sleep 0.1
	[ -z "$(window '^Unlock Security Device')" ]
}

# The list of certificates is drawn into the page's own window, and all around it
# is shaded: whoever presses Return before it is there, with its first row chosen,
# sends no certificate.  The question for the PIN has a window of its own.
shaded() {
	colour=$(import -window root -crop 1x1+500+650 -depth 8 rgb:- 2>/dev/null | od -An -tx1)
	case $colour in *[3-9]?\ [3-9]?\ [3-9]?*) ;; *) return 1 ;; esac
}
choose_first() {
	page=$(window '^localhost')
	[ -n "$page" ] || return 0
	sleep 0.7	# till it takes an answer
	xdotool windowfocus "$page" key --window "$page" Return 2>/dev/null || :
}
type_pin() { # WINDOW
	pins=$((pins + 1))
	import -window root asked.png
	xdotool windowfocus --sync "$1" type --delay 5 "$TAMGA_TEST_PIN" || :
	wait_for 10 unlocked "$1" || {
		import -window root stays.png
		picture stays.png chromium-failed.png
		fail "the question for the PIN stays"
	}
}
chromium_answers() {
	question=$(window '^Unlock Security Device')
	if [ -n "$question" ]; then
		type_pin "$question"
	elif shaded; then
		choose_first
	fi
	[ -n "$(window "^in: $NAME")" ]
}
# Fails when the page does not come; pins and ms tell the rest.
chromium_visits() {
	pins=0 root=
	[ "$(id -u)" != 0 ] || root="--no-sandbox --test-type"
	began=$(date +%s%N)
	# shellcheck disable=SC2086
	chromium $root --disable-gpu --disable-quic --no-first-run --disable-background-networking \
		--disable-component-update --disable-sync --user-data-dir="$work/data" \
		--app="$URL" >chromium.log 2>&1 &
	chromium=$!
	children="$children $chromium"
	wait_for 60 chromium_answers || return
	ms=$((($(date +%s%N) - began) / 1000000))
}

# What a login costs a card: what it holds is read once, the PIN is sent once,
# and nothing else is sent but a signature for each connection.  Who types for
# longer than a second has the application selected again before the PIN is sent:
# another program may have been there.
frugal() { # APDUS: besides signatures and that second SELECT
	ctl log >log
	sent=$(grep -c " 00 20 00 $verifies " log) && [ "$sent" -le "$logins" ] ||
		{ cat log >&2; fail "the PIN was not sent once"; }
	grep -v " $signs \| 00 A4 \|$beside" log | cut -d' ' -f2- | sort | uniq -d >twice
	[ ! -s twice ] || { cat log >&2; fail "sent more than once: $(cat twice)"; }
	signatures=$(grep -c " $signs .* 9000 " log) || { cat log >&2; fail "nothing was signed"; }
	selected=$(grep -c ' 00 A4 ' log)
	[ "$selected" -le $((1 + selects)) ] || { cat log >&2; fail "selected $selected times"; }
	all=$(grep -c . log)
	echo "page load: $all APDUs, of these $signatures signatures, $selected SELECT"
	[ $((all - $(grep -c " $signs \|$beside" log) - selected + 1)) -le "$1" ] ||
		{ cat log >&2; fail "more than $1 APDUs besides"; }
}

# Pictures outlive the test: somebody may want to look at them.
picture() { # FILE NAME
	mkdir -p "$top_builddir/tests/pictures"
	cp "$1" "$top_builddir/tests/pictures/$2"
	echo "picture: tests/pictures/$2"
}

# The site let exactly that person in.
let_in() {
	wait_for 10 grep -q '^/ SUCCESS ' nginx.log || { cat nginx.log nginx.err >&2; fail "nobody was let in"; }
	want=$(printf '%s' "$NAME" | od -An -tx1 | tr -d ' \n' | tr a-f A-F | sed 's/../\\&/g')
	grep -qF "CN=$(printf '%s' "$want" | sed 's/\\20/ /')" nginx.log ||
		{ cat nginx.log >&2; fail "it was somebody else"; }
}
