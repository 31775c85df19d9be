/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/reader/usb.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

#include "src/base/clock.h"
#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/reader/holder.h"
#include "src/reader/quirk.h"

enum {
	PLACES_MAX = 64,
	POLL_MS = 500,		/* between looks for cards that can be exchanged */
	ERA_SHIFT = 16,		/* events of a device count anew with each plugging */
};

/* A reader that was plugged in, until the hub or its last link ends. */
struct plugged {
	struct plugged *next;
	tmg_usb_place at;	/* its device is ours */
	char name[TMG_READER_NAME];
	unsigned quirks, era;
	bool seen;		/* in the scan under way */
	bool gone;
	tmg_ccid_reader *reader;
	tmg_presence presence;	/* as list last told */
	unsigned events;
};

struct usb_hub {
	tmg_hub hub;
	libusb_context *usb;
	libusb_hotplug_callback_handle hotplug;
	bool hears;		/* of what is plugged in and out */
	atomic_bool changed, cancelled;
	struct plugged *all;
	unsigned era;
	/* what was found and is not used, with why */
	tmg_usb_place refused[PLACES_MAX];
	size_t refused_count;
};

static struct usb_hub *
of(tmg_hub *hub)
{
	return (struct usb_hub *)hub;
}

static void
say(const struct usb_hub *h, const char *of_reader, const tmg_fault *why)
{
	if (h->hub.ctx != NULL)
		tmg_log(h->hub.ctx, TMG_LOG_INFO, "USB: %s: %s", of_reader,
		    why->text);
}

/* ---- what is plugged in -------------------------------------------------- */

static tmg_rc
open_door(void *of_plugged, bool wait, tmg_fault *f, tmg_pipe **pipe)
{
	struct plugged *p = of_plugged;

	return tmg_usb_open(&p->at, p->name, wait, f, pipe);
}

static bool
is_same(const tmg_usb_place *a, const tmg_usb_place *b)
{
	return a->bus == b->bus && a->address == b->address &&
	    a->interface == b->interface && a->vendor == b->vendor &&
	    a->product == b->product;
}

static struct plugged *
find_place(struct usb_hub *h, const tmg_usb_place *at)
{
	struct plugged *p = h->all;

	while (p != NULL && (p->gone || !is_same(&p->at, at)))
		p = p->next;
	return p;
}

/* "usb:1-2.3 Yubico YubiKey OTP+FIDO+CCID" */
static void
name_reader(struct plugged *p)
{
	(void)snprintf(p->name, sizeof(p->name), "usb:%s %s", p->at.path,
	    p->at.label);
}

static tmg_rc
plug(struct usb_hub *h, const tmg_usb_place *at)
{
	struct plugged *p = calloc(1, sizeof(*p));
	const tmg_ccid_door door = { open_door, p };
	tmg_rc rc = TMG_E_NOMEM;

	if (p != NULL) {
		p->at = *at;
		p->seen = true;
		p->era = ++h->era;
		p->quirks = tmg_quirks_of(at->vendor, at->product, at->firmware);
		name_reader(p);
		rc = tmg_ccid_reader_new(&at->desc, p->quirks, p->name, &door,
		    &p->reader);
	}
	if (rc != TMG_OK) {
		free(p);
		return tmg_raise(&h->hub.fault, rc, 0, _("out of memory"));
	}
	libusb_ref_device(at->device);
	p->next = h->all;
	h->all = p;
	return TMG_OK;
}

static tmg_rc
found(void *arg, const tmg_usb_place *at)
{
	struct usb_hub *h = arg;
	struct plugged *p;

	if (at->why.rc != TMG_OK) {
		say(h, at->label, &at->why);
		if (h->refused_count < PLACES_MAX)
			h->refused[h->refused_count++] = *at;
		return TMG_OK;
	}
	p = find_place(h, at);
	if (p == NULL)
		return plug(h, at);
	p->seen = true;
	return TMG_OK;
}

static void
free_plugged(struct plugged *p)
{
	tmg_ccid_reader_free(&p->reader);
	libusb_unref_device(p->at.device);
	free(p);
}

/* A reader that is gone stays for the links that were open to it. */
static void
sweep(struct usb_hub *h)
{
	for (struct plugged **at = &h->all, *p; (p = *at) != NULL;) {
		p->gone |= !p->seen;
		if (p->gone && !tmg_ccid_reader_is_linked(p->reader)) {
			*at = p->next;
			free_plugged(p);
		} else
			at = &p->next;
	}
}

static tmg_rc
scan(struct usb_hub *h)
{
	tmg_rc rc;

	for (struct plugged *p = h->all; p != NULL; p = p->next)
		p->seen = false;
	h->refused_count = 0;
	if ((rc = tmg_usb_scan(h->usb, &h->hub.fault, found, h)))
		return rc;
	sweep(h);
	return TMG_OK;
}

