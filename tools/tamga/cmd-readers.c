/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/codec/hex.h"
#include "tools/tamga/commands.h"
#include "tools/tamga/open.h"
#include "tools/tamga/table.h"

enum {
	READERS_MAX = 64,	/* PC/SC knows 16 */
};

static const char *const presence_words[] = {
	[TMG_ABSENT] = N_("no card"),
	[TMG_PRESENT] = N_("card"),
	[TMG_MUTE] = N_("card does not answer"),
	[TMG_HELD] = N_("card held by another program"),
};

static const char *const presence_names[] = {
	[TMG_ABSENT] = "absent",
	[TMG_PRESENT] = "present",
	[TMG_MUTE] = "mute",
	[TMG_HELD] = "held",
};

/* Every reader of every hub. */
struct rows {
	tmg_reader_state row[READERS_MAX];
	size_t count;
};

static tmg_rc
list_hub(struct cli *cli, tmg_hub *hub, struct rows *rows)
{
	const size_t room = READERS_MAX - rows->count;
	size_t n = 0;
	tmg_rc rc;

	rc = hub->ops->list(hub, rows->row + rows->count, room, &n);
	if (rc != TMG_OK)
		return cli_fail(cli, rc, &hub->fault);
	rows->count += n < room ? n : room;
	return TMG_OK;
}

static json_t *
reader_json(const tmg_reader_state *r)
{
	char atr[2 * TMG_ATR_MAX + 1];

	tmg_hex_text(atr, sizeof(atr), (tmg_view){ r->atr, r->atr_len });
	return json_pack("{s:s, s:s, s:s, s:s, s:s}", "reader", r->name,
	    "source", r->scheme, "card", presence_names[r->presence],
	    "atr", atr, "holder", r->holder);
}

static tmg_rc
show_json(struct cli *cli, const struct rows *rows)
{
	json_t *list = json_array();

	for (size_t i = 0; i < rows->count; i++)
		json_array_append_new(list, reader_json(&rows->row[i]));
	return cli_json(cli, json_pack("{s:o}", "readers", list));
}

static tmg_rc
show_text(struct cli *cli, const struct rows *rows)
{
	static const char *const heads[] = {
		N_("READER"), N_("CARD"), N_("HELD BY"), N_("ATR"),
	};
	struct table t;
	tmg_rc rc;

	table_begin(&t, TMG_COUNT(heads), heads);
	for (size_t i = 0; i < rows->count; i++) {
		const tmg_reader_state *r = &rows->row[i];
		char atr[2 * TMG_ATR_MAX + 1];

		tmg_hex_text(atr, sizeof(atr), (tmg_view){ r->atr, r->atr_len });
		table_put(&t, "%s", r->name);
		table_put(&t, "%s", _(presence_words[r->presence]));
		table_put(&t, "%s", r->holder);
		table_put(&t, "%s", atr);
	}
	rc = table_print(&t, stdout, cli->colour);
	table_release(&t);
	return rc;
}

static tmg_rc
no_reader(struct cli *cli, const struct hubs *hubs)
{
	if (hubs->pcsc != TMG_OK)
		return cli_fail(cli, hubs->pcsc, &hubs->pcsc_fault);
	return cli_raise(cli, TMG_NOT_FOUND,
	    _("there is no reader: plug one in; tamga doctor tells more"));
}

static tmg_rc
list_all(struct cli *cli, struct hubs *hubs, struct rows *rows)
{
	tmg_rc rc;

	if ((rc = hubs_open(cli, hubs)))
		return rc;
	for (size_t i = 0; i < hubs->count; i++)
		if ((rc = list_hub(cli, hubs->hub[i], rows)))
			return rc;
	return rows->count > 0 ? TMG_OK : no_reader(cli, hubs);
}

static tmg_rc
run_readers(struct cli *cli)
{
	__attribute__((__cleanup__(hubs_release))) struct hubs hubs = { 0 };
	struct rows rows = { .count = 0 };
	tmg_rc rc;

	if ((rc = list_all(cli, &hubs, &rows)))
		return rc;
	return cli->json ? show_json(cli, &rows) : show_text(cli, &rows);
}

const struct command cmd_readers = {
	.name = "readers",
	.operands = "",
	.what = N_("readers, the cards in them, and who holds them"),
	.run = run_readers,
};
