/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http-01 (RFC 8555 8.3) by a web server that is there already: a file below
 * its folder.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/enroll/acme-proof.h"

#define BELOW "/.well-known/acme-challenge"
#define FOLDER_MODE 0755u
#define FILE_MODE 0644u		/* the web server is somebody else */

/* The token is base64url (acme-body.c), so it leads nowhere else. */
static bool
path_of(const char *root, const char *token, char path[PATH_MAX])
{
	const int n = snprintf(path, PATH_MAX, "%s" BELOW "%s%s", root,
	    token != NULL ? "/" : "", token != NULL ? token : "");

	return n > 0 && n < PATH_MAX;
}

/* Under its own name from the first byte: nobody looks before the CA is told,
 * and what a killed process leaves can be taken away by that name. */
static bool
write_proof(const char *path, tmg_view text)
{
	tmg_auto_fd fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
	    FILE_MODE);

	return fd >= 0 && write(fd, text.ptr, text.len) == (ssize_t)text.len;
}

static tmg_rc
show(tmg_authority *a, const tmg_acme_proof *p, const char *root)
{
	char path[PATH_MAX];

	if (!path_of(root, NULL, path) || tmg_file_folder(path, FOLDER_MODE))
		return tmg_authority_raise(a, TMG_E_IO,
		    _("cannot make the folder %.150s: %s; webroot= is the folder that the "
		    "web server shows"), path, strerror(errno));
	if (path_of(root, p->token, path) &&
	    write_proof(path, tmg_view_str(p->answer)))
		return TMG_OK;
	return tmg_authority_raise(a, TMG_E_IO, _("cannot write %.200s: %s"), path,
	    strerror(errno));
}

static void
hide(tmg_authority *a, const tmg_acme_proof *p, const char *root)
{
	char path[PATH_MAX];

	(void)a;
	if (path_of(root, p->token, path))
		unlink(path);
}

const tmg_acme_way tmg_acme_webroot = {
	.challenge = "http-01",
	.option = "webroot",
	.lasting = true,
	.show = show,
	.hide = hide,
	.answer = tmg_acme_answer_seen,
};
