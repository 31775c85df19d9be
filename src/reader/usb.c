/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/reader/usb_hub.h"

#include <stdio.h>
#include <stdlib.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/reader/coming.h"
#include "src/reader/holder.h"
#include "src/reader/quirk.h"

enum {
	ERA_SHIFT = 16,		/* events of a device count anew with each plugging */
};

static void
say(const struct tmg_usb_hub *h, const char *of_reader, const tmg_fault *why)
{
	if (h->hub.ctx != NULL)
		tmg_log(h->hub.ctx, TMG_LOG_INFO, "USB: %s: %s", of_reader,
		    why->text);
}

/* ---- list ---------------------------------------------------------------- */

/* What keeps us from a reader is told by who connects to it: there it is said
 * in words.  The device itself is there. */
static tmg_presence
presence_of(const tmg_usb_plugged *p, tmg_rc rc, const tmg_ccid_seen *seen)
{
	if (rc == TMG_OK || rc == TMG_BUSY)
		return seen->presence;
	if (rc == TMG_REMOVED)
		return TMG_ABSENT;
	return rc == TMG_DENIED && (p->quirks & TMG_QUIRK_FIXED) != 0
	    ? TMG_PRESENT : TMG_MUTE;
}

tmg_rc
tmg_usb_hub_look(struct tmg_usb_hub *h, const tmg_usb_plugged *p, tmg_ccid_seen *seen)
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
fill(struct tmg_usb_hub *h, const tmg_usb_plugged *p, const tmg_ccid_seen *seen,
    tmg_reader_state *row)
{
	tmg_holder holder;

	*row = (tmg_reader_state){ .scheme = h->hub.ops->scheme,
	    .presence = seen->presence, .events = seen->events,
	    .atr_len = seen->atr_len };
	memcpy(row->name, p->name, sizeof(row->name));
	memcpy(row->atr, seen->atr, seen->atr_len);
	if (seen->presence == TMG_HELD && tmg_holder_of_node(p->at.node, &holder)) {
		memcpy(row->holder, holder.who, sizeof(row->holder));
		row->advice = holder.advice;
	}
}

/* What is there but not used, in the log. */
static void
say_refused(const struct tmg_usb_hub *h)
{
	tmg_usb_place at;

	for (size_t i = 0; tmg_usb_bus_refused(h->bus, i, &at); i++)
		say(h, at.label, &at.why);
}

static tmg_rc
list(tmg_hub *hub, tmg_reader_state *rows, size_t cap, size_t *count)
{
	struct tmg_usb_hub *h = tmg_usb_hub_of(hub);
	tmg_auto(tmg_usb_rows) all = { .bus = h->bus };
	tmg_rc rc;

	*count = 0;
	atomic_store(&h->changed, false);
	if ((rc = tmg_usb_bus_scan(h->bus, &hub->fault)))
		return rc;
	say_refused(h);
	tmg_usb_rows_take(&all, h->bus);
	for (size_t i = 0; i < all.count; i++) {
		tmg_ccid_seen seen;

		/* for wait, whether there is a row for it or not */
		(void)tmg_usb_hub_look(h, all.row[i], &seen);
		h->told[i] = (struct tmg_usb_told){ all.row[i]->era, seen.presence,
		    seen.events };
		if (i < cap)
			fill(h, all.row[i], &seen, &rows[i]);
	}
	h->told_count = *count = all.count;
	return TMG_OK;
}

/* ---- plugs --------------------------------------------------------------- */

static int LIBUSB_CALL
heard(libusb_context *usb, libusb_device *device, libusb_hotplug_event event,
    void *arg)
{
	struct tmg_usb_hub *h = arg;

	(void)usb, (void)device, (void)event;
	atomic_store(&h->changed, true);
	return 0;
}

/* ---- the rest ------------------------------------------------------------ */

