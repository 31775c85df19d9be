/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <termios.h>

#include "src/base/scope.h"
#include "tools/tamga/text.h"

enum {
	KEY_INTERRUPT = 0x03,	/* ^C */
	KEY_END = 0x04,		/* ^D */
	KEY_BACKSPACE = 0x08,
	KEY_KILL = 0x15,	/* ^U */
	KEY_DELETE = 0x7f,
};

/* The terminal, silent until released; signals that would end the program
 * wait meanwhile. */
struct hush {
	int fd, signals;
	bool changed;
	struct termios before;
	sigset_t mask;
};

static void
hush_release(struct hush *h)
{
	if (h->changed)
		tcsetattr(h->fd, TCSAFLUSH, &h->before);
	if (h->signals >= 0) {
		close(h->signals);
		sigprocmask(SIG_SETMASK, &h->mask, NULL);
	}
	if (h->fd >= 0)
		close(h->fd);
}

static tmg_rc
hush_take(struct hush *h)
{
	struct termios silent;
	sigset_t ending;

	sigemptyset(&ending);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGHUP);
	sigaddset(&ending, SIGQUIT);
	sigaddset(&ending, SIGTSTP);
	if (sigprocmask(SIG_BLOCK, &ending, &h->mask) != 0)
		return TMG_E_IO;
	h->signals = signalfd(-1, &ending, SFD_CLOEXEC);
	if (h->signals < 0) {
		sigprocmask(SIG_SETMASK, &h->mask, NULL);
		return TMG_E_IO;
	}

	if (tcgetattr(h->fd, &h->before) != 0)
		return TMG_E_IO;
	silent = h->before;
	silent.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG);
	silent.c_cc[VMIN] = 1;
	silent.c_cc[VTIME] = 0;
	if (tcsetattr(h->fd, TCSAFLUSH, &silent) != 0)
		return TMG_E_IO;
	h->changed = true;
	return TMG_OK;
}

bool
terminal_is(void)
{
	tmg_auto_fd fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

	return fd >= 0;
}

/* One byte typed; CANCELLED when a signal came first: it acts on release. */
static tmg_rc
next_byte(const struct hush *h, uint8_t *byte)
{
	for (;;) {
		struct pollfd fds[] = {
			{ .fd = h->fd, .events = POLLIN },
			{ .fd = h->signals, .events = POLLIN },
		};

		if (poll(fds, TMG_COUNT(fds), -1) < 0) {
			if (errno == EINTR)
				continue;
			return TMG_E_IO;
		}
		if (fds[1].revents != 0)
			return TMG_CANCELLED;
		if (fds[0].revents != 0)
			return read(h->fd, byte, 1) == 1 ? TMG_OK : TMG_CANCELLED;
	}
}

/* Takes the last UTF-8 character back. */
static void
take_back(tmg_out *line)
{
	while (line->len > 0 && (line->ptr[--line->len] & 0xc0) == 0x80)
		continue;
}

static tmg_rc
read_line(const struct hush *h, tmg_out *line)
{
	uint8_t byte;
	tmg_rc rc;

	while ((rc = next_byte(h, &byte)) == TMG_OK) {
		if (byte == '\r' || byte == '\n')
			return line->len > 0 ? tmg_out_done(line) : TMG_CANCELLED;
		if (byte == KEY_INTERRUPT || (byte == KEY_END && line->len == 0))
			return TMG_CANCELLED;
		if (byte == KEY_KILL)
			line->len = 0;
		else if (byte == KEY_BACKSPACE || byte == KEY_DELETE)
			take_back(line);
		else if (byte >= ' ')
			tmg_put_u8(line, byte);
	}
	return rc;
}

static void
show(int fd, const char *text)
{
	FILE *to = fdopen(dup(fd), "w");

	if (to == NULL)
		return;
	text_put(to, text);
	fclose(to);
}

tmg_rc
terminal_secret(const char *prompt, tmg_out *secret)
{
	__attribute__((__cleanup__(hush_release))) struct hush h = {
		.fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC),
		.signals = -1,
	};
	tmg_rc rc;

	if (h.fd < 0)
		return TMG_CANCELLED;
	if ((rc = hush_take(&h)))
		return rc;
	show(h.fd, prompt);
	rc = read_line(&h, secret);
	if (write(h.fd, "\n", 1) != 1)
		return TMG_E_IO;
	return rc;
}

tmg_rc
terminal_line(const char *prompt, char *line, size_t cap)
{
	FILE *tty = fopen("/dev/tty", "r+e");
	bool said, whole;

	if (tty == NULL)
		return TMG_CANCELLED;
	text_put(tty, prompt);
	fflush(tty);
	said = fgets(line, (int)cap, tty) != NULL;
	whole = said && strchr(line, '\n') != NULL;
	fclose(tty);
	if (!said)
		return TMG_CANCELLED;
	line[strcspn(line, "\r\n")] = '\0';
	return whole ? TMG_OK : TMG_E_SPACE;
}

bool
terminal_confirm(const char *prompt, const char *word)
{
	char line[64];

	return terminal_line(prompt, line, sizeof(line)) == TMG_OK &&
	    strcmp(line, word) == 0;
}
