/* SPDX-License-Identifier: BSD-2-Clause */
/* What is not signed: weak keys, each made here, and drafts with one flaw. */
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/scope.h"
#include "src/pki/scope.h"
#include "tests/unit/ra-bench.h"
#include "tools/ra/ca/edpoint.h"
#include "tools/ra/ca/known.h"
#include "tools/ra/ca/lint.h"
#include "tools/ra/ca/roca.h"
#include "tools/ra/ca/weak.h"
#include "tools/ra/desk/step.h"
#include "tools/ra/life/audit.h"
#include "tools/ra/life/replay.h"

#define PRIME_BITS 1024

static void
bn_free(BIGNUM **n)
{
	BN_free(*n);
}

#define auto_bn __attribute__((__cleanup__(bn_free))) BIGNUM

static BIGNUM *
bn(unsigned long word)
{
	BIGNUM *n = BN_new();

	assert_non_null(n);
	assert_int_equal(BN_set_word(n, word), 1);
	return n;
}

/* ---- numbers ---- */

static BIGNUM *
some_prime(void)
{
	BIGNUM *p = BN_new();

	assert_int_equal(BN_generate_prime_ex(p, PRIME_BITS, 0, NULL, NULL, NULL), 1);
	return p;
}

static BIGNUM *
times(const BIGNUM *a, const BIGNUM *b)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *n = BN_new();

	assert_int_equal(BN_mul(n, a, b, ctx), 1);
	BN_CTX_free(ctx);
	return n;
}

/* The product of the first 71 primes: M of keys of 992 to 1952 bits and, for
 * the size of the primes here, of those of 2048. */
static BIGNUM *
primorial(unsigned most)
{
	BIGNUM *m = bn(1);

	for (unsigned p = 2; p <= most; p++) {
		bool prime = true;

		for (unsigned d = 2; d * d <= p && prime; d++)
			prime = p % d != 0;
		if (prime)
			assert_int_equal(BN_mul_word(m, p), 1);
	}
	return m;
}

/* k*M + (65537^a mod M), as the flawed library makes its primes. */
static BIGNUM *
roca_prime(void)
{
	auto_bn *m = primorial(353), *g = bn(65537);
	auto_bn *a = BN_new(), *k = BN_new(), *residue = BN_new();
	BIGNUM *p = BN_new();
	BN_CTX *ctx = BN_CTX_new();

	do {
		assert_int_equal(BN_rand(a, 254, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY), 1);
		assert_int_equal(BN_rand(k, PRIME_BITS - BN_num_bits(m) + 1,
		    BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY), 1);
		assert_int_equal(BN_mod_exp(residue, g, a, m, ctx), 1);
		assert_int_equal(BN_mul(p, k, m, ctx), 1);
		assert_int_equal(BN_add(p, p, residue), 1);
	} while (BN_num_bits(p) != PRIME_BITS || !BN_is_bit_set(p, PRIME_BITS - 2) ||
	    BN_check_prime(p, ctx, NULL) != 1);
	BN_CTX_free(ctx);
	return p;
}

static void
test_roca(void **state)
{
	auto_bn *p = roca_prime(), *q = roca_prime();
	auto_bn *n = times(p, q);

	(void)state;
	assert_true(ra_roca_has(n));
	assert_true(ra_roca_has(p));
	assert_int_equal(BN_add_word(n, 2), 1);
	assert_false(ra_roca_has(n));
	for (int i = 0; i < 200; i++) {
		auto_bn *r = BN_new();

		assert_int_equal(BN_rand(r, 2048, BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ODD), 1);
		assert_false(ra_roca_has(r));
	}
}

/* x = a modulo m and x = b modulo p; m grows to m*p. */
static void
fit(BIGNUM *x, BIGNUM *m, unsigned b, unsigned p)
{
	while (BN_mod_word(x, p) != b)
		assert_int_equal(BN_add(x, x, m), 1);
	assert_int_equal(BN_mul_word(m, p), 1);
}

