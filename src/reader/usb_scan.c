/* SPDX-License-Identifier: BSD-2-Clause */
/* Which devices are readers: by the class of an interface, whoever made it. */
#include <stdio.h>

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/base/text.h"
#include "src/reader/quirk.h"
#include "src/reader/usb.h"

enum {
	CLASS_SMART_CARD = 0x0b,
	PROTOCOL_CCID = 0x00,
	PACKET_MASK = 0x7ff,	/* USB 2.0, 9.6.6 */
	PORTS_MAX = 7,		/* hubs in a row, USB 3.2, 10.16 */
	LABEL_MAX = 64,
	SYSFS_MAX = 4096,
};

struct scan {
	tmg_fault *f;
	tmg_usb_fn *fn;
	void *arg;
};

/* ---- names --------------------------------------------------------------- */

static void
name_path(libusb_device *d, tmg_usb_place *at)
{
	uint8_t ports[PORTS_MAX];
	const int n = libusb_get_port_numbers(d, ports, PORTS_MAX);
	size_t used;

	used = (size_t)snprintf(at->path, sizeof(at->path), "%u-", at->bus);
	if (n <= 0)
		(void)snprintf(at->path + used, sizeof(at->path) - used, "a%u",
		    at->address);
	for (int i = 0; i < n && used < sizeof(at->path); i++)
		used += (size_t)snprintf(at->path + used, sizeof(at->path) - used,
		    i > 0 ? ".%u" : "%u", ports[i]);
	(void)snprintf(at->node, sizeof(at->node), "/dev/bus/usb/%03u/%03u",
	    at->bus, at->address);
}

/* What the kernel read from the device when it came; no device is opened for it.
 * What cannot be shown on a screen is left out. */
static void
read_label(const tmg_usb_place *at, const char *file, char label[LABEL_MAX])
{
	tmg_auto_free uint8_t *text = NULL;
	char path[96];
	size_t len = 0, n = 0;

	label[0] = '\0';
	(void)snprintf(path, sizeof(path), "/sys/bus/usb/devices/%.31s/%s",
	    at->path, file);
	if (tmg_file_read(path, SYSFS_MAX, &text, &len) != TMG_OK)
		return;
	for (size_t i = 0; i < len && n < LABEL_MAX - 1; i++)
		if (text[i] >= ' ' && text[i] != 0x7f)
			label[n++] = (char)text[i];
	label[n] = '\0';
}

static void
name_device(tmg_usb_place *at)
{
	char maker[LABEL_MAX], product[LABEL_MAX];

	read_label(at, "manufacturer", maker);
	read_label(at, "product", product);
	if (maker[0] == '\0' && product[0] == '\0') {
		(void)snprintf(at->label, sizeof(at->label), "%04x:%04x",
		    at->vendor, at->product);
		return;
	}
	tmg_text_join(at->label, sizeof(at->label), maker,
	    maker[0] != '\0' && product[0] != '\0' ? " " : "");
	tmg_text_copy(at->label + strlen(at->label),
	    sizeof(at->label) - strlen(at->label), product);
}

/* ---- one interface ------------------------------------------------------- */

/* Where descriptors break off behind the interface, libusb leaves the number that it
 * told, and nothing there. */
static uint8_t
endpoints_of(const struct libusb_interface_descriptor *i)
{
	return i->endpoint != NULL ? i->bNumEndpoints : 0;
}

/* Behind the interface, as 5.1 has it, or behind its last endpoint, where some
 * put it. */
static tmg_view
extra_of(const struct libusb_interface_descriptor *i)
{
	const struct libusb_endpoint_descriptor *last;

	if (i->extra_length > 0 || endpoints_of(i) == 0)
		return (tmg_view){ i->extra, (size_t)i->extra_length };
	last = &i->endpoint[endpoints_of(i) - 1];
	return (tmg_view){ last->extra, (size_t)last->extra_length };
}

static void
take_endpoints(const struct libusb_interface_descriptor *i, tmg_usb_place *at)
{
	for (uint8_t n = 0; n < endpoints_of(i); n++) {
		const struct libusb_endpoint_descriptor *e = &i->endpoint[n];
		const bool in = (e->bEndpointAddress & LIBUSB_ENDPOINT_IN) != 0;
		const int type = e->bmAttributes & LIBUSB_TRANSFER_TYPE_MASK;

		if (type == LIBUSB_TRANSFER_TYPE_BULK)
			*(in ? &at->in : &at->out) = e->bEndpointAddress;
		else if (type == LIBUSB_TRANSFER_TYPE_INTERRUPT && in) {
			at->notices = e->bEndpointAddress;
			at->notice_packet = e->wMaxPacketSize & PACKET_MASK;
		}
	}
}

