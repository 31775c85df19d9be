/* SPDX-License-Identifier: BSD-2-Clause */
/* PKCS #12 (RFC 7292), opened: one key, its certificate, the issuers.  Other programs
 * may have written it. */
#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/file/file.h"
#include "src/pki/scope.h"
#include "src/pki/x509.h"

#define BAGS_MAX 64		/* of one file: a key and a chain */
#define PARTS_MAX 8		/* of one file, each with its own iterations; programs
				 * write two */

typedef STACK_OF(PKCS12_SAFEBAG) bags;

/* Everything that one file holds in one list. */
struct content {
	PKCS12 *p12;
	bags *all;
	bool hidden;		/* something is sealed and was left out */
};

static void
content_release(struct content *c)
{
	sk_PKCS12_SAFEBAG_pop_free(c->all, PKCS12_SAFEBAG_free);
	PKCS12_free(c->p12);
}

#define CONTENT(c) __attribute__((__cleanup__(content_release))) \
	struct content c = { .p12 = NULL }

static tmg_rc
parse(OSSL_LIB_CTX *libctx, tmg_view file, struct content *c)
{
	const uint8_t *at = file.ptr;

	/* without properties: libcrypto 3.0 loses their text (the context has ours) */
	c->p12 = PKCS12_init_ex(NID_pkcs7_data, libctx, NULL);
	c->all = sk_PKCS12_SAFEBAG_new_null();
	if (c->p12 == NULL || c->all == NULL)
		return TMG_E_NOMEM;
	if (d2i_PKCS12(&c->p12, &at, (long)file.len) == NULL)
		return TMG_E_MALFORMED;
	return at == file.ptr + file.len ? TMG_OK : TMG_E_MALFORMED;
}

/* Takes the list over. */
static tmg_rc
add_bags(struct content *c, bags *some)
{
	tmg_rc rc = some != NULL ? TMG_OK : TMG_E_MALFORMED;

	while (rc == TMG_OK && sk_PKCS12_SAFEBAG_num(some) > 0) {
		PKCS12_SAFEBAG *bag = sk_PKCS12_SAFEBAG_shift(some);

		if (sk_PKCS12_SAFEBAG_num(c->all) < BAGS_MAX &&
		    sk_PKCS12_SAFEBAG_push(c->all, bag) > 0)
			continue;
		PKCS12_SAFEBAG_free(bag);
		rc = TMG_E_MALFORMED;
	}
	sk_PKCS12_SAFEBAG_pop_free(some, PKCS12_SAFEBAG_free);
	return rc;
}

static tmg_rc
unseal(struct content *c, PKCS7 *part, const tmg_view *password, int most)
{
	tmg_rc rc;

	if (password == NULL) {
		c->hidden = true;
		return TMG_OK;
	}
	if (part->d.encrypted == NULL || part->d.encrypted->enc_data == NULL ||
	    part->d.encrypted->enc_data->algorithm == NULL)
		return TMG_E_MALFORMED;
	if ((rc = tmg_pbe_check(part->d.encrypted->enc_data->algorithm, most)))
		return rc;
	return add_bags(c, PKCS12_unpack_p7encdata(part,
	    (const char *)password->ptr, (int)password->len));
}

/* password NULL: what can be seen without. */
static tmg_rc
unpack(struct content *c, const tmg_view *password, int most)
{
	STACK_OF(PKCS7) *parts = PKCS12_unpack_authsafes(c->p12);
	tmg_rc rc = parts != NULL && sk_PKCS7_num(parts) <= PARTS_MAX
	    ? TMG_OK : TMG_E_MALFORMED;

	for (int i = 0; rc == TMG_OK && i < sk_PKCS7_num(parts); i++) {
		PKCS7 *part = sk_PKCS7_value(parts, i);

		if (PKCS7_type_is_data(part))
			rc = add_bags(c, PKCS12_unpack_p7data(part));
		else if (PKCS7_type_is_encrypted(part))
			rc = unseal(c, part, password, most);
	}
	sk_PKCS7_pop_free(parts, PKCS7_free);
	return rc;
}

