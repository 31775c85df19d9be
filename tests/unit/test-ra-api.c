/* SPDX-License-Identifier: BSD-2-Clause */
/* The application interface, call by call, without the server around it. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/file.h"
#include "src/base/scope.h"
#include "src/codec/base64.h"
#include "tests/unit/ra-bench.h"
#include "tools/ra/api/api.h"
#include "tools/ra/ca/proof.h"
#include "tools/ra/desk/case.h"
#include "tools/ra/desk/password.h"

/* One call and its answer. */
struct talk {
	char user[RA_OWNER_MAX], code[80];	/* "" none */
	unsigned status;
	char type[48];
	json_t *body;
};

static void
talk_release(struct talk *t)
{
	json_decref(t->body);
}
#define auto_talk __attribute__((__cleanup__(talk_release))) struct talk

static void
credentials(const struct talk *t, char header[256])
{
	char plain[160];
	uint8_t text[220];
	tmg_out o = TMG_OUT(text);

	header[0] = '\0';
	if (t->user[0] == '\0')
		return;
	snprintf(plain, sizeof(plain), "%s:%s", t->user, t->code);
	tmg_base64_put(&o, tmg_view_str(plain), 0);
	snprintf(header, 256, "Basic %.*s", (int)o.len, (const char *)text);
}

static void
say_raw(struct bench *b, struct talk *t, const char *method, const char *path,
    const char *type, tmg_view body)
{
	tmg_auto(ra_reply) reply = { .status = 500 };
	char header[256];
	ra_call call = { .method = method, .path = path, .content_type = type,
		.authorization = header, .languages = "", .peer = "127.0.0.1",
		.body = body };

	credentials(t, header);
	json_decref(t->body);
	ra_route(&b->desk, &call, &reply);
	t->status = reply.status;
	snprintf(t->type, sizeof(t->type), "%s", reply.type);
	t->body = json_loadb((const char *)reply.body, reply.len, 0, NULL);
}

/* body NULL: none. */
static void
say(struct bench *b, struct talk *t, const char *method, const char *path,
    const char *body)
{
	say_raw(b, t, method, path, body != NULL ? "application/json" : "",
	    tmg_view_str(body != NULL ? body : ""));
}

static void
said(struct bench *b, struct talk *t, unsigned status, const char *method,
    const char *path, const char *body)
{
	say(b, t, method, path, body);
	if (t->status != status) {
		tmg_auto_free char *text = json_dumps(t->body, JSON_ENCODE_ANY);

		fail_msg("%s %s %s: %u, not %u: %s", method, path,
		    body != NULL ? body : "", t->status, status,
		    text != NULL ? text : "");
	}
}

static const char *
text_of(const json_t *o, const char *name)
{
	const char *text = json_string_value(json_object_get(o, name));

	return text != NULL ? text : "";
}

static const char *
error_of(const struct talk *t, const char *name)
{
	return text_of(json_object_get(t->body, "error"), name);
}

static bool
has_action(const struct talk *t, const char *name)
{
	json_t *list = json_object_get(t->body, "actions"), *value;
	size_t i;

	json_array_foreach(list, i, value)
		if (strcmp(json_string_value(value), name) == 0)
			return true;
	return false;
}

/* applications/NUMBER/step of whom t speaks for */
static const char *
at(const struct talk *t, const char *step)
{
	static char path[160];

	snprintf(path, sizeof(path), RA_API "applications/%s%s", t->user, step);
	return path;
}

#define ONCE "00112233445566778899aabbccddeeff" \
	"00112233445566778899aabbccddeeff"

static void
terms_hash(struct bench *b, const char *profile, char hash[80])
{
	auto_talk t = { .body = NULL };
	char path[96];

	snprintf(path, sizeof(path), RA_API "profiles/%s", profile);
	said(b, &t, 200, "GET", path, NULL);
	snprintf(hash, 80, "%s", text_of(json_object_get(t.body, "consent"), "hash"));
	assert_int_equal(strlen(hash), 64);
}

