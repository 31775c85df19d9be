/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/life/backup.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tamga/version.h"
#include "tools/ra/life/audit.h"
#include "tools/ra/store/digest.h"
#include "tools/ra/store/row-json.h"

#define FORMAT "tamga-ra store 1"

/* Lines going out or coming in, and the hash of all of them. */
struct lines {
	FILE *file;
	EVP_MD_CTX *md;
	tmg_fault *f;
	ra_backup_report *report;
};

static void
lines_release(struct lines *l)
{
	EVP_MD_CTX_free(l->md);
}

static tmg_rc
lines_open(struct lines *l)
{
	*l->report = (ra_backup_report){ .rows = 0 };
	l->md = EVP_MD_CTX_new();
	return l->md != NULL && EVP_DigestInit_ex(l->md, EVP_sha256(), NULL) == 1 ?
	    TMG_OK : tmg_raise(l->f, TMG_E_CRYPTO, 0, _("hashing failed"));
}

static tmg_rc
add_hash(struct lines *l, const char *text, size_t len)
{
	return EVP_DigestUpdate(l->md, text, len) == 1 ? TMG_OK :
	    tmg_raise(l->f, TMG_E_CRYPTO, 0, _("hashing failed"));
}

/* Of all until now. */
static tmg_rc
end_hash(struct lines *l)
{
	uint8_t bytes[32];

	if (EVP_DigestFinal_ex(l->md, bytes, NULL) != 1)
		return tmg_raise(l->f, TMG_E_CRYPTO, 0, _("hashing failed"));
	ra_hex_lower(l->report->hash, TMG_VIEW(bytes));
	return TMG_OK;
}

/* ---- out ---- */

/* Takes value, which may be NULL: no memory. */
static tmg_rc
put_line(struct lines *l, json_t *value)
{
	tmg_auto_free char *text = json_dumps(value, JSON_COMPACT);
	tmg_rc rc;

	json_decref(value);
	if (text == NULL)
		return tmg_raise(l->f, TMG_E_NOMEM, 0, _("out of memory"));
	if ((rc = add_hash(l, text, strlen(text))) || (rc = add_hash(l, "\n", 1)))
		return rc;
	return fprintf(l->file, "%s\n", text) > 0 ? TMG_OK :
	    tmg_raise(l->f, TMG_E_IO, 0, "%s", strerror(errno));
}

static tmg_rc
put_table(struct lines *l, ra_store *store, const ra_kept *kept)
{
	tmg_auto(ra_query) q = { NULL, NULL };
	json_t *row;
	tmg_rc rc;

	rc = ra_ask(store, &q, &kept->read, RA_WITH_NOTHING);
	while (rc == TMG_OK && (rc = ra_query_next(&q)) == TMG_OK) {
		if ((rc = ra_kept_get(&q, kept, &row)))
			break;
		if ((rc = put_line(l, row)))
			return rc;
		l->report->rows++;
	}
	return rc == TMG_NOT_FOUND ? TMG_OK : tmg_fault_copy(l->f, &store->fault, rc);
}

static tmg_rc
put_end(struct lines *l)
{
	tmg_rc rc;

	if ((rc = end_hash(l)))
		return rc;
	return put_line(l, json_pack("{s:{s:I, s:s}}", "end", "rows",
	    (json_int_t)l->report->rows, "sha256", l->report->hash));
}

tmg_rc
ra_backup_write(ra_store *store, FILE *to, ra_backup_report *report,
    tmg_fault *f)
{
	__attribute__((__cleanup__(lines_release)))
	    struct lines l = { to, NULL, f, report };
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc;

	if ((rc = lines_open(&l)))
		return rc;
	if ((rc = ra_txn_look(&txn, store)))
		return tmg_fault_copy(f, &store->fault, rc);
	if ((rc = put_line(&l, json_pack("{s:s, s:s}", "format", FORMAT, "release",
	    tmg_version()))))
		return rc;
	for (size_t i = 0; i < ra_kept_count; i++)
		if ((rc = put_table(&l, store, &ra_kept_tables[i])))
			return rc;
	return put_end(&l);
}

