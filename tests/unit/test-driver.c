/* SPDX-License-Identifier: BSD-2-Clause */
/* The rows for what a token cannot do say so, and say it in words. */
#include "tests/unit/test.h"

#include "src/driver/no.h"

static tmg_backend b = { .info = { .label = "toy" } };
static tmg_out out;
static int tries;
static size_t count;
static tmg_slot slot;
static tmg_key_facts facts;
static const tmg_view none;

static void
refused(tmg_rc rc)
{
	assert_int_equal(rc, TMG_UNSUPPORTED);
	assert_int_equal(b.fault.rc, TMG_UNSUPPORTED);
	assert_memory_equal(b.fault.text, "toy: ", 5);
	assert_true(strlen(b.fault.text) > 10);
	b.fault = (tmg_fault){ 0 };
}

static void
every_refusal_is_raised(void **state)
{
	const tmg_keyspec spec = { .slot = 1 };
	const tmg_sign_spec sign = { .scheme = TMG_SIGN_RAW };
	const tmg_decrypt_spec decrypt = { .padding = TMG_DECRYPT_RAW };

	(void)state;
	refused(tmg_no_slots(&b, &slot, 1, &count));
	refused(tmg_no_facts(&b, 1, &facts, &out));
	refused(tmg_no_cert_read(&b, 1, &out));
	refused(tmg_no_cert_write(&b, 1, none));
	refused(tmg_no_cert_delete(&b, 1));
	refused(tmg_no_cert_chain(&b, 1, &none, 1));
	refused(tmg_no_tries(&b, TMG_PIN_USER, &tries));
	refused(tmg_no_factory(&b, TMG_PIN_USER));
	refused(tmg_no_verify(&b, TMG_PIN_USER, none, &tries));
	refused(tmg_no_change(&b, TMG_PIN_USER, none, none, &tries));
	refused(tmg_no_verify_typed(&b, TMG_PIN_USER, &tries));
	refused(tmg_no_change_typed(&b, TMG_PIN_USER, &tries));
	refused(tmg_no_unblock(&b, none, none, &tries));
	refused(tmg_no_logout(&b));
	refused(tmg_no_logged_in(&b, TMG_PIN_USER));
	refused(tmg_no_admin_auto(&b));
	refused(tmg_no_generate(&b, &spec, &out));
	refused(tmg_no_import(&b, &spec, none));
	refused(tmg_no_key_delete(&b, 1));
	refused(tmg_no_key_move(&b, 1, 2));
	refused(tmg_no_key_policy(&b, 1, TMG_PIN_ONCE, TMG_TOUCH_NEVER));
	refused(tmg_no_attest(&b, 1, &out));
	refused(tmg_no_sign(&b, 1, TMG_ALG_P256, &sign, none, &out));
	refused(tmg_no_decrypt(&b, 1, TMG_ALG_RSA2048, &decrypt, none, &out));
	refused(tmg_no_derive(&b, 1, TMG_ALG_P256, none, &out));
	refused(tmg_no_data_read(&b, 1, &out));
	refused(tmg_no_data_write(&b, 1, none));
	refused(tmg_no_data_delete(&b, 1));
	refused(tmg_no_random(&b, 1, &out));
	refused(tmg_no_reset(&b));
	refused(tmg_no_setup(&b));
	refused(tmg_no_begin(&b, (const tmg_view[TMG_PIN_KINDS]){ none }));
	refused(tmg_no_hash_pins(&b, (const tmg_view[TMG_PIN_KINDS]){ none }));
	refused(tmg_no_admin_protect(&b, none));
}

static void
nothing_to_tell_is_no_refusal(void **state)
{
	(void)state;
	assert_int_equal(tmg_no_probe(NULL, NULL), TMG_NOT_FOUND);
	assert_int_equal(tmg_no_probe_path(NULL, "x", NULL), TMG_NOT_FOUND);
	assert_int_equal(tmg_no_identify(&b), TMG_OK);
	assert_int_equal(tmg_no_survey(&b, &slot, 1), TMG_OK);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_refusal_is_raised),
		cmocka_unit_test(nothing_to_tell_is_no_refusal),
	};

	return cmocka_run_group_tests_name("driver", tests, NULL, NULL);
}
