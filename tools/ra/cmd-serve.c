/* SPDX-License-Identifier: BSD-2-Clause */
/* tamga-ra serve [DIR] [--listen ADDRESS:PORT] [--ready-fd N] */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/clock.h"
#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/algorithms.h"
#include "tools/ra/cmd.h"
#include "tools/ra/confine.h"
#include "tools/ra/desk/deputy.h"
#include "tools/ra/desk/reload.h"
#include "tools/ra/http/listen.h"
#include "tools/ra/http/server.h"
#include "tools/ra/notify.h"
#include "tools/ra/post/chores.h"

#define ANSWER_MS 3000		/* that others have when this ends */

/* Where it serves, with TLS and without; "" not. */
struct urls {
	char tls[96], plain[96];
};

/* They go to stdout, or to the descriptor somebody waits at, a line each: at
 * once, for those who read one and go. */
static bool
say_ready(const struct urls *urls, const ra_value *ready_fd)
{
	char line[200];
	const int n = snprintf(line, sizeof(line), "%s\n%s%s", urls->tls,
	    urls->plain, urls->plain[0] != '\0' ? "\n" : "");
	const int fd = (int)strtol(ra_value_or(ready_fd, "1"), NULL, 10);
	const bool said = write(fd, line, (size_t)n) == n;

	if (ready_fd->count > 0)
		close(fd);
	return said;
}

static void
recover(ra_office *office)
{
	tmg_auto(ra_desk) desk = { .office = office };
	tmg_fault fault = { .rc = TMG_OK };
	unsigned finished = 0;
	tmg_rc rc = ra_desk_open(office, &desk, &fault);

	if (rc == TMG_OK && (rc = ra_desk_recover(&desk, 0, &finished)))
		fault = desk.fault;
	if (rc)
		tmg_log(office->ctx, TMG_LOG_ERROR,
		    "what was begun before could not be finished: %s", fault.text);
	else if (finished > 0)
		tmg_log(office->ctx, TMG_LOG_WARN,
		    "finished %u applications that a crash had left half done",
		    finished);
}

/* Blocked before any thread is made, so that all of them leave these to us. */
static void
block_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* All of it is read, or nothing changes. */
static tmg_rc
read_anew(ra_desk *desk, ra_server *server, size_t *count)
{
	tmg_auto_ptr(ra_book) book = NULL;
	tmg_auto_ptr(ra_tls) tls = NULL;
	const ra_config *config;
	tmg_rc rc;

	if ((rc = ra_reload_read(desk, &book)) ||
	    (rc = ra_tls_load(ra_book_config(book), &tls, &desk->fault)))
		return rc;
	config = ra_book_config(book);
	*count = ra_book_profiles(book)->count;
	ra_server_follow(server, config, &tls);
	ra_reload_put(desk, &book);
	return TMG_OK;
}

/* With a connection of its own: one that fails costs nobody else's. */
static void
reload(ra_office *office, ra_server *server)
{
	tmg_auto(ra_desk) desk = { .office = office };
	tmg_fault fault = { .rc = TMG_OK };
	size_t count = 0;
	tmg_rc rc;

	(void)!ra_notify_reloading();
	rc = ra_desk_open(office, &desk, &fault);
	if (rc == TMG_OK && (rc = read_anew(&desk, server, &count)))
		fault = desk.fault;
	if (rc)
		tmg_log(office->ctx, TMG_LOG_ERROR,
		    "settings and profiles stay as they were: %s", fault.text);
	else
		tmg_log(office->ctx, TMG_LOG_INFO,
		    "read the settings and %zu profiles anew", count);
	(void)!ra_notify("READY=1");
}

static void
wait_for_end(ra_office *office, ra_server *server, const sigset_t *set)
{
	int sig = 0;

	while (sigwait(set, &sig) == 0 && sig == SIGHUP)
		reload(office, server);
}

/* The socket may need root, and the authority's key: both are open by now.
 * What is refused for good is so before any thread is made, and after whoever
 * starts programs for us was started. */
static tmg_rc
confine(ra_office *office, ra_courier **courier, tmg_fault *f)
{
	tmg_rc rc = TMG_OK;

	if (office->config.user[0] != '\0')
		rc = ra_confine_user(office->config.user, f);
	else if (geteuid() == 0)
		tmg_log(office->ctx, TMG_LOG_WARN,
		    "this server has root's rights; name another account: user, in ra.conf");
	if (rc ||
	    (rc = ra_courier_start(office->ctx, &office->config, f, courier)) ||
	    !office->config.confine)
		return rc;
	if ((rc = ra_confine_calls(f)) != TMG_UNSUPPORTED)
		return rc;
	tmg_log(office->ctx, TMG_LOG_INFO, "%s", f->text);
	return TMG_OK;
}

