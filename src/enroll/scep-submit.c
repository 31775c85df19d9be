/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PKCSReq, RenewalReq and CertPoll, and what they are answered: RFC 8894 3.3 and 4.3.
 */
#include <openssl/err.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/base64.h"
#include "src/codec/hex.h"
#include "src/enroll/scep.h"
#include "src/http/header.h"
#include "src/http/status.h"
#include "src/pki/x509.h"

#define TYPE "application/x-pki-message"

static const char *const headers[] = { "Content-Type: " TYPE, NULL };

/* One question and its answer. */
typedef struct turn {
	tmg_authority *a;
	tmg_scep_self self;
	X509 *server;
	tmg_scep_header header;
	tmg_decision *d;
} turn;

static void
turn_release(turn *t)
{
	tmg_scep_self_release(&t->self);
	X509_free(t->server);
}

#define held_bytes __attribute__((__cleanup__(tmg_scep_bytes_release))) tmg_scep_bytes
#define held_message __attribute__((__cleanup__(tmg_scep_message_release))) tmg_scep_message

static OSSL_LIB_CTX *
libctx_of(const turn *t)
{
	return tmg_ctx_libctx(t->a->ctx);
}

static const tmg_scep *
scep_of(const turn *t)
{
	return t->a->state;
}

/* What a token said is the reason, where it said something. */
static tmg_rc
blame(const turn *t, tmg_rc rc)
{
	const tmg_signer *signer = t->self.signer;

	return signer != NULL && signer->fault->rc != TMG_OK ?
	    tmg_fault_copy(&t->a->fault, signer->fault, signer->fault->rc) : rc;
}

/* ---- asking -------------------------------------------------------------- */

/* The same for the same request, in whatever process: the server knows it again. */
static tmg_rc
fill_header(turn *t, int type, tmg_view csr)
{
	uint8_t hash[32];
	tmg_scep_header *h = &t->header;
	tmg_out o = { (uint8_t *)h->transaction, sizeof(h->transaction) - 1, 0, false };

	*h = (tmg_scep_header){ .type = type, .sender = { .given = true },
		.signed_at = tmg_ctx_now(t->a->ctx) };
	if (EVP_Q_digest(libctx_of(t), "SHA256", NULL, csr.ptr, csr.len, hash, NULL) != 1 ||
	    RAND_bytes_ex(libctx_of(t), h->sender.bytes, TMG_SCEP_NONCE, 0) != 1)
		return tmg_authority_raise(t->a, TMG_E_CRYPTO, "%s",
		    _("no random numbers to be had"));
	tmg_hex_put(&o, TMG_VIEW(hash));
	return TMG_OK;
}

static const char *
cipher_of(const tmg_scep *scep)
{
	return (scep->caps & TMG_SCEP_CAP_AES) != 0 ? "AES-128-CBC" : "DES-EDE3-CBC";
}

/* Both without a capability are what servers had that know of none. */
static const char *
digest_of(const tmg_scep *scep)
{
	if ((scep->caps & TMG_SCEP_CAP_SHA256) != 0)
		return "SHA256";
	return (scep->caps & TMG_SCEP_CAP_SHA512) != 0 ? "SHA512" : "SHA1";
}

static tmg_rc
make_message(turn *t, tmg_view content, tmg_scep_bytes *der)
{
	const tmg_scep_sender sender = { t->self.cert, t->self.key, digest_of(scep_of(t)) };
	held_bytes sealed = { NULL, 0 };
	tmg_rc rc;

	if ((rc = tmg_scep_seal(libctx_of(t), content, t->server,
	    cipher_of(scep_of(t)), &sealed, &t->a->fault)))
		return tmg_pass(&t->a->fault, rc);
	rc = tmg_scep_write(libctx_of(t), &t->header, &sender, tmg_scep_view(&sealed),
	    der, &t->a->fault);
	return rc ? blame(t, rc) : TMG_OK;
}