/* Why it is not used, in at->why. */
static tmg_rc
judge(const struct libusb_interface_descriptor *i, tmg_usb_place *at)
{
	tmg_rc rc;

	if (at->protocol != PROTOCOL_CCID)
		return tmg_raise(&at->why, TMG_UNSUPPORTED, 0, _("it speaks ICCD "
		    "on its control pipe (bInterfaceProtocol %u); use it through "
		    "the PC/SC daemon"), at->protocol);
	if ((rc = tmg_ccid_desc_parse(extra_of(i), &at->why, &at->desc)))
		return rc;
	if (at->in == 0 || at->out == 0)
		return tmg_raise(&at->why, TMG_E_MALFORMED, 0,
		    _("it has no bulk endpoints for both ways"));
	if ((tmg_quirks_of(at->vendor, at->product, at->firmware) &
	    TMG_QUIRK_REFUSED) != 0)
		return tmg_raise(&at->why, TMG_UNSUPPORTED, 0, _("its firmware "
		    "%x.%02x is known not to work; its maker has a newer one"),
		    at->firmware >> 8, at->firmware & 0xff);
	return TMG_OK;
}

static tmg_rc
take_interface(const struct scan *s, const struct libusb_interface_descriptor *i,
    const tmg_usb_place *device, unsigned before)
{
	tmg_usb_place at = *device;

	at.interface = i->bInterfaceNumber;
	at.protocol = i->bInterfaceProtocol;
	if (before > 0)
		(void)snprintf(at.path + strlen(at.path),
		    sizeof(at.path) - strlen(at.path), ":1.%u", at.interface);
	take_endpoints(i, &at);
	(void)judge(i, &at);
	return s->fn(s->arg, &at);
}

/* ---- devices ------------------------------------------------------------- */

static bool
is_reader(const struct libusb_interface *i)
{
	return i->num_altsetting > 0 &&
	    i->altsetting[0].bInterfaceClass == CLASS_SMART_CARD;
}

static tmg_rc
take_config(const struct scan *s, const struct libusb_config_descriptor *c,
    tmg_usb_place *device)
{
	unsigned readers = 0;
	tmg_rc rc = TMG_OK;

	for (uint8_t n = 0; n < c->bNumInterfaces && rc == TMG_OK; n++) {
		if (!is_reader(&c->interface[n]))
			continue;
		if (readers == 0)
			name_device(device);
		rc = take_interface(s, &c->interface[n].altsetting[0], device,
		    readers++);
	}
	return rc;
}

static tmg_rc
take_device(const struct scan *s, libusb_device *d)
{
	struct libusb_device_descriptor about;
	struct libusb_config_descriptor *config;
	tmg_usb_place at = { .device = d };
	tmg_rc rc;

	/* what cannot be read is no reader */
	if (libusb_get_device_descriptor(d, &about) != 0 ||
	    libusb_get_active_config_descriptor(d, &config) != 0)
		return TMG_OK;
	at.vendor = about.idVendor;
	at.product = about.idProduct;
	at.firmware = about.bcdDevice;
	at.bus = libusb_get_bus_number(d);
	at.address = libusb_get_device_address(d);
	name_path(d, &at);
	rc = take_config(s, config, &at);
	libusb_free_config_descriptor(config);
	return rc;
}

tmg_rc
tmg_usb_scan(libusb_context *usb, tmg_fault *f, tmg_usb_fn *fn, void *arg)
{
	const struct scan s = { f, fn, arg };
	libusb_device **devices;
	const ssize_t n = libusb_get_device_list(usb, &devices);
	tmg_rc rc = TMG_OK;

	if (n < 0)
		return tmg_raise(f, TMG_E_IO, 0, _("USB devices cannot be "
		    "listed: %s"), libusb_error_name((int)n));
	for (ssize_t i = 0; i < n && rc == TMG_OK; i++)
		rc = take_device(&s, devices[i]);
	libusb_free_device_list(devices, 1);
	return rc;
}
