/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/cli.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/codec/base64.h"
#include "tools/tamga/advice.h"
#include "tools/tamga/text.h"

enum {
	PEM_WIDTH = 64,		/* RFC 7468 2 */
};

/* Documents are built member by member and nobody asks each; libjansson's
 * hooks carry no argument. */
static bool starved;

static void *
take(size_t n)
{
	void *bytes = malloc(n);

	starved |= bytes == NULL;
	return bytes;
}

void
cli_json_begin(void)
{
	json_set_alloc_funcs(take, free);
}

tmg_rc
cli_json(struct cli *cli, json_t *document)
{
	tmg_auto_free char *text = document != NULL
	    ? json_dumps(document, JSON_INDENT(2)) : NULL;
	const bool lacks = starved || text == NULL;

	json_decref(document);
	starved = false;
	if (lacks)
		return cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	if (puts(text) == EOF || fflush(stdout) != 0)
		return cli_raise(cli, TMG_E_IO, _("standard output: %s"),
		    strerror(errno));
	return TMG_OK;
}

static bool
put_line(FILE *to, const char *fmt, va_list ap)
{
	char *line;

	if (vasprintf(&line, fmt, ap) < 0)
		return false;
	text_put(to, line);
	fputc('\n', to);
	free(line);
	return true;
}

void
cli_say(struct cli *cli, const char *fmt, ...)
{
	va_list ap;

	if (cli->json || cli->quiet)
		return;
	va_start(ap, fmt);
	cli->unsaid |= !put_line(stdout, fmt, ap);
	va_end(ap);
}

void
cli_note(const struct cli *cli, const char *fmt, ...)
{
	va_list ap;

	if (cli->quiet)
		return;
	fflush(stdout);		/* what was said before stands before */
	va_start(ap, fmt);
	put_line(stderr, fmt, ap);
	va_end(ap);
}

static bool
is_stream(const char *path)
{
	return path == NULL || strcmp(path, "-") == 0;
}

tmg_rc
cli_read(struct cli *cli, const char *path, size_t max, uint8_t **data,
    size_t *len)
{
	const char *const file = is_stream(path) ? "/dev/stdin" : path;
	const tmg_rc rc = tmg_file_read(file, max, data, len);

	if (rc == TMG_OK)
		return TMG_OK;
	if (rc == TMG_UNSUPPORTED)
		return cli_raise(cli, rc, _("%s is longer than %zu bytes"),
		    file, max);
	return cli_raise(cli, rc, _("%s cannot be read: %s"), file,
	    strerror(errno));
}

static tmg_rc
write_stdout(struct cli *cli, tmg_view data)
{
	if (fwrite(data.ptr, 1, data.len, stdout) != data.len ||
	    fflush(stdout) != 0)
		return cli_raise(cli, TMG_E_IO, _("standard output: %s"),
		    strerror(errno));
	return TMG_OK;
}

/* Into a device, a pipe: never replaced by a file of that name. */
static tmg_rc
write_through(const char *path, tmg_view data)
{
	FILE *to = fopen(path, "we");
	int cause = 0;

	if (to == NULL)
		return errno == EACCES || errno == EPERM ? TMG_DENIED : TMG_E_IO;
	if (fwrite(data.ptr, 1, data.len, to) != data.len || fflush(to) != 0)
		cause = errno;
	(void)fclose(to);
	errno = cause;
	return cause == 0 ? TMG_OK : TMG_E_IO;
}

/* A link stays one, and what it names as closed to others as it was. */
static tmg_rc
write_file(const char *path, tmg_view data)
{
	char whole[PATH_MAX];
	struct stat st;

	if (stat(path, &st) != 0)
		return tmg_file_replace(path, data, 0644);
	if (!S_ISREG(st.st_mode))
		return write_through(path, data);
	return tmg_file_replace(realpath(path, whole) != NULL ? whole : path, data,
	    st.st_mode & 0777);
}

tmg_rc
cli_write(struct cli *cli, const char *path, tmg_view data)
{
	tmg_rc rc;

	if (is_stream(path))
		return write_stdout(cli, data);
	rc = write_file(path, data);
	return rc == TMG_OK ? rc : cli_raise(cli, rc, _("%s cannot be written: %s"),
	    path, strerror(errno));
}

static size_t
pem_room(tmg_view der)
{
	return TMG_BASE64_LEN(der.len) + der.len / 32 + 256;
}

/* RFC 7468 3. */
static void
put_pem(tmg_out *o, const char *label, tmg_view der)
{
	tmg_put_str(o, "-----BEGIN ");
	tmg_put_str(o, label);
	tmg_put_str(o, "-----\n");
	tmg_base64_put(o, der, PEM_WIDTH);
	tmg_put_str(o, "-----END ");
	tmg_put_str(o, label);
	tmg_put_str(o, "-----\n");
}

static tmg_rc
make_pem(struct cli *cli, const char *label, tmg_view der, uint8_t **text,
    tmg_out *o)
{
	const size_t cap = pem_room(der);

	*text = malloc(cap);
	if (*text == NULL)
		return cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	*o = (tmg_out){ *text, cap, 0, false };
	put_pem(o, label, der);
	return tmg_out_done(o);
}

