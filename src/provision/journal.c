/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/provision/journal.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/base64.h"

#define BLOB_MAX TMG_CSR_MAX	/* the longest thing kept: a request */

static const char *const step_names[] = {
	"begun", "key", "request", "submitted", "issued", "installed", "done",
	"cancelled", NULL
};
static const char *const pin_names[] = {
	"default", "never", "once", "always", NULL
};
static const char *const touch_names[] = {
	"default", "never", "always", "cached", NULL
};
static const char *const hash_names[] = {
	"default", "sha1", "sha224", "sha256", "sha384", "sha512", NULL
};

/* How one member of the journal is written as JSON. */
typedef enum kind {
	TEXT,		/* char[size] */
	STRING,		/* char *, may be NULL */
	NUMBER,		/* long long */
	FLAG,		/* bool */
	NAME,		/* int, an index into names */
	BLOB,		/* tmg_blob, base64 */
	LIST,		/* tmg_strings */
	CERTS,		/* tmg_certs *, a list of base64 DER */
} kind;

typedef struct field {
	const char *name;
	kind kind;
	size_t at, size;
	const char *const *names;
	bool asked;		/* part of what makes two enrollments the same */
} field;

#define AT(member) offsetof(tmg_journal, member), sizeof(((tmg_journal *)0)->member)

static const field fields[] = {
	{ "id", TEXT, AT(id), NULL, false },
	{ "step", NAME, AT(step), step_names, false },
	{ "begun", NUMBER, AT(begun), NULL, false },
	{ "changed", NUMBER, AT(changed), NULL, false },
	{ "error", TEXT, AT(error), NULL, false },
	{ "token", TEXT, AT(token), NULL, true },
	{ "label", TEXT, AT(label), NULL, false },
	{ "slot", TEXT, AT(slot), NULL, true },
	{ "alg", TEXT, AT(alg), NULL, true },
	{ "pin-policy", NAME, AT(pin), pin_names, true },
	{ "touch-policy", NAME, AT(touch), touch_names, true },
	{ "replace", FLAG, AT(replace), NULL, false },
	{ "keep-key", FLAG, AT(keep_key), NULL, true },
	{ "attest", FLAG, AT(attest), NULL, true },
	{ "pss", FLAG, AT(pss), NULL, true },
	{ "challenged", FLAG, AT(challenged), NULL, true },
	{ "hash", NAME, AT(hash), hash_names, true },
	{ "subject", STRING, AT(subject), NULL, true },
	{ "template", STRING, AT(template_name), NULL, true },
	{ "san", LIST, AT(san), NULL, true },
	{ "key-usage", LIST, AT(key_usage), NULL, true },
	{ "ext-key-usage", LIST, AT(ext_key_usage), NULL, true },
	{ "policies", LIST, AT(policies), NULL, true },
	{ "authority", TEXT, AT(authority), NULL, true },
	{ "fingerprint", TEXT, AT(fingerprint), NULL, false },
	{ "insecure-http", FLAG, AT(insecure_http), NULL, false },
	{ "anchors", CERTS, AT(anchors), NULL, false },
	{ "renews", TEXT, AT(renews), NULL, true },
	{ "renewed", BLOB, AT(renewed), NULL, true },
	{ "generating", FLAG, AT(generating), NULL, false },
	{ "before", TEXT, AT(before), NULL, false },
	{ "public-key", BLOB, AT(spki), NULL, false },
	{ "wants", BLOB, AT(wants), NULL, false },
	{ "request", BLOB, AT(csr), NULL, false },
	{ "posted", FLAG, AT(posted), NULL, false },
	{ "ticket", TEXT, AT(ticket), NULL, false },
	{ "retry-after", NUMBER, AT(retry_after), NULL, false },
	{ "certificate", BLOB, AT(cert), NULL, false },
	{ "chain", CERTS, AT(chain), NULL, false },
};

const char *
tmg_journal_step_name(tmg_step step)
{
	return (size_t)step < TMG_COUNT(step_names) - 1 ? step_names[step] : "?";
}

/* ---- what it owns ------------------------------------------------------ */

tmg_rc
tmg_blob_set(tmg_blob *b, tmg_view bytes)
{
	uint8_t *copy = NULL;

	if (bytes.len > 0) {
		copy = malloc(bytes.len);
		if (copy == NULL)
			return TMG_E_NOMEM;
		memcpy(copy, bytes.ptr, bytes.len);
	}
	free(b->ptr);
	*b = (tmg_blob){ copy, bytes.len };
	return TMG_OK;
}

