/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bus, for the files it is made of.
 */
#ifndef TMG_READER_USB_BUS_PARTS_H
#define TMG_READER_USB_BUS_PARTS_H

#include <pthread.h>

#include "src/base/ctx.h"
#include "src/reader/usb_bus.h"
#include "src/reader/usb_nodes.h"

struct tmg_usb_bus {
	tmg_commons *common;	/* NULL: of one hub alone */
	unsigned hubs;		/* under its mutex */

	pthread_mutex_t guard;	/* of the rest */
	libusb_context *usb;
	bool told;		/* by udevd */
	uint64_t nodes;		/* as they were when it was looked, unless told */
	int64_t settled_at;	/* what came or went is not looked at before */
	tmg_usb_later *later;
	int doors;		/* inotify's, or -1 */
	tmg_usb_plugged *all;
	unsigned era;
	tmg_usb_place refused[TMG_USB_PLACES];
	size_t refused_count;
};

#endif
