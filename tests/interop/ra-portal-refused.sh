#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What pages refuse: forms from elsewhere, wrong types and sizes, others'
# applications, officers who are none, one pair of eyes where two are asked for.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"
. "$top_srcdir/tests/interop/ra-portal-lib.sh"

officer olga
officer oleg

# ---- forms from elsewhere
who eve
page /apply/kz-ssl
t=$(csrf) h=$(terms)
same 'no csrf' "$(see -d x=y "$U/apply/kz-ssl")" 403
shows 'Please send the form again'
same 'wrong csrf' "$(see -d "csrf=$(echo "$t" | tr 0-9 1-90)" "$U/apply/kz-ssl")" 403
same 'foreign origin' "$(see -H 'Origin: https://evil.example' -d "csrf=$t" "$U/apply/kz-ssl")" 403
same 'null origin' "$(see -H 'Origin: null' -d "csrf=$t" "$U/apply/kz-ssl")" 403
same 'prefix of ours' "$(see -H "Origin: $U.evil.example" -d "csrf=$t" "$U/apply/kz-ssl")" 403
who mallory
page /
same "another browser's csrf" "$(see -d "csrf=$t" "$U/apply/kz-ssl")" 403
who eve
same 'our own origin' "$(see -H "Origin: $U" -d "csrf=$t" -d "terms=$h" "$U/apply/kz-ssl")" 200

# ---- methods, types, sizes
page /my
t=$(csrf)
same 'DELETE' "$(see -X DELETE "$U/my")" 405
has_header 'Allow: GET, HEAD, POST'
same 'PUT' "$(see -X PUT -d x=y "$U/status")" 405
same 'GET of a POST' "$(see "$U/logout")" 405
has_header 'Allow: POST'
same 'JSON' "$(see -H 'Content-Type: application/json' -d '{}' "$U/my")" 415
same 'malformed' "$(see -d "csrf=$t&event=%zz" "$U/my")" 400
same 'NUL' "$(see -d "csrf=$t&event=a%00b" "$U/my")" 400
same 'no UTF-8' "$(see -d "csrf=$t&event=%ff" "$U/my")" 400
head -c 70000 /dev/zero | tr '\0' a > huge
same 'huge' "$(see --data-binary @huge "$U/my")" 413
same 'unknown event' "$(see -d "csrf=$t&event=nonsense" "$U/my")" 400
same "an officer's event" "$(see -d "csrf=$t&event=confirm" "$U/my")" 400
same "a page's event" "$(see -d "csrf=$t&event=fill" "$U/my")" 400
same 'HEAD' "$(see -I "$U/my")" 200
for p in /my/../desk /desk%00 /service/ /service/nothing /service/..%2f..%2fetc \
    /apply/employee /desk/case /style/; do
	same "$p" "$(see --path-as-is "$U$p")" 404
done

# ---- every kind of nonsense in every field of the form
individuals
page /my/identity
captcha
send /my/identity 400 "identity=' OR '1'='1" captcha=$sum captcha-id=$captcha_id
captcha
send /my/identity 400 'identity=<b>396685245034</b>' captcha=$sum captcha-id=$captcha_id
captcha
send /my/identity 303 identity=396685245034 captcha=$sum captcha-id=$captcha_id
for field in email domain city; do
	for value in '<script>alert(1)</script>' "x'); DROP TABLE application;--" \
	    "$(printf 'a\342\200\256b.kz')" "$(printf 'a\tb')" "$(head -c 5000 huge)" \
	    '${IIN}' '../../etc/passwd' '%s%n'; do
		page /my/form
		# of two values of one name the first one counts
		send /my/form 400 "$field=$value" region=Astana cities-of=Astana \
		    city=Astana domain=www.example.kz carrier=usb-token
		hides '<script'
	done
done
page /my/form
same 'locked fields stay' "$(see --data-urlencode "csrf=$(csrf)" -d surname=Evil \
    -d region=Astana -d cities-of=Astana -d city=Astana -d domain=www.example.kz \
    -d carrier=usb-token "$U/my/form")" 303
page /my
shows 'Ермекқызы'
hides Evil
eve=$(number)

# ---- others' applications
who mallory
page /apply/kz-ssl
send /apply/kz-ssl 200
page /my
hides "$eve"
[ "$(number)" != "$eve" ] || die "two browsers, one application"
# a cookie that somebody else chose opens nothing, and is replaced at login
before=$(grep __Host-tamga mallory.jar | cut -f7)
page /my
send /logout 303
[ "$(grep __Host-tamga mallory.jar | cut -f7)" != "$before" ] || die "the token stays"
same 'after logging out' "$(see "$U/my")" 303
same 'the old token' "$(curl -sS --cacert "$TAMGA_TEST_RA_CA" -o page -w '%{http_code}' \
    -b "__Host-tamga=$before" "$U/my")" 303

# ---- officers
who nobody
same 'no certificate' "$(see "$U/desk")" 403
same 'no certificate, a case' "$(see "$U/desk/case/$eve")" 403
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -keyout stranger.key -out stranger.cert -subj /CN=olga -days 2 2>/dev/null
who stranger
same "a stranger's certificate of the same name" "$(see "$U/desk")" 403
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -keyout late.key -out late.cert -subj /CN=late -days -1 2>/dev/null &&
{ "$ra" user add late --role officer --certificate late.cert
who late
same 'an expired certificate' "$(see "$U/desk")" 403; }
rc=0; "$ra" user add twice --role officer --certificate olga.cert 2>/dev/null || rc=$?
[ $rc -ne 0 ] || die "one certificate opened two accounts"
rc=0; "$ra" user add bad --role officer --certificate huge 2>err || rc=$?
grep -q 'no certificate' err || die "$(cat err)"

# the first visit: a password ties the certificate, once
printf 'opensesame' > pass
"$ra" user add nina --role officer --password-file pass
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -keyout nina.key -out nina.cert -subj /CN=nina -days 2 2>/dev/null
who nina
same 'before' "$(see "$U/desk")" 403
page /desk/setup
send /desk/setup 403 name=nina password=wrong-password
page /desk/setup
send /desk/setup 403 "name=$TAMGA_TEST_RA_USER" "password=$TAMGA_TEST_RA_PASSWORD"
page /desk/setup
send /desk/setup 303 name=nina password=opensesame
page /desk
shows nina
who stranger
page /desk/setup
send /desk/setup 403 name=nina password=opensesame

# ---- guessing ends
who guesser
for i in 1 2 3 4 5; do
	page /login
	send /login 403 "number=$eve" code=guess$i
done
page /login
send /login 429 "number=$eve" code=guess6
has_header 'Retry-After: [0-9]*'
"$ra" audit verify >/dev/null || die audit
echo "portal: refused what it must"
