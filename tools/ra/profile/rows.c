/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/profile/rows.h"

#include <openssl/objects.h>
#include <stddef.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/policy.h"
#include "src/base/scope.h"
#include "tamga/alg.h"
#include "tools/ra/profile/csrattrs.h"
#include "tools/ra/profile/filekind.h"
#include "tools/ra/profile/identity.h"
#include "tools/ra/profile/input.h"
#include "tools/ra/profile/names.h"
#include "tools/ra/profile/passrule.h"

/* ---- what is a good word ---- */

static const char *
check_approval(const char *word)
{
	return strcmp(word, "automatic") == 0 || strcmp(word, "officer") == 0 ?
	    NULL : _("\"automatic\" or \"officer\"");
}

static const char *
check_alg(const char *word)
{
	tmg_alg alg;

	if (tmg_alg_parse(word, &alg) != TMG_OK ||
	    tmg_alg_get(alg)->family == TMG_FAMILY_X)
		return _("a key type that can sign, such as \"ec:p256\"");
	return NULL;
}

static const char *
check_usage(const char *word)
{
	return ra_key_usage_bit(word) >= 0 ? NULL :
	    _("a key usage of RFC 5280 4.2.1.3, such as \"digitalSignature\"");
}

static const char *
check_object(const char *word)
{
	return OBJ_txt2nid(word) != NID_undef ? NULL :
	    _("a name or OID that is known, such as \"clientAuth\"");
}

static const char *
check_attribute(const char *word)
{
	return OBJ_txt2nid(word) != NID_undef ? NULL :
	    _("an attribute type, such as \"CN\" or \"serialNumber\"");
}

static const char *
check_san(const char *word)
{
	return ra_san_known(word) ? NULL :
	    _("one of dns, email, ip, uri, dir, rid, upn");
}

static const char *
check_csrattr(const char *word)
{
	return ra_csrattr_known(word) ? NULL :
	    _("one of extensions, key, challenge");
}

static const char *
check_state(const char *word)
{
	ra_state state;

	return ra_state_parse(word, &state) ? _("a state, such as \"submitted\"") :
	    NULL;
}

static const char *
check_form(const char *word)
{
	return strcmp(word, "registered") == 0 || strcmp(word, "filled") == 0 ?
	    NULL : _("\"registered\" or \"filled\"");
}

static const char *
check_event(const char *word)
{
	ra_event event;

	return ra_event_parse(word, &event) ? _("an event, such as \"submit\"") :
	    NULL;
}

/* What a mail may tell of: a certificate that ends is no event. */
static const char *
check_news(const char *word)
{
	return strcmp(word, "remind") == 0 ? NULL : check_event(word);
}

static const char *
check_timer(const char *word)
{
	return strcmp(word, "expire") == 0 || strcmp(word, "destroy") == 0 ?
	    NULL : _("\"expire\" or \"destroy\"");
}

static const char *
check_fact(const char *word)
{
	ra_fact fact;

	return ra_fact_parse(word, &fact) ?
	    _("one of paid, confirmed, released") : NULL;
}

static const char *
check_kind(const char *word)
{
	return ra_input_known(word) ? NULL :
	    _("a kind of field, such as \"text\" or \"email\"");
}

/* A place in the certificate: "subject.CN", "san.dns". */
static const char *
check_into(const char *word)
{
	if (strncmp(word, "subject.", 8) == 0)
		return check_attribute(word + 8);
	if (strncmp(word, "san.", 4) == 0)
		return check_san(word + 4);
	return _("\"subject.TYPE\" or \"san.KIND\"");
}

static const char *
check_identity(const char *word)
{
	return ra_identity_known(word) ? NULL :
	    _("one of kz-iin, kz-bin, az-fin, az-voen-legal, az-voen-person, bg-egn, any");
}

static const char *
check_class(const char *word)
{
	return ra_passrule_known(word) ? NULL :
	    _("one of latin, upper, lower, digit");
}

