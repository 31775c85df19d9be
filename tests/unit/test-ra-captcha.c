/* SPDX-License-Identifier: BSD-2-Clause */
/* Captchas: one try, one session, ten minutes; the picture is one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/file.h"
#include "src/base/scope.h"
#include "tests/unit/ra-bench.h"
#include "tools/ra/desk/captcha.h"
#include "tools/ra/store/captcha.h"

static tmg_rc
check(struct bench *b, const char *session, const char *id, const char *text)
{
	return ra_captcha_check(&b->desk, session, id, text);
}

static void
ask(struct bench *b, ra_captcha *c, char sum[16])
{
	unsigned x, y;

	assert_int_equal(ra_captcha_new(&b->desk, "s1", c), TMG_OK);
	assert_int_equal(sscanf(c->question, "How much is %u plus %u?", &x, &y), 2);
	snprintf(sum, 16, "%u", x + y);
}

static void
test_question(void **state)
{
	struct bench *b = *state;
	char sum[16], spaced[32];

	for (int i = 0; i < 20; i++) {
		tmg_auto(ra_captcha) c = { .png = NULL };

		ask(b, &c, sum);
		snprintf(spaced, sizeof(spaced), " %c %s ", sum[0], sum + 1);
		assert_int_equal(check(b, "s1", c.id, spaced), TMG_OK);
		assert_int_equal(check(b, "s1", c.id, sum), TMG_NOT_FOUND);
	}
}

static void
test_refused(void **state)
{
	struct bench *b = *state;
	static const char *const wrong[] = { "", "1", "99999999999999999999", "x" };
	char sum[16];

	for (size_t i = 0; i < TMG_COUNT(wrong); i++) {
		tmg_auto(ra_captcha) c = { .png = NULL };

		ask(b, &c, sum);
		assert_int_equal(check(b, "s1", c.id, wrong[i]), TMG_MISMATCH);
		assert_int_equal(check(b, "s1", c.id, sum), TMG_NOT_FOUND);
	}
	tmg_auto(ra_captcha) other = { .png = NULL }, old = { .png = NULL };

	ask(b, &other, sum);
	assert_int_equal(check(b, "s2", other.id, sum), TMG_MISMATCH);
	ask(b, &old, sum);
	b->now += RA_CAPTCHA_SECONDS + 1;
	assert_int_equal(check(b, "s1", old.id, sum), TMG_NOT_FOUND);
	assert_int_equal(check(b, "s1", "nobody's", sum), TMG_NOT_FOUND);
}

/* The code in the picture, found the only way there is. */
static void
test_picture(void **state)
{
	struct bench *b = *state;
	tmg_auto(ra_captcha) c = { .png = NULL };
	char sum[16], code[16], hash[RA_HASH_TEXT];
	ra_captcha_row row;
	unsigned i = 0;

	ask(b, &c, sum);
	assert_int_equal(ra_captcha_get(b->desk.store, c.id, &row), TMG_OK);
	do {
		assert_in_range(i, 0, 99999);
		snprintf(code, sizeof(code), "%05u", i++);
		assert_int_equal(ra_captcha_hash(c.id, "s1", code, hash), TMG_OK);
	} while (strcmp(hash, row.picture) != 0);
	assert_int_equal(check(b, "s1", c.id, code), TMG_OK);
}

/* What was asked and never answered goes with the next that is asked. */
static void
test_swept(void **state)
{
	struct bench *b = *state;
	tmg_auto(ra_captcha) first = { .png = NULL }, next = { .png = NULL };
	ra_captcha_row row;
	char sum[16];

	ask(b, &first, sum);
	b->now += RA_CAPTCHA_SECONDS + 1;
	ask(b, &next, sum);
	assert_int_equal(ra_captcha_get(b->desk.store, first.id, &row),
	    TMG_NOT_FOUND);
	assert_int_equal(ra_captcha_get(b->desk.store, next.id, &row), TMG_OK);
}

static void
test_drawn(void **state)
{
	const char *keep = getenv("TAMGA_TEST_KEEP");
	tmg_auto(ra_captcha) a = { .png = NULL }, b = { .png = NULL };
	char path[256];
	const tmg_rc rc = ra_captcha_draw("12345", &a.png, &a.len);

	(void)state;
	if (rc == TMG_UNSUPPORTED)
		skip();
	assert_int_equal(rc, TMG_OK);
	assert_int_equal(ra_captcha_draw("12345", &b.png, &b.len), TMG_OK);
	assert_true(a.len > 1000);
	assert_memory_equal(a.png, "\x89PNG\r\n\x1a\n", 8);
	assert_false(tmg_view_equal((tmg_view){ a.png, a.len },
	    (tmg_view){ b.png, b.len }));
	if (keep != NULL) {
		snprintf(path, sizeof(path), "%s/captcha.png", keep);
		assert_int_equal(tmg_file_replace(path, (tmg_view){ a.png, a.len },
		    0644), TMG_OK);
	}
}

int
main(void)
{
#define AT_DESK(test) \
	cmocka_unit_test_setup_teardown(test, bench_set_up, bench_tear_down)
	const struct CMUnitTest tests[] = {
		AT_DESK(test_question),
		AT_DESK(test_refused),
		AT_DESK(test_picture),
		AT_DESK(test_swept),
		cmocka_unit_test(test_drawn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
