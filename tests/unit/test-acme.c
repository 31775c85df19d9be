/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ACME as bytes: what servers send, in tables of what is believed and what is
 * not; keys, signatures and names of certificates by the vectors of their RFCs;
 * what our own responders answer.
 */
#include "tests/unit/test.h"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/codec/base64.h"
#include "src/enroll/acme-account.h"
#include "src/enroll/acme-alpn.h"
#include "src/enroll/acme-jws.h"
#include "src/enroll/acme-link.h"
#include "src/enroll/acme-listen.h"
#include "src/enroll/acme-order.h"
#include "src/enroll/acme-renewal.h"
#include "src/pki/soft.h"

static tmg_ctx *ctx;

static int
set_up(void **state)
{
	(void)state;
	return tmg_ctx_new(&ctx) == TMG_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	tmg_ctx_free(&ctx);
	return 0;
}

/* ---- base64url --------------------------------------------------------- */

static void
base64url_goes_there_and_back(void **state)
{
	static const struct { tmg_view bytes; const char *text; } rows[] = {
		{ BYTES(""), "" },
		{ BYTES("f"), "Zg" },		/* RFC 4648 10, without padding */
		{ BYTES("fo"), "Zm8" },
		{ BYTES("foo"), "Zm9v" },
		{ BYTES("foob"), "Zm9vYg" },
		{ BYTES("\x03\xec\xff\xe0\xc1"), "A-z_4ME" },	/* RFC 7515 C */
	};
	uint8_t back[16];
	char text[16];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_out t = { (uint8_t *)text, sizeof(text), 0, false };
		tmg_out b = TMG_OUT(back);

		tmg_base64url_put(&t, rows[i].bytes);
		assert_view_equal(tmg_out_view(&t), tmg_view_str(rows[i].text));
		assert_int_equal(tmg_base64url_parse(tmg_out_view(&t), &b), TMG_OK);
		assert_view_equal(tmg_out_view(&b), rows[i].bytes);
	}
}

static void
base64url_is_strict(void **state)
{
	static const char *const bad[] = { "Zg==", "Z", "Zm9vY", "Zm+v", "Zm/v", "Zm 9v",
		"Zm9v\n", "Zm.v" };
	uint8_t bytes[16];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(bad); i++) {
		tmg_out o = TMG_OUT(bytes);

		assert_int_equal(tmg_base64url_parse(tmg_view_str(bad[i]), &o),
		    TMG_E_MALFORMED);
	}
}

/* ---- what servers send ------------------------------------------------- */

#define DIRECTORY "\"newNonce\": \"https://a/n\", \"newAccount\": \"https://b:1/a\", " \
	"\"newOrder\": \"https://a/o\""
#define ORDER "\"authorizations\": [\"https://a/z\"], \"finalize\": \"https://a/f\""
#define CHALLENGE "{\"type\": \"http-01\", \"url\": \"https://a/c\", \"token\": \"t-_0\", " \
	"\"status\": \"pending\"}"
#define NAME "\"identifier\": {\"type\": \"dns\", \"value\": \"a.example\"}"
#define WINDOW(s, e) "{\"suggestedWindow\": {\"start\": \"" s "\", \"end\": \"" e "\"}}"

static tmg_rc
read_directory(tmg_view v)
{
	tmg_acme_directory d;

	return tmg_acme_read_directory(v, &d);
}

static tmg_rc
read_order(tmg_view v)
{
	tmg_auto_free tmg_acme_order *o = calloc(1, sizeof(*o));

	assert_non_null(o);
	return tmg_acme_read_order(v, o);
}

static tmg_rc
read_authz(tmg_view v)
{
	tmg_auto_free tmg_acme_authz *z = malloc(sizeof(*z));

	assert_non_null(z);
	return tmg_acme_read_authz(v, z);
}

static tmg_rc
read_account(tmg_view v)
{
	tmg_acme_told told;

	return tmg_acme_read_account(v, &told);
}

static tmg_rc
read_problem(tmg_view v)
{
	tmg_acme_problem p;

	return tmg_acme_read_problem(v, &p);
}

static tmg_rc
read_window(tmg_view v)
{
	tmg_acme_window w;

	return tmg_acme_read_window(v, &w);
}

