/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store/row-json.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/codec/base64-json.h"

#define NAME_MAX_TEXT 32
#define BYTES "base64"

/* ---- what is kept ---- */

#define KEPT(table, columns, kinds, order, values) { table, columns, kinds, \
	{ "read_" table, "SELECT " columns " FROM " table " ORDER BY " order }, \
	{ "write_" table, \
	    "INSERT INTO " table " (" columns ") VALUES (" values ")" }, \
	{ "any_" table, "SELECT 1 FROM " table " LIMIT 1" } }

const ra_kept ra_kept_tables[] = {
	KEPT("account", "name, role, password, certificate, branch, email, language,"
	    " begins, ends", "tttttttnn", "name",
	    "$1, $2, $3, $4, $5, $6, $7, $8, $9"),
	KEPT("application", "id, state, owner, profile, csr_hash, spki_hash,"
	    " previous, subject, reason, created, changed, csr, resumes_to, facts,"
	    " flow, confirmed_by, entered, branch, language", "tttttttttnnbtnttntt", "id",
	    "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,"
	    " $16, $17, $18, $19"),
	KEPT("answer", "application, name, value", "ttt", "application, name",
	    "$1, $2, $3"),
	KEPT("captcha", "id, until, picture, question", "tntt", "id",
	    "$1, $2, $3, $4"),
	KEPT("challenge", "hash, profile, owner, created, expires, application",
	    "tttnnt", "hash", "$1, $2, $3, $4, $5, $6"),
	KEPT("mark", "name, until", "tn", "name", "$1, $2"),
	KEPT("document", "application, name, standing, channel, file, kind, dated,"
	    " signer, hash, reason, judge, changed, size, content",
	    "tttttttttttnnb", "application, name", "$1, $2, $3, $4, $5, $6, $7,"
	    " $8, $9, $10, $11, $12, $13, $14"),
	KEPT("secret", "reference, owner, profile, until, most, used, sealed",
	    "tttnnnb", "reference", "$1, $2, $3, $4, $5, $6, $7"),
	KEPT("cmp", "id, peer, state, application, kind, request, implicit, asked,"
	    " nonce, until, answer", "ttttnnnttnb", "id",
	    "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11"),
	KEPT("deputy", "purpose, spki_hash, serial", "ttt", "purpose, spki_hash",
	    "$1, $2, $3"),
	KEPT("errand", "application, kind, begun, asked, due, tries, holder, ticket,"
	    " said, request, kept", "ttnnnntttbb", "application, kind",
	    "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11"),
	KEPT("ocsp", "id, serial, signer, revoked, reason, this_update,"
	    " next_update, der", "tttnnnnb", "id", "$1, $2, $3, $4, $5, $6, $7, $8"),
	KEPT("receipt", "id, application, amount, currency, outcome, at", "tttttn",
	    "id", "$1, $2, $3, $4, $5, $6"),
	KEPT("scep", "id, application", "tt", "id", "$1, $2"),
	KEPT("session", "id, subject, expires", "ttn", "id", "$1, $2, $3"),
	KEPT("certificate", "serial, application, not_before, not_after, revoked,"
	    " reason, der", "ttnnnnb", "serial", "$1, $2, $3, $4, $5, $6, $7"),
	KEPT("mail", "id, application, event, once, state, created, due, tries,"
	    " holder, recipient, subject, body, attach, error, channel",
	    "tttttnnnttttntt", "id",
	    "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15"),
	KEPT("crl", "number, revocations, next_update, der", "nnnb", "number",
	    "$1, $2, $3, $4"),
	KEPT("audit", "seq, at, actor, event, application, detail, hash",
	    "nnttttt", "seq", "$1, $2, $3, $4, $5, $6, $7"),
};

const size_t ra_kept_count = TMG_COUNT(ra_kept_tables);

/* The next name of a list; false at its end. */
static bool
next_name(const char **list, char name[NAME_MAX_TEXT])
{
	const char *from = *list + strspn(*list, ", ");
	const size_t len = strcspn(from, ",");

	*list = from + len;
	if (len == 0 || len >= NAME_MAX_TEXT)
		return false;
	memcpy(name, from, len);
	name[len] = '\0';
	return true;
}

/* ---- values to JSON ---- */

json_t *
ra_text_json(const char *text)
{
	json_t *value = json_string(text);

	return value != NULL ? value :
	    json_pack("{s:o}", BYTES, tmg_base64_json(tmg_view_str(text)));
}

static json_t *
get_text(const ra_datum *d)
{
	return ra_text_json(d->text);
}

static json_t *
get_number(const ra_datum *d)
{
	return json_integer(d->number);
}

static json_t *
get_bytes(const ra_datum *d)
{
	return d->blob.len > 0 ? tmg_base64_json(d->blob) : json_null();
}

/* ---- and back; held is freed when the row is in ---- */

static bool
decode(const json_t *value, uint8_t **held, tmg_view *bytes)
{
	const size_t len = json_string_length(value);
	tmg_out o = { malloc(len + 1), len, 0, false };

	if ((*held = o.ptr) == NULL ||
	    tmg_base64_parse((tmg_view){ (const uint8_t *)json_string_value(value),
	    len }, &o))
		return false;
	o.ptr[o.len] = '\0';
	*bytes = tmg_out_view(&o);
	return true;
}

