/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting for readers and cards.  libusb tells of plugs, where udevd runs, else the
 * nodes' folders do; a token's card comes and
 * goes with its plug; a reader with an endpoint for it tells of its cards while its
 * interface is ours; the others are looked at, as is what somebody else holds.
 */
#include <poll.h>

#include "src/base/clock.h"
#include "src/base/scope.h"
#include "src/reader/quirk.h"
#include "src/reader/usb_hub.h"

enum {
	POLL_MS = 500,		/* between looks */
	LONG_MS = 3600000,	/* without any */
};

/* One wait. */
typedef struct vigil {
	struct tmg_usb_hub *h;
	tmg_usb_rows all;
	bool attended[TMG_USB_PLACES];
	bool plugs;		/* whoever sleeps is woken by them */
	bool again;		/* something has to be looked at later */
} vigil;

static bool
is_fixed(const tmg_usb_plugged *p)
{
	return (p->quirks & TMG_QUIRK_FIXED) != 0;
}

/* ---- readers that tell --------------------------------------------------- */

static void
leave(vigil *v, size_t i)
{
	if (v->attended[i])
		tmg_ccid_reader_unattend(v->all.row[i]->reader);
	v->attended[i] = false;
	(void)tmg_usb_bus_watch(v->h->bus, v->all.row[i], false);
}

static void
vigil_begin(vigil *v)
{
	const bool can = tmg_usb_bus_doors(v->h->bus) >= 0;

	v->plugs = v->h->hears || tmg_usb_bus_watch_nodes(v->h->bus);
	tmg_usb_rows_take(&v->all, v->h->bus);
	for (size_t i = 0; i < v->all.count; i++) {
		const tmg_usb_plugged *p = v->all.row[i];

		v->attended[i] = can && p->at.notices != 0 && !is_fixed(p);
		if (v->attended[i])
			tmg_ccid_reader_attend(p->reader);
	}
}

static void
vigil_release(vigil *v)
{
	for (size_t i = 0; i < v->all.count; i++)
		leave(v, i);
	tmg_usb_rows_release(&v->all);
}

/* What we have only to listen to it is somebody else's as soon as he wants it; who
 * he is cannot be seen everywhere, and then it is not kept. */
static void
mind_others(vigil *v, size_t i)
{
	tmg_usb_plugged *p = v->all.row[i];

	if (tmg_usb_bus_is_wanted(v->h->bus, p))
		tmg_ccid_reader_yield(p->reader);
	if (!tmg_usb_bus_watch(v->h->bus, p, tmg_ccid_reader_hears(p->reader)))
		leave(v, i);
}

/* ---- looking ------------------------------------------------------------- */

static const struct tmg_usb_told *
told_of(const struct tmg_usb_hub *h, const tmg_usb_plugged *p)
{
	for (size_t i = 0; i < h->told_count; i++)
		if (h->told[i].era == p->era)
			return &h->told[i];
	return NULL;
}

/* Is it another one than list told of? */
static bool
is_news(struct tmg_usb_hub *h, const tmg_usb_plugged *p)
{
	const struct tmg_usb_told *told = told_of(h, p);
	tmg_ccid_seen seen;

	(void)tmg_usb_hub_look(h, p, &seen);
	return told == NULL || seen.presence != told->presence ||
	    seen.events != told->events;
}

/* Nothing is to be learned of it but by a plug. */
static bool
is_settled(const struct tmg_usb_hub *h, const tmg_usb_plugged *p)
{
	const struct tmg_usb_told *told = told_of(h, p);

	/* a token that somebody holds may be given back */
	return is_fixed(p) && told != NULL && told->presence == TMG_PRESENT;
}

static bool
look_at(vigil *v, size_t i)
{
	tmg_usb_plugged *p = v->all.row[i];
	bool news;

	if (is_settled(v->h, p))
		return false;
	if (v->attended[i])
		mind_others(v, i);
	if (tmg_ccid_reader_is_away(p->reader)) {
		v->again = true;
		return false;
	}
	if (tmg_ccid_reader_hears(p->reader) &&
	    !tmg_ccid_reader_has_news(p->reader))
		return false;
	news = is_news(v->h, p);
	if (v->attended[i])
		mind_others(v, i);
	v->again |= !tmg_ccid_reader_hears(p->reader) ||
	    tmg_ccid_reader_has_news(p->reader);
	return news;
}

/* Has a card come or gone that no plug tells of? */
static bool
cards_changed(vigil *v)
{
	bool changed = false;

	v->again = !v->plugs || tmg_usb_bus_is_settling(v->h->bus);
	for (size_t i = 0; i < v->all.count; i++)
		changed |= look_at(v, i);
	return changed;
}

/* ---- waiting ------------------------------------------------------------- */

/* Milliseconds to sleep: no longer than there is time, nor than between looks. */
static int64_t
pause_of(int64_t until, bool again)
{
	const int64_t longest = again ? POLL_MS : LONG_MS;
	int64_t left;

	if (until < 0)
		return longest;
	left = until - tmg_now_ms();
	if (left < 0)
		left = 0;
	return left < longest ? left : longest;
}

static bool
is_heeded(const struct tmg_usb_hub *h)
{
	struct pollfd p = { .fd = h->heeded, .events = POLLIN };

	return h->heeded >= 0 && poll(&p, 1, 0) > 0;
}

/* Was there something for us before we slept? */
static bool
is_ready(void *of)
{
	vigil *v = of;

	if (atomic_load(&v->h->cancelled) || atomic_load(&v->h->changed) ||
	    is_heeded(v->h))
		return true;
	for (size_t i = 0; !v->again && i < v->all.count; i++)
		if (v->attended[i] &&
		    tmg_ccid_reader_has_news(v->all.row[i]->reader))
			return true;
	return false;
}

tmg_rc
tmg_usb_hub_wait(tmg_hub *hub, int timeout_ms)
{
	struct tmg_usb_hub *h = tmg_usb_hub_of(hub);
	const int64_t until = timeout_ms < 0 ? -1 : tmg_now_ms() + timeout_ms;
	tmg_auto(vigil) v = { .h = h, .all = { .bus = h->bus } };

	vigil_begin(&v);
	for (;;) {
		if (atomic_exchange(&h->cancelled, false))
			return TMG_CANCELLED;
		if (atomic_load(&h->changed) || is_heeded(h) ||
		    tmg_usb_bus_is_stale(h->bus) || cards_changed(&v))
			return TMG_OK;
		if (until >= 0 && tmg_now_ms() >= until)
			return TMG_PENDING;
		tmg_usb_bus_sleep(h->bus, pause_of(until, v.again), h->heeded,
		    is_ready, &v);
	}
}

void
tmg_usb_hub_cancel(tmg_hub *hub)
{
	struct tmg_usb_hub *h = tmg_usb_hub_of(hub);

	atomic_store(&h->cancelled, true);
	libusb_interrupt_event_handler(tmg_usb_bus_libusb(h->bus));
}
