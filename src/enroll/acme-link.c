/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/acme-link.h"

#include <string.h>
#include <strings.h>

#include "src/http/url.h"

/* ;rel="alternate" among the parameters of one link, which end at a comma that
 * no quotation holds; *p is left there. */
static bool
has_relation(const char **p, const char *relation)
{
	const size_t n = strlen(relation);
	bool quoted = false, found = false;

	for (; **p != '\0' && (quoted || **p != ','); (*p)++) {
		const char *q = *p;

		if (*q == '"')
			quoted = !quoted;
		if (quoted || strncasecmp(q, "rel=", 4) != 0)
			continue;
		q += 4 + (q[4] == '"');
		found = found || (strncasecmp(q, relation, n) == 0 &&
		    strchr("\"; ,", q[n]) != NULL);
	}
	return found;
}

tmg_rc
tmg_acme_link(const char *links, const char *base, const char *relation, size_t n,
    char url[TMG_ACME_URL_MAX])
{
	const char *p = links, *open, *close;

	while ((open = strchr(p, '<')) != NULL && (close = strchr(open, '>')) != NULL) {
		const size_t len = (size_t)(close - open) - 1;

		p = close + 1;
		if (!has_relation(&p, relation) || len >= TMG_ACME_URL_MAX)
			continue;
		memcpy(url, open + 1, len);
		url[len] = '\0';
		if (tmg_url_resolve(base, url, url, TMG_ACME_URL_MAX) == TMG_OK &&
		    tmg_acme_is_url(url) && n-- == 0)
			return TMG_OK;
	}
	return TMG_NOT_FOUND;
}
