/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/portal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/tamga/keep.h"
#include "tools/tamga/terminal.h"

#define SCHEME "portal+"
#define HEAD "applications/"
#define STEPS_MAX 12		/* no way has more calls to make */
#define CODE_BYTES 20

#define ANSWERS_MAX 65536

bool
portal_is(const char *uri)
{
	return uri != NULL && strncmp(uri, SCHEME, strlen(SCHEME)) == 0;
}

void
portal_release(struct portal *p)
{
	json_decref(p->profile);
	json_decref(p->contents);
	json_decref(p->answers);
	free(p->san);
	*p = (struct portal){ .number = "" };
}

/* ---- JSON -------------------------------------------------------------- */

static const char *
text_of(const json_t *o, const char *name)
{
	const char *text = json_string_value(json_object_get(o, name));

	return text != NULL ? text : "";
}

static void
json_release(json_t **o)
{
	json_decref(*o);
}
#define auto_json __attribute__((__cleanup__(json_release))) json_t *

/* One call; body is taken over, NULL none; *answer is yours. */
static tmg_rc
call(struct cli *cli, tmg_authority *a, tmg_verb verb, const char *path,
    json_t *body, json_t **answer)
{
	auto_wiped said = NULL;
	auto_wiped text = body != NULL ? json_dumps(body, JSON_COMPACT) : NULL;
	tmg_rc rc;

	*answer = NULL;
	json_decref(body);
	rc = tmg_authority_call(a, verb, path,
	    tmg_view_str(text != NULL ? text : ""), &said);
	cli->stage = STAGE_AUTHORITY;
	if (rc != TMG_OK)
		return cli_fail(cli, rc, tmg_authority_fault(a));
	*answer = json_loads(said, JSON_REJECT_DUPLICATES, NULL);
	return json_is_object(*answer) ? TMG_OK : cli_raise(cli, TMG_E_MALFORMED,
	    _("the portal's answer is no JSON object; is the address right?"));
}

static tmg_rc
at(struct cli *cli, tmg_authority *a, const struct portal *p, tmg_verb verb,
    const char *step, json_t *body, json_t **answer)
{
	char path[96];

	snprintf(path, sizeof(path), "%s%s", p->place, step);
	return call(cli, a, verb, path, body, answer);
}

/* ---- who is asked ------------------------------------------------------ */

static tmg_rc
open_at(struct cli *cli, const struct ca *ca, const char *place,
    tmg_authority **a)
{
	tmg_authority_spec spec = ca->spec;
	size_t len = strlen(spec.uri);
	char uri[TMG_URI_MAX];
	tmg_fault f = { 0 };
	tmg_rc rc;

	while (len > 0 && spec.uri[len - 1] == '/')
		len--;
	snprintf(uri, sizeof(uri), "%.*s/%s", (int)len, spec.uri, place);
	spec.uri = uri;
	rc = tmg_authority_open(cli->ctx, &spec, &f, a);
	return rc == TMG_OK ? TMG_OK : cli_fail(cli, rc, &f);
}

static tmg_rc
read_answers(struct cli *cli, struct portal *p)
{
	const char *path = cli_text(cli, "answers");
	tmg_auto_free uint8_t *text = NULL;
	size_t len;
	tmg_rc rc;

	if (path == NULL)
		return (p->answers = json_object()) != NULL ? TMG_OK :
		    cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	if ((rc = cli_read(cli, path, ANSWERS_MAX, &text, &len)))
		return rc;
	p->answers = json_loadb((const char *)text, len, JSON_REJECT_DUPLICATES,
	    NULL);
	return json_is_object(p->answers) ? TMG_OK : cli_raise(cli, TMG_E_USAGE,
	    _("%s is no JSON object such as {\"domain\": \"www.example.kz\"}"), path);
}

/* ---- questions --------------------------------------------------------- */

static tmg_rc
ask(struct cli *cli, const char *label, const char *hint, bool required,
    char *line, size_t cap)
{
	char prompt[256];

	if (!terminal_is())
		return cli_raise(cli, TMG_E_USAGE,
		    _("%s is wanted and there is nobody to ask; say it in --answers"),
		    label);
	if (hint[0] != '\0')
		cli_note(cli, "  %s", hint);
	snprintf(prompt, sizeof(prompt), required ? "%s: " : _("%s (may be left empty): "),
	    label);
	return terminal_line(prompt, line, cap) == TMG_OK ? TMG_OK :
	    cli_raise(cli, TMG_CANCELLED, _("nothing was entered; the application waits"));
}

