/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GET profiles, profiles/NAME: everything that a program must ask and show to
 * lead an applicant through.
 */
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/api/api.h"
#include "tools/ra/desk/terms.h"

/* A list of what, made row by row. */
#define LIST(count, row) __extension__({ \
	json_t *list_ = json_array(); \
	for (size_t i = 0; i < (count); i++) \
		json_array_append_new(list_, row(p, i)); \
	list_; })

static json_t *
summary(const ra_profile *p)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "name", p->name, "title",
	    ra_said(p, p->title), "section", ra_said(p, p->section), "about",
	    ra_said(p, p->about));
}

void
ra_api_profiles(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	const ra_profiles *all = desk->profiles;
	json_t *list = json_array();

	(void)call;
	for (size_t i = 0; i < all->count; i++)
		json_array_append_new(list, summary(&all->row[i]));
	ra_api_json(reply, HTTP_OK, json_pack("{s:o}", "profiles", list));
}

/* What is chosen is answered as the profile calls it; a label is what the
 * reader calls it. */
static json_t *
option_labels(const ra_profile *p, const ra_words *options)
{
	json_t *list = json_array();

	for (size_t i = 0; i < options->count; i++)
		json_array_append_new(list,
		    json_string(ra_said(p, options->word[i])));
	return list;
}

static json_t *
field(const ra_profile *p, size_t i)
{
	const ra_input *in = &p->input[i];

	return json_pack("{s:s, s:s, s:s, s:s, s:b, s:i, s:o, s:o, s:s, s:s, s:b}",
	    "name", in->name, "label", ra_said(p, in->label), "kind", in->kind,
	    "step", in->step, "required", in->required, "max", in->max, "options",
	    ra_api_words(&in->options), "option_labels",
	    option_labels(p, &in->options), "hint", ra_said(p, in->hint),
	    "warning", ra_said(p, in->warning), "locked", p->identity.locked &&
	    ra_words_have(&p->identity.fills, in->name));
}

static json_t *
branch(const ra_profile *p, size_t i)
{
	const ra_branch *b = &p->branch[i];

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "name", b->name,
	    "name_label", ra_said(p, b->name), "region", b->region,
	    "region_label", ra_said(p, b->region), "city", b->city, "city_label",
	    ra_said(p, b->city), "address", ra_said(p, b->address));
}

static json_t *
document(const ra_profile *p, size_t i)
{
	const ra_document *d = &p->document[i];

	return json_pack("{s:s, s:s, s:b, s:b, s:o, s:b, s:o, s:o, s:i, s:i}",
	    "name", d->name, "title", ra_said(p, d->title), "form",
	    d->form[0] != '\0', "notarised", d->notarised, "notarised_by",
	    ra_api_words(&d->notarised_by), "optional", d->optional, "channels",
	    ra_api_words(&d->channels), "types", ra_api_words(&d->types), "max_kb",
	    d->max_kb, "max_age_days", d->max_age_days);
}

static json_t *
supplier(const ra_profile *p, size_t i)
{
	const ra_supplier *s = &p->supplier[i];

	return json_pack("{s:s, s:s, s:s}", "name", ra_said(p, s->name), "offers",
	    ra_said(p, s->offers), "address", ra_said(p, s->address));
}

static json_t *
carrier(const ra_profile *p, size_t i)
{
	const ra_carrier *c = &p->carrier[i];

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:s}", "name",
	    c->name, "label", ra_said(p, c->label), "warning",
	    ra_said(p, c->warning), "certification", ra_said(p, c->certification),
	    "extra", c->extra, "extra_label", ra_said(p, c->extra), "validity_days",
	    c->validity_days > 0 ? c->validity_days : p->validity_days, "price",
	    c->price[0] != '\0' ? c->price : p->payment.price, "extra_price",
	    c->extra_price);
}

static json_t *
deadline(const ra_profile *p, size_t i)
{
	const ra_deadline *d = &p->deadline[i];

	return json_pack("{s:s, s:i, s:i, s:s, s:s}", "state", d->state, "months",
	    d->months, "days", d->days, "event", d->event, "warning",
	    ra_said(p, d->warning));
}

static json_t *
step(const ra_profile *p, size_t i)
{
	const ra_state state = p->flow.line[i];

	return json_pack("{s:s, s:s}", "step", ra_state_get(state)->name, "text",
	    ra_profile_status(p, state));
}

