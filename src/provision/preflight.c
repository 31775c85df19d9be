/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What can be known before the token or the authority is asked to change
 * anything.
 */
#include <stdio.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/provision/work.h"

tmg_rc
tmg_preflight_makes_keys(tmg_provision *p)
{
	const tmg_backend_info *info = tmg_token_info(p->token);

	return p->j.keep_key || (info->can & TMG_CAN_GENERATE) != 0 ? TMG_OK
	    : tmg_raise(&p->fault, TMG_UNSUPPORTED, 0, _("%s cannot make keys"),
		info->label);
}

static tmg_rc
check_abilities(tmg_provision *p)
{
	const tmg_backend_info *info = tmg_token_info(p->token);
	tmg_alg alg = TMG_ALG_NONE;
	tmg_rc rc;

	if (p->j.attest && (info->can & TMG_CAN_ATTEST) == 0)
		return tmg_raise(&p->fault, TMG_UNSUPPORTED, 0,
		    _("%s cannot attest its keys; ask for no attestation"), info->label);
	if (p->j.keep_key)
		return TMG_OK;

	if ((rc = tmg_preflight_makes_keys(p)))
		return rc;
	if (!p->any_type && (tmg_alg_parse(p->j.alg, &alg) != TMG_OK ||
	    (info->algs & 1u << alg) == 0))
		return tmg_advise(&p->fault, TMG_TRY_TYPE | TMG_TRY_LOOK,
		    tmg_raise(&p->fault, TMG_UNSUPPORTED, 0,
			_("%s cannot make keys of the type %s; choose one that it can"),
			info->label, p->j.alg));
	if (tmg_alg_get(alg)->family == TMG_FAMILY_X)
		return tmg_raise(&p->fault, TMG_UNSUPPORTED, 0,
		    _("a key of the type %s cannot sign a request"), p->j.alg);
	if ((p->j.pin != TMG_PIN_UNKNOWN || p->j.touch != TMG_TOUCH_UNKNOWN) &&
	    (info->can & TMG_CAN_POLICY) == 0)
		return tmg_raise(&p->fault, TMG_UNSUPPORTED, 0,
		    _("%s has no PIN or touch policies to choose from"), info->label);
	return TMG_OK;
}

static tmg_rc
occupied_by_cert(tmg_provision *p, tmg_view der)
{
	tmg_cert_facts facts;
	const tmg_rc rc = tmg_cert_facts_get(der, &facts);

	if (rc == TMG_E_NOMEM)
		return tmg_pass(&p->fault, rc);
	if (rc != TMG_OK)
		memcpy(facts.subject, "?", 2);
	return tmg_advise(&p->fault, TMG_TRY_SLOT | TMG_TRY_REPLACE,
	    tmg_raise(&p->fault, TMG_OCCUPIED, 0, _("slot %s of %s holds the "
		"certificate of %.120s; nothing was changed: choose another slot, "
		"or allow it to be lost"), p->j.slot, p->j.label, facts.subject));
}

tmg_rc
tmg_preflight_slot(tmg_provision *p)
{
	tmg_key_facts facts;
	tmg_view spki, cert;
	tmg_rc key, rc;

	key = tmg_key_facts_get(p->key, &facts);
	if (key != TMG_OK && key != TMG_NOT_FOUND)
		return tmg_work_token_said(p, key);
	rc = tmg_key_cert(p->key, &cert);
	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return tmg_work_token_said(p, rc);

	if (p->j.keep_key && key == TMG_NOT_FOUND)
		return tmg_raise(&p->fault, TMG_NOT_FOUND, 0,
		    _("slot %s of %s has no key to keep, or nothing tells of it"),
		    p->j.slot, p->j.label);
	if (rc == TMG_OK && !tmg_work_may_overwrite(p, cert))
		return occupied_by_cert(p, cert);
	if (key == TMG_OK && !p->j.replace && !p->j.keep_key)
		return tmg_advise(&p->fault,
		    TMG_TRY_SLOT | TMG_TRY_KEEP_KEY | TMG_TRY_REPLACE,
		    tmg_raise(&p->fault, TMG_OCCUPIED, 0, _("slot %s of %s holds "
			"a key (%s) without a certificate; nothing was changed: "
			"choose another slot, keep the key or allow it to be lost"),
			p->j.slot, p->j.label, tmg_alg_get(facts.alg)->name));

	p->loses = p->j.replace && !p->j.keep_key && (key == TMG_OK || rc == TMG_OK);
	if ((rc = tmg_replace_check(p)))
		return rc;
	if (key == TMG_OK && tmg_key_public(p->key, &spki) == TMG_OK)
		return tmg_work_sha256(p, spki, p->j.before);
	return TMG_OK;
}

