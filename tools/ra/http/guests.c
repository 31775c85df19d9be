/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/http/guests.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "tools/ra/http/watch.h"

struct ra_guests {
	ra_watch *watch;
	atomic_long request_ms;		/* for a request to be said in */
	atomic_long upload_ms;		/* for one with a file */
	pthread_mutex_t showing;
	ra_tls *tls;			/* what new connections are shown */
};

/* One connection. */
struct guest {
	ra_watched *watched;
	ra_tls *tls;			/* what it was shown; NULL without TLS */
};

tmg_rc
ra_guests_new(const ra_config *config, tmg_fault *f, ra_guests **guests)
{
	ra_guests *all = calloc(1, sizeof(*all));
	tmg_rc rc;

	*guests = NULL;
	if (all == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	atomic_init(&all->request_ms, config->request_s * 1000L);
	atomic_init(&all->upload_ms, config->upload_s * 1000L);
	pthread_mutex_init(&all->showing, NULL);
	if ((rc = ra_watch_new(&all->watch)))
		rc = tmg_raise(f, rc, 0, _("out of memory"));
	if (rc || (rc = ra_tls_load(config, &all->tls, f))) {
		ra_guests_free(&all);
		return rc;
	}
	*guests = all;
	return TMG_OK;
}

void
ra_guests_free(ra_guests **guests)
{
	ra_guests *all = *guests;

	if (all == NULL)
		return;
	ra_watch_free(&all->watch);
	ra_tls_free(&all->tls);
	pthread_mutex_destroy(&all->showing);
	free(all);
	*guests = NULL;
}

void
ra_guests_follow(ra_guests *all, const ra_config *config, ra_tls **tls)
{
	ra_tls *before;

	atomic_store(&all->request_ms, config->request_s * 1000L);
	atomic_store(&all->upload_ms, config->upload_s * 1000L);
	pthread_mutex_lock(&all->showing);
	before = all->tls;
	all->tls = *tls;
	pthread_mutex_unlock(&all->showing);
	*tls = NULL;
	ra_tls_free(&before);
}

static ra_tls *
tls_now(ra_guests *all)
{
	ra_tls *tls;

	pthread_mutex_lock(&all->showing);
	tls = ra_tls_take(all->tls);
	pthread_mutex_unlock(&all->showing);
	return tls;
}

/* Its handshake has not begun: it is shown what is in force now. */
static void
show_tls(ra_guests *all, struct guest *g, struct MHD_Connection *conn)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(conn, MHD_CONNECTION_INFO_GNUTLS_SESSION);

	if (info == NULL || info->tls_session == NULL)
		return;
	g->tls = tls_now(all);
	if (!ra_tls_use(g->tls, info->tls_session))
		ra_tls_free(&g->tls);
}

void *
ra_guests_enter(ra_guests *all, struct MHD_Connection *conn, bool plain)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct guest *g = calloc(1, sizeof(*g));

	if (g == NULL)
		return NULL;
	g->watched = info != NULL ? ra_watch_add(all->watch, info->connect_fd) : NULL;
	ra_watch_due(all->watch, g->watched, atomic_load(&all->request_ms));
	if (!plain)
		show_tls(all, g, conn);
	return g;
}

void
ra_guests_leave(ra_guests *all, void *guest)
{
	struct guest *g = guest;

	if (g == NULL)
		return;
	ra_watch_remove(all->watch, g->watched);
	ra_tls_free(&g->tls);
	free(g);
}

void
ra_guests_give(const ra_guests *all, struct MHD_Connection *conn, long ms)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(conn, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	const struct guest *g = info != NULL ? info->socket_context : NULL;

	if (g != NULL)
		ra_watch_due(all->watch, g->watched, ms);
}

void
ra_guests_give_request(const ra_guests *all, struct MHD_Connection *conn)
{
	ra_guests_give(all, conn, atomic_load(&all->request_ms));
}

void
ra_guests_give_upload(const ra_guests *all, struct MHD_Connection *conn)
{
	ra_guests_give(all, conn, atomic_load(&all->upload_ms));
}
