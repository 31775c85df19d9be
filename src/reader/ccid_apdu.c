/* SPDX-License-Identifier: BSD-2-Clause */
/* APDUs at the three levels of exchange, CCID rev 1.10, 3.2, 6.1.4 and 6.1.11. */
#include "src/base/clock.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/reader/ccid.h"
#include "src/reader/t0.h"

enum {
	SHORT_MAX = 261,	/* bytes of the longest short command */
	PARTS_MAX = 4096,	/* messages of one APDU */
	SPACE_OF_SW = 2,
	PERSON_MORE_S = 60,	/* the reader's clock may begin anew with each key */
};

/* ---- blocks -------------------------------------------------------------- */

/* What a T=1 card can be asked to repeat. */
static tmg_rc
of_line(tmg_ccid *c, const tmg_ccid_answer *a)
{
	if (a->failed && a->icc == TMG_CCID_ACTIVE) {
		if (a->error == TMG_CCID_E_MUTE)
			return TMG_PENDING;
		if (a->error == TMG_CCID_E_PARITY ||
		    a->error == TMG_CCID_E_OVERRUN)
			return TMG_E_MALFORMED;
	}
	return tmg_ccid_judge(c, a);
}

/* The reader keeps quiet for what its card was granted. */
static int
silence_of(const tmg_ccid *c, uint8_t times)
{
	const int64_t granted = times * tmg_ccid_waiting(c);

	if (granted > c->times.whole)
		return c->times.whole;
	return granted > c->times.silence ? (int)granted : c->times.silence;
}

tmg_rc
tmg_ccid_block(tmg_ccid *c, uint8_t times, tmg_view block, tmg_out *answer)
{
	const uint8_t param[3] = { times, 0, 0 };
	tmg_ccid_answer a;
	tmg_rc rc;

	rc = tmg_ccid_command(c, TMG_CCID_XFR_BLOCK, param, block,
	    silence_of(c, times), &a);
	/* the reader's silence, not the card's */
	if (rc != TMG_OK)
		return rc == TMG_PENDING || rc == TMG_E_MALFORMED ? TMG_E_IO : rc;
	if ((rc = of_line(c, &a)))
		return rc;
	tmg_put(answer, a.data);
	return answer->full ? TMG_E_MALFORMED : TMG_OK;
}

/* ---- APDU levels --------------------------------------------------------- */

static tmg_rc
out_of_order(tmg_ccid *c)
{
	return tmg_raise(c->fault, TMG_E_MALFORMED, 0, _("%s answered in parts "
	    "that do not fit together; plug it in again"), c->name);
}

/* One part; the answer's own part is left in *a. */
static tmg_rc
part(tmg_ccid *c, uint8_t level, tmg_view data, tmg_ccid_answer *a)
{
	const uint8_t param[3] = { 0, level, 0 };
	const tmg_rc rc = tmg_ccid_command(c, TMG_CCID_XFR_BLOCK, param, data,
	    c->times.silence, a);

	if (rc != TMG_OK)
		return rc == TMG_PENDING ? TMG_E_IO : rc;
	return tmg_ccid_judge(c, a);
}

/* wLevelParameter of the part that is first and last or not. */
static uint8_t
level_of(bool first, bool last)
{
	if (first)
		return last ? TMG_CCID_WHOLE : TMG_CCID_FIRST;
	return last ? TMG_CCID_LAST : TMG_CCID_MIDDLE;
}

/* The whole command, in as many messages as it takes. */
static tmg_rc
send_parts(tmg_ccid *c, tmg_view command, tmg_ccid_answer *a)
{
	const size_t room = c->desc.message - TMG_CCID_HEAD;
	tmg_view rest = command, one;
	tmg_rc rc;

	do {
		const bool first = rest.len == command.len;

		if (tmg_view_take(&rest, rest.len < room ? rest.len : room, &one))
			return TMG_E_USAGE;
		rc = part(c, level_of(first, rest.len == 0), one, a);
		if (rc == TMG_OK && rest.len > 0 && a->param != TMG_CCID_GO_ON)
			return out_of_order(c);
	} while (rc == TMG_OK && rest.len > 0);
	return rc;
}