static tmg_rc
post(turn *t, tmg_http *http, tmg_view message, tmg_http_response *r)
{
	char url[TMG_SCEP_URL_MAX];

	tmg_scep_url(t->a, "PKIOperation", url);
	return tmg_pass(&t->a->fault, tmg_http_do(http, &(tmg_http_request){ .url = url,
	    .post = true, .headers = headers, .body = message }, r, &t->a->fault));
}

/* What base64 has and an address means otherwise. */
static void
put_escaped(char **to, char c)
{
	if (c == '+' || c == '/' || c == '=')
		*to += sprintf(*to, "%%%02X", (unsigned)c);
	else
		*(*to)++ = c;
}

static tmg_rc
get(turn *t, tmg_http *http, tmg_view message, tmg_http_response *r)
{
	const size_t size = TMG_BASE64_LEN(message.len);
	tmg_auto_free uint8_t *text = malloc(size);
	tmg_auto_free char *url = malloc(TMG_SCEP_URL_MAX + 16 + 3 * size);
	tmg_out o = { text, size, 0, false };
	char *at;

	if (text == NULL || url == NULL)
		return tmg_authority_raise(t->a, TMG_E_NOMEM, "%s", _("out of memory"));
	tmg_base64_put(&o, message, 0);
	tmg_scep_url(t->a, "PKIOperation", url);
	at = url + strlen(url);
	at += sprintf(at, "&message=");
	for (size_t i = 0; i < o.len; i++)
		put_escaped(&at, (char)text[i]);
	*at = '\0';
	return tmg_pass(&t->a->fault, tmg_http_do(http, &(tmg_http_request){ .url = url },
	    r, &t->a->fault));
}

/* ---- the answer ---------------------------------------------------------- */

static const struct {
	tmg_scep_fail fail;
	tmg_rc rc;
	const char *words;
} refusals[] = {
	{ TMG_SCEP_BAD_ALG, TMG_UNSUPPORTED,
	  N_("it does not take an algorithm of the message or of the request") },
	{ TMG_SCEP_BAD_MESSAGE_CHECK, TMG_DENIED,
	  N_("it could not read the message; has its certificate been renewed meanwhile?") },
	{ TMG_SCEP_BAD_REQUEST, TMG_DENIED,
	  N_("it refuses the request; is the challenge password right, and unused?") },
	{ TMG_SCEP_BAD_TIME, TMG_DENIED,
	  N_("it says that the time is wrong; is this machine's clock right?") },
	{ TMG_SCEP_BAD_CERT_ID, TMG_DENIED,
	  N_("it knows nothing of the certificate, or of the request asked after") },
};

/* Some servers give no reason: RFC 8894 wants one. */
static tmg_rc
refused(const turn *t, const tmg_scep_header *h)
{
	const char *words = N_("it refuses the request, and does not say why");
	tmg_rc rc = TMG_DENIED;
	char said[160];

	for (size_t i = 0; i < TMG_COUNT(refusals); i++) {
		if (h->fail == (int)refusals[i].fail) {
			words = refusals[i].words;
			rc = refusals[i].rc;
		}
	}
	tmg_header_clean(said, sizeof(said), tmg_view_str(h->text));
	return said[0] == '\0' ? tmg_authority_raise(t->a, rc, "%s: %s (%s)",
	    t->a->uri.where, _(words), tmg_scep_fail_name(h->fail)) :
	    tmg_authority_raise(t->a, rc, "%s: %s (%s: \"%s\")", t->a->uri.where,
	    _(words), tmg_scep_fail_name(h->fail), said);
}

