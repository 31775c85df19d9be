/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows in and out of structures.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "tools/ra/store/sql.h"

static const void *
member(const void *row, size_t at)
{
	return (const char *)row + at;
}

static void *
member_of(void *row, size_t at)
{
	return (char *)row + at;
}

static void
text_to(const ra_field *field, const void *row, ra_datum *d)
{
	d->text = member(row, field->at);
}

/* Whoever wrote more than this program reads is newer, or not of this house. */
static tmg_rc
text_from(ra_store *s, const ra_field *field, const ra_datum *d, void *row)
{
	const size_t len = strlen(d->text);

	if (len >= field->more)
		return tmg_raise(&s->fault, TMG_E_IO, 0,
		    _("the store: a text of %zu bytes where at most %zu belong"),
		    len, field->more - 1);
	memcpy(member_of(row, field->at), d->text, len + 1);
	return TMG_OK;
}

static void
string_to(const ra_field *field, const void *row, ra_datum *d)
{
	memcpy(&d->text, member(row, field->at), sizeof(d->text));
}

static tmg_rc
string_from(ra_store *s, const ra_field *field, const ra_datum *d, void *row)
{
	(void)s;
	memcpy(member_of(row, field->at), &d->text, sizeof(d->text));
	return TMG_OK;
}

_Static_assert(sizeof(time_t) == sizeof(int64_t), "times are kept in 64 bits");

static void
number_to(const ra_field *field, const void *row, ra_datum *d)
{
	memcpy(&d->number, member(row, field->at), sizeof(d->number));
}

static tmg_rc
number_from(ra_store *s, const ra_field *field, const ra_datum *d, void *row)
{
	(void)s;
	memcpy(member_of(row, field->at), &d->number, sizeof(d->number));
	return TMG_OK;
}

static void
small_to(const ra_field *field, const void *row, ra_datum *d)
{
	int small;

	memcpy(&small, member(row, field->at), sizeof(small));
	d->number = small;
}

static tmg_rc
small_from(ra_store *s, const ra_field *field, const ra_datum *d, void *row)
{
	const int small = (int)d->number;

	if (d->number < INT_MIN || d->number > INT_MAX)
		return tmg_raise(&s->fault, TMG_E_IO, 0,
		    _("the store: a number is out of its range"));
	memcpy(member_of(row, field->at), &small, sizeof(small));
	return TMG_OK;
}

static void
blob_to(const ra_field *field, const void *row, ra_datum *d)
{
	memcpy(&d->blob.ptr, member(row, field->at), sizeof(d->blob.ptr));
	memcpy(&d->blob.len, member(row, field->more), sizeof(d->blob.len));
}

static tmg_rc
blob_from(ra_store *s, const ra_field *field, const ra_datum *d, void *row)
{
	uint8_t *copy = NULL;

	if (d->blob.len > 0 && (copy = malloc(d->blob.len)) == NULL)
		return tmg_raise(&s->fault, TMG_E_NOMEM, 0, _("out of memory"));
	if (copy != NULL)
		memcpy(copy, d->blob.ptr, d->blob.len);
	memcpy(member_of(row, field->at), &copy, sizeof(copy));
	memcpy(member_of(row, field->more), &d->blob.len, sizeof(d->blob.len));
	return TMG_OK;
}

const ra_field_kind ra_field_text = { RA_TYPE_TEXT, text_to, text_from };
const ra_field_kind ra_field_string = { RA_TYPE_TEXT, string_to, string_from };
const ra_field_kind ra_field_number = { RA_TYPE_NUMBER, number_to, number_from };
const ra_field_kind ra_field_small = { RA_TYPE_NUMBER, small_to, small_from };
const ra_field_kind ra_field_blob = { RA_TYPE_BLOB, blob_to, blob_from };

tmg_rc
ra_row_put(ra_store *s, const ra_sql *sql, const ra_row *row,
    const void *structure)
{
	ra_datum data[RA_FIELDS_MAX];

	if (row->count > RA_FIELDS_MAX)
		return tmg_raise(&s->fault, TMG_E_USAGE, 0,
		    _("the store: %s has too many columns"), sql->name);
	for (size_t i = 0; i < row->count; i++) {
		const ra_field *field = &row->fields[i];

		data[i] = (ra_datum){ .type = field->kind->type, .text = "" };
		field->kind->to(field, structure, &data[i]);
	}
	return ra_run(s, sql, data, row->count, NULL);
}

static tmg_rc
read_row(const ra_query *q, const ra_row *row, void *structure)
{
	ra_store *s = q->store;
	tmg_rc rc;

	for (size_t i = 0; i < row->count; i++) {
		const ra_field *field = &row->fields[i];
		ra_datum d = { .type = field->kind->type };

		if ((rc = ra_query_column(q, (int)i, &d)) ||
		    (rc = field->kind->from(s, field, &d, structure)))
			return rc;
	}
	return TMG_OK;
}

/* So that a structure read half owns nothing. */
static void
drop_blobs(const ra_row *row, void *structure)
{
	for (size_t i = 0; i < row->count; i++) {
		uint8_t *bytes;

		if (row->fields[i].kind != &ra_field_blob)
			continue;
		memcpy(&bytes, member(structure, row->fields[i].at), sizeof(bytes));
		free(bytes);
	}
	memset(structure, 0, row->size);
}

tmg_rc
ra_row_next(const ra_query *q, const ra_row *row, void *structure)
{
	tmg_rc rc;

	if ((rc = ra_query_next(q)))
		return rc;
	memset(structure, 0, row->size);
	if ((rc = read_row(q, row, structure)))
		drop_blobs(row, structure);
	return rc;
}

tmg_rc
ra_row_get(ra_store *s, const ra_sql *sql, const ra_datum *data, size_t count,
    const ra_row *row, void *structure)
{
	tmg_auto(ra_query) q = { NULL, NULL };
	const tmg_rc rc = ra_ask(s, &q, sql, data, count);

	return rc ? rc : ra_row_next(&q, row, structure);
}
