/* SPDX-License-Identifier: BSD-2-Clause */
/* A card gets power, and the terms on which it talks. */
#include "src/base/clock.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/reader/ccid.h"
#include "src/reader/quirk.h"

enum { FD_DEFAULT = 0x11 };

static const uint8_t no_param[3];
static const tmg_view nothing = { NULL, 0 };

/* Each step of powering is a command of its own. */
static tmg_rc
ask(tmg_ccid *c, uint8_t type, uint8_t first, tmg_view data,
    tmg_ccid_answer *a)
{
	const uint8_t param[3] = { first, 0, 0 };
	tmg_rc rc;

	c->until = tmg_now_ms() + c->times.whole;
	rc = tmg_ccid_command(c, type, param, data, c->times.control, a);
	return rc == TMG_PENDING ? TMG_E_IO : rc;
}

tmg_rc
tmg_ccid_look(tmg_ccid *c, tmg_ccid_icc *icc)
{
	tmg_ccid_answer a;
	const tmg_rc rc = ask(c, TMG_CCID_SLOT_STATUS, 0, nothing, &a);

	/* a slot that is empty may call that a failure */
	*icc = rc == TMG_OK ? a.icc : TMG_CCID_EMPTY;
	return rc;
}

void
tmg_ccid_power_off(tmg_ccid *c)
{
	tmg_fault *kept = c->fault;
	tmg_ccid_answer a;

	if (c->pipe == NULL || c->broken)
		return;
	c->until = tmg_now_ms() + c->times.whole;
	c->fault = NULL;
	(void)!tmg_ccid_command(c, TMG_CCID_POWER_OFF, no_param, nothing,
	    c->times.control, &a);
	c->fault = kept;
}

/* bPowerSelect in the order to try: ISO/IEC 7816-3:2006 6.2.4 begins with the
 * lowest voltage.  A reader that chooses itself is asked once. */
static size_t
voltages(const tmg_ccid_desc *d, uint8_t select[static 3])
{
	size_t n = 0;

	if ((d->features & TMG_CCID_AUTO_VOLT) == 0)
		for (uint8_t i = 3; i > 0; i--)
			if ((d->voltages & 1u << (i - 1)) != 0)
				select[n++] = i;
	if (n == 0)
		select[n++] = 0;
	return n;
}

static bool
is_atr(tmg_view v)
{
	tmg_atr atr;

	return tmg_atr_parse(v, &atr) == TMG_OK;
}

/* One voltage.  TMG_E_CARD: not this one. */
static tmg_rc
try_voltage(tmg_ccid *c, uint8_t select)
{
	tmg_ccid_answer a;
	tmg_rc rc;

	if ((rc = ask(c, TMG_CCID_POWER_ON, select, nothing, &a)))
		return rc;
	if (a.failed && a.icc == TMG_CCID_EMPTY)
		return tmg_ccid_judge(c, &a);
	if (a.failed)
		return tmg_raise(c->fault, TMG_E_CARD, 0,
		    _("%s: the card does not answer (%s); take it out, look at "
		    "its contacts, put it in again"), c->name,
		    tmg_ccid_error_name(a.error));
	if (!is_atr(a.data))
		return tmg_raise(c->fault, TMG_E_CARD, 0, _("%s: the card's "
		    "answer to reset makes no sense"), c->name);
	memcpy(c->atr, a.data.ptr, a.data.len);
	c->atr_len = a.data.len;
	return TMG_OK;
}

static tmg_rc
power(tmg_ccid *c)
{
	uint8_t select[3];
	const size_t n = voltages(&c->desc, select);
	tmg_rc rc = TMG_E_CARD;

	for (size_t i = 0; i < n && rc == TMG_E_CARD; i++) {
		if (i > 0)	/* 6.1.1: off before another voltage */
			tmg_ccid_power_off(c);
		rc = c->broken ? TMG_E_IO : try_voltage(c, select[i]);
	}
	return rc;
}

/* ---- terms --------------------------------------------------------------- */

