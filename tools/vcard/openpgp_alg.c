/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Algorithm attributes: 4.4.3.9 to 4.4.3.11.
 */
#include "src/base/scope.h"
#include "tools/vcard/openpgp.h"

enum {
	ID_RSA = 0x01,
	ID_ECDH = 0x12,
	ID_ECDSA = 0x13,
	ID_EDDSA = 0x16,
	RSA_LEN = 6,
	EXPONENT_BITS = 32,
	FORMAT_MAX = 3,		/* standard, with n, CRT, CRT with n */
	WITH_PUBLIC = 0xff,
	TAG_FIRST = 0xc1,
};

static const struct row {
	tmg_alg alg;
	uint8_t id[PGP_KEYS];	/* as what kind of key; 0: not */
	uint8_t oid_len;
	uint8_t oid[11];
} rows[] = {
	{ TMG_ALG_RSA2048, { ID_RSA, ID_RSA, ID_RSA }, 0, { 0 } },
	{ TMG_ALG_RSA3072, { ID_RSA, ID_RSA, ID_RSA }, 0, { 0 } },
	{ TMG_ALG_RSA4096, { ID_RSA, ID_RSA, ID_RSA }, 0, { 0 } },
	{ TMG_ALG_P256, { ID_ECDSA, ID_ECDH, ID_ECDSA }, 8,
	    { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 } },
	{ TMG_ALG_P384, { ID_ECDSA, ID_ECDH, ID_ECDSA }, 5, { 0x2b, 0x81, 0x04, 0x00, 0x22 } },
	{ TMG_ALG_P521, { ID_ECDSA, ID_ECDH, ID_ECDSA }, 5, { 0x2b, 0x81, 0x04, 0x00, 0x23 } },
	{ TMG_ALG_BP256, { ID_ECDSA, ID_ECDH, ID_ECDSA }, 9,
	    { 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x07 } },
	{ TMG_ALG_BP384, { ID_ECDSA, ID_ECDH, ID_ECDSA }, 9,
	    { 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0b } },
	{ TMG_ALG_BP512, { ID_ECDSA, ID_ECDH, ID_ECDSA }, 9,
	    { 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0d } },
	{ TMG_ALG_ED25519, { ID_EDDSA, 0, ID_EDDSA }, 9,
	    { 0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x0f, 0x01 } },
	{ TMG_ALG_X25519, { 0, ID_ECDH, 0 }, 10,
	    { 0x2b, 0x06, 0x01, 0x04, 0x01, 0x97, 0x55, 0x01, 0x05, 0x01 } },
};

static tmg_alg
parse_rsa(tmg_view a)
{
	const unsigned bits = a.len == RSA_LEN ? (unsigned)(a.ptr[1] << 8 | a.ptr[2]) : 0;
	const unsigned exponent = a.len == RSA_LEN ? (unsigned)(a.ptr[3] << 8 | a.ptr[4]) : 0;

	if ((exponent != EXPONENT_BITS && exponent != 17) || a.ptr[5] > FORMAT_MAX)
		return TMG_ALG_NONE;
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		if (rows[i].id[0] == ID_RSA && tmg_alg_get(rows[i].alg)->bits == bits)
			return rows[i].alg;
	return TMG_ALG_NONE;
}

tmg_alg
pgp_attr_parse(pgp_key_id key, tmg_view a)
{
	if (a.len == 0)
		return TMG_ALG_NONE;
	if (a.ptr[0] == ID_RSA)
		return parse_rsa(a);
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		const size_t len = 1 + (size_t)rows[i].oid_len;

		if (rows[i].oid_len > 0 && rows[i].id[key] == a.ptr[0] &&
		    (a.len == len || (a.len == len + 1 && a.ptr[len] == WITH_PUBLIC)) &&
		    memcmp(a.ptr + 1, rows[i].oid, rows[i].oid_len) == 0)
			return rows[i].alg;
	}
	return TMG_ALG_NONE;
}

static void
put_row(pgp_key_id key, const struct row *row, tmg_out *out)
{
	if (row->id[key] == 0)
		return;
	tmg_put_u8(out, row->id[key]);
	tmg_put(out, (tmg_view){ row->oid, row->oid_len });
	if (row->id[key] == ID_RSA) {
		tmg_put_u16(out, (uint16_t)tmg_alg_get(row->alg)->bits);
		tmg_put_u16(out, EXPONENT_BITS);
		tmg_put_u8(out, 0);
	}
}

void
pgp_attr_put(pgp_key_id key, tmg_alg alg, tmg_out *out)
{
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		if (rows[i].alg == alg)
			put_row(key, &rows[i], out);
}

tmg_alg
pgp_alg_of(const vc_pgp *pgp, pgp_key_id key)
{
	return pgp_attr_parse(key, pgp_do_get(pgp, DO_ATTR_SIG + key));
}

void
pgp_attr_list(tmg_out *out)
{
	for (pgp_key_id key = 0; key < PGP_KEYS; key++)
		for (size_t i = 0; i < TMG_COUNT(rows); i++) {
			uint8_t bytes[PGP_ATTR_MAX];
			tmg_out attr = TMG_OUT(bytes);

			put_row(key, &rows[i], &attr);
			if (attr.len > 0)
				tmg_tlv_put(out, TAG_FIRST + key, tmg_out_view(&attr));
		}
}