/* A power of 65537 modulo each prime, but another one each time: what a test
 * prime by prime would take for a flawed key. */
static void
test_no_roca_by_chance(void **state)
{
	static const unsigned primes[] = { 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37,
		41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107,
		109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167 };
	auto_bn *x = bn(1), *m = bn(2);

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(primes); i++) {
		const unsigned p = primes[i];
		unsigned power = 1;

		for (size_t n = 0; n < i; n++)
			power = power * (65537 % p) % p;
		fit(x, m, power, p);
	}
	assert_false(ra_roca_has(x));
}

/* ---- keys ---- */

static EVP_PKEY *
rsa_key(const BIGNUM *n, const BIGNUM *e)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *key = NULL;
	OSSL_PARAM *params;

	assert_int_equal(OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, n), 1);
	assert_int_equal(OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, e), 1);
	assert_non_null(params = OSSL_PARAM_BLD_to_param(bld));
	assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
	assert_int_equal(EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params), 1);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

/* name: the check that refuses, NULL none does. */
static void
judged(const EVP_PKEY *key, const char *name)
{
	tmg_fault f = { .rc = TMG_OK };
	const tmg_rc rc = ra_weak_check(key, &f);
	char mark[64];

	snprintf(mark, sizeof(mark), "(%s)", name != NULL ? name : "");
	if (rc != (name != NULL ? TMG_MISMATCH : TMG_OK) ||
	    (name != NULL && strstr(f.text, mark) == NULL))
		fail_msg("wanted %s: %d %s", name != NULL ? name : "a sound key",
		    (int)rc, f.text);
}

static void
judged_rsa(const BIGNUM *n, const BIGNUM *e, const char *name)
{
	tmg_held(EVP_PKEY) key = rsa_key(n, e);

	judged(key, name);
}

static void
test_exponents(void **state)
{
	auto_bn *p = some_prime(), *q = some_prime();
	auto_bn *n = times(p, q), *large = bn(1);
	static const struct {
		unsigned long e;
		const char *name;
	} exponents[] = {
		{ 1, "rsa-exponent" },
		{ 3, "rsa-exponent" },
		{ 65535, "rsa-exponent" },
		{ 65537, NULL },
		{ 65538, "rsa-exponent" },
		{ 65539, NULL },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(exponents); i++) {
		auto_bn *e = bn(exponents[i].e);

		judged_rsa(n, e, exponents[i].name);
	}
	assert_int_equal(BN_set_bit(large, 256), 1);
	judged_rsa(n, large, "rsa-exponent");
	assert_int_equal(BN_clear_bit(large, 256), 1);
	assert_int_equal(BN_set_bit(large, 255), 1);
	judged_rsa(n, large, NULL);
}

static void
test_moduli(void **state)
{
	auto_bn *e = bn(65537), *p = some_prime(), *q = some_prime();
	auto_bn *next = BN_dup(p), *n = times(p, q), *square = times(p, p);
	auto_bn *rp = roca_prime(), *rq = roca_prime(), *roca = times(rp, rq);
	auto_bn *small = BN_new();
	BN_CTX *ctx = BN_CTX_new();

	(void)state;
	judged_rsa(roca, e, "rsa-roca");
	judged_rsa(square, e, "rsa-fermat");
	do
		assert_int_equal(BN_add_word(next, 2), 1);
	while (BN_check_prime(next, ctx, NULL) != 1);
	BN_CTX_free(ctx);
	auto_bn *close = times(p, next);
	judged_rsa(close, e, "rsa-fermat");

	assert_int_equal(BN_rshift1(small, n), 1);
	assert_int_equal(BN_rshift(small, small, 1020), 1);
	judged_rsa(small, e, "rsa-size");
	assert_int_equal(BN_mul_word(n, 751), 1);
	judged_rsa(n, e, "rsa-factors");
	assert_int_equal(BN_lshift1(n, n), 1);
	judged_rsa(n, e, "rsa-factors");
}

