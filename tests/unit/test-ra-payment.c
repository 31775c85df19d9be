/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a payment service tells: who may tell it, what becomes of it, and what it
 * says that is none of that.
 */
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/file.h"
#include "src/base/scope.h"
#include "tests/unit/ra-bench.h"
#include "tools/ra/desk/case.h"
#include "tools/ra/desk/due.h"
#include "tools/ra/desk/payment.h"
#include "tools/ra/http/http.h"
#include "tools/ra/store/digest.h"

#define KEY "a key of the payment service"

static const ra_actor applicant = { RA_BY_APPLICANT, "applicant" };
static const ra_actor officer = { RA_BY_OFFICER, "officer:o" };
static ra_form_errors errors;

static int
set_up(void **state)
{
	struct bench *b;
	char path[256];

	bench_set_up_shipped(state);
	b = *state;
	bench_path(b, "ca.pay", path);
	assert_int_equal(tmg_file_replace(path, tmg_view_str(KEY "\n"), 0600), TMG_OK);
	strcpy(bench_config(b)->payment.key_file, "ca.pay");
	return 0;
}

static int
tear_down(void **state)
{
	char path[256];

	bench_path(*state, "ca.pay", path);
	remove(path);
	return bench_tear_down(state);
}

/* An order of az-esign, which is paid before it goes on. */
static void
order(struct bench *b, char id[RA_ID_MAX])
{
	static const char *const given[][2] = { { "phone", "+994 50 123 45 67" },
		{ "region", "Ganja-Dashkasan" }, { "city", "Ganja" },
		{ "carrier", "usb-token" } };
	tmg_auto(ra_answers) known = { 0 }, answers = { 0 };
	tmg_auto(ra_app) app = { .id = "" }, again = { .id = "" },
	    filled = { .id = "" };
	char code[RA_CODE_MAX];

	assert_int_equal(ra_case_begin(&b->desk, ra_profiles_find(b->desk.profiles,
	    "az-esign"), &applicant, "terms", NULL, &errors, &app, code), TMG_OK);
	memcpy(id, app.id, RA_ID_MAX);
	assert_int_equal(ra_answers_set(&known, "surname", "Əliyeva"), TMG_OK);
	assert_int_equal(ra_answers_set(&known, "given", "Şəfiqə"), TMG_OK);
	assert_int_equal(ra_answers_set(&known, "birth", "1990-12-31"), TMG_OK);
	assert_int_equal(ra_case_identify(&b->desk, id, "1A2B3C4", &known, &again),
	    TMG_OK);
	for (size_t i = 0; i < TMG_COUNT(given); i++)
		assert_int_equal(ra_answers_set(&answers, given[i][0], given[i][1]),
		    TMG_OK);
	if (ra_case_fill(&b->desk, id, RA_EV_FILL, &applicant, &answers, &errors,
	    &filled) != TMG_OK)
		fail_msg("%s", b->desk.fault.text);
}

/* ---- who may tell ---- */

static void
sign(const char *key, long long at, const char *body, char signature[128])
{
	char text[1024];
	uint8_t mac[32];
	const int len = snprintf(text, sizeof(text), "%lld.%s", at, body);
	const int lead = snprintf(signature, 128, "t=%lld,v1=", at);

	assert_non_null(HMAC(EVP_sha256(), key, (int)strlen(key),
	    (const uint8_t *)text, (size_t)len, mac, NULL));
	ra_hex_lower(signature + lead, TMG_VIEW(mac));
}

/* The status of POST /payments; what it answers begins with body. */
static unsigned
tell(struct bench *b, const char *signature, const char *body, char out[256])
{
	tmg_auto(ra_reply) reply = { .status = HTTP_SERVER_ERROR };
	ra_posted query = { .store = NULL };
	ra_call call = { .method = "POST", .path = "/payments",
		.content_type = "application/json", .authorization = "",
		.cookie = "", .origin = "", .host = "localhost", .query = &query,
		.languages = "", .signature = signature, .peer = "192.0.2.1",
		.body = tmg_view_str(body) };

	ra_route(&b->desk, &call, &reply);
	snprintf(out, 256, "%.*s", (int)reply.len, (const char *)reply.body);
	return reply.status;
}

static unsigned
tell_signed(struct bench *b, const char *body, char out[256])
{
	char signature[128];

	sign(KEY, b->now, body, signature);
	return tell(b, signature, body, out);
}

