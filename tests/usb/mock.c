/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bed A: tokens on a bus of umockdev's, for one command and what it starts.
 *
 * usage: mock FILE COMMAND [ARGUMENT]...
 *	  mock list
 *
 * FILE has a line for each token: what it is (script_device()), and the path
 * of its control socket.  libusb and libudev are real, usbfs is the handler here.
 * To be run under umockdev-wrapper.  The list is names and ids.
 */
#include <errno.h>
#include <linux/usbdevice_fs.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#include <umockdev.h>
#pragma GCC diagnostic pop

#include "tests/usb/script.h"

enum {
	PORTS = 8, URBS_MAX = 64, BULKS_MAX = 8, IDLE_US = 100,
	LATER = 1 << 30,	/* no answer yet */
};

struct urb {
	UMockdevIoctlClient *client;
	UMockdevIoctlData *data, *buffer;
	bool done;
};

/* A call that begins a transfer and waits for its end. */
struct bulk {
	UMockdevIoctlClient *client;
	UMockdevIoctlData *data, *buffer;
	gint64 until;		/* microseconds */
};

struct port {
	struct bed bed;
	unsigned number, address;	/* of the port, on the bus */
	int listening;
	GMutex lock;
	bool plugged, held;
	UMockdevTestbed *testbed;
	UMockdevIoctlBase *handler;
	UMockdevIoctlClient *owner;	/* of the CCID interface */
	struct urb urbs[URBS_MAX];
	unsigned count;
	struct bulk bulks[BULKS_MAX];
	unsigned bulk_count;
	GCond waited;			/* for one of these */
};

static struct port *
of(struct bed *bed)
{
	return (struct port *)bed;
}

/* ---- URBs ---------------------------------------------------------------------------- */

static struct usbdevfs_urb *
urb_of(const struct urb *u)
{
	return (struct usbdevfs_urb *)(void *)u->data->data;
}

static void
finish(struct urb *u, int status, int actual)
{
	urb_of(u)->status = status;
	urb_of(u)->actual_length = actual;
	u->done = true;
}

static void
drop(struct port *p, unsigned i)
{
	umockdev_ioctl_data_unref(p->urbs[i].data);
	if (p->urbs[i].buffer)
		umockdev_ioctl_data_unref(p->urbs[i].buffer);
	p->count--;
	memmove(&p->urbs[i], &p->urbs[i + 1], (p->count - i) * sizeof(p->urbs[0]));
}

static void
run_control(struct port *p, struct urb *u)
{
	uint8_t *bytes = u->buffer->data;
	const int n = usb_control(p->bed.device, bytes, bytes + 8, (size_t)u->buffer->data_len - 8);

	finish(u, n == USB_STALL ? -EPIPE : 0, n == USB_STALL ? 0 : n);
}

static void
run(struct port *p, struct urb *u)
{
	struct usbdevfs_urb *urb = urb_of(u);
	uint8_t *bytes = u->buffer ? u->buffer->data : NULL;
	const size_t len = (size_t)urb->buffer_length;
	int n;

	if (urb->type == USBDEVFS_URB_TYPE_CONTROL)
		run_control(p, u);
	else {
		n = (urb->endpoint & 0x80) ? usb_in(p->bed.device, urb->endpoint, bytes, len)
		    : usb_out(p->bed.device, urb->endpoint, bytes, len);
		if (n != USB_NAK)
			finish(u, n == USB_STALL ? -EPIPE : 0, n == USB_STALL ? 0 : n);
	}
}

static void
pump(struct port *p)
{
	for (unsigned i = 0; i < p->count; i++)
		if (!p->urbs[i].done)
			run(p, &p->urbs[i]);
}

/* What was opened before the token was pulled stays gone when it is back. */
static bool
is_current(const struct port *p, UMockdevIoctlClient *client)
{
	const char *node = umockdev_ioctl_client_get_devnode(client);
	const char *number = strrchr(node, '/');

	return p->plugged && number != NULL && (unsigned)atoi(number + 1) == p->address;
}

/* ---- calls that wait ------------------------------------------------------------------- */

static struct usbdevfs_bulktransfer *
bulk_of(const struct bulk *b)
{
	return (struct usbdevfs_bulktransfer *)(void *)b->data->data;
}

