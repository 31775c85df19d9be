/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/iso/flow.h"

#include "src/iso/sw.h"

enum {
	CLA_CHAIN = 0x10,	/* not the last part, ISO/IEC 7816-4:2005 5.1.1 */
	CLA_PROPRIETARY = 0x80,
	CLA_FURTHER = 0x40,	/* further interindustry values: channels 4 to 19 */
	INS_GET_RESPONSE = 0xc0,

	/* Rounds of GET RESPONSE after one command.  The longest answer of
	 * 65536 bytes takes 256; cards with smaller buffers get some more. */
	ROUNDS_MAX = 1024,
	/* Bytes of a command that are not data, short form: header, Lc, Le. */
	SHORT_FRAME = 6,
};

bool
tmg_flow_extends(const tmg_flow *f)
{
	/* A reader that carries no more than short commands cannot be trusted
	 * with long answers either. */
	return f->extended && f->protocol == 1 && f->longest > TMG_APDU_SHORT;
}

/* One command on the wire.  answer stays valid until the next. */
static tmg_rc
send(tmg_flow *f, const tmg_capdu *c, tmg_view *answer, uint16_t *sw)
{
	const tmg_apdu_form form = f->protocol == 0 ? TMG_APDU_T0 : TMG_APDU_T1;
	tmg_out command = TMG_OUT(f->command);
	tmg_out response = TMG_OUT(f->response);
	tmg_rc rc;

	rc = tmg_capdu_encode(c, form, &command);
	if (rc == TMG_OK)
		rc = f->transmit(f->arg, tmg_out_view(&command), &response);
	if (rc == TMG_OK)
		rc = tmg_out_done(&response);
	if (rc == TMG_OK)
		rc = tmg_rapdu_split(tmg_out_view(&response), answer, sw);
	explicit_bzero(f->command, command.len);
	if (response.len > f->used)
		f->used = response.len;
	return rc;
}

/* The card knows better how much it has: once, ISO/IEC 7816-4:2005 5.1.3. */
static tmg_rc
send_corrected(tmg_flow *f, const tmg_capdu *c, tmg_view *answer, uint16_t *sw)
{
	tmg_capdu again = *c;
	tmg_rc rc;

	rc = send(f, c, answer, sw);
	if (rc || TMG_SW1(*sw) != TMG_SW1_WRONG_LE || c->le == TMG_LE_NONE)
		return rc;
	/* At T=0 a case 4 command goes out without Le: nothing to correct. */
	if (f->protocol == 0 && c->data.len > 0)
		return TMG_OK;

	again.le = tmg_sw2_length(*sw);
	if ((rc = send(f, &again, answer, sw)))
		return rc;
	return TMG_SW1(*sw) != TMG_SW1_WRONG_LE ? TMG_OK : TMG_E_MALFORMED;
}

/* The class byte of GET RESPONSE: the same logical channel, nothing else. */
static uint8_t
response_class(uint8_t cla)
{
	if (cla & CLA_PROPRIETARY)
		return 0;
	return cla & CLA_FURTHER ? cla & 0x4f : cla & 0x03;
}

/* Fetches what the card still has, into data. */
static tmg_rc
gather(tmg_flow *f, const tmg_capdu *c, tmg_view answer, tmg_out *data,
    uint16_t *sw)
{
	tmg_rc rc;

	tmg_put(data, answer);
	for (unsigned round = 0; TMG_SW1(*sw) == TMG_SW1_MORE; round++) {
		const tmg_capdu more = {
			.cla = response_class(c->cla),
			.ins = INS_GET_RESPONSE,
			.le = tmg_sw2_length(*sw),
		};

		if (data->full)
			return TMG_E_SPACE;
		if (round == ROUNDS_MAX)
			return TMG_E_MALFORMED;
		if ((rc = send_corrected(f, &more, &answer, sw)))
			return rc;
		if (answer.len == 0 && TMG_SW1(*sw) == TMG_SW1_MORE)
			return TMG_E_MALFORMED;
		tmg_put(data, answer);
	}
	return tmg_out_done(data);
}

/* Sends all but the last part of a command that is too long; *last is what
 * remains.  A part that is refused is the end: *sw says why. */
static tmg_rc
send_head(tmg_flow *f, const tmg_capdu *c, size_t room, tmg_capdu *last,
    uint16_t *sw)
{
	tmg_capdu part = *c;
	tmg_view answer;
	tmg_rc rc;

	*last = *c;
	*sw = TMG_SW_OK;
	part.cla |= CLA_CHAIN;
	part.le = TMG_LE_NONE;
	while (last->data.len > room && *sw == TMG_SW_OK) {
		if ((rc = tmg_view_take(&last->data, room, &part.data)) ||
		    (rc = send(f, &part, &answer, sw)))
			return rc;
	}
	return TMG_OK;
}

/* Bytes of data that one short part carries. */
static size_t
short_room(const tmg_flow *f)
{
	const size_t room = f->longest > SHORT_FRAME ?
	    f->longest - SHORT_FRAME : 1;

	return room < TMG_LC_SHORT ? room : TMG_LC_SHORT;
}

static tmg_rc
run(tmg_flow *f, const tmg_capdu *c, tmg_out *data, uint16_t *sw)
{
	tmg_capdu last = *c;
	tmg_view answer = { NULL, 0 };
	tmg_rc rc;

	if (!tmg_flow_extends(f) || tmg_capdu_size(c) > f->longest) {
		if ((rc = send_head(f, c, short_room(f), &last, sw)))
			return rc;
		if (*sw != TMG_SW_OK)
			return TMG_OK;
		if (last.le > TMG_LE_SHORT)
			last.le = TMG_LE_SHORT;
	}
	if ((rc = send_corrected(f, &last, &answer, sw)))
		return rc;
	if (data != NULL)
		return gather(f, c, answer, data, sw);
	if (TMG_SW1(*sw) == TMG_SW1_MORE)
		*sw = TMG_SW_OK;
	return TMG_OK;
}

tmg_rc
tmg_flow_run(tmg_flow *f, const tmg_capdu *c, tmg_out *data, uint16_t *sw)
{
	tmg_rc rc;

	*sw = TMG_SW_OK;
	if (c->data.len > 65535 || c->le > TMG_LE_ANY)
		return TMG_E_USAGE;

	f->used = 0;
	rc = run(f, c, data, sw);
	explicit_bzero(f->response, f->used);
	return rc;
}
