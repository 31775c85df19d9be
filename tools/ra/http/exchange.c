/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/http/exchange.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/ctx.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/http/incoming.h"
#include "tools/ra/http/intake.h"
#include "tools/ra/http/outgoing.h"
#include "tools/ra/http/waiters.h"

#define REPLY_MS 300000		/* for a peer to take a reply */
#define DROPPED_MOST (16u * RA_BODY_MAX) /* bytes read of what is refused */
#define FILE_RETRY_S 120	/* until there may be room again */
#define FILES_MOST (256u * 1024 * 1024) /* bytes of those coming in, on disk */

struct ra_exchange {
	ra_work work;
	ra_house *house;
	struct MHD_Connection *conn;
	bool plain;
	struct timespec start;
	ra_intake body;
	char peer[64];
	ra_posted query;
	ra_call call;
	ra_reply reply;
	bool answered;			/* reply is what there is to say */
	size_t most;			/* bytes that the body may have */
	size_t files;			/* set aside of the server's */
	size_t dropped;
	bool too_large;
	bool too_many;			/* files at once */
	bool no_room;			/* for a file */
	bool no_host;
};

static long
elapsed_ms(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - start->tv_sec) * 1000 +
	    (now.tv_nsec - start->tv_nsec) / 1000000;
}

/* Peers choose their words: nothing that could break a line or a terminal. */
static void
printable(const char *text, char *out, size_t cap)
{
	size_t i;

	for (i = 0; text[i] != '\0' && i + 1 < cap; i++)
		out[i] = text[i] > ' ' && text[i] < 0x7f ? text[i] : '?';
	out[i] = '\0';
}

static void
log_request(const ra_exchange *x, const ra_call *call, const ra_reply *r)
{
	char path[128];

	printable(call->path, path, sizeof(path));
	tmg_log(x->house->office->ctx, TMG_LOG_INFO, "%s %s %s %s %u %ld ms",
	    call->peer, r->user[0] ? r->user : "-", call->method, path,
	    r->status, elapsed_ms(&x->start));
}

static void
ask_later(ra_reply *reply, const char *text)
{
	reply->retry_after_s = FILE_RETRY_S;
	ra_reply_text(reply, HTTP_UNAVAILABLE, "%s", text);
}

/* What no handler is asked about. */
static bool
refuse(const ra_exchange *x, ra_reply *reply)
{
	if (x->too_large)
		ra_reply_text(reply, HTTP_TOO_LARGE,
		    _("a request body has at most %zu bytes here"), x->most);
	else if (x->too_many)
		ask_later(reply,
		    _("too many files are being sent just now; try again later"));
	else if (x->no_room)
		ask_later(reply,
		    _("there is no room for files just now; try again later"));
	else if (x->no_host)
		ra_reply_text(reply, HTTP_BAD_REQUEST,
		    _("a request of HTTP/1.1 has a Host header"));
	else
		return false;
	return true;
}

static void
handle(ra_exchange *x)
{
	ra_desk *desk = ra_pool_take(x->house->pool);

	ra_desk_look(desk);
	ra_route(desk, &x->call, &x->reply);
	ra_pool_give(x->house->pool, desk);
	x->answered = true;
}

/* From here on the connection is its own thread's again. */
static void
answer_away(ra_work *work)
{
	ra_exchange *x = (ra_exchange *)work;

	handle(x);
	MHD_resume_connection(x->conn);
}

static void
take_call(ra_exchange *x, const char *url, const char *method)
{
	x->call = ra_incoming_call(x->conn, url, method, x->peer, &x->query);
	x->call.plain = x->plain;
	x->no_room = ra_intake_view(&x->body, &x->call.body) != TMG_OK || x->no_room;
	ra_incoming_query(x->conn, &x->query);
	ra_incoming_address(x->conn, x->peer, sizeof(x->peer));
}

/*
 * RFC 9110 12.5.1: who does not say what is acceptable gets anything.  But that is never
 * a browser or curl, and Bouncy Castle's EST client takes any body of 202 and of 401 for
 * an answer that broke off.
 */
static enum MHD_Result
send_reply(ra_exchange *x)
{
	if (x->call.accepts[0] == '\0')
		ra_reply_wordless(&x->reply);
	log_request(x, &x->call, &x->reply);
	ra_guests_give(x->house->guests, x->conn, REPLY_MS);
	return ra_outgoing_send(x->conn, &x->reply, x->plain);
}