static tmg_rc
read_record(tmg_view v)
{
	tmg_acme_record r;

	return tmg_acme_record_read(v, &r);
}

static tmg_rc
read_kept(tmg_view v)
{
	char url[TMG_ACME_URL_MAX];
	bool shown;

	return tmg_acme_kept_read(v, url, &shown);
}

static const struct {
	const char *what;
	tmg_rc (*read)(tmg_view v);
	const char *good[8], *bad[24];
} bodies[] = {
	{ "directory", read_directory, {
		"{" DIRECTORY "}",
		"{" DIRECTORY ", \"meta\": {\"termsOfService\": \"https://a/t\", "
		    "\"externalAccountRequired\": true}, \"x\": 1}",
	    }, {
		"{}", "[" DIRECTORY "]", "{" DIRECTORY, "null", "",
		"{" DIRECTORY ", \"newNonce\": \"https://a/n\"}",
		"{" DIRECTORY ", \"meta\": []}",
		"{" DIRECTORY ", \"meta\": {\"termsOfService\": 1}}",
		"{" DIRECTORY ", \"meta\": {\"termsOfService\": \"\\u001b[2J\"}}",
		"{" DIRECTORY ", \"meta\": {\"externalAccountRequired\": \"no\"}}",
		"{" DIRECTORY ", \"revokeCert\": \"http://a/r\"}",
		"{" DIRECTORY ", \"renewalInfo\": \"ftp://a/r\"}",
		"{" DIRECTORY ", \"renewalInfo\": 5}",
		"{" DIRECTORY ", \"keyChange\": \"https://a/\\u0000\"}",
		"{\"newNonce\": \"http://a/n\", \"newAccount\": \"https://a/a\", "
		    "\"newOrder\": \"https://a/o\"}",
		"{\"newNonce\": \"https://\", \"newAccount\": \"https://a/a\", "
		    "\"newOrder\": \"https://a/o\"}",
		"{\"newNonce\": \"https://a/n x\", \"newAccount\": \"https://a/a\", "
		    "\"newOrder\": \"https://a/o\"}",
	    } },
	{ "order", read_order, {
		"{\"status\": \"pending\", " ORDER "}",
		"{\"status\": \"processing\", " ORDER ", \"expires\": 5}",
		"{\"status\": \"valid\", " ORDER ", \"certificate\": \"https://a/c\"}",
		"{\"status\": \"invalid\", " ORDER ", \"error\": \"x\"}",
	    }, {
		"{" ORDER "}", "{\"status\": \"done\", " ORDER "}",
		"{\"status\": 5, " ORDER "}", "{\"status\": \"valid\", " ORDER "}",
		"{\"status\": \"valid\", " ORDER ", \"certificate\": \"http://a/c\"}",
		"{\"status\": \"pending\", \"authorizations\": [], \"finalize\": \"https://a/f\"}",
		"{\"status\": \"pending\", \"authorizations\": \"https://a/z\", "
		    "\"finalize\": \"https://a/f\"}",
		"{\"status\": \"pending\", \"authorizations\": [5], \"finalize\": \"https://a/f\"}",
		"{\"status\": \"pending\", \"authorizations\": [\"http://a/z\"], "
		    "\"finalize\": \"https://a/f\"}",
		"{\"status\": \"pending\", \"authorizations\": [\"https://a/z\"]}",
		"{\"status\": \"pending\", \"authorizations\": [\"https://a/z\"], "
		    "\"finalize\": \"/f\"}",
	    } },
	{ "authorization", read_authz, {
		"{\"status\": \"pending\", " NAME ", \"challenges\": [" CHALLENGE "]}",
		"{\"status\": \"expired\", " NAME ", \"challenges\": [], \"wildcard\": true}",
		"{\"status\": \"pending\", \"identifier\": {\"type\": \"ip\", \"value\": "
		    "\"2001:db8::1\"}, \"challenges\": [5, {}, " CHALLENGE "]}",
	    }, {
		"{\"status\": \"pending\", \"challenges\": [" CHALLENGE "]}",
		"{\"status\": \"pending\", " NAME "}",
		"{" NAME ", \"challenges\": [" CHALLENGE "]}",
		"{\"status\": \"pending\", " NAME ", \"challenges\": {}}",
		"{\"status\": \"pending\", " NAME ", \"challenges\": [], \"wildcard\": 1}",
		"{\"status\": \"pending\", \"identifier\": {\"type\": \"dns\", \"value\": \"\"}, "
		    "\"challenges\": []}",
		"{\"status\": \"pending\", \"identifier\": {\"type\": \"dns\", \"value\": "
		    "\"a;b\"}, \"challenges\": []}",
		"{\"status\": \"pending\", \"identifier\": {\"type\": \"dns\", \"value\": "
		    "\"../../etc\"}, \"challenges\": []}",
		"{\"status\": \"pending\", \"identifier\": {\"type\": \"dns\", \"value\": "
		    "\"-rf\"}, \"challenges\": []}",
		"{\"status\": \"pending\", \"identifier\": \"a.example\", \"challenges\": []}",
	    } },
	{ "problem", read_problem, {
		"{\"type\": \"urn:ietf:params:acme:error:badNonce\"}",
		"{\"detail\": \"words\"}", "{\"type\": \"about:blank\", \"detail\": \"words\"}",
	    }, {
		"{}", "[]", "{\"type\": 5}", "{\"type\": \"about:blank\"}", "\"detail\"",
	    } },
	{ "window", read_window, {
		WINDOW("2026-01-02T04:00:00Z", "2026-01-03T04:00:00Z"),
		WINDOW("2026-01-02T04:00:00.123+05:00", "2026-01-03T04:00:00.5Z"),
	    }, {
		"{}", WINDOW("2026-01-03T04:00:00Z", "2026-01-02T04:00:00Z"),
		WINDOW("2026-01-02T04:00:00Z", "2026-01-02T04:00:00Z"),
		WINDOW("2026-01-02", "2026-01-03"), WINDOW("now", "then"),
		WINDOW("1600-01-02T04:00:00Z", "2026-01-03T04:00:00Z"),
		"{\"suggestedWindow\": [1, 2]}", "{\"suggestedWindow\": {\"start\": 1, \"end\": 2}}",
	    } },
	{ "told", read_account, {
		"{\"status\": \"valid\"}", "{\"status\": \"deactivated\", \"contact\": []}",
		"{\"status\": \"valid\", \"contact\": [\"mailto:a@b\", \"mailto:c@d\"]}",
	    }, {
		"{}", "[]", "{\"status\": 7}", "{\"status\": \"valid\", \"contact\": \"a\"}",
		"{\"status\": \"valid\", \"contact\": [7]}",
		"{\"status\": \"" "aaaaaaaaaaaaaaaaaaaaaaaaaaaaa" "\"}",
	    } },
	{ "account", read_record, {
		"{\"version\": 1, \"directory\": \"https://a/d\", \"account\": \"\", "
		    "\"terms\": \"\", \"key\": \"AAAA\"}",
		"{\"version\": 1, \"directory\": \"https://a/d\", \"account\": \"\", "
		    "\"terms\": \"\", \"token\": \"pkcs11:id=%9D\", \"key\": \"AAAA\", "
		    "\"next\": {\"key\": \"AAAA\"}}",
	    }, {
		"{\"version\": 1, \"directory\": \"https://a/d\", \"account\": \"\", "
		    "\"terms\": \"\", \"token\": 7, \"key\": \"AAAA\"}",
		"{\"version\": 1, \"directory\": \"https://a/d\", \"account\": \"\", "
		    "\"terms\": \"\", \"key\": \"AAAA\", \"next\": {\"key\": \"\"}}",
		"{\"version\": 1, \"directory\": \"https://a/d\", \"account\": \"\", "
		    "\"terms\": \"\", \"key\": \"AAAA\", \"next\": []}",
		"{}", "{\"version\": 2, \"directory\": \"https://a/d\", \"account\": \"\", "
		    "\"terms\": \"\", \"key\": \"AAAA\"}",
		"{\"version\": 1, \"directory\": \"https://a/d\", \"account\": \"http://a\", "
		    "\"terms\": \"\", \"key\": \"AAAA\"}",
		"{\"version\": 1, \"directory\": \"https://a/d\", \"account\": \"\", "
		    "\"terms\": \"\", \"key\": \"A\"}",
		"{\"version\": 1, \"directory\": \"https://a/d\", \"account\": \"\", "
		    "\"terms\": \"\"}",
	    } },
	{ "kept", read_kept, {
		"{\"order\": \"https://a/o\", \"shown\": true}", "{\"order\": \"https://a/o\"}",
	    }, {
		"", "{}", "[]", "{\"order\": \"http://a/o\"}", "{\"order\": 5}",
	    } },
};

