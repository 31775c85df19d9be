/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A driver to begin from: doc/drivers.md goes through it.  The card is made up:
 * one application, one key on NIST P-256, its certificate in a file, one PIN.
 *
 *	SELECT                        00 A4 04 00, the AID
 *	READ BINARY, file 1           00 B0 81 00
 *	VERIFY                        00 20 00 01, the PIN as typed
 *	PSO: COMPUTE DIGITAL SIGNATURE  00 2A 9E 9A, the hash; r and s come back
 *
 * tests/unit/test-driver-example.c plays the card.
 */
#include <stdio.h>
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/driver/application.h"
#include "src/driver/no.h"
#include "src/driver/signing.h"
#include "src/driver/status.h"

enum {
	INS_VERIFY = 0x20,
	INS_PSO = 0x2a,
	INS_READ_BINARY = 0xb0,
	FILE_CERT = 0x81,		/* P1: the short identifier 1 */
	P2_PIN = 0x01,
	PIN_LEAST = 4, PIN_MOST = 12,
	SLOT = 1,
};

/* One token: the backend is first, so that each is the other. */
typedef struct example {
	tmg_backend base;
	tmg_application app;
	char who[TMG_READER_NAME];	/* for messages */
	bool verified;			/* in this selection */
} example;

static example *
example_of(tmg_backend *b)
{
	return (example *)b;
}

extern const tmg_driver tmg_driver_example;

/* ---- the application ----------------------------------------------------- */

/* F0...: proprietary, registered with nobody; ISO/IEC 7816-4:2005 8.2.1.2 */
static const uint8_t aid[] = { 0xf0, 't', 'a', 'm', 'g', 'a', 0x01 };

static tmg_rc
selected(tmg_backend *b, uint16_t sw, tmg_view answer)
{
	(void)b;
	(void)answer;
	return sw == TMG_SW_OK ? TMG_OK : TMG_NOT_FOUND;
}

static void
forget(tmg_backend *b)
{
	example_of(b)->verified = false;
}

static void
unlearn(tmg_backend *b)
{
	(void)b;
}

static bool
bears_secret(const tmg_capdu *c)
{
	return c->ins == INS_VERIFY;
}

static bool
is_foreign(const tmg_capdu *c, uint16_t sw)
{
	(void)c;
	return sw == TMG_SW_INS || sw == TMG_SW_CLA;
}

static const tmg_application_kind application = {
	.aid = { aid, sizeof(aid) },
	.name = "Example",
	.selected = selected,
	.forget = forget,
	.unlearn = unlearn,
	.bears_secret = bears_secret,
	.is_foreign = is_foreign,
};

/* ---- from probe to close ------------------------------------------------- */

static void
drop(example *e)
{
	explicit_bzero(e, sizeof(*e));
	free(e);
}

static void
example_close(tmg_backend *b)
{
	drop(example_of(b));
}

static void
fill_in(example *e, tmg_channel *ch)
{
	tmg_backend_info *info;

	e->base = (tmg_backend){ .driver = &tmg_driver_example, .ctx = ch->ctx,
	    .ch = ch };
	e->app = (tmg_application){ .kind = &application, .b = &e->base,
	    .who = e->who };
	snprintf(e->who, sizeof(e->who), "%s", ch->reader);
	info = &e->base.info;
	snprintf(info->label, sizeof(info->label), "Example");
	snprintf(info->model, sizeof(info->model), "Example card");
	info->pins[TMG_PIN_USER] = (tmg_pin_rule){ .kind = TMG_PIN_USER,
	    .min = PIN_LEAST, .max = PIN_MOST };
}

static tmg_rc
example_probe(tmg_channel *ch, tmg_probe *found)
{
	example *e = calloc(1, sizeof(*e));
	tmg_rc rc;

	if (e == NULL)
		return TMG_E_NOMEM;
	fill_in(e, ch);
	if ((rc = tmg_application_select(&e->app))) {
		tmg_fault_copy(&ch->fault, &e->base.fault, rc);
		drop(e);
		return rc;
	}
	return found->add(found, &e->base);
}

/* ---- slot and certificate ------------------------------------------------ */

static tmg_rc
example_slots(tmg_backend *b, tmg_slot *rows, size_t cap, size_t *count)
{
	static const tmg_slot slot = {
		.ref = SLOT, .name = "1", .title = N_("the only key"),
		.uses = TMG_USE_SIGN | TMG_USE_AUTH, .pin = TMG_PIN_ONCE,
	};

	(void)b;
	if (cap > 0)
		rows[0] = slot;
	*count = 1;
	return TMG_OK;
}

static const tmg_status read_sw[] = {
	{ TMG_SW_NO_FILE, TMG_NOT_FOUND, N_("the slot holds no certificate") },
};

static tmg_rc
example_cert_read(tmg_backend *b, uint32_t slot, tmg_out *der)
{
	example *e = example_of(b);
	uint16_t sw;
	tmg_rc rc;

	(void)slot;
	if ((rc = tmg_application_send(&e->app, &(tmg_capdu){
		.ins = INS_READ_BINARY, .p1 = FILE_CERT, .le = TMG_LE_ANY,
	    }, der, &sw)))
		return tmg_pass(&b->fault, rc);
	return sw == TMG_SW_END_EARLY ? TMG_OK : tmg_status_judge(b, e->who, read_sw,
	    TMG_COUNT(read_sw), sw, N_("reading the certificate"));
}

/* ---- the PIN ------------------------------------------------------------- */

