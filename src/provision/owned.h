/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes and texts that a record owns; setting one frees what was there.
 */
#ifndef TMG_PROVISION_OWNED_H
#define TMG_PROVISION_OWNED_H

#include "tamga/cert.h"
#include "tamga/err.h"
#include "tamga/view.h"

typedef struct tmg_blob {
	uint8_t *ptr;
	size_t len;
} tmg_blob;

/* NULL or ending with NULL. */
typedef char **tmg_strings;

TMG_MUST_USE tmg_rc
tmg_blob_set(tmg_blob *b, tmg_view bytes);
TMG_MUST_USE tmg_rc
tmg_text_set(char **text, const char *from);
TMG_MUST_USE tmg_rc
tmg_strings_set(tmg_strings *list, const char *const *from);
/* Leaves NULL. */
void
tmg_strings_free(tmg_strings *list);
/* A copy; from NULL leaves what there is. */
TMG_MUST_USE tmg_rc
tmg_certs_set(tmg_certs **to, const tmg_certs *from);

static inline tmg_view
tmg_blob_view(const tmg_blob *b)
{
	return (tmg_view){ b->ptr, b->len };
}

#endif
