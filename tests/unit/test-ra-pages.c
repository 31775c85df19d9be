/* SPDX-License-Identifier: BSD-2-Clause */
/* What pages are made of: the writer, forms, cookies, languages, registers; and
 * every page asked for in every role. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/file.h"
#include "src/base/scope.h"
#include "tests/unit/ra-bench.h"
#include "tools/ra/desk/account.h"
#include "tools/ra/desk/case.h"
#include "tools/ra/desk/register.h"
#include "tools/ra/pages/command.h"
#include "tools/ra/pages/site.h"

/* ---- the writer ---- */

static void
test_writer(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "", "" }, { "plain", "plain" },
		{ "<b>\"x\" & 'y'</b>",
		    "&lt;b&gt;&quot;x&quot; &amp; &#39;y&#39;&lt;/b&gt;" },
		{ "Әлия 😀", "Әлия 😀" },
		{ "a\x01" "b\x7f", "a\xef\xbf\xbd" "b\xef\xbf\xbd" },
		{ "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "%s%n", "%s%n" },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_auto(ra_page) p = { .text = NULL };
		char want[256];

		ra_put(&p, "<p title=\"%s\">%d%%</p>", rows[i].text, -7);
		snprintf(want, sizeof(want), "<p title=\"%s\">-7%%</p>", rows[i].want);
		assert_false(p.failed);
		assert_int_equal(p.len, strlen(want));
		assert_memory_equal(p.text, want, p.len);
	}
}

/* A folder in a command that somebody copies: a shell has the last word. */
static void
test_command_word(void **state)
{
	static const struct {
		const char *path, *means;
	} rows[] = {
		{ "/keys", "file:/keys" }, { "my keys", "file:my keys" },
		{ "~/keys", "file:/home/a b/keys" }, { "~/", "file:/home/a b/" },
		{ "~other", "file:~other" }, { "it's", "file:it's" },
		{ "~/'a' \"b\"", "file:/home/a b/'a' \"b\"" },
		{ "$(id) `id` $HOME ; & | > x \\", "file:$(id) `id` $HOME ; & | > x \\" },
		{ "*", "file:*" }, { "#x", "file:#x" }, { "Кілттер", "file:Кілттер" },
	};
	char said[256];

	(void)state;
	setenv("HOME", "/home/a b", 1);
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		char word[RA_COMMAND_MAX], line[RA_COMMAND_MAX + 32];
		FILE *shell;
		size_t n;

		ra_command_word("file:", rows[i].path, word);
		snprintf(line, sizeof(line), "printf '<%%s>' %s", word);
		assert_non_null(shell = popen(line, "r"));
		n = fread(said, 1, sizeof(said) - 1, shell);
		said[n] = '\0';
		assert_int_equal(pclose(shell), 0);
		snprintf(line, sizeof(line), "<%s>", rows[i].means);
		assert_string_equal(said, line);
	}
}

