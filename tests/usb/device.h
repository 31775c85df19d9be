/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A token as a host sees it: endpoints, a CCID, the card in it.
 *
 * A bed calls usb_control(), usb_out() and usb_in() for what a host sends and
 * fetches, and usb_tick() now and then.  Nothing here waits.
 */
#ifndef TESTS_USB_DEVICE_H
#define TESTS_USB_DEVICE_H

#include <stdbool.h>
#include <stdio.h>

#include "tests/usb/atr.h"
#include "tests/usb/card.h"
#include "tests/usb/descriptor.h"
#include "tests/usb/t1.h"

enum {
	USB_NAK = -1,		/* nothing yet */
	USB_STALL = -2,
	HEADER = 10,
	MESSAGE_MAX = HEADER + APDU_MAX,
	FAULTS_MAX = 16,
	FRAMES_MAX = 64,
	LOG_MAX = 8192,
};

struct frame {
	uint8_t *bytes;
	size_t len, taken;
};

struct queue {
	struct frame frames[FRAMES_MAX];
	unsigned count;
};

struct device;

struct fault {
	const struct fault_kind *kind;	/* NULL: none */
	unsigned at;			/* in how many answers */
	unsigned arg;
};

/* What the keypad was told; entries are used up from the front. */
struct keypad {
	uint8_t pins;	/* bPINSupport */
	bool waiting;
	char keys[512];
	uint8_t request[300];
	size_t request_len;
};

struct device {
	const struct row *row;
	struct descriptors descriptors;
	struct card *card;

	/* the slot */
	bool present, active, fresh;	/* fresh: nothing was sent since the ATR */
	uint8_t voltage, card_voltages;
	struct atr atr;
	uint8_t lie[ATR_MAX];		/* shown instead of the card's ATR */
	size_t lie_len;
	uint8_t protocol, parameters[7];
	const struct level *level;
	struct t1 t1;

	/* the command in work */
	bool working, waiting;		/* waiting: the card has it */
	uint8_t seq;
	long since;
	uint8_t in[MESSAGE_MAX];
	size_t in_len;
	uint8_t apdu[APDU_MAX];
	size_t apdu_len;
	uint8_t answer[ANSWER_MAX];
	size_t answer_len, answer_sent;
	int abort_control, abort_bulk;	/* bSeq, or -1 */
	struct keypad keypad;

	/* endpoints */
	struct queue bulk, events;
	bool halted_out, halted_in;
	unsigned extending;		/* time extensions without end */
	uint8_t iccd[ANSWER_MAX + 1];
	size_t iccd_len;

	struct fault faults[FAULTS_MAX];
	unsigned counts[256];		/* messages by type, since the mark */
	unsigned aborts, clears;
	char *log[LOG_MAX];
	unsigned log_len;
};

struct device *usb_new(const struct row *row, struct card *card, uint8_t pins);
void usb_free(struct device *d);

/* Bytes taken or given, or USB_STALL.  data: both ways. */
int usb_control(struct device *d, const uint8_t setup[8], uint8_t *data, size_t cap);
int usb_out(struct device *d, uint8_t endpoint, const uint8_t *data, size_t len);
int usb_in(struct device *d, uint8_t endpoint, uint8_t *data, size_t cap);
void usb_tick(struct device *d);
/* The bus was reset, or the token was unplugged and plugged again. */
void usb_reset(struct device *d);

/* What happens to it. */
void usb_card(struct device *d, bool present);
void usb_exchange(struct device *d, struct card *card);	/* ours from now on */
void usb_event(struct device *d, const uint8_t *bytes, size_t len);
void usb_clear_halt(struct device *d, uint8_t endpoint);

/* For the rooms beside this one. */
void queue_put(struct queue *q, const uint8_t *bytes, size_t len);
void queue_clear(struct queue *q);
void usb_note(struct device *d, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3)));
long usb_now(void);	/* ms */

#endif
