/* SPDX-License-Identifier: BSD-2-Clause */
/* GENERATE ASYMMETRIC KEY PAIR, which reads public keys too: 7.2.14. */
#include "drivers/openpgp/openpgp.h"

#include "src/base/scope.h"

static const tmg_status generate_sw[] = {
	{ TMG_SW_NO_REFERENCE, TMG_NOT_FOUND, N_("the slot holds no key") },
	{ TMG_SW_NO_FILE, TMG_NOT_FOUND, N_("the slot holds no key") },
	{ TMG_SW_DATA, TMG_UNSUPPORTED, N_("the card has no such key") },
	{ TMG_SW_LOGIN, TMG_LOGIN, N_("the admin PIN is wanted first") },
	{ TMG_SW_NOT_SUPPORTED, TMG_UNSUPPORTED, N_("the card makes no such key") },
	{ TMG_SW_CONDITIONS, TMG_DENIED, N_("the card's rules do not allow it") },
};

/* A short answer is asked for with a short Le: see sign.c. */
static uint32_t
expected(const tmg_opgp *p, const tmg_opgp_slot *slot)
{
	const tmg_alg alg = p->about.keys[slot->index].attributes.alg;

	return p->about_known && tmg_alg_get(alg)->family != TMG_FAMILY_RSA &&
	    alg != TMG_ALG_NONE ? TMG_LE_SHORT : TMG_LE_ANY;
}

tmg_rc
tmg_opgp_public(tmg_opgp *p, const tmg_opgp_slot *slot, uint8_t p1,
    tmg_out *store, tmg_view *fields)
{
	uint16_t sw;
	tmg_rc rc;

	if ((rc = tmg_opgp_send(p, &(tmg_capdu){
		.ins = INS_GENERATE,
		.p1 = p1,
		.data = { slot->crt, slot->crt_len },
		.le = expected(p, slot),
	    }, store, &sw)))
		return rc;
	if ((rc = opgp_judge(p, generate_sw, sw, p1 == 0x81
	    ? N_("reading a public key") : N_("making a key"))))
		return rc;
	if (tmg_tlv_find(tmg_out_view(store), TMG_TAG_PUBKEY, fields))
		return opgp_raise(p, TMG_E_MALFORMED, sw,
		    _("%s: the public key of slot %s cannot be read"), p->who,
		    slot->row.name);
	return TMG_OK;
}
