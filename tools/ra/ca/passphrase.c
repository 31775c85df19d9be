/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"

static tmg_rc
from_file(const char *path, tmg_secret *secret, tmg_fault *f)
{
	tmg_auto_free uint8_t *text = NULL;
	size_t len, line;
	tmg_rc rc;

	if ((rc = tmg_file_read(path, TMG_PIN_MAX + 2, &text, &len)))
		return tmg_raise(f, rc, 0, _("%s: the passphrase cannot be read: %s"),
		    path, rc == TMG_UNSUPPORTED ? _("too long") : strerror(errno));
	line = strcspn((const char *)text, "\r\n");
	if (line == 0)
		rc = tmg_raise(f, TMG_MISMATCH, 0, _("%s: its first line is empty"),
		    path);
	else if ((rc = tmg_secret_set(secret, (tmg_view){ text, line })))
		rc = tmg_raise(f, rc, 0, _("%s: too long"), path);
	explicit_bzero(text, len);
	return rc;
}

static tmg_rc
from_credential(const char *name, tmg_secret *secret, tmg_fault *f)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	char path[PATH_MAX];

	if (folder == NULL || strchr(name, '/') != NULL)
		return tmg_raise(f, TMG_NOT_FOUND, 0,
		    _("there is no credential %s: systemd starts tamga-ra with LoadCredential=%s:FILE"),
		    name, name);
	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
		return tmg_raise(f, TMG_E_USAGE, 0, _("%s: too long"), folder);
	return from_file(path, secret, f);
}

static bool
has_terminal(void)
{
	const int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static tmg_rc
from_terminal(const char *what, bool twice, tmg_secret *secret, tmg_fault *f)
{
	char text[TMG_PIN_MAX + 1] = "", prompt[200];
	tmg_rc rc = TMG_OK;
	int failed;

	if (!has_terminal())
		return tmg_raise(f, TMG_NOT_FOUND, 0,
		    _("nobody can be asked for %s: name a file with it"), what);
	snprintf(prompt, sizeof(prompt), _("Enter %s: "), what);
	failed = EVP_read_pw_string_min(text, 1, sizeof(text) - 1, prompt, twice);
	ERR_clear_error();
	if (failed != 0 || text[0] == '\0')
		rc = tmg_raise(f, TMG_MISMATCH, 0, _("%s was not entered"), what);
	else
		rc = tmg_secret_set(secret, tmg_view_str(text));
	explicit_bzero(text, sizeof(text));
	return rc;
}

tmg_rc
ra_passphrase_read(const char *source, const char *what, bool twice,
    tmg_secret *secret, tmg_fault *f)
{
	const size_t lead = strlen(RA_CREDENTIAL);

	if (source[0] == '\0')
		return from_terminal(what, twice, secret, f);
	if (strncmp(source, RA_CREDENTIAL, lead) == 0)
		return from_credential(source + lead, secret, f);
	return from_file(source, secret, f);
}
