/* SPDX-License-Identifier: BSD-2-Clause */
/* Moving, deleting and attesting keys: Yubico's F6 and F9. */
#include "drivers/piv/piv.h"

#include "src/base/scope.h"

enum {
	MOVE_AWAY = 0xff,	/* the destination that deletes */
	DER_SEQUENCE = 0x30,
};

static const tmg_status move_sw[] = {
	{ TMG_SW_LOGIN, TMG_LOGIN, N_("the management key is wanted first") },
	{ TMG_SW_NO_REFERENCE, TMG_NOT_FOUND, N_("the slot holds no key") },
	{ TMG_SW_NO_FILE, TMG_NOT_FOUND, N_("the slot holds no key") },
	{ TMG_SW_DATA, TMG_UNSUPPORTED, N_("not between these slots") },
	{ TMG_SW_P1P2, TMG_UNSUPPORTED, N_("not between these slots") },
	{ TMG_SW_WRONG_P1P2, TMG_UNSUPPORTED, N_("not between these slots") },
	{ TMG_SW_CONDITIONS, TMG_OCCUPIED, N_("the new slot already holds a key") },
};

static const tmg_status attest_sw[] = {
	{ TMG_SW_NO_REFERENCE, TMG_NOT_FOUND, N_("the slot holds no key") },
	{ TMG_SW_NO_FILE, TMG_NOT_FOUND, N_("the slot holds no key") },
	{ TMG_SW_DATA, TMG_UNSUPPORTED,
	    N_("the key was not made on this card, or there is none") },
	{ TMG_SW_CONDITIONS, TMG_UNSUPPORTED,
	    N_("the key was not made on this card, or there is none") },
	{ TMG_SW_P1P2, TMG_UNSUPPORTED, N_("keys in this slot are not attested") },
	{ TMG_SW_WRONG_P1P2, TMG_UNSUPPORTED, N_("keys in this slot are not attested") },
};

static tmg_rc
move(tmg_piv *p, uint32_t from, uint8_t to, const char *doing)
{
	uint16_t sw;
	tmg_rc rc;

	if ((rc = tmg_piv_extension(p)) || (rc = tmg_piv_want_admin(p)))
		return rc;
	rc = tmg_piv_ext_send(p, &(tmg_capdu){
		.ins = INS_MOVE_KEY,
		.p1 = to,
		.p2 = (uint8_t)from,
	}, NULL, &sw);
	if (rc)
		return piv_pass(p, rc);
	if (sw == TMG_SW_LOGIN)
		tmg_application_doubt(&p->app);
	return piv_judge(p, move_sw, sw, doing);
}

tmg_rc
tmg_piv_key_delete(tmg_backend *b, uint32_t ref)
{
	tmg_piv *p = tmg_piv_of(b);
	const tmg_piv_slot *slot;
	tmg_rc rc;

	if ((rc = tmg_piv_slot_get(p, ref, &slot)))
		return rc;
	return move(p, ref, MOVE_AWAY, N_("deleting a key"));
}

tmg_rc
tmg_piv_key_move(tmg_backend *b, uint32_t from, uint32_t to)
{
	tmg_piv *p = tmg_piv_of(b);
	const tmg_piv_slot *slot;
	tmg_rc rc;

	if ((rc = tmg_piv_slot_get(p, from, &slot)) ||
	    (rc = tmg_piv_slot_get(p, to, &slot)))
		return rc;
	return move(p, from, (uint8_t)to, N_("moving a key"));
}

tmg_rc
tmg_piv_attest(tmg_backend *b, uint32_t ref, tmg_out *der)
{
	tmg_piv *p = tmg_piv_of(b);
	const size_t mark = der->len;
	const tmg_piv_slot *slot;
	uint16_t sw;
	tmg_rc rc;

	if ((rc = tmg_piv_slot_get(p, ref, &slot)) ||
	    (rc = tmg_piv_extension(p)))
		return rc;
	rc = tmg_piv_ext_send(p, &(tmg_capdu){
		.ins = INS_ATTEST,
		.p1 = (uint8_t)ref,
		.le = TMG_LE_ANY,
	}, der, &sw);
	if (rc)
		return piv_pass(p, rc);
	if ((rc = piv_judge(p, attest_sw, sw, N_("attesting a key"))))
		return rc;
	if (der->len == mark || der->ptr[mark] != DER_SEQUENCE)
		return piv_raise(p, TMG_E_MALFORMED, sw,
		    _("%s: the attestation of slot %s is no certificate"),
		    p->who, slot->row.name);
	return TMG_OK;
}
