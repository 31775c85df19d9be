/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The layers of a message, from the outside in, and of its answer.  What fails
 * before anything was asked of the desk is refused here.
 */
#include "tools/ra/scep/talk.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/ca/pkcs7.h"

#define TYPE_MESSAGE "application/x-pki-message"
#define CLOCKS_S 86400		/* that may lie between theirs and ours */
#define WRAPPER_BITS 2048	/* of the key that answers are encrypted to */

static const struct {
	tmg_scep_type type;
	ra_talk_fn *answer;
} types[] = {
	{ TMG_SCEP_PKCS_REQ, ra_scep_enroll },
	{ TMG_SCEP_RENEWAL_REQ, ra_scep_renew },
	{ TMG_SCEP_CERT_POLL, ra_scep_poll },
	{ TMG_SCEP_GET_CERT, ra_scep_cert },
	{ TMG_SCEP_GET_CRL, ra_scep_crl },
};

static void
talk_release(ra_talk *t)
{
	X509_free(t->own);
	tmg_scep_message_release(&t->in);
	tmg_scep_bytes_release(&t->body);
	free(t->content);
}

static OSSL_LIB_CTX *
libctx_of(const ra_talk *t)
{
	return tmg_ctx_libctx(t->desk->office->ctx);
}

static tmg_scep_allow
allowed(const ra_talk *t)
{
	const bool legacy = t->desk->office->config.scep.legacy;

	return (tmg_scep_allow){ .sha1 = legacy, .des = legacy };
}

tmg_rc
ra_talk_refuse(ra_talk *t, tmg_scep_fail fail, tmg_rc rc)
{
	t->fail = fail;
	return rc;
}

tmg_rc
ra_talk_unreadable(ra_talk *t)
{
	return ra_talk_refuse(t, TMG_SCEP_BAD_MESSAGE_CHECK,
	    tmg_raise(&t->desk->fault, TMG_MISMATCH, 0,
	    _("what is encrypted in the message is not for this server, or not what its type says")));
}

tmg_rc
ra_talk_recognise(ra_talk *t, bool renews, ra_cert *cert, ra_app *app)
{
	unsigned char *der = NULL;
	const int len = i2d_X509(t->in.signer, &der);
	const tmg_rc rc = len <= 0 ? tmg_raise(&t->desk->fault, TMG_E_NOMEM, 0,
	    _("out of memory")) : ra_desk_recognise(t->desk,
	    (tmg_view){ der, (size_t)len }, renews, cert, app);

	OPENSSL_free(der);
	return rc;
}

tmg_rc
ra_talk_give(ra_talk *t, tmg_view certs)
{
	const size_t cap = certs.len + RA_CERTS_ONLY_MORE;
	tmg_out o = { malloc(cap), cap, 0, false };

	t->content = o.ptr;
	if (o.ptr == NULL || ra_certs_only(certs, &o))
		return tmg_raise(&t->desk->fault, TMG_E_NOMEM, 0, _("out of memory"));
	t->len = o.len;
	return TMG_OK;
}

/* ---- the message ---- */

static tmg_rc
know_self(ra_talk *t)
{
	tmg_auto(ra_cert) cert = { .der = NULL };
	const unsigned char *at;
	tmg_rc rc;

	if ((rc = ra_deputy_now(t->desk, t->deputy, &cert)))
		return rc;
	at = cert.der;
	t->own = X509_new_ex(libctx_of(t), NULL);
	return t->own != NULL && d2i_X509(&t->own, &at, (long)cert.len) != NULL ?
	    TMG_OK : tmg_raise(&t->desk->fault, TMG_E_NOMEM, 0, _("out of memory"));
}

static tmg_rc
check_signature(ra_talk *t)
{
	const tmg_scep_allow allow = allowed(t);
	const tmg_rc rc = tmg_scep_verify(&t->in, &allow, &t->desk->fault);

	return ra_talk_refuse(t, rc == TMG_UNSUPPORTED ? TMG_SCEP_BAD_ALG :
	    TMG_SCEP_BAD_MESSAGE_CHECK, rc);
}

/* A clock that is off by so much reads certificates wrongly, too. */
static tmg_rc
check_time(ra_talk *t)
{
	const time_t off = t->in.header.signed_at - ra_desk_now(t->desk);

	if (t->in.header.signed_at == 0 || (off > -CLOCKS_S && off < CLOCKS_S))
		return TMG_OK;
	return ra_talk_refuse(t, TMG_SCEP_BAD_TIME, tmg_raise(&t->desk->fault,
	    TMG_MISMATCH, 0,
	    _("the message was signed at another time than now: set the clock")));
}

static tmg_rc
check_header(ra_talk *t)
{
	const EVP_PKEY *key = X509_get0_pubkey(t->in.signer);

	if (!t->in.header.sender.given)
		return tmg_raise(&t->desk->fault, TMG_MISMATCH, 0,
		    _("the message has no senderNonce of 16 bytes"));
	if (key == NULL || !EVP_PKEY_is_a(key, "RSA") ||
	    EVP_PKEY_get_bits(key) < WRAPPER_BITS)
		return ra_talk_refuse(t, TMG_SCEP_BAD_ALG,
		    tmg_raise(&t->desk->fault, TMG_MISMATCH, 0,
		    _("the message must be signed with an RSA key of %d bits or more, to which the answer is encrypted; the request's own key may be another"),
		    WRAPPER_BITS));
	return check_time(t);
}

/* The private key, wherever it is, at one layer of a message. */
struct opening {
	ra_talk *t;
	tmg_scep_allow allow;
	tmg_fault fault;
	tmg_rc rc;
};

