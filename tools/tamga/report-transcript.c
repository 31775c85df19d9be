/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "tools/tamga/report.h"

enum {
	DIGITS = 2,		/* of a byte */
	STATUS_DIGITS = 4,
	LINE = 600,
};

/* Answers that the trace shows in full may hold certificates and serial numbers:
 * here they are lengths. */
static void
end_answer(struct report_transcript *t)
{
	char line[LINE];

	if (t->status[0] == '\0')
		return;
	if (t->count > STATUS_DIGITS / DIGITS)
		snprintf(line, sizeof(line), "< [%zu bytes] %s",
		    t->count - STATUS_DIGITS / DIGITS, t->status);
	else
		snprintf(line, sizeof(line), "< %s", t->status);
	json_array_append_new(t->lines, json_string(line));
	t->status[0] = '\0';
}

static bool
is_hex(const char *s)
{
	return s[strspn(s, "0123456789ABCDEF")] == '\0';
}

/* The last bytes so far; a line may begin in the middle of a status word. */
static void
note_status(char status[STATUS_DIGITS + 1], const char *bytes, size_t len)
{
	const size_t fresh = len < STATUS_DIGITS ? len : STATUS_DIGITS;

	memmove(status, status + fresh, STATUS_DIGITS - fresh);
	memcpy(status + STATUS_DIGITS - fresh, bytes + len - fresh, fresh + 1);
}

static void
add_answer(struct report_transcript *t, const char *bytes)
{
	const size_t len = strlen(bytes);

	if (!is_hex(bytes) || (len < STATUS_DIGITS && t->status[0] == '\0')) {
		json_array_append_new(t->lines, json_sprintf("< %s", bytes));
		return;
	}
	t->count += len / DIGITS;
	note_status(t->status, bytes, len);
}

/* "READER > HEX": src/card/trace.h */
static void
take_line(void *arg, tmg_log_level level, const char *line)
{
	struct report_transcript *t = arg;
	const char *mark = strpbrk(line, "<>+");

	if (t->cli->trace != NULL)
		fprintf(t->cli->trace, "T %s\n", line);
	while (mark != NULL && (mark == line || mark[-1] != ' ' || mark[1] != ' '))
		mark = strpbrk(mark + 1, "<>+");
	if (level != TMG_LOG_TRACE || mark == NULL)
		return;
	if (*mark == '+' && t->status[0] == '\0')
		return;
	if (*mark != '+') {
		end_answer(t);
		t->count = 0;
	}
	if (*mark == '>')
		json_array_append_new(t->lines, json_string(mark));
	else
		add_answer(t, mark + 2);
}

void
report_transcribe(struct report_transcript *t, struct cli *cli, json_t *lines)
{
	*t = (struct report_transcript){ .cli = cli, .lines = lines };
	tmg_ctx_set_log(cli->ctx, TMG_LOG_TRACE, take_line, t);
}

void
report_transcribed(struct report_transcript *t)
{
	tmg_ctx_set_log(t->cli->ctx, TMG_LOG_ERROR, NULL, NULL);
	end_answer(t);
}
