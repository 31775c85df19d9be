/* SPDX-License-Identifier: BSD-2-Clause */
/* One request and its answer, or why there is none. */
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <string.h>

#include "src/base/clock.h"
#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/http/credential.h"
#include "src/http/curl.h"
#include "src/http/header.h"
#include "src/http/status.h"
#include "src/http/words.h"

static void
free_headers(struct curl_slist **list)
{
	curl_slist_free_all(*list);
}

#define auto_headers __attribute__((__cleanup__(free_headers))) struct curl_slist *

static bool
add_header(struct curl_slist **list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*list, line);

	if (longer != NULL)
		*list = longer;
	return longer != NULL;
}

static bool
add_languages(struct curl_slist **list, const char *languages)
{
	char line[TMG_HTTP_LANGUAGES_MAX + 32];

	if (languages == NULL || languages[0] == '\0')
		return true;
	snprintf(line, sizeof(line), "Accept-Language: %s", languages);
	return add_header(list, line);
}

/* "Expect:" without a value keeps libcurl from waiting for a 100 Continue. */
static struct curl_slist *
make_headers(const tmg_http_spec *spec, const tmg_http_request *q)
{
	struct curl_slist *list = NULL;
	bool ok = add_header(&list, "Expect:") &&
	    add_languages(&list, spec->languages);

	for (size_t i = 0; ok && q->headers != NULL && q->headers[i] != NULL; i++)
		ok = add_header(&list, q->headers[i]);
	if (!ok)
		free_headers(&list);
	return ok ? list : NULL;
}

static CURLcode
set_request(tmg_http *h, const tmg_http_request *q, struct curl_slist *headers)
{
	CURLcode e = headers == NULL ? CURLE_OUT_OF_MEMORY
	    : curl_easy_setopt(h->easy, CURLOPT_URL, q->url);

	if (e == CURLE_OK)
		e = curl_easy_setopt(h->easy, CURLOPT_HTTPHEADER, headers);
	if (e == CURLE_OK)
		e = curl_easy_setopt(h->easy, q->post ? CURLOPT_POST : CURLOPT_HTTPGET, 1L);
	if (e == CURLE_OK)
		e = curl_easy_setopt(h->easy, CURLOPT_CUSTOMREQUEST,
		    q->post && q->put ? "PUT" : NULL);
	if (e == CURLE_OK && q->post)
		e = curl_easy_setopt(h->easy, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)q->body.len);
	if (e == CURLE_OK && q->post)
		e = curl_easy_setopt(h->easy, CURLOPT_POSTFIELDS,
		    q->body.len > 0 ? (const char *)q->body.ptr : "");
	return e == CURLE_OK ? tmg_credential_lend(h->easy, &h->spec) : e;
}

static tmg_rc
check_url(tmg_http *h, const char *text, tmg_fault *f)
{
	const char *proxy;
	tmg_rc rc = tmg_url_parse(text, &h->url);

	if (rc)
		return tmg_raise(f, rc, 0,
		    _("\"%s\" is no address of a server; write https://host[:port]/..."), text);
	if (!h->url.tls && !h->spec.plain)
		return tmg_raise(f, TMG_E_USAGE, 0,
		    _("%s: plain HTTP is not spoken there; use https://"), h->url.where);
	proxy = tmg_url_https_proxy(h->url.tls);
	if (proxy != NULL)
		return tmg_raise(f, TMG_E_IO, 0,
		    _("the proxy %s of your environment is an https one, which could be "
		    "mistaken for the authority; name it with http:// or unset it"), proxy);
	return TMG_OK;
}

/* A server may ask for the password on a new connection: one more handshake. */
static unsigned
signatures_allowed(const tmg_http_spec *spec)
{
	return spec->user != NULL ? 2 : 1;
}

static void
begin(tmg_http *h, const tmg_http_request *q, tmg_http_response *to)
{
	const tmg_http_identity *id = h->spec.identity;

	if (id != NULL)
		*id->watch = (tmg_http_watch){ .left = signatures_allowed(&h->spec) };
	h->tls = (tmg_tls){ .ctx = h->ctx, .identity = id,
		.verify = !h->spec.unverified, .address = h->url.address };
	memcpy(h->tls.host, h->url.host, sizeof(h->tls.host));
	h->over = q->over;
	h->answer = (tmg_answer){ .ctx = h->ctx, .to = to,
		.max = h->spec.body_max > 0 ? h->spec.body_max : TMG_HTTP_BODY_MAX };
	h->late = h->mute = h->moved = h->ended = false;
	h->detail[0] = '\0';
	h->began_ms = tmg_now_ms();
}

static tmg_rc
own_reason(const tmg_http *h, tmg_fault *f)
{
	const char *where = h->url.where;

	if (h->ended)
		return tmg_raise(f, TMG_E_IO, 0,
		    _("%s: no complete answer before this program ended; try again later"),
		    where);
	if (h->late)
		return tmg_raise(f, TMG_E_IO, 0,
		    _("%s: no complete answer within %u seconds; try again later"),
		    where, tmg_curl_timeout_s(h));
	if (h->mute)
		return tmg_raise(f, TMG_E_IO, 0,
		    _("%s: no connection within %u seconds. Is the address right, and "
		    "does a firewall stand in between?"), where, tmg_curl_connect_s(h));
	if (h->moved)
		return tmg_raise(f, TMG_RESET, 0,
		    _("%s: the connection that the request was made for is gone; nothing "
		    "was sent"), where);
	if (h->answer.too_long)
		return tmg_raise(f, TMG_E_MALFORMED, 0,
		    _("%s: its answer is longer than %zu bytes, which no authority's is"),
		    where, h->answer.max);
	if (h->answer.no_memory)
		return tmg_raise(f, TMG_E_NOMEM, 0, "%s", _("out of memory"));
	return TMG_OK;
}