/* The longest, of nothing but what needs quoting, is whole. */
static void
test_command_longest(void **state)
{
	char path[RA_FOLDER_MAX + 1], word[RA_COMMAND_MAX];

	(void)state;
	memset(path, '\'', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	ra_command_word(" --token file:", path, word);
	assert_int_equal(strlen(word), strlen(" --token file:") + 2 + 4 * RA_FOLDER_MAX);
}

/* Too much is no page, rather than half of one. */
static void
test_writer_limit(void **state)
{
	tmg_auto(ra_page) p = { .text = NULL };
	tmg_auto_free char *long_text = malloc(1024 * 1024 + 2);

	(void)state;
	memset(long_text, '<', 1024 * 1024 + 1);
	long_text[1024 * 1024 + 1] = '\0';
	ra_put(&p, "%s", long_text);
	assert_true(p.failed);
	ra_put(&p, "more");
	assert_true(p.failed);
}

/* ---- forms ---- */

#define URL "application/x-www-form-urlencoded"
#define MULTI "multipart/form-data; boundary=X"
#define HEAD "\r\nContent-Disposition: form-data"
#define PART(name, value) "\r\nContent-Disposition: form-data; name=\"" name \
	"\"\r\n\r\n" value "\r\n--X"

static void
test_forms(void **state)
{
	static const struct {
		const char *type, *body;
		size_t len;		/* 0: of the string */
		tmg_rc rc;
		const char *a;		/* what "a" is then */
	} rows[] = {
		{ URL, "", 0, TMG_OK, "" },
		{ URL, "a=1&b=2", 0, TMG_OK, "1" },
		{ URL "; charset=utf-8", "b=&a=x+y%26%3D", 0, TMG_OK, "x y&=" },
		{ URL, "a=1&a=2", 0, TMG_OK, "1" },
		{ URL, "&&a=%D3%98", 0, TMG_OK, "Ә" },
		{ URL, "a", 0, TMG_OK, "" },
		{ URL, "a=%", 0, TMG_MISMATCH, "" },
		{ URL, "a=%4", 0, TMG_MISMATCH, "" },
		{ URL, "a=%zz", 0, TMG_MISMATCH, "" },
		{ URL, "a=%00b", 0, TMG_MISMATCH, "" },
		{ URL, "a=1\0b", 5, TMG_MISMATCH, "" },
		{ URL, "a=%ff", 0, TMG_MISMATCH, "" },
		{ URL, "a%00=1", 0, TMG_MISMATCH, "" },
		{ URL, "=1", 0, TMG_MISMATCH, "" },
		{ URL, "a%20b=1", 0, TMG_MISMATCH, "" },
		{ "text/plain", "a=1", 0, TMG_UNSUPPORTED, "" },
		{ "application/x-www-form-urlencodedx", "", 0, TMG_UNSUPPORTED, "" },
		{ "", "", 0, TMG_UNSUPPORTED, "" },
		{ MULTI, "--X" PART("a", "1") "--\r\n", 0, TMG_OK, "1" },
		{ MULTI, "--X" PART("b", "2") PART("a", "x\r\ny") "--", 0, TMG_OK,
		    "x\r\ny" },
		{ "multipart/form-data; boundary=\"X\"", "--X" PART("a", "") "--", 0,
		    TMG_OK, "" },
		{ MULTI, "--X--", 0, TMG_OK, "" },
		{ MULTI, "", 0, TMG_MISMATCH, "" },
		{ MULTI, "--Y--", 0, TMG_MISMATCH, "" },
		{ MULTI, "--X" PART("a", "1"), 0, TMG_MISMATCH, "" },
		{ MULTI, "--X\r\nX: y\r\n\r\n1\r\n--X--", 0, TMG_MISMATCH, "" },
		{ MULTI, "--X\r\n\r\n--X--", 0, TMG_MISMATCH, "" },
		{ MULTI, "--X" PART("a", "\xff") "--", 0, TMG_MISMATCH, "" },
		{ MULTI, "--X" PART("a\"", "1") "--", 0, TMG_MISMATCH, "" },
		{ MULTI, "--X" HEAD "; name=a\r\n\r\n1\r\n--X--", 0, TMG_MISMATCH, "" },
		{ MULTI, "--X" HEAD "; name=\"a\r\n\r\n1\r\n--X--", 0, TMG_MISMATCH, "" },
		{ MULTI, "--X" HEAD "; name\r\n\r\n1\r\n--X--", 0, TMG_MISMATCH, "" },
		{ MULTI, "--X" HEAD "\r\n\r\n1\r\n--X--", 0, TMG_MISMATCH, "" },
		{ MULTI, "--X" HEAD "; filename=\"; name=\\\"a\\\"\"\r\n\r\n1\r\n--X--",
		    0, TMG_MISMATCH, "" },
		{ MULTI, "--X" HEAD "; filename=\"x\"; name=\"a\"\r\n\r\n1\r\n--X--",
		    0, TMG_OK, "" },
		{ MULTI, "--X" HEAD "; name=\"b\"; name=\"a\"\r\n\r\n1\r\n--X--",
		    0, TMG_OK, "" },
		{ MULTI, "--X" HEAD "; name=\"a\"x\r\n\r\n1\r\n--X--", 0,
		    TMG_MISMATCH, "" },
		{ MULTI, "--X" HEAD "; name=\"a\"\r\nContent-Type: x/y\r\n\r\n1\r\n--X--",
		    0, TMG_OK, "1" },
		{ "multipart/form-data", "--X--", 0, TMG_MISMATCH, "" },
		{ "multipart/form-data; boundary=", "----", 0, TMG_MISMATCH, "" },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_auto(ra_posted) p = { .store = NULL };
		const size_t len = rows[i].len > 0 ? rows[i].len :
		    strlen(rows[i].body);
		const tmg_rc rc = ra_posted_read(rows[i].type,
		    (tmg_view){ (const uint8_t *)rows[i].body, len }, &p);

		if (rc != rows[i].rc || (rc == TMG_OK &&
		    strcmp(ra_posted_get(&p, "a"), rows[i].a) != 0))
			fail_msg("row %zu: %d, \"%s\"", i, rc, ra_posted_get(&p, "a"));
	}
}

static void
test_form_limits(void **state)
{
	tmg_auto(ra_posted) p = { .store = NULL }, q = { .store = NULL },
	    file = { .store = NULL };
	static const char bytes[] = "--X\r\nContent-Disposition: form-data; "
	    "name=\"file\"; filename=\"a.der\"\r\nContent-Type: x/y\r\n\r\n"
	    "0\0\xff\r\n--X--";
	char body[RA_POSTED_MAX * 4 + 8] = "";
	tmg_view got;

	(void)state;
	for (int i = 0; i < RA_POSTED_MAX; i++)
		strcat(body, "a=1&");
	assert_int_equal(ra_posted_read(URL, tmg_view_str(body), &p), TMG_OK);
	strcat(body, "a=1");
	assert_int_equal(ra_posted_read(URL, tmg_view_str(body), &q), TMG_MISMATCH);

	assert_int_equal(ra_posted_read(MULTI, (tmg_view){
	    (const uint8_t *)bytes, sizeof(bytes) - 1 }, &file), TMG_OK);
	got = ra_posted_bytes(&file, "file");
	assert_int_equal(got.len, 3);
	assert_memory_equal(got.ptr, "0\0\xff", 3);
	assert_string_equal(ra_posted_get(&file, "file"), "");
	assert_string_equal(ra_posted_file(&file, "file"), "a.der");
	assert_string_equal(ra_posted_file(&file, "none"), "");
	assert_int_equal(ra_posted_bytes(&file, "none").len, 0);
}

/* A thousand parts are refused before they are all looked at. */
static void
test_many_parts(void **state)
{
	tmg_auto(ra_posted) p = { .store = NULL };
	const size_t each = strlen(PART("a", "1"));
	tmg_auto_free char *body = malloc(1000 * each + 8);

	(void)state;
	assert_non_null(body);
	strcpy(body, "--X");
	for (size_t i = 0; i < 1000; i++)
		strcpy(body + 3 + i * each, PART("a", "1"));
	strcat(body + 3 + 999 * each, "--");
	assert_int_equal(ra_posted_read(MULTI, tmg_view_str(body), &p),
	    TMG_MISMATCH);
}

/* What a file is called is told as it came; what may be shown of it. */
static void
test_file_names(void **state)
{
	static const struct {
		const char *said, *shown;
	} rows[] = {
		{ "a.pdf", "a.pdf" }, { "", "" }, { "Әлия.pdf", "Әлия.pdf" },
		{ "../../etc/passwd", "passwd" }, { "C:\\x\\a.pdf", "a.pdf" },
		{ "/", "" }, { "a/", "" }, { "..", ".." },
		{ "a\x01" "b\n.pdf", "ab.pdf" },
		{ "fdp.\xe2\x80\xae" "exe", "fdp.exe" },
		{ "\xe2\x81\xa6" "a\xe2\x81\xa9", "a" },
		{ "a\xff" "b", "ab" }, { "<b>\"'&", "<b>\"'&" },
	};
	char name[RA_FILE_NAME], long_name[600];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		ra_file_name(rows[i].said, name);
		if (strcmp(name, rows[i].shown) != 0)
			fail_msg("row %zu: \"%s\"", i, name);
	}
	for (size_t i = 0; i < 299; i++)
		memcpy(long_name + 2 * i, "Ә", 3);
	ra_file_name(long_name, name);
	assert_int_equal(strlen(name), RA_FILE_NAME - 2);	/* whole characters */
}

