/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TMG_READER_USB_NODES_H
#define TMG_READER_USB_NODES_H

#include <libusb.h>

#include "tamga/err.h"

/* Whether a udevd is there to tell libusb of what is plugged in and out. */
bool
tmg_usb_is_told(void);

/* Another number for other nodes in /dev/bus/usb. */
uint64_t
tmg_usb_nodes(void);

/* From now on what comes and goes there is read from inotify.  False: not all of it. */
bool
tmg_usb_nodes_watch(int inotify);

/* A context that looked when the nodes had changed: its devices can be opened.  The first
 * one of a list knows what there is now. */
typedef struct tmg_usb_later {
	struct tmg_usb_later *next;
	libusb_context *usb;
} tmg_usb_later;

/* Faults TMG_E_NOMEM, TMG_E_IO. */
TMG_MUST_USE tmg_rc
tmg_usb_later_add(tmg_usb_later **list, tmg_fault *f);

/* Ends those that are not used, but for kept. */
void
tmg_usb_later_sweep(tmg_usb_later **list, const tmg_usb_later *kept,
    bool (*is_used)(void *of, const libusb_context *usb), void *of);

#endif
