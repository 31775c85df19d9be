/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/reader/vcard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/reader/frame.h"

enum {
	RETRY_MS = 500,		/* between looks for a card that went away */
};

struct vcard_hub {
	tmg_hub hub;
	int watch;		/* a connection that waits for a change; or -1 */
	bool changed;		/* seen, not told yet */
	unsigned events;
	int stop[2];		/* cancel writes into [1] */
	char reader[TMG_READER_NAME];
	struct sockaddr_un at;
};

static struct vcard_hub *
of(tmg_hub *hub)
{
	return (struct vcard_hub *)hub;
}

static tmg_rc
refused(const char *path, int error, tmg_fault *f)
{
	if (error == EACCES || error == EPERM)
		return tmg_raise(f, TMG_DENIED, 0,
		    _("%s: you may not open this socket; ask its owner"), path);
	return tmg_raise(f, TMG_NOT_FOUND, 0,
	    _("%s: no virtual card listens there (%s); start it: tamga-vcard "
	    "--listen %s"), path, strerror(error), path);
}

tmg_rc
tmg_vcard_dial(const char *path, tmg_fault *f, int *fd)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	const size_t len = strlen(path);

	*fd = -1;
	if (len == 0 || len >= sizeof(at.sun_path))
		return tmg_raise(f, TMG_E_USAGE, 0,
		    _("%s: a socket's path has 1 to %zu bytes"), path,
		    sizeof(at.sun_path) - 1);
	memcpy(at.sun_path, path, len);

	*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (*fd < 0)
		return tmg_raise(f, TMG_E_IO, 0, "socket: %s", strerror(errno));
	if (connect(*fd, (const struct sockaddr *)&at, sizeof(at)) == 0)
		return TMG_OK;

	const int error = errno;

	close(*fd);
	*fd = -1;
	return refused(path, error, f);
}

static void
unwatch(struct vcard_hub *h)
{
	tmg_scope_close(&h->watch);
	h->watch = -1;
}

static void
note_change(struct vcard_hub *h)
{
	h->changed = true;
	h->events++;
	unwatch(h);
}

/* Has somebody told of a change meanwhile?  What is odd is a change as well. */
static tmg_rc
look(struct vcard_hub *h, int timeout_ms)
{
	uint8_t answer[1];
	tmg_out out = TMG_OUT(answer);
	const tmg_rc rc = tmg_frame_recv(h->watch, h->stop[0], timeout_ms, &out);

	if (rc == TMG_PENDING || rc == TMG_CANCELLED)
		return rc;
	note_change(h);
	return TMG_OK;
}

/* Asks to be told of the next change, from before the state is looked at. */
static tmg_rc
watch(struct vcard_hub *h)
{
	tmg_rc rc;

	if (h->watch >= 0)
		return TMG_OK;
	if ((rc = tmg_vcard_dial(h->at.sun_path, &h->hub.fault, &h->watch)))
		return rc;
	if ((rc = tmg_vcard_control(h->watch, TMG_VCARD_WAIT)))
		unwatch(h);
	return rc;
}

static void
fill(struct vcard_hub *h, tmg_reader_state *row)
{
	tmg_auto_fd fd = -1;

	*row = (tmg_reader_state){
		.scheme = h->hub.ops->scheme,
		.presence = TMG_ABSENT,
		.events = h->events,
	};
	memcpy(row->name, h->reader, sizeof(row->name));
	if (tmg_vcard_dial(h->at.sun_path, &h->hub.fault, &fd) == TMG_OK &&
	    tmg_vcard_ask_atr(fd, row->atr, &row->atr_len) == TMG_OK)
		row->presence = TMG_PRESENT;
}

static tmg_rc
list(tmg_hub *hub, tmg_reader_state *rows, size_t cap, size_t *count)
{
	struct vcard_hub *h = of(hub);

	*count = 1;
	if (h->watch >= 0)
		(void)look(h, 0);	/* counts what happened meanwhile */
	h->changed = false;
	/* Nobody there is no fault: the reader stays, empty. */
	if (watch(h) != TMG_OK)
		unwatch(h);
	if (cap > 0)
		fill(h, &rows[0]);
	return TMG_OK;
}