static void
test_file_kinds(void **state)
{
#define FILE_ROW(bytes, kind) { bytes, sizeof(bytes) - 1, kind }
	static const struct {
		const char *bytes;
		size_t len;
		const char *kind;	/* NULL none */
	} rows[] = {
		FILE_ROW("%PDF-1.7\n...\n%%EOF\n", "pdf"),
		FILE_ROW("%PDF-1.7\n...", NULL),
		FILE_ROW("x%PDF-1.7\n%%EOF", NULL),
		FILE_ROW("\xff\xd8\xff\xe0..\xff\xd9", "jpeg"),
		FILE_ROW("\xff\xd8\xff\xe0..", NULL),
		FILE_ROW("\x89PNG\r\n\x1a\n\0\0\0\rIHDR...\0\0\0\0IEND\xae\x42\x60\x82",
		    "png"),
		FILE_ROW("\x89PNG\r\n\x1a\n\0\0\0\rIHDR...", NULL),
		FILE_ROW("\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02.", "p7m"),
		FILE_ROW("\x30\x82\x01\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
		    "p7m"),
		FILE_ROW("\x30\x82\x01\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03",
		    NULL),
		FILE_ROW("\x30\xff\x01\x00", NULL),
		FILE_ROW("\x30\x82", NULL),
		FILE_ROW("<html>", NULL), FILE_ROW("MZ", NULL), FILE_ROW("", NULL),
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		const ra_filekind *kind = ra_filekind_of((tmg_view){
		    (const uint8_t *)rows[i].bytes, rows[i].len });

		if ((kind == NULL) != (rows[i].kind == NULL) ||
		    (kind != NULL && strcmp(kind->name, rows[i].kind) != 0))
			fail_msg("row %zu: %s", i, kind != NULL ? kind->name : "none");
	}
}