/* The answer to one question: the file's, else a person's. */
static tmg_rc
answer_to(struct cli *cli, const struct portal *p, const json_t *field,
    const char *name, json_t *form)
{
	const bool required = json_is_true(json_object_get(field, "required"));
	const char *known = json_string_value(json_object_get(p->answers, name));
	char line[4097] = "";
	tmg_rc rc;

	if (known != NULL) {
		json_object_set_new(form, name, json_string(known));
		return TMG_OK;
	}
	if (!required && !terminal_is())
		return TMG_OK;
	if (text_of(field, "warning")[0] != '\0')
		cli_note(cli, "  %s", text_of(field, "warning"));
	if ((rc = ask(cli, text_of(field, "label"), text_of(field, "hint"),
	    required, line, sizeof(line))))
		return rc;
	json_object_set_new(form, name, json_string(line));
	return TMG_OK;
}

static tmg_rc
fill(struct cli *cli, const struct portal *p, const char *step, json_t **form)
{
	json_t *list = json_object_get(p->profile, "fields"), *field;
	size_t i;
	tmg_rc rc;

	*form = json_object();
	json_array_foreach(list, i, field) {
		if (strcmp(text_of(field, "step"), step) != 0 ||
		    json_is_true(json_object_get(field, "locked")))
			continue;
		if ((rc = answer_to(cli, p, field, text_of(field, "name"), *form)))
			return rc;
	}
	return TMG_OK;
}

/* Explicit: the hash said, or the word typed under the text. */
static tmg_rc
agree(struct cli *cli, const char *hash, const char *text)
{
	const char *said = cli_text(cli, "agree");

	if (said != NULL && strcmp(said, hash) == 0)
		return TMG_OK;
	if (terminal_is()) {
		cli_note(cli, "%s", text);
		if (terminal_confirm(_("Do you agree? Type yes: "), _("yes")))
			return TMG_OK;
	} else {
		cli_note(cli, "%s", text);
	}
	return cli_raise(cli, TMG_CANCELLED,
	    _("nobody agreed to this; when you do, say --agree %s"), hash);
}

static tmg_rc
agree_terms(struct cli *cli, const struct portal *p, const char **hash)
{
	const json_t *consent = json_object_get(p->profile, "consent");

	*hash = text_of(consent, "hash");
	return (*hash)[0] == '\0' ? TMG_OK :
	    agree(cli, *hash, text_of(consent, "text"));
}

/* ---- beginning --------------------------------------------------------- */

static tmg_rc
check_carriers(struct cli *cli, const struct portal *p)
{
	json_t *list = json_object_get(p->profile, "carriers"), *carrier;
	size_t i;

	json_array_foreach(list, i, carrier)
		if (strncmp(text_of(carrier, "name"), "file:", 5) != 0)
			return TMG_OK;
	return json_array_size(list) == 0 ? TMG_OK : cli_raise(cli,
	    TMG_UNSUPPORTED, _("this profile wants the key in a file, and tamga "
	    "makes keys on tokens only"));
}

static tmg_rc
fetch_profile(struct cli *cli, tmg_authority *a, const char *name,
    struct portal *p)
{
	char path[96];
	tmg_rc rc;

	snprintf(path, sizeof(path), "profiles/%.64s", name);
	if (p->profile != NULL)
		return TMG_OK;
	if ((rc = call(cli, a, TMG_VERB_GET, path, NULL, &p->profile)))
		return rc;
	return check_carriers(cli, p);
}

static const char *
first_step(const struct portal *p)
{
	return text_of(json_array_get(json_object_get(p->profile, "steps"), 0),
	    "step");
}

static tmg_rc
first_body(struct cli *cli, const struct portal *p, json_t *body)
{
	const char *hash = "";
	json_t *form = NULL;
	tmg_rc rc;

	if (strcmp(first_step(p), "registered") == 0) {
		rc = fill(cli, p, "registered", &form);
		json_object_set_new(body, "answers", form);
		return rc;
	}
	rc = agree_terms(cli, p, &hash);
	json_object_set_new(body, "terms", json_string(hash));
	return rc;
}

