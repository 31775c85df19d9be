/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/cmp/talk.h"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/hex.h"
#include "src/codec/tlv.h"
#include "tools/ra/ca/verify.h"
#include "tools/ra/cmp/body.h"
#include "tools/ra/cmp/news.h"
#include "tools/ra/cmp/protect.h"
#include "tools/ra/cmp/reply.h"
#include "tools/ra/desk/deputy.h"
#include "tools/ra/desk/secret.h"
#include "tools/ra/store/cmp.h"

#define DAY 86400
#define WAITING_DAYS 90		/* nobody asked in all that time */
#define UNCONFIRMED_DAYS 30
#define ENDED_DAYS 2		/* for who did not hear the last answer */
#define ROOM 131072		/* bytes of a message, a revocation list in it */

enum { VERSION_2 = 2, VERSION_3 = 3, DIRECTORY_NAME = 0xa4 };

/* Who speaks. */
struct peer {
	ra_cmp_means means;		/* RA_CMP_NOTHING: not known */
	char name[RA_CMP_PEER_MAX];
	ra_secret_row row;
	tmg_secret secret;
	ra_cert cert;
	ra_app app;			/* of cert */
};

/* A secret is good for so many applications; a request that comes again is the
 * same one. */
struct ticket {
	ra_along base;
	const char *reference;
};

struct talk {
	ra_desk *desk;
	const ra_cmp_message *m;
	const char *label;
	struct peer peer;
	ra_cmp_row row;			/* the transaction */
	bool known;			/* it is in the store */
	bool keeps;			/* what is said is kept */
	char before[RA_HASH_TEXT];	/* row.asked as it was found */
	char hash[RA_HASH_TEXT];	/* of this message */
	struct ticket ticket;
	ra_cert cert;			/* to be given */
	uint8_t *news;
	ra_cmp_reply reply;
	X509 *own;			/* the deputy's */
};

static void
talk_release(struct talk *t)
{
	tmg_secret_wipe(&t->peer.secret);
	ra_secret_row_release(&t->peer.row);
	ra_cert_release(&t->peer.cert);
	ra_app_release(&t->peer.app);
	ra_cmp_row_release(&t->row);
	ra_cert_release(&t->cert);
	free(t->news);
	X509_free(t->own);
}

/* ---- refusing ---- */

/* An error, which ends nothing that is kept. */
static void
refuse(struct talk *t, ra_cmp_fail fail, const char *text)
{
	t->reply = (ra_cmp_reply){ .kind = RA_CMP_ERROR,
		.status = RA_CMP_REJECTION, .fail = fail, .text = text };
	t->keeps = false;
}

static const struct {
	tmg_rc rc;
	ra_cmp_fail fail;
} fails[] = {
	{ TMG_MISMATCH, RA_CMP_BAD_CERT_TEMPLATE },
	{ TMG_DENIED, RA_CMP_NOT_AUTHORIZED },
	{ TMG_NOT_FOUND, RA_CMP_BAD_CERT_ID },
	{ TMG_OCCUPIED, RA_CMP_CERT_REVOKED },
	{ TMG_UNSUPPORTED, RA_CMP_SYSTEM_UNAVAIL },
	{ TMG_BUSY, RA_CMP_SYSTEM_UNAVAIL },
};

static ra_cmp_fail
fail_of(tmg_rc rc)
{
	for (size_t i = 0; i < TMG_COUNT(fails); i++)
		if (fails[i].rc == rc)
			return fails[i].fail;
	return RA_CMP_SYSTEM_FAILURE;
}

/* Faults tell no details. */
static const char *
words_of(const struct talk *t, tmg_rc rc)
{
	if (!tmg_is_fault(rc))
		return t->desk->fault.text;
	tmg_log(t->desk->office->ctx, TMG_LOG_ERROR, "%s: %s", tmg_rc_name(rc),
	    t->desk->fault.text);
	return _("the authority has a problem of its own; its log says which; try again later");
}

static void
refuse_fault(struct talk *t, tmg_rc rc)
{
	refuse(t, t->desk->store->away ? RA_CMP_SYSTEM_UNAVAIL : fail_of(rc),
	    words_of(t, rc));
}

/* ---- what every message has ---- */

static bool
is_name(tmg_view general, const X509_NAME *name)
{
	unsigned char *der = NULL;
	const int len = i2d_X509_NAME(name, &der);
	tmg_view in = general, said;
	const bool same = len > 0 &&
	    tmg_tlv_expect(&in, DIRECTORY_NAME, &said) == TMG_OK &&
	    tmg_view_equal(said, (tmg_view){ der, (size_t)len });

	OPENSSL_free(der);
	return same;
}