static void
bodies_are_believed_only_when_every_member_is_right(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(bodies); i++) {
		for (const char *const *t = bodies[i].good; *t != NULL; t++)
			if (bodies[i].read(tmg_view_str(*t)) != TMG_OK)
				fail_msg("%s refused: %s", bodies[i].what, *t);
		for (const char *const *t = bodies[i].bad; *t != NULL; t++)
			if (bodies[i].read(tmg_view_str(*t)) != TMG_E_MALFORMED)
				fail_msg("%s believed: %s", bodies[i].what, *t);
	}
}

static void
an_order_has_so_many_names_and_no_more(void **state)
{
	tmg_auto_free char *text = malloc(8192);

	(void)state;
	assert_non_null(text);
	for (unsigned n = TMG_ACME_NAMES_MAX; n <= TMG_ACME_NAMES_MAX + 1; n++) {
		strcpy(text, "{\"status\": \"pending\", \"finalize\": \"https://a/f\", "
		    "\"authorizations\": [\"https://a/z\"");
		for (unsigned i = 1; i < n; i++)
			strcat(text, ", \"https://a/z\"");
		strcat(text, "]}");
		assert_int_equal(read_order(tmg_view_str(text)),
		    n == TMG_ACME_NAMES_MAX ? TMG_OK : TMG_E_MALFORMED);
	}
}

