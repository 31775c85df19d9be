/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/report.h"

static const char *
text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : "";
}

/* A line of what the card says; nothing when it does not. */
static void
put_said(FILE *to, const char *head, const char *text)
{
	if (text[0] != '\0')
		fprintf(to, "    %s: %s\n", head, text);
}

static void
put_words(FILE *to, const char *head, const json_t *list)
{
	const json_t *word;
	size_t i;

	fprintf(to, "    %s:", head);
	json_array_foreach(list, i, word)
		fprintf(to, " %s", json_string_value(word));
	putc('\n', to);
}

static void
put_answer(FILE *to, const json_t *a)
{
	fprintf(to, "  %s  %-17s %-32s %s\n", text_of(a, "sw"), text_of(a, "what"),
	    text_of(a, "name"), text_of(a, "answer"));
	if (json_object_get(a, "contents") != NULL)
		fprintf(to, "        contents: %s\n", text_of(a, "contents"));
}

static void
put_pins(FILE *to, const json_t *pins)
{
	const json_t *p;
	size_t i;

	json_array_foreach(pins, i, p) {
		const json_t *tries = json_object_get(p, "tries_left");

		fprintf(to, "    %s: %d to %d %s, tries left ", text_of(p, "pin"),
		    (int)json_integer_value(json_object_get(p, "least")),
		    (int)json_integer_value(json_object_get(p, "most")),
		    json_is_true(json_object_get(p, "digits")) ? "digits" : "bytes");
		if (json_is_null(tries))
			fputs("not told\n", to);
		else
			fprintf(to, "%d\n", (int)json_integer_value(tries));
	}
}

static void
put_slots(FILE *to, const json_t *slots)
{
	const json_t *s;
	size_t i;

	json_array_foreach(slots, i, s) {
		if (json_object_get(s, "verdict") != NULL) {
			fprintf(to, "    slots: %s\n", text_of(s, "verdict"));
			continue;
		}
		fprintf(to, "    slot %s: key %s, PIN %s, touch %s, certificate %s\n",
		    text_of(s, "slot"), text_of(s, "key"), text_of(s, "pin"),
		    text_of(s, "touch"), text_of(s, "certificate"));
	}
}

static void
put_token(FILE *to, const json_t *t)
{
	if (json_object_get(t, "verdict") != NULL) {
		fprintf(to, "  %s\n", text_of(t, "verdict"));
		return;
	}
	fprintf(to, "  driver %s: %s\n", text_of(t, "driver"), text_of(t, "model"));
	put_said(to, "firmware", text_of(t, "firmware"));
	put_said(to, "manufacturer", text_of(t, "manufacturer"));
	put_words(to, "can", json_object_get(t, "can"));
	put_words(to, "key types", json_object_get(t, "key_types"));
	put_pins(to, json_object_get(t, "pins"));
	put_slots(to, json_object_get(t, "slots"));
}

static void
put_line(FILE *to, const json_t *line)
{
	fprintf(to, "  %s\n", json_string_value(line));
}

static const struct {
	const char *name, *head;
	void (*put)(FILE *to, const json_t *one);
} parts[] = {
	{ "answers", "Applications and files", put_answer },
	{ "tokens", "What tamga makes of it", put_token },
	{ "transcript", "Transcript, in the order of sending", put_line },
};

tmg_rc
report_page(const json_t *report, FILE *to)
{
	static const char *const facts[] = {
		"version", "system", "reader", "source", "atr",
	};

	fputs("Report about a card, without serial numbers, labels, names, "
	    "certificates and PINs.\nRead it before you send it.\n\n", to);
	for (size_t i = 0; i < TMG_COUNT(facts); i++)
		fprintf(to, "%s: %s\n", facts[i], text_of(report, facts[i]));
	for (size_t i = 0; i < TMG_COUNT(parts); i++) {
		const json_t *list = json_object_get(report, parts[i].name), *one;
		size_t k;

		fprintf(to, "\n%s\n", parts[i].head);
		json_array_foreach(list, k, one)
			parts[i].put(to, one);
	}
	return ferror(to) ? TMG_E_IO : TMG_OK;
}
