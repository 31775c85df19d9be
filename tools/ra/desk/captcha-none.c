/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/captcha.h"

tmg_rc
ra_captcha_draw(const char *digits, uint8_t **png, size_t *len)
{
	(void)digits;
	*png = NULL;
	*len = 0;
	return TMG_UNSUPPORTED;
}