static tmg_rc
set_number(struct cli *cli, struct portal *p, const char *number)
{
	if (strlen(number) >= sizeof(p->number) ||
	    strspn(number, "0123456789ABCDEFGHJKMNPQRSTVWXYZ-") != strlen(number))
		return cli_raise(cli, TMG_E_USAGE,
		    _("%.40s is no number of an application"), number);
	strcpy(p->number, number);
	snprintf(p->place, sizeof(p->place), HEAD "%s", number);
	return TMG_OK;
}

static tmg_rc
take_begun(struct cli *cli, const json_t *said, struct ca *ca, struct portal *p)
{
	const char *code = text_of(said, "code");
	tmg_rc rc;

	if ((rc = set_number(cli, p, text_of(said, "application"))))
		return rc;
	cli_note(cli, _("Application %s: %s"), p->number, text_of(said, "status"));
	if (code[0] != '\0' && ((rc = keep_code(cli, p->number, code)) ||
	    (rc = keep_set(cli, ca, code))))
		return rc;
	if (code[0] != '\0' || !json_is_true(json_object_get(said, "code_mailed")))
		return keep_find(cli, p->number, ca);
	return keep_find(cli, p->number, ca) == TMG_OK ? TMG_OK :
	    cli_raise(cli, TMG_PENDING, _("the access code of application %s comes "
	    "by mail; then say --application %s --code-file FILE"), p->number,
	    p->number);
}

static tmg_rc
begin(struct cli *cli, const char *profile, struct ca *ca, struct portal *p)
{
	tmg_auto_ptr(tmg_authority) a = NULL;
	auto_json said = NULL;
	json_t *body;
	char once[65];
	tmg_rc rc;

	if ((rc = open_at(cli, ca, profile, &a)) ||
	    (rc = fetch_profile(cli, a, profile, p)) ||
	    (rc = keep_once(cli, profile, ca, p->answers, p->once, once)))
		return rc;
	body = json_pack("{s:s, s:s}", "profile", profile, "once", once);
	explicit_bzero(once, sizeof(once));
	if ((rc = first_body(cli, p, body))) {
		json_decref(body);
		return rc;
	}
	if ((rc = call(cli, a, TMG_VERB_POST, "applications", body, &said)))
		return rc;
	return take_begun(cli, said, ca, p);
}

/* ---- steps ------------------------------------------------------------- */

typedef tmg_rc act_fn(struct cli *cli, tmg_authority *a, struct portal *p,
    json_t **said);

static tmg_rc
act_identify(struct cli *cli, tmg_authority *a, struct portal *p, json_t **said)
{
	const json_t *id = json_object_get(p->profile, "identity");
	json_t *field = json_pack("{s:s, s:b}", "label", text_of(id, "label"),
	    "required", 1), *form = json_object();
	tmg_rc rc = answer_to(cli, p, field, text_of(id, "field"), form);

	if (rc == TMG_OK)
		rc = at(cli, a, p, TMG_VERB_POST, "/identify", json_pack("{s:s}",
		    "number", text_of(form, text_of(id, "field"))), said);
	json_decref(field);
	json_decref(form);
	return rc;
}

static tmg_rc
act_answers(struct cli *cli, tmg_authority *a, struct portal *p, json_t **said)
{
	json_t *form = NULL;
	const tmg_rc rc = fill(cli, p, "filled", &form);

	if (rc != TMG_OK) {
		json_decref(form);
		return rc;
	}
	return at(cli, a, p, TMG_VERB_PUT, "/answers",
	    json_pack("{s:o}", "answers", form), said);
}

/* Terms where they come later in the way, or the data as it was checked. */
static tmg_rc
act_agree(struct cli *cli, tmg_authority *a, struct portal *p, json_t **said)
{
	auto_json contents = NULL;
	auto_wiped text = NULL;
	const char *hash;
	tmg_rc rc;

	if ((rc = at(cli, a, p, TMG_VERB_GET, "/contents", NULL, &contents)))
		return rc;
	text = json_dumps(contents, JSON_INDENT(2));
	hash = text_of(contents, "hash");
	if ((rc = agree(cli, hash, text != NULL ? text : "")))
		return rc;
	return at(cli, a, p, TMG_VERB_POST, "/agree",
	    json_pack("{s:s}", "contents", hash), said);
}

