/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The vcard reader against a peer that is told how to misbehave.  The real
 * peer, tamga-vcard, is met in tests/interop.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "src/base/scope.h"
#include "src/codec/hex.h"
#include "src/reader/frame.h"
#include "src/reader/vcard.h"
#include "tests/unit/folder.h"

#define PEERS_MAX 8
#define ATR "3B85018073C021C056"
#define NOTHING "-"	/* no answer at all */
#define HANG_UP "!"	/* the connection ends instead */

/* What the peer answers, in hexadecimal; set while it sleeps. */
struct peer {
	char dir[TEST_FOLDER], path[TEST_FOLDER + 16];
	int listener;
	pthread_t thread;
	atomic_bool done, change;
	_Atomic(const char *) atr, begin, apdu;
	atomic_uint resets, ends;
	struct {
		int fd;
		bool waits;
	} conn[PEERS_MAX];
};

#define LONG_MS 60000		/* far more than any answer takes */
#define SHORT_MS 200

/* Nobody waits as long as in real life for who will not answer. */
static bool mute;

tmg_rc __real_tmg_frame_recv(int fd, int stop, int timeout_ms, tmg_out *out);
tmg_rc __wrap_tmg_frame_recv(int fd, int stop, int timeout_ms, tmg_out *out);

tmg_rc
__wrap_tmg_frame_recv(int fd, int stop, int timeout_ms, tmg_out *out)
{
	return __real_tmg_frame_recv(fd, stop,
	    mute && timeout_ms > SHORT_MS ? SHORT_MS : timeout_ms, out);
}

static int callocs_left = -1;

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);

void *
__wrap_calloc(size_t n, size_t size)
{
	if (callocs_left == 0)
		return NULL;
	if (callocs_left > 0)
		callocs_left--;
	return __real_calloc(n, size);
}

/* ---- the peer ------------------------------------------------------------ */

static bool
peer_answer(int fd, const char *text)
{
	uint8_t store[TMG_FRAME_MAX];
	tmg_out out = TMG_OUT(store);

	if (strcmp(text, HANG_UP) == 0)
		return false;
	if (strcmp(text, NOTHING) == 0)
		return true;
	return tmg_hex_parse(tmg_view_str(text), &out) == TMG_OK &&
	    tmg_frame_send(fd, tmg_out_view(&out), LONG_MS) == TMG_OK;
}

/* False: the connection is to be closed. */
static bool
peer_serve(struct peer *p, size_t i)
{
	uint8_t store[1024];
	tmg_out in = TMG_OUT(store);

	if (__real_tmg_frame_recv(p->conn[i].fd, -1, LONG_MS, &in) != TMG_OK)
		return false;
	if (in.len >= 4)
		return peer_answer(p->conn[i].fd, p->apdu);
	switch (store[0]) {
	case TMG_VCARD_ATR:
		return peer_answer(p->conn[i].fd, p->atr);
	case TMG_VCARD_BEGIN:
		return peer_answer(p->conn[i].fd, p->begin);
	case TMG_VCARD_RESET:
		p->resets++;
		return true;
	case TMG_VCARD_END:
		p->ends++;
		return true;
	case TMG_VCARD_WAIT:
		p->conn[i].waits = true;
		return true;
	default:
		return false;
	}
}

static void
peer_take(struct peer *p)
{
	const int fd = accept(p->listener, NULL, NULL);

	for (size_t i = 0; i < PEERS_MAX; i++)
		if (p->conn[i].fd < 0) {
			p->conn[i].fd = fd;
			p->conn[i].waits = false;
			return;
		}
	close(fd);
}

static void
peer_drop(struct peer *p, size_t i)
{
	tmg_scope_close(&p->conn[i].fd);
	p->conn[i].fd = -1;
}

static void
peer_tell(struct peer *p)
{
	if (!atomic_exchange(&p->change, false))
		return;
	for (size_t i = 0; i < PEERS_MAX; i++)
		if (p->conn[i].fd >= 0 && p->conn[i].waits) {
			p->conn[i].waits = false;
			(void)peer_answer(p->conn[i].fd, "00");
		}
}