static void
begin_kazakh(struct bench *b, struct talk *t, const char *once)
{
	char hash[80], body[400];

	terms_hash(b, "kz-ssl", hash);
	snprintf(body, sizeof(body), "{\"profile\":\"kz-ssl\",\"terms\":\"%s\","
	    "\"once\":\"%s\"}", hash, once);
	said(b, t, 201, "POST", RA_API "applications", body);
	snprintf(t->user, sizeof(t->user), "%s", text_of(t->body, "application"));
	snprintf(t->code, sizeof(t->code), "%s", text_of(t->body, "code"));
}

static void
identify(struct bench *b, struct talk *t)
{
	ra_register *r = &bench_config(b)->registers[0];
	char path[160];

	snprintf(path, sizeof(path), "%s", at(t, "/identify"));
	bench_config(b)->register_count = 0;
	said(b, t, 501, "POST", path, "{\"number\":\"396685245034\"}");
	bench_config(b)->register_count = 1;
	*r = (ra_register){ .name = "individuals", .kind = "csv" };
	bench_path(b, "people.csv", r->path);
	assert_int_equal(tmg_file_replace(r->path, tmg_view_str(
	    "IIN,surname,given\n396685245034,Ермекқызы,Әлия\n"), 0600), TMG_OK);
	said(b, t, 422, "POST", path, "{\"number\":\"396685245035\"}");
	assert_string_equal(error_of(t, "field"), "number");
	said(b, t, 422, "POST", path, "{\"number\":\"\"}");
	said(b, t, 200, "POST", path, "{\"number\":\"396685245034\"}");
	assert_string_equal(text_of(t->body, "state"), "identified");
	said(b, t, 409, "POST", path, "{\"number\":\"396685245034\"}");
	remove(r->path);
}

#define KZ_SUBJECT "CN=www.example.kz,SN=Ермекқызы,GN=Әлия," \
	"serialNumber=IIN396685245034,C=KZ"
#define KZ_ANSWERS "{\"answers\":{\"region\":\"Almaty\",\"city\":\"Almaty\"," \
	"\"domain\":\"www.example.kz\"}}"

static void
hand_in(struct bench *b, struct talk *t, const struct csr *c)
{
	uint8_t store[4096];
	tmg_out o = TMG_OUT(store);

	tmg_put(&o, tmg_view_str("{\"request\":\""));
	tmg_base64_put(&o, (tmg_view){ c->der, c->len }, 0);
	tmg_put(&o, tmg_view_str("\"}"));
	store[o.len] = '\0';
	said(b, t, 200, "POST", at(t, "/request"), (const char *)store);
}

static void
confirm(struct bench *b, const char *id, ra_event event)
{
	const ra_actor officer = { RA_BY_OFFICER, "officer:o" };
	tmg_auto(ra_app) app = { .id = "" };

	if (ra_desk_decide(&b->desk, id, event, &officer, "", &app))
		fail_msg("%s", b->desk.fault.text);
}

static void
prove(struct bench *b, struct talk *t, EVP_PKEY *key, unsigned status)
{
	tmg_auto(ra_cert) cert = { .der = NULL };
	tmg_auto(ra_md) md = { EVP_MD_CTX_new() };
	char proof[RA_PROOF_TEXT], body[400];
	uint8_t sig[200], text[300];
	size_t len = sizeof(sig);
	tmg_out o = TMG_OUT(text);

	assert_int_equal(ra_cert_of_app(b->desk.store, t->user, &cert), TMG_OK);
	assert_int_equal(ra_proof_text(t->user, (tmg_view){ cert.der, cert.len },
	    proof), TMG_OK);
	assert_int_equal(EVP_DigestSignInit(md.ctx, NULL, EVP_sha256(), NULL, key), 1);
	assert_int_equal(EVP_DigestSign(md.ctx, sig, &len,
	    (const unsigned char *)proof, strlen(proof)), 1);
	tmg_base64_put(&o, (tmg_view){ sig, len }, 0);
	snprintf(body, sizeof(body), "{\"signature\":\"%.*s\"}", (int)o.len,
	    (const char *)text);
	said(b, t, status, "POST", at(t, "/installed"), body);
}