/* Primes that are 2^480 apart: some hundred million of Fermat's rounds. */
static void
test_far_enough(void **state)
{
	auto_bn *e = bn(65537), *p = some_prime(), *q = BN_dup(p), *far = bn(1);
	BN_CTX *ctx = BN_CTX_new();

	(void)state;
	assert_int_equal(BN_lshift(far, far, 530), 1);
	assert_int_equal(BN_add(q, q, far), 1);
	while (BN_check_prime(q, ctx, NULL) != 1)
		assert_int_equal(BN_add_word(q, 2), 1);
	BN_CTX_free(ctx);
	auto_bn *n = times(p, q);
	judged_rsa(n, e, NULL);
}

/* ---- Ed25519 ---- */

/* y of the points of order 1, 2, 4 and 8, little-endian; those of 8 were
 * computed apart from this code, and are in other programs' lists. */
static const struct {
	const char *hex;
	bool good;
} points[] = {
	{ "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", true },
	{ "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", true },
	{ "5866666666666666666666666666666666666666666666666666666666666666", true },
	{ "0000000000000000000000000000000000000000000000000000000000000000", false },
	{ "0000000000000000000000000000000000000000000000000000000000000080", false },
	{ "0100000000000000000000000000000000000000000000000000000000000000", false },
	{ "0100000000000000000000000000000000000000000000000000000000000080", false },
	{ "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", false },
	{ "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", false },
	{ "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85", false },
	{ "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", false },
	{ "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa", false },
	/* p and p + 1: another encoding of 0 and 1 */
	{ "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", false },
	{ "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", false },
	/* y = 2: on no point of the curve */
	{ "0200000000000000000000000000000000000000000000000000000000000000", false },
};

static void
test_edwards(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(points); i++) {
		unsigned char bytes[32];
		size_t len = 0;

		assert_int_equal(OPENSSL_hexstr2buf_ex(bytes, sizeof(bytes), &len,
		    points[i].hex, '\0'), 1);
		if (ra_edpoint_check(bytes) != (points[i].good ? TMG_OK : TMG_MISMATCH))
			fail_msg("point %zu", i);

		tmg_held(EVP_PKEY) key = EVP_PKEY_new_raw_public_key(
		    EVP_PKEY_ED25519, NULL, bytes, len);
		assert_non_null(key);
		judged(key, points[i].good ? NULL : "ed25519-point");
	}
}

/* ---- curves ---- */

/* Points that libcrypto makes a key of, and that are none. */
static void
test_points(void **state)
{
	static const unsigned char nowhere[] = { 0x00 };	/* infinity, SEC 1 2.3.3 */
	unsigned char half[61] = { 0x04 };	/* (0, 1): twice it is infinity */
	const struct {
		const char *group;
		const unsigned char *point;
		size_t len;
	} rows[] = {
		{ "P-256", nowhere, sizeof(nowhere) },
		{ "sect233k1", nowhere, sizeof(nowhere) },
		{ "sect233k1", half, sizeof(half) },	/* cofactor 4 */
	};

	(void)state;
	half[60] = 1;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
		tmg_held(EVP_PKEY) key = NULL;
		OSSL_PARAM params[] = {
			OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
			    (char *)(uintptr_t)rows[i].group, 0),
			OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
			    (void *)(uintptr_t)rows[i].point, rows[i].len),
			OSSL_PARAM_construct_end(),
		};

		assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
		assert_int_equal(EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY,
		    params), 1);
		EVP_PKEY_CTX_free(ctx);
		judged(key, "sound");
	}
}

/* Every key that libcrypto makes is good. */
static void
test_made_here(void **state)
{
	static const char *const curves[] = { "P-256", "P-384", "P-521",
		"sect233k1" };

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(curves); i++) {
		tmg_held(EVP_PKEY) key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", curves[i]);

		judged(key, NULL);
	}
	for (int i = 0; i < 50; i++) {
		tmg_held(EVP_PKEY) key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");

		judged(key, NULL);
	}
	tmg_held(EVP_PKEY) rsa = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
	judged(rsa, NULL);
}

/* ---- drafts ---- */

