/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is plugged in, for all hubs of the contexts that are joined: they share
 * each device, which only one of them at a time could have.
 */
#ifndef TMG_READER_USB_BUS_H
#define TMG_READER_USB_BUS_H

#include "src/reader/usb.h"

enum { TMG_USB_PLACES = 64 };

typedef struct tmg_usb_bus tmg_usb_bus;

/* A reader that was plugged in, until it is gone and nobody has it. */
typedef struct tmg_usb_plugged {
	struct tmg_usb_plugged *next;
	tmg_usb_place at;	/* its device is ours */
	libusb_context *libusb;	/* one that has the device: the bus's, or a later one */
	libusb_context *events;	/* the bus's own: it is opened there, and waited for */
	char name[TMG_READER_NAME];
	unsigned quirks;
	unsigned era;		/* another one for each plugging */
	tmg_ccid_reader *reader;
	unsigned users;		/* who has it in rows */
	bool seen;		/* in the scan under way */
	bool gone;
	int watch;		/* of its node; 0: none */
	bool wanted;		/* another program opened it since */
} tmg_usb_plugged;

/*
 * The bus of the context, or one of one's own without a context.
 *
 * Verdicts  TMG_NOT_FOUND  there is no USB here
 */
TMG_MUST_USE tmg_rc
tmg_usb_bus_join(tmg_ctx *ctx, tmg_fault *f, tmg_usb_bus **bus);

/* The last one ends it. */
void
tmg_usb_bus_leave(tmg_usb_bus **bus);

libusb_context *
tmg_usb_bus_libusb(tmg_usb_bus *bus);

/* inotify's: who opens nodes.  Negative: that cannot be seen here. */
int
tmg_usb_bus_doors(tmg_usb_bus *bus);

/* From now on another program that opens the node is noticed, or no more.  False:
 * that cannot be. */
bool
tmg_usb_bus_watch(tmg_usb_bus *bus, tmg_usb_plugged *p, bool on);

/* Takes what was noticed; then whether that one is wanted, once. */
void
tmg_usb_bus_notice(tmg_usb_bus *bus);
bool
tmg_usb_bus_is_wanted(tmg_usb_bus *bus, tmg_usb_plugged *p);

/* Waits until something happens on the bus, somebody opens a node that is watched,
 * heeded is readable (negative: there is none), or the time is over; not at all when
 * ready says so, which is asked when nothing can be missed any more. */
void
tmg_usb_bus_sleep(tmg_usb_bus *bus, int64_t ms, int heeded,
    bool (*ready)(void *of), void *of);

/* Whether udevd, or the scan before, leaves nothing to be looked for; else scan. */
bool
tmg_usb_bus_is_told(const tmg_usb_bus *bus);
bool
tmg_usb_bus_is_stale(tmg_usb_bus *bus);

/* Where udevd does not tell: nodes that come and go wake who sleeps.  False: they have
 * to be looked for.  What came just now is not ready, and stale a moment later. */
bool
tmg_usb_bus_watch_nodes(tmg_usb_bus *bus);
bool
tmg_usb_bus_is_settling(tmg_usb_bus *bus);

/* Looks what is plugged in.  Faults TMG_E_IO, TMG_E_NOMEM. */
TMG_MUST_USE tmg_rc
tmg_usb_bus_scan(tmg_usb_bus *bus, tmg_fault *f);

/* What was found and is not used, with why: a copy.  False: there are no more. */
bool
tmg_usb_bus_refused(tmg_usb_bus *bus, size_t index, tmg_usb_place *place);

/* Those that are there since the last scan; kept until released. */
typedef struct tmg_usb_rows {
	tmg_usb_bus *bus;
	tmg_usb_plugged *row[TMG_USB_PLACES];
	size_t count;
} tmg_usb_rows;

void
tmg_usb_rows_take(tmg_usb_rows *rows, tmg_usb_bus *bus);
void
tmg_usb_rows_release(tmg_usb_rows *rows);

#endif
