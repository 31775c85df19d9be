/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a MyEID card gets its PINs (Aventra, PKI JavaCard applet, reference manual):
 * PUT DATA 01 E0 makes it blank, 01 01 to 01 0E make PINs, ACTIVATE puts the rules
 * into force.  References, rules and identifiers are those of pkcs15-init.
 */
#include <openssl/rand.h>

#include "drivers/pkcs15/write.h"
#include "src/base/ctx.h"

enum {
	INS_ACTIVATE = 0x44,
	INS_GET_DATA = 0xca,
	INS_PUT_DATA = 0xda,
	P1_OWN = 0x01,
	P2_INFO = 0xa0,
	P2_INITIALISE = 0xe0,
	P1_CARD = 0x04,
	LIFE_ACTIVE = 0x05,	/* ISO/IEC 7816-4 table 13: 05, 07 */
	LIFE_MASK = 0xfd,

	REF_PIN = 1,
	REF_OFFICER = 3,
	REF_NONE = 0x81,	/* the PUK has no reference of its own */
	PIN_LEAST = 4,
	PIN_LEN = 8,
	PIN_TRIES = 3,
	PUK_TRIES = 10,
	PAD = 0xff,
	INFO_LEN = 20,
	SERIAL_AT = 10,		/* the ten bytes begin at 8 with what all cards share; URIs
				 * have room for eight */
	SERIAL_LEN = 8,
};

static const uint8_t pin_id[] = { 0x01 }, puk_id[] = { 0x02 }, officer_id[] = { 0xff };

static tmg_rc
put_data(tmg_p15 *p, uint8_t what, tmg_view data, const char *doing)
{
	uint16_t sw;
	tmg_rc rc;

	if ((rc = tmg_p15_send(p, &(tmg_capdu){ .ins = INS_PUT_DATA, .p1 = P1_OWN,
	    .p2 = what, .data = data }, NULL, &sw)))
		return rc;
	return tmg_p15_changed(p, TMG_OK, sw, doing);
}

/* Sizes as the card has them; then who makes files, who makes it blank again: of the
 * MF and of the application's DF, which it makes by itself. */
static tmg_rc
initialise(tmg_p15 *p)
{
	static const uint8_t data[] = {
		0xff, 0xff,
		REF_PIN << 4 | REF_PIN, REF_OFFICER << 4 | 0x0f, 0xff,
		REF_PIN << 4 | REF_PIN, REF_OFFICER << 4 | 0x0f, 0xff,
	};
	const tmg_rc rc = put_data(p, P2_INITIALISE, TMG_VIEW(data),
	    N_("making the card blank"));

	tmg_files_forget(&p->files);
	return rc;
}

/* The MF tells whether rules hold. */
static tmg_rc
open_card(tmg_p15 *p, bool *sealed)
{
	static const tmg_path mf = { { 0x3f, 0x00 }, 2 };
	uint16_t sw = 0;
	tmg_rc rc;

	tmg_files_forget(&p->files);
	rc = tmg_files_select(&p->files, &mf, &sw);
	if ((rc = tmg_p15_changed(p, rc, rc == TMG_OK ? TMG_SW_OK : sw,
	    N_("selecting a file"))))
		return rc;
	*sealed = (p->files.fcp.life & LIFE_MASK) == LIFE_ACTIVE;
	return *sealed ? TMG_OK : initialise(p);
}

/* PIN and PUK, how often each may be wrong. */
static tmg_rc
make_pin(tmg_p15 *p, uint8_t reference, tmg_view pin, tmg_view puk)
{
	uint8_t bytes[2 * PIN_LEN + 3];
	tmg_out o = TMG_OUT(bytes);
	tmg_rc rc;

	tmg_put(&o, pin);
	tmg_put(&o, puk);
	tmg_put_u8(&o, PIN_TRIES);
	tmg_put_u8(&o, PUK_TRIES);
	tmg_put_u8(&o, 0);
	rc = o.full ? TMG_E_SPACE : put_data(p, reference, tmg_out_view(&o),
	    N_("setting the PIN"));
	explicit_bzero(bytes, sizeof(bytes));
	return rc;
}

