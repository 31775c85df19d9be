/* SPDX-License-Identifier: BSD-2-Clause */
#include "common.h"

#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

/* Whether what is typed is shown. */
static void
set_echo(bool on)
{
	struct termios t;

	if (tcgetattr(STDIN_FILENO, &t) != 0)
		return;
	t.c_lflag = on ? t.c_lflag | ECHO : t.c_lflag & ~(tcflag_t)ECHO;
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &t);
}

/*
 * Called by the library whenever it needs a PIN, while no reader is held, so
 * that a person may take all day.  It is never called again after a refusal.
 */
static tmg_rc
ask_pin(void *arg, const tmg_pin_ask *ask, tmg_out *pin)
{
	static const char *const kinds[] = {
		[TMG_PIN_USER] = "PIN", [TMG_PIN_PUK] = "PUK",
		[TMG_PIN_ADMIN] = "management key",
	};
	char line[80];
	bool read;

	(void)arg;
	if (ask->tries_left == 1)
		return TMG_LAST_TRY;	/* a wrong one would lock the token */
	fprintf(stderr, "%s of the token in %s: ", kinds[ask->kind], ask->reader);
	set_echo(false);
	read = fgets(line, sizeof(line), stdin) != NULL;
	set_echo(true);
	fputc('\n', stderr);
	if (!read)
		return TMG_CANCELLED;
	line[strcspn(line, "\n")] = '\0';
	tmg_put_str(pin, line);
	explicit_bzero(line, sizeof(line));
	return tmg_out_done(pin);
}

tmg_ctx *
open_context(void)
{
	tmg_ctx *ctx;

	if (tmg_ctx_new(&ctx) != TMG_OK)
		return NULL;
	/* No PIN stays behind in stdio's own memory. */
	setvbuf(stdin, NULL, _IONBF, 0);
	tmg_ctx_set_pin(ctx, ask_pin, NULL);
	return ctx;
}

static tmg_rc
open_hub(tmg_ctx *ctx, tmg_fault *f, tmg_hub **hub)
{
	const char *socket = getenv("TAMGA_VCARD_SOCKET");

	return socket != NULL ? tmg_hub_vcard(ctx, socket, f, hub)
	    : tmg_hub_pcsc(ctx, f, hub);
}

tmg_tokens *
open_tokens(tmg_ctx *ctx)
{
	tmg_tokens *tokens = NULL;
	tmg_hub *hub = NULL;
	tmg_fault fault = { .rc = TMG_OK };
	tmg_rc rc;

	if ((rc = open_hub(ctx, &fault, &hub)) != TMG_OK) {
		complain(rc, &fault);
		return NULL;
	}
	if (tmg_tokens_new(ctx, &tokens) != TMG_OK) {
		tmg_hub_free(&hub);
		return NULL;
	}
	/* The set owns the hub from here on, whatever this returns. */
	if ((rc = tmg_tokens_add_hub(tokens, hub)) == TMG_OK)
		return tokens;
	complain(rc, tmg_tokens_fault(tokens));
	tmg_tokens_free(&tokens);
	return NULL;
}

int
complain(tmg_rc rc, const tmg_fault *fault)
{
	fprintf(stderr, "%s\n", fault != NULL && fault->text[0] != '\0'
	    ? fault->text : tmg_rc_name(rc));
	return EXIT_FAILURE;
}

bool
read_file(const char *path, uint8_t **bytes, size_t *len)
{
	FILE *f = fopen(path, "rb");
	uint8_t *more;
	size_t cap = 0;

	*bytes = NULL;
	*len = 0;
	while (f != NULL && !feof(f) && !ferror(f)) {
		if (*len == cap) {
			cap = cap == 0 ? 65536 : 2 * cap;
			more = realloc(*bytes, cap);
			if (more == NULL)
				break;
			*bytes = more;
		}
		*len += fread(*bytes + *len, 1, cap - *len, f);
	}
	if (f != NULL && feof(f) && fclose(f) == 0)
		return true;
	perror(path);
	free(*bytes);
	*bytes = NULL;
	return false;
}

tmg_certs *
read_anchors(const char *path)
{
	tmg_certs *anchors = NULL;
	uint8_t *pem;
	size_t len;

	if (!read_file(path, &pem, &len))
		return NULL;
	if (tmg_certs_new(&anchors) == TMG_OK &&
	    tmg_certs_add_pem(anchors, (tmg_view){ pem, len }) != TMG_OK) {
		fprintf(stderr, "%s: no certificate in it\n", path);
		tmg_certs_free(&anchors);
	}
	free(pem);
	return anchors;
}
