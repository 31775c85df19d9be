/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two processes and one wish: at every single place of the first one a second one
 * comes in between and does all it can.
 */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/provision/store.h"
#include "tests/unit/fake-disk.h"
#include "tests/unit/fake-world.h"

/* What the second one says when it waits for a lock of the first. */
enum { WAITS = 'w', FDS_MAX = 64 };

/* The first place of a renewal: it looks at the certificate. */
enum { LOOKS = 1 };

/* What both are asked, and whether the second one says so again or resumes. */
struct wish {
	const char *what;
	bool occupied;		/* there is an enrollment already */
	bool resumes;		/* the second one takes up what is open */
	unsigned keys;		/* that are made */
	tmg_provision_spec spec;
};

static const struct wish *wish;		/* of the second one */
static pid_t second;
static unsigned done_before;	/* enrollments, when the second one came in */
static int tell = -1;

/* ---- what is a place ------------------------------------------------------- */

int __real_flock(int fd, int how);
int __wrap_flock(int fd, int how);

/* Who would wait for the first one says so, for that one waits for him. */
int
__wrap_flock(int fd, int how)
{
	const char waits = WAITS;

	fake_event();
	if (tell < 0 || (how & LOCK_NB) != 0)
		return __real_flock(fd, how);
	if (__real_flock(fd, how | LOCK_NB) == 0)
		return 0;
	if (write(tell, &waits, 1) != 1)
		return -1;
	tell = -1;		/* that one goes on; nobody listens any more */
	return __real_flock(fd, how);
}

/* ---- the folder of journals ------------------------------------------------------ */

static bool
is_done(const char *path)
{
	char text[400] = "";
	FILE *f = fake_disk_journal(path) ? fopen(path, "r") : NULL;

	if (f == NULL)
		return false;
	if (fread(text, 1, sizeof(text) - 1, f) == 0)
		text[0] = '\0';
	fclose(f);
	return strstr(text, "\"step\": \"done\"") != NULL;
}

/* ---- one process ------------------------------------------------------------- */

static tmg_provision_spec
said(const struct wish *w)
{
	tmg_provision_spec spec = w->spec;

	if (spec.renews == NULL) {
		spec.csr.subject = "CN=Ləman";
		spec.authority.uri = "est+https://ra.example";
		spec.authority.anchors = fake_anchors();
	}
	return spec;
}

static tmg_rc
work(const struct wish *w, bool resumes)
{
	const tmg_provision_spec spec = said(w);
	tmg_auto_ptr(tmg_ctx) ctx = NULL;
	tmg_auto_ptr(tmg_provision) p = NULL;
	tmg_fault f = { 0 };
	tmg_rc rc = tmg_ctx_new(&ctx);

	if (rc == TMG_OK)
		rc = resumes ? tmg_provision_resume(ctx, fake_tokens(), NULL, NULL, &f, &p)
		    : tmg_provision_begin(ctx, fake_tokens(), &spec, &f, &p);
	if (rc == TMG_OK)
		rc = tmg_provision_run(p, NULL, NULL);
	return rc;
}

/* A process has nothing of the other: neither its locks nor its memory. */
static void
be_another(int fd)
{
	tell = fd;
	for (int i = STDERR_FILENO + 1; i < FDS_MAX; i++)
		if (i != tell)
			close(i);
	fake_new_process();
	_exit(work(wish, wish->resumes));
}

/* The second one does what it can before the first one goes on. */
static void
meet(void)
{
	int fds[2];
	char c;

	done_before = fake_disk_count(is_done);
	if (pipe(fds) != 0 || (second = fork()) < 0)
		abort();
	if (second == 0)
		be_another(fds[1]);
	close(fds[1]);
	while (read(fds[0], &c, 1) == 1 && c != WAITS)
		continue;
	close(fds[0]);
}

/* ---- the world before and after ----------------------------------------------- */

static int
make_folder(void **state)
{
	(void)state;
	return fake_disk_fresh() ? 0 : -1;
}

static void
before(void)
{
	assert_true(fake_disk_fresh());
	fake_world_reset();
	fake->remembers = true;
	fake->meet = meet;
}

static void
occupy(const char *slot)
{
	const struct wish w = { .spec.slot = slot };

	assert_int_equal(work(&w, false), TMG_OK);
	fake_new_process();
}

static void
before_wish(const struct wish *w)
{
	before();
	fake->moves = w->spec.replace;
	if (w->occupied)
		occupy("9a");
	wish = w;
}

static unsigned
places(const struct wish *w)
{
	unsigned began;

	before_wish(w);
	began = fake->events;
	assert_int_equal(work(w, false), TMG_OK);
	return fake->events - began;
}

