/* SPDX-License-Identifier: BSD-2-Clause */
/* A session: what libcurl is told once, and what it asks back. */
#include "src/http/curl.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/clock.h"
#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/http/anchors.h"
#include "src/http/credential.h"
#include "src/http/trace.h"

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
	h->late = spent > (int64_t)tmg_curl_timeout_s(h) * 1000;
	if (!h->late && spent > (int64_t)tmg_curl_connect_s(h) * 1000 &&
	    curl_easy_getinfo(h->easy, CURLINFO_CONNECT_TIME_T, &connected) == CURLE_OK)
		h->mute = connected == 0;
	h->ended = tmg_ctx_is_over(h->ctx);
	return h->late || h->mute || h->ended;
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

const tmg_channel *
tmg_http_channel(const tmg_http *h)
{
	return &h->channel;
}
