/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/authority.h"

#include <stdio.h>
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/enroll/memory.h"
#include "src/enroll/option.h"
#include "src/enroll/session.h"

static const tmg_binding *const bindings[] = {
	&tmg_binding_acme,
	&tmg_binding_cmp,
	&tmg_binding_est,
	&tmg_binding_portal,
	&tmg_binding_scep,
};

tmg_rc
tmg_binding_pkcs10(tmg_authority *a, const tmg_csr_spec *spec,
    tmg_signer *signer, bool renews, tmg_out *request)
{
	(void)renews;
	return tmg_csr_make(a->ctx, spec, signer, request, &a->fault);
}

tmg_rc
tmg_binding_forward(tmg_authority *a, tmg_view pkcs10, tmg_out *request)
{
	tmg_put(request, pkcs10);
	return request->full ? tmg_authority_raise(a, TMG_E_SPACE,
	    _("%s: the request is too long"), a->uri.where) : TMG_OK;
}

/* The i-th binding, the built-in ones first: nobody takes their names. */
static const tmg_binding *
binding_at(const tmg_authority_spec *spec, size_t i)
{
	if (i < TMG_COUNT(bindings))
		return bindings[i];
	return spec->bindings != NULL ? spec->bindings[i - TMG_COUNT(bindings)] : NULL;
}

static const tmg_binding *
binding_named(const tmg_authority_spec *spec, const char *name)
{
	const tmg_binding *b;

	for (size_t i = 0; (b = binding_at(spec, i)) != NULL; i++)
		if (strcmp(b->name, name) == 0)
			break;
	return b;
}

static const char *
names_of_bindings(const tmg_authority_spec *spec, char *text, size_t cap)
{
	const tmg_binding *b;
	size_t used = 0;

	for (size_t i = 0; (b = binding_at(spec, i)) != NULL && used < cap; i++)
		used += (size_t)snprintf(text + used, cap - used, "%s%s",
		    i > 0 ? ", " : "", b->name);
	return text;
}

static tmg_rc
find_binding(tmg_authority *a)
{
	char names[80];

	a->binding = binding_named(&a->spec, a->uri.binding);
	return a->binding != NULL ? TMG_OK : tmg_authority_raise(a, TMG_UNSUPPORTED,
	    _("\"%s\" is no protocol that tamga speaks with authorities; these are: %s"),
	    a->uri.binding, names_of_bindings(&a->spec, names, sizeof(names)));
}

static tmg_rc
check_uri(tmg_authority *a)
{
	const char *why = "";
	tmg_rc rc = tmg_ca_uri_parse(a->spec.uri, &a->uri, &why);

	if (rc)
		return tmg_authority_raise(a, rc,
		    _("\"%.100s\" is no authority's address: %s"), a->spec.uri, why);
	if ((rc = find_binding(a)))
		return rc;
	if (!a->uri.tls && !a->spec.insecure_http && !a->binding->plain)
		return tmg_authority_raise(a, TMG_E_USAGE,
		    _("%s: plain HTTP would show everybody what you send; write %s+https://"),
		    a->uri.where, a->uri.binding);
	return TMG_OK;
}

static tmg_rc
check_trust(tmg_authority *a)
{
	const bool anchors = a->spec.anchors != NULL &&
	    tmg_certs_count(a->spec.anchors) > 0;

	if (anchors == (a->spec.fingerprint != NULL))
		return tmg_authority_raise(a, TMG_E_USAGE,
		    _("%s: say whom to believe, either by the CA's certificate or by "
		    "its SHA-256 fingerprint"), a->uri.where);
	if ((a->spec.signer != NULL) != (a->spec.cert.len > 0))
		return tmg_authority_raise(a, TMG_E_USAGE,
		    _("%s: a key that authenticates you needs its certificate, and the "
		    "other way round"), a->uri.where);
	a->anchors = anchors ? a->spec.anchors : NULL;
	return TMG_OK;
}

static tmg_rc
set_up(tmg_authority *a)
{
	tmg_rc rc;

	if ((rc = check_uri(a)) || (rc = check_trust(a)) ||
	    (rc = tmg_option_check(a)) || (rc = tmg_memory_recall(a)))
		return rc;
	return a->binding->open(a);
}

