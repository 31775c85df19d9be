/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * General messages, RFC 9483 4.3: the CA's certificates, a new root, what it
 * wants in requests.
 *
 * They are protected by the secret, which costs nothing.  Whoever has none
 * would have to sign each of them; so nothing is asked then, unless he said that
 * it may be (questions=signed), or nobody is believed yet (a fingerprint) and the
 * question shows nobody anything.
 */
#include <openssl/err.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/tlv.h"
#include "src/enroll/cmp-template.h"
#include "src/enroll/cmp.h"

enum {
	SEQUENCE = 0x30,
	NEW_WITH_OLD = 0xa0,	/* RootCaKeyUpdateValue, RFC 9810 5.3.19.15: [0] */
	OLD_WITH_NEW = 0xa1,	/* [1] */
	ROOTS_MAX = 4,		/* that are asked about */
};

/* id-it, RFC 9810 appendix F */
#define ID_IT(n) { (const uint8_t[]){ 0x2b, 6, 1, 5, 5, 7, 4, n }, 8 }

static const tmg_view ca_certs = ID_IT(17);
static const tmg_view root_update = ID_IT(18);
static const tmg_view request_template = ID_IT(19);
static const tmg_view root_cert = ID_IT(20);

/* ---- asking -------------------------------------------------------------- */

static OSSL_CMP_ITAV *
make_info(tmg_view type, tmg_view value)
{
	uint8_t store[16];
	tmg_out der = TMG_OUT(store);
	const uint8_t *p = store, *v = value.ptr;
	ASN1_TYPE *content = NULL;
	ASN1_OBJECT *oid;
	OSSL_CMP_ITAV *info;

	tmg_tlv_put(&der, 0x06, type);
	oid = d2i_ASN1_OBJECT(NULL, &p, (long)der.len);
	if (value.len > 0)
		content = d2i_ASN1_TYPE(NULL, &v, (long)value.len);
	info = oid != NULL && (value.len == 0 || content != NULL)
	    ? OSSL_CMP_ITAV_create(oid, content) : NULL;
	if (info == NULL) {
		ASN1_OBJECT_free(oid);
		ASN1_TYPE_free(content);
	}
	return info;
}

static bool
push_info(OSSL_CMP_CTX *ctx, tmg_view type, tmg_view value)
{
	OSSL_CMP_ITAV *info = make_info(type, value);

	if (info != NULL && OSSL_CMP_CTX_push0_genm_ITAV(ctx, info) == 1)
		return true;
	OSSL_CMP_ITAV_free(info);
	return false;
}

static void
free_infos(STACK_OF(OSSL_CMP_ITAV) *infos)
{
	sk_OSSL_CMP_ITAV_pop_free(infos, OSSL_CMP_ITAV_free);
}

/* One question; the answer, believed or not, is the talk's only turn. */
static tmg_rc
ask(tmg_cmp_talk *t, tmg_cmp_seal seal, tmg_view type, tmg_view value)
{
	tmg_held(OSSL_CMP_CTX) ctx = NULL;
	STACK_OF(OSSL_CMP_ITAV) *infos = NULL;
	tmg_rc rc;

	if ((rc = tmg_cmp_context(t->a, seal, seal == TMG_CMP_SIGNATURE ? 1 : 0, &ctx)))
		return rc;
	ERR_set_mark();
	if (!push_info(ctx, type, value))
		rc = tmg_authority_raise(t->a, TMG_E_NOMEM, "%s", _("out of memory"));
	else if ((rc = tmg_cmp_talk_begin(t, ctx)) == TMG_OK &&
	    (infos = OSSL_CMP_exec_GENM_ses(ctx)) == NULL)
		rc = tmg_cmp_explain(t, ctx);
	ERR_pop_to_mark();
	free_infos(infos);
	return rc;
}

static tmg_rc
read_answer(const tmg_cmp_talk *t, tmg_cmp_message *m)
{
	if (t->count == 0)
		return TMG_NOT_FOUND;
	return tmg_cmp_message_read((tmg_view){ t->turns[0].answer, t->turns[0].len }, m);
}