static void *
peer_run(void *arg)
{
	struct peer *p = arg;
	struct pollfd fds[1 + PEERS_MAX];

	while (!p->done) {
		fds[0] = (struct pollfd){ .fd = p->listener, .events = POLLIN };
		for (size_t i = 0; i < PEERS_MAX; i++)
			fds[1 + i] = (struct pollfd){ .fd = p->conn[i].fd,
			    .events = POLLIN };
		(void)poll(fds, TMG_COUNT(fds), 5);
		peer_tell(p);
		for (size_t i = 0; i < PEERS_MAX; i++)
			if (fds[1 + i].revents != 0 && !peer_serve(p, i))
				peer_drop(p, i);
		if (fds[0].revents != 0)
			peer_take(p);
	}
	return NULL;
}

static void
peer_start(struct peer *p)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	for (size_t i = 0; i < PEERS_MAX; i++)
		p->conn[i].fd = -1;
	p->done = false;
	memcpy(at.sun_path, p->path, strlen(p->path));
	p->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(p->listener >= 0);
	assert_int_equal(bind(p->listener, (const struct sockaddr *)&at,
	    sizeof(at)), 0);
	assert_int_equal(listen(p->listener, PEERS_MAX), 0);
	assert_int_equal(pthread_create(&p->thread, NULL, peer_run, p), 0);
}

static void
peer_stop(struct peer *p)
{
	p->done = true;
	pthread_join(p->thread, NULL);
	for (size_t i = 0; i < PEERS_MAX; i++)
		peer_drop(p, i);
	tmg_scope_close(&p->listener);
	unlink(p->path);
}

static int
setup(void **state)
{
	struct peer *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return -1;
	if (!test_folder(p->dir))
		return -1;
	snprintf(p->path, sizeof(p->path), "%s/card", p->dir);
	p->atr = ATR;
	p->begin = "00";
	p->apdu = "9000";
	peer_start(p);
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct peer *p = *state;

	peer_stop(p);
	rmdir(p->dir);
	free(p);
	return 0;
}

/* ---- the tests ----------------------------------------------------------- */

static tmg_hub *
open_hub(const struct peer *p)
{
	tmg_hub *hub;

	assert_int_equal(tmg_hub_vcard(NULL, p->path, NULL, &hub), TMG_OK);
	return hub;
}

static tmg_link *
open_link(tmg_hub *hub)
{
	tmg_reader_state row;
	tmg_link *link;
	size_t count;

	assert_int_equal(hub->ops->list(hub, &row, 1, &count), TMG_OK);
	assert_int_equal(count, 1);
	assert_int_equal(hub->ops->connect(hub, row.name, &link), TMG_OK);
	return link;
}

static tmg_rc
transmit(tmg_link *link, size_t *got)
{
	static const uint8_t command[] = { 0x00, 0xca, 0x00, 0x00, 0x00 };
	uint8_t store[64];
	tmg_out out = TMG_OUT(store);
	const tmg_rc rc = link->ops->transmit(link, TMG_VIEW(command), &out);

	*got = out.len;
	return rc;
}

/* What was sent to the peer last arrives some time. */
static void
wait_count(atomic_uint *count, unsigned times)
{
	for (int ms = 0; ms < LONG_MS && atomic_load(count) < times; ms++)
		usleep(1000);
	assert_int_equal(atomic_load(count), times);
}

static void
test_conversation(void **state)
{
	struct peer *p = *state;
	tmg_hub *hub = open_hub(p);
	tmg_link *link = open_link(hub);
	size_t got;

	assert_int_equal(link->atr_len, 9);
	assert_int_equal(link->protocol, 1);
	/* the first turn of a connection has nothing to lose */
	p->begin = "01";
	assert_int_equal(link->ops->begin(link), TMG_OK);
	p->apdu = "AABB9000";
	assert_int_equal(transmit(link, &got), TMG_OK);
	assert_int_equal(got, 4);
	link->ops->end(link);
	/* a later one has */
	p->atr = "3B00";
	assert_int_equal(link->ops->begin(link), TMG_RESET);
	assert_int_equal(link->fault.rc, TMG_RESET);
	assert_int_equal(link->atr_len, 2);
	assert_int_equal(link->protocol, 0);
	p->begin = "00";
	assert_int_equal(link->ops->reset(link), TMG_OK);
	link->ops->end(link);
	wait_count(&p->resets, 1);
	link->ops->close(link, true);
	wait_count(&p->resets, 2);
	wait_count(&p->ends, 3);
	tmg_hub_free(&hub);
}

