/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Public keys: in memory, for verifying and encrypting in software.  A token
 * keeps none but the public halves of its own keys.
 */
#include "pkcs11/create.h"
#include "pkcs11/public.h"
#include "src/base/ctx.h"
#include "src/pki/scope.h"
#include "src/pki/spki.h"
#include "src/pki/x509.h"

static const tmg_p11_rule rules[] = {
	P11_RULES_COMMON,
	{ CKA_KEY_TYPE, P11_ULONG }, { CKA_ID, P11_BYTES },
	{ CKA_SUBJECT, P11_BYTES }, { CKA_START_DATE, P11_DATE },
	{ CKA_END_DATE, P11_DATE }, { CKA_TRUSTED, P11_BOOL },
	{ CKA_ENCRYPT, P11_BOOL }, { CKA_VERIFY, P11_BOOL },
	{ CKA_VERIFY_RECOVER, P11_BOOL }, { CKA_WRAP, P11_BOOL },
	{ CKA_DERIVE, P11_BOOL }, { CKA_PUBLIC_KEY_INFO, P11_BYTES },
	{ CKA_MODULUS, P11_BYTES }, { CKA_PUBLIC_EXPONENT, P11_BYTES },
	{ CKA_EC_PARAMS, P11_BYTES }, { CKA_EC_POINT, P11_BYTES },
};

/* A key that libcrypto cannot read is none. */
static CK_RV
read_key(const tmg_p11_wish *w, tmg_out *spki, tmg_alg *alg)
{
	tmg_held(EVP_PKEY) key = NULL;
	tmg_rc rc;
	CK_RV rv;

	if ((rv = tmg_p11_template_spki(w->templ, w->count, spki)))
		return rv;
	ERR_set_mark();
	rc = tmg_spki_alg(tmg_out_view(spki), alg);
	if (rc == TMG_OK)
		rc = tmg_public_key(tmg_ctx_libctx(w->hold->seat->ctx),
		    tmg_out_view(spki), &key);
	ERR_pop_to_mark();
	return rc == TMG_OK ? CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID;
}

/* What it may be used for: as the template says, where it can be. */
static CK_RV
put_uses(const tmg_p11_wish *w, tmg_alg alg, tmg_p11_memory *m)
{
	static const struct {
		CK_ATTRIBUTE_TYPE type;
		unsigned families;
	} uses[] = {
		{ CKA_ENCRYPT, 1u << TMG_FAMILY_RSA },
		{ CKA_VERIFY, 1u << TMG_FAMILY_RSA | 1u << TMG_FAMILY_EC |
		    1u << TMG_FAMILY_ED },
		{ CKA_VERIFY_RECOVER, 0 }, { CKA_WRAP, 0 }, { CKA_DERIVE, 0 },
	};
	CK_RV rv = CKR_OK;

	for (size_t i = 0; rv == CKR_OK && i < TMG_COUNT(uses); i++) {
		const bool can =
		    (uses[i].families & 1u << tmg_alg_get(alg)->family) != 0;

		rv = tmg_p11_memory_put_bool(m, uses[i].type, can &&
		    tmg_p11_template_says(w->templ, w->count, uses[i].type, true));
	}
	return rv;
}

/* The parts are told from the whole: a point has one form, a number too. */
static void
drop_parts(tmg_p11_memory *m)
{
	static const CK_ATTRIBUTE_TYPE parts[] = {
		CKA_MODULUS, CKA_PUBLIC_EXPONENT, CKA_EC_PARAMS, CKA_EC_POINT,
	};

	for (size_t i = 0; i < TMG_COUNT(parts); i++)
		tmg_p11_memory_drop(m, parts[i]);
}

static CK_RV
keep_key(const tmg_p11_wish *w, tmg_view spki, tmg_alg alg,
    CK_OBJECT_HANDLE *made)
{
	tmg_auto_ptr(tmg_p11_memory) m = NULL;
	CK_RV rv;

	if ((rv = tmg_p11_wish_memory(w, &m)) ||
	    (rv = tmg_p11_memory_put(m, CKA_ID,
		tmg_p11_template_bytes(w->templ, w->count, CKA_ID))) ||
	    (rv = tmg_p11_memory_put(m, CKA_PUBLIC_KEY_INFO, spki)) ||
	    (rv = put_uses(w, alg, m)))
		return rv;
	drop_parts(m);
	return tmg_p11_memory_own(w->hold, &m, made);
}

/* The public half of a key that the token has is there already.  A token that
 * keeps one half keeps both. */
static CK_RV
find_key(const tmg_p11_wish *w, tmg_view spki, CK_OBJECT_HANDLE *made)
{
	tmg_p11_slot *slot = w->hold->slot;
	tmg_p11_object o = { .class = CKO_PUBLIC_KEY };
	CK_RV rv;

	if ((rv = tmg_p11_may_write(w->hold)) ||
	    (rv = tmg_p11_key_of(slot, spki, &o.key)))
		return rv;
	if (o.key == NULL || tmg_p11_template_says(w->templ, w->count, CKA_PRIVATE,
	    false))
		return CKR_TEMPLATE_INCONSISTENT;
	if ((rv = tmg_p11_wish_name(w, &o)))
		return rv;
	tmg_p11_objects_adopt(&slot->objects, o.key);
	*made = tmg_p11_objects_handle(&slot->objects, &o);
	return *made != CK_INVALID_HANDLE ? CKR_OK : CKR_HOST_MEMORY;
}

static CK_RV
make(const tmg_p11_wish *w, CK_OBJECT_HANDLE *made)
{
	uint8_t store[TMG_SPKI_MAX];
	tmg_out spki = TMG_OUT(store);
	tmg_alg alg;
	CK_RV rv;

	if (tmg_p11_template_says(w->templ, w->count, CKA_TRUSTED, false))
		return CKR_TEMPLATE_INCONSISTENT;
	if ((rv = read_key(w, &spki, &alg)))
		return rv;
	return w->token ? find_key(w, tmg_out_view(&spki), made)
	    : keep_key(w, tmg_out_view(&spki), alg, made);
}

const tmg_p11_maker tmg_p11_make_public = {
	CKO_PUBLIC_KEY, rules, TMG_COUNT(rules), make,
};