static void
bulk_drop(struct bulk *b)
{
	umockdev_ioctl_data_unref(b->data);
	if (b->buffer)
		umockdev_ioctl_data_unref(b->buffer);
	g_object_unref(b->client);
}

/* Bytes, -errno, or LATER. */
static int
bulk_try(struct port *p, const struct bulk *b)
{
	const struct usbdevfs_bulktransfer *t = bulk_of(b);
	uint8_t *bytes = b->buffer ? b->buffer->data : NULL;
	int n;

	if (!is_current(p, b->client))
		return -ENODEV;
	n = (t->ep & 0x80) ? usb_in(p->bed.device, (uint8_t)t->ep, bytes, t->len)
	    : usb_out(p->bed.device, (uint8_t)t->ep, bytes, t->len);
	if (n == USB_STALL)
		return -EPIPE;
	if (n != USB_NAK)
		return n;
	return g_get_monotonic_time() < b->until ? LATER : -ETIMEDOUT;
}

static void
bulks_pump(struct port *p)
{
	for (unsigned i = p->bulk_count; i-- > 0;) {
		struct bulk b = p->bulks[i];
		const int n = bulk_try(p, &b);

		if (n == LATER)
			continue;
		p->bulks[i] = p->bulks[--p->bulk_count];
		umockdev_ioctl_client_complete(b.client, n < 0 ? -1 : n, n < 0 ? -n : 0);
		bulk_drop(&b);
	}
}

static gpointer
wait_for_bulks(gpointer port)
{
	struct port *p = port;

	for (;;) {
		g_mutex_lock(&p->lock);
		while (p->bulk_count == 0)
			g_cond_wait(&p->waited, &p->lock);
		bulks_pump(p);
		g_mutex_unlock(&p->lock);
		g_usleep(IDLE_US);
	}
	return NULL;
}

/* ---- ioctls: 0 or more, -errno, or LATER ------------------------------------------------------------- */

static int
submit(struct port *p, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	struct urb *u = &p->urbs[p->count];

	if (p->count == URBS_MAX)
		return -ENOMEM;
	*u = (struct urb){ .client = client };
	u->data = umockdev_ioctl_data_resolve(arg, 0, sizeof(struct usbdevfs_urb), NULL);
	if (u->data == NULL)
		return -EFAULT;
	if (urb_of(u)->buffer_length > 0)
		u->buffer = umockdev_ioctl_data_resolve(u->data, offsetof(struct usbdevfs_urb, buffer),
		    (gsize)urb_of(u)->buffer_length, NULL);
	p->count++;
	run(p, u);
	return 0;
}

static int
give(struct port *p, unsigned i, UMockdevIoctlData *arg)
{
	UMockdevIoctlData *where = umockdev_ioctl_data_resolve(arg, 0, sizeof(void *), NULL);

	if (where == NULL)
		return -EFAULT;
	umockdev_ioctl_data_set_ptr(where, 0, p->urbs[i].data);
	umockdev_ioctl_data_unref(where);
	drop(p, i);
	return 0;
}

static int
reap(struct port *p, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	pump(p);
	for (unsigned i = 0; i < p->count; i++)
		if (p->urbs[i].client == client && p->urbs[i].done)
			return give(p, i, arg);
	/* whoever waits asks again at once: poll() calls a plain file ready */
	g_usleep(IDLE_US);
	return is_current(p, client) ? -EAGAIN : -ENODEV;
}

static int
discard(struct port *p, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	for (unsigned i = 0; i < p->count; i++) {
		const struct urb *u = &p->urbs[i];

		if (u->client == client && !u->done && u->data->client_addr == *(gulong *)(void *)arg->data) {
			finish(&p->urbs[i], -ENOENT, 0);
			return 0;
		}
	}
	return -EINVAL;
}

static int
bulk(struct port *p, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	struct bulk b = { .client = client };
	int n;

	if (p->bulk_count == BULKS_MAX)
		return -ENOMEM;
	b.data = umockdev_ioctl_data_resolve(arg, 0, sizeof(struct usbdevfs_bulktransfer), NULL);
	if (b.data == NULL)
		return -EFAULT;
	if (bulk_of(&b)->len > 0)
		b.buffer = umockdev_ioctl_data_resolve(b.data,
		    offsetof(struct usbdevfs_bulktransfer, data), bulk_of(&b)->len, NULL);
	g_object_ref(client);
	b.until = g_get_monotonic_time() + (gint64)bulk_of(&b)->timeout * 1000;
	n = bulk_try(p, &b);
	if (n != LATER) {
		bulk_drop(&b);
		return n;
	}
	p->bulks[p->bulk_count++] = b;
	g_cond_signal(&p->waited);
	return LATER;
}

