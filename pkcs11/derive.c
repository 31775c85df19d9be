/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Key agreement on the card: the secret is a session object, in memory.
 *
 * No mechanism of the module works with secret keys, so a secret is good for
 * one thing only, to be read; it can be unless the template forbids it.
 */
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>

#include "pkcs11/begin.h"
#include "pkcs11/public.h"
#include "pkcs11/template.h"
#include "src/base/ctx.h"
#include "src/pki/scope.h"
#include "src/pki/spki.h"
#include "src/pki/x509.h"

#define SECRET_MAX 1024u		/* bytes that a KDF is asked for */

/* Everything about one derivation. */
struct derivation {
	p11_hold *hold;
	const CK_ATTRIBUTE *templ;
	CK_ULONG count;
	tmg_p11_derive_spec spec;
	tmg_p11_subject key;
	CK_KEY_TYPE type;
	CK_ULONG len;			/* of the secret, 0: as it comes */
};

/* ---- the template -------------------------------------------------------- */

static const tmg_p11_rule rules[] = {
	{ CKA_CLASS, P11_ULONG }, { CKA_TOKEN, P11_BOOL },
	{ CKA_PRIVATE, P11_BOOL }, { CKA_MODIFIABLE, P11_BOOL },
	{ CKA_COPYABLE, P11_BOOL }, { CKA_DESTROYABLE, P11_BOOL },
	{ CKA_LABEL, P11_BYTES }, { CKA_KEY_TYPE, P11_ULONG },
	{ CKA_ID, P11_BYTES }, { CKA_START_DATE, P11_DATE },
	{ CKA_END_DATE, P11_DATE }, { CKA_VALUE_LEN, P11_ULONG },
	{ CKA_SENSITIVE, P11_BOOL }, { CKA_EXTRACTABLE, P11_BOOL },
	{ CKA_ENCRYPT, P11_BOOL }, { CKA_DECRYPT, P11_BOOL },
	{ CKA_SIGN, P11_BOOL }, { CKA_VERIFY, P11_BOOL },
	{ CKA_WRAP, P11_BOOL }, { CKA_UNWRAP, P11_BOOL },
	{ CKA_DERIVE, P11_BOOL }, { CKA_WRAP_WITH_TRUSTED, P11_BOOL },
	{ CKA_TRUSTED, P11_BOOL },
};

/* Whatever else it says it can be used for, nothing here can. */
static const CK_ATTRIBUTE_TYPE never[] = {
	CKA_ENCRYPT, CKA_DECRYPT, CKA_SIGN, CKA_VERIFY, CKA_WRAP, CKA_UNWRAP,
	CKA_DERIVE, CKA_WRAP_WITH_TRUSTED, CKA_TRUSTED, CKA_LOCAL,
	CKA_ALWAYS_SENSITIVE, CKA_NEVER_EXTRACTABLE,
};

static CK_RV
check_length(const struct derivation *d)
{
	const CK_ULONG field = tmg_alg_bytes(d->key.facts.alg);

	if (d->type == CKK_AES && d->len != 16 && d->len != 24 && d->len != 32)
		return CKR_KEY_SIZE_RANGE;
	return d->len > (d->spec.kdf == TMG_HASH_NONE ? field : SECRET_MAX)
	    ? CKR_KEY_SIZE_RANGE : CKR_OK;
}

static CK_RV
read_template(struct derivation *d)
{
	CK_RV rv;

	d->type = CKK_GENERIC_SECRET;
	(void)!tmg_p11_template_ulong(d->templ, d->count, CKA_KEY_TYPE, &d->type);
	(void)!tmg_p11_template_ulong(d->templ, d->count, CKA_VALUE_LEN, &d->len);
	if ((rv = tmg_p11_template_fits(d->templ, d->count, rules,
	    TMG_COUNT(rules))))
		return rv;
	if (!tmg_p11_template_is(d->templ, d->count, CKA_CLASS, CKO_SECRET_KEY) ||
	    tmg_p11_template_says(d->templ, d->count, CKA_TOKEN, false) ||
	    tmg_p11_template_says(d->templ, d->count, CKA_TRUSTED, false) ||
	    (d->type != CKK_GENERIC_SECRET && d->type != CKK_AES))
		return CKR_TEMPLATE_INCONSISTENT;
	return check_length(d);
}

/* ---- the secret ---------------------------------------------------------- */

/* The other side's key as the card wants it.  libcrypto refuses a point that
 * is not on the curve: the card never sees it. */
static CK_RV
read_peer(const struct derivation *d, tmg_out *spki, tmg_view *point)
{
	tmg_held(EVP_PKEY) peer = NULL;
	tmg_rc rc;

	if (tmg_p11_point_spki(d->key.facts.alg, d->spec.peer, spki) != TMG_OK)
		return CKR_MECHANISM_PARAM_INVALID;
	ERR_set_mark();
	rc = tmg_public_key(tmg_ctx_libctx(d->hold->seat->ctx),
	    tmg_out_view(spki), &peer);
	ERR_pop_to_mark();
	return rc == TMG_OK && tmg_spki_bits(tmg_out_view(spki), point) == TMG_OK
	    ? CKR_OK : CKR_MECHANISM_PARAM_INVALID;
}

static CK_RV
agree(const struct derivation *d, tmg_out *z)
{
	uint8_t store[TMG_SPKI_MAX];
	tmg_out spki = TMG_OUT(store);
	tmg_signer *signer;
	tmg_view point;
	tmg_rc rc;
	CK_RV rv;

	if ((rv = read_peer(d, &spki, &point)))
		return rv;
	if ((rc = tmg_key_signer(d->key.object.key, &signer)) == TMG_OK)
		rc = tmg_signer_derive(signer, point, z);
	return rc == TMG_UNSUPPORTED || rc == TMG_NOT_FOUND
	    ? CKR_FUNCTION_FAILED : tmg_p11_slot_rv(d->hold->slot, rc);
}