tmg_rc
tmg_text_set(char **text, const char *from)
{
	char *copy = NULL;

	if (from != NULL && (copy = strdup(from)) == NULL)
		return TMG_E_NOMEM;
	free(*text);
	*text = copy;
	return TMG_OK;
}

static void
strings_free(tmg_strings list)
{
	for (size_t i = 0; list != NULL && list[i] != NULL; i++)
		free(list[i]);
	free(list);
}

tmg_rc
tmg_strings_set(tmg_strings *list, const char *const *from)
{
	tmg_strings copy = NULL;
	size_t n = 0;

	while (from != NULL && from[n] != NULL)
		n++;
	if (n > 0) {
		copy = calloc(n + 1, sizeof(*copy));
		if (copy == NULL)
			return TMG_E_NOMEM;
	}
	for (size_t i = 0; i < n; i++) {
		copy[i] = strdup(from[i]);
		if (copy[i] == NULL) {
			strings_free(copy);
			return TMG_E_NOMEM;
		}
	}
	strings_free(*list);
	*list = copy;
	return TMG_OK;
}

static void *
member(tmg_journal *j, const field *fd)
{
	return (char *)j + fd->at;
}

static const void *
const_member(const tmg_journal *j, const field *fd)
{
	return (const char *)j + fd->at;
}

void
tmg_journal_wipe(tmg_journal *j)
{
	for (size_t i = 0; i < TMG_COUNT(fields); i++) {
		void *m = member(j, &fields[i]);

		switch (fields[i].kind) {
		case STRING:
			free(*(char **)m);
			break;
		case BLOB:
			free(((tmg_blob *)m)->ptr);
			break;
		case LIST:
			strings_free(*(tmg_strings *)m);
			break;
		case CERTS:
			tmg_certs_free(m);
			break;
		case TEXT:
		case NUMBER:
		case FLAG:
		case NAME:
			break;
		}
	}
	*j = (tmg_journal){ .retry_after = -1 };
}

/* ---- reading ----------------------------------------------------------- */

static tmg_rc
read_text(json_t *v, char *text, size_t size)
{
	const size_t len = json_string_length(v);

	/* a zero inside would hide what follows it */
	if (!json_is_string(v) || len >= size ||
	    memchr(json_string_value(v), '\0', len) != NULL)
		return TMG_E_MALFORMED;
	memcpy(text, json_string_value(v), len + 1);
	return TMG_OK;
}

static tmg_rc
read_string(json_t *v, char **text)
{
	if (!json_is_string(v) ||
	    strlen(json_string_value(v)) != json_string_length(v))
		return TMG_E_MALFORMED;
	return tmg_text_set(text, json_string_value(v));
}

static tmg_rc
read_name(json_t *v, const char *const *names, int *index)
{
	if (!json_is_string(v))
		return TMG_E_MALFORMED;
	for (int i = 0; names[i] != NULL; i++) {
		if (strcmp(names[i], json_string_value(v)) == 0) {
			*index = i;
			return TMG_OK;
		}
	}
	return TMG_E_MALFORMED;
}

static tmg_rc
read_blob(json_t *v, tmg_blob *b)
{
	const size_t len = json_string_length(v);
	tmg_auto_free uint8_t *bytes = NULL;
	tmg_out out;
	tmg_rc rc;

	if (!json_is_string(v) || len > TMG_BASE64_LEN(BLOB_MAX))
		return TMG_E_MALFORMED;
	bytes = malloc(len + 1);
	if (bytes == NULL)
		return TMG_E_NOMEM;

	out = (tmg_out){ bytes, len + 1, 0, false };
	rc = tmg_base64_parse((tmg_view){
	    (const uint8_t *)json_string_value(v), len }, &out);
	return rc == TMG_OK ? tmg_blob_set(b, tmg_out_view(&out)) : rc;
}

static tmg_rc
read_list(json_t *v, tmg_strings *list)
{
	const char *items[TMG_JOURNAL_LIST + 1] = { NULL };
	const size_t n = json_array_size(v);

	if (!json_is_array(v) || n > TMG_JOURNAL_LIST)
		return TMG_E_MALFORMED;
	for (size_t i = 0; i < n; i++) {
		json_t *item = json_array_get(v, i);

		if (!json_is_string(item) || strlen(json_string_value(item)) !=
		    json_string_length(item))
			return TMG_E_MALFORMED;
		items[i] = json_string_value(item);
	}
	return tmg_strings_set(list, items);
}

