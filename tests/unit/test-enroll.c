/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses and bodies: what needs no server.
 */
#include <stdlib.h>

#include "tests/unit/test.h"

#include "src/base/fail.h"
#include "src/enroll/est-body.h"
#include "src/enroll/est.h"
#include "src/enroll/guard.h"
#include "src/enroll/memory.h"
#include "src/enroll/option.h"
#include "src/enroll/portal.h"
#include "src/enroll/uri.h"
#include "src/pki/soft.h"

static void
addresses_are_taken_apart(void **state)
{
	static const struct {
		const char *text;
		tmg_rc rc;
		const char *binding, *base, *path;
	} rows[] = {
		{ "est+https://ra.example", TMG_OK, "est", "https://ra.example", "" },
		{ "est+https://ra.example/", TMG_OK, "est", "https://ra.example", "" },
		{ "EST+HTTPS://ra.example:8443/label", TMG_OK, "est",
		  "https://ra.example:8443", "label" },
		{ "est+http://127.0.0.1:80//a/b//", TMG_OK, "est", "http://127.0.0.1:80", "a/b" },
		{ "cmp+http://[::1]:829/pkix/", TMG_OK, "cmp", "http://[::1]:829", "pkix" },
		{ "est+https://цертификат.қаз/x%20y", TMG_OK, "est",
		  "https://цертификат.қаз", "x%20y" },
		{ "https://ra.example", TMG_E_USAGE, "", "", "" },
		{ "est+ftp://ra.example", TMG_E_USAGE, "", "", "" },
		{ "est+https:/ra.example", TMG_E_USAGE, "", "", "" },
		{ "est+https://", TMG_E_USAGE, "", "", "" },
		{ "est+https:///x", TMG_E_USAGE, "", "", "" },
		{ "est+https://:8443/", TMG_E_USAGE, "", "", "" },
		{ "est+https://ra.example:", TMG_E_USAGE, "", "", "" },
		{ "est+https://ra.example:0", TMG_E_USAGE, "", "", "" },
		{ "est+https://ra.example:65536", TMG_E_USAGE, "", "", "" },
		{ "est+https://ra.example:12x", TMG_E_USAGE, "", "", "" },
		{ "est+https://ra example/", TMG_E_USAGE, "", "", "" },
		{ "est+https://ra.example\r\nX: y/", TMG_E_USAGE, "", "", "" },
		{ "est+https://[::1/", TMG_E_USAGE, "", "", "" },
		{ "est+https://[zz]/", TMG_E_USAGE, "", "", "" },
		{ "est+https://user@ra.example/", TMG_E_USAGE, "", "", "" },
		{ "est+https://ra.example/x?y", TMG_E_USAGE, "", "", "" },
		{ "est+https://ra.example#x", TMG_E_USAGE, "", "", "" },
		{ "est+https://ra.example/%zz", TMG_E_USAGE, "", "", "" },
		{ "est+https://ra.example/a b", TMG_E_USAGE, "", "", "" },
		{ "est+https://ra.example/a%", TMG_E_USAGE, "", "", "" },
		{ "averyverylongbindingname+https://ra.example", TMG_E_USAGE, "", "", "" },
		{ "", TMG_E_USAGE, "", "", "" },
	};
	tmg_ca_uri uri;
	char base[64];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		const char *why = NULL;

		assert_int_equal(tmg_ca_uri_parse(rows[i].text, &uri, &why), rows[i].rc);
		assert_int_equal(why != NULL, rows[i].rc != TMG_OK);
		if (rows[i].rc)
			continue;
		tmg_ca_uri_base(&uri, base, sizeof(base));
		assert_string_equal(uri.binding, rows[i].binding);
		assert_string_equal(base, rows[i].base);
		assert_string_equal(uri.path, rows[i].path);
	}
}

static void
labels_are_one_segment(void **state)
{
	static const struct { const char *path; tmg_rc rc; const char *label; } rows[] = {
		{ "", TMG_OK, "" }, { "label", TMG_OK, "label" },
		{ ".well-known/est", TMG_OK, "" },
		{ ".well-known/est/label", TMG_OK, "label" },
		{ ".well-known/estonia", TMG_E_USAGE, "" },
		{ "a/b", TMG_E_USAGE, "" },
		{ "simpleenroll", TMG_E_USAGE, "" },
		{ ".well-known/est/cacerts", TMG_E_USAGE, "" },
	};
	tmg_view label;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		assert_int_equal(tmg_est_label(rows[i].path, &label), rows[i].rc);
		if (rows[i].rc == TMG_OK)
			assert_view_equal(label, tmg_view_str(rows[i].label));
	}
}