tmg_rc
cli_write_pem(struct cli *cli, const char *path, const char *label,
    tmg_view der)
{
	tmg_auto_free uint8_t *text = NULL;
	tmg_out o;
	tmg_rc rc;

	if ((rc = make_pem(cli, label, der, &text, &o)))
		return rc;
	return cli_write(cli, path, tmg_out_view(&o));
}

tmg_rc
cli_write_certs(struct cli *cli, const char *path, const tmg_certs *certs)
{
	tmg_auto_free uint8_t *text = NULL;
	tmg_out o = { .ptr = NULL };

	for (size_t i = 0; i < tmg_certs_count(certs); i++)
		o.cap += pem_room(tmg_certs_get(certs, i));
	o.ptr = text = malloc(o.cap);
	if (text == NULL)
		return cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	for (size_t i = 0; i < tmg_certs_count(certs); i++)
		put_pem(&o, "CERTIFICATE", tmg_certs_get(certs, i));
	return cli_write(cli, path, tmg_out_view(&o));
}

json_t *
cli_pem_json(struct cli *cli, const char *label, tmg_view der)
{
	tmg_auto_free uint8_t *text = NULL;
	tmg_out o;

	if (make_pem(cli, label, der, &text, &o))
		return NULL;
	return json_stringn((const char *)text, o.len);
}

/* ---- errors -------------------------------------------------------------- */

/* What is said when nobody said anything better. */
static const char *
plain_words(tmg_rc rc)
{
	static const struct { tmg_rc rc; const char *words; } table[] = {
		{ TMG_NOT_FOUND, N_("there is no such thing") },
		{ TMG_PIN_WRONG, N_("the PIN is wrong") },
		{ TMG_PIN_LOCKED, N_("the PIN is locked; unblock it with: "
		    "tamga pin unblock") },
		{ TMG_UNSUPPORTED, N_("the token cannot do that") },
		{ TMG_LOGIN, N_("the token wants its PIN first") },
		{ TMG_REMOVED, N_("the token was removed; put it back and "
		    "repeat the command") },
		{ TMG_RESET, N_("the card was reset by another program; "
		    "repeat the command") },
		{ TMG_BUSY, N_("another program holds the card; "
		    "close it and repeat the command") },
		{ TMG_CANCELLED, N_("cancelled; nothing was changed") },
		{ TMG_E_NOMEM, N_("out of memory") },
		{ TMG_E_MALFORMED, N_("the token or a file broke the rules "
		    "of its format") },
	};

	for (size_t i = 0; i < TMG_COUNT(table); i++)
		if (table[i].rc == rc)
			return _(table[i].words);
	return tmg_rc_name(rc);
}

static json_t *
error_document(const struct cli *cli, tmg_rc rc, int code, const char *words)
{
	json_t *error = json_pack("{s:s, s:s, s:i}", "verdict", tmg_rc_name(rc),
	    "message", words, "exit", code);

	advice_json(cli, rc, error);
	if (cli->fault.sw != 0) {
		char sw[5];

		snprintf(sw, sizeof(sw), "%04X", cli->fault.sw);
		json_object_set_new(error, "status_word", json_string(sw));
	}
	if (cli->tries >= 0)
		json_object_set_new(error, "tries_left", json_integer(cli->tries));
	return json_pack("{s:o}", "error", error);
}

static void
report_trail(const struct cli *cli)
{
	if (cli->trace == NULL)
		return;
	for (unsigned i = 0; i < cli->fault.depth; i++)
		fprintf(cli->trace, "  by %s:%d\n", cli->fault.trail[i].func,
		    cli->fault.trail[i].line);
}

static const char *
words_of(const struct cli *cli, tmg_rc rc)
{
	if (cli->fault.rc != rc || cli->fault.text[0] == '\0')
		return plain_words(rc);
	return cli->fault.text;
}

json_t *
cli_error_json(const struct cli *cli, tmg_rc rc)
{
	return error_document(cli, rc, exit_code(cli->stage, rc),
	    words_of(cli, rc));
}

/* What is left is what a script wants to know next. */
static void
ask_tries(struct cli *cli, tmg_rc rc)
{
	if (cli->token == NULL || cli->tries >= 0)
		return;
	if (rc == TMG_PIN_LOCKED)
		cli->tries = 0;
	else if (rc == TMG_LAST_TRY)
		cli->tries = 1;
	else if (rc == TMG_PIN_WRONG && tmg_token_tries(cli->token,
	    cli->pins.last, &cli->tries) != TMG_OK)
		cli->tries = -1;
}

int
cli_report(struct cli *cli, tmg_rc rc)
{
	const int code = exit_code(cli->stage, rc);
	const char *words = words_of(cli, rc);

	if (rc == TMG_OK || cli->reported)
		return code;
	report_trail(cli);
	if (cli->answered)
		return code;
	if (cli->json) {
		ask_tries(cli, rc);
		if (cli_json(cli, cli_error_json(cli, rc)) == TMG_OK)
			return code;
		/* no room for the document: people may still read it */
	}
	fputs("tamga: ", stderr);
	text_put(stderr, words);
	fputc('\n', stderr);
	advice_say(cli, rc);
	return code;
}
