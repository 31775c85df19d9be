/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/scep/scep.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/base64.h"
#include "tools/ra/ca/pkcs7.h"
#include "tools/ra/ca/successor.h"
#include "tools/ra/scep/talk.h"

#define TYPE_CHAIN "application/x-x509-ca-ra-cert"
#define TYPE_NEXT "application/x-x509-next-ca-cert"

/* RFC 8894 3.5.2; SHA-384 is not in its list, but some clients go no further
 * than this where it or DES3 is missing. */
#define CAPABILITIES \
	"AES\nDES3\nSHA-256\nSHA-384\nSHA-512\nPOSTPKIOperation\nRenewal\n" \
	"SCEPStandard\n"

static void
give_caps(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	(void)call;
	ra_reply_bytes(reply, "text/plain", tmg_view_str(
	    ra_successor_is_vouched(desk->office->next) ?
	    CAPABILITIES "GetNextCACert\n" : CAPABILITIES));
}

/* ---- certificates ---- */

/* The deputy's, the authority's and those above it, one behind the other. */
static tmg_rc
line_up(ra_desk *desk, uint8_t **der, size_t *len)
{
	tmg_auto(ra_cert) own = { .der = NULL };
	tmg_auto_free uint8_t *chain = NULL;
	size_t more;
	tmg_rc rc;

	if ((rc = ra_deputy_now(desk, desk->office->deputy[RA_DEPUTY_SCEP], &own)))
		return rc;
	if (ra_ca_der(desk->office->ca, &chain, &more) ||
	    (*der = malloc(own.len + more)) == NULL)
		return tmg_raise(&desk->fault, TMG_E_NOMEM, 0, _("out of memory"));
	memcpy(*der, own.der, own.len);
	memcpy(*der + own.len, chain, more);
	*len = own.len + more;
	return TMG_OK;
}

static void
give_certs(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	tmg_auto_free uint8_t *certs = NULL;
	tmg_auto_free uint8_t *store = NULL;
	tmg_out o = { .ptr = NULL };
	size_t len = 0;
	tmg_rc rc;

	(void)call;
	if ((rc = line_up(desk, &certs, &len))) {
		ra_reply_fault(reply, desk, rc);
		return;
	}
	o.cap = len + RA_CERTS_ONLY_MORE;
	o.ptr = store = malloc(o.cap);
	if (store == NULL || ra_certs_only((tmg_view){ certs, len }, &o))
		ra_reply_text(reply, HTTP_SERVER_ERROR, _("out of memory"));
	else
		ra_reply_bytes(reply, TYPE_CHAIN, tmg_out_view(&o));
}

/* RFC 8894 4.7: only where a next one is there. */
static void
give_next(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	tmg_view der;
	tmg_rc rc;

	(void)call;
	if (!ra_successor_is_vouched(desk->office->next))
		ra_reply_text(reply, HTTP_NOT_FOUND,
		    _("the authority has no certificate that follows the one in force"));
	else if ((rc = ra_successor_signed(desk->office->next, &der, &desk->fault)))
		ra_reply_fault(reply, desk, rc);
	else
		ra_reply_bytes(reply, TYPE_NEXT, der);
}

/* ---- messages ---- */

/* By GET it is base64 in the address, where a plus is a space to some. */
static void
take_message(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	const char *text = ra_posted_get(call->query, "message");
	const size_t len = strlen(text);
	tmg_auto_free char *plus = malloc(len + 1);
	tmg_auto_free uint8_t *store = malloc(len + 1);
	tmg_out der = { store, len, 0, false };

	if (plus == NULL || store == NULL) {
		ra_reply_text(reply, HTTP_SERVER_ERROR, _("out of memory"));
		return;
	}
	for (size_t i = 0; i < len; i++)
		plus[i] = text[i] == ' ' ? '+' : text[i];
	if (len == 0 || tmg_base64_parse((tmg_view){ (uint8_t *)plus, len }, &der))
		ra_reply_text(reply, HTTP_BAD_REQUEST,
		    _("message: the base64 of a SCEP message is wanted"));
	else
		ra_scep_answer(desk, call, tmg_out_view(&der), reply);
}

static const struct {
	const char *name;
	void (*handle)(ra_desk *desk, const ra_call *call, ra_reply *reply);
} operations[] = {
	{ "GetCACaps", give_caps },
	{ "GetCACert", give_certs },
	{ "GetNextCACert", give_next },
	{ "PKIOperation", take_message },
};

static bool
is_served(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	if (desk->office->deputy[RA_DEPUTY_SCEP] == NULL)
		ra_reply_text(reply, HTTP_NOT_FOUND,
		    _("SCEP is not served here: ra.conf names no scep.key"));
	else if (call->label[0] != '\0' &&
	    ra_profiles_find(desk->profiles, call->label) == NULL)
		ra_reply_text(reply, HTTP_NOT_FOUND,
		    _("there is no profile \"%s\" here"), call->label);
	else
		return true;
	return false;
}

void
ra_scep_get(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	const char *wanted = ra_posted_get(call->query, "operation");

	if (!is_served(desk, call, reply))
		return;
	for (size_t i = 0; i < TMG_COUNT(operations); i++) {
		if (strcmp(operations[i].name, wanted) == 0) {
			operations[i].handle(desk, call, reply);
			return;
		}
	}
	ra_reply_text(reply, HTTP_BAD_REQUEST,
	    _("operation: GetCACaps, GetCACert or PKIOperation"));
}

void
ra_scep_post(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	if (!is_served(desk, call, reply))
		return;
	if (strcmp(ra_posted_get(call->query, "operation"), "PKIOperation") != 0)
		ra_reply_text(reply, HTTP_BAD_REQUEST,
		    _("operation: PKIOperation is what is sent by POST"));
	else
		ra_scep_answer(desk, call, call->body, reply);
}