static void
attributes_are_one_whole_sequence(void **state)
{
	static const struct { tmg_view body; tmg_rc rc; size_t len; } rows[] = {
		{ BYTES("MAA="), TMG_OK, 2 },
		{ BYTES("MA A\r\n =\n"), TMG_OK, 2 },
		{ BYTES("MAA"), TMG_OK, 2 },
		{ BYTES("\x30\x00"), TMG_OK, 2 },
		{ BYTES(""), TMG_OK, 0 },
		{ BYTES("\r\n"), TMG_OK, 0 },
		{ BYTES("MQA="), TMG_E_MALFORMED, 0 },		/* a SET */
		{ BYTES("MAAA"), TMG_E_MALFORMED, 0 },		/* a byte too many */
		{ BYTES("MAE="), TMG_E_MALFORMED, 0 },		/* one too few */
		{ BYTES("M*A="), TMG_E_MALFORMED, 0 },
		{ BYTES("-----BEGIN"), TMG_E_MALFORMED, 0 },
	};
	uint8_t body[64], attrs[64];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_out o = TMG_OUT(attrs);

		if (rows[i].body.len > 0)
			memcpy(body, rows[i].body.ptr, rows[i].body.len);
		assert_int_equal(tmg_est_body_attrs(body, rows[i].body.len, &o), rows[i].rc);
		if (rows[i].rc == TMG_OK)
			assert_int_equal(o.len, rows[i].len);
	}
	{
		uint8_t sequence[] = "MAA=";
		tmg_out tiny = { attrs, 1, 0, false };

		assert_int_equal(tmg_est_body_attrs(sequence, 4, &tiny), TMG_E_MALFORMED);
	}
}

static void
requests_go_out_in_short_lines_with_an_end(void **state)
{
	static const uint8_t der[100] = { 0x30 };
	uint8_t body[256];

	(void)state;
	for (size_t n = 1; n <= sizeof(der); n++) {
		tmg_out o = { body, tmg_est_body_size(n), 0, false };
		size_t column = 0;

		assert_int_equal(tmg_est_body_put(&o, (tmg_view){ der, n }), TMG_OK);
		assert_int_equal(o.ptr[o.len - 1], '\n');
		for (size_t i = 0; i < o.len; i++) {
			column = o.ptr[i] == '\n' ? 0 : column + 1;
			assert_in_range(column, 0, 64);
		}
	}
}

#define CHALLENGE "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x07"

static void
a_demanded_challenge_is_seen(void **state)
{
	static const struct { tmg_view attrs; bool demands; } rows[] = {
		{ BYTES("\x30\x0b" CHALLENGE), true },
		{ BYTES("\x30\x10\x06\x03\x2a\x03\x04" CHALLENGE), true },
		{ BYTES("\x30\x0f\x30\x0d" CHALLENGE "\x31\x00"), true },
		{ BYTES("\x30\x05\x06\x03\x2a\x03\x04"), false },
		/* as a value of another attribute it demands nothing */
		{ BYTES("\x30\x14\x30\x12\x06\x03\x2a\x03\x04\x31\x0b" CHALLENGE), false },
		{ BYTES("\x30\x00"), false },
		{ BYTES(""), false },
		{ BYTES("\x30\x0b\x06\x09\x2a"), false },
	};
	static const tmg_view with = BYTES("\x30\x18\x30\x16\x02\x01\x00\xa0\x11\x30\x0f"
	    CHALLENGE "\x31\x02\x0c\x00");
	static const tmg_view without = BYTES("\x30\x07\x30\x05\x02\x01\x00\xa0\x00");

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		assert_int_equal(tmg_est_demands_challenge(rows[i].attrs), rows[i].demands);
	assert_true(tmg_est_has_challenge(with));
	assert_false(tmg_est_has_challenge(without));
}

