/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/secret.h"
#include "src/base/text.h"
#include "tamga/version.h"
#include "tests/unit/folder.h"

static void
faults_keep_the_cause_and_the_way(void **state)
{
	tmg_fault f = { 0 };

	(void)state;
	assert_int_equal(tmg_raise(&f, TMG_E_CARD, 0x6a88, "object %d", 7),
	    TMG_E_CARD);
	for (int i = 0; i < 2 * TMG_TRAIL; i++)
		assert_int_equal(tmg_pass(&f, TMG_E_CARD), TMG_E_CARD);
	assert_string_equal(f.text, "object 7");
	assert_int_equal(f.sw, 0x6a88);
	assert_int_equal(f.depth, TMG_TRAIL);
	assert_string_equal(f.trail[0].func, __func__);

	/* the new words may be made of the old */
	(void)tmg_raise(&f, TMG_E_IO, 0, "again: %s", f.text);
	assert_string_equal(f.text, "again: object 7");
}

static void
remedies_go_with_their_words(void **state)
{
	tmg_fault f = { 0 }, copy = { 0 };

	(void)state;
	assert_int_equal(tmg_advise(&f, TMG_TRY_REPLACE,
	    tmg_raise(&f, TMG_OCCUPIED, 0, "taken")), TMG_OCCUPIED);
	assert_int_equal(f.remedies, TMG_TRY_REPLACE);
	(void)tmg_fault_copy(&copy, &f, TMG_OCCUPIED);
	assert_int_equal(copy.remedies, TMG_TRY_REPLACE);
	(void)tmg_fault_copy(&copy, &f, TMG_BUSY);
	assert_int_equal(copy.remedies, 0);
	/* advice for something else is none for this */
	assert_int_equal(tmg_advise(&f, TMG_TRY_SLOT, TMG_BUSY), TMG_BUSY);
	assert_int_equal(f.remedies, TMG_TRY_REPLACE);
	(void)tmg_raise(&f, TMG_OCCUPIED, 0, "taken again");
	assert_int_equal(f.remedies, 0);
	assert_int_equal(tmg_advise(NULL, TMG_TRY_SLOT, TMG_BUSY), TMG_BUSY);
}

static void
verdicts_leave_no_trail(void **state)
{
	tmg_fault f = { 0 };

	(void)state;
	assert_int_equal(tmg_pass(&f, TMG_NOT_FOUND), TMG_NOT_FOUND);
	assert_int_equal(f.depth, 0);
	assert_int_equal(tmg_raise(NULL, TMG_BUSY, 0, "nobody listens"), TMG_BUSY);
}

static void
results_have_names(void **state)
{
	(void)state;
	assert_string_equal(tmg_rc_name(TMG_OK), "TMG_OK");
	assert_string_equal(tmg_rc_name(TMG_LAST_TRY), "TMG_LAST_TRY");
	assert_string_equal(tmg_rc_name(TMG_E_CRYPTO), "TMG_E_CRYPTO");
	assert_string_equal(tmg_rc_name((tmg_rc)99), "TMG_?");
}

static void
secrets_are_padded_and_wiped(void **state)
{
	tmg_secret s = { .len = 0 };
	static const uint8_t clean[sizeof(s)];

	(void)state;
	assert_int_equal(tmg_secret_pad(&s, (tmg_view)BYTES("123456"), 8, 0xff),
	    TMG_OK);
	assert_view_equal(tmg_secret_view(&s), ((tmg_view)BYTES("123456\xff\xff")));
	assert_int_equal(tmg_secret_pad(&s, (tmg_view)BYTES("123456789"), 8, 0xff),
	    TMG_E_USAGE);
	tmg_secret_wipe(&s);
	assert_memory_equal(&s, clean, sizeof(s));
}