/* ---- in ---- */

static tmg_rc
check_empty(struct lines *l, ra_store *store)
{
	for (size_t i = 0; i < ra_kept_count; i++) {
		tmg_auto(ra_query) q = { NULL, NULL };
		tmg_rc rc = ra_ask(store, &q, &ra_kept_tables[i].any, RA_WITH_NOTHING);

		if (rc == TMG_OK && (rc = ra_query_next(&q)) == TMG_OK)
			return tmg_raise(l->f, TMG_OCCUPIED, 0,
			    _("the store is not empty: nothing is overwritten; restore into a new file, database or schema"));
		if (rc != TMG_NOT_FOUND)
			return tmg_fault_copy(l->f, &store->fault, rc);
	}
	return TMG_OK;
}

static tmg_rc
broken(const struct lines *l, int64_t line, const char *how)
{
	return tmg_raise(l->f, TMG_MISMATCH, 0, _("line %" PRId64 ": %s"), line, how);
}

static tmg_rc
check_heading(const struct lines *l, const json_t *value)
{
	const char *format = json_string_value(json_object_get(value, "format"));

	return format != NULL && strcmp(format, FORMAT) == 0 ? TMG_OK :
	    broken(l, 1, _("no backup of a tamga-ra's store"));
}

static tmg_rc
check_end(struct lines *l, const json_t *end, int64_t line)
{
	const char *hash = json_string_value(json_object_get(end, "sha256"));
	tmg_rc rc;

	if ((rc = end_hash(l)))
		return rc;
	if (json_integer_value(json_object_get(end, "rows")) != l->report->rows ||
	    hash == NULL || strcmp(hash, l->report->hash) != 0)
		return broken(l, line, _("what stands before it is not what was written"));
	return fgetc(l->file) == EOF ? TMG_OK :
	    broken(l, line + 1, _("something follows the end"));
}

/* One line: *ended when it was the last. */
static tmg_rc
take_line(struct lines *l, ra_store *store, const json_t *value, int64_t line,
    bool *ended)
{
	const json_t *end = json_object_get(value, "end");
	tmg_fault why = { .rc = TMG_OK };
	tmg_rc rc;

	if (line == 1)
		return check_heading(l, value);
	if ((*ended = end != NULL))
		return check_end(l, end, line);
	l->report->rows++;
	if ((rc = ra_kept_put(store, value, &why)))
		return tmg_raise(l->f, rc == TMG_OCCUPIED ? TMG_MISMATCH : rc, 0,
		    _("line %" PRId64 ": %s"), line, why.text);
	return TMG_OK;
}

static tmg_rc
take_lines(struct lines *l, ra_store *store)
{
	tmg_auto_free char *text = NULL;
	size_t cap = 0;
	bool ended = false;
	ssize_t len;
	tmg_rc rc;

	for (int64_t line = 1; !ended; line++) {
		if ((len = getline(&text, &cap, l->file)) <= 0)
			return broken(l, line, _("it ends too early"));

		json_t *value = json_loadb(text, (size_t)len, JSON_REJECT_DUPLICATES,
		    NULL);

		rc = value != NULL ? take_line(l, store, value, line, &ended) :
		    broken(l, line, _("no JSON"));
		json_decref(value);
		if (rc || (rc = add_hash(l, text, ended ? 0 : (size_t)len)))
			return rc;
	}
	return TMG_OK;
}

tmg_rc
ra_backup_read(ra_store *store, FILE *from, ra_backup_report *report,
    tmg_fault *f)
{
	__attribute__((__cleanup__(lines_release)))
	    struct lines l = { from, NULL, f, report };
	ra_audit_report audit;
	tmg_rc rc;

	if ((rc = lines_open(&l)) || (rc = check_empty(&l, store)) ||
	    (rc = take_lines(&l, store)))
		return rc;
	return ra_audit_verify(store, "", &audit, f);
}
