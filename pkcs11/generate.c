/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Making keys on the token.
 *
 * A card cannot make a key for a while only, and Java and WebCrypto ask for
 * that: a key that a session wants for itself is made on the card at once and
 * shown as the session's.  C_CopyObject makes it the token's; without that it
 * is deleted when the session closes, on cards that delete keys.
 */
#include "pkcs11/create.h"
#include "pkcs11/place.h"
#include "pkcs11/public.h"
#include "src/base/scope.h"
#include "src/pki/spki.h"
#include "src/token/token.h"

/* Both halves' templates and what they come to. */
struct birth {
	p11_hold *hold;
	const tmg_p11_mechanism *row;
	const CK_ATTRIBUTE *public, *private;
	CK_ULONG public_count, private_count;
	CK_ATTRIBUTE named[2];		/* ID and LABEL */
	CK_ULONG named_count;
	bool token;
	tmg_keyspec spec;
	tmg_key *place;
	uint8_t spki[TMG_SPKI_MAX];
	size_t spki_len;
};

/* ---- templates ----------------------------------------------------------- */

#define KEY_RULES \
	P11_RULES_COMMON, \
	{ CKA_KEY_TYPE, P11_ULONG }, { CKA_ID, P11_BYTES }, \
	{ CKA_SUBJECT, P11_BYTES }, { CKA_START_DATE, P11_DATE }, \
	{ CKA_END_DATE, P11_DATE }, { CKA_DERIVE, P11_BOOL }, \
	{ CKA_ALLOWED_MECHANISMS, P11_BYTES }

static const tmg_p11_rule public_rules[] = {
	KEY_RULES,
	{ CKA_ENCRYPT, P11_BOOL }, { CKA_VERIFY, P11_BOOL },
	{ CKA_VERIFY_RECOVER, P11_BOOL }, { CKA_WRAP, P11_BOOL },
	{ CKA_TRUSTED, P11_BOOL }, { CKA_MODULUS_BITS, P11_ULONG },
	{ CKA_PUBLIC_EXPONENT, P11_BYTES }, { CKA_EC_PARAMS, P11_BYTES },
};

static const tmg_p11_rule private_rules[] = {
	KEY_RULES,
	{ CKA_SENSITIVE, P11_BOOL }, { CKA_EXTRACTABLE, P11_BOOL },
	{ CKA_DECRYPT, P11_BOOL }, { CKA_SIGN, P11_BOOL },
	{ CKA_SIGN_RECOVER, P11_BOOL }, { CKA_UNWRAP, P11_BOOL },
	{ CKA_WRAP_WITH_TRUSTED, P11_BOOL },
	{ CKA_ALWAYS_AUTHENTICATE, P11_BOOL },
};

/* Uses that the card cannot keep to are taken and not promised: what would be
 * a lie about the secret itself is refused. */
static CK_RV
check_private(const CK_ATTRIBUTE *t, CK_ULONG n)
{
	return !tmg_p11_template_is(t, n, CKA_CLASS, CKO_PRIVATE_KEY) ||
	    !tmg_p11_template_says(t, n, CKA_SENSITIVE, true) ||
	    tmg_p11_template_says(t, n, CKA_EXTRACTABLE, false)
	    ? CKR_TEMPLATE_INCONSISTENT : CKR_OK;
}

static CK_RV
check_public(const CK_ATTRIBUTE *t, CK_ULONG n)
{
	return !tmg_p11_template_is(t, n, CKA_CLASS, CKO_PUBLIC_KEY) ||
	    tmg_p11_template_says(t, n, CKA_PRIVATE, false) ||
	    tmg_p11_template_says(t, n, CKA_TRUSTED, false)
	    ? CKR_TEMPLATE_INCONSISTENT : CKR_OK;
}

/* The private half's word goes before the public half's. */
static void
take_name(struct birth *b, CK_ATTRIBUTE_TYPE type)
{
	const CK_ATTRIBUTE *a = tmg_p11_template_find(b->private,
	    b->private_count, type);

	if (a == NULL || a->ulValueLen == 0)
		a = tmg_p11_template_find(b->public, b->public_count, type);
	if (a != NULL && a->ulValueLen > 0)
		b->named[b->named_count++] = *a;
}

/* A pair has one ID; each half may have a label. */
static bool
is_one_id(const struct birth *b)
{
	const tmg_view a = tmg_p11_template_bytes(b->private, b->private_count,
	    CKA_ID), z = tmg_p11_template_bytes(b->public, b->public_count, CKA_ID);

	return a.len == 0 || z.len == 0 || tmg_view_equal(a, z);
}

