/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/cmp/peer.h"

#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/pki/algid.h"
#include "src/pki/scope.h"
#include "src/pki/x509.h"
#include "tools/ra/cmp/turn.h"

/* A secret's owner is an account, or one application that was begun elsewhere. */
static bool
find_case(ra_cmp_turn *t)
{
	ra_cmp_peer *p = &t->peer;
	const tmg_rc rc = ra_app_get(t->desk->store, p->row.owner, &p->app);

	if (rc == TMG_OK || rc == TMG_NOT_FOUND)
		return true;
	ra_cmp_refuse_fault(t, ra_desk_says(t->desk, rc));
	return false;
}

static bool
enter_by_secret(ra_cmp_turn *t)
{
	ra_cmp_peer *p = &t->peer;
	char reference[RA_OWNER_MAX] = "";
	tmg_rc rc;

	if (t->m->key_id.len < sizeof(reference) && memchr(t->m->key_id.ptr, 0,
	    t->m->key_id.len) == NULL)
		memcpy(reference, t->m->key_id.ptr, t->m->key_id.len);
	rc = ra_secret_open(t->desk, reference, &p->row, &p->secret);
	if (rc != TMG_OK && rc != TMG_NOT_FOUND) {
		ra_cmp_refuse_fault(t, rc);
		return false;
	}
	if (rc || !ra_cmp_mac_holds(t->desk->office->ctx, t->m,
	    tmg_secret_view(&p->secret))) {
		ra_cmp_refuse(t, RA_CMP_BAD_MESSAGE_CHECK,
		    _("no secret is known by that reference, or it is another one"));
		return false;
	}
	p->means = RA_CMP_MAC;
	snprintf(p->name, sizeof(p->name), "mac:%s", reference);
	return find_case(t);
}

/* Who began it may leave his certificate out of what follows. */
static tmg_rc
find_signer(ra_cmp_turn *t, ra_cert *kept, tmg_view *der)
{
	const char *serial = strncmp(t->row.peer, "cert:", 5) == 0 ?
	    t->row.peer + 5 : "";
	tmg_rc rc = TMG_OK;

	*der = t->m->signer;
	if (der->len == 0 &&
	    (rc = ra_cert_get(t->desk->store, serial, kept)) == TMG_OK)
		*der = (tmg_view){ kept->der, kept->len };
	return rc == TMG_NOT_FOUND || rc == TMG_OK ? TMG_OK :
	    ra_desk_says(t->desk, rc);
}

static bool
signature_holds(const ra_cmp_turn *t)
{
	tmg_ctx *ctx = t->desk->office->ctx;
	tmg_held(EVP_PKEY) key = NULL;
	tmg_view spki;
	const bool good = tmg_cert_spki((tmg_view){ t->peer.cert.der,
	    t->peer.cert.len }, &spki) == TMG_OK &&
	    tmg_public_key_again(ctx, spki, &key) == TMG_OK &&
	    ra_cmp_signature_holds(ctx, t->m, key);

	ERR_clear_error();
	return good;
}

/* Whether the message belongs to the renewal of a certificate, first and last. */
static bool
renews(const ra_cmp_turn *t)
{
	return (t->known ? t->row.kind : (int)t->m->kind) == RA_CMP_KUR;
}

static bool
enter_by_certificate(ra_cmp_turn *t)
{
	ra_cmp_peer *p = &t->peer;
	tmg_auto(ra_cert) kept = { .der = NULL };
	tmg_view der;
	tmg_rc rc = find_signer(t, &kept, &der);

	if (rc == TMG_OK)
		rc = ra_desk_recognise(t->desk, der, renews(t), &p->cert, &p->app);
	if (rc) {
		if (rc == TMG_DENIED)
			ra_cmp_refuse(t, RA_CMP_SIGNER_NOT_TRUSTED, t->desk->fault.text);
		else
			ra_cmp_refuse_fault(t, rc);
		return false;
	}
	if (tmg_algid_is_weak(t->m->algorithm)) {
		ra_cmp_refuse(t, RA_CMP_BAD_ALG,
		    _("the message is signed with SHA-1 or worse, which can be forged"));
		return false;
	}
	if (!signature_holds(t)) {
		ra_cmp_refuse(t, RA_CMP_BAD_MESSAGE_CHECK,
		    _("the signature of the message is not the certificate's"));
		return false;
	}
	p->means = RA_CMP_SIGNATURE;
	snprintf(p->name, sizeof(p->name), "cert:%s", p->cert.serial);
	return true;
}

bool
ra_cmp_peer_enter(ra_cmp_turn *t)
{
	switch (ra_cmp_means_of(t->m)) {
	case RA_CMP_MAC:
		return enter_by_secret(t);
	case RA_CMP_SIGNATURE:
		return enter_by_certificate(t);
	case RA_CMP_NOTHING:
		break;
	}
	ra_cmp_refuse(t, RA_CMP_BAD_MESSAGE_CHECK,
	    _("the message is not protected: use a secret (-ref, -secret) or a certificate issued here"));
	return false;
}

bool
ra_cmp_peer_is_case(const ra_cmp_peer *p)
{
	return p->means == RA_CMP_MAC && p->app.id[0] != '\0';
}

const char *
ra_cmp_peer_owner(const ra_cmp_peer *p)
{
	return p->means == RA_CMP_MAC ? p->row.owner : p->app.owner;
}

ra_actor
ra_cmp_peer_actor(const ra_cmp_peer *p, char name[RA_ACTOR_MAX])
{
	snprintf(name, RA_ACTOR_MAX, "applicant:%s", ra_cmp_peer_owner(p));
	return (ra_actor){ RA_BY_APPLICANT, name };
}
