/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/reader/holder.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tamga/view.h"

enum {
	PEERS_MAX = 64,		/* clients of the daemon that are looked at */
	COMM_MAX = 16,		/* proc(5), /proc/PID/comm */
};

/* A program known to keep cards for itself. */
struct known {
	const char *comm;
	const char *advice;
};

/* Of the daemon's clients, the worst first. */
static const struct known clients[] = {
	{ "scdaemon", N_("run: gpgconf --kill scdaemon; to share it for good, "
	    "put pcsc-shared and disable-ccid into ~/.gnupg/scdaemon.conf") },
	{ "yubikey-agent", N_("run: systemctl --user stop yubikey-agent") },
	{ "ssh-pkcs11-help", N_("run: ssh-add -e with its PKCS#11 module") },
	{ "firefox", N_("end Firefox or unload its security device") },
	{ "firefox-esr", N_("end Firefox or unload its security device") },
	{ "chrome", N_("end Chrome and try again") },
	{ "chromium", N_("end Chromium and try again") },
};

/* Of those that open USB devices themselves. */
static const struct known openers[] = {
	{ "pcscd", N_("use it through the PC/SC daemon, or end that: sudo "
	    "systemctl stop pcscd.socket pcscd.service") },
	{ "scdaemon", N_("run: gpgconf --kill scdaemon; to leave readers to "
	    "PC/SC for good, put disable-ccid into ~/.gnupg/scdaemon.conf") },
	{ "openct", N_("end it: sudo systemctl stop openct") },
	{ "tamga", N_("wait until it is done") },
};

/* The other ends of the daemon's connections, by socket inode. */
struct peers {
	uint32_t inode[PEERS_MAX];
	size_t count;
};

/* What is looked for, and who is likely to be it. */
struct search {
	const struct known *known;
	size_t count;
	const struct peers *peers;	/* connected to one of them, or */
	const char *node;		/* this device opened */
};

/* One process that is it. */
struct found {
	char comm[COMM_MAX + 1];
	long pid;
	size_t rank;		/* the smaller, the better the guess */
};

/* Of a process that is seen to be it: its row among the known, or their count;
 * of one whose descriptors are hidden, this in addition: */
#define RANK_HIDDEN 1000u
#define RANK_NOBODY (2 * RANK_HIDDEN)

const char *
tmg_pcscd_socket(void)
{
	const char *name = getenv("PCSCLITE_CSOCK_NAME");

	return name != NULL ? name : "/run/pcscd/pcscd.comm";
}

bool
tmg_pcscd_listens(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	tmg_auto_fd fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", tmg_pcscd_socket());
	return fd >= 0 &&
	    connect(fd, (const struct sockaddr *)&at, sizeof(at)) == 0;
}

/* ---- peers: sock_diag(7) ------------------------------------------------- */

static bool
ask(int fd)
{
	struct {
		struct nlmsghdr head;
		struct unix_diag_req req;
	} message = {
		.head = { .nlmsg_len = sizeof(message),
		    .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.req = { .sdiag_family = AF_UNIX, .udiag_states = UINT32_MAX,
		    .udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_PEER },
	};

	return send(fd, &message, sizeof(message), 0) ==
	    (ssize_t)sizeof(message);
}

/* Splits the next attribute off *in; false at the end. */
static bool
next_attribute(tmg_view *in, uint16_t *type, tmg_view *value)
{
	struct rtattr head;
	tmg_view bytes, padding;

	if (in->len < sizeof(head))
		return false;
	memcpy(&head, in->ptr, sizeof(head));
	if (head.rta_len < sizeof(head) ||
	    tmg_view_take(in, head.rta_len, &bytes))
		return false;
	if (tmg_view_take(in, RTA_ALIGN(head.rta_len) - head.rta_len, &padding))
		in->len = 0;
	*type = head.rta_type;
	*value = (tmg_view){ bytes.ptr + sizeof(head),
	    bytes.len - sizeof(head) };
	return true;
}

/* Remembers the peer of a socket that bears the daemon's name. */
static void
take_socket(tmg_view in, struct peers *peers)
{
	const char *name = tmg_pcscd_socket();
	const size_t len = strlen(name);
	uint32_t peer = 0;
	bool named = false;
	uint16_t type;
	tmg_view value;

	while (next_attribute(&in, &type, &value)) {
		if (type == UNIX_DIAG_NAME)
			named = value.len >= len &&
			    memcmp(value.ptr, name, len) == 0;
		if (type == UNIX_DIAG_PEER && value.len == sizeof(peer))
			memcpy(&peer, value.ptr, sizeof(peer));
	}
	if (named && peer != 0 && peers->count < PEERS_MAX)
		peers->inode[peers->count++] = peer;
}

/* One datagram of the answer; false at its end. */
static bool
take_sockets(tmg_view in, struct peers *peers)
{
	struct nlmsghdr head;
	tmg_view message, rest;

	while (in.len >= sizeof(head)) {
		memcpy(&head, in.ptr, sizeof(head));
		if (head.nlmsg_type != SOCK_DIAG_BY_FAMILY ||
		    tmg_view_take(&in, head.nlmsg_len, &message) ||
		    tmg_view_take(&message, NLMSG_LENGTH(
		    sizeof(struct unix_diag_msg)), &rest))
			return false;
		take_socket(message, peers);
		if (tmg_view_take(&in, NLMSG_ALIGN(head.nlmsg_len) -
		    head.nlmsg_len, &rest))
			break;
	}
	return true;
}

static void
find_peers(struct peers *peers)
{
	uint8_t bytes[16384];
	const struct timeval patience = { .tv_sec = 1 };
	tmg_auto_fd fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC,
	    NETLINK_SOCK_DIAG);
	ssize_t n;

	peers->count = 0;
	if (fd < 0 || !ask(fd))
		return;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	do
		n = recv(fd, bytes, sizeof(bytes), 0);
	while (n > 0 && take_sockets((tmg_view){ bytes, (size_t)n }, peers));
}