/* ---- list ---------------------------------------------------------------- */

/* What keeps us from a reader is told by who connects to it: there it is said
 * in words.  The device itself is there. */
static tmg_presence
presence_of(const struct plugged *p, tmg_rc rc, const tmg_ccid_seen *seen)
{
	if (rc == TMG_OK || rc == TMG_BUSY)
		return seen->presence;
	if (rc == TMG_REMOVED)
		return TMG_ABSENT;
	return rc == TMG_DENIED && (p->quirks & TMG_QUIRK_FIXED) != 0
	    ? TMG_PRESENT : TMG_MUTE;
}

static tmg_rc
look(struct usb_hub *h, const struct plugged *p, tmg_ccid_seen *seen)
{
	tmg_fault f = { .rc = TMG_OK };
	const tmg_rc rc = tmg_ccid_reader_look(p->reader, &f, seen);

	seen->presence = presence_of(p, rc, seen);
	seen->events += p->era << ERA_SHIFT;
	if (rc != TMG_OK)
		say(h, p->name, &f);
	return rc;
}

static void
fill(struct usb_hub *h, const struct plugged *p, const tmg_ccid_seen *seen,
    tmg_reader_state *row)
{
	tmg_holder holder;

	*row = (tmg_reader_state){ .scheme = h->hub.ops->scheme,
	    .presence = seen->presence, .events = seen->events,
	    .atr_len = seen->atr_len };
	memcpy(row->name, p->name, sizeof(row->name));
	memcpy(row->atr, seen->atr, seen->atr_len);
	if (seen->presence == TMG_HELD && tmg_holder_of_node(p->at.node, &holder))
		memcpy(row->holder, holder.who, sizeof(row->holder));
}

static tmg_rc
list(tmg_hub *hub, tmg_reader_state *rows, size_t cap, size_t *count)
{
	struct usb_hub *h = of(hub);
	tmg_rc rc;

	*count = 0;
	atomic_store(&h->changed, false);
	if ((rc = scan(h)))
		return rc;
	for (struct plugged *p = h->all; p != NULL; p = p->next) {
		tmg_ccid_seen seen;

		if (p->gone)
			continue;
		/* for wait, whether there is a row for it or not */
		(void)look(h, p, &seen);
		p->presence = seen.presence;
		p->events = seen.events;
		if (*count < cap)
			fill(h, p, &seen, &rows[*count]);
		(*count)++;
	}
	return TMG_OK;
}

/* ---- wait ---------------------------------------------------------------- */

static int LIBUSB_CALL
heard(libusb_context *usb, libusb_device *device, libusb_hotplug_event event,
    void *arg)
{
	struct usb_hub *h = arg;

	(void)usb, (void)device, (void)event;
	atomic_store(&h->changed, true);
	return 0;
}

/* Has a card come or gone that no plug tells of?  *any: there may be one. */
static bool
cards_changed(struct usb_hub *h, bool *any)
{
	bool changed = false;

	*any = !h->hears;
	for (struct plugged *p = h->all; p != NULL; p = p->next) {
		tmg_ccid_seen seen;

		/* a token that somebody holds may be given back */
		if (p->gone || ((p->quirks & TMG_QUIRK_FIXED) != 0 &&
		    p->presence == TMG_PRESENT))
			continue;
		*any = true;
		(void)look(h, p, &seen);
		changed |= seen.presence != p->presence ||
		    seen.events != p->events;
	}
	return changed;
}

static void
sleep_until_told(struct usb_hub *h, int64_t ms)
{
	struct timeval t = { .tv_sec = (time_t)(ms / 1000),
	    .tv_usec = (suseconds_t)(ms % 1000 * 1000) };

	(void)libusb_handle_events_timeout_completed(h->usb, &t, NULL);
}

/* Milliseconds to sleep: no longer than there is time, nor than between looks. */
static int64_t
pause_of(int64_t until, bool any)
{
	const int64_t longest = any ? POLL_MS : 3600000;
	int64_t left;

	if (until < 0)
		return longest;
	left = until - tmg_now_ms();
	if (left < 0)
		left = 0;
	return left < longest ? left : longest;
}

static tmg_rc
wait_change(tmg_hub *hub, int timeout_ms)
{
	struct usb_hub *h = of(hub);
	const int64_t until = timeout_ms < 0 ? -1 : tmg_now_ms() + timeout_ms;
	bool any;

	for (;;) {
		if (atomic_exchange(&h->cancelled, false))
			return TMG_CANCELLED;
		if (atomic_load(&h->changed) || cards_changed(h, &any))
			return TMG_OK;
		if (until >= 0 && tmg_now_ms() >= until)
			return TMG_PENDING;
		sleep_until_told(h, pause_of(until, any));
	}
}

