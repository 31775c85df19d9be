/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store/digest.h"

void
ra_hex_lower(char *text, tmg_view v)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < v.len; i++) {
		*text++ = digits[v.ptr[i] >> 4];
		*text++ = digits[v.ptr[i] & 0x0f];
	}
	*text = '\0';
}

bool
ra_md_field(EVP_MD_CTX *md, tmg_view field)
{
	const uint64_t n = field.len;
	uint8_t length[8];

	for (int i = 0; i < 8; i++)
		length[i] = (uint8_t)(n >> (56 - 8 * i) & 0xff);
	return EVP_DigestUpdate(md, length, sizeof(length)) == 1 &&
	    EVP_DigestUpdate(md, field.ptr, n) == 1;
}

tmg_rc
ra_sha256_text(tmg_view v, char text[RA_HASH_TEXT])
{
	uint8_t bytes[32];

	if (EVP_Digest(v.ptr, v.len, bytes, NULL, EVP_sha256(), NULL) != 1)
		return TMG_E_CRYPTO;
	ra_hex_lower(text, TMG_VIEW(bytes));
	return TMG_OK;
}