struct draft {
	X509 *cert;
	EVP_PKEY *ca_key, *key;
	EVP_PKEY *proven;		/* NULL: whatever the certificate holds */
	ra_profile profile;
	ra_known *known;
};

static void
ext(X509 *cert, int nid, const char *value)
{
	const int at = X509_get_ext_by_NID(cert, nid, -1);

	if (at >= 0)
		X509_EXTENSION_free(X509_delete_ext(cert, at));
	if (value != NULL)
		assert_int_equal(ra_ext_add(cert, NULL, nid, value), TMG_OK);
}

static void
serial(X509 *cert, const char *hex)
{
	BIGNUM *n = NULL;

	assert_true(BN_hex2bn(&n, hex) > 0);
	assert_non_null(BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert)));
	BN_free(n);
}

static void
subject(X509 *cert, const char *field, const char *value)
{
	assert_int_equal(X509_NAME_add_entry_by_txt(X509_get_subject_name(cert),
	    field, MBSTRING_UTF8, (const unsigned char *)value, -1, -1, 0), 1);
}

static void flaw_none(struct draft *d) { (void)d; }
static void flaw_short(struct draft *d) { serial(d->cert, "40AABBCCDDEEFF"); }
static void flaw_zeros(struct draft *d) { serial(d->cert, "40000000000000000000000000000001"); }
static void flaw_long(struct draft *d) { serial(d->cert, "40AABBCCDDEEFF00112233445566778899AABBCCDD"); }
static void flaw_negative(struct draft *d) { serial(d->cert, "-40AABBCCDDEEFF00112233445566778A"); }

static void
flaw_backwards(struct draft *d)
{
	X509_gmtime_adj(X509_getm_notAfter(d->cert), -7200);
}

static void
flaw_years(struct draft *d)
{
	X509_gmtime_adj(X509_getm_notAfter(d->cert), 31 * DAY);
}

static void
flaw_outlives(struct draft *d)
{
	d->profile.validity_days = 9000;
	X509_gmtime_adj(X509_getm_notAfter(d->cert), 4000L * DAY);
}

static void
flaw_older(struct draft *d)
{
	X509_gmtime_adj(X509_getm_notBefore(d->cert), -2 * DAY);
	X509_gmtime_adj(X509_getm_notAfter(d->cert), DAY);
}

static void
flaw_stranger(struct draft *d)
{
	X509_set_issuer_name(d->cert, X509_get_subject_name(d->cert));
}

static void
flaw_nobody(struct draft *d)
{
	X509_NAME *none = X509_NAME_new();

	X509_set_subject_name(d->cert, none);
	X509_NAME_free(none);
	ext(d->cert, NID_subject_alt_name, NULL);
}

static void flaw_control(struct draft *d) { subject(d->cert, "O", "a\x01z"); }

/* libcrypto would not make such an entry: it is grown from one it made. */
static void
flaw_overlong(struct draft *d)
{
	X509_NAME *name = X509_get_subject_name(d->cert);
	X509_NAME_ENTRY *entry = X509_NAME_delete_entry(name, 0);
	char many[65];

	memset(many, 'x', sizeof(many));
	assert_int_equal(ASN1_STRING_set(X509_NAME_ENTRY_get_data(entry), many,
	    sizeof(many)), 1);
	assert_int_equal(X509_NAME_add_entry(name, entry, -1, 0), 1);
	X509_NAME_ENTRY_free(entry);
}

static void flaw_no_host(struct draft *d) { ext(d->cert, NID_subject_alt_name, "email:a@b.kz"); }
static void flaw_usage(struct draft *d) { ext(d->cert, NID_key_usage, "critical,digitalSignature,keyEncipherment"); }
static void flaw_signs(struct draft *d) { ext(d->cert, NID_key_usage, "critical,keyCertSign"); }
static void flaw_useless(struct draft *d) { ext(d->cert, NID_key_usage, NULL); }
static void flaw_ca(struct draft *d) { ext(d->cert, NID_basic_constraints, "critical,CA:TRUE"); }
static void flaw_own(struct draft *d) { X509_set_pubkey(d->cert, d->ca_key); }