static void
cancel(tmg_hub *hub)
{
	atomic_store(&of(hub)->cancelled, true);
	libusb_interrupt_event_handler(of(hub)->usb);
}

/* ---- the rest ------------------------------------------------------------ */

static bool
is_called(const struct plugged *p, const char *reader)
{
	return !p->gone && strcmp(p->name, reader) == 0;
}

static struct plugged *
find_reader(struct usb_hub *h, const char *reader)
{
	struct plugged *p = h->all;

	while (p != NULL && !is_called(p, reader))
		p = p->next;
	return p;
}

static tmg_rc
connect_card(tmg_hub *hub, const char *reader, tmg_link **link)
{
	struct usb_hub *h = of(hub);
	struct plugged *p;
	tmg_rc rc;

	*link = NULL;
	if ((rc = scan(h)))
		return rc;
	p = find_reader(h, reader);
	if (p == NULL)
		return tmg_raise(&hub->fault, TMG_NOT_FOUND, 0,
		    _("there is no reader \"%s\""), reader);
	return tmg_ccid_reader_link(p->reader, &hub->fault, link);
}

static void
close_hub(tmg_hub *hub)
{
	struct usb_hub *h = of(hub);

	if (h->hears)
		libusb_hotplug_deregister_callback(h->usb, h->hotplug);
	for (struct plugged *p = h->all, *next; p != NULL; p = next) {
		next = p->next;
		free_plugged(p);
	}
	if (h->usb != NULL)
		libusb_exit(h->usb);
	free(h);
}

static const tmg_hub_ops ops = {
	.scheme = "usb",
	.list = list,
	.wait = wait_change,
	.cancel = cancel,
	.connect = connect_card,
	.close = close_hub,
};

static void
listen_for_plugs(struct usb_hub *h)
{
	h->hears = libusb_has_capability(LIBUSB_CAP_HAS_HOTPLUG) != 0 &&
	    libusb_hotplug_register_callback(h->usb,
		LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED |
		LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT, LIBUSB_HOTPLUG_NO_FLAGS,
		LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY,
		LIBUSB_HOTPLUG_MATCH_ANY, heard, h, &h->hotplug) == 0;
}

tmg_rc
tmg_hub_usb(tmg_ctx *ctx, tmg_fault *f, tmg_hub **hub)
{
	struct usb_hub *h = calloc(1, sizeof(*h));
	int code;

	*hub = NULL;
	if (h == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	h->hub.ops = &ops;
	h->hub.ctx = ctx;
	atomic_init(&h->changed, true);	/* nothing was listed: all is new */
	code = libusb_init(&h->usb);
	if (code != 0) {
		h->usb = NULL;
		close_hub(&h->hub);
		return tmg_raise(f, TMG_NOT_FOUND, 0,
		    _("USB cannot be reached: %s"), libusb_error_name(code));
	}
	listen_for_plugs(h);
	*hub = &h->hub;
	return TMG_OK;
}

/* ---- what is known of them ----------------------------------------------- */

static void
tell(const tmg_usb_place *at, const char *name, unsigned quirks,
    tmg_usb_facts *facts)
{
	tmg_holder holder;

	*facts = (tmg_usb_facts){ .vendor = at->vendor, .product = at->product,
	    .firmware = at->firmware, .interface = at->interface,
	    .protocols = (unsigned)at->desc.protocols,
	    .features = at->desc.features, .message = at->desc.message,
	    .level = at->why.rc == TMG_OK ? tmg_ccid_level_name(at->desc.level)
	    : "", .interrupts = at->interrupts,
	    .token = (quirks & TMG_QUIRK_FIXED) != 0,
	    .keypad = at->desc.pins != 0 };
	tmg_text_copy(facts->reader, sizeof(facts->reader), name);
	tmg_text_copy(facts->node, sizeof(facts->node), at->node);
	tmg_text_copy(facts->why, sizeof(facts->why), at->why.text);
	if (tmg_holder_of_node(at->node, &holder))
		tmg_text_copy(facts->holder, sizeof(facts->holder), holder.who);
}

tmg_rc
tmg_hub_usb_facts(tmg_hub *hub, size_t index, tmg_usb_facts *facts)
{
	struct usb_hub *h = of(hub);
	tmg_rc rc;

	*facts = (tmg_usb_facts){ .vendor = 0 };
	if (hub->ops != &ops)
		return TMG_E_USAGE;
	if (index == 0 && (rc = scan(h)))
		return rc;
	for (struct plugged *p = h->all; p != NULL; p = p->next) {
		if (p->gone || index-- > 0)
			continue;
		tell(&p->at, p->name, p->quirks, facts);
		return TMG_OK;
	}
	if (index >= h->refused_count)
		return TMG_NOT_FOUND;
	tell(&h->refused[index], h->refused[index].label, 0, facts);
	return TMG_OK;
}
