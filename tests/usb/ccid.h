/* SPDX-License-Identifier: BSD-2-Clause */
/* The CCID in the token: CCID 1.10, chapter 6. */
#ifndef TESTS_USB_CCID_H
#define TESTS_USB_CCID_H

#include "tests/usb/device.h"

enum message {
	POWER_ON = 0x62, POWER_OFF = 0x63, SLOT_STATUS = 0x65, XFR_BLOCK = 0x6f,
	GET_PARAMETERS = 0x6c, RESET_PARAMETERS = 0x6d, SET_PARAMETERS = 0x61, ESCAPE = 0x6b,
	ICC_CLOCK = 0x6e, T0_APDU = 0x6a, SECURE = 0x69, MECHANICAL = 0x71, ABORT = 0x72,
	SET_RATE = 0x73,

	DATA_BLOCK = 0x80, STATUS = 0x81, PARAMETERS = 0x82, ESCAPED = 0x83, RATE = 0x84,
};

/* bError, table 6.2-2; below 0x80 it is the offset of a wrong field */
enum ccid_error {
	ABORTED = 0xff, ICC_MUTE = 0xfe, PARITY = 0xfd, HARDWARE = 0xfb, BAD_ATR_TS = 0xf8,
	PROCEDURE_BYTE = 0xf4, PIN_TIMEOUT = 0xf0, PIN_CANCELLED = 0xef, SLOT_BUSY = 0xe0,
	UNSUPPORTED = 0, BAD_LENGTH = 1, BAD_SLOT = 5, BAD_POWER = 7, BAD_PROTOCOL = 7,
	BAD_LEVEL = 8, BAD_FORM = 10,
};

enum { FAILED = 0x40, MORE_TIME = 0x80 };

/* How bytes reach the card: at APDU level, by T=0, by T=1. */
struct level {
	void (*command)(struct device *d, unsigned parameter, const uint8_t *data, size_t len);
	void (*answer)(struct device *d, const uint8_t *data, size_t len);
	void (*more_time)(struct device *d);
};

extern const struct level level_apdu, level_t0, level_t1;

void ccid_out(struct device *d, const uint8_t *data, size_t len);
void ccid_tick(struct device *d);
void ccid_abort_control(struct device *d, uint8_t slot, uint8_t seq);
void ccid_power_off(struct device *d);
bool ccid_power_on(struct device *d, uint8_t select);
void ccid_card_moved(struct device *d);

/* For the levels. */
void ccid_send(struct device *d, const uint8_t *apdu, size_t len);
void ccid_data(struct device *d, uint8_t chain, const uint8_t *data, size_t len);
void ccid_fail(struct device *d, enum ccid_error error);
void ccid_more_time(struct device *d);
uint8_t ccid_slot_state(const struct device *d);

/* The message as the host sent it, and who answers it. */
void pad_secure(struct device *d, const uint8_t *data, size_t len);
void pad_tick(struct device *d);

#endif
