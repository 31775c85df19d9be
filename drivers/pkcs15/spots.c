/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A card has no fixed slots: a key and what shares its id are one.  Certificates
 * without a key come after the keys.
 */
#include "drivers/pkcs15/write.h"

#include "src/codec/hex.h"
#include "src/pki/spki.h"

enum {
	SHORT_ID = 3,		/* bytes: is its own number */
	FIRST_ID = 0x45,	/* of new keys, as pkcs15-init gives them */
	SHOWN = 4,		/* places that are shown empty too */
};

#define LONG_ID 0x80000000u	/* numbers of ids that are not */

static bool
has_name(const tmg_p15_content *c, const char *name)
{
	for (size_t i = 0; i < c->spot_count; i++)
		if (strcmp(c->spots[i].name, name) == 0)
			return true;
	return false;
}

static bool
has_ref(const tmg_p15_content *c, uint32_t ref)
{
	for (size_t i = 0; i < c->spot_count; i++)
		if (c->spots[i].ref == ref)
			return true;
	return false;
}

/* The same tomorrow, as long as the card has the same ids. */
static uint32_t
number_of(const tmg_p15_content *c, tmg_view id)
{
	uint32_t ref = 0;

	if (id.len > SHORT_ID || id.len == 0)
		ref = LONG_ID;
	for (size_t i = 0; i < id.len; i++)
		ref = id.len <= SHORT_ID ? ref << 8 | id.ptr[i]
		    : (ref * 31 + id.ptr[i]) | LONG_ID;
	while (ref == 0 || has_ref(c, ref))
		ref++;
	return ref;
}

/* Two of one id are told apart by a letter. */
static void
call_it(const tmg_p15_content *c, tmg_view id, tmg_p15_spot *s)
{
	tmg_out o = { (uint8_t *)s->name, sizeof(s->name) - 4, 0, false };

	if (id.len > (sizeof(s->name) - 4) / 2)
		id.len = (sizeof(s->name) - 4) / 2;
	tmg_hex_put(&o, id);
	if (o.len == 0)
		tmg_put_str(&o, "-");
	for (char letter = 'b'; has_name(c, s->name) && letter <= 'z'; letter++) {
		s->name[o.len] = '~';
		s->name[o.len + 1] = letter;
	}
}

static void
add(tmg_p15_content *c, tmg_view id, int key, int cert)
{
	tmg_p15_spot *s = &c->spots[c->spot_count];

	if (c->spot_count == P15_OBJECTS)
		return;
	*s = (tmg_p15_spot){ .ref = number_of(c, id), .key = key, .cert = cert };
	call_it(c, id, s);
	c->spot_count++;
}

/* The holder's certificate before an authority's that shares the id. */
static int
cert_of(const tmg_p15_content *c, tmg_view id)
{
	int found = -1;

	for (size_t i = 0; i < c->cert_count; i++) {
		if (!tmg_view_equal(c->certs[i].id, id))
			continue;
		if (!c->certs[i].authority)
			return (int)i;
		if (found < 0)
			found = (int)i;
	}
	return found;
}

static bool
is_taken(const tmg_p15_content *c, int cert)
{
	for (size_t i = 0; i < c->spot_count; i++)
		if (c->spots[i].cert == cert)
			return true;
	return false;
}

/* Where a key can be made. */
static void
add_free(tmg_p15_content *c)
{
	for (uint8_t id = FIRST_ID; id < FIRST_ID + P15_KEY_NUMBERS; id++)
		if (!has_ref(c, id))
			add(c, (tmg_view){ &id, 1 }, -1, -1);
}

static tmg_rc
learn_spots(tmg_p15 *p)
{
	tmg_p15_content *c = &p->content;
	tmg_rc rc;

	if (c->spots_known)
		return TMG_OK;
	if ((rc = tmg_p15_learn(p, P15_PRIVATE)) ||
	    (rc = tmg_p15_learn(p, P15_CERTS)))
		return rc;
	for (size_t i = 0; i < c->key_count; i++)
		add(c, c->keys[i].id, (int)i, cert_of(c, c->keys[i].id));
	for (size_t i = 0; i < c->cert_count; i++)
		if (!is_taken(c, (int)i))
			add(c, c->certs[i].id, -1, (int)i);
	if (tmg_p15_writes(p))
		add_free(c);
	c->spots_known = true;
	return TMG_OK;
}

