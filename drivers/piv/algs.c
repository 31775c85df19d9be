/* SPDX-License-Identifier: BSD-2-Clause */
/* Algorithm numbers and public keys as PIV writes them. */
#include "drivers/piv/piv.h"

#include "src/base/scope.h"
#include "src/codec/der.h"

/* Fields of a public key: SP 800-73-4 part 2, table 11. */
enum {
	TAG_MODULUS = 0x81,
	TAG_EXPONENT = 0x82,
	TAG_POINT = 0x86,
};

enum {
	DER_BIT_STRING = 0x03,
	DER_SEQUENCE = 0x30,
	POINT_UNCOMPRESSED = 0x04,
};

/* AlgorithmIdentifier, complete: RFC 3279 2.3.1, RFC 5480 2.1, RFC 8410 3. */
#define RSA_ID "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"
#define P256_ID "\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01" \
	"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"
#define P384_ID "\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01" \
	"\x06\x05\x2b\x81\x04\x00\x22"
#define ED25519_ID "\x30\x05\x06\x03\x2b\x65\x70"
#define X25519_ID "\x30\x05\x06\x03\x2b\x65\x6e"
#define DER(s) { (const uint8_t *)(s), sizeof(s) - 1 }

/* Numbers: SP 800-78-4 table 6-2, SP 800-78-5 (05), Yubico (16, E0, E1). */
static const struct {
	tmg_alg alg;
	uint8_t id;
	tmg_view der;
} algs[] = {
	{ TMG_ALG_RSA3072, 0x05, DER(RSA_ID) },
	{ TMG_ALG_RSA1024, 0x06, DER(RSA_ID) },
	{ TMG_ALG_RSA2048, 0x07, DER(RSA_ID) },
	{ TMG_ALG_P256, 0x11, DER(P256_ID) },
	{ TMG_ALG_P384, 0x14, DER(P384_ID) },
	{ TMG_ALG_RSA4096, 0x16, DER(RSA_ID) },
	{ TMG_ALG_ED25519, 0xe0, DER(ED25519_ID) },
	{ TMG_ALG_X25519, 0xe1, DER(X25519_ID) },
};

uint8_t
tmg_piv_alg_id(tmg_alg alg)
{
	for (size_t i = 0; i < TMG_COUNT(algs); i++)
		if (algs[i].alg == alg)
			return algs[i].id;
	return 0;
}

tmg_alg
tmg_piv_alg_of(uint8_t id)
{
	for (size_t i = 0; i < TMG_COUNT(algs); i++)
		if (algs[i].id == id)
			return algs[i].alg;
	return TMG_ALG_NONE;
}

/* The modulus must be as long as the algorithm says, to the bit. */
static tmg_rc
rsa_key(tmg_alg alg, tmg_view fields, tmg_der *d)
{
	tmg_view n, e;
	size_t mark = d->at;

	if (tmg_tlv_find(fields, TAG_MODULUS, &n) ||
	    tmg_tlv_find(fields, TAG_EXPONENT, &e))
		return TMG_E_MALFORMED;
	while (n.len > 0 && n.ptr[0] == 0) {
		n.ptr++;
		n.len--;
	}
	if (n.len != tmg_alg_bytes(alg) || (n.ptr[0] & 0x80) == 0 ||
	    e.len == 0 || e.len > n.len)
		return TMG_E_MALFORMED;

	tmg_der_unsigned(d, e);
	tmg_der_unsigned(d, n);
	tmg_der_wrap(d, DER_SEQUENCE, mark);
	return TMG_OK;
}

/* Uncompressed, never anything else: SP 800-73-4 part 2, table 11. */
static tmg_rc
ec_key(tmg_alg alg, tmg_view fields, tmg_der *d)
{
	tmg_view point;

	if (tmg_tlv_find(fields, TAG_POINT, &point) ||
	    point.len != 1 + 2 * tmg_alg_bytes(alg) ||
	    point.ptr[0] != POINT_UNCOMPRESSED)
		return TMG_E_MALFORMED;
	tmg_der_bytes(d, point);
	return TMG_OK;
}

static tmg_rc
octet_key(tmg_alg alg, tmg_view fields, tmg_der *d)
{
	tmg_view key;

	if (tmg_tlv_find(fields, TAG_POINT, &key) ||
	    key.len != tmg_alg_bytes(alg))
		return TMG_E_MALFORMED;
	tmg_der_bytes(d, key);
	return TMG_OK;
}

static tmg_rc
no_key(tmg_alg alg, tmg_view fields, tmg_der *d)
{
	(void)alg;
	(void)fields;
	(void)d;
	return TMG_E_MALFORMED;
}

static tmg_rc (*const key_of[])(tmg_alg alg, tmg_view fields, tmg_der *d) = {
	[TMG_FAMILY_NONE] = no_key,
	[TMG_FAMILY_RSA] = rsa_key,
	[TMG_FAMILY_EC] = ec_key,
	[TMG_FAMILY_ED] = octet_key,
	[TMG_FAMILY_X] = octet_key,
};

tmg_rc
tmg_piv_spki(tmg_alg alg, tmg_view fields, tmg_out *spki)
{
	uint8_t store[TMG_SPKI_MAX];
	tmg_der d = TMG_DER(store);
	const size_t mark = d.at;
	size_t i = 0;
	tmg_rc rc;

	while (i < TMG_COUNT(algs) && algs[i].alg != alg)
		i++;
	if (i == TMG_COUNT(algs))
		return TMG_E_MALFORMED;
	if ((rc = key_of[tmg_alg_get(alg)->family](alg, fields, &d)))
		return rc;

	tmg_der_u8(&d, 0);		/* no unused bits */
	tmg_der_wrap(&d, DER_BIT_STRING, mark);
	tmg_der_bytes(&d, algs[i].der);
	tmg_der_wrap(&d, DER_SEQUENCE, mark);
	if (d.full)
		return TMG_E_SPACE;
	tmg_put(spki, tmg_der_view(&d));
	return tmg_out_done(spki);
}
