/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/pki-keys.h"

#include <openssl/cms.h>
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/pki/scope.h"
#include "tamga/cms.h"

enum { ROOM = 65536 };

static const uint8_t text[] = "Мазмұны: content\r\nof two lines\n";

static tmg_view
cert_der(struct keys *k, size_t kind, uint8_t *store)
{
	uint8_t *p = store;

	return (tmg_view){ store, (size_t)i2d_X509(k->cert[kind], &p) };
}

static bool
is_ed(size_t kind)
{
	return tmg_alg_get(key_kinds[kind].alg)->family == TMG_FAMILY_ED;
}

static void
test_sign_and_verify(void **state)
{
	struct keys *k = *state;

	for (size_t kind = 0; kind < KINDS; kind++) {
		for (int detached = 0; detached < 2; detached++) {
			uint8_t store[4096], bytes[ROOM], back[ROOM];
			tmg_out der = TMG_OUT(bytes), got = TMG_OUT(back);
			const tmg_view cert = cert_der(k, kind, store);
			const tmg_view content = detached ? TMG_VIEW(text) : (tmg_view){ NULL, 0 };
			const tmg_view other = { text, 5 };
			tmg_auto_ptr(tmg_certs) anchors = NULL;
			tmg_auto_ptr(tmg_certs) wrong = NULL;
			tmg_auto_ptr(tmg_certs) signers = NULL;
			tmg_fault f = { .rc = TMG_OK };
			tmg_rc rc;

			uses(k, kind);
			rc = tmg_cms_sign(k->ctx, k->signer[kind], cert, NULL,
			    TMG_VIEW(text), detached, &der, &f);
			if (is_ed(kind)) {
				assert_int_equal(rc, TMG_UNSUPPORTED);
				assert_int_equal(uses(k, kind), 0);
				continue;
			}
			assert_int_equal(rc, TMG_OK);
			assert_int_equal(uses(k, kind), 1);

			assert_int_equal(tmg_certs_new(&anchors), TMG_OK);
			assert_int_equal(tmg_certs_new(&wrong), TMG_OK);
			assert_int_equal(tmg_certs_new(&signers), TMG_OK);
			assert_int_equal(tmg_certs_add(anchors, cert), TMG_OK);
			assert_int_equal(tmg_cms_verify(k->ctx, tmg_out_view(&der),
			    content, anchors, signers, &got, &f), TMG_OK);
			assert_true(tmg_view_equal(tmg_out_view(&got), TMG_VIEW(text)));
			assert_int_equal(tmg_certs_count(signers), 1);
			assert_true(tmg_view_equal(tmg_certs_get(signers, 0), cert));

			assert_int_equal(tmg_cms_verify(k->ctx, tmg_out_view(&der),
			    content, wrong, NULL, NULL, &f), TMG_MISMATCH);
			assert_non_null(strstr(f.text, key_kinds[kind].name));
			if (detached) {
				assert_int_equal(tmg_cms_verify(k->ctx, tmg_out_view(&der),
				    other, anchors, NULL, NULL, &f), TMG_MISMATCH);
				assert_int_equal(tmg_cms_verify(k->ctx, tmg_out_view(&der),
				    (tmg_view){ NULL, 0 }, anchors, NULL, NULL, &f), TMG_MISMATCH);
			}
			/* one message and nothing else */
			assert_int_equal(tmg_cms_verify(k->ctx,
			    (tmg_view){ bytes, der.len + 1 }, content, anchors, NULL,
			    NULL, &f), TMG_E_MALFORMED);
			bytes[der.len - 5] ^= 1;
			assert_int_not_equal(tmg_cms_verify(k->ctx, tmg_out_view(&der),
			    content, anchors, NULL, NULL, &f), TMG_OK);
		}
	}
}

static size_t
encrypt(struct keys *k, size_t kind, uint8_t *bytes)
{
	tmg_held(BIO) in = BIO_new_mem_buf(text, sizeof(text));
	STACK_OF(X509) *to = sk_X509_new_null();
	tmg_held(CMS_ContentInfo) cms = NULL;
	uint8_t *p = bytes;

	assert_true(sk_X509_push(to, k->cert[kind]) > 0);
	cms = CMS_encrypt_ex(to, in, EVP_aes_256_cbc(), CMS_BINARY, k->libctx, NULL);
	assert_non_null(cms);
	sk_X509_free(to);
	return (size_t)i2d_CMS_ContentInfo(cms, &p);
}