/*
 * An authority that knows no such question says so in many ways, and not every
 * one protects that: the request itself will tell what is really wrong.  But
 * whoever cannot be reached, is somebody else or does not know our secret is
 * told of before a key is made.
 */
static tmg_rc
unless_it_matters(const tmg_cmp_talk *t, tmg_rc rc)
{
	tmg_cmp_message m;

	if (t->rc != TMG_OK)
		return rc;
	if (rc == TMG_DENIED && (t->a->fault.remedies & TMG_TRY_CREDENTIAL) != 0)
		return rc;
	if (rc == TMG_MISMATCH && read_answer(t, &m) == TMG_OK && m.protection.len > 0)
		return rc;
	return rc == TMG_E_NOMEM ? rc : TMG_OK;
}

static bool
may_ask(const tmg_authority *a, tmg_cmp_seal seal)
{
	const tmg_cmp *cmp = a->state;

	return seal == TMG_CMP_MAC || (seal == TMG_CMP_SIGNATURE && cmp->signs_questions);
}

/* What a believed authority answers: *said is t's; empty, nothing.  Any verdict is
 * why it could not be asked. */
static tmg_rc
ask_believed(tmg_cmp_talk *t, tmg_view type, tmg_view value, tmg_view answer,
    tmg_view *said)
{
	const tmg_cmp_seal seal = tmg_cmp_seal_of(t->a);
	const tmg_cmp *cmp = t->a->state;
	tmg_cmp_message m;
	tmg_rc rc;

	*said = (tmg_view){ NULL, 0 };
	/* some authorities know one transaction at a time, and would lose ours */
	if (!may_ask(t->a, seal) || cmp->busy ||
	    tmg_authority_kept(t->a).len > 0)
		return TMG_OK;
	if ((rc = ask(t, seal, type, value)))
		return unless_it_matters(t, rc);
	if (read_answer(t, &m) || tmg_cmp_message_info(&m, answer, said))
		*said = (tmg_view){ NULL, 0 };
	return TMG_OK;
}

/* ---- the CA's certificates ------------------------------------------------ */

/* SEQUENCE OF Certificate, without its head. */
static tmg_rc
add_list(tmg_certs *certs, tmg_view list)
{
	tmg_view cert;
	tmg_rc rc = TMG_OK;

	while (rc == TMG_OK && list.len > 0) {
		rc = tmg_tlv_expect_whole(&list, SEQUENCE, &cert);
		if (rc == TMG_OK)
			rc = tmg_certs_add(certs, cert);
	}
	return rc;
}

static tmg_rc
add_anchors(tmg_authority *a, tmg_certs *certs)
{
	const size_t n = a->anchors != NULL ? tmg_certs_count(a->anchors) : 0;
	tmg_rc rc = TMG_OK;

	for (size_t i = 0; rc == TMG_OK && i < n; i++)
		rc = tmg_certs_add(certs, tmg_certs_get(a->anchors, i));
	return rc;
}

static tmg_rc
unreadable(tmg_authority *a, tmg_rc rc)
{
	return tmg_authority_raise(a, rc,
	    _("%s: its CA certificates cannot be read; tell its operator"),
	    a->uri.where);
}

/* newWithNew, and how old and new root vouch for each other. */
static tmg_rc
add_update(tmg_certs *certs, tmg_view update)
{
	tmg_view in, cert;
	tmg_tlv t;
	tmg_rc rc;

	if ((rc = tmg_tlv_expect(&update, SEQUENCE, &in)) ||
	    (rc = tmg_tlv_expect_whole(&in, SEQUENCE, &cert)) ||
	    (rc = tmg_certs_add(certs, cert)))
		return rc;
	while (in.len > 0) {
		if ((rc = tmg_tlv_next(&in, &t)) ||
		    (t.tag != NEW_WITH_OLD && t.tag != OLD_WITH_NEW) ||
		    (rc = tmg_certs_add(certs, t.value)))
			return TMG_E_MALFORMED;
	}
	return TMG_OK;
}

