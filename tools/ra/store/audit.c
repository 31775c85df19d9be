/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store/audit.h"

#include <string.h>

#include "tools/ra/store/sql.h"

#define COLUMNS "seq, at, actor, event, application, detail, hash"

static const ra_field fields[] = {
	RA_FIELD_NUMBER(ra_audit, seq),
	RA_FIELD_NUMBER(ra_audit, at),
	RA_FIELD_STRING(ra_audit, actor),
	RA_FIELD_STRING(ra_audit, event),
	RA_FIELD_STRING(ra_audit, app),
	RA_FIELD_STRING(ra_audit, detail),
	RA_FIELD_STRING(ra_audit, hash),
};

static const ra_row row = RA_ROW(ra_audit, fields);

static const ra_field head_fields[] = {
	RA_FIELD_NUMBER(struct ra_head, seq),
	RA_FIELD_TEXT(struct ra_head, hash),
};

static const ra_row head_row = RA_ROW(struct ra_head, head_fields);

static const ra_sql newest = { "audit_head",
	"SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1" };
static const ra_sql put = { "audit_put",
	"INSERT INTO audit (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7)" };
static const ra_sql each = { "audit_each",
	"SELECT " COLUMNS " FROM audit ORDER BY seq" };

static const ra_sql each_from = { "audit_each_from",
	"SELECT " COLUMNS " FROM audit WHERE seq >= $1 AND seq < $2 ORDER BY seq" };
static const ra_sql each_of = { "audit_each_of",
	"SELECT " COLUMNS " FROM audit WHERE application = $1 ORDER BY seq" };

tmg_rc
ra_audit_head(ra_store *s, int64_t *seq, char hash[RA_HASH_TEXT])
{
	struct ra_head head = s->head;
	const tmg_rc rc = head.known ? TMG_OK :
	    ra_row_get(s, &newest, RA_WITH_NOTHING, &head_row, &head);

	if (rc)
		head = (struct ra_head){ .seq = 0 };
	*seq = head.seq;
	memcpy(hash, head.hash, RA_HASH_TEXT);
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

/* Within a transaction that may write nobody else puts an entry behind it. */
tmg_rc
ra_audit_put(ra_store *s, const ra_audit *entry)
{
	const tmg_rc rc = ra_row_put(s, &put, &row, entry);

	s->head = (struct ra_head){ .known = rc == TMG_OK && s->alone &&
	    strlen(entry->hash) < RA_HASH_TEXT, .seq = entry->seq };
	if (s->head.known)
		memcpy(s->head.hash, entry->hash, strlen(entry->hash) + 1);
	return rc;
}

static tmg_rc
walk(ra_query *q, ra_audit_fn *fn, void *arg)
{
	ra_audit entry;
	tmg_rc rc;

	while ((rc = ra_row_next(q, &row, &entry)) == TMG_OK)
		if ((rc = fn(arg, &entry)))
			return rc;
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

tmg_rc
ra_audit_each(ra_store *s, ra_audit_fn *fn, void *arg)
{
	tmg_auto(ra_query) q = { NULL, NULL };
	const tmg_rc rc = ra_ask(s, &q, &each, RA_WITH_NOTHING);

	return rc ? rc : walk(&q, fn, arg);
}

tmg_rc
ra_audit_each_from(ra_store *s, int64_t seq, int64_t most, ra_audit_fn *fn,
    void *arg)
{
	tmg_auto(ra_query) q = { NULL, NULL };
	const tmg_rc rc = ra_ask(s, &q, &each_from,
	    RA_WITH(RA_NUMBER(seq), RA_NUMBER(seq + most)));

	return rc ? rc : walk(&q, fn, arg);
}

tmg_rc
ra_audit_each_of(ra_store *s, const char *app, ra_audit_fn *fn, void *arg)
{
	tmg_auto(ra_query) q = { NULL, NULL };
	const tmg_rc rc = ra_ask(s, &q, &each_of, RA_WITH(RA_TEXT(app)));

	return rc ? rc : walk(&q, fn, arg);
}
