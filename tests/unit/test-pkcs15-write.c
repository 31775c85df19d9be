/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows of PKCS #15 directories come, change and go on a card that is pulled out at
 * every command: what stands there can be read to its end, and others' rows are in
 * it.  Rows as bytes.
 */
#include "tests/unit/test.h"

#include "drivers/pkcs15/write.h"
#include "src/codec/hex.h"
#include "tests/unit/probe.h"

enum {
	SIZE = 1800,		/* of the file */
	ROWS = 6,
	NEVER = 1000,
};

/* A card with one file, which is pulled out at an UPDATE BINARY. */
typedef struct desk {
	uint8_t file[SIZE];
	size_t size;
	unsigned updates, pull_at;
	bool after;		/* that UPDATE was carried out */
	size_t rows[ROWS + 1];	/* sizes; 0 ends */
	tmg_p15 p;
} desk;

static const uint8_t path[] = { 0x3f, 0x00, 0x50, 0x15, 0x44, 0x03 };

static tmg_rc
update(desk *d, const tmg_capdu *c)
{
	const size_t at = (size_t)c->p1 << 8 | c->p2;
	const bool pulled = ++d->updates == d->pull_at;

	assert_true(c->data.len <= 255);
	assert_true(at + c->data.len <= d->size);
	if (!pulled || d->after)
		memcpy(d->file + at, c->data.ptr, c->data.len);
	return pulled ? TMG_REMOVED : TMG_OK;
}

static tmg_rc
card_send(void *arg, const tmg_capdu *c, tmg_out *data, uint16_t *sw)
{
	desk *d = arg;
	const uint8_t fcp[] = { 0x62, 0x04, 0x80, 0x02, (uint8_t)(d->size >> 8),
	    (uint8_t)d->size };

	*sw = TMG_SW_OK;
	if (c->ins == 0xd6)
		return update(d, c);
	assert_int_equal(c->ins, 0xa4);
	tmg_put(data, TMG_VIEW(fcp));
	return TMG_OK;
}

/* Row i, of that size: its number is in every byte of its content. */
static void
put_row(tmg_out *o, unsigned i, size_t size)
{
	tmg_put_u8(o, 0x30);
	if (size > 0x81) {
		tmg_put_u8(o, 0x81);
		tmg_put_u8(o, (uint8_t)(size - 3));
	} else {
		tmg_put_u8(o, (uint8_t)(size - 2));
	}
	for (size_t head = size > 0x81 ? 3 : 2; head < size; head++)
		tmg_put_u8(o, (uint8_t)(0x80 + i));
}

static void
desk_open(desk *d, const size_t *sizes, uint8_t garbage)
{
	tmg_out o = TMG_OUT(d->file);

	*d = (desk){ .size = SIZE, .pull_at = NEVER };
	memset(d->file, garbage, sizeof(d->file));
	o.ptr = d->file;
	for (unsigned i = 0; sizes[i] > 0; i++) {
		d->rows[i] = sizes[i];
		put_row(&o, i, sizes[i]);
	}
	memset(d->file + o.len, 0, 2);
	d->p.profile = &tmg_p15_profiles[0];
	d->p.files = (tmg_files){ .send = card_send, .arg = d };
	d->p.content.sources[0].dir = P15_CERTS;
	memcpy(d->p.content.sources[0].value.place.path.bytes, path, sizeof(path));
	d->p.content.sources[0].value.place.path.len = sizeof(path);
	d->p.content.source_count = 1;
	d->p.content.bytes[0] = malloc(o.len + 1);
	assert_non_null(d->p.content.bytes[0]);
	memcpy(d->p.content.bytes[0], d->file, o.len);
	d->p.content.lens[0] = o.len;
	d->p.content.ended[0] = true;
}

static void
desk_close(desk *d)
{
	tmg_p15_content_drop(&d->p.content);
}

/* Which rows stand in the file, a bit each; the test fails where it cannot be read,
 * or has a row twice or in parts. */
static unsigned
rows_in(const desk *d)
{
	tmg_view in = { d->file, d->size }, content;
	unsigned seen = 0;
	uint32_t tag;
	size_t size;
	tmg_rc rc;

	while ((rc = tmg_p15_next(&in, &tag, &content, &size)) == TMG_OK) {
		const unsigned i = content.ptr[0] - 0x80u;

		assert_int_equal(tag, 0x30);
		assert_true(i <= ROWS);
		assert_int_equal(seen >> i & 1, 0);
		seen |= 1u << i;
		for (size_t n = 0; n < content.len; n++)
			assert_int_equal(content.ptr[n], 0x80 + i);
		assert_true(i == ROWS || size == d->rows[i]);
	}
	assert_int_equal(rc, TMG_NOT_FOUND);
	return seen;
}

