/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/secret.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/hex.h"
#include "tools/ra/life/audit.h"

enum { KEY = 32, NONCE = 12, TAG = 16, SEALED_MAX = NONCE + TMG_PIN_MAX + TAG };

/* ---- the key that seals ---- */

static tmg_rc
make_key(ra_desk *d, const char *path)
{
	tmg_auto_secret key = { .len = KEY };
	char mine[PATH_MAX + 16];
	tmg_rc rc;

	if (RAND_priv_bytes_ex(tmg_ctx_libctx(d->office->ctx), key.bytes, KEY, 0) != 1)
		return tmg_raise(&d->fault, TMG_E_CRYPTO, 0,
		    _("no random numbers to be had"));
	snprintf(mine, sizeof(mine), "%s.%ld", path, (long)getpid());
	if ((rc = tmg_file_replace(mine, tmg_secret_view(&key), 0600)))
		return tmg_raise(&d->fault, rc, 0, "%s: %s", mine, strerror(errno));
	return tmg_file_claim(mine, path) == TMG_OK ? TMG_OK :
	    tmg_raise(&d->fault, TMG_E_IO, 0, "%s: %s", path, strerror(errno));
}

static tmg_rc
check_key(ra_desk *d, const char *path, const tmg_secret *key)
{
	struct stat st;

	if (key->len != KEY)
		return tmg_raise(&d->fault, TMG_MISMATCH, 0,
		    _("%s: not a key of %d bytes"), path, KEY);
	if (stat(path, &st) == 0 && (st.st_mode & 077) != 0)
		return tmg_raise(&d->fault, TMG_DENIED, 0,
		    _("%s: others can read this private key; run: chmod 600 %s"), path,
		    path);
	return TMG_OK;
}

/* make: where there is none. */
static tmg_rc
read_key(ra_desk *d, bool make, tmg_secret *key)
{
	tmg_auto_free uint8_t *bytes = NULL;
	char path[PATH_MAX];
	size_t len = 0;
	tmg_rc rc;

	if (d->office->config.cmp.seal_file[0] == '\0')
		return tmg_raise(&d->fault, TMG_UNSUPPORTED, 0,
		    _("ra.conf names no file for the key that seals secrets: set cmp.seal_file"));
	if (ra_config_path(&d->office->config, d->office->config.cmp.seal_file, path))
		return tmg_raise(&d->fault, TMG_E_USAGE, 0, _("a path is too long"));
	if (make && access(path, F_OK) != 0 && errno == ENOENT &&
	    (rc = make_key(d, path)))
		return rc;
	if ((rc = tmg_file_read(path, KEY + 1, &bytes, &len)))
		return tmg_raise(&d->fault, rc, 0, "%s: %s", path, strerror(errno));
	rc = tmg_secret_set(key, (tmg_view){ bytes, len });
	explicit_bzero(bytes, len);
	return rc ? rc : check_key(d, path, key);
}

/* ---- sealing ---- */

RA_SCOPE(EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)
RA_SCOPE(EVP_CIPHER, EVP_CIPHER_free)

/* What is sealed belongs to its reference: moved to another it does not open. */
static bool
begin(const ra_desk *d, EVP_CIPHER_CTX *c, const tmg_secret *key,
    const uint8_t *nonce, const char *reference, bool seal)
{
	tmg_auto(ra_EVP_CIPHER) gcm = EVP_CIPHER_fetch(
	    tmg_ctx_libctx(d->office->ctx), "AES-256-GCM", NULL);
	int n;

	return gcm != NULL && c != NULL &&
	    EVP_CipherInit_ex2(c, gcm, key->bytes, nonce, seal, NULL) == 1 &&
	    EVP_CipherUpdate(c, NULL, &n, (const unsigned char *)reference,
	    (int)strlen(reference)) == 1;
}

static bool
seal(const ra_desk *d, const tmg_secret *key, const char *reference,
    tmg_view text, uint8_t sealed[SEALED_MAX], size_t *len)
{
	tmg_auto(ra_EVP_CIPHER_CTX) c = EVP_CIPHER_CTX_new();
	uint8_t *at = sealed + NONCE;
	int n = 0, last = 0;

	if (RAND_bytes_ex(tmg_ctx_libctx(d->office->ctx), sealed, NONCE, 0) != 1 ||
	    !begin(d, c, key, sealed, reference, true) ||
	    EVP_CipherUpdate(c, at, &n, text.ptr, (int)text.len) != 1 ||
	    EVP_CipherFinal_ex(c, at + n, &last) != 1 ||
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, TAG, at + n + last) != 1)
		return false;
	*len = NONCE + (size_t)(n + last) + TAG;
	return true;
}

