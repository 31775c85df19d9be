/* SPDX-License-Identifier: BSD-2-Clause */
/* The OpenPGP application: what it is. */
#include "drivers/openpgp/openpgp.h"

/* RID of the FSFE and the application, without version and serial: 4.2.1. */
static const uint8_t opgp_aid[] = { 0xd2, 0x76, 0x00, 0x01, 0x24, 0x01 };

void
tmg_opgp_forget(tmg_backend *b)
{
	tmg_opgp *p = tmg_opgp_of(b);

	p->sign = p->other = p->admin = false;
	p->about_known = p->kdf_known = p->signed_blindly = false;
	p->occurrence_known = p->was_read = false;
	p->status_len = 0;
}

/* What another application on the card must not be handed. */
static bool
bears_secret(const tmg_capdu *c)
{
	switch (c->ins) {
	case INS_VERIFY:
	case INS_CHANGE_REFERENCE_DATA:
	case INS_RESET_RETRY_COUNTER:
	case INS_PUT_DATA:		/* the reset code is written by it */
	case INS_PUT_DATA_ODD:
	case INS_TERMINATE_DF:		/* nor be destroyed for ours */
	case INS_ACTIVATE_FILE:
		return true;
	default:
		return false;
	}
}

/* What it answers is of no use: 6E says it all, and for certain. */
static tmg_rc
selected(tmg_backend *b, uint16_t sw, tmg_view answer)
{
	tmg_opgp *p = tmg_opgp_of(b);

	(void)answer;
	p->terminated = sw == SW_TERMINATED;
	if (sw != TMG_SW_OK && !p->terminated)
		return TMG_NOT_FOUND;
	p->occurrence_known = true;	/* 7.2.5: the first, after SELECT */
	p->occurrence = 0;
	return TMG_OK;
}

/* Answers that no OpenPGP application gives to a command that each must know. */
static bool
is_foreign(const tmg_capdu *c, uint16_t sw)
{
	switch (c->ins) {
	case INS_VERIFY:
	case INS_PSO:
	case INS_INTERNAL_AUTHENTICATE:
	case INS_GET_DATA:
	case INS_PUT_DATA:
		return sw == TMG_SW_INS || sw == TMG_SW_CLA;
	case INS_GENERATE:
		return sw == TMG_SW_INS || sw == TMG_SW_CLA || sw == TMG_SW_P1P2;
	default:
		return false;
	}
}

/* Nothing is remembered of what was refused. */
static void
unlearn(tmg_backend *b)
{
	(void)b;
}

const tmg_application_kind tmg_opgp_application = {
	.aid = { opgp_aid, sizeof(opgp_aid) },
	.name = "OpenPGP",
	.selected = selected,
	.forget = tmg_opgp_forget,
	.unlearn = unlearn,
	.bears_secret = bears_secret,
	.is_foreign = is_foreign,
};
