/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "pkcs11/module.h"
#include "pkcs11/rv.h"
#include "pkcs11/source.h"
#include "pkcs11/trace.h"
#include "src/base/ctx.h"
#include "src/base/text.h"
#include "src/token/token.h"

enum {
	CARD_BIT = 1,
	LISTED_BIT = 2,
	EVENTS_SHIFT = 8,
};

uint64_t
tmg_p11_seen(const tmg_reader_state *row)
{
	return (uint64_t)row->events << EVENTS_SHIFT | LISTED_BIT |
	    (row->presence != TMG_ABSENT ? CARD_BIT : 0);
}

bool
tmg_p11_seen_card(uint64_t seen)
{
	return (seen & CARD_BIT) != 0;
}

CK_RV
tmg_p11_seat_new(const tmg_reader_state *row, tmg_p11_seat **out)
{
	tmg_p11_seat *seat = calloc(1, sizeof(*seat));
	CK_RV rv;

	if (seat == NULL)
		return CKR_HOST_MEMORY;
	if ((rv = tmg_p11_lock_init(&seat->lock, &tmg_p11.mutexes))) {
		free(seat);
		return rv;
	}
	memcpy(seat->reader, row->name, sizeof(seat->reader));
	tmg_text_copy(seat->scheme, sizeof(seat->scheme), row->scheme);
	seat->whole = tmg_p11_conf_whole(&tmg_p11.conf, seat->reader);
	atomic_store(&seat->seen, tmg_p11_seen(row));
	*out = seat;
	return CKR_OK;
}

void
tmg_p11_seat_free(tmg_p11_seat **seat)
{
	if (*seat == NULL)
		return;
	if ((*seat)->ctx != NULL)	/* a card was opened */
		tmg_tokens_free(&(*seat)->tokens);
	tmg_ctx_free(&(*seat)->ctx);
	tmg_p11_lock_done(&(*seat)->lock);
	free(*seat);
	*seat = NULL;
}

/* ---- the card goes ------------------------------------------------------- */

static void
leave(tmg_p11_slot *slot)
{
	for (tmg_p11_session *s = slot->sessions; s != NULL; s = s->next)
		tmg_p11_session_orphan(s);
	tmg_p11_slot_forget_login(slot);
	slot->token = NULL;
	slot->learned = false;
	tmg_p11_objects_clear(&slot->objects);
}

void
tmg_p11_seat_settle(tmg_p11_seat *seat)
{
	if (seat->tokens == NULL ||
	    (!seat->lost && atomic_load(&seat->seen) == seat->opened))
		return;
	for (size_t i = 0; i < atomic_load(&tmg_p11.slot_count); i++)
		if (tmg_p11.slots[i]->seat == seat)
			leave(tmg_p11.slots[i]);
	tmg_tokens_free(&seat->tokens);
	seat->lost = false;
}

/* ---- the card is opened -------------------------------------------------- */

/* What the program gave for the use that is under way, or for its login.  A
 * key that wants its own PIN never gets the login's. */
static tmg_view
kept_pin(const tmg_p11_seat *seat)
{
	if (seat->lent != NULL)
		return tmg_p11_kept_view(seat->lent);
	return seat->asking->login == P11_USER
	    ? tmg_p11_kept_view(&seat->asking->kept) : (tmg_view){ NULL, 0 };
}

/*
 * The card forgot a login that the user did not end; there is nobody to ask.
 * The PIN that was right is sent again when that cannot lock it: the card is
 * asked for the tries first.
 */
static tmg_rc
give_pin(void *arg, const tmg_pin_ask *ask, tmg_out *pin)
{
	tmg_p11_seat *seat = arg;
	const tmg_view kept = kept_pin(seat);

	if (ask->kind != TMG_PIN_USER || kept.len == 0 || seat->gave_kept)
		return TMG_CANCELLED;
	if (!seat->asked_tries) {
		seat->asked_tries = true;
		return TMG_PENDING;
	}
	if (ask->tries_left == 0 || ask->tries_left == 1)
		return TMG_CANCELLED;
	seat->gave_kept = true;
	tmg_put(pin, kept);
	return tmg_out_done(pin);
}

