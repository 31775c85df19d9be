/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads: libmicrohttpd runs a fixed pool of them, each with its own
 * connections.  A request is worked on by one thread from end to end, or, if it may
 * have to wait for others, by one of those that have no connections.
 *
 * They poll.  With epoll, 0.9.75 asks a TLS handshake that waits for its peer again
 * and again, without a rest: one who stops in the middle of his takes a processor.
 */
#include "tools/ra/http/server.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/register.h"
#include "tools/ra/http/exchange.h"

#define IDLE_S 20		/* a connection that says nothing is closed */
#define GRACE_MS 10000

/* Where connections come in. */
struct door {
	ra_house *house;
	bool plain;			/* without TLS */
	struct MHD_Daemon *daemon;
	int fd;
};

enum { DOOR_TLS, DOOR_PLAIN, DOORS };

struct ra_server {
	ra_house house;
	struct door door[DOORS];
};

/* ---- libmicrohttpd's callbacks ---- */

/* Called for each connection when it is there and before it is closed. */
static void
on_connection(void *arg, struct MHD_Connection *conn, void **context,
    enum MHD_ConnectionNotificationCode code)
{
	const struct door *door = arg;
	ra_guests *guests = door->house->guests;

	if (code != MHD_CONNECTION_NOTIFY_CLOSED) {
		*context = ra_guests_enter(guests, conn, door->plain);
		return;
	}
	ra_guests_leave(guests, *context);
	*context = NULL;
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
	const struct door *door = arg;
	ra_exchange *x = *state;

	if (x == NULL) {
		const enum MHD_Result begun = ra_exchange_begin(door->house,
		    door->plain, conn, url, method, version, &x);

		*state = x;
		return begun;
	}
	if (*size > 0) {
		const enum MHD_Result taken = ra_exchange_add(x, data, *size);

		*size = 0;
		return taken;
	}
	return ra_exchange_answer(x, url, method);
}

static void
on_completed(void *arg, struct MHD_Connection *conn, void **state,
    enum MHD_RequestTerminationCode code)
{
	ra_exchange *x = *state;

	(void)arg;
	(void)conn;
	(void)code;
	ra_exchange_end(&x);
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
	tmg_log(door->house->office->ctx, TMG_LOG_DEBUG, "http: %s", line);
}

/* ---- starting and stopping ---- */

/* One more waits than can be at a register, so whoever finds no place there hears
 * of it at once. */
static tmg_rc
open_house(ra_house *h, tmg_fault *f)
{
	const size_t waiters = ra_register_places(&h->office->config) + 1;
	tmg_rc rc;

	if ((rc = ra_guests_new(&h->office->config, f, &h->guests)) ||
	    (rc = ra_pool_new(h->office,
	    (size_t)h->office->config.threads + waiters, f, &h->pool)))
		return rc;
	return ra_waiters_new(waiters, f, &h->waiters);
}

/* Items are read up to the first MHD_OPTION_END. */
static struct MHD_Daemon *
start_daemon(struct door *door, const ra_tls_files *p)
{
	const ra_config *c = &door->house->office->config;
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
	    MHD_USE_POLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
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

	if ((rc = ra_tls_files_read(&s->house.office->config, &p, f)))
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
	s->house.office = office;
	s->door[DOOR_TLS] = (struct door){ &s->house, false, NULL, fd };
	s->door[DOOR_PLAIN] = (struct door){ &s->house, true, NULL, plain_fd };
	if ((rc = open_house(&s->house, f)) || (rc = open_doors(s, f))) {
		ra_server_free(&s);
		return rc;
	}
	*server = s;
	return TMG_OK;
}

void
ra_server_follow(ra_server *s, const ra_config *config, ra_tls **tls)
{
	ra_guests_follow(s->house.guests, config, tls);
}

static void
let_requests_end(ra_server *s)
{
	const struct timespec pause = { 0, 10 * 1000 * 1000 };

	for (int ms = 0; ms < GRACE_MS && atomic_load(&s->house.running) > 0; ms += 10)
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
	/* those that are suspended are resumed by now, which MHD_stop_daemon() wants */
	ra_waiters_free(&s->house.waiters);
	for (size_t i = 0; i < DOORS; i++) {
		if (s->door[i].daemon != NULL)
			MHD_stop_daemon(s->door[i].daemon);
		if (s->door[i].fd >= 0)
			close(s->door[i].fd);
	}
	ra_guests_free(&s->house.guests);
	ra_pool_free(&s->house.pool);
	free(s);
	*server = NULL;
}
