/* SPDX-License-Identifier: BSD-2-Clause */
#include "drivers/module/apart.h"

#include <fcntl.h>
#include <limits.h>
#include <p11-kit/p11-kit.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "src/base/clock.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"

enum {
	SECONDS = 120,		/* a key of RSA 4096 on a slow token, and a finger */
	FAREWELL_MS = 5000,	/* the host gives its worker two seconds */
	NAP_MS = 10,
};

#define CLIENT "p11-kit-client.so"
#define ADDRESS "P11_KIT_SERVER_ADDRESS"
#define DOOR "door"

/* The environment is the process's, and so is its lock. */
static pthread_mutex_t environment = PTHREAD_MUTEX_INITIALIZER;

/* ---- the door: a socket that has a name for a moment ---------------------------- */

struct door {
	char path[PATH_MAX];	/* of its folder */
	int folder, socket;
};

static void
door_release(struct door *d)
{
	if (d->folder >= 0)
		(void)unlinkat(d->folder, DOOR, 0);
	if (d->path[0] != '\0')
		(void)rmdir(d->path);
	tmg_scope_close(&d->folder);
	tmg_scope_close(&d->socket);
}
#define auto_door __attribute__((__cleanup__(door_release))) struct door

/* Through its folder's descriptor the name is short, wherever the folder is. */
static void
door_name(const struct door *d, char *name, size_t cap)
{
	snprintf(name, cap, "/proc/self/fd/%d/" DOOR, d->folder);
}

static int
door_open(struct door *d)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	const char *tmp = secure_getenv("TMPDIR");

	snprintf(d->path, sizeof(d->path), "%s/tamga.XXXXXX",
	    tmp != NULL && tmp[0] == '/' ? tmp : P_tmpdir);
	if (mkdtemp(d->path) == NULL) {
		d->path[0] = '\0';
		return -1;
	}
	if ((d->folder = open(d->path, O_PATH | O_DIRECTORY | O_CLOEXEC)) < 0 ||
	    (d->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) < 0)
		return -1;
	door_name(d, at.sun_path, sizeof(at.sun_path));
	return bind(d->socket, (const struct sockaddr *)&at, sizeof(at)) != 0 ? -1
	    : listen(d->socket, 1);
}

/* ---- the client ------------------------------------------------------------------ */

/* p11-kit's client learns nowhere else where its server is, and asks when it is
 * loaded. */
static CK_FUNCTION_LIST *
load_client(const struct door *d)
{
	char address[64] = "unix:path=";
	CK_FUNCTION_LIST *p11 = NULL;
	tmg_auto_free char *kept = NULL;
	const char *was;

	door_name(d, address + strlen(address), sizeof(address) - strlen(address));
	pthread_mutex_lock(&environment);
	was = getenv(ADDRESS);
	kept = was != NULL ? strdup(was) : NULL;
	if ((was == NULL || kept != NULL) && setenv(ADDRESS, address, 1) == 0) {
		p11 = p11_kit_module_load(CLIENT, 0);
		if (kept == NULL || setenv(ADDRESS, kept, 1) != 0)
			(void)unsetenv(ADDRESS);
	}
	pthread_mutex_unlock(&environment);
	return p11;
}

/* ---- the host ---------------------------------------------------------------------- */

static int
begin_host(tmg_module_apart *a, const char *library, const char *host, int listening)
{
	char seconds[16];
	char *argv[] = { (char *)(uintptr_t)host, seconds, (char *)(uintptr_t)library,
	    NULL };
	int word[2], e;

	snprintf(seconds, sizeof(seconds), "%u", a->seconds);
	if (pipe2(word, O_CLOEXEC) != 0)
		return errno;
	e = tmg_child_begin(&(tmg_child_plan){ .argv = argv, .env = environ,
	    .in = listening, .out = word[1], .err = STDERR_FILENO, .group = true },
	    &a->host);
	close(word[1]);
	if (e != 0)
		close(word[0]);
	else
		a->word = word[0];
	return e;
}

