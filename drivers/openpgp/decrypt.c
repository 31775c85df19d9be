/* SPDX-License-Identifier: BSD-2-Clause */
/* PSO: DECIPHER (7.2.11): RSA decryption, the card unpads; key agreement. */
#include "drivers/openpgp/openpgp.h"

#include "src/base/scope.h"

enum {
	RSA_INDICATOR = 0x00,	/* padding indicator byte in front of RSA */
	TAG_CIPHER = 0xa6,
	TAG_POINT = 0x86,
	UNCOMPRESSED = 0x04,
};

#define CIPHER_MAX 600u		/* bytes; RSA 4096 and its indicator */

static tmg_rc
decipher(tmg_opgp *p, tmg_view input, uint32_t le, tmg_out *answer)
{
	uint16_t sw;
	tmg_rc rc;

	if ((rc = tmg_opgp_send(p, &(tmg_capdu){
		.ins = INS_PSO,
		.p1 = 0x80, .p2 = 0x86,
		.data = input,
		.le = le,
	    }, answer, &sw)))
		return opgp_pass(p, rc);
	if (sw == TMG_SW_DATA)
		return opgp_raise(p, TMG_E_CRYPTO, sw,
		    _("%s: the card refuses what it was given: it is not for this "
		    "key, or damaged"), p->who);
	return tmg_opgp_operated(p, sw);
}

static tmg_rc
slot_for(tmg_opgp *p, uint32_t ref, tmg_alg alg, bool fits)
{
	const tmg_opgp_slot *slot;
	tmg_rc rc;

	if ((rc = tmg_opgp_slot_get(p, ref, &slot)))
		return rc;
	if (fits && (slot->row.uses & (TMG_USE_DECRYPT | TMG_USE_DERIVE)) != 0)
		return TMG_OK;
	return opgp_raise(p, TMG_UNSUPPORTED, 0,
	    _("%s: the key in slot %s, of the kind %s, cannot do this"), p->who,
	    slot->row.name, tmg_alg_get(alg)->name);
}

/* Of the paddings the card knows PKCS #1 v1.5 alone, and takes it off. */
tmg_rc
tmg_opgp_decrypt(tmg_backend *b, uint32_t ref, tmg_alg alg,
    const tmg_decrypt_spec *spec, tmg_view cipher, tmg_out *plain)
{
	tmg_opgp *p = tmg_opgp_of(b);
	uint8_t bytes[CIPHER_MAX];
	tmg_out input = TMG_OUT(bytes);
	tmg_rc rc;

	if ((rc = slot_for(p, ref, alg,
	    tmg_alg_get(alg)->family == TMG_FAMILY_RSA &&
	    spec->padding == TMG_DECRYPT_PKCS1)))
		return rc;
	tmg_put_u8(&input, RSA_INDICATOR);
	tmg_put(&input, cipher);
	if (input.full || cipher.len != tmg_alg_bytes(alg))
		return opgp_raise(p, TMG_E_USAGE, 0,
		    _("%s: %zu bytes to decrypt where the key has %zu"), p->who,
		    cipher.len, tmg_alg_bytes(alg));
	return decipher(p, tmg_out_view(&input), TMG_LE_ANY, plain);
}

/* The x coordinate; some cards answer the whole point. */
static tmg_rc
take_shared(tmg_opgp *p, tmg_view z, size_t field, tmg_out *secret)
{
	if (z.len == 2 * field + 1 && z.ptr[0] == UNCOMPRESSED)
		z = (tmg_view){ z.ptr + 1, field };
	if (z.len != field)
		return opgp_raise(p, TMG_E_MALFORMED, TMG_SW_OK,
		    _("%s: the shared secret has %zu bytes where the key has %zu"),
		    p->who, z.len, field);
	tmg_put(secret, z);
	return tmg_out_done(secret);
}

tmg_rc
tmg_opgp_derive(tmg_backend *b, uint32_t ref, tmg_alg alg, tmg_view peer,
    tmg_out *secret)
{
	tmg_opgp *p = tmg_opgp_of(b);
	const tmg_family family = tmg_alg_get(alg)->family;
	const size_t field = tmg_alg_bytes(alg);
	uint8_t inner[160], bytes[192], shared[160];
	tmg_out point = TMG_OUT(inner), input = TMG_OUT(bytes);
	tmg_out z = TMG_OUT(shared);
	tmg_rc rc;

	if ((rc = slot_for(p, ref, alg, family == TMG_FAMILY_EC ||
	    family == TMG_FAMILY_X)))
		return rc;
	if (peer.len != (family == TMG_FAMILY_X ? field : 2 * field + 1))
		return opgp_raise(p, TMG_E_USAGE, 0,
		    _("%s: the other side's public key has the wrong length"),
		    p->who);
	tmg_tlv_put(&point, TAG_POINT, peer);
	tmg_tlv_put_head(&input, TAG_CIPHER, tmg_tlv_size(TMG_TAG_PUBKEY, point.len));
	tmg_tlv_put(&input, TMG_TAG_PUBKEY, tmg_out_view(&point));
	rc = input.full || point.full ? TMG_E_SPACE
	    : decipher(p, tmg_out_view(&input), TMG_LE_SHORT, &z);
	if (rc == TMG_OK)
		rc = take_shared(p, tmg_out_view(&z), field, secret);
	explicit_bzero(shared, sizeof(shared));
	return opgp_pass(p, rc);
}