/* RFC 9483 4.3.2: has this root a successor? */
static tmg_rc
ask_root(tmg_authority *a, tmg_view root, tmg_certs *certs)
{
	tmg_cmp_talk t = { .a = a };
	tmg_view update;
	tmg_rc rc = ask_believed(&t, root_cert, root, root_update, &update);

	if (rc == TMG_OK && update.len > 0 && (rc = add_update(certs, update)))
		rc = unreadable(a, rc);
	tmg_cmp_talk_release(&t);
	return rc;
}

static tmg_rc
ask_roots(tmg_authority *a, tmg_certs *certs)
{
	const size_t n = tmg_certs_count(a->anchors);
	tmg_rc rc = TMG_OK;

	for (size_t i = 0; rc == TMG_OK && i < n && i < ROOTS_MAX; i++)
		rc = ask_root(a, tmg_certs_get(a->anchors, i), certs);
	return rc;
}

/* RFC 9483 4.3.1; whoever knows that question is asked about roots too. */
static tmg_rc
ask_certs(tmg_authority *a, tmg_certs *certs)
{
	tmg_cmp_talk t = { .a = a };
	tmg_view list, value;
	tmg_rc rc = ask_believed(&t, ca_certs, (tmg_view){ NULL, 0 }, ca_certs, &value);

	const bool told = rc == TMG_OK && value.len > 0;

	if (told && ((rc = tmg_tlv_expect(&value, SEQUENCE, &list)) ||
	    (rc = add_list(certs, list))))
		rc = unreadable(a, rc);
	tmg_cmp_talk_release(&t);
	return told && rc == TMG_OK ? ask_roots(a, certs) : rc;
}

/* From whoever answers, and whatever he calls it: the caller compares. */
static tmg_rc
hear_certs(tmg_authority *a, tmg_http *http, tmg_certs *certs)
{
	tmg_cmp_talk t = { .a = a, .http = http };
	tmg_view value = { NULL, 0 }, list;
	tmg_cmp_message m;
	tmg_rc rc = ask(&t, TMG_CMP_OPEN, ca_certs, value);

	if (t.rc == TMG_OK && read_answer(&t, &m) == TMG_OK) {
		rc = add_list(certs, m.extra);
		if (rc == TMG_OK && tmg_cmp_message_info(&m, ca_certs, &value) == TMG_OK &&
		    tmg_tlv_expect(&value, SEQUENCE, &list) == TMG_OK)
			rc = add_list(certs, list);
		if (rc == TMG_OK && tmg_certs_count(certs) == 0)
			rc = TMG_E_MALFORMED;
		if (rc != TMG_OK)
			rc = unreadable(a, rc);
	}
	tmg_cmp_talk_release(&t);
	return rc;
}

tmg_rc
tmg_cmp_cacerts(tmg_authority *a, tmg_http *http, tmg_certs *certs)
{
	tmg_rc rc;

	if (a->anchors == NULL)
		return hear_certs(a, http, certs);
	if ((rc = add_anchors(a, certs)))
		return tmg_authority_raise(a, rc, "%s", _("out of memory"));
	return ask_certs(a, certs);
}

/* ---- what it wants --------------------------------------------------------- */

static tmg_rc
ask_template(tmg_authority *a, tmg_out *csrattrs)
{
	tmg_cmp_talk t = { .a = a };
	tmg_view value;
	tmg_rc rc = ask_believed(&t, request_template, (tmg_view){ NULL, 0 },
	    request_template, &value);

	if (rc == TMG_OK && value.len > 0 && (rc = tmg_cmp_template(value, csrattrs)))
		rc = tmg_authority_raise(a, rc,
		    _("%s: what it wants in requests cannot be read (RFC 9483 4.3.3); tell "
		    "its operator"), a->uri.where);
	tmg_cmp_talk_release(&t);
	return rc;
}

/* Whoever asks is about to make a key for a request; nobody is heard who
 * cannot protect it. */
tmg_rc
tmg_cmp_wants(tmg_authority *a, tmg_http *http, tmg_out *csrattrs)
{
	const tmg_rc rc = tmg_cmp_identified(a);

	(void)http;
	return rc == TMG_OK ? ask_template(a, csrattrs) : rc;
}
