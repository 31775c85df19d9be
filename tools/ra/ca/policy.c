/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/policy.h"

#include <stdio.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/ca/plain.h"
#include "tools/ra/profile/names.h"

/* "a, b, c", as much as fits. */
static void
join(const ra_words *words, char *text, size_t cap)
{
	size_t at = 0;

	text[0] = '\0';
	for (size_t i = 0; i < words->count && at < cap; i++)
		at += (size_t)snprintf(text + at, cap - at, "%s%s",
		    i > 0 ? ", " : "", words->word[i]);
}

static tmg_rc
check_key(const ra_profile *p, const ra_request *r, tmg_fault *f)
{
	const char *name = tmg_alg_get(r->alg)->name;
	char allowed[160];

	join(&p->keys, allowed, sizeof(allowed));
	if (r->alg == TMG_ALG_NONE || !ra_words_have(&p->keys, name))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("profile %s takes no %s key; make one of: %s"), p->name,
		    r->alg == TMG_ALG_NONE ? _("such") : name, allowed);

	return TMG_OK;
}

static bool
names_type(const ra_words *words, int nid)
{
	for (size_t i = 0; i < words->count; i++)
		if (OBJ_txt2nid(words->word[i]) == nid)
			return true;
	return false;
}

static tmg_rc
check_entry(const ra_profile *p, const X509_NAME_ENTRY *e, tmg_fault *f)
{
	const ASN1_OBJECT *type = X509_NAME_ENTRY_get_object(e);
	const int nid = OBJ_obj2nid(type);
	char oid[80], allowed[160];

	if (nid == NID_undef || !names_type(&p->subject_allowed, nid)) {
		OBJ_obj2txt(oid, sizeof(oid), type, nid == NID_undef);
		join(&p->subject_allowed, allowed, sizeof(allowed));
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("profile %s does not take %s in the subject; it takes: %s"),
		    p->name, oid, allowed);
	}
	return ra_plain_entry(e, f);
}

static tmg_rc
check_subject(const ra_profile *p, const ra_request *r, tmg_fault *f)
{
	const X509_NAME *name = X509_REQ_get_subject_name(r->req);
	tmg_rc rc;

	for (size_t i = 0; i < p->subject_required.count; i++) {
		const int nid = OBJ_txt2nid(p->subject_required.word[i]);

		if (X509_NAME_get_index_by_NID(name, nid, -1) < 0)
			return tmg_raise(f, TMG_MISMATCH, 0,
			    _("profile %s wants %s in the subject"), p->name,
			    p->subject_required.word[i]);
	}
	for (int i = 0; i < X509_NAME_entry_count(name); i++)
		if ((rc = check_entry(p, X509_NAME_get_entry(name, i), f)))
			return rc;
	return TMG_OK;
}

static tmg_rc
check_san(const ra_profile *p, const GENERAL_NAME *gn, tmg_fault *f)
{
	const char *word = ra_plain_san_word(gn);
	char allowed[160];

	join(&p->san_allowed, allowed, sizeof(allowed));
	if (word == NULL || !ra_words_have(&p->san_allowed, word))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("profile %s takes no alternative name of the kind %s; it takes: %s"),
		    p->name, word != NULL ? word : _("asked for"),
		    allowed[0] ? allowed : _("none"));
	return ra_plain_san(gn, f);
}

static bool
asks_for_san(const ra_request *r, const char *word)
{
	for (int i = 0; i < sk_GENERAL_NAME_num(r->san); i++) {
		const char *has = ra_plain_san_word(sk_GENERAL_NAME_value(r->san, i));

		if (has != NULL && strcmp(has, word) == 0)
			return true;
	}
	return false;
}

static tmg_rc
check_sans(const ra_profile *p, const ra_request *r, tmg_fault *f)
{
	tmg_rc rc;

	for (size_t i = 0; i < p->san_required.count; i++)
		if (!asks_for_san(r, p->san_required.word[i]))
			return tmg_raise(f, TMG_MISMATCH, 0,
			    _("profile %s wants an alternative name of the kind %s"),
			    p->name, p->san_required.word[i]);
	for (int i = 0; i < sk_GENERAL_NAME_num(r->san); i++)
		if ((rc = check_san(p, sk_GENERAL_NAME_value(r->san, i), f)))
			return rc;
	return TMG_OK;
}

static tmg_rc
check(const ra_profile *profile, const ra_request *request, tmg_fault *f)
{
	tmg_rc rc;

	if (X509_NAME_entry_count(X509_REQ_get_subject_name(request->req)) == 0 &&
	    sk_GENERAL_NAME_num(request->san) <= 0)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("the request names nobody: no subject and no alternative name"));
	if ((rc = check_key(profile, request, f)) ||
	    (rc = check_subject(profile, request, f)))
		return rc;
	return check_sans(profile, request, f);
}

/* Lack of memory looks to libcrypto as if the name were wrong.  As in
 * ra_request_read(), what is wrong is so twice. */
tmg_rc
ra_policy_check(const ra_profile *profile, const ra_request *request, tmg_fault *f)
{
	const tmg_rc rc = check(profile, request, f);

	return rc != TMG_MISMATCH ? rc : check(profile, request, f);
}

static bool
same_sans(GENERAL_NAMES *a, GENERAL_NAMES *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	if (sk_GENERAL_NAME_num(a) != sk_GENERAL_NAME_num(b))
		return false;
	for (int i = 0; i < sk_GENERAL_NAME_num(a); i++)
		if (GENERAL_NAME_cmp(sk_GENERAL_NAME_value(a, i),
		    sk_GENERAL_NAME_value(b, i)) != 0)
			return false;
	return true;
}

/* ChangeSubjectName, RFC 6402 2.8: asked for in a renewal, RFC 7030 4.2.2.
 * Also when that cannot be found out. */
static bool
wants_other_name(const X509_REQ *req)
{
	ASN1_OBJECT *type = OBJ_txt2obj("1.3.6.1.5.5.7.7.36", 1);
	const bool found = type == NULL || X509_REQ_get_attr_by_OBJ(req, type, -1) >= 0;

	ASN1_OBJECT_free(type);
	return found;
}

static tmg_rc
same_names(const X509 *current, const ra_request *request, tmg_fault *f)
{
	tmg_auto(ra_GENERAL_NAMES) san =
	    X509_get_ext_d2i(current, NID_subject_alt_name, NULL, NULL);
	char was[TMG_NAME_MAX] = "";

	if (X509_NAME_cmp(X509_get_subject_name(current),
	    X509_REQ_get_subject_name(request->req)) != 0) {
		(void)!ra_name_text(X509_get_subject_name(current), was, sizeof(was));
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("a renewal keeps the subject: the certificate's is %.100s, the request's %.100s"),
		    was, request->subject);
	}
	if (wants_other_name(request->req))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("a renewal changes no name here (ChangeSubjectName): enroll anew under the new one"));
	if (!same_sans(san, request->san))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("a renewal keeps the alternative names of the certificate"));
	return TMG_OK;
}

tmg_rc
ra_policy_same_names(const X509 *current, const ra_request *request, tmg_fault *f)
{
	const tmg_rc rc = same_names(current, request, f);

	return rc != TMG_MISMATCH ? rc : same_names(current, request, f);
}
