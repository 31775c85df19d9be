/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/verb.h"

#include <string.h>

const ra_verb *
ra_verb_find(const ra_verb *verbs, size_t count, const ra_value *args)
{
	for (size_t i = 0; args->count > 0 && i < count; i++)
		if (strcmp(verbs[i].name, args->text[0]) == 0 &&
		    args->count == 1 + verbs[i].names)
			return &verbs[i];
	return NULL;
}
