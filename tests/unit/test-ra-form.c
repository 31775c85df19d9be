/* SPDX-License-Identifier: BSD-2-Clause */
/* What people fill in: characters, fields, national numbers, passwords; and
 * the profiles that say what is asked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/file.h"
#include "src/base/scope.h"
#include "tests/unit/test.h"
#include "tools/ra/form/choice.h"
#include "tools/ra/profile/identity.h"
#include "tools/ra/profile/input.h"
#include "tools/ra/profile/passrule.h"
#include "tools/ra/profile/rows.h"
#include "tools/ra/profile/utf8.h"

static void
test_characters(void **state)
{
	static const struct {
		const char *text;
		int count;		/* -1: refused */
	} rows[] = {
		{ "", 0 }, { "abc", 3 }, { "Әлия Ермекқызы", 14 },
		{ "Ülviyyə", 7 }, { "日本", 2 }, { "😀", 1 },
		{ "a\tb", -1 }, { "a\nb", -1 }, { "a\x7f", -1 },
		{ "a\xc2\x85", -1 },			/* C1 */
		{ "a\xe2\x80\xae" "b", -1 },		/* U+202E, overrides */
		{ "a\xe2\x81\xa6", -1 },		/* U+2066, isolate */
		{ "a\xe2\x80\x8b", -1 },		/* U+200B, no width */
		{ "a\xef\xbb\xbf", -1 },		/* U+FEFF */
		{ "\xc0\xaf", -1 },			/* "/" in two bytes */
		{ "\xe0\x80\xaf", -1 }, { "\xf0\x80\x80\xaf", -1 },
		{ "\xed\xa0\x80", -1 },			/* half of UTF-16 */
		{ "\xf4\x90\x80\x80", -1 },		/* above U+10FFFF */
		{ "\xef\xbf\xbe", -1 }, { "\xf0\x9f\xbf\xbf", -1 },
		{ "\xd0", -1 }, { "\xe2\x82", -1 }, { "\x80", -1 }, { "\xff", -1 },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		size_t count = 99;
		const tmg_rc rc = ra_utf8_check(rows[i].text, &count);

		if (rc != (rows[i].count < 0 ? TMG_MISMATCH : TMG_OK) ||
		    (rc == TMG_OK && count != (size_t)rows[i].count))
			fail_msg("row %zu: %d, %zu", i, rc, count);
	}
}

static void
test_utf8_copy(void **state)
{
	static const struct {
		const char *text, *stand, *copy;
	} rows[] = {
		{ "", "?", "" }, { "abc", "?", "abc" }, { "abcdefgh", "?", "abcdefg" },
		{ "\xd0\x96\xd0\x96\xd0\x96\xd0\x96", "?", "\xd0\x96\xd0\x96\xd0\x96" },
		{ "a\xff\x1b\xd0", "?", "a???" }, { "a\xff\x1b\xd0" "b", "", "ab" },
		{ "a\xe2\x80\xae" "b", "?", "a?b" },	/* turned around: one mark */
	};
	char copy[8];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		ra_utf8_copy(rows[i].text, rows[i].stand, copy, sizeof(copy));
		assert_string_equal(copy, rows[i].copy);
	}
}

