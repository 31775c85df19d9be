/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads: libmicrohttpd runs a fixed pool of them, each with its own
 * connections; a request is worked on by one thread from end to end.  There
 * are as many desks as threads, each with its own connection to the store,
 * so no SQLite handle is ever seen by two threads at once.
 */
#include "tools/ra/http/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/http/http.h"
#include "tools/ra/http/intake.h"
#include "tools/ra/http/listen.h"
#include "tools/ra/http/media.h"
#include "tools/ra/http/tls.h"
#include "tools/ra/http/watch.h"

#define IDLE_S 20		/* a connection that says nothing is closed */
#define REPLY_MS 300000		/* and one that takes so long to take a reply */
#define GRACE_MS 10000
#define DROPPED_MOST (16u * RA_BODY_MAX) /* bytes read of what is refused */
#define FILE_MS 120000		/* to send a file in */
#define FILES_MOST (256u * 1024 * 1024)	/* bytes of those coming in at once, on disk */

/* Where connections come in. */
struct door {
	ra_server *server;
	bool plain;			/* without TLS */
	struct MHD_Daemon *daemon;
	int fd;
};

enum { DOOR_TLS, DOOR_PLAIN, DOORS };

struct ra_server {
	ra_office *office;
	struct door door[DOORS];
	atomic_int running;		/* requests between first byte and last */
	atomic_size_t files;		/* bytes set aside for bodies with a file */
	ra_watch *watch;
	atomic_long request_ms;		/* for a request to be said in */
	pthread_mutex_t showing;
	ra_tls *tls;			/* what new connections are shown */
	pthread_mutex_t mutex;
	pthread_cond_t freed;
	ra_desk *desk;
	bool *taken;
	size_t desks;
};

/* One connection. */
struct guest {
	ra_watched *watched;
	ra_tls *tls;			/* what it was shown; NULL without TLS */
};

/* One request on its way in. */
struct exchange {
	ra_server *server;
	const struct door *door;
	struct timespec start;
	ra_intake body;
	size_t most;			/* bytes that the body may have */
	size_t files;			/* set aside of the server's */
	size_t dropped;
	bool too_large;
	bool too_many;			/* files at once */
	bool no_room;			/* for a file */
	bool no_host;
};

/* ---- desks ---- */

static ra_desk *
take_desk(ra_server *s)
{
	pthread_mutex_lock(&s->mutex);
	for (;;) {
		for (size_t i = 0; i < s->desks; i++) {
			if (!s->taken[i]) {
				s->taken[i] = true;
				pthread_mutex_unlock(&s->mutex);
				return &s->desk[i];
			}
		}
		pthread_cond_wait(&s->freed, &s->mutex);
	}
}

static void
give_desk(ra_server *s, const ra_desk *desk)
{
	pthread_mutex_lock(&s->mutex);
	s->taken[desk - s->desk] = false;
	pthread_cond_signal(&s->freed);
	pthread_mutex_unlock(&s->mutex);
}

/* ---- those who take their time ---- */

static ra_tls *
tls_now(ra_server *s)
{
	ra_tls *tls;

	pthread_mutex_lock(&s->showing);
	tls = ra_tls_take(s->tls);
	pthread_mutex_unlock(&s->showing);
	return tls;
}

/* Its handshake has not begun: it is shown what is in force now. */
static void
show_tls(struct guest *g, const struct door *door, struct MHD_Connection *conn)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(conn, MHD_CONNECTION_INFO_GNUTLS_SESSION);

	if (door->plain || info == NULL || info->tls_session == NULL)
		return;
	g->tls = tls_now(door->server);
	if (!ra_tls_use(g->tls, info->tls_session))
		ra_tls_free(&g->tls);
}

static void
leave(ra_server *s, struct guest *g)
{
	if (g == NULL)
		return;
	ra_watch_remove(s->watch, g->watched);
	ra_tls_free(&g->tls);
	free(g);
}

/* Called for each connection when it is there and before it is closed.  Who has
 * no memory left for that is shown the certificate of the start. */
