/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls of the EST client to tests/unit/est-server.py.
 */
#ifndef TMG_TESTS_UNIT_EST_CALLS_H
#define TMG_TESTS_UNIT_EST_CALLS_H

#include "tests/unit/test.h"

#include "tests/unit/est-world.h"

static est_world world;

/* Opens, or fails the test with the words of the refusal. */
static tmg_authority *
open_authority(const tmg_authority_spec *spec)
{
	tmg_authority *a = NULL;
	tmg_fault f = { 0 };

	if (tmg_authority_open(world.ctx, spec, &f, &a) != TMG_OK)
		fail_msg("%s: %s", spec->uri, f.text);
	return a;
}

static tmg_authority_spec
spec_for(const char *listener, const char *label)
{
	return (tmg_authority_spec){ .uri = est_world_uri(&world, listener, label),
		.anchors = world.root };
}

/* One verb, its verdict and a part of its words. */
static void
expect(tmg_authority *a, tmg_rc have, tmg_rc want, const char *says)
{
	const char *text = tmg_authority_fault(a)->text;

	if (have != want || (says != NULL && strstr(text, says) == NULL))
		fail_msg("%s instead of %s \"%s\": %s", tmg_rc_name(have),
		    tmg_rc_name(want), says != NULL ? says : "", text);
}

static tmg_rc
submit(tmg_authority *a, tmg_decision *d)
{
	return tmg_authority_submit(a, world.csr, false, d);
}

/* The tests of a program, over one world. */
#define est_calls_run(tests) \
	(est_world_start(&world) \
	    ? est_calls_end(cmocka_run_group_tests((tests), NULL, NULL)) \
	    : est_calls_skip())

static inline int
est_calls_end(int failed)
{
	est_world_stop(&world);
	return failed;
}

static inline int
est_calls_skip(void)
{
	print_message("skipped: python3 or openssl(1) is not installed\n");
	est_world_stop(&world);
	return 77;
}

#endif
