/* SPDX-License-Identifier: BSD-2-Clause */
/* A private key from outside becomes an object (PKCS #11 2.40, 2.1.3 and 2.3.4). */
#include "drivers/module/module.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/driver/no.h"
#include "src/codec/tlv.h"
#include "src/pki/scope.h"
#include "src/pki/spki.h"

enum {
	ROWS_MAX = 24,
	BYTES_MAX = 4096,	/* all numbers of RSA 4096 */
	DER_OCTETS = 0x04,
};

/* A template with the numbers that it points to; wiped by scope. */
typedef struct parcel {
	CK_ATTRIBUTE rows[ROWS_MAX];
	CK_ULONG n;
	uint8_t bytes[BYTES_MAX];
	size_t used;
} parcel;

static void
parcel_release(parcel *p)
{
	explicit_bzero(p, sizeof(*p));
}

static tmg_rc
put(parcel *p, CK_ATTRIBUTE_TYPE type, const void *value, size_t len)
{
	if (p->n == ROWS_MAX || len > sizeof(p->bytes) - p->used)
		return TMG_E_SPACE;
	memcpy(p->bytes + p->used, value, len);
	p->rows[p->n++] = (CK_ATTRIBUTE){ type, p->bytes + p->used, len };
	p->used += len;
	return TMG_OK;
}

static tmg_rc
put_flag(parcel *p, CK_ATTRIBUTE_TYPE type, bool value)
{
	const CK_BBOOL b = value ? CK_TRUE : CK_FALSE;

	return put(p, type, &b, sizeof(b));
}

static tmg_rc
put_number(parcel *p, CK_ATTRIBUTE_TYPE type, const EVP_PKEY *key,
    const char *name, size_t width)
{
	uint8_t bytes[TMG_MODULE_NUMBER];
	BIGNUM *n = NULL;
	int len = -1;
	tmg_rc rc;

	if (EVP_PKEY_get_bn_param(key, name, &n) == 1 &&
	    (size_t)BN_num_bytes(n) <= sizeof(bytes) && width <= sizeof(bytes))
		len = width > 0 ? BN_bn2binpad(n, bytes, (int)width)
		    : BN_bn2bin(n, bytes);
	rc = len < 0 ? TMG_E_CRYPTO : put(p, type, bytes, (size_t)len);
	BN_clear_free(n);
	explicit_bzero(bytes, sizeof(bytes));
	return rc;
}

static const struct {
	CK_ATTRIBUTE_TYPE type;
	const char *name;
} numbers[] = {
	{ CKA_MODULUS, OSSL_PKEY_PARAM_RSA_N },
	{ CKA_PUBLIC_EXPONENT, OSSL_PKEY_PARAM_RSA_E },
	{ CKA_PRIVATE_EXPONENT, OSSL_PKEY_PARAM_RSA_D },
	{ CKA_PRIME_1, OSSL_PKEY_PARAM_RSA_FACTOR1 },
	{ CKA_PRIME_2, OSSL_PKEY_PARAM_RSA_FACTOR2 },
	{ CKA_EXPONENT_1, OSSL_PKEY_PARAM_RSA_EXPONENT1 },
	{ CKA_EXPONENT_2, OSSL_PKEY_PARAM_RSA_EXPONENT2 },
	{ CKA_COEFFICIENT, OSSL_PKEY_PARAM_RSA_COEFFICIENT1 },
};

static tmg_rc
put_rsa(parcel *p, const EVP_PKEY *key, const tmg_module_kind *kind,
    bool private)
{
	const size_t count = private ? TMG_COUNT(numbers) : 2;
	tmg_rc rc;

	(void)kind;
	for (size_t i = 0; i < count; i++)
		if ((rc = put_number(p, numbers[i].type, key, numbers[i].name, 0)))
			return rc;
	if ((rc = put_flag(p, private ? CKA_SIGN : CKA_VERIFY, true)))
		return rc;
	return put_flag(p, private ? CKA_DECRYPT : CKA_ENCRYPT, true);
}

/* The point as 2.3.3 wants it: inside an OCTET STRING. */
static tmg_rc
put_point(parcel *p, const EVP_PKEY *key)
{
	uint8_t der[TMG_SPKI_MAX], *at = der, octets[TMG_SPKI_MAX];
	const int len = i2d_PUBKEY(key, NULL);
	tmg_out o = TMG_OUT(octets);
	tmg_view bits;

	if (len <= 0 || (size_t)len > sizeof(der) || i2d_PUBKEY(key, &at) != len ||
	    tmg_spki_bits((tmg_view){ der, (size_t)len }, &bits))
		return TMG_E_CRYPTO;
	tmg_tlv_put(&o, DER_OCTETS, bits);
	return put(p, CKA_EC_POINT, octets, o.len);
}

