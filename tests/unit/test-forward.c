/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Other people's requests, made ready for each kind of authority; no server.
 */
#include <openssl/cmp.h>
#include <openssl/crmf.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "tests/unit/test.h"

#include "src/base/ctx.h"
#include "src/pki/cmp-message.h"
#include "src/pki/soft.h"
#include "tamga/enroll.h"

#define SECRET "between the two of us"

typedef struct bench {
	tmg_ctx *ctx;
	tmg_soft *applicant;
	tmg_certs *anchors;
	uint8_t store[TMG_CSR_MAX];
	tmg_out pkcs10;
} bench;

static bench *the;

static void
add_anchor(void)
{
	X509 *cert = X509_new();
	uint8_t *der = NULL;
	int len;

	assert_true(X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN",
	    MBSTRING_ASC, (const uint8_t *)"CA", -1, -1, 0) == 1 &&
	    X509_set_issuer_name(cert, X509_get_subject_name(cert)) == 1 &&
	    X509_gmtime_adj(X509_getm_notBefore(cert), 0) != NULL &&
	    X509_gmtime_adj(X509_getm_notAfter(cert), 3600) != NULL &&
	    ASN1_INTEGER_set(X509_get_serialNumber(cert), 1) == 1 &&
	    X509_set_pubkey(cert, tmg_soft_key(the->applicant)) == 1 &&
	    X509_sign(cert, tmg_soft_key(the->applicant), EVP_sha256()) > 0);
	len = i2d_X509(cert, &der);
	assert_true(len > 0);
	assert_int_equal(tmg_certs_new(&the->anchors), TMG_OK);
	assert_int_equal(tmg_certs_add(the->anchors, (tmg_view){ der, (size_t)len }),
	    TMG_OK);
	OPENSSL_free(der);
	X509_free(cert);
}

static int
set_up(void **state)
{
	static const char *const san[] = { "dns:a.example", NULL };
	const tmg_csr_spec spec = { .subject = "CN=Asel", .san = san,
		.challenge = SECRET };

	(void)state;
	the = calloc(1, sizeof(*the));
	the->pkcs10 = TMG_OUT(the->store);
	assert_int_equal(tmg_ctx_new(&the->ctx), TMG_OK);
	assert_int_equal(tmg_soft_generate(the->ctx, TMG_ALG_P256, &the->applicant),
	    TMG_OK);
	add_anchor();
	return tmg_csr_make(the->ctx, &spec, tmg_soft_signer(the->applicant),
	    &the->pkcs10, NULL);
}

static int
tear_down(void **state)
{
	(void)state;
	tmg_certs_free(&the->anchors);
	tmg_soft_free(&the->applicant);
	tmg_ctx_free(&the->ctx);
	free(the);
	return 0;
}

/* An authority that knows who we are, or does not. */
static tmg_authority *
at(const char *uri, bool known)
{
	const tmg_authority_spec spec = { .uri = uri, .anchors = the->anchors,
		.user = known ? "office" : NULL,
		.password = tmg_view_str(known ? "secret" : "") };
	tmg_authority *a = NULL;
	tmg_fault f = { .rc = TMG_OK };

	if (tmg_authority_open(the->ctx, &spec, &f, &a))
		fail_msg("%s: %s", uri, f.text);
	return a;
}

typedef tmg_rc how(tmg_authority *a, tmg_view pkcs10, tmg_out *request);

static const struct {
	const char *uri;
	how *how;
	bool known;
	tmg_rc rc;
	const char *says;
} refusals[] = {
	{ "portal+https://ca.example/employee", tmg_authority_forward, true,
	  TMG_UNSUPPORTED, "nobody else's requests" },
	{ "portal+https://ca.example/employee", tmg_authority_vouch, true,
	  TMG_UNSUPPORTED, "somebody else vouches" },
	{ "est+https://ca.example", tmg_authority_vouch, true, TMG_UNSUPPORTED,
	  "est has no word for a key" },
	{ "scep+https://ca.example/scep", tmg_authority_vouch, true, TMG_UNSUPPORTED,
	  "scep has no word for a key" },
	{ "acme+https://ca.example/dir", tmg_authority_vouch, true, TMG_UNSUPPORTED,
	  "acme has no word for a key" },
	{ "cmp+http://ca.example", tmg_authority_forward, false, TMG_DENIED, "" },
	{ "cmp+http://ca.example", tmg_authority_vouch, false, TMG_DENIED, "" },
};