static void
test_kinds(void **state)
{
	static const struct {
		const char *kind, *value;
		bool good;
	} rows[] = {
		{ "name", "Әлия-Мария О'Коннор", true },
		{ "name", "Anna2", false }, { "name", "<b>Anna</b>", false },
		{ "name", "Anna;", false }, { "name", " Anna", false },
		{ "name", "Anna ", false },
		{ "text", "'; DROP TABLE application; --", true },
		{ "email", "a.b+c@example.org", true },
		{ "email", "a@b", false }, { "email", "a@@example.org", false },
		{ "email", "@example.org", false }, { "email", "a@", false },
		{ "email", ".a@example.org", false }, { "email", "a.@example.org", false },
		{ "email", "a..b@example.org", false },
		{ "email", "a b@example.org", false },
		{ "email", "a@example.org, b@example.org", false },
		{ "email", "a@*.example.org", false },
		{ "email", "a@example.org\r\nBcc: b@example.org", false },
		{ "dns", "www.example.org", true }, { "dns", "*.example.org", true },
		{ "dns", "xn--e1afmkfd.example", true },
		{ "dns", "example", false }, { "dns", "-a.example", false },
		{ "dns", "a-.example", false }, { "dns", "a..example", false },
		{ "dns", "a.example.", false }, { "dns", "*.*.example", false },
		{ "dns", "a.*.example", false }, { "dns", "пример.example", false },
		{ "dns", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    ".example", false },
		{ "phone", "+7 (700) 123-45-67", true }, { "phone", "112", true },
		{ "phone", "11", false }, { "phone", "+", false },
		{ "phone", "1234567890123456", false }, { "phone", "call me", false },
		{ "mobile", "+7 (700) 123-45-67", true }, { "mobile", "+994501234567", true },
		{ "mobile", "+690 12345", true }, { "mobile", "+690 1234", false },
		{ "mobile", "994501234567", false }, { "mobile", "0501234567", false },
		{ "mobile", "+0501234567", false }, { "mobile", "+1234567890123456", false },
		{ "mobile", "+99450+1234567", false }, { "mobile", "++994501234567", false },
		{ "mobile", "+994 50 x", false }, { "mobile", "+", false },
		{ "date", "1990-12-31", true }, { "date", "2000-02-29", true },
		{ "date", "1900-02-29", false }, { "date", "1990-13-01", false },
		{ "date", "1990-00-10", false }, { "date", "1990-04-31", false },
		{ "date", "90-12-31", false }, { "date", "1990-1-01", false },
		{ "date", "1990/12/31", false }, { "date", "1990-12-3x", false },
		{ "country", "KZ", true }, { "country", "kz", false },
		{ "country", "KAZ", false },
		{ "kz-iin", "396685245034", true }, { "kz-iin", "396685245035", false },
		{ "kz-bin", "120340001230", true }, { "kz-bin", "12034000123", false },
		{ "az-voen-legal", "1400057421", true }, { "az-voen-legal", "1400057422", false },
		{ "az-voen-person", "1400057422", true }, { "az-voen-person", "1400057421", false },
		{ "az-voen-legal", "140005742", false }, { "az-voen-legal", "14000574211", false },
		{ "az-voen-person", "140005742", false }, { "az-voen-person", "1400O57422", false },
		{ "digits", "0123", true }, { "digits", "12a", false },
		{ "digits", "١٢", false },
		{ "unknown", "x", false },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		ra_input field = { .label = "Field", .max = 128 };
		tmg_fault f = { .rc = TMG_OK };

		strcpy(field.kind, rows[i].kind);
		if (ra_input_check(&field, field.label, rows[i].value, &f) !=
		    (rows[i].good ? TMG_OK : TMG_MISMATCH))
			fail_msg("%s \"%s\": %s", rows[i].kind, rows[i].value, f.text);
		if (!rows[i].good)
			assert_memory_equal(f.text, "Field: ", 7);
	}
}

static void
test_field_limits(void **state)
{
	ra_input field = { .label = "F", .kind = "text", .max = 4 };
	ra_input choice = { .label = "C", .kind = "choice", .max = 9,
		.options = { 2, { "one", "two" } } };
	tmg_fault f;

	(void)state;
	assert_int_equal(ra_input_check(&field, field.label, "", &f), TMG_OK);
	assert_int_equal(ra_input_check(&field, field.label, "әәәә", &f), TMG_OK);
	assert_int_equal(ra_input_check(&field, field.label, "aaaaa", &f), TMG_MISMATCH);
	assert_string_equal(f.text, "F: 4 characters at the most, these are 5");
	field.required = true;
	assert_int_equal(ra_input_check(&field, field.label, "", &f), TMG_MISMATCH);
	assert_int_equal(ra_input_check(&choice, choice.label, "two", &f), TMG_OK);
	assert_int_equal(ra_input_check(&choice, choice.label, "three", &f), TMG_MISMATCH);
}

