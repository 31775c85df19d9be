/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "src/codec/hex.h"
#include "tools/tamga/commands.h"
#include "tools/tamga/open.h"
#include "tools/tamga/options.h"
#include "tools/tamga/report.h"

enum {
	READERS_MAX = 64,
	NAMES_MAX = 256,	/* bytes; a fault has not many more */
};

static const struct opt options[] = {
	OPTION_OUTPUT(N_("where to; else standard output")),
	OPT_END
};

/* The reader whose card is meant. */
struct chosen {
	tmg_hub *hub;
	tmg_reader_state row;
	size_t count;		/* that fit */
	char names[NAMES_MAX];	/* of all of them; too many are cut off */
};

static bool
is_meant(const tmg_reader_state *row, const char *said)
{
	return row->presence != TMG_ABSENT &&
	    (said == NULL || strstr(row->name, said) != NULL);
}

static void
add(struct chosen *c, tmg_hub *hub, const tmg_reader_state *row)
{
	const size_t len = strlen(c->names);

	snprintf(c->names + len, sizeof(c->names) - len, "%s%s", len > 0 ? ", " : "",
	    row->name);
	c->hub = hub;
	c->row = *row;
	c->count++;
}

static tmg_rc
look_at_hub(struct cli *cli, tmg_hub *hub, const char *said, struct chosen *c)
{
	tmg_auto_free tmg_reader_state *rows = calloc(READERS_MAX, sizeof(*rows));
	size_t n = 0;
	tmg_rc rc;

	if (rows == NULL)
		return cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	if ((rc = hub->ops->list(hub, rows, READERS_MAX, &n)))
		return cli_fail(cli, rc, &hub->fault);
	for (size_t i = 0; i < n && i < READERS_MAX; i++)
		if (is_meant(&rows[i], said))
			add(c, hub, &rows[i]);
	return TMG_OK;
}

static tmg_rc
choose(struct cli *cli, const struct hubs *hubs, struct chosen *c)
{
	const char *said = cli_text(cli, "reader");
	tmg_rc rc;

	if (hubs->count == 0 && hubs->pcsc_wanted)
		return cli_fail(cli, hubs->pcsc, &hubs->pcsc_fault);
	for (size_t i = 0; i < hubs->count; i++)
		if ((rc = look_at_hub(cli, hubs->hub[i], said, c)))
			return rc;
	if (c->count == 0)
		return cli_raise(cli, TMG_NOT_FOUND, said != NULL
		    ? _("no card is in a reader of that name; tamga readers shows them")
		    : _("there is no card in any reader; put one in"));
	if (c->count > 1)
		return cli_raise(cli, TMG_AMBIGUOUS, _("more than one reader has a "
		    "card: %s; name one with --reader"), c->names);
	return TMG_OK;
}

static json_t *
begin_report(const tmg_reader_state *row)
{
	char reader[TMG_READER_NAME];
	char atr[2 * TMG_ATR_MAX + 1];
	struct utsname host = { .sysname = "" };

	(void)uname(&host);
	report_reader(row->name, reader);
	tmg_hex_text(atr, sizeof(atr), (tmg_view){ row->atr, row->atr_len });
	return json_pack("{s:s, s:o, s:s, s:s, s:s}", "version", tmg_version(),
	    "system", json_sprintf("%s %s", host.sysname, host.machine),
	    "reader", reader, "source", row->scheme, "atr", atr);
}

tmg_rc
report_failed(struct cli *cli, tmg_rc rc, const tmg_fault *why)
{
	if (rc == TMG_E_NOMEM || rc == TMG_CANCELLED)
		return cli_fail(cli, rc, why);
	if (why->text[0] != '\0')
		cli_note(cli, "tamga: %s", why->text);
	return TMG_OK;
}

static tmg_rc
ask_answers(struct cli *cli, const struct chosen *c, json_t *answers)
{
	tmg_card *card = NULL;
	tmg_rc rc;

	if ((rc = tmg_card_open(c->hub, c->row.name, &card))) {
		report_unanswered("connection", rc, answers);
		return report_failed(cli, rc, &c->hub->fault);
	}
	rc = report_answers(cli, card, answers);
	tmg_card_free(&card);
	return rc;
}

static tmg_rc
ask_card(struct cli *cli, struct hubs *hubs, json_t **report, json_t *lines)
{
	json_t *answers = json_array(), *tokens = json_array();
	struct chosen c = { .count = 0 };
	tmg_rc rc;

	rc = choose(cli, hubs, &c);
	if (rc == TMG_OK)
		rc = ask_answers(cli, &c, answers);
	hubs_release(hubs);
	if (rc == TMG_OK)
		rc = report_tokens(cli, c.row.name, tokens);
	if (rc == TMG_OK)
		*report = begin_report(&c.row);
	json_object_set_new(*report, "answers", answers);
	json_object_set_new(*report, "tokens", tokens);
	json_object_set(*report, "transcript", lines);
	return rc;
}

static tmg_rc
write_page(struct cli *cli, const json_t *report)
{
	tmg_auto_free char *page = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&page, &len);
	tmg_rc rc = TMG_E_NOMEM;

	if (to != NULL) {
		rc = report_page(report, to);
		if (fclose(to))
			rc = TMG_E_NOMEM;
	}
	if (rc != TMG_OK)
		return cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	return cli_write(cli, cli_text(cli, "output"),
	    (tmg_view){ (const uint8_t *)page, len });
}

static tmg_rc
run_report(struct cli *cli)
{
	__attribute__((__cleanup__(hubs_release))) struct hubs hubs = { 0 };
	json_t *lines = json_array(), *report = NULL;
	struct report_transcript transcript;
	tmg_rc rc;

	if (cli_folder(cli) != NULL)
		return cli_raise(cli, TMG_E_USAGE,
		    _("a report is about a card in a reader; name it with --reader"));
	report_transcribe(&transcript, cli, lines);
	rc = hubs_open(cli, &hubs);
	if (rc == TMG_OK)
		rc = ask_card(cli, &hubs, &report, lines);
	report_transcribed(&transcript);
	json_decref(lines);
	if (rc == TMG_OK && cli->json)
		return cli_json(cli, report);
	if (rc == TMG_OK)
		rc = write_page(cli, report);
	json_decref(report);
	return rc;
}

const struct command cmd_card_report = {
	.name = "card report",
	.operands = "",
	.what = N_("what a card answers, without what is its owner's: for a report "
	    "about a card that does not work"),
	.options = options,
	.run = run_report,
};