/* ---- cookies, languages ---- */

static void
test_cookies(void **state)
{
	static const struct {
		const char *header, *want;	/* NULL: none */
	} rows[] = {
		{ "a=1", "1" }, { "b=2; a=1", "1" }, { "b=2;a=1", "1" },
		{ "aa=1", NULL }, { "", NULL }, { "a", NULL }, { "a=", "" },
		{ "b=a=1", NULL }, { "a=12345678", NULL },
		{ "a=1234567", "1234567" }, { ";;; a=1", "1" },
	};
	char value[8], text[RA_COOKIE_MAX];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		const bool found = ra_cookie_find(rows[i].header, "a", value,
		    sizeof(value));

		if (found != (rows[i].want != NULL) ||
		    (found && strcmp(value, rows[i].want) != 0))
			fail_msg("row %zu", i);
	}
	ra_cookie_print("__Host-x", "v", 0, text);
	assert_string_equal(text,
	    "__Host-x=v; Path=/; Secure; HttpOnly; SameSite=Strict");
	assert_false(ra_token_ok(""));
	assert_false(ra_token_ok("0123456789abcdef"));
}

static void
test_languages(void **state)
{
	static const struct {
		const char *accept, *want;
	} rows[] = {
		{ "", "en" }, { "ru", "ru" }, { "ru-RU,ru;q=0.9,en;q=0.8", "ru" },
		{ "de,kk;q=0.5,bg;q=0.7", "bg" }, { "de", "en" },
		{ "en;q=0.1, az;q=0.2", "az" }, { "ru;q=0", "en" },
		{ "KK", "kk" }, { "ru;q=nonsense", "en" }, { ",,;,", "en" },
		{ "ru;q=9", "en" },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		if (strcmp(ra_language_choose(rows[i].accept)->code,
		    rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].accept,
			    ra_language_choose(rows[i].accept)->code);
	assert_null(ra_language_find("../../etc"));
}

/* ---- registers ---- */

static void
test_register(void **state)
{
	static const struct {
		const char *text, *number;
		tmg_rc rc;
		const char *given;
	} rows[] = {
		{ "N,given\n1,Anna\n2,Bert\n", "2", TMG_OK, "Bert" },
		{ "given,N\r\n\"A \"\"x\"\", b\",1\r\n", "1", TMG_OK, "A \"x\", b" },
		{ "N,given\n1,\n", "1", TMG_OK, "" },
		{ "N,given\n1,Anna\n", "3", TMG_NOT_FOUND, "" },
		{ "N,given\n1,Anna\n", "", TMG_NOT_FOUND, "" },
		{ "N,given\n", "1", TMG_NOT_FOUND, "" },
		{ "given\nAnna\n", "1", TMG_BUSY, "" },
		{ "N,given\n1\n", "1", TMG_BUSY, "" },
		{ "N,given\n1,\"Anna\n", "1", TMG_BUSY, "" },
		{ "N,given\n1,\"Anna\"x\n", "1", TMG_BUSY, "" },
		{ "N,given\n1,An\tna\n", "1", TMG_BUSY, "" },
		{ "N,given\n1,An\342\200\256na\n", "1", TMG_BUSY, "" },
		{ "N,given\n1,An\377na\n", "1", TMG_BUSY, "" },
		{ "", "1", TMG_BUSY, "" },
	};
	struct bench *b = *state;
	ra_config *config = bench_config(b);
	tmg_auto_free ra_profile *p = calloc(1, sizeof(*p));

	strcpy(p->identity.field, "N");
	strcpy(p->identity.check, "any");
	strcpy(p->identity.lookup, "people");
	p->identity.fills = (ra_words){ 1, { "given" } };
	strcpy(config->registers[0].name, "people");
	strcpy(config->registers[0].kind, "csv");
	bench_path(b, "people.csv", config->registers[0].path);
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_auto(ra_answers) known = { 0 };
		tmg_rc rc;

		config->register_count = 1;
		assert_int_equal(tmg_file_replace(config->registers[0].path,
		    tmg_view_str(rows[i].text), 0600), TMG_OK);
		rc = ra_register_ask(&b->desk, p, rows[i].number, &known);
		if (rc != rows[i].rc || (rc == TMG_OK &&
		    strcmp(ra_answers_get(&known, "given"), rows[i].given) != 0))
			fail_msg("row %zu: %d %s", i, rc, b->desk.fault.text);
		ra_answers_release(&known);
		known.count = 0;
		config->register_count = 0;
		assert_int_equal(ra_register_ask(&b->desk, p, "1", &known),
		    TMG_UNSUPPORTED);
	}
	remove(config->registers[0].path);
}

