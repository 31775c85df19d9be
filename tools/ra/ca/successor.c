/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/successor.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdlib.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/pki/scope.h"
#include "src/pki/x509.h"
#include "tools/ra/ca/certs-file.h"
#include "tools/ra/ca/pkcs7.h"

struct ra_successor {
	ra_ca *ca;
	tmg_certs *certs;
	tmg_view heirs;			/* the authority and those above, one behind the other */
	uint8_t *heirs_bytes;
	ra_root_update update;		/* into certs */
	uint8_t *root;			/* the one in force, DER */
	size_t root_len;
	pthread_mutex_t mutex;		/* of the answer */
	uint8_t *answer;
	size_t answer_len;
};

void
ra_successor_free(ra_successor **successor)
{
	ra_successor *s = *successor;

	if (s != NULL) {
		pthread_mutex_destroy(&s->mutex);
		tmg_certs_free(&s->certs);
		OPENSSL_free(s->root);
		free(s->heirs_bytes);
		free(s->answer);
		free(s);
	}
	*successor = NULL;
}

/* ---- what the file holds ---- */

static X509 *
root_of(const ra_ca *ca)
{
	const int above = ca->above != NULL ? sk_X509_num(ca->above) : 0;

	return above > 0 ? sk_X509_value(ca->above, above - 1) : ca->cert;
}

static bool
is_root(X509 *cert)
{
	return X509_self_signed(cert, 1) == 1;
}

/* Whether it says that the key of whose is believed, and by signs it. */
static bool
links(X509 *cert, X509 *whose, X509 *by)
{
	return EVP_PKEY_eq(X509_get0_pubkey(cert), X509_get0_pubkey(whose)) == 1 &&
	    X509_verify(cert, X509_get0_pubkey(by)) == 1;
}

static tmg_rc
check_one(const char *file, size_t n, X509 *cert, const ra_ca *ca, tmg_fault *f)
{
	const time_t now = tmg_ctx_now(ca->ctx);
	time_t end;

	if (X509_check_ca(cert) <= 0)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: certificate %zu is not an authority's"), file, n + 1);
	if (tmg_x509_time(X509_get0_notAfter(cert), &end) || end <= now)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: certificate %zu has ended"), file, n + 1);
	return n > 0 || X509_cmp(cert, ca->cert) != 0 ? TMG_OK :
	    tmg_raise(f, TMG_MISMATCH, 0,
	    _("%s is the authority in force, which does not follow itself"), file);
}

/* The new root, if one comes with it. */
static tmg_rc
find_root(ra_successor *s, const char *file, X509 **root, tmg_fault *f)
{
	OSSL_LIB_CTX *libctx = tmg_ctx_libctx(s->ca->ctx);
	X509 *old = root_of(s->ca);
	tmg_rc rc;

	for (size_t i = 0; i < tmg_certs_count(s->certs); i++) {
		const tmg_view der = tmg_certs_get(s->certs, i);
		tmg_held(X509) cert = NULL;

		if ((rc = tmg_x509_parse(libctx, der, &cert)))
			return tmg_raise(f, TMG_MISMATCH, 0,
			    _("%s: certificate %zu cannot be read"), file, i + 1);
		if ((rc = check_one(file, i, cert, s->ca, f)))
			return rc;
		if (*root == NULL && is_root(cert) && X509_cmp(cert, old) != 0) {
			s->update.new_with_new = der;
			*root = cert;
			cert = NULL;
		}
	}
	return TMG_OK;
}

/* Which of the others link the two roots; the rest are heirs. */
static tmg_rc
sort_out(ra_successor *s, X509 *root)
{
	OSSL_LIB_CTX *libctx = tmg_ctx_libctx(s->ca->ctx);
	X509 *old = root_of(s->ca);
	size_t room = 0;
	tmg_out o = { .ptr = NULL };

	for (size_t i = 0; i < tmg_certs_count(s->certs); i++)
		room += tmg_certs_get(s->certs, i).len;
	if ((s->heirs_bytes = malloc(room)) == NULL)
		return TMG_E_NOMEM;
	o = (tmg_out){ s->heirs_bytes, room, 0, false };
	for (size_t i = 0; i < tmg_certs_count(s->certs); i++) {
		const tmg_view der = tmg_certs_get(s->certs, i);
		tmg_held(X509) cert = NULL;
		tmg_rc rc;

		if ((rc = tmg_x509_parse(libctx, der, &cert)))
			return rc;
		if (root != NULL && !is_root(cert) && links(cert, root, old))
			s->update.new_with_old = der;
		else if (root != NULL && !is_root(cert) && links(cert, old, root))
			s->update.old_with_new = der;
		else
			tmg_put(&o, der);
	}
	s->heirs = tmg_out_view(&o);
	return TMG_OK;
}

static tmg_rc
note_root(ra_successor *s)
{
	const int len = i2d_X509(root_of(s->ca), &s->root);

	s->root_len = len > 0 ? (size_t)len : 0;
	return len > 0 ? TMG_OK : TMG_E_NOMEM;
}

static tmg_rc
read_file(ra_successor *s, const char *file, tmg_fault *f)
{
	tmg_held(X509) root = NULL;
	tmg_rc rc;

	if ((rc = ra_certs_file(file, &s->certs, f)))
		return rc;
	ERR_set_mark();
	rc = find_root(s, file, &root, f);
	if (rc == TMG_OK && ((rc = sort_out(s, root)) || (rc = note_root(s))))
		rc = tmg_raise(f, rc, 0, _("out of memory"));
	ERR_pop_to_mark();
	return rc;
}

tmg_rc
ra_successor_open(ra_ca *ca, const char *file, ra_successor **successor,
    tmg_fault *f)
{
	ra_successor *s = calloc(1, sizeof(*s));
	tmg_rc rc;

	*successor = NULL;
	if (s == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	s->ca = ca;
	pthread_mutex_init(&s->mutex, NULL);
	if ((rc = read_file(s, file, f)))
		ra_successor_free(&s);
	*successor = s;
	return rc;
}

/* ---- what is told ---- */

bool
ra_successor_is_vouched(const ra_successor *s)
{
	return s != NULL && ra_ca_vouches(s->ca);
}

static tmg_rc
sign_answer(ra_successor *s, tmg_fault *f)
{
	const size_t room = s->heirs.len + RA_CERTS_ONLY_MORE;
	tmg_auto_free uint8_t *bytes = malloc(room);
	tmg_out o = { bytes, room, 0, false };

	if (bytes == NULL || ra_certs_only(s->heirs, &o))
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	return s->ca->ops->vouch(s->ca, tmg_out_view(&o), &s->answer, &s->answer_len, f);
}

tmg_rc
ra_successor_signed(ra_successor *s, tmg_view *der, tmg_fault *f)
{
	tmg_rc rc = TMG_OK;

	pthread_mutex_lock(&s->mutex);
	if (s->answer == NULL)
		rc = sign_answer(s, f);
	*der = (tmg_view){ s->answer, s->answer_len };
	pthread_mutex_unlock(&s->mutex);
	return rc;
}

tmg_rc
ra_successor_root(const ra_successor *s, tmg_view root, ra_root_update *update)
{
	*update = (ra_root_update){ .new_with_new = { NULL, 0 } };
	if (s == NULL || s->update.new_with_new.len == 0 || (root.len > 0 &&
	    !tmg_view_equal(root, (tmg_view){ s->root, s->root_len })))
		return TMG_NOT_FOUND;
	*update = s->update;
	return TMG_OK;
}