/* What the applicant's part is between the first step and the request. */
static const struct {
	const char *action;
	act_fn *act;
} acts[] = {
	{ "identify", act_identify },
	{ "answers", act_answers },
	{ "agree", act_agree },
};

static bool
is_open(const json_t *said, const char *action)
{
	json_t *list = json_object_get(said, "actions"), *value;
	size_t i;

	json_array_foreach(list, i, value)
		if (json_is_string(value) &&
		    strcmp(json_string_value(value), action) == 0)
			return true;
	return false;
}

/* It has come so far that the enrollment goes on by itself. */
static bool
is_ready(const json_t *said)
{
	return is_open(said, "request") || text_of(said, "request_sha256")[0] != '\0';
}

static tmg_rc
must_wait(struct cli *cli, const struct portal *p, const json_t *said)
{
	const json_t *deadline = json_object_get(said, "deadline");
	const char *until = text_of(deadline, "at");

	if (until[0] != '\0')
		cli_note(cli, _("  until %s: %s"), until, text_of(deadline, "warning"));
	return cli_raise(cli, TMG_PENDING, _("application %s: %s%s%s"), p->number,
	    text_of(said, "status"), text_of(said, "reason")[0] != '\0' ? ": " : "",
	    text_of(said, "reason"));
}

/* The new code is on the disk before the portal takes it. */
static tmg_rc
change_code(struct cli *cli, tmg_authority *a, struct portal *p, struct ca *ca)
{
	char code[2 * CODE_BYTES + 1], path[256];
	auto_json said = NULL;
	tmg_rc rc;

	if ((rc = keep_random(cli, CODE_BYTES, code)) ||
	    (rc = keep_path(cli, p->number, ".code", path)) ||
	    (rc = keep_write(cli, path, code)) ||
	    (rc = at(cli, a, p, TMG_VERB_POST, "/code", json_pack("{s:s}", "code",
	    code), &said)))
		return rc;
	cli_note(cli, _("The access code was changed; the new one is in %s"), path);
	rc = keep_set(cli, ca, code);
	explicit_bzero(code, sizeof(code));
	return rc;
}

static tmg_rc
one_step(struct cli *cli, tmg_authority *a, struct portal *p, json_t **said)
{
	for (size_t i = 0; i < TMG_COUNT(acts); i++) {
		json_t *then = NULL;
		tmg_rc rc;

		if (!is_open(*said, acts[i].action) || (i == 1 &&
		    strcmp(text_of(*said, "state"), "filled") == 0))
			continue;
		if ((rc = acts[i].act(cli, a, p, &then)))
			return rc;
		json_decref(*said);
		*said = then;
		return TMG_OK;
	}
	return must_wait(cli, p, *said);
}

static tmg_rc
walk(struct cli *cli, tmg_authority *a, struct portal *p, json_t **said)
{
	tmg_rc rc = TMG_OK;

	for (int i = 0; i < STEPS_MAX && rc == TMG_OK && !is_ready(*said) &&
	    !cli_flag(cli, "dry-run"); i++)
		rc = one_step(cli, a, p, said);
	return rc != TMG_OK || is_ready(*said) ? rc : must_wait(cli, p, *said);
}

/* ---- what the request says --------------------------------------------- */

static tmg_rc
take_contents(struct cli *cli, tmg_authority *a, struct portal *p,
    tmg_csr_spec *csr)
{
	json_t *list, *value;
	size_t i;
	tmg_rc rc;

	if ((rc = at(cli, a, p, TMG_VERB_GET, "/contents", NULL, &p->contents)))
		return rc;
	list = json_object_get(p->contents, "san");
	p->san = calloc(json_array_size(list) + 1, sizeof(*p->san));
	if (p->san == NULL)
		return cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	json_array_foreach(list, i, value)
		p->san[i] = json_string_value(value);
	csr->subject = text_of(p->contents, "subject");
	csr->san = p->san;
	return TMG_OK;
}

