/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An answer while it comes in: bounded, and with the last head only.
 */
#ifndef TMG_HTTP_ANSWER_H
#define TMG_HTTP_ANSWER_H

#include <curl/curl.h>

#include "src/http/http.h"

typedef struct tmg_answer {
	tmg_ctx *ctx;
	tmg_http_response *to;
	size_t cap;		/* bytes allocated at to->body */
	size_t max;
	bool too_long, no_memory;
} tmg_answer;

/* Hands what a handle receives to answer, which outlives its transfers. */
CURLcode
tmg_answer_install(CURL *easy, tmg_answer *answer);

#endif
