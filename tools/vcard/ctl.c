/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The control socket: one command a line, some lines of answer, then "ok" or
 * "error: why".
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "src/base/scope.h"
#include "src/codec/hex.h"
#include "tools/vcard/server.h"

#define LINE_MAX_LEN 256

static void __attribute__((__format__(__printf__, 2, 3)))
say(vc_conn *conn, const char *fmt, ...)
{
	char line[LINE_MAX_LEN];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	vc_conn_put(conn, tmg_view_str(line));
}

static const char *
do_insert(vc_server *server, vc_conn *conn, const char *arg)
{
	(void)conn;
	(void)arg;
	vc_chip_insert(server->chip);
	return NULL;
}

static const char *
do_remove(vc_server *server, vc_conn *conn, const char *arg)
{
	(void)conn;
	(void)arg;
	vc_chip_remove(server->chip);
	vc_server_cut_short(server);
	return NULL;
}

static const char *
do_reset(vc_server *server, vc_conn *conn, const char *arg)
{
	(void)conn;
	(void)arg;
	vc_chip_reset(server->chip);
	vc_server_cut_short(server);
	return NULL;
}

static const char *
do_fault(vc_server *server, vc_conn *conn, const char *arg)
{
	(void)conn;
	if (strcmp(arg, "none") == 0) {
		server->chip->faults.count = 0;
		return NULL;
	}
	switch (vc_fault_add(&server->chip->faults, arg, server->chip->count)) {
	case TMG_OK:
		return NULL;
	case TMG_E_SPACE:
		return "too many faults are waiting";
	default:
		return "not a fault: N:remove, reset, remove-after, reset-after, sw=XXXX, "
		    "garbage, truncated, slow=MS or mute";
	}
}

static const char *
do_mark(vc_server *server, vc_conn *conn, const char *arg)
{
	(void)conn;
	(void)arg;
	server->chip->mark = server->chip->count;
	return NULL;
}

static const char *
do_count(vc_server *server, vc_conn *conn, const char *arg)
{
	(void)arg;
	say(conn, "%lu\n", server->chip->count - server->chip->mark);
	return NULL;
}

static void
say_row(vc_conn *conn, unsigned long n, const vc_log_row *row)
{
	char hint[2 * sizeof(row->hint) + 1];

	tmg_hex_text(hint, sizeof(hint), (tmg_view){ row->hint, row->hint_len });
	say(conn, "%lu %02X %02X %02X %02X %u %04X %u%s%s\n", n, row->cla, row->ins, row->p1,
	    row->p2, row->lc, row->sw, row->answered, hint[0] != '\0' ? " " : "", hint);
}

static const char *
do_log(vc_server *server, vc_conn *conn, const char *arg)
{
	const vc_chip *chip = server->chip;
	unsigned long n = chip->mark;

	(void)arg;
	if (chip->count - n > VC_LOG)
		n = chip->count - VC_LOG;
	for (; n < chip->count; n++)
		say_row(conn, n + 1 - chip->mark, &chip->log[n % VC_LOG]);
	return NULL;
}

static const char *
do_type(vc_server *server, vc_conn *conn, const char *arg)
{
	(void)conn;
	if (!server->keypad.there)
		return "the reader has no keypad: --keypad";
	if (!vc_keypad_type(&server->keypad, arg))
		return "not keys: digits, cancel or nothing, one word for each entry";
	vc_server_typed(server);
	return NULL;
}

static const char *
do_status(vc_server *server, vc_conn *conn, const char *arg)
{
	const vc_chip *chip = server->chip;

	(void)arg;
	say(conn, "inserted %s\nserial %u\nresets %u\nevents %u\n",
	    chip->inserted ? "yes" : "no", chip->card.serial, chip->resets, chip->events);
	return NULL;
}

static const struct verb {
	const char *word;
	bool argument;
	const char *(*obey)(vc_server *server, vc_conn *conn, const char *arg);
} verbs[] = {
	{ "insert", false, do_insert },
	{ "remove", false, do_remove },
	{ "reset", false, do_reset },
	{ "fault", true, do_fault },
	{ "mark", false, do_mark },
	{ "count", false, do_count },
	{ "log", false, do_log },
	{ "type", true, do_type },
	{ "status", false, do_status },
};

static void
obey_line(vc_server *server, vc_conn *conn, char *line)
{
	const char *why = "no such command: insert, remove, reset, fault, mark, count, log, type or status";
	char *arg = strchr(line, ' ');

	if (arg != NULL)
		*arg++ = '\0';
	for (size_t i = 0; i < TMG_COUNT(verbs); i++) {
		if (strcmp(line, verbs[i].word) != 0)
			continue;
		why = (arg != NULL) != verbs[i].argument ? "wrong number of words" :
		    verbs[i].obey(server, conn, arg != NULL ? arg : "");
		break;
	}
	if (why != NULL)
		say(conn, "error: %s\n", why);
	else
		say(conn, "ok\n");
}

void
vc_ctl_lines(vc_server *server, vc_conn *conn)
{
	char line[LINE_MAX_LEN];
	const uint8_t *end;

	while (conn->in_len > 0 && (end = memchr(conn->in, '\n', conn->in_len)) != NULL) {
		const size_t len = (size_t)(end - conn->in);

		if (len >= sizeof(line)) {
			conn->broken = true;
			return;
		}
		memcpy(line, conn->in, len);
		line[len] = '\0';
		obey_line(server, conn, line);
		vc_conn_drop(conn, len + 1);
	}
	if (conn->in_len >= sizeof(line))
		conn->broken = true;
}

/* ---- the client's side ------------------------------------------------------------ */
static int
call(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(to.sun_path))
		return -1;
	strcpy(to.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Passes the answer on to standard output; what ends it is the exit status. */
static int
relay(FILE *from)
{
	char line[LINE_MAX_LEN];

	while (fgets(line, sizeof(line), from) != NULL) {
		if (strcmp(line, "ok\n") == 0)
			return 0;
		if (strncmp(line, "error: ", 7) == 0) {
			fprintf(stderr, "tamga-vcard: %s", line + 7);
			return 1;
		}
		fputs(line, stdout);
	}
	fprintf(stderr, "tamga-vcard: the card went away\n");
	return 1;
}

int
vc_ctl_main(int argc, char **argv)
{
	int fd, status;
	FILE *stream;

	if (argc < 2) {
		fprintf(stderr, "usage: tamga-vcard ctl SOCKET "
		    "insert|remove|reset|fault N:WHAT|mark|count|log|type KEYS...|status\n");
		return 2;
	}
	if ((fd = call(argv[0])) < 0 || (stream = fdopen(fd, "r+")) == NULL) {
		fprintf(stderr, "tamga-vcard: no card listens at %s\n", argv[0]);
		return 1;
	}
	for (int i = 1; i < argc; i++)
		fprintf(stream, "%s%c", argv[i], i + 1 < argc ? ' ' : '\n');
	fflush(stream);
	status = relay(stream);
	fclose(stream);
	return status;
}
