/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages of CMP taken apart, and requests inside them: what is there is
 * found, what is cut off or wrong is told, at every byte.
 */
#include "src/pki/cmp-message.h"

#include <openssl/cmp.h>
#include <openssl/crmf.h>

#include "tamga/csr.h"
#include "tests/unit/pki-keys.h"
#include "tests/unit/test.h"

enum { ROOM = 4096 };

/* A message as it goes out. */
typedef struct caught {
	uint8_t bytes[ROOM];
	size_t len;
} caught;

static OSSL_CMP_MSG *
catch(OSSL_CMP_CTX *ctx, const OSSL_CMP_MSG *req)
{
	caught *c = OSSL_CMP_CTX_get_transfer_cb_arg(ctx);
	uint8_t *p = c->bytes;

	assert_true(i2d_OSSL_CMP_MSG(req, NULL) <= ROOM);
	c->len = (size_t)i2d_OSSL_CMP_MSG(req, &p);
	return NULL;
}

/* What libcrypto asks with that key, protected by a secret. */
static tmg_view
ask(EVP_PKEY *key, caught *c)
{
	OSSL_CMP_CTX *cmp = OSSL_CMP_CTX_new(NULL, NULL);
	X509_NAME *name = X509_NAME_new();
	int after;

	assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
	    (const uint8_t *)"Әсел", -1, -1, 0), 1);
	EVP_PKEY_up_ref(key);
	assert_int_equal(OSSL_CMP_CTX_set0_newPkey(cmp, 1, key), 1);
	assert_int_equal(OSSL_CMP_CTX_set1_subjectName(cmp, name), 1);
	assert_int_equal(OSSL_CMP_CTX_set1_referenceValue(cmp, (const uint8_t *)"r", 1), 1);
	assert_int_equal(OSSL_CMP_CTX_set1_secretValue(cmp, (const uint8_t *)"s", 1), 1);
	OSSL_CMP_CTX_set_log_verbosity(cmp, OSSL_CMP_LOG_EMERG);
	OSSL_CMP_CTX_set_transfer_cb(cmp, catch);
	OSSL_CMP_CTX_set_transfer_cb_arg(cmp, c);
	(void)OSSL_CMP_try_certreq(cmp, TMG_CMP_IR, NULL, &after);
	X509_NAME_free(name);
	OSSL_CMP_CTX_free(cmp);
	assert_true(c->len > 0);
	return (tmg_view){ c->bytes, c->len };
}

static void
a_request_is_read_like_pkcs10(void **state)
{
	struct keys *k = *state;
	caught c = { .len = 0 };
	uint8_t text[64];

	for (size_t i = 0; i < KINDS; i++) {
		const tmg_view own = k->signer[i]->spki;
		tmg_out name = TMG_OUT(text);
		tmg_view der, spki;
		tmg_cmp_message m;

		if (usual_md(i) == NULL)
			continue;	/* libcrypto 3.0 has no such proof */
		der = ask(k->soft_key[i], &c);
		assert_int_equal(tmg_cmp_message_read(der, &m), TMG_OK);
		assert_int_equal(m.body, TMG_CMP_IR);
		assert_int_equal(m.transaction.len, 16);
		assert_int_equal(m.sender_nonce.len, 16);
		assert_int_equal(m.recip_nonce.len, 0);
		assert_int_not_equal(m.protection.len, 0);
		assert_int_equal(tmg_csr_has_key(der, own), TMG_OK);
		assert_int_equal(tmg_csr_has_key(der, k->signer[(i + 1) % KINDS]->spki),
		    TMG_MISMATCH);
		assert_int_equal(tmg_csr_spki(der, &spki), TMG_E_MALFORMED);
		assert_int_equal(tmg_csr_subject(der, &name), TMG_OK);
		assert_view_equal(tmg_out_view(&name), tmg_view_str("CN=Әсел"));
	}
}