/* Somebody else's key in the certificate. */
static void
flaw_swapped(struct draft *d)
{
	d->proven = d->key;
	X509_set_pubkey(d->cert, d->ca_key);
}

static void
flaw_weak(struct draft *d)
{
	auto_bn *e = bn(65537), *p = some_prime(), *n = times(p, p);
	tmg_held(EVP_PKEY) key = rsa_key(n, e);

	X509_set_pubkey(d->cert, key);
}

/* Found its way to others: a list has it. */
static void
flaw_known(struct draft *d)
{
	tmg_fault f = { .rc = TMG_OK };
	unsigned char *der = NULL;
	const int len = i2d_PUBKEY(d->key, &der);
	char line[RA_KNOWN_LINE];

	assert_true(len > 0);
	assert_int_equal(ra_known_line((tmg_view){ der, (size_t)len }, line), TMG_OK);
	assert_int_equal(ra_known_new(&d->known), TMG_OK);
	assert_int_equal(ra_known_parse("l", tmg_view_str(line), d->known, &f), TMG_OK);
	ra_known_close(d->known);
	OPENSSL_free(der);
}

static const struct {
	const char *name;
	void (*make)(struct draft *d);
} flaws[] = {
	{ NULL, flaw_none },
	{ "serial", flaw_short }, { "serial", flaw_zeros },
	{ "serial", flaw_long }, { "serial", flaw_negative },
	{ "validity", flaw_backwards }, { "validity", flaw_years },
	{ "issuer", flaw_outlives }, { "issuer", flaw_older },
	{ "issuer", flaw_stranger },
	{ "names", flaw_nobody }, { "names", flaw_control },
	{ "names", flaw_overlong },
	{ "tls-server-name", flaw_no_host },
	{ "key-usage", flaw_usage }, { "key-usage", flaw_signs },
	{ "key-usage", flaw_useless },
	{ "end-entity", flaw_ca },
	{ "proven-key", flaw_swapped },
	{ "own-key", flaw_own },
	{ "weak-key", flaw_weak },
	{ "known-key", flaw_known },
};

static X509 *
make_issuer(EVP_PKEY *key)
{
	X509 *ca = X509_new();

	subject(ca, "CN", "CA");
	X509_set_issuer_name(ca, X509_get_subject_name(ca));
	X509_set_pubkey(ca, key);
	X509_gmtime_adj(X509_getm_notBefore(ca), -DAY);
	X509_gmtime_adj(X509_getm_notAfter(ca), 3650L * DAY);
	return ca;
}

static void
make_draft(struct draft *d, const X509 *ca)
{
	X509 *x = d->cert = X509_new();

	d->proven = NULL;
	d->profile = (ra_profile){ .name = "p", .validity_days = 30,
		.key_usage = { .count = 1, .word = { "digitalSignature" } } };
	X509_set_version(x, X509_VERSION_3);
	serial(x, "40AABBCCDDEEFF00112233445566778A");
	subject(x, "CN", "Ғани");
	X509_set_issuer_name(x, X509_get_subject_name(ca));
	X509_set_pubkey(x, d->key);
	X509_gmtime_adj(X509_getm_notBefore(x), -RA_BACKDATE_S);
	X509_gmtime_adj(X509_getm_notAfter(x), 30 * DAY);
	ext(x, NID_basic_constraints, "critical,CA:FALSE");
	ext(x, NID_key_usage, "critical,digitalSignature");
	ext(x, NID_ext_key_usage, "serverAuth,clientAuth");
	ext(x, NID_subject_alt_name, "DNS:a.example");
}

/* Found by looking at what is set last. */
static bool
is_of_number(const char *name)
{
	return name != NULL && (strcmp(name, "serial") == 0 ||
	    strcmp(name, "validity") == 0 || strcmp(name, "issuer") == 0);
}

