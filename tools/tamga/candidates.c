/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/candidates.h"

#include <stdio.h>
#include <string.h>

#include "src/base/fail.h"

#define WORDS_MAX (TMG_READER_NAME * 4 + 16)	/* every byte an apostrophe, and the option */

/* Is no other token called so? */
static bool
is_alone(tmg_tokens *tokens, const tmg_token *token, const char *label)
{
	tmg_token *other;

	for (size_t i = 0; (other = tmg_tokens_get(tokens, i)) != NULL; i++)
		if (other != token && strcmp(tmg_token_info(other)->label, label) == 0)
			return false;
	return true;
}

static bool
is_plain(const char *text)
{
	return text[0] != '\0' && text[0] != '-' && strspn(text,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	    "_-.,:/@%+") == strlen(text);
}

/* POSIX XCU 2.2.2: between apostrophes everything stands for itself but one. */
static void
put_quoted(tmg_out *o, const char *text)
{
	if (is_plain(text)) {
		tmg_put_str(o, text);
		return;
	}
	tmg_put_u8(o, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			tmg_put_str(o, "'\\'");
		tmg_put_u8(o, (uint8_t)*text);
	}
	tmg_put_u8(o, '\'');
}

tmg_rc
candidates_add(struct cli *cli, tmg_token *token)
{
	const char *label = tmg_token_info(token)->label;
	char words[WORDS_MAX];
	tmg_out o = { (uint8_t *)words, sizeof(words) - 1, 0, false };

	tmg_put_str(&o, "--token ");
	put_quoted(&o, is_alone(cli->tokens, token, label) ? label :
	    tmg_token_reader(token));
	words[o.len] = '\0';
	if (cli->candidates == NULL)
		cli->candidates = json_array();
	return json_array_append_new(cli->candidates, json_string(words)) == 0 ? TMG_OK :
	    cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
}

tmg_rc
candidates_add_all(struct cli *cli)
{
	tmg_token *token;
	tmg_rc rc = TMG_OK;

	for (size_t i = 0; rc == TMG_OK &&
	    (token = tmg_tokens_get(cli->tokens, i)) != NULL; i++)
		rc = candidates_add(cli, token);
	return rc;
}

tmg_rc
candidates_refuse(struct cli *cli, const char *why)
{
	cli->stage = STAGE_FIND;
	return tmg_advise(&cli->fault, TMG_TRY_TOKEN, tmg_raise(&cli->fault,
	    TMG_AMBIGUOUS, 0, _("%s; name one of these tokens"), why));
}
