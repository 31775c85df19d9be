/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What authorities ask for in CsrAttrs, and what becomes of it in requests.
 */
#include "tests/unit/pki-keys.h"

#include <openssl/x509v3.h>

#include "src/codec/hex.h"
#include "src/pki/scope.h"
#include "tamga/csr.h"

static const char der_empty[] =
    "3000";
static const char der_rfc7030[] =
    "304106092a864886f70d010907301206072a8648ce3d0201310706052b810400"
    "22301606092a864886f70d01090e310906072b06010101011606082a8648ce3d"
    "040303";
static const char der_rsa[] =
    "300b06092a864886f70d010101";
static const char der_ec[] =
    "300906072a8648ce3d0201";
static const char der_ec_p256[] =
    "3017301506072a8648ce3d0201310a06082a8648ce3d030107";
static const char der_ec_p384[] =
    "3014301206072a8648ce3d0201310706052b81040022";
static const char der_both[] =
    "302906092a864886f70d010101301c06072a8648ce3d0201311106082a8648ce"
    "3d03010706052b81040022";
static const char der_rsa2048[] =
    "3013301106092a864886f70d010101310402020800";
static const char der_rsa3072[] =
    "3013301106092a864886f70d010101310402020c00";
static const char der_ed[] =
    "300506032b6570";
static const char der_hash[] =
    "301506092a864886f70d01010c06082a8648ce3d040303";
static const char der_sha512[] =
    "300b0609608648016503040203";
static const char der_pss[] =
    "300b06092a864886f70d01010a";
static const char der_chal[] =
    "300b06092a864886f70d010907";
static const char der_ext[] =
    "3036303406092a864886f70d01090e3127302530130603551d25040c300a0608"
    "2b06010505070302300e0603551d0f0101ff040403020780";
static const char der_t_subject[] =
    "30383036060b2a864886f70d010910023d312730250201003020310d300b0603"
    "55040a0c0441636d65310f300d06035504030c06646576696365";
static const char der_t_cn[] =
    "3021301f060b2a864886f70d010910023d3110300e0201003009310730050603"
    "550403";
static const char der_t_key[] =
    "302a3028060b2a864886f70d010910023d31193017020100a012301006072a86"
    "48ce3d020106052b81040022";
static const char der_t_rsa[] =
    "308201423082013e060b2a864886f70d010910023d3182012d30820129020100"
    "a0820122300d06092a864886f70d01010105000382010f003082010a02820101"
    "0080000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "000203010001";
static const char der_t_rsa3[] =
    "308201c2308201be060b2a864886f70d010910023d318201ad308201a9020100"
    "a08201a2300d06092a864886f70d01010105000382018f003082018a02820181"
    "0080000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000"
    "000203010001";
static const char der_t_ext[] =
    "30473045060b2a864886f70d010910023d31363034020100a12f302d060b2a86"
    "4886f70d010910023e311e301c30130603551d25040c300a06082b0601050507"
    "030230050603551d11";
static const char der_unknown[] =
    "300e06032a0304300706032a03053100";
static const char der_bad1[] =
    "30030601";
static const char der_bad2[] =
    "3100";
static const char der_bad3[] =
    "3003020101";
static const char der_bad4[] =
    "3014301206092a864886f70d01090e31053003020101";
static const char der_bad5[] =
    "300000";
static const char der_bad6[] =
    "301b301906092a864886f70d01090e310c300a30080603551d25020131";
static const char der_bad7[] =
    "30183016060b2a864886f70d010910023d31073005020100a500";

/* an OBJECT IDENTIFIER without content in the template's subject */
static const char der_bad8[] =
    "301d301b060b2a864886f70d010910023d310c300a02010030053103300106" "00";
/* a curve that no key here is on: id-ecPublicKey with brainpoolP384r1 */
static const char der_ec_bp384[] =
    "3018301606072a8648ce3d0201310b06092b240303020801010b";

enum { RSA2048, RSA3072, P256, P384, ED };