/* A server that must have a certificate may close before its alert is read. */
static tmg_rc
closed_unshown(const tmg_http *h, CURLcode code, tmg_fault *f)
{
	const bool closed = code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR ||
	    code == CURLE_GOT_NOTHING || code == CURLE_SSL_CONNECT_ERROR;

	if (!closed || !h->tls.asked || h->spec.identity != NULL)
		return TMG_OK;
	return tmg_raise(f, TMG_DENIED, 0,
	    _("%s: it asked for a client certificate, got none, and closed the "
	    "connection; name the key that has one"), h->url.where);
}

/* What a proxy did instead of letting us through; TMG_OK: nothing.  libcurl names
 * whom it could not reach: a proxy, when that is not the authority. */
static tmg_rc
stopped_between(const tmg_http *h, CURLcode code, tmg_fault *f)
{
	long status = 0;

	if (code == CURLE_COULDNT_CONNECT && h->detail[0] != '\0' &&
	    strstr(h->detail, h->url.host) == NULL)
		return tmg_words_no_proxy(h->url.where, f);
	if (curl_easy_getinfo(h->easy, CURLINFO_HTTP_CONNECTCODE, &status) != CURLE_OK ||
	    status == 0 || (status >= 200 && status <= 299))
		return TMG_OK;
	return tmg_words_proxy(status, h->url.where, f);
}

/* A server that wants TLS 1.3 refuses a key that cannot sign in it. */
static tmg_rc
beyond_key(const tmg_http *h, tmg_fault *f)
{
	if (h->spec.identity == NULL || !h->spec.identity->pads ||
	    !tmg_words_is_version(h->detail))
		return TMG_OK;
	return tmg_raise(f, TMG_UNSUPPORTED, 0,
	    _("%s: it speaks TLS 1.3 alone, in which an RSA key signs by RSASSA-PSS, and "
	    "the token's signs by PKCS #1 v1.5 alone. Its operator must let TLS 1.2 "
	    "in, or enroll a key of another type (ec:p256) anew"), h->url.where);
}

/* The nearest cause first: libcurl's is the last and vaguest. */
static tmg_rc
explain(const tmg_http *h, CURLcode code, tmg_fault *f)
{
	const tmg_http_identity *id = h->spec.identity;
	tmg_rc rc;

	if (id != NULL && id->watch->refusal.rc != TMG_OK)
		return tmg_fault_copy(f, &id->watch->refusal, id->watch->refusal.rc);
	if (h->tls.fault.rc != TMG_OK)
		return tmg_fault_copy(f, &h->tls.fault, h->tls.fault.rc);
	if ((rc = own_reason(h, f)))
		return rc;
	if (h->tls.error != X509_V_OK)
		return tmg_words_verify(&h->tls, h->url.where, f);
	if ((rc = stopped_between(h, code, f)) || (rc = closed_unshown(h, code, f)) ||
	    (rc = beyond_key(h, f)))
		return rc;
	return tmg_words_curl(code, h->detail, h->url.where, f);
}

/* Without user and password: libcurl writes ours into what it makes of a
 * relative address. */
static void
note_location(tmg_http_response *to, const char *location)
{
	CURLU *u = curl_url();
	char *bare = NULL;

	if (u != NULL && curl_url_set(u, CURLUPART_URL, location, 0) == CURLUE_OK &&
	    curl_url_set(u, CURLUPART_USER, NULL, 0) == CURLUE_OK &&
	    curl_url_set(u, CURLUPART_PASSWORD, NULL, 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_URL, &bare, 0) != CURLUE_OK)
		bare = NULL;
	tmg_header_clean(to->location, sizeof(to->location),
	    tmg_view_str(bare != NULL ? bare : "?"));
	curl_free(bare);
	curl_url_cleanup(u);
}

static void
note_answer(tmg_http *h, const char *url, tmg_http_response *to)
{
	char *location = NULL;

	curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &to->status);
	curl_easy_getinfo(h->easy, CURLINFO_REDIRECT_URL, &location);
	if (location != NULL)
		note_location(to, location);
	if (to->place[0] != '\0' &&
	    tmg_url_resolve(url, to->place, to->place, sizeof(to->place)))
		to->place[0] = '\0';
	tmg_log(h->ctx, TMG_LOG_DEBUG, "http %s answered %ld %s, %zu bytes, %d ms",
	    h->url.where, to->status, to->type, to->len, (int)(tmg_now_ms() - h->began_ms));
}

tmg_rc
tmg_http_do(tmg_http *h, const tmg_http_request *q, tmg_http_response *to, tmg_fault *f)
{
	auto_headers headers = make_headers(&h->spec, q);
	CURLcode e;
	tmg_rc rc;

	tmg_http_response_release(to);
	if ((rc = check_url(h, q->url, f)))
		return rc;

	begin(h, q, to);
	e = set_request(h, q, headers);
	if (e == CURLE_OK)
		e = curl_easy_perform(h->easy);
	tmg_credential_forget(h->easy);
	curl_easy_setopt(h->easy, CURLOPT_HTTPHEADER, NULL);
	if (e != CURLE_OK) {
		rc = explain(h, e, f);
		tmg_http_response_release(to);
		return rc;
	}
	note_answer(h, q->url, to);
	/* of plain HTTP it is the proxy that answers (RFC 9110 15.5.8) */
	return to->status == TMG_HTTP_PROXY_CREDENTIAL
	    ? tmg_words_proxy(to->status, h->url.where, f) : TMG_OK;
}