static CK_RV
check_templates(struct birth *b)
{
	CK_RV rv;

	if ((rv = tmg_p11_template_check(b->public, b->public_count)) ||
	    (rv = tmg_p11_template_check(b->private, b->private_count)) ||
	    (rv = tmg_p11_template_fits(b->public, b->public_count, public_rules,
		TMG_COUNT(public_rules))) ||
	    (rv = tmg_p11_template_fits(b->private, b->private_count,
		private_rules, TMG_COUNT(private_rules))) ||
	    (rv = check_public(b->public, b->public_count)) ||
	    (rv = check_private(b->private, b->private_count)))
		return rv;
	if (!is_one_id(b))
		return CKR_TEMPLATE_INCONSISTENT;
	b->token = tmg_p11_template_says(b->private, b->private_count, CKA_TOKEN,
	    false);
	take_name(b, CKA_ID);
	take_name(b, CKA_LABEL);
	return CKR_OK;
}

/* ---- the kind of key ----------------------------------------------------- */

static bool
is_offered(const struct birth *b, tmg_alg alg)
{
	return (tmg_token_info(b->hold->slot->token)->algs &
	    (uint32_t)1 << alg) != 0;
}

/* 65537, in any number of bytes. */
static bool
is_f4(tmg_view e)
{
	static const uint8_t f4[] = { 1, 0, 1 };

	while (e.len > 0 && e.ptr[0] == 0) {
		e.ptr++;
		e.len--;
	}
	return tmg_view_equal(e, TMG_VIEW(f4));
}

static CK_RV
read_rsa(const struct birth *b, tmg_alg *alg)
{
	const tmg_view e = tmg_p11_template_bytes(b->public, b->public_count,
	    CKA_PUBLIC_EXPONENT);
	CK_ULONG bits;

	if (tmg_p11_template_ulong(b->public, b->public_count, CKA_MODULUS_BITS,
	    &bits))
		return CKR_TEMPLATE_INCOMPLETE;
	if (e.len > 0 && !is_f4(e))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	for (unsigned i = TMG_ALG_NONE + 1; i < TMG_ALG_COUNT; i++) {
		const tmg_alg_row *row = tmg_alg_get((tmg_alg)i);

		*alg = row->alg;
		if (row->family == TMG_FAMILY_RSA && row->bits == bits)
			return is_offered(b, *alg) ? CKR_OK : CKR_KEY_SIZE_RANGE;
	}
	return CKR_KEY_SIZE_RANGE;
}

static CK_RV
read_curve(const struct birth *b, tmg_alg *alg)
{
	const tmg_view params = tmg_p11_template_bytes(b->public, b->public_count,
	    CKA_EC_PARAMS);
	CK_RV rv;

	if (params.len == 0)
		return CKR_TEMPLATE_INCOMPLETE;
	if ((rv = tmg_p11_curve(params, alg)))
		return rv;
	return tmg_p11_mechanism_takes(b->row, *alg) && is_offered(b, *alg)
	    ? CKR_OK : CKR_CURVE_NOT_SUPPORTED;
}

static CK_RV
read_kind(struct birth *b)
{
	tmg_alg *alg = &b->spec.alg;
	CK_RV rv;

	rv = (b->row->families & P11_FAMILY(RSA)) != 0
	    ? read_rsa(b, alg) : read_curve(b, alg);
	if (rv != CKR_OK)
		return rv;
	return tmg_p11_template_is(b->public, b->public_count, CKA_KEY_TYPE,
		tmg_p11_key_type(*alg)) &&
	    tmg_p11_template_is(b->private, b->private_count, CKA_KEY_TYPE,
		tmg_p11_key_type(*alg)) ? CKR_OK : CKR_TEMPLATE_INCONSISTENT;
}

/* ---- making -------------------------------------------------------------- */

/* The name selects the slot, with how the private half wants its PIN. */
static CK_RV
choose(struct birth *b)
{
	CK_ATTRIBUTE t[4];
	CK_ULONG n = 0;
	CK_RV rv;

	for (CK_ULONG i = 0; i < b->private_count; i++)
		if (b->private[i].type == CKA_PRIVATE ||
		    b->private[i].type == CKA_ALWAYS_AUTHENTICATE)
			t[n++] = b->private[i];
	for (CK_ULONG i = 0; i < b->named_count; i++)
		t[n++] = b->named[i];
	if ((rv = tmg_p11_place_find(b->hold->slot, t, n, &b->place)))
		return rv;
	b->spec.slot = tmg_key_slot(b->place)->ref;
	return tmg_p11_place_ready(b->hold->slot, b->place, b->named,
	    b->named_count);
}

static CK_RV
generate(struct birth *b)
{
	tmg_out spki = TMG_OUT(b->spki);
	tmg_rc rc;

	rc = tmg_key_generate(b->hold->slot->token, &b->spec, &spki);
	b->spki_len = spki.len;
	return rc == TMG_UNSUPPORTED ? CKR_TEMPLATE_INCONSISTENT
	    : tmg_p11_write_rv(b->hold->slot, rc);
}

