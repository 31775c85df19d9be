/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/provision/owned.h"

#include <stdlib.h>
#include <string.h>

tmg_rc
tmg_blob_set(tmg_blob *b, tmg_view bytes)
{
	uint8_t *copy = NULL;

	if (bytes.len > 0) {
		copy = malloc(bytes.len);
		if (copy == NULL)
			return TMG_E_NOMEM;
		memcpy(copy, bytes.ptr, bytes.len);
	}
	free(b->ptr);
	*b = (tmg_blob){ copy, bytes.len };
	return TMG_OK;
}

tmg_rc
tmg_text_set(char **text, const char *from)
{
	char *copy = NULL;

	if (from != NULL && (copy = strdup(from)) == NULL)
		return TMG_E_NOMEM;
	free(*text);
	*text = copy;
	return TMG_OK;
}

void
tmg_strings_free(tmg_strings *list)
{
	for (size_t i = 0; *list != NULL && (*list)[i] != NULL; i++)
		free((*list)[i]);
	free(*list);
	*list = NULL;
}

tmg_rc
tmg_strings_set(tmg_strings *list, const char *const *from)
{
	tmg_strings copy = NULL;
	size_t n = 0;

	while (from != NULL && from[n] != NULL)
		n++;
	if (n > 0) {
		copy = calloc(n + 1, sizeof(*copy));
		if (copy == NULL)
			return TMG_E_NOMEM;
	}
	for (size_t i = 0; i < n; i++) {
		copy[i] = strdup(from[i]);
		if (copy[i] == NULL) {
			tmg_strings_free(&copy);
			return TMG_E_NOMEM;
		}
	}
	tmg_strings_free(list);
	*list = copy;
	return TMG_OK;
}

tmg_rc
tmg_certs_set(tmg_certs **to, const tmg_certs *from)
{
	tmg_rc rc;

	if (from == NULL)
		return TMG_OK;
	rc = tmg_certs_new(to);
	for (size_t i = 0; rc == TMG_OK && i < tmg_certs_count(from); i++)
		rc = tmg_certs_add(*to, tmg_certs_get(from, i));
	return rc;
}
