/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bed B: tokens at the virtual host controller of a real kernel, by USB/IP over
 * a socket pair.  To be run by root in a guest that has vhci-hcd.
 *
 * usage: vhci FILE
 *
 * FILE is the mock's: a line for each token, what it is and its control socket.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/usb/script.h"
#include "tests/usb/whole.h"

/* Documentation/usb/usbip_protocol.rst of the kernel; words are big-endian. */
enum {
	CMD_SUBMIT = 1, CMD_UNLINK = 2, RET_SUBMIT = 3, RET_UNLINK = 4,
	W_COMMAND = 0, W_SEQNUM, W_DEVID, W_DIRECTION, W_ENDPOINT,
	W_FLAGS, W_LENGTH, W_SETUP = 10,
	W_STATUS = 5, W_ACTUAL = 6, W_UNLINK = 5,
	WORDS = 12, DIRECTION_IN = 1, SPEED_FULL = 2, DEVID = 0x10002,
	PORTS = 8, WAITING_MAX = 64, TRANSFER_MAX = 1 << 17, TICK_MS = 2,
};

struct waiting {
	uint32_t seqnum, length;
	uint8_t endpoint;
};

struct port {
	struct bed bed;
	unsigned number;
	int fd, listening;		/* fd: -1 unplugged */
	struct waiting waiting[WAITING_MAX];
	unsigned count;
};

static struct port *
of(struct bed *bed)
{
	return (struct port *)bed;
}

/* ---- PDUs ---------------------------------------------------------------------------------- */

static void
reply(struct port *p, uint32_t command, uint32_t seqnum, int status, const uint8_t *data, size_t len,
    size_t actual)
{
	uint32_t words[WORDS] = { 0 };

	words[W_COMMAND] = htonl(command);
	words[W_SEQNUM] = htonl(seqnum);
	words[W_STATUS] = htonl((uint32_t)status);
	words[W_ACTUAL] = htonl((uint32_t)actual);
	(void)!send(p->fd, words, sizeof(words), MSG_NOSIGNAL | (len > 0 ? MSG_MORE : 0));
	if (len > 0)
		(void)!send(p->fd, data, len, MSG_NOSIGNAL);
}

static void
submit_control(struct port *p, uint32_t seqnum, const uint8_t setup[8], uint8_t *data, size_t len)
{
	const int n = usb_control(p->bed.device, setup, data, len);
	const bool in = (setup[0] & 0x80) != 0;

	if (n == USB_STALL)
		reply(p, RET_SUBMIT, seqnum, -EPIPE, NULL, 0, 0);
	else
		reply(p, RET_SUBMIT, seqnum, 0, data, in ? (size_t)n : 0, in ? (size_t)n : len);
}

/* True: answered. */
static bool
try_in(struct port *p, const struct waiting *w)
{
	static uint8_t data[TRANSFER_MAX];
	const int n = usb_in(p->bed.device, w->endpoint, data, w->length);

	if (n == USB_NAK)
		return false;
	reply(p, RET_SUBMIT, w->seqnum, n == USB_STALL ? -EPIPE : 0, data,
	    n == USB_STALL ? 0 : (size_t)n, n == USB_STALL ? 0 : (size_t)n);
	return true;
}

static void
drop(struct port *p, unsigned i)
{
	p->count--;
	memmove(&p->waiting[i], &p->waiting[i + 1], (p->count - i) * sizeof(p->waiting[0]));
}

static void
pump(struct port *p)
{
	usb_tick(p->bed.device);
	for (unsigned i = 0; i < p->count;) {
		if (try_in(p, &p->waiting[i]))
			drop(p, i);
		else
			i++;
	}
}

static void
submit(struct port *p, const uint32_t words[WORDS], uint8_t *data, size_t len)
{
	const uint32_t seqnum = ntohl(words[W_SEQNUM]);
	const uint8_t endpoint = (uint8_t)ntohl(words[W_ENDPOINT]);
	const bool in = ntohl(words[W_DIRECTION]) == DIRECTION_IN;
	int n;

	if (endpoint == 0) {
		submit_control(p, seqnum, (const uint8_t *)&words[W_SETUP], data, len);
	} else if (!in) {
		n = usb_out(p->bed.device, endpoint, data, len);
		reply(p, RET_SUBMIT, seqnum, n == USB_STALL ? -EPIPE : 0, NULL, 0,
		    n == USB_STALL ? 0 : len);
	} else if (p->count < WAITING_MAX) {
		p->waiting[p->count++] = (struct waiting){ seqnum, (uint32_t)len,
		    (uint8_t)(endpoint | 0x80) };
	}
}

