/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/reader/pcsc.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include "src/base/clock.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/base/text.h"
#include "src/reader/holder.h"

enum {
	/* What the daemon knows and the library watches at a time. */
	READERS_MAX = PCSCLITE_MAX_READERS_CONTEXTS,
	RETRY_MS = 200,		/* between looks for a daemon that went away */
	CANCEL_TRIES = 2000,	/* milliseconds until cancel() gives up */
	KNOCK_MS = 500,		/* for a daemon that refuses to hang up */
};

/* The pseudo reader whose state changes when readers come and go. */
#define PNP_READER "\\\\?PnP?\\Notification"
#define SUBJECT "PC/SC"

/* What of a state is a change worth telling: not who else is connected. */
#define TELLING (SCARD_STATE_UNKNOWN | SCARD_STATE_UNAVAILABLE | \
	SCARD_STATE_EMPTY | SCARD_STATE_PRESENT | SCARD_STATE_EXCLUSIVE | \
	SCARD_STATE_MUTE)
#define EVENTS_SHIFT 16		/* the upper half counts events */

struct pcsc_hub {
	tmg_hub hub;
	_Atomic SCARDCONTEXT context;	/* read by cancel() */
	bool open;			/* context is one */
	bool listed;			/* states are those of the last list */
	unsigned era;			/* daemons that went away: each counts anew */
	atomic_bool waiting, cancelled;
	size_t count;			/* readers */
	char names[READERS_MAX][TMG_READER_NAME];
	size_t watched;			/* readers, and the one of PnP if it fits */
	SCARD_READERSTATE states[READERS_MAX + 1];
	/* Who held which card when that was last looked for. */
	char held[TMG_READER_NAME];
	DWORD held_state;
	tmg_holder holder;
};

static struct pcsc_hub *
of(tmg_hub *hub)
{
	return (struct pcsc_hub *)hub;
}

/* ---- the daemon ---------------------------------------------------------- */

/* Can its socket be opened, and does the daemon wait for us to speak?  0, or the
 * reason; ECONNRESET when it hangs up at once, as it does when polkit refuses. */
static int
knock_once(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	tmg_auto_fd fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct pollfd p = { .fd = fd, .events = POLLIN };

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", tmg_pcscd_socket());
	if (fd < 0 || connect(fd, (const struct sockaddr *)&at, sizeof(at)) != 0)
		return errno;
	return poll(&p, 1, KNOCK_MS) > 0 ? ECONNRESET : 0;
}

/* A daemon that ends hangs up too, but then nobody is there any more. */
static int
knock(void)
{
	const int reason = knock_once();

	return reason == ECONNRESET ? knock_once() : reason;
}

/*
 * What the library says when polkit refuses depends on its version and on how
 * fast the daemon hung up: a transport fault, no service, or a security
 * violation.  A socket that may not be opened is no service too, and a daemon
 * that ended under the question is a violation as well.
 */
static LONG
true_reason(LONG code)
{
	if (!tmg_pcsc_is_gone(code) && code != SCARD_W_SECURITY_VIOLATION)
		return code;
	switch (knock()) {
	case 0:
		return code;
	case ECONNRESET:
		return SCARD_W_SECURITY_VIOLATION;
	case EACCES:
	case EPERM:
		return SCARD_E_NO_ACCESS;
	default:
		return SCARD_E_NO_SERVICE;
	}
}

tmg_rc
tmg_pcsc_establish(tmg_fault *f, SCARDCONTEXT *context)
{
	const LONG code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL,
	    context);

	if (code == SCARD_S_SUCCESS)
		return TMG_OK;
	return tmg_pcsc_raise(f, true_reason(code), TMG_PCSC_HUB, SUBJECT);
}

static tmg_rc
open_context(struct pcsc_hub *h)
{
	SCARDCONTEXT context;
	tmg_rc rc;

	if (h->open)
		return TMG_OK;
	if ((rc = tmg_pcsc_establish(&h->hub.fault, &context)))
		return rc;
	atomic_store(&h->context, context);
	h->open = true;
	return TMG_OK;
}

static void
drop_context(struct pcsc_hub *h)
{
	if (h->open)
		(void)SCardReleaseContext(atomic_load(&h->context));
	h->open = false;
	h->listed = false;
	h->era++;
}

/* ---- list ---------------------------------------------------------------- */

static void
take_names(struct pcsc_hub *h, const char *multi)
{
	for (; *multi != '\0' && h->count < READERS_MAX;
	    multi += strlen(multi) + 1)
		tmg_text_copy(h->names[h->count++], TMG_READER_NAME, multi);
}

