/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * --replace on a token that moves keys: what is replaced may be used until the new
 * one is proven, whoever refuses, and wherever the process is killed.
 */
#include "tests/unit/test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/provision/store.h"
#include "tests/unit/fake-disk.h"
#include "tests/unit/fake-world.h"

/* ---- the world before: slot 9a is taken ------------------------------------------ */

static tmg_provision_spec
wish(const char *subject)
{
	return (tmg_provision_spec){
		.slot = "9a",
		.csr.subject = subject,
		.authority.uri = "est+https://ra.example",
	};
}

static tmg_provision_spec
replacement(void)
{
	tmg_provision_spec spec = wish("CN=Жанар");

	spec.replace = true;
	return spec;
}

static tmg_rc
enroll(const tmg_provision_spec *wanted, tmg_fault *f)
{
	tmg_auto_ptr(tmg_ctx) ctx = NULL;
	tmg_auto_ptr(tmg_provision) p = NULL;
	tmg_provision_spec spec = *wanted;
	tmg_rc rc;

	fake_new_process();
	spec.authority.anchors = fake_anchors();
	assert_int_equal(tmg_ctx_new(&ctx), TMG_OK);
	if ((rc = tmg_provision_begin(ctx, fake_tokens(), &spec, f, &p)))
		return rc;
	rc = tmg_provision_run(p, NULL, NULL);
	*f = *tmg_provision_fault(p);
	return rc;
}

static tmg_rc
replace(tmg_fault *f)
{
	const tmg_provision_spec spec = replacement();

	return enroll(&spec, f);
}

static tmg_rc
take_up(tmg_fault *f)
{
	tmg_auto_ptr(tmg_ctx) ctx = NULL;
	tmg_auto_ptr(tmg_provision) p = NULL;
	tmg_rc rc;

	fake_new_process();
	assert_int_equal(tmg_ctx_new(&ctx), TMG_OK);
	if ((rc = tmg_provision_resume(ctx, fake_tokens(), NULL, NULL, f, &p)))
		return rc;
	rc = tmg_provision_run(p, NULL, NULL);
	*f = *tmg_provision_fault(p);
	return rc;
}

static fake_slot old;

static int
taken(void **state)
{
	tmg_provision_spec spec;
	tmg_fault f = { 0 };

	(void)state;
	if (!fake_disk_fresh())
		return -1;
	fake_world_reset();
	fake->moves = true;
	spec = wish("CN=Әсел");
	if (enroll(&spec, &f) != TMG_OK) {
		print_error("%s\n", f.text);
		return -1;
	}
	old = *fake_slot_named("9a");
	return 0;
}

/* ---- what must be there ------------------------------------------------------------ */

static bool
is_pair(const fake_slot *s)
{
	tmg_view spki;

	return s->priv_len > 0 && s->cert_len > 0 &&
	    tmg_cert_spki((tmg_view){ s->cert, s->cert_len }, &spki) == TMG_OK &&
	    tmg_view_equal(spki, (tmg_view){ s->spki, s->spki_len });
}

static bool
is_old(const fake_slot *s)
{
	return s->spki_len == old.spki_len && memcmp(s->spki, old.spki, old.spki_len) == 0;
}

static void
assert_untouched(void)
{
	assert_memory_equal(fake_slot_named("9a"), &old, sizeof(old));
}

static void
assert_replaced(void)
{
	const fake_slot *place = fake_slot_named("9a"), *spare = fake_slot_named("82");

	assert_true(is_pair(place));
	assert_false(is_old(place));
	assert_true(spare->priv_len == 0 && spare->cert_len == 0);
	assert_int_equal(fake->generated, 2);
	assert_int_equal(fake->applications, 2);
	assert_int_equal(fake->overwritten, 0);
	assert_int_equal(fake->destroyed, 1);
}

/* What the journals say of the one that is open. */
static tmg_provision_record
open_record(void)
{
	tmg_auto_ptr(tmg_ctx) ctx = NULL;
	tmg_auto_free tmg_provision_record *rows = NULL;
	tmg_provision_record found = { .step = TMG_STEP_CANCELLED };
	size_t count;

	assert_int_equal(tmg_ctx_new(&ctx), TMG_OK);
	assert_int_equal(tmg_provision_list(ctx, &rows, &count, NULL), TMG_OK);
	for (size_t i = 0; i < count; i++)
		if (rows[i].step < TMG_STEP_DONE)
			found = rows[i];
	return found;
}

/* ---- refused, delayed ---------------------------------------------------------------- */