enum MHD_Result
ra_exchange_answer(ra_exchange *x, const char *url, const char *method)
{
	if (x->answered)
		return send_reply(x);
	take_call(x, url, method);
	ra_guests_give(x->house->guests, x->conn, 0);
	if (refuse(x, &x->reply))
		return send_reply(x);
	if (ra_route_waits(&x->call)) {
		MHD_suspend_connection(x->conn);
		ra_waiters_do(x->house->waiters, &x->work);
		return MHD_YES;
	}
	handle(x);
	return send_reply(x);
}

static size_t
most_of(ra_house *h, struct MHD_Connection *conn, const char *url,
    const char *method)
{
	const ra_posted none = { .store = NULL };
	const ra_call call = ra_incoming_call(conn, url, method, "", &none);
	ra_desk *desk;
	size_t most;

	if (!ra_route_takes_files(&call))
		return RA_BODY_MAX;
	desk = ra_pool_take(h->pool);
	most = ra_route_body(desk, &call);
	ra_pool_give(h->pool, desk);
	if (most > RA_BODY_MAX)
		ra_guests_give_upload(h->guests, conn);
	return most;
}

/* What a file takes is set aside of what all files may take together. */
static bool
set_aside(ra_exchange *x, size_t len)
{
	const size_t more = len <= RA_INTAKE_MEMORY + x->files ? 0 :
	    len - RA_INTAKE_MEMORY - x->files;

	if (atomic_fetch_add(&x->house->files, more) + more > FILES_MOST) {
		atomic_fetch_sub(&x->house->files, more);
		return false;
	}
	x->files += more;
	return true;
}

static bool
is_refused(const ra_exchange *x)
{
	return x->too_large || x->too_many || x->no_room;
}

enum MHD_Result
ra_exchange_begin(ra_house *house, bool plain, struct MHD_Connection *conn,
    const char *url, const char *method, const char *version,
    ra_exchange **exchange)
{
	ra_exchange *x = *exchange = calloc(1, sizeof(*x));

	if (x == NULL)
		return MHD_NO;
	x->work.run = answer_away;
	x->house = house;
	x->conn = conn;
	x->plain = plain;
	x->body = RA_INTAKE_EMPTY;
	x->reply.status = HTTP_SERVER_ERROR;
	x->no_host = strcmp(version, MHD_HTTP_VERSION_1_1) == 0 &&
	    ra_incoming_header(conn, "Host")[0] == '\0';	/* RFC 9112 3.2 */
	clock_gettime(CLOCK_MONOTONIC, &x->start);
	atomic_fetch_add(&house->running, 1);
	x->most = most_of(house, conn, url, method);

	/* Said before the body is sent to who waits for that; who does not might
	 * hear of a closed line instead, so a body that is not too long is read. */
	const unsigned long long announced =
	    strtoull(ra_incoming_header(conn, "Content-Length"), NULL, 10);

	x->too_large = announced > x->most;
	x->too_many = !x->too_large && !set_aside(x, announced);
	return is_refused(x) && (ra_incoming_header(conn, "Expect")[0] != '\0' ||
	    announced > DROPPED_MOST) ?
	    ra_exchange_answer(x, url, method) : MHD_YES;
}

enum MHD_Result
ra_exchange_add(ra_exchange *x, const char *data, size_t n)
{
	const tmg_view more = { (const uint8_t *)data, n };
	tmg_rc rc = TMG_OK;

	if (!is_refused(x)) {
		x->too_large = n > x->most - x->body.len;
		x->too_many = !x->too_large && !set_aside(x, x->body.len + n);
	}
	if (!is_refused(x) && (rc = ra_intake_add(&x->body, more)) == TMG_E_IO) {
		tmg_log(x->house->office->ctx, TMG_LOG_ERROR,
		    "no room for a file that is sent: %s", strerror(errno));
		x->no_room = true;
	}
	if (is_refused(x)) {
		x->dropped += n;
		return x->dropped > DROPPED_MOST ? MHD_NO : MHD_YES;
	}
	return rc == TMG_OK ? MHD_YES : MHD_NO;
}

void
ra_exchange_end(ra_exchange **exchange)
{
	ra_exchange *x = *exchange;

	if (x == NULL)
		return;
	/* for the next one, while it lasts */
	ra_guests_give_request(x->house->guests, x->conn);
	atomic_fetch_sub(&x->house->running, 1);
	atomic_fetch_sub(&x->house->files, x->files);
	ra_reply_release(&x->reply);
	ra_intake_release(&x->body);
	free(x);
	*exchange = NULL;
}
