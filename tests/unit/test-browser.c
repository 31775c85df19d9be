/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that name PKCS#11 modules: read, changed, brought back; never harmed. */
#include "tests/unit/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/file.h"
#include "tools/tamga/browser.h"

#define MODULE "/usr/lib/pkcs11/tamga-pkcs11.so"
#define OURS "library=" MODULE "\nname=tamga\n\n"
#define NSS "library=\nname=NSS Internal PKCS #11 Module\n" \
	"parameters=configdir='sql:/p' flags=\nNSS=Flags=internal\n\n"
#define CARD "library=/lib/opensc-pkcs11.so\nname=Card\n\n"

/* One text, how our module stands in it, and what becomes of it. */
struct row {
	const struct module_file *kind;
	const char *text;
	enum standing standing;
	const char *added, *dropped;	/* NULL: not asked */
};

static const struct row rows[] = {
	{ &nss_file, "", STANDING_NONE, OURS, "" },
	{ &nss_file, NSS, STANDING_NONE, NSS OURS, NSS },
	{ &nss_file, NSS OURS, STANDING_OURS, NSS OURS, NSS },
	{ &nss_file, NSS OURS CARD, STANDING_OURS, NSS CARD OURS, NSS CARD },
	{ &nss_file, NSS "library=/old.so\nname=tamga\n\n" CARD, STANDING_OTHER,
	    NSS CARD OURS, NSS CARD },
	/* by another name: whoever gave it sees it go, too */
	{ &nss_file, "name=Mine\nlibrary=\"" MODULE "\"\n\n" NSS, STANDING_OURS,
	    NSS OURS, NSS },
	{ &nss_file, "LIBRARY=" MODULE "\nName=x\n\n", STANDING_OURS, OURS, "" },
	/* NSS forgets what no empty line ends */
	{ &nss_file, NSS "library=" MODULE "\nname=tamga\n", STANDING_NONE,
	    NSS OURS, NSS },
	{ &nss_file, "library=/a.so\nname=A\n", STANDING_NONE,
	    "library=/a.so\nname=A\n\n" OURS, "library=/a.so\nname=A\n" },
	{ &nss_file, "library=/a.so\nname=A", STANDING_NONE,
	    "library=/a.so\nname=A\n\n" OURS, "library=/a.so\nname=A" },
	{ &nss_file, "# a\n\n\n" NSS "# b\n", STANDING_NONE,
	    "# a\n\n\n" NSS "# b\n" OURS, "# a\n\n\n" NSS "# b\n" },
	{ &nss_file, NSS "# b", STANDING_NONE, NSS "# b\n" OURS, NSS "# b" },
	{ &nss_file, "library=" MODULE ".old\nname=tamga2\n\n", STANDING_NONE,
	    "library=" MODULE ".old\nname=tamga2\n\n" OURS,
	    "library=" MODULE ".old\nname=tamga2\n\n" },

#define ADD(members) "{\n  \"policies\": {\n    \"SecurityDevices\": {\n" \
	"      \"Add\": {\n" members "\n      }\n    }\n  }\n}\n"
#define TAMGA "        \"tamga\": \"" MODULE "\""
	{ &policy_file, "", STANDING_NONE, ADD(TAMGA), "" },
	{ &policy_file, "{}", STANDING_NONE, ADD(TAMGA), "" },
	{ &policy_file, ADD(TAMGA), STANDING_OURS, ADD(TAMGA), "" },
	{ &policy_file, ADD("        \"c\": \"/c.so\",\n" TAMGA), STANDING_OURS,
	    ADD("        \"c\": \"/c.so\",\n" TAMGA),
	    ADD("        \"c\": \"/c.so\"") },
	{ &policy_file, ADD("        \"tamga\": \"/old.so\""), STANDING_OTHER,
	    ADD(TAMGA), "" },
	{ &policy_file, ADD("        \"x\": \"" MODULE "\""), STANDING_OURS,
	    NULL, "" },
	/* the form of before Firefox 114, which knows no Add beside it */
	{ &policy_file, "{\"policies\":{\"SecurityDevices\":{\"c\":\"/c.so\"}}}",
	    STANDING_NONE,
	    "{\n  \"policies\": {\n    \"SecurityDevices\": {\n"
	    "      \"c\": \"/c.so\",\n      \"tamga\": \"" MODULE "\"\n"
	    "    }\n  }\n}\n",
	    "{\n  \"policies\": {\n    \"SecurityDevices\": {\n"
	    "      \"c\": \"/c.so\"\n    }\n  }\n}\n" },
	{ &policy_file, "{\"policies\":{\"SecurityDevices\":{\"Delete\":[\"x\"]}}}",
	    STANDING_NONE, NULL,
	    "{\n  \"policies\": {\n    \"SecurityDevices\": {\n"
	    "      \"Delete\": [\n        \"x\"\n      ]\n    }\n  }\n}\n" },
	{ &policy_file, "not json", STANDING_UNCLEAR, NULL, NULL },
	{ &policy_file, "{\"a\":1,\"a\":2}", STANDING_UNCLEAR, NULL, NULL },
	{ &policy_file, "[]", STANDING_UNCLEAR, NULL, NULL },
	{ &policy_file, "{\"policies\":7}", STANDING_UNCLEAR, NULL, NULL },
	{ &policy_file, "{\"policies\":{\"SecurityDevices\":{\"Add\":[]}}}",
	    STANDING_UNCLEAR, NULL, NULL },
	{ &policy_file, "{} // mine", STANDING_UNCLEAR, NULL, NULL },

#define HEAD "# Written by tamga browser register.\n"
	{ &p11kit_file, "", STANDING_NONE, HEAD "module: " MODULE "\n", "" },
	{ &p11kit_file, HEAD "module: " MODULE "\n", STANDING_OURS,
	    HEAD "module: " MODULE "\n", "" },
	{ &p11kit_file, "  module :" MODULE "  \r\npriority: 2", STANDING_OURS,
	    "priority: 2\nmodule: " MODULE "\n", "priority: 2\n" },
	{ &p11kit_file, "module: /old.so\n# mine\n", STANDING_OTHER,
	    "# mine\nmodule: " MODULE "\n", "# mine\n" },
	{ &p11kit_file, "modules: " MODULE "\n", STANDING_NONE,
	    "modules: " MODULE "\nmodule: " MODULE "\n",
	    "modules: " MODULE "\n" },
	{ &p11kit_file, "module: tamga-pkcs11.so\n", STANDING_OTHER,
	    HEAD "module: " MODULE "\n", "" },
};