static const char *
check_channel(const char *word)
{
	return strcmp(word, "post") == 0 || strcmp(word, "in-person") == 0 ||
	    strcmp(word, "upload") == 0 || strcmp(word, "signed") == 0 ? NULL :
	    _("one of post, in-person, upload, signed");
}

/* Beside the profile, and nowhere else. */
static const char *
check_file(const char *word)
{
	return word[0] != '\0' && word[0] != '.' && strchr(word, '/') == NULL ?
	    NULL : _("the name of a file beside the profile");
}

static const char *
check_type(const char *word)
{
	return ra_filekind_known(word) ? NULL : _("one of pdf, jpeg, png, p7m");
}

static const char *
check_format(const char *word)
{
	return strcmp(word, "html") == 0 || strcmp(word, "pdf") == 0 ||
	    strcmp(word, "txt") == 0 ? NULL : _("one of html, pdf, txt");
}

static const char *
check_pin(const char *word)
{
	tmg_pin_policy policy;

	return tmg_pin_policy_parse(word, &policy) ? NULL :
	    _("one of never, once, always");
}

static const char *
check_touch(const char *word)
{
	tmg_touch_policy policy;

	return tmg_touch_policy_parse(word, &policy) ? NULL :
	    _("one of never, always, cached");
}

static const char *
check_language(const char *word)
{
	return strlen(word) == 2 &&
	    strspn(word, "abcdefghijklmnopqrstuvwxyz") == 2 ? NULL :
	    _("a language of two letters, such as \"kk\"");
}

static const char *
check_carrier(const char *word)
{
	return strcmp(word, "usb-token") == 0 || strcmp(word, "smart-card") == 0 ||
	    strcmp(word, "file:p12") == 0 || strcmp(word, "file:java") == 0 ?
	    NULL : _("one of usb-token, smart-card, file:p12, file:java");
}

static const char *
check_days(const char *word)
{
	return word[0] != '\0' && strlen(word) <= 4 &&
	    strspn(word, "0123456789") == strlen(word) ? NULL :
	    _("a number of days, such as \"30\"");
}

/* An amount of money without a sign, two decimals at most. */
static const char *
check_price(const char *word)
{
	const size_t whole = strspn(word, "0123456789");
	const char *rest = word + whole;

	if (word[0] == '\0' || (whole > 0 && whole <= 9 && (*rest == '\0' ||
	    (*rest == '.' && strlen(rest) == 3 &&
	    strspn(rest + 1, "0123456789") == 2))))
		return NULL;
	return _("an amount such as \"36.00\"");
}

/* ---- the lists ---- */

