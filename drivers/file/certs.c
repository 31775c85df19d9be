/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The certificate: with it the bare key becomes a container.  At every moment a
 * file holds the key: the container is whole on the disk and was opened again
 * before the bare key is wiped.
 */
#include "drivers/file/file.h"

#include <stdlib.h>

#include "src/base/ctx.h"
#include "src/base/scope.h"
#include "src/pki/scope.h"

static tmg_rc
no_memory(tmg_file *f)
{
	return file_raise(f, TMG_E_NOMEM, _("out of memory"));
}

tmg_rc
tmg_file_cert_read(tmg_backend *b, uint32_t slot, tmg_out *der)
{
	tmg_file *f = tmg_file_of(b);
	tmg_held_key h;
	tmg_rc rc = tmg_place_look(f, slot, &h);

	if (rc == TMG_OK && !h.has_container)
		rc = TMG_NOT_FOUND;
	if (rc == TMG_OK && h.hidden)
		rc = tmg_place_hidden(f, slot, &h);
	if (rc == TMG_OK) {
		tmg_put(der, (tmg_view){ h.cert, h.cert_len });
		rc = tmg_out_done(der);
	}
	tmg_held_key_release(&h);
	return rc;
}

/* ---- what goes into it --------------------------------------------------- */

static tmg_rc
parse(tmg_file *f, tmg_view der, X509 **cert)
{
	const uint8_t *at = der.ptr;

	*cert = X509_new_ex(tmg_file_libctx(f), TMG_FILE_PROPS);
	if (*cert == NULL)
		return no_memory(f);
	return d2i_X509(cert, &at, (long)der.len) != NULL &&
	    at == der.ptr + der.len ? TMG_OK : file_raise(f, TMG_E_MALFORMED,
	    _("that is no X.509 certificate"));
}

static tmg_rc
push(tmg_file *f, STACK_OF(X509) *list, tmg_view der)
{
	X509 *cert;
	const tmg_rc rc = parse(f, der, &cert);

	if (rc == TMG_OK && sk_X509_push(list, cert) > 0)
		return TMG_OK;
	X509_free(cert);
	return rc != TMG_OK ? rc : no_memory(f);
}

tmg_rc
tmg_file_cert_chain(tmg_backend *b, uint32_t slot, const tmg_view *ders,
    size_t count)
{
	tmg_file *f = tmg_file_of(b);
	tmg_rc rc = TMG_OK;

	(void)slot;
	sk_X509_pop_free(f->chain, X509_free);
	if ((f->chain = sk_X509_new_null()) == NULL)
		return no_memory(f);
	for (size_t i = 0; rc == TMG_OK && i < count; i++)
		rc = push(f, f->chain, ders[i]);
	return rc;
}

/* The certificate, then its issuers. */
static tmg_rc
gather(tmg_file *f, tmg_view der, STACK_OF(X509) **certs)
{
	tmg_rc rc;

	if ((*certs = sk_X509_new_null()) == NULL)
		return no_memory(f);
	if ((rc = push(f, *certs, der)))
		return rc;
	for (int i = 0; i < sk_X509_num(f->chain); i++) {
		X509 *one = sk_X509_value(f->chain, i);

		if (X509_up_ref(one) != 1 || sk_X509_push(*certs, one) <= 0)
			return no_memory(f);
	}
	return TMG_OK;
}

/* A bare key had no password so far: a person chooses one now. */
static tmg_rc
choose_password(tmg_file *f)
{
	const tmg_pin_ask ask = {
		.kind = TMG_PIN_USER,
		.fresh = true,
		.token = f->base.info.label,
		.serial = f->base.info.serial,
		.reader = f->path,
		.tries_left = -1,
		.min = f->base.info.pins[TMG_PIN_USER].min,
		.max = f->base.info.pins[TMG_PIN_USER].max,
	};
	tmg_out out = tmg_secret_out(&f->password);
	tmg_rc rc;

	if (f->known)
		return TMG_OK;
	rc = tmg_ctx_ask_pin(f->base.ctx, &ask, &out);
	if (rc == TMG_OK)
		rc = tmg_secret_took(&f->password, &out);
	if (rc == TMG_OK && f->password.len == 0)
		rc = TMG_CANCELLED;
	f->known = rc == TMG_OK;
	return rc == TMG_OK || rc == TMG_CANCELLED ? rc :
	    file_raise(f, TMG_CANCELLED, _("no password was chosen; the key waits in "
	    "%s"), f->path);
}