/* How a turn and a command end when the peer answers like this. */
static const struct {
	const char *what, *begin, *apdu, *atr;
	tmg_rc begin_rc, apdu_rc;
} odd[] = {
	{ "no card", "02", "9000", ATR, TMG_REMOVED, TMG_OK },
	{ "hangs up", HANG_UP, "9000", ATR, TMG_REMOVED, TMG_OK },
	{ "an empty answer", "", "9000", ATR, TMG_E_MALFORMED, TMG_OK },
	{ "a long answer", "0000", "9000", ATR, TMG_E_MALFORMED, TMG_OK },
	{ "never a turn", NOTHING, "9000", ATR, TMG_BUSY, TMG_OK },
	{ "card taken out", "00", "", "", TMG_OK, TMG_REMOVED },
	{ "card reset", "00", "", ATR, TMG_OK, TMG_RESET },
	{ "hangs up", "00", HANG_UP, ATR, TMG_OK, TMG_REMOVED },
	{ "mute", "00", NOTHING, ATR, TMG_OK, TMG_E_IO },
	{ "no ATR after a reset", "00", "", NOTHING, TMG_OK, TMG_E_IO },
};

static void
test_odd(void **state)
{
	struct peer *p = *state;

	for (size_t i = 0; i < TMG_COUNT(odd); i++) {
		tmg_hub *hub = open_hub(p);
		tmg_link *link = open_link(hub);
		tmg_rc rc, again;
		size_t got;

		print_message("  %s\n", odd[i].what);
		mute = strcmp(odd[i].begin, NOTHING) == 0 ||
		    strcmp(odd[i].apdu, NOTHING) == 0 || strcmp(odd[i].atr, NOTHING) == 0;
		p->begin = odd[i].begin;
		rc = link->ops->begin(link);
		assert_int_equal(rc, odd[i].begin_rc);
		if (rc == TMG_OK) {
			p->apdu = odd[i].apdu;
			p->atr = odd[i].atr;
			rc = transmit(link, &got);
			assert_int_equal(rc, odd[i].apdu_rc);
		}
		assert_int_equal(link->fault.rc, rc);
		assert_string_not_equal(link->fault.text, "");
		mute = false;
		link->ops->end(link);

		/* what is gone stays gone, whatever the peer says later */
		p->begin = "00";
		p->apdu = "9000";
		p->atr = ATR;
		again = link->ops->begin(link);
		assert_int_equal(again, rc == TMG_RESET ? TMG_OK : TMG_REMOVED);
		if (again == TMG_REMOVED) {
			assert_int_equal(transmit(link, &got), TMG_REMOVED);
			assert_int_equal(link->ops->reset(link), TMG_REMOVED);
		}
		link->ops->end(link);
		link->ops->close(link, again == TMG_REMOVED);
		tmg_hub_free(&hub);
	}
}

static void
test_connect_refused(void **state)
{
	struct peer *p = *state;
	tmg_hub *hub = open_hub(p);
	tmg_reader_state row;
	tmg_link *link;
	size_t count;

	assert_int_equal(hub->ops->connect(hub, "another", &link),
	    TMG_NOT_FOUND);
	assert_int_equal(hub->fault.rc, TMG_NOT_FOUND);
	p->atr = "";
	assert_int_equal(hub->ops->list(hub, &row, 1, &count), TMG_OK);
	assert_int_equal(row.presence, TMG_ABSENT);
	assert_string_equal(row.scheme, "vcard");
	assert_int_equal(hub->ops->connect(hub, row.name, &link), TMG_REMOVED);
	assert_null(link);
	assert_int_equal(hub->fault.rc, TMG_REMOVED);
	p->atr = ATR;
	callocs_left = 0;
	assert_int_equal(hub->ops->connect(hub, row.name, &link), TMG_E_NOMEM);
	callocs_left = -1;
	/* only a count is wanted */
	assert_int_equal(hub->ops->list(hub, NULL, 0, &count), TMG_OK);
	assert_int_equal(count, 1);
	tmg_hub_free(&hub);
	assert_null(hub);
	tmg_hub_free(&hub);
	tmg_hub_free(NULL);
}

static void
test_bad_apdus(void **state)
{
	struct peer *p = *state;
	static const uint8_t bytes[65536];
	tmg_hub *hub = open_hub(p);
	tmg_link *link = open_link(hub);
	uint8_t store[4];
	tmg_out out = TMG_OUT(store);

	assert_int_equal(link->ops->begin(link), TMG_OK);
	assert_int_equal(link->ops->transmit(link, (tmg_view){ bytes, 3 }, &out),
	    TMG_E_USAGE);
	assert_int_equal(link->ops->transmit(link, TMG_VIEW(bytes), &out),
	    TMG_E_USAGE);
	/* an answer longer than there is room for ends the conversation */
	p->apdu = "01020304059000";
	assert_int_equal(link->ops->transmit(link, (tmg_view){ bytes, 5 }, &out),
	    TMG_E_MALFORMED);
	link->ops->end(link);
	link->ops->close(link, false);
	tmg_hub_free(&hub);
}

