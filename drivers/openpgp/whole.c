/* SPDX-License-Identifier: BSD-2-Clause */
/* The card as a whole: random numbers (7.2.15), the way back (7.2.16, 7.2.17). */
#include "drivers/openpgp/openpgp.h"

#include "src/base/scope.h"

#define CHALLENGE_LEN 128u	/* bytes asked for at once, where the card gives so many */

static const tmg_status random_sw[] = {
	{ TMG_SW_INS, TMG_UNSUPPORTED, N_("this card gives none") },
	{ TMG_SW_NOT_SUPPORTED, TMG_UNSUPPORTED, N_("this card gives none") },
	{ TMG_SW_CONDITIONS, TMG_UNSUPPORTED, N_("this card gives none") },
	{ TMG_SW_P1P2, TMG_UNSUPPORTED, N_("this card gives none") },
	{ TMG_SW_LENGTH, TMG_UNSUPPORTED, N_("this card gives none") },
};

static const tmg_status reset_sw[] = {
	{ TMG_SW_LOGIN, TMG_LOGIN,
	    N_("the admin PIN is wanted first, or PIN and admin PIN must both be "
	    "blocked") },
	{ TMG_SW_CONDITIONS, TMG_LOGIN,
	    N_("the admin PIN is wanted first, or PIN and admin PIN must both be "
	    "blocked") },
	{ TMG_SW_INS, TMG_UNSUPPORTED, N_("this card cannot be reset") },
	{ TMG_SW_P1P2, TMG_UNSUPPORTED, N_("this card cannot be reset") },
};

static size_t
at_once(const tmg_opgp *p)
{
	const size_t max = p->about.challenge_max;

	return max > 0 && max < CHALLENGE_LEN ? max : CHALLENGE_LEN;
}

static tmg_rc
more_random(tmg_opgp *p, size_t n, tmg_out *bytes)
{
	const size_t at = bytes->len;
	uint16_t sw;
	tmg_rc rc;

	if ((rc = tmg_opgp_send(p, &(tmg_capdu){
		.ins = INS_GET_CHALLENGE,
		.le = (uint32_t)n,
	    }, bytes, &sw)))
		return rc;
	if ((rc = opgp_judge(p, random_sw, sw, N_("asking for random numbers"))))
		return rc;
	if (bytes->len != at && bytes->len - at <= n)
		return TMG_OK;
	return opgp_raise(p, TMG_E_MALFORMED, sw,
	    _("%s: the card gave another number of random bytes than was asked "
	    "for"), p->who);
}

tmg_rc
tmg_opgp_random(tmg_backend *b, size_t n, tmg_out *bytes)
{
	tmg_opgp *p = tmg_opgp_of(b);
	const size_t want = bytes->len + n;
	tmg_rc rc;

	if ((rc = tmg_opgp_learn(p)))
		return rc;
	if ((p->about.can & CAP_CHALLENGE) == 0)
		return opgp_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: this card gives no random numbers"), p->who);
	while (bytes->len < want) {
		const size_t left = want - bytes->len;

		if ((rc = more_random(p, left < at_once(p) ? left : at_once(p),
		    bytes)))
			return opgp_pass(p, rc);
	}
	return TMG_OK;
}

static tmg_rc
send_bare(tmg_opgp *p, uint8_t ins, uint16_t *sw)
{
	return tmg_opgp_send(p, &(tmg_capdu){ .ins = ins }, NULL, sw);
}

/* The card decides whether it may: with the admin PIN, or when both PINs are
 * blocked.  Nobody's tries are spent here. */
static tmg_rc
terminate(tmg_opgp *p)
{
	uint16_t sw;
	tmg_rc rc;

	if ((rc = send_bare(p, INS_TERMINATE_DF, &sw)))
		return rc;
	return opgp_judge(p, reset_sw, sw, N_("resetting the OpenPGP application"));
}

tmg_rc
tmg_opgp_reset(tmg_backend *b)
{
	tmg_opgp *p = tmg_opgp_of(b);
	uint16_t sw;
	tmg_rc rc;

	if (!p->terminated && (rc = terminate(p)))
		return opgp_pass(p, rc);
	if ((rc = send_bare(p, INS_ACTIVATE_FILE, &sw)))
		return opgp_pass(p, rc);
	p->terminated = p->terminated && sw != TMG_SW_OK;
	tmg_application_doubt(&p->app);
	return opgp_judge(p, reset_sw, sw, N_("resetting the OpenPGP application"));
}
