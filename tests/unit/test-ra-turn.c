/* SPDX-License-Identifier: BSD-2-Clause */
/* Who writes when, and who is committed with whom. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "src/base/fail.h"
#include "tests/unit/ra-everything.h"
#include "tests/unit/ra-place.h"
#include "tests/unit/test.h"
#include "tools/ra/store/user.h"

/* What the first one does when the others wait, or one of those when it is his turn. */
typedef enum way {
	COMMITS,
	LOOKS,			/* at what the first one wrote, and leaves it at that */
	RELEASES,		/* after a statement that was refused */
	IS_REFUSED,		/* his commit, by the database */
	BREAKS,			/* the transaction of all, as a full disk does */
} way;

enum { WRITERS = 3, LONG_MS = 60000 };

struct writer {
	struct play *play;
	ra_store *store;
	char name[8];
	way way;
	pthread_t thread;
	tmg_rc rc;		/* of his commit */
	atomic_bool back;	/* it returned */
};

/* One leads, the others come while he writes. */
struct play {
	ra_turn *turn;
	const ra_store_ops *ops;	/* the back end's own */
	struct writer writer[WRITERS];
	unsigned count;
	atomic_uint begun, commits;
	bool refuse;
};

static struct play *on_stage;	/* a back end's row has no room for it */

static tmg_rc
counted_commit(ra_store *s)
{
	struct play *play = on_stage;

	atomic_fetch_add(&play->commits, 1);
	for (unsigned i = 0; i < play->count; i++)
		if (atomic_load(&play->writer[i].back) && play->commits == 1)
			return tmg_raise(&s->fault, TMG_E_USAGE, 0,
			    "%s did not wait", play->writer[i].name);
	return play->refuse ? tmg_raise(&s->fault, TMG_E_IO, 0, "the disk is full") :
	    play->ops->commit(s);
}

static tmg_rc
put(ra_store *s, const char *name, const char *certificate)
{
	ra_user user = { .role = "applicant", .password = "x" };

	snprintf(user.name, sizeof(user.name), "%s", name);
	snprintf(user.certificate, sizeof(user.certificate), "%s", certificate);
	return ra_user_put(s, &user);
}

static void
await(struct play *play, unsigned waiting)
{
	while (ra_turn_waiting(play->turn) < waiting)
		usleep(1000);
}

static tmg_rc
see_first(struct writer *w)
{
	ra_user user = { .name = "" };

	return ra_user_get(w->store, "a", &user);
}

/* What was there within is there when one has left. */
static tmg_rc
look_twice(struct writer *w, ra_txn *txn)
{
	const tmg_rc within = see_first(w);

	ra_txn_release(txn);
	return within ? within : see_first(w);
}

/* Faults of a thread are told by the one that joins it. */
static tmg_rc
write_one(struct writer *w)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc;

	if ((rc = ra_txn_begin(&txn, w->store)))
		return rc;
	if (atomic_fetch_add(&w->play->begun, 1) == 0)
		await(w->play, w->play->count - 1);
	if (w->way == LOOKS)
		return look_twice(w, &txn);
	if ((rc = put(w->store, w->name, w->name)))
		return rc;
	switch (w->way) {
	case RELEASES:
		/* another one's certificate */
		return put(w->store, w->name, "z") == TMG_OCCUPIED ? TMG_DENIED :
		    TMG_E_USAGE;
	case BREAKS:
		return w->play->ops->script(w->store->lead, "ROLLBACK") ? TMG_E_USAGE :
		    tmg_raise(&w->store->fault, TMG_E_IO, 0, "no room at all");
	case IS_REFUSED:
		w->play->refuse = true;
		break;
	case LOOKS:
	case COMMITS:
		break;
	}
	rc = ra_txn_commit(&txn);
	atomic_store(&w->back, true);
	return rc;
}

static void *
perform(void *arg)
{
	struct writer *w = arg;

	w->rc = write_one(w);
	return NULL;
}

