/* SPDX-License-Identifier: BSD-2-Clause */
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/file/file.h"
#include "src/base/ctx.h"
#include "src/base/scope.h"
#include "src/pki/scope.h"
#include "tamga/cert.h"

OSSL_LIB_CTX *
tmg_file_libctx(const tmg_file *f)
{
	return tmg_ctx_libctx(f->base.ctx);
}

static void
wipe(uint8_t *bytes, size_t len)
{
	if (bytes != NULL)
		explicit_bzero(bytes, len);
	free(bytes);
}

void
tmg_held_key_release(tmg_held_key *h)
{
	wipe(h->bare, h->bare_len);
	wipe(h->container, h->container_len);
	free(h->cert);
	*h = (tmg_held_key){ .form = TMG_FORM_NONE };
}

static tmg_rc
damaged(tmg_file *f, uint32_t ref, tmg_file_suffix what)
{
	char path[PATH_MAX];

	tmg_folder_path(f, ref, what, path);
	return file_raise(f, TMG_E_MALFORMED, _("%s is damaged, or somebody else's; put it "
	    "away, or bring it back from a copy"), path);
}

/* Why a file was not opened. */
static tmg_rc
explain(tmg_file *f, uint32_t ref, tmg_file_suffix what, tmg_rc rc)
{
	char path[PATH_MAX];

	tmg_folder_path(f, ref, what, path);
	if (rc == TMG_PIN_WRONG)
		return file_raise(f, rc, _("the password does not open %s"), path);
	if (rc == TMG_UNSUPPORTED)
		return file_raise(f, rc, _("%s is protected in a way that tamga does "
		    "not open"), path);
	if (rc == TMG_AMBIGUOUS)
		return file_raise(f, TMG_E_MALFORMED, _("%s holds several keys, and tamga "
		    "uses containers of one: put it away; tamga key import takes keys one "
		    "by one"), path);
	return rc == TMG_E_NOMEM ? rc : damaged(f, ref, what);
}

static tmg_file_suffix
counts_of(const tmg_held_key *h)
{
	return h->form == TMG_FORM_BARE ? TMG_FILE_KEY : TMG_FILE_CONTAINER;
}