static const tmg_status pin_sw[] = {
	{ TMG_SW_BLOCKED, TMG_PIN_LOCKED, N_("the PIN is blocked") },
	{ TMG_SW_LENGTH, TMG_DENIED, N_("the card does not take this value") },
};

static tmg_rc
example_verify(tmg_backend *b, tmg_pin_kind kind, tmg_view pin, int *tries)
{
	example *e = example_of(b);
	uint16_t sw;
	tmg_rc rc;

	*tries = -1;
	if (kind != TMG_PIN_USER)
		return tmg_no_verify(b, kind, pin, tries);
	if ((rc = tmg_application_send(&e->app, &(tmg_capdu){
		.ins = INS_VERIFY, .p2 = P2_PIN, .data = pin,
	    }, NULL, &sw)))
		return tmg_pass(&b->fault, rc);
	e->verified = sw == TMG_SW_OK;
	if ((sw & TMG_SW_TRIES_MASK) != TMG_SW_TRIES)
		return tmg_status_judge(b, e->who, pin_sw, TMG_COUNT(pin_sw), sw,
		    N_("checking the PIN"));
	*tries = sw & ~TMG_SW_TRIES_MASK;
	return tmg_raise(&b->fault, TMG_PIN_WRONG, sw, _("%s: the PIN is wrong"),
	    e->who);
}

static tmg_rc
example_logged_in(tmg_backend *b, tmg_pin_kind kind)
{
	const example *e = example_of(b);

	return kind == TMG_PIN_USER && e->verified &&
	    tmg_selected_is(&e->app.selected, b->ch) ? TMG_OK : TMG_LOGIN;
}

/* ---- signatures ---------------------------------------------------------- */

static const tmg_signing_ways ways = { .plain = true };

static const tmg_status sign_sw[] = {
	{ TMG_SW_LOGIN, TMG_LOGIN, N_("the PIN is wanted first") },
	{ TMG_SW_NO_REFERENCE, TMG_NOT_FOUND, N_("the slot holds no key") },
};

/* Believed to be logged in, but the card knows better. */
static tmg_rc
judge_signature(example *e, uint16_t sw)
{
	if (sw == TMG_SW_LOGIN)
		e->verified = false;
	return tmg_status_judge(&e->base, e->who, sign_sw, TMG_COUNT(sign_sw), sw,
	    N_("signing"));
}

static tmg_rc
example_sign(tmg_backend *b, uint32_t slot, tmg_alg alg,
    const tmg_sign_spec *spec, tmg_view input, tmg_out *sig)
{
	example *e = example_of(b);
	tmg_signing s = { .ways = &ways, .ctx = b->ctx, .alg = alg, .spec = spec };
	uint8_t bytes[TMG_SIG_MAX];
	tmg_out answer = TMG_OUT(bytes);
	uint16_t sw;
	tmg_rc rc;

	(void)slot;
	if ((rc = tmg_signing_begin(&s, input)) ||
	    (rc = tmg_application_send(&e->app, &(tmg_capdu){ .ins = INS_PSO,
		.p1 = 0x9e, .p2 = 0x9a, .data = s.sent,
		.le = tmg_signing_le(alg) }, &answer, &sw)) ||
	    (rc = judge_signature(e, sw)))
		return tmg_pass(&b->fault, rc);
	return tmg_pass(&b->fault, tmg_signing_end(&s, tmg_out_view(&answer), sig));
}

/* ---- the table ----------------------------------------------------------- */

/* A person must give what the card asks of an administrator. */
static tmg_rc
example_admin_auto(tmg_backend *b)
{
	(void)b;
	return TMG_NOT_FOUND;
}

const tmg_driver tmg_driver_example = {
	.version = TMG_DRIVER_VERSION,
	.name = "example",
	.spec = "none: the card is made up",
	.likely = tmg_no_likely,
	.probe = example_probe,
	.probe_path = tmg_no_probe_path,
	.identify = tmg_no_identify,
	.slots = example_slots,
	.survey = tmg_no_survey,
	.facts = tmg_no_facts,
	.cert_read = example_cert_read,
	.cert_write = tmg_no_cert_write,
	.cert_delete = tmg_no_cert_delete,
	.cert_chain = tmg_no_cert_chain,
	.tries = tmg_no_tries,
	.factory = tmg_no_factory,
	.verify = example_verify,
	.change = tmg_no_change,
	.verify_typed = tmg_no_verify_typed,
	.change_typed = tmg_no_change_typed,
	.unblock = tmg_no_unblock,
	.logout = tmg_no_logout,
	.logged_in = example_logged_in,
	.admin_auto = example_admin_auto,
	.generate = tmg_no_generate,
	.import = tmg_no_import,
	.key_delete = tmg_no_key_delete,
	.key_move = tmg_no_key_move,
	.key_policy = tmg_no_key_policy,
	.attest = tmg_no_attest,
	.sign = example_sign,
	.decrypt = tmg_no_decrypt,
	.derive = tmg_no_derive,
	.data_slots = tmg_no_data_slots,
	.data_read = tmg_no_data_read,
	.data_write = tmg_no_data_write,
	.data_delete = tmg_no_data_delete,
	.random = tmg_no_random,
	.reset = tmg_no_reset,
	.setup = tmg_no_setup,
	.begin = tmg_no_begin,
	.hash_pins = tmg_no_hash_pins,
	.admin_protect = tmg_no_admin_protect,
	.close = example_close,
};