static void
a_guard_lets_no_signature_too_many_through(void **state)
{
	static const uint8_t digest[32] = { 1 };
	static const tmg_sign_spec spec = { .scheme = TMG_SIGN_ECDSA,
		.hash = TMG_HASH_SHA256 };
	uint8_t sig[TMG_SIG_MAX];
	tmg_out o = TMG_OUT(sig);
	tmg_ctx *ctx = NULL;
	tmg_soft *soft = NULL;
	tmg_guard guard;

	(void)state;
	assert_int_equal(tmg_ctx_new(&ctx), TMG_OK);
	assert_int_equal(tmg_soft_generate(ctx, TMG_ALG_P256, &soft), TMG_OK);
	tmg_guard_init(&guard, tmg_soft_signer(soft));
	guard.watch.left = 1;
	assert_int_equal(tmg_signer_sign(&guard.base, &spec, TMG_VIEW(digest), &o), TMG_OK);
	assert_int_equal(guard.watch.refusal.rc, TMG_OK);
	assert_int_equal(tmg_signer_sign(&guard.base, &spec, TMG_VIEW(digest), &o),
	    TMG_DENIED);
	assert_non_null(strstr(guard.watch.refusal.text, "more signatures"));
	assert_int_equal(tmg_soft_signer(soft)->used, 1);
	tmg_soft_free(&soft);
	tmg_ctx_free(&ctx);
}

static void
portals_name_a_profile_or_an_application(void **state)
{
	static const struct {
		const char *path;
		tmg_rc rc;
		const char *number, *profile;
	} rows[] = {
		{ "kz-ssl", TMG_OK, "", "kz-ssl" },
		{ "applications/815S-XHHZ-1MZA-V7QG", TMG_OK, "815S-XHHZ-1MZA-V7QG", "" },
		{ "", TMG_E_USAGE, "", "" },
		{ "applications", TMG_E_USAGE, "", "" },
		{ "applications/", TMG_E_USAGE, "", "" },
		{ "applications/815S-XHHZ-1MZA-V7Q", TMG_E_USAGE, "", "" },
		{ "applications/815S-XHHZ-1MZA-V7QU", TMG_E_USAGE, "", "" },
		{ "applications/815S-XHHZ-1MZA-V7QG/x", TMG_E_USAGE, "", "" },
		{ "applications/815sSXHHZS1MZASV7QG", TMG_E_USAGE, "", "" },
		{ "a/b", TMG_E_USAGE, "", "" },
		{ "%2e%2e", TMG_E_USAGE, "", "" },
	};
	tmg_portal_place place;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		assert_int_equal(tmg_portal_path(rows[i].path, &place), rows[i].rc);
		assert_string_equal(place.number, rows[i].number);
		assert_string_equal(place.profile, rows[i].profile);
	}
}

static void
portals_answers_are_read(void **state)
{
	static const struct {
		const char *body;
		tmg_rc number, error;
		const char *said;
	} rows[] = {
		{ "{\"application\":\"815S-XHHZ-1MZA-V7QG\"}", TMG_OK, TMG_E_MALFORMED, "" },
		{ "{\"error\":{\"text\":\"no\"}}", TMG_E_MALFORMED, TMG_OK, "no" },
		{ "{\"error\":{\"text\":\"no\",\"field\":\"city\"}}", TMG_E_MALFORMED,
		  TMG_OK, "city: no" },
		{ "{\"error\":{\"text\":\"a\\n\\u001b[31mb\"}}", TMG_E_MALFORMED, TMG_OK,
		  "a [31mb" },
		{ "{\"error\":{}}", TMG_E_MALFORMED, TMG_E_MALFORMED, "" },
		{ "{\"error\":\"x\"}", TMG_E_MALFORMED, TMG_E_MALFORMED, "" },
		{ "{\"application\":7}", TMG_E_MALFORMED, TMG_E_MALFORMED, "" },
		{ "{\"application\":\"../../etc/passwd12\"}", TMG_E_MALFORMED,
		  TMG_E_MALFORMED, "" },
		{ "{\"application\":\"815S-XHHZ-1MZA-V7QG\"", TMG_E_MALFORMED,
		  TMG_E_MALFORMED, "" },
		{ "<html>", TMG_E_MALFORMED, TMG_E_MALFORMED, "" },
		{ "[]", TMG_E_MALFORMED, TMG_E_MALFORMED, "" },
		{ "", TMG_E_MALFORMED, TMG_E_MALFORMED, "" },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		char number[TMG_PORTAL_NUMBER], said[TMG_PORTAL_SAID];
		const tmg_view body = tmg_view_str(rows[i].body);

		assert_int_equal(tmg_portal_read_number(body, number), rows[i].number);
		assert_int_equal(tmg_portal_read_error(body, said), rows[i].error);
		if (rows[i].error == TMG_OK)
			assert_string_equal(said, rows[i].said);
	}
}

