/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an object that lives in memory says: session objects, and nothing of
 * the token's.  Values are wiped when they go.
 */
#ifndef TMG_PKCS11_MEMORY_H
#define TMG_PKCS11_MEMORY_H

#include <stdbool.h>

#include "pkcs11/cryptoki.h"
#include "tamga/view.h"

typedef struct tmg_p11_memory {
	CK_ATTRIBUTE *rows;
	CK_ULONG count;
} tmg_p11_memory;

/* NULL: no memory. */
tmg_p11_memory *
tmg_p11_memory_new(void);
/* Accepts NULL and a pointer to NULL; leaves NULL. */
void
tmg_p11_memory_free(tmg_p11_memory **memory);

/* Copies the value; one of before is replaced. */
CK_RV
tmg_p11_memory_put(tmg_p11_memory *memory, CK_ATTRIBUTE_TYPE type,
    tmg_view value);
CK_RV
tmg_p11_memory_put_bool(tmg_p11_memory *memory, CK_ATTRIBUTE_TYPE type,
    bool value);
CK_RV
tmg_p11_memory_put_ulong(tmg_p11_memory *memory, CK_ATTRIBUTE_TYPE type,
    CK_ULONG value);

/* It does not say that any more, if it did. */
void
tmg_p11_memory_drop(tmg_p11_memory *memory, CK_ATTRIBUTE_TYPE type);

/* Lasts until the next put.  false: it does not say that. */
bool
tmg_p11_memory_get(const tmg_p11_memory *memory, CK_ATTRIBUTE_TYPE type,
    tmg_view *value);
/* false also when it does not say. */
bool
tmg_p11_memory_bool(const tmg_p11_memory *memory, CK_ATTRIBUTE_TYPE type);

/* What every object says, by the template where it tells. */
CK_RV
tmg_p11_memory_begin(tmg_p11_memory *memory, const CK_ATTRIBUTE *templ,
    CK_ULONG count);

/* Bytes of all values. */
CK_ULONG
tmg_p11_memory_size(const tmg_p11_memory *memory);

#endif