static bool
unseal(const ra_desk *d, const tmg_secret *key, const ra_secret_row *row,
    tmg_secret *secret)
{
	tmg_auto(ra_EVP_CIPHER_CTX) c = EVP_CIPHER_CTX_new();
	uint8_t tag[TAG];
	int n = 0, last = 0;

	if (row->len <= NONCE + TAG || row->len > SEALED_MAX)
		return false;
	memcpy(tag, row->sealed + row->len - TAG, TAG);
	if (!begin(d, c, key, row->sealed, row->reference, false) ||
	    EVP_CipherUpdate(c, secret->bytes, &n, row->sealed + NONCE,
	    (int)(row->len - NONCE - TAG)) != 1 ||
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, TAG, tag) != 1 ||
	    EVP_CipherFinal_ex(c, secret->bytes + n, &last) != 1)
		return false;
	secret->len = (size_t)(n + last);
	return true;
}

/* ---- verbs ---- */

/* Letters and digits that are told apart when they are read out. */
static tmg_rc
draw(ra_desk *d, char text[RA_SECRET_TEXT])
{
	static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
	uint8_t bytes[RA_SECRET_TEXT - 1];

	_Static_assert(sizeof(letters) == 33, "five bits each");
	if (RAND_priv_bytes_ex(tmg_ctx_libctx(d->office->ctx), bytes, sizeof(bytes),
	    0) != 1)
		return tmg_raise(&d->fault, TMG_E_CRYPTO, 0,
		    _("no random numbers to be had"));
	for (size_t i = 0; i < sizeof(bytes); i++)
		text[i] = letters[bytes[i] % 32];
	text[sizeof(bytes)] = '\0';
	explicit_bzero(bytes, sizeof(bytes));
	return TMG_OK;
}

static bool
is_word(const char *text)
{
	const size_t len = strlen(text);

	return len > 0 && len < RA_OWNER_MAX && strspn(text,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._@-") ==
	    len;
}

static tmg_rc
note(ra_desk *d, const char *event, const char *reference, const ra_actor *actor)
{
	char detail[RA_REASON_MAX];

	snprintf(detail, sizeof(detail), "reference %s", reference);
	return ra_audit_add(d->store, &(ra_audit){ .at = ra_desk_now(d),
	    .actor = actor->name, .event = event, .app = "", .detail = detail },
	    &d->fault);
}

static tmg_rc
keep(ra_desk *d, const ra_secret_row *row, const ra_actor *actor)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc;

	if ((rc = ra_txn_begin(&txn, d->store)))
		return ra_desk_says(d, rc);
	if ((rc = ra_secret_add(d->store, row)))
		return rc == TMG_OCCUPIED ? tmg_raise(&d->fault, rc, 0,
		    _("there is a secret of the reference %s already"), row->reference) :
		    ra_desk_says(d, rc);
	if ((rc = note(d, "secret-made", row->reference, actor)))
		return rc;
	return ra_desk_commit(d, &txn);
}

tmg_rc
ra_secret_make(ra_desk *d, ra_secret_row *row, const ra_actor *actor,
    char text[RA_SECRET_TEXT])
{
	tmg_auto_secret key = { .len = 0 };
	uint8_t sealed[SEALED_MAX];
	tmg_rc rc;

	d->fault = (tmg_fault){ .rc = TMG_OK };
	if (!is_word(row->reference) || !is_word(row->owner))
		return tmg_raise(&d->fault, TMG_MISMATCH, 0,
		    _("a reference is a word of letters, digits and . _ - @"));
	if ((rc = read_key(d, true, &key)) || (rc = draw(d, text)))
		return rc;
	if (!seal(d, &key, row->reference, tmg_view_str(text), sealed, &row->len))
		return ra_ca_fail(&d->fault, _("the secret could not be sealed"));
	row->sealed = sealed;
	rc = keep(d, row, actor);
	row->sealed = NULL;
	return rc;
}

tmg_rc
ra_secret_void(ra_desk *d, const char *reference, const ra_actor *actor)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc;

	d->fault = (tmg_fault){ .rc = TMG_OK };
	if ((rc = ra_txn_begin(&txn, d->store)))
		return ra_desk_says(d, rc);
	if ((rc = ra_secret_close(d->store, reference)))
		return rc == TMG_NOT_FOUND ? tmg_raise(&d->fault, rc, 0,
		    _("there is no secret of the reference %s"), reference) :
		    ra_desk_says(d, rc);
	if ((rc = note(d, "secret-closed", reference, actor)))
		return rc;
	return ra_desk_commit(d, &txn);
}

tmg_rc
ra_secret_open(ra_desk *d, const char *reference, ra_secret_row *row,
    tmg_secret *secret)
{
	tmg_auto_secret key = { .len = 0 };
	tmg_rc rc = ra_secret_get(d->store, reference, row);

	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return ra_desk_says(d, rc);
	if (rc == TMG_NOT_FOUND || row->until <= ra_desk_now(d))
		return tmg_raise(&d->fault, TMG_NOT_FOUND, 0,
		    _("no secret is known by that reference"));
	if ((rc = read_key(d, false, &key)))
		return rc;
	return unseal(d, &key, row, secret) ? TMG_OK : tmg_raise(&d->fault,
	    TMG_E_CRYPTO, 0,
	    _("the secret %s does not open: cmp.seal_file is not what it was sealed with"),
	    reference);
}
