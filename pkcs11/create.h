/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Making objects: who may, and what every class does with its template.
 */
#ifndef TMG_PKCS11_CREATE_H
#define TMG_PKCS11_CREATE_H

#include "pkcs11/module.h"
#include "pkcs11/template.h"

/* What a caller wants to be made.  The template fits the class's rules. */
typedef struct tmg_p11_wish {
	p11_hold *hold;
	const CK_ATTRIBUTE *templ;
	CK_ULONG count;
	bool token;			/* CKA_TOKEN */
} tmg_p11_wish;

/* One class of objects that can be made from a template. */
typedef struct tmg_p11_maker {
	CK_OBJECT_CLASS class;
	const tmg_p11_rule *rules;
	size_t rule_count;
	CK_RV (*make)(const tmg_p11_wish *wish, CK_OBJECT_HANDLE *made);
} tmg_p11_maker;

extern const tmg_p11_maker tmg_p11_make_certificate, tmg_p11_make_public,
    tmg_p11_make_private, tmg_p11_make_data;

/* Makes an object of that class, if its template may be so. */
CK_RV
tmg_p11_make(const tmg_p11_wish *wish, CK_OBJECT_CLASS class,
    CK_OBJECT_HANDLE *made);

/* What every class's template may hold. */
#define P11_RULES_COMMON \
	{ CKA_CLASS, P11_ULONG }, { CKA_TOKEN, P11_BOOL }, \
	{ CKA_PRIVATE, P11_BOOL }, { CKA_MODIFIABLE, P11_BOOL }, \
	{ CKA_COPYABLE, P11_BOOL }, { CKA_DESTROYABLE, P11_BOOL }, \
	{ CKA_LABEL, P11_BYTES }

/* CKR_TEMPLATE_INCONSISTENT unless the template says part, or nothing. */
CK_RV
tmg_p11_wish_part(const tmg_p11_wish *wish, CK_ATTRIBUTE_TYPE type,
    tmg_view part);

/*
 * Writing to the token wants the administrator, whom the token may let in by
 * itself (a factory's key, one kept behind the user's PIN): somebody must be
 * logged in, in a session that writes.
 */
CK_RV
tmg_p11_may_write(const p11_hold *hold);
/* A refused administrator does not log the user out. */
CK_RV
tmg_p11_write_rv(tmg_p11_slot *slot, tmg_rc rc);

/* The same of data; CKR_DEVICE_MEMORY when they do not fit,
 * CKR_ATTRIBUTE_VALUE_INVALID when something else is there. */
CK_RV
tmg_p11_data_rv(tmg_p11_slot *slot, tmg_rc rc);

/* An object in memory that says what the template says. */
CK_RV
tmg_p11_wish_memory(const tmg_p11_wish *wish, tmg_p11_memory **memory);

/* Gives an object of the token the ID and the label of the template; an empty
 * one is none. */
CK_RV
tmg_p11_wish_name(const tmg_p11_wish *wish, const tmg_p11_object *object);

/* The key of the token with that public half, NULL none. */
CK_RV
tmg_p11_key_of(tmg_p11_slot *slot, tmg_view spki, tmg_key **key);

#endif
