/* SPDX-License-Identifier: BSD-2-Clause */
/* tamga-vcard's applications: doc/design/vcard-protocol.md. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/usb/card.h"

enum { POWER_OFF = 0, POWER_ON = 1, RESET = 2, ASK_ATR = 4, WAIT_MS = 10000 };

struct socket_card {
	struct card card;
	unsigned late;			/* answers that nobody waits for */
	uint8_t frame[2 + 65535];	/* one that is on its way */
	size_t len;
};

static struct socket_card *
of(struct card *card)
{
	return (struct socket_card *)card;
}

static void
put_frame(struct card *card, const uint8_t *data, size_t len)
{
	const uint8_t head[2] = { (uint8_t)(len >> 8), (uint8_t)len };

	if (send(card->fd, head, 2, MSG_NOSIGNAL) == 2)
		(void)!send(card->fd, data, len, MSG_NOSIGNAL);
}

/* A whole frame's length, CARD_BUSY, or CARD_MUTE when the card is gone. */
static long
take_frame(struct socket_card *s, int wait)
{
	struct pollfd p = { s->card.fd, POLLIN, 0 };
	size_t want;
	ssize_t n;

	for (;;) {
		want = s->len < 2 ? 2 : 2 + ((size_t)s->frame[0] << 8 | s->frame[1]);
		if (s->len >= 2 && s->len == want) {
			s->len = 0;
			return want == 2 ? CARD_MUTE : (long)want - 2;
		}
		if (poll(&p, 1, wait) == 0)
			return CARD_BUSY;
		n = read(s->card.fd, s->frame + s->len, want - s->len);
		if (n <= 0)
			return CARD_MUTE;
		s->len += (size_t)n;
	}
}

static void
skip_late(struct socket_card *s, int wait)
{
	while (s->late > 0 && take_frame(s, wait) != CARD_BUSY)
		s->late--;
}

static int
power_on(struct card *card, int warm)
{
	struct socket_card *s = of(card);
	const uint8_t word = warm ? RESET : POWER_ON, ask = ASK_ATR;
	long n;

	skip_late(s, WAIT_MS);
	put_frame(card, &word, 1);
	put_frame(card, &ask, 1);
	n = take_frame(s, WAIT_MS);
	if (n <= 0 || n > ATR_MAX)
		return -1;
	memcpy(card->atr, s->frame + 2, card->atr_len = (size_t)n);
	return 0;
}

static void
power_off(struct card *card)
{
	const uint8_t word = POWER_OFF;

	put_frame(card, &word, 1);
}

static void
send_apdu(struct card *card, const uint8_t *apdu, size_t len)
{
	put_frame(card, apdu, len);
}

static long
receive(struct card *card, uint8_t *answer, size_t cap)
{
	struct socket_card *s = of(card);
	long n;

	skip_late(s, 0);
	if (s->late > 0)
		return CARD_BUSY;
	n = take_frame(s, 0);
	if (n > 0 && (size_t)n <= cap)
		memcpy(answer, s->frame + 2, (size_t)n);
	return n;
}

static void
forget(struct card *card)
{
	of(card)->late++;
}

static void
release(struct card *card)
{
	close(card->fd);
	free(card);
}

static const struct card_kind kind = { power_on, power_off, send_apdu, receive, forget, release };

struct card *
card_socket_new(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct socket_card *s = calloc(1, sizeof(*s));

	if (s == NULL || strlen(path) >= sizeof(at.sun_path))
		abort();
	memcpy(at.sun_path, path, strlen(path));
	s->card.kind = &kind;
	s->card.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(s->card.fd, (const struct sockaddr *)&at, sizeof(at)) == 0)
		return &s->card;
	release(&s->card);
	return NULL;
}