static void
test_national_numbers(void **state)
{
	static const struct {
		const char *rule, *number;
		bool valid;
	} rows[] = {
		/* made up; the second takes the second row of weights, the
		 * third has no check digit in either */
		{ "kz-iin", "396685245034", true }, { "kz-iin", "969475772050", true },
		{ "kz-iin", "139046008940", false }, { "kz-iin", "396685245035", false },
		{ "kz-iin", "396685245043", false }, { "kz-iin", "39668524503", false },
		{ "kz-iin", "3966852450344", false }, { "kz-iin", "39668524503a", false },
		{ "az-voen-legal", "1400057421", true }, { "az-voen-legal", "1400057422", false },
		{ "az-voen-person", "1400057422", true }, { "az-voen-person", "x", false },
		{ "kz-iin", "", false }, { "kz-bin", "396685245034", true },
		{ "az-fin", "5ABC12D", true }, { "az-fin", "5ABC12I", false },
		{ "az-fin", "5abc12d", false }, { "az-fin", "5ABC12", false },
		{ "bg-egn", "7523169263", true }, { "bg-egn", "7523169264", false },
		{ "bg-egn", "752316926", false },
		{ "any", "x", true }, { "any", "", false }, { "none", "x", false },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		if (ra_identity_valid(rows[i].rule, rows[i].number) !=
		    rows[i].valid)
			fail_msg("%s %s", rows[i].rule, rows[i].number);
	assert_true(ra_identity_known("kz-iin"));
	assert_false(ra_identity_known("none"));
}

/* The guide's own rule: see share/profiles/kz-ssl.profile. */
static void
test_password_rule(void **state)
{
	static const ra_password_rule rule = { .min = 6, .max = 32,
		.require = { 2, { "latin", "digit" } },
		.others = "#$^+=!*()@%&_?-." };
	static const struct {
		const char *password;
		bool good;
	} rows[] = {
		{ "abc123", true }, { "ABC123", true }, { "a1#$^+=!*()@%&_?-.", true },
		{ "ab123", false }, { "abcdef", false }, { "123456", false },
		{ "abc 123", false }, { "abc123~", false }, { "пароль1a", false },
		{ "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1", true },
		{ "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a", false },
	};
	static const ra_password_rule none = { .max = 0 };
	static const uint8_t nul[] = "abc12\0";
	tmg_fault f;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		const tmg_view v = { (const uint8_t *)rows[i].password,
			strlen(rows[i].password) };

		f = (tmg_fault){ .rc = TMG_OK };
		if (ra_passrule_check(&rule, v, &f) !=
		    (rows[i].good ? TMG_OK : TMG_MISMATCH))
			fail_msg("%s: %s", rows[i].password, f.text);
		assert_null(strstr(f.text, rows[i].password));
	}
	assert_int_equal(ra_passrule_check(&rule, (tmg_view){ nul, 6 }, &f),
	    TMG_MISMATCH);
	assert_int_equal(ra_passrule_check(&none, (tmg_view){ nul, 0 }, &f), TMG_OK);
}

/* ---- profiles ---- */

#define GOOD \
	"title = \"T\"; approval = \"officer\"; validity_days = 30;\n" \
	"keys = [\"ec:p256\"]; key_usage = [\"digitalSignature\"];\n" \
	"subject: { required = [\"CN\"]; allowed = [\"CN\"]; };\n"
#define STEPS(steps) GOOD "flow: { steps = [" steps "]; };\n"
#define FORM STEPS("\"filled\", \"submitted\"")
#define FIELD(rest) "fields = ( { name = \"a\"; label = \"A\"; " rest " } );\n"

