/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/http/trace.h"

#include <strings.h>

#include "src/base/ctx.h"
#include "src/http/header.h"

static bool
is_secret(tmg_view name)
{
	return tmg_header_is(name, "Authorization") ||
	    tmg_header_is(name, "Proxy-Authorization");
}

static void
log_line(tmg_ctx *ctx, char way, tmg_view line)
{
	char text[512];
	tmg_view name, value;
	const bool field = tmg_header_split(line, &name, &value) == TMG_OK;

	tmg_header_clean(text, sizeof(text), field ? name : line);
	if (text[0] == '\0')
		return;
	tmg_log(ctx, TMG_LOG_TRACE, "http %c %s%s", way, text,
	    !field ? "" : is_secret(name) ? ": (secret)" : ": ...");
}

static void
log_head(tmg_ctx *ctx, char way, tmg_view head)
{
	while (head.len > 0) {
		const uint8_t *end = memchr(head.ptr, '\n', head.len);
		const size_t n = end != NULL ? (size_t)(end - head.ptr) + 1 : head.len;

		log_line(ctx, way, (tmg_view){ head.ptr, n });
		head.ptr += n;
		head.len -= n;
	}
}

static int
on_debug(CURL *easy, curl_infotype type, char *data, size_t size, void *arg)
{
	const tmg_view v = { (const uint8_t *)data, size };

	(void)easy;
	if (type == CURLINFO_HEADER_OUT)
		log_head(arg, '>', v);
	else if (type == CURLINFO_HEADER_IN)
		log_head(arg, '<', v);
	return 0;
}

CURLcode
tmg_trace_install(CURL *easy, void *ctx)
{
	CURLcode e = curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug);

	if (e == CURLE_OK)
		e = curl_easy_setopt(easy, CURLOPT_DEBUGDATA, ctx);
	return e == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L) : e;
}
