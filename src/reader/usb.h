/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libusb's side of USB readers: interfaces that are found, and pipes to them.
 */
#ifndef TMG_READER_USB_H
#define TMG_READER_USB_H

#include <libusb.h>

#include "src/reader/ccid_reader.h"

/* One CCID interface of one device, as its descriptors have it. */
typedef struct tmg_usb_place {
	libusb_device *device;	/* borrowed while it is looked for */
	uint16_t vendor, product, firmware;
	uint8_t bus, address;
	uint8_t interface;
	uint8_t protocol;	/* bInterfaceProtocol: 0 CCID, else ICCD */
	uint8_t in, out;	/* endpoints */
	uint8_t notices;	/* the interrupt endpoint; 0: there is none */
	uint16_t notice_packet;	/* bytes of a packet there */
	char path[32];		/* "1-2.3", or "1-2.3:1.1" for one behind the first */
	char node[32];		/* "/dev/bus/usb/001/004" */
	char label[64];		/* maker and product */
	tmg_ccid_desc desc;
	tmg_fault why;		/* rc TMG_OK, or why it is not used */
} tmg_usb_place;

/* Calls fn for each CCID interface of each device; no device is opened.
 * Faults TMG_E_IO, and what fn says, which ends it. */
typedef tmg_rc tmg_usb_fn(void *arg, const tmg_usb_place *place);
TMG_MUST_USE tmg_rc
tmg_usb_scan(libusb_context *usb, tmg_fault *f, tmg_usb_fn *fn, void *arg);

/* What is known of it under that name, and who else has it open. */
void
tmg_usb_tell(const tmg_usb_place *place, const char *name, unsigned quirks,
    tmg_usb_facts *facts);

/*
 * Opens the device, claims the interface.  Waits for other programs of ours, which
 * lock the node, not for others.  Nothing is detached.
 *
 * Verdicts  as of tmg_ccid_door.open
 */
TMG_MUST_USE tmg_rc
tmg_usb_open(libusb_context *usb, const tmg_usb_place *place, const char *name,
    int ms, tmg_fault *f, tmg_pipe **pipe);

/* The endpoints of what was opened and claimed.  The handle and its node are the pipe's;
 * when there is none the handle is closed, the node is still the caller's.
 * Faults TMG_E_NOMEM. */
TMG_MUST_USE tmg_rc
tmg_usb_pipe_new(libusb_context *usb, const tmg_usb_place *place,
    libusb_device_handle *handle, int node, tmg_pipe **pipe);

#endif
