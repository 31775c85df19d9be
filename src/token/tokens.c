/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/token/token.h"

#include <poll.h>
#include <stdlib.h>

#include "src/base/clock.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/reader/together.h"

enum {
	READERS_MAX = 64,	/* of one hub */
	SLICE_MS = 200,		/* of waiting for nothing */
};

tmg_rc
tmg_tokens_new(tmg_ctx *ctx, tmg_tokens **tokens)
{
	*tokens = calloc(1, sizeof(**tokens));
	if (*tokens == NULL)
		return TMG_E_NOMEM;
	(*tokens)->ctx = ctx;
	return TMG_OK;
}

void
tmg_tokens_free(tmg_tokens **tokens)
{
	tmg_tokens *set;

	if (tokens == NULL || *tokens == NULL)
		return;
	set = *tokens;
	while (set->seats != NULL)
		tmg_seat_close(set, set->seats);
	while (set->tokens != NULL) {
		tmg_token *t = set->tokens;

		set->tokens = t->next;
		tmg_token_free(&t);
	}
	for (size_t i = 0; i < set->hub_count; i++)
		tmg_hub_free(&set->hubs[i]);
	free(set->hubs);
	free(set->skipped);
	free(set);
	*tokens = NULL;
}

tmg_rc
tmg_tokens_add_hub(tmg_tokens *tokens, tmg_hub *hub)
{
	tmg_hub **more = realloc(tokens->hubs,
	    (tokens->hub_count + 1) * sizeof(*more));

	if (more == NULL) {
		tmg_hub_free(&hub);
		return tmg_raise(&tokens->fault, TMG_E_NOMEM, 0,
		    _("out of memory"));
	}
	tokens->hubs = more;
	tokens->hubs[tokens->hub_count++] = hub;
	tokens->looked = false;
	return TMG_OK;
}

/* ---- looking ------------------------------------------------------------- */

static tmg_rc
skip(tmg_tokens *set, const tmg_reader_state *row, tmg_rc rc, const char *why)
{
	tmg_skipped *more = realloc(set->skipped,
	    (set->skipped_count + 1) * sizeof(*more));
	tmg_skipped *s;

	if (more == NULL)
		return tmg_raise(&set->fault, TMG_E_NOMEM, 0, _("out of memory"));
	set->skipped = more;
	s = &more[set->skipped_count++];
	*s = (tmg_skipped){ .rc = rc, .atr_len = row->atr_len };
	memcpy(s->reader, row->name, sizeof(s->reader));
	memcpy(s->atr, row->atr, sizeof(s->atr));
	tmg_raise(&set->fault, rc, 0, "%s", why);
	memcpy(s->why, set->fault.text, sizeof(s->why));
	return TMG_OK;
}

static bool
is_skipped(const tmg_tokens *set, const char *reader)
{
	for (size_t i = 0; i < set->skipped_count; i++)
		if (strcmp(set->skipped[i].reader, reader) == 0)
			return true;
	return false;
}

static tmg_rc
skip_held(tmg_tokens *set, const tmg_reader_state *row)
{
	char why[TMG_FAULT_TEXT];

	if (row->advice != NULL)
		snprintf(why, sizeof(why), _("%s holds the card in reader %s; %s"),
		    row->holder, row->name, row->advice);
	else
		snprintf(why, sizeof(why), _("%s holds the card in reader %s; close "
		    "it (gpg: gpgconf --kill scdaemon) and repeat the command"),
		    row->holder[0] != '\0' ? row->holder : _("another program"),
		    row->name);
	return skip(set, row, TMG_BUSY, why);
}

static tmg_seat *
find_seat(tmg_tokens *set, const tmg_hub *hub, const char *reader)
{
	for (tmg_seat *s = set->seats; s != NULL; s = s->next)
		if (s->hub == hub && strcmp(s->reader, reader) == 0)
			return s;
	return NULL;
}

static tmg_rc
open_seat(tmg_tokens *set, tmg_hub *hub, const tmg_reader_state *row)
{
	char why[TMG_FAULT_TEXT];
	tmg_rc rc;

	set->fault = (tmg_fault){ .rc = TMG_OK };
	rc = tmg_seat_open(set, hub, row);
	if (rc == TMG_OK || rc == TMG_E_NOMEM)
		return rc;
	memcpy(why, set->fault.text, sizeof(why));
	return skip(set, row, rc, why);
}

/* A card somebody holds exclusively for a moment keeps its tokens: their
 * verbs say TMG_BUSY. */
static tmg_rc
look_at_reader(tmg_tokens *set, tmg_hub *hub, const tmg_reader_state *row)
{
	tmg_seat *seat = find_seat(set, hub, row->name);

	if (seat != NULL && (row->presence == TMG_ABSENT ||
	    row->events != seat->events)) {
		tmg_seat_close(set, seat);
		seat = NULL;
	}
	if (seat != NULL || row->presence == TMG_ABSENT)
		return TMG_OK;
	if (row->presence == TMG_HELD)
		return skip_held(set, row);
	if (row->presence == TMG_MUTE)
		return skip(set, row, TMG_E_CARD, _("the card does not answer; "
		    "take it out, look at its contacts, put it in again"));
	return open_seat(set, hub, row);
}

static bool
is_listed(const tmg_reader_state *rows, size_t n, const char *reader)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].name, reader) == 0)
			return true;
	return false;
}

/* Readers that were unplugged took their cards along. */
static void
close_unlisted(tmg_tokens *set, const tmg_hub *hub,
    const tmg_reader_state *rows, size_t n)
{
	for (tmg_seat *s = set->seats, *next; s != NULL; s = next) {
		next = s->next;
		if (s->hub == hub && !is_listed(rows, n, s->reader))
			tmg_seat_close(set, s);
	}
}

