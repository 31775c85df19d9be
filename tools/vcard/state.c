/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/vcard/state.h"

#include <openssl/evp.h>

#define MAGIC "tamga-vcard 1\n"
#define MAGIC_LEN (sizeof(MAGIC) - 1)
#define DIGEST_LEN 32
#define LENGTH_OF_LENGTH 4

static bool
digest(tmg_view v, uint8_t *sum)
{
	return EVP_Digest(v.ptr, v.len, sum, NULL, EVP_sha256(), NULL) == 1;
}

void
vc_state_begin(tmg_out *out)
{
	tmg_put_str(out, MAGIC);
}

size_t
vc_state_open(tmg_out *out, uint8_t tag)
{
	tmg_put_u8(out, tag);
	tmg_put_u8(out, 0x80 | LENGTH_OF_LENGTH);
	tmg_put_u16(out, 0);
	tmg_put_u16(out, 0);
	return out->len;
}

void
vc_state_close(tmg_out *out, size_t mark)
{
	size_t n = out->len - mark;

	if (out->full)
		return;
	for (size_t i = 1; i <= LENGTH_OF_LENGTH; i++, n >>= 8)
		out->ptr[mark - i] = (uint8_t)(n & 0xff);
}

tmg_rc
vc_state_end(tmg_out *out)
{
	uint8_t sum[DIGEST_LEN];

	if (!digest(tmg_out_view(out), sum))
		return TMG_E_CRYPTO;
	tmg_put(out, TMG_VIEW(sum));
	return tmg_out_done(out);
}

tmg_rc
vc_state_check(tmg_view file, tmg_view *records)
{
	uint8_t sum[DIGEST_LEN];

	if (file.len < MAGIC_LEN + DIGEST_LEN ||
	    memcmp(file.ptr, MAGIC, MAGIC_LEN) != 0)
		return TMG_E_MALFORMED;

	const size_t covered = file.len - DIGEST_LEN;

	if (!digest((tmg_view){ file.ptr, covered }, sum))
		return TMG_E_CRYPTO;
	if (memcmp(sum, file.ptr + covered, DIGEST_LEN) != 0)
		return TMG_E_MALFORMED;

	*records = (tmg_view){ file.ptr + MAGIC_LEN, covered - MAGIC_LEN };
	return TMG_OK;
}