static bool
is_there(const stored *b, const char *name)
{
	ra_user user = { .name = "" };
	const tmg_rc rc = ra_user_get(b->store, name, &user);

	assert_true(rc == TMG_OK || rc == TMG_NOT_FOUND);
	return rc == TMG_OK;
}

/* "a" leads and does as lead says, the one behind him as next says, and one
 * more, if there is one, commits. */
static void
play_for(stored *b, struct play *p, unsigned count, way lead, way next, int open_ms)
{
	static ra_store_ops counted;
	const way ways[WRITERS] = { lead, next, COMMITS };

	assert_int_equal(put(b->store, "z", "z"), TMG_OK);
	*p = (struct play){ .count = count, .ops = b->store->ops };
	on_stage = p;
	counted = *p->ops;
	counted.commit = counted_commit;
	assert_int_equal(ra_turn_new(open_ms, &p->turn), TMG_OK);
	for (unsigned i = 0; i < count; i++) {
		struct writer *w = &p->writer[i];

		w->play = p;
		w->way = ways[i];
		snprintf(w->name, sizeof(w->name), "%c", 'a' + (int)i);
		assert_int_equal(ra_store_open(b->place.where, false, &b->f, &w->store),
		    TMG_OK);
		ra_store_share(w->store, p->turn);
		w->store->ops = &counted;
	}
	for (unsigned i = 0; i < count; i++) {
		assert_int_equal(pthread_create(&p->writer[i].thread, NULL, perform,
		    &p->writer[i]), 0);
		while (i == 0 && atomic_load(&p->begun) == 0)
			usleep(1000);
	}
	for (unsigned i = 0; i < count; i++)
		pthread_join(p->writer[i].thread, NULL);
}

static void
play(stored *b, struct play *p, unsigned count, way lead, way next)
{
	play_for(b, p, count, lead, next, LONG_MS);
}

static void
play_end(struct play *p)
{
	ra_store *none;

	/* the turn is nobody's, and no transaction is open */
	assert_int_equal(ra_turn_take(p->turn, 0, &none), TMG_OK);
	assert_null(none);
	for (unsigned i = 0; i < p->count; i++)
		ra_store_free(&p->writer[i].store);
	ra_turn_free(&p->turn);
}

static void
test_one_commit_for_all(void **state)
{
	stored *b = *state;
	struct play p;

	play(b, &p, WRITERS, COMMITS, COMMITS);
	for (unsigned i = 0; i < WRITERS; i++) {
		assert_int_equal(p.writer[i].rc, TMG_OK);
		assert_true(is_there(b, p.writer[i].name));
	}
	assert_int_equal(p.commits, 1);
	play_end(&p);
}

static void
test_one_takes_his_back(void **state)
{
	stored *b = *state;

	for (unsigned count = 2; count <= WRITERS; count++) {
		struct play p;

		play(b, &p, count, COMMITS, RELEASES);
		assert_int_equal(p.writer[0].rc, TMG_OK);
		assert_int_equal(p.writer[1].rc, TMG_DENIED);
		assert_true(is_there(b, "a"));
		assert_false(is_there(b, "b"));
		assert_int_equal(is_there(b, "c"), count == WRITERS);
		assert_int_equal(p.commits, 1);
		play_end(&p);
	}
}

static void
test_one_only_looks(void **state)
{
	stored *b = *state;

	for (unsigned count = 2; count <= WRITERS; count++) {
		struct play p;

		play(b, &p, count, COMMITS, LOOKS);
		for (unsigned i = 0; i < count; i++)
			assert_int_equal(p.writer[i].rc, TMG_OK);
		assert_int_equal(p.commits, 1);
		play_end(&p);
	}
}

/* The first one alone is undone: there was nobody else yet. */
static void
test_first_takes_his_back(void **state)
{
	stored *b = *state;
	struct play p;

	play(b, &p, 2, RELEASES, COMMITS);
	assert_int_equal(p.writer[0].rc, TMG_DENIED);
	assert_int_equal(p.writer[1].rc, TMG_OK);
	assert_false(is_there(b, "a"));
	assert_true(is_there(b, "b"));
	assert_int_equal(p.commits, 1);
	play_end(&p);
}