static void
lint_one(size_t i, const X509 *ca, struct draft *d)
{
	tmg_fault f = { .rc = TMG_OK };
	char mark[40];

	make_draft(d, ca);
	flaws[i].make(d);
	EVP_PKEY *key = d->proven != NULL ? d->proven : X509_get0_pubkey(d->cert);
	unsigned char *spki = NULL;
	const int len = i2d_PUBKEY(key, &spki);

	assert_true(len > 0);
	const ra_draft draft = { d->cert, ca, &d->profile, key,
		{ spki, (size_t)len }, d->known };
	const tmg_rc number = ra_lint_check(&draft, RA_LINT_NUMBER, &f);
	const tmg_rc rc = ra_lint_check(&draft, RA_LINT_ALL, &f);

	OPENSSL_free(spki);
	X509_free(d->cert);
	ra_known_free(&d->known);
	snprintf(mark, sizeof(mark), "[%s]", flaws[i].name != NULL ? flaws[i].name : "");
	if (flaws[i].name == NULL ? rc != TMG_OK : rc != TMG_MISMATCH ||
	    strstr(f.text, mark) == NULL)
		fail_msg("row %zu: %d %s", i, (int)rc, f.text);
	if (number != (is_of_number(flaws[i].name) ? TMG_MISMATCH : TMG_OK))
		fail_msg("row %zu, its number: %d", i, (int)number);
}

static void
test_drafts(void **state)
{
	static struct draft d;
	size_t count, met = 0;
	const ra_lint *rows = ra_lint_rows(&count);

	(void)state;
	d.ca_key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	d.key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	X509 *ca = make_issuer(d.ca_key);

	for (size_t i = 0; i < TMG_COUNT(flaws); i++)
		lint_one(i, ca, &d);
	for (size_t r = 0; r < count; r++)
		for (size_t i = 1; i < TMG_COUNT(flaws); i++)
			if (strcmp(rows[r].name, flaws[i].name) == 0) {
				met++;
				break;
			}
	assert_int_equal(met, count);
	X509_free(ca);
	EVP_PKEY_free(d.ca_key);
	EVP_PKEY_free(d.key);
}

/* ---- at the desk ---- */

static tmg_rc
hand_in(struct bench *b, const struct csr *c, const ra_cert *previous,
    const ra_app *previous_app, const char *profile, ra_app *app, ra_cert *cert)
{
	const ra_submission in = { .owner = "a",
		.profile = ra_profiles_find(b->desk.profiles, profile),
		.csr = { c->der, c->len }, .previous = previous,
		.previous_app = previous_app };

	return ra_desk_submit(&b->desk, &in, app, cert);
}

/* The private half of a flawed key, for its request to be signed. */
static EVP_PKEY *
roca_pair(void)
{
	auto_bn *p = roca_prime(), *q = roca_prime(), *n = times(p, q), *e = bn(65537);
	auto_bn *d = BN_new(), *phi = NULL;
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	BN_CTX *work = BN_CTX_new();
	EVP_PKEY *key = NULL;
	OSSL_PARAM *params;

	assert_int_equal(BN_sub_word(p, 1), 1);
	assert_int_equal(BN_sub_word(q, 1), 1);
	phi = times(p, q);
	assert_non_null(BN_mod_inverse(d, e, phi, work));
	OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, n);
	OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, e);
	OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_D, d);
	assert_non_null(params = OSSL_PARAM_BLD_to_param(bld));
	assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
	assert_int_equal(EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params), 1);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	EVP_PKEY_CTX_free(ctx);
	BN_CTX_free(work);
	return key;
}

/* Refused at the door, in words for the applicant, and nothing is kept. */
static void
test_weak_at_the_desk(void **state)
{
	struct bench *b = *state;
	auto_csr c = { roca_pair(), { 0 }, 0 };
	auto_csr host = { NULL, { 0 }, 0 };
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };

	make_csr(&c, "Flawed", NULL);
	assert_int_equal(hand_in(b, &c, NULL, NULL, "employee", &app, &cert),
	    TMG_MISMATCH);
	if (strstr(b->desk.fault.text, "CVE-2017-15361") == NULL)
		fail_msg("%s", b->desk.fault.text);
	assert_string_equal(app.id, "");

	/* a profile that only wants "some" name takes no certificate for a host */
	make_csr(&host, "device", "DNS:device.example");
	assert_int_equal(hand_in(b, &host, NULL, NULL, "device", &app, &cert), TMG_OK);
}

