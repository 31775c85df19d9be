/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Refusals and answers that are not believed, in words.
 */
#include <openssl/cmperr.h>
#include <openssl/err.h>
#include <stdio.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/tlv.h"
#include "src/enroll/cmp-note.h"
#include "src/http/header.h"

enum { SAID_MAX = 140 };	/* bytes of the authority's own text */

/* PKIFailureInfo, RFC 9810 5.2.3; the first that is set is told. */
static const struct {
	int bit;
	tmg_rc rc;
	unsigned advice;
	const char *words;
} refusals[] = {
	{ OSSL_CMP_PKIFAILUREINFO_notAuthorized, TMG_DENIED, 0,
	  N_("it refuses you") },
	{ OSSL_CMP_PKIFAILUREINFO_signerNotTrusted, TMG_DENIED, 0,
	  N_("it does not trust the certificate that protects the request") },
	{ OSSL_CMP_PKIFAILUREINFO_badMessageCheck, TMG_DENIED, TMG_TRY_CREDENTIAL,
	  N_("it does not accept this reference and secret, or this signature") },
	{ OSSL_CMP_PKIFAILUREINFO_wrongIntegrity, TMG_DENIED, TMG_TRY_CREDENTIAL,
	  N_("it wants the request protected in another way: by a secret instead of "
	  "a signature, or the other way round") },
	{ OSSL_CMP_PKIFAILUREINFO_badPOP, TMG_DENIED, 0,
	  N_("it does not accept the proof that you have the key") },
	{ OSSL_CMP_PKIFAILUREINFO_badAlg, TMG_DENIED, 0,
	  N_("it does not take the algorithm of the key or of the protection; try "
	  "another type of key, or the options \"mac\" and \"digest\"") },
	{ OSSL_CMP_PKIFAILUREINFO_badCertTemplate, TMG_DENIED, 0,
	  N_("it does not issue certificates with this content") },
	{ OSSL_CMP_PKIFAILUREINFO_unacceptedPolicy, TMG_DENIED, 0,
	  N_("it does not issue under this policy") },
	{ OSSL_CMP_PKIFAILUREINFO_unacceptedExtension, TMG_DENIED, 0,
	  N_("it does not grant an extension that was asked for") },
	{ OSSL_CMP_PKIFAILUREINFO_wrongAuthority, TMG_DENIED, 0,
	  N_("the request is for another authority; is the option \"recipient\" "
	  "right?") },
	{ OSSL_CMP_PKIFAILUREINFO_badTime, TMG_DENIED, 0,
	  N_("it does not accept the request's time; is the clock of this computer "
	  "right?") },
	{ OSSL_CMP_PKIFAILUREINFO_badCertId, TMG_NOT_FOUND, 0,
	  N_("it does not know that certificate") },
	{ OSSL_CMP_PKIFAILUREINFO_certRevoked, TMG_DENIED, 0,
	  N_("the certificate is revoked already") },
	{ OSSL_CMP_PKIFAILUREINFO_duplicateCertReq, TMG_DENIED, TMG_TRY_CANCEL,
	  N_("it has such a request already") },
	{ OSSL_CMP_PKIFAILUREINFO_transactionIdInUse, TMG_DENIED, TMG_TRY_CANCEL,
	  N_("it has this request already and does not tell what became of it; ask "
	  "its operator") },
	{ OSSL_CMP_PKIFAILUREINFO_systemUnavail, TMG_E_IO, 0,
	  N_("it is out of service for now; try again later") },
	{ OSSL_CMP_PKIFAILUREINFO_systemFailure, TMG_E_IO, 0,
	  N_("it failed inside; try again later, and tell its operator if it goes on") },
	{ OSSL_CMP_PKIFAILUREINFO_unsupportedVersion, TMG_UNSUPPORTED, 0,
	  N_("it speaks another version of CMP") },
	{ OSSL_CMP_PKIFAILUREINFO_badDataFormat, TMG_DENIED, 0,
	  N_("it cannot read the request") },
	{ OSSL_CMP_PKIFAILUREINFO_badRequest, TMG_DENIED, 0,
	  N_("it does not permit or offer what was asked for") },
};

