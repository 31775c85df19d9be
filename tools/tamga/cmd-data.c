/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands on a token beside keys and certificates: shown, written, deleted. */
#include <stdio.h>

#include "tamga/data.h"
#include "tools/tamga/ask.h"
#include "tools/tamga/commands.h"
#include "tools/tamga/open.h"
#include "tools/tamga/options.h"
#include "tools/tamga/table.h"

#define SHOWN_MAX 60u		/* bytes of a value in a list */

/* ---- list ---------------------------------------------------------------- */

/* Letters and nothing but letters: worth to be shown to people. */
static bool
is_text(tmg_view v)
{
	if (v.len == 0 || v.len > SHOWN_MAX)
		return false;
	for (size_t i = 0; i < v.len; i++)
		if (v.ptr[i] < 0x20 || v.ptr[i] == 0x7f)
			return false;
	return true;
}

static void
put_row(struct table *t, const tmg_data_slot *place, tmg_view v)
{
	table_put(t, "%s", place->name);
	table_put(t, "%zu", v.len);
	if (is_text(v))
		table_put(t, "%.*s", (int)v.len, (const char *)v.ptr);
	else
		table_put(t, "%s", "-");
}

static json_t *
row_json(const tmg_data_slot *place, tmg_view v)
{
	json_t *row = json_pack("{s:s, s:s, s:i}", "name", place->name,
	    "application", place->application, "bytes", (int)v.len);

	if (row != NULL && is_text(v))
		json_object_set_new(row, "text",
		    json_stringn((const char *)v.ptr, v.len));
	return row;
}

struct listing {
	struct table table;
	json_t *rows;
	unsigned guarded;	/* places that want the PIN first */
};

/* A place that this token has not, or that is empty, is no row. */
static tmg_rc
list_one(struct cli *cli, tmg_data *data, struct listing *l)
{
	const tmg_data_slot *place = tmg_data_place(data);
	tmg_view value;
	tmg_rc rc;

	if (place->guarded) {
		l->guarded++;
		return TMG_OK;
	}
	rc = tmg_data_read(data, &value);
	if (rc == TMG_NOT_FOUND || rc == TMG_UNSUPPORTED)
		return TMG_OK;
	if (rc != TMG_OK)
		return cli_fail(cli, rc, tmg_token_fault(tmg_data_token(data)));
	if (cli->json)
		json_array_append_new(l->rows, row_json(place, value));
	else
		put_row(&l->table, place, value);
	return TMG_OK;
}

static tmg_rc
list_all(struct cli *cli, tmg_token *token, struct listing *l)
{
	size_t count;
	tmg_rc rc = tmg_token_data(token, &count);

	if (rc != TMG_OK)
		return cli_fail(cli, rc, tmg_token_fault(token));
	for (size_t i = 0; i < count; i++)
		if ((rc = list_one(cli, tmg_token_data_get(token, i), l)))
			return rc;
	if (cli->json)
		return cli_json(cli, json_pack("{s:O}", "data", l->rows));
	if ((rc = table_print(&l->table, stdout, cli->colour)))
		return rc;
	if (l->guarded > 0)
		cli_note(cli, _("%u more are read after the PIN: tamga data read NAME"),
		    l->guarded);
	return TMG_OK;
}

static tmg_rc
run_list(struct cli *cli)
{
	static const char *const heads[] = { N_("NAME"), N_("BYTES"), N_("TEXT") };
	struct listing l = { .guarded = 0 };
	tmg_token *token;
	tmg_rc rc;

	if ((rc = cli_token(cli, cli_operand(cli, 0), &token)))
		return rc;
	table_begin(&l.table, 3, heads);
	l.rows = json_array();
	rc = list_all(cli, token, &l);
	json_decref(l.rows);
	table_release(&l.table);
	return rc;
}

static const struct opt no_options[] = {
	OPT_END
};

const struct command cmd_data_list = {
	.name = "data list",
	.operands = "[TOKEN]",
	.most = 1,
	.what = N_("what else stands on a token: a holder's name, a URL, ..."),
	.options = no_options,
	.run = run_list,
};

/* ---- one of them ---------------------------------------------------------- */

static tmg_rc
find(struct cli *cli, tmg_token *token, tmg_data **data)
{
	const tmg_rc rc = tmg_token_data_find(token, cli_operand(cli, 0), data);

	return rc != TMG_OK ? cli_fail(cli, rc, tmg_token_fault(token)) : rc;
}

static tmg_rc
find_to_read(struct cli *cli, tmg_data **data)
{
	tmg_token *token;
	tmg_rc rc;

	if ((rc = cli_token(cli, NULL, &token)))
		return rc;
	return find(cli, token, data);
}