static void
test_kazakh(void **state)
{
	struct bench *b = *state;
	auto_talk t = { .body = NULL }, stranger = { .body = NULL };
	auto_csr c = { NULL, { 0 }, 0 }, other = { NULL, { 0 }, 0 };

	begin_kazakh(b, &t, ONCE);
	assert_string_equal(text_of(t.body, "state"), "agreed");
	assert_int_equal(strlen(t.code), 19);
	said(b, &t, 200, "GET", at(&t, ""), NULL);
	assert_true(has_action(&t, "identify"));
	assert_false(has_action(&t, "request"));
	identify(b, &t);

	/* a form with two things wrong tells both, and keeps nothing */
	said(b, &t, 422, "PUT", at(&t, "/answers"),
	    "{\"answers\":{\"region\":\"Almaty\",\"city\":\"Temirtau\"}}");
	assert_int_equal(json_array_size(json_object_get(json_object_get(t.body,
	    "error"), "fields")), 2);
	said(b, &t, 200, "GET", at(&t, "/answers"), NULL);
	assert_string_equal(text_of(json_object_get(t.body, "answers"), "region"), "");
	said(b, &t, 200, "PUT", at(&t, "/answers"), KZ_ANSWERS);
	assert_string_equal(text_of(t.body, "state"), "filled");

	said(b, &t, 200, "GET", at(&t, "/contents"), NULL);
	assert_string_equal(text_of(t.body, "subject"), KZ_SUBJECT);
	assert_string_equal(json_string_value(json_array_get(json_object_get(
	    t.body, "san"), 0)), "dns:www.example.kz");

	make_csr(&c, KZ_SUBJECT, "DNS:www.example.kz");
	hand_in(b, &t, &c);
	hand_in(b, &t, &c);
	assert_string_equal(text_of(t.body, "state"), "submitted");
	assert_string_equal(text_of(json_object_get(t.body, "deadline"), "at"),
	    "2027-02-15T08:00:00Z");
	said(b, &t, 202, "GET", at(&t, "/certificate"), NULL);

	/* the number alone: the status, in the provider's words, and no more */
	said(b, &stranger, 200, "GET", at(&t, ""), NULL);
	assert_int_equal(json_object_size(stranger.body), 2);
	assert_string_equal(text_of(stranger.body, "status"),
	    "The application is submitted and waits to be confirmed in the "
	    "Registration Authority");

	confirm(b, t.user, RA_EV_CONFIRM);
	said(b, &t, 200, "GET", at(&t, "/certificate"), NULL);
	assert_string_equal(t.type, "application/pem-certificate-chain");
	said(b, &t, 200, "GET", at(&t, ""), NULL);
	assert_string_equal(text_of(t.body, "state"), "downloaded");

	make_csr(&other, "X", NULL);
	prove(b, &t, other.key, 409);
	prove(b, &t, c.key, 200);
	prove(b, &t, c.key, 200);
	assert_string_equal(text_of(t.body, "status"), "Certificates have been set up");

	said(b, &t, 200, "POST", at(&t, "/suspend"), "{\"reason\":\"lost\"}");
	said(b, &t, 200, "POST", at(&t, "/resume"), NULL);
	said(b, &t, 422, "POST", at(&t, "/revoke"), "{\"reason\":\"why not\"}");
	said(b, &t, 200, "POST", at(&t, "/revoke"), "{\"reason\":\"keyCompromise\"}");
	said(b, &t, 409, "POST", at(&t, "/revoke"), NULL);
	assert_string_equal(error_of(&t, "field"), "");
}

/* Whoever proves that it is installed is not told yes and forgotten because nobody
 * saw him fetch it. */
static void
test_installed_unfetched(void **state)
{
	struct bench *b = *state;
	auto_talk t = { .body = NULL };
	auto_csr c = { NULL, { 0 }, 0 };
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };

	begin_kazakh(b, &t, ONCE);
	identify(b, &t);
	said(b, &t, 200, "PUT", at(&t, "/answers"), KZ_ANSWERS);
	make_csr(&c, KZ_SUBJECT, "DNS:www.example.kz");
	hand_in(b, &t, &c);
	confirm(b, t.user, RA_EV_CONFIRM);
	assert_int_equal(ra_app_get(b->desk.store, t.user, &app), TMG_OK);
	assert_int_equal(ra_desk_progress(&b->desk, &app, &cert), TMG_OK);
	prove(b, &t, c.key, 200);
	assert_string_equal(text_of(t.body, "state"), "installed");
}