static tmg_rc
look_at_hub(tmg_tokens *set, tmg_hub *hub)
{
	tmg_auto_free tmg_reader_state *rows = calloc(READERS_MAX, sizeof(*rows));
	size_t n = 0;
	tmg_rc rc;

	if (rows == NULL)
		return tmg_raise(&set->fault, TMG_E_NOMEM, 0, _("out of memory"));
	if ((rc = hub->ops->list(hub, rows, READERS_MAX, &n)))
		return tmg_fault_copy(&set->fault, &hub->fault, rc);
	if (n > READERS_MAX)
		n = READERS_MAX;

	close_unlisted(set, hub, rows, n);
	for (size_t i = 0; i < n; i++)
		if ((rc = look_at_reader(set, hub, &rows[i])))
			return rc;
	return TMG_OK;
}

/* One hub that fails does not hide the others' readers. */
tmg_rc
tmg_tokens_refresh(tmg_tokens *tokens)
{
	tmg_rc rc = TMG_OK;

	tokens->skipped_count = 0;
	tokens->looked = true;
	for (size_t i = 0; i < tokens->hub_count; i++) {
		const tmg_rc one = look_at_hub(tokens, tokens->hubs[i]);

		if (rc == TMG_OK)
			rc = one;
	}
	return tmg_pass(&tokens->fault, rc);
}

/* ---- asking -------------------------------------------------------------- */

size_t
tmg_tokens_count(tmg_tokens *tokens)
{
	size_t n = 0;

	if (!tokens->looked)
		(void)!tmg_tokens_refresh(tokens);
	for (tmg_token *t = tokens->tokens; t != NULL; t = t->next)
		n += t->backend != NULL;
	return n;
}

/* What a card showed before stays, unless it is gone. */
static tmg_rc
complete_seat(tmg_tokens *set, tmg_seat *seat)
{
	const tmg_channel *ch = tmg_card_channel(seat->card);
	tmg_reader_state row = { .atr_len = ch->atr_len };
	const tmg_rc rc = tmg_seat_complete(set, seat);
	char why[TMG_FAULT_TEXT];

	if (rc == TMG_OK)
		return TMG_OK;
	memcpy(row.name, seat->reader, sizeof(row.name));
	memcpy(row.atr, ch->atr, ch->atr_len);
	memcpy(why, set->fault.text, sizeof(why));
	if (rc == TMG_REMOVED)
		tmg_seat_close(set, seat);
	if (is_skipped(set, row.name))
		return rc;
	return skip(set, &row, rc, why) == TMG_OK ? rc : TMG_E_NOMEM;
}

/* One card that cannot be asked does not hide the others' applications. */
tmg_rc
tmg_tokens_complete(tmg_tokens *tokens)
{
	tmg_fault fault = { .rc = TMG_OK };
	tmg_rc rc;

	(void)tmg_tokens_count(tokens);
	for (tmg_seat *s = tokens->seats, *next; s != NULL; s = next) {
		next = s->next;
		if ((rc = complete_seat(tokens, s)) == TMG_E_NOMEM)
			return rc;
		if (rc != TMG_OK && fault.rc == TMG_OK)
			fault = tokens->fault;
	}
	return fault.rc == TMG_OK ? TMG_OK
	    : tmg_fault_copy(&tokens->fault, &fault, fault.rc);
}

tmg_token *
tmg_tokens_get(tmg_tokens *tokens, size_t index)
{
	for (tmg_token *t = tokens->tokens; t != NULL; t = t->next)
		if (t->backend != NULL && index-- == 0)
			return t;
	return NULL;
}

size_t
tmg_tokens_skipped(tmg_tokens *tokens, const tmg_skipped **rows)
{
	*rows = tokens->skipped;
	return tokens->skipped_count;
}

const tmg_fault *
tmg_tokens_fault(const tmg_tokens *tokens)
{
	return &tokens->fault;
}

static tmg_rc
wait_hubs(tmg_tokens *set, int ms)
{
	tmg_hub *whose;
	const tmg_rc rc = tmg_hubs_wait(set->hubs, set->hub_count, ms, true,
	    &whose);

	if (rc == TMG_OK || rc == TMG_PENDING)
		return rc;
	return tmg_fault_copy(&set->fault, &whose->fault, rc);
}

/* Without a hub there is only time. */
static tmg_rc
wait_for_nothing(int ms)
{
	(void)poll(NULL, 0, ms < 0 || ms > SLICE_MS ? SLICE_MS : ms);
	return TMG_PENDING;
}

static int
left_until(int64_t until)
{
	const int64_t left = until - tmg_now_ms();

	return left > 0 ? (int)left : 0;
}

tmg_rc
tmg_tokens_wait(tmg_tokens *tokens, int timeout_ms)
{
	const int64_t until = timeout_ms < 0 ? -1 : tmg_now_ms() + timeout_ms;
	const size_t hubs = tokens->hub_count;
	int left = timeout_ms;
	tmg_rc rc;

	do {
		rc = hubs > 0 ? wait_hubs(tokens, left) : wait_for_nothing(left);
		if (atomic_exchange(&tokens->cancelled, false))
			return TMG_CANCELLED;
		if (rc != TMG_PENDING && rc != TMG_CANCELLED)
			return rc;
		left = until < 0 ? -1 : left_until(until);
	} while (left != 0);
	return TMG_PENDING;
}

void
tmg_tokens_cancel(tmg_tokens *tokens)
{
	atomic_store(&tokens->cancelled, true);
	for (size_t i = 0; i < tokens->hub_count; i++)
		tokens->hubs[i]->ops->cancel(tokens->hubs[i]);
}