static void
challenges_that_cannot_be_shown_are_left_out(void **state)
{
	static const char text[] = "{\"status\": \"pending\", " NAME ", \"challenges\": ["
	    "{\"type\": \"http-01\", \"url\": \"https://a/1\", \"token\": \"../x\", "
	    "\"status\": \"pending\"},"
	    "{\"type\": \"http-01\", \"url\": \"http://a/2\", \"token\": \"t\", "
	    "\"status\": \"pending\"},"
	    "{\"type\": \"new-01\", \"url\": \"https://a/3\", \"status\": \"pending\"},"
	    CHALLENGE "]}";
	tmg_auto_free tmg_acme_authz *z = malloc(sizeof(*z));

	(void)state;
	assert_non_null(z);
	assert_int_equal(tmg_acme_read_authz(tmg_view_str(text), z), TMG_OK);
	assert_int_equal(z->count, 2);
	assert_string_equal(z->challenges[0].type, "new-01");
	assert_string_equal(z->challenges[1].token, "t-_0");
}

static void
a_servers_words_are_cleaned(void **state)
{
	static const char text[] = "{\"type\": \"urn:ietf:params:acme:error:dns\", \"detail\": "
	    "\"all\", \"subproblems\": [{\"detail\": \"no \\u001b[31m such\\nname\"}]}";
	tmg_acme_problem p;

	(void)state;
	assert_int_equal(tmg_acme_read_problem(tmg_view_str(text), &p), TMG_OK);
	assert_string_equal(p.type, "dns");
	assert_string_equal(p.said, "no [31m such name");
	assert_string_equal(p.see, "");
}

/* RFC 8555 7.3.3: what a person is to look at, if it is an address. */
static void
a_problem_names_where_to_look(void **state)
{
	static const struct {
		const char *instance, *see;
	} rows[] = {
		{ "\"https://ca.example/agree?to=v2\"", "https://ca.example/agree?to=v2" },
		{ "\"javascript:alert(1)\"", "" }, { "\"https://x/\\u001b[2J\"", "" },
		{ "7", "" }, { "null", "" },
	};
	char text[200];
	tmg_acme_problem p;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		snprintf(text, sizeof(text), "{\"detail\": \"new terms\", \"instance\": %s}",
		    rows[i].instance);
		assert_int_equal(tmg_acme_read_problem(tmg_view_str(text), &p), TMG_OK);
		assert_string_equal(p.see, rows[i].see);
	}
}