/* Lost answers: asked for again with the same secret it is the same one. */
static void
test_once(void **state)
{
	struct bench *b = *state;
	auto_talk t = { .body = NULL }, again = { .body = NULL };
	char hash[80], body[400];

	begin_kazakh(b, &t, ONCE);
	begin_kazakh(b, &again, ONCE);
	assert_string_equal(t.user, again.user);
	assert_string_equal(t.code, again.code);

	said(b, &t, 200, "POST", at(&t, "/code"), "{\"code\":\"correct horse\"}");
	said(b, &t, 401, "GET", at(&t, ""), NULL);
	begin_kazakh(b, &again, ONCE);
	assert_string_equal(t.user, again.user);
	assert_string_equal(again.code, "");

	terms_hash(b, "az-esign", hash);
	snprintf(body, sizeof(body), "{\"profile\":\"az-esign\",\"terms\":\"%s\","
	    "\"once\":\"%s\"}", hash, ONCE);
	said(b, &again, 409, "POST", RA_API "applications", body);
	said(b, &again, 409, "POST", RA_API "applications",
	    "{\"profile\":\"az-esign\",\"terms\":\"no\"}");
	assert_string_equal(error_of(&again, "field"), "terms");
}

/* Bulgaria: the code is mailed, never told; data is agreed to as it is. */
static void
test_bulgarian(void **state)
{
	struct bench *b = *state;
	const ra_actor officer = { RA_BY_OFFICER, "officer:o" };
	tmg_auto(ra_app) app = { .id = "" };
	auto_talk t = { .body = NULL };
	char body[200];

	said(b, &t, 422, "POST", RA_API "applications",
	    "{\"profile\":\"bg-csp\",\"answers\":{\"fullname\":\"M T\"}}");
	assert_string_equal(error_of(&t, "field"), "email");
	said(b, &t, 201, "POST", RA_API "applications", "{\"profile\":\"bg-csp\","
	    "\"answers\":{\"fullname\":\"M T\",\"email\":\"m@example.bg\"}}");
	assert_true(json_is_null(json_object_get(t.body, "code")));
	assert_true(json_is_true(json_object_get(t.body, "code_mailed")));
	snprintf(t.user, sizeof(t.user), "%s", text_of(t.body, "application"));

	assert_int_equal(ra_case_new_code(&b->desk, t.user, &officer, &app,
	    t.code), TMG_OK);
	said(b, &t, 409, "PUT", at(&t, "/answers"), "{\"answers\":{\"country\":\"BG\"}}");
	said(b, &t, 409, "POST", at(&t, "/code"), "{\"code\":\"short\"}");
	said(b, &t, 200, "POST", at(&t, "/code"), "{\"code\":\"correct horse\"}");
	strcpy(t.code, "correct horse");
	said(b, &t, 200, "PUT", at(&t, "/answers"), "{\"answers\":{\"country\":\"BG\"}}");
	confirm(b, t.user, RA_EV_RECEIVE_DOCS);
	confirm(b, t.user, RA_EV_CHECK_DOCS);
	confirm(b, t.user, RA_EV_CHECK_DATA);

	said(b, &t, 409, "POST", at(&t, "/agree"), "{\"contents\":\"stale\"}");
	said(b, &t, 400, "POST", at(&t, "/agree"), NULL);
	said(b, &t, 200, "GET", at(&t, "/contents"), NULL);
	snprintf(body, sizeof(body), "{\"contents\":\"%s\"}", text_of(t.body, "hash"));
	said(b, &t, 200, "POST", at(&t, "/agree"), body);
	assert_string_equal(text_of(t.body, "state"), "data-agreed");
	assert_true(has_action(&t, "request"));
	said(b, &t, 200, "POST", at(&t, "/cancel"), "{\"reason\":\"too dear\"}");
	assert_string_equal(text_of(t.body, "state"), "cancelled");
}

