/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/profile/rows.h"

static tmg_rc
check_certificate(const char *name, ra_profile *p, tmg_fault *f)
{
	if (p->keys.count == 0)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: keys is empty: nobody could ask for a certificate"), name);
	if (p->renewal_window_days > p->validity_days)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: renewal.window_days is longer than validity_days"), name);
	for (size_t i = 0; i < p->subject_required.count; i++)
		if (!ra_words_have(&p->subject_allowed,
		    p->subject_required.word[i]))
			return tmg_raise(f, TMG_MISMATCH, 0,
			    _("%s: subject.required has %s, subject.allowed has not"),
			    name, p->subject_required.word[i]);
	for (size_t i = 0; i < p->san_required.count; i++)
		if (!ra_words_have(&p->san_allowed, p->san_required.word[i]))
			return tmg_raise(f, TMG_MISMATCH, 0,
			    _("%s: san.required has %s, san.allowed has not"),
			    name, p->san_required.word[i]);
	return TMG_OK;
}

static unsigned
facts_of(const ra_words *words)
{
	unsigned facts = 0;
	ra_fact fact;

	for (size_t i = 0; i < words->count; i++)
		if (ra_fact_parse(words->word[i], &fact) == TMG_OK)
			facts |= fact;
	return facts;
}

/* "approval" is the short way to say who approves. */
static tmg_rc
make_flow(const char *name, ra_profile *p, tmg_fault *f)
{
	const char *words[RA_WORDS_MAX], *wrong;

	for (size_t i = 0; i < p->steps.count; i++)
		words[i] = p->steps.word[i];
	if (ra_flow_make(words, p->steps.count, &p->flow, &wrong))
		return tmg_raise(f, TMG_MISMATCH, 0, wrong[0] == '\0' ?
		    _("%s: flow.steps: \"submitted\" is missing") :
		    _("%s: flow.steps: \"%s\" cannot stand where it stands"),
		    name, wrong);
	p->flow.needs[RA_SUBMITTED] = facts_of(&p->submit_needs);
	p->flow.needs[RA_APPROVED] = facts_of(&p->approve_needs);
	if (strcmp(p->approval, "officer") == 0)
		p->flow.needs[RA_APPROVED] |= RA_CONFIRMED;
	else if (p->flow.needs[RA_APPROVED] & (RA_CONFIRMED | RA_RELEASED))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: approval is \"automatic\", flow.approve_needs asks for an officer"),
		    name);
	if (p->flow.needs[RA_SUBMITTED] & (RA_CONFIRMED | RA_RELEASED))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: flow.submit_needs: nobody can confirm what was not submitted"),
		    name);
	return TMG_OK;
}

static bool
flow_has(const ra_profile *p, ra_state state)
{
	for (size_t i = 0; i < p->flow.count; i++)
		if (p->flow.line[i] == state)
			return true;
	return false;
}

/* Whether a form has a field; of one kind, or any where kind is "". */
static bool
form_has(const ra_profile *p, const char *step, const char *kind)
{
	for (size_t i = 0; i < p->input_count; i++)
		if (strcmp(p->input[i].step, step) == 0 &&
		    (kind[0] == '\0' || strcmp(p->input[i].kind, kind) == 0))
			return true;
	return false;
}

/* A step, and the settings that it cannot do without. */
static tmg_rc
check_steps(const char *name, ra_profile *p, tmg_fault *f)
{
	const struct {
		ra_state state;
		const char *setting;
		bool there;
	} pairs[] = {
		{ RA_AGREED, "consent.text", p->consent.text[0] != '\0' },
		{ RA_IDENTIFIED, "identity.field", p->identity.field[0] != '\0' },
		{ RA_REGISTERED, "fields of the step \"registered\", one an email",
		    form_has(p, "registered", "email") },
		{ RA_FILLED, "fields", form_has(p, "filled", "") },
	};
	const unsigned needs = p->flow.needs[RA_SUBMITTED] |
	    p->flow.needs[RA_APPROVED];

	for (size_t i = 0; i < TMG_COUNT(pairs); i++)
		if (flow_has(p, pairs[i].state) != pairs[i].there)
			return tmg_raise(f, TMG_MISMATCH, 0,
			    _("%s: the step \"%s\" and the setting %s go together: there is only one of them"),
			    name, ra_state_get(pairs[i].state)->name,
			    pairs[i].setting);
	if (((needs & RA_PAID) != 0) != (p->payment.price[0] != '\0'))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: what is to be \"paid\" needs payment.price, and the price a step that needs it"),
		    name);
	return TMG_OK;
}

