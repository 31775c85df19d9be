/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The password.  What was logged in to is what the password opened; where nothing
 * is protected yet, a password that is given protects what comes.
 */
#include "drivers/file/file.h"

#include "src/base/scope.h"
#include "src/pki/scope.h"

tmg_rc
tmg_file_logout(tmg_backend *b)
{
	tmg_file *f = tmg_file_of(b);

	tmg_secret_wipe(&f->password);
	f->known = false;
	for (uint32_t ref = 1; ref <= TMG_FILE_PLACES; ref++)
		tmg_place_forget(f, ref);
	return TMG_OK;
}

/* A place that cannot be read is told of by whoever wants it, and keeps nobody
 * from the others. */
static bool
is_shut(tmg_file *f, uint32_t ref)
{
	tmg_held_key h;
	const bool shut = tmg_place_look(f, ref, &h) == TMG_OK &&
	    h.form != TMG_FORM_NONE && h.shut;

	tmg_held_key_release(&h);
	return shut;
}

tmg_rc
tmg_file_logged_in(tmg_backend *b, tmg_pin_kind kind)
{
	tmg_file *f = tmg_file_of(b);

	(void)kind;			/* the password is all there is */
	for (uint32_t ref = 1; !f->known && ref <= TMG_FILE_PLACES; ref++)
		if (is_shut(f, ref))
			return TMG_LOGIN;
	return TMG_OK;
}

tmg_rc
tmg_file_admin_auto(tmg_backend *b)
{
	return tmg_file_logged_in(b, TMG_PIN_ADMIN);
}

/* One place and one password: TMG_OK opened, TMG_NOT_FOUND nothing to open. */
static tmg_rc
try_place(tmg_file *f, uint32_t ref, tmg_view pin)
{
	tmg_held(EVP_PKEY) key = NULL;
	tmg_held_key h;
	tmg_rc rc = tmg_place_look(f, ref, &h);

	if (rc == TMG_OK)
		rc = h.form == TMG_FORM_NONE || !h.shut ? TMG_NOT_FOUND :
		    tmg_place_try(f, &h, pin, &key, NULL);
	tmg_held_key_release(&h);
	if (rc == TMG_OK)
		rc = tmg_soft_new(f->base.ctx, key, &f->open[ref - 1]);
	return rc;
}

static tmg_rc
keep_password(tmg_file *f, tmg_view pin)
{
	const tmg_rc rc = tmg_secret_set(&f->password, pin);

	f->known = rc == TMG_OK;
	return rc == TMG_OK ? rc : file_raise(f, TMG_PIN_WRONG,
	    _("a password has %u bytes at most"), TMG_PIN_MAX);
}

tmg_rc
tmg_file_verify(tmg_backend *b, tmg_pin_kind kind, tmg_view pin, int *tries)
{
	tmg_file *f = tmg_file_of(b);
	bool opened = false, refused = false;
	tmg_rc rc;

	*tries = -1;
	if (kind != TMG_PIN_USER)
		return TMG_UNSUPPORTED;
	if ((rc = tmg_file_logout(b)))
		return rc;
	for (uint32_t ref = 1; ref <= TMG_FILE_PLACES; ref++) {
		rc = try_place(f, ref, pin);
		opened |= rc == TMG_OK;
		refused |= rc == TMG_PIN_WRONG;
		if (rc == TMG_E_NOMEM)
			return rc;
	}
	if (refused && !opened)
		return TMG_PIN_WRONG;
	if ((rc = keep_password(f, pin)))
		return rc;
	tmg_place_tidy(f);
	return TMG_OK;
}

/* ---- another password ---------------------------------------------------------- */

static tmg_rc
rewrite(tmg_file *f, uint32_t ref, const tmg_held_key *h, tmg_view old,
    tmg_view fresh)
{
	tmg_held(EVP_PKEY) key = NULL;
	tmg_held_certs certs = NULL;
	tmg_auto_free uint8_t *file = NULL;
	const bool whole = h->form == TMG_FORM_CONTAINER;
	size_t len = 0;
	tmg_rc rc;

	if ((rc = tmg_place_try(f, h, old, &key, whole ? &certs : NULL)))
		return rc;
	rc = whole ? tmg_p12_make(tmg_file_libctx(f), key, certs, fresh, f->kind,
	    &file, &len) : tmg_bare_make(tmg_file_libctx(f), key, fresh, f->kind,
	    &file, &len);
	return rc != TMG_OK ? rc : tmg_folder_write(f, ref, whole ?
	    TMG_FILE_CONTAINER : TMG_FILE_KEY, (tmg_view){ file, len });
}

/* Files of another password stay as they are; one at least must be of this. */
static tmg_rc
rewrite_all(tmg_file *f, tmg_view old, tmg_view fresh)
{
	unsigned done = 0;

	for (uint32_t ref = 1; ref <= TMG_FILE_PLACES; ref++) {
		tmg_held_key h;
		tmg_rc rc = tmg_place_look(f, ref, &h);

		if (rc == TMG_OK && h.form != TMG_FORM_NONE && h.shut) {
			rc = rewrite(f, ref, &h, old, fresh);
			done += rc == TMG_OK;
		}
		tmg_held_key_release(&h);
		if (rc != TMG_OK && rc != TMG_PIN_WRONG)
			return rc;
	}
	return done > 0 ? TMG_OK : TMG_PIN_WRONG;
}

tmg_rc
tmg_file_change(tmg_backend *b, tmg_pin_kind kind, tmg_view old, tmg_view fresh,
    int *tries)
{
	tmg_auto(tmg_folder_lock) lock = TMG_NO_FOLDER_LOCK;
	tmg_file *f = tmg_file_of(b);
	tmg_rc rc;

	*tries = -1;
	if (kind != TMG_PIN_USER)
		return TMG_UNSUPPORTED;
	if (fresh.len == 0 || fresh.len > TMG_PIN_MAX)
		return file_raise(f, TMG_DENIED, _("a password has 1 to %u bytes"),
		    TMG_PIN_MAX);
	if ((rc = tmg_folder_lock_take(f, &lock)) ||
	    (rc = rewrite_all(f, old, fresh)))
		return rc;
	(void)tmg_file_logout(b);
	return keep_password(f, fresh);
}
