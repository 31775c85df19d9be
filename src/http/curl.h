/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A session over libcurl, as its files share it.
 */
#ifndef TMG_HTTP_CURL_H
#define TMG_HTTP_CURL_H

#include <curl/curl.h>

#include "src/http/answer.h"
#include "src/http/http.h"
#include "src/http/tls.h"
#include "src/http/url.h"

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
	bool ended;		/* given up, because the program is to end */
	bool moved;		/* another connection than the one asked for */
	char detail[CURL_ERROR_SIZE];
};

static inline unsigned
tmg_curl_timeout_s(const tmg_http *h)
{
	return h->spec.timeout_s > 0 ? h->spec.timeout_s : TMG_HTTP_TIMEOUT_S;
}

/* Of those: until TCP stands. */
static inline unsigned
tmg_curl_connect_s(const tmg_http *h)
{
	return tmg_curl_timeout_s(h) < TMG_HTTP_CONNECT_S
	    ? tmg_curl_timeout_s(h) : TMG_HTTP_CONNECT_S;
}

#endif
