/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One transaction over HTTP, RFC 9811, that outlives its process.
 *
 * libcrypto's context cannot be written down.  What can be is what it was
 * told: a fresh context that is given the same answers to the same nonces
 * stands where the old one stood.  What it makes on the way is not sent, and
 * not protected either, so that it costs neither a signature nor a PIN.
 */
#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/tlv.h"
#include "src/enroll/cmp.h"
#include "src/enroll/session.h"
#include "src/http/header.h"
#include "src/http/status.h"
#include "src/pki/algid.h"

#define TYPE "application/pkixcmp"	/* RFC 9811 */

enum {
	OCTET_STRING = 0x04,
	SEQUENCE = 0x30,
	/* of one process: more is an authority that leads us in a circle */
	MESSAGES_MAX = 8,
};

static const char *const headers[] = {
	"Content-Type: " TYPE, "Accept: " TYPE, NULL,
};

static void
forget(tmg_cmp_turn *turn)
{
	free(turn->answer);
	*turn = (tmg_cmp_turn){ .answer = NULL };
}

void
tmg_cmp_talk_release(tmg_cmp_talk *t)
{
	while (t->count > 0)
		forget(&t->turns[--t->count]);
}

static tmg_view
answer_of(const tmg_cmp_turn *turn)
{
	return (tmg_view){ turn->answer, turn->len };
}

static tmg_view
nonce_of(const tmg_cmp_turn *turn)
{
	return (tmg_view){ turn->nonce, turn->nonce_len };
}

/* ---- what is written down ------------------------------------------------ */

/* SEQUENCE OF SEQUENCE { nonce OCTET STRING, answer PKIMessage } */
static size_t
turn_size(const tmg_cmp_turn *turn)
{
	return tmg_tlv_size(OCTET_STRING, turn->nonce_len) + turn->len;
}

static void
put_turns(const tmg_cmp_talk *t, size_t inside, tmg_out *o)
{
	tmg_tlv_put_head(o, SEQUENCE, inside);
	for (size_t i = 0; i < t->count; i++) {
		tmg_tlv_put_head(o, SEQUENCE, turn_size(&t->turns[i]));
		tmg_tlv_put(o, OCTET_STRING, nonce_of(&t->turns[i]));
		tmg_put(o, answer_of(&t->turns[i]));
	}
}

tmg_rc
tmg_cmp_talk_keep(tmg_cmp_talk *t)
{
	tmg_auto_free uint8_t *store = NULL;
	size_t inside = 0, size;
	tmg_out o;

	if (!t->keeps)
		return TMG_OK;
	for (size_t i = 0; i < t->count; i++)
		inside += tmg_tlv_size(SEQUENCE, turn_size(&t->turns[i]));
	size = tmg_tlv_size(SEQUENCE, inside);
	store = malloc(size);
	if (store == NULL)
		return tmg_authority_raise(t->a, TMG_E_NOMEM, "%s", _("out of memory"));
	o = (tmg_out){ store, size, 0, false };
	put_turns(t, inside, &o);
	return tmg_authority_keep(t->a, tmg_out_view(&o));
}

static tmg_rc
add_turn(tmg_cmp_talk *t, tmg_view nonce, tmg_view answer)
{
	tmg_cmp_turn *turn = &t->turns[t->count];

	if (t->count == TMG_CMP_TURNS || nonce.len > sizeof(turn->nonce))
		return TMG_E_MALFORMED;
	turn->answer = malloc(answer.len + 1);
	if (turn->answer == NULL)
		return TMG_E_NOMEM;
	if (nonce.len > 0)
		memcpy(turn->nonce, nonce.ptr, nonce.len);
	turn->nonce_len = nonce.len;
	if (answer.len > 0)
		memcpy(turn->answer, answer.ptr, answer.len);
	turn->len = answer.len;
	t->count++;
	return TMG_OK;
}