static int
control(struct port *p, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	UMockdevIoctlData *data = umockdev_ioctl_data_resolve(arg, 0, sizeof(struct usbdevfs_ctrltransfer), NULL);
	UMockdevIoctlData *buffer = NULL;
	struct usbdevfs_ctrltransfer *t;
	uint8_t setup[8];
	int n;

	(void)client;
	if (data == NULL)
		return -EFAULT;
	t = (struct usbdevfs_ctrltransfer *)(void *)data->data;
	memcpy(setup, t, sizeof(setup));	/* the same fields in the same order */
	if (t->wLength > 0)
		buffer = umockdev_ioctl_data_resolve(data, offsetof(struct usbdevfs_ctrltransfer, data),
		    t->wLength, NULL);
	n = usb_control(p->bed.device, setup, buffer ? buffer->data : NULL, t->wLength);
	if (buffer)
		umockdev_ioctl_data_unref(buffer);
	umockdev_ioctl_data_unref(data);
	return n == USB_STALL ? -EPIPE : n;
}

static int
connect_info(struct port *p, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	const struct usbdevfs_connectinfo info = { .devnum = p->address };
	UMockdevIoctlData *data = umockdev_ioctl_data_resolve(arg, 0, sizeof(info), NULL);

	(void)client;
	if (data == NULL)
		return -EFAULT;
	memcpy(data->data, &info, sizeof(info));
	umockdev_ioctl_data_unref(data);
	return 0;
}

static unsigned
number_of(UMockdevIoctlData *arg)
{
	UMockdevIoctlData *data = umockdev_ioctl_data_resolve(arg, 0, sizeof(unsigned), NULL);
	unsigned n;

	if (data == NULL)
		return ~0u;
	memcpy(&n, data->data, sizeof(n));
	umockdev_ioctl_data_unref(data);
	return n;
}

static int
claim(struct port *p, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	const unsigned n = number_of(arg);

	if (n >= p->bed.device->descriptors.config[4])
		return -ENOENT;
	if (n != p->bed.device->row->before)
		return 0;
	if (p->held || (p->owner != NULL && p->owner != client))
		return -EBUSY;
	p->owner = client;
	usb_note(p->bed.device, "claimed");
	return 0;
}

static void
forget_owner(struct port *p, UMockdevIoctlClient *client)
{
	if (p->owner != client)
		return;
	p->owner = NULL;
	usb_note(p->bed.device, "released");
}

static int
release(struct port *p, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	if (number_of(arg) == p->bed.device->row->before) {
		if (p->owner != client)
			return -EINVAL;
		forget_owner(p, client);
	}
	return 0;
}

static int
clear_halt(struct port *p, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	(void)client;
	usb_clear_halt(p->bed.device, (uint8_t)number_of(arg));
	return 0;
}

static int
capabilities(struct port *p, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	const uint32_t can = USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_BULK_SCATTER_GATHER |
	    USBDEVFS_CAP_NO_PACKET_SIZE_LIM | USBDEVFS_CAP_REAP_AFTER_DISCONNECT;
	UMockdevIoctlData *data = umockdev_ioctl_data_resolve(arg, 0, sizeof(can), NULL);

	(void)p;
	(void)client;
	if (data == NULL)
		return -EFAULT;
	memcpy(data->data, &can, sizeof(can));
	umockdev_ioctl_data_unref(data);
	return 0;
}

static int
bus_reset(struct port *p, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	(void)client;
	(void)arg;
	usb_reset(p->bed.device);
	return 0;
}

static int
fine(struct port *p, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	(void)p;
	(void)client;
	(void)arg;
	return 0;
}

static int
no_driver(struct port *p, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	(void)p;
	(void)client;
	(void)arg;
	return -ENODATA;
}