/* Nobody (an empty name), the authority, or who answers for it. */
static bool
is_for_us(const struct talk *t)
{
	static const uint8_t nobody[] = { DIRECTORY_NAME, 0x02, 0x30, 0x00 };

	return tmg_view_equal(t->m->recipient, TMG_VIEW(nobody)) ||
	    is_name(t->m->recipient,
	    X509_get_subject_name(t->desk->office->ca->cert)) ||
	    is_name(t->m->recipient, X509_get_subject_name(t->own));
}

static bool
check_header(struct talk *t)
{
	const ra_cmp_message *m = t->m;

	if (m->version != VERSION_2 && m->version != VERSION_3)
		refuse(t, RA_CMP_UNSUPPORTED_VERSION, _("pvno is 2 or 3 here"));
	else if (m->transaction.len == 0 ||
	    m->transaction.len > RA_CMP_TRANSACTION_MAX)
		refuse(t, RA_CMP_BAD_DATA_FORMAT,
		    _("a transactionID has 1 to 64 octets"));
	else if (m->nonce.len < RA_CMP_NONCE)
		refuse(t, RA_CMP_BAD_SENDER_NONCE,
		    _("a senderNonce has 16 octets at least"));
	else if (!is_for_us(t))
		refuse(t, RA_CMP_WRONG_AUTHORITY,
		    _("the recipient of this message is another one"));
	else
		return true;
	return false;
}

/* ---- who speaks ---- */

static bool
enter_by_secret(struct talk *t)
{
	struct peer *p = &t->peer;
	char reference[RA_OWNER_MAX] = "";
	tmg_rc rc;

	if (t->m->key_id.len < sizeof(reference) && memchr(t->m->key_id.ptr, 0,
	    t->m->key_id.len) == NULL)
		memcpy(reference, t->m->key_id.ptr, t->m->key_id.len);
	rc = ra_secret_open(t->desk, reference, &p->row, &p->secret);
	if (rc != TMG_OK && rc != TMG_NOT_FOUND) {
		refuse_fault(t, rc);
		return false;
	}
	if (rc || !ra_cmp_mac_holds(t->desk->office->ctx, t->m,
	    tmg_secret_view(&p->secret))) {
		refuse(t, RA_CMP_BAD_MESSAGE_CHECK,
		    _("no secret is known by that reference, or it is another one"));
		return false;
	}
	p->means = RA_CMP_MAC;
	snprintf(p->name, sizeof(p->name), "mac:%s", reference);
	return true;
}

/* Who began it may leave his certificate out of what follows. */
static tmg_rc
find_signer(struct talk *t, ra_cert *kept, tmg_view *der)
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
signature_holds(const struct talk *t)
{
	const unsigned char *at = t->peer.cert.der;
	tmg_auto(ra_X509) x = X509_new_ex(tmg_ctx_libctx(t->desk->office->ctx), NULL);
	const bool good = x != NULL && d2i_X509(&x, &at,
	    (long)t->peer.cert.len) != NULL && ra_cmp_signature_holds(
	    t->desk->office->ctx, t->m, X509_get0_pubkey(x));

	ERR_clear_error();
	return good;
}

static bool
enter_by_certificate(struct talk *t)
{
	struct peer *p = &t->peer;
	tmg_auto(ra_cert) kept = { .der = NULL };
	tmg_view der;
	tmg_rc rc = find_signer(t, &kept, &der);

	if (rc == TMG_OK)
		rc = ra_desk_recognise(t->desk, der, &p->cert, &p->app);
	if (rc) {
		if (rc == TMG_DENIED)
			refuse(t, RA_CMP_SIGNER_NOT_TRUSTED, t->desk->fault.text);
		else
			refuse_fault(t, rc);
		return false;
	}
	if (!signature_holds(t)) {
		refuse(t, RA_CMP_BAD_MESSAGE_CHECK,
		    _("the signature of the message is not the certificate's"));
		return false;
	}
	p->means = RA_CMP_SIGNATURE;
	snprintf(p->name, sizeof(p->name), "cert:%s", p->cert.serial);
	return true;
}

static bool
enter(struct talk *t)
{
	switch (ra_cmp_means_of(t->m)) {
	case RA_CMP_MAC:
		return enter_by_secret(t);
	case RA_CMP_SIGNATURE:
		return enter_by_certificate(t);
	case RA_CMP_NOTHING:
		break;
	}
	refuse(t, RA_CMP_BAD_MESSAGE_CHECK,
	    _("the message is not protected: use a secret (-ref, -secret) or a certificate issued here"));
	return false;
}

static const char *
owner_of(const struct peer *p)
{
	return p->means == RA_CMP_MAC ? p->row.owner : p->app.owner;
}

/* ---- certificates ---- */

