/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file of IDs and labels: what stands in it, what others write into it, and
 * what a disk that is full or forbidden does.
 */
#include "tests/unit/p11-world.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pkcs11/names.h"

#define HEAD "tamga-names 1\n"
#define KEY "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF"
#define GOOD KEY " 0000009A 0102 6C6162656C -\n"

static void
test_parse(void **state)
{
	static const struct { const char *text; size_t count; } t[] = {
		{ "", 0 }, { HEAD, 0 }, { "tamga-names 2\n" GOOD, 0 }, { GOOD, 0 },
		{ HEAD GOOD, 1 }, { HEAD GOOD GOOD, 2 }, { HEAD "\n" GOOD, 1 },
		{ HEAD KEY " 0000009A 0102 6C6162656C -", 1 },
		{ HEAD "nonsense\n" GOOD, 1 },
		{ HEAD KEY "\n" KEY " 0000009A\n" GOOD, 1 },
		{ HEAD KEY " 9A 0102 - -\n", 0 },		/* a short number */
		{ HEAD "0011 0000009A 0102 - -\n", 0 },	/* a short digest */
		{ HEAD KEY " 0000009A 01Z2 - -\n", 0 },
		{ HEAD KEY " 0000009A  - -\n", 0 },
		{ HEAD KEY " 0000009A 1 - -\n", 0 },
		{ HEAD KEY " 0000009A 0102 - - 7075\n", 1 },
		{ HEAD KEY " 0000009A 0102 - - 7\n", 0 },
	};
	tmg_p11_names names = { .count = 0 };

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(t); i++) {
		tmg_p11_names_parse(&names, tmg_view_str(t[i].text));
		if (names.count != t[i].count)
			fail_msg("case %zu: %zu names", i, names.count);
	}
	tmg_p11_names_parse(&names, tmg_view_str(HEAD GOOD));
	assert_int_equal(names.rows[0].slot, 0x9a);
	assert_int_equal(names.rows[0].id.len, 2);
	assert_memory_equal(names.rows[0].label.bytes, "label", 5);
	assert_int_equal(names.rows[0].cert_label.len, 0);
	assert_int_equal(names.rows[0].public_label.len, 0);
	tmg_p11_names_parse(&names, tmg_view_str(HEAD KEY " 0000009A - - - 7075\n"));
	assert_int_equal(names.rows[0].public_label.len, 2);
	assert_memory_equal(names.rows[0].public_label.bytes, "pu", 2);
	tmg_p11_names_free(&names);
}

/* An ID that is longer than there is room for. */
static void
test_long(void **state)
{
	char text[1024] = HEAD KEY " 0000009A ";
	tmg_p11_names names = { .count = 0 };
	tmg_p11_text room;

	(void)state;
	for (size_t i = 0; i < P11_NAME_MAX + 1; i++)
		strcat(text, "41");
	strcat(text, " - -\n");
	tmg_p11_names_parse(&names, tmg_view_str(text));
	assert_int_equal(names.count, 0);
	assert_int_equal(tmg_p11_text_set(&room, (tmg_view){ (uint8_t *)text,
	    P11_NAME_MAX }), CKR_OK);
	assert_int_equal(tmg_p11_text_set(&room, (tmg_view){ (uint8_t *)text,
	    P11_NAME_MAX + 1 }), CKR_ATTRIBUTE_VALUE_INVALID);
	tmg_p11_names_free(&names);
}

static void
name_some(tmg_p11_names *names, uint8_t who)
{
	for (uint8_t i = 0; i < 20; i++) {
		tmg_p11_name name = { .key = { who, i }, .slot = i };

		if (tmg_p11_text_set(&name.id, (tmg_view){ name.key, 2 }) != CKR_OK ||
		    tmg_p11_names_put(names, &name) != CKR_OK)
			_exit(1);
	}
}

/* Three programs at once: nothing of anybody's is lost. */
static void
test_together(void **state)
{
	tmg_p11_names names = { .count = 0 };
	pid_t pids[2];
	int status;

	(void)state;
	for (uint8_t who = 0; who < 2; who++)
		if ((pids[who] = fork()) == 0) {
			name_some(&names, who);
			_exit(0);
		}
	name_some(&names, 2);
	for (int who = 0; who < 2; who++) {
		assert_int_equal(waitpid(pids[who], &status, 0), pids[who]);
		assert_int_equal(status, 0);
	}
	tmg_p11_names_look(&names);
	assert_int_equal(names.count, 60);
	tmg_p11_names_free(&names);
}

/* A folder that is a file: nothing is kept, and nothing else goes wrong. */
static void
test_no_folder(void **state)
{
	tmg_p11_names names = { .count = 0 };
	tmg_p11_name name = { .slot = 1 };
	char path[600];
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s/tamga", getenv("XDG_STATE_HOME"));
	f = fopen(path, "w");
	assert_non_null(f);
	fclose(f);
	assert_int_equal(tmg_p11_names_ready(), CKR_ATTRIBUTE_READ_ONLY);
	assert_int_equal(tmg_p11_names_put(&names, &name), CKR_ATTRIBUTE_READ_ONLY);
	tmg_p11_names_look(&names);
	assert_int_equal(names.count, 0);
	tmg_p11_names_free(&names);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse), cmocka_unit_test(test_long),
		cmocka_unit_test_setup(test_together, world),
		cmocka_unit_test_setup(test_no_folder, world),
	};

	return cmocka_run_group_tests(tests, make_world, end_world);
}
