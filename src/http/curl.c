/* SPDX-License-Identifier: BSD-2-Clause */
#include <curl/curl.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/clock.h"
#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/http/anchors.h"
#include "src/http/answer.h"
#include "src/http/credential.h"
#include "src/http/header.h"
#include "src/http/http.h"
#include "src/http/status.h"
#include "src/http/tls.h"
#include "src/http/trace.h"
#include "src/http/url.h"
#include "src/http/words.h"

struct tmg_http {
	tmg_ctx *ctx;
	CURL *easy;
	tmg_http_spec spec;
	uint8_t *anchors;	/* PEM */
	size_t anchors_len;

	/* of the exchange that runs */
	tmg_url url;
	tmg_tls tls;
	tmg_answer answer;
	int64_t began_ms;
	const tmg_channel *over;
	tmg_channel channel;
	bool late, mute;	/* over its time; TCP never stood */
	bool moved;		/* another connection than the one asked for */
	char detail[CURL_ERROR_SIZE];
};

static const struct {
	CURLoption option;
	long value;
} rules[] = {
	{ CURLOPT_NOSIGNAL, 1 },
	{ CURLOPT_FOLLOWLOCATION, 0 },
	/* Both a resumed session and a shared pool would speak as somebody else. */
	{ CURLOPT_SSL_SESSIONID_CACHE, 0 },
	{ CURLOPT_MAXCONNECTS, 1 },
	{ CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2 },
	{ CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1 },
	{ CURLOPT_HTTP09_ALLOWED, 0 },
	/* What a proxy says is not the authority's word. */
	{ CURLOPT_SUPPRESS_CONNECT_HEADERS, 1 },
	{ CURLOPT_NETRC, CURL_NETRC_IGNORED },
	{ CURLOPT_NOPROGRESS, 0 },
	/* Both kept by progress(), which does not count a person's PIN entry. */
	{ CURLOPT_TIMEOUT_MS, 0 },
	{ CURLOPT_CONNECTTIMEOUT_MS, 24L * 3600 * 1000 },
};

static const struct {
	CURLoption option;
	const char *value;
} texts[] = {
	/* The system's anchors are libcurl's default. */
	{ CURLOPT_CAINFO, NULL },
	{ CURLOPT_CAPATH, NULL },
	{ CURLOPT_USERAGENT, "tamga" },
};

static unsigned
timeout_s(const tmg_http *h)
{
	return h->spec.timeout_s > 0 ? h->spec.timeout_s : TMG_HTTP_TIMEOUT_S;
}

static unsigned
connect_s(const tmg_http *h)
{
	return timeout_s(h) < TMG_HTTP_CONNECT_S ? timeout_s(h) : TMG_HTTP_CONNECT_S;
}

/* Ends the exchange when its time is over: libcurl's own clocks would run on
 * while a person types the PIN inside the handshake. */
static int
progress(void *arg, curl_off_t dlall, curl_off_t dl, curl_off_t ulall, curl_off_t ul)
{
	tmg_http *h = arg;
	const tmg_http_identity *id = h->spec.identity;
	const int64_t spent = tmg_now_ms() - h->began_ms -
	    (id != NULL ? id->watch->busy_ms : 0);
	curl_off_t connected = 0;

	(void)dlall, (void)dl, (void)ulall, (void)ul;
	h->late = spent > (int64_t)timeout_s(h) * 1000;
	if (!h->late && spent > (int64_t)connect_s(h) * 1000 &&
	    curl_easy_getinfo(h->easy, CURLINFO_CONNECT_TIME_T, &connected) == CURLE_OK)
		h->mute = connected == 0;
	return h->late || h->mute;
}

static CURLcode
on_ssl_ctx(CURL *easy, void *ssl, void *arg)
{
	tmg_http *h = arg;

	(void)easy;
	return tmg_tls_hold(ssl, &h->tls) == TMG_OK ? CURLE_OK
	    : CURLE_ABORTED_BY_CALLBACK;
}