#define IN(type, field) offsetof(ra_##type, field)
#define MAKE(type, max, many) { type##_rows, TMG_COUNT(type##_rows), \
    sizeof(ra_##type), max, offsetof(ra_profile, many), &type##_default }

static const ra_input input_default = { .step = "filled", .max = 128 };
static const ra_setting input_rows[] = {
	RA_SET_TEXT("name", IN(input, name), true, ra_any_word),
	RA_SET_LABEL("label", IN(input, label), true),
	RA_SET_TEXT("kind", IN(input, kind), true, check_kind),
	RA_SET_TEXT("step", IN(input, step), false, check_form),
	RA_SET_FLAG("required", IN(input, required)),
	RA_SET_NUMBER("max", IN(input, max), false, 1, 1024),
	RA_SET_CHOICES("options", IN(input, options)),
	RA_SET_PROSE("hint", IN(input, hint), false),
	RA_SET_PROSE("warning", IN(input, warning), false),
};
static const ra_list inputs = MAKE(input, RA_INPUTS_MAX, input_count);

static const ra_content content_default = { .into = "" };
static const ra_setting content_rows[] = {
	RA_SET_TEXT("into", IN(content, into), true, check_into),
	RA_SET_TEXT("text", IN(content, text), true, ra_any_word),
};
static const ra_list contents = MAKE(content, RA_CONTENTS_MAX, content_count);

static const ra_branch branch_default = { .name = "" };
static const ra_setting branch_rows[] = {
	RA_SET_LABEL("name", IN(branch, name), true),
	RA_SET_LABEL("region", IN(branch, region), true),
	RA_SET_LABEL("city", IN(branch, city), true),
	RA_SET_LABEL("address", IN(branch, address), false),
};
static const ra_list branches = MAKE(branch, RA_BRANCHES_MAX, branch_count);

static const ra_document document_default = { .types = { 3, { "pdf", "jpeg",
	"png" } }, .max_kb = 2048 };
static const ra_setting document_rows[] = {
	RA_SET_TEXT("name", IN(document, name), true, ra_any_word),
	RA_SET_LABEL("title", IN(document, title), true),
	RA_SET_FILE("form", IN(document, form), check_file, RA_READING_FORM),
	RA_SET_FLAG("notarised", IN(document, notarised)),
	RA_SET_WORDS("notarised_by", IN(document, notarised_by), false, check_channel),
	RA_SET_FLAG("optional", IN(document, optional)),
	RA_SET_WORDS("channels", IN(document, channels), true, check_channel),
	RA_SET_WORDS("types", IN(document, types), false, check_type),
	RA_SET_NUMBER("max_kb", IN(document, max_kb), false, 1, RA_FILE_MAX / 1024),
	RA_SET_NUMBER("max_age_days", IN(document, max_age_days), false, 0, 3650),
};
static const ra_list documents = MAKE(document, RA_DOCUMENTS_MAX, document_count);

static const ra_carrier carrier_default = { .name = "" };
static const ra_setting carrier_rows[] = {
	RA_SET_TEXT("name", IN(carrier, name), true, check_carrier),
	RA_SET_LABEL("label", IN(carrier, label), true),
	RA_SET_PROSE("warning", IN(carrier, warning), false),
	RA_SET_LABEL("certification", IN(carrier, certification), false),
	RA_SET_LABEL("extra", IN(carrier, extra), false),
	RA_SET_NUMBER("validity_days", IN(carrier, validity_days), false, 0, 36500),
	RA_SET_TEXT("price", IN(carrier, price), false, check_price),
	RA_SET_TEXT("extra_price", IN(carrier, extra_price), false, check_price),
};
static const ra_list carriers = MAKE(carrier, RA_CARRIERS_MAX, carrier_count);

static const ra_supplier supplier_default = { .name = "" };
static const ra_setting supplier_rows[] = {
	RA_SET_LABEL("name", IN(supplier, name), true),
	RA_SET_PROSE("offers", IN(supplier, offers), true),
	RA_SET_LABEL("address", IN(supplier, address), false),
};
static const ra_list suppliers = MAKE(supplier, RA_SUPPLIERS_MAX, supplier_count);

static const ra_deadline deadline_default = { .state = "" };
static const ra_setting deadline_rows[] = {
	RA_SET_TEXT("state", IN(deadline, state), true, check_state),
	RA_SET_NUMBER("months", IN(deadline, months), false, 0, 120),
	RA_SET_NUMBER("days", IN(deadline, days), false, 0, 3650),
	RA_SET_TEXT("event", IN(deadline, event), true, check_timer),
	RA_SET_PROSE("warning", IN(deadline, warning), false),
};
static const ra_list deadlines = MAKE(deadline, RA_DEADLINES_MAX, deadline_count);

static const ra_status status_default = { .state = "" };
static const ra_setting status_rows[] = {
	RA_SET_TEXT("state", IN(status, state), true, check_state),
	RA_SET_PROSE("text", IN(status, text), true),
};
static const ra_list statuses = MAKE(status, RA_STATUSES_MAX, status_count);

static const ra_mail_rule mail_rule_default = { .event = "" };
static const ra_setting mail_rule_rows[] = {
	RA_SET_TEXT("event", IN(mail_rule, event), true, check_news),
	RA_SET_TEXT("language", IN(mail_rule, language), false, check_language),
	RA_SET_LABEL("subject", IN(mail_rule, subject), true),
	RA_SET_PROSE("text", IN(mail_rule, text), true),
	RA_SET_FLAG("attach_application", IN(mail_rule, attach_application)),
};
static const ra_list mails = MAKE(mail_rule, RA_MAILS_MAX, mail_count);

static const ra_setting text_rows[] = {
	RA_SET_TEXT("event", IN(mail_rule, event), true, check_news),
	RA_SET_TEXT("language", IN(mail_rule, language), false, check_language),
	RA_SET_PROSE("text", IN(mail_rule, text), true),
};
static const ra_list texts = { text_rows, TMG_COUNT(text_rows),
	sizeof(ra_mail_rule), RA_TEXTS_MAX, offsetof(ra_profile, text_count),
	&mail_rule_default };

/* ---- the file ---- */

#define AT(field) offsetof(ra_profile, field)

const ra_setting ra_profile_rows[] = {
	RA_SET_LABEL("title", AT(title), true),
	RA_SET_WORDS("aliases", AT(aliases), false, ra_any_word),
	RA_SET_TEXT("approval", AT(approval), true, check_approval),
	RA_SET_NUMBER("validity_days", AT(validity_days), true, 1, 36500),
	RA_SET_WORDS("keys", AT(keys), true, check_alg),
	RA_SET_WORDS("key_usage", AT(key_usage), true, check_usage),
	RA_SET_WORDS("ext_key_usage", AT(ext_key_usage), false, check_object),
	RA_SET_WORDS("subject.required", AT(subject_required), true, check_attribute),
	RA_SET_WORDS("subject.allowed", AT(subject_allowed), true, check_attribute),
	RA_SET_WORDS("san.required", AT(san_required), false, check_san),
	RA_SET_WORDS("san.allowed", AT(san_allowed), false, check_san),
	RA_SET_WORDS("csrattrs", AT(csrattrs), false, check_csrattr),
	RA_SET_FLAG("server_keys", AT(server_keys)),
	RA_SET_FLAG("est_link", AT(est_link)),
	RA_SET_TEXT("renewal.approval", AT(renewal_approval), false, check_approval),
	RA_SET_NUMBER("renewal.window_days", AT(renewal_window_days), false, 0, 36500),
	RA_SET_NUMBER("renewal.grace_days", AT(renewal_grace_days), false, 0, 3650),
	RA_SET_FLAG("renewal.same_key", AT(renewal_same_key)),
	RA_SET_WORDS("renewal.remind_days", AT(remind_days), false, check_days),
	RA_SET_WORDS("renewal.remind_text_days", AT(remind_text_days), false,
	    check_days),
	RA_SET_WORDS("staff.tell", AT(staff_tell), false, check_event),
	RA_SET_NUMBER("staff.deadline_days", AT(staff_deadline_days), false, 0, 365),

	RA_SET_LABEL("section", AT(section), false),
	RA_SET_PROSE("about", AT(about), false),
	RA_SET_FILE("policy", AT(policy), check_file, RA_READING_PROSE),
	RA_SET_FILE("instructions", AT(instructions), check_file, RA_READING_PROSE),
	RA_SET_LIST("suppliers", AT(supplier), &suppliers),
	RA_SET_WORDS("languages", AT(languages), false, check_language),
	RA_SET_WORDS("flow.steps", AT(steps), false, check_state),
	RA_SET_WORDS("flow.submit_needs", AT(submit_needs), false, check_fact),
	RA_SET_WORDS("flow.approve_needs", AT(approve_needs), false, check_fact),
	RA_SET_FLAG("captcha", AT(captcha)),
	RA_SET_FLAG("number_opens_status", AT(number_opens)),
	RA_SET_PROSE("number_text", AT(number_text), false),
	RA_SET_LABEL("form_button", AT(form_button), false),
	RA_SET_LABEL("carriers_label", AT(carriers_label), false),
	RA_SET_LABEL("install_button", AT(install_button), false),
	RA_SET_PROSE("documents_text", AT(documents_text), false),
	RA_SET_FILE("consent.text", AT(consent.text), check_file, RA_READING_PROSE),
	RA_SET_LABEL("consent.box", AT(consent.box), false),
	RA_SET_LABEL("consent.button", AT(consent.button), false),
	RA_SET_TEXT("identity.field", AT(identity.field), false, ra_any_word),
	RA_SET_LABEL("identity.label", AT(identity.label), false),
	RA_SET_TEXT("identity.check", AT(identity.check), false, check_identity),
	RA_SET_TEXT("identity.lookup", AT(identity.lookup), false, ra_any_word),
	RA_SET_LABEL("identity.box", AT(identity.box), false),
	RA_SET_LABEL("identity.button", AT(identity.button), false),
	RA_SET_WORDS("identity.fills", AT(identity.fills), false, ra_any_word),
	RA_SET_FLAG("identity.locked", AT(identity.locked)),
	RA_SET_PROSE("identity.not_found", AT(identity.not_found), false),
	RA_SET_TEXT("payment.price", AT(payment.price), false, check_price),
	RA_SET_TEXT("payment.currency", AT(payment.currency), false, ra_any_word),
	RA_SET_PROSE("payment.text", AT(payment.text), false),
	RA_SET_NUMBER("password.min", AT(password.min), false, 1, 128),
	RA_SET_NUMBER("password.max", AT(password.max), false, 1, 128),
	RA_SET_WORDS("password.require", AT(password.require), false, check_class),
	RA_SET_TEXT("password.others", AT(password.others), false, ra_any_word),
	RA_SET_FLAG("password.twice", AT(password.twice)),
	RA_SET_PROSE("password.text", AT(password.text), false),
	RA_SET_PROSE("password.warning", AT(password.warning), false),
	RA_SET_FILE("attestation.roots", AT(attest.roots), check_file, RA_READING_NONE),
	RA_SET_FLAG("attestation.required", AT(attest.required)),
	RA_SET_WORDS("attestation.pin", AT(attest.pin), false, check_pin),
	RA_SET_WORDS("attestation.touch", AT(attest.touch), false, check_touch),
	RA_SET_WORDS("print", AT(print), false, check_format),
	RA_SET_LIST("fields", AT(input), &inputs),
	RA_SET_LIST("contents", AT(content), &contents),
	RA_SET_TEXT("mail_to", AT(mail_to), false, ra_any_word),
	RA_SET_LIST("branches", AT(branch), &branches),
	RA_SET_LIST("documents", AT(document), &documents),
	RA_SET_LIST("carriers", AT(carrier), &carriers),
	RA_SET_LIST("deadlines", AT(deadline), &deadlines),
	RA_SET_LIST("statuses", AT(status), &statuses),
	RA_SET_LIST("mails", AT(mail), &mails),
	RA_SET_TEXT("text_to", AT(text_to), false, ra_any_word),
	RA_SET_LIST("texts", AT(text), &texts),
};
const size_t ra_profile_row_count = TMG_COUNT(ra_profile_rows);

void
ra_profile_reset(ra_profile *p)
{
	memset(p, 0, sizeof(*p));
	strcpy(p->renewal_approval, "automatic");
	p->steps = (ra_words){ 1, { "submitted" } };
	p->remind_days = (ra_words){ 2, { "30", "7" } };
	p->staff_tell = (ra_words){ 1, { "submit" } };
	p->staff_deadline_days = 3;
	strcpy(p->consent.button, "Confirm");
	strcpy(p->identity.check, "any");
	strcpy(p->identity.button, "Check");
}
