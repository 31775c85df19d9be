/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/place.h"

#include <strings.h>

#include "pkcs11/attribute.h"
#include "pkcs11/title.h"
#include "src/token/token.h"
#include "tamga/cert.h"

bool
tmg_p11_place_shown(const tmg_p11_slot *slot, const tmg_key *key)
{
	const tmg_slot *s = tmg_key_slot(key);

	if (!s->retired || s->held)
		return true;
	for (size_t i = 0; i < slot->names.count; i++)
		if (slot->names.rows[i].slot == s->ref)
			return true;
	for (size_t i = 0; i < slot->objects.count; i++)
		if (slot->objects.rows[i].key == key)
			return true;
	return false;
}

/* ---- the slot ------------------------------------------------------------ */

static bool
is_text(tmg_view text, const char *name)
{
	return text.len == strlen(name) && text.len > 0 &&
	    strncasecmp((const char *)text.ptr, name, text.len) == 0;
}

static bool
is_named(tmg_token *token, const tmg_key *key, tmg_view id, tmg_view label)
{
	char title[P11_TITLE_MAX];
	uint8_t store[TMG_SLOT_NAME];

	if (tmg_view_equal(id, tmg_key_id(key, store)))
		return true;
	if (id.len > 0)
		return false;
	tmg_p11_title(token, key, title);
	return is_text(label, tmg_key_slot(key)->name) || is_text(label, title);
}

/* Neither a key nor the certificate of one that is gone. */
static tmg_rc
is_free(tmg_key *key, bool *free)
{
	tmg_key_facts facts;
	tmg_view der;
	tmg_rc rc;

	*free = false;
	rc = tmg_key_facts_get(key, &facts);
	if (rc == TMG_OK || rc == TMG_UNSUPPORTED)
		return TMG_OK;
	if (rc == TMG_NOT_FOUND)
		rc = tmg_key_cert(key, &der);
	*free = rc == TMG_NOT_FOUND;
	return *free ? TMG_OK : rc;
}

/* How often the template wants the PIN; it may not say. */
static bool
wants(const CK_ATTRIBUTE *templ, CK_ULONG count, tmg_pin_policy pin, bool named)
{
	const bool always = tmg_p11_template_says(templ, count,
	    CKA_ALWAYS_AUTHENTICATE, named && pin == TMG_PIN_ALWAYS);
	const bool private = tmg_p11_template_says(templ, count, CKA_PRIVATE,
	    !(named && pin == TMG_PIN_NEVER));

	if (!private)
		return pin == TMG_PIN_NEVER;
	return pin == (always ? TMG_PIN_ALWAYS : TMG_PIN_ONCE) ||
	    (named && pin == TMG_PIN_ALWAYS);
}

static CK_RV
take_named(tmg_p11_slot *slot, const CK_ATTRIBUTE *templ, CK_ULONG count,
    tmg_key *key)
{
	bool free;
	tmg_rc rc;

	if (!wants(templ, count, tmg_key_slot(key)->pin, true))
		return CKR_TEMPLATE_INCONSISTENT;
	if ((rc = is_free(key, &free)))
		return tmg_p11_slot_rv(slot, rc);
	return free ? CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID;
}

static CK_RV
take_free(tmg_p11_slot *slot, const CK_ATTRIBUTE *templ, CK_ULONG count,
    tmg_key **place)
{
	const bool retired =
	    (tmg_token_info(slot->token)->can & TMG_CAN_RETIRED) != 0;

	for (size_t i = 0; i < slot->token->key_count; i++) {
		tmg_key *key = &slot->token->keys[i];
		const tmg_slot *s = tmg_key_slot(key);
		bool free;
		tmg_rc rc;

		if ((s->uses & TMG_USE_ATTEST) || (s->retired && !retired) ||
		    !wants(templ, count, s->pin, false))
			continue;
		if ((rc = is_free(key, &free)))
			return tmg_p11_slot_rv(slot, rc);
		if (!free)
			continue;
		*place = key;
		return CKR_OK;
	}
	return CKR_DEVICE_MEMORY;
}

CK_RV
tmg_p11_place_find(tmg_p11_slot *slot, const CK_ATTRIBUTE *templ,
    CK_ULONG count, tmg_key **place)
{
	const tmg_view id = tmg_p11_template_bytes(templ, count, CKA_ID),
	    label = tmg_p11_template_bytes(templ, count, CKA_LABEL);
	tmg_rc rc;

	if ((rc = tmg_token_slots(slot->token)))
		return tmg_p11_slot_rv(slot, rc);
	for (size_t i = 0; i < slot->token->key_count; i++) {
		*place = &slot->token->keys[i];
		if (!(tmg_key_slot(*place)->uses & TMG_USE_ATTEST) &&
		    is_named(slot->token, *place, id, label))
			return take_named(slot, templ, count, *place);
	}
	return take_free(slot, templ, count, place);
}

/* ---- a certificate alone -------------------------------------------------- */