static void
test_decrypt(void **state)
{
	struct keys *k = *state;

	for (size_t kind = 0; kind < KINDS; kind++) {
		uint8_t store[4096], bytes[ROOM], back[ROOM], other[4096];
		tmg_out got = TMG_OUT(back), nothing = TMG_OUT(back);
		const tmg_view cert = cert_der(k, kind, store);
		tmg_fault f = { .rc = TMG_OK };
		tmg_view cms = { bytes, 0 };

		if (is_ed(kind))
			continue;
		cms.len = encrypt(k, kind, bytes);
		uses(k, kind);
		assert_int_equal(tmg_cms_decrypt(k->ctx, k->signer[kind], cert, cms,
		    &got, &f), TMG_OK);
		assert_int_equal(uses(k, kind), 1);
		assert_true(tmg_view_equal(tmg_out_view(&got), TMG_VIEW(text)));

		/* somebody else's certificate, somebody else's message */
		assert_int_equal(tmg_cms_decrypt(k->ctx, k->signer[kind],
		    cert_der(k, (kind + 1) % 4, other), cms, &nothing, &f), TMG_MISMATCH);
		cms.len = encrypt(k, (kind + 1) % 4, bytes);
		assert_int_equal(tmg_cms_decrypt(k->ctx, k->signer[kind], cert, cms,
		    &nothing, &f), TMG_NOT_FOUND);
		assert_int_equal(uses(k, kind), 0);
		assert_int_equal(nothing.len, 0);
	}
}

static tmg_rc
no_sign(tmg_signer *s, const tmg_sign_spec *spec, tmg_view input, tmg_out *sig)
{
	(void)spec;
	(void)input;
	(void)sig;
	return tmg_raise(s->fault, TMG_PIN_LOCKED, 0, "the PIN is locked");
}

static tmg_rc
no_decrypt(tmg_signer *s, const tmg_decrypt_spec *spec, tmg_view c, tmg_out *p)
{
	(void)spec;
	(void)c;
	(void)p;
	return tmg_raise(s->fault, TMG_CANCELLED, 0, "no PIN was given");
}

static void
test_refusals(void **state)
{
	static const tmg_signer_ops ops = { no_sign, no_decrypt, tmg_signer_no_derive };
	struct keys *k = *state;
	uint8_t store[4096], bytes[ROOM], back[ROOM];
	const tmg_view cert = cert_der(k, 0, store);
	tmg_fault f = { .rc = TMG_OK }, own = { .rc = TMG_OK };
	tmg_signer s = { &ops, &own, TMG_ALG_RSA2048, k->signer[0]->spki, 0, 0, false };
	tmg_out out = TMG_OUT(back);
	tmg_view cms = { bytes, encrypt(k, 0, bytes) };

	assert_int_equal(tmg_cms_sign(k->ctx, &s, cert, NULL, TMG_VIEW(text), false,
	    &out, &f), TMG_PIN_LOCKED);
	assert_string_equal(f.text, "the PIN is locked");
	assert_int_equal(s.used, 1);
	assert_int_equal(tmg_cms_decrypt(k->ctx, &s, cert, cms, &out, &f), TMG_CANCELLED);
	assert_string_equal(f.text, "no PIN was given");
	assert_int_equal(s.used, 2);
	assert_int_equal(out.len, 0);
	/* libcrypto goes on with a random key, which fits one time in 256 */
	for (int i = 0; i < 2048; i++)
		assert_int_equal(tmg_cms_decrypt(k->ctx, &s, cert, cms, &out, &f),
		    TMG_CANCELLED);
	assert_int_equal(out.len, 0);
}

static void
test_not_cms(void **state)
{
	struct keys *k = *state;
	uint8_t store[4096], back[64];
	const tmg_view cert = cert_der(k, 0, store);
	static const tmg_view rows[] = {
		{ NULL, 0 }, { (const uint8_t *)"\x30\x00", 2 }, { text, sizeof(text) },
	};

	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_fault f = { .rc = TMG_OK };
		tmg_out out = TMG_OUT(back);

		assert_int_equal(tmg_cms_verify(k->ctx, rows[i], rows[0], NULL, NULL,
		    &out, &f), TMG_E_MALFORMED);
		assert_non_null(strstr(f.text, "CMS"));
		assert_int_equal(tmg_cms_decrypt(k->ctx, k->signer[0], cert, rows[i],
		    &out, &f), TMG_E_MALFORMED);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sign_and_verify),
		cmocka_unit_test(test_decrypt),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_not_cms),
	};

	return cmocka_run_group_tests(tests, keys_setup, keys_teardown);
}
