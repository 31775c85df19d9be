/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/usb/device.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/usb/ccid.h"
#include "tests/usb/fault.h"

long
usb_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
usb_note(struct device *d, const char *format, ...)
{
	va_list ap;

	if (d->log_len == LOG_MAX)
		return;
	va_start(ap, format);
	if (vasprintf(&d->log[d->log_len], format, ap) >= 0)
		d->log_len++;
	va_end(ap);
}

/* ---- what waits to be fetched --------------------------------------------------- */

void
queue_put(struct queue *q, const uint8_t *bytes, size_t len)
{
	struct frame *f = &q->frames[q->count];

	if (q->count == FRAMES_MAX)
		return;
	*f = (struct frame){ .bytes = malloc(len + 1), .len = len };
	if (f->bytes == NULL)
		abort();
	if (len > 0)
		memcpy(f->bytes, bytes, len);
	q->count++;
}

static void
queue_drop(struct queue *q)
{
	free(q->frames[0].bytes);
	q->count--;
	memmove(q->frames, q->frames + 1, q->count * sizeof(q->frames[0]));
}

void
queue_clear(struct queue *q)
{
	while (q->count > 0)
		queue_drop(q);
}

static int
queue_take(struct queue *q, uint8_t *data, size_t cap)
{
	struct frame *f = &q->frames[0];
	size_t n;

	if (q->count == 0)
		return USB_NAK;
	n = f->len - f->taken;
	if (n > cap)
		n = cap;
	if (n > 0)
		memcpy(data, f->bytes + f->taken, n);
	f->taken += n;
	if (f->taken == f->len)
		queue_drop(q);
	return (int)n;
}

/* ---- the bed's side --------------------------------------------------------------- */

struct device *
usb_new(const struct row *row, struct card *card, uint8_t pins)
{
	struct device *d = calloc(1, sizeof(*d));

	if (d == NULL)
		abort();
	d->row = row;
	d->card = card;
	d->keypad.pins = pins;
	d->present = true;
	d->card_voltages = 7;
	descriptors_make(&d->descriptors, row, pins);
	usb_reset(d);
	return d;
}

void
usb_free(struct device *d)
{
	queue_clear(&d->bulk);
	queue_clear(&d->events);
	while (d->log_len > 0)
		free(d->log[--d->log_len]);
	d->card->kind->free(d->card);
	free(d);
}

void
usb_reset(struct device *d)
{
	queue_clear(&d->bulk);
	queue_clear(&d->events);
	d->halted_in = d->halted_out = false;
	d->in_len = 0;
	d->abort_control = d->abort_bulk = -1;
	ccid_power_off(d);
}

int
usb_out(struct device *d, uint8_t endpoint, const uint8_t *data, size_t len)
{
	if (endpoint != EP_OUT || d->halted_out || d->row->endpoints == 0)
		return USB_STALL;
	if (fault_out(d))
		return USB_STALL;
	ccid_out(d, data, len);
	return (int)len;
}

int
usb_in(struct device *d, uint8_t endpoint, uint8_t *data, size_t cap)
{
	usb_tick(d);
	if (endpoint == EP_EVENTS && d->row->endpoints == 3)
		return queue_take(&d->events, data, cap);
	if (endpoint != EP_IN || d->row->endpoints == 0 || d->halted_in)
		return endpoint == EP_EVENTS || endpoint > 0x83 ? USB_NAK : USB_STALL;
	return queue_take(&d->bulk, data, cap);
}

void
usb_tick(struct device *d)
{
	ccid_tick(d);
}

void
usb_event(struct device *d, const uint8_t *bytes, size_t len)
{
	if (d->row->endpoints == 3)
		queue_put(&d->events, bytes, len);
}

void
usb_clear_halt(struct device *d, uint8_t endpoint)
{
	d->clears++;
	if (endpoint == EP_IN)
		d->halted_in = false;
	if (endpoint == EP_OUT)
		d->halted_out = false;
	usb_note(d, "clear-halt %02x", endpoint);
}

/* CCID 1.10 6.3.1: RDR_to_PC_NotifySlotChange. */
void
usb_card(struct device *d, bool present)
{
	const uint8_t event[2] = { 0x50, present ? 3 : 2 };

	if (d->present == present)
		return;
	d->present = present;
	ccid_card_moved(d);
	usb_note(d, present ? "card in" : "card out");
	usb_event(d, event, sizeof(event));
}

void
usb_exchange(struct device *d, struct card *card)
{
	usb_card(d, false);
	d->card->kind->free(d->card);
	d->card = card;
	usb_card(d, true);
}