tmg_rc
tmg_authority_open(tmg_ctx *ctx, const tmg_authority_spec *spec, tmg_fault *f,
    tmg_authority **authority)
{
	tmg_auto_ptr(tmg_authority) a = calloc(1, sizeof(*a));
	tmg_rc rc;

	*authority = NULL;
	if (a == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, "%s", _("out of memory"));
	a->ctx = ctx;
	a->spec = *spec;
	if ((rc = set_up(a)))
		return tmg_fault_copy(f, &a->fault, rc);

	*authority = a;
	a = NULL;
	return TMG_OK;
}

tmg_rc
tmg_authority_speaks(const tmg_authority_spec *spec, tmg_fault *f)
{
	tmg_auto_ptr(tmg_authority) a = calloc(1, sizeof(*a));
	tmg_rc rc;

	if (a == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, "%s", _("out of memory"));
	a->spec = *spec;
	rc = check_uri(a);
	return rc == TMG_OK ? rc : tmg_fault_copy(f, &a->fault, rc);
}

tmg_rc
tmg_authority_introduce(tmg_ctx *ctx, const char *uri, unsigned timeout_s,
    tmg_fault *f, tmg_certs **certs)
{
	tmg_auto_ptr(tmg_authority) a = calloc(1, sizeof(*a));
	tmg_rc rc;

	*certs = NULL;
	if (a == NULL || tmg_certs_new(certs))
		return tmg_raise(f, TMG_E_NOMEM, 0, "%s", _("out of memory"));
	a->ctx = ctx;
	a->spec = (tmg_authority_spec){ .uri = uri, .timeout_s = timeout_s };
	if ((rc = check_uri(a)) || (rc = a->binding->open(a)) ||
	    (rc = tmg_session_hear(a, *certs))) {
		tmg_certs_free(certs);
		return tmg_fault_copy(f, &a->fault, rc);
	}
	return TMG_OK;
}

void
tmg_authority_free(tmg_authority **authority)
{
	tmg_authority *a = authority != NULL ? *authority : NULL;

	if (a == NULL)
		return;
	if (a->binding != NULL)
		a->binding->close(a);
	tmg_session_close(a);
	tmg_memory_wipe(a);
	tmg_certs_free(&a->cacerts);
	free(a->wants);
	free(a);
	*authority = NULL;
}

const tmg_fault *
tmg_authority_fault(const tmg_authority *a)
{
	return &a->fault;
}

bool
tmg_authority_names_hosts(const tmg_authority *a)
{
	return a->binding->hosts;
}

bool
tmg_authority_proves(const tmg_authority_spec *spec)
{
	const tmg_binding *binding;
	tmg_ca_uri parsed;
	const char *why;

	if (tmg_ca_uri_parse(spec->uri, &parsed, &why))
		return false;
	binding = binding_named(spec, parsed.binding);
	return binding != NULL && binding->proof != tmg_binding_no_proof;
}

tmg_rc
tmg_authority_proof(tmg_authority *a, const char *ticket, tmg_view cert,
    tmg_out *text)
{
	return a->binding->proof(a, ticket, cert, text);
}

tmg_rc
tmg_authority_installed(tmg_authority *a, const char *ticket,
    tmg_view signature)
{
	return tmg_pass(&a->fault, a->binding->installed(a, ticket, signature));
}

tmg_rc
tmg_authority_call(tmg_authority *a, const tmg_call *call, tmg_answer *answer)
{
	*answer = (tmg_answer){ .text = NULL };
	return tmg_pass(&a->fault, a->binding->call(a, call, answer));
}

tmg_rc
tmg_authority_renew_when(tmg_authority *a, tmg_view cert, tmg_renewal *when)
{
	*when = (tmg_renewal){ .ask_again_s = -1 };
	return tmg_pass(&a->fault, a->binding->renew_when(a, cert, when));
}

tmg_rc
tmg_authority_next(tmg_authority *a, tmg_certs *certs)
{
	return tmg_pass(&a->fault, a->binding->next(a, certs));
}

tmg_rc
tmg_authority_revoke(tmg_authority *a, tmg_view cert, int reason)
{
	return tmg_pass(&a->fault, a->binding->revoke(a, cert, reason));
}
