/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/profile/input.h"

#include <stdio.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/profile/identity.h"
#include "tools/ra/profile/utf8.h"

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

#define DNS_LABEL_MAX 63	/* RFC 1035 2.3.4 */
#define DNS_NAME_MAX 253
#define MAIL_LOCAL_MAX 64	/* RFC 5321 4.5.3.1.1 */
#define MOBILE_MIN 8		/* digits; the shortest are of small islands */
#define PHONE_MAX 15		/* digits, ITU-T E.164 6.1 */

static bool
is_any(const char *value)
{
	(void)value;
	return true;
}

/* Letters of any script, and what joins them; a digit is no part of a name. */
static bool
is_name(const char *value)
{
	return strpbrk(value, DIGITS "<>@#$%^*={}[]|\\\"!?/;:_~") == NULL;
}

static bool
is_digits(const char *value)
{
	return strspn(value, DIGITS) == strlen(value);
}

static bool
is_dns_label(const char *label, size_t len)
{
	return len > 0 && len <= DNS_LABEL_MAX && label[0] != '-' &&
	    label[len - 1] != '-' && strspn(label, LETTERS DIGITS "-") >= len;
}

/* RFC 1123 2.1, with one dot at least; "*" may stand for the first label. */
static bool
is_dns(const char *value)
{
	const char *at = strncmp(value, "*.", 2) == 0 ? value + 2 : value;
	size_t labels = 0;

	if (strlen(value) > DNS_NAME_MAX)
		return false;
	for (;; at++) {
		const size_t len = strcspn(at, ".");

		if (!is_dns_label(at, len))
			return false;
		labels++;
		at += len;
		if (*at == '\0')
			return labels >= 2;
	}
}

/* RFC 5321 4.1.2, without quoted local parts, which no form here needs. */
static bool
is_email(const char *value)
{
	const char *sign = strchr(value, '@');
	const size_t local = sign != NULL ? (size_t)(sign - value) : 0;

	return local > 0 && local <= MAIL_LOCAL_MAX && value[0] != '.' &&
	    sign[-1] != '.' && strstr(value, "..") == NULL &&
	    strspn(value, LETTERS DIGITS "!#$%&'*+-/=?^_`{|}~.") == local &&
	    sign[1] != '*' && is_dns(sign + 1);
}

bool
ra_input_is_email(const char *value)
{
	return is_email(value);
}

static bool
is_phone(const char *value)
{
	const char *digits = value[0] == '+' ? value + 1 : value;
	size_t count = 0;

	for (const char *c = digits; *c != '\0'; c++) {
		if (strchr(DIGITS " -()", *c) == NULL)
			return false;
		count += strchr(DIGITS, *c) != NULL;
	}
	return count >= 3 && count <= PHONE_MAX;
}

/* ITU-T E.164 6.2: as it is dialled from anywhere, so that a message finds it. */
static bool
is_mobile(const char *value)
{
	char number[RA_NUMBER_TEXT];

	return value[0] == '+' && is_phone(value) &&
	    ra_input_number(value, number) && strlen(number) > MOBILE_MIN &&
	    number[1] != '0';
}

bool
ra_input_number(const char *value, char number[RA_NUMBER_TEXT])
{
	size_t at = 0;

	for (const char *c = value; *c != '\0'; c++)
		if (strchr("+" DIGITS, *c) != NULL && at < RA_NUMBER_TEXT - 1)
			number[at++] = *c;
	number[at] = '\0';
	return number[0] == '+';
}

static int
days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* ISO 8601, as the forms of browsers send it: 1990-12-31. */
static bool
is_date(const char *value)
{
	int year, month, day, end = 0;

	return strlen(value) == 10 && strspn(value, DIGITS "-") == 10 &&
	    sscanf(value, "%4d-%2d-%2d%n", &year, &month, &day, &end) == 3 &&
	    end == 10 && year > 1800 && month >= 1 && month <= 12 && day >= 1 &&
	    day <= days_in(year, month);
}

