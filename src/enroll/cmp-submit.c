/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Handing the request in, asking what became of it, and confirming what came.
 *
 * What comes is confirmed when it is accepted (RFC 9810 5.3.18): it is for our
 * key and leads to the anchors.  Not when it is installed: an authority may
 * take the certificate back when certConf is late, and a token may be away for
 * weeks.  Its names are looked at above, and a person may agree to others.
 */
#include <openssl/crmf.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/tlv.h"
#include "src/enroll/cmp-note.h"
#include "src/enroll/issued.h"
#include "src/pki/form.h"
#include "src/pki/x509.h"

enum {
	SEQUENCE = 0x30,
	YEAR_S = 365 * 86400,
};

/* A transaction, and what its certificate is judged by. */
typedef struct handing {
	tmg_cmp_talk talk;	/* first: what the context knows */
	OSSL_CMP_CTX *ctx;
	tmg_rc judged;		/* the certificate that came */
} handing;

static tmg_rc
failed(tmg_authority *a)
{
	return tmg_authority_raise(a, TMG_E_CRYPTO,
	    _("%s: libcrypto cannot go on with this request"), a->uri.where);
}

/* ---- a context that stands where the request was made -------------------- */

static tmg_rc
set_pkcs10(handing *h)
{
	tmg_authority *a = h->talk.a;
	const tmg_view der = h->talk.first.content;
	const uint8_t *p = der.ptr;
	tmg_held(X509_REQ) req = X509_REQ_new_ex(tmg_ctx_libctx(a->ctx), NULL);

	return req != NULL && d2i_X509_REQ(&req, &p, (long)der.len) != NULL &&
	    OSSL_CMP_CTX_set1_p10CSR(h->ctx, req) == 1 ? TMG_OK : failed(a);
}

/* libcrypto compares the certificate that comes with this key. */
static tmg_rc
set_key(handing *h)
{
	tmg_authority *a = h->talk.a;
	uint8_t store[TMG_SPKI_MAX];
	tmg_out spki = TMG_OUT(store);
	tmg_held(EVP_PKEY) key = NULL;
	tmg_form form;

	if (tmg_form_read(h->talk.request, &form))
		return failed(a);
	tmg_tlv_put(&spki, SEQUENCE, form.key);
	if (spki.full ||
	    tmg_public_key(tmg_ctx_libctx(a->ctx), tmg_out_view(&spki), &key) ||
	    OSSL_CMP_CTX_set0_newPkey(h->ctx, 0, key) != 1)
		return failed(a);
	key = NULL;
	return OSSL_CMP_CTX_set_option(h->ctx, OSSL_CMP_OPT_POPO_METHOD,
	    OSSL_CRMF_POPO_NONE) == 1 ? TMG_OK : failed(a);
}

/* ---- what came ----------------------------------------------------------- */

static tmg_rc
add_cert(tmg_certs *certs, const X509 *cert)
{
	tmg_held_bytes der = NULL;
	const int len = i2d_X509(cert, &der);

	return len > 0 ? tmg_certs_add(certs, (tmg_view){ der, (size_t)len })
	    : TMG_E_NOMEM;
}

static tmg_rc
add_certs(tmg_certs *certs, const STACK_OF(X509) *from)
{
	tmg_rc rc = TMG_OK;

	for (int i = 0; rc == TMG_OK && i < sk_X509_num(from); i++)
		rc = add_cert(certs, sk_X509_value(from, i));
	return rc;
}

static tmg_rc
collect(handing *h, const X509 *cert, tmg_certs *certs)
{
	tmg_held_certs pubs = OSSL_CMP_CTX_get1_caPubs(h->ctx);
	tmg_held_certs extra = OSSL_CMP_CTX_get1_extraCertsIn(h->ctx);
	tmg_rc rc;

	if ((rc = add_cert(certs, cert)) ||
	    (rc = add_certs(certs, extra)) ||
	    (rc = add_certs(certs, pubs)))
		return tmg_authority_raise(h->talk.a, rc,
		    _("%s: its certificates cannot be read"), h->talk.a->uri.where);
	return TMG_OK;
}