/* Called when a connection stands and before anything is sent over it. */
static int
on_ready(void *arg, char *to, char *from, int to_port, int from_port)
{
	const struct curl_tlssessioninfo *tls = NULL;
	tmg_http *h = arg;

	(void)to, (void)from, (void)to_port, (void)from_port;
	h->channel.len = 0;
	if (curl_easy_getinfo(h->easy, CURLINFO_TLS_SSL_PTR, &tls) == CURLE_OK &&
	    tls != NULL && tls->backend == CURLSSLBACKEND_OPENSSL)
		tmg_channel_of(tls->internals, &h->channel);
	h->moved = h->over != NULL && (h->over->len != h->channel.len ||
	    memcmp(h->over->bytes, h->channel.bytes, h->over->len) != 0);
	return h->moved ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

static tmg_rc
check_backend(CURL *easy, tmg_fault *f)
{
	const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);
	const struct curl_tlssessioninfo *tls = NULL;

	if (curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &tls) == CURLE_OK &&
	    tls != NULL && tls->backend == CURLSSLBACKEND_OPENSSL &&
	    v->ssl_version != NULL && strncmp(v->ssl_version, "OpenSSL/3", 9) == 0)
		return TMG_OK;

	return tmg_raise(f, TMG_UNSUPPORTED, 0,
	    _("libcurl is built with %s; tamga needs the one built with OpenSSL 3 "
	    "(Debian: libcurl4)"), v->ssl_version != NULL ? v->ssl_version : "-");
}