static LONG
read_names(struct pcsc_hub *h)
{
	const SCARDCONTEXT context = atomic_load(&h->context);
	char *multi = NULL;
	DWORD len = SCARD_AUTOALLOCATE;
	LONG code;

	h->count = 0;
	code = SCardListReaders(context, NULL, (LPSTR)&multi, &len);
	if (code == SCARD_E_NO_READERS_AVAILABLE)
		return SCARD_S_SUCCESS;
	if (code != SCARD_S_SUCCESS)
		return code;
	take_names(h, multi);
	(void)SCardFreeMemory(context, multi);
	return SCARD_S_SUCCESS;
}

/* What the daemon sees now becomes what wait() compares with. */
static void
settle(struct pcsc_hub *h)
{
	for (size_t i = 0; i < h->watched; i++)
		h->states[i].dwCurrentState = h->states[i].dwEventState &
		    ~(DWORD)SCARD_STATE_CHANGED;
}

/* Asks for the present state of every reader, at once. */
static LONG
read_states(struct pcsc_hub *h)
{
	LONG code;

	memset(h->states, 0, sizeof(h->states));
	for (size_t i = 0; i < h->count; i++)
		h->states[i].szReader = h->names[i];
	h->states[h->count].szReader = PNP_READER;
	/* With every place taken no reader can come, only go. */
	h->watched = h->count < READERS_MAX ? h->count + 1 : h->count;

	code = SCardGetStatusChange(atomic_load(&h->context), 0, h->states,
	    (DWORD)h->watched);
	/* With nothing to report at all the time is simply over. */
	if (code == SCARD_E_TIMEOUT)
		code = SCARD_S_SUCCESS;
	if (code == SCARD_S_SUCCESS)
		settle(h);
	return code;
}

static LONG
look(struct pcsc_hub *h)
{
	LONG code = read_names(h);

	if (code == SCARD_S_SUCCESS)
		code = read_states(h);
	if (tmg_pcsc_is_gone(code))
		drop_context(h);
	h->listed = code == SCARD_S_SUCCESS;
	return code;
}

static tmg_presence
presence_of(DWORD state)
{
	if (!(state & SCARD_STATE_PRESENT))
		return TMG_ABSENT;
	if (state & SCARD_STATE_MUTE)
		return TMG_MUTE;
	return state & SCARD_STATE_EXCLUSIVE ? TMG_HELD : TMG_PRESENT;
}

/* Looking through /proc takes a while, and browsers ask for the readers several
 * times a second: once for each time that somebody takes the card. */
static const char *
holder_of(struct pcsc_hub *h, size_t i)
{
	const DWORD state = h->states[i].dwEventState;

	if (strcmp(h->held, h->names[i]) == 0 && h->held_state == state)
		return h->holder.who;
	if (!tmg_holder_find(&h->holder))
		h->holder.who[0] = '\0';
	memcpy(h->held, h->names[i], sizeof(h->held));
	h->held_state = state;
	return h->holder.who;
}

static void
fill(struct pcsc_hub *h, size_t i, tmg_reader_state *row)
{
	const SCARD_READERSTATE *s = &h->states[i];

	*row = (tmg_reader_state){
		.scheme = h->hub.ops->scheme,
		.presence = presence_of(s->dwEventState),
		.events = h->era << EVENTS_SHIFT |
		    (unsigned)(s->dwEventState >> EVENTS_SHIFT),
	};
	memcpy(row->name, h->names[i], sizeof(row->name));
	if (s->cbAtr <= sizeof(row->atr) && row->presence != TMG_ABSENT) {
		memcpy(row->atr, s->rgbAtr, s->cbAtr);
		row->atr_len = s->cbAtr;
	}
	if (row->presence == TMG_HELD) {
		memcpy(row->holder, holder_of(h, i), sizeof(row->holder));
		row->advice = row->holder[0] != '\0' ? h->holder.advice : NULL;
	} else if (strcmp(h->held, row->name) == 0)
		h->held[0] = '\0';
}

/* A daemon that went away, or away and back, leaves no reader or new ones: a
 * state of things, not a fault of the list. */
static tmg_rc
list(tmg_hub *hub, tmg_reader_state *rows, size_t cap, size_t *count)
{
	struct pcsc_hub *h = of(hub);
	LONG code = SCARD_E_NO_SERVICE;

	*count = 0;
	for (int tries = 0; tries < 2 && tmg_pcsc_is_gone(code); tries++) {
		const tmg_rc rc = open_context(h);

		if (rc)
			return rc == TMG_NOT_FOUND ? TMG_OK : rc;
		code = look(h);
	}
	if (tmg_pcsc_result(code, TMG_PCSC_HUB) == TMG_NOT_FOUND)
		return TMG_OK;
	if (code != SCARD_S_SUCCESS)
		return tmg_pcsc_raise(&hub->fault, code, TMG_PCSC_HUB, SUBJECT);

	for (size_t i = 0; i < h->count && i < cap; i++)
		fill(h, i, &rows[i]);
	*count = h->count;
	return TMG_OK;
}

