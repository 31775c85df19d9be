/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What failed exchanges are called, and what to do about them.
 */
#ifndef TMG_HTTP_WORDS_H
#define TMG_HTTP_WORDS_H

#include <curl/curl.h>

#include "src/http/tls.h"

/* Why the chain check refused the server; where is its "host:port". */
tmg_rc
tmg_words_verify(const tmg_tls *tls, const char *where, tmg_fault *f);

/* Why libcurl gave up; detail is its error buffer. */
tmg_rc
tmg_words_curl(CURLcode code, const char *detail, const char *where,
    tmg_fault *f);

/* Whether the server refused every version of TLS that was offered. */
bool
tmg_words_is_version(const char *detail);

/* Why the proxy of the environment let nothing through, by its status. */
tmg_rc
tmg_words_proxy(long status, const char *where, tmg_fault *f);

/* Nobody answers where the proxy should be. */
tmg_rc
tmg_words_no_proxy(const char *where, tmg_fault *f);

#endif
