/* SPDX-License-Identifier: BSD-2-Clause */
/* Algorithm attributes, C1 to C3: 4.4.3.9. */
#include "drivers/openpgp/openpgp.h"

#include "src/base/scope.h"

/* First byte, from RFC 4880 9.1 and RFC 6637 5. */
enum {
	KIND_RSA = 0x01,
	KIND_ECDH = 0x12,
	KIND_ECDSA = 0x13,
	KIND_EDDSA = 0x16,
};

enum {
	RSA_LEN = 6,		/* kind, bits of n and e, format */
	RSA_E_BITS = 32,	/* 4.4.3.9: room for e; 65537 has 17 */
	WITH_POINT = 0xff,	/* EC: the public point is imported too */
	OID_MAX = 10,
};

/* The first row of each kind is the one that is written. */
static const struct curve {
	tmg_alg alg;
	uint8_t len;
	uint8_t oid[OID_MAX];
} curves[] = {
	{ TMG_ALG_P256, 8, { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 } },
	{ TMG_ALG_P384, 5, { 0x2b, 0x81, 0x04, 0x00, 0x22 } },
	{ TMG_ALG_P521, 5, { 0x2b, 0x81, 0x04, 0x00, 0x23 } },
	{ TMG_ALG_BP256, 9, { 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x07 } },
	{ TMG_ALG_BP384, 9, { 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0b } },
	{ TMG_ALG_BP512, 9, { 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0d } },
	{ TMG_ALG_ED25519, 9, { 0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x0f, 0x01 } },
	{ TMG_ALG_X25519, 10, { 0x2b, 0x06, 0x01, 0x04, 0x01, 0x97, 0x55, 0x01, 0x05, 0x01 } },
	/* RFC 8410 */
	{ TMG_ALG_ED25519, 3, { 0x2b, 0x65, 0x70 } },
	{ TMG_ALG_X25519, 3, { 0x2b, 0x65, 0x6e } },
};

static const tmg_alg rsa[] = {
	TMG_ALG_RSA1024, TMG_ALG_RSA2048, TMG_ALG_RSA3072, TMG_ALG_RSA4096,
};

static tmg_alg
rsa_of(unsigned bits)
{
	for (size_t i = 0; i < TMG_COUNT(rsa); i++)
		if (tmg_alg_get(rsa[i])->bits == bits)
			return rsa[i];
	return TMG_ALG_NONE;
}

static tmg_alg
curve_of(tmg_view oid)
{
	for (size_t i = 0; i < TMG_COUNT(curves); i++)
		if (tmg_view_equal(oid, (tmg_view){ curves[i].oid, curves[i].len }))
			return curves[i].alg;
	return TMG_ALG_NONE;
}

/* Without the format byte, which may be missing. */
static tmg_alg
curve_and_format(tmg_view rest, uint8_t *format)
{
	const uint8_t last = rest.len > 0 ? rest.ptr[rest.len - 1] : 1;

	*format = last == WITH_POINT ? WITH_POINT : 0;
	if (last == WITH_POINT || last == 0)
		rest.len--;
	return curve_of(rest);
}

void
tmg_opgp_attributes_parse(tmg_view bytes, tmg_opgp_attributes *a)
{
	*a = (tmg_opgp_attributes){ .alg = TMG_ALG_NONE };
	if (bytes.len == 0 || bytes.len > sizeof(a->bytes))
		return;
	memcpy(a->bytes, bytes.ptr, bytes.len);
	a->len = bytes.len;
	switch (a->bytes[0]) {
	case KIND_RSA:
		if (a->len < RSA_LEN - 1)
			return;
		a->alg = rsa_of((unsigned)a->bytes[1] << 8 | a->bytes[2]);
		a->format = a->len >= RSA_LEN ? a->bytes[RSA_LEN - 1] : 0;
		return;
	case KIND_ECDH:
	case KIND_ECDSA:
	case KIND_EDDSA:
		a->alg = curve_and_format((tmg_view){ a->bytes + 1, a->len - 1 },
		    &a->format);
		return;
	default:
		return;
	}
}

static uint8_t
kind_for(tmg_family family, size_t index)
{
	if (family == TMG_FAMILY_RSA)
		return KIND_RSA;
	if (family == TMG_FAMILY_ED)
		return KIND_EDDSA;
	return family == TMG_FAMILY_X || index == 1 ? KIND_ECDH : KIND_ECDSA;
}

static void
put_rsa(unsigned bits, uint8_t format, tmg_out *out)
{
	tmg_put_u8(out, KIND_RSA);
	tmg_put_u16(out, (uint16_t)bits);
	tmg_put_u16(out, RSA_E_BITS);
	tmg_put_u8(out, format);
}

static void
put_curve(tmg_alg alg, uint8_t kind, tmg_out *out)
{
	for (size_t i = 0; i < TMG_COUNT(curves); i++) {
		if (curves[i].alg != alg)
			continue;
		tmg_put_u8(out, kind);
		tmg_put(out, (tmg_view){ curves[i].oid, curves[i].len });
		return;
	}
}

void
tmg_opgp_attributes_make(tmg_alg alg, size_t index, uint8_t rsa_format,
    tmg_opgp_attributes *a)
{
	const tmg_alg_row *row = tmg_alg_get(alg);
	uint8_t bytes[OPGP_ATTRIBUTES_MAX];
	tmg_out out = TMG_OUT(bytes);

	if (row->family == TMG_FAMILY_RSA)
		put_rsa(row->bits, rsa_format, &out);
	else
		put_curve(alg, kind_for(row->family, index), &out);
	tmg_opgp_attributes_parse(tmg_out_view(&out), a);
}

/* 4.4.3.11: C1 to C3 again, one for each kind that the slot takes. */
uint32_t
tmg_opgp_algorithms_parse(tmg_view content)
{
	tmg_opgp_attributes a;
	uint32_t algs = 0;
	tmg_tlv t;

	while (tmg_tlv_next(&content, &t) == TMG_OK) {
		if (t.tag < 0xc1 || t.tag > 0xc3)
			continue;
		tmg_opgp_attributes_parse(t.value, &a);
		algs |= 1u << a.alg;
	}
	return algs & ~(1u << TMG_ALG_NONE);
}