/* A renewal may keep its key, but none that was revoked in another
 * certificate. */
static void
test_revoked_key(void **state)
{
	struct bench *b = *state;
	const ra_actor officer = { RA_BY_OFFICER, "officer:o" };
	auto_csr c = { NULL, { 0 }, 0 };
	tmg_auto(ra_app) first = { .id = "" }, next = { .id = "" }, third = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL }, fresh = { .der = NULL },
	    gone = { .der = NULL }, none = { .der = NULL };

	make_csr(&c, "Same", NULL);
	assert_int_equal(hand_in(b, &c, NULL, NULL, "auto", &first, &cert), TMG_OK);
	assert_int_equal(hand_in(b, &c, &cert, &first, "auto", &next, &fresh), TMG_OK);
	assert_int_equal(ra_desk_revoke(&b->desk, next.id, 1, &officer, &gone), TMG_OK);
	make_csr(&c, "Same", NULL);
	assert_int_equal(hand_in(b, &c, &cert, &first, "auto", &third, &none),
	    TMG_DENIED);
	assert_non_null(strstr(b->desk.fault.text, "revoked"));
}

/* What fails the checks in the last moment waits for an officer, and can be
 * tried again; the log tells it. */
static void
test_failed_issue(void **state)
{
	struct bench *b = *state;
	const ra_actor officer = { RA_BY_OFFICER, "officer:o" };
	auto_csr c = { NULL, { 0 }, 0 };
	tmg_auto(ra_app) app = { .id = "" }, decided = { .id = "" }, again = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };
	ra_cert reserved = { .serial = "40000000000000000000000000000001",
		.not_before = START, .not_after = START + DAY };
	ra_audit_report report;

	make_csr(&c, "Late", NULL);
	assert_int_equal(hand_in(b, &c, NULL, NULL, "officer", &app, &cert), TMG_PENDING);
	assert_int_equal(ra_desk_decide(&b->desk, app.id, RA_EV_CONFIRM, &officer,
	    "", &decided), TMG_OK);
	bench_reserve(b, &decided, &reserved);
	assert_int_equal(ra_desk_progress(&b->desk, &decided, &cert), TMG_MISMATCH);
	assert_non_null(strstr(b->desk.fault.text, "[serial]"));
	assert_int_equal(ra_app_get(b->desk.store, app.id, &again), TMG_OK);
	assert_int_equal(again.state, RA_ISSUE_FAILED);
	assert_int_equal(ra_desk_progress(&b->desk, &again, &cert), TMG_PENDING);
	assert_non_null(strstr(b->desk.fault.text, "officer"));
	assert_int_equal(ra_desk_step(&b->desk, &again, RA_EV_RETRY, &officer, ""),
	    TMG_OK);
	assert_int_equal(ra_desk_progress(&b->desk, &again, &cert), TMG_MISMATCH);
	assert_int_equal(ra_audit_verify(b->desk.store, "", &report, &b->desk.fault),
	    TMG_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_roca),
		cmocka_unit_test(test_no_roca_by_chance),
		cmocka_unit_test(test_exponents),
		cmocka_unit_test(test_moduli),
		cmocka_unit_test(test_far_enough),
		cmocka_unit_test(test_edwards),
		cmocka_unit_test(test_points),
		cmocka_unit_test(test_made_here),
		cmocka_unit_test(test_drafts),
		cmocka_unit_test_setup_teardown(test_weak_at_the_desk,
		    bench_set_up_shipped, bench_tear_down),
		cmocka_unit_test_setup_teardown(test_revoked_key,
		    bench_set_up, bench_tear_down),
		cmocka_unit_test_setup_teardown(test_failed_issue,
		    bench_set_up, bench_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
