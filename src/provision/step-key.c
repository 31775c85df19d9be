/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The key.  The one act that cannot be asked about afterwards on every card,
 * so what we are about to do is written down first: doc/design/provision.md.
 */
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/provision/work.h"

/* What the slot holds is kept: the key of the certificate, or of the card's
 * own account. */
static tmg_rc
keep(tmg_provision *p)
{
	tmg_view spki;
	const tmg_rc rc = tmg_key_public(p->key, &spki);

	if (rc == TMG_NOT_FOUND)
		return tmg_raise(&p->fault, rc, 0,
		    _("slot %s of %s has no key to keep, or nothing tells of it"),
		    tmg_work_made_in(p), p->j.label);
	if (rc != TMG_OK)
		return tmg_work_token_said(p, rc);
	return tmg_blob_set(&p->j.spki, spki);
}

/*
 * After a crash between the intent and its result: did the token make the
 * key?  Where it tells (metadata), a key that was not there before, born on
 * the token and of the type asked for, is ours.  TMG_NOT_FOUND: no, or it
 * cannot tell; then what may be in the slot is our own orphan, since the slot
 * was free, or given up, when the intent was written.
 */
static tmg_rc
made_already(tmg_provision *p, tmg_view *spki)
{
	tmg_key_facts facts;
	char hex[65];
	tmg_rc rc;

	rc = tmg_key_facts_get(p->key, &facts);
	if (rc == TMG_OK)
		rc = tmg_key_public(p->key, spki);
	if (rc == TMG_NOT_FOUND)
		return rc;
	if (rc != TMG_OK)
		return tmg_work_token_said(p, rc);
	if ((rc = tmg_work_sha256(p, *spki, hex)))
		return rc;
	if (strcmp(hex, p->j.before) == 0 || facts.origin == TMG_ORIGIN_UNKNOWN)
		return TMG_NOT_FOUND;
	if (facts.origin == TMG_ORIGIN_GENERATED &&
	    strcmp(tmg_alg_get(facts.alg)->name, p->j.alg) == 0)
		return TMG_OK;
	return tmg_advise(&p->fault, TMG_TRY_CANCEL,
	    tmg_raise(&p->fault, TMG_OCCUPIED, 0, _("somebody put another key "
		"into slot %s of %s meanwhile; give enrollment %s up and begin again "
		"in another slot"), tmg_work_made_in(p), p->j.label, p->j.id));
}

/* Nobody may have put a certificate there since the slot was found free, nor,
 * before we were about to make ours, a key. */
static tmg_rc
still_ours(tmg_provision *p)
{
	tmg_key_facts facts;
	tmg_view cert;
	tmg_rc rc;

	if (p->j.replace && p->j.made[0] == '\0')
		return TMG_OK;
	rc = tmg_key_cert(p->key, &cert);
	if (rc == TMG_NOT_FOUND && !p->j.generating)
		rc = tmg_key_facts_get(p->key, &facts);
	if (rc == TMG_NOT_FOUND)
		return TMG_OK;
	if (rc != TMG_OK)
		return tmg_work_token_said(p, rc);
	return tmg_advise(&p->fault, TMG_TRY_CANCEL,
	    tmg_raise(&p->fault, TMG_OCCUPIED, 0, _("somebody put a key or a "
		"certificate into slot %s of %s meanwhile; give enrollment %s up and "
		"begin again in another slot"), tmg_work_made_in(p), p->j.label,
		p->j.id));
}

static tmg_rc
ask_token(tmg_provision *p)
{
	tmg_keyspec spec = {
		.slot = tmg_key_slot(p->key)->ref,
		.pin = p->j.made[0] != '\0' ? tmg_work_pin(p) :
		    (tmg_pin_policy)p->j.pin,
		.touch = (tmg_touch_policy)p->j.touch,
	};
	uint8_t store[TMG_SPKI_MAX];
	tmg_out spki = TMG_OUT(store);
	tmg_rc rc;

	if (tmg_alg_parse(p->j.alg, &spec.alg) != TMG_OK)
		return tmg_raise(&p->fault, TMG_UNSUPPORTED, 0,
		    _("\"%s\" is no type of key"), p->j.alg);
	if ((rc = tmg_key_generate(p->token, &spec, &spki)))
		return tmg_work_token_said(p, rc);
	return tmg_blob_set(&p->j.spki, tmg_out_view(&spki));
}

/* A certificate of the key that is gone would only mislead. */
static tmg_rc
drop_old_cert(tmg_provision *p)
{
	tmg_view cert, spki;
	tmg_rc rc = tmg_key_cert(p->key, &cert);

	if (rc == TMG_NOT_FOUND)
		return TMG_OK;
	if (rc == TMG_OK && tmg_cert_spki(cert, &spki) == TMG_OK &&
	    tmg_view_equal(spki, tmg_blob_view(&p->j.spki)))
		return TMG_OK;
	if (rc == TMG_OK)
		rc = tmg_key_cert_delete(p->key);
	return rc == TMG_OK ? rc : tmg_work_token_said(p, rc);
}

static tmg_rc
generate(tmg_provision *p)
{
	const bool resumed = p->j.generating;
	tmg_view spki;
	tmg_rc rc = TMG_NOT_FOUND;

	/* what was read before the intent was taken over is old */
	if (resumed) {
		tmg_token_forget(p->token);
		rc = made_already(p, &spki);
	}
	if (rc == TMG_OK)
		return tmg_blob_set(&p->j.spki, spki);
	if (rc != TMG_NOT_FOUND)
		return rc;

	if ((rc = still_ours(p)) ||
	    (rc = tmg_work_login_user(p)) ||
	    (rc = tmg_work_login_admin(p)))
		return rc;
	p->j.generating = true;
	if ((rc = tmg_work_save(p)))
		return rc;
	return ask_token(p);
}

/* As long as the result is not written the intent stands, also in what is
 * written about the failure to write it. */
static tmg_rc
key_reached(tmg_provision *p)
{
	const bool generating = p->j.generating;
	tmg_rc rc;

	p->j.generating = false;
	if ((rc = tmg_work_reached(p, TMG_STEP_KEY)))
		p->j.generating = generating;
	return rc;
}

tmg_rc
tmg_step_key(tmg_provision *p)
{
	tmg_rc rc;

	if ((rc = tmg_work_token(p)) ||
	    (rc = p->j.keep_key ? keep(p) : generate(p)))
		return rc;
	if (!p->j.keep_key && p->j.replace && p->j.made[0] == '\0' &&
	    (rc = drop_old_cert(p)))
		return rc;
	if ((rc = key_reached(p)))
		return rc;
	rc = tmg_key_set_public(p->key, tmg_blob_view(&p->j.spki));
	return rc == TMG_OK ? rc : tmg_work_token_said(p, rc);
}