static void
unlink_one(struct port *p, const uint32_t words[WORDS])
{
	int status = 0;

	for (unsigned i = 0; i < p->count; i++) {
		if (p->waiting[i].seqnum == ntohl(words[W_UNLINK])) {
			drop(p, i);
			status = -ECONNRESET;
			break;
		}
	}
	reply(p, RET_UNLINK, ntohl(words[W_SEQNUM]), status, NULL, 0, 0);
}

/* False: the kernel let go of the port. */
static bool
take(struct port *p)
{
	static uint8_t data[TRANSFER_MAX];
	uint32_t words[WORDS];
	size_t len;

	if (!read_all(p->fd, words, sizeof(words)))
		return false;
	if (ntohl(words[W_COMMAND]) == CMD_UNLINK) {
		unlink_one(p, words);
		return true;
	}
	len = ntohl(words[W_LENGTH]);
	if (ntohl(words[W_COMMAND]) != CMD_SUBMIT || len > sizeof(data))
		return false;
	if (ntohl(words[W_DIRECTION]) != DIRECTION_IN && !read_all(p->fd, data, len))
		return false;
	submit(p, words, data, len);
	return true;
}

/* ---- the port --------------------------------------------------------------------------------- */

static void
attach(struct port *p)
{
	int pair[2], at = open("/sys/devices/platform/vhci_hcd.0/attach", O_WRONLY | O_CLOEXEC);

	if (at < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0 ||
	    dprintf(at, "%u %d %u %u\n", p->number, pair[1], DEVID + p->number, SPEED_FULL) < 0) {
		fprintf(stderr, "vhci: port %u: %s\n", p->number, strerror(errno));
		exit(1);
	}
	close(at);
	close(pair[1]);
	p->fd = pair[0];
}

static void
plug(struct bed *bed, bool in)
{
	struct port *p = of(bed);

	usb_reset(bed->device);
	p->count = 0;
	if (in && p->fd < 0) {
		attach(p);
	} else if (!in && p->fd >= 0) {
		close(p->fd);
		p->fd = -1;
	}
}

static void
nothing(struct bed *bed)
{
	(void)bed;
}

static void
hold(struct bed *bed, bool held)
{
	(void)bed;
	(void)held;	/* the kernel knows who does */
}

static const char *
holder(struct bed *bed)
{
	(void)bed;
	return "unknown";
}

static void
port_new(struct port *p, unsigned number, const char *token, const char *control)
{
	*p = (struct port){ .number = number, .fd = -1,
	    .bed = { plug, nothing, nothing, hold, holder, script_device(token), false } };
	if (p->bed.device == NULL || (p->listening = script_listen(control)) < 0) {
		fprintf(stderr, "vhci: %s, %s: %s\n", token, control, strerror(errno));
		exit(2);
	}
	attach(p);
}

/* ---- all of them --------------------------------------------------------------------------------- */

static bool
is_at_work(const struct device *d)
{
	return d->waiting || d->keypad.waiting || d->extending;
}

static int
timeout(const struct port *ports, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (is_at_work(ports[i].bed.device))
			return TICK_MS;
	return -1;
}

static void
serve(struct port *ports, unsigned n)
{
	struct pollfd f[3 * PORTS];

	for (;;) {
		for (unsigned i = 0; i < n; i++) {
			const struct device *d = ports[i].bed.device;

			f[3 * i] = (struct pollfd){ ports[i].fd, POLLIN, 0 };
			f[3 * i + 1] = (struct pollfd){ ports[i].listening, POLLIN, 0 };
			f[3 * i + 2] = (struct pollfd){ d->waiting ? d->card->fd : -1, POLLIN, 0 };
		}
		if (poll(f, 3 * n, timeout(ports, n)) < 0 && errno != EINTR)
			return;
		for (unsigned i = 0; i < n; i++) {
			if (f[3 * i].revents != 0 && !take(&ports[i])) {
				close(ports[i].fd);
				ports[i].fd = -1;
			}
			if (f[3 * i + 1].revents & POLLIN)
				script_serve(&ports[i].bed, ports[i].listening);
			pump(&ports[i]);
		}
	}
}

int
main(int argc, char **argv)
{
	static struct port ports[PORTS];
	FILE *in = argc == 2 ? fopen(argv[1], "r") : NULL;
	char token[512], control[128];
	unsigned n = 0;

	if (in == NULL) {
		fprintf(stderr, "usage: vhci FILE\n");
		return 2;
	}
	while (n < PORTS && fscanf(in, "%511s %127s", token, control) == 2) {
		port_new(&ports[n], n, token, control);
		n++;
	}
	fclose(in);
	printf("ready\n");
	fflush(stdout);
	serve(ports, n);
	return 0;
}
