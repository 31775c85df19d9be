/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/cmp/take.h"

#include <openssl/err.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/pki/x509.h"
#include "tools/ra/ca/reasons.h"
#include "tools/ra/cmp/body.h"
#include "tools/ra/cmp/transaction.h"
#include "tools/ra/desk/confirm.h"

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
is_about_it(ra_cmp_turn *t, const ra_cmp_said *said)
{
	tmg_auto(ra_X509) x = NULL;
	const tmg_rc rc = ra_cert_of_app(t->desk->store, t->row.app, &t->cert);
	bool same;

	if (rc || t->cert.der == NULL)
		return false;
	same = tmg_x509_keyless(t->desk->office->ctx, (tmg_view){ t->cert.der,
	    t->cert.len }, &x) == TMG_OK && said->id == t->row.request && is_hash_of(said, x);
	ERR_clear_error();
	return same;
}

static void
confirm(ra_cmp_turn *t)
{
	t->reply = (ra_cmp_reply){ .kind = RA_CMP_PKICONF, .fail = RA_CMP_FINE,
		.text = "" };
	t->settles = true;
	ra_cmp_move(t, RA_CMP_ENDED);
}

/* What its holder does not want is in force for nobody: RFC 4210 5.3.18. */
static void
give_back(ra_cmp_turn *t)
{
	tmg_auto(ra_cert) gone = { .der = NULL };
	char name[RA_ACTOR_MAX];
	const ra_actor self = ra_cmp_peer_actor(&t->peer, name);
	const tmg_rc rc = ra_desk_revoke(t->desk, t->row.app, RA_REASON_CESSATION, &self,
	    &gone);

	if (rc == TMG_OK || rc == TMG_OCCUPIED)
		confirm(t);
	else
		ra_cmp_refuse_fault(t, rc);
}

static bool
is_in(const ra_cmp_turn *t, const char *state)
{
	return strcmp(t->row.state, state) == 0;
}

static bool
is_late(const ra_cmp_turn *t)
{
	return is_in(t, RA_CMP_LATE) ||
	    (is_in(t, RA_CMP_TIMED) && t->row.until <= ra_desk_now(t->desk));
}

/* What nobody took back yet is taken back now: to say that it is gone makes it so. */
static void
refuse_late(ra_cmp_turn *t)
{
	const tmg_rc rc = is_in(t, RA_CMP_LATE) ? TMG_OK :
	    ra_confirm_take_back(t->desk, t->row.id, t->row.app);

	if (rc != TMG_OK && rc != TMG_OCCUPIED)
		ra_cmp_refuse_fault(t, rc);
	else
		ra_cmp_refuse(t, RA_CMP_CERT_REVOKED,
		    _("the time to confirm this certificate is over, and it was revoked: "
		    "enroll anew"));
}

static bool
is_unconfirmed(ra_cmp_turn *t)
{
	if (is_late(t))
		refuse_late(t);
	else if (is_in(t, RA_CMP_UNCONFIRMED) || is_in(t, RA_CMP_TIMED))
		return true;
	else
		ra_cmp_refuse(t, is_in(t, RA_CMP_ENDED) ? RA_CMP_CERT_CONFIRMED :
		    RA_CMP_BAD_REQUEST, _("there is nothing to be confirmed"));
	return false;
}

void
ra_cmp_take_confirmation(ra_cmp_turn *t)
{
	ra_cmp_said said;

	if (!is_unconfirmed(t))
		return;
	if (ra_cmp_read_conf(t->m->content, &said)) {
		ra_cmp_refuse(t, RA_CMP_BAD_DATA_FORMAT,
		    _("one certificate is confirmed at a time"));
		return;
	}
	if (said.said && !is_about_it(t, &said)) {
		ra_cmp_refuse(t, RA_CMP_BAD_CERT_ID,
		    _("that is not the certificate which was issued"));
		return;
	}
	if (said.said && said.accepted)
		confirm(t);
	else
		give_back(t);
}

/* Who could make nothing of what we said has no certificate. */
void
ra_cmp_take_error(ra_cmp_turn *t)
{
	if (is_late(t))
		refuse_late(t);
	else if (is_in(t, RA_CMP_UNCONFIRMED) || is_in(t, RA_CMP_TIMED))
		give_back(t);
	else
		confirm(t);
}