static const struct {
	const char *wants;
	size_t kind;
	tmg_rc rc;
	int signature;		/* NID of the request's algorithm */
	const char *word;	/* in the message */
} rows[] = {
	{ der_empty, P256, TMG_OK, NID_ecdsa_with_SHA256, "" },
	{ der_rfc7030, P384, TMG_OK, NID_ecdsa_with_SHA384, "" },
	{ der_rfc7030, P256, TMG_MISMATCH, 0, "P-384" },
	{ der_rfc7030, RSA2048, TMG_MISMATCH, 0, "" },
	{ der_rsa, RSA2048, TMG_OK, NID_sha256WithRSAEncryption, "" },
	{ der_rsa, P256, TMG_MISMATCH, 0, "RSA" },
	{ der_ec, P256, TMG_OK, NID_ecdsa_with_SHA256, "" },
	{ der_ec_p256, P256, TMG_OK, NID_ecdsa_with_SHA256, "" },
	{ der_ec_p384, P256, TMG_MISMATCH, 0, "P-384" },
	{ der_ec_bp384, P256, TMG_MISMATCH, 0, "1.3.36.3.3.2.8.1.1.11" },
	{ der_both, RSA3072, TMG_OK, NID_sha256WithRSAEncryption, "" },
	{ der_both, P384, TMG_OK, NID_ecdsa_with_SHA384, "" },
	{ der_both, ED, TMG_MISMATCH, 0, "" },
	{ der_rsa2048, RSA2048, TMG_OK, NID_sha256WithRSAEncryption, "" },
	{ der_rsa3072, RSA2048, TMG_MISMATCH, 0, "RSA 3072" },
	{ der_ed, ED, TMG_OK, NID_ED25519, "" },
	{ der_ed, P256, TMG_MISMATCH, 0, "Ed25519" },
	{ der_hash, RSA2048, TMG_OK, NID_sha384WithRSAEncryption, "" },
	{ der_hash, P256, TMG_OK, NID_ecdsa_with_SHA384, "" },
	{ der_hash, ED, TMG_OK, NID_ED25519, "" },
	{ der_sha512, P256, TMG_OK, NID_ecdsa_with_SHA512, "" },
	{ der_pss, RSA2048, TMG_OK, NID_rsassaPss, "" },
	{ der_pss, P256, TMG_OK, NID_ecdsa_with_SHA256, "" },
	{ der_chal, P256, TMG_OK, NID_ecdsa_with_SHA256, "" },
	{ der_unknown, P256, TMG_OK, NID_ecdsa_with_SHA256, "" },
	{ der_t_key, P384, TMG_OK, NID_ecdsa_with_SHA384, "" },
	{ der_t_key, P256, TMG_MISMATCH, 0, "P-384" },
	{ der_t_rsa, RSA2048, TMG_OK, NID_sha256WithRSAEncryption, "" },
	{ der_t_rsa3, RSA2048, TMG_MISMATCH, 0, "RSA 3072" },
	{ der_bad1, P256, TMG_E_MALFORMED, 0, "CsrAttrs" },
	{ der_bad2, P256, TMG_E_MALFORMED, 0, "CsrAttrs" },
	{ der_bad3, P256, TMG_E_MALFORMED, 0, "CsrAttrs" },
	{ der_bad4, P256, TMG_E_MALFORMED, 0, "CsrAttrs" },
	{ der_bad5, P256, TMG_E_MALFORMED, 0, "CsrAttrs" },
	{ der_bad6, P256, TMG_E_MALFORMED, 0, "CsrAttrs" },
	{ der_bad7, P256, TMG_E_MALFORMED, 0, "CsrAttrs" },
	{ der_bad8, P256, TMG_E_MALFORMED, 0, "CsrAttrs" },
};

static tmg_rc
make(struct keys *k, size_t kind, tmg_csr_spec spec, const char *wants,
    X509_REQ **req, tmg_fault *f)
{
	static uint8_t want[4096], bytes[TMG_CSR_MAX];
	tmg_out in = TMG_OUT(want), der = TMG_OUT(bytes);
	const uint8_t *p = bytes;
	tmg_rc rc;

	assert_int_equal(tmg_hex_parse(tmg_view_str(wants), &in), TMG_OK);
	spec.ca_wants = tmg_out_view(&in);
	rc = tmg_csr_make(k->ctx, &spec, k->signer[kind], &der, f);
	*req = rc == TMG_OK ? d2i_X509_REQ(NULL, &p, (long)der.len) : NULL;
	return rc;
}

static void
test_keys_and_hashes(void **state)
{
	struct keys *k = *state;

	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_held(X509_REQ) req = NULL;
		tmg_fault f = { .rc = TMG_OK };

		uses(k, rows[i].kind);
		assert_int_equal(make(k, rows[i].kind, (tmg_csr_spec){ .subject = "CN=x" },
		    rows[i].wants, &req, &f), rows[i].rc);
		assert_int_equal(uses(k, rows[i].kind), rows[i].rc == TMG_OK);
		assert_non_null(strstr(f.text, rows[i].word));
		if (req != NULL)
			assert_int_equal(X509_REQ_get_signature_nid(req), rows[i].signature);
	}
}

