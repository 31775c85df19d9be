/* SPDX-License-Identifier: BSD-2-Clause */
/* Several hubs that are waited for at once, and by who gets no threads. */
#include "tests/unit/test.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "src/reader/together.h"

enum { HUBS = 3, NO_END = -1, LONG_MS = 60000 };

/* One whose word is fetched by the wait that tells of it, so a lost one shows. */
struct hub {
	tmg_hub hub;
	int word, stop;		/* eventfd's */
	tmg_rc says;		/* with its word */
	atomic_uint waits;
	atomic_bool hears;	/* a signal of the program's, while it waits */
};

static struct hub hubs[HUBS];
static tmg_hub *all[HUBS];

/* ---- threads that are not to be had, and those that are ---------------------- */

static int threads_left, threads_now;

int
__real_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
    void *(*begin)(void *), void *of);
int
__wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
    void *(*begin)(void *), void *of);
int
__real_pthread_join(pthread_t thread, void **said);
int
__wrap_pthread_join(pthread_t thread, void **said);

int
__wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
    void *(*begin)(void *), void *of)
{
	if (threads_left-- <= 0)
		return EAGAIN;
	threads_now++;
	return __real_pthread_create(thread, attr, begin, of);
}

int
__wrap_pthread_join(pthread_t thread, void **said)
{
	threads_now--;
	return __real_pthread_join(thread, said);
}

/* ---- hubs ------------------------------------------------------------------ */

static bool
fetch(int fd)
{
	eventfd_t n;

	return eventfd_read(fd, &n) == 0;
}

static tmg_rc
hub_wait(tmg_hub *hub, int timeout_ms)
{
	struct hub *h = (struct hub *)hub;
	struct pollfd fds[] = { { .fd = h->word, .events = POLLIN },
	    { .fd = h->stop, .events = POLLIN } };
	sigset_t blocked;

	pthread_sigmask(SIG_SETMASK, NULL, &blocked);
	atomic_store(&h->hears, sigismember(&blocked, SIGTERM) == 0);
	atomic_fetch_add(&h->waits, 1);
	(void)poll(fds, 2, timeout_ms);
	if (fetch(h->stop))
		return TMG_CANCELLED;
	return fetch(h->word) ? h->says : TMG_PENDING;
}

static void
hub_cancel(tmg_hub *hub)
{
	(void)eventfd_write(((struct hub *)hub)->stop, 1);
}

static const tmg_hub_ops hub_ops = { .wait = hub_wait, .cancel = hub_cancel };

static int
begin(void **state)
{
	(void)state;
	threads_left = HUBS;
	for (size_t i = 0; i < HUBS; i++) {
		hubs[i] = (struct hub){ .hub = { .ops = &hub_ops }, .says = TMG_OK,
		    .word = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
		    .stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) };
		all[i] = &hubs[i].hub;
	}
	return 0;
}

static int
end(void **state)
{
	(void)state;
	for (size_t i = 0; i < HUBS; i++) {
		close(hubs[i].word);
		close(hubs[i].stop);
	}
	return 0;
}

static void
tell(size_t which)
{
	assert_int_equal(eventfd_write(hubs[which].word, 1), 0);
}

static void
expect_word(size_t which, int timeout_ms, bool threads)
{
	tmg_hub *whose = NULL;

	tell(which);
	assert_int_equal(tmg_hubs_wait(all, HUBS, timeout_ms, threads, &whose),
	    TMG_OK);
	assert_ptr_equal(whose, all[which]);
	assert_false(fetch(hubs[which].word));
}

/* ---- tests ------------------------------------------------------------------ */

static void
test_each_tells(void **state)
{
	for (size_t i = 0; i < HUBS; i++) {
		begin(state);
		expect_word(i, NO_END, true);
		for (size_t k = 0; k < HUBS; k++) {
			assert_int_equal(hubs[k].waits, 1);
			assert_int_equal(hubs[k].hears, k == 0);
		}
		assert_int_equal(threads_now, 0);
		end(state);
	}
	begin(state);
}

static void
test_time_is_over(void **state)
{
	tmg_hub *whose = NULL;

	(void)state;
	assert_int_equal(tmg_hubs_wait(all, HUBS, 1, true, &whose), TMG_PENDING);
	assert_non_null(whose);
	end(state);
	begin(state);
	assert_int_equal(tmg_hubs_wait(all, HUBS, 1, false, &whose), TMG_PENDING);
}

/* What a hub has to say is not hidden by the ends that it brings upon the others. */
static void
test_fault(void **state)
{
	tmg_hub *whose = NULL;

	(void)state;
	hubs[1].says = TMG_E_IO;
	tell(1);
	assert_int_equal(tmg_hubs_wait(all, HUBS, NO_END, true, &whose), TMG_E_IO);
	assert_ptr_equal(whose, all[1]);
}

static void
test_cancelled(void **state)
{
	tmg_hub *whose = NULL;

	(void)state;
	for (size_t i = 0; i < HUBS; i++)
		hub_cancel(all[i]);
	assert_int_equal(tmg_hubs_wait(all, HUBS, NO_END, true, &whose),
	    TMG_CANCELLED);
}

/* No thread, or not enough of them: whoever tells is heard, by turns or before, and no
 * thread stays. */
static void
test_no_threads(void **state)
{
	for (int left = 0; left < HUBS - 1; left++)
		for (size_t i = 0; i < HUBS; i++) {
			begin(state);
			threads_left = left;
			expect_word(i, LONG_MS, true);
			assert_int_equal(threads_now, 0);
			end(state);
		}
	begin(state);
}

/* However short the time is. */
static void
test_forbidden_threads(void **state)
{
	for (size_t i = 0; i < HUBS; i++) {
		begin(state);
		threads_left = 0;
		expect_word(i, 0, false);
		assert_int_equal(threads_left, 0);	/* nobody tried */
		end(state);
	}
	begin(state);
}

static void
test_one(void **state)
{
	tmg_hub *whose = NULL;

	(void)state;
	threads_left = 0;
	tell(0);
	assert_int_equal(tmg_hubs_wait(all, 1, NO_END, true, &whose), TMG_OK);
	assert_ptr_equal(whose, all[0]);
	assert_int_equal(threads_left, 0);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_each_tells, end),
		TEST(test_time_is_over),
		TEST(test_fault),
		TEST(test_cancelled),
		cmocka_unit_test_teardown(test_no_threads, end),
		cmocka_unit_test_teardown(test_forbidden_threads, end),
		TEST(test_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
