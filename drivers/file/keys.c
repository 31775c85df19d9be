/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys come and go, and are used. */
#include "drivers/file/file.h"

#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/scope.h"
#include "src/pki/scope.h"
#include "src/pki/spki.h"

tmg_rc
tmg_file_slots(tmg_backend *b, tmg_slot *rows, size_t cap, size_t *count)
{
	(void)b;
	*count = TMG_FILE_PLACES;
	for (uint32_t i = 0; i < TMG_FILE_PLACES && i < cap; i++) {
		rows[i] = (tmg_slot){
			.ref = i + 1,
			.title = N_("key in a file"),
			.uses = TMG_USE_SIGN | TMG_USE_DECRYPT | TMG_USE_DERIVE |
			    TMG_USE_AUTH,
			.pin = TMG_PIN_ONCE,
		};
		rows[i].name[0] = (char)('1' + i);
	}
	return TMG_OK;
}

static tmg_rc
tell(const tmg_held_key *h, tmg_key_facts *facts, tmg_out *spki)
{
	const tmg_view key = { h->spki, h->spki_len };

	if (h->form == TMG_FORM_NONE)
		return TMG_NOT_FOUND;
	*facts = (tmg_key_facts){
		.pin = h->shut ? TMG_PIN_ONCE : TMG_PIN_NEVER,
		.touch = TMG_TOUCH_NEVER,
		.origin = TMG_ORIGIN_GENERATED,
	};
	tmg_put(spki, key);
	return tmg_spki_alg(key, &facts->alg);
}

tmg_rc
tmg_file_facts(tmg_backend *b, uint32_t slot, tmg_key_facts *facts, tmg_out *spki)
{
	tmg_held_key h;
	tmg_file *f = tmg_file_of(b);
	tmg_rc rc = tmg_place_look(f, slot, &h);

	if (rc == TMG_OK)
		rc = h.form != TMG_FORM_NONE && h.spki_len == 0 ?
		    tmg_place_hidden(f, slot, &h) : tell(&h, facts, spki);
	tmg_held_key_release(&h);
	return rc;
}

/* ---- coming and going ----------------------------------------------------- */

static tmg_rc
store(tmg_file *f, uint32_t ref, EVP_PKEY *key)
{
	tmg_auto(tmg_folder_lock) lock = TMG_NO_FOLDER_LOCK;
	const tmg_view password = f->known ? tmg_secret_view(&f->password) :
	    (tmg_view){ NULL, 0 };
	uint8_t *file;
	size_t len;
	tmg_rc rc;

	if (ref < 1 || ref > TMG_FILE_PLACES)
		return file_raise(f, TMG_UNSUPPORTED, _("%s has no place %u"),
		    f->path, (unsigned)ref);
	if ((rc = tmg_folder_lock_take(f, &lock)))
		return rc;
	if ((rc = tmg_bare_make(tmg_file_libctx(f), key, password, f->kind, &file,
	    &len)))
		return file_raise(f, rc, _("the key could not be written as PEM"));
	tmg_place_forget(f, ref);
	rc = tmg_folder_write(f, ref, TMG_FILE_KEY, (tmg_view){ file, len });
	explicit_bzero(file, len);
	free(file);
	return rc;
}

tmg_rc
tmg_file_generate(tmg_backend *b, const tmg_keyspec *spec, tmg_out *spki)
{
	tmg_file *f = tmg_file_of(b);
	tmg_soft *soft;
	tmg_rc rc;

	if ((rc = tmg_soft_generate(b->ctx, spec->alg, &soft)))
		return file_raise(f, rc, _("no key of the kind %s could be made"),
		    tmg_alg_get(spec->alg)->name);
	rc = store(f, spec->slot, tmg_soft_key(soft));
	if (rc == TMG_OK) {
		tmg_put(spki, tmg_soft_signer(soft)->spki);
		rc = tmg_out_done(spki);
	}
	tmg_soft_free(&soft);
	return rc;
}