static tmg_rc
recall_turn(tmg_cmp_talk *t, tmg_view *list)
{
	tmg_cmp_message m;
	tmg_view turn, nonce;
	tmg_rc rc;

	if ((rc = tmg_tlv_expect(list, SEQUENCE, &turn)) ||
	    (rc = tmg_tlv_expect(&turn, OCTET_STRING, &nonce)) ||
	    (rc = tmg_cmp_message_read(turn, &m)))
		return rc;
	return add_turn(t, nonce, turn);
}

/* Turns of another request, or what cannot be read, were never heard. */
static tmg_rc
recall(tmg_cmp_talk *t)
{
	tmg_view kept = tmg_authority_kept(t->a), list;
	tmg_cmp_message m;
	tmg_rc rc = tmg_tlv_expect(&kept, SEQUENCE, &list);

	while (rc == TMG_OK && list.len > 0)
		rc = recall_turn(t, &list);
	if (rc == TMG_E_NOMEM)
		return rc;
	if (rc == TMG_OK && t->count > 0)
		rc = tmg_cmp_message_read(answer_of(&t->turns[0]), &m);
	if (rc != TMG_OK || (t->count > 0 &&
	    !tmg_view_equal(m.transaction, t->first.transaction)))
		tmg_cmp_talk_release(t);
	t->recalled = t->count;
	return TMG_OK;
}

unsigned
tmg_cmp_talk_heard(const tmg_cmp_talk *t)
{
	tmg_cmp_message m = { .body = TMG_CMP_BODIES };

	if (t->count > 0)
		(void)!tmg_cmp_message_read(answer_of(&t->turns[t->count - 1]), &m);
	return m.body;
}

/* ---- speaking ------------------------------------------------------------ */

static tmg_rc
wants_login(tmg_authority *a)
{
	return tmg_authority_raise(a, TMG_DENIED,
	    _("%s: something there wants a login over HTTP (status 401), which CMP "
	    "does not use; nothing secret was sent: is the address right, or does a "
	    "proxy stand in between?"), a->uri.where);
}

/* An error message may come with any status, RFC 9811. */
static tmg_rc
take_answer(tmg_cmp_talk *t, tmg_view nonce, const tmg_http_response *r)
{
	tmg_authority *a = t->a;
	const bool typed = tmg_header_type_is(r->type, TYPE) && r->len > 0;
	tmg_rc rc;

	if (r->status == TMG_HTTP_UNAUTHORIZED)
		return wants_login(a);
	if (r->status != TMG_HTTP_OK && !typed)
		return tmg_refusal_status(a, r);
	if ((rc = tmg_refusal_type(a, r, TYPE)))
		return rc;
	rc = add_turn(t, nonce, (tmg_view){ r->body, r->len });
	return rc == TMG_E_NOMEM ? tmg_authority_raise(a, rc, "%s", _("out of memory"))
	    : rc == TMG_OK ? rc : tmg_authority_raise(a, rc,
	    _("%s: it answers without an end; tell its operator"), a->uri.where);
}

static tmg_rc
post(tmg_cmp_talk *t, tmg_view nonce, tmg_view body)
{
	__attribute__((__cleanup__(tmg_http_response_release)))
	tmg_http_response r = { 0 };
	const tmg_cmp *cmp = t->a->state;
	tmg_authority *a = t->a;
	char base[320], url[768];
	tmg_http *http = t->http;
	tmg_rc rc;

	tmg_ca_uri_base(&a->uri, base, sizeof(base));
	snprintf(url, sizeof(url), "%s%s", base, cmp->path);
	if ((http == NULL && (rc = tmg_session_get(a, &http))) ||
	    (rc = tmg_http_do(http, &(tmg_http_request){ .url = url, .post = true,
	    .headers = headers, .body = body }, &r, &a->fault)))
		return tmg_pass(&a->fault, rc);
	return take_answer(t, nonce, &r);
}

/* Of polls only the last counts: its answer has the nonce that the next one
 * must return. */