static json_t *
consent(const ra_profile *p, const ra_terms *terms)
{
	return terms->text[0] == '\0' ? json_null() :
	    json_pack("{s:s, s:s, s:s, s:s}", "text", terms->text, "hash",
	    terms->hash, "box", ra_said(p, p->consent.box), "button",
	    ra_said(p, p->consent.button));
}

static json_t *
identity(const ra_profile *p)
{
	const ra_identity *id = &p->identity;

	return id->field[0] == '\0' ? json_null() :
	    json_pack("{s:s, s:s, s:s, s:s, s:o, s:b, s:s}", "field", id->field,
	    "label", ra_said(p, id->label), "box", ra_said(p, id->box), "button",
	    ra_said(p, id->button), "fills", ra_api_words(&id->fills), "locked",
	    id->locked, "not_found", ra_said(p, id->not_found));
}

static json_t *
payment(const ra_profile *p)
{
	return p->payment.price[0] == '\0' ? json_null() :
	    json_pack("{s:s, s:s, s:s}", "price", p->payment.price, "currency",
	    p->payment.currency, "text", ra_said(p, p->payment.text));
}

static json_t *
password(const ra_profile *p)
{
	const ra_password_rule *r = &p->password;

	return r->max == 0 ? json_null() :
	    json_pack("{s:i, s:i, s:o, s:s, s:b, s:s, s:s}", "min", r->min, "max",
	    r->max, "require", ra_api_words(&r->require), "others", r->others,
	    "twice", r->twice, "text", ra_said(p, r->text), "warning",
	    ra_said(p, r->warning));
}

static void
set(json_t *object, const char *name, json_t *value)
{
	json_object_set_new(object, name, value);
}

/* The texts that lie beside the profile, "" none; false: reply is done. */
static bool
set_texts(ra_desk *desk, const ra_profile *p, ra_reply *reply, json_t *o)
{
	const struct {
		const char *name, *file;
	} rows[] = { { "policy", p->policy }, { "instructions", p->instructions } };

	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_auto_free char *text = NULL;

		if (rows[i].file[0] != '\0' && ra_terms_file(desk, p, rows[i].file,
		    RA_UNIT_PARAGRAPH, &text) != TMG_OK) {
			ra_reply_fault(reply, desk, TMG_E_IO);
			return false;
		}
		set(o, rows[i].name, json_string(text != NULL ? text : ""));
	}
	return true;
}

void
ra_api_profile(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	const ra_profile *p = ra_api_find_profile(desk, reply, call->label);
	tmg_auto(ra_terms) terms = { .text = NULL };
	json_t *o;
	tmg_rc rc;

	if (p == NULL)
		return;
	if ((rc = ra_terms_read(desk, p, &terms))) {
		ra_reply_fault(reply, desk, tmg_is_fault(rc) ? rc : TMG_E_IO);
		return;
	}
	o = summary(p);
	if (!set_texts(desk, p, reply, o)) {
		json_decref(o);
		return;
	}
	set(o, "validity_days", json_integer(p->validity_days));
	set(o, "languages", ra_api_words(&p->languages));
	set(o, "keys", ra_api_words(&p->keys));
	set(o, "key_at", json_string(ra_api_key_at(&p->flow)));
	set(o, "steps", LIST(p->flow.count, step));
	set(o, "consent", consent(p, &terms));
	set(o, "identity", identity(p));
	set(o, "fields", LIST(p->input_count, field));
	set(o, "branches", LIST(p->branch_count, branch));
	set(o, "form_button", json_string(ra_said(p, p->form_button)));
	set(o, "documents", LIST(p->document_count, document));
	set(o, "documents_text", json_string(ra_said(p, p->documents_text)));
	set(o, "suppliers", LIST(p->supplier_count, supplier));
	set(o, "carriers", LIST(p->carrier_count, carrier));
	set(o, "deadlines", LIST(p->deadline_count, deadline));
	set(o, "payment", payment(p));
	set(o, "password", password(p));
	set(o, "attestation", json_string(p->attest.required ? "required" :
	    p->attest.roots[0] != '\0' ? "shown" : "none"));
	set(o, "print", ra_api_words(&p->print));
	set(o, "number_text", json_string(ra_said(p, p->number_text)));
	set(o, "number_opens_status", json_boolean(p->number_opens));
	ra_api_json(reply, HTTP_OK, o);
}