static const ra_profile *
profile_of(struct talk *t)
{
	const struct peer *p = &t->peer;
	const char *given = t->m->kind == RA_CMP_KUR ? p->app.profile :
	    p->means == RA_CMP_MAC ? p->row.profile : "";
	const char *name = given[0] != '\0' ? given : t->label[0] != '\0' ?
	    t->label : t->desk->config->default_profile;
	const ra_profile *profile = ra_profiles_find(t->desk->profiles, name);

	if (profile == NULL)
		(void)!tmg_raise(&t->desk->fault, TMG_MISMATCH, 0,
		    _("there is no profile \"%s\" here"), name);
	else if (t->label[0] != '\0' &&
	    ra_profiles_find(t->desk->profiles, t->label) != profile)
		return tmg_raise(&t->desk->fault, TMG_MISMATCH, 0,
		    _("this is for the profile %s, not %s"), name, t->label) ?
		    NULL : profile;
	return profile;
}

static void
move(struct talk *t, const char *state, long days)
{
	snprintf(t->row.state, sizeof(t->row.state), "%s", state);
	t->row.until = ra_desk_now(t->desk) + days * DAY;
	t->keeps = true;
}

/* Where libcrypto's clients may take what is not to be verified otherwise:
 * known by a secret, the answer is authentic. */
static const X509 *
trust_of(const struct talk *t)
{
	const ra_ca *ca = t->desk->office->ca;
	const int above = sk_X509_num(ca->above);

	return t->peer.means != RA_CMP_MAC || t->reply.kind != RA_CMP_IP ? NULL :
	    above > 0 ? sk_X509_value(ca->above, above - 1) : ca->cert;
}

static ra_cmp_kind
answer_to(int kind)
{
	return kind == RA_CMP_IR ? RA_CMP_IP : kind == RA_CMP_KUR ? RA_CMP_KUP :
	    RA_CMP_CP;
}

static void
reject(struct talk *t, ra_cmp_fail fail, const char *text)
{
	t->reply = (ra_cmp_reply){ .kind = answer_to(t->row.kind),
		.id = t->row.request, .status = RA_CMP_REJECTION, .fail = fail,
		.text = text };
	move(t, RA_CMP_ENDED, ENDED_DAYS);
}

/* What became of the request, when it came and whenever somebody asks. */
static void
tell_outcome(struct talk *t, tmg_rc rc, bool polled)
{
	t->reply = (ra_cmp_reply){ .kind = answer_to(t->row.kind),
		.id = t->row.request, .fail = RA_CMP_FINE, .text = "" };
	if (rc == TMG_OK) {
		t->reply.cert = (tmg_view){ t->cert.der, t->cert.len };
		t->reply.trust = trust_of(t);
		t->reply.implicit = t->row.implicit != 0;
		if (t->reply.implicit)
			move(t, RA_CMP_ENDED, ENDED_DAYS);
		else
			move(t, RA_CMP_UNCONFIRMED, UNCONFIRMED_DAYS);
	} else if (rc == TMG_PENDING) {
		t->reply.status = RA_CMP_IS_WAITING;
		t->reply.text = t->desk->fault.text;
		t->reply.check_after_s = t->desk->config->retry_after_s;
		if (polled)
			t->reply.kind = RA_CMP_POLLREP;
		move(t, RA_CMP_WAITING, WAITING_DAYS);
	} else if (tmg_is_fault(rc)) {
		refuse_fault(t, rc);	/* it may be said again, and work */
	} else {
		reject(t, fail_of(rc), words_of(t, rc));
	}
}

/* Whether what is wrong with a request is its proof and nothing else. */
static bool
is_unproven(struct talk *t, tmg_view csr)
{
	tmg_auto(ra_request) request = { .alg = TMG_ALG_NONE };
	const tmg_fault why = t->desk->fault;

	(void)!ra_request_read(t->desk->office->ctx, csr, &request,
	    &t->desk->fault);
	t->desk->fault = why;
	return request.unproven;
}

static void
submit(struct talk *t, ra_submission *in)
{
	tmg_auto(ra_app) app = { .id = "" };
	const tmg_rc rc = ra_desk_submit(t->desk, in, &app, &t->cert);

	memcpy(t->row.app, app.id, sizeof(t->row.app));
	if (rc == TMG_MISMATCH && is_unproven(t, in->csr))
		reject(t, RA_CMP_BAD_POP, t->desk->fault.text);
	else
		tell_outcome(t, rc, false);
}

static tmg_rc
use_ticket(const ra_along *base, ra_desk *d, const ra_app *app)
{
	const struct ticket *ticket = (const struct ticket *)(const void *)base;
	const tmg_rc rc = ra_secret_use(d->store, ticket->reference);

	(void)app;
	if (rc == TMG_DENIED)
		return tmg_raise(&d->fault, rc, 0,
		    _("the secret %s was used up: ask for another"),
		    ticket->reference);
	return rc ? ra_desk_says(d, rc) : TMG_OK;
}

