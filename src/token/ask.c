/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/token/job.h"

enum {
	MORE_MAX = 2,		/* first the tries, then the name */
};

static const char *
said(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

static tmg_pin_ask
question(tmg_token *t, tmg_pin_kind kind, const char *key)
{
	return (tmg_pin_ask){
		.kind = kind,
		.token = said(t->info.label),
		.serial = said(t->info.serial),
		.reader = t->reader,
		.key = key,
		.tries_left = t->tries[kind],
		.min = t->info.pins[kind].min,
		.max = t->info.pins[kind].max,
		.keypad = (tmg_token_keypad(t, kind) & TMG_PAD_VERIFY) != 0,
	};
}

/* The source wants to know more before it gives the PIN away. */
static tmg_rc
tell_more(tmg_token *t, tmg_pin_kind kind, unsigned told)
{
	int tries;
	tmg_rc rc;

	if (told > 0) {
		tmg_token_identify(t);
		return TMG_OK;
	}
	rc = tmg_token_tries(t, kind, &tries);
	if (rc == TMG_OK && tries == 0)
		return tmg_token_refused(t, TMG_PIN_LOCKED, kind, 0);
	return rc == TMG_UNSUPPORTED || rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

/* What cannot be the PIN is not sent: no try is lost on it. */
static tmg_rc
check_length(tmg_token *t, tmg_pin_kind kind, const tmg_secret *pin, bool keypad)
{
	const tmg_pin_rule *rule = &t->info.pins[kind];

	if (pin->len == 0 && keypad)
		return TMG_OK;
	if (pin->len == 0)
		return tmg_token_explain(t, TMG_CANCELLED, kind);
	if (kind == TMG_PIN_ADMIN || rule->max == 0 ||
	    (pin->len >= rule->min && pin->len <= rule->max))
		return TMG_OK;
	return tmg_raise(&t->fault, TMG_PIN_WRONG, 0,
	    _("that cannot be the PIN: it has %zu to %zu characters; "
	    "it was not sent and no try was lost"), rule->min, rule->max);
}

tmg_rc
tmg_token_ask(tmg_token *t, tmg_pin_kind kind, const char *key, tmg_secret *pin)
{
	tmg_rc rc = TMG_PENDING;
	bool keypad = false;

	for (unsigned told = 0; rc == TMG_PENDING && told <= MORE_MAX; told++) {
		const tmg_pin_ask ask = question(t, kind, key);
		tmg_out o = tmg_secret_out(pin);

		t->fault = (tmg_fault){ .rc = TMG_OK };
		keypad = ask.keypad;
		rc = tmg_ctx_ask_pin(t->set->ctx, &ask, &o);
		if (rc == TMG_OK)
			rc = tmg_secret_took(pin, &o);
		if (rc == TMG_PENDING && told < MORE_MAX) {
			const tmg_rc more = tell_more(t, kind, told);

			rc = more != TMG_OK ? more : TMG_PENDING;
		}
	}
	if (rc == TMG_PENDING)
		rc = TMG_CANCELLED;
	if (rc != TMG_OK)
		return tmg_token_explain(t, rc, kind);
	return check_length(t, kind, pin, keypad);
}
