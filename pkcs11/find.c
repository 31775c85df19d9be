/* SPDX-License-Identifier: BSD-2-Clause */
/* Searching. */
#include <stdlib.h>

#include "pkcs11/attribute.h"
#include "pkcs11/module.h"
#include "pkcs11/place.h"
#include "pkcs11/template.h"
#include "src/token/token.h"

/* A search while it runs. */
struct search {
	tmg_p11_slot *slot;
	const CK_ATTRIBUTE *templ;
	CK_ULONG count;
	tmg_p11_find *find;
	uint64_t named;		/* slots whose keys were given the wanted ID:
				 * a bit each, in the token's order */
};

void
tmg_p11_find_end(tmg_p11_find *find)
{
	free(find->found);
	*find = (tmg_p11_find){ .active = false };
}

/* ---- what need not be read ----------------------------------------------- */

static const CK_ATTRIBUTE *
asked_for(const struct search *q, CK_ATTRIBUTE_TYPE type)
{
	return tmg_p11_template_find(q->templ, q->count, type);
}

static bool
is_value(const CK_ATTRIBUTE *a, tmg_view value)
{
	return a == NULL ||
	    tmg_view_equal(value, (tmg_view){ a->pValue, a->ulValueLen });
}

/* Slots beyond the 64th are always looked at. */
static void
mark_named(struct search *q)
{
	const CK_ATTRIBUTE *a = asked_for(q, CKA_ID);
	const tmg_p11_names *names = &q->slot->names;

	for (size_t n = 0; a != NULL && n < names->count; n++)
		for (size_t i = 0; i < q->slot->token->key_count && i < 64; i++)
			if (q->slot->token->keys[i].slot.ref == names->rows[n].slot &&
			    is_value(a, tmg_p11_text_view(&names->rows[n].id)))
				q->named |= (uint64_t)1 << i;
}

static bool
is_named(const struct search *q, const tmg_key *key)
{
	const size_t i = (size_t)(key - q->slot->token->keys);

	return i >= 64 || (q->named & (uint64_t)1 << i) != 0;
}

/* A private key that nobody may see yet, by its slot's rule.  Whether the key
 * keeps to that the card is asked when the search names private keys or an ID;
 * who lists all that there is to see need not pay for what he does not. */
static bool
is_veiled(const struct search *q, const tmg_p11_object *o)
{
	return o->class == CKO_PRIVATE_KEY && o->key != NULL &&
	    q->slot->login != P11_USER && !o->key->facts_read &&
	    tmg_key_slot(o->key)->pin != TMG_PIN_NEVER &&
	    asked_for(q, CKA_CLASS) == NULL && asked_for(q, CKA_ID) == NULL;
}

/* What is known of an object without the card: its class, that it is the
 * token's, the ID. */
static bool
may_match(const struct search *q, const tmg_p11_object *o)
{
	static const CK_BBOOL yes = CK_TRUE;
	uint8_t store[TMG_SLOT_NAME];

	if (!is_value(asked_for(q, CKA_CLASS),
	    (tmg_view){ (const uint8_t *)&o->class, sizeof(o->class) }) ||
	    !is_value(asked_for(q, CKA_TOKEN), (tmg_view){ &yes, sizeof(yes) }) ||
	    is_veiled(q, o))
		return false;
	return o->key == NULL || is_named(q, o->key) ||
	    is_value(asked_for(q, CKA_ID), tmg_key_id(o->key, store));
}

/* ---- searching ----------------------------------------------------------- */

static CK_RV
add(struct search *q, CK_OBJECT_HANDLE handle)
{
	CK_OBJECT_HANDLE *more = realloc(q->find->found,
	    (q->find->count + 1) * sizeof(*more));

	if (more == NULL || handle == CK_INVALID_HANDLE) {
		q->find->found = more != NULL ? more : q->find->found;
		return CKR_HOST_MEMORY;
	}
	q->find->found = more;
	more[q->find->count++] = handle;
	return CKR_OK;
}

/* An object that cannot be read is not there; it hides no other.  Only a card
 * that is gone ends the search. */
static CK_RV
matches(struct search *q, const tmg_p11_object *o, bool *match)
{
	tmg_p11_subject subject;
	const tmg_rc rc = tmg_p11_subject_load(q->slot, o, &subject);

	*match = false;
	if (rc == TMG_REMOVED || rc == TMG_E_NOMEM || rc == TMG_E_IO)
		return tmg_p11_slot_rv(q->slot, rc);
	*match = rc == TMG_OK &&
	    tmg_p11_attributes_match(&subject, q->templ, q->count);
	return CKR_OK;
}