static bool
tells_of_keys(const tmg_p11_slot *slot)
{
	return (tmg_token_info(slot->token)->can & TMG_CAN_METADATA) != 0;
}

/* Is it there already? */
static bool
is_there(tmg_p11_slot *slot, tmg_view der, tmg_key **place)
{
	tmg_view there;

	for (size_t i = 0; (*place = tmg_token_key(slot->token, i)) != NULL; i++)
		if (tmg_key_cert(*place, &there) == TMG_OK &&
		    tmg_view_equal(there, der))
			return true;
	return false;
}

/* A card that does not tell of its keys tells by its history which slots may
 * hold one whose certificate is elsewhere. */
static tmg_rc
is_vacant(tmg_p11_slot *slot, tmg_key *key, bool *vacant)
{
	const tmg_slot *s = tmg_key_slot(key);

	*vacant = false;
	return !s->retired || (s->uses & TMG_USE_ATTEST) ||
	    (s->held && !tells_of_keys(slot)) ? TMG_OK : is_free(key, vacant);
}

static CK_RV
take_vacant(tmg_p11_slot *slot, tmg_key **place)
{
	bool vacant;
	tmg_rc rc;

	for (size_t i = 0; i < slot->token->key_count; i++) {
		*place = &slot->token->keys[i];
		if ((rc = is_vacant(slot, *place, &vacant)))
			return tmg_p11_slot_rv(slot, rc);
		if (vacant)
			return CKR_OK;
	}
	return CKR_DEVICE_MEMORY;
}

CK_RV
tmg_p11_place_alone(tmg_p11_slot *slot, tmg_view der, tmg_key **place)
{
	tmg_cert_facts facts;
	size_t shown;
	tmg_rc rc;

	if ((rc = tmg_token_keys(slot->token, &shown)))
		return tmg_p11_slot_rv(slot, rc);
	if (is_there(slot, der, place))
		return CKR_OK;
	if ((rc = tmg_cert_facts_get(der, &facts)))
		return rc == TMG_E_NOMEM ? CKR_HOST_MEMORY
		    : CKR_ATTRIBUTE_VALUE_INVALID;
	if (!facts.ca && !tells_of_keys(slot))
		return CKR_TEMPLATE_INCONSISTENT;
	return take_vacant(slot, place);
}

/* ---- the name ------------------------------------------------------------ */

/* A name that is being given. */
struct naming {
	tmg_p11_subject subject;
	tmg_p11_name name;
	bool changed;
};

/* The public half of what is in a slot, be it only a certificate's. */
static tmg_rc
public_there(tmg_key *key, tmg_view *spki)
{
	const tmg_rc rc = tmg_key_public(key, spki);
	tmg_view der;

	if (rc != TMG_NOT_FOUND || tmg_key_cert(key, &der) != TMG_OK)
		return rc;
	return tmg_cert_spki(der, spki);
}

/* The number of another slot, or an ID that another key of this token has. */
static bool
is_taken(const tmg_p11_slot *slot, const struct naming *n, tmg_view id)
{
	for (size_t i = 0; i < slot->token->key_count; i++) {
		const tmg_key *key = &slot->token->keys[i];
		uint8_t store[TMG_SLOT_NAME];

		if (key != n->subject.object.key &&
		    tmg_view_equal(id, tmg_key_id(key, store)))
			return true;
	}
	for (size_t i = 0; i < slot->names.count; i++) {
		const tmg_p11_name *other = &slot->names.rows[i];
		tmg_key *key = tmg_token_key_of(slot->token, other->slot);
		tmg_p11_name now;
		tmg_view spki;

		if (memcmp(other->key, n->name.key, sizeof(other->key)) == 0 ||
		    !tmg_view_equal(id, tmg_p11_text_view(&other->id)) ||
		    key == NULL || public_there(key, &spki) != TMG_OK)
			continue;
		tmg_p11_names_get(&slot->names, spki, &now);
		if (memcmp(now.key, other->key, sizeof(now.key)) == 0)
			return true;
	}
	return false;
}

/* Java and others take a certificate's label for a name that one object has. */
static bool
is_label_taken(tmg_p11_slot *slot, const struct naming *n, tmg_view label)
{
	tmg_key *key;

	for (size_t i = 0; (key = tmg_token_key(slot->token, i)) != NULL; i++) {
		const tmg_p11_object o = { .class = CKO_CERTIFICATE, .key = key };
		tmg_p11_subject other;
		tmg_view theirs;

		if (key != n->subject.object.key &&
		    tmg_p11_subject_load(slot, &o, &other) == TMG_OK &&
		    tmg_p11_attribute_get(&other, CKA_LABEL, &theirs) == CKR_OK &&
		    tmg_view_equal(theirs, label))
			return true;
	}
	return false;
}

static bool
is_so(struct naming *n, const CK_ATTRIBUTE *a)
{
	tmg_view now;

	return a == NULL ||
	    (tmg_p11_attribute_get(&n->subject, a->type, &now) == CKR_OK &&
	    tmg_view_equal(now, (tmg_view){ a->pValue, a->ulValueLen }));
}