static tmg_rc
agree(tmg_ccid *c)
{
	uint8_t request[TMG_PPS_MAX], store[TMG_T1_BLOCK_MAX];
	tmg_out pps = TMG_OUT(request), answer = TMG_OUT(store);
	uint8_t fd = FD_DEFAULT;
	tmg_rc rc;

	tmg_pps_put(&pps, &c->terms);
	c->until = tmg_now_ms() + c->times.whole;
	rc = tmg_ccid_block(c, 0, tmg_out_view(&pps), &answer);
	if (rc == TMG_OK)
		rc = tmg_pps_take(tmg_out_view(&answer), &c->terms, &fd);
	c->terms.fd = fd;
	return rc == TMG_PENDING ? TMG_E_MALFORMED : rc;
}

/* The reader is told of the card.  One that knows no parameters, or not these,
 * has those of its own. */
static tmg_rc
tell_reader(tmg_ccid *c)
{
	uint8_t bytes[TMG_PARAMETERS_MAX];
	tmg_out out = TMG_OUT(bytes);
	tmg_ccid_answer a;
	tmg_rc rc;

	tmg_parameters_put(&out, &c->terms);
	rc = ask(c, TMG_CCID_SET_PARAMETERS, (uint8_t)c->terms.protocol,
	    tmg_out_view(&out), &a);
	if (rc != TMG_OK || !a.failed || a.icc != TMG_CCID_ACTIVE)
		return rc != TMG_OK ? rc : tmg_ccid_judge(c, &a);
	return c->terms.fd == FD_DEFAULT || c->desc.level > TMG_CCID_TPDU
	    ? TMG_OK : TMG_E_MALFORMED;
}

static tmg_rc
block_of_t1(void *of, unsigned times, tmg_view block, tmg_out *answer)
{
	return tmg_ccid_block(of, times > 1 ? (uint8_t)times : 0, block, answer);
}

static tmg_rc
begin_t1(tmg_ccid *c)
{
	const bool tell = (c->desc.features & TMG_CCID_AUTO_IFSD) == 0 &&
	    (c->quirks & TMG_QUIRK_NO_IFSD) == 0;
	tmg_rc rc;

	tmg_t1_begin(&c->t1, c->terms.talk.ifsc, c->terms.talk.crc, block_of_t1,
	    c);
	c->until = tmg_now_ms() + c->times.whole;
	rc = tell ? tmg_t1_tell_ifsd(&c->t1, c->desc.ifsd) : TMG_OK;
	/* who does not listen sends the 32 bytes that everybody takes */
	return rc == TMG_UNSUPPORTED ? TMG_OK : rc;
}

/* slow: at the speed that needs no agreement.  TMG_E_MALFORMED: not like this. */
static tmg_rc
come_to_terms(tmg_ccid *c, bool slow)
{
	const uint32_t f = c->desc.features;
	const bool tpdu = c->desc.level == TMG_CCID_TPDU;
	tmg_rc rc;

	rc = tmg_terms_find((tmg_view){ c->atr, c->atr_len }, &c->desc, &c->terms);
	if (rc != TMG_OK)
		return tmg_raise(c->fault, TMG_UNSUPPORTED, 0,
		    _("%s and its card have no protocol in common"), c->name);
	if (slow || (f & TMG_CCID_AUTO_BAUD) == 0)
		c->terms.fd = FD_DEFAULT;
	if ((f & TMG_CCID_AUTO_NEGOTIATE) == 0) {
		if (tpdu && !slow && c->terms.pps &&
		    (f & TMG_CCID_AUTO_PPS) == 0 && (rc = agree(c)))
			return rc;
		if ((rc = tell_reader(c)))
			return rc;
	}
	return tpdu && c->terms.protocol == 1 ? begin_t1(c) : TMG_OK;
}

tmg_rc
tmg_ccid_power_on(tmg_ccid *c)
{
	tmg_rc rc;

	for (int slow = 0; slow < 2; slow++) {
		if ((rc = power(c)) || (rc = come_to_terms(c, slow != 0)) == TMG_OK)
			return rc;
		if (rc != TMG_E_MALFORMED || c->broken)
			return rc;
		tmg_ccid_power_off(c);
	}
	return tmg_raise(c->fault, TMG_E_CARD, 0,
	    _("%s and its card do not come to terms"), c->name);
}
