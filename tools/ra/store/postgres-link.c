/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A connection that was lost is made anew before the next transaction, or the
 * next question outside of one; never in the middle, where what was asked
 * before would be forgotten silently.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "tools/ra/store/postgres.h"

#define CONNECT_S "10"
#define SLACK_MS 1000		/* the server's own time-out comes first */
#define SILENCE_MS "30000"	/* a host that vanished is noticed */

/* Said on every connection.  The URI may say how long a turn is waited for.  An
 * administrator may ask for more than "on" (a standby's copy); less would lose
 * what was acknowledged. */
static const char settings[] =
    "SET client_encoding = 'UTF8';"
    "SET client_min_messages = warning;"
    "SELECT set_config('lock_timeout', '15s', false)"
    "  WHERE current_setting('lock_timeout') = '0';"
    "SET default_transaction_isolation = 'read committed';"
    "SELECT set_config('synchronous_commit', 'on', false)"
    "  WHERE current_setting('synchronous_commit') IN ('off', 'local')";

ra_postgres *
ra_postgres_of(ra_store *base)
{
	return (ra_postgres *)(void *)base;
}

/* ---- what went wrong ---- */

/* Class and code by appendix A of PostgreSQL's manual; a prefix is enough. */
static const struct {
	const char *state;
	tmg_rc rc;
	bool away;	/* the connection is worth nothing any more */
} states[] = {
	{ "23505", TMG_OCCUPIED, false },	/* unique_violation */
	{ "55P03", TMG_BUSY, false },		/* lock_not_available */
	{ "40001", TMG_BUSY, false },		/* serialization_failure */
	{ "40P01", TMG_BUSY, false },		/* deadlock_detected */
	{ "53200", TMG_E_NOMEM, false },	/* out_of_memory */
	{ "08", TMG_E_IO, true },		/* connection exceptions */
	{ "57P", TMG_E_IO, true },		/* shut down, crashed, starting */
	{ "25006", TMG_E_IO, true },		/* a standby since a failover */
};

/* libpq's words end in a newline, and are several lines for several hosts. */
static void
one_line(const char *words, char *line, size_t cap)
{
	size_t n = strlen(words);

	while (n > 0 && words[n - 1] == '\n')
		n--;
	snprintf(line, cap, "%.*s", (int)(n < cap ? n : cap - 1), words);
	for (char *p = line; (p = strpbrk(p, "\n\t")) != NULL; )
		*p = ' ';
}

tmg_rc
ra_postgres_lost(ra_postgres *s)
{
	char words[256];

	one_line(s->left != NULL ? s->left : PQerrorMessage(s->db), words,
	    sizeof(words));
	s->base.away = s->stale = true;
	return tmg_raise(&s->base.fault, TMG_E_IO, 0, _("the store: %s"),
	    words[0] != '\0' ? words : _("the connection was lost"));
}

/* Of a result that is an error.  Only the primary message: details quote the
 * values, and those are about people. */
tmg_rc
ra_postgres_failed(ra_postgres *s, const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	tmg_rc rc = TMG_E_IO;

	if (state == NULL)		/* libpq's own: no server behind it */
		return ra_postgres_lost(s);
	for (size_t i = 0; i < TMG_COUNT(states); i++) {
		if (strncmp(states[i].state, state, strlen(states[i].state)) != 0)
			continue;
		rc = states[i].rc;
		s->stale |= states[i].away;
		s->base.away |= states[i].away;
		break;
	}
	return tmg_raise(&s->base.fault, rc, 0, _("the store: %s (SQLSTATE %s)"),
	    words != NULL ? words : "", state);
}

/* ---- asking ---- */

/* A cut line answers at once whatever is still asked on it. */
static void
leave(ra_postgres *s, const char *why)
{
	s->left = why;
	shutdown(PQsocket(s->db), SHUT_RDWR);
}

/* Whether the socket is ready; it looks no longer than that one may wait on. */
static bool
look(ra_postgres *s, short events)
{
	struct pollfd at = { .fd = PQsocket(s->db), .events = events };

	return poll(&at, 1, RA_PATIENCE_LOOK_MS) > 0;
}

PGresult *
ra_postgres_take(ra_postgres *s)
{
	if (s->patience.ctx == NULL)
		return PQgetResult(s->db);
	ra_patience_begin(&s->patience, SLACK_MS);
	while (s->left == NULL && PQisBusy(s->db)) {
		const char *why = ra_patience_over(&s->patience);

		if (why != NULL)
			leave(s, why);
		if (look(s, POLLIN) && !PQconsumeInput(s->db))
			break;
	}
	return PQgetResult(s->db);
}

PGresult *
ra_postgres_last(ra_postgres *s)
{
	PGresult *last = NULL, *next;

	while ((next = ra_postgres_take(s)) != NULL) {
		PQclear(last);
		last = next;
	}
	return last;
}

