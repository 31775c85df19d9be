/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MyEID (Aventra, PKI JavaCard applet, reference manual): a key is a file, made by
 * CREATE FILE with its bits as size, then GENERATE; its public half is asked for
 * with GET DATA.
 */
#include "drivers/pkcs15/write.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "src/driver/pubkey.h"

enum {
	INS_GENERATE = 0x46,
	INS_GET_DATA = 0xca,
	INS_PUT_DATA = 0xda,
	P1_KEY = 0x01,
	P2_MODULUS = 0x01,
	P2_POINT = 0x86,
	P2_SCALAR = 0x87,
	P2_EXPONENT = 0x81,
	P2_MODULUS_1 = 0x88,	/* the halves of one of 2048 bits */
	P2_MODULUS_2 = 0x89,
	HALF = 128,

	OFFICER = 3,		/* the security officer's PIN */

	EF = 0x01,
	EF_RSA = 0x11,
	EF_EC = 0x22,
};

/* 65537 */
static const uint8_t exponent[] = { 0x01, 0x00, 0x01 };

static bool
is_ec(tmg_alg alg)
{
	return tmg_alg_get(alg)->family == TMG_FAMILY_EC;
}

/* Four bits each: read (or use), update; delete, make a key.  0 always, 1 to 14 that
 * PIN, 15 never. */
static void
put_rules(tmg_out *o, const tmg_p15_birth *file)
{
	const uint8_t pin = file->pin & 0x0f;
	const bool key = file->purpose == P15_FOR_KEY;
	const uint8_t writer = file->purpose == P15_FOR_ISSUER ? OFFICER : pin;
	const uint8_t rules[] = {
		(uint8_t)((key ? pin << 4 : 0) | writer),
		(uint8_t)(writer << 4 | (key ? pin : 0x0f)), 0xff,
	};

	tmg_tlv_put(o, 0x86, TMG_VIEW(rules));
}

static void
put_fcp(tmg_out *o, const tmg_p15_birth *file)
{
	const bool key = file->purpose == P15_FOR_KEY;
	const uint8_t size[] = { (uint8_t)(file->size >> 8), (uint8_t)file->size };
	const uint8_t fid[] = { (uint8_t)(file->fid >> 8), (uint8_t)file->fid };
	const uint8_t kind = !key ? EF : is_ec(file->alg) ? EF_EC : EF_RSA;
	static const uint8_t own[] = { 0x00, 0x00 }, state[] = { 0x00 };

	tmg_tlv_put_head(o, 0x62, 0x17);
	tmg_tlv_put(o, key ? 0x81 : 0x80, TMG_VIEW(size));
	tmg_tlv_put(o, 0x82, (tmg_view){ &kind, 1 });
	tmg_tlv_put(o, 0x83, TMG_VIEW(fid));
	put_rules(o, file);
	tmg_tlv_put(o, 0x85, TMG_VIEW(own));
	tmg_tlv_put(o, 0x8a, TMG_VIEW(state));
}

static tmg_rc
ask_public(tmg_p15 *p, uint8_t what, tmg_out *answer)
{
	uint16_t sw;
	tmg_rc rc;

	if ((rc = tmg_p15_send(p, &(tmg_capdu){ .ins = INS_GET_DATA, .p1 = P1_KEY,
	    .p2 = what, .le = TMG_LE_SHORT }, answer, &sw)))
		return rc;
	return tmg_p15_changed(p, TMG_OK, sw, N_("asking for a public key"));
}

static tmg_rc
make_rsa(tmg_p15 *p, tmg_out *fields)
{
	static const uint8_t with[] = { 0x30, 0x05, 0x81, 0x03, 0x01, 0x00, 0x01 };
	uint8_t bytes[TMG_SIG_MAX + 16];
	tmg_out answer = TMG_OUT(bytes);
	uint16_t sw;
	tmg_rc rc;

	if ((rc = tmg_p15_send(p, &(tmg_capdu){ .ins = INS_GENERATE,
		.data = TMG_VIEW(with) }, NULL, &sw)) ||
	    (rc = tmg_p15_changed(p, TMG_OK, sw, N_("making a key"))) ||
	    (rc = ask_public(p, P2_MODULUS, &answer)))
		return rc;
	tmg_tlv_put(fields, TMG_TAG_MODULUS, tmg_out_view(&answer));
	tmg_tlv_put(fields, TMG_TAG_EXPONENT, TMG_VIEW(exponent));
	return tmg_out_done(fields);
}

/* The point comes as 86 and its length, or bare. */
static tmg_rc
make_ec(tmg_p15 *p, tmg_out *fields)
{
	uint8_t bytes[256];
	tmg_out answer = TMG_OUT(bytes);
	tmg_view in, point;
	uint16_t sw;
	tmg_rc rc;

	if ((rc = tmg_p15_send(p, &(tmg_capdu){ .ins = INS_GENERATE }, NULL, &sw)) ||
	    (rc = tmg_p15_changed(p, TMG_OK, sw, N_("making a key"))) ||
	    (rc = ask_public(p, P2_POINT, &answer)))
		return rc;
	in = point = tmg_out_view(&answer);
	if (tmg_tlv_expect(&in, P2_POINT, &point))
		point = tmg_out_view(&answer);
	tmg_tlv_put(fields, TMG_TAG_POINT, point);
	return tmg_out_done(fields);
}

static tmg_rc
select_key(tmg_p15 *p, const tmg_p15_job *job)
{
	uint16_t sw = 0;
	const tmg_rc rc = tmg_files_select(&p->files, &job->key, &sw);

	return tmg_p15_changed(p, rc, rc == TMG_OK ? TMG_SW_OK : sw,
	    N_("selecting a file"));
}

