/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/webline.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/ca/certs-file.h"
#include "tools/ra/desk/secret-file.h"

void
ra_webline_escape(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		const unsigned char c = (unsigned char)*text;
		const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		    (c >= 'A' && c <= 'Z') || strchr("-._~", c) != NULL;

		fprintf(out, plain ? "%c" : "%%%02X", c);
	}
}

void
ra_webline_release(ra_webline *l)
{
	tmg_http_free(&l->http);
	tmg_certs_free(&l->certs);
	free(l->anchors);
	tmg_secret_wipe(&l->token);
}

static tmg_rc
read_anchors(const ra_webline_spec *s, ra_webline *l, tmg_fault *f)
{
	char path[PATH_MAX];
	tmg_rc rc;

	if (s->ca[0] == '\0')
		return TMG_OK;
	if (ra_config_path(s->config, s->ca, path))
		return tmg_raise(f, TMG_E_USAGE, 0, _("a path is too long"));
	if ((rc = ra_certs_file(path, &l->certs, f)))
		return rc;
	const size_t count = tmg_certs_count(l->certs);

	if ((l->anchors = calloc(count, sizeof(*l->anchors))) == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	for (size_t i = 0; i < count; i++)
		l->anchors[i] = tmg_certs_get(l->certs, i);
	return TMG_OK;
}

tmg_rc
ra_webline_open(tmg_ctx *ctx, const ra_webline_spec *s, ra_webline *l,
    tmg_fault *f)
{
	tmg_rc rc;

	if ((rc = read_anchors(s, l, f)) || (s->token_file[0] != '\0' &&
	    (rc = ra_secret_file(s->config, s->token_file, &l->token, f))))
		return rc;
	const tmg_http_spec spec = { .anchors = l->anchors,
		.anchor_count = l->certs != NULL ? tmg_certs_count(l->certs) : 0,
		.plain = strncmp(s->url, "http://", 7) == 0,
		.bearer = tmg_secret_view(&l->token),
		.timeout_s = (unsigned)s->timeout_s, .body_max = s->answer_max };

	return tmg_http_open(ctx, &spec, f, &l->http);
}