/* How the second one ended, which may have waited. */
static tmg_rc
ended(void)
{
	int status;

	assert_int_equal(waitpid(second, &status, 0), second);
	if (!WIFEXITED(status))
		fail_msg("the second one: signal %d", WTERMSIG(status));
	return (tmg_rc)WEXITSTATUS(status);
}

/* A key's certificate is renewed again by whoever comes when that is done, or
 * looks at the token when the other one is done: it is another certificate. */
static bool
is_later(const struct wish *w, unsigned at, unsigned kept)
{
	return w->spec.keep_key && !w->resumes &&
	    (at == LOOKS || done_before > kept);
}

static void
together(const struct wish *w, unsigned at)
{
	unsigned generated, applications, kept, more;
	tmg_rc rc, other;

	before_wish(w);
	generated = fake->generated;
	applications = fake->applications;
	kept = fake_disk_count(fake_disk_journal);
	fake->meet_at = fake->events + at;
	rc = work(w, false);
	other = ended();
	more = is_later(w, at, kept) ? 2 : 1;
	if (rc != TMG_OK || fake->generated != generated + w->keys ||
	    fake->applications != applications + more ||
	    fake_disk_count(fake_disk_journal) != kept + more)
		fail_msg("%s, place %u: %s and %s, %u keys, %u applications, %u journals",
		    w->what, at, tmg_rc_name(rc), tmg_rc_name(other),
		    fake->generated - generated, fake->applications - applications,
		    fake_disk_count(fake_disk_journal) - kept);
	if (other != TMG_OK && other != TMG_BUSY)
		assert_true(w->resumes && other == TMG_NOT_FOUND);
}

static void
two_processes_are_served_once(void **state)
{
	static const struct wish wishes[] = {
		{ "an enrollment", false, false, 1, { .slot = "9a" } },
		{ "an enrollment, resumed", false, true, 1, { .slot = "9a" } },
		{ "of a chosen type", false, false, 1,
		    { .slot = "9a", .alg = TMG_ALG_ED25519 } },
		{ "an enrollment of nobody's slot", false, false, 1, { .slot = NULL } },
		{ "a renewal", true, false, 1, { .renews = "9a" } },
		{ "a renewal, resumed", true, true, 1, { .renews = "9a" } },
		{ "a renewal into a slot", true, false, 1,
		    { .renews = "9a", .slot = "83" } },
		{ "a renewal of the key", true, false, 0,
		    { .renews = "9a", .keep_key = true } },
		{ "a renewal of the key, resumed", true, true, 0,
		    { .renews = "9a", .keep_key = true } },
		/* asked again when it is done it is another one: so it is resumed */
		{ "a replacement, resumed", true, true, 1,
		    { .slot = "9a", .replace = true } },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(wishes); i++) {
		const unsigned total = places(&wishes[i]);

		assert_true(total > 20);
		for (unsigned at = 1; at <= total; at++)
			together(&wishes[i], at);
		print_message("%s: all %u places\n", wishes[i].what, total);
	}
}

/* ---- two wishes ------------------------------------------------------------------ */

/* Two keys of one token are renewed, or one is replaced meanwhile: each new one is
 * made in a place that nobody chose. */
static unsigned
side_by_side(bool moves, bool replaces, unsigned at)
{
	static const struct wish ones[] = {
		{ .spec = { .renews = "9a", .swap = true } },
		{ .spec = { .slot = "9a", .replace = true } },
	};
	static const struct wish two = { .spec = { .renews = "9c", .swap = true,
	    .pin = TMG_PIN_ONCE } };
	unsigned began, total;
	tmg_rc rc, other;

	before();
	fake->moves = moves;
	occupy("9a");
	occupy("9c");
	wish = &two;
	began = fake->events;
	fake->meet_at = at > 0 ? began + at : 0;
	rc = work(&ones[replaces], false);
	total = fake->events - began;
	other = at > 0 ? ended() : work(&two, false);
	if (rc != TMG_OK || other != TMG_OK || fake->overwritten > 0 ||
	    fake->destroyed != replaces || fake->generated != 4 || fake->applications != 4 ||
	    fake_disk_count(fake_disk_journal) != 4)
		fail_msg("place %u: %s and %s, %u keys overwritten", at, tmg_rc_name(rc),
		    tmg_rc_name(other), fake->overwritten);
	return total;
}

static void
two_renewals_stand_side_by_side(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		const bool moves = i > 0, replaces = i > 1;
		const unsigned total = side_by_side(moves, replaces, 0);

		for (unsigned at = 1; at <= total; at++)
			side_by_side(moves, replaces, at);
		print_message("%s: all %u places\n", replaces ?
		    "a replacement and a renewal" : "two renewals", total);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(two_renewals_stand_side_by_side,
		    make_folder, fake_disk_remove),
		cmocka_unit_test_setup_teardown(two_processes_are_served_once,
		    make_folder, fake_disk_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
