#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Operators run the authority by page and decide nothing: staff, mails, the
# audit log.  Officers decide and run nothing.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"
. "$top_srcdir/tests/interop/ra-portal-lib.sh"

# cert NAME: a certificate that nobody has an account for yet
cert() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout "$1.key" -out "$1.cert" -subj "/CN=$1" -days 2 2>/dev/null
}

cert boss
"$ra" user add boss --role operator --certificate boss.cert
who boss
page /admin
shows 'boss'
hides 'name="name" value="boss"'

# an operator invites an officer, who ties a token once
send /admin 400 name='no name' role=officer
shows 'A name has letters'
page /admin
send /admin 400 name=anna role=applicant
page /admin
for bad in 'no address' 'a@b' "x@$(printf '%0300d' 1).example" 'a@example.org,b@example.org'; do
	page /admin
	send /admin 400 name=olga role=officer branch=Astana "email=$bad" language=kk
	shows 'an e-mail address such as'
	shows 'value="Astana"'
	shows '<option value="kk" selected>'
done
page /admin
send /admin 200 name=olga role=officer branch= email=olga@ra.example language=ru
"$ra" user list --json | jq -e '.[] | select(.name == "olga" and .email == "olga@ra.example" and
    .language == "ru")' > /dev/null || die 'no address'
shows 'It is shown this once'
password=$(grep -oE '[0-9A-Z]{4}(-[0-9A-Z]{4}){3}' page | head -n 1)
page /admin
shows 'waits for the first visit'
hides "$password"
same 'shown once' "$(grep -c "$password" "$TAMGA_TEST_RA_LOG")" 0
cert olga
who olga
page /desk/setup
send /desk/setup 303 name=olga password="$password"
goes /desk
page /desk

# each behind the own door
same 'officer at /admin' "$(see "$U/admin")" 403
for path in mails audit audit/export profiles; do
	same "officer at $path" "$(see "$U/admin/$path")" 403
done
who boss
same 'operator at the desk' "$(see "$U/desk")" 403
new_csr waits '/CN=Waits'
same 'enroll' "$(post "$TAMGA_TEST_RA_OFFICER/simpleenroll" waits.b64 $auth)" 202
id=$("$ra" list --state submitted --json | jq -r '.[0].application')
same 'operator at a case' "$(see "$U/desk/case/$id")" 403
page /admin
same 'operator decides' "$(see -d "csrf=$(csrf)" -d act=confirm "$U/desk/case/$id")" 403
same 'undecided' "$("$ra" show "$id" --json | jq -r .state)" submitted

# an invitation again: the certificate of before is void
page /admin
send /admin 200 name=olga role=officer branch=
who olga
same 'void' "$(see "$U/desk")" 403
who boss
page /admin
send /admin 200 name=second role=operator branch=
second=$(grep -oE '[0-9A-Z]{4}(-[0-9A-Z]{4}){3}' page | head -n 1)
cert second
who second
page /desk/setup
send /desk/setup 303 name=second password="$second"
goes /admin

# nobody closes the own account; applicants' are not theirs to close
page /admin
send /admin/close 403 name=second
shows 'another operator'
page /admin
send /admin/close 403 name="$TAMGA_TEST_RA_USER"
shows "an applicant's account"
page /admin
send /admin/close 404 name=nobody
page /admin
send /admin/close 303 name=boss
who boss
same 'closed' "$(see "$U/admin")" 403
who second
page /admin
shows 'Closed'

# the log: shown, verified, downloaded for those who verify it themselves
page /admin/audit
shows 'operator:second'
shows 'boss role closed'
head=$(sed -n 's/.*<code>\([0-9a-f]*\)<.*/\1/p' page)
send /admin/audit 200 head="$head"
shows 'The log is unbroken.'
send /admin/audit 200 head=0000000000000000000000000000000000000000000000000000000000000000
shows 'The log is broken.'
same 'export' "$(see "$U/admin/audit/export?from=1")" 200
has_header 'Content-Disposition: attachment; filename="audit-1.jsonl"'
python3 "$top_srcdir/doc/examples/audit-verify.py" "$head" < page || die 'the downloaded log'
page /admin/mails
page /admin/profiles
shows 'employee'

# the same by command
"$ra" user list | grep -q '^boss  *closed' || die "$("$ra" user list)"
"$ra" user close second
same 'closed by command' "$(see "$U/admin")" 403
same 'twice' "$("$ra" user list --json | jq -r '[.[] | select(.role == "closed")] | length')" 2
"$ra" user close nobody 2>err && die 'nobody'
grep -q 'no account nobody' err || die "$(cat err)"
"$ra" audit verify >/dev/null
echo "operator: all held"
