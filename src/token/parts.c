/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/token/parts.h"

#include <string.h>

/* Widths: PKCS#11 3.0, CK_TOKEN_INFO. */
static const struct {
	tmg_uri_attr attr;
	size_t at, width;
} parts[TMG_PARTS] = {
	{ TMG_URI_MODEL, offsetof(tmg_backend_info, model), 16 },
	{ TMG_URI_MANUFACTURER, offsetof(tmg_backend_info, manufacturer), 32 },
	{ TMG_URI_SERIAL, offsetof(tmg_backend_info, serial), 16 },
	{ TMG_URI_TOKEN, offsetof(tmg_backend_info, label), 32 },
};

tmg_uri_attr
tmg_part_get(const tmg_token *t, size_t i, char value[TMG_PART_MAX])
{
	const char *text = (const char *)&t->info + parts[i].at;
	size_t n = strlen(text);

	if (n > parts[i].width)
		for (n = parts[i].width;
		    n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80;)
			n--;
	memcpy(value, text, n);
	value[n] = '\0';
	return parts[i].attr;
}