static CK_RV
set_id(tmg_p11_slot *slot, struct naming *n, const CK_ATTRIBUTE *a)
{
	uint8_t store[TMG_SLOT_NAME];
	tmg_view id;

	if (is_so(n, a))
		return CKR_OK;
	id = (tmg_view){ a->pValue, a->ulValueLen };
	if (is_taken(slot, n, id))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	n->changed = true;
	if (tmg_view_equal(id, tmg_key_id(n->subject.object.key, store))) {
		n->name.id.len = 0;	/* as it is without a name */
		return CKR_OK;
	}
	return tmg_p11_text_set(&n->name.id, id);
}

static tmg_p11_text *
own_label(struct naming *n)
{
	switch (n->subject.object.class) {
	case CKO_CERTIFICATE:
		return &n->name.cert_label;
	case CKO_PUBLIC_KEY:
		return &n->name.public_label;
	default:
		return &n->name.label;
	}
}

/* A label that is lent by another object would change with it. */
static bool
is_lent(struct naming *n)
{
	const tmg_p11_name *name = &n->name;

	return own_label(n)->len == 0 && name->label.len +
	    name->public_label.len + name->cert_label.len > 0;
}

static CK_RV
set_label(tmg_p11_slot *slot, struct naming *n, const CK_ATTRIBUTE *a)
{
	const bool same = is_so(n, a);
	tmg_view label;

	if (a == NULL || (same && !is_lent(n)))
		return CKR_OK;
	label = (tmg_view){ a->pValue, a->ulValueLen };
	if (n->subject.object.class == CKO_CERTIFICATE && !same &&
	    is_label_taken(slot, n, label))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	n->changed = true;
	return tmg_p11_text_set(own_label(n), label);
}

/* A private key is called by who must not see it too: the SO makes keys. */
static tmg_rc
load(tmg_p11_slot *slot, const tmg_p11_object *object, tmg_p11_subject *s)
{
	tmg_p11_object seen = *object;
	tmg_rc rc;

	if (seen.class == CKO_PRIVATE_KEY)
		seen.class = CKO_PUBLIC_KEY;
	rc = tmg_p11_subject_load(slot, &seen, s);
	s->object.class = object->class;
	return rc;
}

static CK_RV
prepare(tmg_p11_slot *slot, const tmg_p11_object *object,
    const CK_ATTRIBUTE *templ, CK_ULONG count, struct naming *n)
{
	tmg_rc rc;
	CK_RV rv;

	n->changed = false;
	tmg_p11_names_look(&slot->names);
	if ((rc = load(slot, object, &n->subject)))
		return tmg_p11_slot_rv(slot, rc);
	n->name = n->subject.name;
	n->name.slot = tmg_key_slot(object->key)->ref;
	if ((rv = set_id(slot, n, tmg_p11_template_find(templ, count, CKA_ID))))
		return rv;
	return set_label(slot, n, tmg_p11_template_find(templ, count, CKA_LABEL));
}

CK_RV
tmg_p11_place_name(tmg_p11_slot *slot, const tmg_p11_object *object,
    const CK_ATTRIBUTE *templ, CK_ULONG count)
{
	struct naming n;
	CK_RV rv;

	if ((rv = prepare(slot, object, templ, count, &n)))
		return rv;
	return n.changed ? tmg_p11_names_put(&slot->names, &n.name) : CKR_OK;
}

CK_RV
tmg_p11_place_ready(tmg_p11_slot *slot, tmg_key *place,
    const CK_ATTRIBUTE *templ, CK_ULONG count)
{
	const tmg_view id = tmg_p11_template_bytes(templ, count, CKA_ID),
	    label = tmg_p11_template_bytes(templ, count, CKA_LABEL);
	struct naming n = { .subject.object.key = place };
	tmg_p11_text text;
	uint8_t store[TMG_SLOT_NAME];
	tmg_view spki;
	CK_RV rv;

	tmg_p11_names_look(&slot->names);
	if (public_there(place, &spki) == TMG_OK)
		tmg_p11_names_get(&slot->names, spki, &n.name);
	if ((label.len > 0 && (rv = tmg_p11_text_set(&text, label))) ||
	    (id.len > 0 && (rv = tmg_p11_text_set(&text, id))))
		return rv;
	if (id.len > 0 && is_taken(slot, &n, id))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	if (label.len == 0 && (id.len == 0 ||
	    tmg_view_equal(id, tmg_key_id(place, store))))
		return CKR_OK;
	return tmg_p11_names_ready();
}

void
tmg_p11_place_note(tmg_p11_slot *slot, tmg_key *place)
{
	tmg_p11_name name;
	tmg_view spki;

	if (!tmg_key_slot(place)->retired ||
	    tmg_key_public(place, &spki) != TMG_OK)
		return;
	tmg_p11_names_get(&slot->names, spki, &name);
	name.slot = tmg_key_slot(place)->ref;
	(void)tmg_p11_names_put(&slot->names, &name);
}
