/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bed C: the card in QEMU's own CCID reader (usb-ccid with ccid-card-passthru),
 * which nobody here wrote.
 *
 * usage: vsc SOCKET CARD
 *
 * SOCKET is QEMU's chardev; CARD the socket of a tamga-vcard that speaks T=0
 * (the reader knows no other), or "small" for the small card.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/usb/card.h"
#include "tests/usb/whole.h"

/* The VSCard protocol: QEMU, hw/usb/ccid-card-passthru.c; words are big-endian. */
enum {
	VSC_INIT = 1, VSC_ERROR, VSC_READER_ADD, VSC_READER_REMOVE, VSC_ATR, VSC_CARD_REMOVE,
	VSC_APDU, VSC_FLUSH, VSC_FLUSH_COMPLETE,
	VERSION = 2, READER = 0, TRIES = 3000, TRY_MS = 20,
};

static int
join(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof(at.sun_path))
		return -1;
	memcpy(at.sun_path, path, strlen(path));
	for (int i = 0; i < TRIES; i++) {
		if (connect(fd, (const struct sockaddr *)&at, sizeof(at)) == 0)
			return fd;
		poll(NULL, 0, TRY_MS);	/* QEMU is starting */
	}
	return -1;
}

static void
tell(int fd, uint32_t type, const void *data, size_t len)
{
	const uint32_t head[3] = { htonl(type), htonl(READER), htonl((uint32_t)len) };

	(void)!send(fd, head, sizeof(head), MSG_NOSIGNAL);
	if (len > 0)
		(void)!send(fd, data, len, MSG_NOSIGNAL);
}

static void
introduce(int fd, const struct card *card)
{
	const uint32_t init[3] = { htonl(0x56534344), htonl(VERSION), 0 };	/* "VSCD" */

	tell(fd, VSC_INIT, init, sizeof(init));
	tell(fd, VSC_READER_ADD, "tamga", sizeof("tamga"));
	tell(fd, VSC_ATR, card->atr, card->atr_len);
}

static void
exchange(int fd, struct card *card, const uint8_t *apdu, size_t len)
{
	static uint8_t answer[ANSWER_MAX];
	struct pollfd p = { card->fd, POLLIN, 0 };
	long n;

	card->kind->send(card, apdu, len);
	while ((n = card->kind->receive(card, answer, sizeof(answer))) == CARD_BUSY ||
	    n == CARD_MORE_TIME)
		poll(&p, 1, TRY_MS);
	if (n > 0)
		tell(fd, VSC_APDU, answer, (size_t)n);
	else
		tell(fd, VSC_CARD_REMOVE, NULL, 0);
}

static void
serve(int fd, struct card *card)
{
	static uint8_t data[APDU_MAX];
	uint32_t head[3];

	introduce(fd, card);
	while (read_all(fd, head, sizeof(head)) && ntohl(head[2]) <= sizeof(data) &&
	    read_all(fd, data, ntohl(head[2]))) {
		if (ntohl(head[0]) == VSC_APDU)
			exchange(fd, card, data, ntohl(head[2]));
		else if (ntohl(head[0]) == VSC_FLUSH)
			tell(fd, VSC_FLUSH_COMPLETE, NULL, 0);
	}
}

int
main(int argc, char **argv)
{
	struct card *card;
	int fd;

	if (argc != 3) {
		fprintf(stderr, "usage: vsc SOCKET CARD\n");
		return 2;
	}
	card = strcmp(argv[2], "small") == 0 ? card_script_new(1) : card_socket_new(argv[2]);
	if (card == NULL || card->kind->power_on(card, 0) != 0) {
		fprintf(stderr, "vsc: no card at %s\n", argv[2]);
		return 1;
	}
	/* a QEMU that is just starting takes a connection and drops it */
	while ((fd = join(argv[1])) >= 0) {
		serve(fd, card);
		close(fd);
	}
	card->kind->free(card);
	return 0;
}