static void
a_refusal_costs_nothing(void **state)
{
	static const fake_answer answers[] = {
		FAKE_REJECTS, FAKE_OTHER_KEY, FAKE_OTHER_ROOT, FAKE_OTHER_NAME, FAKE_NOTHING,
	};

	for (size_t i = 0; i < TMG_COUNT(answers); i++) {
		tmg_provision_record r;
		tmg_fault f = { 0 };

		assert_int_equal(taken(state), 0);
		fake->answer = answers[i];
		assert_int_not_equal(replace(&f), TMG_OK);
		assert_untouched();
		r = open_record();
		assert_string_equal(r.slot, "9a");
		assert_string_equal(r.waits, "82");
		/* the same key goes on when the authority thinks otherwise */
		fake->answer = FAKE_ISSUES;
		assert_int_equal(take_up(&f), TMG_OK);
		assert_replaced();
	}
}

static void
who_waits_has_both(void **state)
{
	tmg_provision_spec other = wish("CN=somebody else");
	tmg_fault f = { 0 };

	(void)state;
	fake->answer = FAKE_WAITS;
	assert_int_equal(replace(&f), TMG_PENDING);
	assert_untouched();
	/* the same wish is the same enrollment; another one is in its way */
	assert_int_equal(replace(&f), TMG_PENDING);
	other.replace = true;
	assert_int_equal(enroll(&other, &f), TMG_OCCUPIED);
	other.slot = "82";
	assert_int_equal(enroll(&other, &f), TMG_OCCUPIED);
	assert_untouched();
	fake->answer = FAKE_ISSUES;
	assert_int_equal(take_up(&f), TMG_OK);
	assert_replaced();
	assert_string_equal(open_record().waits, "");
}

/* Only what was there when it was allowed is destroyed. */
static void
another_key_meanwhile_is_no_bodys_to_lose(void **state)
{
	fake_slot *place = fake_slot_named("9a"), strange;
	tmg_fault f = { 0 };

	(void)state;
	fake->answer = FAKE_WAITS;
	assert_int_equal(replace(&f), TMG_PENDING);
	strange = *place;
	strange.spki[strange.spki_len - 1] ^= 1;
	*place = strange;
	fake->answer = FAKE_ISSUES;
	assert_int_equal(take_up(&f), TMG_OCCUPIED);
	assert_non_null(strstr(f.text, "another key into slot 9a"));
	assert_non_null(strstr(f.text, "82"));
	assert_memory_equal(place, &strange, sizeof(strange));
	place->priv_len = place->cert_len = 0;
	assert_int_equal(take_up(&f), TMG_OK);
	assert_true(is_pair(place));
	assert_int_equal(fake->destroyed, 0);
}

static void
fill(const char *slot)
{
	fake_slot *s = fake_slot_named(slot);
	const tmg_slot about = s->about;

	*s = old;
	s->about = about;
}

/* A token without room, or that moves nothing, destroys what was given up before
 * anybody knows what will come: only who said that word has it so. */
static void
refused_unless_told_to_destroy(const char *where)
{
	const unsigned posts = fake->posts, generated = fake->generated;
	tmg_provision_spec spec = replacement();
	tmg_fault f = { 0 };

	assert_int_equal(replace(&f), TMG_OCCUPIED);
	assert_int_equal(f.remedies, TMG_TRY_SLOT | TMG_TRY_DESTROY);
	assert_non_null(strstr(f.text, "lost if the authority refuses"));
	assert_non_null(strstr(f.text, where));
	assert_true(is_old(fake_slot_named("9a")));
	assert_int_equal(fake->posts, posts);
	assert_int_equal(fake->generated, generated);

	spec.destroy = true;
	assert_int_equal(enroll(&spec, &f), TMG_OK);
	assert_true(is_pair(fake_slot_named("9a")));
	assert_false(is_old(fake_slot_named("9a")));
	assert_int_equal(fake->destroyed, 0);
}

static void
where_nothing_moves_it_is_made_in_place(void **state)
{
	fake->moves = false;
	refused_unless_told_to_destroy("(free: 9c, 9e, 82-85)");
	assert_int_equal(fake_slot_named("82")->priv_len, 0);

	assert_int_equal(taken(state), 0);
	fill("82");
	fill("83");
	fill("84");
	fill("85");
	refused_unless_told_to_destroy("(free: 9c, 9e)");
}

/* What is named can be chosen: retired slots too, and none that an enrollment under
 * way will fill. */
static void
free_slots_are_named(void **state)
{
	tmg_provision_spec other = wish("CN=somebody else");
	tmg_fault f = { 0 };

	(void)state;
	fake->moves = false;
	fill("9c");
	fill("9e");
	refused_unless_told_to_destroy("(free: 82-85)");

	assert_int_equal(taken(state), 0);
	fake->moves = false;
	fill("83");
	other.slot = "9e";
	fake->answer = FAKE_WAITS;
	assert_int_equal(enroll(&other, &f), TMG_PENDING);
	fake->answer = FAKE_ISSUES;
	refused_unless_told_to_destroy("(free: 9c, 82, 84-85)");
}

