/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/http/public.h"

#include <openssl/pem.h>

#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"

#define ROOT_LIST_MAX 1048576

void
ra_public_crl(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	tmg_auto(ra_crl) crl = { .number = 0 };
	const tmg_rc rc = ra_desk_crl(desk, &crl);

	(void)call;
	if (rc)
		ra_reply_fault(reply, desk, rc);
	else
		ra_reply_bytes(reply, "application/pkix-crl",
		    (tmg_view){ crl.der, crl.len });
}

/* The list of the root above the authority, as it was last brought here. */
void
ra_public_root_list(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	const char *file = desk->config->crl_root_file;
	tmg_auto_free uint8_t *der = NULL;
	char path[PATH_MAX];
	size_t len;

	(void)call;
	if (file[0] == '\0' || ra_config_path(desk->config, file, path) ||
	    tmg_file_read(path, ROOT_LIST_MAX, &der, &len) != TMG_OK)
		ra_reply_text(reply, HTTP_NOT_FOUND, _("no such page"));
	else
		ra_reply_bytes(reply, "application/pkix-crl", (tmg_view){ der, len });
}

void
ra_public_ca(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	tmg_auto(ra_BIO) bio = BIO_new(BIO_s_mem());
	char *text;
	long len;

	(void)call;
	if (bio == NULL || ra_ca_pem(desk->office->ca, bio)) {
		ra_reply_text(reply, HTTP_SERVER_ERROR, _("out of memory"));
		return;
	}
	len = BIO_get_mem_data(bio, &text);
	ra_reply_bytes(reply, "application/x-pem-file",
	    (tmg_view){ (uint8_t *)text, (size_t)len });
}

/* DER, which is what readers of an AIA expect: RFC 5280 4.2.2.1. */
void
ra_public_issuer(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	unsigned char *der = NULL;
	const int len = i2d_X509(desk->office->ca->cert, &der);

	(void)call;
	if (len <= 0)
		ra_reply_text(reply, HTTP_SERVER_ERROR, _("out of memory"));
	else
		ra_reply_bytes(reply, "application/pkix-cert",
		    (tmg_view){ der, (size_t)len });
	OPENSSL_free(der);
}

/* Healthy is who can still ask the store something. */
void
ra_public_health(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	int64_t count;
	const tmg_rc rc = ra_cert_revocations(desk->store, &count);

	(void)call;
	if (rc) {
		desk->fault = desk->store->fault;
		ra_reply_fault(reply, desk, rc);
	} else {
		ra_reply_text(reply, HTTP_OK, "ok");
	}
}