static const struct {
	unsigned long request;
	int (*act)(struct port *p, UMockdevIoctlClient *client, UMockdevIoctlData *arg);
} ioctls[] = {
	{ USBDEVFS_SUBMITURB, submit },
	{ USBDEVFS_BULK, bulk },
	{ USBDEVFS_CONTROL, control },
	{ USBDEVFS_CONNECTINFO, connect_info },
	{ USBDEVFS_REAPURB, reap },
	{ USBDEVFS_REAPURBNDELAY, reap },
	{ USBDEVFS_DISCARDURB, discard },
	{ USBDEVFS_CLAIMINTERFACE, claim },
	{ USBDEVFS_DISCONNECT_CLAIM, claim },
	{ USBDEVFS_RELEASEINTERFACE, release },
	{ USBDEVFS_CLEAR_HALT, clear_halt },
	{ USBDEVFS_GET_CAPABILITIES, capabilities },
	{ USBDEVFS_RESET, bus_reset },
	{ USBDEVFS_SETINTERFACE, fine },
	{ USBDEVFS_SETCONFIGURATION, fine },
	{ USBDEVFS_GETDRIVER, no_driver },
	{ USBDEVFS_IOCTL, no_driver },
};

static int
answer(struct port *p, UMockdevIoctlClient *client)
{
	const gulong request = umockdev_ioctl_client_get_request(client);

	if (!is_current(p, client) && request != USBDEVFS_REAPURBNDELAY &&
	    request != USBDEVFS_REAPURB)
		return -ENODEV;
	for (size_t i = 0; i < sizeof(ioctls) / sizeof(ioctls[0]); i++)
		if (ioctls[i].request == request)
			return ioctls[i].act(p, client, umockdev_ioctl_client_get_arg(client));
	return -ENOTTY;
}

static gboolean
on_ioctl(UMockdevIoctlBase *base, UMockdevIoctlClient *client, struct port *p)
{
	int rc;

	(void)base;
	g_mutex_lock(&p->lock);
	rc = answer(p, client);
	g_mutex_unlock(&p->lock);
	if (rc != LATER)
		umockdev_ioctl_client_complete(client, rc < 0 ? -1 : rc, rc < 0 ? -rc : 0);
	return TRUE;
}

/* The program closed the node, or ended. */
static void
on_vanished(UMockdevIoctlBase *base, UMockdevIoctlClient *client, struct port *p)
{
	(void)base;
	g_mutex_lock(&p->lock);
	for (unsigned i = p->count; i-- > 0;)
		if (p->urbs[i].client == client)
			drop(p, i);
	for (unsigned i = p->bulk_count; i-- > 0;)
		if (p->bulks[i].client == client) {
			bulk_drop(&p->bulks[i]);
			p->bulks[i] = p->bulks[--p->bulk_count];
		}
	forget_owner(p, client);
	g_mutex_unlock(&p->lock);
}

/* ---- the bus ------------------------------------------------------------------------------ */

static char *
hex(const uint8_t *bytes, size_t n, GString *out)
{
	for (size_t i = 0; i < n; i++)
		g_string_append_printf(out, "%02X", bytes[i]);
	return out->str;
}

static void
add(struct port *p, const char *text)
{
	GError *error = NULL;

	if (!umockdev_testbed_add_from_string(p->testbed, text, &error)) {
		fprintf(stderr, "mock: %s\n", error->message);
		exit(1);
	}
}

static void
add_hub(UMockdevTestbed *testbed)
{
	struct port p = { .testbed = testbed };

	add(&p, "P: /devices/usb1\nN: bus/usb/001/001\nE: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\n"
	    "E: DEVNAME=/dev/bus/usb/001/001\nE: BUSNUM=001\nE: DEVNUM=001\nE: MAJOR=189\nE: MINOR=0\n"
	    "A: busnum=1\\n\nA: devnum=1\\n\nA: speed=480\\n\nA: bConfigurationValue=1\\n\n"
	    "A: idVendor=1d6b\\n\nA: idProduct=0002\\n\nA: bDeviceClass=09\\n\n"
	    "H: descriptors=12010002090001406B1D020002060302010109021900010100E0000904000001090000000"
	    "705810304000C\n");
}

