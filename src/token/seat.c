/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/token/token.h"

#include <stdio.h>
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/card/turn.h"
#include "src/driver/no.h"

enum {
	PROBES_MAX = 4,
};

/* Collects what drivers find on one card. */
struct finding {
	tmg_probe probe;
	tmg_tokens *set;
	tmg_seat *seat;
	size_t count;
};

static tmg_rc
add_backend(tmg_probe *probe, tmg_backend *backend)
{
	struct finding *f = (struct finding *)probe;
	tmg_token **end = &f->set->tokens;
	tmg_rc rc;

	while (*end != NULL)
		end = &(*end)->next;
	if ((rc = tmg_token_new(f->set, f->seat, backend, end)))
		return rc;
	f->count++;
	return TMG_OK;
}

/* A probe only asks: what another program's reset cut short is asked again. */
static tmg_rc
probe(const tmg_driver *driver, tmg_channel *ch, struct finding *f)
{
	tmg_rc rc = TMG_RESET;

	for (unsigned tries = 0; rc == TMG_RESET && tries < PROBES_MAX; tries++)
		rc = driver->probe(ch, &f->probe);
	return rc;
}

/* Those that know the ATR, or the others, until one finds a token.  A driver that fails
 * does not hide the others' tokens, and is asked again; *worst tells. */
static tmg_rc
ask_those(struct finding *f, tmg_channel *ch, bool likely, tmg_rc *worst)
{
	const tmg_view atr = { ch->atr, ch->atr_len };
	uint32_t *asked = &f->seat->asked;
	tmg_rc rc = TMG_OK;

	for (size_t i = 0; i < tmg_drivers_count && f->count == 0 && rc != TMG_REMOVED; i++) {
		if ((*asked >> i & 1) != 0 || tmg_drivers[i]->likely(atr) != likely)
			continue;
		rc = probe(tmg_drivers[i], ch, f);
		if (rc == TMG_OK || rc == TMG_NOT_FOUND)
			*asked |= UINT32_C(1) << i;
		else
			*worst = tmg_fault_copy(&f->set->fault, &ch->fault, rc);
	}
	return rc == TMG_REMOVED ? rc : TMG_OK;
}

/* "piv, openpgp": the kinds of cards that were built in. */
static void
put_kinds(char *text, size_t cap)
{
	int len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < tmg_drivers_count; i++)
		if (tmg_drivers[i]->probe != tmg_no_probe && (size_t)len < cap)
			len += snprintf(text + len, cap - (size_t)len, "%s%s",
			    len > 0 ? ", " : "", tmg_drivers[i]->name);
}

/*
 * Until one finds a token: each further question is a command, and one more to
 * come back to the first application.  tmg_seat_complete() asks the others.
 */
static tmg_rc
ask_drivers(struct finding *f, tmg_channel *ch)
{
	tmg_auto(tmg_turn) turn = { NULL };
	tmg_rc rc, worst = TMG_OK;
	char names[64];

	if ((rc = tmg_turn_take(&turn, ch)))
		return tmg_fault_copy(&f->set->fault, &ch->fault, rc);
	if ((rc = ask_those(f, ch, true, &worst)) ||
	    (rc = ask_those(f, ch, false, &worst)))
		return rc;
	if (f->count > 0)
		return TMG_OK;
	if (worst != TMG_OK)
		return worst;
	put_kinds(names, sizeof(names));
	return tmg_raise(&f->set->fault, TMG_NOT_FOUND, 0,
	    _("no driver knows the card in reader %s; built in are: %s"),
	    ch->reader, names);
}

tmg_rc
tmg_seat_complete(tmg_tokens *set, tmg_seat *seat)
{
	const uint32_t all = (UINT32_C(1) << tmg_drivers_count) - 1;
	tmg_rc rc = TMG_OK;

	while (rc == TMG_OK && (seat->asked & all) != all) {
		struct finding f = {
			.probe = { .add = add_backend }, .set = set, .seat = seat,
		};

		rc = ask_drivers(&f, tmg_card_channel(seat->card));
	}
	/* That there is no more is no complaint: the card has a token. */
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

static tmg_rc
open_card(tmg_tokens *set, tmg_seat *seat)
{
	struct finding f = {
		.probe = { .add = add_backend }, .set = set, .seat = seat,
	};
	tmg_rc rc;

	rc = tmg_card_open(seat->hub, seat->reader, &seat->card);
	if (rc != TMG_OK)
		return tmg_fault_copy(&set->fault, &seat->hub->fault, rc);
	return ask_drivers(&f, tmg_card_channel(seat->card));
}

tmg_rc
tmg_seat_open(tmg_tokens *set, tmg_hub *hub, const tmg_reader_state *row)
{
	tmg_seat *seat = calloc(1, sizeof(*seat));
	tmg_rc rc;

	if (seat == NULL)
		return TMG_E_NOMEM;
	seat->hub = hub;
	memcpy(seat->reader, row->name, sizeof(seat->reader));
	seat->events = row->events;
	seat->next = set->seats;
	set->seats = seat;
	if ((rc = open_card(set, seat)))
		tmg_seat_close(set, seat);
	return rc;
}

void
tmg_seat_close(tmg_tokens *set, tmg_seat *seat)
{
	tmg_seat **at = &set->seats;

	for (tmg_token *t = set->tokens; t != NULL; t = t->next)
		if (t->seat == seat)
			tmg_token_leave(t);
	while (*at != seat)
		at = &(*at)->next;
	*at = seat->next;
	tmg_card_free(&seat->card);
	free(seat);
}
