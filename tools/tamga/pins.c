/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/pins.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/tamga/pinentry.h"
#include "tools/tamga/terminal.h"

enum {
	MORE_TRIES = 1,		/* asked twice for more, a person gets all */
	MORE_NAME = 2,
	CHOICES = 3,		/* of a password, before we give up */
};

static const char *const kind_names[PIN_KINDS] = {
	[TMG_PIN_USER] = N_("PIN"),
	[TMG_PIN_PUK] = N_("PUK"),
	[TMG_PIN_ADMIN] = N_("management key"),
};

static const char *const option_names[PIN_KINDS] = {
	[TMG_PIN_USER] = "pin-file",
	[TMG_PIN_PUK] = "puk-file",
	[TMG_PIN_ADMIN] = "admin-key-file",
};

void
pins_begin(struct pins *pins)
{
	*pins = (struct pins){ .fd = { -1, -1, -1 }, .new_fd = { -1, -1, -1 } };
}

static void
wipe(struct pins *pins)
{
	explicit_bzero(pins->kept, sizeof(pins->kept));
}

void
pins_forget(struct pins *pins)
{
	wipe(pins);
	pins->read[pins->last].refused = pins->read[pins->last].done;
}

void
pins_release(struct pins *pins)
{
	wipe(pins);
	free((char *)(uintptr_t)pins->rule.others);
	free(pins->rule_text);
	free(pins->rule_warning);
}

tmg_rc
pins_rule(struct pins *pins, const tmg_passrule *rule, const char *text,
    const char *warning)
{
	pins->rule = *rule;
	pins->rule.others = strdup(rule->others);
	pins->rule_text = strdup(text);
	pins->rule_warning = strdup(warning);
	return pins->rule.others != NULL && pins->rule_text != NULL &&
	    pins->rule_warning != NULL ? TMG_OK : TMG_E_NOMEM;
}

static const char *
kind_name(const struct pins *pins, const tmg_pin_ask *ask)
{
	if (pins->titles[ask->kind] != NULL)
		return _(pins->titles[ask->kind]);
	return pins->password && ask->kind == TMG_PIN_USER ? _("password") :
	    _(kind_names[ask->kind]);
}