static tmg_p15_common
row_at(const desk *d, unsigned i)
{
	tmg_p15_common row = { .size = d->rows[i] };

	for (unsigned n = 0; n < i; n++)
		row.offset += d->rows[n];
	return row;
}

static size_t
sum(const desk *d)
{
	size_t total = 0;

	for (unsigned i = 0; d->rows[i] > 0; i++)
		total += d->rows[i];
	return total;
}

static const size_t shapes[][ROWS + 1] = {
	{ 40, 0 }, { 40, 50, 60, 0 }, { 60, 60, 60, 60, 60, 60, 0 },
	{ 240, 240, 240, 240, 240, 240, 0 }, { 130, 129, 131, 200, 3, 100, 0 },
	{ 3, 240, 3, 240, 3, 240, 0 }, { 5, 254, 100, 40, 90, 40, 0 },
};

/* ---- going ------------------------------------------------------------------------ */

static void
pull_while_removing(const size_t *shape, unsigned i, unsigned all)
{
	for (unsigned n = 0; n < 2 * NEVER; n++) {
		tmg_p15_common row;
		desk d;
		tmg_rc rc;

		desk_open(&d, shape, 0xa5);
		d.pull_at = 1 + n / 2;
		d.after = n % 2 == 1;
		row = row_at(&d, i);
		rc = tmg_p15_row_remove(&d.p, &row);
		assert_int_equal(rows_in(&d) | 1u << i, all);
		if (rc == TMG_OK) {
			assert_int_equal(rows_in(&d), all & ~(1u << i));
			/* a row too long to change places leaves the hole */
			assert_true(d.p.content.lens[0] == sum(&d) - shape[i] ||
			    (shape[1] == 254 && i == 0));
			assert_memory_equal(d.p.content.bytes[0], d.file,
			    d.p.content.lens[0]);
			desk_close(&d);
			return;
		}
		assert_int_equal(rc, TMG_REMOVED);
		assert_null(d.p.content.bytes[0]);	/* is read again */
		desk_close(&d);
	}
	fail_msg("it never comes to an end");
}

static void
a_row_goes(void **state)
{
	(void)state;
	for (size_t s = 0; s < TMG_COUNT(shapes); s++) {
		unsigned count = 0;

		while (shapes[s][count] > 0)
			count++;
		for (unsigned i = 0; i < count; i++)
			pull_while_removing(shapes[s], i, (1u << count) - 1);
	}
}

/* One where it carries all that is behind; else two, and one for each row. */
static void
commands_that_it_takes(void **state)
{
	static const struct {
		size_t shape;
		unsigned row, updates;
	} cases[] = {
		{ 1, 0, 1 }, { 1, 2, 1 }, { 3, 5, 1 }, { 3, 4, 1 }, { 3, 3, 4 },
		{ 3, 0, 7 }, { 6, 0, 1 },	/* the first behind is too long to move */
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		tmg_p15_common row;
		desk d;

		desk_open(&d, shapes[cases[i].shape], 0xa5);
		row = row_at(&d, cases[i].row);
		assert_int_equal(tmg_p15_row_remove(&d.p, &row), TMG_OK);
		if (d.updates != cases[i].updates)
			fail_msg("case %zu: %u updates, not %u", i, d.updates,
			    cases[i].updates);
		desk_close(&d);
	}
}

/* ---- coming and changing ------------------------------------------------------------- */

static bool
has_both(const desk *d, unsigned i)
{
	return (rows_in(d) >> i & 1) != 0 && (rows_in(d) >> ROWS & 1) != 0;
}

/* Row i of a directory into one of that size: the old, the new, or, where need be, both
 * for a moment. */
static void
pull_while_changing(const size_t *shape, unsigned i, size_t size, bool both)
{
	const unsigned was = 1u << i, is = 1u << ROWS;
	bool had_both = false;

	for (unsigned n = 0; n < 2 * NEVER; n++) {
		uint8_t bytes[256];
		tmg_out o = TMG_OUT(bytes);
		tmg_p15_common row;
		unsigned all;
		desk d;
		tmg_rc rc;

		desk_open(&d, shape, 0xa5);
		all = rows_in(&d);
		d.pull_at = 1 + n / 2;
		d.after = n % 2 == 1;
		put_row(&o, ROWS, size);
		row = row_at(&d, i);
		rc = tmg_p15_row_replace(&d.p, &row, tmg_out_view(&o));
		assert_true((rows_in(&d) & (was | is)) != 0);
		assert_int_equal(rows_in(&d) | was | is, all | is);
		had_both |= has_both(&d, i);
		if (rc == TMG_OK) {
			assert_int_equal(rows_in(&d), (all & ~was) | is);
			assert_int_equal(d.p.content.lens[0], sum(&d) - shape[i] + size);
			assert_memory_equal(d.p.content.bytes[0], d.file,
			    d.p.content.lens[0]);
			desk_close(&d);
			assert_int_equal(had_both, both);
			return;
		}
		assert_int_equal(rc, TMG_REMOVED);
		assert_null(d.p.content.bytes[0]);	/* is read again */
		desk_close(&d);
	}
	fail_msg("it never comes to an end");
}

