/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/provision/work.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/provision/memo.h"

tmg_rc
tmg_work_new(tmg_ctx *ctx, tmg_tokens *tokens, tmg_provision **p)
{
	*p = calloc(1, sizeof(**p));
	if (*p == NULL)
		return TMG_E_NOMEM;
	(*p)->ctx = ctx;
	(*p)->tokens = tokens;
	(*p)->lock = TMG_NO_LOCK;
	(*p)->j.retry_after = -1;
	return TMG_OK;
}

tmg_rc
tmg_work_token_said(tmg_provision *p, tmg_rc rc)
{
	return tmg_pass(&p->fault, tmg_fault_copy(&p->fault,
	    tmg_token_fault(p->token), rc));
}

tmg_rc
tmg_work_authority_said(tmg_provision *p, tmg_rc rc)
{
	return tmg_pass(&p->fault, tmg_fault_copy(&p->fault,
	    tmg_authority_fault(p->authority), rc));
}

tmg_rc
tmg_work_another_key(tmg_provision *p)
{
	return tmg_advise(&p->fault, TMG_TRY_CANCEL,
	    tmg_raise(&p->fault, TMG_MISMATCH, 0, _("slot %s of %s holds another "
		"key than enrollment %s made; give that enrollment up and begin "
		"again"), tmg_work_made_in(p), p->j.label, p->j.id));
}

/* The token may tell of another key than ours: somebody filled the slot. */
static tmg_rc
tell_public(tmg_provision *p)
{
	const tmg_rc rc = tmg_key_set_public(p->key, tmg_blob_view(&p->j.spki));

	if (rc == TMG_MISMATCH)
		return tmg_work_another_key(p);
	return rc == TMG_OK ? rc : tmg_work_token_said(p, rc);
}

const char *
tmg_work_made_in(const tmg_provision *p)
{
	return p->j.made[0] != '\0' ? p->j.made : p->j.slot;
}

tmg_rc
tmg_work_card(tmg_provision *p)
{
	const tmg_rc rc = tmg_tokens_find(p->tokens, p->j.token, &p->token);

	if (rc == TMG_NOT_FOUND)
		return tmg_raise(&p->fault, rc, 0,
		    _("the token %s is not there; insert it and resume"),
		    p->j.label[0] != '\0' ? p->j.label : p->j.token);
	return rc == TMG_OK ? rc : tmg_fault_copy(&p->fault,
	    tmg_tokens_fault(p->tokens), rc);
}

tmg_rc
tmg_work_token(tmg_provision *p)
{
	tmg_rc rc;

	if (p->key != NULL)
		return TMG_OK;
	if ((rc = tmg_work_card(p)))
		return rc;
	if ((rc = tmg_token_reveal(p->token)) ||
	    (rc = tmg_token_slot(p->token, tmg_work_made_in(p), &p->key)))
		return tmg_work_token_said(p, rc);
	if (p->j.step < TMG_STEP_KEY)
		return TMG_OK;
	if ((rc = tell_public(p)))
		p->key = NULL;
	return rc;
}

/* The key that is renewed signs the TLS handshake. */
static tmg_rc
identity(tmg_provision *p, tmg_authority_spec *spec)
{
	tmg_key *old;
	tmg_rc rc;

	/* its token is there, also where it is a folder nobody looked into yet */
	if (p->token == NULL && (rc = tmg_work_token(p)))
		return rc;
	rc = tmg_tokens_find_key(p->tokens, p->j.renews, &old);
	if (rc != TMG_OK)
		return tmg_fault_copy(&p->fault, tmg_tokens_fault(p->tokens), rc);
	if ((rc = tmg_key_signer(old, &spec->signer)))
		return tmg_fault_copy(&p->fault,
		    tmg_token_fault(tmg_key_token(old)), rc);
	spec->cert = tmg_blob_view(&p->j.renewed);
	return TMG_OK;
}

tmg_rc
tmg_work_authority(tmg_provision *p)
{
	tmg_authority_spec spec = p->who;
	tmg_blob kept = { NULL, 0 };
	tmg_rc rc;

	if (p->authority != NULL)
		return TMG_OK;
	spec.uri = p->j.authority;
	spec.insecure_http = p->j.insecure_http;
	spec.options = (const char *const *)p->j.options;
	if (p->j.fingerprint[0] != '\0') {
		spec.fingerprint = p->j.fingerprint;
		spec.anchors = NULL;
	} else if (p->j.anchors != NULL) {
		spec.anchors = p->j.anchors;
		spec.fingerprint = NULL;
	}
	if (p->j.renews[0] != '\0' && (rc = identity(p, &spec)))
		return rc;
	if ((rc = tmg_memo_open(p, &spec, &kept)))
		return rc;
	tmg_provision_keyring(p->tokens, &spec);
	rc = tmg_authority_open(p->ctx, &spec, &p->fault, &p->authority);
	tmg_memo_wipe(&kept);
	return rc;
}