static CK_RV
try_known(struct search *q, const tmg_p11_object *o)
{
	bool match;
	const CK_RV rv = matches(q, o, &match);

	return rv == CKR_OK && match ? add(q, o->handle) : rv;
}

static CK_RV
try_object(struct search *q, const tmg_p11_object *o)
{
	bool match;
	CK_RV rv;

	if (!may_match(q, o))
		return CKR_OK;
	rv = matches(q, o, &match);
	return rv == CKR_OK && match
	    ? add(q, tmg_p11_objects_handle(&q->slot->objects, o)) : rv;
}

static CK_RV
try_key(struct search *q, tmg_key *key)
{
	static const CK_OBJECT_CLASS classes[] = {
		CKO_CERTIFICATE, CKO_PUBLIC_KEY, CKO_PRIVATE_KEY,
	};
	CK_RV rv = CKR_OK;

	if (tmg_p11_objects_pending(&q->slot->objects, key) != NULL)
		return CKR_OK;		/* a session's: try_sessions() */
	for (size_t i = 0; rv == CKR_OK && i < TMG_COUNT(classes); i++)
		rv = try_object(q, &(tmg_p11_object){ .class = classes[i],
		    .key = key });
	return rv;
}

static CK_RV
try_profiles(struct search *q)
{
	static const CK_ULONG profiles[] = {
		CKP_BASELINE_PROVIDER, CKP_AUTHENTICATION_TOKEN,
		CKP_PUBLIC_CERTIFICATES_TOKEN,
	};
	CK_RV rv = CKR_OK;

	for (size_t i = 0; rv == CKR_OK && i < TMG_COUNT(profiles); i++)
		rv = try_object(q, &(tmg_p11_object){ .class = CKO_PROFILE,
		    .profile = profiles[i] });
	return rv;
}

/* Is it any class, or that one? */
static bool
has_in_mind(const struct search *q, CK_OBJECT_CLASS class)
{
	return is_value(asked_for(q, CKA_CLASS),
	    (tmg_view){ (const uint8_t *)&class, sizeof(class) });
}

/* Vendors' classes and the like: nothing on the card is worth a question. */
static bool
has_keys_in_mind(const struct search *q)
{
	return has_in_mind(q, CKO_CERTIFICATE) || has_in_mind(q, CKO_PUBLIC_KEY) ||
	    has_in_mind(q, CKO_PRIVATE_KEY);
}

/* ---- data ---------------------------------------------------------------- */

/* A card has a dozen places for data and tells of none whether something is in
 * it.  They are asked when data are searched for, by class or by what only data
 * have; who lists everything sees what was read already. */
static bool
has_data_in_mind(const struct search *q)
{
	return asked_for(q, CKA_CLASS) != NULL ||
	    asked_for(q, CKA_OBJECT_ID) != NULL ||
	    asked_for(q, CKA_APPLICATION) != NULL ||
	    asked_for(q, CKA_LABEL) != NULL;
}

/* By what is known of the place without the card. */
static bool
may_be_place(const struct search *q, const tmg_p11_object *o)
{
	static const CK_ATTRIBUTE_TYPE known[] = {
		CKA_LABEL, CKA_APPLICATION, CKA_OBJECT_ID, CKA_PRIVATE,
	};
	tmg_p11_subject s = { .slot = q->slot, .object = *o };

	for (size_t i = 0; i < TMG_COUNT(known); i++) {
		const CK_ATTRIBUTE *a = asked_for(q, known[i]);

		if (a != NULL && !tmg_p11_attributes_match(&s, a, 1))
			return false;
	}
	return true;
}

static CK_RV
try_data(struct search *q)
{
	size_t count;
	tmg_rc rc;
	CK_RV rv = CKR_OK;

	if (asked_for(q, CKA_ID) != NULL ||
	    (q->slot->token->data == NULL && !has_data_in_mind(q)))
		return CKR_OK;
	if ((rc = tmg_token_data(q->slot->token, &count)))
		return tmg_p11_slot_rv(q->slot, rc);
	for (size_t i = 0; rv == CKR_OK && i < count; i++) {
		const tmg_p11_object o = { .class = CKO_DATA,
		    .data = tmg_token_data_get(q->slot->token, i) };

		if ((o.data->value.read || has_data_in_mind(q)) && may_be_place(q, &o))
			rv = try_object(q, &o);
	}
	return rv;
}

