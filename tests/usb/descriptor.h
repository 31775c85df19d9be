/* SPDX-License-Identifier: BSD-2-Clause */
/* The descriptors of a row as a host reads them, true or lying. */
#ifndef TESTS_USB_DESCRIPTOR_H
#define TESTS_USB_DESCRIPTOR_H

#include <stddef.h>

#include "tests/usb/row.h"

enum {
	EP_OUT = 0x02,
	EP_IN = 0x82,
	EP_EVENTS = 0x83,
	PACKET = 64,		/* full speed, bulk */
	CLASS_CCID = 0x0b,
	CONFIG_MAX = 512,
};

struct descriptors {
	uint8_t device[18];
	uint8_t config[CONFIG_MAX];
	size_t len;		/* of config */
	size_t interface_at;	/* the CCID interface in config */
	size_t class_at;	/* its class descriptor */
	size_t endpoints_at;
};

void descriptors_make(struct descriptors *d, const struct row *row, uint8_t pins);

/* 0, or -1: no lie has that name. */
int descriptors_lie(struct descriptors *d, const char *lie);
const char *descriptors_lie_name(unsigned n);

#endif
