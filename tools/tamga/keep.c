/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include "src/base/file.h"
#include "tools/tamga/request.h"

#define CODE_SUFFIX ".code"

void
keep_wiped_free(char **text)
{
	if (*text != NULL)
		explicit_bzero(*text, strlen(*text));
	free(*text);
}

tmg_rc
keep_path(struct cli *cli, const char *name, const char *suffix, char path[256])
{
	char folder[200];

	if (tmg_file_state(folder, sizeof(folder)) != TMG_OK)
		return cli_raise(cli, TMG_E_IO,
		    _("there is no folder to keep the access code in; set XDG_STATE_HOME"));
	if (tmg_file_folder(folder, 0700) != TMG_OK)
		return cli_raise(cli, TMG_E_IO, _("cannot make the folder %s: %s; make "
		    "room for it, make it writable or set XDG_STATE_HOME"), folder,
		    strerror(errno));
	snprintf(path, 256, "%s/%s%s", folder, name, suffix);
	return TMG_OK;
}

tmg_rc
keep_write(struct cli *cli, const char *path, const char *text)
{
	return tmg_file_replace(path, tmg_view_str(text), 0600) == TMG_OK ? TMG_OK :
	    cli_raise(cli, TMG_E_IO, _("cannot write %s: %s; make room for it or make "
	    "it writable, then say the same again"), path, strerror(errno));
}

tmg_rc
keep_set(struct cli *cli, struct ca *ca, const char *code)
{
	uint8_t *copy = (uint8_t *)strdup(code);

	if (copy == NULL)
		return cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	if (ca->password != NULL)
		explicit_bzero(ca->password, ca->password_len);
	free(ca->password);
	ca->password = copy;
	ca->password_len = strlen(code);
	ca->spec.password = (tmg_view){ copy, ca->password_len };
	return TMG_OK;
}

tmg_rc
keep_read(struct cli *cli, const char *path, struct ca *ca)
{
	uint8_t *line = NULL;
	size_t len;
	tmg_rc rc;

	if ((rc = request_line(cli, path, &line, &len)))
		return rc;
	rc = keep_set(cli, ca, (const char *)line);
	explicit_bzero(line, len);
	free(line);
	return rc;
}

/* The one that --code-file names, or that was kept. */
tmg_rc
keep_find(struct cli *cli, const char *number, struct ca *ca)
{
	const char *file = cli_text(cli, "code-file");
	char path[256];
	tmg_rc rc;

	if (ca->password != NULL)
		return TMG_OK;
	if (file != NULL)
		return keep_read(cli, file, ca);
	if ((rc = keep_path(cli, number, CODE_SUFFIX, path)))
		return rc;
	if (access(path, R_OK) == 0)
		return keep_read(cli, path, ca);
	return cli_raise(cli, TMG_E_USAGE,
	    _("what is the access code of application %s? say --code-file"), number);
}

tmg_rc
keep_code(struct cli *cli, const char *number, const char *code)
{
	char path[256];
	tmg_rc rc;

	if ((rc = keep_path(cli, number, CODE_SUFFIX, path)))
		return rc;
	return keep_write(cli, path, code);
}

tmg_rc
keep_random(struct cli *cli, size_t bytes, char *text)
{
	uint8_t raw[32];

	if (getrandom(raw, bytes, 0) != (ssize_t)bytes)
		return cli_raise(cli, TMG_E_IO, _("no random numbers to be had"));
	for (size_t i = 0; i < bytes; i++)
		snprintf(text + 2 * i, 3, "%02x", raw[i]);
	explicit_bzero(raw, sizeof(raw));
	return TMG_OK;
}

tmg_rc
keep_wish(struct cli *cli, const char *profile, const struct ca *ca,
    const json_t *given, char path[KEEP_PATH])
{
	auto_wiped answers = json_dumps(given, JSON_COMPACT | JSON_SORT_KEYS);
	char wish[2048], name[40] = "once-";
	uint8_t hash[EVP_MAX_MD_SIZE];

	snprintf(wish, sizeof(wish), "%s %s %s", ca->spec.uri, profile,
	    answers != NULL ? answers : "");
	if (EVP_Digest(wish, strlen(wish), hash, NULL, EVP_sha256(), NULL) != 1)
		return cli_raise(cli, TMG_E_CRYPTO, _("hashing failed"));
	for (size_t i = 0; i < 16; i++)
		snprintf(name + 5 + 2 * i, 3, "%02x", hash[i]);
	return keep_path(cli, name, "", path);
}

tmg_rc
keep_lock(struct cli *cli, const char *path, int *fd)
{
	char lock[KEEP_PATH + sizeof(".lock")];

	snprintf(lock, sizeof(lock), "%s.lock", path);
	*fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*fd < 0)
		return cli_raise(cli, TMG_E_IO, _("cannot write %s: %s; make room for "
		    "it or make it writable, then say the same again"), lock,
		    strerror(errno));
	if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
		return TMG_OK;
	return cli_raise(cli, TMG_BUSY, _("another process is working on this "
	    "application; wait until it ends"));
}

tmg_rc
keep_once(struct cli *cli, const char *path, char once[65])
{
	tmg_auto_free uint8_t *kept = NULL;
	size_t len;
	tmg_rc rc;

	if (tmg_file_read(path, 65, &kept, &len) == TMG_OK && len == 64) {
		memcpy(once, kept, 65);
		return TMG_OK;
	}
	if ((rc = keep_random(cli, 32, once)))
		return rc;
	return keep_write(cli, path, once);
}
