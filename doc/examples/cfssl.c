/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * usage: cfssl cfssl+https://HOST[:PORT] CA-FILE SUBJECT
 *
 * A protocol of one's own: the JSON interface of CFSSL's server ("info",
 * "sign"), as one table.  Keys, journal, resuming, checks and installing are
 * tamga's, as with every other protocol.
 */
#include <jansson.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tamga/binding.h>
#include <tamga/provision.h>

#include "common.h"

#define HTTP_OK 200
#define HTTP_BAD_REQUEST 400

/* ---- what the server says -------------------------------------------------- */

/* {"success":false,"errors":[{"message":"..."}]} */
static tmg_rc
refused(tmg_authority *a, const json_t *answer)
{
	const char *why = json_string_value(json_object_get(json_array_get(
	    json_object_get(answer, "errors"), 0), "message"));

	return tmg_authority_say(a, TMG_DENIED, "%s refuses: %.200s",
	    tmg_authority_where(a), why != NULL ? why : "no reason given");
}

/* {"success":true,"result":{"certificate":"-----BEGIN ..."}} */
static tmg_rc
read_certificate(tmg_authority *a, const json_t *answer, tmg_certs *certs)
{
	const char *pem = json_string_value(json_object_get(
	    json_object_get(answer, "result"), "certificate"));

	if (!json_is_true(json_object_get(answer, "success")))
		return refused(a, answer);
	if (pem == NULL || tmg_certs_add_pem(certs, tmg_view_str(pem)) != TMG_OK)
		return tmg_authority_say(a, TMG_E_MALFORMED,
		    "%s answers without a certificate", tmg_authority_where(a));
	return TMG_OK;
}

static tmg_rc
read_answer(tmg_authority *a, const tmg_http_response *r, tmg_certs *certs)
{
	json_t *answer;
	tmg_rc rc;

	if (r->status != HTTP_OK && r->status != HTTP_BAD_REQUEST)
		return tmg_refusal_status(a, r);
	answer = json_loadb((const char *)r->body, r->len, JSON_REJECT_DUPLICATES, NULL);
	rc = answer != NULL ? read_certificate(a, answer, certs)
	    : tmg_authority_say(a, TMG_E_MALFORMED, "%s answers no JSON",
		tmg_authority_where(a));
	json_decref(answer);
	return rc;
}

/* ---- what it is asked ------------------------------------------------------ */

/* One call of its interface; body is used up. */
static tmg_rc
ask(tmg_authority *a, tmg_http *http, const char *call, json_t *body,
    tmg_certs *certs)
{
	static const char *const headers[] = { "Content-Type: application/json", NULL };
	char *text = json_dumps(body, JSON_COMPACT);
	tmg_http_response response = { .status = 0 };
	tmg_fault fault = { .rc = TMG_OK };
	char base[320], url[400];
	tmg_rc rc;

	json_decref(body);
	if (text == NULL)
		return tmg_authority_say(a, TMG_E_NOMEM, "out of memory");
	tmg_authority_base(a, base, sizeof(base));
	snprintf(url, sizeof(url), "%s/api/v1/cfssl/%s", base, call);
	rc = tmg_http_do(http, &(tmg_http_request){ .url = url, .post = true,
	    .headers = headers, .body = tmg_view_str(text) }, &response, &fault);
	rc = rc == TMG_OK ? read_answer(a, &response, certs)
	    : tmg_authority_say(a, rc, "%s", fault.text);
	tmg_http_response_release(&response);
	free(text);
	return rc;
}

/* CFSSL takes PEM. */
static json_t *
pem_of(tmg_view der)
{
	const size_t size = 4 * (der.len / 3 + 1) + 1;
	char *base64 = malloc(size);
	json_t *pem = NULL;

	if (base64 != NULL) {
		EVP_EncodeBlock((unsigned char *)base64, der.ptr, (int)der.len);
		pem = json_sprintf("-----BEGIN CERTIFICATE REQUEST-----\n%s\n"
		    "-----END CERTIFICATE REQUEST-----\n", base64);
	}
	free(base64);
	return pem;
}

/* ---- the rows -------------------------------------------------------------- */

