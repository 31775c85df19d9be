/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/probe.h"

#include "tests/unit/test.h"

typedef struct catcher {
	tmg_probe probe;
	tmg_backend *b;
} catcher;

static tmg_rc
catch(tmg_probe *probe, tmg_backend *b)
{
	catcher *c = (catcher *)probe;

	assert_null(c->b);
	c->b = b;
	return TMG_OK;
}

tmg_backend *
probe_one(tmg_script *s, const tmg_driver *driver)
{
	catcher found = { .probe = { .add = catch } };
	tmg_channel *ch = tmg_script_channel(s);

	assert_int_equal(ch->ops->begin(ch), TMG_OK);
	assert_int_equal(driver->probe(ch, &found.probe), TMG_OK);
	assert_non_null(found.b);
	return found.b;
}

void
probe_done(tmg_script *s, tmg_backend *b)
{
	tmg_channel *ch = tmg_script_channel(s);

	ch->ops->end(ch);
	b->driver->close(b);
	tmg_script_done(s);
}

static tmg_rc
catch_none(tmg_probe *probe, tmg_backend *b)
{
	(void)probe;
	(void)b;
	fail_msg("a backend was made of nothing");
	return TMG_OK;
}

void
probe_none_rows(const tmg_driver *driver, const tmg_script_row *rows, tmg_view atr,
    tmg_rc rc)
{
	tmg_probe found = { .add = catch_none };
	tmg_script s;
	tmg_ctx *ctx;

	assert_int_equal(tmg_ctx_new(&ctx), TMG_OK);
	tmg_script_init(&s, ctx, rows);
	if (atr.len > 0) {
		assert_true(atr.len <= sizeof(s.channel.atr));
		memcpy(s.channel.atr, atr.ptr, atr.len);
		s.channel.atr_len = atr.len;
	}
	assert_int_equal(s.channel.ops->begin(&s.channel), TMG_OK);
	assert_int_equal(driver->probe(&s.channel, &found), rc);
	s.channel.ops->end(&s.channel);
	tmg_script_done(&s);
	tmg_ctx_free(&ctx);
}

void
probe_none(const tmg_driver *driver, const char *command, const char *answer,
    tmg_rc rc)
{
	const tmg_script_row rows[] = { { command, answer, NULL }, { 0 } };

	probe_none_rows(driver, rows, (tmg_view){ NULL, 0 }, rc);
}

void
probe_refused(const tmg_driver *driver, const char *command)
{
	static const struct {
		const char *answer;
		tmg_rc rc;
	} cases[] = {
		{ "6A82", TMG_NOT_FOUND },
		{ "6D00", TMG_NOT_FOUND },
		{ "6999", TMG_NOT_FOUND },
		{ "removed", TMG_REMOVED },
		{ "reset", TMG_RESET },
		{ "io", TMG_E_IO },
	};

	for (size_t i = 0; i < TMG_COUNT(cases); i++)
		probe_none(driver, command, cases[i].answer, cases[i].rc);
}