static void
on_connection(void *arg, struct MHD_Connection *conn, void **context,
    enum MHD_ConnectionNotificationCode code)
{
	const struct door *door = arg;
	const union MHD_ConnectionInfo *info;
	ra_server *s = door->server;
	struct guest *g;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		leave(s, *context);
		*context = NULL;
		return;
	}
	if ((g = *context = calloc(1, sizeof(*g))) == NULL)
		return;
	info = MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CONNECTION_FD);
	g->watched = info != NULL ? ra_watch_add(s->watch, info->connect_fd) : NULL;
	ra_watch_due(s->watch, g->watched, atomic_load(&s->request_ms));
	show_tls(g, door, conn);
}

static void
give_time(const ra_server *s, struct MHD_Connection *conn, long ms)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(conn, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	const struct guest *g = info != NULL ? info->socket_context : NULL;

	if (g != NULL)
		ra_watch_due(s->watch, g->watched, ms);
}

/* ---- what came in ---- */

static const char *
header(struct MHD_Connection *conn, const char *name)
{
	const char *value =
	    MHD_lookup_connection_value(conn, MHD_HEADER_KIND, name);

	return value != NULL ? value : "";
}

static void
peer_address(struct MHD_Connection *conn, char *text, size_t cap)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *sa = info != NULL ? info->client_addr : NULL;

	if (sa == NULL || ra_listen_address(sa, text, cap))
		snprintf(text, cap, "unknown");
}

/* GnuTLS has checked that the peer holds the key; whose it is, the desk says. */
static tmg_view
peer_cert(struct MHD_Connection *conn)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(conn, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	const gnutls_datum_t *list;
	unsigned count = 0;

	if (info == NULL || info->tls_session == NULL)
		return (tmg_view){ NULL, 0 };
	list = gnutls_certificate_get_peers(info->tls_session, &count);
	return list == NULL || count == 0 ? (tmg_view){ NULL, 0 } :
	    (tmg_view){ list[0].data, list[0].size };
}

static long
elapsed_ms(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - start->tv_sec) * 1000 +
	    (now.tv_nsec - start->tv_nsec) / 1000000;
}

/* ---- what goes out ---- */

