/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How an IsoApplet gets its PINs, by its public source: no rule holds before the PIN is
 * set; CHANGE REFERENCE DATA with P1 01 sets the PUK, once, and then the PIN.  There
 * is no command back.
 */
#include <openssl/rand.h>

#include "drivers/pkcs15/write.h"
#include "src/base/ctx.h"

enum {
	P1_SET = 0x01,
	REF_PIN = 0x01,
	REF_PUK = 0x02,
	PIN_LEAST = 4,
	PIN_LEN = 16,
	SERIAL = 8,
};

static const uint8_t pin_id[] = { 0x01 }, puk_id[] = { 0x02 };

/* VERIFY without data: 9000 as long as there is no PIN. */
static tmg_rc
open_card(tmg_p15 *p, bool *sealed)
{
	uint16_t sw;
	tmg_rc rc;

	if ((rc = tmg_p15_send(p, &(tmg_capdu){ .ins = INS_VERIFY, .p2 = REF_PIN },
	    NULL, &sw)))
		return rc;
	*sealed = (sw & TMG_SW_TRIES_MASK) == TMG_SW_TRIES;
	return *sealed ? TMG_OK
	    : tmg_p15_changed(p, TMG_OK, sw, N_("asking whether there is a PIN"));
}

static tmg_rc
set(tmg_p15 *p, uint8_t reference, const tmg_secret *value, uint16_t *sw)
{
	return tmg_p15_send(p, &(tmg_capdu){ .ins = INS_CHANGE_REFERENCE_DATA,
	    .p1 = P1_SET, .p2 = reference, .data = tmg_secret_view(value) }, NULL, sw);
}

/* The same PIN again, by the PUK: is it the one that an attempt before gave? */
static tmg_rc
prove_puk(tmg_p15 *p, const tmg_p15_start *start)
{
	uint8_t bytes[2 * PIN_LEN];
	tmg_out o = TMG_OUT(bytes);
	uint16_t sw;
	tmg_rc rc;

	tmg_put(&o, tmg_secret_view(&start->pins[TMG_PIN_PUK]));
	tmg_put(&o, tmg_secret_view(&start->pins[TMG_PIN_USER]));
	rc = tmg_p15_send(p, &(tmg_capdu){ .ins = INS_RESET_RETRY_COUNTER,
	    .p2 = REF_PIN, .data = tmg_out_view(&o) }, NULL, &sw);
	explicit_bzero(bytes, sizeof(bytes));
	if (rc != TMG_OK || sw == TMG_SW_OK)
		return rc;
	return p15_raise(p, TMG_PIN_WRONG, sw,
	    _("%s: a set-up that was cut short gave the card another PUK, which stays; "
	    "tamga setup with the same PIN finishes"), p->who);
}

static tmg_rc
seal(tmg_p15 *p, const tmg_p15_start *start)
{
	bool had;
	uint16_t sw;
	tmg_rc rc;

	if ((rc = set(p, REF_PUK, &start->pins[TMG_PIN_PUK], &sw)))
		return rc;
	had = sw == TMG_SW_P1P2;
	if ((!had && (rc = tmg_p15_changed(p, TMG_OK, sw, N_("setting the PUK")))) ||
	    (rc = set(p, REF_PIN, &start->pins[TMG_PIN_USER], &sw)) ||
	    (rc = tmg_p15_changed(p, TMG_OK, sw, N_("setting the PIN"))))
		return rc;
	return had ? prove_puk(p, start) : TMG_OK;
}

/* The applet has none: cards are told apart by chance. */
static tmg_rc
serial(tmg_p15 *p, tmg_out *o)
{
	uint8_t bytes[SERIAL];

	if (RAND_bytes_ex(tmg_ctx_libctx(p->base.ctx), bytes, sizeof(bytes), 0) != 1)
		return p15_raise(p, TMG_E_CRYPTO, 0,
		    _("the system gives no random numbers"));
	tmg_put(o, TMG_VIEW(bytes));
	return TMG_OK;
}

const tmg_p15_opening tmg_p15_isoapplet_opening = {
	.pins = {
		[TMG_PIN_USER] = {
			.common.auth = { puk_id, sizeof(puk_id) },
			.id = { pin_id, sizeof(pin_id) },
			.flags = P15_PIN_CASE | P15_PIN_INITIALIZED | P15_PIN_PADDED,
			.type = P15_PIN_ASCII, .min = PIN_LEAST, .stored = PIN_LEN,
			.max = PIN_LEN, .reference = REF_PIN,
		},
		[TMG_PIN_PUK] = {
			.id = { puk_id, sizeof(puk_id) },
			.flags = P15_PIN_CASE | P15_PIN_INITIALIZED | P15_PIN_PADDED |
			    P15_PIN_UNBLOCKING | P15_PIN_NO_CHANGE |
			    P15_PIN_NO_UNBLOCK,
			.type = P15_PIN_ASCII, .min = PIN_LEAST, .stored = PIN_LEN,
			.max = PIN_LEN, .reference = REF_PUK,
		},
	},
	.maker = "IsoApplet",
	.makes_df = true,
	.open = open_card,
	.seal = seal,
	.serial = serial,
};