static void
put_account(struct bench *b, const char *name, const char *role)
{
	ra_user user = { .name = "" };

	snprintf(user.name, sizeof(user.name), "%s", name);
	snprintf(user.role, sizeof(user.role), "%s", role);
	assert_int_equal(ra_password_hash(tmg_view_str("secret"), user.password),
	    TMG_OK);
	assert_int_equal(ra_user_put(b->desk.store, &user), TMG_OK);
}

/* A way that begins with the request is for accounts. */
static void
test_employee(void **state)
{
	struct bench *b = *state;
	auto_talk t = { .user = "anna", .code = "secret" },
	    other = { .user = "boris", .code = "secret" };
	auto_csr c = { NULL, { 0 }, 0 };
	char id[RA_ID_MAX], path[128];
	uint8_t body[4096];
	tmg_out o = TMG_OUT(body);

	put_account(b, "anna", "applicant");
	put_account(b, "boris", "applicant");
	put_account(b, "olga", "officer");
	make_csr(&c, "Anna", NULL);
	tmg_put(&o, tmg_view_str("{\"profile\":\"employee\",\"request\":\""));
	tmg_base64_put(&o, (tmg_view){ c.der, c.len }, 0);
	tmg_put(&o, tmg_view_str("\"}"));
	body[o.len] = '\0';

	said(b, &t, 201, "POST", RA_API "applications", (const char *)body);
	assert_string_equal(text_of(t.body, "state"), "issued");
	snprintf(id, sizeof(id), "%s", text_of(t.body, "application"));
	said(b, &t, 201, "POST", RA_API "applications", (const char *)body);
	assert_string_equal(text_of(t.body, "application"), id);
	snprintf(path, sizeof(path), RA_API "applications/%s/certificate", id);
	said(b, &t, 200, "GET", path, NULL);

	/* not anybody's, not an officer's, not nobody's */
	said(b, &other, 404, "GET", path, NULL);
	said(b, &other, 403, "POST", RA_API "applications", (const char *)body);
	strcpy(other.user, "olga");
	said(b, &other, 403, "POST", RA_API "applications", (const char *)body);
	other.user[0] = '\0';
	said(b, &other, 401, "POST", RA_API "applications", (const char *)body);
	snprintf(path, sizeof(path), RA_API "applications/%s", id);
	said(b, &other, 401, "GET", path, NULL);	/* its number opens nothing */
}

