/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/granted.h"

#include <openssl/crmf.h>
#include <openssl/err.h>
#include <stdio.h>

#include "src/base/ctx.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/pki/cmp-message.h"
#include "src/pki/form.h"
#include "src/pki/scope.h"
#include "src/pki/x509.h"

/* Written one after the other, as many as there is room for. */
typedef struct list {
	char *text;
	size_t cap, used;
} list;

static void
add(list *l, const char *word)
{
	const int n = snprintf(l->text + l->used, l->cap - l->used, "%s%s",
	    l->used > 0 ? ", " : "", word);

	if (n > 0 && (size_t)n < l->cap - l->used)
		l->used += (size_t)n;
	else
		l->text[l->used] = '\0';
}

static bool
is_same(const X509 *cert, X509_EXTENSION *asked)
{
	const int at = X509_get_ext_by_OBJ(cert, X509_EXTENSION_get_object(asked), -1);

	return at >= 0 && ASN1_OCTET_STRING_cmp(X509_EXTENSION_get_data(
	    X509_get_ext(cert, at)), X509_EXTENSION_get_data(asked)) == 0;
}

static void
compare_extensions(const X509 *cert, const X509_EXTENSIONS *asked, list *l)
{
	for (int i = 0; i < sk_X509_EXTENSION_num(asked); i++) {
		X509_EXTENSION *one = sk_X509_EXTENSION_value(asked, i);
		char name[80];

		if (is_same(cert, one))
			continue;
		OBJ_obj2txt(name, sizeof(name), X509_EXTENSION_get_object(one), 0);
		add(l, name);
	}
}

static void
compare_subject(const X509 *cert, tmg_view request, list *l)
{
	tmg_held(X509_NAME) asked = NULL;
	tmg_form form;
	const uint8_t *p;

	if (tmg_form_read(request, &form))
		return;
	p = form.subject.ptr;
	asked = d2i_X509_NAME(NULL, &p, (long)form.subject.len);
	if (asked != NULL && X509_NAME_cmp(asked, X509_get_subject_name(cert)) != 0)
		add(l, _("the name"));
}

static void
compare_template(const X509 *cert, tmg_view content, list *l)
{
	const uint8_t *p = content.ptr;
	OSSL_CRMF_MSGS *all = d2i_OSSL_CRMF_MSGS(NULL, &p, (long)content.len);

	if (sk_OSSL_CRMF_MSG_num(all) == 1)
		compare_extensions(cert, OSSL_CRMF_CERTTEMPLATE_get0_extensions(
		    OSSL_CRMF_MSG_get0_tmpl(sk_OSSL_CRMF_MSG_value(all, 0))), l);
	OSSL_CRMF_MSGS_free(all);
}

static void
compare_pkcs10(const X509 *cert, tmg_view content, list *l)
{
	const uint8_t *p = content.ptr;
	tmg_held(X509_REQ) req = d2i_X509_REQ(NULL, &p, (long)content.len);
	X509_EXTENSIONS *asked = req != NULL ? X509_REQ_get_extensions(req) : NULL;

	compare_extensions(cert, asked, l);
	sk_X509_EXTENSION_pop_free(asked, X509_EXTENSION_free);
}

static void
compare(const X509 *cert, tmg_view request, list *l)
{
	tmg_cmp_message m;

	if (tmg_cmp_message_read(request, &m))
		compare_pkcs10(cert, request, l);
	else if (m.body == TMG_CMP_P10CR)
		compare_pkcs10(cert, m.content, l);
	else
		compare_template(cert, m.content, l);
}

void
tmg_granted_list(const X509 *cert, tmg_view request, bool subject,
    char names[static TMG_GRANTED_MAX])
{
	list l = { names, TMG_GRANTED_MAX, 0 };

	names[0] = '\0';
	ERR_set_mark();
	if (subject)
		compare_subject(cert, request, &l);
	compare(cert, request, &l);
	ERR_pop_to_mark();
}

void
tmg_granted_note(const tmg_authority *a, tmg_view request, tmg_decision *d)
{
	tmg_held(X509) cert = NULL;
	char names[TMG_GRANTED_MAX];

	if (d->note[0] != '\0' || tmg_x509_parse(tmg_ctx_libctx(a->ctx),
	    tmg_certs_get(d->certs, 0), &cert) != TMG_OK)
		return;
	tmg_granted_list(cert, request, false, names);
	if (names[0] != '\0')
		snprintf(d->note, sizeof(d->note),
		    _("%s granted the request with changes: %s"), a->uri.where, names);
}