/* Common to all requests: one of them, and for which profile. */
static bool
begin_request(struct talk *t, ra_submission *in)
{
	t->row.kind = (int)t->m->kind;
	t->row.implicit = t->m->implicit;
	t->row.request = -1;		/* of a p10cr: RFC 9483 4.1.4 */
	in->csr = t->m->content;
	in->owner = owner_of(&t->peer);
	if (t->peer.means == RA_CMP_MAC) {
		t->ticket = (struct ticket){ { use_ticket }, t->peer.row.reference };
		in->along = &t->ticket.base;
	}
	if (t->m->kind != RA_CMP_P10CR && ra_cmp_read_request(t->m->content,
	    &in->csr, &t->row.request)) {
		refuse(t, RA_CMP_BAD_REQUEST,
		    _("one request for a certificate is wanted, with a public key"));
		return false;
	}
	if ((in->profile = profile_of(t)) != NULL)
		return true;
	reject(t, RA_CMP_BAD_CERT_TEMPLATE, t->desk->fault.text);
	return false;
}

static void
take_request(struct talk *t)
{
	ra_submission in = { .owner = "" };

	if (begin_request(t, &in))
		submit(t, &in);
}

/* RFC 9483 4.1.3: the certificate that signs is the one to be renewed. */
static void
take_renewal(struct talk *t)
{
	ra_submission in = { .previous = &t->peer.cert,
		.previous_app = &t->peer.app };
	char serial[TMG_SERIAL_MAX];
	ra_crmf crmf;

	if (t->peer.means != RA_CMP_SIGNATURE) {
		refuse(t, RA_CMP_WRONG_INTEGRITY,
		    _("a renewal is signed with the certificate that it renews"));
		return;
	}
	if (!begin_request(t, &in))
		return;
	if (ra_crmf_read(in.csr, &crmf) == TMG_OK && crmf.old_serial.len > 0) {
		if (crmf.old_serial.len >= sizeof(serial) / 2)
			serial[0] = '\0';
		else
			tmg_hex_text(serial, sizeof(serial), crmf.old_serial);
		if (strcmp(serial, t->peer.cert.serial) != 0) {
			reject(t, RA_CMP_BAD_CERT_ID,
			    _("a renewal is signed with the certificate that it renews"));
			return;
		}
	}
	submit(t, &in);
}

/* ---- what follows ---- */

static void
take_poll(struct talk *t)
{
	tmg_auto(ra_app) app = { .id = "" };
	tmg_rc rc;
	int id;

	if (ra_cmp_read_poll(t->m->content, &id) || id != t->row.request ||
	    strcmp(t->row.state, RA_CMP_WAITING) != 0) {
		refuse(t, RA_CMP_BAD_REQUEST,
		    _("nothing of that number is waited for"));
		return;
	}
	rc = ra_app_get(t->desk->store, t->row.app, &app);
	rc = rc ? ra_desk_says(t->desk, rc) :
	    ra_desk_progress(t->desk, &app, &t->cert);
	tell_outcome(t, rc, true);
}

/* The hash of the certificate's own signature, or the one that is named (RFC
 * 9480 2.10); SHA-512 where a signature has none of its own. */
static bool
is_hash_of(const ra_cmp_said *said, X509 *cert)
{
	const unsigned char *at = said->algorithm.ptr;
	X509_ALGOR *alg = said->algorithm.len == 0 ? NULL :
	    d2i_X509_ALGOR(NULL, &at, (long)said->algorithm.len);
	unsigned char hash[EVP_MAX_MD_SIZE];
	const ASN1_OBJECT *type = NULL;
	const EVP_MD *md;
	unsigned len = 0;
	int nid = NID_undef;

	if (alg != NULL)
		X509_ALGOR_get0(&type, NULL, NULL, alg);
	if (type != NULL)
		nid = OBJ_obj2nid(type);
	else if (said->algorithm.len == 0)
		X509_get_signature_info(cert, &nid, NULL, NULL, NULL);
	md = nid == NID_undef && said->algorithm.len == 0 ? EVP_sha512() :
	    EVP_get_digestbynid(nid);
	X509_ALGOR_free(alg);
	return md != NULL && X509_digest(cert, md, hash, &len) == 1 &&
	    tmg_view_equal(said->hash, (tmg_view){ hash, len });
}

static bool
is_about_it(struct talk *t, const ra_cmp_said *said)
{
	tmg_auto(ra_X509) x = NULL;
	const unsigned char *at;
	const tmg_rc rc = ra_cert_of_app(t->desk->store, t->row.app, &t->cert);
	bool same;

	if (rc || t->cert.der == NULL)
		return false;
	at = t->cert.der;
	x = d2i_X509(NULL, &at, (long)t->cert.len);
	same = x != NULL && said->id == t->row.request && is_hash_of(said, x);
	ERR_clear_error();
	return same;
}

static void
confirm(struct talk *t)
{
	t->reply = (ra_cmp_reply){ .kind = RA_CMP_PKICONF, .fail = RA_CMP_FINE,
		.text = "" };
	move(t, RA_CMP_ENDED, ENDED_DAYS);
}