static const struct {
	const char *name, *value;
} always[] = {
	{ "X-Content-Type-Options", "nosniff" },
	/* the Origin of a form is told to us, and nothing to others */
	{ "Referrer-Policy", "same-origin" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
	{ "Cross-Origin-Resource-Policy", "same-origin" },
};

#define CSP_NOTHING "default-src 'none'; frame-ancestors 'none'"
#define CSP_FILE CSP_NOTHING "; sandbox"
#define CSP_PAGE "default-src 'none'; style-src 'self'; img-src 'self' data:; " \
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

static void
add_if(struct MHD_Response *out, bool wanted, const char *name,
    const char *value)
{
	if (wanted)
		MHD_add_response_header(out, name, value);
}

static void
add_seconds(struct MHD_Response *out, const char *name, long seconds)
{
	char number[24];

	snprintf(number, sizeof(number), "%ld", seconds);
	add_if(out, seconds > 0, name, number);
}

static bool
tag_of(const ra_reply *r, char *text, size_t cap)
{
	char hash[RA_HASH_TEXT];

	return ra_sha256_text((tmg_view){ r->body, r->len }, hash) == TMG_OK &&
	    snprintf(text, cap, "\"%s\"", hash) < (int)cap;
}

/* RFC 5019 6.2 */
static void
add_freshness(struct MHD_Response *out, const ra_reply *r)
{
	char date[RA_DATE_MAX], words[96];

	if (r->fresh.until == 0) {
		add_if(out, true, "Cache-Control",
		    r->keep ? "public, max-age=31536000, immutable" : "no-store");
		return;
	}
	snprintf(words, sizeof(words),
	    "max-age=%ld, public, no-transform, must-revalidate",
	    r->fresh.max_age_s > 0 ? r->fresh.max_age_s : 0);
	add_if(out, true, "Cache-Control", words);
	ra_media_date(r->fresh.from, date);
	add_if(out, true, "Last-Modified", date);
	ra_media_date(r->fresh.until, date);
	add_if(out, true, "Expires", date);
	if (tag_of(r, words, sizeof(words)))
		add_if(out, true, "ETag", words);
}

static void
add_headers(struct MHD_Response *out, const ra_reply *r, bool plain)
{
	char file[128];

	for (size_t i = 0; i < TMG_COUNT(always); i++)
		MHD_add_response_header(out, always[i].name, always[i].value);
	/* RFC 6797 7.2: never without TLS */
	add_if(out, !plain, "Strict-Transport-Security", "max-age=31536000");
	add_if(out, true, "Content-Security-Policy",
	    r->page ? CSP_PAGE : r->file[0] != '\0' ? CSP_FILE : CSP_NOTHING);
	add_freshness(out, r);
	add_if(out, r->type != NULL, "Content-Type", r->type);
	add_if(out, r->base64, "Content-Transfer-Encoding", "base64");
	add_if(out, r->allow[0] != '\0', "Allow", r->allow);
	add_if(out, r->challenge, "WWW-Authenticate",
	    "Basic realm=\"tamga-ra\", charset=\"UTF-8\"");
	add_if(out, r->location[0] != '\0', "Location", r->location);
	for (size_t n = 0; n < TMG_COUNT(r->cookie); n++)
		add_if(out, r->cookie[n][0] != '\0', "Set-Cookie", r->cookie[n]);
	if (r->file[0] != '\0') {
		snprintf(file, sizeof(file), "attachment; filename=\"%s\"", r->file);
		MHD_add_response_header(out, "Content-Disposition", file);
	}
	add_seconds(out, "Retry-After", r->retry_after_s);
	add_seconds(out, "Refresh", r->again_s);
}

/* A body that is nobody's any more. */
struct sent {
	uint8_t *body;
	size_t len;
};

static void
wipe_sent(void *cls)
{
	struct sent *sent = cls;

	explicit_bzero(sent->body, sent->len);
	free(sent->body);
	free(sent);
}

/* Takes the body over, on success only. */
static struct MHD_Response *
response_of(ra_reply *r)
{
	struct MHD_Response *out;
	struct sent *sent;

	if (!r->secret)
		return MHD_create_response_from_buffer(r->len, r->body,
		    MHD_RESPMEM_MUST_FREE);
	if ((sent = malloc(sizeof(*sent))) == NULL)
		return NULL;
	*sent = (struct sent){ r->body, r->len };
	out = MHD_create_response_from_buffer_with_free_callback_cls(r->len, r->body,
	    wipe_sent, sent);
	if (out == NULL)
		free(sent);
	return out;
}

static enum MHD_Result
send_reply(struct MHD_Connection *conn, ra_reply *r, bool plain)
{
	struct MHD_Response *out = response_of(r);
	enum MHD_Result queued;

	if (out == NULL)
		return MHD_NO;
	add_headers(out, r, plain);
	r->body = NULL;
	queued = MHD_queue_response(conn, r->status, out);
	MHD_destroy_response(out);
	return queued;
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
log_request(const struct exchange *x, const ra_call *call, const ra_reply *r)
{
	char path[128];

	printable(call->path, path, sizeof(path));
	tmg_log(x->server->office->ctx, TMG_LOG_INFO, "%s %s %s %s %u %ld ms",
	    call->peer, r->user[0] ? r->user : "-", call->method, path,
	    r->status, elapsed_ms(&x->start));
}

/* The path of a target that names scheme and host too (RFC 9112 3.2.2). */
static const char *
origin_form(const char *target)
{
	const char *host = strstr(target, "://");

	if (target[0] == '/' || host == NULL)
		return target;
	host += strlen("://");
	return host + strcspn(host, "/");
}

/* More than a page can ask for is left out. */
static enum MHD_Result
on_argument(void *arg, enum MHD_ValueKind kind, const char *name,
    const char *value)
{
	ra_posted *query = arg;

	(void)kind;
	return query->count < RA_POSTED_MAX && ra_posted_add(query, name,
	    value != NULL ? value : "") == TMG_OK ? MHD_YES : MHD_NO;
}

/* A call as its headers tell it; peer and query are filled in later. */
static ra_call
call_of(struct MHD_Connection *conn, const char *url, const char *method,
    const char *peer, const ra_posted *query)
{
	return (ra_call){ .method = strcmp(method, "HEAD") == 0 ? "GET" : method,
		.path = origin_form(url), .rest = "", .content_type = header(conn, "Content-Type"),
		.authorization = header(conn, "Authorization"),
		.cookie = header(conn, "Cookie"), .origin = header(conn, "Origin"),
		.host = header(conn, "Host"), .query = query,
		.languages = header(conn, "Accept-Language"), .peer = peer,
		.signature = header(conn, "Tamga-Signature"),
		.peer_cert = peer_cert(conn) };
}

static enum MHD_Result
answer(struct exchange *x, struct MHD_Connection *conn, const char *url,
    const char *method)
{
	tmg_auto(ra_reply) reply = { .status = HTTP_SERVER_ERROR };
	ra_posted query = { .store = NULL };
	char peer[64] = "";
	ra_call call = call_of(conn, url, method, peer, &query);

	call.plain = x->door->plain;
	x->no_room = ra_intake_view(&x->body, &call.body) != TMG_OK || x->no_room;
	give_time(x->server, conn, 0);
	MHD_get_connection_values(conn, MHD_GET_ARGUMENT_KIND, on_argument, &query);
	peer_address(conn, peer, sizeof(peer));
	if (x->too_large) {
		ra_reply_text(&reply, HTTP_TOO_LARGE,
		    _("a request body has at most %zu bytes here"), x->most);
	} else if (x->too_many) {
		reply.retry_after_s = FILE_MS / 1000;
		ra_reply_text(&reply, HTTP_UNAVAILABLE,
		    _("too many files are being sent just now; try again later"));
	} else if (x->no_room) {
		reply.retry_after_s = FILE_MS / 1000;
		ra_reply_text(&reply, HTTP_UNAVAILABLE,
		    _("there is no room for files just now; try again later"));
	} else if (x->no_host) {
		ra_reply_text(&reply, HTTP_BAD_REQUEST,
		    _("a request of HTTP/1.1 has a Host header"));
	} else {
		ra_desk *desk = take_desk(x->server);

		ra_desk_look(desk);
		ra_route(desk, &call, &reply);
		give_desk(x->server, desk);
	}
	log_request(x, &call, &reply);
	give_time(x->server, conn, REPLY_MS);
	return send_reply(conn, &reply, x->door->plain);
}

/* ---- libmicrohttpd's callbacks ---- */

static size_t
most_of(ra_server *s, struct MHD_Connection *conn, const char *url,
    const char *method)
{
	const ra_posted none = { .store = NULL };
	const ra_call call = call_of(conn, url, method, "", &none);
	ra_desk *desk;
	size_t most;

	if (!ra_route_takes_files(&call))
		return RA_BODY_MAX;
	desk = take_desk(s);
	most = ra_route_body(desk, &call);
	give_desk(s, desk);
	if (most > RA_BODY_MAX)
		give_time(s, conn, FILE_MS);
	return most;
}

/* What a file takes is set aside of what all files may take together. */
static bool
set_aside(struct exchange *x, size_t len)
{
	const size_t more = len <= RA_INTAKE_MEMORY + x->files ? 0 :
	    len - RA_INTAKE_MEMORY - x->files;

	if (atomic_fetch_add(&x->server->files, more) + more > FILES_MOST) {
		atomic_fetch_sub(&x->server->files, more);
		return false;
	}
	x->files += more;
	return true;
}

static bool
is_refused(const struct exchange *x)
{
	return x->too_large || x->too_many || x->no_room;
}

static enum MHD_Result
begin_request(const struct door *door, struct MHD_Connection *conn,
    const char *url, const char *method, const char *version, void **state)
{
	struct exchange *x = calloc(1, sizeof(*x));
	ra_server *s = door->server;

	if (x == NULL)
		return MHD_NO;
	x->server = s;
	x->door = door;
	x->body = RA_INTAKE_EMPTY;
	x->no_host = strcmp(version, MHD_HTTP_VERSION_1_1) == 0 &&
	    header(conn, "Host")[0] == '\0';		/* RFC 9112 3.2 */
	clock_gettime(CLOCK_MONOTONIC, &x->start);
	atomic_fetch_add(&s->running, 1);
	*state = x;

	x->most = most_of(s, conn, url, method);

	/* Said before the body is sent to who waits for that; who does not might
	 * hear of a closed line instead, so a body that is not too long is read. */
	const unsigned long long announced =
	    strtoull(header(conn, "Content-Length"), NULL, 10);

	x->too_large = announced > x->most;
	x->too_many = !x->too_large && !set_aside(x, announced);
	return is_refused(x) && (header(conn, "Expect")[0] != '\0' ||
	    announced > DROPPED_MOST) ? answer(x, conn, url, method) : MHD_YES;
}

/* Beyond the limit bytes are read and dropped for a while, so that the
 * client hears the reason; then the connection is closed. */
static enum MHD_Result
add_body(struct exchange *x, const char *data, size_t n)
{
	const tmg_view more = { (const uint8_t *)data, n };
	tmg_rc rc = TMG_OK;

	if (!is_refused(x)) {
		x->too_large = n > x->most - x->body.len;
		x->too_many = !x->too_large && !set_aside(x, x->body.len + n);
	}
	if (!is_refused(x) && (rc = ra_intake_add(&x->body, more)) == TMG_E_IO) {
		tmg_log(x->server->office->ctx, TMG_LOG_ERROR,
		    "no room for a file that is sent: %s", strerror(errno));
		x->no_room = true;
	}
	if (is_refused(x)) {
		x->dropped += n;
		return x->dropped > DROPPED_MOST ? MHD_NO : MHD_YES;
	}
	return rc == TMG_OK ? MHD_YES : MHD_NO;
}

/* A NUL would end the path early and let it pass for a shorter one: a target
 * with one stays as it came, and is found nowhere. */
static size_t
on_escaped(void *arg, struct MHD_Connection *conn, char *text)
{
	(void)arg;
	(void)conn;
	return strstr(text, "%00") != NULL ? strlen(text) : MHD_http_unescape(text);
}

static enum MHD_Result
on_request(void *arg, struct MHD_Connection *conn, const char *url,
    const char *method, const char *version, const char *data, size_t *size,
    void **state)
{
	struct exchange *x = *state;

	if (x == NULL)
		return begin_request(arg, conn, url, method, version, state);
	if (*size > 0) {
		const enum MHD_Result taken = add_body(x, data, *size);

		*size = 0;
		return taken;
	}
	return answer(x, conn, url, method);
}

static void
on_completed(void *arg, struct MHD_Connection *conn, void **state,
    enum MHD_RequestTerminationCode code)
{
	struct exchange *x = *state;

	(void)arg;
	(void)code;
	if (x == NULL)
		return;
	/* for the next one, while it lasts */
	give_time(x->server, conn, atomic_load(&x->server->request_ms));
	atomic_fetch_sub(&x->server->running, 1);
	atomic_fetch_sub(&x->server->files, x->files);
	ra_intake_release(&x->body);
	free(x);
	*state = NULL;
}

static void
on_log(void *arg, const char *fmt, va_list ap)
{
	const struct door *door = arg;
	char raw[256], line[256];

	vsnprintf(raw, sizeof(raw), fmt, ap);
	raw[strcspn(raw, "\n")] = '\0';
	for (size_t i = 0; i < sizeof(raw); i++)
		line[i] = raw[i] == ' ' ? ' ' : raw[i] != '\0' &&
		    ((unsigned char)raw[i] < ' ' || (unsigned char)raw[i] >= 0x7f) ?
		    '?' : raw[i];
	tmg_log(door->server->office->ctx, TMG_LOG_DEBUG, "http: %s", line);
}

/* ---- starting and stopping ---- */

static void
close_desks(ra_server *s)
{
	for (size_t i = 0; s->desk != NULL && i < s->desks; i++)
		ra_desk_release(&s->desk[i]);
	free(s->desk);
	free(s->taken);
}

static tmg_rc
open_desks(ra_server *s, tmg_fault *f)
{
	tmg_rc rc;

	s->desks = (size_t)s->office->config.threads;
	s->desk = calloc(s->desks, sizeof(*s->desk));
	s->taken = calloc(s->desks, sizeof(*s->taken));
	if (s->desk == NULL || s->taken == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	for (size_t i = 0; i < s->desks; i++)
		if ((rc = ra_desk_open(s->office, &s->desk[i], f)))
			return rc;
	return TMG_OK;
}

/* Items are read up to the first MHD_OPTION_END. */
static struct MHD_Daemon *
start_daemon(struct door *door, const ra_tls_files *p)
{
	const ra_config *c = &door->server->office->config;
	const struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, p->key },
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, p->cert },
		{ MHD_OPTION_HTTPS_MEM_TRUST, 0, p->trust },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)RA_TLS_PRIORITIES },
		{ MHD_OPTION_END, 0, NULL },
	};
	/* With one thread no pool may be asked for. */
	const struct MHD_OptionItem pool[] = {
		{ c->threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END,
		    c->threads, NULL },
		{ MHD_OPTION_END, 0, NULL },
	};

	return MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD |
	    MHD_USE_EPOLL | MHD_USE_ITC | MHD_USE_ERROR_LOG |
	    (door->plain ? 0u : (unsigned)MHD_USE_TLS),
	    0, NULL, NULL, on_request, door,
	    MHD_OPTION_EXTERNAL_LOGGER, on_log, door,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, door,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, door,
	    MHD_OPTION_UNESCAPE_CALLBACK, on_escaped, door,
	    MHD_OPTION_LISTEN_SOCKET, door->fd,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)c->connections,
	    MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)c->address_connections,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
	    MHD_OPTION_ARRAY, door->plain ? &tls[TMG_COUNT(tls) - 1] : tls,
	    MHD_OPTION_ARRAY, pool,
	    MHD_OPTION_END);
}