/* How many tokens have such a place, and the last of these. */
static size_t
count_with(struct cli *cli, tmg_tokens *tokens, tmg_token **token)
{
	tmg_token *t;
	tmg_data *data;
	size_t n = 0;

	for (size_t i = 0; (t = tmg_tokens_get(tokens, i)) != NULL; i++) {
		if (tmg_token_data_find(t, cli_operand(cli, 0), &data) != TMG_OK)
			continue;
		*token = t;
		n++;
	}
	return n;
}

/* Where nobody named a token and there are several: the only one with such a place. */
static tmg_rc
find_to_change(struct cli *cli, tmg_data **data)
{
	tmg_tokens *tokens;
	tmg_token *token;
	tmg_rc rc;

	if ((rc = cli_tokens(cli, &tokens)) || (!cli_token_is_said(cli) &&
	    (rc = cli_complete(cli, tokens))))
		return rc;
	if (cli_token_is_said(cli) || tmg_tokens_count(tokens) < 2 ||
	    count_with(cli, tokens, &token) != 1) {
		if ((rc = cli_token(cli, NULL, &token)))
			return rc;
	}
	cli->stage = STAGE_TOKEN;
	cli->token = token;
	return find(cli, token, data);
}

static tmg_rc
said(struct cli *cli, const tmg_data *data, const char *words)
{
	if (cli->json)
		return cli_json(cli, json_pack("{s:s, s:b}", "name",
		    tmg_data_place(data)->name, "done", 1));
	cli_say(cli, "%s", words);
	return TMG_OK;
}

static tmg_rc
run_read(struct cli *cli)
{
	tmg_data *data;
	tmg_view value;
	tmg_rc rc;

	if ((rc = find_to_read(cli, &data)))
		return rc;
	rc = tmg_data_read(data, &value);
	if (rc != TMG_OK)
		return cli_fail(cli, rc, tmg_token_fault(tmg_data_token(data)));
	return cli_write(cli, cli_text(cli, "output"), value);
}

static const struct opt read_options[] = {
	OPTION_OUTPUT(N_("write it there")),
	OPT_END
};

const struct command cmd_data_read = {
	.name = "data read",
	.operands = "NAME",
	.least = 1,
	.most = 1,
	.what = N_("read one of them, as it stands there"),
	.options = read_options,
	.run = run_read,
};

static tmg_rc
write_value(struct cli *cli, tmg_data *data, tmg_view value)
{
	const tmg_rc rc = tmg_data_write(data, value, cli_flag(cli, "replace"));

	if (rc != TMG_OK)
		return cli_fail(cli, rc, tmg_token_fault(tmg_data_token(data)));
	return said(cli, data, _("It is written."));
}

static tmg_rc
run_write(struct cli *cli)
{
	const char *text = cli_text(cli, "text");
	uint8_t *bytes = NULL;
	size_t len = 0;
	tmg_data *data;
	tmg_rc rc;

	if ((rc = find_to_change(cli, &data)))
		return rc;
	if (text != NULL)
		return write_value(cli, data, tmg_view_str(text));
	if ((rc = cli_read(cli, cli_operand(cli, 1), TMG_DATA_MAX, &bytes, &len)) ==
	    TMG_OK)
		rc = write_value(cli, data, (tmg_view){ bytes, len });
	if (bytes != NULL)
		explicit_bzero(bytes, len);
	free(bytes);
	return rc;
}

static const struct opt write_options[] = {
	{ "text", 0, OPT_TEXT, "TEXT", N_("what is written, in the place of a file") },
	OPTION_REPLACE(N_("overwrite what is there")),
	OPT_END
};

const struct command cmd_data_write = {
	.name = "data write",
	.operands = "NAME [FILE]",
	.least = 1,
	.most = 2,
	.what = N_("write one of them"),
	.options = write_options,
	.run = run_write,
};

static tmg_rc
run_delete(struct cli *cli)
{
	char what[160];
	tmg_data *data;
	tmg_rc rc;

	if ((rc = find_to_change(cli, &data)))
		return rc;
	snprintf(what, sizeof(what), _("The %s of token %s will be lost for ever."),
	    tmg_data_place(data)->name, tmg_token_info(cli->token)->label);
	if ((rc = cli_sure(cli, what)))
		return rc;
	rc = tmg_data_delete(data);
	if (rc != TMG_OK)
		return cli_fail(cli, rc, tmg_token_fault(tmg_data_token(data)));
	return said(cli, data, _("It is deleted."));
}

static const struct opt delete_options[] = {
	OPTION_YES,
	OPT_END
};

const struct command cmd_data_delete = {
	.name = "data delete",
	.operands = "NAME",
	.least = 1,
	.most = 1,
	.what = N_("delete one of them"),
	.options = delete_options,
	.run = run_delete,
};