/* A key that pads: another signature that was asked for as well will do. */
static void
test_keys_that_pad(void **state)
{
	static const char both[] =
	    "301606092a864886f70d01010a06092a864886f70d01010b";
	static const struct {
		const char *wants;
		bool pss;		/* the applicant wants it */
		size_t kind;
		tmg_rc rc;
		int signature;
	} pads[] = {
		{ der_pss, false, RSA2048, TMG_MISMATCH, 0 },
		{ both, false, RSA2048, TMG_OK, NID_sha256WithRSAEncryption },
		{ der_rsa, false, RSA2048, TMG_OK, NID_sha256WithRSAEncryption },
		{ der_rsa, true, RSA2048, TMG_UNSUPPORTED, 0 },
		{ der_pss, true, P256, TMG_OK, NID_ecdsa_with_SHA256 },
	};
	struct keys *k = *state;

	for (size_t i = 0; i < TMG_COUNT(pads); i++) {
		tmg_held(X509_REQ) req = NULL;
		tmg_fault f = { .rc = TMG_OK };
		tmg_rc rc;

		k->signer[pads[i].kind]->pads = true;
		uses(k, pads[i].kind);
		rc = make(k, pads[i].kind, (tmg_csr_spec){ .subject = "CN=x",
		    .pss = pads[i].pss }, pads[i].wants, &req, &f);
		assert_int_equal(uses(k, pads[i].kind), pads[i].rc == TMG_OK);
		k->signer[pads[i].kind]->pads = false;
		assert_int_equal(rc, pads[i].rc);
		if (req != NULL)
			assert_int_equal(X509_REQ_get_signature_nid(req), pads[i].signature);
		else
			assert_non_null(strstr(f.text, "PKCS #1 v1.5 alone"));
	}
}

/* The applicant's own hash stays. */
static void
test_own_hash(void **state)
{
	tmg_held(X509_REQ) req = NULL;

	assert_int_equal(make(*state, P256, (tmg_csr_spec){ .hash = TMG_HASH_SHA256 },
	    der_sha512, &req, NULL), TMG_OK);
	assert_int_equal(X509_REQ_get_signature_nid(req), NID_ecdsa_with_SHA256);
}

static unsigned
purposes(X509_REQ *req, int *usages)
{
	STACK_OF(X509_EXTENSION) *list = X509_REQ_get_extensions(req);
	EXTENDED_KEY_USAGE *eku = X509V3_get_d2i(list, NID_ext_key_usage, NULL, NULL);
	unsigned found = 0;

	*usages = X509v3_get_ext_by_NID(list, NID_key_usage, -1);
	for (int i = 0; i < sk_ASN1_OBJECT_num(eku); i++) {
		const int nid = OBJ_obj2nid(sk_ASN1_OBJECT_value(eku, i));

		found |= nid == NID_client_auth ? 1u : nid == NID_email_protect ? 2u : 4u;
	}
	sk_ASN1_OBJECT_pop_free(eku, ASN1_OBJECT_free);
	sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
	return found;
}

static void
test_extensions(void **state)
{
	static const char *const mine[] = { "emailProtection", NULL };
	static const struct { const char *wants; bool own; unsigned eku; bool ku; } t[] = {
		{ der_ext, false, 1, true }, { der_ext, true, 2, true },
		{ der_t_ext, false, 1, false }, { der_t_ext, true, 2, false },
	};

	for (size_t i = 0; i < TMG_COUNT(t); i++) {
		tmg_held(X509_REQ) req = NULL;
		int ku;

		assert_int_equal(make(*state, P256, (tmg_csr_spec){
		    .subject = "CN=x", .ext_key_usage = t[i].own ? mine : NULL,
		    }, t[i].wants, &req, NULL), TMG_OK);
		assert_int_equal(purposes(req, &ku), t[i].eku);
		assert_int_equal(ku >= 0, t[i].ku);
	}
}

static void
test_template_subject(void **state)
{
	static const struct { const char *wants, *subject; tmg_rc rc; const char *word; } t[] = {
		{ der_t_subject, NULL, TMG_OK, "/O=Acme/CN=device" },
		{ der_t_subject, "CN=mine", TMG_OK, "/CN=mine/O=Acme" },
		{ der_t_cn, "CN=mine", TMG_OK, "/CN=mine" },
		{ der_t_cn, "O=y", TMG_E_USAGE, "commonName" },
	};

	for (size_t i = 0; i < TMG_COUNT(t); i++) {
		tmg_held(X509_REQ) req = NULL;
		tmg_fault f = { .rc = TMG_OK };
		char text[256];

		assert_int_equal(make(*state, P256, (tmg_csr_spec){ .subject = t[i].subject },
		    t[i].wants, &req, &f), t[i].rc);
		if (req == NULL) {
			assert_non_null(strstr(f.text, t[i].word));
			continue;
		}
		X509_NAME_oneline(X509_REQ_get_subject_name(req), text, sizeof(text));
		assert_string_equal(text, t[i].word);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys_and_hashes),
		cmocka_unit_test(test_keys_that_pad),
		cmocka_unit_test(test_own_hash),
		cmocka_unit_test(test_extensions),
		cmocka_unit_test(test_template_subject),
	};

	return cmocka_run_group_tests(tests, keys_setup, keys_teardown);
}