/* ---- every page in every role ---- */



/* The status of a page in a role; csrf NULL: none is sent. */
static unsigned
ask(struct bench *b, const ra_site_row *row, const char *cookie,
    const char *csrf, tmg_view cert, char location[128])
{
	tmg_auto(ra_reply) reply = { .status = HTTP_SERVER_ERROR };
	ra_posted query = { .store = NULL };
	char path[160], body[128];
	const char *gap = strstr(row->path, "{}");
	ra_call call = { .method = row->method, .path = path,
		.content_type = "application/x-www-form-urlencoded",
		.authorization = "", .cookie = cookie, .origin = "",
		.host = "localhost", .languages = "", .query = &query,
		.peer = "192.0.2.1", .peer_cert = cert };

	if (gap == NULL)
		snprintf(path, sizeof(path), "%s", row->path);
	else
		snprintf(path, sizeof(path), "%.*s%s%s", (int)(gap - row->path),
		    row->path, "nothing", gap + 2);
	snprintf(body, sizeof(body), "csrf=%s", csrf != NULL ? csrf : "");
	call.body = tmg_view_str(body);
	ra_route(&b->desk, &call, &reply);
	memcpy(location, reply.location, sizeof(reply.location));
	assert_true(reply.page || reply.len == 0 || reply.status == HTTP_NOT_FOUND ||
	    reply.status == HTTP_OK);
	return reply.status;
}

