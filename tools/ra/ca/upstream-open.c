/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An authority elsewhere, by what ra.conf says of it.
 */
#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/pki/x509.h"
#include "tools/ra/ca/certs-file.h"
#include "tools/ra/ca/passphrase.h"
#include "tools/ra/ca/upstream-parts.h"

const char *
ra_upstream_check(const char *url)
{
	static const char *const schemes[] = { "est+https://",
		"cmp+https://", "cmp+http://", "scep+https://", "scep+http://" };

	if (url[0] == '\0')
		return NULL;
	for (size_t i = 0; i < TMG_COUNT(schemes); i++)
		if (strncmp(url, schemes[i], strlen(schemes[i])) == 0 &&
		    strpbrk(url, " \t\r\n\"\\") == NULL)
			return NULL;
	return _("an authority's address such as \"est+https://ca.example\", \"cmp+http://ca.example\" or \"scep+http://ca.example/scep\"");
}

static tmg_rc
split_own(struct upstream_ca *ca, tmg_fault *f)
{
	tmg_rc rc = tmg_certs_new(&ca->above);

	for (size_t i = 1; rc == TMG_OK && i < tmg_certs_count(ca->own); i++)
		rc = tmg_certs_add(ca->above, tmg_certs_get(ca->own, i));
	return rc ? tmg_raise(f, rc, 0, _("out of memory")) : TMG_OK;
}

static tmg_rc
open_credential(struct upstream_ca *ca, const ra_upstream *u, tmg_fault *f)
{
	tmg_auto(ra_X509) own = NULL;
	tmg_rc rc;

	if (u->user[0] != '\0' && (rc = ra_passphrase_read(u->password_file,
	    _("the secret of the authority upstream"), false, &ca->password, f)))
		return rc;
	if (u->own_file[0] == '\0')
		return TMG_OK;
	if ((rc = ra_certs_file(u->own_file, &ca->own, f)) || (rc = split_own(ca, f)))
		return rc;
	if (tmg_x509_parse(tmg_ctx_libctx(ca->base.ctx), tmg_certs_get(ca->own, 0),
	    &own))
		return tmg_raise(f, TMG_MISMATCH, 0, _("%s: no certificates in PEM"),
		    u->own_file);
	return ra_keeper_open(ca->base.ctx, &u->key, own, &ca->keeper, f);
}

static tmg_rc
copy_texts(struct upstream_ca *ca, const ra_upstream *u, tmg_fault *f)
{
	if (strlen(u->url) >= sizeof(ca->url) || strlen(u->user) >= sizeof(ca->user))
		return tmg_raise(f, TMG_E_USAGE, 0, _("%s: too long"), u->url);
	strcpy(ca->url, u->url);
	strcpy(ca->user, u->user);
	ca->options = *u->options;
	for (size_t i = 0; i < ca->options.count; i++)
		ca->option[i] = ca->options.word[i];
	ca->vouches = strncmp(u->url, "cmp+", 4) == 0;
	ca->passes_challenges = u->passes_challenges;
	ca->takes_changes = u->takes_changes;
	ca->timeout_s = (unsigned)u->timeout_s;
	return TMG_OK;
}

static tmg_rc
open_all(struct upstream_ca *ca, const ra_upstream *u, tmg_fault *f)
{
	tmg_rc rc;

	if ((rc = copy_texts(ca, u, f)) || (rc = ra_ca_load(&ca->base, u->cert_file, f)) ||
	    (rc = ra_certs_file(u->cert_file, &ca->anchors, f)) ||
	    (u->tls_file[0] != '\0' && (rc = ra_certs_file(u->tls_file, &ca->anchors, f))) ||
	    (rc = open_credential(ca, u, f)))
		return rc;
	return ra_upstream_rehearse(ca, f);
}

tmg_rc
ra_ca_upstream(tmg_ctx *ctx, const ra_upstream *u, tmg_fault *f, ra_ca **out)
{
	struct upstream_ca *ca = calloc(1, sizeof(*ca));
	tmg_rc rc;

	*out = NULL;
	if (ca == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	ca->base = (ra_ca){ strncmp(u->url, "cmp+", 4) == 0 ?
	    &ra_upstream_revoking_ops : &ra_upstream_ops, ctx, NULL, NULL };
	if ((rc = open_all(ca, u, f))) {
		ca->base.ops->close(&ca->base);
		return rc;
	}
	*out = &ca->base;
	return TMG_OK;
}