static tmg_view
view(const char *text)
{
	return (tmg_view){ (const uint8_t *)text, strlen(text) };
}

static void
check_becomes(const struct row *r, tmg_rc (*verb)(tmg_view, const char *, FILE *),
    const char *want)
{
	tmg_auto_free char *got = NULL;
	char other[PATH_MAX];
	size_t len;
	FILE *to = open_memstream(&got, &len);

	assert_int_equal(verb(view(r->text), MODULE, to), TMG_OK);
	fclose(to);
	assert_string_equal(got, want);
	assert_int_equal(r->kind->look(view(got), MODULE, other),
	    verb == r->kind->add ? STANDING_OURS : STANDING_NONE);
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		const struct row *r = &rows[i];
		char other[PATH_MAX] = "";

		assert_int_equal(r->kind->look(view(r->text), MODULE, other),
		    r->standing);
		if (r->standing == STANDING_OTHER)
			assert_true(other[0] == '/');
		if (r->added != NULL)
			check_becomes(r, r->kind->add, r->added);
		if (r->dropped != NULL)
			check_becomes(r, r->kind->drop, r->dropped);
	}
	assert_int_equal(nss_file.look((tmg_view)BYTES("a=\0\n"), MODULE,
	    (char [PATH_MAX]){ "" }), STANDING_UNCLEAR);
}

static void
test_same(void **state)
{
	(void)state;
	assert_true(policy_file.same(view("{\"b\":1, \"a\":2}"),
	    view("{ \"a\": 2, \"b\": 1 }")));
	assert_true(policy_file.same(view("{\"policies\":{}}"), view("")));
	assert_false(policy_file.same(view("{\"a\":1}"), view("{\"a\":2}")));
	assert_false(policy_file.same(view("x"), view("x")));
	assert_false(nss_file.same(view("a"), view("b")));
	assert_true(nss_file.same(view("a"), view("a")));
}

static void
test_path(void **state)
{
	static const char *const bad[] = { "", "a.so", "/a\nb", "/a\"b", "/a\\b",
		"/a'b", "/a ", "/a#b" };

	(void)state;
	assert_true(module_path_fits(MODULE));
	assert_true(module_path_fits("/opt/my cards/Ә.so"));
	for (size_t i = 0; i < TMG_COUNT(bad); i++)
		assert_false(module_path_fits(bad[i]));
}