/* What its holder does not want is in force for nobody: RFC 4210 5.3.18. */
static void
give_back(struct talk *t)
{
	tmg_auto(ra_cert) gone = { .der = NULL };
	char name[RA_OWNER_MAX + 16];
	tmg_rc rc;

	snprintf(name, sizeof(name), "applicant:%s", owner_of(&t->peer));
	const ra_actor self = { RA_BY_APPLICANT, name };

	rc = ra_desk_revoke(t->desk, t->row.app, 5 /* cessationOfOperation */,
	    &self, &gone);
	if (rc == TMG_OK || rc == TMG_OCCUPIED)
		confirm(t);
	else
		refuse_fault(t, rc);
}

static bool
is_unconfirmed(struct talk *t)
{
	if (strcmp(t->row.state, RA_CMP_UNCONFIRMED) == 0)
		return true;
	refuse(t, strcmp(t->row.state, RA_CMP_ENDED) == 0 ? RA_CMP_CERT_CONFIRMED :
	    RA_CMP_BAD_REQUEST, _("there is nothing to be confirmed"));
	return false;
}

static void
take_confirmation(struct talk *t)
{
	ra_cmp_said said;

	if (!is_unconfirmed(t))
		return;
	if (ra_cmp_read_conf(t->m->content, &said)) {
		refuse(t, RA_CMP_BAD_DATA_FORMAT,
		    _("one certificate is confirmed at a time"));
		return;
	}
	if (said.said && !is_about_it(t, &said)) {
		refuse(t, RA_CMP_BAD_CERT_ID,
		    _("that is not the certificate which was issued"));
		return;
	}
	if (said.said && said.accepted)
		confirm(t);
	else
		give_back(t);
}

/* Who could make nothing of what we said has no certificate. */
static void
take_error(struct talk *t)
{
	if (strcmp(t->row.state, RA_CMP_UNCONFIRMED) == 0)
		give_back(t);
	else
		confirm(t);
}

/* ---- the rest ---- */

static tmg_rc
find_revoked(struct talk *t, const ra_cmp_revocation *r, char serial[TMG_SERIAL_MAX])
{
	tmg_auto(ra_cert) cert = { .der = NULL };
	tmg_auto(ra_app) app = { .id = "" };
	tmg_view digits = r->serial;
	uint8_t name[1024];
	tmg_out issuer = TMG_OUT(name);
	tmg_rc rc = TMG_NOT_FOUND;

	if (digits.len > 1 && digits.ptr[0] == 0)
		(void)!tmg_view_take(&digits, 1, &(tmg_view){ NULL, 0 });
	tmg_tlv_put(&issuer, DIRECTORY_NAME, r->issuer);
	serial[0] = '\0';
	if (digits.len < TMG_SERIAL_MAX / 2 && is_name(tmg_out_view(&issuer),
	    X509_get_subject_name(t->desk->office->ca->cert))) {
		tmg_hex_text(serial, TMG_SERIAL_MAX, digits);
		rc = ra_cert_get(t->desk->store, serial, &cert);
	}
	if (rc == TMG_OK && cert.app[0] != '\0')
		rc = ra_app_get(t->desk->store, cert.app, &app);
	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return ra_desk_says(t->desk, rc);
	if (rc || app.id[0] == '\0' || strcmp(app.owner, owner_of(&t->peer)) != 0)
		return tmg_raise(&t->desk->fault, TMG_NOT_FOUND, 0,
		    _("no certificate of that issuer and number is yours"));
	return TMG_OK;
}

/* Putting on hold, and taking off it, is the officers' and the pages'. */
static bool
is_final(int reason)
{
	return (reason >= 0 && reason <= 5) || reason == 9 || reason == 10;
}

static void
take_revocation(struct talk *t)
{
	tmg_auto(ra_cert) gone = { .der = NULL };
	char serial[TMG_SERIAL_MAX], name[RA_OWNER_MAX + 16];
	ra_cmp_revocation r;
	tmg_rc rc;

	if (t->peer.means != RA_CMP_SIGNATURE) {
		refuse(t, RA_CMP_WRONG_INTEGRITY,
		    _("a revocation is signed with a certificate of the same holder"));
		return;
	}
	if (ra_cmp_read_revocation(t->m->content, &r)) {
		refuse(t, RA_CMP_BAD_REQUEST,
		    _("one certificate is wanted, by issuer and serial number"));
		return;
	}
	t->row.kind = RA_CMP_RR;
	t->reply = (ra_cmp_reply){ .kind = RA_CMP_RP, .fail = RA_CMP_FINE,
		.text = "" };
	move(t, RA_CMP_ENDED, ENDED_DAYS);
	snprintf(name, sizeof(name), "applicant:%s", owner_of(&t->peer));
	const ra_actor self = { RA_BY_APPLICANT, name };

	if ((rc = find_revoked(t, &r, serial)) == TMG_OK && !is_final(r.reason))
		rc = tmg_raise(&t->desk->fault, TMG_MISMATCH, 0,
		    _("that reason is not taken here"));
	if (rc == TMG_OK)
		rc = ra_desk_revoke(t->desk, serial, r.reason, &self, &gone);
	if (tmg_is_fault(rc)) {
		refuse_fault(t, rc);
	} else if (rc) {
		t->reply.status = RA_CMP_REJECTION;
		t->reply.fail = rc == TMG_MISMATCH ? RA_CMP_UNACCEPTED_EXTENSION :
		    fail_of(rc);
		t->reply.text = t->desk->fault.text;
	}
}

