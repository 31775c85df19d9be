/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/acme-renewal.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/base64.h"
#include "src/enroll/acme-talk.h"
#include "src/enroll/session.h"
#include "src/http/status.h"
#include "src/pki/scope.h"
#include "src/pki/x509.h"

/* With the zero that keeps a serial number positive: the value of its DER. */
static void
put_serial(tmg_out *o, const ASN1_INTEGER *serial)
{
	const uint8_t *bytes = ASN1_STRING_get0_data(serial);
	const size_t len = (size_t)ASN1_STRING_length(serial);
	uint8_t whole[64] = { 0 };
	size_t n = 0;

	if (len == 0 || len + 1 > sizeof(whole)) {
		o->full = true;
		return;
	}
	n = (bytes[0] & 0x80) != 0 ? 1 : 0;
	memcpy(whole + n, bytes, len);
	tmg_base64url_put(o, (tmg_view){ whole, n + len });
}

tmg_rc
tmg_acme_cert_id(tmg_ctx *ctx, tmg_view cert, char id[TMG_ACME_CERT_ID_MAX])
{
	tmg_out o = { (uint8_t *)id, TMG_ACME_CERT_ID_MAX - 1, 0, false };
	const ASN1_OCTET_STRING *key;
	tmg_held(X509) x = NULL;
	tmg_rc rc;

	if ((rc = tmg_x509_parse(tmg_ctx_libctx(ctx), cert, &x)))
		return rc;
	ERR_set_mark();
	key = X509_get0_authority_key_id(x);
	ERR_pop_to_mark();
	if (key == NULL)
		return TMG_NOT_FOUND;
	tmg_base64url_put(&o, (tmg_view){ ASN1_STRING_get0_data(key),
	    (size_t)ASN1_STRING_length(key) });
	tmg_put_str(&o, ".");
	put_serial(&o, X509_get0_serialNumber(x));
	id[o.full ? 0 : o.len] = '\0';
	return tmg_out_done(&o);
}

static tmg_rc
not_offered(tmg_authority *a)
{
	return tmg_authority_raise(a, TMG_UNSUPPORTED,
	    _("%s: it does not tell when certificates should be renewed"), a->uri.where);
}

static tmg_rc
fetch(tmg_authority *a, const char *url, tmg_http_response *r)
{
	tmg_http *http = NULL;
	tmg_rc rc;

	if ((rc = tmg_session_open(a, &http)) ||
	    (rc = tmg_http_do(http, &(tmg_http_request){ .url = url }, r, &a->fault)))
		return tmg_pass(&a->fault, rc);
	return r->status == TMG_HTTP_OK ? TMG_OK : tmg_refusal_status(a, r);
}

tmg_rc
tmg_acme_renew_when(tmg_authority *a, tmg_view cert, tmg_renewal *when)
{
	const tmg_acme *acme = tmg_acme_of(a);
	char id[TMG_ACME_CERT_ID_MAX], url[TMG_ACME_URL_MAX + TMG_ACME_CERT_ID_MAX];
	tmg_acme_window w;
	TMG_ACME_RESPONSE;
	tmg_rc rc;

	if ((rc = tmg_acme_hear(a, NULL)))
		return tmg_pass(&a->fault, rc);
	if (acme->directory.renewal_info[0] == '\0' || tmg_acme_cert_id(a->ctx, cert, id))
		return not_offered(a);
	snprintf(url, sizeof(url), "%s/%s", acme->directory.renewal_info, id);
	if ((rc = fetch(a, url, &r)))
		return rc;
	if (tmg_acme_read_window((tmg_view){ r.body, r.len }, &w))
		return tmg_authority_raise(a, TMG_E_MALFORMED,
		    _("%s: what it says of renewing cannot be read; tell its operator"),
		    a->uri.where);
	*when = (tmg_renewal){ .start = w.start, .end = w.end,
		.ask_again_s = r.retry_after_s };
	memcpy(when->why, w.why, sizeof(when->why));
	return TMG_OK;
}