tmg_rc
tmg_p15_spot_get(tmg_p15 *p, uint32_t ref, const tmg_p15_spot **spot)
{
	tmg_rc rc;

	if ((rc = learn_spots(p)))
		return rc;
	for (size_t i = 0; i < p->content.spot_count; i++) {
		*spot = &p->content.spots[i];
		if ((*spot)->ref == ref)
			return TMG_OK;
	}
	return p15_raise(p, TMG_NOT_FOUND, 0, _("%s: the card has no slot %x"),
	    p->who, (unsigned)ref);
}

tmg_rc
tmg_p15_spot_of(tmg_p15 *p, tmg_view id, const tmg_p15_spot **spot)
{
	const tmg_p15_content *c = &p->content;
	tmg_rc rc;

	if ((rc = learn_spots(p)))
		return rc;
	for (size_t i = 0; i < c->spot_count; i++) {
		*spot = &c->spots[i];
		if ((*spot)->key >= 0 && tmg_view_equal(c->keys[(*spot)->key].id, id))
			return TMG_OK;
	}
	return TMG_NOT_FOUND;
}

tmg_rc
tmg_p15_key_at(tmg_p15 *p, uint32_t ref, const tmg_p15_key **key)
{
	const tmg_p15_spot *spot;
	tmg_rc rc;

	if ((rc = tmg_p15_spot_get(p, ref, &spot)))
		return rc;
	if (spot->key < 0)
		return p15_raise(p, TMG_NOT_FOUND, 0, _("%s: slot %s holds no key"),
		    p->who, spot->name);
	*key = &p->content.keys[spot->key];
	return TMG_OK;
}

/* ---- as slots ------------------------------------------------------------------ */

static const struct {
	unsigned told;		/* P15_USE_* */
	tmg_family family;	/* NONE: any */
	unsigned use;		/* TMG_USE_* */
} uses[] = {
	{ P15_USE_SIGN | P15_USE_SIGN_RECOVER | P15_USE_NON_REPUDIATION,
	    TMG_FAMILY_NONE, TMG_USE_SIGN },
	{ P15_USE_SIGN | P15_USE_SIGN_RECOVER, TMG_FAMILY_NONE, TMG_USE_AUTH },
	{ P15_USE_DECRYPT | P15_USE_UNWRAP, TMG_FAMILY_RSA, TMG_USE_DECRYPT },
	{ P15_USE_DERIVE, TMG_FAMILY_EC, TMG_USE_DERIVE },
};

static unsigned
uses_of(const tmg_p15_key *key)
{
	unsigned use = 0;

	for (size_t i = 0; i < TMG_COUNT(uses); i++)
		if ((key->usage & uses[i].told) != 0 &&
		    (uses[i].family == TMG_FAMILY_NONE ||
		    uses[i].family == key->family))
			use |= uses[i].use;
	return use;
}

static tmg_pin_policy
policy_of(const tmg_p15_key *key)
{
	return key->common.auth.len == 0 ? TMG_PIN_NEVER
	    : key->common.consent ? TMG_PIN_ALWAYS : TMG_PIN_ONCE;
}

/* Where the next key goes when nobody chooses. */
static bool
is_next(const tmg_p15_content *c, const tmg_p15_spot *spot)
{
	const tmg_p15_spot *s = c->spots;

	while (s < spot && (s->key >= 0 || s->cert >= 0))
		s++;
	return s == spot;
}

/* What seems empty may hold a key. */
static bool
is_keeping_keys_back(const tmg_p15_content *c)
{
	return (c->hidden >> P15_PRIVATE & 1) != 0;
}

static bool
is_hiding(const tmg_p15_content *c)
{
	return is_keeping_keys_back(c) || (c->hidden >> P15_CERTS & 1) != 0;
}

static const char *
title_of(const tmg_p15_content *c, const tmg_p15_spot *spot)
{
	if (spot->key < 0 && is_keeping_keys_back(c))
		return N_("a key may show after the PIN");
	return spot->key < 0 && spot->cert >= 0 ? N_("certificate without a key")
	    : N_("PKCS #15 key");
}

/* An empty place takes any key; of those behind the first ones only the next is
 * shown. */