static void
add_device(struct port *p)
{
	const struct descriptors *d = &p->bed.device->descriptors;
	const struct row *row = p->bed.device->row;
	GString *bytes = g_string_new(NULL);
	char *text;

	hex(d->device, sizeof(d->device), bytes);
	hex(d->config, d->len, bytes);
	text = g_strdup_printf("P: /devices/usb1/1-%u\nN: bus/usb/001/%03u=%s\n"
	    "E: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\nE: DEVNAME=/dev/bus/usb/001/%03u\n"
	    "E: BUSNUM=001\nE: DEVNUM=%03u\nE: MAJOR=189\nE: MINOR=%u\nE: PRODUCT=%x/%x/%x\n"
	    "A: busnum=1\\n\nA: devnum=%u\\n\nA: devpath=%u\\n\nA: speed=12\\n\n"
	    "A: bConfigurationValue=1\\n\n"
	    "A: idVendor=%04x\\n\nA: idProduct=%04x\\n\nA: bcdDevice=%04x\\n\nA: bDeviceClass=00\\n\n"
	    "A: manufacturer=%s\\n\nA: product=%s\\n\nH: descriptors=%s\n",
	    p->number, p->address, bytes->str, p->address, p->address, p->address - 1,
	    row->vendor_id, row->product_id, row->firmware, p->address, p->number,
	    row->vendor_id, row->product_id, row->firmware, row->maker, row->product, bytes->str);
	add(p, text);
	g_free(text);
	g_string_free(bytes, TRUE);
}

static void
add_interface(struct port *p)
{
	const struct row *row = p->bed.device->row;
	char *text = g_strdup_printf("P: /devices/usb1/1-%u/1-%u:1.%u\n"
	    "E: DEVTYPE=usb_interface\nE: SUBSYSTEM=usb\nE: INTERFACE=11/0/%u\nE: PRODUCT=%x/%x/%x\n"
	    "A: bInterfaceNumber=%02x\\n\nA: bInterfaceClass=0b\\n\nA: bAlternateSetting= 0\\n\n"
	    "A: interface=%s\\n\n", p->number, p->number, row->before, row->endpoints == 0 ? 2 : 0,
	    row->vendor_id, row->product_id, row->firmware, row->before, row->product);

	add(p, text);
	g_free(text);
}

static void
attach(struct port *p)
{
	char *node = g_strdup_printf("/dev/bus/usb/001/%03u", p->address);
	GError *error = NULL;

	p->handler = umockdev_ioctl_base_new();
	g_signal_connect(p->handler, "handle-ioctl", G_CALLBACK(on_ioctl), p);
	g_signal_connect(p->handler, "client-vanished", G_CALLBACK(on_vanished), p);
	if (!umockdev_testbed_attach_ioctl(p->testbed, node, p->handler, &error)) {
		fprintf(stderr, "mock: %s\n", error->message);
		exit(1);
	}
	g_free(node);
}

static void
tell(struct port *p, const char *what, const char *event, bool remove)
{
	char *path = g_strdup_printf("/sys/devices/usb1/1-%u%s", p->number, what);

	if (event)
		umockdev_testbed_uevent(p->testbed, path, event);
	if (remove)
		umockdev_testbed_remove_device(p->testbed, path);
	g_free(path);
}

static char *
interface_name(const struct port *p)
{
	return g_strdup_printf("/1-%u:1.%u", p->number, p->bed.device->row->before);
}

static void
plug_in(struct port *p)
{
	char *interface = interface_name(p);

	add_device(p);
	add_interface(p);
	attach(p);
	p->plugged = true;
	tell(p, "", "add", false);
	tell(p, interface, "add", false);
	g_free(interface);
}

/* The order matters: umockdev asserts that nothing of the device is left. */
static void
pull_out(struct port *p)
{
	char *interface = interface_name(p);
	char *node = g_strdup_printf("/dev/bus/usb/001/%03u", p->address);

	tell(p, interface, "remove", false);
	tell(p, "", "remove", false);
	umockdev_testbed_detach_ioctl(p->testbed, node, NULL);
	g_object_unref(p->handler);
	tell(p, interface, NULL, true);
	tell(p, "", NULL, true);
	g_free(node);
	g_free(interface);
}

static void
enter(struct bed *bed)
{
	g_mutex_lock(&of(bed)->lock);
}

static void
leave(struct bed *bed)
{
	g_mutex_unlock(&of(bed)->lock);
}

