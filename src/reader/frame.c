/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/reader/frame.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "src/base/clock.h"

/* A point in time by which all of something must be done; negative: never. */
typedef int64_t deadline;

static deadline
deadline_in(int timeout_ms)
{
	return timeout_ms < 0 ? -1 : tmg_now_ms() + timeout_ms;
}

static int
left_until(deadline end)
{
	int64_t left;

	if (end < 0)
		return -1;
	left = end - tmg_now_ms();
	return left > 0 ? (int)left : 0;
}

/* Waits until fd is ready for events. */
static tmg_rc
await(int fd, short events, int stop, deadline end)
{
	struct pollfd p[] = {
		{ .fd = fd, .events = events },
		{ .fd = stop, .events = POLLIN },	/* -1 is skipped */
	};
	int n;

	do
		n = poll(p, 2, left_until(end));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return TMG_E_IO;
	if (n == 0)
		return TMG_PENDING;
	return p[1].revents != 0 ? TMG_CANCELLED : TMG_OK;
}

static bool
is_transient(int error)
{
	return error == EINTR || error == EAGAIN || error == EWOULDBLOCK;
}

static tmg_rc
send_all(int fd, tmg_view v, deadline end)
{
	while (v.len > 0) {
		const ssize_t n = send(fd, v.ptr, v.len,
		    MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && !is_transient(errno))
			return TMG_REMOVED;
		if (n < 0 && await(fd, POLLOUT, -1, end) != TMG_OK)
			return TMG_E_IO;
		if (n > 0) {
			v.ptr += n;
			v.len -= (size_t)n;
		}
	}
	return TMG_OK;
}

tmg_rc
tmg_frame_send(int fd, tmg_view data, int timeout_ms)
{
	const deadline end = deadline_in(timeout_ms);
	const uint8_t head[] = {
		(uint8_t)(data.len >> 8 & 0xff), (uint8_t)(data.len & 0xff),
	};
	tmg_rc rc;

	if (data.len > TMG_FRAME_MAX)
		return TMG_E_USAGE;
	if ((rc = send_all(fd, TMG_VIEW(head), end)))
		return rc;
	return send_all(fd, data, end);
}

/* Gives up (stop, end of time) only before the first byte without harm:
 * later the next frame could not be found, and that is an I/O fault. */
static tmg_rc
recv_all(int fd, int stop, deadline end, uint8_t *into, size_t len)
{
	size_t got = 0;
	tmg_rc rc;

	while (got < len) {
		rc = await(fd, POLLIN, got == 0 ? stop : -1, end);
		if (rc == TMG_PENDING && got > 0)
			return TMG_E_IO;
		if (rc)
			return rc;

		const ssize_t n = recv(fd, into + got, len - got, MSG_DONTWAIT);

		if (n == 0 || (n < 0 && !is_transient(errno)))
			return TMG_REMOVED;
		if (n > 0)
			got += (size_t)n;
	}
	return TMG_OK;
}

tmg_rc
tmg_frame_recv(int fd, int stop, int timeout_ms, tmg_out *out)
{
	const deadline end = deadline_in(timeout_ms);
	uint8_t head[2];
	size_t len;
	tmg_rc rc;

	if ((rc = recv_all(fd, stop, end, head, sizeof(head))))
		return rc;
	len = (size_t)head[0] << 8 | head[1];
	if (len > out->cap - out->len)
		return TMG_E_SPACE;
	rc = recv_all(fd, -1, end, out->ptr + out->len, len);
	if (rc)
		return rc == TMG_PENDING ? TMG_E_IO : rc;
	out->len += len;
	return TMG_OK;
}