static void
a_request_cut_off_is_none(void **state)
{
	struct keys *k = *state;
	caught c = { .len = 0 };
	const tmg_view der = ask(k->soft_key[2], &c);
	uint8_t longer[ROOM + 1];
	uint8_t text[64];

	for (size_t n = 0; n < der.len; n++) {
		const tmg_view cut = { der.ptr, n };
		tmg_out name = TMG_OUT(text);
		tmg_cmp_message m;

		assert_int_equal(tmg_cmp_message_read(cut, &m), TMG_E_MALFORMED);
		assert_int_equal(tmg_csr_has_key(cut, k->signer[2]->spki),
		    TMG_E_MALFORMED);
		assert_int_equal(tmg_csr_subject(cut, &name), TMG_E_MALFORMED);
	}
	memcpy(longer, der.ptr, der.len);
	longer[der.len] = 0;
	assert_int_equal(tmg_cmp_message_read((tmg_view){ longer, der.len + 1 },
	    &(tmg_cmp_message){ .body = 0 }), TMG_E_MALFORMED);
}

static const struct {
	const char *what;
	tmg_view der;
	tmg_rc read, told;
	unsigned status;
} answers[] = {
	{ "nothing", BYTES(""), TMG_E_MALFORMED, TMG_OK, 0 },
	{ "no header", BYTES("\x30\x00"), TMG_E_MALFORMED, TMG_OK, 0 },
	{ "no body", BYTES("\x30\x09\x30\x07\x02\x01\x02\xa4\x00\xa4\x00"),
	    TMG_E_MALFORMED, TMG_OK, 0 },
	{ "no names", BYTES("\x30\x07\x30\x03\x02\x01\x02\xb7\x00"), TMG_E_MALFORMED,
	    TMG_OK, 0 },
	{ "an error", BYTES("\x30\x0b\x30\x07\x02\x01\x02\xa4\x00\xa4\x00\xb7\x00"),
	    TMG_OK, TMG_NOT_FOUND, 0 },
	{ "a body that CMP has not", BYTES("\x30\x0b\x30\x07\x02\x01\x02\xa4\x00\xa4\x00"
	    "\xbb\x00"), TMG_E_MALFORMED, TMG_OK, 0 },
	{ "a body that is none", BYTES("\x30\x0b\x30\x07\x02\x01\x02\xa4\x00\xa4\x00"
	    "\x04\x00"), TMG_E_MALFORMED, TMG_OK, 0 },
	{ "a nonce that is no string", BYTES("\x30\x0f\x30\x0b\x02\x01\x02\xa4\x00\xa4\x00"
	    "\xa5\x02\x02\x00\xb7\x00"), TMG_E_MALFORMED, TMG_OK, 0 },
	{ "two nonces in one", BYTES("\x30\x11\x30\x0d\x02\x01\x02\xa4\x00\xa4\x00"
	    "\xa5\x04\x04\x00\x04\x00\xb7\x00"), TMG_E_MALFORMED, TMG_OK, 0 },
	{ "something behind", BYTES("\x30\x0d\x30\x07\x02\x01\x02\xa4\x00\xa4\x00"
	    "\xb7\x00\x04\x00"), TMG_E_MALFORMED, TMG_OK, 0 },
	{ "a protection that is none", BYTES("\x30\x0f\x30\x07\x02\x01\x02\xa4\x00\xa4\x00"
	    "\xb7\x00\xa0\x02\x04\x00"), TMG_E_MALFORMED, TMG_OK, 0 },
	{ "certificates before the protection", BYTES("\x30\x13\x30\x07\x02\x01\x02"
	    "\xa4\x00\xa4\x00\xb7\x00\xa1\x02\x30\x00\xa0\x02\x03\x00"),
	    TMG_E_MALFORMED, TMG_OK, 0 },
	{ "an empty ip", BYTES("\x30\x0b\x30\x07\x02\x01\x02\xa4\x00\xa4\x00\xa1\x00"),
	    TMG_OK, TMG_E_MALFORMED, 0 },
	{ "an ip of nothing", BYTES("\x30\x0f\x30\x07\x02\x01\x02\xa4\x00\xa4\x00"
	    "\xa1\x04\x30\x02\x30\x00"), TMG_OK, TMG_E_MALFORMED, 0 },
	{ "waiting", BYTES("\x30\x19\x30\x07\x02\x01\x02\xa4\x00\xa4\x00"
	    "\xa1\x0e\x30\x0c\x30\x0a\x30\x08\x02\x01\x00\x30\x03\x02\x01\x03"),
	    TMG_OK, TMG_OK, TMG_CMP_WAITING },
	{ "waiting, CA certificates first", BYTES("\x30\x1d\x30\x07\x02\x01\x02\xa4\x00\xa4\x00"
	    "\xa1\x12\x30\x10\xa1\x02\x30\x00\x30\x0a\x30\x08\x02\x01\x00\x30\x03\x02\x01\x03"),
	    TMG_OK, TMG_OK, TMG_CMP_WAITING },
	{ "rejected in a kup", BYTES("\x30\x19\x30\x07\x02\x01\x02\xa4\x00\xa4\x00"
	    "\xa8\x0e\x30\x0c\x30\x0a\x30\x08\x02\x01\x00\x30\x03\x02\x01\x02"),
	    TMG_OK, TMG_OK, TMG_CMP_REJECTION },
	{ "a status of two bytes", BYTES("\x30\x1a\x30\x07\x02\x01\x02\xa4\x00\xa4\x00"
	    "\xa1\x0f\x30\x0d\x30\x0b\x30\x09\x02\x01\x00\x30\x04\x02\x02\x01\x03"),
	    TMG_OK, TMG_E_MALFORMED, 0 },
	{ "two certificates", BYTES("\x30\x23\x30\x07\x02\x01\x02\xa4\x00\xa4\x00"
	    "\xa1\x18\x30\x16\x30\x14\x30\x08\x02\x01\x00\x30\x03\x02\x01\x03"
	    "\x30\x08\x02\x01\x01\x30\x03\x02\x01\x03"), TMG_OK, TMG_E_MALFORMED, 0 },
};