/* umockdev's own thread may be in the handler: it is let through. */
static void
plug(struct bed *bed, bool in)
{
	struct port *p = of(bed);

	if (p->plugged == in)
		return;
	p->plugged = false;
	p->owner = NULL;
	for (unsigned i = 0; i < p->count; i++)
		if (!p->urbs[i].done)
			finish(&p->urbs[i], -ENODEV, 0);
	bulks_pump(p);
	usb_reset(bed->device);
	leave(bed);
	if (in) {
		p->address += PORTS;
		plug_in(p);
	} else {
		pull_out(p);
	}
	enter(bed);
}

static void
hold(struct bed *bed, bool held)
{
	of(bed)->held = held;
}

static const char *
holder(struct bed *bed)
{
	const struct port *p = of(bed);

	return p->held ? "another" : p->owner ? "client" : "nobody";
}

static void
port_new(struct port *p, UMockdevTestbed *testbed, unsigned number, const char *token,
    const char *control)
{
	*p = (struct port){ .number = number + 1, .address = number + 2, .testbed = testbed,
	    .bed = { plug, enter, leave, hold, holder, script_device(token), false } };
	g_mutex_init(&p->lock);
	g_cond_init(&p->waited);
	g_thread_unref(g_thread_new("bulks", wait_for_bulks, p));
	if (p->bed.device == NULL || (p->listening = script_listen(control)) < 0) {
		fprintf(stderr, "mock: %s, %s: %s\n", token, control, strerror(errno));
		exit(2);
	}
	plug_in(p);
}

/* ---- the command ------------------------------------------------------------------------------ */

static pid_t
start(char **command)
{
	const pid_t pid = fork();

	if (pid != 0)
		return pid;
	execvp(command[0], command);
	fprintf(stderr, "mock: %s: %s\n", command[0], strerror(errno));
	_exit(127);
}

static int
serve(struct port *ports, unsigned n, pid_t child)
{
	struct pollfd p[PORTS + 1];
	int status;

	p[n] = (struct pollfd){ pidfd_open(child, 0), POLLIN, 0 };
	for (unsigned i = 0; i < n; i++)
		p[i] = (struct pollfd){ ports[i].listening, POLLIN, 0 };
	while (poll(p, n + 1, -1) >= 0 && !(p[n].revents & POLLIN))
		for (unsigned i = 0; i < n; i++)
			if (p[i].revents & POLLIN)
				script_serve(&ports[i].bed, ports[i].listening);
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static GLogWriterOutput
say_nothing(GLogLevelFlags level, const GLogField *fields, gsize n, gpointer user)
{
	(void)level;
	(void)fields;
	(void)n;
	(void)user;
	return G_LOG_WRITER_HANDLED;
}

static int
list(void)
{
	for (unsigned i = 0; i < row_count; i++)
		printf("%s\t0x%04X\t0x%04X\t%08X\t%u\n", rows[i].name, rows[i].vendor_id,
		    rows[i].product_id, (unsigned)rows[i].features, (unsigned)rows[i].protocols);
	return 0;
}

/* How many. */
static unsigned
add_tokens(struct port *ports, UMockdevTestbed *testbed, const char *file)
{
	FILE *in = fopen(file, "r");
	char token[512], control[128];
	unsigned n = 0;

	if (in == NULL)
		return 0;
	while (n < PORTS && fscanf(in, "%511s %127s", token, control) == 2) {
		port_new(&ports[n], testbed, n, token, control);
		n++;
	}
	fclose(in);
	return n;
}

int
main(int argc, char **argv)
{
	static struct port ports[PORTS];
	UMockdevTestbed *testbed;
	unsigned n;
	int status;

	if (argc == 2 && strcmp(argv[1], "list") == 0)
		return list();
	testbed = umockdev_testbed_new();
	if (argc < 3 || !umockdev_in_mock_environment()) {
		fprintf(stderr, "usage: umockdev-wrapper mock FILE COMMAND... | mock list\n");
		return 2;
	}
	add_hub(testbed);
	if ((n = add_tokens(ports, testbed, argv[1])) == 0) {
		fprintf(stderr, "mock: no token in %s\n", argv[1]);
		return 2;
	}
	status = serve(ports, n, start(argv + 2));
	/* umockdev is not told of clients that just ended, and complains */
	g_log_set_writer_func(say_nothing, NULL, NULL);
	g_object_unref(testbed);
	return status;
}