static tmg_rc
not_begun(const char *library, const char *what, const char *why, const char *advice,
    tmg_fault *f)
{
	return tmg_raise(f, TMG_E_IO, 0, _("the module %s cannot be run apart: %s: %s; %s"),
	    library, what, why, advice);
}

/* The client connects when it is initialized, while the door is there. */
tmg_rc
tmg_module_apart_begin(tmg_module_apart *a, const char *library, const tmg_apart *how,
    CK_FUNCTION_LIST **p11, CK_RV *started, tmg_fault *f)
{
	const char *host = how->host != NULL ? how->host : TMG_MODULE_HOST;
	auto_door d = { .folder = -1, .socket = -1 };
	int e;

	*a = (tmg_module_apart){ .seconds = how->seconds > 0 ? how->seconds : SECONDS };
	if (door_open(&d) != 0)
		return not_begun(library, d.path, strerror(errno),
		    _("TMPDIR names a folder that it may write to"), f);
	if ((*p11 = load_client(&d)) == NULL)
		return not_begun(library, CLIENT, p11_kit_message(),
		    _("install p11-kit's own modules (p11-kit-modules)"), f);
	if ((e = begin_host(a, library, host, d.socket)) != 0) {
		p11_kit_module_release(*p11);
		return not_begun(library, host, strerror(e),
		    _("see modules.host in tamga.conf(5)"), f);
	}
	a->used = true;
	*started = p11_kit_module_initialize(*p11);
	return TMG_OK;
}

static bool
nap(void *of)
{
	(void)of;
	poll(NULL, 0, NAP_MS);
	return false;
}

void
tmg_module_apart_end(tmg_module_apart *a)
{
	if (!a->used)
		return;
	/* p11-kit's client (0.24) forgets to close when its first call had no answer. */
	(void)tmg_child_end(&a->host, a->fate[0] != '\0' ? 0
	    : tmg_now_ms() + FAREWELL_MS, nap, NULL);
	close(a->word);
	a->used = false;
}

/* ---- what became of it ------------------------------------------------------------- */

/* It is written before the client hears of the end, so nobody waits here. */
bool
tmg_module_apart_is_over(tmg_module_apart *a, const char *function)
{
	struct pollfd fd = { .fd = a->word, .events = POLLIN };
	ssize_t n;

	if (!a->used)
		return false;
	if (a->fate[0] != '\0')
		return true;
	if (poll(&fd, 1, 0) != 1)
		return false;
	a->in = function;
	n = read(a->word, a->fate, sizeof(a->fate) - 1);
	a->fate[n > 0 ? n : 0] = '\0';
	a->fate[strcspn(a->fate, "\n")] = '\0';
	if (a->fate[0] == '\0')
		memcpy(a->fate, "lost", sizeof("lost"));
	return true;
}

static bool
number_after(const char *fate, const char *word, int *number)
{
	const size_t n = strlen(word);

	if (strncmp(fate, word, n) != 0)
		return false;
	*number = atoi(fate + n);
	return true;
}

void
tmg_module_apart_fate(const tmg_module_apart *a, char *text, size_t cap)
{
	int number;

	if (number_after(a->fate, "signal ", &number))
		snprintf(text, cap, _("crashed in %s (signal %d)"), a->in, number);
	else if (number_after(a->fate, "exit ", &number))
		snprintf(text, cap, _("ended its process in %s (status %d)"), a->in,
		    number);
	else if (strcmp(a->fate, "silent") == 0)
		snprintf(text, cap, _("did not return from %s within %u seconds and was "
		    "ended"), a->in, a->seconds);
	else
		snprintf(text, cap, _("lost the program that ran it, in %s"), a->in);
}

const char *
tmg_module_apart_unfit(const tmg_module_apart *a)
{
	const char *load = "load ";

	return strncmp(a->fate, load, strlen(load)) == 0 ? a->fate + strlen(load) : NULL;
}