/* What is no body, no member, no path, no type. */
static void
test_bad(void **state)
{
	static const struct {
		const char *method, *path, *body;
		unsigned status;
		const char *field;
	} rows[] = {
		{ "POST", "applications", "", 400, "profile" },
		{ "POST", "applications", "{", 400, "" },
		{ "POST", "applications", "[]", 400, "" },
		{ "POST", "applications", "nonsense", 400, "" },
		{ "POST", "applications", "{\"profile\":\"kz-ssl\"}", 400, "terms" },
		{ "POST", "applications", "{\"profile\":1}", 400, "profile" },
		{ "POST", "applications", "{\"profile\":null}", 400, "profile" },
		{ "POST", "applications", "{\"profile\":\"x\"}", 404, "" },
		{ "POST", "applications", "{\"profile\":\"../kz-ssl\"}", 404, "" },
		{ "POST", "applications", "{\"profile\":\"a\",\"profile\":\"b\"}", 400, "" },
		{ "POST", "applications", "{\"profile\":\"kz-ssl\",\"Terms\":\"\"}", 400, "Terms" },
		{ "POST", "applications", "{\"profile\":\"\\u0000\"}", 400, "" },
		{ "POST", "applications", "{\"profile\":\"\xff\"}", 400, "" },
		{ "POST", "applications", "{\"profile\":\"bg-csp\",\"answers\":[]}", 400, "answers" },
		{ "POST", "applications", "{\"profile\":\"bg-csp\",\"answers\":{\"fullname\":1}}", 422, "fullname" },
		{ "POST", "applications", "{\"profile\":\"bg-csp\",\"answers\":{\"nobody\":\"\"}}", 422, "nobody" },
		{ "POST", "applications", "{\"profile\":\"bg-csp\",\"answers\":{\"fullname\":\"<b>\\u202e\",\"email\":\"m@example.bg\"}}", 422, "fullname" },
		{ "POST", "applications", "{\"profile\":\"bg-csp\",\"answers\":{\"fullname\":\"A\\nB\",\"email\":\"m@example.bg\"}}", 422, "fullname" },
		{ "POST", "applications", "{\"profile\":\"bg-csp\",\"terms\":\"\",\"answers\":{}}", 400, "terms" },
		{ "POST", "applications", "{\"profile\":\"bg-csp\",\"once\":\"short\",\"answers\":{\"fullname\":\"A\",\"email\":\"m@example.bg\"}}", 409, "" },
		{ "POST", "applications", "{\"profile\":\"employee\",\"request\":\"!\"}", 401, "" },
		{ "GET", "applications", NULL, 405, "" },
		{ "DELETE", "applications/X", NULL, 405, "" },
		{ "GET", "applications/X", NULL, 401, "" },
		{ "GET", "profiles/x", NULL, 404, "" },
		{ "GET", "profiles/..", NULL, 404, "" },
		{ "GET", "", NULL, 404, "" },
		{ "GET", "nothing", NULL, 404, "" },
	};
	struct bench *b = *state;

	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		auto_talk t = { .body = NULL };
		char path[128];

		snprintf(path, sizeof(path), RA_API "%s", rows[i].path);
		said(b, &t, rows[i].status, rows[i].method, path, rows[i].body);
		assert_string_equal(t.type, "application/json");
		assert_string_not_equal(error_of(&t, "text"), "");
		if (strcmp(error_of(&t, "field"), rows[i].field) != 0)
			fail_msg("%s: field \"%s\", not \"%s\"", rows[i].body,
			    error_of(&t, "field"), rows[i].field);
	}
}

/* Bad requests for an application that is there. */
static void
test_bad_case(void **state)
{
	static const struct {
		const char *step, *body;
		unsigned status;
	} rows[] = {
		{ "/request", "{\"request\":\"\"}", 400 },
		{ "/request", "{\"request\":\"%%%\"}", 400 },
		{ "/request", "{\"request\":\"AAAA\"}", 409 },
		{ "/request", "{}", 400 },
		{ "/installed", "{\"signature\":\"AAAA\"}", 409 },
		{ "/code", "{\"code\":\"12345678901234567890123456789012345678901234"
		    "5678901234567890123456789\"}", 422 },
		{ "/agree", "{\"terms\":\"\",\"contents\":\"\"}", 400 },
		{ "/agree", "{\"terms\":\"stale\"}", 409 },
		{ "/send-docs", NULL, 409 },
		{ "/send-docs", "{\"x\":\"\"}", 400 },
		{ "/suspend", NULL, 409 },
		{ "/revoke", NULL, 404 },
		{ "/identify", "{\"number\":\"1\"}", 501 },
	};
	struct bench *b = *state;
	auto_talk t = { .body = NULL }, wrong = { .body = NULL };

	begin_kazakh(b, &t, ONCE);
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		said(b, &t, rows[i].status, "POST", at(&t, rows[i].step),
		    rows[i].body);
		assert_string_not_equal(error_of(&t, "text"), "");
	}
	say_raw(b, &t, "POST", at(&t, "/cancel"), "text/html",
	    tmg_view_str("{}"));
	assert_int_equal(t.status, 415);
	say_raw(b, &t, "POST", at(&t, "/cancel"), "application/json",
	    (tmg_view){ (const uint8_t *)"{}\0{}", 5 });
	assert_int_equal(t.status, 400);
	said(b, &t, 200, "GET", at(&t, ""), NULL);
	assert_string_equal(text_of(t.body, "state"), "agreed");

	/* wrong codes: five, and then nobody is listened to */
	strcpy(wrong.user, t.user);
	strcpy(wrong.code, "wrong");
	for (int i = 0; i < 5; i++)
		said(b, &wrong, 401, "GET", at(&t, ""), NULL);
	said(b, &wrong, 429, "GET", at(&t, ""), NULL);
}