tmg_rc
tmg_file_import(tmg_backend *b, const tmg_keyspec *spec, tmg_view pkcs8)
{
	tmg_file *f = tmg_file_of(b);
	const uint8_t *at = pkcs8.ptr;
	PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at,
	    (long)pkcs8.len);
	tmg_held(EVP_PKEY) key = info != NULL ? EVP_PKCS82PKEY_ex(info,
	    tmg_file_libctx(f), TMG_FILE_PROPS) : NULL;

	PKCS8_PRIV_KEY_INFO_free(info);
	if (key == NULL)
		return file_raise(f, tmg_file_heard(TMG_E_MALFORMED),
		    _("that is no private key"));
	return store(f, spec->slot, key);
}

/* A container is nothing without its key: both go. */
tmg_rc
tmg_file_key_delete(tmg_backend *b, uint32_t slot)
{
	tmg_auto(tmg_folder_lock) lock = TMG_NO_FOLDER_LOCK;
	tmg_file *f = tmg_file_of(b);
	tmg_held_key h;
	tmg_rc rc = tmg_place_look(f, slot, &h);
	const bool none = h.form == TMG_FORM_NONE;

	tmg_held_key_release(&h);
	if (rc != TMG_OK && rc != TMG_E_MALFORMED)
		return rc;
	if (rc == TMG_OK && none)
		return file_raise(f, TMG_NOT_FOUND, _("place %u of %s holds no key"),
		    (unsigned)slot, f->path);
	tmg_place_forget(f, slot);
	if ((rc = tmg_folder_lock_take(f, &lock)) ||
	    (rc = tmg_folder_wipe(f, slot, TMG_FILE_KEY)))
		return rc;
	return tmg_folder_wipe(f, slot, TMG_FILE_CONTAINER);
}

/* ---- using ------------------------------------------------------------------ */

static tmg_rc
signer_of(tmg_file *f, uint32_t slot, tmg_alg alg, tmg_signer **signer)
{
	tmg_soft *soft;
	tmg_rc rc;

	if ((rc = tmg_place_open(f, slot, &soft)))
		return rc;
	*signer = tmg_soft_signer(soft);
	return (*signer)->alg == alg ? TMG_OK : file_raise(f, TMG_MISMATCH,
	    _("place %u of %s holds another key by now"), (unsigned)slot, f->path);
}

static tmg_rc
said(tmg_file *f, const tmg_signer *signer, tmg_rc rc)
{
	return rc == TMG_OK ? rc : tmg_fault_copy(&f->base.fault, signer->fault, rc);
}

tmg_rc
tmg_file_sign(tmg_backend *b, uint32_t slot, tmg_alg alg,
    const tmg_sign_spec *spec, tmg_view input, tmg_out *sig)
{
	tmg_file *f = tmg_file_of(b);
	tmg_signer *s;
	const tmg_rc rc = signer_of(f, slot, alg, &s);

	return rc != TMG_OK ? rc : said(f, s, tmg_signer_sign(s, spec, input, sig));
}

tmg_rc
tmg_file_decrypt(tmg_backend *b, uint32_t slot, tmg_alg alg,
    const tmg_decrypt_spec *spec, tmg_view cipher, tmg_out *plain)
{
	tmg_file *f = tmg_file_of(b);
	tmg_signer *s;
	const tmg_rc rc = signer_of(f, slot, alg, &s);

	return rc != TMG_OK ? rc :
	    said(f, s, tmg_signer_decrypt(s, spec, cipher, plain));
}

tmg_rc
tmg_file_derive(tmg_backend *b, uint32_t slot, tmg_alg alg, tmg_view peer,
    tmg_out *secret)
{
	tmg_file *f = tmg_file_of(b);
	tmg_signer *s;
	const tmg_rc rc = signer_of(f, slot, alg, &s);

	return rc != TMG_OK ? rc : said(f, s, tmg_signer_derive(s, peer, secret));
}