/* Nothing changes by it: it is not kept. */
static void
take_question(struct talk *t)
{
	const ra_profile *profile = profile_of(t);
	tmg_der d;
	tmg_rc rc;

	if (profile == NULL) {
		refuse(t, RA_CMP_BAD_REQUEST, t->desk->fault.text);
		return;
	}
	if ((t->news = malloc(ROOM)) == NULL) {
		refuse(t, RA_CMP_SYSTEM_FAILURE, _("out of memory"));
		return;
	}
	d = (tmg_der){ t->news, ROOM, ROOM, false };
	if ((rc = ra_cmp_news_put(t->desk, profile, t->m->content, &d))) {
		if (rc == TMG_MISMATCH)
			refuse(t, RA_CMP_BAD_REQUEST, _("that is no list of questions"));
		else
			refuse_fault(t, rc);
		return;
	}
	t->reply = (ra_cmp_reply){ .kind = RA_CMP_GENP, .fail = RA_CMP_FINE,
		.text = "", .news = tmg_der_view(&d) };
}

static const struct {
	ra_cmp_kind kind;
	bool first;			/* begins a transaction */
	void (*take)(struct talk *t);
} steps[] = {
	{ RA_CMP_IR, true, take_request },
	{ RA_CMP_CR, true, take_request },
	{ RA_CMP_P10CR, true, take_request },
	{ RA_CMP_KUR, true, take_renewal },
	{ RA_CMP_RR, true, take_revocation },
	{ RA_CMP_GENM, true, take_question },
	{ RA_CMP_POLLREQ, false, take_poll },
	{ RA_CMP_CERTCONF, false, take_confirmation },
	{ RA_CMP_ERROR, false, take_error },
};

/* ---- the transaction ---- */

static bool
answers_last(const struct talk *t)
{
	char nonce[65] = "";

	if (t->m->answered.len < sizeof(nonce) / 2)
		tmg_hex_text(nonce, sizeof(nonce), t->m->answered);
	return strcmp(nonce, t->row.nonce) == 0;
}

/* Whether this message may come now. */
static bool
fits(struct talk *t, bool first)
{
	const bool same = t->known && strcmp(t->row.peer, t->peer.name) == 0;

	if (first && t->known)
		refuse(t, RA_CMP_TRANSACTION_IN_USE,
		    _("that transactionID was used before"));
	else if (!first && !same)
		refuse(t, RA_CMP_BAD_REQUEST,
		    _("no transaction of that number was begun by you"));
	else if (!first && !answers_last(t))
		refuse(t, RA_CMP_BAD_RECIPIENT_NONCE,
		    _("recipNonce is not the nonce of the last answer"));
	else
		return true;
	return false;
}

static void
take(struct talk *t)
{
	for (size_t i = 0; i < TMG_COUNT(steps); i++) {
		if (steps[i].kind != t->m->kind)
			continue;
		if (fits(t, steps[i].first))
			steps[i].take(t);
		return;
	}
	refuse(t, RA_CMP_BAD_REQUEST, _("such a message is not answered here"));
}

static tmg_rc
load(struct talk *t)
{
	tmg_rc rc;

	if ((rc = ra_sha256_text(t->m->der, t->hash)))
		return tmg_raise(&t->desk->fault, rc, 0, _("hashing failed"));
	tmg_hex_text(t->row.id, sizeof(t->row.id), t->m->transaction);
	rc = ra_cmp_row_get(t->desk->store, t->row.id, &t->row);
	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return ra_desk_says(t->desk, rc);
	t->known = rc == TMG_OK;
	memcpy(t->before, t->row.asked, sizeof(t->before));
	return TMG_OK;
}

/* ---- saying it ---- */

struct letter {
	uint8_t *room;
	tmg_der d;
};

static void
letter_release(struct letter *l)
{
	free(l->room);
}