/* The one sealed key; a container with several is nobody's of ours.
 * Verdicts TMG_AMBIGUOUS. */
static tmg_rc
find_key(const struct content *c, const PKCS12_SAFEBAG **key)
{
	*key = NULL;
	for (int i = 0; i < sk_PKCS12_SAFEBAG_num(c->all); i++) {
		const PKCS12_SAFEBAG *bag = sk_PKCS12_SAFEBAG_value(c->all, i);

		if (PKCS12_SAFEBAG_get_nid(bag) != NID_pkcs8ShroudedKeyBag)
			continue;
		if (*key != NULL)
			return TMG_AMBIGUOUS;
		*key = bag;
	}
	return *key != NULL ? TMG_OK : c->hidden ? TMG_LOGIN : TMG_E_MALFORMED;
}

static bool
is_cert(const PKCS12_SAFEBAG *bag)
{
	return PKCS12_SAFEBAG_get_nid(bag) == NID_certBag &&
	    PKCS12_SAFEBAG_get_bag_nid(bag) == NID_x509Certificate;
}

static const ASN1_OCTET_STRING *
local_id(const PKCS12_SAFEBAG *bag)
{
	const ASN1_TYPE *id = PKCS12_SAFEBAG_get0_attr(bag, NID_localKeyID);

	return id != NULL && id->type == V_ASN1_OCTET_STRING ?
	    id->value.octet_string : NULL;
}

static bool
same_id(const PKCS12_SAFEBAG *a, const PKCS12_SAFEBAG *b)
{
	const ASN1_OCTET_STRING *x = local_id(a), *y = local_id(b);

	return x != NULL && y != NULL && ASN1_OCTET_STRING_cmp(x, y) == 0;
}

/* The certificate whose localKeyID is the key's (RFC 7292 4.2.6). */
static X509 *
leaf_of(const struct content *c, const PKCS12_SAFEBAG *key)
{
	for (int i = 0; i < sk_PKCS12_SAFEBAG_num(c->all); i++) {
		const PKCS12_SAFEBAG *bag = sk_PKCS12_SAFEBAG_value(c->all, i);

		if (is_cert(bag) && same_id(bag, key))
			return PKCS12_SAFEBAG_get1_cert(bag);
	}
	return NULL;
}

static tmg_rc
der_of(const X509 *cert, uint8_t **der, size_t *len)
{
	uint8_t *at;
	const int n = i2d_X509(cert, NULL);

	if (n <= 0 || (size_t)n > TMG_CERT_MAX)
		return TMG_E_MALFORMED;
	if ((*der = at = malloc((size_t)n)) == NULL)
		return TMG_E_NOMEM;
	*len = (size_t)i2d_X509(cert, &at);
	return TMG_OK;
}

static tmg_rc
look(OSSL_LIB_CTX *libctx, tmg_view file, uint8_t **cert, size_t *len)
{
	const PKCS12_SAFEBAG *key;
	tmg_held(X509) leaf = NULL;
	CONTENT(c);
	tmg_rc rc;

	*cert = NULL;
	*len = 0;
	if ((rc = parse(libctx, file, &c)) ||
	    (rc = unpack(&c, NULL, 0)) ||
	    (rc = find_key(&c, &key)))
		return rc;
	leaf = leaf_of(&c, key);
	if (leaf == NULL)
		return c.hidden ? TMG_LOGIN : TMG_E_MALFORMED;
	return der_of(leaf, cert, len);
}

tmg_rc
tmg_p12_look(OSSL_LIB_CTX *libctx, tmg_view file, uint8_t **cert, size_t *len)
{
	ERR_clear_error();
	return tmg_file_heard(look(libctx, file, cert, len));
}

/* ---- opening ----------------------------------------------------------------- */

/* By RFC 7292; what is none of those that libcrypto knows is PBMAC1 (RFC 9579), or
 * later still, and no password would be right. */