static void
windows_are_read_as_rfc3339_has_them(void **state)
{
	tmg_acme_window w;

	(void)state;
	assert_int_equal(tmg_acme_read_window(tmg_view_str(
	    WINDOW("2026-01-02T04:00:00+05:30", "2026-01-02T04:00:00.9-01:00")), &w), TMG_OK);
	assert_int_equal(w.start, 1767306600);
	assert_int_equal(w.end, 1767330000);
}

static void
links_are_found_by_their_relation(void **state)
{
	static const struct {
		const char *links, *relation;
		size_t n;
		const char *url;	/* NULL none */
	} rows[] = {
		{ "<https://a/1>;rel=\"alternate\"", "alternate", 0, "https://a/1" },
		{ "<https://a/d>;rel=\"index\", <https://a/1>; rel=alternate", "alternate", 0,
		  "https://a/1" },
		{ "<https://a/1>;rel=\"alternate\", <https://a/2>;title=\"a, b\";"
		  "rel=\"alternate\"", "alternate", 1, "https://a/2" },
		{ "<https://a/1>;rel=\"alternate\"", "alternate", 1, NULL },
		{ "<https://a/1>;rel=\"alternately\"", "alternate", 0, NULL },
		{ "<https://a/1>;title=\"rel=alternate\"", "alternate", 0, NULL },
		{ "<http://a/1>;rel=\"alternate\"", "alternate", 0, NULL },
		{ "<https://a/1", "alternate", 0, NULL },
		{ "</2>;rel=alternate", "alternate", 0, "https://ca.example:14000/2" },
		{ "<2?x>;rel=alternate", "alternate", 0, "https://ca.example:14000/cert/2?x" },
		{ "<../2>;rel=\"up\", <../2>;rel=alternate", "alternate", 0,
		  "https://ca.example:14000/2" },
		{ "<//other.example/2>;rel=alternate", "alternate", 0,
		  "https://other.example/2" },
		{ "<mailto:x@y>;rel=alternate", "alternate", 0, NULL },
		{ "", "alternate", 0, NULL },
	};
	char url[TMG_ACME_URL_MAX];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		const tmg_rc rc = tmg_acme_link(rows[i].links,
		    "https://ca.example:14000/cert/1", rows[i].relation, rows[i].n, url);

		assert_int_equal(rc, rows[i].url != NULL ? TMG_OK : TMG_NOT_FOUND);
		if (rc == TMG_OK)
			assert_string_equal(url, rows[i].url);
	}
}

/* ---- keys and signatures ----------------------------------------------- */

/* RFC 7638 3.1 */
static const char rsa_spki[] =
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiA"
    "FbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc/BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ/2W"
    "+5JsGY4Hc5n9yBXArwl93lqt7/RN5w6Cf0h4QyQ5v+65YGjQR0/FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9"
    "c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt+bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPks"
    "INHaQ+G/xBniIqbw0Ls1jF44+csFCur+kEgU8awapJzKnqDKgwIDAQAB";

static void
a_thumbprint_is_that_of_the_rfc(void **state)
{
	uint8_t der[TMG_SPKI_MAX];
	tmg_out o = TMG_OUT(der);
	tmg_signer signer = { .alg = TMG_ALG_RSA2048 };
	char text[TMG_JWK_THUMBPRINT];
	json_t *jwk = NULL;

	(void)state;
	assert_int_equal(tmg_base64_parse(tmg_view_str(rsa_spki), &o), TMG_OK);
	signer.spki = tmg_out_view(&o);
	assert_int_equal(tmg_jws_jwk(ctx, &signer, &jwk), TMG_OK);
	assert_int_equal(tmg_jws_thumbprint(ctx, jwk, text), TMG_OK);
	assert_string_equal(text, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
	json_decref(jwk);
}

/* Made with another implementation of HMAC. */
static void
a_shared_key_signs_as_others_do(void **state)
{
	json_t *header = json_pack("{s:s, s:s}", "kid", "kid-1", "url",
	    "https://ca.example/new");
	json_t *jws = NULL;
	uint8_t key[32];

	(void)state;
	for (uint8_t i = 0; i < sizeof(key); i++)
		key[i] = i;
	assert_int_equal(tmg_jws_mac(ctx, (tmg_view){ key, sizeof(key) }, header,
	    tmg_view_str("{\"kty\":\"EC\"}"), &jws), TMG_OK);
	assert_string_equal(json_string_value(json_object_get(jws, "signature")),
	    "PEOW6B-RsHeP9MmMzJJ_ejba0OpfVktDb6Vjeqo1W1A");
	assert_string_equal(json_string_value(json_object_get(jws, "payload")),
	    "eyJrdHkiOiJFQyJ9");
	json_decref(jws);
	json_decref(header);
}

static size_t
member(const json_t *jws, const char *name, uint8_t *bytes, size_t cap)
{
	tmg_out o = { bytes, cap, 0, false };

	assert_int_equal(tmg_base64url_parse(tmg_view_str(json_string_value(
	    json_object_get(jws, name))), &o), TMG_OK);
	return o.len;
}

static bool
verifies(EVP_PKEY *key, const char *md, const json_t *jws, const uint8_t *sig, size_t len)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	char input[1024];
	bool ok;

	snprintf(input, sizeof(input), "%s.%s",
	    json_string_value(json_object_get(jws, "protected")),
	    json_string_value(json_object_get(jws, "payload")));
	ok = EVP_DigestVerifyInit_ex(c, NULL, md, NULL, NULL, key, NULL) == 1 &&
	    EVP_DigestVerify(c, sig, len, (const uint8_t *)input, strlen(input)) == 1;
	EVP_MD_CTX_free(c);
	return ok;
}