static tmg_rc
read_certs(json_t *v, tmg_certs **certs)
{
	tmg_rc rc;

	if (!json_is_array(v) || json_array_size(v) > TMG_JOURNAL_LIST)
		return TMG_E_MALFORMED;
	if ((rc = tmg_certs_new(certs)))
		return rc;
	for (size_t i = 0; i < json_array_size(v); i++) {
		tmg_blob der = { NULL, 0 };

		rc = read_blob(json_array_get(v, i), &der);
		if (rc == TMG_OK)
			rc = tmg_certs_add(*certs, tmg_blob_view(&der));
		free(der.ptr);
		if (rc != TMG_OK)
			return rc;
	}
	return TMG_OK;
}

static tmg_rc
read_field(const field *fd, json_t *v, void *to)
{
	switch (fd->kind) {
	case TEXT:
		return read_text(v, to, fd->size);
	case STRING:
		return read_string(v, to);
	case NAME:
		return read_name(v, fd->names, to);
	case BLOB:
		return read_blob(v, to);
	case LIST:
		return read_list(v, to);
	case CERTS:
		return read_certs(v, to);
	case NUMBER:
		if (!json_is_integer(v))
			return TMG_E_MALFORMED;
		*(long long *)to = json_integer_value(v);
		return TMG_OK;
	case FLAG:
		if (!json_is_boolean(v))
			return TMG_E_MALFORMED;
		*(bool *)to = json_is_true(v);
		return TMG_OK;
	}
	return TMG_E_MALFORMED;
}

static tmg_rc
read_fields(json_t *root, tmg_journal *j, tmg_fault *f)
{
	for (size_t i = 0; i < TMG_COUNT(fields); i++) {
		json_t *v = json_object_get(root, fields[i].name);
		tmg_rc rc;

		if (v == NULL)
			continue;
		rc = read_field(&fields[i], v, member(j, &fields[i]));
		if (rc != TMG_OK)
			return tmg_raise(f, tmg_is_fault(rc) ? rc : TMG_E_MALFORMED,
			    0, _("the journal's \"%s\" is damaged"),
			    fields[i].name);
	}
	return TMG_OK;
}

/* What a step promises must be there, and one key runs through all of it. */
static const char *
what_is_wrong(const tmg_journal *j)
{
	const int step = j->step == TMG_STEP_CANCELLED ? TMG_STEP_BEGUN : j->step;
	const tmg_view key = tmg_blob_view(&j->spki);
	tmg_view spki;
	tmg_alg alg;

	if (j->id[0] == '\0' || strspn(j->id, "0123456789abcdef-") != strlen(j->id))
		return "id";
	if (j->token[0] == '\0' || j->slot[0] == '\0')
		return "token";
	if (j->subject == NULL)
		return "subject";
	if (j->authority[0] == '\0')
		return "authority";
	if (!j->keep_key && tmg_alg_parse(j->alg, &alg) != TMG_OK)
		return "alg";
	if (step >= TMG_STEP_KEY && key.len == 0)
		return "public-key";
	if (step >= TMG_STEP_REQUEST &&
	    (tmg_csr_spki(tmg_blob_view(&j->csr), &spki) != TMG_OK ||
	    !tmg_view_equal(spki, key)))
		return "request";
	if (step >= TMG_STEP_ISSUED &&
	    (tmg_cert_spki(tmg_blob_view(&j->cert), &spki) != TMG_OK ||
	    !tmg_view_equal(spki, key)))
		return "certificate";
	if (j->renews[0] != '\0' &&
	    tmg_cert_spki(tmg_blob_view(&j->renewed), &spki) != TMG_OK)
		return "renewed";
	return NULL;
}