static void
test_profiles(void **state)
{
	static const char text[] = "[Install4F]\nDefault=a.x\n\n"
	    "[Profile1]\r\nName=Мой\r\nIsRelative=1\r\nPath=a.x\r\nDefault=1\r\n"
	    "[Profile0]\nPath=/else/where\nIsRelative=0\n[ProfileX]\nName=no path\n"
	    "[General]\nPath=not a profile\n[Profile2]\nPath=last";
	tmg_view rest = { (const uint8_t *)text, sizeof(text) - 1 };
	struct profile p;

	(void)state;
	assert_true(profile_next(&rest, &p));
	assert_view_equal(p.name, ((tmg_view)BYTES("Мой")));
	assert_view_equal(p.path, ((tmg_view)BYTES("a.x")));
	assert_true(p.relative);
	assert_true(profile_next(&rest, &p));
	assert_view_equal(p.path, ((tmg_view)BYTES("/else/where")));
	assert_false(p.relative);
	assert_true(profile_next(&rest, &p));
	assert_view_equal(p.path, ((tmg_view)BYTES("last")));
	assert_false(profile_next(&rest, &p));
}

/* ---- files --------------------------------------------------------------- */

static int
make_folder(void **state)
{
	static char folder[PATH_MAX];

	snprintf(folder, sizeof(folder), "%s/browser.XXXXXX",
	    getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
	*state = mkdtemp(folder);
	return *state == NULL || chdir(folder) != 0 ? -1 : 0;
}

static int
remove_folder(void **state)
{
	return chdir("/") != 0 || rmdir(*state) != 0 ? -1 : 0;
}

static struct place
place(const struct module_file *kind, const char *folder, const char *name)
{
	struct place p = { .kind = kind };

	snprintf(p.path, sizeof(p.path), "%s/%s", folder, name);
	place_look(&p, MODULE);
	return p;
}

static void
write_file(const char *path, const char *text, unsigned mode)
{
	assert_int_equal(tmg_file_replace(path, view(text), mode), TMG_OK);
	assert_int_equal(chmod(path, mode), 0);
}

static void
check_file(const char *path, const char *want, unsigned mode)
{
	tmg_auto_free uint8_t *text = NULL;
	struct stat st;
	size_t len;

	assert_int_equal(tmg_file_read(path, 4096, &text, &len), TMG_OK);
	assert_string_equal((char *)text, want);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, mode);
}