static char *
in_folder(const char *folder, const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static int
make_folder(void **state)
{
	static char folder[TEST_FOLDER];

	*state = folder;
	return test_folder(folder) ? 0 : -1;
}

static int
drop_folder(void **state)
{
	char command[128];

	snprintf(command, sizeof(command), "chmod -R u+w %s; rm -rf %s",
	    (char *)*state, (char *)*state);
	return system(command);
}

static void
files_are_replaced_whole(void **state)
{
	char *path = in_folder(*state, "journal");
	tmg_auto_free uint8_t *data = NULL;
	struct stat st;
	size_t len;

	assert_int_equal(tmg_file_read(path, 100, &data, &len), TMG_NOT_FOUND);
	assert_int_equal(tmg_file_replace(path, (tmg_view)BYTES("one"), 0600), TMG_OK);
	assert_int_equal(tmg_file_replace(path, (tmg_view)BYTES("two!"), 0600), TMG_OK);
	assert_int_equal(tmg_file_read(path, 100, &data, &len), TMG_OK);
	assert_int_equal(len, 4);
	assert_string_equal((char *)data, "two!");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void
files_may_be_too_long(void **state)
{
	char *path = in_folder(*state, "long");
	uint8_t *data = NULL;
	size_t len;

	assert_int_equal(tmg_file_replace(path, (tmg_view)BYTES("12345"), 0600), TMG_OK);
	assert_int_equal(tmg_file_read(path, 4, &data, &len), TMG_UNSUPPORTED);
	assert_null(data);
}

static void
a_failed_replace_keeps_the_old_file(void **state)
{
	char folder[256], file[300];
	uint8_t *data = NULL;
	size_t len;

	/* a folder stands where the file should go: rename must fail */
	snprintf(folder, sizeof(folder), "%s/is-a-folder", (char *)*state);
	assert_int_equal(tmg_file_folder(folder, 0700), TMG_OK);
	assert_int_not_equal(tmg_file_replace(folder, (tmg_view)BYTES("x"), 0600),
	    TMG_OK);
	snprintf(file, sizeof(file), "%s.%ld.new", folder, (long)getpid());
	assert_int_equal(access(file, F_OK), -1);
	assert_int_equal(tmg_file_read(file, 10, &data, &len), TMG_NOT_FOUND);
}

/* Left by a crash, or laid there: the one who opened it does not see what is
 * written, and a link is not followed. */
static void
what_lies_in_the_way_is_not_written_to(void **state)
{
	char *path = in_folder(*state, "target");
	char beside[300], elsewhere[300];
	uint8_t *data = NULL;
	size_t len;
	int fd;
	char byte;

	snprintf(beside, sizeof(beside), "%s.%ld.new", path, (long)getpid());
	fd = open(beside, O_RDWR | O_CREAT, 0666);
	assert_true(fd >= 0);
	assert_int_equal(tmg_file_replace(path, (tmg_view)BYTES("x"), 0600), TMG_OK);
	assert_int_equal(pread(fd, &byte, 1, 0), 0);
	close(fd);

	snprintf(elsewhere, sizeof(elsewhere), "%s.elsewhere", path);
	assert_int_equal(symlink(elsewhere, beside), 0);
	assert_int_equal(tmg_file_replace(path, (tmg_view)BYTES("y"), 0600), TMG_OK);
	assert_int_equal(tmg_file_read(elsewhere, 9, &data, &len), TMG_NOT_FOUND);
	assert_int_equal(tmg_file_read(path, 9, &data, &len), TMG_OK);
	assert_string_equal((char *)data, "y");
	free(data);
}

/* Of two who make the same file both go on with the first's. */
static void
the_first_file_of_a_name_counts(void **state)
{
	char path[256], mine[300];
	uint8_t *data = NULL;
	size_t len;

	snprintf(path, sizeof(path), "%s/key", (char *)*state);
	snprintf(mine, sizeof(mine), "%s.1", path);
	assert_int_equal(tmg_file_replace(mine, (tmg_view)BYTES("one"), 0600), TMG_OK);
	assert_int_equal(tmg_file_claim(mine, path), TMG_OK);
	assert_int_equal(access(mine, F_OK), -1);
	assert_int_equal(tmg_file_replace(mine, (tmg_view)BYTES("two"), 0600), TMG_OK);
	assert_int_equal(tmg_file_claim(mine, path), TMG_OK);
	assert_int_equal(access(mine, F_OK), -1);
	assert_int_equal(tmg_file_read(path, 9, &data, &len), TMG_OK);
	assert_string_equal((char *)data, "one");
	free(data);

	/* nothing was written */
	assert_int_equal(tmg_file_claim(mine, path), TMG_NOT_FOUND);
}

static void
folders_are_made_all_the_way_down(void **state)
{
	char *path = in_folder(*state, "a/b/c");
	struct stat st;

	assert_int_equal(tmg_file_folder(path, 0700), TMG_OK);
	assert_int_equal(tmg_file_folder(path, 0700), TMG_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_int_equal(tmg_file_folder("", 0700), TMG_E_USAGE);
}

static void
note_line(void *arg, tmg_log_level level, const char *line)
{
	(void)level;
	snprintf(arg, 64, "%s", line);
}

static time_t
some_day(void *arg)
{
	(void)arg;
	return 1700000000;
}

static void
the_context_asks_its_program(void **state)
{
	static const tmg_pin_ask ask = { .kind = TMG_PIN_USER };
	uint8_t store[8];
	tmg_out pin = TMG_OUT(store);
	char line[64] = "";
	tmg_ctx *ctx;

	(void)state;
	assert_int_equal(tmg_ctx_new(&ctx), TMG_OK);
	tmg_log(ctx, TMG_LOG_ERROR, "nobody listens");
	tmg_ctx_set_log(ctx, TMG_LOG_INFO, note_line, line);
	tmg_log(ctx, TMG_LOG_DEBUG, "too fine");
	assert_string_equal(line, "");
	tmg_log(ctx, TMG_LOG_INFO, "card %d", 1);
	assert_string_equal(line, "card 1");

	assert_int_equal(tmg_ctx_ask_pin(ctx, &ask, &pin), TMG_CANCELLED);
	tmg_ctx_set_clock(ctx, some_day, NULL);
	assert_int_equal(tmg_ctx_now(ctx), 1700000000);
	tmg_ctx_free(&ctx);
	assert_null(ctx);
	tmg_ctx_free(&ctx);
	tmg_ctx_free(NULL);
}

static void
the_library_context_is_our_own(void **state)
{
	EVP_MD *md;
	tmg_ctx *ctx;

	(void)state;
	assert_int_equal(tmg_ctx_new(&ctx), TMG_OK);
	assert_non_null(tmg_ctx_libctx(ctx));
	md = EVP_MD_fetch(tmg_ctx_libctx(ctx), "SHA256", NULL);
	assert_non_null(md);
	EVP_MD_free(md);
	tmg_ctx_free(&ctx);
}

static void
the_build_reports_itself(void **state)
{
	(void)state;
	assert_non_null(strstr(tmg_build_info(), tmg_version()));
	assert_non_null(strstr(tmg_build_info(), "\npcsc "));
}

/* Whatever does not fit is left out, and there is always an end. */
static void
test_text_join(void **state)
{
	static const struct {
		size_t cap;
		const char *a, *b, *text;
	} t[] = {
		{ 8, "abc", "def", "abcdef" },
		{ 7, "abc", "def", "abcdef" },
		{ 6, "abc", "def", "abcde" },
		{ 4, "abc", "def", "abc" },
		{ 3, "abc", "def", "ab" },
		{ 1, "abc", "def", "" },
		{ 8, "", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(t); i++) {
		char text[9] = "xxxxxxxx";

		tmg_text_join(text, t[i].cap, t[i].a, t[i].b);
		assert_string_equal(text, t[i].text);
		for (size_t k = t[i].cap; k < 8; k++)
			assert_int_equal(text[k], 'x');
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_join),
		cmocka_unit_test(faults_keep_the_cause_and_the_way),
		cmocka_unit_test(remedies_go_with_their_words),
		cmocka_unit_test(verdicts_leave_no_trail),
		cmocka_unit_test(results_have_names),
		cmocka_unit_test(secrets_are_padded_and_wiped),
		cmocka_unit_test_setup_teardown(files_are_replaced_whole, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(files_may_be_too_long, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(a_failed_replace_keeps_the_old_file, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(what_lies_in_the_way_is_not_written_to, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(the_first_file_of_a_name_counts, make_folder, drop_folder),
		cmocka_unit_test_setup_teardown(folders_are_made_all_the_way_down, make_folder, drop_folder),
		cmocka_unit_test(the_context_asks_its_program),
		cmocka_unit_test(the_library_context_is_our_own),
		cmocka_unit_test(the_build_reports_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