/* ---- handles ------------------------------------------------------------- */

static CK_RV
show_private(const struct birth *b, CK_OBJECT_HANDLE *made)
{
	const tmg_p11_object o = {
		.class = CKO_PRIVATE_KEY,
		.key = b->place,
		.owner = b->token ? 0 : b->hold->session->handle,
		.pending = !b->token,
	};

	*made = tmg_p11_objects_handle(&b->hold->slot->objects, &o);
	return *made != CK_INVALID_HANDLE ? CKR_OK : CKR_HOST_MEMORY;
}

/* A session's public key is one in memory: it outlives its other half. */
static CK_RV
keep_public(const struct birth *b, CK_OBJECT_HANDLE *made)
{
	CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
	CK_ATTRIBUTE t[16] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_PUBLIC_KEY_INFO, (void *)(uintptr_t)b->spki, b->spki_len },
	};
	static const CK_ATTRIBUTE_TYPE taken[] = {
		CKA_ID, CKA_LABEL, CKA_SUBJECT, CKA_VERIFY, CKA_ENCRYPT,
		CKA_MODIFIABLE, CKA_COPYABLE, CKA_DESTROYABLE,
	};
	CK_ULONG n = 2;

	for (size_t i = 0; i < TMG_COUNT(taken); i++) {
		const CK_ATTRIBUTE *a = tmg_p11_template_find(b->public,
		    b->public_count, taken[i]);

		if (a != NULL)
			t[n++] = *a;
	}
	return tmg_p11_make_public.make(&(tmg_p11_wish){ .hold = b->hold,
	    .templ = t, .count = n }, made);
}

static CK_RV
show_public(const struct birth *b, CK_OBJECT_HANDLE *made)
{
	if (!b->token || !tmg_p11_template_says(b->public, b->public_count,
	    CKA_TOKEN, false))
		return keep_public(b, made);
	*made = tmg_p11_objects_handle(&b->hold->slot->objects,
	    &(tmg_p11_object){ .class = CKO_PUBLIC_KEY, .key = b->place });
	return *made != CK_INVALID_HANDLE ? CKR_OK : CKR_HOST_MEMORY;
}

static CK_RV
name_half(const struct birth *b, CK_OBJECT_CLASS class, const CK_ATTRIBUTE *label)
{
	const tmg_p11_object half = { .class = class, .key = b->place };
	CK_ATTRIBUTE t[2];
	CK_ULONG n = 0;

	if (b->named_count > 0 && b->named[0].type == CKA_ID)
		t[n++] = b->named[0];
	if (label != NULL && label->ulValueLen > 0)
		t[n++] = *label;
	return tmg_p11_place_name(b->hold->slot, &half, t, n);
}

static CK_RV
name(const struct birth *b)
{
	CK_RV rv;

	tmg_p11_place_note(b->hold->slot, b->place);
	if ((rv = name_half(b, CKO_PRIVATE_KEY, tmg_p11_template_find(b->private,
	    b->private_count, CKA_LABEL))))
		return rv;
	return name_half(b, CKO_PUBLIC_KEY, tmg_p11_template_find(b->public,
	    b->public_count, CKA_LABEL));
}

CK_RV
C_GenerateKeyPair(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism,
    CK_ATTRIBUTE *public, CK_ULONG public_count, CK_ATTRIBUTE *private,
    CK_ULONG private_count, CK_OBJECT_HANDLE *made_public,
    CK_OBJECT_HANDLE *made_private)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	struct birth b = { .hold = &hold, .public = public, .private = private,
	    .public_count = public_count, .private_count = private_count };
	CK_RV rv;

	if ((rv = p11_hold_session(&hold, handle)))
		return rv;
	if (mechanism == NULL || made_public == NULL || made_private == NULL)
		return CKR_ARGUMENTS_BAD;
	b.row = tmg_p11_mechanism_get(mechanism->mechanism);
	if (b.row == NULL || !(b.row->flags & CKF_GENERATE_KEY_PAIR) ||
	    !tmg_p11_mechanism_fits(b.row, tmg_token_info(hold.slot->token)))
		return CKR_MECHANISM_INVALID;
	if ((rv = tmg_p11_mechanism_plain(mechanism)) ||
	    (rv = check_templates(&b)) || (rv = read_kind(&b)) ||
	    (rv = tmg_p11_may_write(&hold)) || (rv = choose(&b)) ||
	    (rv = generate(&b)) || (rv = show_private(&b, made_private)) ||
	    (rv = show_public(&b, made_public)))
		return rv;
	return name(&b);
}
