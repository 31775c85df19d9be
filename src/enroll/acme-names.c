/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/acme-names.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/enroll/acme-body.h"
#include "src/pki/san.h"

static void
free_names(char ***list)
{
	tmg_san_free(*list);
}

#define auto_names __attribute__((__cleanup__(free_names))) char **

/* How a request writes it, and what an order calls it. */
static const struct {
	const char *prefix, *type;
} kinds[] = {
	{ "dns:", "dns" },
	{ "ip:", "ip" },
	{ TMG_SAN_PERMANENT, "permanent-identifier" },	/* device-attest 3 */
};

static bool
is_listed(char *const *list, const char *name)
{
	for (; list != NULL && *list != NULL; list++)
		if (strcasecmp(*list, name) == 0)
			return true;
	return false;
}

static tmg_rc
add(tmg_authority *a, json_t *list, const char *name)
{
	for (size_t i = 0; i < TMG_COUNT(kinds); i++) {
		const size_t n = strlen(kinds[i].prefix);

		if (strncmp(name, kinds[i].prefix, n) != 0)
			continue;
		return json_array_append_new(list, json_pack("{s:s, s:s}", "type",
		    kinds[i].type, "value", name + n)) == 0 ? TMG_OK
		    : tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory"));
	}
	return tmg_advise(&a->fault, TMG_TRY_SUBJECT, tmg_authority_raise(a,
	    TMG_UNSUPPORTED, _("%s: certificates of this protocol are for hosts and "
	    "addresses only, not for %.80s"), a->uri.where, name));
}

/* A common name is one more name that is asked for (RFC 8555 7.4): the CA would
 * refuse one that the order has not. */
static tmg_rc
check_common_name(tmg_authority *a, tmg_view csr, char *const *names)
{
	const uint8_t *p = csr.ptr;
	X509_REQ *req = d2i_X509_REQ(NULL, &p, (long)csr.len);
	char text[256] = "", name[300];
	int n = -1;

	if (req != NULL)
		n = X509_NAME_get_text_by_NID(X509_REQ_get_subject_name(req),
		    NID_commonName, text, sizeof(text));
	X509_REQ_free(req);
	if (n <= 0)
		return TMG_OK;
	for (size_t i = 0; i < TMG_COUNT(kinds); i++) {
		snprintf(name, sizeof(name), "%s%s", kinds[i].prefix, text);
		if (is_listed(names, name))
			return TMG_OK;
	}
	return tmg_advise(&a->fault, TMG_TRY_SUBJECT, tmg_authority_raise(a,
	    TMG_E_USAGE, _("%s: the common name \"%.80s\" is none of the alternative "
	    "names; say one of them, as in --subject CN=www.example.org --san "
	    "dns:www.example.org"), a->uri.where, text));
}

static tmg_rc
read_names(tmg_authority *a, tmg_view csr, char ***names)
{
	const tmg_rc rc = tmg_san_of_request(tmg_ctx_libctx(a->ctx), csr, names);

	if (rc == TMG_UNSUPPORTED)
		return tmg_advise(&a->fault, TMG_TRY_SUBJECT, tmg_authority_raise(a, rc,
		    _("%s: certificates of this protocol are for hosts and addresses "
		    "only"), a->uri.where));
	if (rc != TMG_OK)
		return tmg_authority_raise(a, rc, "%s", _("the request is no PKCS#10"));
	if (*names == NULL || **names == NULL)
		return tmg_advise(&a->fault, TMG_TRY_SUBJECT, tmg_authority_raise(a,
		    TMG_E_USAGE, _("%s: say which host the certificate is for: --san "
		    "dns:www.example.org"), a->uri.where));
	return TMG_OK;
}

tmg_rc
tmg_acme_names(tmg_authority *a, tmg_view csr, json_t **list)
{
	auto_names names = NULL;
	json_t *made;
	tmg_rc rc;

	*list = NULL;
	if ((rc = read_names(a, csr, &names)) ||
	    (rc = check_common_name(a, csr, names)))
		return rc;
	made = json_array();
	for (size_t i = 0; names[i] != NULL && rc == TMG_OK; i++)
		rc = i < TMG_ACME_NAMES_MAX ? add(a, made, names[i]) :
		    tmg_authority_raise(a, TMG_E_USAGE,
			_("%s: too many names for one certificate"), a->uri.where);
	if (rc == TMG_OK)
		*list = made;
	else
		json_decref(made);
	return rc;
}

static bool
is_permanent(const char *name)
{
	return strncmp(name, TMG_SAN_PERMANENT, strlen(TMG_SAN_PERMANENT)) == 0;
}

/* discreet: others need not have what a CA may leave out, so that nobody is told
 * by which device it is (device-attest 3). */
static bool
is_within(char *const *names, char *const *others, bool discreet)
{
	for (; names != NULL && *names != NULL; names++)
		if (!is_listed(others, *names) && !(discreet && is_permanent(*names)))
			return false;
	return true;
}

tmg_rc
tmg_acme_names_check(tmg_authority *a, tmg_view csr, tmg_view cert)
{
	auto_names asked = NULL;
	auto_names given = NULL;
	tmg_rc rc;

	if ((rc = read_names(a, csr, &asked)))
		return rc;
	rc = tmg_san_of(tmg_ctx_libctx(a->ctx), cert, &given);
	if (rc == TMG_OK && is_within(asked, given, true) &&
	    is_within(given, asked, false))
		return TMG_OK;
	return tmg_authority_raise(a, TMG_MISMATCH,
	    _("%s: the certificate it issued is for other names than those asked for; "
	    "it was not accepted. Tell the authority's operator"), a->uri.where);
}