static tmg_rc
read_one(tmg_file *f, uint32_t ref, tmg_file_suffix what, uint8_t **data,
    size_t *len, bool *has)
{
	const tmg_rc rc = tmg_folder_read(f, ref, what, data, len);

	*has = rc == TMG_OK;
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

static tmg_rc
look_bare(tmg_file *f, uint32_t ref, tmg_held_key *h)
{
	tmg_out spki = TMG_OUT(h->spki);
	const tmg_rc rc = tmg_bare_look((tmg_view){ h->bare, h->bare_len }, &spki,
	    &h->shut);

	h->spki_len = spki.len;
	h->form = TMG_FORM_BARE;
	return rc == TMG_OK || rc == TMG_E_NOMEM ? rc :
	    damaged(f, ref, TMG_FILE_KEY);
}

/* Its certificate; where that is hidden, only the password shows it. */
static tmg_rc
look_container(tmg_file *f, uint32_t ref, tmg_held_key *h)
{
	const tmg_view file = { h->container, h->container_len };
	tmg_held_certs certs = NULL;
	tmg_held(EVP_PKEY) key = NULL;
	tmg_held_bytes der = NULL;
	int n;
	tmg_rc rc;

	rc = tmg_p12_look(tmg_file_libctx(f), file, &h->cert, &h->cert_len);
	h->hidden = rc == TMG_LOGIN;
	if (rc == TMG_OK || rc == TMG_E_NOMEM || (rc == TMG_LOGIN && !f->known))
		return rc == TMG_LOGIN ? TMG_OK : rc;
	if (rc == TMG_LOGIN)
		rc = tmg_p12_open(tmg_file_libctx(f), file,
		    tmg_secret_view(&f->password), TMG_ITERATIONS_MAX, &key, &certs);
	if (rc == TMG_PIN_WRONG)	/* the one we know is another place's */
		return TMG_OK;
	if (rc != TMG_OK)
		return explain(f, ref, TMG_FILE_CONTAINER, rc);
	n = i2d_X509(sk_X509_value(certs, 0), &der);
	if (n <= 0 || (h->cert = malloc((size_t)n)) == NULL)
		return file_raise(f, TMG_E_NOMEM, _("out of memory"));
	memcpy(h->cert, der, (size_t)n);
	h->cert_len = (size_t)n;
	h->hidden = false;
	return TMG_OK;
}

/* A bare key beside a container is the newer one, made to replace it, unless it
 * is the same: then a process died before it could wipe it. */
static tmg_rc
prefer(tmg_file *f, uint32_t ref, tmg_held_key *h)
{
	tmg_view spki = { NULL, 0 };

	if (h->hidden) {
		h->form = h->has_bare ? TMG_FORM_BARE : TMG_FORM_CONTAINER;
		h->shut = h->has_bare ? h->shut : true;
		return TMG_OK;
	}
	if (tmg_cert_spki((tmg_view){ h->cert, h->cert_len }, &spki) ||
	    spki.len > sizeof(h->spki))
		return damaged(f, ref, TMG_FILE_CONTAINER);
	if (h->has_bare && !tmg_view_equal(spki,
	    (tmg_view){ h->spki, h->spki_len }))
		return TMG_OK;
	memcpy(h->spki, spki.ptr, spki.len);
	h->spki_len = spki.len;
	h->form = TMG_FORM_CONTAINER;
	h->shut = true;
	return TMG_OK;
}

tmg_rc
tmg_place_look(tmg_file *f, uint32_t ref, tmg_held_key *h)
{
	tmg_rc rc;

	*h = (tmg_held_key){ .form = TMG_FORM_NONE };
	if (ref < 1 || ref > TMG_FILE_PLACES)
		return file_raise(f, TMG_UNSUPPORTED, _("%s has no place %u"),
		    f->path, (unsigned)ref);
	if ((rc = read_one(f, ref, TMG_FILE_KEY, &h->bare, &h->bare_len,
	    &h->has_bare)) ||
	    (rc = read_one(f, ref, TMG_FILE_CONTAINER, &h->container,
	    &h->container_len, &h->has_container)))
		return rc;
	if (h->has_bare && (rc = look_bare(f, ref, h)))
		return rc;
	if (!h->has_container)
		return TMG_OK;
	rc = look_container(f, ref, h);
	return rc == TMG_OK ? prefer(f, ref, h) : rc;
}

/* ---- opening -------------------------------------------------------------- */

tmg_rc
tmg_place_try(tmg_file *f, const tmg_held_key *h, tmg_view password,
    EVP_PKEY **key, STACK_OF(X509) **certs)
{
	if (h->form == TMG_FORM_CONTAINER)
		return tmg_p12_open(tmg_file_libctx(f),
		    (tmg_view){ h->container, h->container_len }, password,
		    TMG_ITERATIONS_MAX, key, certs);
	return tmg_bare_open(tmg_file_libctx(f), (tmg_view){ h->bare, h->bare_len },
	    password, TMG_ITERATIONS_MAX, key);
}

tmg_rc
tmg_place_hidden(tmg_file *f, uint32_t ref, const tmg_held_key *h)
{
	return f->known ? explain(f, ref, counts_of(h), TMG_PIN_WRONG) : TMG_LOGIN;
}

static tmg_rc
open_held(tmg_file *f, uint32_t ref, const tmg_held_key *h, tmg_soft **key)
{
	tmg_held(EVP_PKEY) pkey = NULL;
	tmg_rc rc;

	if (h->form == TMG_FORM_NONE)
		return file_raise(f, TMG_NOT_FOUND, _("place %u of %s holds no key"),
		    (unsigned)ref, f->path);
	if (h->shut && !f->known)
		return TMG_LOGIN;
	if ((rc = tmg_place_try(f, h, tmg_secret_view(&f->password), &pkey, NULL)))
		return explain(f, ref, counts_of(h), rc);
	if ((rc = tmg_soft_new(f->base.ctx, pkey, &f->open[ref - 1])))
		return file_raise(f, rc, _("the key in place %u of %s is of a kind that "
		    "tamga does not know"), (unsigned)ref, f->path);
	*key = f->open[ref - 1];
	return TMG_OK;
}

tmg_rc
tmg_place_open(tmg_file *f, uint32_t ref, tmg_soft **key)
{
	tmg_held_key h;
	tmg_rc rc;

	if (ref >= 1 && ref <= TMG_FILE_PLACES && f->open[ref - 1] != NULL) {
		*key = f->open[ref - 1];
		return TMG_OK;
	}
	if ((rc = tmg_place_look(f, ref, &h)) == TMG_OK)
		rc = open_held(f, ref, &h, key);
	tmg_held_key_release(&h);
	return rc;
}

void
tmg_place_forget(tmg_file *f, uint32_t ref)
{
	if (ref >= 1 && ref <= TMG_FILE_PLACES)
		tmg_soft_free(&f->open[ref - 1]);
}

static bool
is_twice(tmg_file *f, uint32_t ref)
{
	tmg_held_key h;
	const bool twice = tmg_place_look(f, ref, &h) == TMG_OK &&
	    h.form == TMG_FORM_CONTAINER && h.has_bare;

	tmg_held_key_release(&h);
	return twice;
}

void
tmg_place_tidy(tmg_file *f)
{
	tmg_auto(tmg_folder_lock) lock = TMG_NO_FOLDER_LOCK;

	if (tmg_folder_lock_try(f, &lock) != TMG_OK)
		return;
	for (uint32_t ref = 1; ref <= TMG_FILE_PLACES; ref++)
		if (f->open[ref - 1] != NULL && is_twice(f, ref) &&
		    tmg_folder_wipe(f, ref, TMG_FILE_KEY) != TMG_OK)
			tmg_log(f->base.ctx, TMG_LOG_WARN, "%s",
			    f->base.fault.text);
}
