/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "pkcs11/title.h"

/* Empty places count: a key keeps its name when another one comes. */
static bool
is_shared(tmg_token *token, const tmg_key *key)
{
	const char *title = tmg_key_slot(key)->title;
	const tmg_key *k;

	for (size_t i = 0; (k = tmg_token_key(token, i)) != NULL; i++)
		if (k != key && strcmp(tmg_key_slot(k)->title, title) == 0)
			return true;
	return false;
}

void
tmg_p11_title(tmg_token *token, const tmg_key *key, char title[static P11_TITLE_MAX])
{
	const tmg_slot *slot = tmg_key_slot(key);

	if (is_shared(token, key))
		snprintf(title, P11_TITLE_MAX, "%s (%s)", slot->title, slot->name);
	else
		snprintf(title, P11_TITLE_MAX, "%s", slot->title);
}