/* readers.keypads in tamga.conf(5). */
static bool
trusts_keypad(void *arg, const char *reader)
{
	(void)arg;
	return tmg_texts_match(&tmg_p11.conf.keypads, reader);
}

/* A card that somebody holds for a moment is asked again when that is wanted. */
static void
complete(tmg_p11_seat *seat)
{
	seat->partial = seat->whole && tmg_tokens_complete(seat->tokens) != TMG_OK;
}

/* How many tokens a card has is known when it was asked for all. */
static void
remember(tmg_p11_seat *seat)
{
	if (seat->partial)
		return;
	atomic_store(&seat->apps, (unsigned)tmg_tokens_count(seat->tokens));
	atomic_store(&seat->known, seat->opened);
}

static tmg_rc
open_tokens(tmg_p11_seat *seat)
{
	tmg_hub *hub = NULL;
	tmg_rc rc;

	if (seat->ctx == NULL) {
		if ((rc = tmg_ctx_new(&seat->ctx)))
			return rc;
		/* a device that the list has in its hands is ours, too */
		tmg_ctx_join(seat->ctx, tmg_p11.ctx);
		tmg_ctx_set_pin(seat->ctx, give_pin, seat);
		tmg_ctx_set_keypad(seat->ctx, trusts_keypad, NULL);
		tmg_p11_trace_to(seat->ctx, tmg_p11.conf.trace);
	}
	if ((rc = tmg_tokens_new(seat->ctx, &seat->tokens)) ||
	    (rc = tmg_p11_source_one(seat->ctx, seat->scheme, seat->reader,
		&seat->limit, &hub)) ||
	    (rc = tmg_tokens_add_hub(seat->tokens, hub)))
		return rc;
	rc = tmg_tokens_refresh(seat->tokens);
	if (rc == TMG_OK)
		complete(seat);
	return rc;
}

/* Why there is no token: what a later try may change is not remembered. */
static CK_RV
refuse(tmg_p11_seat *seat, tmg_rc rc)
{
	const tmg_skipped *rows;

	if (seat->limit.late) {
		tmg_tokens_free(&seat->tokens);
		return CKR_TOKEN_NOT_RECOGNIZED;
	}
	if (rc == TMG_OK && tmg_tokens_skipped(seat->tokens, &rows) > 0)
		rc = rows[0].rc;
	tmg_tokens_free(&seat->tokens);
	if (rc == TMG_E_NOMEM || rc == TMG_BUSY || rc == TMG_REMOVED ||
	    rc == TMG_RESET)
		return tmg_p11_rv(rc);
	seat->refused = seat->opened;
	seat->refusal = CKR_TOKEN_NOT_RECOGNIZED;
	return seat->refusal;
}

static CK_RV
open_seat(tmg_p11_seat *seat)
{
	tmg_rc rc;

	seat->opened = atomic_load(&seat->seen);
	if (!tmg_p11_seen_card(seat->opened))
		return CKR_TOKEN_NOT_PRESENT;
	if (seat->refusal != CKR_OK && seat->refused == seat->opened)
		return seat->refusal;
	rc = open_tokens(seat);
	if (rc != TMG_OK || tmg_tokens_count(seat->tokens) == 0)
		return refuse(seat, rc);
	remember(seat);
	return CKR_OK;
}

static CK_RV
open_slot(tmg_p11_slot *slot)
{
	tmg_p11_seat *seat = slot->seat;
	CK_RV rv;

	if (slot->token != NULL)
		return CKR_OK;
	if (seat->tokens == NULL && (rv = open_seat(seat)))
		return rv;
	slot->token = tmg_tokens_get(seat->tokens, slot->app);
	if (slot->token == NULL && seat->partial) {
		complete(seat);
		remember(seat);
		slot->token = tmg_tokens_get(seat->tokens, slot->app);
	}
	slot->read_ms = tmg_now_ms();
	return slot->token != NULL ? CKR_OK : CKR_TOKEN_NOT_PRESENT;
}

void
tmg_p11_slot_doubt(tmg_p11_slot *slot)
{
	atomic_store(&slot->due, true);
}

/* Whoever writes with a login resets the card when he goes, and a turn tells of
 * that without a command.  For the others there is the clock. */