static tmg_rc
generate(tmg_p15 *p, const tmg_p15_job *job, tmg_out *fields)
{
	tmg_rc rc;

	p->se.known = false;
	if ((rc = select_key(p, job)))
		return rc;
	return is_ec(job->alg) ? make_ec(p, fields) : make_rsa(p, fields);
}

/* ---- from outside: PUT DATA of each part ------------------------------------------- */

static tmg_rc
give(tmg_p15 *p, uint8_t what, tmg_view part)
{
	return tmg_p15_give(p, &(tmg_capdu){ .ins = INS_PUT_DATA, .p1 = P1_KEY,
	    .p2 = what, .data = part });
}

/* As numbers of INTEGERs are, with 00 in front. */
static tmg_rc
give_half(tmg_p15 *p, uint8_t what, const char *name, size_t len, const EVP_PKEY *key)
{
	uint8_t bytes[2 * HALF + 1];
	tmg_out o = TMG_OUT(bytes);
	tmg_rc rc;

	tmg_put_u8(&o, 0);
	rc = tmg_p15_given_number(p, key, name, len, &o);
	if (rc == TMG_OK)
		rc = give(p, what, tmg_out_view(&o));
	explicit_bzero(bytes, sizeof(bytes));
	return rc;
}

static tmg_rc
give_rsa(tmg_p15 *p, const tmg_p15_job *job, const EVP_PKEY *key)
{
	static const struct {
		uint8_t what;
		const char *name;
	} parts[] = {
		{ 0x83, OSSL_PKEY_PARAM_RSA_FACTOR1 },
		{ 0x84, OSSL_PKEY_PARAM_RSA_FACTOR2 },
		{ 0x85, OSSL_PKEY_PARAM_RSA_EXPONENT1 },
		{ 0x86, OSSL_PKEY_PARAM_RSA_EXPONENT2 },
		{ 0x87, OSSL_PKEY_PARAM_RSA_COEFFICIENT1 },
	};
	uint8_t bytes[2 * HALF];
	tmg_out n = TMG_OUT(bytes);
	tmg_rc rc;

	for (size_t i = 0; i < TMG_COUNT(parts); i++)
		if ((rc = give_half(p, parts[i].what, parts[i].name,
		    tmg_alg_bytes(job->alg) / 2, key)))
			return rc;
	if ((rc = tmg_p15_given_number(p, key, OSSL_PKEY_PARAM_RSA_N, sizeof(bytes),
		&n)) ||
	    (rc = give(p, P2_MODULUS_1, (tmg_view){ bytes, HALF })) ||
	    (rc = give(p, P2_MODULUS_2, (tmg_view){ bytes + HALF, HALF })))
		return rc;
	return give(p, P2_EXPONENT, TMG_VIEW(exponent));
}

static tmg_rc
give_ec(tmg_p15 *p, const tmg_p15_job *job, const EVP_PKEY *key)
{
	uint8_t scalar[66], point[2 * sizeof(scalar) + 1];
	tmg_out o = TMG_OUT(scalar);
	size_t len = 0;
	tmg_rc rc;

	rc = tmg_p15_given_number(p, key, OSSL_PKEY_PARAM_PRIV_KEY,
	    tmg_alg_bytes(job->alg), &o);
	if (rc == TMG_OK)
		rc = give(p, P2_SCALAR, tmg_out_view(&o));
	explicit_bzero(scalar, sizeof(scalar));
	if (rc)
		return rc;
	if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point,
	    sizeof(point), &len) != 1 || len != 2 * tmg_alg_bytes(job->alg) + 1)
		return TMG_E_CRYPTO;
	return give(p, P2_POINT, (tmg_view){ point, len });
}

/* The exponent that the public half tells is the one that is given. */
static tmg_rc
check_exponent(tmg_p15 *p, const EVP_PKEY *key)
{
	uint8_t bytes[sizeof(exponent)];
	tmg_out e = TMG_OUT(bytes);

	if (tmg_p15_given_number(p, key, OSSL_PKEY_PARAM_RSA_E, sizeof(bytes), &e) ==
	    TMG_OK && memcmp(bytes, exponent, sizeof(bytes)) == 0)
		return TMG_OK;
	return p15_raise(p, TMG_UNSUPPORTED, 0,
	    _("%s: the card takes RSA keys with the exponent 65537 alone"), p->who);
}

static tmg_rc
import(tmg_p15 *p, const tmg_p15_job *job, const EVP_PKEY *key)
{
	tmg_rc rc;

	p->se.known = false;
	if (!is_ec(job->alg) && (rc = check_exponent(p, key)))
		return rc;
	if ((rc = select_key(p, job)))
		return rc;
	return is_ec(job->alg) ? give_ec(p, job, key) : give_rsa(p, job, key);
}

const tmg_p15_family tmg_p15_myeid = {
	.algs = UINT32_C(1) << TMG_ALG_RSA2048 | UINT32_C(1) << TMG_ALG_P256 |
	    UINT32_C(1) << TMG_ALG_P384 | UINT32_C(1) << TMG_ALG_P521,
	.dirs = { [P15_PRIVATE] = 0x4402, [P15_PUBLIC] = 0x4404,
	    [P15_CERTS] = 0x4403 },
	.dir_size = 1530,
	.keys = 0x4b01, .publics = 0x5501, .certs = 0x4301,
	.put_fcp = put_fcp,
	.generate = generate,
	.import = import,
	.opening = &tmg_p15_myeid_opening,
};