/* What goes with a signature: whose it is, and how that leads to the root. */
static bool
put_certs(const struct talk *t, tmg_der *d)
{
	unsigned char *der = NULL;
	uint8_t *chain = NULL;
	const int len = i2d_X509(t->own, &der);
	const size_t mark = d->at;
	size_t chain_len = 0;
	const bool ok = len > 0 &&
	    ra_ca_der(t->desk->office->ca, &chain, &chain_len) == TMG_OK;

	if (ok) {
		tmg_der_bytes(d, (tmg_view){ chain, chain_len });
		tmg_der_bytes(d, (tmg_view){ der, (size_t)len });
		tmg_der_wrap(d, 0x30, mark);
		tmg_der_wrap(d, 0xa1, mark);
	}
	OPENSSL_free(der);
	free(chain);
	return ok;
}

static tmg_rc
choose_algorithm(const struct talk *t, tmg_out *algorithm)
{
	const tmg_rc rc = t->peer.means == RA_CMP_MAC ?
	    ra_cmp_mac_algorithm(t->desk->office->ctx, t->m->algorithm, algorithm) :
	    ra_verify_algorithm(
	    t->desk->office->deputy[RA_DEPUTY_CMP]->keeper->public, algorithm);

	return rc ? tmg_raise(&t->desk->fault, TMG_E_CRYPTO, 0,
	    _("the answer could not be made")) : TMG_OK;
}

static tmg_rc
protect(struct talk *t, tmg_view algorithm, tmg_view header, tmg_view body,
    tmg_out *bits)
{
	const size_t cap = header.len + body.len + 8;
	tmg_auto_free uint8_t *room = malloc(cap);
	tmg_out o = { room, cap, 0, false };

	if (room == NULL)
		return tmg_raise(&t->desk->fault, TMG_E_NOMEM, 0, _("out of memory"));
	ra_cmp_protected_put(&o, header, body);
	return t->peer.means == RA_CMP_MAC ? ra_cmp_mac_put(t->desk->office->ctx,
	    algorithm, tmg_secret_view(&t->peer.secret), tmg_out_view(&o), bits) :
	    ra_cmp_signature_put(t->desk->office->ctx,
	    t->desk->office->deputy[RA_DEPUTY_CMP]->keeper, tmg_out_view(&o), bits,
	    &t->desk->fault);
}

static tmg_view
own_key_id(const struct talk *t)
{
	const ASN1_OCTET_STRING *id = X509_get0_subject_key_id(t->own);

	return t->peer.means == RA_CMP_MAC ? t->m->key_id : id == NULL ?
	    (tmg_view){ NULL, 0 } : (tmg_view){ ASN1_STRING_get0_data(id),
	    (size_t)ASN1_STRING_length(id) };
}

/* From the end to the front: certificates, bits, body, header. */
static tmg_rc
compose(struct talk *t, tmg_view algorithm, tmg_view nonce, tmg_der *d)
{
	const ra_cmp_envelope e = { t->m->version == VERSION_3 ? VERSION_3 : VERSION_2,
		X509_get_subject_name(t->own), t->m->sender, algorithm,
		own_key_id(t), t->m->transaction, nonce, t->m->nonce };
	uint8_t store[1024];
	tmg_out bits = TMG_OUT(store);
	tmg_der parts = { d->base, d->cap / 2, d->cap / 2, false };
	tmg_view header, body;
	size_t mark;
	tmg_rc rc;

	ra_cmp_body_put(&parts, &t->reply);
	body = tmg_der_view(&parts);
	ra_cmp_header_put(&parts, &e, t->reply.implicit);
	header = tmg_der_view(&parts);
	header.len -= body.len;
	if (parts.full)
		return tmg_raise(&t->desk->fault, TMG_E_SPACE, 0,
		    _("the answer does not fit"));
	if ((rc = protect(t, algorithm, header, body, &bits)))
		return rc;
	if (!put_certs(t, d))
		return tmg_raise(&t->desk->fault, TMG_E_NOMEM, 0, _("out of memory"));
	mark = d->at;
	tmg_der_bytes(d, tmg_out_view(&bits));
	tmg_der_u8(d, 0);
	tmg_der_wrap(d, 0x03, mark);
	tmg_der_wrap(d, 0xa0, mark);
	tmg_der_bytes(d, body);
	tmg_der_bytes(d, header);
	tmg_der_wrap(d, 0x30, d->cap);
	return d->full ? tmg_raise(&t->desk->fault, TMG_E_SPACE, 0,
	    _("the answer does not fit")) : TMG_OK;
}

static tmg_rc
copy_out(struct talk *t, tmg_view bytes, uint8_t **der, size_t *len)
{
	if ((*der = malloc(bytes.len)) == NULL)
		return tmg_raise(&t->desk->fault, TMG_E_NOMEM, 0, _("out of memory"));
	memcpy(*der, bytes.ptr, bytes.len);
	*len = bytes.len;
	return TMG_OK;
}