static tmg_rc
take_certs(turn *t, const tmg_scep_message *m)
{
	const bool legacy = scep_of(t)->legacy;
	const tmg_scep_allow allow = { .sha1 = legacy, .des = legacy };
	const tmg_scep_cipher *cipher;
	held_bytes certs = { NULL, 0 };
	tmg_fault f = { .rc = TMG_OK };
	tmg_rc rc = tmg_scep_open(libctx_of(t), tmg_scep_view(&m->content), t->self.cert,
	    t->self.key, &allow, &cipher, &certs, &f);

	if (rc == TMG_UNSUPPORTED)
		return tmg_authority_raise(t->a, rc,
		    _("%s: the certificate came encrypted with %s, which anybody can break; "
		    "say --legacy to take it all the same"), t->a->uri.where,
		    cipher != NULL ? cipher->name : "?");
	if (rc)
		return blame(t, tmg_authority_raise(t->a, rc < 0 ? rc : TMG_E_MALFORMED,
		    _("%s: its answer could not be decrypted; if the token's key cannot "
		    "decrypt, say --ca-option transport=software"), t->a->uri.where));
	/* a key that refused was replaced by a random one in there (RFC 3218), whose
	 * padding is right one time in 256 */
	rc = tmg_certs_add_cms(t->d->certs, tmg_scep_view(&certs));
	return rc == TMG_OK ? rc : blame(t, tmg_authority_raise(t->a,
	    rc == TMG_E_NOMEM ? rc : TMG_E_MALFORMED,
	    _("%s: the certificate in its answer cannot be read. It may have been issued: "
	    "ask again with the same request"), t->a->uri.where));
}

static tmg_rc
take_outcome(turn *t, const tmg_scep_message *m)
{
	switch (m->header.status) {
	case TMG_SCEP_SUCCESS:
		return take_certs(t, m);
	case TMG_SCEP_PENDING:
		t->d->retry_after_s = -1;
		return tmg_authority_raise(t->a, TMG_PENDING,
		    _("%s: the request was taken and waits for a decision"),
		    t->a->uri.where);
	case TMG_SCEP_FAILURE:
		return refused(t, &m->header);
	default:
		return tmg_authority_raise(t->a, TMG_E_MALFORMED,
		    _("%s: its answer does not say how the request stands"),
		    t->a->uri.where);
	}
}

/* Anybody may have made it, so it decides nothing: the same request may go again. */
static tmg_rc
not_believed(turn *t, tmg_rc rc)
{
	return tmg_advise(&t->a->fault, TMG_TRY_AGAIN, rc);
}

/* An answer to this very question (RFC 8894 3.2.1.5), by whom it was put to. */
static tmg_rc
check_answer(turn *t, tmg_scep_message *m)
{
	const tmg_scep_allow allow = { .sha1 = scep_of(t)->legacy };
	tmg_rc rc;

	if ((rc = tmg_scep_verify(m, &allow, &t->a->fault)))
		return rc == TMG_UNSUPPORTED ? tmg_authority_raise(t->a, rc,
		    _("%s: its answer is signed with SHA-1 or worse, which can be forged; say "
		    "--legacy to believe it all the same"), t->a->uri.where) :
		    not_believed(t, tmg_authority_raise(t->a, rc,
		    _("%s: the signature of its answer is wrong: somebody changed it"),
		    t->a->uri.where));
	if ((rc = tmg_scep_is_server(t->a, m->signer)))
		return rc != TMG_MISMATCH ? rc :
		    not_believed(t, tmg_authority_raise(t->a, rc,
		    _("%s: the answer is signed by somebody who does not speak for the "
		    "authority"), t->a->uri.where));
	if (m->header.type != TMG_SCEP_CERT_REP ||
	    strcmp(m->header.transaction, t->header.transaction) != 0 ||
	    !tmg_scep_nonce_equal(&m->header.recipient, &t->header.sender))
		return not_believed(t, tmg_authority_raise(t->a, TMG_MISMATCH,
		    _("%s: this is the answer to another question; somebody sent an old one "
		    "again"), t->a->uri.where));
	return TMG_OK;
}

