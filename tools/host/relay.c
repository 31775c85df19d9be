/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes from one to the other, both ways, and a clock that runs while a request
 * has no answer.  What p11-kit's messages say is of no interest here.
 */
#include "tools/host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/clock.h"

enum {
	GRACE_MS = 2000,	/* to end when it is told to, or is dead and not gone */
	NAP_MS = 10,
};

/* One way. */
struct way {
	int from, to;
	uint8_t bytes[16384];
	size_t len, sent;
	bool over;		/* from says no more */
};

struct talk {
	struct way asks, answers;
	const struct ward *ward;
	int64_t due;		/* when the answer must have come; 0: nothing is asked */
	bool greeted;		/* the worker's first byte, which answers nothing, came */
};

/* Reads when nothing waits to be sent on. */
static void
take(struct way *w)
{
	const ssize_t n = read(w->from, w->bytes, sizeof(w->bytes));

	if (n > 0) {
		w->len = (size_t)n;
		w->sent = 0;
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		w->over = true;
	}
}

/* A PIN may have been among them. */
static void
give(struct way *w)
{
	const ssize_t n = send(w->to, w->bytes + w->sent, w->len - w->sent, MSG_NOSIGNAL);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	w->sent = n < 0 ? w->len : w->sent + (size_t)n;
	if (w->sent == w->len) {
		explicit_bzero(w->bytes, w->len);
		w->len = 0;
	}
}

static struct pollfd
wanted(const struct way *w)
{
	return w->len > 0 ? (struct pollfd){ .fd = w->to, .events = POLLOUT }
	    : (struct pollfd){ .fd = w->over ? -1 : w->from, .events = POLLIN };
}

static void
move(struct way *w)
{
	if (w->len > 0)
		give(w);
	else
		take(w);
}

static int
left(int64_t due)
{
	const int64_t ms = due - tmg_now_ms();

	return due == 0 ? -1 : ms < 0 ? 0 : (int)ms;
}

/* p11-kit's server says one byte before it looks at what is asked. */
static void
hear(struct talk *t)
{
	const bool fresh = t->answers.len == 0;

	move(&t->answers);
	if (!fresh || t->answers.len == 0)
		return;
	if (t->greeted || t->answers.len > 1)
		t->due = 0;
	t->greeted = true;
}

/* One step; false: the time is up. */
static bool
step(struct talk *t)
{
	struct pollfd fds[] = { wanted(&t->asks), wanted(&t->answers) };
	const int n = poll(fds, 2, left(t->due));

	if (n == 0)
		return false;
	if (n < 0)
		return true;
	if (fds[1].revents != 0)
		hear(t);
	if (fds[0].revents != 0) {
		move(&t->asks);
		if (t->due == 0)
			t->due = tmg_now_ms() + (int64_t)t->ward->seconds * 1000;
	}
	return true;
}

static void
mute(int fd)
{
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
}

/* Its status; killed when it is not gone in time. */
static int
bury(const struct ward *ward, int ms)
{
	const int64_t until = tmg_now_ms() + ms;
	int status = 0;

	while (waitpid(ward->pid, &status, WNOHANG) == 0) {
		if (tmg_now_ms() >= until) {
			kill(ward->pid, SIGKILL);
			(void)waitpid(ward->pid, &status, 0);
			break;
		}
		poll(NULL, 0, NAP_MS);
	}
	return status;
}

static void
tell(const struct ward *ward, int status)
{
	if (WIFSIGNALED(status))
		dprintf(ward->word, "signal %d\n", WTERMSIG(status));
	else
		dprintf(ward->word, "exit %d\n", WEXITSTATUS(status));
}

/*
 * The client hears of the end, but may go on talking until it closes: to write
 * where nobody listens would be a SIGPIPE, which ends programs.
 */
static void
see_off(int client)
{
	char byte[512];

	shutdown(client, SHUT_WR);
	(void)fcntl(client, F_SETFL, 0);
	while (read(client, byte, sizeof(byte)) > 0)
		explicit_bzero(byte, sizeof(byte));
}

void
relay(int client, const struct ward *ward)
{
	static struct talk t;
	bool awake = true;

	t.asks = (struct way){ .from = client, .to = ward->fd };
	t.answers = (struct way){ .from = ward->fd, .to = client };
	t.ward = ward;
	mute(client);
	mute(ward->fd);
	while (awake && !t.asks.over && !(t.answers.over && t.answers.len == 0))
		awake = step(&t);
	if (!awake) {
		(void)bury(ward, 0);
		dprintf(ward->word, "silent\n");
		see_off(client);
	} else if (t.asks.over) {
		shutdown(ward->fd, SHUT_WR);
		(void)bury(ward, GRACE_MS);
	} else {
		tell(ward, bury(ward, GRACE_MS));
		see_off(client);
	}
}