tmg_pin_policy
tmg_work_pin(const tmg_provision *p)
{
	tmg_key *place = p->key;

	if (p->j.pin != TMG_PIN_UNKNOWN)
		return (tmg_pin_policy)p->j.pin;
	if (p->j.made[0] != '\0' &&
	    tmg_token_slot(p->token, p->j.slot, &place) != TMG_OK)
		place = p->key;
	return tmg_key_slot(place)->pin;
}

/*
 * A key that wants no PIN gets none, and one that wants it before every
 * signature would waste what is asked for here.
 */
tmg_rc
tmg_work_login_user(tmg_provision *p)
{
	const tmg_pin_policy pin = tmg_work_pin(p);
	tmg_rc rc;

	if (pin == TMG_PIN_NEVER || pin == TMG_PIN_ALWAYS)
		return TMG_OK;
	rc = tmg_token_login(p->token, TMG_PIN_USER);
	return rc == TMG_OK ? rc : tmg_work_token_said(p, rc);
}

tmg_rc
tmg_work_login_admin(tmg_provision *p)
{
	const tmg_rc rc = tmg_token_login(p->token, TMG_PIN_ADMIN);

	return rc == TMG_OK ? rc : tmg_work_token_said(p, rc);
}

tmg_rc
tmg_work_save(tmg_provision *p)
{
	p->j.changed = tmg_ctx_now(p->ctx);
	return tmg_store_write(&p->j, &p->fault);
}

tmg_rc
tmg_work_reached(tmg_provision *p, tmg_step step)
{
	const int before = p->j.step;
	tmg_rc rc;

	p->j.step = (int)step;
	p->j.error[0] = '\0';
	if ((rc = tmg_work_save(p)))
		p->j.step = before;
	else if (step >= TMG_STEP_DONE)
		rc = tmg_store_forget(p->j.id, &p->fault);
	return rc;
}

bool
tmg_work_may_overwrite(const tmg_provision *p, tmg_view there)
{
	return (p->j.replace && p->j.made[0] == '\0') || (p->j.keep_key &&
	    tmg_view_equal(there, tmg_blob_view(&p->j.renewed)));
}

tmg_rc
tmg_work_link(tmg_provision *p)
{
	tmg_out out = { (uint8_t *)p->link, sizeof(p->link) - 1, 0, false };
	tmg_rc rc;

	if ((rc = tmg_work_authority(p)))
		return rc;
	rc = tmg_authority_link(p->authority, &out);
	p->link[rc == TMG_OK ? out.len : 0] = '\0';
	return rc == TMG_OK ? rc : tmg_work_authority_said(p, rc);
}

tmg_csr_spec
tmg_work_csr_spec(const tmg_provision *p)
{
	return (tmg_csr_spec){
		.subject = p->j.subject,
		.san = (const char *const *)p->j.san,
		.key_usage = (const char *const *)p->j.key_usage,
		.ext_key_usage = (const char *const *)p->j.ext_key_usage,
		.policies = (const char *const *)p->j.policies,
		.template_name = p->j.template_name,
		.challenge = p->j.linked ? p->link : p->challenge,
		.ca_wants = tmg_blob_view(&p->j.wants),
		.hash = (tmg_hash)p->j.hash,
		.pss = p->j.pss,
	};
}

tmg_rc
tmg_work_sha256(tmg_provision *p, tmg_view bytes, char hex[static 65])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t md[32];

	if (EVP_Q_digest(tmg_ctx_libctx(p->ctx), "SHA256", TMG_SOFTWARE, bytes.ptr,
	    bytes.len, md, NULL) != 1)
		return tmg_raise(&p->fault, TMG_E_CRYPTO, 0, _("libcrypto refused SHA-256"));
	for (size_t i = 0; i < sizeof(md); i++) {
		hex[2 * i] = digits[md[i] >> 4];
		hex[2 * i + 1] = digits[md[i] & 0x0f];
	}
	hex[64] = '\0';
	return TMG_OK;
}

/* "AB:CD ..." as "abcd..."; what is no digit is left out. */
static void
plain_hex(const char *text, char hex[static 65])
{
	size_t n = 0;

	for (; *text != '\0' && n < 64; text++)
		if (isxdigit((unsigned char)*text))
			hex[n++] = (char)tolower((unsigned char)*text);
	hex[n] = '\0';
}

tmg_rc
tmg_work_named(tmg_provision *p, const tmg_certs *certs, tmg_view *cert)
{
	char hex[65], wanted[65];
	tmg_rc rc;

	*cert = (tmg_view){ NULL, 0 };
	plain_hex(p->j.fingerprint, wanted);
	for (size_t i = 0; certs != NULL && i < tmg_certs_count(certs); i++) {
		if ((rc = tmg_work_sha256(p, tmg_certs_get(certs, i), hex)))
			return rc;
		if (strcmp(hex, wanted) != 0)
			continue;
		*cert = tmg_certs_get(certs, i);
		return TMG_OK;
	}
	return TMG_OK;
}
