/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/post/qr.h"

tmg_rc
ra_qr_draw(const char *text, int *size, ra_qr_fn *fn, void *arg)
{
	(void)text;
	(void)fn;
	(void)arg;
	*size = 0;
	return TMG_UNSUPPORTED;
}