static void
test_refused_for_all(void **state)
{
	stored *b = *state;
	struct play p;

	play(b, &p, 2, COMMITS, IS_REFUSED);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(p.writer[i].rc, TMG_E_IO);
		assert_string_equal(p.writer[i].store->fault.text, "the disk is full");
		assert_false(is_there(b, p.writer[i].name));
	}
	assert_int_equal(p.commits, 1);
	play_end(&p);
}

/* Nothing of it was acknowledged, and the first one hears why. */
static void
test_broken_for_all(void **state)
{
	stored *b = *state;
	struct play p;

	play(b, &p, 2, COMMITS, BREAKS);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(p.writer[i].rc, TMG_E_IO);
		assert_string_equal(p.writer[i].store->fault.text, "no room at all");
		assert_false(is_there(b, p.writer[i].name));
	}
	assert_int_equal(p.commits, 0);
	play_end(&p);
}

/* What has been open for long takes nobody in. */
static void
test_not_for_ever(void **state)
{
	stored *b = *state;
	struct play p;

	play_for(b, &p, 2, COMMITS, COMMITS, 0);
	assert_int_equal(p.writer[0].rc, TMG_OK);
	assert_int_equal(p.writer[1].rc, TMG_OK);
	assert_int_equal(p.commits, 2);
	play_end(&p);
}

/* Whoever writes has the turn of his process until it is over, however it ends. */
static void
test_turn(void **state)
{
	stored *b = *state;
	ra_store *lead = b->store;
	ra_turn *turn = NULL;

	assert_int_equal(ra_turn_new(0, &turn), TMG_OK);
	ra_store_share(b->store, turn);
	for (int how = 0; how < 2; how++) {
		tmg_auto(ra_txn) txn = { NULL };

		assert_int_equal(ra_txn_begin(&txn, b->store), TMG_OK);
		assert_int_equal(ra_turn_take(turn, 0, &lead), TMG_BUSY);
		if (how == 0)
			assert_int_equal(ra_txn_commit(&txn), TMG_OK);
		ra_txn_release(&txn);
		assert_int_equal(ra_turn_take(turn, 0, &lead), TMG_OK);
		assert_null(lead);
		ra_turn_end(turn, b->store, TMG_OK);
	}
	ra_store_free(&b->store);
	ra_turn_free(&turn);
}

/* Who only looks takes no turn and gives none, and one that could not begin
 * gives it back. */
static void
test_turn_unused(void **state)
{
	stored *b = *state;
	tmg_auto(ra_txn) txn = { NULL }, within = { NULL };
	ra_store *lead;
	ra_turn *turn = NULL;

	assert_int_equal(ra_turn_new(0, &turn), TMG_OK);
	ra_store_share(b->store, turn);
	assert_int_equal(ra_txn_look(&txn, b->store), TMG_OK);
	if (b->place.dialect == &place_sqlite) {
		/* SQLite refuses a transaction within one */
		assert_true(tmg_is_fault(ra_txn_begin(&within, b->store)));
		assert_null(within.store);
	}
	assert_int_equal(ra_turn_take(turn, 0, &lead), TMG_OK);
	ra_txn_release(&txn);
	assert_int_equal(ra_turn_take(turn, 0, &lead), TMG_BUSY);
	ra_turn_end(turn, b->store, TMG_OK);
	ra_store_free(&b->store);
	ra_turn_free(&turn);
}

int
main(void)
{
#define SHARED(test) cmocka_unit_test_setup_teardown(test, stored_set_up, \
	stored_tear_down)
	const struct CMUnitTest tests[] = {
		SHARED(test_turn),
		SHARED(test_turn_unused),
		SHARED(test_one_commit_for_all),
		SHARED(test_one_takes_his_back),
		SHARED(test_one_only_looks),
		SHARED(test_first_takes_his_back),
		SHARED(test_refused_for_all),
		SHARED(test_broken_for_all),
		SHARED(test_not_for_ever),
	};

	alarm(5 * LONG_MS / 1000);	/* nobody comes who is waited for */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
