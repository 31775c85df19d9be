/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tamga-vcard: a virtual smart card.
 */
#include <errno.h>
#include <locale.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "src/base/core.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/base/std.h"
#include "tools/vcard/options.h"
#include "tools/vcard/seed.h"
#include "tools/vcard/server.h"

#define BACKLOG 128

static int
fail(const char *what, const char *which)
{
	fprintf(stderr, "tamga-vcard: %s: %s\n", what, which);
	return 1;
}

/* A socket that a dead card left behind makes way; a living one does not. */
static bool
is_stale(const struct sockaddr_un *at)
{
	tmg_auto_fd fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd >= 0 && connect(fd, (const struct sockaddr *)at, sizeof(*at)) != 0 &&
	    errno == ECONNREFUSED;
}

static int
listen_at(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(at.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(at.sun_path, path);
	if (is_stale(&at))
		unlink(path);

	const mode_t mask = umask(0177);

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && (bind(fd, (const struct sockaddr *)&at, sizeof(at)) != 0 ||
	    listen(fd, BACKLOG) != 0)) {
		const int cause = errno;

		close(fd);
		errno = cause;
		fd = -1;
	}
	umask(mask);
	return fd;
}

static int
catch_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static bool
parent_is_gone(const vc_options *o, pid_t parent)
{
	if (!o->with_parent)
		return false;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	return getppid() != parent;	/* it may have gone before */
}

static void
warn(const vc_options *o)
{
	if (o->seed != NULL)
		fputs(_("tamga-vcard: WARNING: every key and number of this card follows from\n"
		    "tamga-vcard: WARNING: --insecure-seed and is known to everybody.\n"), stderr);
}

static const char *
why(tmg_rc rc)
{
	switch (rc) {
	case TMG_E_MALFORMED:
		return _("damaged, or not the state of a tamga-vcard; "
		    "move it away to start with a fresh card");
	case TMG_UNSUPPORTED:
		return _("longer than a state file can be");
	case TMG_DENIED:
		return _("permission denied");
	default:
		return strerror(errno);
	}
}

static int
open_chip(vc_chip *chip, const vc_options *o, OSSL_LIB_CTX *lib)
{
	const bool fresh = o->state_path == NULL || access(o->state_path, F_OK) != 0;
	tmg_rc rc = vc_chip_open(chip, &o->profile, lib, o->state_path);

	if (rc)
		return fail(o->state_path != NULL ? o->state_path : _("no card"), why(rc));
	chip->inserted = !o->absent;
	chip->faults = o->faults;
	if (o->provision == NULL || !fresh)
		return 0;
	if (vc_card_provision(&chip->card, o->provision))
		return fail("--provision", o->provision);
	return (rc = vc_chip_keep(chip)) ? fail(o->state_path, why(rc)) : 0;
}

static int
open_sockets(vc_server *server, const vc_options *o)
{
	if (o->listen_path != NULL && (server->listen_fd = listen_at(o->listen_path)) < 0)
		return fail(o->listen_path, strerror(errno));
	if (o->ctl_path != NULL && (server->ctl_fd = listen_at(o->ctl_path)) < 0)
		return fail(o->ctl_path, strerror(errno));
	for (size_t i = 0; i < VC_CONNS; i++)
		server->client[i].fd = server->ctl[i].fd = -1;
	server->vpcd.fd = -1;
	server->vpcd_host = o->vpcd_port != NULL ? o->vpcd_host : NULL;
	server->vpcd_port = o->vpcd_port;
	return 0;
}

static void
close_sockets(vc_server *server, const vc_options *o)
{
	for (size_t i = 0; i < VC_CONNS; i++) {
		vc_conn_close(&server->client[i]);
		vc_conn_close(&server->ctl[i]);
	}
	vc_conn_close(&server->vpcd);
	if (server->listen_fd >= 0)
		unlink(o->listen_path);
	if (server->ctl_fd >= 0)
		unlink(o->ctl_path);
}

static void
say_ready(const vc_options *o)
{
	static const char word[] = "ready\n";

	if (o->ready_fd < 0)
		return;
	if (write(o->ready_fd, word, sizeof(word) - 1) < 0)
		perror("tamga-vcard: --ready-fd");
	if (o->ready_fd > STDERR_FILENO)
		close(o->ready_fd);
}

static int
serve(vc_chip *chip, const vc_options *o)
{
	tmg_auto_free vc_server *server = calloc(1, sizeof(*server));
	int status;

	if (server == NULL)
		return fail(_("no card"), strerror(errno));
	server->chip = chip;
	server->keypad.there = o->keypad;
	server->listen_fd = server->ctl_fd = -1;
	server->signal_fd = catch_signals();
	if ((status = open_sockets(server, o)) == 0) {
		say_ready(o);
		status = vc_server_run(server) ? fail("poll", strerror(errno)) : 0;
	}
	close_sockets(server, o);
	return status;
}

static int
live(const vc_options *o)
{
	OSSL_LIB_CTX *lib = OSSL_LIB_CTX_new();
	vc_chip *chip = calloc(1, sizeof(*chip));
	int status;

	if (lib == NULL || chip == NULL)
		status = fail(_("no card"), strerror(errno));
	else if (o->seed != NULL && vc_seed(lib, o->seed))
		status = fail("--insecure-seed", o->seed);
	else if ((status = open_chip(chip, o, lib)) == 0)
		status = serve(chip, o);
	if (chip != NULL)
		vc_chip_close(chip);
	free(chip);
	OSSL_LIB_CTX_free(lib);
	return status;
}

int
main(int argc, char **argv)
{
	const pid_t parent = getppid();
	vc_options o;
	int status;

	tmg_refuse_cores();
	tmg_std_fill();
	setlocale(LC_ALL, "");
	bindtextdomain("tamga", TMG_LOCALEDIR);
	if (argc > 1 && strcmp(argv[1], "ctl") == 0)
		return vc_ctl_main(argc - 2, argv + 2);
	if (vc_options_parse(argc, argv, &o, &status) != 0)
		return status;
	if (parent_is_gone(&o, parent))
		return 1;
	warn(&o);
	return live(&o);
}