static tmg_rc
cfssl_open(tmg_authority *a)
{
	return tmg_authority_path(a)[0] == '\0' ? TMG_OK : tmg_authority_say(a,
	    TMG_E_USAGE, "nothing may follow the host of a cfssl address");
}

static tmg_rc
cfssl_cacerts(tmg_authority *a, tmg_http *http, tmg_certs *certs)
{
	return ask(a, http, "info", json_pack("{ss}", "label", ""), certs);
}

static tmg_rc
cfssl_wants(tmg_authority *a, tmg_http *http, tmg_out *csrattrs)
{
	(void)a, (void)http, (void)csrattrs;
	return TMG_OK;
}

static tmg_rc
cfssl_admits(tmg_authority *a, bool renews)
{
	(void)a, (void)renews;
	return TMG_OK;
}

static tmg_rc
cfssl_link(tmg_authority *a, tmg_out *challenge)
{
	(void)challenge;
	return tmg_authority_say(a, TMG_UNSUPPORTED,
	    "CFSSL links no request to its connection");
}

static tmg_rc
cfssl_submit(tmg_authority *a, tmg_view csr, bool renews, tmg_decision *decision)
{
	tmg_http *http;
	tmg_rc rc = tmg_session_get(a, &http);

	(void)renews;
	return rc != TMG_OK ? rc : ask(a, http, "sign",
	    json_pack("{so}", "certificate_request", pem_of(csr)), decision->certs);
}

/* It decides at once, so this is for an answer that got lost. */
static tmg_rc
cfssl_poll(tmg_authority *a, tmg_view csr, bool renews, const char *ticket,
    tmg_decision *decision)
{
	(void)ticket;
	return cfssl_submit(a, csr, renews, decision);
}

static void
cfssl_close(tmg_authority *a)
{
	(void)a;
}

static const tmg_binding cfssl = {
	.name = "cfssl",
	.spec = "CFSSL API v1",
	.open = cfssl_open,
	.cacerts = cfssl_cacerts,
	.wants = cfssl_wants,
	.admits = cfssl_admits,
	.link = cfssl_link,
	.request = tmg_binding_pkcs10,
	.forward = tmg_binding_forward,
	.vouch = tmg_binding_no_vouch,
	.submit = cfssl_submit,
	.poll = cfssl_poll,
	.proof = tmg_binding_no_proof,
	.installed = tmg_binding_no_installed,
	.revoke = tmg_binding_no_revoke,
	.renew_when = tmg_binding_no_renew_when,
	.next = tmg_binding_no_next,
	.call = tmg_binding_no_call,
	.close = cfssl_close,
};

/* ---- an enrollment over it ------------------------------------------------- */

static int
enroll(tmg_ctx *ctx, tmg_tokens *tokens, char **argv, const tmg_certs *anchors)
{
	static const tmg_binding *const mine[] = { &cfssl, NULL };
	const tmg_provision_spec spec = {
		.csr = { .subject = argv[3] },
		.authority = { .uri = argv[1], .anchors = anchors, .bindings = mine },
	};
	tmg_fault fault = { .rc = TMG_OK };
	tmg_provision *p;
	tmg_rc rc = tmg_provision_begin(ctx, tokens, &spec, &fault, &p);

	if (rc != TMG_OK)
		return complain(rc, &fault);
	rc = tmg_provision_run(p, NULL, NULL);
	if (rc != TMG_OK)
		complain(rc, tmg_provision_fault(p));
	else
		printf("%s holds certificate %s\n", tmg_provision_about(p)->slot,
		    tmg_provision_about(p)->serial);
	tmg_provision_free(&p);
	return rc == TMG_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
	tmg_ctx *ctx = open_context();
	tmg_tokens *tokens = NULL;
	tmg_certs *anchors = NULL;
	int status = EXIT_FAILURE;

	if (argc != 4)
		fprintf(stderr, "usage: cfssl cfssl+https://HOST CA-FILE SUBJECT\n");
	else if (ctx != NULL && (tokens = open_tokens(ctx)) != NULL &&
	    (anchors = read_anchors(argv[2])) != NULL)
		status = enroll(ctx, tokens, argv, anchors);

	tmg_certs_free(&anchors);
	tmg_tokens_free(&tokens);
	tmg_ctx_free(&ctx);
	return status;
}
