/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/post/courier.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/clock.h"
#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"

#define TO "${to}"
#define SLACK_S 5		/* that an answer may take beyond the program */
#define LOOK_MS 100
#define TEXT_MAX 20000
#define TO_MAX 32
#define ARGS_MAX (RA_WORDS_MAX + 4)

extern char **environ;

struct ra_courier {
	tmg_ctx *ctx;
	pid_t pid;
	int fd;
	uint32_t asked;
};

/* The socket keeps messages apart. */
struct question {
	uint32_t number;
	char to[TO_MAX];
	char text[TEXT_MAX];
};

struct reply {
	uint32_t number;
	ra_program_end end;
};

/* ---- there ---- */

/* Each word that is ${to} becomes the number. */
static void
run(int argc, char **argv, int seconds, struct question *q, int watch,
    ra_program_end *end)
{
	char *words[ARGS_MAX + 1] = { NULL };

	for (int i = 0; i < argc && i < ARGS_MAX; i++)
		words[i] = strcmp(argv[i], TO) == 0 ? q->to : argv[i];
	ra_program_run(words, q->text, seconds, watch, end);
}

/* What a terminal or a service manager tells a whole group of processes: the server
 * ends us, once what was handed over is answered.  The program is told none of it,
 * and starts with all signals as they are usual. */
static void
wait_for_the_server(void)
{
	static const int told[] = { SIGINT, SIGTERM, SIGHUP };

	for (size_t i = 0; i < TMG_COUNT(told); i++)
		signal(told[i], SIG_IGN);
}

int
ra_courier_main(int argc, char **argv)
{
	struct question q;
	ssize_t n;

	if (argc < 2 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return EXIT_FAILURE;
	wait_for_the_server();
	while ((n = recv(STDIN_FILENO, &q, sizeof(q), 0)) > 0 ||
	    (n < 0 && errno == EINTR)) {
		struct reply reply = { .end = { .status = -1 } };

		if (n < (ssize_t)offsetof(struct question, text))
			continue;
		reply.number = q.number;
		q.to[TO_MAX - 1] = '\0';
		q.text[TEXT_MAX - 1] = '\0';
		run(argc - 1, argv + 1, (int)strtol(argv[0], NULL, 10), &q,
		    STDIN_FILENO, &reply.end);
		explicit_bzero(&q, sizeof(q));
		if (send(STDIN_FILENO, &reply, sizeof(reply), MSG_NOSIGNAL) < 0)
			break;
	}
	return EXIT_SUCCESS;
}

/* ---- here ---- */

/* The program and its words, as ra.conf has them; NULL ends them. */
static size_t
words_of(const ra_config *config, char **words)
{
	const ra_sms_conf *s = &config->sms;
	size_t count = 0;

	words[count++] = (char *)(uintptr_t)s->command;
	for (size_t i = 0; i < s->arguments.count; i++)
		words[count++] = (char *)(uintptr_t)s->arguments.word[i];
	words[count] = NULL;
	return count;
}

static int
spawn(const ra_config *config, int fd, pid_t *pid)
{
	char seconds[16];
	char *argv[ARGS_MAX + 4] = { (char[]){ "tamga-ra" },
		(char[]){ RA_COURIER }, seconds };
	posix_spawn_file_actions_t files;
	int e;

	snprintf(seconds, sizeof(seconds), "%d", config->sms.timeout_s);
	words_of(config, argv + 3);
	if ((e = posix_spawn_file_actions_init(&files)) != 0)
		return e;
	posix_spawn_file_actions_adddup2(&files, fd, 0);
	posix_spawn_file_actions_addclosefrom_np(&files, 3);
	e = posix_spawn(pid, "/proc/self/exe", &files, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	return e;
}

tmg_rc
ra_courier_start(tmg_ctx *ctx, const ra_config *config, tmg_fault *f,
    ra_courier **courier)
{
	ra_courier *c;
	int ends[2], e;

	*courier = NULL;
	if (config->sms.command[0] == '\0')
		return TMG_OK;
	if ((c = calloc(1, sizeof(*c))) == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
		free(c);
		return tmg_raise(f, TMG_E_IO, 0, "socketpair: %s", strerror(errno));
	}
	e = spawn(config, ends[1], &c->pid);
	close(ends[1]);
	if (e != 0) {
		close(ends[0]);
		free(c);
		return tmg_raise(f, TMG_E_IO, 0, _("sms.command: %s"), strerror(e));
	}
	c->ctx = ctx;
	c->fd = ends[0];
	*courier = c;
	return TMG_OK;
}

void
ra_courier_free(ra_courier **courier)
{
	ra_courier *c = *courier;

	*courier = NULL;
	if (c == NULL)
		return;
	close(c->fd);
	while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(c);
}

/* An answer that is late is of another question. */
static bool
take_reply(ra_courier *c, ra_program_end *end)
{
	struct reply reply;

	if (recv(c->fd, &reply, sizeof(reply), MSG_DONTWAIT) !=
	    (ssize_t)sizeof(reply) || reply.number != c->asked)
		return false;
	reply.end.said[RA_PROGRAM_SAID - 1] = '\0';
	*end = reply.end;
	return true;
}

static void
wait_reply(ra_courier *c, int seconds, ra_program_end *end)
{
	const int64_t until = tmg_now_ms() + (int64_t)seconds * 1000;

	while (tmg_now_ms() < until && !tmg_ctx_is_over(c->ctx)) {
		struct pollfd at = { c->fd, POLLIN, 0 };

		if (poll(&at, 1, LOOK_MS) > 0 && take_reply(c, end))
			return;
		if (at.revents & (POLLHUP | POLLERR)) {
			snprintf(end->said, sizeof(end->said), "%s",
			    _("the process that runs it has ended: restart the server"));
			return;
		}
	}
	snprintf(end->said, sizeof(end->said), "%s", _("no answer in time"));
}

void
ra_courier_send(ra_courier *c, const ra_config *config, const char *to,
    const char *text, ra_program_end *end)
{
	struct question q = { .number = 0 };
	char *words[ARGS_MAX + 1];

	*end = (ra_program_end){ .status = -1 };
	snprintf(q.to, sizeof(q.to), "%s", to);
	snprintf(q.text, sizeof(q.text), "%s", text);
	if (c == NULL) {
		run((int)words_of(config, words), words, config->sms.timeout_s, &q, -1,
		    end);
	} else {
		q.number = ++c->asked;
		if (send(c->fd, &q, offsetof(struct question, text) +
		    strlen(q.text) + 1, MSG_NOSIGNAL) < 0)
			snprintf(end->said, sizeof(end->said), "%s", strerror(errno));
		else
			wait_reply(c, config->sms.timeout_s + SLACK_S, end);
	}
	explicit_bzero(&q, sizeof(q));
}