static void
test_signature(void **state)
{
	struct bench *b = *state;
	const char *body = "{}";
	char good[128], bad[160], out[256];
	static const char *const malformed[] = { "", "t=", "t=1", "v1=00", "t=,v1=00",
		"t=1,v1=00", "t=-1,v1=00", "t=99999999999999999999999,v1=00",
		"t=1;v1=00", "\xff", "t=1,v1=%s" };

	sign(KEY, b->now, body, good);
	assert_int_equal(tell(b, good, body, out), HTTP_BAD_REQUEST);	/* let in */
	for (size_t i = 0; i < TMG_COUNT(malformed); i++)
		assert_int_equal(tell(b, malformed[i], body, out), HTTP_UNAUTHORIZED);
	/* another body, another key, another time, more behind it, upper case */
	assert_int_equal(tell(b, good, "{} ", out), HTTP_UNAUTHORIZED);
	sign("another key", b->now, body, bad);
	assert_int_equal(tell(b, bad, body, out), HTTP_UNAUTHORIZED);
	snprintf(bad, sizeof(bad), "t=%lld%s", (long long)b->now + 1, strchr(good, ','));
	assert_int_equal(tell(b, bad, body, out), HTTP_UNAUTHORIZED);
	snprintf(bad, sizeof(bad), "%s0", good);
	assert_int_equal(tell(b, bad, body, out), HTTP_UNAUTHORIZED);
	for (size_t i = 0; i < strlen(good); i++) {
		strcpy(bad, good);
		bad[i] ^= 1;
		if (tell(b, bad, body, out) != HTTP_UNAUTHORIZED)
			fail_msg("byte %zu does not count: %s", i, bad);
	}

	/* recorded, and told again later; or by a clock that is ahead */
	b->now += 300;
	assert_int_equal(tell(b, good, body, out), HTTP_BAD_REQUEST);
	b->now += 1;
	assert_int_equal(tell(b, good, body, out), HTTP_UNAUTHORIZED);
	b->now -= 602;
	assert_int_equal(tell(b, good, body, out), HTTP_UNAUTHORIZED);

	/* no key, an empty one, none set up */
	strcpy(bench_config(b)->payment.key_file, "ca.none");
	assert_int_equal(tell_signed(b, body, out), HTTP_SERVER_ERROR);
	bench_config(b)->payment.key_file[0] = '\0';
	assert_int_equal(tell_signed(b, body, out), HTTP_NOT_FOUND);
}

/* ---- what it says ---- */

static void
test_bad_bodies(void **state)
{
	static const char *const bodies[] = { "", "x", "[]", "null", "{",
		"{\"payment\": \"p\"}",
		"{\"payment\": 1, \"application\": \"A\", \"amount\": \"1\", \"currency\": \"AZN\"}",
		"{\"payment\": \"p\", \"application\": \"A\", \"amount\": 18, \"currency\": \"AZN\"}",
		"{\"payment\": \"p\", \"application\": \"A\", \"amount\": \"1\", \"currency\": \"AZN\", \"paid\": true}",
		"{\"payment\": \"p\", \"payment\": \"q\", \"application\": \"A\", \"amount\": \"1\", \"currency\": \"AZN\"}",
#define SAYS(id, amount, currency) "{\"payment\": \"" id "\", \"application\": \"A\"," \
		" \"amount\": \"" amount "\", \"currency\": \"" currency "\"}"
		SAYS("", "1", "AZN"), SAYS("a b", "1", "AZN"), SAYS("<b>", "1", "AZN"),
		SAYS("p\\u202e", "1", "AZN"), SAYS("p\\u0000", "1", "AZN"),
		SAYS("0123456789012345678901234567890123456789012345678901234567890123456789", "1", "AZN"),
		SAYS("p", "", "AZN"), SAYS("p", "-18.00", "AZN"), SAYS("p", "18,00", "AZN"),
		SAYS("p", "1e3", "AZN"), SAYS("p", "18.", "AZN"), SAYS("p", ".5", "AZN"),
		SAYS("p", "018.00", "AZN"), SAYS("p", "18.0000", "AZN"),
		SAYS("p", " 18.00", "AZN"), SAYS("p", "0x12", "AZN"),
		SAYS("p", "99999999999999999999999999999999", "AZN"),
		SAYS("p", "1", ""), SAYS("p", "1", "azn"), SAYS("p", "1", "AZNN"),
		SAYS("p", "1", "A N"), SAYS("p", "1", "\xc6\x8f" "N"),
	};
	struct bench *b = *state;
	char out[256];

	for (size_t i = 0; i < TMG_COUNT(bodies); i++)
		if (tell_signed(b, bodies[i], out) != HTTP_BAD_REQUEST)
			fail_msg("%s: %s", bodies[i], out);
}