void
tmg_cmp_said(const OSSL_CMP_CTX *ctx, char *to, size_t cap)
{
	const OSSL_CMP_PKIFREETEXT *lines = OSSL_CMP_CTX_get0_statusString(ctx);
	const ASN1_UTF8STRING *first = sk_ASN1_UTF8STRING_num(lines) > 0
	    ? sk_ASN1_UTF8STRING_value(lines, 0) : NULL;

	to[0] = '\0';
	if (first != NULL)
		tmg_header_clean(to, cap, (tmg_view){ ASN1_STRING_get0_data(first),
		    (size_t)ASN1_STRING_length(first) });
}

/* What a clock that differs explains, and nothing else does. */
static const char *
clock_words(const tmg_cmp_talk *t, int info, char text[TMG_CMP_SKEW_MAX])
{
	text[0] = '\0';
	return info > 0 && (info & 1 << OSSL_CMP_PKIFAILUREINFO_badTime) != 0 ?
	    tmg_cmp_skew_words(t, text) : text;
}

static tmg_rc
refused(const tmg_cmp_talk *t, const OSSL_CMP_CTX *ctx)
{
	tmg_authority *a = t->a;
	const int info = OSSL_CMP_CTX_get_failInfoCode(ctx);
	const char *words = _("it refuses the request");
	unsigned advice = 0;
	char said[SAID_MAX], skew[TMG_CMP_SKEW_MAX], late[TMG_CMP_LATE_MAX];
	tmg_rc rc = TMG_DENIED;

	tmg_cmp_said(ctx, said, sizeof(said));
	for (size_t i = 0; info > 0 && i < TMG_COUNT(refusals); i++)
		if ((info & 1 << refusals[i].bit) != 0) {
			rc = refusals[i].rc;
			words = _(refusals[i].words);
			advice = refusals[i].advice;
			break;
		}
	if (clock_words(t, info, skew)[0] != '\0')
		words = skew;
	if (tmg_cmp_late_words(t, late)[0] != '\0') {
		words = late;
		advice = TMG_TRY_CANCEL;
	}
	if (said[0] == '\0')
		rc = tmg_authority_raise(a, rc, "%s: %s", a->uri.where, words);
	else
		rc = tmg_authority_raise(a, rc, "%s: %s (\"%s\")", a->uri.where, words,
		    said);
	return tmg_advise(&a->fault, advice, rc);
}

/* What libcrypto refused, by its reason.  What was not believed decides nothing: the
 * transaction may go on. */
static const struct {
	int reason;
	tmg_rc rc;
	unsigned advice;
	const char *words;
} doubts[] = {
	{ CMP_R_TRANSACTIONID_UNMATCHED, TMG_MISMATCH, TMG_TRY_AGAIN,
	  N_("its answer belongs to another transaction and was not believed") },
	{ CMP_R_RECIPNONCE_UNMATCHED, TMG_MISMATCH, TMG_TRY_AGAIN,
	  N_("its answer is to another message, perhaps an old one repeated, and was "
	  "not believed") },
	{ CMP_R_WRONG_PBM_VALUE, TMG_MISMATCH, TMG_TRY_CREDENTIAL,
	  N_("its answer is not protected by your secret and was not believed; are "
	  "reference and secret right?") },
	{ CMP_R_MISSING_PBM_SECRET, TMG_MISMATCH, TMG_TRY_CREDENTIAL,
	  N_("its answer is protected by a secret, and you have none: it was not "
	  "believed") },
	{ CMP_R_MISSING_SECRET, TMG_MISMATCH, TMG_TRY_CREDENTIAL,
	  N_("its answer is protected by a secret, and you have none: it was not "
	  "believed") },
	{ CMP_R_MISSING_PROTECTION, TMG_MISMATCH, TMG_TRY_AGAIN,
	  N_("its answer is not protected, so anybody may have made it; it was not "
	  "believed") },
	{ CMP_R_NO_SUITABLE_SENDER_CERT, TMG_MISMATCH, TMG_TRY_AGAIN,
	  N_("its answer is not signed by anybody who leads to the CA you trust; it "
	  "was not believed") },
	{ CMP_R_SRVCERT_DOES_NOT_VALIDATE_MSG, TMG_MISMATCH, TMG_TRY_AGAIN,
	  N_("its answer is not signed by anybody who leads to the CA you trust; it "
	  "was not believed") },
	{ CMP_R_ERROR_VALIDATING_SIGNATURE, TMG_MISMATCH, TMG_TRY_AGAIN,
	  N_("the signature of its answer is wrong; it was not believed") },
	{ CMP_R_ERROR_VALIDATING_PROTECTION, TMG_MISMATCH, TMG_TRY_AGAIN,
	  N_("the protection of its answer is wrong; it was not believed") },
	{ CMP_R_UNKNOWN_ALGORITHM_ID, TMG_UNSUPPORTED, 0,
	  N_("its answer is protected by an algorithm that is not known here") },
	{ CMP_R_UNSUPPORTED_ALGORITHM, TMG_UNSUPPORTED, 0,
	  N_("its answer is protected by an algorithm that is not known here") },
	{ CMP_R_UNSUPPORTED_PROTECTION_ALG_DHBASEDMAC, TMG_UNSUPPORTED, 0,
	  N_("its answer is protected by an algorithm that is not known here") },
	{ CMP_R_UNEXPECTED_PVNO, TMG_UNSUPPORTED, 0,
	  N_("it speaks another version of CMP") },
	{ CMP_R_CHECKAFTER_OUT_OF_RANGE, TMG_E_MALFORMED, 0,
	  N_("it tells no time after which to ask again; tell its operator") },
	{ CMP_R_UNEXPECTED_PKIBODY, TMG_E_MALFORMED, 0,
	  N_("its answer is none to what was asked; tell its operator") },
};

