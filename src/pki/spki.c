/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/pki/spki.h"

#include "src/base/scope.h"
#include "src/codec/der.h"
#include "src/codec/tlv.h"

enum {
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OID = 0x06,
	DER_SEQUENCE = 0x30,
	UNCOMPRESSED = 0x04,	/* SEC 1, 2.3.3 */
	SPKI_ROOM = 1100,	/* TMG_SPKI_MAX */
};

#define OID_EC 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01
#define OID_BRAINPOOL(n) 0x06, 0x09, 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, n

/* Contents of AlgorithmIdentifier, one for each kind of key. */
static const uint8_t id_rsa[] = {		/* RFC 3279 2.3.1 */
	0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
};
static const uint8_t id_p256[] = {		/* RFC 5480 2.1.1.1 */
	OID_EC, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07,
};
static const uint8_t id_p384[] = { OID_EC, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22 };
static const uint8_t id_p521[] = { OID_EC, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23 };
static const uint8_t id_bp256[] = { OID_EC, OID_BRAINPOOL(0x07) };	/* RFC 5639 3 */
static const uint8_t id_bp384[] = { OID_EC, OID_BRAINPOOL(0x0b) };
static const uint8_t id_bp512[] = { OID_EC, OID_BRAINPOOL(0x0d) };
static const uint8_t id_x25519[] = { 0x06, 0x03, 0x2b, 0x65, 0x6e };	/* RFC 8410 3 */
static const uint8_t id_ed25519[] = { 0x06, 0x03, 0x2b, 0x65, 0x70 };

static const struct {
	tmg_alg alg;
	tmg_view id;
} ids[] = {
	{ TMG_ALG_P256, { id_p256, sizeof(id_p256) } },
	{ TMG_ALG_P384, { id_p384, sizeof(id_p384) } },
	{ TMG_ALG_P521, { id_p521, sizeof(id_p521) } },
	{ TMG_ALG_BP256, { id_bp256, sizeof(id_bp256) } },
	{ TMG_ALG_BP384, { id_bp384, sizeof(id_bp384) } },
	{ TMG_ALG_BP512, { id_bp512, sizeof(id_bp512) } },
	{ TMG_ALG_X25519, { id_x25519, sizeof(id_x25519) } },
	{ TMG_ALG_ED25519, { id_ed25519, sizeof(id_ed25519) } },
};

static const tmg_alg rsa_algs[] = {
	TMG_ALG_RSA1024, TMG_ALG_RSA2048, TMG_ALG_RSA3072, TMG_ALG_RSA4096,
};

static tmg_view
id_of(tmg_alg alg)
{
	for (size_t i = 0; i < TMG_COUNT(ids); i++)
		if (ids[i].alg == alg)
			return ids[i].id;
	return (tmg_view){ NULL, 0 };
}

/* Puts the head in front of the BIT STRING's content, which ends at mark. */
static tmg_rc
finish(tmg_der *d, size_t mark, tmg_view id, tmg_out *spki)
{
	size_t at;

	tmg_der_u8(d, 0);		/* unused bits */
	tmg_der_wrap(d, DER_BIT_STRING, mark);
	at = d->at;
	tmg_der_bytes(d, id);
	tmg_der_wrap(d, DER_SEQUENCE, at);
	tmg_der_wrap(d, DER_SEQUENCE, mark);
	if (d->full)
		return TMG_E_SPACE;

	tmg_put(spki, tmg_der_view(d));
	return tmg_out_done(spki);
}

/* The curve's name ends the identifier, or is all of it. */
tmg_rc
tmg_spki_curve(tmg_view oid, tmg_alg *alg)
{
	for (size_t i = 0; i < TMG_COUNT(ids); i++) {
		const tmg_view id = ids[i].id;

		if (oid.len < 3 || oid.ptr[0] != DER_OID || oid.len > id.len ||
		    memcmp(id.ptr + id.len - oid.len, oid.ptr, oid.len) != 0)
			continue;
		*alg = ids[i].alg;
		return TMG_OK;
	}
	return TMG_UNSUPPORTED;
}

tmg_rc
tmg_spki_rsa(tmg_view n, tmg_view e, tmg_out *spki)
{
	uint8_t store[SPKI_ROOM];
	tmg_der d = TMG_DER(store);
	const size_t mark = d.at;

	if (tmg_number_bits(n) == 0 || tmg_number_bits(e) == 0)
		return TMG_E_MALFORMED;

	tmg_der_unsigned(&d, e);
	tmg_der_unsigned(&d, n);
	tmg_der_wrap(&d, DER_SEQUENCE, mark);
	return finish(&d, mark, TMG_VIEW(id_rsa), spki);
}

tmg_rc
tmg_spki_ec(tmg_alg alg, tmg_view point, tmg_out *spki)
{
	uint8_t store[SPKI_ROOM];
	tmg_der d = TMG_DER(store);
	const size_t mark = d.at;

	if (tmg_alg_get(alg)->family != TMG_FAMILY_EC)
		return TMG_E_USAGE;
	if (point.len != 1 + 2 * tmg_alg_bytes(alg) ||
	    point.ptr[0] != UNCOMPRESSED)
		return TMG_E_MALFORMED;

	tmg_der_bytes(&d, point);
	return finish(&d, mark, id_of(alg), spki);
}