/* Who allows more than is needed loses no more. */
static void
what_can_be_kept_is_kept(void **state)
{
	tmg_provision_spec spec = replacement();
	tmg_fault f = { 0 };

	(void)state;
	spec.destroy = true;
	spec.replace = false;
	fake->answer = FAKE_WAITS;
	assert_int_equal(enroll(&spec, &f), TMG_PENDING);
	assert_true(is_old(fake_slot_named("9a")));
}

/* ---- killed, pulled ---------------------------------------------------------------------- */

static void
die_at(unsigned at)
{
	const pid_t pid = fork();
	tmg_fault f = { 0 };
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		fake->kill_at = at == 0 ? 0 : fake->events + at;
		_exit(replace(&f) == TMG_OK ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	fake->kill_at = 0;
	if (WIFEXITED(status))
		assert_int_equal(WEXITSTATUS(status), 0);
}

static unsigned
places(void **state)
{
	unsigned began;

	assert_int_equal(taken(state), 0);
	began = fake->events;
	die_at(0);
	return fake->events - began;
}

static void
killed_anywhere(void **state)
{
	const unsigned total = places(state);
	unsigned kept = 0;

	assert_true(total > 20);
	for (unsigned at = 1; at <= total; at++) {
		tmg_fault f = { 0 };
		tmg_rc rc;

		assert_int_equal(taken(state), 0);
		die_at(at);
		kept += is_old(fake_slot_named("9a")) && is_pair(fake_slot_named("9a"));
		rc = take_up(&f);
		if (rc == TMG_NOT_FOUND && fake->generated == 1)
			rc = replace(&f);	/* it was not begun */
		if (rc != TMG_OK && rc != TMG_NOT_FOUND)
			fail_msg("place %u: %s: %s", at, tmg_rc_name(rc), f.text);
		assert_replaced();
	}
	print_message("killed at all %u places, %u of them before the old key went\n",
	    total, kept);
	assert_true(kept > total / 2);
}

static void
pulled_anywhere(void **state)
{
	const unsigned total = places(state);

	for (unsigned at = 1; at <= total; at++) {
		tmg_fault f = { 0 };
		tmg_rc rc;

		assert_int_equal(taken(state), 0);
		fake->remove_at = fake->events + at;
		rc = replace(&f);
		assert_true(rc == TMG_OK || rc == TMG_REMOVED || rc == TMG_NOT_FOUND);
		fake->present = true;
		if (rc != TMG_OK && (rc = take_up(&f)) == TMG_NOT_FOUND)
			rc = replace(&f);
		if (rc != TMG_OK)
			fail_msg("place %u: %s: %s", at, tmg_rc_name(rc), f.text);
		assert_replaced();
	}
}

/* ---- a renewal whose keys change places, and somebody else --------------------------- */

/* Pulled out there, and then somebody asks for a slot that is free, or was just left:
 * what was begun is finished nevertheless. */
static tmg_rc
meet_renewal(void **state, unsigned at, const char *slot)
{
	const tmg_provision_spec renewal = { .renews = "9a", .swap = true };
	tmg_provision_spec other = wish("CN=somebody else");
	tmg_fault f = { 0 };
	tmg_rc rc;

	assert_int_equal(taken(state), 0);
	fake->remove_at = fake->events + at;
	rc = enroll(&renewal, &f);
	fake->present = true;
	if (rc == TMG_OK)
		return rc;
	other.slot = slot;
	other.replace = true;
	if (fake_slot_named(slot)->priv_len == 0)
		(void)!enroll(&other, &f);
	if (open_record().step < TMG_STEP_DONE && take_up(&f) != TMG_OK)
		fail_msg("place %u, slot %s: %s", at, slot, f.text);
	assert_int_equal(fake->overwritten, 0);
	return rc;
}

static void
places_that_a_renewal_needs(void **state)
{
	static const char *const slots[] = { "9a", "82", "83" };
	unsigned at;

	for (size_t i = 0; i < TMG_COUNT(slots); i++) {
		for (at = 1; meet_renewal(state, at, slots[i]) != TMG_OK; at++)
			assert_true(at < 1000);
		assert_true(at > 20);
	}
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, taken, fake_disk_remove)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_refusal_costs_nothing),
		TEST(who_waits_has_both),
		TEST(another_key_meanwhile_is_no_bodys_to_lose),
		TEST(where_nothing_moves_it_is_made_in_place),
		TEST(free_slots_are_named),
		TEST(what_can_be_kept_is_kept),
		TEST(killed_anywhere),
		TEST(pulled_anywhere),
		TEST(places_that_a_renewal_needs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