static tmg_rc
read_answer(turn *t, const tmg_http_response *r)
{
	tmg_held_certs known = NULL;
	held_message m = { .cms = NULL };
	const tmg_certs *certs;
	tmg_rc rc;

	if (r->status != TMG_HTTP_OK)
		return tmg_refusal_status(t->a, r);
	if ((rc = tmg_refusal_type(t->a, r, TYPE)) ||
	    (rc = tmg_authority_cacerts(t->a, &certs)))
		return rc;
	if ((rc = tmg_x509_stack(libctx_of(t), certs, &known)))
		return tmg_authority_raise(t->a, rc, "%s", _("out of memory"));
	if ((rc = tmg_scep_read(libctx_of(t), (tmg_view){ r->body, r->len }, known, &m,
	    &t->a->fault)))
		return tmg_authority_raise(t->a, rc,
		    _("%s: its answer is no SCEP message, or was cut off; ask again"),
		    t->a->uri.where);
	return (rc = check_answer(t, &m)) ? rc : take_outcome(t, &m);
}

static tmg_rc
exchange(turn *t, tmg_http *http, tmg_view content)
{
	__attribute__((__cleanup__(tmg_http_response_release)))
	tmg_http_response r = { 0 };
	held_bytes message = { NULL, 0 };
	tmg_rc rc;

	ERR_set_mark();
	rc = make_message(t, content, &message);
	ERR_pop_to_mark();
	if (rc == TMG_OK)
		rc = (scep_of(t)->caps & TMG_SCEP_CAP_POST) != 0 ?
		    post(t, http, tmg_scep_view(&message), &r) :
		    get(t, http, tmg_scep_view(&message), &r);
	return rc ? rc : read_answer(t, &r);
}

/* ---- the rows ------------------------------------------------------------ */

static tmg_rc
begin(turn *t, tmg_view csr, bool renews, tmg_http **http)
{
	tmg_rc rc;

	if ((rc = tmg_session_get(t->a, http)) || (rc = tmg_scep_caps(t->a, *http)) ||
	    (rc = tmg_scep_recipient(t->a, &t->server)) ||
	    (rc = tmg_scep_self_find(t->a, csr, renews, &t->self)))
		return tmg_pass(&t->a->fault, rc);
	return TMG_OK;
}

#define TURN(name, a, d) __attribute__((__cleanup__(turn_release))) \
	turn name = { (a), { .cert = NULL }, NULL, { .type = 0 }, (d) }

tmg_rc
tmg_scep_submit(tmg_authority *a, tmg_view csr, bool renews, tmg_decision *d)
{
	TURN(t, a, d);
	tmg_http *http = NULL;
	tmg_rc rc;

	if ((rc = begin(&t, csr, renews, &http)) ||
	    (rc = fill_header(&t, t.self.type, csr)))
		return rc;
	return exchange(&t, http, csr);
}

/* IssuerAndSubject: the authority, and what the request is for. */
static tmg_rc
name_both(turn *t, tmg_view csr, tmg_scep_bytes *names)
{
	const uint8_t *p = csr.ptr;
	tmg_held(X509_REQ) req = d2i_X509_REQ(NULL, &p, (long)csr.len);
	const X509_NAME *issuer = X509_check_ca(t->server) > 0 ?
	    X509_get_subject_name(t->server) : X509_get_issuer_name(t->server);

	ERR_clear_error();
	return req != NULL && tmg_scep_names_write(issuer,
	    X509_REQ_get_subject_name(req), names) == TMG_OK ? TMG_OK :
	    tmg_authority_raise(t->a, TMG_E_MALFORMED, _("%s: the request cannot be read"),
	    t->a->uri.where);
}

tmg_rc
tmg_scep_poll(tmg_authority *a, tmg_view csr, bool renews, const char *ticket,
    tmg_decision *d)
{
	TURN(t, a, d);
	held_bytes names = { NULL, 0 };
	tmg_http *http = NULL;
	tmg_rc rc;

	(void)ticket;
	if ((rc = begin(&t, csr, renews, &http)) ||
	    (rc = fill_header(&t, TMG_SCEP_CERT_POLL, csr)) ||
	    (rc = name_both(&t, csr, &names)))
		return rc;
	return exchange(&t, http, tmg_scep_view(&names));
}