static int
open_with(void *what, EVP_PKEY *key)
{
	struct opening *o = what;
	ra_talk *t = o->t;

	o->rc = tmg_scep_open(libctx_of(t), tmg_scep_view(&t->in.content), t->own,
	    key, &o->allow, &t->cipher, &t->body, &o->fault);
	return 1;
}

static tmg_rc
open_body(ra_talk *t)
{
	ra_keeper *keeper = t->deputy->keeper;
	struct opening o = { .t = t, .allow = allowed(t) };
	tmg_rc rc;

	if ((rc = keeper->ops->sign(keeper, open_with, &o, &t->desk->fault)))
		return rc;
	if (o.rc == TMG_MISMATCH)
		return ra_talk_unreadable(t);
	if (o.rc == TMG_OK)
		return TMG_OK;
	t->desk->fault = o.fault;
	return ra_talk_refuse(t, TMG_SCEP_BAD_ALG, o.rc);
}

static tmg_rc
dispatch(ra_talk *t)
{
	for (size_t i = 0; i < TMG_COUNT(types); i++)
		if (t->in.header.type == (int)types[i].type)
			return types[i].answer(t);
	return tmg_raise(&t->desk->fault, TMG_MISMATCH, 0,
	    _("messages of type %d are not answered here"), t->in.header.type);
}

static tmg_rc
hear(ra_talk *t)
{
	tmg_rc rc;

	if ((rc = check_signature(t)))
		return rc;
	t->fail = TMG_SCEP_BAD_REQUEST;
	if ((rc = check_header(t)) || (rc = open_body(t)))
		return rc;
	return dispatch(t);
}

/* ---- the answer ---- */

static tmg_rc
head(const ra_talk *t, tmg_rc rc, tmg_scep_header *h)
{
	*h = (tmg_scep_header){ .type = TMG_SCEP_CERT_REP,
		.status = rc == TMG_OK ? TMG_SCEP_SUCCESS : rc == TMG_PENDING ?
		    TMG_SCEP_PENDING : TMG_SCEP_FAILURE,
		.fail = t->fail, .sender = { .given = true },
		.recipient = t->in.header.sender,
		.signed_at = ra_desk_now(t->desk) };
	memcpy(h->transaction, t->in.header.transaction, sizeof(h->transaction));
	snprintf(h->text, sizeof(h->text), "%s", t->desk->fault.text);
	return RAND_bytes_ex(libctx_of(t), h->sender.bytes, TMG_SCEP_NONCE, 0) == 1 ?
	    TMG_OK : TMG_E_CRYPTO;
}

struct signing {
	const ra_talk *t;
	tmg_scep_header header;
	tmg_scep_bytes sealed, der;
	tmg_fault fault;
};

static void
signing_release(struct signing *s)
{
	tmg_scep_bytes_release(&s->sealed);
	tmg_scep_bytes_release(&s->der);
}

static int
sign_with(void *what, EVP_PKEY *key)
{
	struct signing *s = what;
	const tmg_scep_sender sender = { .cert = s->t->own, .key = key };

	return tmg_scep_write(libctx_of(s->t), &s->header, &sender,
	    tmg_scep_view(&s->sealed), &s->der, &s->fault) == TMG_OK;
}

static tmg_rc
write_answer(const ra_talk *t, tmg_rc outcome, struct signing *s)
{
	ra_keeper *keeper = t->deputy->keeper;
	tmg_fault *f = &t->desk->fault;
	tmg_rc rc;

	s->t = t;
	if (head(t, outcome, &s->header))
		return tmg_raise(f, TMG_E_CRYPTO, 0, _("no random numbers to be had"));
	if (outcome == TMG_OK && (rc = tmg_scep_seal(libctx_of(t),
	    (tmg_view){ t->content, t->len }, t->in.signer, t->cipher->answer,
	    &s->sealed, f)))
		return tmg_is_fault(rc) ? rc : TMG_E_CRYPTO;
	return keeper->ops->sign(keeper, sign_with, s, f);
}

static void
log_outcome(const ra_talk *t, const tmg_scep_header *h)
{
	const bool failed = h->status == TMG_SCEP_FAILURE;

	tmg_log(t->desk->office->ctx, TMG_LOG_INFO, "scep %s: %s%s%s",
	    tmg_scep_type_name(t->in.header.type),
	    failed ? tmg_scep_fail_name(h->fail) :
	    h->status == TMG_SCEP_PENDING ? "pending" : "success",
	    failed ? ": " : "", failed ? h->text : "");
}

static void
answer(ra_talk *t, tmg_rc outcome)
{
	__attribute__((__cleanup__(signing_release)))
	    struct signing s = { .t = t };
	const tmg_rc rc = tmg_is_fault(outcome) ? outcome :
	    write_answer(t, outcome, &s);

	if (rc != TMG_OK) {
		ra_reply_fault(t->reply, t->desk, rc);
		return;
	}
	log_outcome(t, &s.header);
	ra_reply_bytes(t->reply, TYPE_MESSAGE, tmg_scep_view(&s.der));
}

void
ra_scep_answer(ra_desk *desk, const ra_call *call, tmg_view message, ra_reply *reply)
{
	__attribute__((__cleanup__(talk_release))) ra_talk t = { .desk = desk,
		.call = call, .reply = reply,
		.deputy = desk->office->deputy[RA_DEPUTY_SCEP],
		.fail = TMG_SCEP_BAD_REQUEST };
	tmg_rc rc;

	desk->fault = (tmg_fault){ .rc = TMG_OK };
	rc = tmg_scep_read(libctx_of(&t), message, NULL, &t.in, &desk->fault);
	if (rc == TMG_E_MALFORMED)
		ra_reply_text(reply, HTTP_BAD_REQUEST, "%s", desk->fault.text);
	else if (rc || (rc = know_self(&t)))
		ra_reply_fault(reply, desk, rc);
	else
		answer(&t, hear(&t));
}