static tmg_rc
check_fields(const char *name, ra_profile *p, tmg_fault *f)
{
	for (size_t i = 0; i < p->input_count; i++) {
		const ra_input *field = &p->input[i];
		const bool listed = strcmp(field->kind, "region") == 0 ||
		    strcmp(field->kind, "city") == 0;

		for (size_t j = 0; j < i; j++)
			if (strcmp(p->input[j].name, field->name) == 0)
				return tmg_raise(f, TMG_MISMATCH, 0,
				    _("%s: there are two fields named %s"), name,
				    field->name);
		if ((strcmp(field->kind, "choice") == 0) !=
		    (field->options.count > 0))
			return tmg_raise(f, TMG_MISMATCH, 0,
			    _("%s: fields: %s: options belong to the kind \"choice\", and it to them"),
			    name, field->name);
		if (listed && p->branch_count == 0)
			return tmg_raise(f, TMG_MISMATCH, 0,
			    _("%s: fields: %s needs branches to choose from"), name,
			    field->name);
	}
	return TMG_OK;
}

static bool
is_field(const ra_profile *p, const char *name, size_t len)
{
	if (strlen(p->identity.field) == len &&
	    memcmp(p->identity.field, name, len) == 0)
		return len > 0;
	for (size_t i = 0; i < p->input_count; i++)
		if (strlen(p->input[i].name) == len &&
		    memcmp(p->input[i].name, name, len) == 0)
			return true;
	return false;
}

/* What a register fills in, and where mails go, must be fields. */
static tmg_rc
check_names(const char *name, ra_profile *p, tmg_fault *f)
{
	for (size_t i = 0; i < p->identity.fills.count; i++)
		if (!is_field(p, p->identity.fills.word[i],
		    strlen(p->identity.fills.word[i])))
			return tmg_raise(f, TMG_MISMATCH, 0,
			    _("%s: identity.fills names %s, which is no field"), name,
			    p->identity.fills.word[i]);
	if (p->mail_to[0] != '\0' && !is_field(p, p->mail_to, strlen(p->mail_to)))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: mail_to names %s, which is no field"), name, p->mail_to);
	if (p->text_to[0] != '\0' && !is_field(p, p->text_to, strlen(p->text_to)))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: text_to names %s, which is no field"), name, p->text_to);
	if ((p->text_count > 0 || p->remind_text_days.count > 0) &&
	    p->text_to[0] == '\0')
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: there are texts, and no text_to"), name);
	if (p->mail_count > 0 && p->mail_to[0] == '\0')
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: there are mails, and no mail_to"), name);
	return TMG_OK;
}

/* Each ${...} in a text for the certificate must be a field. */
static tmg_rc
check_contents(const char *name, ra_profile *p, tmg_fault *f)
{
	for (size_t i = 0; i < p->content_count; i++) {
		const char *at = p->content[i].text;

		while ((at = strstr(at, "${")) != NULL) {
			const size_t len = strcspn(at + 2, "}");

			if (!is_field(p, at + 2, len))
				return tmg_raise(f, TMG_MISMATCH, 0,
				    _("%s: contents: %s: %.*s is no field"), name,
				    p->content[i].into, (int)len, at + 2);
			at += 2 + len;
		}
	}
	return TMG_OK;
}

const char *const ra_mail_words[RA_MAIL_WORDS] = { "number", "code", "status",
	"reason", "branch", "deadline" };

static bool
is_mail_word(const char *name, size_t len)
{
	for (size_t i = 0; i < RA_MAIL_WORDS; i++)
		if (strlen(ra_mail_words[i]) == len &&
		    memcmp(ra_mail_words[i], name, len) == 0)
			return true;
	return false;
}

/* Of what is a mail composed: the fields, and what only we know. */
static tmg_rc
check_mail_text(const char *name, const ra_profile *p, const char *event,
    const char *text, tmg_fault *f)
{
	while ((text = strstr(text, "${")) != NULL) {
		const size_t len = strcspn(text + 2, "}");

		if (!is_field(p, text + 2, len) && !is_mail_word(text + 2, len))
			return tmg_raise(f, TMG_MISMATCH, 0,
			    _("%s: mails: %s: %.*s is no field"), name, event,
			    (int)len, text + 2);
		text += 2 + len;
	}
	return TMG_OK;
}

/* Or no field at all. */
static bool
is_of_kind(const ra_profile *p, const char *name, const char *kind)
{
	for (size_t i = 0; i < p->input_count; i++)
		if (strcmp(p->input[i].name, name) == 0)
			return strcmp(p->input[i].kind, kind) == 0;
	return true;
}

static tmg_rc
check_mails(const char *name, ra_profile *p, tmg_fault *f)
{
	tmg_rc rc = TMG_OK;

	for (size_t i = 0; i < p->input_count; i++)
		if (is_mail_word(p->input[i].name, strlen(p->input[i].name)))
			return tmg_raise(f, TMG_MISMATCH, 0,
			    _("%s: fields: %s has a meaning of its own in mails; call it otherwise"),
			    name, p->input[i].name);
	if (!is_of_kind(p, p->mail_to, "email"))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: mail_to names %s, which is not of kind \"email\""),
		    name, p->mail_to);
	if (!is_of_kind(p, p->text_to, "mobile"))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: text_to names %s, which is not of kind \"mobile\""),
		    name, p->text_to);
	for (size_t i = 0; i < p->mail_count && rc == TMG_OK; i++) {
		rc = check_mail_text(name, p, p->mail[i].event,
		    p->mail[i].subject, f);
		if (rc == TMG_OK)
			rc = check_mail_text(name, p, p->mail[i].event,
			    p->mail[i].text, f);
	}
	for (size_t i = 0; i < p->text_count && rc == TMG_OK; i++)
		rc = check_mail_text(name, p, p->text[i].event, p->text[i].text, f);
	return rc;
}