static tmg_rc
judge(handing *h, const X509 *cert)
{
	tmg_auto_ptr(tmg_certs) certs = NULL;
	tmg_rc rc;

	if (tmg_certs_new(&certs))
		return TMG_E_NOMEM;
	if ((rc = collect(h, cert, certs)))
		return rc;
	return tmg_issued_check(h->talk.a, h->talk.request, &certs);
}

/* An authority whose clock is ahead issues what is not valid yet. */
static tmg_rc
blame_clock(handing *h, tmg_rc rc)
{
	tmg_authority *a = h->talk.a;
	char words[TMG_CMP_SKEW_MAX], why[TMG_FAULT_TEXT];

	if (tmg_is_fault(rc) || tmg_cmp_skew_words(&h->talk, words)[0] == '\0')
		return rc;
	memcpy(why, a->fault.text, sizeof(why));
	return tmg_authority_raise(a, rc, "%s (%s)", why, words);
}

/* What certConf will say, RFC 9810 5.3.18. */
static int
confirm(OSSL_CMP_CTX *ctx, X509 *cert, int info, const char **text)
{
	handing *h = OSSL_CMP_CTX_get_certConf_cb_arg(ctx);

	h->judged = judge(h, cert);
	if (h->judged == TMG_OK)
		return info;
	h->judged = blame_clock(h, h->judged);
	*text = "not the certificate that was requested";
	return 1 << OSSL_CMP_PKIFAILUREINFO_incorrectData;
}

/* ---- the exchange -------------------------------------------------------- */

static tmg_rc
set_up(handing *h)
{
	tmg_rc rc;

	if ((rc = tmg_cmp_talk_begin(&h->talk, h->ctx)))
		return rc;
	if ((rc = h->talk.first.body == TMG_CMP_P10CR ? set_pkcs10(h) : set_key(h)))
		return rc;
	return OSSL_CMP_CTX_set_certConf_cb(h->ctx, confirm) == 1 &&
	    OSSL_CMP_CTX_set_certConf_cb_arg(h->ctx, h) == 1 ? TMG_OK :
	    failed(h->talk.a);
}

/* Until the authority was asked once, or the certificate is there. */
static int
converse(handing *h, int *after)
{
	int said;

	do {
		said = OSSL_CMP_try_certreq(h->ctx, (int)h->talk.first.body, NULL,
		    after);
	} while (said == -1 && h->talk.sent == 0);
	return said;
}

static tmg_rc
must_wait(handing *h, long after, tmg_decision *d)
{
	const tmg_rc rc = tmg_cmp_talk_keep(&h->talk);

	if (rc)
		return rc;
	d->retry_after_s = after > YEAR_S ? YEAR_S : after;
	return tmg_authority_raise(h->talk.a, TMG_PENDING,
	    _("%s: the request was taken and waits for a decision"),
	    h->talk.a->uri.where);
}

/* Said again after a restart, when the first certConf had arrived. */
static bool
was_confirmed(const handing *h)
{
	const int info = OSSL_CMP_CTX_get_failInfoCode(h->ctx);

	return h->judged == TMG_OK && OSSL_CMP_CTX_get0_newCert(h->ctx) != NULL &&
	    info > 0 && (info & 1 << OSSL_CMP_PKIFAILUREINFO_certConfirmed) != 0;
}

static tmg_rc
conclude(handing *h, int said, int after, tmg_decision *d)
{
	const X509 *cert = OSSL_CMP_CTX_get0_newCert(h->ctx);

	if (said == -1 || h->talk.waits)
		return must_wait(h, said == -1 ? after : -1, d);
	if ((said == 1 || was_confirmed(h)) && cert != NULL) {
		tmg_cmp_note(&h->talk, h->ctx, cert, d);
		return collect(h, cert, d->certs);
	}
	if (h->judged != TMG_OK)	/* its words stand */
		return h->judged;
	return tmg_cmp_explain(&h->talk, h->ctx);
}

