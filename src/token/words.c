/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/token/job.h"

/* %1$s is the token, %2$s its reader, %3$s the kind of PIN. */
static const struct {
	tmg_rc rc;
	const char *words;
	unsigned remedies;
} table[] = {
	{ TMG_REMOVED, N_("token %1$s was removed from reader %2$s; "
	    "put it back and repeat the command"), 0 },
	{ TMG_RESET, N_("token %1$s was reset by another program in the middle of "
	    "a command, which may or may not have been carried out; look at what "
	    "it holds, then repeat the command"), TMG_TRY_LOOK },
	{ TMG_BUSY, N_("another program holds token %1$s in reader %2$s; "
	    "close it (gpg: gpgconf --kill scdaemon) and repeat the command"), 0 },
	{ TMG_LOGIN, N_("token %1$s wants its %3$s again and again; another "
	    "program may be resetting it"), 0 },
	{ TMG_CANCELLED, N_("the %3$s of token %1$s was not given; "
	    "nothing was changed"), 0 },
	{ TMG_LAST_TRY, N_("one try of the %3$s of token %1$s is left; "
	    "a wrong one locks it"), 0 },
	{ TMG_UNSUPPORTED, N_("token %1$s in reader %2$s cannot do that"), 0 },
	{ TMG_E_IO, N_("reader %2$s failed while speaking to token %1$s"), 0 },
	{ TMG_E_CARD, N_("token %1$s gave an unexpected answer"), 0 },
	{ TMG_E_MALFORMED, N_("token %1$s gave an answer that breaks the rules "
	    "of its specification"), 0 },
	{ TMG_E_NOMEM, N_("out of memory"), 0 },
};

static const char *const kinds[TMG_PIN_KINDS] = {
	[TMG_PIN_USER] = N_("PIN"),
	[TMG_PIN_PUK] = N_("PUK"),
	[TMG_PIN_ADMIN] = N_("management key"),
};

/* Key files have a password, OpenPGP cards an admin PIN. */
static const char *
kind_name(const tmg_token *t, tmg_pin_kind kind)
{
	if (t->info.pins[kind].title != NULL)
		return _(t->info.pins[kind].title);
	return tmg_path_has_password(t->path) && kind == TMG_PIN_USER ? _("password") :
	    _(kinds[kind]);
}

static const struct {
	const char *words;
	unsigned remedies;
} locked[TMG_PIN_KINDS] = {
	[TMG_PIN_USER] = { N_("the PIN of token %s is locked; "
	    "unblock it with the PUK"), TMG_TRY_UNBLOCK },
	[TMG_PIN_PUK] = { N_("the PUK of token %s is locked; only a reset, which "
	    "destroys every key, makes it usable again"), TMG_TRY_RESET },
	[TMG_PIN_ADMIN] = { N_("the management key of token %s is locked"), 0 },
};

/* Could the card answer now?  What failed already tells. */
static bool
could_answer(tmg_rc rc)
{
	return rc != TMG_REMOVED && rc != TMG_BUSY &&
	    rc != TMG_E_IO && rc != TMG_E_NOMEM;
}

/* Whoever reads a complaint wants to know which token it is about, so the
 * card is asked now if nobody asked before. */
const char *
tmg_token_name(tmg_token *t)
{
	const tmg_fault kept = t->fault;

	if (could_answer(kept.rc))
		tmg_token_identify(t);
	t->fault = kept;
	return t->info.label[0] != '\0' ? t->info.label : t->reader;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

tmg_rc
tmg_token_explain(tmg_token *t, tmg_rc rc, tmg_pin_kind kind)
{
	if (rc == TMG_OK || (t->fault.rc == rc && t->fault.text[0] != '\0'))
		return tmg_pass(&t->fault, rc);
	t->fault.rc = rc;
	const char *name = tmg_token_name(t);	/* kinds have their names then */

	for (size_t i = 0; i < TMG_COUNT(table); i++)
		if (table[i].rc == rc)
			return tmg_advise(&t->fault, table[i].remedies,
			    tmg_raise(&t->fault, rc, t->fault.sw,
				_(table[i].words), name, t->reader,
				kind_name(t, kind)));
	return tmg_raise(&t->fault, rc, t->fault.sw, _("token %s: %s"), name,
	    tmg_rc_name(rc));
}

static tmg_rc
wrong(tmg_token *t, tmg_pin_kind kind, uint16_t sw, int tries)
{
	const char *name = tmg_token_name(t);

	if (tries < 0)
		return tmg_raise(&t->fault, TMG_PIN_WRONG, sw,
		    _("the %s of token %s is wrong"), kind_name(t, kind), name);
	return tmg_raise(&t->fault, TMG_PIN_WRONG, sw, dngettext("tamga",
	    "the %s of token %s is wrong; %d try left",
	    "the %s of token %s is wrong; %d tries left",
	    (unsigned long)tries), kind_name(t, kind), name, tries);
}

static tmg_rc
is_locked(tmg_token *t, tmg_pin_kind kind, uint16_t sw)
{
	const char *name = tmg_token_name(t);	/* what helps is known then, too */
	const char *helps = t->info.pins[kind].locked;

	if (helps != NULL)
		return tmg_raise(&t->fault, TMG_PIN_LOCKED, sw,
		    _("the %s of token %s is locked; %s"), kind_name(t, kind), name,
		    _(helps));
	return tmg_advise(&t->fault, locked[kind].remedies,
	    tmg_raise(&t->fault, TMG_PIN_LOCKED, sw, _(locked[kind].words), name));
}

tmg_rc
tmg_token_refused(tmg_token *t, tmg_rc rc, tmg_pin_kind kind, int tries)
{
	const uint16_t sw = t->fault.sw;

	t->tries[kind] = rc == TMG_PIN_LOCKED ? 0 : tries;
	if (rc == TMG_PIN_WRONG)
		return wrong(t, kind, sw, tries);
	if (rc == TMG_PIN_LOCKED)
		return is_locked(t, kind, sw);
	return rc;	/* whatever else it is, the driver's words tell it best */
}

#pragma GCC diagnostic pop