/* Both for a moment only where one command does not carry what is behind, and the old
 * one leaves no room for the new one and a hole, of three bytes at the least. */
static void
a_row_changes(void **state)
{
	static const size_t sizes[] = { 3, 40, 57, 58, 59, 60, 61, 62, 98, 99, 100, 129,
	    131, 200, 238, 239, 240 };

	(void)state;
	for (size_t s = 0; s < TMG_COUNT(shapes) - 1; s++)
		for (unsigned i = 0; shapes[s][i] > 0; i++)
			for (size_t n = 0; n < TMG_COUNT(sizes); n++) {
				const size_t old = shapes[s][i], size = sizes[n];
				size_t behind = 0;

				for (unsigned k = i + 1; shapes[s][k] > 0; k++)
					behind += shapes[s][k];
				pull_while_changing(shapes[s], i, size, size != old &&
				    size + behind + 2 > 255 && size + 3 > old);
			}
}

/* One update where it carries all that is behind. */
static void
commands_of_a_change(void **state)
{
	static const struct {
		size_t shape;
		unsigned row;
		size_t size;
		unsigned updates;
	} cases[] = {
		{ 1, 2, 60, 1 }, { 1, 2, 240, 1 }, { 1, 0, 130, 1 }, { 1, 0, 39, 1 },
		{ 1, 0, 143, 1 },	/* 255 with the end */
		{ 1, 0, 144, 6 },	/* added; then a hole, which the others pass */
		{ 3, 0, 240, 1 }, { 3, 0, 237, 7 }, { 3, 5, 239, 1 },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		uint8_t bytes[256];
		tmg_out o = TMG_OUT(bytes);
		tmg_p15_common row;
		desk d;

		desk_open(&d, shapes[cases[i].shape], 0xa5);
		put_row(&o, ROWS, cases[i].size);
		row = row_at(&d, cases[i].row);
		assert_int_equal(tmg_p15_row_replace(&d.p, &row, tmg_out_view(&o)),
		    TMG_OK);
		if (d.updates != cases[i].updates)
			fail_msg("case %zu: %u updates, not %u", i, d.updates,
			    cases[i].updates);
		desk_close(&d);
	}
}

/* A directory that is full to its last byte changes within it. */
static void
a_row_changes_at_the_end(void **state)
{
	(void)state;
	for (size_t room = 0; room < 4; room++)
		for (size_t size = 47; size < 56; size++) {
			uint8_t bytes[256];
			tmg_out o = TMG_OUT(bytes);
			tmg_p15_common row;
			desk d;

			desk_open(&d, shapes[1], 0x00);
			d.size = 150 + room;
			put_row(&o, ROWS, size);
			row = row_at(&d, 1);
			assert_int_equal(tmg_p15_row_replace(&d.p, &row,
			    tmg_out_view(&o)), size <= 50 + room ? TMG_OK : TMG_DENIED);
			assert_int_equal(rows_in(&d), size <= 50 + room
			    ? 5u | 1u << ROWS : 7u);
			desk_close(&d);
		}
}

/* What lay behind the end does not come to light. */
static void
a_row_comes(void **state)
{
	uint8_t bytes[256];
	tmg_out o = TMG_OUT(bytes);
	desk d;

	(void)state;
	put_row(&o, ROWS, 60);
	desk_open(&d, shapes[1], 0x30);
	assert_int_equal(tmg_p15_row_add(&d.p, 0, tmg_out_view(&o)), TMG_OK);
	assert_int_equal(rows_in(&d), 7u | 1u << ROWS);
	assert_int_equal(d.updates, 1);
	desk_close(&d);

	/* exactly as much room, and one byte too few */
	for (size_t room = 59; room <= 62; room++) {
		desk_open(&d, shapes[1], 0x00);
		d.size = 150 + room;
		assert_int_equal(tmg_p15_row_add(&d.p, 0, tmg_out_view(&o)),
		    room < 60 ? TMG_DENIED : TMG_OK);
		assert_int_equal(d.updates, room < 60 ? 0 : 1);
		desk_close(&d);
	}
}

/* A file that something on the card tells of stays: a row, or the ODF, whose files
 * are the directories.  The card fails the test when it is told to delete. */
