/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/attribute.h"

#include <stdio.h>
#include <string.h>

#include "pkcs11/attribute-row.h"
#include "src/base/scope.h"
#include "src/token/token.h"

/* ---- every object -------------------------------------------------------- */

static CK_RV
get_class(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	return tmg_p11_get_ulong(s, s->object.class, value);
}

/* Of an object in memory it is told by the memory. */
static CK_RV
get_token(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	return tmg_p11_get_bool(s, s->object.owner == 0, value);
}

static CK_RV
get_private(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	return tmg_p11_get_bool(s, tmg_p11_subject_private(s), value);
}

/* The token writes there by itself. */
static bool
is_fixed(const tmg_p11_subject *s)
{
	return s->object.data != NULL && tmg_data_place(s->object.data)->fixed;
}

/* A key that can be taken away takes its public half along. */
static CK_RV
get_destroyable(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	return tmg_p11_get_bool(s, s->object.owner != 0 ||
	    s->object.class == CKO_CERTIFICATE ||
	    (s->object.data != NULL && !is_fixed(s)) ||
	    (s->object.class == CKO_PRIVATE_KEY &&
	    (tmg_token_info(s->slot->token)->can & TMG_CAN_DELETE) != 0), value);
}

/* A profile says one thing for ever; data may be given another value, the rest
 * ID and label. */
static CK_RV
get_modifiable(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	return tmg_p11_get_bool(s, s->object.key != NULL ||
	    (s->object.data != NULL && !is_fixed(s)), value);
}

/* Only a key of a session can still become one of the token. */
static CK_RV
get_copyable(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	return tmg_p11_get_bool(s, s->object.owner != 0, value);
}

/* The same object has the same name in every process and for ever; a session's
 * has one that no other has had. */
static CK_RV
get_unique(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	char text[TMG_SLOT_NAME + 40];

	(void)arg;
	if (s->object.owner != 0)
		snprintf(text, sizeof(text), "session-%lu", s->object.handle);
	else if (s->object.data != NULL)
		snprintf(text, sizeof(text), "data-%x",
		    (unsigned)tmg_data_place(s->object.data)->tag);
	else if (s->object.key == NULL)
		snprintf(text, sizeof(text), "profile-%lu", s->object.profile);
	else
		snprintf(text, sizeof(text), "%s-%s",
		    s->object.class == CKO_CERTIFICATE ? "certificate"
		    : s->object.class == CKO_PUBLIC_KEY ? "public" : "private",
		    tmg_key_slot(s->object.key)->name);
	return tmg_p11_give_text(s, text, value);
}

/* 4.4: storage objects. */
static const tmg_p11_row common[] = {
	{ CKA_CLASS, get_class, 0, P11_ANY },
	{ CKA_TOKEN, get_token, 0, P11_ANY },
	{ CKA_PRIVATE, get_private, 0, P11_ANY },
	{ CKA_MODIFIABLE, get_modifiable, 0, P11_ANY },
	{ CKA_COPYABLE, get_copyable, 0, P11_ANY },
	{ CKA_DESTROYABLE, get_destroyable, 0, P11_ANY },
	{ CKA_UNIQUE_ID, get_unique, 0, P11_ANY },
};

static const tmg_p11_rows *const classes[] = {
	&tmg_p11_rows_certificate, &tmg_p11_rows_public, &tmg_p11_rows_private,
	&tmg_p11_rows_profile, &tmg_p11_rows_data,
};

/* ---- asking -------------------------------------------------------------- */

static const tmg_p11_row *
find_in(const tmg_p11_row *rows, size_t count, CK_ATTRIBUTE_TYPE type)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].type == type)
			return &rows[i];
	return NULL;
}

static const tmg_p11_row *
find_row(const tmg_p11_subject *s, CK_ATTRIBUTE_TYPE type)
{
	const tmg_p11_row *r = find_in(common, TMG_COUNT(common), type);

	if (s->object.class == CKO_DATA && s->object.data == NULL)
		return r;		/* in memory, and that was asked */
	for (size_t i = 0; r == NULL && i < TMG_COUNT(classes); i++)
		if (classes[i]->class == s->object.class)
			r = find_in(classes[i]->rows, classes[i]->count, type);
	if (r == NULL || r->families == P11_ANY)
		return r;
	return (r->families & 1u << tmg_p11_family_of(s)) != 0 ? r : NULL;
}

/* The value of a secret key, unless it was made to be read. */
static bool
is_hidden(const tmg_p11_subject *s, CK_ATTRIBUTE_TYPE type)
{
	return s->object.class == CKO_SECRET_KEY && type == CKA_VALUE &&
	    (tmg_p11_memory_bool(s->object.memory, CKA_SENSITIVE) ||
	    !tmg_p11_memory_bool(s->object.memory, CKA_EXTRACTABLE));
}

/* What memory says goes before what can be worked out. */
CK_RV
tmg_p11_attribute_get(tmg_p11_subject *s, CK_ATTRIBUTE_TYPE type, tmg_view *value)
{
	const tmg_p11_row *r;

	*value = (tmg_view){ NULL, 0 };
	if (is_hidden(s, type))
		return CKR_ATTRIBUTE_SENSITIVE;
	if (s->object.memory != NULL &&
	    tmg_p11_memory_get(s->object.memory, type, value))
		return CKR_OK;
	r = find_row(s, type);
	return r != NULL ? r->get(s, r->arg, value) : CKR_ATTRIBUTE_TYPE_INVALID;
}