tmg_rc
tmg_spki_raw(tmg_alg alg, tmg_view bytes, tmg_out *spki)
{
	const tmg_family family = tmg_alg_get(alg)->family;
	uint8_t store[SPKI_ROOM];
	tmg_der d = TMG_DER(store);
	const size_t mark = d.at;

	if (family != TMG_FAMILY_ED && family != TMG_FAMILY_X)
		return TMG_E_USAGE;
	if (bytes.len != tmg_alg_bytes(alg))
		return TMG_E_MALFORMED;

	tmg_der_bytes(&d, bytes);
	return finish(&d, mark, id_of(alg), spki);
}

static tmg_rc
split(tmg_view spki, tmg_view *id, tmg_view *bits)
{
	tmg_view in, unused;
	tmg_rc rc;

	if ((rc = tmg_tlv_expect(&spki, DER_SEQUENCE, &in)) ||
	    (rc = tmg_tlv_expect(&in, DER_SEQUENCE, id)) ||
	    (rc = tmg_tlv_expect(&in, DER_BIT_STRING, bits)) ||
	    (rc = tmg_view_take(bits, 1, &unused)))
		return rc;
	return spki.len == 0 && in.len == 0 && unused.ptr[0] == 0 ? TMG_OK
	    : TMG_E_MALFORMED;
}

tmg_rc
tmg_spki_bits(tmg_view spki, tmg_view *bits)
{
	tmg_view id;

	return split(spki, &id, bits);
}

/* An AlgorithmIdentifier of RSA, whatever it says about parameters. */
static bool
is_rsa(tmg_view id)
{
	const tmg_view oid = { id_rsa, sizeof(id_rsa) - 2 };

	return id.len >= oid.len && memcmp(id.ptr, oid.ptr, oid.len) == 0;
}

static void
strip_zeros(tmg_view *v)
{
	while (v->len > 0 && v->ptr[0] == 0) {
		v->ptr++;
		v->len--;
	}
}

/* Of an INTEGER's content, ITU-T X.690 8.3.3. */
static bool
is_negative(tmg_view integer)
{
	return integer.len > 0 && (integer.ptr[0] & 0x80) != 0;
}

tmg_rc
tmg_spki_rsa_parts(tmg_view spki, tmg_view *n, tmg_view *e)
{
	tmg_view id, bits, key;
	tmg_rc rc;

	if ((rc = split(spki, &id, &bits)))
		return rc;
	if (!is_rsa(id))
		return TMG_UNSUPPORTED;
	if ((rc = tmg_tlv_expect(&bits, DER_SEQUENCE, &key)) ||
	    (rc = tmg_tlv_expect(&key, DER_INTEGER, n)) ||
	    (rc = tmg_tlv_expect(&key, DER_INTEGER, e)))
		return rc;
	if (bits.len > 0 || key.len > 0 || is_negative(*n) || is_negative(*e))
		return TMG_E_MALFORMED;
	strip_zeros(n);
	strip_zeros(e);
	return n->len > 0 && e->len > 0 ? TMG_OK : TMG_E_MALFORMED;
}

size_t
tmg_number_bits(tmg_view n)
{
	size_t bits;

	strip_zeros(&n);
	if (n.len == 0)
		return 0;
	bits = 8 * n.len;
	for (unsigned top = n.ptr[0]; (top & 0x80) == 0; top <<= 1)
		bits--;
	return bits;
}

static tmg_rc
rsa_alg(tmg_view spki, tmg_alg *alg)
{
	tmg_view n, e;
	tmg_rc rc;

	if ((rc = tmg_spki_rsa_parts(spki, &n, &e)))
		return rc;
	for (size_t i = 0; i < TMG_COUNT(rsa_algs); i++) {
		if (tmg_alg_get(rsa_algs[i])->bits == tmg_number_bits(n)) {
			*alg = rsa_algs[i];
			return TMG_OK;
		}
	}
	return TMG_UNSUPPORTED;
}

tmg_rc
tmg_spki_alg(tmg_view spki, tmg_alg *alg)
{
	tmg_view id, bits;
	tmg_rc rc;

	*alg = TMG_ALG_NONE;
	if ((rc = split(spki, &id, &bits)))
		return rc;
	if (is_rsa(id))
		return rsa_alg(spki, alg);
	for (size_t i = 0; i < TMG_COUNT(ids); i++) {
		if (tmg_view_equal(id, ids[i].id)) {
			*alg = ids[i].alg;
			return TMG_OK;
		}
	}
	return TMG_UNSUPPORTED;
}

/* Puts the encoding of a key together again, from its parts. */
static tmg_rc
make_again(tmg_alg alg, tmg_view spki, tmg_out *out)
{
	const tmg_family family = tmg_alg_get(alg)->family;
	tmg_view n, e, bits;
	tmg_rc rc;

	if (family == TMG_FAMILY_RSA)
		return (rc = tmg_spki_rsa_parts(spki, &n, &e)) ? rc :
		    tmg_spki_rsa(n, e, out);
	if ((rc = tmg_spki_bits(spki, &bits)))
		return rc;
	return family == TMG_FAMILY_EC ? tmg_spki_ec(alg, bits, out) :
	    tmg_spki_raw(alg, bits, out);
}

tmg_rc
tmg_spki_proper(tmg_view spki)
{
	uint8_t store[SPKI_ROOM];
	tmg_out out = TMG_OUT(store);
	tmg_alg alg;
	tmg_rc rc;

	if ((rc = tmg_spki_alg(spki, &alg)))
		return rc;
	return make_again(alg, spki, &out) == TMG_OK &&
	    tmg_view_equal(spki, tmg_out_view(&out)) ? TMG_OK : TMG_MISMATCH;
}
