/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/http/tls.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/ca/keeper.h"

#define PEM_MAX 65536

/* ---- files ---- */

void
ra_tls_files_release(ra_tls_files *p)
{
	if (p->key != NULL)
		explicit_bzero(p->key, strlen(p->key));
	free(p->key);
	free(p->cert);
	free(p->trust);
}

static tmg_rc
read_pem(const ra_config *config, const char *name, char **text, tmg_fault *f)
{
	char path[PATH_MAX];
	uint8_t *data = NULL;
	size_t len;
	tmg_rc rc;

	if (ra_config_path(config, name, path))
		return tmg_raise(f, TMG_E_USAGE, 0, _("%s: too long"), name);
	if ((rc = tmg_file_read(path, PEM_MAX, &data, &len)))
		return tmg_raise(f, rc, 0, "%s: %s", path, strerror(errno));
	*text = (char *)data;
	return strstr(*text, "PRIVATE KEY") == NULL ? TMG_OK :
	    ra_key_private(path, data, f);
}

tmg_rc
ra_tls_files_read(const ra_config *c, ra_tls_files *p, tmg_fault *f)
{
	tmg_rc rc;

	if ((rc = read_pem(c, c->tls_key, &p->key, f)) ||
	    (rc = read_pem(c, c->tls_certificate, &p->cert, f)))
		return rc;
	return read_pem(c, c->ca_certificate, &p->trust, f);
}

/* ---- ready for connections ---- */

struct ra_tls {
	atomic_uint users;
	gnutls_certificate_credentials_t shown;
};

static gnutls_datum_t
datum(char *text)
{
	return (gnutls_datum_t){ (unsigned char *)text, (unsigned)strlen(text) };
}

static tmg_rc
fill(const ra_config *config, const ra_tls *tls, tmg_fault *f)
{
	tmg_auto(ra_tls_files) p = { NULL, NULL, NULL };
	gnutls_datum_t key, cert, trust;
	tmg_rc rc;

	if ((rc = ra_tls_files_read(config, &p, f)))
		return rc;
	key = datum(p.key);
	cert = datum(p.cert);
	trust = datum(p.trust);
	if (gnutls_certificate_set_x509_key_mem(tls->shown, &cert, &key,
	    GNUTLS_X509_FMT_PEM) < 0)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("tls.certificate and tls.key do not belong together"));
	return gnutls_certificate_set_x509_trust_mem(tls->shown, &trust,
	    GNUTLS_X509_FMT_PEM) >= 0 ? TMG_OK : tmg_raise(f, TMG_MISMATCH, 0,
	    _("ca.certificate cannot be read"));
}

tmg_rc
ra_tls_load(const ra_config *config, ra_tls **tls, tmg_fault *f)
{
	ra_tls *t = calloc(1, sizeof(*t));
	tmg_rc rc;

	*tls = NULL;
	if (t == NULL || gnutls_certificate_allocate_credentials(&t->shown) < 0) {
		free(t);
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	}
	atomic_init(&t->users, 1);
	if ((rc = fill(config, t, f)))
		ra_tls_free(&t);
	*tls = t;
	return rc;
}

ra_tls *
ra_tls_take(ra_tls *tls)
{
	atomic_fetch_add(&tls->users, 1);
	return tls;
}

void
ra_tls_free(ra_tls **tls)
{
	ra_tls *t = *tls;

	*tls = NULL;
	if (t == NULL || atomic_fetch_sub(&t->users, 1) > 1)
		return;
	gnutls_certificate_free_credentials(t->shown);
	free(t);
}

bool
ra_tls_use(const ra_tls *tls, gnutls_session_t session)
{
	return gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE,
	    tls->shown) == GNUTLS_E_SUCCESS;
}