/* The KDF of X9.63, which counts and hashes. */
static CK_RV
stretch(const struct derivation *d, tmg_view z, tmg_out *secret)
{
	OSSL_LIB_CTX *libctx = tmg_ctx_libctx(d->hold->seat->ctx);
	tmg_held(EVP_KDF) kdf = EVP_KDF_fetch(libctx, OSSL_KDF_NAME_X963KDF, NULL);
	tmg_held(EVP_KDF_CTX) ctx = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;
	const size_t len = d->len > 0 ? d->len : tmg_hash_bytes(d->spec.kdf);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST,
		    (char *)(uintptr_t)tmg_hash_name(d->spec.kdf), 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY,
		    (void *)(uintptr_t)z.ptr, z.len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO,
		    (void *)(uintptr_t)d->spec.shared.ptr, d->spec.shared.len),
		OSSL_PARAM_construct_end(),
	};

	if (ctx == NULL || EVP_KDF_derive(ctx, secret->ptr, len, params) != 1)
		return CKR_FUNCTION_FAILED;
	secret->len = len;
	return CKR_OK;
}

/* Without a KDF a shorter secret loses bytes in front; 6.3.19. */
static CK_RV
derive(const struct derivation *d, tmg_out *secret)
{
	uint8_t store[TMG_SIG_MAX];
	tmg_out z = TMG_OUT(store);
	tmg_view rest;
	CK_RV rv;

	rv = agree(d, &z);
	rest = tmg_out_view(&z);
	if (rv == CKR_OK && d->spec.kdf != TMG_HASH_NONE) {
		rv = stretch(d, rest, secret);
	} else if (rv == CKR_OK) {
		if (d->len > 0 && d->len < rest.len)
			rest = (tmg_view){ rest.ptr + rest.len - d->len, d->len };
		tmg_put(secret, rest);
	}
	explicit_bzero(store, sizeof(store));
	return rv;
}

/* ---- the object ---------------------------------------------------------- */

static CK_RV
describe(const struct derivation *d, tmg_p11_memory *m, tmg_view secret)
{
	CK_RV rv;

	if ((rv = tmg_p11_memory_begin(m, d->templ, d->count)) ||
	    (rv = tmg_p11_memory_put_ulong(m, CKA_CLASS, CKO_SECRET_KEY)) ||
	    (rv = tmg_p11_memory_put_ulong(m, CKA_KEY_TYPE, d->type)) ||
	    (rv = tmg_p11_memory_put_ulong(m, CKA_VALUE_LEN, secret.len)) ||
	    (rv = tmg_p11_memory_put_ulong(m, CKA_KEY_GEN_MECHANISM,
		CK_UNAVAILABLE_INFORMATION)) ||
	    (rv = tmg_p11_memory_put_bool(m, CKA_SENSITIVE,
		tmg_p11_template_says(d->templ, d->count, CKA_SENSITIVE, false))) ||
	    (rv = tmg_p11_memory_put_bool(m, CKA_EXTRACTABLE,
		tmg_p11_template_says(d->templ, d->count, CKA_EXTRACTABLE, true))))
		return rv;
	for (size_t i = 0; rv == CKR_OK && i < TMG_COUNT(never); i++)
		rv = tmg_p11_memory_put_bool(m, never[i], false);
	return rv == CKR_OK ? tmg_p11_memory_put(m, CKA_VALUE, secret) : rv;
}

static CK_RV
make_object(const struct derivation *d, CK_OBJECT_HANDLE *made)
{
	tmg_auto_ptr(tmg_p11_memory) m = tmg_p11_memory_new();
	uint8_t store[SECRET_MAX];
	tmg_out secret = TMG_OUT(store);
	CK_RV rv;

	if (m == NULL)
		return CKR_HOST_MEMORY;
	rv = derive(d, &secret);
	if (rv == CKR_OK)
		rv = describe(d, m, tmg_out_view(&secret));
	explicit_bzero(store, sizeof(store));
	return rv == CKR_OK ? tmg_p11_memory_own(d->hold, &m, made) : rv;
}

CK_RV
C_DeriveKey(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism,
    CK_OBJECT_HANDLE base, CK_ATTRIBUTE *templ, CK_ULONG count,
    CK_OBJECT_HANDLE *made)
{
	static const tmg_p11_kind kind = { CKF_DERIVE, CKO_PRIVATE_KEY, CKA_DERIVE };
	tmg_auto(p11_hold) hold = { .seat = NULL };
	struct derivation d = { .hold = &hold, .templ = templ, .count = count };
	const tmg_p11_mechanism *row;
	CK_RV rv;

	if ((rv = p11_hold_session(&hold, handle)))
		return rv;
	if (mechanism == NULL || made == NULL)
		return CKR_ARGUMENTS_BAD;
	row = tmg_p11_mechanism_get(mechanism->mechanism);
	if (row == NULL || !(row->flags & CKF_DERIVE))
		return CKR_MECHANISM_INVALID;
	if ((rv = tmg_p11_template_check(templ, count)) ||
	    (rv = tmg_p11_mechanism_derive(row, mechanism, &d.spec)) ||
	    (rv = tmg_p11_key_load(&hold, base, &kind, row, &d.key)) ||
	    (rv = read_template(&d)))
		return rv;
	return make_object(&d, made);
}
