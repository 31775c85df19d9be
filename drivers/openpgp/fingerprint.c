/* SPDX-License-Identifier: BSD-2-Clause */
/* The fingerprint of a version 4 key packet: RFC 4880 12.2, RFC 6637 9 and 11. */
#include "drivers/openpgp/openpgp.h"

#include <openssl/evp.h>

#include "src/base/ctx.h"
#include "src/base/scope.h"
#include "src/pki/scope.h"
#include "src/pki/spki.h"

enum {
	KEY_PACKET = 0x99,
	VERSION = 4,
	PACKET_RSA = 1,
	NATIVE = 0x40,		/* in front of 32 bytes that are no SEC1 point */
};

#define PACKET_MAX 1100u	/* bytes; RSA 8192 */

/* RFC 6637 8: hash and cipher for key agreement, by the size of the field. */
static const struct {
	unsigned bits;
	uint8_t hash, cipher;
} agreements[] = {
	{ 256, 8, 7 }, { 384, 9, 8 }, { 521, 10, 9 },
};

/* A multiprecision integer, RFC 4880 3.2. */
static void
put_mpi(tmg_out *out, tmg_view n)
{
	tmg_view zeros;

	while (n.len > 0 && n.ptr[0] == 0 &&
	    tmg_view_take(&n, 1, &zeros) == TMG_OK)
		;
	tmg_put_u16(out, (uint16_t)tmg_number_bits(n));
	tmg_put(out, n);
}

static void
put_agreement(tmg_out *out, unsigned bits)
{
	size_t i = 0;

	while (i < TMG_COUNT(agreements) - 1 && agreements[i].bits < bits)
		i++;
	tmg_put_u8(out, 3);
	tmg_put_u8(out, 1);
	tmg_put_u8(out, agreements[i].hash);
	tmg_put_u8(out, agreements[i].cipher);
}

/* Kind and curve as the attributes have them. */
static tmg_rc
put_curve_key(const tmg_opgp_attributes *a, tmg_alg alg, tmg_view bits,
    bool agrees, tmg_out *out)
{
	uint8_t native[33] = { NATIVE };
	const size_t format = a->bytes[a->len - 1] == 0xff;

	tmg_put_u8(out, a->bytes[0]);
	tmg_put_u8(out, (uint8_t)(a->len - 1 - format));
	tmg_put(out, (tmg_view){ a->bytes + 1, a->len - 1 - format });
	if (tmg_alg_get(alg)->family != TMG_FAMILY_EC) {
		if (bits.len != sizeof(native) - 1)
			return TMG_E_MALFORMED;
		memcpy(native + 1, bits.ptr, bits.len);
		bits = TMG_VIEW(native);
	}
	put_mpi(out, bits);
	if (agrees)
		put_agreement(out, tmg_alg_get(alg)->bits);
	return tmg_out_done(out);
}

static tmg_rc
put_key(tmg_view spki, size_t index, tmg_out *out)
{
	tmg_opgp_attributes a;
	tmg_view n, e, bits;
	tmg_alg alg;
	tmg_rc rc;

	if ((rc = tmg_spki_alg(spki, &alg)))
		return rc;
	if (tmg_alg_get(alg)->family == TMG_FAMILY_RSA) {
		if ((rc = tmg_spki_rsa_parts(spki, &n, &e)))
			return rc;
		tmg_put_u8(out, PACKET_RSA);
		put_mpi(out, n);
		put_mpi(out, e);
		return tmg_out_done(out);
	}
	tmg_opgp_attributes_make(alg, index, 0, &a);
	if (a.len == 0)
		return TMG_E_USAGE;
	if ((rc = tmg_spki_bits(spki, &bits)))
		return rc;
	return put_curve_key(&a, alg, bits, index == 1, out);
}

static tmg_rc
sha1_of(tmg_ctx *ctx, tmg_view head, tmg_view body, uint8_t *print)
{
	tmg_held(EVP_MD) md = EVP_MD_fetch(tmg_ctx_libctx(ctx), "SHA1", NULL);
	tmg_held(EVP_MD_CTX) c = EVP_MD_CTX_new();

	return md != NULL && c != NULL && EVP_DigestInit_ex2(c, md, NULL) == 1 &&
	    EVP_DigestUpdate(c, head.ptr, head.len) == 1 &&
	    EVP_DigestUpdate(c, body.ptr, body.len) == 1 &&
	    EVP_DigestFinal_ex(c, print, NULL) == 1 ? TMG_OK : TMG_E_CRYPTO;
}

tmg_rc
tmg_opgp_fingerprint(tmg_opgp *p, size_t index, uint32_t date, tmg_view spki,
    uint8_t print[static OPGP_FINGERPRINT])
{
	uint8_t bytes[PACKET_MAX], start[3];
	tmg_out body = TMG_OUT(bytes), head = TMG_OUT(start);
	tmg_rc rc;

	tmg_put_u8(&body, VERSION);
	tmg_put_u16(&body, (uint16_t)(date >> 16));
	tmg_put_u16(&body, (uint16_t)date);
	if ((rc = put_key(spki, index, &body)) == TMG_OK) {
		tmg_put_u8(&head, KEY_PACKET);
		tmg_put_u16(&head, (uint16_t)body.len);
		rc = sha1_of(p->base.ctx, tmg_out_view(&head),
		    tmg_out_view(&body), print);
	}
	if (rc != TMG_OK)
		return opgp_raise(p, rc, 0,
		    _("%s: the key's fingerprint cannot be computed"), p->who);
	return TMG_OK;
}