/* r and s, each as wide as the field, to DER again. */
static size_t
to_der(const uint8_t *raw, size_t len, uint8_t *der)
{
	ECDSA_SIG *s = ECDSA_SIG_new();
	int n;

	assert_int_equal(ECDSA_SIG_set0(s, BN_bin2bn(raw, (int)len / 2, NULL),
	    BN_bin2bn(raw + len / 2, (int)len / 2, NULL)), 1);
	n = i2d_ECDSA_SIG(s, &der);
	ECDSA_SIG_free(s);
	return (size_t)n;
}

static void
every_kind_of_key_signs_messages(void **state)
{
	static const struct {
		tmg_alg alg;
		const char *name, *md;
		size_t raw;	/* bytes of r and s; 0 as it is */
	} rows[] = {
		{ TMG_ALG_P256, "ES256", "SHA256", 64 },
		{ TMG_ALG_P384, "ES384", "SHA384", 96 },
		{ TMG_ALG_P521, "ES512", "SHA512", 132 },
		{ TMG_ALG_RSA2048, "RS256", "SHA256", 0 },
		{ TMG_ALG_ED25519, "EdDSA", NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_auto_ptr(tmg_soft) soft = NULL;
		tmg_auto_free char *text = NULL;
		json_t *header = json_pack("{s:s}", "nonce", "n"), *jws;
		uint8_t sig[1024], der[1024], head[256];
		size_t len;

		assert_int_equal(tmg_soft_generate(ctx, rows[i].alg, &soft), TMG_OK);
		assert_int_equal(tmg_jws_sign(ctx, tmg_soft_signer(soft), header,
		    tmg_view_str("payload"), &text), TMG_OK);
		json_decref(header);
		jws = json_loads(text, 0, NULL);
		len = member(jws, "protected", head, sizeof(head));
		head[len] = '\0';
		assert_non_null(strstr((char *)head, rows[i].name));
		len = member(jws, "signature", sig, sizeof(sig));
		if (rows[i].raw > 0) {
			assert_int_equal(len, rows[i].raw);
			len = to_der(sig, len, der);
			memcpy(sig, der, len);
		}
		assert_true(verifies(tmg_soft_key(soft), rows[i].md, jws, sig, len));
		json_decref(jws);
	}
}

static void
keys_that_jose_does_not_know_are_refused(void **state)
{
	static const tmg_alg algs[] = { TMG_ALG_NONE, TMG_ALG_BP256, TMG_ALG_X25519 };
	json_t *jwk = NULL;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(algs); i++) {
		const tmg_signer signer = { .alg = algs[i] };

		assert_int_equal(tmg_jws_jwk(ctx, &signer, &jwk), TMG_UNSUPPORTED);
	}
}

/* ---- renewal information ------------------------------------------------ */

