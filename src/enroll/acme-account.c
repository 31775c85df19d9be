/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/acme-account.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/base64.h"
#include "src/codec/hex.h"
#include "src/enroll/acme-jws.h"
#include "src/enroll/acme-talk.h"
#include "src/enroll/option.h"
#include "src/pki/scope.h"

#define RECORD_MAX 16384u
#define FOLDER_MODE 0700u
#define FILE_MODE 0600u
#define HASH_BYTES 16u		/* of SHA-256, in a file's name */
#define MAC_KEY_MAX 512u	/* bytes of an external account's key */

/* ---- the file ---------------------------------------------------------- */

static void
record_release(tmg_acme_record *r)
{
	explicit_bzero(r, sizeof(*r));
}

#define auto_record __attribute__((__cleanup__(record_release))) tmg_acme_record

static tmg_rc
path_of(tmg_authority *a, const char *end, char path[PATH_MAX])
{
	const char *url = tmg_acme_of(a)->url;
	char name[2 * HASH_BYTES + 1];
	uint8_t hash[32];
	tmg_rc rc = tmg_file_state(path, PATH_MAX - 64);

	if (rc == TMG_NOT_FOUND)
		return tmg_authority_raise(a, TMG_E_USAGE, "%s",
		    _("neither XDG_STATE_HOME nor HOME says where accounts are kept"));
	if (rc)
		return tmg_authority_raise(a, TMG_E_USAGE, "%s",
		    _("the path of the state folder is too long"));
	if (EVP_Q_digest(tmg_ctx_libctx(a->ctx), "SHA256", NULL, url, strlen(url), hash,
	    NULL) != 1)
		return tmg_authority_raise(a, TMG_E_CRYPTO, "%s", _("hashing failed"));
	for (size_t i = 0; i < HASH_BYTES; i++)
		snprintf(name + 2 * i, 3, "%02x", hash[i]);
	snprintf(path + strlen(path), 64, "/acme/%s%s", name, end);
	return TMG_OK;
}

static tmg_rc
lock(tmg_authority *a, int *fd)
{
	char path[PATH_MAX], *name;
	tmg_rc rc;

	if ((rc = path_of(a, ".lock", path)))
		return rc;
	name = strrchr(path, '/');
	*name = '\0';
	if (tmg_file_folder(path, FOLDER_MODE))
		return tmg_authority_raise(a, TMG_E_IO, _("cannot make the folder %s: %s; "
		    "make it writable or set XDG_STATE_HOME"), path, strerror(errno));
	*name = '/';
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
	while (*fd >= 0 && flock(*fd, LOCK_EX) != 0)
		if (errno != EINTR)
			break;
	return *fd >= 0 ? TMG_OK : tmg_authority_raise(a, TMG_E_IO,
	    _("cannot write %s: %s; make the folder writable or set XDG_STATE_HOME"),
	    path, strerror(errno));
}

/* Verdicts TMG_NOT_FOUND, without words. */
static tmg_rc
load(tmg_authority *a, tmg_acme_record *r)
{
	tmg_auto_free uint8_t *text = NULL;
	char path[PATH_MAX];
	size_t len;
	tmg_rc rc;

	if ((rc = path_of(a, ".json", path)))
		return rc;
	rc = tmg_file_read(path, RECORD_MAX, &text, &len);
	if (rc == TMG_NOT_FOUND)
		return rc;
	if (rc != TMG_OK)
		return tmg_authority_raise(a, TMG_E_IO, _("cannot read %s: %s"), path,
		    rc == TMG_UNSUPPORTED ? _("too long") : strerror(errno));
	rc = tmg_acme_record_read((tmg_view){ text, len }, r);
	explicit_bzero(text, len);
	if (rc || strcmp(r->directory, tmg_acme_of(a)->url) != 0)
		return tmg_authority_raise(a, TMG_E_MALFORMED,
		    _("%s is no account of %s; move it away and an account is made anew"),
		    path, a->uri.where);
	return TMG_OK;
}

static tmg_rc
save(tmg_authority *a, const tmg_acme_record *r)
{
	tmg_auto_free char *text = NULL;
	char path[PATH_MAX];
	tmg_rc rc;

	if ((rc = path_of(a, ".json", path)))
		return rc;
	if (tmg_acme_record_write(r, &text))
		return tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory"));
	rc = tmg_file_replace(path, tmg_view_str(text), FILE_MODE);
	explicit_bzero(text, strlen(text));
	return rc == TMG_OK ? rc : tmg_authority_raise(a, TMG_E_IO,
	    _("cannot write %s: %s; make room for it or make it writable, then resume"),
	    path, strerror(errno));
}

/* ---- the key ----------------------------------------------------------- */