static tmg_rc
open_doors(ra_server *s, tmg_fault *f)
{
	tmg_auto(ra_tls_files) p = { NULL, NULL, NULL };
	tmg_rc rc;

	if ((rc = ra_tls_load(&s->office->config, &s->tls, f)) ||
	    (rc = ra_tls_files_read(&s->office->config, &p, f)))
		return rc;
	for (size_t i = 0; i < DOORS; i++) {
		struct door *door = &s->door[i];

		if (door->fd < 0 || (door->daemon = start_daemon(door, &p)) != NULL)
			continue;
		return tmg_raise(f, TMG_E_IO, 0, door->plain ?
		    _("the HTTP server does not start") :
		    _("the HTTPS server does not start"));
	}
	return TMG_OK;
}

tmg_rc
ra_server_start(ra_office *office, int fd, int plain_fd, tmg_fault *f,
    ra_server **server)
{
	ra_server *s = calloc(1, sizeof(*s));
	tmg_rc rc;

	*server = NULL;
	if (s == NULL) {
		close(fd);
		if (plain_fd >= 0)
			close(plain_fd);
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	}
	s->office = office;
	s->door[DOOR_TLS] = (struct door){ s, false, NULL, fd };
	s->door[DOOR_PLAIN] = (struct door){ s, true, NULL, plain_fd };
	atomic_init(&s->request_ms, office->config.request_s * 1000L);
	pthread_mutex_init(&s->showing, NULL);
	pthread_mutex_init(&s->mutex, NULL);
	pthread_cond_init(&s->freed, NULL);
	if ((rc = ra_watch_new(&s->watch)))
		rc = tmg_raise(f, rc, 0, _("out of memory"));
	if (rc || (rc = open_desks(s, f)) || (rc = open_doors(s, f))) {
		ra_server_free(&s);
		return rc;
	}
	*server = s;
	return TMG_OK;
}

