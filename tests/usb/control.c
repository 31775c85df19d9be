/* SPDX-License-Identifier: BSD-2-Clause */
/* The control endpoint: USB 2.0 9.4, CCID 1.10 5.3, ICCD 1.0 (version B). */
#include <string.h>

#include "tests/usb/ccid.h"

enum {
	CLASS_ABORT = 0x01,
	ICC_POWER_ON = 0x62, ICC_POWER_OFF = 0x63, ICC_XFR = 0x65, ICC_DATA = 0x6f,
	ICC_STATUS = 0x81,
	DESCRIPTOR_DEVICE = 1, DESCRIPTOR_CONFIG = 2, DESCRIPTOR_STRING = 3,
};

struct request {
	uint8_t type, code;
	unsigned value, index, length;
};

static int
give(uint8_t *data, size_t cap, const struct request *r, const void *bytes, size_t len)
{
	if (len > r->length)
		len = r->length;
	if (len > cap)
		len = cap;
	if (len > 0)
		memcpy(data, bytes, len);
	return (int)len;
}

static int
give_string(const struct device *d, const struct request *r, uint8_t *data, size_t cap)
{
	static const uint8_t languages[] = { 4, DESCRIPTOR_STRING, 0x09, 0x04 };
	const char *strings[] = { d->row->maker, d->row->product, "0123456789" };
	const unsigned n = r->value & 0xff;
	uint8_t bytes[128] = { 0, DESCRIPTOR_STRING };
	size_t len = 2;

	if (n == 0)
		return give(data, cap, r, languages, sizeof(languages));
	if (n > 3)
		return USB_STALL;
	for (const char *c = strings[n - 1]; *c != '\0' && len < sizeof(bytes) - 1; c++, len += 2)
		bytes[len] = (uint8_t)*c;
	bytes[0] = (uint8_t)len;
	return give(data, cap, r, bytes, len);
}

static int
give_descriptor(const struct device *d, const struct request *r, uint8_t *data, size_t cap)
{
	switch (r->value >> 8) {
	case DESCRIPTOR_DEVICE:
		return give(data, cap, r, d->descriptors.device, sizeof(d->descriptors.device));
	case DESCRIPTOR_CONFIG:
		return give(data, cap, r, d->descriptors.config, d->descriptors.len);
	case DESCRIPTOR_STRING:
		return give_string(d, r, data, cap);
	default:
		return USB_STALL;
	}
}

static int
standard(struct device *d, const struct request *r, uint8_t *data, size_t cap)
{
	const uint8_t zeros[2] = { 0, 0 }, one = 1;

	switch (r->type << 8 | r->code) {
	case 0x8006:		/* GET_DESCRIPTOR */
		return give_descriptor(d, r, data, cap);
	case 0x8000: case 0x8100: case 0x8200:	/* GET_STATUS */
		return give(data, cap, r, zeros, 2);
	case 0x8008:		/* GET_CONFIGURATION */
		return give(data, cap, r, &one, 1);
	case 0x810a:		/* GET_INTERFACE */
		return give(data, cap, r, zeros, 1);
	case 0x0201:		/* CLEAR_FEATURE(ENDPOINT_HALT) */
		usb_clear_halt(d, (uint8_t)r->index);
		return 0;
	case 0x0009:		/* SET_CONFIGURATION */
	case 0x010b:		/* SET_INTERFACE */
	case 0x0001: case 0x0003:	/* remote wakeup */
		return 0;
	case 0x210a:		/* HID's SET_IDLE, for the interfaces in front */
		return d->row->before > 0 ? 0 : USB_STALL;
	default:
		return USB_STALL;
	}
}

/* ---- ICCD version B: the CCID's messages as control transfers ------------------------- */

enum { RESPONSE_DATA = 0x00, RESPONSE_STATUS = 0x40, RESPONSE_POLL = 0x80 };

/* What DATA_BLOCK will say: the answer that a bulk message would have held. */
static int
iccd_data(struct device *d, const struct request *r, uint8_t *data, size_t cap)
{
	static const uint8_t poll[3] = { RESPONSE_POLL, 1, 0 };	/* in 10 ms */
	struct frame *f = &d->bulk.frames[0];
	uint8_t bytes[MESSAGE_MAX] = { RESPONSE_DATA };
	size_t len = 1;

	ccid_tick(d);
	if (d->bulk.count == 0 || (f->len >= HEADER && f->bytes[7] & MORE_TIME)) {
		queue_clear(&d->bulk);
		return give(data, cap, r, poll, sizeof(poll));
	}
	if (f->len >= HEADER && (f->bytes[7] & FAILED)) {
		bytes[0] = RESPONSE_STATUS;
		bytes[1] = f->bytes[7];
		bytes[2] = f->bytes[8];
		len = 3;
	} else if (f->len > HEADER) {
		memcpy(bytes + 1, f->bytes + HEADER, f->len - HEADER);
		len = 1 + f->len - HEADER;
	}
	queue_clear(&d->bulk);
	return give(data, cap, r, bytes, len);
}

static void
iccd_message(struct device *d, uint8_t type, const uint8_t *data, size_t len)
{
	uint8_t message[MESSAGE_MAX] = { type, (uint8_t)len, (uint8_t)(len >> 8) };

	if (len > 0)
		memcpy(message + HEADER, data, len);
	queue_clear(&d->bulk);
	d->working = false;
	message[7] = type == POWER_ON ? 1 : 0;	/* 5 V: what there is */
	ccid_out(d, message, HEADER + len);
}

static int
iccd(struct device *d, const struct request *r, uint8_t *data, size_t cap)
{
	const uint8_t state = ccid_slot_state(d);
	const uint8_t status[3] = { (uint8_t)(d->working ? 0x40 : 0), state, 0 };

	switch (r->code) {
	case ICC_POWER_ON:
		iccd_message(d, POWER_ON, NULL, 0);
		return 0;
	case ICC_POWER_OFF:
		iccd_message(d, POWER_OFF, NULL, 0);
		queue_clear(&d->bulk);
		return 0;
	case ICC_XFR:
		if (r->length > d->row->message)
			return USB_STALL;
		iccd_message(d, XFR_BLOCK, data, r->length);
		return (int)r->length;
	case ICC_DATA:
		return iccd_data(d, r, data, cap);
	case ICC_STATUS:
		return give(data, cap, r, status, sizeof(status));
	default:
		return USB_STALL;
	}
}

int
usb_control(struct device *d, const uint8_t setup[8], uint8_t *data, size_t cap)
{
	const struct request r = { setup[0], setup[1], setup[2] | (unsigned)setup[3] << 8,
	    setup[4] | (unsigned)setup[5] << 8, setup[6] | (unsigned)setup[7] << 8 };
	const bool ours = (r.index & 0xff) == d->row->before;

	if ((r.type & 0x60) == 0x20 && ours && d->row->endpoints == 0)
		return iccd(d, &r, data, cap);
	if (r.type == 0x21 && r.code == CLASS_ABORT && ours) {
		ccid_abort_control(d, (uint8_t)r.value, (uint8_t)(r.value >> 8));
		return 0;
	}
	return standard(d, &r, data, cap);
}
