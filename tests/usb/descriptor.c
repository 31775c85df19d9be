/* SPDX-License-Identifier: BSD-2-Clause */
/* USB 2.0 9.6, CCID 1.10 5.1 */
#include "tests/usb/descriptor.h"

#include <string.h>

enum {
	CLASS_LEN = 54,
	/* places in the class descriptor */
	AT_SLOTS = 4, AT_VOLTAGE = 5, AT_PROTOCOLS = 6, AT_FEATURES = 40, AT_MESSAGE = 44,
};

static void
put(struct descriptors *d, const uint8_t *bytes, size_t n)
{
	memcpy(d->config + d->len, bytes, n);
	d->len += n;
}

#define PUT(d, ...) \
	put((d), (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

static void
set16(uint8_t *at, unsigned v)
{
	at[0] = (uint8_t)v;
	at[1] = (uint8_t)(v >> 8);
}

static void
set32(uint8_t *at, uint32_t v)
{
	set16(at, v & 0xffff);
	set16(at + 2, v >> 16);
}

/* A keyboard or FIDO: HID 1.11 6.2. */
static void
put_other(struct descriptors *d, unsigned n)
{
	PUT(d, 9, 4, (uint8_t)n, 0, 1, 3, 0, 0, 0);
	PUT(d, 9, 0x21, 0x10, 0x01, 0, 1, 0x22, 34, 0);
	PUT(d, 7, 5, (uint8_t)(0x84 + n), 3, 64, 0, 2);
}

static void
put_class(struct descriptors *d, const struct row *row, uint8_t pins)
{
	uint8_t c[CLASS_LEN] = { CLASS_LEN, 0x21 };

	set16(c + 2, row->version);
	c[AT_VOLTAGE] = row->voltage;
	set32(c + AT_PROTOCOLS, row->protocols);
	set32(c + 10, 4000);	/* kHz */
	set32(c + 14, 4000);
	set32(c + 19, 10752);	/* bit/s */
	set32(c + 23, 10752);
	set32(c + 28, row->ifsd);
	set32(c + AT_FEATURES, row->features);
	set32(c + AT_MESSAGE, row->message);
	c[48] = c[49] = (row->features & FEATURE_TPDU) ? 0 : 0xff;
	set16(c + 50, row->lcd);
	c[52] = pins;
	c[53] = 1;		/* bMaxCCIDBusySlots */
	d->class_at = d->len;
	put(d, c, sizeof(c));
}

static void
put_interface(struct descriptors *d, const struct row *row, uint8_t pins)
{
	const uint8_t protocol = row->endpoints == 0 ? 2 : 0;

	d->interface_at = d->len;
	PUT(d, 9, 4, (uint8_t)row->before, 0, (uint8_t)row->endpoints, CLASS_CCID, 0, protocol, 0);
	put_class(d, row, pins);
	d->endpoints_at = d->len;
	if (row->endpoints >= 2) {
		PUT(d, 7, 5, EP_OUT, 2, PACKET, 0, 0);
		PUT(d, 7, 5, EP_IN, 2, PACKET, 0, 0);
	}
	if (row->endpoints == 3)
		PUT(d, 7, 5, EP_EVENTS, 3, 8, 0, 10);
}

static void
put_device(struct descriptors *d, const struct row *row)
{
	const uint8_t device[18] = { 18, 1, 0x00, 0x02, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 1, 2, 3, 1 };

	memcpy(d->device, device, sizeof(device));
	set16(d->device + 8, row->vendor_id);
	set16(d->device + 10, row->product_id);
	set16(d->device + 12, row->firmware);
}

void
descriptors_make(struct descriptors *d, const struct row *row, uint8_t pins)
{
	memset(d, 0, sizeof(*d));
	put_device(d, row);
	PUT(d, 9, 2, 0, 0, (uint8_t)(row->before + 1), 1, 0, 0x80, 50);
	for (unsigned i = 0; i < row->before; i++)
		put_other(d, i);
	put_interface(d, row, pins);
	set16(d->config + 2, (unsigned)d->len);
}

/* ---- lies --------------------------------------------------------------------- */

static uint8_t *
class_of(struct descriptors *d)
{
	return d->config + d->class_at;
}

static void
cut(struct descriptors *d, size_t at, size_t n)
{
	memmove(d->config + at, d->config + at + n, d->len - at - n);
	d->len -= n;
	set16(d->config + 2, (unsigned)d->len);
}

/* Sound, if odd: some readers have it there, and hosts look there too. */
static void
class_after(struct descriptors *d)
{
	uint8_t class[CLASS_LEN];
	const size_t n = d->len - d->endpoints_at;

	memcpy(class, class_of(d), CLASS_LEN);
	memmove(class_of(d), class_of(d) + CLASS_LEN, n);
	d->endpoints_at = d->class_at;
	d->class_at += n;
	memcpy(class_of(d), class, CLASS_LEN);
}

static void no_class(struct descriptors *d) { cut(d, d->class_at, CLASS_LEN); }
static void class_short(struct descriptors *d)
{
	class_of(d)[0] = 40;
	cut(d, d->class_at + 40, CLASS_LEN - 40);
}
static void class_long(struct descriptors *d) { class_of(d)[0] = 255; }
static void class_zero(struct descriptors *d) { class_of(d)[0] = 0; }
static void message_zero(struct descriptors *d) { set32(class_of(d) + AT_MESSAGE, 0); }
static void message_nine(struct descriptors *d) { set32(class_of(d) + AT_MESSAGE, 9); }
static void message_huge(struct descriptors *d) { set32(class_of(d) + AT_MESSAGE, 0xffffffff); }
static void levels_all(struct descriptors *d) { class_of(d)[AT_FEATURES + 2] = 7; }
static void levels_none(struct descriptors *d) { class_of(d)[AT_FEATURES + 2] = 0; }
static void slots_many(struct descriptors *d) { class_of(d)[AT_SLOTS] = 255; }
static void no_voltage(struct descriptors *d) { class_of(d)[AT_VOLTAGE] = 0; }
static void no_protocol(struct descriptors *d) { set32(class_of(d) + AT_PROTOCOLS, 0); }
static void ifsd_zero(struct descriptors *d) { set32(class_of(d) + 28, 0); }
static void no_endpoints(struct descriptors *d)
{
	d->len = d->endpoints_at;
	d->config[d->interface_at + 4] = 0;
	set16(d->config + 2, (unsigned)d->len);
}
static void no_in(struct descriptors *d)
{
	cut(d, d->endpoints_at + 7, 7);
	d->config[d->interface_at + 4]--;
}
static void packet_zero(struct descriptors *d) { set16(d->config + d->endpoints_at + 7 + 4, 0); }
static void endpoint_count(struct descriptors *d) { d->config[d->interface_at + 4] = 30; }
static void total_long(struct descriptors *d) { set16(d->config + 2, (unsigned)d->len + 400); }
static void truncated(struct descriptors *d) { d->len = d->class_at + 20; }
static void length_zero(struct descriptors *d) { d->config[d->interface_at] = 0; }

/* Sound: a second reader, behind the first one in the same device.  The model has one slot, so its
 * endpoints are those of the first. */
static void
twice(struct descriptors *d)
{
	const size_t n = d->len - d->interface_at;

	memcpy(d->config + d->len, d->config + d->interface_at, n);
	d->config[d->len + 2]++;
	d->config[4]++;
	d->len += n;
	set16(d->config + 2, (unsigned)d->len);
}

static const struct {
	const char *name;
	void (*tell)(struct descriptors *d);
} lies[] = {
	{ "class-after", class_after },
	{ "no-class", no_class },
	{ "class-short", class_short },
	{ "class-long", class_long },
	{ "class-zero", class_zero },
	{ "message-zero", message_zero },
	{ "message-nine", message_nine },
	{ "message-huge", message_huge },
	{ "levels-all", levels_all },
	{ "levels-none", levels_none },
	{ "slots-many", slots_many },
	{ "no-voltage", no_voltage },
	{ "no-protocol", no_protocol },
	{ "ifsd-zero", ifsd_zero },
	{ "no-endpoints", no_endpoints },
	{ "no-in", no_in },
	{ "packet-zero", packet_zero },
	{ "endpoint-count", endpoint_count },
	{ "total-long", total_long },
	{ "truncated", truncated },
	{ "length-zero", length_zero },
	{ "twice", twice },
};

int
descriptors_lie(struct descriptors *d, const char *lie)
{
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		if (strcmp(lies[i].name, lie) == 0) {
			lies[i].tell(d);
			return 0;
		}
	}
	return -1;
}

const char *
descriptors_lie_name(unsigned n)
{
	return n < sizeof(lies) / sizeof(lies[0]) ? lies[n].name : NULL;
}