/* A changed code is another credential: whoever has it speaks anew. */
static tmg_rc
enter(struct cli *cli, struct ca *ca, struct portal *p, tmg_authority **a,
    json_t **said)
{
	tmg_rc rc;

	if ((rc = open_at(cli, ca, p->place, a)) ||
	    (rc = at(cli, *a, p, TMG_VERB_GET, "", NULL, said)) ||
	    (rc = fetch_profile(cli, *a, text_of(*said, "profile"), p)))
		return rc;
	if (!is_open(*said, "code") || cli_flag(cli, "dry-run"))
		return TMG_OK;
	if ((rc = change_code(cli, *a, p, ca)))
		return rc;
	tmg_authority_free(a);
	json_decref(*said);
	*said = NULL;
	if ((rc = open_at(cli, ca, p->place, a)))
		return rc;
	return at(cli, *a, p, TMG_VERB_GET, "", NULL, said);
}

tmg_rc
portal_prepare(struct cli *cli, const char *profile, struct ca *ca,
    tmg_csr_spec *csr, struct portal *p)
{
	const char *number = cli_text(cli, "application");
	tmg_auto_ptr(tmg_authority) a = NULL;
	auto_json said = NULL;
	tmg_rc rc;

	if (number == NULL && profile == NULL)
		return cli_raise(cli, TMG_E_USAGE,
		    _("which certificate? say --profile, or --application NUMBER"));
	if (number == NULL && cli_flag(cli, "dry-run"))
		return cli_raise(cli, TMG_E_USAGE, _("--dry-run begins no "
		    "application; name one that was begun: --application NUMBER"));
	if ((rc = read_answers(cli, p)))
		return rc;
	if (number == NULL)
		rc = begin(cli, profile, ca, p);
	else if ((rc = set_number(cli, p, number)) == TMG_OK)
		rc = keep_find(cli, p->number, ca);
	if (rc != TMG_OK || (rc = enter(cli, ca, p, &a, &said)) ||
	    (rc = walk(cli, a, p, &said)))
		return rc;
	return take_contents(cli, a, p, csr);
}

void
portal_choose_key(const struct portal *p, tmg_token *token, tmg_alg *alg)
{
	const tmg_backend_info *info = tmg_token_info(token);
	json_t *list = json_object_get(p->profile, "keys"), *value;
	size_t i;

	json_array_foreach(list, i, value) {
		tmg_alg one = TMG_ALG_NONE;

		if (*alg == TMG_ALG_NONE && json_is_string(value) &&
		    tmg_alg_parse(json_string_value(value), &one) == TMG_OK &&
		    (info->algs & 1u << one) != 0)
			*alg = one;
	}
}

/* ---- how it stands ----------------------------------------------------- */

bool
portal_is_number(const char *text)
{
	return strlen(text) == 19 && text[4] == '-' && text[9] == '-' &&
	    text[14] == '-';
}

static void
show_steps(struct cli *cli, const json_t *said)
{
	json_t *list = json_object_get(said, "steps"), *step;
	size_t i;

	json_array_foreach(list, i, step)
		cli_say(cli, "  [%c] %s",
		    json_is_true(json_object_get(step, "done")) ? 'x' : ' ',
		    text_of(step, "text"));
}

static void
show_status(struct cli *cli, const json_t *said)
{
	const json_t *deadline = json_object_get(said, "deadline");

	cli_say(cli, _("application  %s"), text_of(said, "application"));
	cli_say(cli, _("status       %s"), text_of(said, "status"));
	if (text_of(said, "reason")[0] != '\0')
		cli_say(cli, _("reason       %s"), text_of(said, "reason"));
	if (json_is_object(deadline))
		cli_say(cli, _("deadline     %s  %s"), text_of(deadline, "at"),
		    text_of(deadline, "warning"));
	show_steps(cli, said);
}

/* Without a code the number is all that is known, and may be enough. */
static tmg_rc
try_code(struct cli *cli, const char *number, struct ca *ca)
{
	char path[256];
	tmg_rc rc;

	if (cli_text(cli, "code-file") != NULL)
		return keep_find(cli, number, ca);
	if ((rc = keep_path(cli, number, ".code", path)))
		return rc;
	return access(path, R_OK) == 0 ? keep_read(cli, path, ca) : TMG_OK;
}

