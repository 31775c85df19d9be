/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows of attributes: one table per class, each row a question to the token floor.
 */
#ifndef TMG_PKCS11_ATTRIBUTE_ROW_H
#define TMG_PKCS11_ATTRIBUTE_ROW_H

#include <stddef.h>

#include "pkcs11/mechanism.h"
#include "pkcs11/subject.h"

#define P11_ANY (P11_FAMILY(RSA) | P11_CURVES)

typedef CK_RV tmg_p11_get(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value);

typedef struct tmg_p11_row {
	CK_ATTRIBUTE_TYPE type;
	tmg_p11_get *get;
	CK_ULONG arg;
	unsigned families;	/* P11_FAMILY bits of the keys that have it */
} tmg_p11_row;

typedef struct tmg_p11_rows {
	CK_OBJECT_CLASS class;
	const tmg_p11_row *rows;
	size_t count;
} tmg_p11_rows;

extern const tmg_p11_rows tmg_p11_rows_certificate, tmg_p11_rows_public,
    tmg_p11_rows_private, tmg_p11_rows_profile, tmg_p11_rows_data;

/* ---- what several tables ask --------------------------------------------- */

/* arg is the value; an empty one; the P11_PART of the subject that is a view. */
tmg_p11_get tmg_p11_get_bool, tmg_p11_get_ulong, tmg_p11_get_nothing,
    tmg_p11_get_part;
#define P11_PART(member) offsetof(tmg_p11_subject, member)

/* Of a key, its public half or its certificate. */
tmg_p11_get tmg_p11_get_id, tmg_p11_get_label, tmg_p11_get_spki;

CK_RV
tmg_p11_give_text(tmg_p11_subject *s, const char *text, tmg_view *value);
tmg_family
tmg_p11_family_of(const tmg_p11_subject *s);

#endif