static void
portals_are_sent_base64(void **state)
{
	static const uint8_t csr[] = { 0x30, 0x00 };
	char *body = NULL;

	(void)state;
	assert_int_equal(tmg_portal_write_request("", TMG_VIEW(csr), &body), TMG_OK);
	assert_string_equal(body, "{\"request\":\"MAA=\"}");
	free(body);
	assert_int_equal(tmg_portal_write_request("employee", TMG_VIEW(csr), &body),
	    TMG_OK);
	assert_string_equal(body, "{\"request\":\"MAA=\",\"profile\":\"employee\"}");
	free(body);
	assert_int_equal(tmg_portal_write_proof(TMG_VIEW(csr), &body), TMG_OK);
	assert_string_equal(body, "{\"signature\":\"MAA=\"}");
	free(body);
}

static void
options_are_the_protocols_own(void **state)
{
	static const char *const names[] = { "via", "listen", NULL };
	static const tmg_binding binding = { .name = "x", .options = names };
	static const tmg_binding none = { .name = "y" };
	static const struct {
		const tmg_binding *binding;
		const char *given[3];
		tmg_rc rc;
	} rows[] = {
		{ &binding, { NULL }, TMG_OK },
		{ &none, { NULL }, TMG_OK },
		{ &binding, { "via=http-01", "listen=", NULL }, TMG_OK },
		{ &binding, { "via=a", "via=b", NULL }, TMG_E_USAGE },
		{ &binding, { "via", NULL }, TMG_E_USAGE },
		{ &binding, { "vi=a", NULL }, TMG_E_USAGE },
		{ &binding, { "viaduct=a", NULL }, TMG_E_USAGE },
		{ &binding, { "=a", NULL }, TMG_E_USAGE },
		{ &binding, { "", NULL }, TMG_E_USAGE },
		{ &none, { "via=a", NULL }, TMG_E_USAGE },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_authority a = { .binding = rows[i].binding,
		    .spec.options = rows[i].given };
		const tmg_rc rc = tmg_option_check(&a);

		if (rc != rows[i].rc || (rc != TMG_OK && a.fault.text[0] == '\0'))
			fail_msg("row %zu: %s \"%s\"", i, tmg_rc_name(rc), a.fault.text);
	}
	tmg_authority a = { .binding = &binding, .spec.options = rows[2].given };
	assert_string_equal(tmg_option_get(&a, "via"), "http-01");
	assert_string_equal(tmg_option_get(&a, "listen"), "");
	assert_null(tmg_option_get(&a, "vi"));
}

static tmg_rc
write_nothing(void *arg, tmg_view state, tmg_fault *f)
{
	unsigned *calls = arg;

	(void)state;
	(*calls)++;
	return tmg_raise(f, TMG_E_IO, 0, "disk full");
}

/* What was not written down must not be acted upon. */
static void
what_is_kept_is_written_first(void **state)
{
	static const tmg_binding binding = { .name = "x" };
	static const uint8_t big[TMG_KEPT_MAX + 1];
	unsigned calls = 0;
	tmg_authority a = { .binding = &binding, .spec = { .arg = &calls,
	    .kept = tmg_view_str("before") } };
	tmg_signer *signer;

	(void)state;
	assert_int_equal(tmg_memory_recall(&a), TMG_OK);
	assert_true(tmg_view_equal(tmg_authority_kept(&a), a.spec.kept));
	assert_int_equal(tmg_authority_keep(&a, tmg_view_str("after")), TMG_OK);
	assert_true(tmg_view_equal(tmg_authority_kept(&a), tmg_view_str("after")));
	a.spec.keep = write_nothing;
	assert_int_equal(tmg_authority_keep(&a, tmg_view_str("more")), TMG_E_IO);
	assert_string_equal(a.fault.text, "disk full");
	assert_int_equal(calls, 1);
	assert_int_equal(tmg_authority_keep(&a, TMG_VIEW(big)), TMG_E_SPACE);
	assert_int_equal(calls, 1);
	assert_int_equal(tmg_authority_key(&a, &signer), TMG_UNSUPPORTED);
	tmg_memory_wipe(&a);
	assert_int_equal(tmg_authority_kept(&a).len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(portals_name_a_profile_or_an_application),
		cmocka_unit_test(portals_answers_are_read),
		cmocka_unit_test(portals_are_sent_base64),
		cmocka_unit_test(addresses_are_taken_apart),
		cmocka_unit_test(labels_are_one_segment),
		cmocka_unit_test(attributes_are_one_whole_sequence),
		cmocka_unit_test(requests_go_out_in_short_lines_with_an_end),
		cmocka_unit_test(a_demanded_challenge_is_seen),
		cmocka_unit_test(a_guard_lets_no_signature_too_many_through),
		cmocka_unit_test(options_are_the_protocols_own),
		cmocka_unit_test(what_is_kept_is_written_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