static void
an_answer_is_taken_apart(void **state)
{
	tmg_cmp_message m;
	unsigned status = 99;
	tmg_rc rc;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(answers); i++) {
		rc = tmg_cmp_message_read(answers[i].der, &m);
		if (rc != answers[i].read)
			fail_msg("%s: %s", answers[i].what, tmg_rc_name(rc));
		if (rc != TMG_OK)
			continue;
		rc = tmg_cmp_message_status(&m, &status);
		if (rc != answers[i].told || (rc == TMG_OK && status != answers[i].status))
			fail_msg("%s: %s, %u", answers[i].what, tmg_rc_name(rc), status);
	}
}

/* genp, [22]: InfoTypeAndValue of the types 1.2.3 and 1.2.4 */
static void
a_genp_tells_by_type(void **state)
{
	static const tmg_view
	    der = BYTES("\x30\x1a\x30\x07\x02\x01\x02\xa4\x00\xa4\x00"
	    "\xb6\x0f\x30\x0d\x30\x04\x06\x02\x2a\x03\x30\x05\x06\x02\x2a\x04\x05"),
	    first = BYTES("\x2a\x03"), none = BYTES("\x2a\x05");
	tmg_cmp_message m;
	tmg_view value;

	(void)state;
	assert_int_equal(tmg_cmp_message_read(der, &m), TMG_OK);
	assert_int_equal(tmg_cmp_message_info(&m, first, &value), TMG_OK);
	assert_int_equal(value.len, 0);
	assert_int_equal(tmg_cmp_message_info(&m, none, &value), TMG_NOT_FOUND);
	m.content.len -= 1;
	assert_int_equal(tmg_cmp_message_info(&m, none, &value), TMG_E_MALFORMED);
	m.body = TMG_CMP_ERROR;
	assert_int_equal(tmg_cmp_message_info(&m, first, &value), TMG_NOT_FOUND);
}