static const struct {
	const char *what, *text, *says;
} bad[] = {
	{ "no such step", STEPS("\"fly\", \"submitted\""), "p:4: flow.steps: \"fly\"" },
	{ "never submitted", FORM "flow: {};", "p:" },
	{ "no submitted", STEPS("\"key\""), "\"submitted\" is missing" },
	{ "twice", STEPS("\"key\", \"key\", \"submitted\""), "\"key\" cannot stand" },
	{ "late", STEPS("\"submitted\", \"key\""), "\"key\" cannot stand" },
	{ "no terms", STEPS("\"agreed\", \"submitted\""), "consent.text go together" },
	{ "no step for terms", GOOD "consent: { text = \"t\"; };", "\"agreed\" and" },
	{ "nobody to ask", STEPS("\"identified\", \"submitted\""), "identity.field" },
	{ "no form", FORM, "\"filled\" and the setting fields" },
	{ "no address", STEPS("\"registered\", \"submitted\"")
	    FIELD("kind = \"name\"; step = \"registered\";"), "\"registered\" and" },
	{ "kind", FORM FIELD("kind = \"colour\";"), "p:5: fields[0].kind: \"colour\"" },
	{ "no kind", FORM FIELD(""), "p:5: the setting fields[0].kind is missing" },
	{ "unknown in a field", FORM FIELD("kind = \"text\"; wide = true;"),
	    "p:5: fields[0].wide: there is no such" },
	{ "same name", FORM "fields = ("
	    "{ name = \"a\"; label = \"A\"; kind = \"text\"; },"
	    "{ name = \"a\"; label = \"B\"; kind = \"text\"; } );",
	    "two fields named a" },
	{ "choice of nothing", FORM FIELD("kind = \"choice\";"), "options belong" },
	{ "options of a text", FORM FIELD("kind = \"text\"; options = [\"x\"];"),
	    "options belong" },
	{ "no branches", FORM FIELD("kind = \"region\";"), "needs branches" },
	{ "not a list", GOOD "fields = [\"a\"];", "p:4: fields: not a list of groups" },
	{ "list of words", GOOD "fields = ( \"a\" );", "p:4: fields: not a list" },
	{ "too long", FORM FIELD("kind = \"text\"; max = 99999;"),
	    "fields[0].max: 99999 is not between" },
	{ "content", FORM FIELD("kind = \"text\";")
	    "contents = ( { into = \"subject.CN\"; text = \"${b}\"; } );",
	    "contents: subject.CN: b is no field" },
	{ "content open", FORM FIELD("kind = \"text\";")
	    "contents = ( { into = \"subject.CN\"; text = \"${a\"; },"
	    " { into = \"subject.CN\"; text = \"${\"; } );", " is no field" },
	{ "into nowhere", FORM FIELD("kind = \"text\";")
	    "contents = ( { into = \"CN\"; text = \"x\"; } );", "contents[0].into" },
	{ "text to nobody", FORM FIELD("kind = \"mobile\";") "text_to = \"b\";",
	    "text_to names b" },
	{ "text to a phone at home", FORM FIELD("kind = \"phone\";") "text_to = \"a\";",
	    "not of kind \"mobile\"" },
	{ "texts without text_to", FORM FIELD("kind = \"mobile\";")
	    "texts = ({ event = \"submit\"; text = \"t\"; });", "no text_to" },
	{ "days without text_to", FORM FIELD("kind = \"mobile\";")
	    "renewal: { remind_text_days = [\"3\"]; };", "no text_to" },
	{ "a text of no field", FORM FIELD("kind = \"mobile\";") "text_to = \"a\";"
	    "texts = ({ event = \"submit\"; text = \"${b}\"; });", "b is no field" },
	{ "mail to nobody", FORM FIELD("kind = \"text\";") "mail_to = \"b\";",
	    "mail_to names b" },
	{ "mails for nobody", FORM FIELD("kind = \"text\";")
	    "mails = ( { event = \"submit\"; subject = \"s\"; text = \"t\"; } );",
	    "no mail_to" },
	{ "fills", FORM FIELD("kind = \"text\";")
	    "identity: { fills = [\"b\"]; };", "identity.fills names b" },
	{ "paid for nothing", GOOD "flow: { approve_needs = [\"paid\"]; };",
	    "payment.price" },
	{ "price for nothing", GOOD "payment: { price = \"1.00\"; };",
	    "payment.price" },
	{ "price", GOOD "payment: { price = \"cheap\"; };", "\"cheap\" is not an amount" },
	{ "price, comma", GOOD "payment: { price = \"1,00\"; };", "is not an amount" },
	{ "price, one decimal", GOOD "payment: { price = \"1.0\"; };", "is not an amount" },
	{ "fact", GOOD "flow: { approve_needs = [\"liked\"]; };", "\"liked\"" },
	{ "confirmed too early", GOOD "flow: { submit_needs = [\"confirmed\"]; };",
	    "nobody can confirm" },
	{ "deadline of nothing", GOOD "deadlines = ( { state = \"submitted\";"
	    " event = \"expire\"; } );", "both 0" },
	{ "deadline, event", GOOD "deadlines = ( { state = \"submitted\";"
	    " event = \"issue\"; days = 1; } );", "deadlines[0].event: \"issue\"" },
	{ "password", GOOD "password: { min = 9; max = 8; };", "password.min" },
	{ "class", GOOD "password: { require = [\"emoji\"]; };", "\"emoji\"" },
	{ "language", GOOD "languages = [\"english\"];", "\"english\"" },
	{ "a text elsewhere", GOOD "policy = \"../policy\";", "beside the profile" },
	{ "a template elsewhere", GOOD "documents = ( { name = \"a\";"
	    " title = \"A\"; channels = [\"post\"]; form = \"/etc/x\"; } );",
	    "beside the profile" },
	{ "document's name", GOOD "documents = ( { name = \"../x\";"
	    " title = \"A\"; channels = [\"upload\"]; } );", "small letters" },
	{ "document twice", GOOD "documents = ("
	    " { name = \"a\"; title = \"A\"; channels = [\"post\"]; },"
	    " { name = \"a\"; title = \"B\"; channels = [\"post\"]; } );",
	    "two named a" },
	{ "document, type", GOOD "documents = ( { name = \"a\"; title = \"A\";"
	    " channels = [\"upload\"]; types = [\"exe\"]; } );", "\"exe\"" },
	{ "document, size", GOOD "documents = ( { name = \"a\"; title = \"A\";"
	    " channels = [\"upload\"]; max_kb = 8193; } );", "8193 is not between" },
	{ "document, channel", GOOD "documents = ( { name = \"a\";"
	    " title = \"A\"; channels = [\"pigeon\"]; } );", "\"pigeon\"" },
	{ "carrier twice", GOOD "carriers = ( { name = \"usb-token\"; label = \"A\"; },"
	    " { name = \"usb-token\"; label = \"B\"; } );", "two named usb-token" },
	{ "carrier, a price alone", GOOD "carriers = ( { name = \"usb-token\";"
	    " label = \"A\"; price = \"1.00\"; } );", "no payment.price" },
	{ "carrier, an extra's price alone", GOOD "carriers = ( {"
	    " name = \"usb-token\"; label = \"A\"; extra_price = \"1.00\"; } );",
	    "not offered" },
	{ "carrier, window", GOOD "renewal: { window_days = 20; }; carriers = ( {"
	    " name = \"usb-token\"; label = \"A\"; validity_days = 10; } );",
	    "renewal.window_days is longer" },
	{ "automatic officer", "title = \"T\"; approval = \"automatic\";"
	    "validity_days = 30; keys = [\"ec:p256\"];"
	    "key_usage = [\"digitalSignature\"];"
	    "subject: { required = [\"CN\"]; allowed = [\"CN\"]; };"
	    "flow: { approve_needs = [\"confirmed\"]; };", "asks for an officer" },
};