static X509 *
certificate(EVP_PKEY *key, const uint8_t *serial, size_t serial_len, const uint8_t *aki,
    size_t aki_len)
{
	X509 *x = X509_new();
	BIGNUM *n = BN_bin2bn(serial, (int)serial_len, NULL);
	AUTHORITY_KEYID *id = AUTHORITY_KEYID_new();

	assert_non_null(BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x)));
	BN_free(n);
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 60);
	X509_set_pubkey(x, key);
	if (aki_len > 0) {
		id->keyid = ASN1_OCTET_STRING_new();
		ASN1_OCTET_STRING_set(id->keyid, aki, (int)aki_len);
		X509_add1_ext_i2d(x, NID_authority_key_identifier, id, 0, 0);
	}
	AUTHORITY_KEYID_free(id);
	assert_true(X509_sign(x, key, EVP_sha256()) > 0);
	return x;
}

/* RFC 9773 4.1 has the first. */
static void
a_certificate_is_named_as_the_rfc_does(void **state)
{
	static const uint8_t aki[] = { 0x69, 0x88, 0x5b, 0x6b, 0x87, 0x46, 0x40, 0x41, 0xe1,
		0xb3, 0x7b, 0x84, 0x7b, 0xa0, 0xae, 0x2c, 0xde, 0x01, 0xc8, 0xd4 };
	static const uint8_t high[] = { 0x87, 0x65, 0x43, 0x21 }, low[] = { 0x12, 0x34 };
	static const struct {
		const uint8_t *serial;
		size_t serial_len, aki_len;
		tmg_rc rc;
		const char *id;
	} rows[] = {
		{ high, 4, 20, TMG_OK, "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE" },
		{ low, 2, 20, TMG_OK, "aYhba4dGQEHhs3uEe6CuLN4ByNQ.EjQ" },
		{ low, 2, 0, TMG_NOT_FOUND, NULL },
	};
	tmg_auto_ptr(tmg_soft) soft = NULL;

	(void)state;
	assert_int_equal(tmg_soft_generate(ctx, TMG_ALG_P256, &soft), TMG_OK);
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		X509 *x = certificate(tmg_soft_key(soft), rows[i].serial, rows[i].serial_len,
		    aki, rows[i].aki_len);
		uint8_t *der = NULL;
		const int n = i2d_X509(x, &der);
		char id[TMG_ACME_CERT_ID_MAX];

		assert_int_equal(tmg_acme_cert_id(ctx, (tmg_view){ der, (size_t)n }, id),
		    rows[i].rc);
		if (rows[i].id != NULL)
			assert_string_equal(id, rows[i].id);
		OPENSSL_free(der);
		X509_free(x);
	}
}

/* ---- our own responders ------------------------------------------------- */

static void
the_responder_knows_proofs_and_nothing_else(void **state)
{
	static const struct { const char *ask; bool found; } rows[] = {
		{ "GET /.well-known/acme-challenge/abc HTTP/1.1\r\n\r\n", true },
		{ "GET /.well-known/acme-challenge/abd HTTP/1.1\r\n\r\n", false },
		{ "GET /.well-known/acme-challenge/ab HTTP/1.1\r\n\r\n", false },
		{ "GET /.well-known/acme-challenge/abcd HTTP/1.1\r\n\r\n", false },
		{ "GET /.well-known/acme-challenge/ HTTP/1.1\r\n\r\n", false },
		{ "GET /.well-known/acme-challenge/abc", false },
		{ "POST /.well-known/acme-challenge/abc HTTP/1.1\r\n\r\n", false },
		{ "GET / HTTP/1.1\r\n\r\n", false },
		{ "\r\n\r\n", false },
		{ "", false },
	};
	tmg_acme_proof proof = { .token = "abc", .answer = "abc.thumb" };
	char to[512];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		const size_t n = tmg_acme_http_answer(&proof, 1, tmg_view_str(rows[i].ask), to,
		    sizeof(to));

		assert_true(n < sizeof(to));
		assert_int_equal(strstr(to, "\r\n\r\nabc.thumb") != NULL, rows[i].found);
		assert_int_equal(strstr(to, "404") != NULL, !rows[i].found);
	}
}

static void
an_address_is_asked_for_by_its_reverse_name(void **state)
{
	static const struct { tmg_acme_identifier name; const char *asked; } rows[] = {
		{ { "dns", "a.example" }, "a.example" },
		{ { "ip", "192.0.2.1" }, "1.2.0.192.in-addr.arpa" },
		/* RFC 8738 6 */
		{ { "ip", "2001:db8::1" }, "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."
		  "8.b.d.0.1.0.0.2.ip6.arpa" },
	};
	char text[TMG_ACME_SNI_MAX];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_acme_alpn_asked(&rows[i].name, text);
		assert_string_equal(text, rows[i].asked);
	}
}