static void
forget_poll(tmg_cmp_talk *t)
{
	if (t->count > 1 && tmg_cmp_talk_heard(t) == TMG_CMP_POLLREP)
		forget(&t->turns[--t->count]);
}

static tmg_rc
send(tmg_cmp_talk *t, tmg_view body)
{
	tmg_cmp_message m;
	tmg_rc rc;

	if (t->sent == MESSAGES_MAX)
		return tmg_authority_raise(t->a, TMG_E_MALFORMED,
		    _("%s: it answers without an end; tell its operator"),
		    t->a->uri.where);
	if ((rc = tmg_cmp_message_read(body, &m)))
		return tmg_authority_raise(t->a, TMG_E_CRYPTO,
		    _("%s: libcrypto made no message of CMP"), t->a->uri.where);
	/* whoever speaks again believed what was heard before */
	if (t->count > 0 && (rc = tmg_cmp_talk_keep(t)))
		return rc;
	forget_poll(t);
	t->sent++;
	if ((rc = post(t, m.sender_nonce, body)))
		return rc;
	t->at = t->count;
	return TMG_OK;
}

static tmg_rc
speak(tmg_cmp_talk *t, const OSSL_CMP_MSG *req)
{
	tmg_held_bytes der = NULL;
	int len;

	if (t->patient && t->count > 0 &&
	    OSSL_CMP_MSG_get_bodytype(req) == TMG_CMP_POLLREQ) {
		t->waits = true;
		return TMG_PENDING;
	}
	if (t->count == 0 && t->request.len > 0)
		return send(t, t->request);
	len = i2d_OSSL_CMP_MSG(req, &der);
	if (len <= 0)
		return tmg_authority_raise(t->a, TMG_E_NOMEM, "%s", _("out of memory"));
	return send(t, (tmg_view){ der, (size_t)len });
}

/* ---- listening ----------------------------------------------------------- */

static tmg_rc
unreadable(tmg_authority *a)
{
	return tmg_authority_raise(a, TMG_E_MALFORMED,
	    _("%s: its answer cannot be read (no message of CMP, or cut off). It may "
	    "have taken the request: ask again, and tell its operator if it goes on"),
	    a->uri.where);
}

/*
 * The nonce that an answer must return is that of the message it answers; the
 * certificate that ends the polling may return the request's instead (RFC 9483
 * 4.4).
 */
static tmg_view
nonce_awaited(const tmg_cmp_talk *t, const tmg_cmp_turn *turn,
    const tmg_cmp_message *m)
{
	unsigned status;

	if (tmg_cmp_message_status(m, &status) == TMG_OK &&
	    status != TMG_CMP_WAITING && t->request.len > 0 &&
	    tmg_view_equal(m->recip_nonce, t->first.sender_nonce))
		return t->first.sender_nonce;
	return nonce_of(turn);
}

static bool
expect_nonce(OSSL_CMP_CTX *ctx, tmg_view nonce)
{
	ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
	const bool ok = octets != NULL &&
	    ASN1_OCTET_STRING_set(octets, nonce.ptr, (int)nonce.len) == 1 &&
	    OSSL_CMP_CTX_set1_senderNonce(ctx, octets) == 1;

	ASN1_OCTET_STRING_free(octets);
	return ok;
}

/* Whether the next message will be thrown away unseen. */
static bool
is_for_show(const tmg_cmp_talk *t, const tmg_cmp_message *m)
{
	unsigned status;

	return t->at < t->count || (t->patient &&
	    tmg_cmp_message_status(m, &status) == TMG_OK && status == TMG_CMP_WAITING);
}

/* RFC 9481 2.1 knows no hash before SHA-224; libcrypto takes any. */
static tmg_rc
forgeable(tmg_authority *a)
{
	return tmg_advise(&a->fault, TMG_TRY_AGAIN, tmg_authority_raise(a, TMG_MISMATCH,
	    _("%s: its answer is signed with SHA-1 or worse, which can be forged, and was "
	    "not believed"), a->uri.where));
}

