/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "src/base/policy.h"
#include "tools/tamga/report.h"

enum {
	NAME_SHOWN = 8,		/* characters of a slot's name; PIV has 2 */
};

static const char *const can_words[] = {
	"generate", "import", "delete", "move", "attest", "metadata", "reset",
	"random", "setup", "policy", "data", "retired", "chain", "give-pin",
	"derive", "begin", "hash-pins",
};

static const char *const use_words[] = {
	"sign", "decrypt", "derive", "authenticate", "card", "attest",
};

static const char *const pin_words[TMG_PIN_KINDS] = {
	[TMG_PIN_USER] = "pin", [TMG_PIN_PUK] = "puk", [TMG_PIN_ADMIN] = "admin",
};

static void
add_verdict(tmg_rc rc, json_t *list)
{
	json_array_append_new(list, json_pack("{s:s}", "verdict", tmg_rc_name(rc)));
}

/* The words of a set's bits; a bit that has none yet goes by its number. */
static json_t *
words_json(unsigned bits, const char *const *words, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; bits != 0; i++, bits >>= 1)
		if ((bits & 1u) != 0)
			json_array_append_new(list, i < count ? json_string(words[i])
			    : json_sprintf("bit-%zu", i));
	return list;
}

static json_t *
algs_json(uint32_t algs)
{
	json_t *list = json_array();

	for (unsigned alg = TMG_ALG_NONE + 1; alg < TMG_ALG_COUNT; alg++)
		if ((algs >> alg & 1u) != 0)
			json_array_append_new(list,
			    json_string(tmg_alg_get((tmg_alg)alg)->name));
	return list;
}

static json_t *
pins_json(tmg_token *token, const tmg_backend_info *info)
{
	json_t *pins = json_array();

	for (size_t kind = 0; kind < TMG_PIN_KINDS; kind++) {
		const tmg_pin_rule *rule = &info->pins[kind];
		int tries = -1;

		if (rule->max == 0 || pin_words[kind] == NULL)
			continue;
		if (tmg_token_tries(token, (tmg_pin_kind)kind, &tries))
			tries = -1;
		json_array_append_new(pins, json_pack("{s:s, s:i, s:i, s:b, s:o}",
		    "pin", pin_words[kind], "least", (int)rule->min,
		    "most", (int)rule->max, "digits", rule->digits,
		    "tries_left", tries < 0 ? json_null() : json_integer(tries)));
	}
	return pins;
}

/* Many cards call a key by a hash of it, which a directory of certificates turns
 * into a person. */
static json_t *
name_json(const char *name)
{
	const size_t len = strlen(name);

	return len <= NAME_SHOWN ? json_string(name)
	    : json_sprintf("[%zu digits]", len);
}

static json_t *
slot_json(tmg_key *key)
{
	const tmg_slot *slot = tmg_key_slot(key);
	tmg_key_facts facts = { .alg = TMG_ALG_NONE };
	const tmg_rc known = tmg_key_facts_get(key, &facts);
	tmg_view der = { NULL, 0 };
	const tmg_rc cert = tmg_key_cert(key, &der);

	return json_pack("{s:o, s:o, s:s, s:s, s:s, s:s}",
	    "slot", name_json(slot->name),
	    "for", words_json(slot->uses, use_words, TMG_COUNT(use_words)),
	    "key", known == TMG_OK ? tmg_alg_get(facts.alg)->name
	    : tmg_rc_name(known),
	    "pin", tmg_pin_policy_name(facts.pin),
	    "touch", tmg_touch_policy_name(facts.touch),
	    "certificate", tmg_rc_name(cert));
}

static json_t *
slots_json(tmg_token *token)
{
	json_t *slots = json_array();
	size_t n = 0;
	const tmg_rc rc = tmg_token_keys(token, &n);

	if (rc != TMG_OK)
		add_verdict(rc, slots);
	for (size_t i = 0; rc == TMG_OK && i < n; i++)
		json_array_append_new(slots, slot_json(tmg_token_key(token, i)));
	return slots;
}

static json_t *
token_json(tmg_token *token)
{
	const tmg_backend_info *info = tmg_token_info(token);

	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o}",
	    "driver", tmg_token_driver(token), "model", info->model,
	    "manufacturer", info->manufacturer, "firmware", info->firmware,
	    "can", words_json(info->can, can_words, TMG_COUNT(can_words)),
	    "key_types", algs_json(info->algs),
	    "pins", pins_json(token, info), "slots", slots_json(token));
}

/* Why there is no token, or not all of them: the words name the card. */
static void
add_skipped(tmg_tokens *set, const char *reader, json_t *tokens)
{
	const tmg_skipped *rows;
	const size_t n = tmg_tokens_skipped(set, &rows);

	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].reader, reader) == 0)
			add_verdict(rows[i].rc, tokens);
}

tmg_rc
report_tokens(struct cli *cli, const char *reader, json_t *tokens)
{
	tmg_tokens *set;
	tmg_token *token;
	tmg_rc rc;

	if ((rc = cli_tokens(cli, &set)) || (rc = cli_complete(cli, set))) {
		add_verdict(rc, tokens);
		return report_failed(cli, rc, &cli->fault);
	}
	for (size_t i = 0; (token = tmg_tokens_get(set, i)) != NULL; i++)
		if (strcmp(tmg_token_reader(token), reader) == 0)
			json_array_append_new(tokens, token_json(token));
	add_skipped(set, reader, tokens);
	return TMG_OK;
}
