/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys are told of, made and deleted. */
#include "drivers/module/module.h"

#include <string.h>

#include "src/pki/spki.h"

enum {
	TEMPLATE_MAX = 20,
};

/* ---- telling --------------------------------------------------------------- */

static tmg_pin_policy
policy_of(tmg_module *m, bool seen, CK_OBJECT_HANDLE key)
{
	bool always = false;

	if ((m->flags & CKF_LOGIN_REQUIRED) == 0)
		return TMG_PIN_NEVER;
	if (seen && tmg_module_flag(m, key, CKA_ALWAYS_AUTHENTICATE, &always) ==
	    TMG_OK && always)
		return TMG_PIN_ALWAYS;
	return TMG_PIN_ONCE;
}

static tmg_origin
origin_of(tmg_module *m, bool seen, CK_OBJECT_HANDLE key)
{
	bool local = false;

	if (!seen || tmg_module_flag(m, key, CKA_LOCAL, &local) != TMG_OK)
		return TMG_ORIGIN_UNKNOWN;
	return local ? TMG_ORIGIN_GENERATED : TMG_ORIGIN_IMPORTED;
}

/* From the public key object, else from what the private one tells. */
static tmg_rc
public_of(tmg_module *m, const tmg_module_place *place, bool seen,
    CK_OBJECT_HANDLE private, tmg_out *spki)
{
	const size_t mark = spki->len;
	CK_OBJECT_HANDLE public;
	tmg_rc rc = tmg_module_object(m, place, CKO_PUBLIC_KEY, &public);

	if (rc == TMG_OK)
		rc = tmg_module_spki(m, public, spki);
	if (rc != TMG_NOT_FOUND)
		return rc;
	spki->len = mark;
	return seen ? tmg_module_spki(m, private, spki) : TMG_NOT_FOUND;
}

tmg_rc
tmg_module_facts(tmg_backend *b, uint32_t slot, tmg_key_facts *facts,
    tmg_out *spki)
{
	tmg_module *m = tmg_module_of(b);
	CK_OBJECT_HANDLE private = CK_INVALID_HANDLE;
	tmg_module_place *place;
	bool seen;
	tmg_rc rc;

	if ((rc = tmg_module_place_get(m, slot, &place)))
		return rc;
	if (place->vacant)
		return TMG_NOT_FOUND;
	rc = tmg_module_object(m, place, CKO_PRIVATE_KEY, &private);
	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return rc;
	seen = rc == TMG_OK;
	rc = public_of(m, place, seen, private, spki);
	*facts = (tmg_key_facts){
		.pin = policy_of(m, seen, private),
		.touch = TMG_TOUCH_UNKNOWN,
		.origin = origin_of(m, seen, private),
	};
	if (rc == TMG_OK)
		return tmg_spki_alg(tmg_out_view(spki), &facts->alg);
	/* Private keys hide before the login: then the certificate speaks. */
	if (rc == TMG_NOT_FOUND && (seen || !m->user))
		return TMG_UNSUPPORTED;
	return rc;
}

/* ---- deleting --------------------------------------------------------------- */

tmg_rc
tmg_module_key_delete(tmg_backend *b, uint32_t slot)
{
	tmg_module *m = tmg_module_of(b);
	tmg_module_place *place;
	tmg_rc rc, other;

	if ((rc = tmg_module_place_get(m, slot, &place)))
		return rc;
	rc = tmg_module_destroy(m, place, CKO_PRIVATE_KEY);
	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return rc;
	other = tmg_module_destroy(m, place, CKO_PUBLIC_KEY);
	if (other != TMG_OK && other != TMG_NOT_FOUND)
		return other;
	if (rc == TMG_NOT_FOUND && other == TMG_NOT_FOUND)
		return mod_raise(m, TMG_NOT_FOUND, _("slot %s of token %s holds no "
		    "key"), place->name, b->info.label);
	return TMG_OK;
}

/* ---- making ------------------------------------------------------------------- */

typedef struct template {
	CK_ATTRIBUTE rows[TEMPLATE_MAX];
	CK_ULONG n;
} template;

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

static void
put(template *t, CK_ATTRIBUTE_TYPE type, const void *value, size_t len)
{
	if (t->n < TMG_COUNT(t->rows))
		t->rows[t->n++] = (CK_ATTRIBUTE){ type, (void *)(uintptr_t)value,
		    len };
}

static void
put_flag(template *t, CK_ATTRIBUTE_TYPE type, bool value)
{
	put(t, type, value ? &yes : &no, sizeof(yes));
}

static void
put_place(template *t, const tmg_module_place *place)
{
	put_flag(t, CKA_TOKEN, true);
	if (place->id_len > 0)
		put(t, CKA_ID, place->id, place->id_len);
	if (place->label_len > 0)
		put(t, CKA_LABEL, place->label, place->label_len);
	else
		put(t, CKA_LABEL, place->name, strlen(place->name));
}