static tmg_rc
say(struct talk *t, uint8_t nonce[RA_CMP_NONCE], uint8_t **der, size_t *len)
{
	__attribute__((__cleanup__(letter_release))) struct letter l =
	    { .room = malloc(4 * ROOM) };
	uint8_t store[512];
	tmg_out algorithm = TMG_OUT(store);
	tmg_rc rc;

	if (l.room == NULL || RAND_bytes_ex(tmg_ctx_libctx(t->desk->office->ctx),
	    nonce, RA_CMP_NONCE, 0) != 1)
		return tmg_raise(&t->desk->fault, TMG_E_NOMEM, 0, _("out of memory"));
	if ((rc = choose_algorithm(t, &algorithm)))
		return rc;
	l.d = (tmg_der){ l.room, (size_t)4 * ROOM, (size_t)4 * ROOM, false };
	if ((rc = compose(t, tmg_out_view(&algorithm),
	    (tmg_view){ nonce, RA_CMP_NONCE }, &l.d)))
		return rc;
	return copy_out(t, tmg_der_view(&l.d), der, len);
}

/* ---- keeping it ---- */

/* Of two who took the same message in, the second says what the first said. */
static tmg_rc
say_kept(struct talk *t, uint8_t **der, size_t *len)
{
	tmg_auto(ra_cmp_row) kept = { .answer = NULL };
	tmg_rc rc = ra_cmp_row_get(t->desk->store, t->row.id, &kept);

	if (rc)
		return ra_desk_says(t->desk, rc == TMG_NOT_FOUND ? TMG_E_IO : rc);
	if (strcmp(kept.asked, t->hash) != 0 || kept.answer == NULL)
		return tmg_raise(&t->desk->fault, TMG_BUSY, 0,
		    _("another message of this transaction came meanwhile"));
	free(*der);
	return copy_out(t, (tmg_view){ kept.answer, kept.len }, der, len);
}

static tmg_rc
keep(struct talk *t, const uint8_t nonce[RA_CMP_NONCE], uint8_t **der,
    size_t *len)
{
	ra_cmp_row row = t->row;
	tmg_rc rc;

	memcpy(row.asked, t->hash, sizeof(row.asked));
	memcpy(row.peer, t->peer.name, sizeof(row.peer));
	tmg_hex_text(row.nonce, sizeof(row.nonce), (tmg_view){ nonce, RA_CMP_NONCE });
	row.answer = *der;
	row.len = *len;
	rc = t->known ? ra_cmp_row_step(t->desk->store, &row, t->before) :
	    ra_cmp_row_add(t->desk->store, &row);
	if (rc == TMG_OCCUPIED)
		return say_kept(t, der, len);
	return rc ? ra_desk_says(t->desk, rc) : TMG_OK;
}

static tmg_rc
find_own(struct talk *t)
{
	tmg_auto(ra_cert) own = { .der = NULL };
	const unsigned char *at;
	const tmg_rc rc = ra_deputy_now(t->desk,
	    t->desk->office->deputy[RA_DEPUTY_CMP], &own);

	if (rc)
		return rc;
	at = own.der;
	t->own = d2i_X509(NULL, &at, (long)own.len);
	return t->own != NULL ? TMG_OK :
	    ra_ca_fail(&t->desk->fault, _("the server's certificate cannot be read"));
}

/* The same message again gets the same answer, whatever became of it since. */
static bool
is_again(const struct talk *t)
{
	return t->known && t->row.answer != NULL &&
	    strcmp(t->row.asked, t->hash) == 0 &&
	    strcmp(t->row.peer, t->peer.name) == 0;
}

static tmg_rc
answer(struct talk *t, uint8_t **der, size_t *len)
{
	uint8_t nonce[RA_CMP_NONCE];
	tmg_rc rc;

	if (check_header(t)) {
		if ((rc = load(t)))
			refuse_fault(t, rc);
		else if (enter(t) && is_again(t))
			return copy_out(t, (tmg_view){ t->row.answer, t->row.len }, der,
			    len);
		else if (t->peer.means != RA_CMP_NOTHING)
			take(t);
	}
	if ((rc = say(t, nonce, der, len)) || !t->keeps)
		return rc;
	if ((rc = keep(t, nonce, der, len)) == TMG_OK)
		return rc;
	refuse_fault(t, rc);
	free(*der);
	*der = NULL;
	return say(t, nonce, der, len);
}

tmg_rc
ra_cmp_talk(ra_desk *desk, const ra_cmp_message *m, const char *label,
    char *user, uint8_t **der, size_t *len)
{
	__attribute__((__cleanup__(talk_release))) struct talk t =
	    { .desk = desk, .m = m, .label = label };
	tmg_rc rc;

	*der = NULL;
	desk->fault = (tmg_fault){ .rc = TMG_OK };
	if ((rc = find_own(&t)))
		return rc;
	rc = answer(&t, der, len);
	if (t.peer.means != RA_CMP_NOTHING)
		snprintf(user, RA_OWNER_MAX, "%s", owner_of(&t.peer));
	return rc;
}