/* ---- wait ---------------------------------------------------------------- */

static void
sleep_ms(long ms)
{
	const struct timespec ts = { .tv_sec = ms / 1000,
	    .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&ts, NULL);
}

static bool
is_telling(const SCARD_READERSTATE *s)
{
	const DWORD diff = s->dwCurrentState ^ s->dwEventState;

	return (diff & TELLING) != 0 || diff >> EVENTS_SHIFT != 0;
}

/* One question to the daemon; TMG_PENDING for what nobody wants to know. */
static tmg_rc
wait_daemon(struct pcsc_hub *h, DWORD timeout)
{
	const LONG code = SCardGetStatusChange(atomic_load(&h->context),
	    timeout, h->states, (DWORD)h->watched);

	if (code == SCARD_E_CANCELLED)
		return TMG_CANCELLED;
	if (code == SCARD_E_TIMEOUT)
		return TMG_PENDING;
	if (code != SCARD_S_SUCCESS) {
		/* The daemon or a reader is gone. */
		if (tmg_pcsc_is_gone(code))
			drop_context(h);
		h->listed = false;
		return TMG_OK;
	}
	for (size_t i = 0; i < h->watched; i++)
		if (is_telling(&h->states[i]))
			return TMG_OK;
	settle(h);
	return TMG_PENDING;
}

/* No daemon: looks for one from time to time.  One that came is a change. */
static tmg_rc
wait_for_daemon(struct pcsc_hub *h, int64_t left)
{
	sleep_ms(left >= 0 && left < RETRY_MS ? (long)left : RETRY_MS);
	return open_context(h) == TMG_OK ? TMG_OK : TMG_PENDING;
}

static tmg_rc
wait_until(struct pcsc_hub *h, int64_t end)
{
	tmg_rc rc;
	int64_t left;

	do {
		left = end < 0 ? -1 : end - tmg_now_ms();
		if (left < 0 && end >= 0)
			left = 0;
		if (atomic_load(&h->cancelled))
			return TMG_CANCELLED;
		rc = h->open ? wait_daemon(h, end < 0 ? INFINITE : (DWORD)left)
		    : wait_for_daemon(h, left);
	} while (rc == TMG_PENDING && left != 0);
	return rc;
}

static tmg_rc
wait_change(tmg_hub *hub, int timeout_ms)
{
	struct pcsc_hub *h = of(hub);
	tmg_rc rc;

	if (h->open && !h->listed)
		return TMG_OK;	/* nothing known: everything is new */
	atomic_store(&h->waiting, true);
	rc = wait_until(h, timeout_ms < 0 ? -1 : tmg_now_ms() + timeout_ms);
	atomic_store(&h->waiting, false);
	if (atomic_exchange(&h->cancelled, false))
		return TMG_CANCELLED;
	return rc;
}

/* SCardCancel is lost on a wait that has not quite begun, so it is repeated
 * until the waiting thread has noticed. */
static void
cancel(tmg_hub *hub)
{
	struct pcsc_hub *h = of(hub);

	atomic_store(&h->cancelled, true);
	for (int tries = 0; tries < CANCEL_TRIES &&
	    atomic_load(&h->waiting) && atomic_load(&h->cancelled); tries++) {
		(void)SCardCancel(atomic_load(&h->context));
		sleep_ms(1);
	}
}

/* ---- the rest ------------------------------------------------------------ */

static tmg_rc
connect_card(tmg_hub *hub, const char *reader, tmg_link **link)
{
	return tmg_pcsc_link(reader, &hub->fault, link);
}

static void
close_hub(tmg_hub *hub)
{
	drop_context(of(hub));
	free(of(hub));
}

static const tmg_hub_ops ops = {
	.scheme = "pcsc",
	.list = list,
	.wait = wait_change,
	.cancel = cancel,
	.connect = connect_card,
	.close = close_hub,
};

tmg_rc
tmg_hub_pcsc(tmg_ctx *ctx, tmg_fault *f, tmg_hub **hub)
{
	struct pcsc_hub *h = calloc(1, sizeof(*h));
	tmg_rc rc;

	*hub = NULL;
	if (h == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	h->hub.ops = &ops;
	h->hub.ctx = ctx;
	if ((rc = open_context(h))) {
		rc = tmg_fault_copy(f, &h->hub.fault, rc);
		free(h);
		return rc;
	}
	*hub = &h->hub;
	return TMG_OK;
}