/* The security officer has a PUK that nobody knows. */
static tmg_rc
make_officer(tmg_p15 *p, const tmg_p15_start *start)
{
	uint8_t puk[PIN_LEN];
	tmg_rc rc;

	if (RAND_priv_bytes_ex(tmg_ctx_libctx(p->base.ctx), puk, sizeof(puk), 0) != 1)
		return p15_raise(p, TMG_E_CRYPTO, 0,
		    _("the system gives no random numbers"));
	rc = make_pin(p, REF_OFFICER, tmg_secret_view(&start->pins[TMG_PIN_ADMIN]),
	    TMG_VIEW(puk));
	explicit_bzero(puk, sizeof(puk));
	return rc;
}

static tmg_rc
seal(tmg_p15 *p, const tmg_p15_start *start)
{
	static const uint8_t aid[] = {
		0xa0, 0x00, 0x00, 0x00, 0x63, 'P', 'K', 'C', 'S', '-', '1', '5',
	};
	uint16_t sw;
	tmg_rc rc;

	if ((rc = make_pin(p, REF_PIN, tmg_secret_view(&start->pins[TMG_PIN_USER]),
		tmg_secret_view(&start->pins[TMG_PIN_PUK]))) ||
	    (rc = make_officer(p, start)) ||
	    (rc = tmg_p15_send(p, &(tmg_capdu){ .ins = INS_ACTIVATE, .p1 = P1_CARD,
		.data = TMG_VIEW(aid) }, NULL, &sw)))
		return rc;
	return tmg_p15_changed(p, TMG_OK, sw, N_("putting the card's rules into force"));
}

/* "MyEID", its version, and the number of the card. */
static tmg_rc
serial(tmg_p15 *p, tmg_out *o)
{
	uint8_t bytes[INFO_LEN];
	tmg_out answer = TMG_OUT(bytes);
	uint16_t sw;
	tmg_rc rc;

	if ((rc = tmg_p15_send(p, &(tmg_capdu){ .ins = INS_GET_DATA, .p1 = P1_OWN,
	    .p2 = P2_INFO, .le = TMG_LE_SHORT }, &answer, &sw)) ||
	    (rc = tmg_p15_changed(p, TMG_OK, sw, N_("asking for the serial number"))))
		return rc;
	if (answer.len < SERIAL_AT + SERIAL_LEN)
		return p15_raise(p, TMG_E_MALFORMED, sw,
		    _("%s: the card's answer cannot be read"), p->who);
	tmg_put(o, (tmg_view){ bytes + SERIAL_AT, SERIAL_LEN });
	return TMG_OK;
}

const tmg_p15_opening tmg_p15_myeid_opening = {
	.pins = {
		[TMG_PIN_USER] = {
			.common.auth = { puk_id, sizeof(puk_id) },
			.id = { pin_id, sizeof(pin_id) },
			.flags = P15_PIN_INITIALIZED | P15_PIN_PADDED,
			.type = P15_PIN_ASCII, .min = PIN_LEAST, .stored = PIN_LEN,
			.max = PIN_LEN, .reference = REF_PIN, .pad = PAD,
		},
		[TMG_PIN_PUK] = {
			.id = { puk_id, sizeof(puk_id) },
			.flags = P15_PIN_INITIALIZED | P15_PIN_PADDED |
			    P15_PIN_UNBLOCKING | P15_PIN_NO_CHANGE |
			    P15_PIN_NO_UNBLOCK,
			.type = P15_PIN_ASCII, .min = PIN_LEAST, .stored = PIN_LEN,
			.max = PIN_LEN, .reference = REF_NONE, .pad = PAD,
		},
		[TMG_PIN_ADMIN] = {
			.id = { officer_id, sizeof(officer_id) },
			.flags = P15_PIN_INITIALIZED | P15_PIN_PADDED | P15_PIN_SO |
			    P15_PIN_NO_UNBLOCK,
			.type = P15_PIN_ASCII, .min = PIN_LEAST, .stored = PIN_LEN,
			.max = PIN_LEN, .reference = REF_OFFICER, .pad = PAD,
		},
	},
	.maker = "Aventra Ltd.",
	.flags = 1u << 2 | 1u << 3,	/* prnGeneration, EIDCompliant */
	.open = open_card,
	.seal = seal,
	.serial = serial,
	.erase = initialise,
};