static void
test_amounts(void **state)
{
	static const struct {
		const char *one, *other;
		bool same;
	} rows[] = {
		{ "36", "36.00", true }, { "36.0", "36.000", true }, { "0", "0.0", true },
		{ "36.1", "36.10", true }, { "36.01", "36.10", false },
		{ "36", "360", false }, { "3.6", "36", false }, { "100", "1", false },
		{ "", "", false }, { "", "0", false }, { "x", "x", false },
		{ "36.00 ", "36.00 ", false },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		if (ra_payment_same(rows[i].one, rows[i].other) != rows[i].same ||
		    ra_payment_same(rows[i].other, rows[i].one) != rows[i].same)
			fail_msg("%s, %s", rows[i].one, rows[i].other);
}

/* ---- what becomes of it ---- */

static void
expect(struct bench *b, const char *id, const char *app, const char *amount,
    const char *currency, unsigned status, const char *outcome)
{
	char body[512], out[256], want[64];

	snprintf(body, sizeof(body), "{\"payment\": \"%s\", \"application\": \"%s\","
	    " \"amount\": \"%s\", \"currency\": \"%s\"}", id, app, amount, currency);
	snprintf(want, sizeof(want), "\"outcome\":\"%s\"", outcome);
	if (tell_signed(b, body, out) != status ||
	    (status == HTTP_OK && strstr(out, want) == NULL))
		fail_msg("%s: %s", id, out);
}

static bool
is_paid(struct bench *b, const char *id)
{
	tmg_auto(ra_app) app = { .id = "" };

	assert_int_equal(ra_app_get(b->desk.store, id, &app), TMG_OK);
	return (app.facts & RA_PAID) != 0;
}

static size_t
times_paid(struct bench *b, const char *id)
{
	tmg_auto(ra_app) app = { .id = "" };
	tmg_rc rc = ra_desk_decide(&b->desk, id, RA_EV_PAY, &officer, "", &app);

	return rc == TMG_OK ? 0 : 1;
}

static void
test_outcomes(void **state)
{
	struct bench *b = *state;
	char id[RA_ID_MAX], other[RA_ID_MAX];

	order(b, id);
	order(b, other);
	expect(b, "p-1", id, "17.99", "AZN", HTTP_OK, "amount");
	expect(b, "p-2", id, "1800", "AZN", HTTP_OK, "amount");
	expect(b, "p-3", id, "18.00", "EUR", HTTP_OK, "amount");
	expect(b, "p-4", "AAAA-BBBB-CCCC-DDDD", "18.00", "AZN", HTTP_OK, "unknown");
	expect(b, "p-5", "' OR 1=1 --", "18.00", "AZN", HTTP_OK, "unknown");
	assert_false(is_paid(b, id));
	expect(b, "p-6", id, "18.0", "AZN", HTTP_OK, "paid");
	assert_true(is_paid(b, id));
	assert_int_equal(times_paid(b, id), 1);

	/* the same again is the same, however often; another one is one too many */
	expect(b, "p-6", id, "18.0", "AZN", HTTP_OK, "paid");
	expect(b, "p-1", id, "17.99", "AZN", HTTP_OK, "amount");
	expect(b, "p-7", id, "18.00", "AZN", HTTP_OK, "twice");
	/* one identifier is one payment */
	expect(b, "p-6", other, "18.0", "AZN", HTTP_CONFLICT, "");
	expect(b, "p-6", id, "36.00", "AZN", HTTP_CONFLICT, "");
	assert_false(is_paid(b, other));

	/* for one that was cancelled, and for one that was destroyed */
	tmg_auto(ra_app) gone = { .id = "" };
	const ra_actor self = { RA_BY_APPLICANT, "applicant" };

	assert_int_equal(ra_desk_decide(&b->desk, other, RA_EV_CANCEL, &self, "",
	    &gone), TMG_OK);
	expect(b, "p-8", other, "18.00", "AZN", HTTP_OK, "late");
	assert_int_equal(ra_desk_destroy(&b->desk, &gone, &(ra_actor){ RA_BY_SYSTEM,
	    "timer" }), TMG_OK);
	expect(b, "p-9", other, "18.00", "AZN", HTTP_OK, "late");
	assert_false(is_paid(b, other));
}

static void
test_link(void **state)
{
	struct bench *b = *state;
	tmg_auto(ra_app) app = { .id = "" };
	char id[RA_ID_MAX], link[RA_PAYMENT_LINK], want[RA_PAYMENT_LINK];

	order(b, id);
	assert_int_equal(ra_app_get(b->desk.store, id, &app), TMG_OK);
	assert_false(ra_payment_link(&b->desk, &app, "18.00", "AZN", link));
	strcpy(bench_config(b)->payment.url,
	    "https://pay.example/?o=${number}&a=${amount}&c=${currency}&x=${else}");
	assert_true(ra_payment_link(&b->desk, &app, "18.00", "AZN", link));
	snprintf(want, sizeof(want),
	    "https://pay.example/?o=%s&a=18.00&c=AZN&x=${else}", id);
	assert_string_equal(link, want);
	expect(b, "p-1", id, "18.00", "AZN", HTTP_OK, "paid");
	ra_app_release(&app);
	assert_int_equal(ra_app_get(b->desk.store, id, &app), TMG_OK);
	assert_false(ra_payment_link(&b->desk, &app, "18.00", "AZN", link));
}

int
main(void)
{
#define PAYING(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		PAYING(test_signature),
		PAYING(test_bad_bodies),
		cmocka_unit_test(test_amounts),
		PAYING(test_outcomes),
		PAYING(test_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
