/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/provision/journal.h"

#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/provision/field.h"

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

#define AT(member) offsetof(tmg_journal, member), sizeof(((tmg_journal *)0)->member)

static const tmg_field fields[] = {
	{ "id", &tmg_kind_text, AT(id), NULL, false },
	{ "step", &tmg_kind_name, AT(step), step_names, false },
	{ "begun", &tmg_kind_number, AT(begun), NULL, false },
	{ "changed", &tmg_kind_number, AT(changed), NULL, false },
	{ "error", &tmg_kind_text, AT(error), NULL, false },
	{ "token", &tmg_kind_text, AT(token), NULL, true },
	{ "label", &tmg_kind_text, AT(label), NULL, false },
	{ "slot", &tmg_kind_text, AT(slot), NULL, true },
	{ "alg", &tmg_kind_text, AT(alg), NULL, true },
	{ "pin-policy", &tmg_kind_name, AT(pin), pin_names, true },
	{ "touch-policy", &tmg_kind_name, AT(touch), touch_names, true },
	{ "replace", &tmg_kind_flag, AT(replace), NULL, false },
	{ "keep-key", &tmg_kind_flag, AT(keep_key), NULL, true },
	{ "attest", &tmg_kind_flag, AT(attest), NULL, true },
	{ "pss", &tmg_kind_flag, AT(pss), NULL, true },
	{ "challenged", &tmg_kind_flag, AT(challenged), NULL, true },
	{ "hash", &tmg_kind_name, AT(hash), hash_names, true },
	{ "subject", &tmg_kind_string, AT(subject), NULL, true },
	{ "template", &tmg_kind_string, AT(template_name), NULL, true },
	{ "san", &tmg_kind_list, AT(san), NULL, true },
	{ "key-usage", &tmg_kind_list, AT(key_usage), NULL, true },
	{ "ext-key-usage", &tmg_kind_list, AT(ext_key_usage), NULL, true },
	{ "policies", &tmg_kind_list, AT(policies), NULL, true },
	{ "authority", &tmg_kind_text, AT(authority), NULL, true },
	{ "fingerprint", &tmg_kind_text, AT(fingerprint), NULL, false },
	{ "insecure-http", &tmg_kind_flag, AT(insecure_http), NULL, false },
	{ "options", &tmg_kind_list, AT(options), NULL, true },
	{ "anchors", &tmg_kind_certs, AT(anchors), NULL, false },
	{ "renews", &tmg_kind_text, AT(renews), NULL, true },
	{ "renewed", &tmg_kind_blob, AT(renewed), NULL, true },
	{ "swap", &tmg_kind_flag, AT(swap), NULL, false },
	{ "place", &tmg_kind_text, AT(place), NULL, false },
	{ "aside", &tmg_kind_text, AT(aside), NULL, false },
	{ "made", &tmg_kind_text, AT(made), NULL, false },
	{ "moving", &tmg_kind_flag, AT(moving), NULL, false },
	{ "generating", &tmg_kind_flag, AT(generating), NULL, false },
	{ "before", &tmg_kind_text, AT(before), NULL, false },
	{ "public-key", &tmg_kind_blob, AT(spki), NULL, false },
	{ "wants", &tmg_kind_blob, AT(wants), NULL, false },
	{ "linked", &tmg_kind_flag, AT(linked), NULL, false },
	{ "request", &tmg_kind_blob, AT(csr), NULL, false },
	{ "posted", &tmg_kind_flag, AT(posted), NULL, false },
	{ "ticket", &tmg_kind_text, AT(ticket), NULL, false },
	{ "note", &tmg_kind_text, AT(note), NULL, false },
	{ "retry-after", &tmg_kind_number, AT(retry_after), NULL, false },
	{ "certificate", &tmg_kind_blob, AT(cert), NULL, false },
	{ "chain", &tmg_kind_certs, AT(chain), NULL, false },
};

const char *
tmg_journal_step_name(tmg_step step)
{
	return (size_t)step < TMG_COUNT(step_names) - 1 ? step_names[step] : "?";
}

void
tmg_journal_wipe(tmg_journal *j)
{
	for (size_t i = 0; i < TMG_COUNT(fields); i++)
		fields[i].kind->clear(tmg_field_of(&fields[i], j));
	*j = (tmg_journal){ .retry_after = -1 };
}

/* ---- reading ----------------------------------------------------------- */

static tmg_rc
read_fields(json_t *root, tmg_journal *j, tmg_fault *f)
{
	for (size_t i = 0; i < TMG_COUNT(fields); i++) {
		json_t *v = json_object_get(root, fields[i].name);
		tmg_rc rc;

		if (v == NULL)
			continue;
		rc = fields[i].kind->read(&fields[i], v,
		    tmg_field_of(&fields[i], j));
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
	    tmg_csr_has_key(tmg_blob_view(&j->csr), key) != TMG_OK)
		return "request";
	if (step >= TMG_STEP_ISSUED &&
	    (tmg_cert_spki(tmg_blob_view(&j->cert), &spki) != TMG_OK ||
	    !tmg_view_equal(spki, key)))
		return "certificate";
	if ((j->place[0] != '\0') != (j->aside[0] != '\0') ||
	    (j->aside[0] != '\0' && j->renews[0] == '\0'))
		return "aside";
	if ((j->made[0] != '\0' && (!j->replace || j->keep_key)) ||
	    (j->moving && j->made[0] == '\0'))
		return "made";
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
field_json(const tmg_journal *j, const tmg_field *fd)
{
	return fd->kind->print(fd, tmg_field_in(fd, j));
}

tmg_rc
tmg_journal_print(const tmg_journal *j, char **text)
{
	json_t *root = json_object();
	int failed = json_object_set_new(root, "tamga-enrollment",
	    json_integer(TMG_JOURNAL_VERSION));

	for (size_t i = 0; i < TMG_COUNT(fields); i++)
		if (!fields[i].kind->empty(tmg_field_in(&fields[i], j)))
			failed |= json_object_set_new(root, fields[i].name,
			    field_json(j, &fields[i]));

	*text = failed ? NULL : json_dumps(root, JSON_INDENT(1));
	json_decref(root);
	return *text != NULL ? TMG_OK : TMG_E_NOMEM;
}

/* What nobody chose is not asked for: a slot, the type of the key, or that of
 * a key which stays. */
static bool
is_asked(const tmg_journal *a, const tmg_field *fd)
{
	if (fd->at == offsetof(tmg_journal, slot))
		return a->slot[0] != '\0';
	if (fd->at == offsetof(tmg_journal, alg))
		return !a->keep_key && a->alg[0] != '\0';
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