static tmg_rc
put_scalar(parcel *p, const EVP_PKEY *key, tmg_alg alg)
{
	uint8_t raw[64];
	size_t len = sizeof(raw);
	tmg_rc rc;

	if (tmg_alg_get(alg)->family == TMG_FAMILY_EC)
		return put_number(p, CKA_VALUE, key, OSSL_PKEY_PARAM_PRIV_KEY,
		    tmg_alg_bytes(alg));
	rc = EVP_PKEY_get_raw_private_key(key, raw, &len) == 1
	    ? put(p, CKA_VALUE, raw, len) : TMG_E_CRYPTO;
	explicit_bzero(raw, sizeof(raw));
	return rc;
}

static tmg_rc
put_curve(parcel *p, const EVP_PKEY *key, const tmg_module_kind *kind,
    bool private)
{
	const tmg_family family = tmg_alg_get(kind->alg)->family;
	tmg_rc rc;

	if ((rc = put(p, CKA_EC_PARAMS, kind->params, kind->params_len)) ||
	    (rc = private ? put_scalar(p, key, kind->alg) : put_point(p, key)))
		return rc;
	if (family != TMG_FAMILY_X && (rc = put_flag(p,
	    private ? CKA_SIGN : CKA_VERIFY, true)))
		return rc;
	return private && family != TMG_FAMILY_ED
	    ? put_flag(p, CKA_DERIVE, true) : TMG_OK;
}

static tmg_rc
fill(parcel *p, const EVP_PKEY *key, const tmg_module_kind *kind,
    const tmg_module_place *place, bool private)
{
	const CK_OBJECT_CLASS cls = private ? CKO_PRIVATE_KEY : CKO_PUBLIC_KEY;
	const tmg_view label = place->label_len > 0
	    ? (tmg_view){ place->label, place->label_len }
	    : tmg_view_str(place->name);
	tmg_rc rc;

	if ((rc = put(p, CKA_CLASS, &cls, sizeof(cls))) ||
	    (rc = put(p, CKA_KEY_TYPE, &kind->type, sizeof(kind->type))) ||
	    (rc = put_flag(p, CKA_TOKEN, true)) ||
	    (rc = put_flag(p, CKA_PRIVATE, private)) ||
	    (rc = put(p, CKA_LABEL, label.ptr, label.len)) ||
	    (place->id_len > 0 &&
	    (rc = put(p, CKA_ID, place->id, place->id_len))))
		return rc;
	if (private && ((rc = put_flag(p, CKA_SENSITIVE, true)) ||
	    (rc = put_flag(p, CKA_EXTRACTABLE, false))))
		return rc;
	return kind->type == CKK_RSA ? put_rsa(p, key, kind, private)
	    : put_curve(p, key, kind, private);
}

static tmg_rc
create(tmg_module *m, const EVP_PKEY *key, const tmg_module_kind *kind,
    const tmg_module_place *place, bool private)
{
	tmg_auto(parcel) p = { .n = 0 };
	CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
	tmg_rc rc;

	if (fill(&p, key, kind, place, private))
		return mod_raise(m, TMG_E_CRYPTO, _("%s: the parts of the private key "
		    "cannot be taken out"), m->base.info.label);
	rc = tmg_module_heard(m, "C_CreateObject",
	    mod_p11(m)->C_CreateObject(m->session, p.rows, p.n, &made));
	return rc == TMG_OK && made == CK_INVALID_HANDLE
	    ? tmg_module_lied(m, "C_CreateObject") : rc;
}

static tmg_rc
parse(tmg_module *m, tmg_view pkcs8, EVP_PKEY **key)
{
	const unsigned char *der = pkcs8.ptr;

	ERR_set_mark();
	*key = d2i_AutoPrivateKey_ex(NULL, &der, (long)pkcs8.len,
	    tmg_ctx_libctx(m->base.ctx), NULL);
	ERR_pop_to_mark();
	return *key != NULL && der == pkcs8.ptr + pkcs8.len ? TMG_OK
	    : mod_raise(m, TMG_E_MALFORMED, _("%s: this is not a private key that "
		"can be read (PKCS #8, DER, not encrypted)"), m->base.info.label);
}

tmg_rc
tmg_module_import(tmg_backend *b, const tmg_keyspec *spec, tmg_view pkcs8)
{
	const tmg_module_kind *kind = tmg_module_kind_of(spec->alg);
	tmg_module *m = tmg_module_of(b);
	tmg_module_olds old = { .n = 0 };
	tmg_held(EVP_PKEY) key = NULL;
	tmg_module_place *place;
	tmg_rc rc;

	if ((b->info.can & TMG_CAN_IMPORT) == 0)
		return tmg_no_import(b, spec, pkcs8);
	if (kind == NULL)
		return mod_raise(m, TMG_UNSUPPORTED, _("token %s takes no keys of the "
		    "kind %s"), b->info.label, tmg_alg_get(spec->alg)->name);
	if ((rc = tmg_module_place_get(m, spec->slot, &place)) ||
	    (rc = tmg_module_session(m)) ||
	    (rc = parse(m, pkcs8, &key)) ||
	    (rc = tmg_module_olds_note(m, place, &old)) ||
	    (rc = create(m, key, kind, place, true)) ||
	    (rc = create(m, key, kind, place, false)))
		return rc;
	place->vacant = false;
	return tmg_module_olds_drop(m, &old);
}