static tmg_rc
listen(tmg_cmp_talk *t, OSSL_CMP_CTX *ctx, const tmg_cmp_turn *turn,
    OSSL_CMP_MSG **answer)
{
	const uint8_t *p = turn->answer;
	tmg_cmp_message m;

	if (tmg_cmp_message_read(answer_of(turn), &m))
		return unreadable(t->a);
	if (tmg_algid_is_weak(m.algorithm))
		return forgeable(t->a);
	*answer = (OSSL_CMP_MSG *)ASN1_item_d2i_ex(NULL, &p, (long)turn->len,
	    ASN1_ITEM_rptr(OSSL_CMP_MSG), tmg_ctx_libctx(t->a->ctx), NULL);
	if (*answer == NULL || p != turn->answer + turn->len)
		return unreadable(t->a);
	if (!expect_nonce(ctx, nonce_awaited(t, turn, &m)) ||
	    OSSL_CMP_CTX_set_option(ctx, OSSL_CMP_OPT_UNPROTECTED_SEND,
	    is_for_show(t, &m)) != 1)
		return tmg_authority_raise(t->a, TMG_E_NOMEM, "%s", _("out of memory"));
	return TMG_OK;
}

static OSSL_CMP_MSG *
transfer(OSSL_CMP_CTX *ctx, const OSSL_CMP_MSG *req)
{
	tmg_cmp_talk *t = OSSL_CMP_CTX_get_transfer_cb_arg(ctx);
	const tmg_cmp_turn *turn;
	tmg_held(OSSL_CMP_MSG) answer = NULL;
	OSSL_CMP_MSG *given;

	if (t->at < t->count)
		turn = &t->turns[t->at++];
	else if ((t->rc = speak(t, req)) == TMG_OK)
		turn = &t->turns[t->count - 1];
	else
		return NULL;
	if ((t->rc = listen(t, ctx, turn, &answer)))
		return NULL;
	given = answer;
	answer = NULL;
	return given;
}

static tmg_rc
set_transaction(tmg_cmp_talk *t, OSSL_CMP_CTX *ctx)
{
	ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
	const tmg_view id = t->first.transaction;
	const bool ok = octets != NULL &&
	    ASN1_OCTET_STRING_set(octets, id.ptr, (int)id.len) == 1 &&
	    OSSL_CMP_CTX_set1_transactionID(ctx, octets) == 1 &&
	    OSSL_CMP_CTX_set_option(ctx, OSSL_CMP_OPT_UNPROTECTED_SEND, 1) == 1;

	ASN1_OCTET_STRING_free(octets);
	return ok ? TMG_OK :
	    tmg_authority_raise(t->a, TMG_E_NOMEM, "%s", _("out of memory"));
}

/* A request of ours is sent as it is; what is made in its place need not even
 * be protected. */
static tmg_rc
take_request(tmg_cmp_talk *t, OSSL_CMP_CTX *ctx)
{
	tmg_rc rc;

	if (tmg_cmp_message_read(t->request, &t->first))
		return tmg_authority_raise(t->a, TMG_E_USAGE, "%s",
		    _("the request is no message of CMP"));
	if ((rc = recall(t)))
		return tmg_authority_raise(t->a, rc, "%s", _("out of memory"));
	return set_transaction(t, ctx);
}

tmg_rc
tmg_cmp_talk_begin(tmg_cmp_talk *t, OSSL_CMP_CTX *ctx)
{
	X509_STORE *store = OSSL_CMP_CTX_get0_trustedStore(ctx);
	tmg_rc rc;

	if (t->request.len > 0 && (rc = take_request(t, ctx)))
		return rc;
	if (X509_STORE_set_ex_data(store, 0, &t->stranger) != 1 ||
	    OSSL_CMP_CTX_set_transfer_cb(ctx, transfer) != 1 ||
	    OSSL_CMP_CTX_set_transfer_cb_arg(ctx, t) != 1)
		return tmg_authority_raise(t->a, TMG_E_NOMEM, "%s", _("out of memory"));
	return TMG_OK;
}