static void
test_bad_procedures(void **state)
{
	static ra_profile p;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(bad); i++) {
		tmg_fault f = { .rc = TMG_OK };

		if (ra_profile_parse("p", bad[i].text, &p, &f) != TMG_MISMATCH ||
		    strstr(f.text, bad[i].says) == NULL)
			fail_msg("%s: \"%s\"", bad[i].what, f.text);
	}
}

/* What is shipped can be read, and the providers' words stand in it to the letter. */
static void
test_shipped(void **state)
{
	tmg_fault f = { .rc = TMG_OK };
	ra_profiles profiles;
	const ra_profile *kz, *az, *bg;
	const ra_branch *branch;
	char folder[4096];

	(void)state;
	snprintf(folder, sizeof(folder), "%s/share/profiles",
	    getenv("top_srcdir") != NULL ? getenv("top_srcdir") : ".");
	if (ra_profiles_load(folder, &profiles, &f))
		fail_msg("%s", f.text);
	assert_non_null(kz = ra_profiles_find(&profiles, "kz-ssl"));
	assert_non_null(az = ra_profiles_find(&profiles, "az-esign"));
	assert_non_null(ra_profiles_find(&profiles, "device-tls"));
	assert_ptr_equal(ra_profiles_find(&profiles, "device"),
	    ra_profiles_find(&profiles, "device-tls"));
	assert_null(ra_profiles_find(&profiles, "devices"));
	assert_non_null(bg = ra_profiles_find(&profiles, "bg-csp"));

	assert_string_equal(ra_profile_status(kz, RA_ISSUED),
	    "Certificates under the application have been issued");
	assert_string_equal(ra_profile_status(kz, RA_INSTALLED),
	    "Certificates have been set up");
	assert_string_equal(ra_profile_status(bg, RA_REJECTED), "rejected");
	assert_string_equal(az->consent.box, "I accept the user rules");
	assert_string_equal(az->consent.button, "CONTINUE");
	assert_string_equal(az->identity.box, "Bring PIN data");
	assert_string_equal(kz->identity.button, "Check IIN");
	assert_int_equal(kz->deadline[0].months, 1);
	assert_int_equal(az->validity_days, 3 * 365);
	/* a price for each kind of applicant, who brings papers of his own */
	assert_string_equal(az->payment.price, "18.00");
	assert_string_equal(ra_profiles_find(&profiles,
	    "az-sole-trader")->payment.price, "36.00");
	assert_string_equal(ra_profiles_find(&profiles,
	    "az-legal")->payment.price, "72.00");
	assert_string_equal(ra_profiles_find(&profiles,
	    "az-government")->payment.price, "58.00");
	assert_null(ra_profile_document(az, "charter"));
	assert_true(ra_profile_document(ra_profiles_find(&profiles, "az-legal"),
	    "charter")->notarised);

	assert_int_equal(ra_branch_find(kz, "Karaganda region", "Temirtau",
	    &branch), TMG_OK);
	assert_string_equal(branch->city, "Temirtau");
	assert_int_equal(ra_branch_find(kz, "Astana", "Temirtau", &branch),
	    TMG_NOT_FOUND);
	ra_profiles_release(&profiles);
}