/* ---- processes: proc(5) -------------------------------------------------- */

static void
close_dir(DIR **dir)
{
	if (*dir != NULL)
		closedir(*dir);
}

#define auto_dir __attribute__((__cleanup__(close_dir))) DIR *

static bool
is_peer(const char *target, const struct peers *peers)
{
	unsigned inode;

	if (sscanf(target, "socket:[%u]", &inode) != 1)
		return false;
	for (size_t i = 0; i < peers->count; i++)
		if (peers->inode[i] == inode)
			return true;
	return false;
}

static bool
is_meant(const char *target, const struct search *s)
{
	return s->node != NULL ? strcmp(target, s->node) == 0
	    : is_peer(target, s->peers);
}

/* Has it opened what is looked for?  *hidden when that cannot be seen. */
static bool
has_opened(const char *pid, const struct search *s, bool *hidden)
{
	char path[64], target[64];
	const struct dirent *e;

	snprintf(path, sizeof(path), "/proc/%.20s/fd", pid);
	auto_dir dir = opendir(path);

	*hidden = dir == NULL || (s->node == NULL && s->peers->count == 0);
	while (!*hidden && (e = readdir(dir)) != NULL) {
		const ssize_t n = readlinkat(dirfd(dir), e->d_name, target,
		    sizeof(target) - 1);

		if (n <= 0)
			continue;
		target[n] = '\0';
		if (is_meant(target, s))
			return true;
	}
	return false;
}

/* A process names itself, and we print it: no escapes, no second line. */
static void
make_printable(char *comm)
{
	for (; *comm != '\0'; comm++)
		if (*comm < ' ' || *comm > '~')
			*comm = '?';
}

static bool
read_comm(const char *pid, char comm[COMM_MAX + 1])
{
	char path[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%.20s/comm", pid);
	tmg_auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);

	n = fd < 0 ? -1 : read(fd, comm, COMM_MAX);
	if (n <= 0)
		return false;
	if (comm[n - 1] == '\n')	/* the kernel's; others are the name's own */
		n--;
	comm[n] = '\0';
	make_printable(comm);
	return true;
}

static size_t
row_of(const struct search *s, const char *comm)
{
	size_t i = 0;

	while (i < s->count && strcmp(s->known[i].comm, comm) != 0)
		i++;
	return i;
}

/* One that is seen to be it counts whoever it is; one whose descriptors are
 * hidden (another user's) only when it is known for holding cards. */
static size_t
rank_of(const char *pid, const char *comm, const struct search *s)
{
	const size_t row = row_of(s, comm);
	bool hidden;

	if (has_opened(pid, s, &hidden))
		return row;
	return hidden && row < s->count ? RANK_HIDDEN + row : RANK_NOBODY;
}

static void
consider(const char *pid, const struct search *s, struct found *best)
{
	struct found f = { .pid = strtol(pid, NULL, 10) };

	if (f.pid == getpid() || !read_comm(pid, f.comm))
		return;
	f.rank = rank_of(pid, f.comm, s);
	if (f.rank < best->rank)
		*best = f;
}

static bool
find(const struct search *s, tmg_holder *holder)
{
	struct found best = { .rank = RANK_NOBODY };
	auto_dir dir = opendir("/proc");
	const struct dirent *e;
	size_t row;

	while (dir != NULL && (e = readdir(dir)) != NULL)
		if (isdigit((unsigned char)e->d_name[0]))
			consider(e->d_name, s, &best);

	row = row_of(s, best.comm);
	snprintf(holder->who, sizeof(holder->who), "%s (%ld)", best.comm,
	    best.pid);
	holder->advice = row < s->count ? _(s->known[row].advice)
	    : _("end it and try again");
	return best.rank != RANK_NOBODY;
}

bool
tmg_holder_find(tmg_holder *holder)
{
	struct peers peers;
	const struct search s = { clients, TMG_COUNT(clients), &peers, NULL };

	find_peers(&peers);
	return find(&s, holder);
}

bool
tmg_holder_of_node(const char *node, tmg_holder *holder)
{
	const struct search s = { openers, TMG_COUNT(openers), NULL, node };

	return find(&s, holder);
}
