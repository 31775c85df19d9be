/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting for the bus and for inotify at once: libusb's "Multi-threaded
 * applications and asynchronous I/O".  Whoever has libusb's events waits for both,
 * the others for him.
 */
#include <poll.h>
#include <stdlib.h>

#include "src/reader/usb_bus.h"

enum { FDS_MAX = TMG_USB_PLACES + 9 };

static size_t
collect(tmg_usb_bus *b, int heeded, struct pollfd fds[static FDS_MAX])
{
	const struct libusb_pollfd **all =
	    libusb_get_pollfds(tmg_usb_bus_libusb(b));
	size_t n = 0;

	fds[n++] = (struct pollfd){ .fd = tmg_usb_bus_doors(b), .events = POLLIN };
	fds[n++] = (struct pollfd){ .fd = heeded, .events = POLLIN };
	for (size_t i = 0; all != NULL && all[i] != NULL && n < FDS_MAX; i++)
		fds[n++] = (struct pollfd){ .fd = all[i]->fd,
		    .events = all[i]->events };
	libusb_free_pollfds(all);
	return n;
}

/* With libusb's events in our hands. */
static void
poll_once(tmg_usb_bus *b, int heeded, int64_t ms)
{
	struct timeval now = { .tv_sec = 0 };
	struct pollfd fds[FDS_MAX];

	if (poll(fds, (nfds_t)collect(b, heeded, fds), (int)ms) <= 0)
		return;
	if (fds[0].revents != 0)
		tmg_usb_bus_notice(b);
	(void)libusb_handle_events_locked(tmg_usb_bus_libusb(b), &now);
}

static void
wait_for_him(libusb_context *usb, int64_t ms, bool (*ready)(void *of), void *of)
{
	struct timeval t = { .tv_sec = (time_t)(ms / 1000),
	    .tv_usec = (suseconds_t)(ms % 1000 * 1000) };

	libusb_lock_event_waiters(usb);
	if (libusb_event_handler_active(usb) && !ready(of))
		(void)libusb_wait_for_event(usb, &t);
	libusb_unlock_event_waiters(usb);
}

void
tmg_usb_bus_sleep(tmg_usb_bus *b, int64_t ms, int heeded,
    bool (*ready)(void *of), void *of)
{
	libusb_context *usb = tmg_usb_bus_libusb(b);

	if (libusb_try_lock_events(usb) != 0) {
		wait_for_him(usb, ms, ready, of);
		return;
	}
	if (libusb_event_handling_ok(usb) && !ready(of))
		poll_once(b, heeded, ms);
	libusb_unlock_events(usb);
}
