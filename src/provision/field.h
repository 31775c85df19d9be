/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A member of a record, and how its kind is written as JSON.
 */
#ifndef TMG_PROVISION_FIELD_H
#define TMG_PROVISION_FIELD_H

#include <jansson.h>

#include "src/provision/owned.h"

#define TMG_FIELD_LIST 64	/* entries of a list */

typedef struct tmg_field tmg_field;

/*
 *   read    Sets the member from v.  Faults TMG_E_MALFORMED, TMG_E_NOMEM
 *   print   The member as JSON, yours; NULL: out of memory
 *   empty   Whether it may be left out: absent and empty mean the same
 *   clear   Frees what the member owns; its bytes are dead afterwards
 */
typedef struct tmg_kind {
	tmg_rc (*read)(const tmg_field *field, json_t *v, void *member);
	json_t *(*print)(const tmg_field *field, const void *member);
	bool (*empty)(const void *member);
	void (*clear)(void *member);
} tmg_kind;

extern const tmg_kind tmg_kind_text;	/* char[size] */
extern const tmg_kind tmg_kind_string;	/* char *, may be NULL */
extern const tmg_kind tmg_kind_number;	/* long long */
extern const tmg_kind tmg_kind_flag;	/* bool */
extern const tmg_kind tmg_kind_name;	/* int, an index into names */
extern const tmg_kind tmg_kind_blob;	/* tmg_blob, base64 */
extern const tmg_kind tmg_kind_list;	/* tmg_strings */
extern const tmg_kind tmg_kind_certs;	/* tmg_certs *, a list of base64 DER */

struct tmg_field {
	const char *name;
	const tmg_kind *kind;
	size_t at, size;		/* of the member in its record */
	const char *const *names;	/* of a name, ended by NULL */
	bool asked;		/* part of what makes two enrollments the same */
};

static inline void *
tmg_field_of(const tmg_field *field, void *record)
{
	return (char *)record + field->at;
}

static inline const void *
tmg_field_in(const tmg_field *field, const void *record)
{
	return (const char *)record + field->at;
}

#endif