static tmg_rc
connect_card(tmg_hub *hub, const char *reader, tmg_link **link)
{
	struct tmg_usb_hub *h = tmg_usb_hub_of(hub);
	tmg_auto(tmg_usb_rows) all = { .bus = h->bus };
	tmg_rc rc;

	*link = NULL;
	if ((rc = tmg_usb_bus_scan(h->bus, &hub->fault)))
		return rc;
	tmg_usb_rows_take(&all, h->bus);
	for (size_t i = 0; i < all.count; i++)
		if (strcmp(all.row[i]->name, reader) == 0)
			return tmg_ccid_reader_link(all.row[i]->reader,
			    &hub->fault, link);
	return tmg_raise(&hub->fault, TMG_NOT_FOUND, 0,
	    _("there is no reader \"%s\""), reader);
}

static void
close_hub(tmg_hub *hub)
{
	struct tmg_usb_hub *h = tmg_usb_hub_of(hub);

	if (h->hears)
		libusb_hotplug_deregister_callback(tmg_usb_bus_libusb(h->bus),
		    h->hotplug);
	tmg_usb_bus_leave(&h->bus);
	free(h);
}

static const tmg_hub_ops ops = {
	.scheme = "usb",
	.list = list,
	.wait = tmg_usb_hub_wait,
	.cancel = tmg_usb_hub_cancel,
	.connect = connect_card,
	.close = close_hub,
};

static void
listen_for_plugs(struct tmg_usb_hub *h)
{
	h->hears = tmg_usb_bus_is_told(h->bus) &&
	    libusb_has_capability(LIBUSB_CAP_HAS_HOTPLUG) != 0 &&
	    libusb_hotplug_register_callback(tmg_usb_bus_libusb(h->bus),
		LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED |
		LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT, LIBUSB_HOTPLUG_NO_FLAGS,
		LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY,
		LIBUSB_HOTPLUG_MATCH_ANY, heard, h, &h->hotplug) == 0;
}

tmg_rc
tmg_hub_usb(tmg_ctx *ctx, tmg_fault *f, tmg_hub **hub)
{
	struct tmg_usb_hub *h = calloc(1, sizeof(*h));
	tmg_rc rc;

	*hub = NULL;
	if (h == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	h->hub.ops = &ops;
	h->hub.ctx = ctx;
	h->heeded = -1;
	atomic_init(&h->changed, true);	/* nothing was listed: all is new */
	if ((rc = tmg_usb_bus_join(ctx, f, &h->bus))) {
		close_hub(&h->hub);
		return rc;
	}
	listen_for_plugs(h);
	*hub = &h->hub;
	return TMG_OK;
}

void
tmg_hub_usb_heed(tmg_hub *hub, int fd)
{
	if (hub->ops == &ops)
		tmg_usb_hub_of(hub)->heeded = fd;
}

/* ---- what is known of them ----------------------------------------------- */

static tmg_rc
facts_of(struct tmg_usb_hub *h, size_t index, tmg_usb_facts *facts)
{
	tmg_auto(tmg_usb_rows) all = { .bus = h->bus };
	tmg_usb_place refused;
	tmg_rc rc;

	if (index == 0 && (rc = tmg_usb_bus_scan(h->bus, &h->hub.fault)))
		return rc;
	tmg_usb_rows_take(&all, h->bus);
	if (index < all.count) {
		const tmg_usb_plugged *p = all.row[index];

		tmg_usb_tell(&p->at, p->name, p->quirks, facts);
		return TMG_OK;
	}
	if (!tmg_usb_bus_refused(h->bus, index - all.count, &refused))
		return TMG_NOT_FOUND;
	tmg_usb_tell(&refused, refused.label, 0, facts);
	return TMG_OK;
}

tmg_rc
tmg_hub_usb_facts(tmg_hub *hub, size_t index, tmg_usb_facts *facts)
{
	*facts = (tmg_usb_facts){ .vendor = 0 };
	return hub->ops == &ops ? facts_of(tmg_usb_hub_of(hub), index, facts) : TMG_E_USAGE;
}
