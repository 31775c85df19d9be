/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Texts of fixed width, padded with blanks (PKCS #11, "General data types").
 */
#ifndef TMG_PKCS11_TEXT_H
#define TMG_PKCS11_TEXT_H

#include <string.h>

#include "pkcs11/cryptoki.h"

/* Cuts between characters, never inside one: the text is UTF-8. */
static inline void
tmg_p11_pad(CK_UTF8CHAR *field, size_t width, const char *text)
{
	size_t n = strlen(text);

	if (n > width)
		for (n = width; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80;)
			n--;
	memset(field, ' ', width);
	memcpy(field, text, n);
}

#endif