/* Where every certificate will be looked at they are read first, in the order that
 * costs the card the fewest commands; what cannot be read is found out again. */
static tmg_rc
survey(struct search *q)
{
	tmg_token *token = q->slot->token;
	size_t shown = 0;
	tmg_rc rc;

	if ((rc = tmg_token_keys(token, &shown)) == TMG_OK &&
	    has_in_mind(q, CKO_CERTIFICATE))
		(void)!tmg_token_certs(token);
	return rc;
}

/*
 * Slots that are known by their number need no survey of the card: a search
 * for one ID asks about one key.
 */
static CK_RV
try_slots(struct search *q)
{
	tmg_token *token = q->slot->token;
	tmg_rc rc;
	CK_RV rv = CKR_OK;

	rc = asked_for(q, CKA_ID) != NULL ? tmg_token_slots(token) : survey(q);
	if (rc != TMG_OK)
		return tmg_p11_slot_rv(q->slot, rc);
	mark_named(q);
	for (size_t i = 0; rv == CKR_OK && i < token->key_count; i++)
		if (asked_for(q, CKA_ID) != NULL ||
		    tmg_p11_place_shown(q->slot, &token->keys[i]))
			rv = try_key(q, &token->keys[i]);
	return rv;
}

/* Those that were made by a session; all of them answer for themselves. */
static CK_RV
try_sessions(struct search *q)
{
	CK_RV rv = CKR_OK;

	for (size_t i = 0; rv == CKR_OK && i < q->slot->objects.count; i++) {
		const tmg_p11_object o = q->slot->objects.rows[i];

		if (o.owner != 0)
			rv = try_known(q, &o);
	}
	return rv;
}

/* What only the session has needs no card. */
static bool
is_of_sessions(const struct search *q)
{
	static const CK_BBOOL no = CK_FALSE;
	const CK_ATTRIBUTE *a = asked_for(q, CKA_TOKEN);

	return a != NULL && is_value(a, (tmg_view){ &no, sizeof(no) });
}

static CK_RV
search(struct search *q)
{
	CK_RV rv;

	if ((rv = tmg_p11_slot_open(q->slot)))
		return rv;
	tmg_p11_names_look(&q->slot->names);
	if ((rv = try_sessions(q)))
		return rv;
	if (is_of_sessions(q))
		return CKR_OK;
	if ((rv = try_profiles(q)))
		return rv;
	if (has_keys_in_mind(q) && (rv = try_slots(q)))
		return rv;
	return has_in_mind(q, CKO_DATA) ? try_data(q) : CKR_OK;
}

CK_RV
C_FindObjectsInit(CK_SESSION_HANDLE handle, CK_ATTRIBUTE *templ, CK_ULONG count)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	CK_RV rv;

	if ((rv = p11_hold_session(&hold, handle)) ||
	    (rv = tmg_p11_template_check(templ, count)))
		return rv;
	if (hold.session->find.active)
		return CKR_OPERATION_ACTIVE;
	rv = search(&(struct search){ .slot = hold.slot, .templ = templ,
	    .count = count, .find = &hold.session->find });
	if (rv != CKR_OK)
		tmg_p11_find_end(&hold.session->find);
	else
		hold.session->find.active = true;
	return rv;
}

CK_RV
C_FindObjects(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE *objects, CK_ULONG max,
    CK_ULONG *count)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	tmg_p11_find *find;
	CK_RV rv;

	if (count != NULL)
		*count = 0;		/* a loop that reads only this ends */
	if ((rv = p11_hold_session(&hold, handle)))
		return rv;
	if (count == NULL || (objects == NULL && max > 0))
		return CKR_ARGUMENTS_BAD;
	find = &hold.session->find;
	if (!find->active)
		return CKR_OPERATION_NOT_INITIALIZED;
	for (; *count < max && find->next < find->count; (*count)++)
		objects[*count] = find->found[find->next++];
	return CKR_OK;
}

CK_RV
C_FindObjectsFinal(CK_SESSION_HANDLE handle)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	CK_RV rv;

	if ((rv = p11_hold_session(&hold, handle)))
		return rv;
	if (!hold.session->find.active)
		return CKR_OPERATION_NOT_INITIALIZED;
	tmg_p11_find_end(&hold.session->find);
	return CKR_OK;
}