static tmg_rc
make_key(tmg_authority *a, tmg_acme_record *r)
{
	tmg_auto_ptr(tmg_soft) soft = NULL;
	uint8_t *p = r->key;
	int n;

	if (tmg_soft_generate(a->ctx, TMG_ALG_P256, &soft))
		return tmg_authority_raise(a, TMG_E_CRYPTO, "%s",
		    _("libcrypto refused to make a key"));
	n = i2d_PrivateKey(tmg_soft_key(soft), NULL);
	if (n <= 0 || (size_t)n > sizeof(r->key) ||
	    i2d_PrivateKey(tmg_soft_key(soft), &p) != n)
		return tmg_authority_raise(a, TMG_E_CRYPTO, "%s",
		    _("libcrypto refused to make a key"));
	r->key_len = (size_t)n;
	return TMG_OK;
}

static tmg_rc
use_key(tmg_authority *a, const tmg_acme_record *r)
{
	tmg_acme_account *account = &tmg_acme_of(a)->account;
	const uint8_t *p = r->key;
	tmg_held(EVP_PKEY) key = d2i_AutoPrivateKey_ex(NULL, &p, (long)r->key_len,
	    tmg_ctx_libctx(a->ctx), NULL);

	if (key == NULL || tmg_soft_new(a->ctx, key, &account->soft))
		return tmg_authority_raise(a, TMG_E_MALFORMED,
		    _("the key of the account at %s cannot be read"), a->uri.where);
	account->signer = tmg_soft_signer(account->soft);
	memcpy(account->url, r->url, sizeof(account->url));
	memcpy(account->terms, r->terms, sizeof(account->terms));
	return TMG_OK;
}

/* Written down before anybody hears of it. */
static tmg_rc
load_or_make(tmg_authority *a, tmg_acme_record *r)
{
	tmg_rc rc = load(a, r);

	if (rc != TMG_NOT_FOUND)
		return rc;
	*r = (tmg_acme_record){ .key_len = 0 };
	memcpy(r->directory, tmg_acme_of(a)->url, sizeof(r->directory));
	if ((rc = make_key(a, r)))
		return rc;
	return save(a, r);
}

/* ---- registering ------------------------------------------------------- */

/* The words of whoever agreed are kept; agreeing to "the terms" whatever they
 * become is not agreeing. */
static tmg_rc
check_terms(tmg_authority *a)
{
	const char *agreed = tmg_option_get(a, "terms");
	const char *terms = tmg_acme_of(a)->directory.terms;

	if (terms[0] == '\0' || (agreed != NULL && strcmp(agreed, terms) == 0))
		return TMG_OK;
	if (agreed != NULL)
		return tmg_authority_raise(a, TMG_DENIED, _("%s: its terms of service are "
		    "others than those you agreed to; read %.140s and, if you agree, say "
		    "--ca-option terms= and that address"), a->uri.where, terms);
	return tmg_authority_raise(a, TMG_DENIED, _("%s: nobody agreed to its terms of "
	    "service; read %.140s and, if you agree, say --ca-option terms= and that "
	    "address"), a->uri.where, terms);
}

static tmg_rc
check_binding(tmg_authority *a)
{
	const tmg_acme *acme = tmg_acme_of(a);

	if (!acme->directory.bound || a->spec.user != NULL)
		return TMG_OK;
	return tmg_advise(&a->fault, TMG_TRY_CREDENTIAL, tmg_authority_raise(a,
	    TMG_DENIED, _("%s: it takes only accounts that it knows from elsewhere; as "
	    "user give the key id that it told you, as password the key"), a->uri.where));
}

tmg_rc
tmg_acme_account_check(tmg_authority *a)
{
	auto_record r = { .key_len = 0 };
	tmg_rc rc;

	if ((rc = tmg_acme_hear(a, NULL)))
		return rc;
	rc = load(a, &r);
	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return rc;
	if (r.url[0] != '\0')
		return TMG_OK;
	return (rc = check_binding(a)) ? rc : check_terms(a);
}

/* RFC 8555 7.3.4: the account's public key, signed with the key that the CA
 * gave to whoever it knows. */
static tmg_rc
bind(tmg_authority *a, const json_t *jwk, json_t **binding)
{
	const tmg_acme *acme = tmg_acme_of(a);
	tmg_auto_free char *payload = json_dumps(jwk, JSON_COMPACT);
	json_t *header = json_pack("{s:s, s:s}", "kid", a->spec.user, "url",
	    acme->directory.new_account);
	uint8_t bytes[MAC_KEY_MAX];
	tmg_out key = TMG_OUT(bytes);
	tmg_view text = a->spec.password;	/* base64url, as the CA gave it */
	tmg_rc rc;

	while (text.len > 0 && text.ptr[text.len - 1] == '=')
		text.len--;
	if (tmg_base64url_parse(text, &key) || key.len == 0)
		rc = tmg_authority_raise(a, TMG_E_USAGE,
		    _("the key that %s gave you is not base64url; copy it again"),
		    a->uri.where);
	else if ((rc = header == NULL || payload == NULL ? TMG_E_NOMEM :
	    tmg_jws_mac(a->ctx, tmg_out_view(&key), header, tmg_view_str(payload),
	    binding)))
		rc = tmg_authority_raise(a, rc, "%s", _("out of memory"));
	explicit_bzero(bytes, sizeof(bytes));
	json_decref(header);
	return rc;
}

