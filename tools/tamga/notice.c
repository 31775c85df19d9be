/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/notice.h"

#include <errno.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tools/tamga/text.h"

#define TEXT_MAX 1024

extern char **environ;

/* sd-daemon(3) and notify-send(1) */
static const struct {
	const char *priority, *option, *name;
} urgencies[] = {
	[URGENCY_LOW] = { "<5>", "--urgency=low", "low" },
	[URGENCY_NORMAL] = { "<4>", "--urgency=normal", "normal" },
	[URGENCY_CRITICAL] = { "<3>", "--urgency=critical", "critical" },
};

static void
write_line(enum urgency urgency, const char *text)
{
	if (getenv("JOURNAL_STREAM") != NULL)
		fputs(urgencies[urgency].priority, stderr);
	text_put(stderr, text);
	fputc('\n', stderr);
}

/* NULL: nobody to show it to. */
static const char *
program_of(const struct cli *cli)
{
	if (cli->conf.watch_notify[0] != '\0')
		return strcmp(cli->conf.watch_notify, "none") == 0 ? NULL
		    : cli->conf.watch_notify;
	return getenv("DBUS_SESSION_BUS_ADDRESS") != NULL ? "notify-send" : NULL;
}

static int
run(const char *program, enum urgency urgency, const char *text)
{
	char option[32], app[] = "--app-name=tamga", title[] = "tamga", end[] = "--";
	char body[TEXT_MAX], name[CONF_TEXT];
	char *argv[] = { name, app, option, end, title, body, NULL };
	int status, failed;
	pid_t child;

	snprintf(name, sizeof(name), "%s", program);
	snprintf(option, sizeof(option), "%s", urgencies[urgency].option);
	snprintf(body, sizeof(body), "%s", text);
	failed = posix_spawnp(&child, program, NULL, NULL, argv, environ);
	if (failed != 0)
		return failed;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return errno;
	return status == 0 ? 0 : EIO;
}

void
notice(struct cli *cli, json_t *heard, enum urgency urgency, const char *fmt, ...)
{
	const char *program = program_of(cli);
	char text[TEXT_MAX];
	va_list ap;
	int failed;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (heard != NULL)
		json_array_append_new(heard, json_pack("{s:s, s:s}", "urgency",
		    urgencies[urgency].name, "text", text));
	write_line(urgency, text);
	if (program != NULL && (failed = run(program, urgency, text)) != 0)
		cli_note(cli, _("%s did not show it: %s"), program, strerror(failed));
}