/* The rest of a response that began in *a. */
static tmg_rc
take_parts(tmg_ccid *c, tmg_ccid_answer *a, tmg_out *response)
{
	bool first = true;
	tmg_rc rc;

	for (int i = 0; i < PARTS_MAX; i++) {
		const bool begins = a->param == TMG_CCID_WHOLE ||
		    a->param == TMG_CCID_FIRST;

		if (a->param > TMG_CCID_MIDDLE || begins != first)
			return out_of_order(c);
		tmg_put(response, a->data);
		if (response->full)
			return tmg_raise(c->fault, TMG_E_SPACE, 0,
			    _("%s answered more than was asked for"), c->name);
		if (a->param == TMG_CCID_WHOLE || a->param == TMG_CCID_LAST)
			return TMG_OK;
		first = false;
		rc = part(c, TMG_CCID_GO_ON, (tmg_view){ NULL, 0 }, a);
		if (rc != TMG_OK)
			return rc;
	}
	return out_of_order(c);
}

static tmg_rc
extended(tmg_ccid *c, tmg_view command, tmg_out *response)
{
	tmg_ccid_answer a;
	const tmg_rc rc = send_parts(c, command, &a);

	return rc == TMG_OK ? take_parts(c, &a, response) : rc;
}

/* bChainParameter says nothing at the other levels, 6.2.1. */
static tmg_rc
whole(tmg_ccid *c, tmg_view command, tmg_out *response)
{
	tmg_ccid_answer a;
	const tmg_rc rc = part(c, TMG_CCID_WHOLE, command, &a);

	if (rc != TMG_OK)
		return rc;
	tmg_put(response, a.data);
	return response->full ? tmg_raise(c->fault, TMG_E_SPACE, 0,
	    _("%s answered more than was asked for"), c->name) : TMG_OK;
}

/* ---- TPDU level ---------------------------------------------------------- */

static tmg_rc
by_t0(tmg_ccid *c, tmg_view command, tmg_out *response)
{
	uint8_t store[TMG_T0_TPDU_MAX];
	tmg_out tpdu = TMG_OUT(store);
	const tmg_rc rc = tmg_t0_put(&tpdu, command);
	tmg_rc done;

	if (rc != TMG_OK)
		return tmg_raise(c->fault, rc, 0,
		    "%s: no command for T=0", c->name);
	done = whole(c, tmg_out_view(&tpdu), response);
	explicit_bzero(store, sizeof(store));
	return done;
}

/* What T=1 came to, in words. */
static tmg_rc
understood(tmg_ccid *c, tmg_rc rc)
{
	if (rc == TMG_E_SPACE)
		return tmg_raise(c->fault, rc, 0,
		    _("%s answered more than was asked for"), c->name);
	if (rc == TMG_E_IO && !c->broken)
		return tmg_raise(c->fault, rc, 0, _("%s: the card could not be "
		    "understood; whether it did what it was told is unknown"),
		    c->name);
	return rc;
}

static tmg_rc
by_t1(tmg_ccid *c, tmg_view command, tmg_out *response)
{
	return understood(c, tmg_t1_transmit(&c->t1, command, response));
}

/* ---- all of them --------------------------------------------------------- */

static tmg_rc
exchange(tmg_ccid *c, tmg_view command, tmg_out *response)
{
	switch (c->desc.level) {
	case TMG_CCID_EXTENDED:
		return extended(c, command, response);
	case TMG_CCID_SHORT:
		return whole(c, command, response);
	default:
		return c->terms.protocol == 1 ? by_t1(c, command, response)
		    : by_t0(c, command, response);
	}
}

size_t
tmg_ccid_longest(const tmg_ccid *c)
{
	const size_t room = c->desc.message - TMG_CCID_HEAD;

	if (c->desc.level == TMG_CCID_EXTENDED ||
	    (c->desc.level == TMG_CCID_TPDU && c->terms.protocol == 1))
		return TMG_APDU_MAX;
	return room < SHORT_MAX ? room : SHORT_MAX;
}

tmg_rc
tmg_ccid_apdu(tmg_ccid *c, tmg_view command, tmg_out *response)
{
	const size_t before = response->len;
	tmg_rc rc;

	if (command.len < 4 || command.len > tmg_ccid_longest(c))
		return tmg_raise(c->fault, TMG_E_USAGE, 0,
		    "a command of %zu bytes", command.len);
	c->until = tmg_now_ms() + c->times.whole;
	if ((rc = exchange(c, command, response))) {
		response->len = before;
		return rc;
	}
	if (response->len - before >= SPACE_OF_SW)
		return TMG_OK;
	response->len = before;
	return tmg_raise(c->fault, TMG_E_MALFORMED, 0,
	    _("%s: the card's answer has no status"), c->name);
}

