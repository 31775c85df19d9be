/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hub over the bus, for the files it is made of.
 */
#ifndef TMG_READER_USB_HUB_H
#define TMG_READER_USB_HUB_H

#include <stdatomic.h>

#include "src/reader/usb_bus.h"

/* A reader as list told of it last. */
struct tmg_usb_told {
	unsigned era;
	tmg_presence presence;
	unsigned events;
};

struct tmg_usb_hub {
	tmg_hub hub;
	tmg_usb_bus *bus;
	libusb_hotplug_callback_handle hotplug;
	bool hears;		/* of what is plugged in and out */
	atomic_bool changed, cancelled;
	int heeded;		/* another descriptor that ends a wait; or -1 */
	struct tmg_usb_told told[TMG_USB_PLACES];
	size_t told_count;
};

static inline struct tmg_usb_hub *
tmg_usb_hub_of(tmg_hub *hub)
{
	return (struct tmg_usb_hub *)hub;
}

/* What is in the reader now, whatever keeps us from it. */
tmg_rc
tmg_usb_hub_look(struct tmg_usb_hub *h, const tmg_usb_plugged *p,
    tmg_ccid_seen *seen);

tmg_rc
tmg_usb_hub_wait(tmg_hub *hub, int timeout_ms);
void
tmg_usb_hub_cancel(tmg_hub *hub);

#endif