static tmg_rc
stranger(tmg_authority *a)
{
	return tmg_advise(&a->fault, TMG_TRY_AGAIN, tmg_authority_raise(a, TMG_MISMATCH,
	    _("%s: its answer is signed by a certificate that is no authority's, and "
	    "was not believed; if you know whose it is, name it by the option "
	    "\"sender\""), a->uri.where));
}

/* libcrypto 3.0 takes any protection that it does not know for a signature, and
 * finds nobody who made it. */
static bool
is_pbmac1(const tmg_cmp_talk *t)
{
	static const uint8_t type[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 14 };
	tmg_view parts, oid;
	tmg_cmp_message m;

	return t->count > 0 && tmg_cmp_message_read((tmg_view){
	    t->turns[t->count - 1].answer, t->turns[t->count - 1].len }, &m) == TMG_OK &&
	    tmg_tlv_expect(&m.algorithm, 0x30, &parts) == TMG_OK &&
	    tmg_tlv_expect(&parts, 0x06, &oid) == TMG_OK &&
	    tmg_view_equal(oid, TMG_VIEW(type));
}

static tmg_rc
unspoken(tmg_authority *a)
{
	return tmg_authority_raise(a, TMG_UNSUPPORTED,
	    _("%s: its answer is protected by PBMAC1 (RFC 9481 6.1.2), which is not spoken "
	    "here, and was not believed; ask its operator for the older protection "
	    "(PasswordBasedMac), or renew with a key and its certificate"), a->uri.where);
}

static tmg_rc
doubted(tmg_authority *a)
{
	const char *why = NULL;
	unsigned long e;
	size_t best = TMG_COUNT(doubts);

	while ((e = ERR_get_error()) != 0) {
		if (ERR_GET_LIB(e) != ERR_LIB_CMP)
			continue;
		for (size_t i = 0; i < best; i++)
			if (ERR_GET_REASON(e) == doubts[i].reason)
				best = i;
		why = ERR_reason_error_string(e);
	}
	if (best < TMG_COUNT(doubts))
		return tmg_advise(&a->fault, doubts[best].advice,
		    tmg_authority_raise(a, doubts[best].rc, "%s: %s", a->uri.where,
		    _(doubts[best].words)));
	return tmg_authority_raise(a, TMG_E_MALFORMED,
	    _("%s: its answer is not as CMP has it (%s); tell its operator"),
	    a->uri.where, why != NULL ? why : "?");
}

tmg_rc
tmg_cmp_explain(tmg_cmp_talk *t, const OSSL_CMP_CTX *ctx)
{
	const tmg_cmp *cmp = t->a->state;
	const tmg_fault *key = &cmp->guard.watch.refusal;

	if (t->rc != TMG_OK)	/* its words stand */
		return t->rc;
	if (key->rc != TMG_OK)
		return tmg_fault_copy(&t->a->fault, key, key->rc);
	if (OSSL_CMP_CTX_get_status(ctx) == TMG_CMP_REJECTION)
		return refused(t, ctx);
	if (is_pbmac1(t))
		return unspoken(t->a);
	return t->stranger ? stranger(t->a) : doubted(t->a);
}
