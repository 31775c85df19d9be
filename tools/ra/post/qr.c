/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/post/qr.h"

#include <qrencode.h>
#include <stddef.h>

tmg_rc
ra_qr_draw(const char *text, int *size, ra_qr_fn *fn, void *arg)
{
	QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);

	if (code == NULL)
		return TMG_E_NOMEM;
	*size = code->width + 2 * RA_QR_QUIET;
	for (int y = 0; y < code->width; y++)
		for (int x = 0; x < code->width; x++)
			if ((code->data[y * code->width + x] & 1) != 0)
				fn(arg, x + RA_QR_QUIET, y + RA_QR_QUIET);
	QRcode_free(code);
	return TMG_OK;
}
