#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A portal's questions on the terminal, in the language of who sits there: terms,
# labels, lists to choose from, the status; and what of it the portal keeps.
set -u
kind=piv
. "$top_srcdir/tests/interop/enroll-lib.sh"
command -v jq >/dev/null || { echo "skipped: jq is not installed"; exit 77; }

"$top_builddir/tools/ra/tamga-ra" init "$work/ra" --profiles "$top_srcdir/share/profiles" \
	--default-profile employee --name "portal test" >/dev/null || fail "init"
printf 'IIN,surname,given\n396685245034,Ермекқызы,Әлия\n' >"$work/ra/people.csv"
echo 'registers = ({ name = "individuals"; kind = "csv"; path = "people.csv"; });' \
	>>"$work/ra/ra.conf"
# a profile of one's own, and what it says in Kazakh
sed -e 's/^title = .*/title = "Guest";/' -e '/^fields = (/a\
  { name = "size"; label = "Size"; kind = "choice"; required = true; options = ["Small", "Large"]; },' \
	"$work/ra/profiles/employee-four-eyes.profile" >"$work/ra/profiles/guest.profile"
cat >"$work/ra/profiles/guest.kk.po" <<'P'
msgid "Small"
msgstr "Шағын"
msgid "Large"
msgstr "Үлкен"
P
serve_ra
api=$url/api/v1
curl() { command curl -sS --max-time 20 --cacert "$work/ra/ca.pem" "$@"; }
LANGUAGE=kk_KZ
export LANGUAGE

# ---- asked and answered in Kazakh: by number, by label ---------------------------
cat >"$work/dialogue" <<'D'
сертификатты кері қайтарып алуды сұрайды.
Do you agree? Type yes: 	yes
Жеке сәйкестендіру нөмірі (ЖСН): 	396685245034
«Электрондық пошта» өрісін толтырғанда мұқият болыңыз
Электрондық пошта (	
Ұялы телефон (	
2) Алматы
3) Қарағанды облысы
Өңір: 	3
1) Қарағанды
2) Теміртау
Қала: 	Теміртау
Домен атауы: 	www.example.kz
Өтінім берілді және тіркеу орталығында расталуын күтуде
D
status=0
# shellcheck disable=SC2086
/usr/bin/python3 "$top_srcdir/tests/interop/talk.py" "$work/dialogue" \
	"$tamga" enroll $local $ca --profile kz-ssl >"$work/out" 2>"$work/said" || status=$?
[ "$status" = 6 ] || fail "status $status"
n=$(ra list --json | jq -r '.[0].application')
# where NUMBER: region and city as the portal has them
where() {
	curl -u "$1:$(cat "$work/state/tamga/$1.code")" "$api/applications/$1/answers" |
		jq -r '.answers | "\(.region)/\(.city)"'
}
[ "$(where "$n")" = "Karaganda region/Temirtau" ] || fail "kept is $(where "$n")"
ok "asked in Kazakh; kept is what the profile calls it"

# ---- agreed to is the text that was read -----------------------------------------
terms() { curl ${1:+-H "Accept-Language: $1"} "$api/profiles/kz-ssl" | jq -r .consent.hash; }
[ "$(terms kk)" != "$(terms)" ] || fail "one hash for two texts"
agreed=$(ra audit list --json | jq -r --arg n "$n" \
	'.[] | select(.application == $n and .event == "agree").detail')
[ "$agreed" = "$(terms kk)" ] || fail "the log has $agreed"
ok "the log has the Kazakh text's hash"

# ---- the status in whatever language is read now ----------------------------------
run 0 "$tamga" status "$n"
grep -q 'расталуын күтуде' "$work/out" || fail "status in Kazakh"
LANGUAGE=ru run 0 "$tamga" status "$n"
grep -q 'ожидает подтверждения в центре регистрации' "$work/out" || fail "status in Russian"
LANGUAGE='' run 0 "$tamga" status "$n"
grep -q 'waits to be confirmed' "$work/out" || fail "status as the profile has it"
# what programs read stays: only words for people change
LANGUAGE=kk run 0 "$tamga" status "$n" $ca --json
jq -e '.application.state == "submitted"' "$work/out" >/dev/null || fail "state"
ok "status in three languages"

# ---- answers in a file: the profile's words, or the reader's ------------------------
cat >"$work/answers" <<'A'
{"IIN": "396685245034", "region": "Астана", "city": "Astana", "domain": "www.example.kz"}
A
# shellcheck disable=SC2086
LANGUAGE=ru run 6 "$tamga" enroll $local $ca --profile kz-ssl --answers "$work/answers" \
	--agree "$(terms ru)" --slot 9c
m=$(ra list --json | jq -r --arg n "$n" 'map(select(.application != $n))[0].application')
[ "$m" != null ] || fail "no second application"
[ "$(where "$m")" = "Astana/Astana" ] || fail "kept is $(where "$m")"
ok "answers in a file, in either word"
# ---- a list of the profile's own, by the label of its own catalogue -----------------
labels() { curl -H "Accept-Language: $1" "$api/profiles/guest" |
	jq -r '.fields[0] | (.options + .option_labels) | join(" ")'; }
[ "$(labels kk)" = "Small Large Шағын Үлкен" ] || fail "options: $(labels kk)"
[ "$(labels ru)" = "Small Large Small Large" ] || fail "options: $(labels ru)"
echo '{"size": "Үлкен", "name": "Anna Example", "office": "Notary", "email": "anna@example.com"}' \
	>"$work/answers"
guest_terms=$(curl -H 'Accept-Language: kk' "$api/profiles/guest" | jq -r .consent.hash)
# shellcheck disable=SC2086
LANGUAGE=kk run 6 "$tamga" enroll $local $ca --profile guest --answers "$work/answers" \
	--agree "$guest_terms" --slot 9d
g=$(ra list --json | jq -r 'map(select(.profile == "guest"))[0].application')
size=$(curl -u "$g:$(cat "$work/state/tamga/$g.code")" "$api/applications/$g/answers" |
	jq -r .answers.size)
[ "$size" = Large ] || fail "kept is $size"
ok "an option by its label"
ra audit verify >/dev/null || fail "audit"