/* Every profile that is shipped can be told of. */
static void
test_profiles(void **state)
{
	struct bench *b = *state;
	auto_talk t = { .body = NULL }, one = { .body = NULL };
	json_t *list, *p;
	size_t i;

	said(b, &t, 200, "GET", RA_API "profiles", NULL);
	list = json_object_get(t.body, "profiles");
	assert_int_equal(json_array_size(list), b->desk.profiles->count);
	json_array_foreach(list, i, p) {
		char path[128];

		snprintf(path, sizeof(path), RA_API "profiles/%s", text_of(p, "name"));
		said(b, &one, 200, "GET", path, NULL);
		assert_true(json_array_size(json_object_get(one.body, "steps")) > 0);
	}
	said(b, &one, 200, "GET", RA_API "profiles/kz-ssl", NULL);
	assert_int_equal(json_array_size(json_object_get(one.body, "carriers")), 4);
	assert_string_equal(text_of(json_object_get(one.body, "identity"), "button"),
	    "Check IIN");
}

/* Where a path of the document is: below its servers, or those of its own. */
static void
locate(json_t *servers, json_t *item, const char *name, char *into, size_t cap)
{
	json_t *own = json_object_get(item, "servers");
	const char *url = text_of(json_array_get(own != NULL ? own : servers, 0),
	    "url");
	const char *open = strchr(name, '{'), *shut = strchr(name, '}');

	snprintf(into, cap, "%s%.*s%s%s", strcmp(url, "/") == 0 ? "" : url,
	    open != NULL ? (int)(open - name) : (int)strlen(name), name,
	    open != NULL ? "{}" : "", open != NULL ? shut + 1 : "");
}

static bool
is_told(json_t *document, const char *method, const char *path)
{
	const char *name;
	json_t *item;
	bool told = false;

	json_object_foreach(json_object_get(document, "paths"), name, item) {
		char like[128], low[8] = "";

		locate(json_object_get(document, "servers"), item, name, like,
		    sizeof(like));
		for (size_t i = 0; method[i] != '\0' && i < sizeof(low) - 1; i++)
			low[i] = (char)(method[i] | 0x20);
		told |= strcmp(like, path) == 0 && json_object_get(item, low) != NULL;
	}
	return told;
}

/* doc/openapi.json tells of every route below RA_API and of the one that a
 * payment service has, and of no other. */
static void
test_document(void **state)
{
	const char *top = getenv("top_srcdir"), *method, *path, *name;
	size_t routes = 0, told = 0;
	char file[4096];
	json_t *document, *item;

	(void)state;
	snprintf(file, sizeof(file), "%s/doc/openapi.json", top != NULL ? top : ".");
	document = json_load_file(file, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(document);
	assert_string_equal(text_of(document, "openapi"), "3.1.0");
	for (size_t i = 0; ra_route_row(i, &method, &path); i++) {
		if (strncmp(path, RA_API, strlen(RA_API)) != 0 &&
		    strcmp(path, "/payments") != 0)
			continue;
		routes++;
		if (!is_told(document, method, path))
			fail_msg("doc/openapi.json does not tell of %s %s", method,
			    path);
	}
	json_object_foreach(json_object_get(document, "paths"), name, item)
		told += json_object_size(item) -
		    (json_object_get(item, "servers") != NULL);
	assert_int_equal(told, routes);
	json_decref(document);
}

int
main(void)
{
#define SHIPPED(test) cmocka_unit_test_setup_teardown(test, \
    bench_set_up_shipped, bench_tear_down)
	const struct CMUnitTest tests[] = {
		SHIPPED(test_kazakh),
		SHIPPED(test_installed_unfetched),
		SHIPPED(test_once),
		SHIPPED(test_bulgarian),
		SHIPPED(test_employee),
		SHIPPED(test_bad),
		SHIPPED(test_bad_case),
		SHIPPED(test_profiles),
		cmocka_unit_test(test_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
