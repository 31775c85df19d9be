/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an EST server answers: certificates, attributes, pending requests; and
 * what a portal does.
 */
#include <stdlib.h>

#include "src/base/scope.h"
#include "src/enroll/est-body.h"
#include "src/enroll/est.h"
#include "src/enroll/portal.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Bodies are decoded in place. */
static uint8_t *
copy(const uint8_t *data, size_t size)
{
	uint8_t *p = malloc(size > 0 ? size : 1);

	if (p == NULL)
		abort();
	if (size > 0)
		memcpy(p, data, size);
	return p;
}

static void
read_certs(const uint8_t *data, size_t size)
{
	tmg_auto_free uint8_t *body = copy(data, size);
	tmg_auto_ptr(tmg_certs) certs = NULL;
	tmg_view spki;

	if (tmg_certs_new(&certs) || tmg_est_body_certs(body, size, certs))
		return;
	if (tmg_certs_count(certs) == 0)
		abort();
	for (size_t i = 0; i < tmg_certs_count(certs); i++)
		if (tmg_cert_spki(tmg_certs_get(certs, i), &spki) == TMG_OK &&
		    spki.len == 0)
			abort();
}

static void
read_portal(tmg_view body)
{
	char number[TMG_PORTAL_NUMBER], said[TMG_PORTAL_SAID];

	if (tmg_portal_read_number(body, number) == TMG_OK && strlen(number) != 19)
		abort();
	if (tmg_portal_read_error(body, said) == TMG_OK && strpbrk(said, "\n\033"))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	tmg_auto_free uint8_t *body = copy(data, size);
	uint8_t attrs[4096];
	tmg_out o = TMG_OUT(attrs);

	read_certs(data, size);
	if (tmg_est_body_attrs(body, size, &o) == TMG_OK)
		(void)tmg_est_demands_challenge(tmg_out_view(&o));
	(void)tmg_est_demands_challenge((tmg_view){ data, size });
	(void)tmg_est_has_challenge((tmg_view){ data, size });
	read_portal((tmg_view){ data, size });
	return 0;
}