static CURLcode
set_trust(tmg_http *h)
{
	struct curl_blob blob = { h->anchors, h->anchors_len, CURL_BLOB_NOCOPY };
	const long verify = !h->spec.unverified;
	CURLcode e = curl_easy_setopt(h->easy, CURLOPT_SSL_VERIFYPEER, verify);

	if (e == CURLE_OK)
		e = curl_easy_setopt(h->easy, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
	/* Without an anchor of ours there is only plain http left. */
	if (e == CURLE_OK && h->anchors_len > 0)
		e = curl_easy_setopt(h->easy, CURLOPT_CAINFO_BLOB, &blob);
	if (e == CURLE_OK)
		e = curl_easy_setopt(h->easy, CURLOPT_PROTOCOLS_STR,
		    !h->spec.plain ? "https" : h->anchors_len > 0 || h->spec.unverified
		    ? "http,https" : "http");
	return e;
}

static CURLcode
set_callbacks(tmg_http *h)
{
	CURLcode e = tmg_answer_install(h->easy, &h->answer);

	if (e == CURLE_OK)
		e = curl_easy_setopt(h->easy, CURLOPT_XFERINFOFUNCTION, progress);
	if (e == CURLE_OK)
		e = curl_easy_setopt(h->easy, CURLOPT_XFERINFODATA, h);
	if (e == CURLE_OK)
		e = curl_easy_setopt(h->easy, CURLOPT_SSL_CTX_FUNCTION, on_ssl_ctx);
	if (e == CURLE_OK)
		e = curl_easy_setopt(h->easy, CURLOPT_SSL_CTX_DATA, h);
	if (e == CURLE_OK)
		e = curl_easy_setopt(h->easy, CURLOPT_PREREQFUNCTION, on_ready);
	if (e == CURLE_OK)
		e = curl_easy_setopt(h->easy, CURLOPT_PREREQDATA, h);
	if (e == CURLE_OK)
		e = curl_easy_setopt(h->easy, CURLOPT_ERRORBUFFER, h->detail);
	if (e == CURLE_OK && tmg_log_wants(h->ctx, TMG_LOG_TRACE))
		e = tmg_trace_install(h->easy, h->ctx);
	return e;
}

static tmg_rc
set_up(tmg_http *h, tmg_fault *f)
{
	CURLcode e = CURLE_OK;

	for (size_t i = 0; i < TMG_COUNT(rules) && e == CURLE_OK; i++)
		e = curl_easy_setopt(h->easy, rules[i].option, rules[i].value);
	for (size_t i = 0; i < TMG_COUNT(texts) && e == CURLE_OK; i++)
		e = curl_easy_setopt(h->easy, texts[i].option, texts[i].value);
	if (e == CURLE_OK && h->spec.unique)
		e = curl_easy_setopt(h->easy, CURLOPT_SSLVERSION,
		    (long)(CURL_SSLVERSION_TLSv1_2 | CURL_SSLVERSION_MAX_TLSv1_2));
	if (e == CURLE_OK)
		e = set_trust(h);
	if (e == CURLE_OK)
		e = set_callbacks(h);
	return e == CURLE_OK ? TMG_OK : tmg_raise(f, TMG_UNSUPPORTED, 0,
	    _("this libcurl lacks something tamga needs: %s"), curl_easy_strerror(e));
}

/* RFC 9110 12.5.4, as far as a header must not be broken by it. */
static bool
is_languages(const char *languages)
{
	static const char parts[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-,;=.* ";

	return languages == NULL || (strlen(languages) < TMG_HTTP_LANGUAGES_MAX &&
	    strspn(languages, parts) == strlen(languages));
}

/* Credentials and doubt about whom they go to exclude each other. */
static tmg_rc
check_spec(const tmg_http_spec *spec, tmg_fault *f)
{
	const bool credentials = spec->user != NULL || spec->bearer.len > 0 ||
	    spec->identity != NULL;

	if (spec->unverified ? credentials || spec->anchor_count > 0
	    : spec->anchor_count == 0 && !spec->plain)
		return tmg_raise(f, TMG_E_USAGE, 0, "%s",
		    _("it is not said which CA the server must lead to"));
	if (!is_languages(spec->languages))
		return tmg_raise(f, TMG_E_USAGE, 0, "%s",
		    _("the languages asked for are no Accept-Language"));
	return tmg_credential_check(spec, f);
}

tmg_rc
tmg_http_open(tmg_ctx *ctx, const tmg_http_spec *spec, tmg_fault *f, tmg_http **http)
{
	tmg_auto_ptr(tmg_http) h = NULL;
	tmg_rc rc;

	*http = NULL;
	if ((rc = check_spec(spec, f)))
		return rc;
	h = calloc(1, sizeof(*h));
	if (h == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, "%s", _("out of memory"));

	h->ctx = ctx;
	h->spec = *spec;
	h->answer.ctx = ctx;
	h->easy = curl_easy_init();
	if (h->easy == NULL || tmg_anchors_pem(spec->anchors, spec->anchor_count,
	    &h->anchors, &h->anchors_len))
		return tmg_raise(f, TMG_E_NOMEM, 0, "%s", _("out of memory"));
	h->spec.anchors = NULL;
	if ((rc = check_backend(h->easy, f)) || (rc = set_up(h, f)))
		return rc;

	*http = h;
	h = NULL;
	return TMG_OK;
}

void
tmg_http_free(tmg_http **http)
{
	if (http == NULL || *http == NULL)
		return;
	curl_easy_cleanup((*http)->easy);
	free((*http)->anchors);
	free(*http);
	*http = NULL;
}

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
	h->late = h->mute = h->moved = false;
	h->detail[0] = '\0';
	h->began_ms = tmg_now_ms();
}

static tmg_rc
own_reason(const tmg_http *h, tmg_fault *f)
{
	const char *where = h->url.where;

	if (h->late)
		return tmg_raise(f, TMG_E_IO, 0,
		    _("%s: no complete answer within %u seconds; try again later"),
		    where, timeout_s(h));
	if (h->mute)
		return tmg_raise(f, TMG_E_IO, 0,
		    _("%s: no connection within %u seconds. Is the address right, and "
		    "does a firewall stand in between?"), where, connect_s(h));
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
	if ((rc = stopped_between(h, code, f)) || (rc = closed_unshown(h, code, f)))
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

const tmg_channel *
tmg_http_channel(const tmg_http *h)
{
	return &h->channel;
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