static tmg_rc
check_deadlines(const char *name, ra_profile *p, tmg_fault *f)
{
	for (size_t i = 0; i < p->deadline_count; i++)
		if (p->deadline[i].months == 0 && p->deadline[i].days == 0)
			return tmg_raise(f, TMG_MISMATCH, 0,
			    _("%s: deadlines: %s: months and days are both 0"), name,
			    p->deadline[i].state);
	if (p->password.max != 0 && p->password.min > p->password.max)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: password.min is more than password.max"), name);
	return TMG_OK;
}

/* Their names stand in forms and in names of files. */
static tmg_rc
check_documents(const char *name, ra_profile *p, tmg_fault *f)
{
	for (size_t i = 0; i < p->document_count; i++) {
		const ra_document *d = &p->document[i];

		if (strspn(d->name, "abcdefghijklmnopqrstuvwxyz0123456789-") !=
		    strlen(d->name) || strlen(d->name) > 40)
			return tmg_raise(f, TMG_MISMATCH, 0,
			    _("%s: documents: %s: a name has small letters, digits and hyphens, 40 at the most"),
			    name, d->name);
		if (ra_profile_document(p, d->name) != d)
			return tmg_raise(f, TMG_MISMATCH, 0,
			    _("%s: documents: there are two named %s"), name, d->name);
		if (d->types.count == 0)
			return tmg_raise(f, TMG_MISMATCH, 0,
			    _("%s: documents: %s: types is empty"), name, d->name);
	}
	return TMG_OK;
}

static tmg_rc
check_carriers(const char *name, ra_profile *p, tmg_fault *f)
{
	for (size_t i = 0; i < p->carrier_count; i++) {
		const ra_carrier *c = &p->carrier[i];

		if (ra_profile_carrier(p, c->name) != c)
			return tmg_raise(f, TMG_MISMATCH, 0,
			    _("%s: carriers: there are two named %s"), name, c->name);
		if (c->extra_price[0] != '\0' && c->extra[0] == '\0')
			return tmg_raise(f, TMG_MISMATCH, 0,
			    _("%s: carriers: %s: extra_price is of an extra that is not offered"),
			    name, c->name);
		if ((c->price[0] != '\0' || c->extra_price[0] != '\0') &&
		    p->payment.price[0] == '\0')
			return tmg_raise(f, TMG_MISMATCH, 0,
			    _("%s: carriers: %s has a price, and there is no payment.price"),
			    name, c->name);
		if (c->validity_days > 0 && p->renewal_window_days > c->validity_days)
			return tmg_raise(f, TMG_MISMATCH, 0,
			    _("%s: carriers: %s: renewal.window_days is longer than its validity_days"),
			    name, c->name);
	}
	return TMG_OK;
}

/* Clients do what csrattrs ask for. */
static tmg_rc
check_link(const char *name, ra_profile *p, tmg_fault *f)
{
	return !p->est_link || ra_words_have(&p->csrattrs, "challenge") ? TMG_OK :
	    tmg_raise(f, TMG_MISMATCH, 0,
	    _("%s: est_link needs \"challenge\" in csrattrs, so that clients know"), name);
}

/* The key goes out with the certificate and is kept nowhere, so nobody may have
 * to decide first. */
static tmg_rc
check_server_keys(const char *name, ra_profile *p, tmg_fault *f)
{
	if (!p->server_keys)
		return TMG_OK;
	if (strcmp(p->approval, "automatic") != 0)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: server_keys is for approval = \"automatic\" only"), name);
	if (p->attest.required)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: server_keys and attestation.required exclude each other"), name);
	return TMG_OK;
}

static tmg_rc
check_attestation(const char *name, ra_profile *p, tmg_fault *f)
{
	const ra_attest *a = &p->attest;

	return a->roots[0] != '\0' ||
	    (!a->required && a->pin.count == 0 && a->touch.count == 0) ? TMG_OK :
	    tmg_raise(f, TMG_MISMATCH, 0,
		_("%s: attestation.roots names nobody to believe"), name);
}

tmg_rc
ra_profile_check(const char *name, ra_profile *profile, tmg_fault *f)
{
	static tmg_rc (*const checks[])(const char *, ra_profile *, tmg_fault *) = {
		check_certificate, make_flow, check_steps, check_fields,
		check_names, check_contents, check_mails, check_deadlines,
		check_carriers, check_documents, check_attestation,
		check_server_keys,
		check_link,
	};
	tmg_rc rc = TMG_OK;

	for (size_t i = 0; i < TMG_COUNT(checks) && rc == TMG_OK; i++)
		rc = checks[i](name, profile, f);
	return rc;
}
