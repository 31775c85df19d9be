/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "tools/tamga/pinentry.h"

#include "src/base/fail.h"
#include "src/base/i18n.h"

#ifdef WITH_ASSUAN

#include <assuan.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/base/scope.h"

#define LINE_MAX_ASSUAN 1000	/* ASSUAN_LINELENGTH less the line's end */

static void
assuan_context_release(assuan_context_t *ctx)
{
	if (*ctx != NULL)
		assuan_release(*ctx);
}

/* Percent-escaped as Assuan wants what stands in a command. */
static void
escape(char *line, size_t cap, const char *command, const char *text)
{
	size_t n = (size_t)snprintf(line, cap, "%s ", command);

	for (const unsigned char *at = (const unsigned char *)text;
	    *at != '\0' && n + 4 < cap; at++) {
		if (*at == '%' || *at < ' ')
			n += (size_t)snprintf(line + n, cap - n, "%%%02X", *at);
		else
			line[n++] = (char)*at;
	}
	line[n] = '\0';
}

static gpg_error_t
take_secret(void *arg, const void *data, size_t len)
{
	tmg_put(arg, (tmg_view){ data, len });
	return 0;
}

static gpg_error_t
say(assuan_context_t ctx, const char *command, const char *text)
{
	char line[LINE_MAX_ASSUAN];

	if (text == NULL)
		return 0;
	escape(line, sizeof(line), command, text);
	return assuan_transact(ctx, line, NULL, NULL, NULL, NULL, NULL, NULL);
}

/* Options a pinentry may not know are no failure. */
static void
set_options(assuan_context_t ctx)
{
	const char *tty = ttyname(STDIN_FILENO);
	char line[LINE_MAX_ASSUAN];

	if (tty == NULL && access("/dev/tty", R_OK | W_OK) == 0)
		tty = "/dev/tty";
	if (tty != NULL) {
		snprintf(line, sizeof(line), "ttyname=%s", tty);
		(void)say(ctx, "OPTION", line);
	}
	if (getenv("TERM") != NULL) {
		snprintf(line, sizeof(line), "ttytype=%s", getenv("TERM"));
		(void)say(ctx, "OPTION", line);
	}
	snprintf(line, sizeof(line), "lc-ctype=%s", setlocale(LC_CTYPE, NULL));
	(void)say(ctx, "OPTION", line);
}

static tmg_rc
from_error(gpg_error_t e, const struct pinentry_ask *ask, tmg_fault *f)
{
	switch (gpg_err_code(e)) {
	case GPG_ERR_NO_ERROR:
		return TMG_OK;
	case GPG_ERR_CANCELED:
	case GPG_ERR_FULLY_CANCELED:
	case GPG_ERR_NOT_CONFIRMED:
		return TMG_CANCELLED;
	default:
		return tmg_raise(f, TMG_E_IO, 0, _("pinentry '%s' failed: %s; "
		    "name another with --pinentry=PROGRAM"), ask->program,
		    gpg_strerror(e));
	}
}

/* libassuan runs a path; a bare name is looked for in $PATH, as a shell does. */
static bool
find_program(const char *name, char *path, size_t cap)
{
	const char *at = getenv("PATH");

	if (strchr(name, '/') != NULL)
		return (size_t)snprintf(path, cap, "%s", name) < cap;
	while (at != NULL && *at != '\0') {
		const size_t len = strcspn(at, ":");

		if ((size_t)snprintf(path, cap, "%.*s/%s", (int)len, at, name) < cap &&
		    access(path, X_OK) == 0)
			return true;
		at += len + (at[len] == ':' ? 1 : 0);
	}
	return false;
}

static gpg_error_t
start(assuan_context_t ctx, const char *program)
{
	assuan_fd_t no_more[] = { ASSUAN_INVALID_FD };
	char path[4096];
	const char *argv[] = { path, NULL };

	if (!find_program(program, path, sizeof(path)))
		return gpg_error(GPG_ERR_ENOENT);
	return assuan_pipe_connect(ctx, path, argv, no_more, NULL, NULL, 0);
}

static gpg_error_t
converse(assuan_context_t ctx, const struct pinentry_ask *ask, tmg_out *secret)
{
	gpg_error_t e;

	set_options(ctx);
	if ((e = say(ctx, "SETTITLE", "tamga")) ||
	    (e = say(ctx, "SETDESC", ask->description)) ||
	    (e = say(ctx, "SETPROMPT", ask->prompt)) ||
	    (e = say(ctx, "SETERROR", ask->error)))
		return e;

	assuan_begin_confidential(ctx);
	e = assuan_transact(ctx, "GETPIN", take_secret, secret, NULL, NULL,
	    NULL, NULL);
	assuan_end_confidential(ctx);
	return e;
}

tmg_rc
pinentry_secret(const struct pinentry_ask *ask, tmg_out *secret, tmg_fault *f)
{
	__attribute__((__cleanup__(assuan_context_release)))
	assuan_context_t ctx = NULL;
	gpg_error_t e;
	tmg_rc rc;

	if ((e = assuan_new(&ctx)) || (e = start(ctx, ask->program)))
		return from_error(e, ask, f);
	if ((rc = from_error(converse(ctx, ask, secret), ask, f)))
		return rc;
	return secret->len > 0 ? tmg_out_done(secret) : TMG_CANCELLED;
}

#else

tmg_rc
pinentry_secret(const struct pinentry_ask *ask, tmg_out *secret, tmg_fault *f)
{
	(void)ask;
	(void)secret;
	return tmg_raise(f, TMG_UNSUPPORTED, 0,
	    _("tamga was built without pinentry; use --pin-file or a terminal"));
}

#endif