/* A fingerprint names one certificate; from here on that is the anchor. */
static tmg_rc
keep_anchor(tmg_provision *p, const tmg_certs *certs)
{
	tmg_view named;
	tmg_rc rc;

	if (p->j.fingerprint[0] == '\0' || p->j.anchors != NULL)
		return TMG_OK;
	if ((rc = tmg_work_named(p, certs, &named)))
		return rc;
	if (named.len > 0) {
		rc = tmg_certs_new(&p->j.anchors);
		return rc == TMG_OK ? tmg_certs_add(p->j.anchors, named) : rc;
	}
	return tmg_raise(&p->fault, TMG_MISMATCH, 0, _("none of the authority's "
	    "certificates has the fingerprint %.80s; nothing was changed: ask the "
	    "authority for the right one"), p->j.fingerprint);
}

/* Who issues is who was named, and what it wants is kept for the request. */
static tmg_rc
check_authority(tmg_provision *p)
{
	const tmg_certs *certs;
	tmg_view wants;
	tmg_rc rc;

	if ((rc = tmg_work_authority(p)))
		return rc;
	if ((rc = tmg_authority_cacerts(p->authority, &certs)) ||
	    (rc = tmg_authority_wants(p->authority, &wants)))
		return tmg_work_authority_said(p, rc);
	if ((rc = keep_anchor(p, certs)))
		return rc;
	return tmg_blob_set(&p->j.wants, wants);
}

static bool
wants_challenge(const tmg_provision *p)
{
	static const uint8_t challenge_password[] = {	/* RFC 2985 5.4.1 */
		0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x07,
	};

	return p->j.wants.len > 0 && memmem(p->j.wants.ptr, p->j.wants.len,
	    challenge_password, sizeof(challenge_password)) != NULL;
}

/*
 * Who has no challenge password links the request to its connection (RFC 7030
 * 3.5, 4.5.2).  Whether that can be done is found out before a key is made;
 * a renewal's connection costs a signature, so it is not opened to try.
 */
static tmg_rc
check_challenge(tmg_provision *p)
{
	p->j.linked = wants_challenge(p) && !p->j.challenged;
	if (!p->j.linked)
		return TMG_OK;
	if (p->j.renews[0] == '\0')
		return tmg_work_link(p);
	snprintf(p->link, sizeof(p->link), "%s", "rehearsed only");
	return TMG_OK;
}

static tmg_rc
rehearse_as(tmg_provision *p, tmg_alg type, tmg_out *csr)
{
	snprintf(p->j.alg, sizeof(p->j.alg), "%s", tmg_alg_get(type)->name);
	csr->len = 0;
	return tmg_rehearse(p, csr);
}

/*
 * A type that nobody chose is the first that the authority takes (RFC 7030
 * 4.5.2) and the token can make.  When it takes none of them, what it said of
 * the token's first is told.
 */
static tmg_rc
rehearse_any(tmg_provision *p, tmg_out *csr)
{
	static const tmg_alg types[] = {
		TMG_ALG_P256, TMG_ALG_P384, TMG_ALG_RSA2048, TMG_ALG_RSA3072,
		TMG_ALG_RSA4096, TMG_ALG_ED25519,
	};
	const tmg_backend_info *info = tmg_token_info(p->token);
	tmg_alg first = TMG_ALG_NONE;
	tmg_rc rc;

	for (size_t i = 0; i < TMG_COUNT(types); i++) {
		if ((info->algs & 1u << types[i]) == 0)
			continue;
		if (first == TMG_ALG_NONE)
			first = types[i];
		rc = rehearse_as(p, types[i], csr);
		if (rc != TMG_MISMATCH)
			return rc;
	}
	if (first != TMG_ALG_NONE)
		return rehearse_as(p, first, csr);
	return tmg_raise(&p->fault, TMG_UNSUPPORTED, 0,
	    _("%s can make no key that signs requests"), info->label);
}

tmg_rc
tmg_preflight_admits(tmg_provision *p)
{
	tmg_rc rc;

	if (!p->loses)
		return TMG_OK;
	rc = tmg_authority_admits(p->authority, p->j.renews[0] != '\0');
	return rc == TMG_OK ? rc : tmg_work_authority_said(p, rc);
}

tmg_rc
tmg_preflight(tmg_provision *p, tmg_out *csr)
{
	tmg_rc rc;

	if ((rc = check_abilities(p)) ||
	    (rc = tmg_preflight_slot(p)) ||
	    (rc = check_authority(p)) ||
	    (rc = check_challenge(p)))
		return rc;
	if ((rc = p->any_type ? rehearse_any(p, csr) : tmg_rehearse(p, csr)))
		return rc;
	return p->j.renews[0] == '\0' ? tmg_preflight_admits(p) : TMG_OK;
}