static void
what_is_told_of_stays(void **state)
{
	static const uint8_t odf[] = { 0xa4, 0x0a, 0x30, 0x08, 0x04, 0x06, 0x3f, 0x00,
	    0x50, 0x15, 0x44, 0x03 };
	const tmg_path *told;
	desk d;

	(void)state;
	desk_open(&d, shapes[1], 0x00);
	told = &d.p.content.sources[0].value.place.path;
	d.p.content.bytes[P15_AT_ODF] = malloc(sizeof(odf));
	assert_non_null(d.p.content.bytes[P15_AT_ODF]);
	memcpy(d.p.content.bytes[P15_AT_ODF], odf, sizeof(odf));
	d.p.content.lens[P15_AT_ODF] = sizeof(odf);
	d.p.content.ended[P15_AT_ODF] = true;
	assert_int_equal(tmg_p15_file_delete(&d.p, told), TMG_OK);
	desk_close(&d);
}

/* Directories tell of every name that a new file could have: no command is sent. */
static void
no_name_is_left(void **state)
{
	enum { FIRST = 0x4300, NAMES = 64 };
	const tmg_p15_job job = { .root = { { 0x3f, 0x00, 0x50, 0x15 }, 4 } };
	uint8_t *odf = malloc(2 * NAMES);
	tmg_path made;
	desk d;

	(void)state;
	desk_open(&d, shapes[0], 0x00);
	assert_non_null(odf);
	for (unsigned i = 0; i < NAMES; i++) {
		odf[2 * i] = FIRST >> 8;
		odf[2 * i + 1] = (uint8_t)i;
	}
	d.p.content.bytes[P15_AT_ODF] = odf;
	d.p.content.lens[P15_AT_ODF] = 2 * NAMES;
	d.p.content.ended[P15_AT_ODF] = true;
	assert_int_equal(tmg_p15_file_make(&d.p, &job, (tmg_p15_birth){ .fid = FIRST,
	    .purpose = P15_FOR_PUBLIC, .size = 10 }, &made), TMG_DENIED);
	assert_int_equal(d.p.base.fault.rc, TMG_DENIED);
	assert_non_null(strstr(d.p.base.fault.text, "no name left"));
	desk_close(&d);
}

/* ---- what is in them ------------------------------------------------------------------ */

static void
expect(const tmg_out *row, const char *hex)
{
	uint8_t bytes[256];
	tmg_out o = TMG_OUT(bytes);

	assert_int_equal(tmg_hex_parse(tmg_view_str(hex), &o), TMG_OK);
	assert_view_equal(tmg_out_view(row), tmg_out_view(&o));
}

/* By hand from 6.1.9, 6.2 to 6.4 and 6.6. */
static void
rows_as_bytes(void **state)
{
	static const uint8_t id[] = { 0x45 }, auth[] = { 0x01 };
	tmg_p15_job job = {
		.id = TMG_VIEW(id), .auth = TMG_VIEW(auth), .number = 1,
		.root = { { 0x3f, 0x00, 0x50, 0x15 }, 4 },
		.key = { { 0x3f, 0x00, 0x50, 0x15, 0x4b, 0x01 }, 6 },
		.public = { { 0x3f, 0x00, 0x50, 0x15, 0x55, 0x01 }, 6 },
		.alg = TMG_ALG_P256,
	};
	uint8_t bytes[256];
	tmg_out o = TMG_OUT(bytes);

	(void)state;
	tmg_p15_private_put(&o, &job);
	expect(&o, "A034" "300F0C064B6579203435030206C0040101"
	    "300F0401450303072080030203B8020101"
	    "A110300E300804063F0050154B0102020100");
	o.len = 0;
	tmg_p15_public_put(&o, &job);
	expect(&o, "A02C" "300C0C064B657920343503020640"
	    "300E0401450302010203020308020101"
	    "A10C300A300804063F0050155501");
	job.alg = TMG_ALG_RSA2048;
	job.key.len = 0;
	job.number = 0;
	o.len = 0;
	tmg_p15_private_put(&o, &job);
	expect(&o, "3031" "300F0C064B6579203435030206C0040101"
	    "300E04014503020560030203B8020100"
	    "A10E300C300604043F00501502020800");
	o.len = 0;
	tmg_p15_cert_put(&o, &job, &job.public);
	expect(&o, "3029" "30140C0E436572746966696361746520343503020640"
	    "3003040145" "A10C300A300804063F0050155501");
	o.len = 0;
	tmg_p15_source_put(&o, P15_CERTS, &job.public);
	expect(&o, "A40A300804063F0050155501");
	assert_false(o.full);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_goes),
		cmocka_unit_test(commands_that_it_takes),
		cmocka_unit_test(a_row_changes),
		cmocka_unit_test(commands_of_a_change),
		cmocka_unit_test(a_row_changes_at_the_end),
		cmocka_unit_test(a_row_comes),
		cmocka_unit_test(what_is_told_of_stays),
		cmocka_unit_test(no_name_is_left),
		cmocka_unit_test(rows_as_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