tmg_rc
portal_status(struct cli *cli, const char *number)
{
	__attribute__((__cleanup__(ca_release))) struct ca ca = { .password = NULL };
	__attribute__((__cleanup__(portal_release))) struct portal p = { .number = "" };
	tmg_auto_ptr(tmg_authority) a = NULL;
	auto_json said = NULL;
	tmg_rc rc;

	if ((rc = set_number(cli, &p, number)) ||
	    (rc = ca_read(cli, &ca)) ||
	    (rc = ca_trust(cli, &ca)) ||
	    (rc = try_code(cli, number, &ca)) ||
	    (rc = open_at(cli, &ca, p.place, &a)) ||
	    (rc = at(cli, a, &p, TMG_VERB_GET, "", NULL, &said)))
		return rc;
	if (cli->json)
		return cli_json(cli, json_pack("{s:O}", "application", said));
	show_status(cli, said);
	return TMG_OK;
}

void
portal_pending(struct cli *cli, const struct ca *ca, const struct portal *p)
{
	const tmg_fault before = cli->fault;
	const enum stage stage = cli->stage;
	tmg_auto_ptr(tmg_authority) a = NULL;
	auto_json said = NULL;

	if (p->place[0] == '\0' || cli->json)
		return;
	if (open_at(cli, ca, p->place, &a) == TMG_OK &&
	    at(cli, a, p, TMG_VERB_GET, "", NULL, &said) == TMG_OK) {
		const json_t *deadline = json_object_get(said, "deadline");

		cli_note(cli, _("Application %s: %s"), p->number,
		    text_of(said, "status"));
		if (json_is_object(deadline))
			cli_note(cli, _("  until %s: %s"), text_of(deadline, "at"),
			    text_of(deadline, "warning"));
	}
	cli->fault = before;
	cli->stage = stage;
}

/* ---- resuming ---------------------------------------------------------- */

/* The number in an enrollment's address; "" it is about none. */
static void
number_of(const tmg_provision_record *r, char number[24])
{
	const char *head = portal_is(r->authority) ?
	    strstr(r->authority, "/" HEAD) : NULL;

	snprintf(number, 24, "%s", head != NULL ? head + 1 + strlen(HEAD) : "");
}

tmg_rc
portal_recall(struct cli *cli, const char *id, struct ca *ca)
{
	tmg_auto_free tmg_provision_record *rows = NULL;
	char number[24] = "";
	tmg_fault f = { 0 };
	size_t count;
	tmg_rc rc;

	if (ca->password != NULL)
		return TMG_OK;
	if ((rc = tmg_provision_list(cli->ctx, &rows, &count, &f)))
		return cli_fail(cli, rc, &f);
	for (size_t i = 0; i < count && number[0] == '\0'; i++)
		if (id != NULL ? strcmp(rows[i].id, id) == 0 :
		    rows[i].step < TMG_STEP_DONE)
			number_of(&rows[i], number);
	return number[0] == '\0' ? TMG_OK : keep_find(cli, number, ca);
}

tmg_rc
portal_recall_cert(struct cli *cli, tmg_view cert, struct ca *ca)
{
	tmg_auto_free tmg_provision_record *rows = NULL;
	char number[24] = "";
	tmg_cert_facts facts;
	tmg_fault f = { 0 };
	size_t count;
	tmg_rc rc;

	if (ca->password != NULL || ca->spec.uri != NULL ||
	    tmg_cert_facts_get(cert, &facts) != TMG_OK)
		return TMG_OK;
	if ((rc = tmg_provision_list(cli->ctx, &rows, &count, &f)))
		return cli_fail(cli, rc, &f);
	for (size_t i = 0; i < count && number[0] == '\0'; i++)
		if (strcmp(rows[i].serial, facts.serial) == 0)
			number_of(&rows[i], number);
	return number[0] == '\0' ? TMG_OK : keep_find(cli, number, ca);
}

void
portal_done(const struct portal *p)
{
	if (p->once[0] != '\0')
		unlink(p->once);
}