/* What an authority says of a message that it did not expect. */
enum {
	LOST = 1 << OSSL_CMP_PKIFAILUREINFO_badRequest |
	    1 << OSSL_CMP_PKIFAILUREINFO_badRecipientNonce |
	    1 << OSSL_CMP_PKIFAILUREINFO_badSenderNonce,
};

/*
 * An answer that nobody lived to write down had the nonce that the authority
 * waits for now, or ended the transaction.  Such an authority refuses to go on;
 * it is handed the same request again, by which it knows the application.
 */
static bool
is_lost(const handing *h)
{
	const int info = OSSL_CMP_CTX_get_failInfoCode(h->ctx);

	return h->talk.recalled > 0 && !was_confirmed(h) && h->talk.rc == TMG_OK &&
	    OSSL_CMP_CTX_get_status(h->ctx) == TMG_CMP_REJECTION &&
	    tmg_cmp_talk_heard(&h->talk) == TMG_CMP_ERROR &&
	    (info <= 0 || (info & LOST) != 0);
}

static tmg_rc
hand_in(handing *h, tmg_decision *d)
{
	int after = -1, said;
	tmg_rc rc;

	ERR_set_mark();
	if ((rc = set_up(h)) == TMG_OK) {
		said = converse(h, &after);
		rc = said == 0 && is_lost(h) ? TMG_RESET : conclude(h, said, after, d);
	}
	ERR_pop_to_mark();
	return rc;
}

static tmg_rc
try(tmg_authority *a, tmg_view request, bool renews, bool polls, tmg_decision *d)
{
	const tmg_cmp_seal seal = tmg_cmp_seal_of(a);
	handing h = { .talk = { .a = a, .request = request, .keeps = true,
		.patient = seal == TMG_CMP_SIGNATURE && !polls } };
	tmg_held(OSSL_CMP_CTX) ctx = NULL;
	tmg_rc rc;

	/* a poll, and a confirmation where the authority wants one */
	if ((rc = tmg_cmp_context(a, seal, polls ? 2 : 1, &ctx)) ||
	    (rc = tmg_cmp_reference(a, renews, ctx)))
		return rc;
	h.ctx = ctx;
	rc = hand_in(&h, d);
	tmg_cmp_talk_release(&h.talk);
	return rc;
}

static tmg_rc
exchange(tmg_authority *a, tmg_view request, bool renews, bool polls,
    tmg_decision *d)
{
	const tmg_certs *certs = NULL;
	tmg_cmp *cmp = a->state;
	tmg_rc rc;

	/* the CA's certificates are asked for before, not within */
	if ((rc = tmg_cmp_identified(a)) || (rc = tmg_authority_cacerts(a, &certs)))
		return rc;
	cmp->busy = true;
	rc = try(a, request, renews, polls, d);
	cmp->busy = false;
	if (rc != TMG_RESET)
		return rc;
	tmg_log(a->ctx, TMG_LOG_INFO, "%s: it lost the transaction; the same request again",
	    a->uri.where);
	rc = tmg_authority_keep(a, (tmg_view){ NULL, 0 });
	return rc == TMG_OK ? try(a, request, renews, false, d) : rc;
}

tmg_rc
tmg_cmp_submit(tmg_authority *a, tmg_view request, bool renews, tmg_decision *d)
{
	return exchange(a, request, renews, false, d);
}

tmg_rc
tmg_cmp_poll(tmg_authority *a, tmg_view request, bool renews, const char *ticket,
    tmg_decision *d)
{
	(void)ticket;
	return exchange(a, request, renews, true, d);
}