static void *
cancel_later(void *arg)
{
	tmg_hub *hub = arg;

	usleep(50000);
	hub->ops->cancel(hub);
	return NULL;
}

static void
test_wait(void **state)
{
	struct peer *p = *state;
	tmg_hub *hub = open_hub(p);
	tmg_reader_state row;
	pthread_t thread;
	unsigned events;
	size_t count;

	assert_int_equal(hub->ops->list(hub, &row, 1, &count), TMG_OK);
	events = row.events;
	assert_int_equal(hub->ops->wait(hub, 20), TMG_PENDING);
	assert_int_equal(hub->ops->wait(hub, 0), TMG_PENDING);
	p->change = true;
	assert_int_equal(hub->ops->wait(hub, LONG_MS), TMG_OK);
	/* since the last list: until the next list it remains so */
	assert_int_equal(hub->ops->wait(hub, 0), TMG_OK);
	assert_int_equal(hub->ops->list(hub, &row, 1, &count), TMG_OK);
	assert_int_not_equal(row.events, events);
	assert_int_equal(hub->ops->wait(hub, 20), TMG_PENDING);

	assert_int_equal(pthread_create(&thread, NULL, cancel_later, hub), 0);
	assert_int_equal(hub->ops->wait(hub, -1), TMG_CANCELLED);
	pthread_join(thread, NULL);
	/* once is once; before the wait counts too */
	assert_int_equal(hub->ops->wait(hub, 20), TMG_PENDING);
	hub->ops->cancel(hub);
	assert_int_equal(hub->ops->wait(hub, LONG_MS), TMG_CANCELLED);
	tmg_hub_free(&hub);
}

/* The peer ends and comes back: two changes, an empty reader in between. */
static void
test_peer_restarts(void **state)
{
	struct peer *p = *state;
	tmg_hub *hub = open_hub(p);
	tmg_reader_state row;
	pthread_t thread;
	size_t count;

	assert_int_equal(hub->ops->list(hub, &row, 1, &count), TMG_OK);
	peer_stop(p);
	assert_int_equal(hub->ops->wait(hub, LONG_MS), TMG_OK);
	assert_int_equal(hub->ops->list(hub, &row, 1, &count), TMG_OK);
	assert_int_equal(row.presence, TMG_ABSENT);
	assert_int_equal(hub->ops->wait(hub, 20), TMG_PENDING);
	assert_int_equal(pthread_create(&thread, NULL, cancel_later, hub), 0);
	assert_int_equal(hub->ops->wait(hub, -1), TMG_CANCELLED);
	pthread_join(thread, NULL);

	peer_start(p);
	assert_int_equal(hub->ops->wait(hub, LONG_MS), TMG_OK);
	assert_int_equal(hub->ops->list(hub, &row, 1, &count), TMG_OK);
	assert_int_equal(row.presence, TMG_PRESENT);
	tmg_hub_free(&hub);
}

static void
test_open_refused(void **state)
{
	const struct peer *p = *state;
	char path[200];
	tmg_fault f = { 0 };
	tmg_hub *hub;

	snprintf(path, sizeof(path), "%s-not", p->path);
	assert_int_equal(tmg_hub_vcard(NULL, path, &f, &hub), TMG_NOT_FOUND);
	assert_null(hub);
	assert_non_null(strstr(f.text, "tamga-vcard"));
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(tmg_hub_vcard(NULL, path, &f, &hub), TMG_E_USAGE);
	assert_int_equal(tmg_hub_vcard(NULL, "", &f, &hub), TMG_E_USAGE);
	callocs_left = 0;
	assert_int_equal(tmg_hub_vcard(NULL, p->path, &f, &hub), TMG_E_NOMEM);
	callocs_left = -1;
	assert_null(hub);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_conversation),
		TEST(test_odd),
		TEST(test_connect_refused),
		TEST(test_bad_apdus),
		TEST(test_wait),
		TEST(test_peer_restarts),
		TEST(test_open_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
