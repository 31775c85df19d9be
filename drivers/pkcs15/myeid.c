/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MyEID (Aventra, PKI JavaCard applet, reference manual): a key is a file, made by
 * CREATE FILE with its bits as size, then GENERATE; its public half is asked for
 * with GET DATA.
 */
#include "drivers/pkcs15/write.h"

#include "src/driver/pubkey.h"

enum {
	INS_GENERATE = 0x46,
	INS_GET_DATA = 0xca,
	P1_KEY = 0x01,
	P2_MODULUS = 0x01,
	P2_POINT = 0x86,

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
generate(tmg_p15 *p, const tmg_p15_job *job, tmg_out *fields)
{
	uint16_t sw = 0;
	tmg_rc rc;

	p->se.known = false;
	rc = tmg_files_select(&p->files, &job->key, &sw);
	if ((rc = tmg_p15_changed(p, rc, rc == TMG_OK ? TMG_SW_OK : sw,
	    N_("selecting a file"))))
		return rc;
	return is_ec(job->alg) ? make_ec(p, fields) : make_rsa(p, fields);
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
	.opening = &tmg_p15_myeid_opening,
};
