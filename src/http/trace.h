/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HTTP heads in the trace log.
 */
#ifndef TMG_HTTP_TRACE_H
#define TMG_HTTP_TRACE_H

#include <curl/curl.h>

/* Has a handle trace to the context arg, which is a tmg_ctx.  Request lines,
 * status lines and the names of headers are logged, never a header's value or
 * a body: so no password, token or certificate can get in. */
CURLcode
tmg_trace_install(CURL *easy, void *ctx);

#endif
