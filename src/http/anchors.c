/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/http/anchors.h"

#include <stdlib.h>
#include <string.h>

#include "src/codec/base64.h"

#define PEM_BEGIN "-----BEGIN CERTIFICATE-----\n"
#define PEM_END "-----END CERTIFICATE-----\n"
#define PEM_WIDTH 64u

static size_t
pem_size(tmg_view der)
{
	const size_t n = TMG_BASE64_LEN(der.len);

	return strlen(PEM_BEGIN PEM_END) + n + n / PEM_WIDTH + 1;
}

tmg_rc
tmg_anchors_pem(const tmg_view *anchors, size_t count, uint8_t **pem, size_t *len)
{
	size_t size = 0;
	tmg_out o;

	for (size_t i = 0; i < count; i++)
		size += pem_size(anchors[i]);
	*pem = malloc(size + 1);
	if (*pem == NULL)
		return TMG_E_NOMEM;

	o = (tmg_out){ *pem, size, 0, false };
	for (size_t i = 0; i < count; i++) {
		tmg_put_str(&o, PEM_BEGIN);
		tmg_base64_put(&o, anchors[i], PEM_WIDTH);
		tmg_put_str(&o, PEM_END);
	}
	*len = o.len;
	return tmg_out_done(&o);
}
