#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Pages in every language, chosen by the browser or by the applicant; the paper in
# the language that he chose last, whoever prints it, read by pdftotext.
[ -n "${TAMGA_TEST_RA_URL:-}" ] || exec "$top_srcdir/tests/with-ra" -- sh "$0"
. "$top_srcdir/tests/interop/ra-lib.sh"
. "$top_srcdir/tests/interop/ra-portal-lib.sh"

who guest
same 'kazakh' "$(see -H 'Accept-Language: kk' "$U/help")" 200
grep -qF '<h1>Анықтама</h1>' page || {
	[ -n "$(find "$top_builddir/stage" -name tamga-ra-kk.mo 2>/dev/null)" ] ||
		{ echo 'SKIP: no catalogues are installed'; exit 77; }
	die "$(sed -n '/<h1>/p' page)"
}

# speaks LANGUAGE PATH TEXT...
speaks() {
	rm -f guest.jar
	same "$1 $2" "$(see -H "Accept-Language: fr, $1;q=0.9, en;q=0.1" "$U$2")" 200
	grep -q "<html lang=\"$1\">" page || die "$1: $(grep '<html' page)"
	shift 2
	for text; do
		shows "$text"
	done
}
speaks en /status 'Checking request status' 'Application number' Search
speaks bg /status 'Проверка на състоянието на заявление' 'Номер на заявлението' 'Търсене'
speaks kk /status 'Өтінімнің күйін тексеру' 'Өтінім нөмірі' 'Іздеу'
speaks ru /status 'Номер заявления'
speaks az /status 'Müraciətin vəziyyətinin yoxlanılması' 'Müraciət nömrəsi' 'Axtarmaq'
speaks az /service/az-esign 'Sənədlər' 'şəxsən' 'Daşıyıcılar' 'Qiymət'
speaks bg /service/bg-csp 'Документи' 'нотариално заверен'
# what a provider says, by the catalogues beside his profiles
speaks kk / 'ЭЦҚ кілттерін алу' 'Жеке тұлғаларға арналған SSL сертификаты'
speaks kk /apply/kz-ssl 'Растаймын' 'Келісім' 'Өтініш беруші сертификат сұрайды'
speaks ru /help/kz-ssl 'нажмите кнопку «Найти»'
speaks bg /policy/bg-csp 'универсален сертификат' '5. За колко време. 365 дни.'
speaks az /apply/az-esign 'İstifadəçi qaydalarını qəbul edirəm' 'DAVAM ET'
speaks az /suppliers 'İstənilən satıcı'
speaks en /apply/az-esign 'I accept the user rules' 'CONTINUE'

# the choice stays, and comes before what the browser likes
who aliya
same 'chosen' "$(see -H 'Accept-Language: en' "$U/?lang=kk")" 200
same 'kept' "$(see -H 'Accept-Language: en' "$U/apply/kz-ssl")" 200
grep -q '<html lang="kk">' page || die 'the choice is forgotten'
for l in en bg kk ru az; do
	grep -q "<a lang=\"$l\" href=\"?lang=$l\"" page || die "no choice of $l"
done
same 'no such language' "$(see "$U/?lang=../x")" 200
grep -q '<html lang="kk">' page || die 'chosen what is none'

# agreed to is what was read, whatever language the browser has by then
page '/apply/kz-ssl?lang=kk'
kazakh=$(terms)
page '/apply/kz-ssl?lang=ru'
russian=$(terms)
[ "$kazakh" != "$russian" ] || die 'one hash for two texts'
# agrees HASH STATUS: the page now open, with that hash in it
agrees() {
	printf '<input name="csrf" value="%s">\n<input name="terms" value="%s">\n' \
	    "$(csrf)" "$1" > shown
	cp shown page
	send /apply/kz-ssl "$2"
}
agrees "$(echo "$kazakh" | tr 0-9 1-90)" 400
grep -q 'role="alert".*href="#f-terms"' page || die 'changed terms'
agrees "$kazakh" 200
page '/my?lang=kk'
n=$(number)
"$ra" audit list --json > log
jq -e --arg n "$n" --arg h "$kazakh" '.[] | select(.application == $n and .event == "agree") | .detail == $h' log >/dev/null ||
	die "the log has other terms: $(grep agree log)"
shows 'Назар аударыңыз! Өтінім нөмірін есте сақтаңыз'
"$ra" print "$n" > txt
grep -q 'Өтініш берушінің қолы' txt || die "$(cat txt)"
"$ra" print "$n" --as html > html
grep -q 'Өтініш берушінің қолы' html || die 'HTML'
if "$ra" print "$n" --as pdf --out kk.pdf 2>err && command -v pdftotext >/dev/null; then
	pdftotext -layout kk.pdf pdf
	grep -q 'Өтініш берушінің қолы' pdf || die "$(cat pdf)"
	page '/my?lang=az'
	"$ra" print "$n" --as pdf --out az.pdf
	pdftotext -layout az.pdf pdf
	for text in 'Müraciət edənin imzası' 'Ən gec\|Başlanma tarixi' 'imzası'; do
		grep -q "$text" pdf || die "$text: $(cat pdf)"
	done
fi
# an officer who works in English changes nothing of it
officer olga
who olga
same 'the desk' "$(see -H 'Accept-Language: en' "$U/desk/case/$n?lang=en")" 200
page '/'
who aliya
page '/my?lang=bg'
"$ra" print "$n" | grep -q 'Подпис на заявителя' || die 'bg'
who olga
page "/desk/case/$n?lang=en"
"$ra" print "$n" | grep -q 'Подпис на заявителя' || die "the officer's language"

# what is wrong with a form is said in the language, too
who aliya
page '/my/identity?lang=az'
sum=$(sed -n 's/.*>\([0-9]*\) üstəgəl \([0-9]*\) neçə edir?.*/\1 + \2/p' page)
captcha_id=$(sed -n 's/.*name="captcha-id" value="\([^"]*\)".*/\1/p' page)
send /my/identity 400 identity=123 captcha=$(($sum)) "captcha-id=$captcha_id"
shows 'belə nömrə ola bilməz'
send /my/identity 400 identity=123 captcha=0 captcha-id=x
shows 'Bu, həmin kod deyil.'
echo "languages: all held"