static void
open_application(struct bench *b, char token[RA_TOKEN_MAX],
    char csrf[RA_HASH_TEXT])
{
	const ra_actor applicant = { RA_BY_APPLICANT, "applicant" };
	tmg_auto(ra_app) app = { .id = "" };
	static ra_form_errors errors;
	ra_session session = { .expires = b->now + 100 };
	tmg_auto(ra_txn) txn = { NULL };
	char code[RA_CODE_MAX];

	assert_int_equal(ra_case_begin(&b->desk, ra_profiles_find(
	    b->desk.profiles, "kz-ssl"), &applicant, "", NULL, &errors, &app,
	    code), TMG_OK);
	strcpy(session.subject, app.id);
	assert_int_equal(ra_token_new(b->ctx, token), TMG_OK);
	assert_int_equal(ra_token_hash("session", token, session.id), TMG_OK);
	assert_int_equal(ra_token_hash("form", token, csrf), TMG_OK);
	assert_int_equal(ra_txn_begin(&txn, b->desk.store), TMG_OK);
	assert_int_equal(ra_session_add(b->desk.store, &session), TMG_OK);
	assert_int_equal(ra_txn_commit(&txn), TMG_OK);
}

/* The authority's own certificate serves as anybody's. */
static tmg_view
tie(struct bench *b, const char *role, unsigned char **der)
{
	const int len = i2d_X509(b->office.ca->cert, der);
	ra_user user = { .name = "olga", .password = "x" };
	tmg_auto(ra_txn) txn = { NULL };

	snprintf(user.role, sizeof(user.role), "%s", role);
	assert_true(len > 0);
	assert_int_equal(ra_sha256_text((tmg_view){ *der, (size_t)len },
	    user.certificate), TMG_OK);
	assert_int_equal(ra_txn_begin(&txn, b->desk.store), TMG_OK);
	assert_int_equal(ra_user_put(b->desk.store, &user), TMG_OK);
	assert_int_equal(ra_txn_commit(&txn), TMG_OK);
	return (tmg_view){ *der, (size_t)len };
}

static void
have_register(struct bench *b)
{
	ra_register *r = &bench_config(b)->registers[0];

	bench_config(b)->register_count = 1;
	*r = (ra_register){ .name = "individuals", .kind = "csv" };
	bench_path(b, "people.csv", r->path);
	assert_int_equal(tmg_file_replace(r->path,
	    tmg_view_str("IIN,surname,given\n"), 0600), TMG_OK);
}

static bool
is_refused(ra_door door, unsigned status, const char *location)
{
	return door == RA_DOOR_APPLICANT ?
	    status == HTTP_SEE_OTHER && strcmp(location, "/login") == 0 :
	    status == HTTP_FORBIDDEN;
}

