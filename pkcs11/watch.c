/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/watch.h"

#include <stdlib.h>

#include "pkcs11/module.h"
#include "pkcs11/source.h"
#include "pkcs11/trace.h"
#include "src/base/ctx.h"

/* The list lock, by scope. */
typedef struct listing {
	tmg_p11_lock *lock;
} listing;

static void
listing_release(listing *l)
{
	tmg_p11_lock_give(l->lock);
}

static void
listing_take(listing *l)
{
	l->lock = &tmg_p11.list;
	tmg_p11_lock_take(l->lock);
}

/* ---- growing ------------------------------------------------------------- */

static CK_RV
add_slot(tmg_p11_seat *seat, tmg_p11_look how)
{
	const size_t n = atomic_load(&tmg_p11.slot_count);
	tmg_p11_slot *slot;

	if (n >= P11_SLOTS)
		return CKR_OK;
	slot = calloc(1, sizeof(*slot));
	if (slot == NULL)
		return CKR_HOST_MEMORY;
	slot->id = n;
	slot->seat = seat;
	slot->app = seat->slots++;
	if (how == P11_LOOK_LIST)
		atomic_store(&slot->told, atomic_load(&seat->seen));
	tmg_p11.slots[n] = slot;
	atomic_store(&tmg_p11.slot_count, n + 1);
	return CKR_OK;
}

static CK_RV
add_seat(const tmg_reader_state *row, tmg_p11_look how)
{
	const size_t n = atomic_load(&tmg_p11.seat_count);
	CK_RV rv;

	if (n >= P11_SLOTS)
		return CKR_OK;
	if ((rv = tmg_p11_seat_new(row, &tmg_p11.seats[n])))
		return rv;
	atomic_store(&tmg_p11.seat_count, n + 1);
	return add_slot(tmg_p11.seats[n], how);
}

/* A card that turned out to have several applications, or will. */
static CK_RV
add_applications(tmg_p11_look how)
{
	CK_RV rv = CKR_OK;

	for (size_t i = 0; i < atomic_load(&tmg_p11.seat_count); i++) {
		tmg_p11_seat *seat = tmg_p11.seats[i];
		const unsigned known = atomic_load(&seat->apps);
		const unsigned apps = seat->whole && known < P11_APPS
		    ? P11_APPS : known;

		for (unsigned n = seat->slots; rv == CKR_OK && n < apps; n++)
			rv = add_slot(seat, how);
	}
	return rv;
}

/* ---- looking ------------------------------------------------------------- */

static tmg_p11_seat *
find_seat(const tmg_reader_state *row)
{
	for (size_t i = 0; i < atomic_load(&tmg_p11.seat_count); i++)
		if (strcmp(tmg_p11.seats[i]->reader, row->name) == 0 &&
		    strcmp(tmg_p11.seats[i]->scheme, row->scheme) == 0)
			return tmg_p11.seats[i];
	return NULL;
}

static CK_RV
take_row(const tmg_reader_state *row, tmg_p11_look how,
    bool here[static P11_SLOTS])
{
	tmg_p11_seat *seat = find_seat(row);
	const size_t n = atomic_load(&tmg_p11.seat_count);
	CK_RV rv = CKR_OK;

	if (!tmg_p11_conf_wants(&tmg_p11.conf, row->name))
		return CKR_OK;
	if (seat == NULL) {
		if (how == P11_LOOK_ONLY || n >= P11_SLOTS)
			return CKR_OK;
		rv = add_seat(row, how);
		here[n] = rv == CKR_OK;
		return rv;
	}
	atomic_store(&seat->seen, tmg_p11_seen(row));
	for (size_t i = 0; i < n; i++)
		here[i] = here[i] || tmg_p11.seats[i] == seat;
	return CKR_OK;
}

/* A source that is not there is no fault: a daemon may start any time. */
static CK_RV
look_at(size_t at, tmg_p11_look how, bool here[static P11_SLOTS])
{
	tmg_auto_free tmg_reader_state *rows = NULL;
	tmg_hub **hub = &tmg_p11.hubs[at];
	size_t n = 0;
	tmg_rc rc;
	CK_RV rv = CKR_OK;

	if (*hub == NULL && tmg_p11_sources[at].open(tmg_p11.ctx, hub) != TMG_OK)
		return CKR_OK;
	rc = tmg_p11_source_rows(*hub, &rows, &n);
	if (rc == TMG_E_NOMEM)
		return CKR_HOST_MEMORY;
	if (rc != TMG_OK) {
		tmg_hub_free(hub);
		return CKR_OK;
	}
	for (size_t i = 0; rv == CKR_OK && i < n; i++)
		rv = take_row(&rows[i], how, here);
	return rv;
}

static CK_RV
make_ctx(void)
{
	if (tmg_p11.ctx != NULL)
		return CKR_OK;
	if (tmg_ctx_plain(&tmg_p11.ctx) != TMG_OK)
		return CKR_HOST_MEMORY;
	tmg_p11_trace_to(tmg_p11.ctx, tmg_p11.conf.trace);
	return CKR_OK;
}

static CK_RV
look(tmg_p11_look how)
{
	bool here[P11_SLOTS] = { false };
	CK_RV rv = CKR_OK;

	atomic_store(&tmg_p11.looked_ms, tmg_now_ms());
	if ((rv = make_ctx()))
		return rv;
	for (size_t i = 0; rv == CKR_OK && i < tmg_p11_sources_count &&
	    i < P11_HUBS; i++)
		rv = look_at(i, how, here);
	/* A reader that was unplugged keeps its slot, empty. */
	for (size_t i = 0; rv == CKR_OK && i < atomic_load(&tmg_p11.seat_count); i++)
		if (!here[i])
			atomic_store(&tmg_p11.seats[i]->seen, 0);
	atomic_store(&tmg_p11.looked, true);
	if (rv == CKR_OK && how != P11_LOOK_ONLY)
		rv = add_applications(how);
	if (how == P11_LOOK_LIST)
		atomic_store(&tmg_p11.listed, atomic_load(&tmg_p11.slot_count));
	return rv;
}

CK_RV
tmg_p11_watch_look(tmg_p11_look how)
{
	tmg_auto(listing) lock;

	listing_take(&lock);
	return look(atomic_load(&tmg_p11.looked) ? how : P11_LOOK_LIST);
}

static void
look_first(void)
{
	tmg_auto(listing) lock;

	listing_take(&lock);
	if (!atomic_load(&tmg_p11.looked))
		(void)look(P11_LOOK_LIST);
}

void
tmg_p11_watch_lately(void)
{
	const int64_t now = tmg_now_ms();
	int64_t last = atomic_load(&tmg_p11.looked_ms);

	if (!atomic_load(&tmg_p11.looked))
		look_first();
	else if (now - last >= P11_LOOK_MS &&
	    atomic_compare_exchange_strong(&tmg_p11.looked_ms, &last, now))
		(void)tmg_p11_watch_look(P11_LOOK_ONLY);
}

void
tmg_p11_watch_end(void)
{
	for (size_t i = 0; i < P11_HUBS; i++)
		tmg_hub_free(&tmg_p11.hubs[i]);
	tmg_ctx_free(&tmg_p11.ctx);
}