/* One that systemd made comes first. */
static tmg_rc
open_socket(const char *listen, int *fd, char *url, size_t cap, tmg_fault *f)
{
	*fd = ra_notify_socket();
	return *fd >= 0 ? ra_listen_adopt(*fd, url, cap, f) :
	    ra_listen_open(listen, "https", fd, url, cap, f);
}

static tmg_rc
open_plain(const char *listen, int *fd, char *url, size_t cap, tmg_fault *f)
{
	*fd = -1;
	return listen[0] == '\0' ? TMG_OK :
	    ra_listen_open(listen, "http", fd, url, cap, f);
}

/* What there is of a server. */
struct running {
	ra_server *server;
	ra_chores *chores;
	ra_courier *courier;
};

static tmg_rc
start(ra_office *office, const char *listen, struct urls *urls,
    struct running *r, tmg_fault *f)
{
	tmg_rc rc;
	int fd, plain;

	if ((rc = ra_algorithms_make(office->ctx, f)) ||
	    (rc = open_socket(listen, &fd, urls->tls, sizeof(urls->tls), f)) ||
	    (rc = open_plain(office->config.listen_http, &plain, urls->plain,
	    sizeof(urls->plain), f)) || (rc = confine(office, &r->courier, f)))
		return rc;
	if ((rc = ra_deputies_open(office, f)))
		return rc;
	recover(office);
	if ((rc = ra_server_start(office, fd, plain, f, &r->server)))
		return rc;
	if ((rc = ra_chores_start(office, r->courier, f, &r->chores)))
		ra_server_free(&r->server);
	return rc;
}

/* What was handed to somebody elsewhere is given so long to be answered: told
 * too early that it was not, it would be handed over a second time. */
static void
end(ra_office *office, struct running *r)
{
	tmg_ctx_end_by(office->ctx, tmg_now_ms() + ANSWER_MS);
	ra_chores_stop(r->chores);
	ra_server_free(&r->server);
	ra_chores_free(&r->chores);
	ra_courier_free(&r->courier);
}

static int
serve(ra_office *office, const char *listen, const ra_value *ready_fd)
{
	tmg_fault fault = { .rc = TMG_OK };
	struct running r = { NULL, NULL, NULL };
	struct urls urls = { "", "" };
	sigset_t set;
	tmg_rc rc;

	block_signals(&set);
	if ((rc = start(office, listen, &urls, &r, &fault))) {
		ra_courier_free(&r.courier);
		return ra_fail(&fault, rc);
	}
	tmg_log(office->ctx, TMG_LOG_INFO, "serving at %s %s", urls.tls, urls.plain);
	if (!say_ready(&urls, ready_fd))
		tmg_log(office->ctx, TMG_LOG_WARN,
		    "nobody reads where this serves: %s", strerror(errno));
	if (ra_notify("READY=1") != TMG_OK)
		tmg_log(office->ctx, TMG_LOG_WARN,
		    "the service manager is not told that this serves: %s",
		    strerror(errno));
	wait_for_end(office, r.server, &set);
	tmg_log(office->ctx, TMG_LOG_INFO, "ending; running requests finish first");
	(void)!ra_notify("STOPPING=1");
	end(office, &r);
	return RA_EXIT_DONE;
}

int
ra_cmd_serve(tmg_ctx *ctx, int argc, char **argv)
{
	ra_common common = { .json = false };
	ra_value listen = { .count = 0 }, ready_fd = { .count = 0 }, args;
	const ra_option options[] = { RA_COMMON_OPTIONS(&common),
		{ "listen", NULL, &listen, 1 }, { "ready-fd", NULL, &ready_fd, 1 } };
	tmg_auto(ra_office) office = { .ctx = NULL };
	tmg_fault fault = { .rc = TMG_OK };
	tmg_rc rc;

	if (!ra_args_read(argc, argv, options, TMG_COUNT(options), 0, 1, &args))
		return RA_EXIT_USAGE;
	if (args.count > 0)
		common.dir = args;
	if ((rc = ra_common_office(ctx, &common, &office, &fault)))
		return ra_fail(&fault, rc);
	return serve(&office, ra_value_or(&listen, office.config.listen), &ready_fd);
}