/* generalInfo, [8]: confirmWaitTime among others, and what is none. */
static void
a_header_tells_until_when(void **state)
{
	static const struct {
		tmg_view der;
		tmg_rc rc;
	} rows[] = {
		{ BYTES("\x30\x32\x30\x2e\x02\x01\x02\xa4\x00\xa4\x00\xa8\x25\x30\x23"
		    "\x30\x04\x06\x02\x2a\x03\x30\x1b\x06\x08\x2b\x06\x01\x05\x05\x07\x04\x0e"
		    "\x18\x0f" "20261123020304Z" "\xb7\x00"), TMG_OK },
		/* nothing, another, a time that is a number, a list cut off */
		{ BYTES("\x30\x0b\x30\x07\x02\x01\x02\xa4\x00\xa4\x00\xb7\x00"), TMG_NOT_FOUND },
		{ BYTES("\x30\x15\x30\x11\x02\x01\x02\xa4\x00\xa4\x00\xa8\x08\x30\x06"
		    "\x30\x04\x06\x02\x2a\x03\xb7\x00"), TMG_NOT_FOUND },
		{ BYTES("\x30\x1e\x30\x1a\x02\x01\x02\xa4\x00\xa4\x00\xa8\x11\x30\x0f"
		    "\x30\x0d\x06\x08\x2b\x06\x01\x05\x05\x07\x04\x0e\x02\x01\x05\xb7\x00"),
		    TMG_E_MALFORMED },
		{ BYTES("\x30\x12\x30\x0e\x02\x01\x02\xa4\x00\xa4\x00\xa8\x05\x30\x03"
		    "\x30\x04\x06\xb7\x00"), TMG_E_MALFORMED },
	};
	tmg_cmp_message m;
	tmg_view by;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		assert_int_equal(tmg_cmp_message_read(rows[i].der, &m), TMG_OK);
		assert_int_equal(tmg_cmp_message_confirm_by(&m, &by), rows[i].rc);
		if (rows[i].rc == TMG_OK)
			assert_view_equal(by, tmg_view_str("\x18\x0f" "20261123020304Z"));
	}
}

/* One certificate is asked for at a time, and for a key. */
static void
a_request_for_more_or_nothing_is_none(void **state)
{
	static const tmg_view rows[] = {
		/* two requests */
		BYTES("\x30\x29\x30\x07\x02\x01\x02\xa4\x00\xa4\x00\xa0\x1e\x30\x1c"
		    "\x30\x0c\x30\x0a\x02\x01\x00\x30\x05\xa6\x03\x05\x01\x00"
		    "\x30\x0c\x30\x0a\x02\x01\x01\x30\x05\xa6\x03\x05\x01\x00"),
		/* no key */
		BYTES("\x30\x18\x30\x07\x02\x01\x02\xa4\x00\xa4\x00\xa0\x0d\x30\x0b"
		    "\x30\x09\x30\x07\x02\x01\x00\x30\x02\xa5\x00"),
		/* an answer */
		BYTES("\x30\x0b\x30\x07\x02\x01\x02\xa4\x00\xa4\x00\xa1\x00"),
	};
	static const tmg_view spki = BYTES("\x30\x03\x05\x01\x00");
	uint8_t text[64];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_out name = TMG_OUT(text);

		assert_int_equal(tmg_csr_has_key(rows[i], spki), TMG_E_MALFORMED);
		assert_int_equal(tmg_csr_subject(rows[i], &name), TMG_E_MALFORMED);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_read_like_pkcs10),
		cmocka_unit_test(a_request_cut_off_is_none),
		cmocka_unit_test(an_answer_is_taken_apart),
		cmocka_unit_test(a_genp_tells_by_type),
		cmocka_unit_test(a_header_tells_until_when),
		cmocka_unit_test(a_request_for_more_or_nothing_is_none),
	};

	return cmocka_run_group_tests(tests, keys_setup, keys_teardown);
}
