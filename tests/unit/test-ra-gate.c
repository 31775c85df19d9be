/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Failed tries and what is done too often, counted for all processes; and who
 * is not shut out by what others tried.
 */
#include <stdio.h>
#include <string.h>

#include "src/base/scope.h"
#include "tests/unit/ra-bench.h"
#include "tools/ra/desk/limit.h"
#include "tools/ra/desk/password.h"

#define HOME "192.0.2.1"
#define CAFE "203.0.113.9"
#define RIGHT "richtig!"
#define DEVICE "0123456789abcdef"

/* Another process: a connection and a gate of its own. */
struct process {
	ra_store *store;
	ra_gate *gate;
};

static void
start(const struct bench *b, struct process *p)
{
	tmg_fault f;

	assert_int_equal(ra_store_open(b->place.where, false, &f, &p->store), TMG_OK);
	assert_int_equal(ra_gate_new(&p->gate), TMG_OK);
}

static void
stop(struct process *p)
{
	ra_gate_free(&p->gate);
	ra_store_free(&p->store);
}

static void
add_account(struct bench *b, const char *name)
{
	ra_user user = { .role = "application" };

	snprintf(user.name, sizeof(user.name), "%s", name);
	assert_int_equal(ra_password_hash(tmg_view_str(RIGHT), user.password), TMG_OK);
	assert_int_equal(ra_user_put(b->desk.store, &user), TMG_OK);
}

static long wait_s;

static tmg_rc
enter(const struct bench *b, const struct process *p, const char *peer,
    const char *account, const char *password, const char *device)
{
	ra_user user;

	return ra_gate_enter(p->gate, p->store, b->now, &(ra_credentials){ peer,
	    account, tmg_view_str(password), device }, &user, &wait_s);
}

/* Wrong ones, each from another address, until nobody is listened to. */
static int
guess_from_afar(const struct bench *b, const struct process *p,
    const char *account, int most)
{
	for (int i = 0; i < most; i++) {
		char peer[32];

		snprintf(peer, sizeof(peer), "198.51.100.%d", i);
		if (enter(b, p, peer, account, "falsch!!", NULL) == TMG_BUSY)
			return i;
	}
	return most;
}

static void
test_shared(void **state)
{
	struct bench *b = *state;
	struct process one, two;

	add_account(b, "A-1");
	start(b, &one);
	start(b, &two);
	for (int i = 0; i < 5; i++)
		assert_int_equal(enter(b, i % 2 == 0 ? &one : &two, CAFE, "A-1",
		    "falsch!!", NULL), TMG_DENIED);
	assert_int_equal(enter(b, &one, CAFE, "A-1", RIGHT, NULL), TMG_BUSY);
	assert_in_range(wait_s, 1, 60);
	assert_int_equal(enter(b, &two, CAFE, "A-1", RIGHT, NULL), TMG_BUSY);

	/* one who starts now knows it as well, and a minute later it is over */
	stop(&one);
	start(b, &one);
	assert_int_equal(enter(b, &one, CAFE, "A-1", RIGHT, NULL), TMG_BUSY);
	b->now += 61;
	assert_int_equal(enter(b, &one, CAFE, "A-1", RIGHT, NULL), TMG_OK);
	/* and who came in begins anew */
	for (int i = 0; i < 5; i++)
		assert_int_equal(enter(b, &two, CAFE, "A-1", "falsch!!", NULL),
		    TMG_DENIED);
	stop(&one);
	stop(&two);
}

/* Guessing from everywhere ends; the owner comes in from where he was before,
 * and nobody else. */
static void
test_strangers(void **state)
{
	struct bench *b = *state;
	struct process p;

	add_account(b, "A-1");
	add_account(b, "A-2");
	start(b, &p);
	assert_int_equal(enter(b, &p, HOME, "A-1", RIGHT, NULL), TMG_OK);
	stop(&p);
	start(b, &p);	/* no password is remembered any more */

	assert_int_equal(guess_from_afar(b, &p, "A-1", 40), 20);
	assert_int_equal(enter(b, &p, "198.51.100.250", "A-1", RIGHT, NULL), TMG_BUSY);
	assert_int_equal(enter(b, &p, HOME, "A-1", RIGHT, NULL), TMG_OK);
	assert_int_equal(enter(b, &p, "198.51.100.250", "A-2", RIGHT, NULL), TMG_OK);
	/* his own wrong ones still count */
	for (int i = 0; i < 5; i++)
		assert_int_equal(enter(b, &p, HOME, "A-1", "falsch!!", NULL), TMG_DENIED);
	assert_int_equal(enter(b, &p, HOME, "A-1", RIGHT, NULL), TMG_BUSY);
	stop(&p);
}

/* A browser that is known comes in from an address that is full of guesses; it
 * is known at its own account alone, and guesses with it end, too. */