/* ---- keypad -------------------------------------------------------------- */

static bool
makes_blocks(const tmg_ccid *c)
{
	return c->desc.level == TMG_CCID_TPDU && c->terms.protocol == 1;
}

/*
 * "PIN Verification Data Structure" and "PIN Modification Data Structure",
 * 6.1.11: what part 10 has, with bPINOperation before it, without bTimerOut2
 * and ulDataLength, and with the begin of the block in bTeoPrologue where the
 * reader makes one.
 */
static tmg_rc
put_secure(const tmg_ccid *c, tmg_out *out, bool change, tmg_view p,
    size_t command)
{
	const size_t length = 4;	/* ulDataLength */
	uint8_t prologue[TMG_T1_PROLOGUE] = { 0 };
	tmg_rc rc;

	if (makes_blocks(c) &&
	    (rc = tmg_t1_prologue(&c->t1, command, prologue)))
		return rc;
	tmg_put_u8(out, change);
	tmg_put_u8(out, p.ptr[0]);	/* bTimerOut */
	tmg_put(out, (tmg_view){ p.ptr + 2, p.len - 2 - sizeof(prologue) -
	    length - command });
	tmg_put(out, TMG_VIEW(prologue));
	tmg_put(out, (tmg_view){ p.ptr + p.len - command, command });
	return out->full || out->len > c->desc.message - TMG_CCID_HEAD
	    ? TMG_UNSUPPORTED : TMG_OK;
}

/* The reader's own refusals as part 10 has them. */
static bool
refusal(const tmg_ccid_answer *a, uint8_t sw[static 2])
{
	sw[0] = 0x64;
	sw[1] = a->error == TMG_CCID_E_PIN_TIMEOUT ? 0x00 : 0x01;
	return a->failed && (a->error == TMG_CCID_E_PIN_TIMEOUT ||
	    a->error == TMG_CCID_E_PIN_CANCELLED);
}

/* What the card said.  Where blocks are made it comes in one, and two bytes alone
 * are the reader's own, who then sent nothing. */
static tmg_rc
take_secure(tmg_ccid *c, const tmg_ccid_answer *a, tmg_out *response)
{
	const tmg_view none = { NULL, 0 };
	tmg_rc rc = makes_blocks(c) ? of_line(c, a) : tmg_ccid_judge(c, a);

	if (makes_blocks(c) && rc != TMG_OK && rc != TMG_PENDING &&
	    rc != TMG_E_MALFORMED)
		return rc;
	if (makes_blocks(c) && (rc != TMG_OK || a->data.len != SPACE_OF_SW))
		return understood(c, tmg_t1_follow(&c->t1, rc == TMG_OK ? a->data
		    : none, response));
	if (rc != TMG_OK)
		return rc;
	tmg_put(response, a->data);
	return tmg_out_done(response);
}

tmg_rc
tmg_ccid_secure(tmg_ccid *c, bool change, tmg_view part10, size_t command,
    tmg_out *response)
{
	static const uint8_t param[3];
	uint8_t store[320], sw[2];
	tmg_out out = TMG_OUT(store);
	const int person = (part10.ptr[0] + PERSON_MORE_S) * 1000;
	const size_t before = response->len;
	tmg_ccid_answer a;
	tmg_rc rc;

	if ((rc = put_secure(c, &out, change, part10, command)))
		return rc;
	c->until = tmg_now_ms() + c->times.whole;
	rc = tmg_ccid_command(c, TMG_CCID_SECURE, param, tmg_out_view(&out), person,
	    &a);
	if (rc == TMG_PENDING)
		return tmg_raise(c->fault, TMG_E_IO, 0, _("the keypad of %s said "
		    "nothing for %d seconds; plug the reader in again"), c->name,
		    person / 1000);
	if (rc != TMG_OK)
		return rc;
	if (refusal(&a, sw)) {
		tmg_put(response, TMG_VIEW(sw));
		return tmg_out_done(response);
	}
	rc = take_secure(c, &a, response);
	if (rc == TMG_OK && response->len - before < SPACE_OF_SW)
		rc = out_of_order(c);
	if (rc != TMG_OK)
		response->len = before;
	return rc;
}