static CK_RV
look_again(tmg_p11_slot *slot)
{
	const int64_t now = tmg_now_ms();

	if (!atomic_exchange(&slot->due, false))
		return CKR_OK;
	if (now - slot->read_ms >= P11_BELIEVE_MS) {
		tmg_token_doubt_certs(slot->token);
		slot->read_ms = now;
	}
	/* A card that somebody holds is as it was until he lets go. */
	return tmg_token_look(slot->token) == TMG_REMOVED
	    ? tmg_p11_slot_rv(slot, TMG_REMOVED) : CKR_OK;
}

/* Name and serial number, tries left, whether the PIN is the factory's: asked
 * once, as good as it goes. */
static void
ask_face(tmg_p11_slot *slot)
{
	int tries;

	(void)tmg_token_info(slot->token);
	(void)tmg_p11_slot_rv(slot, tmg_token_tries(slot->token, TMG_PIN_USER,
	    &tries));
	slot->face.factory = tmg_token_factory(slot->token, TMG_PIN_USER) == TMG_OK;
	slot->learned = !slot->seat->limit.late && !slot->seat->lost;
}

CK_RV
tmg_p11_slot_open(tmg_p11_slot *slot)
{
	tmg_p11_seat *seat = slot->seat;
	CK_RV rv;

	if ((rv = open_slot(slot)))
		return rv;
	if (seat->slow == seat->opened && !slot->learned)
		ask_face(slot);
	return look_again(slot);
}

static CK_RV
look_at_face(tmg_p11_slot *slot)
{
	CK_RV rv;

	if ((rv = open_slot(slot)))
		return rv;
	ask_face(slot);
	return slot->seat->lost ? CKR_DEVICE_REMOVED : CKR_OK;
}

CK_RV
tmg_p11_slot_learn(tmg_p11_slot *slot)
{
	tmg_p11_seat *seat = slot->seat;
	CK_RV rv;

	if (slot->learned)
		return CKR_OK;
	if (seat->slow != 0 && seat->slow == atomic_load(&seat->seen))
		return CKR_TOKEN_NOT_RECOGNIZED;
	seat->limit = (tmg_p11_limit){ tmg_now_ms() + tmg_p11.conf.probe_ms, false };
	rv = look_at_face(slot);
	if (seat->limit.late) {
		seat->slow = seat->opened;
		rv = CKR_TOKEN_NOT_RECOGNIZED;
	}
	seat->limit = (tmg_p11_limit){ 0, false };
	return rv;
}

CK_RV
tmg_p11_slot_rv(tmg_p11_slot *slot, tmg_rc rc)
{
	const bool refused = rc == TMG_PIN_WRONG || rc == TMG_PIN_LOCKED;

	if (rc == TMG_REMOVED)
		slot->seat->lost = true;
	if (slot->seat->gave_kept && refused)
		rc = TMG_LOGIN;		/* changed meanwhile: it is no PIN any more */
	if ((rc == TMG_CANCELLED || rc == TMG_LOGIN) && slot->login == P11_USER)
		tmg_p11_slot_forget_login(slot);
	return tmg_p11_rv(rc);
}

void
tmg_p11_slot_forget_login(tmg_p11_slot *slot)
{
	slot->login = P11_NOBODY;
	tmg_p11_kept_wipe(&slot->kept);
}

/* A further application is there once the card was asked; until then it is where
 * a person says so, because whoever lists slots asks no card. */
static bool
has_application(const tmg_p11_seat *seat, unsigned app)
{
	if (atomic_load(&seat->known) == atomic_load(&seat->seen))
		return app < atomic_load(&seat->apps);
	return seat->whole;
}

bool
tmg_p11_slot_present(const tmg_p11_slot *slot)
{
	return tmg_p11_seen_card(atomic_load(&slot->seat->seen)) &&
	    (slot->app == 0 || has_application(slot->seat, slot->app));
}

void
tmg_p11_slot_free(tmg_p11_slot **slot)
{
	if (*slot == NULL)
		return;
	tmg_p11_slot_forget_login(*slot);	/* closing the card resets it */
	while ((*slot)->sessions != NULL)
		tmg_p11_session_close(*slot, (*slot)->sessions);
	tmg_p11_objects_clear(&(*slot)->objects);
	tmg_p11_names_free(&(*slot)->names);
	free(*slot);
	*slot = NULL;
}