static void
what_cannot_be_passed_on_is_told(void **state)
{
	uint8_t store[TMG_CSR_MAX];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(refusals); i++) {
		tmg_authority *a = at(refusals[i].uri, refusals[i].known);
		tmg_out out = TMG_OUT(store);
		const tmg_rc rc = refusals[i].how(a, tmg_out_view(&the->pkcs10), &out);
		const char *text = tmg_authority_fault(a)->text;

		if (rc != refusals[i].rc || out.len > 0 || text[0] == '\0' ||
		    strstr(text, refusals[i].says) == NULL)
			fail_msg("row %zu: %s \"%s\"", i, tmg_rc_name(rc), text);
		tmg_authority_free(&a);
	}
}

/* Whatever the protocol: no bytes of it are looked at. */
static void
what_is_no_request_is_refused(void **state)
{
	static const char *const uris[] = { "est+https://ca.example",
		"cmp+http://ca.example", "scep+https://ca.example/scep" };
	static how *const ways[] = { tmg_authority_forward, tmg_authority_vouch };
	const tmg_view whole = tmg_out_view(&the->pkcs10);
	const tmg_view bad[] = { { NULL, 0 }, tmg_view_str("hello"),
		{ whole.ptr, whole.len - 1 }, { whole.ptr, 5 } };
	uint8_t store[TMG_CSR_MAX];

	(void)state;
	for (size_t u = 0; u < TMG_COUNT(uris); u++)
		for (size_t w = 0; w < TMG_COUNT(ways); w++)
			for (size_t i = 0; i < TMG_COUNT(bad); i++) {
				tmg_authority *a = at(uris[u], true);
				tmg_out out = TMG_OUT(store);

				assert_int_equal(ways[w](a, bad[i], &out),
				    TMG_E_MALFORMED);
				assert_int_equal(out.len, 0);
				assert_string_not_equal(
				    tmg_authority_fault(a)->text, "");
				tmg_authority_free(&a);
			}
}

/* EST takes it as it is, without being asked who we are: that is TLS's affair. */
static void
est_takes_it_as_it_is(void **state)
{
	tmg_authority *a = at("est+https://ca.example", false);
	uint8_t store[TMG_CSR_MAX];
	tmg_out out = TMG_OUT(store), tiny = { store, 10, 0, false };

	(void)state;
	assert_int_equal(tmg_authority_forward(a, tmg_out_view(&the->pkcs10), &out),
	    TMG_OK);
	assert_true(tmg_view_equal(tmg_out_view(&out), tmg_out_view(&the->pkcs10)));
	assert_int_equal(tmg_authority_forward(a, tmg_out_view(&the->pkcs10), &tiny),
	    TMG_E_SPACE);
	tmg_authority_free(&a);
}

static unsigned
made(how *way, tmg_out *out)
{
	tmg_authority *a = at("cmp+http://ca.example", true);
	tmg_cmp_message m;

	if (way(a, tmg_out_view(&the->pkcs10), out))
		fail_msg("%s", tmg_authority_fault(a)->text);
	assert_int_equal(tmg_soft_signer(the->applicant)->used, 1);
	assert_int_equal(tmg_cmp_message_read(tmg_out_view(out), &m), TMG_OK);
	tmg_authority_free(&a);
	return m.body;
}

static bool
holds(const tmg_out *out, const char *text)
{
	return memmem(out->ptr, out->len, text, strlen(text)) != NULL;
}

/* The applicant's proof goes, or our word does: never both, and with our word
 * nothing that was said to us alone. */
static void
cmp_takes_the_proof_or_our_word(void **state)
{
	static const uint8_t raverified[] = { 0x80, 0x00 };	/* popo [0] NULL */
	uint8_t store[TMG_CSR_MAX];
	tmg_out out = TMG_OUT(store);

	(void)state;
	assert_int_equal(made(tmg_authority_forward, &out), TMG_CMP_P10CR);
	assert_true(holds(&out, SECRET));
	assert_true(memmem(out.ptr, out.len, the->store, the->pkcs10.len) != NULL);
	out.len = 0;
	assert_int_equal(made(tmg_authority_vouch, &out), TMG_CMP_CR);
	assert_false(holds(&out, SECRET));
	assert_true(holds(&out, "Asel"));
	assert_true(holds(&out, "a.example"));
	assert_true(memmem(out.ptr, out.len, raverified, 2) != NULL);
	assert_int_equal(tmg_csr_has_key(tmg_out_view(&out),
	    tmg_soft_signer(the->applicant)->spki), TMG_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_cannot_be_passed_on_is_told, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(what_is_no_request_is_refused, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(est_takes_it_as_it_is, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(cmp_takes_the_proof_or_our_word, set_up,
		    tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
