/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Passwords and tokens on their way into libcurl.
 */
#ifndef TMG_HTTP_CREDENTIAL_H
#define TMG_HTTP_CREDENTIAL_H

#include <curl/curl.h>

#include "src/http/http.h"

/*
 * Faults  TMG_E_USAGE: one that HTTP cannot carry (a control character; a
 *         colon in a user name, RFC 7617 2)
 */
TMG_MUST_USE tmg_rc
tmg_credential_check(const tmg_http_spec *spec, tmg_fault *f);

/*
 * Gives the handle what spec says, for one exchange; forget takes it back.
 * Our zero-terminated copies are wiped at once; libcurl's own copies are
 * freed by forget, not wiped, which it offers no way to do.
 */
CURLcode
tmg_credential_lend(CURL *easy, const tmg_http_spec *spec);
void
tmg_credential_forget(CURL *easy);

#endif
