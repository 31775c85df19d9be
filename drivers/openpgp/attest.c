/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attestations of YubiKeys since 5.2: developers.yubico.com/PGP/Attestation.html.
 * The card writes the statement over the certificate of the key that it is about:
 * what was there is written back.
 */
#include "drivers/openpgp/openpgp.h"

#include "src/base/scope.h"

enum {
	CLA_YUBICO = 0x80,
	INS_ATTEST = 0xfb,
};

static const tmg_status attest_sw[] = {
	{ TMG_SW_LOGIN, TMG_LOGIN, N_("the PIN is wanted first") },
	{ TMG_SW_CONDITIONS, TMG_DENIED,
	    N_("the card refuses; if its attestation key wants a touch, it came too "
	    "late") },
	{ TMG_SW_NO_REFERENCE, TMG_NOT_FOUND, N_("the slot holds no key") },
	{ TMG_SW_DATA, TMG_UNSUPPORTED, N_("the key was not made on the card") },
	{ TMG_SW_P1P2, TMG_UNSUPPORTED, N_("the card does not attest this key") },
	{ TMG_SW_INS, TMG_UNSUPPORTED, N_("this card does not attest its keys") },
	{ TMG_SW_CLA, TMG_UNSUPPORTED, N_("this card does not attest its keys") },
};

/* The attestation key is there when the card has attributes for it. */
bool
tmg_opgp_attests(const tmg_opgp_about *a)
{
	return a->manufacturer == YUBICO && a->keys[OPGP_KEYS - 1].attributes.len > 0;
}

static tmg_rc
check_key(tmg_opgp *p, const tmg_opgp_slot *slot)
{
	const tmg_opgp_presence presence = p->about.keys[slot->index].presence;

	if (!tmg_opgp_attests(&p->about) || (slot->row.uses & TMG_USE_ATTEST) != 0)
		return opgp_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: the card does not attest the key in slot %s"), p->who,
		    slot->row.name);
	if (presence == OPGP_KEY_ABSENT)
		return opgp_raise(p, TMG_NOT_FOUND, 0,
		    _("%s: slot %s holds no key"), p->who, slot->row.name);
	if (presence == OPGP_KEY_IMPORTED)
		return opgp_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: the key in slot %s was brought from outside, which the card "
		    "does not attest"), p->who, slot->row.name);
	return TMG_OK;
}

/* PW1 as for a signature makes the statement, PW3 puts back what was there. */
static tmg_rc
want_both(tmg_opgp *p)
{
	const tmg_rc rc = tmg_opgp_want_admin(p);

	if (rc != TMG_OK || p->sign)
		return rc;
	return opgp_raise(p, TMG_LOGIN, 0,
	    _("%s: an attestation wants the PIN first"), p->who);
}

static tmg_rc
send_attest(tmg_opgp *p, const tmg_opgp_slot *slot)
{
	uint16_t sw;
	tmg_rc rc;

	if ((rc = tmg_opgp_send(p, &(tmg_capdu){
		.cla = CLA_YUBICO,
		.ins = INS_ATTEST,
		.p1 = (uint8_t)slot->row.ref,
	    }, NULL, &sw)))
		return rc;
	p->occurrence_known = p->was_read = false;	/* the card chose one itself */
	if (tmg_opgp_once(p, tmg_opgp_slot_at(0)))
		p->sign = false;
	if (sw == TMG_SW_LOGIN)
		tmg_application_doubt(&p->app);
	return opgp_judge(p, attest_sw, sw, N_("attesting a key"));
}

/* Whatever became of the statement. */
static tmg_rc
put_back(tmg_opgp *p, const tmg_opgp_slot *slot, tmg_view before)
{
	const tmg_rc rc = before.len > 0
	    ? tmg_opgp_cert_write(&p->base, slot->row.ref, before)
	    : tmg_opgp_cert_delete(&p->base, slot->row.ref);

	if (rc == TMG_OK || rc == TMG_REMOVED || rc == TMG_RESET)
		return rc;
	return opgp_raise(p, rc, p->base.fault.sw,
	    _("%s: slot %s now holds the attestation of its key in the place of what "
	    "was its certificate; install that again"), p->who, slot->row.name);
}

static tmg_rc
attest(tmg_opgp *p, const tmg_opgp_slot *slot, tmg_out *before, tmg_out *der)
{
	tmg_rc rc, back;

	rc = tmg_opgp_cert_read(&p->base, slot->row.ref, before);
	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return rc;
	if ((rc = send_attest(p, slot)))
		return rc;
	rc = tmg_opgp_cert_read(&p->base, slot->row.ref, der);
	if (rc == TMG_REMOVED || rc == TMG_RESET || rc == TMG_E_IO)
		return rc;
	back = put_back(p, slot, tmg_out_view(before));
	return rc != TMG_OK ? rc : back;
}

tmg_rc
tmg_opgp_attest(tmg_backend *b, uint32_t ref, tmg_out *der)
{
	tmg_opgp *p = tmg_opgp_of(b);
	tmg_auto_free uint8_t *bytes = malloc(TMG_CERT_MAX);
	tmg_out before = { bytes, TMG_CERT_MAX, 0, false };
	const tmg_opgp_slot *slot;
	tmg_rc rc;

	if (bytes == NULL)
		return opgp_raise(p, TMG_E_NOMEM, 0, _("out of memory"));
	if ((rc = tmg_opgp_slot_get(p, ref, &slot)) || (rc = tmg_opgp_learn(p)) ||
	    (rc = check_key(p, slot)) || (rc = want_both(p)))
		return opgp_pass(p, rc);
	return opgp_pass(p, attest(p, slot, &before, der));
}
