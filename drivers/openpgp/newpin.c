/* SPDX-License-Identifier: BSD-2-Clause */
/* PW1 and PW3 given new values: CHANGE REFERENCE DATA (7.2.3), RESET RETRY COUNTER
 * (7.2.4). */
#include "drivers/openpgp/openpgp.h"

#include "src/base/scope.h"

enum {
	P1_BY_CODE = 0x00,	/* RESET RETRY COUNTER: reset code and new PW1 */
	P1_BY_ADMIN = 0x02,	/* new PW1 alone, PW3 verified */
};

/* Two PINs one behind the other, as they are sent. */
typedef struct pin_pair {
	uint8_t bytes[2 * TMG_PIN_MAX];
	tmg_out out;
} pin_pair;

static void
pin_pair_release(pin_pair *pair)
{
	explicit_bzero(pair, sizeof(*pair));
}

static tmg_rc
put_pin(tmg_opgp *p, tmg_pin_kind kind, tmg_view pin, pin_pair *pair)
{
	tmg_auto_secret sent = { .len = 0 };
	tmg_rc rc;

	if ((rc = tmg_opgp_kdf_apply(p, kind, pin, &sent)))
		return rc;
	tmg_put(&pair->out, tmg_secret_view(&sent));
	return tmg_out_done(&pair->out);
}

static tmg_rc
send_pair(tmg_opgp *p, tmg_capdu *c, const pin_pair *pair, uint16_t *sw)
{
	c->data = tmg_out_view(&pair->out);
	p->about_known = false;		/* C4 is another afterwards */
	return tmg_opgp_send(p, c, NULL, sw);
}

tmg_rc
tmg_opgp_change(tmg_backend *b, tmg_pin_kind kind, tmg_view old, tmg_view fresh,
    int *tries)
{
	tmg_opgp *p = tmg_opgp_of(b);
	const uint8_t pw = kind == TMG_PIN_USER ? PW_SIGN : PW_ADMIN;
	tmg_auto(pin_pair) pair = { .out = { 0 } };
	int ignored;
	uint16_t sw;
	tmg_rc rc;

	if (tries == NULL)
		tries = &ignored;
	*tries = -1;
	pair.out = TMG_OUT(pair.bytes);
	if (kind == TMG_PIN_PUK)
		return opgp_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: the reset code is not changed with the old one; write "
		    "the data object \"Resetting Code\", which the admin PIN "
		    "allows"), p->who);
	if ((rc = tmg_opgp_learn_rules(p)) || (rc = tmg_opgp_check_typed(p, kind, old)) ||
	    (rc = tmg_opgp_check_fresh(p, kind, fresh)) ||
	    (rc = put_pin(p, kind, old, &pair)) ||
	    (rc = put_pin(p, kind, fresh, &pair)) ||
	    (rc = send_pair(p, &(tmg_capdu){ .ins = INS_CHANGE_REFERENCE_DATA,
		.p2 = pw }, &pair, &sw)))
		return opgp_pass(p, rc);
	if (sw != TMG_SW_OK && kind == TMG_PIN_USER)
		p->sign = p->other = false;
	else if (sw != TMG_SW_OK)
		p->admin = false;
	return tmg_opgp_pin_verdict(p, kind, sw, tries, N_("changing the PIN"));
}

static tmg_rc
unblock_by_code(tmg_opgp *p, tmg_view code, tmg_view fresh, int *tries)
{
	tmg_auto(pin_pair) pair = { .out = { 0 } };
	uint16_t sw;
	tmg_rc rc;

	pair.out = TMG_OUT(pair.bytes);
	if ((rc = tmg_opgp_check_typed(p, TMG_PIN_PUK, code)) ||
	    (rc = put_pin(p, TMG_PIN_PUK, code, &pair)) ||
	    (rc = put_pin(p, TMG_PIN_USER, fresh, &pair)) ||
	    (rc = send_pair(p, &(tmg_capdu){ .ins = INS_RESET_RETRY_COUNTER,
		.p1 = P1_BY_CODE, .p2 = PW_SIGN }, &pair, &sw)))
		return opgp_pass(p, rc);
	p->sign = p->other = false;
	return tmg_opgp_pin_verdict(p, TMG_PIN_PUK, sw, tries, N_("unblocking the PIN"));
}

static tmg_rc
unblock_by_admin(tmg_opgp *p, tmg_view fresh, int *tries)
{
	tmg_auto(pin_pair) pair = { .out = { 0 } };
	uint16_t sw;
	tmg_rc rc;

	pair.out = TMG_OUT(pair.bytes);
	if ((rc = tmg_opgp_want_admin(p)) ||
	    (rc = put_pin(p, TMG_PIN_USER, fresh, &pair)) ||
	    (rc = send_pair(p, &(tmg_capdu){ .ins = INS_RESET_RETRY_COUNTER,
		.p1 = P1_BY_ADMIN, .p2 = PW_SIGN }, &pair, &sw)))
		return opgp_pass(p, rc);
	p->sign = p->other = false;
	return tmg_opgp_pin_verdict(p, TMG_PIN_ADMIN, sw, tries, N_("unblocking the PIN"));
}

/* A card without a reset code takes the admin PIN in its place. */
tmg_rc
tmg_opgp_unblock(tmg_backend *b, tmg_view puk, tmg_view fresh, int *tries)
{
	tmg_opgp *p = tmg_opgp_of(b);
	int ignored, codes = -1;
	tmg_rc rc;

	if (tries == NULL)
		tries = &ignored;
	*tries = -1;
	if ((rc = tmg_opgp_learn_rules(p)) || (rc = tmg_opgp_check_fresh(p, TMG_PIN_USER, fresh)))
		return opgp_pass(p, rc);
	if (puk.len == 0)
		return unblock_by_admin(p, fresh, tries);
	if ((rc = tmg_opgp_read_tries(p, TMG_PIN_PUK, &codes)))
		return opgp_pass(p, rc);
	if (codes > 0)
		return unblock_by_code(p, puk, fresh, tries);
	if ((rc = tmg_opgp_verify(b, TMG_PIN_ADMIN, puk, tries)))
		return rc;
	return unblock_by_admin(p, fresh, tries);
}