static tmg_rc
describe(tmg_authority *a, json_t *o)
{
	const tmg_acme *acme = tmg_acme_of(a);
	const char *contact = tmg_option_get(a, "contact");
	json_t *jwk = NULL, *binding = NULL;
	tmg_rc rc = TMG_OK;

	if (acme->directory.terms[0] != '\0')
		json_object_set_new(o, "termsOfServiceAgreed", json_true());
	if (contact != NULL)
		json_object_set_new(o, "contact", json_pack("[s]", contact));
	if (a->spec.user == NULL)
		return TMG_OK;
	if ((rc = tmg_jws_jwk(a->ctx, acme->account.signer, &jwk)))
		return tmg_authority_raise(a, rc, "%s", _("out of memory"));
	if ((rc = bind(a, jwk, &binding)) == TMG_OK)
		json_object_set_new(o, "externalAccountBinding", binding);
	json_decref(jwk);
	return rc;
}

/* The same key again is answered with the account it has (7.3): so it does no
 * harm that a process ended before the answer was written down. */
static tmg_rc
ask(tmg_authority *a, const json_t *what, char url[TMG_ACME_URL_MAX])
{
	const tmg_acme *acme = tmg_acme_of(a);
	tmg_auto_free char *payload = json_dumps(what, JSON_COMPACT);
	TMG_ACME_RESPONSE;
	tmg_rc rc;

	if (payload == NULL)
		return tmg_authority_raise(a, TMG_E_NOMEM, "%s", _("out of memory"));
	if ((rc = tmg_acme_send(a, &(tmg_acme_sender){ acme->account.signer, NULL },
	    acme->directory.new_account, payload, "Accept: application/json", &r)))
		return rc;
	if (!tmg_acme_is_url(r.place))
		return tmg_authority_raise(a, TMG_E_MALFORMED,
		    _("%s: its answer names no account; tell its operator"), a->uri.where);
	memcpy(url, r.place, TMG_ACME_URL_MAX);
	return TMG_OK;
}

static tmg_rc
enlist(tmg_authority *a, tmg_acme_record *r)
{
	json_t *o;
	tmg_rc rc;

	if ((rc = check_binding(a)) || (rc = check_terms(a)))
		return rc;
	o = json_object();
	if ((rc = describe(a, o)) == TMG_OK)
		rc = ask(a, o, r->url);
	json_decref(o);
	if (rc != TMG_OK)
		return rc;
	memcpy(r->terms, tmg_acme_of(a)->directory.terms, sizeof(r->terms));
	return save(a, r);
}

tmg_rc
tmg_acme_account_open(tmg_authority *a)
{
	tmg_acme_account *account = &tmg_acme_of(a)->account;
	auto_record r = { .key_len = 0 };
	tmg_auto_fd fd = -1;
	tmg_rc rc;

	if (account->url[0] != '\0')
		return TMG_OK;
	tmg_acme_account_close(a);
	if ((rc = tmg_acme_hear(a, NULL)) || (rc = lock(a, &fd)) ||
	    (rc = load_or_make(a, &r)) || (rc = use_key(a, &r)))
		return tmg_pass(&a->fault, rc);
	if (r.url[0] == '\0' && (rc = enlist(a, &r)))
		return tmg_pass(&a->fault, rc);
	memcpy(account->url, r.url, sizeof(account->url));
	return TMG_OK;
}

tmg_rc
tmg_acme_account_find(tmg_authority *a)
{
	auto_record r = { .key_len = 0 };
	tmg_rc rc;

	if (tmg_acme_of(a)->account.url[0] != '\0')
		return TMG_OK;
	if ((rc = load(a, &r)))
		return rc;
	return r.url[0] == '\0' ? TMG_NOT_FOUND : use_key(a, &r);
}

tmg_rc
tmg_acme_account_lost(tmg_authority *a)
{
	auto_record r = { .key_len = 0 };
	tmg_auto_fd fd = -1;
	tmg_rc rc;

	tmg_acme_of(a)->account.url[0] = '\0';
	if ((rc = lock(a, &fd)) || (rc = load(a, &r)))
		return tmg_pass(&a->fault, rc);
	r.url[0] = '\0';
	return save(a, &r);
}

void
tmg_acme_account_close(tmg_authority *a)
{
	tmg_acme_account *account = &tmg_acme_of(a)->account;

	tmg_soft_free(&account->soft);
	*account = (tmg_acme_account){ .soft = NULL };
}
