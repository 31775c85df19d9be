/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file of an account: found, held, read, replaced.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/enroll/acme.h"
#include "src/enroll/option.h"

#define RECORD_MAX 16384u
#define FOLDER_MODE 0700u
#define FILE_MODE 0600u
#define HASH_BYTES 16u		/* of SHA-256, in a file's name */

/* What tells one account from another: directory, and how its key was named. */
static tmg_rc
name_of(tmg_authority *a, char name[2 * HASH_BYTES + 1])
{
	const char *named = tmg_option_get(a, "account-key");
	char text[TMG_ACME_URL_MAX + TMG_ACME_TOKEN_MAX];
	uint8_t hash[32];

	if (snprintf(text, sizeof(text), "%s%s%s", tmg_acme_of(a)->url,
	    named != NULL ? "\n" : "", named != NULL ? named : "") >= (int)sizeof(text))
		return tmg_authority_raise(a, TMG_E_USAGE, _("%s: too long"), "account-key=");
	if (EVP_Q_digest(tmg_ctx_libctx(a->ctx), "SHA256", NULL, text, strlen(text), hash,
	    NULL) != 1)
		return tmg_authority_raise(a, TMG_E_CRYPTO, "%s", _("hashing failed"));
	for (size_t i = 0; i < HASH_BYTES; i++)
		snprintf(name + 2 * i, 3, "%02x", hash[i]);
	return TMG_OK;
}

static tmg_rc
path_of(tmg_authority *a, const char *end, char path[PATH_MAX])
{
	char name[2 * HASH_BYTES + 1];
	tmg_rc rc = tmg_file_state(path, PATH_MAX - 64);

	if (rc == TMG_NOT_FOUND)
		return tmg_authority_raise(a, TMG_E_USAGE, "%s",
		    _("neither XDG_STATE_HOME nor HOME says where accounts are kept"));
	if (rc)
		return tmg_authority_raise(a, TMG_E_USAGE, "%s",
		    _("the path of the state folder is too long"));
	if ((rc = name_of(a, name)))
		return rc;
	snprintf(path + strlen(path), 64, "/acme/%s%s", name, end);
	return TMG_OK;
}

tmg_rc
tmg_acme_store_lock(tmg_authority *a, int *fd)
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

tmg_rc
tmg_acme_store_load(tmg_authority *a, tmg_acme_record *r)
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

tmg_rc
tmg_acme_store_save(tmg_authority *a, const tmg_acme_record *r)
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

tmg_rc
tmg_acme_store_remove(tmg_authority *a)
{
	char path[PATH_MAX];
	tmg_rc rc;

	if ((rc = path_of(a, ".json", path)))
		return rc;
	return unlink(path) == 0 || errno == ENOENT ? TMG_OK : tmg_authority_raise(a,
	    TMG_E_IO, _("cannot remove %s: %s"), path, strerror(errno));
}