static PGresult *
ask_text(ra_postgres *s, const char *text)
{
	if (s->patience.ctx == NULL)
		return PQexec(s->db, text);
	return PQsendQuery(s->db, text) ? ra_postgres_last(s) : NULL;
}

tmg_rc
ra_postgres_run(ra_postgres *s, const char *text, const char *tag)
{
	PGresult *result = ask_text(s, text);
	const ExecStatusType status = PQresultStatus(result);
	tmg_rc rc = TMG_OK;

	if (result == NULL)
		rc = ra_postgres_lost(s);
	else if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		rc = ra_postgres_failed(s, result);
	else if (tag != NULL && strcmp(PQcmdStatus(result), tag) != 0)
		rc = tmg_raise(&s->base.fault, TMG_E_IO, 0,
		    _("the store: the server answered %s to %s"),
		    PQcmdStatus(result), text);
	PQclear(result);
	return rc;
}

/* ---- connecting ---- */

static void
say_nothing(void *arg, const char *message)
{
	(void)arg;
	(void)message;
}

static tmg_rc
settle_in(ra_postgres *s)
{
	tmg_rc rc;

	s->count = 0;			/* what was prepared went with the old one */
	if (PQstatus(s->db) != CONNECTION_OK)
		return ra_postgres_lost(s);
	PQsetNoticeProcessor(s->db, say_nothing, NULL);
	s->stale = false;
	if ((rc = ra_postgres_run(s, settings, NULL)))
		return rc;
	s->base.away = false;
	return TMG_OK;
}

/* Whether the other end has closed meanwhile.  An idle server says nothing,
 * but why it ends. */
static bool
is_alive(const ra_postgres *s)
{
	struct pollfd waiting = { .fd = PQsocket(s->db), .events = POLLIN };

	for (int i = 0; i < 8 && PQstatus(s->db) == CONNECTION_OK; i++) {
		if (poll(&waiting, 1, 0) <= 0)
			return true;
		(void)PQconsumeInput(s->db);
	}
	return false;
}

tmg_rc
ra_postgres_awake(ra_postgres *s)
{
	if (!s->stale && is_alive(s))
		return TMG_OK;
	if (s->patience.ctx != NULL)
		return ra_postgres_lost(s);	/* a visit is not made twice */
	PQreset(s->db);
	return settle_in(s);
}

/* Files of settings are shown around, copied and read by many: no secrets in
 * them.  Nor is a text repeated that may hold one, as libpq's words do. */
tmg_rc
ra_postgres_check_uri(const char *where, tmg_fault *f)
{
	PQconninfoOption *options = PQconninfoParse(where, NULL);
	bool secret = false;

	if (options == NULL)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("the store: this is no connection URI of PostgreSQL: postgresql://USER@HOST/DATABASE?..."));
	for (const PQconninfoOption *o = options; o->keyword != NULL; o++)
		secret |= o->val != NULL && (strcmp(o->keyword, "password") == 0 ||
		    strcmp(o->keyword, "sslpassword") == 0);
	PQconninfoFree(options);
	return !secret ? TMG_OK : tmg_raise(f, TMG_MISMATCH, 0,
	    _("the store: a password does not belong into its address; put it into ~/.pgpass, a file named by PGPASSFILE, or a service"));
}

/* As libpq connects by itself, but that it can be called away. */
static PGconn *
dial(ra_postgres *s, const char *const keys[], const char *const values[])
{
	PostgresPollingStatusType state = PGRES_POLLING_WRITING;
	const char *why = NULL;

	if (s->patience.ctx == NULL)
		return PQconnectdbParams(keys, values, 1);
	if ((s->db = PQconnectStartParams(keys, values, 1)) == NULL ||
	    PQstatus(s->db) == CONNECTION_BAD)
		return s->db;
	ra_patience_begin(&s->patience, 0);
	while (state != PGRES_POLLING_OK && state != PGRES_POLLING_FAILED &&
	    (why = ra_patience_over(&s->patience)) == NULL)
		if (look(s, state == PGRES_POLLING_READING ? POLLIN : POLLOUT))
			state = PQconnectPoll(s->db);
	s->left = why;
	return s->db;
}

tmg_rc
ra_postgres_connect(ra_postgres *s, const char *where)
{
	/* what the URI says itself comes later, and counts */
	const char *const keys[] = { "fallback_application_name",
		"connect_timeout", "tcp_user_timeout", "dbname", NULL };
	const char *const values[] = { "tamga-ra", CONNECT_S, SILENCE_MS, where,
		NULL };
	tmg_rc rc;

	if ((s->db = dial(s, keys, values)) == NULL)
		return tmg_raise(&s->base.fault, TMG_E_NOMEM, 0,
		    _("out of memory"));
	if ((rc = settle_in(s)) && PQconnectionNeedsPassword(s->db))
		return tmg_raise(&s->base.fault, TMG_DENIED, 0,
		    _("the store: the server wants a password; put it into ~/.pgpass, a file named by PGPASSFILE, or a service"));
	return rc;
}