void
ra_server_follow(ra_server *s, const ra_config *config, ra_tls **tls)
{
	ra_tls *before;

	atomic_store(&s->request_ms, config->request_s * 1000L);
	pthread_mutex_lock(&s->showing);
	before = s->tls;
	s->tls = *tls;
	pthread_mutex_unlock(&s->showing);
	*tls = NULL;
	ra_tls_free(&before);
}

static void
let_requests_end(ra_server *s)
{
	const struct timespec pause = { 0, 10 * 1000 * 1000 };

	for (int ms = 0; ms < GRACE_MS && atomic_load(&s->running) > 0; ms += 10)
		nanosleep(&pause, NULL);
}

void
ra_server_free(ra_server **server)
{
	ra_server *s = *server;

	if (s == NULL)
		return;
	for (size_t i = 0; i < DOORS; i++)
		if (s->door[i].daemon != NULL)
			MHD_quiesce_daemon(s->door[i].daemon);
	let_requests_end(s);
	for (size_t i = 0; i < DOORS; i++) {
		if (s->door[i].daemon != NULL)
			MHD_stop_daemon(s->door[i].daemon);
		if (s->door[i].fd >= 0)
			close(s->door[i].fd);
	}
	ra_watch_free(&s->watch);
	close_desks(s);
	ra_tls_free(&s->tls);
	pthread_mutex_destroy(&s->showing);
	pthread_cond_destroy(&s->freed);
	pthread_mutex_destroy(&s->mutex);
	free(s);
	*server = NULL;
}
