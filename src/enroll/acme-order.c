/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/acme-order.h"

#include <jansson.h>
#include <stdlib.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/enroll/acme-jws.h"
#include "src/enroll/acme-names.h"
#include "src/enroll/acme-proof.h"
#include "src/enroll/acme-renewal.h"
#include "src/enroll/acme-talk.h"
#include "src/enroll/memory.h"

/* ---- what is kept ------------------------------------------------------ */

tmg_rc
tmg_acme_kept_read(tmg_view text, char url[TMG_ACME_URL_MAX], bool *shown)
{
	json_t *o = text.len == 0 ? NULL : json_loadb((const char *)text.ptr, text.len,
	    JSON_REJECT_DUPLICATES, NULL);
	const char *order = json_string_value(json_object_get(o, "order"));
	const bool good = order != NULL && tmg_acme_is_url(order);

	if (good)
		memcpy(url, order, strlen(order) + 1);
	*shown = json_is_true(json_object_get(o, "shown"));
	json_decref(o);
	return good ? TMG_OK : TMG_E_MALFORMED;
}

static tmg_rc
keep(tmg_authority *a, bool shown)
{
	json_t *o = json_pack("{s:s, s:b}", "order", tmg_acme_of(a)->order_url,
	    "shown", (int)shown);
	tmg_auto_free char *text = o != NULL ? json_dumps(o, JSON_COMPACT) : NULL;

	json_decref(o);
	if (text == NULL)
		return tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory"));
	return tmg_authority_keep(a, tmg_view_str(text));
}

tmg_rc
tmg_acme_order_shown(tmg_authority *a)
{
	return keep(a, true);
}

tmg_rc
tmg_acme_order_forget(tmg_authority *a)
{
	tmg_acme_of(a)->left = false;
	tmg_acme_of(a)->order_url[0] = '\0';
	return tmg_authority_keep(a, (tmg_view){ NULL, 0 });
}

/* ---- asking ------------------------------------------------------------ */

static tmg_rc
read_order(tmg_authority *a, const tmg_http_response *r, long *retry_after_s)
{
	*retry_after_s = r->retry_after_s;
	return tmg_acme_read_order((tmg_view){ r->body, r->len },
	    &tmg_acme_of(a)->order) == TMG_OK ? TMG_OK
	    : tmg_authority_raise(a, TMG_E_MALFORMED,
		_("%s: what it says of the order cannot be read; tell its operator"),
		a->uri.where);
}

tmg_rc
tmg_acme_order_look(tmg_authority *a, long *retry_after_s)
{
	TMG_ACME_RESPONSE;
	tmg_rc rc;

	if ((rc = tmg_acme_fetch(a, tmg_acme_of(a)->order_url,
	    "Accept: application/json", &r)))
		return rc;
	return read_order(a, &r, retry_after_s);
}

tmg_rc
tmg_acme_order_recall(tmg_authority *a, long *retry_after_s)
{
	tmg_acme *acme = tmg_acme_of(a);
	tmg_rc rc;

	if (tmg_acme_kept_read(tmg_authority_kept(a), acme->order_url, &acme->left))
		return TMG_NOT_FOUND;
	rc = tmg_acme_order_look(a, retry_after_s);
	if (rc == TMG_OK && acme->order.status != TMG_ACME_INVALID)
		return rc;
	if (tmg_is_fault(rc) || rc == TMG_PENDING)
		return rc;
	/* expired, failed, or of an account that is gone: a fact, not a failure */
	tmg_log(a->ctx, TMG_LOG_INFO, "%s: the order %s is over; another one is made",
	    a->uri.where, acme->order_url);
	if (rc == TMG_OK && acme->left)
		tmg_acme_prove_tidy(a);
	rc = tmg_acme_order_forget(a);
	return rc == TMG_OK ? TMG_NOT_FOUND : rc;
}

/* ---- making ------------------------------------------------------------ */

static tmg_rc
order_once(tmg_authority *a, const char *payload)
{
	tmg_acme *acme = tmg_acme_of(a);
	TMG_ACME_RESPONSE;
	long ignored;
	tmg_rc rc;

	if ((rc = tmg_acme_post(a, acme->directory.new_order, payload, &r)))
		return rc;
	if (!tmg_acme_is_url(r.place))
		return tmg_authority_raise(a, TMG_E_MALFORMED,
		    _("%s: its answer names no order; tell its operator"), a->uri.where);
	memcpy(acme->order_url, r.place, sizeof(acme->order_url));
	if ((rc = keep(a, false)))
		return rc;
	return read_order(a, &r, &ignored);
}

/* A server may lose accounts, and it may forget ours: then it is made again
 * with the same key. */
static tmg_rc
order(tmg_authority *a, const char *payload)
{
	tmg_rc rc = order_once(a, payload);

	if (strcmp(tmg_acme_of(a)->problem.type, "accountDoesNotExist") != 0)
		return rc;
	if ((rc = tmg_acme_account_lost(a)) || (rc = tmg_acme_account_open(a)))
		return rc;
	return order_once(a, payload);
}

/* replaces NULL: nothing */
static tmg_rc
order_replacing(tmg_authority *a, tmg_view csr, const char *replaces)
{
	tmg_auto_free char *payload = NULL;
	json_t *names, *o;
	tmg_rc rc;

	if ((rc = tmg_acme_names(a, csr, &names)))
		return rc;
	o = json_pack("{s:o, s:s*}", "identifiers", names, "replaces", replaces);
	payload = o != NULL ? json_dumps(o, JSON_COMPACT) : NULL;
	json_decref(o);
	if (payload == NULL)
		return tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory"));
	return order(a, payload);
}

/* RFC 9773 5: who tells when to renew is told what this renews.  What another
 * order replaced already is ordered all the same. */
tmg_rc
tmg_acme_order_make(tmg_authority *a, tmg_view csr, bool renews)
{
	const tmg_acme *acme = tmg_acme_of(a);
	char id[TMG_ACME_CERT_ID_MAX];
	tmg_rc rc;

	if (!renews || acme->directory.renewal_info[0] == '\0' ||
	    tmg_acme_cert_id(a->ctx, a->spec.cert, id))
		return order_replacing(a, csr, NULL);
	rc = order_replacing(a, csr, id);
	if (rc != TMG_OK && strcmp(acme->problem.type, "alreadyReplaced") == 0)
		return order_replacing(a, csr, NULL);
	return rc;
}

tmg_rc
tmg_acme_order_finalize(tmg_authority *a, tmg_view csr, long *retry_after_s)
{
	tmg_acme *acme = tmg_acme_of(a);
	json_t *o = json_pack("{s:o}", "csr", tmg_jws_text(csr));
	tmg_auto_free char *payload = o != NULL ? json_dumps(o, JSON_COMPACT) : NULL;
	TMG_ACME_RESPONSE;
	tmg_rc rc;

	json_decref(o);
	if (payload == NULL)
		return tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory"));
	rc = tmg_acme_post(a, acme->order.finalize, payload, &r);
	/* an earlier process did it, and nobody heard */
	if (rc != TMG_OK && strcmp(acme->problem.type, "orderNotReady") == 0)
		return tmg_acme_order_look(a, retry_after_s);
	return rc != TMG_OK ? rc : read_order(a, &r, retry_after_s);
}
