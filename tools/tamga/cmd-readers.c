/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "src/codec/hex.h"
#include "tools/tamga/commands.h"
#include "tools/tamga/open.h"
#include "tools/tamga/table.h"

enum {
	READERS_MAX = 64,	/* PC/SC knows 16 */
	USB_MAX = 32,
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
	tmg_usb_facts usb[USB_MAX];	/* of those that need no daemon */
	size_t usb_count;
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

/* What their descriptors tell. */
static void
ask_usb(tmg_hub *usb, struct rows *rows)
{
	while (rows->usb_count < USB_MAX && tmg_hub_usb_facts(usb,
	    rows->usb_count, &rows->usb[rows->usb_count]) == TMG_OK)
		rows->usb_count++;
}

/* "T=0 T=1" */
static const char *
protocols(const tmg_usb_facts *u)
{
	static const char *const words[] = { "", "T=0", "T=1", "T=0 T=1" };

	return words[u->protocols & 3];
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

static json_t *
usb_json(const tmg_usb_facts *u)
{
	char id[16], firmware[16];

	snprintf(id, sizeof(id), "%04x:%04x", u->vendor, u->product);
	snprintf(firmware, sizeof(firmware), "%x.%02x", u->firmware >> 8,
	    u->firmware & 0xff);
	return json_pack("{s:s, s:s, s:s, s:s, s:i, s:s, s:s, s:I, s:I, s:b, s:b, "
	    "s:b, s:s, s:s}", "reader", u->reader, "node", u->node, "id", id,
	    "firmware", firmware, "interface", u->interface, "level", u->level,
	    "protocols", protocols(u), "features", (json_int_t)u->features,
	    "message", (json_int_t)u->message, "interrupts", u->interrupts,
	    "token", u->token, "keypad", u->keypad, "holder", u->holder, "unused",
	    u->why);
}

static tmg_rc
show_json(struct cli *cli, const struct rows *rows)
{
	json_t *list = json_array(), *usb = json_array();

	for (size_t i = 0; i < rows->count; i++)
		json_array_append_new(list, reader_json(&rows->row[i]));
	for (size_t i = 0; i < rows->usb_count; i++)
		json_array_append_new(usb, usb_json(&rows->usb[i]));
	return cli_json(cli, json_pack("{s:o, s:o}", "readers", list, "usb", usb));
}

static tmg_rc
show_usb(struct cli *cli, const struct rows *rows)
{
	static const char *const heads[] = {
		N_("USB READER"), N_("DEVICE"), N_("FIRMWARE"), N_("LEVEL"),
		N_("PROTOCOLS"), N_("HELD BY"), N_("NOT USED BECAUSE"),
	};
	struct table t;
	tmg_rc rc;

	table_begin(&t, TMG_COUNT(heads), heads);
	for (size_t i = 0; i < rows->usb_count; i++) {
		const tmg_usb_facts *u = &rows->usb[i];

		table_put(&t, "%s", u->reader);
		table_put(&t, "%04x:%04x %s", u->vendor, u->product, u->node);
		table_put(&t, "%x.%02x", u->firmware >> 8, u->firmware & 0xff);
		table_put(&t, "%s", u->level);
		table_put(&t, "%s", protocols(u));
		table_put(&t, "%s", u->holder);
		table_put(&t, "%s", u->why);
	}
	fputc('\n', stdout);
	rc = table_print(&t, stdout, cli->colour);
	table_release(&t);
	return rc;
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
	if (hubs->usb != NULL)
		ask_usb(hubs->usb, rows);
	return rows->count + rows->usb_count > 0 ? TMG_OK : no_reader(cli, hubs);
}

static tmg_rc
run_readers(struct cli *cli)
{
	__attribute__((__cleanup__(hubs_release))) struct hubs hubs = { 0 };
	struct rows rows = { .count = 0 };
	tmg_rc rc;

	if ((rc = list_all(cli, &hubs, &rows)))
		return rc;
	if (cli->json)
		return show_json(cli, &rows);
	rc = show_text(cli, &rows);
	return rc == TMG_OK && rows.usb_count > 0 ? show_usb(cli, &rows) : rc;
}

const struct command cmd_readers = {
	.name = "readers",
	.operands = "",
	.what = N_("readers, the cards in them, and who holds them"),
	.run = run_readers,
};