static bool
put_text(const json_t *value, uint8_t **held, ra_datum *d)
{
	const json_t *odd = json_object_get(value, BYTES);
	tmg_view bytes;

	d->text = json_string_value(value);
	if (d->text != NULL || !json_is_string(odd))
		return d->text != NULL;
	if (!decode(odd, held, &bytes))
		return false;
	d->text = (const char *)*held;
	return strlen(d->text) == bytes.len;
}

static bool
put_number(const json_t *value, uint8_t **held, ra_datum *d)
{
	(void)held;
	d->number = json_integer_value(value);
	return json_is_integer(value);
}

static bool
put_bytes(const json_t *value, uint8_t **held, ra_datum *d)
{
	d->blob = (tmg_view){ NULL, 0 };
	return json_is_null(value) ||
	    (json_is_string(value) && decode(value, held, &d->blob));
}

static const struct kind {
	char letter;
	ra_type type;
	json_t *(*get)(const ra_datum *d);
	bool (*put)(const json_t *value, uint8_t **held, ra_datum *d);
} kinds[] = {
	{ 't', RA_TYPE_TEXT, get_text, put_text },
	{ 'n', RA_TYPE_NUMBER, get_number, put_number },
	{ 'b', RA_TYPE_BLOB, get_bytes, put_bytes },
};

static const struct kind *
kind_of(char letter)
{
	size_t i = 0;

	while (i + 1 < TMG_COUNT(kinds) && kinds[i].letter != letter)
		i++;
	return &kinds[i];
}

/* ---- rows ---- */

static tmg_rc
get_columns(const ra_query *q, const ra_kept *kept, json_t *columns)
{
	const char *list = kept->columns;
	char name[NAME_MAX_TEXT];
	tmg_rc rc;

	for (int at = 0; next_name(&list, name); at++) {
		const struct kind *kind = kind_of(kept->kinds[at]);
		ra_datum d = { .type = kind->type };

		if ((rc = ra_query_column(q, at, &d)))
			return rc;
		if (json_object_set_new(columns, name, kind->get(&d)) != 0)
			return tmg_raise(&q->store->fault, TMG_E_NOMEM, 0,
			    _("out of memory"));
	}
	return TMG_OK;
}

tmg_rc
ra_kept_get(const ra_query *q, const ra_kept *kept, json_t **row)
{
	json_t *columns = json_object();
	const tmg_rc rc = get_columns(q, kept, columns);

	*row = NULL;
	if (rc) {
		json_decref(columns);
		return rc;
	}
	*row = json_pack("{s:o}", kept->table, columns);
	return *row != NULL ? TMG_OK : tmg_raise(&q->store->fault, TMG_E_NOMEM, 0,
	    _("out of memory"));
}

static const ra_kept *
kept_of(const json_t *row, const json_t **columns)
{
	for (size_t i = 0; i < ra_kept_count; i++)
		if ((*columns = json_object_get(row, ra_kept_tables[i].table)) != NULL)
			return &ra_kept_tables[i];
	return NULL;
}

/* A row's values and what was made for them. */
struct values {
	ra_datum data[RA_FIELDS_MAX];
	uint8_t *held[RA_FIELDS_MAX];
	size_t count;
};

static void
values_release(struct values *v)
{
	for (size_t i = 0; i < v->count; i++)
		free(v->held[i]);
}

/* Exactly the columns that there are: no more, no fewer. */
static bool
read_values(const ra_kept *kept, const json_t *columns, struct values *v)
{
	const char *list = kept->columns;
	char name[NAME_MAX_TEXT];

	while (next_name(&list, name)) {
		const size_t at = v->count++;
		const struct kind *kind = kind_of(kept->kinds[at]);

		v->held[at] = NULL;
		v->data[at] = (ra_datum){ .type = kind->type, .text = "" };
		if (!kind->put(json_object_get(columns, name), &v->held[at],
		    &v->data[at]))
			return false;
	}
	return json_object_size(columns) == v->count;
}

tmg_rc
ra_kept_put(ra_store *s, const json_t *row, tmg_fault *f)
{
	__attribute__((__cleanup__(values_release))) struct values v = { .count = 0 };
	const json_t *columns = NULL;
	const ra_kept *kept = kept_of(row, &columns);
	tmg_rc rc;

	if (kept == NULL || json_object_size(row) != 1 ||
	    !read_values(kept, columns, &v))
		return tmg_raise(f, TMG_UNSUPPORTED, 0,
		    _("a row that this tamga-ra does not know; restore with the release that made the backup, and upgrade then"));
	rc = ra_run(s, &kept->write, v.data, v.count, NULL);
	return rc ? tmg_fault_copy(f, &s->fault, rc) : TMG_OK;
}

json_t *
ra_audit_json(const ra_audit *e)
{
	return json_pack("{s:I, s:I, s:o, s:o, s:o, s:o, s:s}", "seq",
	    (json_int_t)e->seq, "at", (json_int_t)e->at, "actor",
	    ra_text_json(e->actor), "event", ra_text_json(e->event),
	    "application", ra_text_json(e->app), "detail",
	    ra_text_json(e->detail), "hash", e->hash);
}