/* What follows from the carrier that was chosen. */
static void
test_choice(void **state)
{
	static const struct {
		const char *carrier, *extra;
		int days;
		const char *price;
	} rows[] = {
		{ "", "", 100, "18.50" },
		{ "none such", "", 100, "18.50" },
		{ "usb-token", "", 1095, "20.00" },
		{ "usb-token", "Reader", 1095, "20.00" },
		{ "smart-card", "", 100, "18.50" },
		{ "smart-card", "Reader", 100, "31.25" },
		{ "smart-card", "Another", 100, "18.50" },
	};
	static ra_profile p;
	tmg_fault f = { .rc = TMG_OK };
	char price[RA_PRICE_TEXT];

	(void)state;
	if (ra_profile_parse("p", "title = \"T\"; approval = \"officer\";"
	    "validity_days = 100; keys = [\"ec:p256\"];"
	    "key_usage = [\"digitalSignature\"];"
	    "subject: { required = [\"CN\"]; allowed = [\"CN\"]; };"
	    "flow: { approve_needs = [\"paid\"]; };"
	    "payment: { price = \"18.50\"; currency = \"AZN\"; };"
	    "carriers = ( { name = \"usb-token\"; label = \"U\"; price = \"20\";"
	    " validity_days = 1095; }, { name = \"smart-card\"; label = \"S\";"
	    " extra = \"Reader\"; extra_price = \"12.75\"; } );", &p, &f))
		fail_msg("%s", f.text);
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_auto(ra_answers) answers = { 0 };

		assert_int_equal(ra_answers_set(&answers, "carrier",
		    rows[i].carrier), TMG_OK);
		assert_int_equal(ra_answers_set(&answers, "carrier.extra",
		    rows[i].extra), TMG_OK);
		ra_choice_price(&p, &answers, price);
		if (ra_choice_days(&p, &answers) != rows[i].days ||
		    strcmp(price, rows[i].price) != 0)
			fail_msg("row %zu: %d %s", i, ra_choice_days(&p, &answers),
			    price);
	}
	p.payment.price[0] = '\0';
	ra_choice_price(&p, &(ra_answers){ 0 }, price);
	assert_string_equal(price, "");
}

/* Every setting stands in tamga-profile(5), those of lists by their own name. */
static void
check_told(const char *manual, const ra_setting *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *at = manual;
		const size_t len = strlen(rows[i].path);

		while ((at = strstr(at, rows[i].path)) != NULL &&
		    (at[-1] != ' ' || strchr(" \n", at[len]) == NULL))
			at++;
		if (at == NULL)
			fail_msg("tamga-profile(5) says nothing of %s", rows[i].path);
		if (rows[i].kind == RA_KIND_LIST)
			check_told(manual, rows[i].list->rows, rows[i].list->count);
	}
}

static void
test_manual(void **state)
{
	tmg_auto_free uint8_t *text = NULL;
	char path[4096];
	size_t len;

	(void)state;
	snprintf(path, sizeof(path), "%s/doc/man/tamga-profile.5",
	    getenv("top_srcdir") != NULL ? getenv("top_srcdir") : ".");
	assert_int_equal(tmg_file_read(path, 65536, &text, &len), TMG_OK);
	check_told((const char *)text, ra_profile_rows, ra_profile_row_count);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utf8_copy),
		cmocka_unit_test(test_characters),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_field_limits),
		cmocka_unit_test(test_national_numbers),
		cmocka_unit_test(test_password_rule),
		cmocka_unit_test(test_bad_procedures),
		cmocka_unit_test(test_shipped),
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_manual),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
