/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a test says to a token, one command a line at a Unix socket; some lines
 * of answer, then "ok", or "error: why".  "tamga-vcard ctl PATH COMMAND" is a client.
 */
#ifndef TESTS_USB_SCRIPT_H
#define TESTS_USB_SCRIPT_H

#include "tests/usb/device.h"

/* What a bed does about a plug; holds the others out while a line is done. */
struct bed {
	void (*plug)(struct bed *bed, bool in);
	void (*enter)(struct bed *bed);
	void (*leave)(struct bed *bed);
	void (*hold)(struct bed *bed, bool held);	/* by another program */
	const char *(*holder)(struct bed *bed);
	struct device *device;
	bool ended;
};

/* The listening socket, mode 0600, or -1. */
int script_listen(const char *path);
/* One client, from accept to its end. */
void script_serve(struct bed *bed, int listening);
/* One line; the answer to it. */
void script_line(struct bed *bed, char *line, FILE *out);

/* "NAME[,OPTION]...": the row, the card, what is odd about it.  NULL: it is said why. */
struct device *script_device(const char *words);

#endif
