/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/ask.h"

#include "tools/tamga/terminal.h"

static tmg_pin_ask
question(tmg_token *token, tmg_pin_kind kind, bool fresh)
{
	const tmg_backend_info *info = tmg_token_info(token);

	return (tmg_pin_ask){
		.kind = kind, .fresh = fresh, .token = info->label,
		.serial = info->serial, .reader = tmg_token_reader(token),
		.tries_left = -1, .min = info->pins[kind].min,
		.max = info->pins[kind].max,
	};
}

const char *
cli_pin_name(tmg_token *token, tmg_pin_kind kind)
{
	const char *title = tmg_token_info(token)->pins[kind].title;

	return title != NULL ? _(title) : kind == TMG_PIN_PUK ? _("PUK")
	    : kind == TMG_PIN_ADMIN ? _("management key") : _("PIN");
}

static tmg_rc
locked(struct cli *cli, tmg_token *token, const tmg_pin_ask *ask)
{
	const char *helps = tmg_token_info(token)->pins[ask->kind].locked;

	if (helps != NULL)
		return cli_raise(cli, TMG_PIN_LOCKED, _("the %s of token %s is locked; %s"),
		    cli_pin_name(token, ask->kind), ask->token, _(helps));
	if (ask->kind == TMG_PIN_PUK)
		return cli_raise(cli, TMG_PIN_LOCKED, _("the PUK of token %s is locked; "
		    "only a reset, which destroys every key, makes it usable again: "
		    "tamga reset"), ask->token);
	return cli_raise(cli, TMG_PIN_LOCKED, _("the PIN of token %s is locked; "
	    "unblock it with the PUK: tamga pin unblock"), ask->token);
}

/* What cannot be it is not sent: no try is lost on it. */
static tmg_rc
check_length(struct cli *cli, const tmg_pin_ask *ask, const tmg_secret *pin)
{
	if (ask->kind == TMG_PIN_ADMIN || ask->max == 0 ||
	    (ask->keypad && pin->len == 0) ||
	    (pin->len >= ask->min && pin->len <= ask->max))
		return TMG_OK;
	return cli_raise(cli, TMG_PIN_WRONG, ask->kind == TMG_PIN_PUK
	    ? _("that cannot be the PUK of token %s: it has %zu to %zu characters; "
	    "it was not sent and no try was lost")
	    : _("that cannot be the PIN of token %s: it has %zu to %zu characters; "
	    "it was not sent and no try was lost"), ask->token, ask->min, ask->max);
}

void
cli_pins_named(struct cli *cli, tmg_token *token)
{
	for (unsigned kind = 0; kind < TMG_PIN_KINDS; kind++)
		cli->pins.titles[kind] = tmg_token_info(token)->pins[kind].title;
}

tmg_rc
cli_ask(struct cli *cli, tmg_token *token, tmg_pin_kind kind, tmg_secret *pin)
{
	return cli_ask_typed(cli, token, kind, 0, pin);
}

tmg_rc
cli_ask_typed(struct cli *cli, tmg_token *token, tmg_pin_kind kind,
    unsigned keypad, tmg_secret *pin)
{
	tmg_pin_ask ask = question(token, kind, false);
	tmg_out o = tmg_secret_out(pin);
	tmg_rc rc;

	ask.keypad = (tmg_token_keypad(token, kind) & keypad) != 0;
	cli_pins_named(cli, token);
	rc = pins_ask(&cli->pins, &ask, &o);
	if (rc == TMG_PENDING) {
		rc = tmg_token_tries(token, kind, &ask.tries_left);
		if (rc != TMG_OK && rc != TMG_UNSUPPORTED && rc != TMG_NOT_FOUND)
			return cli_fail(cli, rc, tmg_token_fault(token));
		if (ask.tries_left == 0)
			return locked(cli, token, &ask);
		rc = pins_ask(&cli->pins, &ask, &o);
	}
	if (rc == TMG_PENDING)		/* everything there is was told */
		rc = pins_ask(&cli->pins, &ask, &o);
	if (rc != TMG_OK)
		return cli_fail(cli, rc, &cli->pins.fault);
	if ((rc = tmg_secret_took(pin, &o)))
		return cli_raise(cli, rc, _("that is too long for a PIN"));
	return check_length(cli, &ask, pin);
}

/* Refuses what the token would refuse, before anything is sent. */
static tmg_rc
check_fresh(struct cli *cli, const tmg_pin_ask *ask, const tmg_secret *pin,
    bool digits)
{
	if (pin->len < ask->min || (ask->max > 0 && pin->len > ask->max))
		return cli_raise(cli, TMG_DENIED, _("a new one has %zu to %zu "
		    "characters; nothing was changed"), ask->min, ask->max);
	for (size_t i = 0; digits && i < pin->len; i++)
		if (pin->bytes[i] < '0' || pin->bytes[i] > '9')
			return cli_raise(cli, TMG_DENIED, _("this token takes only "
			    "the digits 0 to 9; nothing was changed"));
	return TMG_OK;
}

tmg_rc
cli_ask_fresh(struct cli *cli, tmg_token *token, tmg_pin_kind kind,
    tmg_secret *pin)
{
	const tmg_pin_ask ask = question(token, kind, true);
	tmg_out o = tmg_secret_out(pin);
	tmg_rc rc;

	cli_pins_named(cli, token);
	rc = pins_ask(&cli->pins, &ask, &o);
	if (rc != TMG_OK)
		return cli_fail(cli, rc, &cli->pins.fault);
	if ((rc = tmg_secret_took(pin, &o)))
		return cli_raise(cli, rc, _("that is too long for a PIN"));
	return kind == TMG_PIN_ADMIN ? TMG_OK : check_fresh(cli, &ask, pin,
	    tmg_token_info(token)->pins[kind].digits);
}

tmg_rc
cli_sure(struct cli *cli, const char *what)
{
	char prompt[256];

	if (cli_flag(cli, "yes"))
		return TMG_OK;
	snprintf(prompt, sizeof(prompt), _("%s Type yes to go on: "), what);
	if (terminal_confirm(prompt, _("yes")))
		return TMG_OK;
	return cli_raise(cli, TMG_CANCELLED,
	    _("nothing was changed; --yes does it without a question"));
}