/* What a key of the family is for; modules refuse what its kind cannot do. */
static const struct {
	bool sign, crypt, derive;
} uses[] = {
	[TMG_FAMILY_NONE] = { false, false, false },
	[TMG_FAMILY_RSA] = { true, true, false },
	[TMG_FAMILY_EC] = { true, false, true },
	[TMG_FAMILY_ED] = { true, false, false },
	[TMG_FAMILY_X] = { false, false, true },
};

static void
fill_public(template *t, const tmg_module_place *place,
    const tmg_module_kind *kind, const CK_ULONG *bits)
{
	static const CK_BYTE f4[] = { 1, 0, 1 };
	const tmg_family family = tmg_alg_get(kind->alg)->family;

	put_place(t, place);
	if (family == TMG_FAMILY_RSA) {
		put(t, CKA_MODULUS_BITS, bits, sizeof(*bits));
		put(t, CKA_PUBLIC_EXPONENT, f4, sizeof(f4));
		put_flag(t, CKA_ENCRYPT, true);
	} else {
		put(t, CKA_EC_PARAMS, kind->params, kind->params_len);
	}
	if (uses[family].sign)
		put_flag(t, CKA_VERIFY, true);
}

static void
fill_private(template *t, const tmg_module_place *place,
    const tmg_module_kind *kind, const tmg_keyspec *spec)
{
	const tmg_family family = tmg_alg_get(kind->alg)->family;

	put_place(t, place);
	put_flag(t, CKA_PRIVATE, true);
	put_flag(t, CKA_SENSITIVE, true);
	put_flag(t, CKA_EXTRACTABLE, false);
	if (uses[family].sign)
		put_flag(t, CKA_SIGN, true);
	if (uses[family].crypt)
		put_flag(t, CKA_DECRYPT, true);
	if (uses[family].derive)
		put_flag(t, CKA_DERIVE, true);
	if (spec->pin == TMG_PIN_ALWAYS)
		put_flag(t, CKA_ALWAYS_AUTHENTICATE, true);
}

static CK_RV
give_birth(tmg_module *m, const tmg_module_place *place,
    const tmg_module_kind *kind, const tmg_keyspec *spec,
    CK_OBJECT_HANDLE *public, CK_OBJECT_HANDLE *private)
{
	const CK_ULONG bits = tmg_alg_get(kind->alg)->bits;
	CK_MECHANISM birth = { kind->birth, NULL, 0 };
	template pub = { .n = 0 }, priv = { .n = 0 };

	fill_public(&pub, place, kind, &bits);
	fill_private(&priv, place, kind, spec);
	return mod_p11(m)->C_GenerateKeyPair(m->session, &birth, pub.rows, pub.n,
	    priv.rows, priv.n, public, private);
}

/* Edwards curves have two names, and most modules know one. */
static CK_RV
give_birth_by_any_name(tmg_module *m, const tmg_module_place *place,
    const tmg_module_kind *kind, const tmg_keyspec *spec,
    CK_OBJECT_HANDLE *public, CK_OBJECT_HANDLE *private)
{
	tmg_module_kind named = *kind;
	CK_RV rv = give_birth(m, place, kind, spec, public, private);

	if (rv == CKR_OK || kind->words == NULL)
		return rv;
	named.params = kind->words;
	named.params_len = kind->words_len;
	return give_birth(m, place, &named, spec, public, private);
}

tmg_rc
tmg_module_generate(tmg_backend *b, const tmg_keyspec *spec, tmg_out *spki)
{
	tmg_module *m = tmg_module_of(b);
	const tmg_module_kind *kind = tmg_module_kind_of(spec->alg);
	CK_OBJECT_HANDLE public = 0, private = 0;
	tmg_module_olds old = { .n = 0 };
	tmg_module_place *place;
	tmg_rc rc;

	if ((rc = tmg_module_identify(b)) ||
	    (rc = tmg_module_place_get(m, spec->slot, &place)) ||
	    (rc = tmg_module_session(m)))
		return rc;
	if (kind == NULL || (b->info.algs & 1u << spec->alg) == 0)
		return mod_raise(m, TMG_UNSUPPORTED, _("token %s makes no keys of the "
		    "kind %s"), b->info.label, tmg_alg_get(spec->alg)->name);
	if ((rc = tmg_module_olds_note(m, place, &old)) ||
	    (rc = tmg_module_heard(m, "C_GenerateKeyPair",
	    give_birth_by_any_name(m, place, kind, spec, &public, &private))))
		return rc;
	place->vacant = false;
	if ((rc = tmg_module_spki(m, public, spki)) || (rc = tmg_module_olds_drop(m, &old)))
		return rc == TMG_NOT_FOUND ? tmg_module_lied(m,
		    "C_GenerateKeyPair") : rc;
	return tmg_out_done(spki);
}