/* RFC 8737 3: critical, an OCTET STRING of 32 bytes, and one name. */
static void
the_alpn_certificate_is_that_of_the_rfc(void **state)
{
	static const tmg_acme_identifier name = { "dns", "a.example" };
	tmg_auto_ptr(tmg_soft) soft = NULL;
	ASN1_OBJECT *oid = OBJ_txt2obj("1.3.6.1.5.5.7.1.31", 1);
	X509_EXTENSION *e;
	uint8_t want[34] = { 0x04, 0x20 };
	X509 *x = NULL;
	int at;

	(void)state;
	EVP_Digest("t.thumb", 7, want + 2, NULL, EVP_sha256(), NULL);
	assert_int_equal(tmg_soft_generate(ctx, TMG_ALG_P256, &soft), TMG_OK);
	assert_int_equal(tmg_acme_alpn_cert(ctx, &name, "t.thumb", tmg_soft_key(soft), &x),
	    TMG_OK);
	at = X509_get_ext_by_OBJ(x, oid, -1);
	assert_true(at >= 0);
	e = X509_get_ext(x, at);
	assert_int_equal(X509_EXTENSION_get_critical(e), 1);
	assert_int_equal(ASN1_STRING_length(X509_EXTENSION_get_data(e)), 34);
	assert_memory_equal(ASN1_STRING_get0_data(X509_EXTENSION_get_data(e)), want, 34);
	assert_int_equal(X509_check_host(x, "a.example", 0, 0, NULL), 1);
	assert_int_equal(X509_verify(x, tmg_soft_key(soft)), 1);
	X509_free(x);
	ASN1_OBJECT_free(oid);
}

static void
an_account_is_written_as_it_is_read(void **state)
{
	static const tmg_acme_record rows[] = {
		{ .directory = "https://a/d", .url = "https://a/1", .terms = "https://a/t",
		  .key = { .der = { 1, 2, 3 }, .len = 3 } },
		{ .directory = "https://a/d", .key = { .token = "pkcs11:id=%9D",
		  .der = { 4 }, .len = 1 }, .next = { .der = { 5, 6 }, .len = 2 } },
		{ .directory = "https://a/d", .key = { .der = { 4 }, .len = 1 },
		  .next = { .token = "pkcs11:id=%9C", .der = { 5, 6 }, .len = 2 } },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_auto_free char *text = NULL;
		tmg_acme_record back;

		assert_int_equal(tmg_acme_record_write(&rows[i], &text), TMG_OK);
		assert_int_equal(tmg_acme_record_read(tmg_view_str(text), &back), TMG_OK);
		assert_memory_equal(&back, &rows[i], sizeof(back));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64url_goes_there_and_back),
		cmocka_unit_test(base64url_is_strict),
		cmocka_unit_test(bodies_are_believed_only_when_every_member_is_right),
		cmocka_unit_test(an_order_has_so_many_names_and_no_more),
		cmocka_unit_test(challenges_that_cannot_be_shown_are_left_out),
		cmocka_unit_test(a_servers_words_are_cleaned),
		cmocka_unit_test(a_problem_names_where_to_look),
		cmocka_unit_test(windows_are_read_as_rfc3339_has_them),
		cmocka_unit_test(links_are_found_by_their_relation),
		cmocka_unit_test(a_thumbprint_is_that_of_the_rfc),
		cmocka_unit_test(a_shared_key_signs_as_others_do),
		cmocka_unit_test(every_kind_of_key_signs_messages),
		cmocka_unit_test(keys_that_jose_does_not_know_are_refused),
		cmocka_unit_test(a_certificate_is_named_as_the_rfc_does),
		cmocka_unit_test(the_responder_knows_proofs_and_nothing_else),
		cmocka_unit_test(an_address_is_asked_for_by_its_reverse_name),
		cmocka_unit_test(the_alpn_certificate_is_that_of_the_rfc),
		cmocka_unit_test(an_account_is_written_as_it_is_read),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