tmg_rc
tmg_journal_parse(tmg_view text, tmg_journal *j, tmg_fault *f)
{
	json_t *root;
	json_int_t version;
	const char *wrong;
	tmg_rc rc;

	tmg_journal_wipe(j);
	if (text.len > TMG_JOURNAL_MAX)
		return tmg_raise(f, TMG_E_MALFORMED, 0, _("the journal is too long"));
	root = json_loadb((const char *)text.ptr, text.len,
	    JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	if (!json_is_object(root)) {
		json_decref(root);
		return tmg_raise(f, TMG_E_MALFORMED, 0, _("the journal is not JSON"));
	}

	version = json_integer_value(json_object_get(root, "tamga-enrollment"));
	if (version > TMG_JOURNAL_VERSION)
		rc = tmg_raise(f, TMG_UNSUPPORTED, 0,
		    _("a later tamga wrote this journal; use that one"));
	else if (version < 1)
		rc = tmg_raise(f, TMG_E_MALFORMED, 0,
		    _("this is no enrollment's journal"));
	else
		rc = read_fields(root, j, f);
	json_decref(root);

	if (rc == TMG_OK && (wrong = what_is_wrong(j)) != NULL)
		rc = tmg_raise(f, TMG_E_MALFORMED, 0,
		    _("the journal's \"%s\" is missing or does not fit"), wrong);
	if (rc != TMG_OK)
		tmg_journal_wipe(j);
	return rc;
}

/* ---- writing ----------------------------------------------------------- */

static json_t *
blob_json(tmg_view bytes)
{
	const size_t cap = TMG_BASE64_LEN(bytes.len);
	tmg_auto_free uint8_t *text = malloc(cap + 1);
	tmg_out out = { text, cap + 1, 0, false };

	if (text == NULL)
		return NULL;
	tmg_base64_put(&out, bytes, 0);
	return json_stringn((const char *)text, out.len);
}

static json_t *
list_json(const char *const *list)
{
	json_t *array = json_array();

	for (size_t i = 0; list != NULL && list[i] != NULL; i++)
		if (json_array_append_new(array, json_string(list[i])) != 0) {
			json_decref(array);
			return NULL;
		}
	return array;
}

static json_t *
certs_json(const tmg_certs *certs)
{
	json_t *array = json_array();

	for (size_t i = 0; certs != NULL && i < tmg_certs_count(certs); i++)
		if (json_array_append_new(array,
		    blob_json(tmg_certs_get(certs, i))) != 0) {
			json_decref(array);
			return NULL;
		}
	return array;
}

static json_t *
field_json(const tmg_journal *j, const field *fd)
{
	const void *m = const_member(j, fd);

	switch (fd->kind) {
	case TEXT:
		return json_string(m);
	case STRING:
		return json_string(*(char *const *)m);
	case NUMBER:
		return json_integer(*(const long long *)m);
	case FLAG:
		return json_boolean(*(const bool *)m);
	case NAME:
		return json_string(fd->names[*(const int *)m]);
	case BLOB:
		return blob_json(tmg_blob_view(m));
	case LIST:
		return list_json((const char *const *)*(const tmg_strings *)m);
	case CERTS:
		return certs_json(*(tmg_certs *const *)m);
	}
	return NULL;
}

/* An absent member and an empty one mean the same; absent is shorter. */
static bool
is_empty(const tmg_journal *j, const field *fd)
{
	const void *m = const_member(j, fd);

	switch (fd->kind) {
	case TEXT:
		return *(const char *)m == '\0';
	case STRING:
		return *(char *const *)m == NULL;
	case FLAG:
		return !*(const bool *)m;
	case BLOB:
		return ((const tmg_blob *)m)->len == 0;
	case LIST:
		return *(const tmg_strings *)m == NULL;
	case CERTS:
		return *(tmg_certs *const *)m == NULL;
	case NUMBER:
	case NAME:
		break;
	}
	return false;
}

tmg_rc
tmg_journal_print(const tmg_journal *j, char **text)
{
	json_t *root = json_object();
	int failed = json_object_set_new(root, "tamga-enrollment",
	    json_integer(TMG_JOURNAL_VERSION));

	for (size_t i = 0; i < TMG_COUNT(fields); i++)
		if (!is_empty(j, &fields[i]))
			failed |= json_object_set_new(root, fields[i].name,
			    field_json(j, &fields[i]));

	*text = failed ? NULL : json_dumps(root, JSON_INDENT(1));
	json_decref(root);
	return *text != NULL ? TMG_OK : TMG_E_NOMEM;
}

/* A slot nobody chose and the type of a key that stays are not asked for. */
static bool
is_asked(const tmg_journal *a, const field *fd)
{
	if (fd->at == offsetof(tmg_journal, slot))
		return a->slot[0] != '\0';
	if (fd->at == offsetof(tmg_journal, alg))
		return !a->keep_key;
	return fd->asked;
}

bool
tmg_journal_same(const tmg_journal *a, const tmg_journal *b)
{
	for (size_t i = 0; i < TMG_COUNT(fields); i++) {
		json_t *x, *y;
		bool same;

		if (!is_asked(a, &fields[i]))
			continue;
		x = field_json(a, &fields[i]);
		y = field_json(b, &fields[i]);
		same = (x == NULL && y == NULL) || json_equal(x, y);
		json_decref(x);
		json_decref(y);
		if (!same)
			return false;
	}
	return true;
}