static bool
is_known_mac(const X509_ALGOR *alg)
{
	const ASN1_OBJECT *oid = NULL;

	X509_ALGOR_get0(&oid, NULL, NULL, alg);
	return EVP_get_digestbyobj(oid) != NULL;
}

static tmg_rc
check_mac(const struct content *c, tmg_view password, int most)
{
	const ASN1_INTEGER *count = NULL;
	const X509_ALGOR *alg = NULL;
	long n;

	if (PKCS12_mac_present(c->p12) != 1)
		return TMG_UNSUPPORTED;
	PKCS12_get0_mac(NULL, &alg, NULL, &count, c->p12);
	n = count != NULL ? ASN1_INTEGER_get(count) : 1;
	if (n < 1 || n > most || !is_known_mac(alg))
		return TMG_UNSUPPORTED;
	return PKCS12_verify_mac(c->p12, (const char *)password.ptr,
	    (int)password.len) == 1 ? TMG_OK : TMG_PIN_WRONG;
}

/* The key's own certificate first, every other one behind it. */
static tmg_rc
collect(const struct content *c, const PKCS12_SAFEBAG *key, STACK_OF(X509) **certs)
{
	X509 *leaf = leaf_of(c, key);

	*certs = sk_X509_new_null();
	if (*certs == NULL || leaf == NULL || sk_X509_push(*certs, leaf) <= 0) {
		X509_free(leaf);
		return *certs == NULL ? TMG_E_NOMEM : TMG_E_MALFORMED;
	}
	for (int i = 0; i < sk_PKCS12_SAFEBAG_num(c->all); i++) {
		const PKCS12_SAFEBAG *bag = sk_PKCS12_SAFEBAG_value(c->all, i);
		X509 *other = is_cert(bag) && !same_id(bag, key) ?
		    PKCS12_SAFEBAG_get1_cert(bag) : NULL;

		if (other != NULL && sk_X509_push(*certs, other) <= 0) {
			X509_free(other);
			return TMG_E_NOMEM;
		}
	}
	return TMG_OK;
}

static tmg_rc
open_content(const struct content *c, OSSL_LIB_CTX *libctx, tmg_view password,
    int most, EVP_PKEY **key, STACK_OF(X509) **certs)
{
	const PKCS12_SAFEBAG *bag;
	tmg_rc rc;

	if ((rc = find_key(c, &bag)))
		return rc == TMG_LOGIN ? TMG_E_MALFORMED : rc;
	if ((rc = tmg_pbe_decrypt(libctx, PKCS12_SAFEBAG_get0_pkcs8(bag), password,
	    most, key)) ||
	    (rc = collect(c, bag, certs)))
		return rc;
	return X509_check_private_key(sk_X509_value(*certs, 0), *key) == 1 ?
	    TMG_OK : TMG_E_MALFORMED;
}

static tmg_rc
open_file(OSSL_LIB_CTX *libctx, tmg_view file, tmg_view password, int most,
    EVP_PKEY **key, STACK_OF(X509) **certs)
{
	tmg_held_certs mine = NULL;
	CONTENT(c);
	tmg_rc rc;

	*key = NULL;
	if ((rc = parse(libctx, file, &c)) ||
	    (rc = check_mac(&c, password, most)) ||
	    (rc = unpack(&c, &password, most)))
		return rc;
	if ((rc = open_content(&c, libctx, password, most, key, &mine))) {
		EVP_PKEY_free(*key);
		*key = NULL;
		return rc;
	}
	if (certs != NULL) {
		*certs = mine;
		mine = NULL;
	}
	return TMG_OK;
}

tmg_rc
tmg_p12_open(OSSL_LIB_CTX *libctx, tmg_view file, tmg_view password, int most,
    EVP_PKEY **key, STACK_OF(X509) **certs)
{
	ERR_clear_error();
	return tmg_file_heard(open_file(libctx, file, password, most, key, certs));
}