static void
test_matrix(void **state)
{
	const tmg_view no_cert = { NULL, 0 };
	struct bench *b = *state;
	char token[RA_TOKEN_MAX], csrf[RA_HASH_TEXT], cookie[128], location[128];
	unsigned char *der = NULL;
	tmg_view cert = tie(b, RA_ROLE_OFFICER, &der);

	open_application(b, token, csrf);
	have_register(b);
	snprintf(cookie, sizeof(cookie), RA_COOKIE_TOKEN "=%s", token);
	for (size_t i = 0; i < ra_site_row_count; i++) {
		const ra_site_row *row = &ra_site_rows[i];
		const bool post = strcmp(row->method, "POST") == 0;
		unsigned status;

		/* nobody */
		status = ask(b, row, "", NULL, no_cert, location);
		if (is_refused(row->door, status, location) !=
		    (row->door != RA_DOOR_ALL || (post && status == HTTP_FORBIDDEN)))
			fail_msg("%s %s, nobody: %u %s", row->method, row->path,
			    status, location);
		/* an applicant at the doors of staff, an officer at the others */
		if (row->door == RA_DOOR_OFFICER || row->door == RA_DOOR_OPERATOR) {
			status = ask(b, row, cookie, csrf, no_cert, location);
			if (!is_refused(row->door, status, location))
				fail_msg("%s %s, applicant: %u", row->method,
				    row->path, status);
		}
		if (row->door == RA_DOOR_APPLICANT || row->door == RA_DOOR_OPERATOR) {
			status = ask(b, row, "", NULL, cert, location);
			if (!is_refused(row->door, status, location))
				fail_msg("%s %s, officer: %u", row->method,
				    row->path, status);
		}
		/* the right one without the form's field */
		status = ask(b, row, cookie, post ? "0000" : NULL, cert, location);
		if (post && status != HTTP_FORBIDDEN)
			fail_msg("%s %s, no csrf: %u", row->method, row->path, status);
		assert_int_not_equal(status, HTTP_SERVER_ERROR);
	}
	/* and with it, in the end: /logout would end the rest */
	for (size_t i = ra_site_row_count; i-- > 0;) {
		const ra_site_row *row = &ra_site_rows[i];
		const unsigned status = strcmp(row->path, "/logout") == 0 ? 200 :
		    ask(b, row, cookie, csrf, cert, location);

		if (status == HTTP_SERVER_ERROR || (row->door != RA_DOOR_ALL &&
		    is_refused(row->door, status, location) !=
		    (row->door == RA_DOOR_OPERATOR)))
			fail_msg("%s %s: %u", row->method, row->path, status);
	}
	OPENSSL_free(der);
	der = NULL;
	cert = tie(b, RA_ROLE_OPERATOR, &der);
	for (size_t i = 0; i < ra_site_row_count; i++) {
		const ra_site_row *row = &ra_site_rows[i];
		const unsigned status = row->door == RA_DOOR_ALL ? 200 :
		    ask(b, row, "", NULL, cert, location);

		/* forms without their hidden field are refused to everybody */
		if (row->door != RA_DOOR_ALL && strcmp(row->method, "GET") == 0 &&
		    is_refused(row->door, status, location) ==
		    (row->door == RA_DOOR_OPERATOR))
			fail_msg("%s %s, operator: %u", row->method, row->path, status);
	}
	remove(bench_config(b)->registers[0].path);
	OPENSSL_free(der);
}

/* Sessions end; a token that nobody gave opens nothing. */
static void
test_session_ends(void **state)
{
	const tmg_view no_cert = { NULL, 0 };
	const ra_site_row my = { "GET", "/my", RA_DOOR_APPLICANT, NULL };
	struct bench *b = *state;
	char token[RA_TOKEN_MAX], csrf[RA_HASH_TEXT], cookie[128], location[128];

	open_application(b, token, csrf);
	snprintf(cookie, sizeof(cookie), RA_COOKIE_TOKEN "=%s", token);
	assert_int_equal(ask(b, &my, cookie, NULL, no_cert, location), HTTP_OK);
	b->now += 100;
	assert_int_equal(ask(b, &my, cookie, NULL, no_cert, location),
	    HTTP_SEE_OTHER);
	b->now -= 100;
	cookie[sizeof(RA_COOKIE_TOKEN)] ^= 1;
	assert_int_equal(ask(b, &my, cookie, NULL, no_cert, location),
	    HTTP_SEE_OTHER);
}

int
main(void)
{
#define SHIPPED(test) cmocka_unit_test_setup_teardown(test, \
    bench_set_up_shipped, bench_tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_writer),
		cmocka_unit_test(test_writer_limit),
		cmocka_unit_test(test_command_word),
		cmocka_unit_test(test_command_longest),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_form_limits),
		cmocka_unit_test(test_many_parts),
		cmocka_unit_test(test_file_names),
		cmocka_unit_test(test_file_kinds),
		cmocka_unit_test(test_cookies),
		cmocka_unit_test(test_languages),
		SHIPPED(test_register),
		SHIPPED(test_matrix),
		SHIPPED(test_session_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