/* One line; its end does not belong to the PIN. */
static tmg_rc
read_line(int fd, tmg_out *pin)
{
	uint8_t byte;
	ssize_t got;

	while ((got = read(fd, &byte, 1)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return TMG_E_IO;
		if (byte == '\n')
			break;
		tmg_put_u8(pin, byte);
	}
	if (pin->len > 0 && pin->ptr[pin->len - 1] == '\r')
		pin->len--;
	explicit_bzero(&byte, sizeof(byte));
	return tmg_out_done(pin);
}

static tmg_rc
check_line(struct pins *pins, tmg_rc rc, const char *from, const tmg_out *pin)
{
	if (rc == TMG_E_SPACE)
		return tmg_raise(&pins->fault, rc, 0,
		    _("the first line of %s is too long for a PIN"), from);
	if (rc != TMG_OK)
		return tmg_raise(&pins->fault, rc, 0,
		    _("%s cannot be read: %s"), from, strerror(errno));
	if (pin->len == 0)
		return tmg_raise(&pins->fault, TMG_CANCELLED, 0,
		    _("the first line of %s is empty"), from);
	return TMG_OK;
}

/* ---- whose it is ------------------------------------------------------------ */

/* What is not known of one of them tells nothing; a label may become longer when
 * the token is asked for its number: "PIV", "PIV-12345678". */
static bool
may_be(const char *known, const char *asked, bool grows)
{
	const size_t known_len = strlen(known), len = asked != NULL ? strlen(asked) : 0;

	if (known_len == 0 || len == 0)
		return true;
	return grows ? strncmp(known, asked, known_len < len ? known_len : len) == 0 :
	    strcmp(known, asked) == 0;
}

static bool
is_whose(const struct pins_whose *w, const tmg_pin_ask *ask)
{
	return may_be(w->serial, ask->serial, false) &&
	    may_be(w->reader, ask->reader, false) && may_be(w->label, ask->token, true);
}

static void
note(char *to, size_t cap, const char *text)
{
	snprintf(to, cap, "%s", text != NULL ? text : "");
}

static void
note_whose(struct pins_whose *w, const tmg_pin_ask *ask)
{
	note(w->serial, sizeof(w->serial), ask->serial);
	note(w->label, sizeof(w->label), ask->token);
	note(w->reader, sizeof(w->reader), ask->reader);
}

/* ---- from where -------------------------------------------------------------- */

static tmg_rc
from_file(struct pins *pins, const char *path, tmg_out *pin)
{
	tmg_auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return tmg_raise(&pins->fault, TMG_DENIED, 0,
		    _("PIN file %s cannot be opened: %s"), path, strerror(errno));
	return check_line(pins, read_line(fd, pin), path, pin);
}

/* On another token, or where it was refused, what is in a file would cost a try. */
static tmg_rc
check_whose(struct pins *pins, const tmg_pin_ask *ask, const char *path)
{
	const struct pins_read *r = &pins->read[ask->kind];

	if (!r->done)
		return TMG_OK;
	if (!is_whose(&r->whose, ask))
		return tmg_raise(&pins->fault, TMG_CANCELLED, 0,
		    _("what is in %s was for token %s and is not tried on token %s: "
		    "name one token with --token"), path, r->whose.label,
		    ask->token);
	return !r->refused ? TMG_OK : tmg_raise(&pins->fault, TMG_CANCELLED, 0,
	    _("what is in %s was refused before and is not tried again"), path);
}

static tmg_rc
from_known_file(struct pins *pins, const tmg_pin_ask *ask, const char *path,
    tmg_out *pin)
{
	struct pins_read *r = &pins->read[ask->kind];
	tmg_rc rc;

	if ((rc = check_whose(pins, ask, path)) || (rc = from_file(pins, path, pin)))
		return rc;
	r->done = true;
	note_whose(&r->whose, ask);
	return TMG_OK;
}

static tmg_rc
from_fd(struct pins *pins, int fd, tmg_out *pin)
{
	char name[32];

	snprintf(name, sizeof(name), _("descriptor %d"), fd);
	return check_line(pins, read_line(fd, pin), name, pin);
}

static void
put_part(tmg_out *o, const char *fmt, const char *value)
{
	char part[160];

	if (value == NULL || value[0] == '\0')
		return;
	snprintf(part, sizeof(part), fmt, value);
	tmg_put_str(o, part);
}

/* "PIN of token Asel (serial 1234567) for key 9c, 3 tries left" */
static void
describe(const struct pins *pins, const tmg_pin_ask *ask, bool again, char *text,
    size_t cap)
{
	tmg_out o = { (uint8_t *)text, cap - 1, 0, false };
	char tries[64];

	put_part(&o, again ? _("the new %s again") : ask->fresh ? _("a new %s")
	    : "%s", kind_name(pins, ask));
	put_part(&o, _(" of token %s"), ask->token);
	put_part(&o, _(" (serial %s)"), ask->serial);
	put_part(&o, _(" for key %s"), ask->key);
	if (!ask->fresh && ask->tries_left >= 0) {
		snprintf(tries, sizeof(tries), dngettext("tamga",
		    ", %d try left", ", %d tries left",
		    (unsigned long)ask->tries_left), ask->tries_left);
		tmg_put_str(&o, tries);
	}
	text[o.len] = '\0';
}

static tmg_rc
from_terminal(struct pins *pins, const char *what, tmg_out *pin)
{
	char prompt[512];
	tmg_rc rc;

	snprintf(prompt, sizeof(prompt), _("Enter %s: "), what);
	rc = terminal_secret(prompt, pin);
	if (rc != TMG_OK)
		return tmg_raise(&pins->fault, rc, 0, rc == TMG_E_SPACE
		    ? _("that is too long for a PIN") : _("no PIN was entered"));
	return TMG_OK;
}

static tmg_rc
from_pinentry(struct pins *pins, const tmg_pin_ask *ask, const char *what,
    tmg_out *pin)
{
	char prompt[64], description[512];
	tmg_rc rc;

	snprintf(prompt, sizeof(prompt), "%s:", kind_name(pins, ask));
	snprintf(description, sizeof(description), _("Please enter %s"), what);
	rc = pinentry_secret(&(struct pinentry_ask){
		.program = pins->pinentry,
		.description = description,
		.prompt = prompt,
	}, pin, &pins->fault);
	if (rc == TMG_CANCELLED)
		return tmg_raise(&pins->fault, rc, 0, _("no PIN was entered"));
	return rc;
}

static tmg_rc
from_person(struct pins *pins, const tmg_pin_ask *ask, bool again, tmg_out *pin)
{
	char what[384];

	describe(pins, ask, again, what, sizeof(what));
	return pins->use_pinentry ? from_pinentry(pins, ask, what, pin)
	    : from_terminal(pins, what, pin);
}

/* A new PIN is typed twice. */
static tmg_rc
from_person_checked(struct pins *pins, const tmg_pin_ask *ask, tmg_out *pin)
{
	tmg_auto_secret second = { .len = 0 };
	tmg_out o = tmg_secret_out(&second);
	tmg_rc rc;

	rc = from_person(pins, ask, false, pin);
	if (rc != TMG_OK || !ask->fresh)
		return rc;
	if ((rc = from_person(pins, ask, true, &o)))
		return rc;
	if (tmg_view_equal(tmg_out_view(pin), tmg_out_view(&o)))
		return TMG_OK;
	return tmg_raise(&pins->fault, TMG_CANCELLED, 0,
	    _("the two entries differ; nothing was changed"));
}

/* In the words of whoever made the rule, before it is asked for. */
static void
tell_rule(const struct pins *pins)
{
	const char *const texts[] = { pins->rule_text, pins->rule_warning };

	for (size_t i = 0; i < TMG_COUNT(texts); i++)
		if (texts[i] != NULL && texts[i][0] != '\0' && !pins->quiet)
			fprintf(stderr, "%s\n", texts[i]);
}

/* A person may think of another one; a file says what it says. */
static tmg_rc
choose_by_rule(struct pins *pins, const tmg_pin_ask *ask, tmg_out *pin)
{
	tmg_rc rc = TMG_CANCELLED;

	tell_rule(pins);
	for (int i = 0; i < CHOICES; i++) {
		pin->len = 0;
		if ((rc = from_person_checked(pins, ask, pin)))
			return rc;
		rc = tmg_passrule_check(&pins->rule, tmg_out_view(pin),
		    &pins->fault);
		if (rc == TMG_OK)
			return rc;
		fprintf(stderr, "%s\n", pins->fault.text);
	}
	return tmg_raise(&pins->fault, TMG_CANCELLED, 0,
	    _("no password was chosen that the rule allows; nothing was changed"));
}

static tmg_rc
check_rule(struct pins *pins, const tmg_pin_ask *ask, tmg_rc rc, tmg_out *pin)
{
	tmg_fault why = { .rc = TMG_OK };

	if (rc != TMG_OK || !ask->fresh ||
	    tmg_passrule_check(&pins->rule, tmg_out_view(pin), &why) == TMG_OK)
		return rc;
	explicit_bzero(pin->ptr, pin->len);
	pin->len = 0;
	tell_rule(pins);
	return tmg_raise(&pins->fault, TMG_CANCELLED, 0, _("%s; nothing was changed"),
	    why.text);
}

static bool
has_person(const struct pins *pins)
{
	return !pins->nobody && (pins->use_pinentry || terminal_is());
}

bool
pins_given(const struct pins *pins, tmg_pin_kind kind, bool fresh)
{
	return fresh ? pins->new_file[kind] != NULL || pins->new_fd[kind] >= 0
	    : pins->file[kind] != NULL || pins->fd[kind] >= 0;
}

static tmg_rc
take(struct pins *pins, const tmg_pin_ask *ask, tmg_out *pin)
{
	const char *const *files = ask->fresh ? pins->new_file : pins->file;
	const int *fds = ask->fresh ? pins->new_fd : pins->fd;

	if (fds[ask->kind] >= 0)
		return check_rule(pins, ask, from_fd(pins, fds[ask->kind], pin), pin);
	if (files[ask->kind] != NULL && ask->fresh)
		return check_rule(pins, ask, from_file(pins, files[ask->kind], pin),
		    pin);
	if (files[ask->kind] != NULL)
		return from_known_file(pins, ask, files[ask->kind], pin);
	if (ask->keypad)		/* it is typed there */
		return TMG_OK;
	if (has_person(pins))
		return ask->fresh && pins->rule.max > 0 ?
		    choose_by_rule(pins, ask, pin) :
		    from_person_checked(pins, ask, pin);
	return tmg_raise(&pins->fault, TMG_CANCELLED, 0, ask->fresh
	    ? _("a new %s is wanted and there is nobody to ask; use --new-%s")
	    : _("the %s is wanted and there is nobody to ask; use --%s"),
	    kind_name(pins, ask), option_names[ask->kind]);
}

/*
 * Before a PIN is used we want to know the tries left, so that a script's
 * wrong PIN never burns the last one; a person is also told whose PIN it is.
 * Each costs the token a command: doc/design/pins.md.
 */
static bool
wants_more(struct pins *pins, const tmg_pin_ask *ask)
{
	const bool scripted = pins_given(pins, ask->kind, false);

	if (ask->fresh || ask->kind == TMG_PIN_ADMIN)
		return false;
	if (scripted && pins->last_try)
		return false;
	if (ask->tries_left < 0 && pins->told < MORE_TRIES)
		return true;
	/* who is refused the last try is told of which token, too */
	return (!scripted || ask->tries_left == 1) && ask->serial == NULL &&
	    pins->told < MORE_NAME;
}

static bool
insists(const struct pins *pins)
{
	if (pins->last_try)
		return true;
	return !pins->use_pinentry && has_person(pins) && terminal_confirm(
	    _("One try is left; a wrong one locks it. Type yes to go on: "),
	    _("yes"));
}

/* Fewer tries are left than when it was given: it was refused. */
static bool
was_refused(const struct pins_kept *k, const tmg_pin_ask *ask)
{
	return ask->tries_left >= 0 &&
	    (k->tries < 0 || ask->tries_left < k->tries);
}

static bool
is_kept(const struct pins *pins, const tmg_pin_ask *ask)
{
	const struct pins_kept *k = &pins->kept[ask->kind];

	return !ask->fresh && k->have && !was_refused(k, ask) && is_whose(&k->whose, ask);
}

static void
keep(struct pins *pins, const tmg_pin_ask *ask, const tmg_out *pin)
{
	struct pins_kept *k = &pins->kept[ask->kind];

	if (ask->fresh || pin->len == 0 || tmg_secret_set(&k->secret, tmg_out_view(pin)))
		return;
	k->have = true;
	k->tries = ask->tries_left;
	note_whose(&k->whose, ask);
}

void
pins_offer(struct pins *pins, tmg_pin_kind kind, tmg_view pin)
{
	struct pins_kept *k = &pins->kept[kind];

	k->have = tmg_secret_set(&k->secret, pin) == TMG_OK;
	k->tries = -1;
	k->whose = (struct pins_whose){ .serial = "" };
}

static tmg_rc
last_try(struct pins *pins, const tmg_pin_ask *ask)
{
	const char *kind = kind_name(pins, ask);

	if (ask->token == NULL)
		return tmg_raise(&pins->fault, TMG_LAST_TRY, 0,
		    _("one try of the %s is left; a wrong one locks it; "
		    "if you are sure, say --last-try"), kind);
	return tmg_raise(&pins->fault, TMG_LAST_TRY, 0,
	    _("one try of the %s of token %s is left; a wrong one locks it; "
	    "if you are sure, say --last-try"), kind, ask->token);
}

tmg_rc
pins_ask(void *arg, const tmg_pin_ask *ask, tmg_out *pin)
{
	struct pins *pins = arg;
	tmg_rc rc;

	pins->last = ask->kind;
	if (is_kept(pins, ask)) {
		tmg_put(pin, tmg_secret_view(&pins->kept[ask->kind].secret));
		return tmg_out_done(pin);
	}
	if (wants_more(pins, ask)) {
		pins->told++;
		return TMG_PENDING;
	}
	pins->told = 0;
	if (!ask->fresh && ask->tries_left == 1 && !insists(pins))
		return last_try(pins, ask);

	if ((rc = take(pins, ask, pin)) == TMG_OK)
		keep(pins, ask, pin);
	return rc;
}