/* ---- writing -------------------------------------------------------------- */

/* Written, and opened again as it stands on the disk. */
static tmg_rc
write_whole(tmg_file *f, uint32_t ref, EVP_PKEY *key, STACK_OF(X509) *certs)
{
	const tmg_view password = tmg_secret_view(&f->password);
	tmg_held(EVP_PKEY) again = NULL;
	tmg_auto_free uint8_t *file = NULL, *back = NULL;
	size_t len, n;
	tmg_rc rc;

	if ((rc = tmg_p12_make(tmg_file_libctx(f), key, certs, password, f->kind,
	    &file, &len)))
		return file_raise(f, rc, _("the container could not be made"));
	if ((rc = tmg_folder_write(f, ref, TMG_FILE_CONTAINER,
	    (tmg_view){ file, len })) ||
	    (rc = tmg_folder_read(f, ref, TMG_FILE_CONTAINER, &back, &n)))
		return rc;
	if (tmg_p12_open(tmg_file_libctx(f), (tmg_view){ back, n }, password,
	    TMG_ITERATIONS_MAX, &again, NULL) || EVP_PKEY_eq(again, key) != 1)
		return file_raise(f, TMG_E_IO, _("%s did not keep the container as it "
		    "was written; the bare key stays"), f->path);
	return TMG_OK;
}

tmg_rc
tmg_file_cert_write(tmg_backend *b, uint32_t slot, tmg_view der)
{
	tmg_auto(tmg_folder_lock) lock = TMG_NO_FOLDER_LOCK;
	tmg_file *f = tmg_file_of(b);
	tmg_held_certs certs = NULL;
	tmg_soft *key;
	tmg_rc rc;

	if ((rc = tmg_place_open(f, slot, &key)) ||
	    (rc = gather(f, der, &certs)))
		return rc;
	if (X509_check_private_key(sk_X509_value(certs, 0), tmg_soft_key(key)) != 1)
		return file_raise(f, TMG_MISMATCH, _("the certificate is for another "
		    "key than the one in %s; nothing was written"), f->path);
	if ((rc = choose_password(f)) ||
	    (rc = tmg_folder_lock_take(f, &lock)) ||
	    (rc = write_whole(f, slot, tmg_soft_key(key), certs)))
		return rc;
	return tmg_folder_wipe(f, slot, TMG_FILE_KEY);
}

/* ---- taking it away --------------------------------------------------------- */

/* The key alone, under the same password, before the container goes. */
static tmg_rc
save_key(tmg_file *f, uint32_t ref, EVP_PKEY *key)
{
	uint8_t *file;
	size_t len;
	tmg_rc rc;

	if ((rc = tmg_bare_make(tmg_file_libctx(f), key,
	    tmg_secret_view(&f->password), f->kind, &file, &len)))
		return file_raise(f, rc, _("the key could not be written as PEM"));
	rc = tmg_folder_write(f, ref, TMG_FILE_KEY, (tmg_view){ file, len });
	explicit_bzero(file, len);
	free(file);
	return rc;
}

static tmg_rc
is_needed(tmg_file *f, uint32_t ref, bool *needed)
{
	tmg_held_key h;
	tmg_rc rc = tmg_place_look(f, ref, &h);

	if (rc == TMG_OK && !h.has_container)
		rc = TMG_NOT_FOUND;
	*needed = h.form == TMG_FORM_CONTAINER;
	tmg_held_key_release(&h);
	return rc;
}

tmg_rc
tmg_file_cert_delete(tmg_backend *b, uint32_t slot)
{
	tmg_auto(tmg_folder_lock) lock = TMG_NO_FOLDER_LOCK;
	tmg_file *f = tmg_file_of(b);
	tmg_soft *key = NULL;
	bool needed;
	tmg_rc rc;

	if ((rc = is_needed(f, slot, &needed)) ||
	    (needed && (rc = tmg_place_open(f, slot, &key))) ||
	    (rc = tmg_folder_lock_take(f, &lock)))
		return rc;
	if (needed && (rc = save_key(f, slot, tmg_soft_key(key))))
		return rc;
	return tmg_folder_wipe(f, slot, TMG_FILE_CONTAINER);
}