bool
ra_input_is_date(const char *value)
{
	return is_date(value);
}

/* ISO 3166-1 alpha-2, as countryName takes it. */
static bool
is_country(const char *value)
{
	return strlen(value) == 2 && strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 2;
}

/* ---- national numbers ---- */

static bool
is_iin(const char *value)
{
	return ra_identity_valid("kz-iin", value);
}

static bool
is_bin(const char *value)
{
	return ra_identity_valid("kz-bin", value);
}

static bool
is_voen_legal(const char *value)
{
	return ra_identity_valid("az-voen-legal", value);
}

static bool
is_voen_person(const char *value)
{
	return ra_identity_valid("az-voen-person", value);
}

static const struct kind {
	const char *name;
	bool (*check)(const char *value);
	const char *want;		/* for people; give it to _() */
} kinds[] = {
	{ "text", is_any, "" },
	{ "name", is_name, N_("letters, spaces, hyphens and apostrophes only") },
	{ "email", is_email, N_("an e-mail address such as name@example.org") },
	{ "dns", is_dns, N_("a domain name such as www.example.org") },
	{ "phone", is_phone, N_("a telephone number such as +7 700 123 45 67") },
	{ "mobile", is_mobile, N_("a telephone number with its country, such as +994 50 123 45 67") },
	{ "date", is_date, N_("a date such as 1990-12-31") },
	{ "country", is_country, N_("a country's two capital letters, such as KZ") },
	{ "digits", is_digits, N_("digits only") },
	{ "kz-iin", is_iin, N_("an Individual Identification Number: twelve digits; look for one that is wrong") },
	{ "kz-bin", is_bin, N_("a Business Identification Number: twelve digits; look for one that is wrong") },
	{ "az-voen-legal", is_voen_legal, N_("the VÖEN of a legal entity: ten digits, the last of them 1") },
	{ "az-voen-person", is_voen_person, N_("the VÖEN of an entrepreneur: ten digits, the last of them 2") },
	{ "choice", is_any, "" },
	{ "region", is_any, "" },
	{ "city", is_any, "" },
};

static const struct kind *
kind_of(const char *word)
{
	for (size_t i = 0; i < TMG_COUNT(kinds); i++)
		if (strcmp(kinds[i].name, word) == 0)
			return &kinds[i];
	return NULL;
}

bool
ra_input_known(const char *word)
{
	return kind_of(word) != NULL;
}

static tmg_rc
check_text(const ra_input *field, const char *label, const char *value,
    tmg_fault *f)
{
	size_t count;

	if (ra_utf8_check(value, &count))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: there are characters in it that cannot be written here"),
		    label);
	if (count > (size_t)field->max)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: %d characters at the most, these are %zu"),
		    label, field->max, count);
	if (value[0] == ' ' || value[strlen(value) - 1] == ' ')
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: it begins or ends with a space"), label);
	return TMG_OK;
}

tmg_rc
ra_input_check(const ra_input *field, const char *label, const char *value,
    tmg_fault *f)
{
	const struct kind *kind = kind_of(field->kind);
	tmg_rc rc;

	if (value[0] == '\0')
		return !field->required ? TMG_OK : tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: this has to be filled in"), label);
	if ((rc = check_text(field, label, value, f)))
		return rc;
	if (kind == NULL || !kind->check(value))
		return tmg_raise(f, TMG_MISMATCH, 0, "%s: %s", label,
		    kind != NULL ? _(kind->want) : field->kind);
	if (field->options.count > 0 && !ra_words_have(&field->options, value))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: choose one from the list"), label);
	return TMG_OK;
}

tmg_rc
ra_branch_find(const ra_profile *profile, const char *region, const char *city,
    const ra_branch **branch)
{
	for (size_t i = 0; i < profile->branch_count; i++) {
		const ra_branch *b = &profile->branch[i];

		if (strcmp(b->region, region) == 0 && strcmp(b->city, city) == 0) {
			*branch = b;
			return TMG_OK;
		}
	}
	return TMG_NOT_FOUND;
}