static void
test_device(void **state)
{
	struct bench *b = *state;
	struct process p;

	add_account(b, "A-1");
	add_account(b, "A-2");
	start(b, &p);
	assert_int_equal(enter(b, &p, HOME, "A-1", RIGHT, DEVICE), TMG_OK);
	stop(&p);
	start(b, &p);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(enter(b, &p, CAFE, "A-1", "falsch!!", NULL), TMG_DENIED);
		assert_int_equal(enter(b, &p, CAFE, "A-2", "falsch!!", NULL), TMG_DENIED);
	}
	assert_int_equal(enter(b, &p, CAFE, "A-1", RIGHT, "another"), TMG_BUSY);
	assert_int_equal(enter(b, &p, CAFE, "A-2", RIGHT, DEVICE), TMG_BUSY);
	assert_int_equal(enter(b, &p, CAFE, "A-1", RIGHT, DEVICE), TMG_OK);
	for (int i = 0; i < 5; i++)
		assert_int_equal(enter(b, &p, CAFE, "A-1", "falsch!!", DEVICE),
		    TMG_DENIED);
	assert_int_equal(enter(b, &p, CAFE, "A-1", RIGHT, DEVICE), TMG_BUSY);

	/* half a year later it is a stranger's */
	b->now += 181 * 86400;
	for (int i = 0; i < 5; i++)
		assert_int_equal(enter(b, &p, CAFE, "A-1", "falsch!!", NULL), TMG_DENIED);
	assert_int_equal(enter(b, &p, CAFE, "A-1", RIGHT, DEVICE), TMG_BUSY);
	stop(&p);
}

/* One address at many accounts. */
static void
test_address(void **state)
{
	struct bench *b = *state;
	struct process p;
	int n = 0;

	start(b, &p);
	for (; n < 60; n++) {
		char account[16];

		snprintf(account, sizeof(account), "A-%d", n);
		if (enter(b, &p, CAFE, account, "falsch!!", NULL) == TMG_BUSY)
			break;
	}
	assert_int_equal(n, 50);
	assert_int_equal(enter(b, &p, HOME, "A-51", "falsch!!", NULL), TMG_DENIED);
	stop(&p);
}

static tmg_rc
count(const struct bench *b, const char *peer, const char *subject)
{
	return ra_limit_count(b->desk.store, b->now, &ra_limit_begin, peer, subject,
	    &wait_s);
}

static void
test_limits(void **state)
{
	struct bench *b = *state;

	/* so many mails to one address, whoever asks for them and however he
	 * writes it */
	for (int i = 0; i < 10; i++) {
		char peer[32];

		snprintf(peer, sizeof(peer), "2001:db8:%d::1", i);
		assert_int_equal(count(b, peer, i % 2 ? "a@b.kz" : "A@b.kz"), TMG_OK);
	}
	assert_int_equal(count(b, HOME, "a@B.kz"), TMG_BUSY);
	assert_in_range(wait_s, 1, 360);
	b->now += wait_s;
	assert_int_equal(count(b, HOME, "a@b.kz"), TMG_OK);
	assert_int_equal(count(b, HOME, "a@b.kz"), TMG_BUSY);
	assert_int_equal(count(b, HOME, "c@b.kz"), TMG_OK);

	/* and of one address, a network of IPv6 being one */
	for (int i = 0; i < 60; i++) {
		char peer[48];

		snprintf(peer, sizeof(peer), "2001:db8:1:2::%x", i + 1);
		assert_int_equal(count(b, peer, ""), TMG_OK);
	}
	assert_int_equal(count(b, "2001:db8:1:2:ffff::1", ""), TMG_BUSY);
	assert_in_range(wait_s, 1, 5);
	assert_int_equal(count(b, "2001:db8:1:3::1", ""), TMG_OK);
	assert_int_equal(ra_limit_look(b->desk.store, b->now, &ra_limit_begin,
	    "2001:db8:1:2::1", "", &wait_s), TMG_BUSY);

	/* a clock that was wrong for a while shuts nobody out for long */
	b->now -= 10 * 86400;
	assert_int_equal(count(b, "2001:db8:1:2::1", ""), TMG_BUSY);
	assert_in_range(wait_s, 1, 5);
}

/* What is over goes. */
static void
test_forgotten(void **state)
{
	struct bench *b = *state;
	struct process p;
	ra_mark mark;
	char name[RA_HASH_TEXT];
	uint8_t address[16];
	const tmg_view whose[] = { tmg_view_str("A-1"),
		ra_network_of(HOME, address) };

	add_account(b, "A-1");
	start(b, &p);
	assert_int_equal(enter(b, &p, HOME, "A-1", "falsch!!", NULL), TMG_DENIED);
	assert_int_equal(ra_mark_name("tries at", whose, 2, name), TMG_OK);
	assert_int_equal(ra_mark_get(p.store, name, &mark), TMG_OK);
	b->now += 3600;
	assert_int_equal(enter(b, &p, CAFE, "A-2", "falsch!!", NULL), TMG_DENIED);
	assert_int_equal(ra_mark_get(p.store, name, &mark), TMG_NOT_FOUND);
	stop(&p);
}

int
main(void)
{
#define BENCH(test) cmocka_unit_test_setup_teardown(test, bench_set_up, \
	bench_tear_down)
	const struct CMUnitTest tests[] = {
		BENCH(test_shared),
		BENCH(test_strangers),
		BENCH(test_device),
		BENCH(test_address),
		BENCH(test_limits),
		BENCH(test_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