static tmg_slot
row_of(const tmg_p15_content *c, const tmg_p15_spot *spot)
{
	const bool empty = spot->key < 0 && spot->cert < 0;
	tmg_slot row = {
		.ref = spot->ref,
		.title = title_of(c, spot),
		.retired = empty && spot->ref >= FIRST_ID + SHOWN &&
		    !is_next(c, spot),
		.keyless = spot->key < 0 && !is_keeping_keys_back(c),
	};

	memcpy(row.name, spot->name, sizeof(row.name));
	if (spot->key >= 0) {
		row.family = c->keys[spot->key].family;
		row.bits = c->keys[spot->key].bits;
		row.uses = uses_of(&c->keys[spot->key]);
		row.pin = policy_of(&c->keys[spot->key]);
	} else if (empty) {
		row.uses = TMG_USE_SIGN | TMG_USE_AUTH | TMG_USE_DECRYPT |
		    TMG_USE_DERIVE;
		row.pin = TMG_PIN_ONCE;
	}
	return row;
}

tmg_rc
tmg_p15_survey(tmg_backend *b, tmg_slot *rows, size_t count)
{
	tmg_p15 *p = tmg_p15_of(b);
	const tmg_p15_spot *spot;
	tmg_rc rc;

	for (size_t i = 0; i < count; i++) {
		if (!rows[i].retired)
			continue;
		if ((rc = tmg_p15_ready(p, false)) ||
		    (rc = tmg_p15_spot_get(p, rows[i].ref, &spot)))
			return rc;
		rows[i].held = spot->key >= 0 || spot->cert >= 0;
	}
	return TMG_OK;
}

tmg_rc
tmg_p15_slots(tmg_backend *b, tmg_slot *rows, size_t cap, size_t *count)
{
	tmg_p15 *p = tmg_p15_of(b);
	tmg_rc rc;

	*count = 0;
	if ((rc = tmg_p15_ready(p, false)) || (rc = learn_spots(p)))
		return rc;
	b->info.hides = is_hiding(&p->content);
	p->content.guessed &= b->info.hides;	/* who lists again has seen it */
	for (; *count < p->content.spot_count; (*count)++)
		if (*count < cap)
			rows[*count] = row_of(&p->content,
			    &p->content.spots[*count]);
	return TMG_OK;
}

/* ---- what is known of a key ------------------------------------------------------ */

tmg_rc
tmg_p15_facts(tmg_backend *b, uint32_t slot, tmg_key_facts *facts, tmg_out *spki)
{
	tmg_p15 *p = tmg_p15_of(b);
	const tmg_p15_key *key;
	const size_t mark = spki->len;
	tmg_rc rc;

	if ((rc = tmg_p15_ready(p, false)))
		return rc;
	rc = tmg_p15_key_at(p, slot, &key);
	/* Who asks again after the PIN knows. */
	p->content.guessed = is_keeping_keys_back(&p->content)
	    ? p->content.guessed || rc == TMG_NOT_FOUND : false;
	if (rc != TMG_OK)
		return rc;
	*facts = (tmg_key_facts){
		.alg = tmg_p15_alg_told(key),
		.pin = policy_of(key),
		.origin = (key->access & P15_ACCESS_LOCAL) != 0
		    ? TMG_ORIGIN_GENERATED : TMG_ORIGIN_UNKNOWN,
	};
	if ((rc = tmg_p15_public_read(p, key, facts, spki)))
		return rc;
	if (spki->len > mark)
		rc = tmg_spki_alg((tmg_view){ spki->ptr + mark, spki->len - mark },
		    &facts->alg);
	if (rc == TMG_UNSUPPORTED || facts->alg == TMG_ALG_NONE)
		return p15_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: the card does not tell what kind of key this is"),
		    p->who);
	return rc;
}

tmg_rc
tmg_p15_cert_read(tmg_backend *b, uint32_t slot, tmg_out *der)
{
	tmg_p15 *p = tmg_p15_of(b);
	const size_t mark = der->len;
	const tmg_p15_spot *spot;
	tmg_rc rc;

	if ((rc = tmg_p15_ready(p, false)) || (rc = tmg_p15_spot_get(p, slot, &spot)))
		return rc;
	if (spot->cert < 0)
		return p15_raise(p, TMG_NOT_FOUND, 0,
		    _("%s: slot %s holds no certificate"), p->who, spot->name);
	rc = tmg_p15_value_read(p, &p->content.certs[spot->cert].value,
	    TMG_EXTENT_OBJECT, der, N_("reading a certificate"));
	if (rc == TMG_OK && der->len == mark)
		return p15_raise(p, TMG_NOT_FOUND, TMG_SW_OK,
		    _("%s: slot %s holds no certificate"), p->who, spot->name);
	if (rc == TMG_OK && der->ptr[mark] != 0x30)
		return p15_raise(p, TMG_E_MALFORMED, TMG_SW_OK,
		    _("%s: what slot %s holds is no certificate"), p->who,
		    spot->name);
	return rc;
}
