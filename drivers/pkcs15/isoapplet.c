/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IsoApplet, interface 0, by its public source: keys by number, made
 * by GENERATE ASYMMETRIC KEY PAIR after MSE named an algorithm.  With curves it
 * hashes by SHA-1 itself, so such keys are not made: nobody would take what they
 * sign.
 */
#include "drivers/pkcs15/write.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "src/driver/pubkey.h"

enum {
	INS_GENERATE = 0x46,
	INS_PUT_DATA = 0xdb,
	TAG_PRIVATE = 0x7f48,
	TAG_P = 0x92,		/* q, 1/q, dp, dq follow */
	HALF = 128,		/* bytes of each */
	P1_SET = 0x41,
	P1_RSA = 0x42,
	TAG_ALGORITHM = 0x80,
	TAG_KEY = 0x84,
	GENERATE_RSA2048 = 0xf3,

	ALWAYS = 0x00,
	PIN = 0x90,
	NEVER = 0xff,

	TRANSPARENT = 0x01,	/* file descriptor, ISO/IEC 7816-4 table 12 */
	DF = 0x38,
};

/* FF and one condition for each of: delete, terminate, activate, deactivate,
 * write, update, read. */
static const uint8_t rules[] = { 0xff, PIN, PIN, PIN, PIN, PIN, PIN, ALWAYS };

/* delete, terminate, activate, deactivate, create a DF, an EF, delete one */
static const uint8_t df_rules[] = { 0xff, PIN, PIN, PIN, PIN, PIN, PIN, PIN };

static void
put_fcp(tmg_out *o, const tmg_p15_birth *file)
{
	const uint8_t size[] = { (uint8_t)(file->size >> 8), (uint8_t)file->size };
	const uint8_t fid[] = { (uint8_t)(file->fid >> 8), (uint8_t)file->fid };
	const bool df = file->purpose == P15_FOR_FILES;
	const uint8_t kind = df ? DF : TRANSPARENT;

	tmg_tlv_put_head(o, 0x62, (df ? 9u : 13u) + sizeof(rules));
	if (!df)
		tmg_tlv_put(o, 0x80, TMG_VIEW(size));
	tmg_tlv_put(o, 0x82, (tmg_view){ &kind, 1 });
	tmg_tlv_put(o, 0x83, TMG_VIEW(fid));
	tmg_tlv_put(o, 0x86, df ? TMG_VIEW(df_rules) : TMG_VIEW(rules));
}

/* MSE names the number and the kind of a key that comes. */
static tmg_rc
name_key(tmg_p15 *p, const tmg_p15_job *job)
{
	const uint8_t what[] = { TAG_ALGORITHM, 1, GENERATE_RSA2048, TAG_KEY, 1,
	    (uint8_t)job->number };
	uint16_t sw;
	tmg_rc rc;

	p->se.known = false;
	if ((rc = tmg_p15_send(p, &(tmg_capdu){ .ins = INS_MSE, .p1 = P1_SET,
	    .data = TMG_VIEW(what) }, NULL, &sw)))
		return rc;
	return tmg_p15_changed(p, TMG_OK, sw, N_("making a key"));
}

static tmg_rc
generate(tmg_p15 *p, const tmg_p15_job *job, tmg_out *fields)
{
	uint8_t bytes[1024];
	tmg_out answer = TMG_OUT(bytes);
	tmg_view inner;
	uint16_t sw;
	tmg_rc rc;

	if ((rc = name_key(p, job)))
		return rc;
	if ((rc = tmg_p15_send(p, &(tmg_capdu){ .ins = INS_GENERATE, .p1 = P1_RSA,
		.le = TMG_LE_ANY }, &answer, &sw)) ||
	    (rc = tmg_p15_changed(p, TMG_OK, sw, N_("making a key"))))
		return rc;
	if (tmg_tlv_find(tmg_out_view(&answer), TMG_TAG_PUBKEY, &inner))
		return TMG_E_MALFORMED;
	tmg_put(fields, inner);
	return tmg_out_done(fields);
}

/* 7F48 { 92 p, 93 q, 94 1/q mod p, 95 d mod p - 1, 96 d mod q - 1 } by PUT DATA. */
static tmg_rc
import(tmg_p15 *p, const tmg_p15_job *job, const EVP_PKEY *key)
{
	static const char *const names[] = {
		OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
		OSSL_PKEY_PARAM_RSA_COEFFICIENT1, OSSL_PKEY_PARAM_RSA_EXPONENT1,
		OSSL_PKEY_PARAM_RSA_EXPONENT2,
	};
	uint8_t bytes[TMG_COUNT(names) * (HALF + 3) + 8];
	tmg_out o = TMG_OUT(bytes);
	tmg_rc rc = TMG_OK;

	tmg_tlv_put_head(&o, TAG_PRIVATE, TMG_COUNT(names) * (HALF + 3));
	for (uint32_t i = 0; rc == TMG_OK && i < TMG_COUNT(names); i++) {
		tmg_tlv_put_head(&o, TAG_P + i, HALF);
		rc = tmg_p15_given_number(p, key, names[i], HALF, &o);
	}
	if (rc == TMG_OK)
		rc = name_key(p, job);
	if (rc == TMG_OK)
		rc = tmg_p15_give(p, &(tmg_capdu){ .ins = INS_PUT_DATA, .p1 = 0x3f,
		    .p2 = 0xff, .data = tmg_out_view(&o) });
	explicit_bzero(bytes, sizeof(bytes));
	return rc;
}

const tmg_p15_family tmg_p15_isoapplet = {
	.algs = UINT32_C(1) << TMG_ALG_RSA2048,
	.dirs = { [P15_PRIVATE] = 0x4402, [P15_PUBLIC] = 0x4403,
	    [P15_CERTS] = 0x4404 },
	.dir_size = 512,
	.publics = 0x3300, .certs = 0x3400,
	.delete_by_fid = true,
	.put_fcp = put_fcp,
	.generate = generate,
	.import = import,
	.opening = &tmg_p15_isoapplet_opening,
};