static void
test_new_file(void **state)
{
	struct place p = place(&nss_file, *state, ".pki/nssdb/pkcs11.txt");
	struct stat st;

	assert_int_equal(p.standing, STANDING_NONE);
	assert_int_equal(place_unregister(&p, MODULE), TMG_OK);
	assert_int_equal(place_register(&p, MODULE), TMG_OK);
	assert_true(p.changed);
	check_file(".pki/nssdb/pkcs11.txt", OURS, 0600);
	assert_int_equal(stat(".pki", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_not_equal(access(".pki/nssdb/pkcs11.txt.before-tamga", F_OK), 0);
	assert_int_equal(place_unregister(&p, MODULE), TMG_OK);
	assert_int_not_equal(access(".pki", F_OK), 0);
}

/* What somebody else wrote comes back as it was, with its mode. */
static void
test_original(void **state)
{
	static const char text[] = "{ \"policies\": {  \"BlockAboutConfig\": true } }";
	struct place p;

	write_file("policies.json", text, 0640);
	p = place(&policy_file, *state, "policies.json");
	assert_int_equal(place_register(&p, MODULE), TMG_OK);
	check_file("policies.json.before-tamga", text, 0640);
	p.standing = STANDING_OTHER;	/* written a second time */
	assert_int_equal(place_register(&p, "/elsewhere.so"), TMG_OK);
	check_file("policies.json.before-tamga", text, 0640);
	assert_int_equal(place_unregister(&p, "/elsewhere.so"), TMG_OK);
	check_file("policies.json", text, 0640);
	assert_int_not_equal(access("policies.json.before-tamga", F_OK), 0);
	unlink("policies.json");
}

/* What was changed since is worth more than what it was before. */
static void
test_changed_since(void **state)
{
	struct place p;

	write_file("pkcs11.txt", NSS, 0600);
	p = place(&nss_file, *state, "pkcs11.txt");
	assert_int_equal(place_register(&p, MODULE), TMG_OK);
	write_file("pkcs11.txt", NSS OURS CARD, 0600);
	assert_int_equal(place_unregister(&p, MODULE), TMG_OK);
	check_file("pkcs11.txt", NSS CARD, 0600);
	assert_int_not_equal(access("pkcs11.txt.before-tamga", F_OK), 0);
	unlink("pkcs11.txt");
}

/* A link stays a link: the file that it leads to is changed. */
static void
test_link(void **state)
{
	struct place p;
	struct stat st;

	write_file("real", NSS, 0600);
	assert_int_equal(symlink("real", "pkcs11.txt"), 0);
	p = place(&nss_file, *state, "pkcs11.txt");
	assert_int_equal(place_register(&p, MODULE), TMG_OK);
	check_file("real", NSS OURS, 0600);
	assert_int_equal(lstat("pkcs11.txt", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(place_unregister(&p, MODULE), TMG_OK);
	check_file("real", NSS, 0600);
	unlink("pkcs11.txt");
	unlink("real");
}

static void
test_left_alone(void **state)
{
	struct place p;

	write_file("policies.json", "{ // mine\n}", 0600);
	p = place(&policy_file, *state, "policies.json");
	assert_int_equal(p.standing, STANDING_UNCLEAR);
	assert_int_equal(place_register(&p, MODULE), TMG_MISMATCH);
	assert_int_equal(place_unregister(&p, MODULE), TMG_MISMATCH);
	check_file("policies.json", "{ // mine\n}", 0600);
	unlink("policies.json");

	/* a database of the old format, which NSS would no longer look at */
	write_file("secmod.db", "x", 0600);
	p = place(&nss_file, *state, "pkcs11.txt");
	assert_int_equal(p.standing, STANDING_UNCLEAR);
	assert_int_equal(place_register(&p, MODULE), TMG_MISMATCH);
	assert_int_not_equal(access("pkcs11.txt", F_OK), 0);
	unlink("secmod.db");

	/* somebody else's decision */
	p = place(&policy_file, *state, "policies.json");
	p.fixed = true;
	assert_int_equal(place_register(&p, MODULE), TMG_OK);
	assert_int_not_equal(access("policies.json", F_OK), 0);

	/* one turned into a folder */
	assert_int_equal(mkdir("pkcs11.txt", 0700), 0);
	p = place(&nss_file, *state, "pkcs11.txt");
	assert_int_equal(p.standing, STANDING_UNCLEAR);
	assert_true(p.why[0] != '\0');
	rmdir("pkcs11.txt");
}

/* root follows nobody into his own folder; others cannot write there at all. */
static void
test_not_ours(void **state)
{
	struct place p;

	assert_int_equal(mkdir("theirs", 0755), 0);
	write_file("theirs/pkcs11.txt", NSS, 0644);
	p = place(&nss_file, *state, "theirs/pkcs11.txt");
	if (geteuid() == 0)
		assert_int_equal(chown("theirs", 65534, 65534), 0);
	else
		assert_int_equal(chmod("theirs", 0555), 0);
	assert_int_equal(place_register(&p, MODULE), TMG_DENIED);
	assert_true(p.why[0] != '\0');
	check_file("theirs/pkcs11.txt", NSS, 0644);
	assert_int_not_equal(access("theirs/pkcs11.txt.before-tamga", F_OK), 0);
	chmod("theirs", 0755);
	unlink("theirs/pkcs11.txt");
	rmdir("theirs");
}

/* ---- who is running ------------------------------------------------------ */

static void
test_running(void **state)
{
	char host[200] = "", holder[256];
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int back[2], fd;
	pid_t pid;

	assert_false(running_mozilla(*state));
	fd = open(".parentlock", O_RDWR | O_CREAT, 0600);
	assert_false(running_mozilla(*state));
	assert_int_equal(pipe(back), 0);
	pid = fork();	/* a process never hinders itself */
	if (pid == 0) {
		close(back[0]);
		if (fcntl(fd, F_SETLK, &lock) != 0 || write(back[1], "", 1) != 1)
			_exit(1);
		pause();
	}
	close(back[1]);
	assert_int_equal(read(back[0], holder, 1), 1);
	assert_true(running_mozilla(*state));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_false(running_mozilla(*state));
	close(back[0]);
	close(fd);
	unlink(".parentlock");

	gethostname(host, sizeof(host) - 1);
	snprintf(holder, sizeof(holder), "%s-%ld", host, (long)getpid());
	assert_false(running_chromium(*state));
	assert_int_equal(symlink(holder, "SingletonLock"), 0);
	assert_true(running_chromium(*state));
	unlink("SingletonLock");
	snprintf(holder, sizeof(holder), "%s-%ld", host, (long)pid);
	assert_int_equal(symlink(holder, "SingletonLock"), 0);
	assert_false(running_chromium(*state));
	unlink("SingletonLock");
	snprintf(holder, sizeof(holder), "other-host-%ld", (long)getpid());
	assert_int_equal(symlink(holder, "SingletonLock"), 0);
	assert_false(running_chromium(*state));
	unlink("SingletonLock");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_profiles),
		cmocka_unit_test(test_new_file),
		cmocka_unit_test(test_original),
		cmocka_unit_test(test_changed_since),
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_left_alone),
		cmocka_unit_test(test_not_ours),
		cmocka_unit_test(test_running),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
