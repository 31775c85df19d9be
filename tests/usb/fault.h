/* SPDX-License-Identifier: BSD-2-Clause */
/* What the token does wrong on purpose. */
#ifndef TESTS_USB_FAULT_H
#define TESTS_USB_FAULT_H

#include "tests/usb/device.h"

/*
 * "N:NAME[:ARG]": the Nth answer from now is as NAME says; "none" forgets all.
 * 0, or -1: there is no such fault, or there are too many.
 */
int fault_arm(struct device *d, const char *words);
const char *fault_name(unsigned n);

/* An answer on its way to the host; true: it was seen to. */
bool fault_frame(struct device *d, const uint8_t *frame, size_t len);
/* A block of T=1 on its way; true: nothing is sent, the card is mute. */
bool fault_block(struct device *d, struct block *b);
/* true: the bulk OUT endpoint stalls */
bool fault_out(struct device *d);

#endif