static void
drain(int fd)
{
	uint8_t bytes[16];

	while (read(fd, bytes, sizeof(bytes)) > 0)
		continue;
}

/* Nobody listens: pauses, then tries again.  A card that came is a change. */
static tmg_rc
look_for_peer(struct vcard_hub *h, int timeout_ms)
{
	struct pollfd p = { .fd = h->stop[0], .events = POLLIN };

	if (poll(&p, 1, timeout_ms) > 0)
		return TMG_CANCELLED;
	if (watch(h) != TMG_OK)
		return TMG_PENDING;
	note_change(h);
	return TMG_OK;
}

static tmg_rc
wait_for_peer(struct vcard_hub *h, int timeout_ms)
{
	tmg_rc rc;
	int pause;

	do {
		pause = timeout_ms < 0 || timeout_ms > RETRY_MS ?
		    RETRY_MS : timeout_ms;
		rc = look_for_peer(h, pause);
		if (timeout_ms > 0)
			timeout_ms -= pause;
	} while (rc == TMG_PENDING && timeout_ms != 0);
	return rc;
}

static tmg_rc
wait_change(tmg_hub *hub, int timeout_ms)
{
	struct vcard_hub *h = of(hub);
	tmg_rc rc;

	if (h->changed)
		return TMG_OK;
	rc = h->watch >= 0 ? look(h, timeout_ms)
	    : wait_for_peer(h, timeout_ms);
	if (rc == TMG_CANCELLED)
		drain(h->stop[0]);
	return rc;
}

static void
cancel(tmg_hub *hub)
{
	/* A full pipe has been cancelled often enough. */
	if (write(of(hub)->stop[1], "", 1) < 0)
		return;
}

static tmg_rc
connect_card(tmg_hub *hub, const char *reader, tmg_link **link)
{
	struct vcard_hub *h = of(hub);
	tmg_rc rc;
	int fd;

	*link = NULL;
	if (strcmp(reader, h->reader) != 0)
		return tmg_raise(&hub->fault, TMG_NOT_FOUND, 0,
		    _("there is no reader \"%s\""), reader);
	if ((rc = tmg_vcard_dial(h->at.sun_path, &hub->fault, &fd)))
		return rc;
	return tmg_vcard_link(fd, h->reader, &hub->fault, link);
}

static void
close_hub(tmg_hub *hub)
{
	struct vcard_hub *h = of(hub);

	unwatch(h);
	tmg_scope_close(&h->stop[0]);
	tmg_scope_close(&h->stop[1]);
	free(h);
}

static const tmg_hub_ops ops = {
	.scheme = "vcard",
	.list = list,
	.wait = wait_change,
	.cancel = cancel,
	.connect = connect_card,
	.close = close_hub,
};

static tmg_rc
prepare(struct vcard_hub *h, const char *path, tmg_fault *f)
{
	tmg_auto_fd fd = -1;
	tmg_rc rc;

	/* Also checks that the path fits. */
	if ((rc = tmg_vcard_dial(path, f, &fd)))
		return rc;
	memcpy(h->at.sun_path, path, strlen(path));
	snprintf(h->reader, sizeof(h->reader), "vcard %s", h->at.sun_path);
	if (pipe2(h->stop, O_CLOEXEC | O_NONBLOCK) != 0)
		return tmg_raise(f, TMG_E_IO, 0, "pipe: %s", strerror(errno));
	return TMG_OK;
}

tmg_rc
tmg_hub_vcard(tmg_ctx *ctx, const char *path, tmg_fault *f, tmg_hub **hub)
{
	struct vcard_hub *h = calloc(1, sizeof(*h));
	tmg_rc rc;

	*hub = NULL;
	if (h == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	h->hub.ops = &ops;
	h->hub.ctx = ctx;
	h->watch = h->stop[0] = h->stop[1] = -1;
	if ((rc = prepare(h, path, f))) {
		close_hub(&h->hub);
		return rc;
	}
	*hub = &h->hub;
	return TMG_OK;
}
