/* SPDX-License-Identifier: BSD-2-Clause */
/* The small card for faults. */
#include <stdlib.h>
#include <string.h>

#include "tests/usb/card.h"

enum { INS_SELECT = 0xa4, INS_GET_RESPONSE = 0xc0, INS_ECHO = 0xee, INS_LATE = 0xed,
	INS_NEVER = 0xef };

struct script_card {
	struct card card;
	int t0;
	unsigned late;			/* time extensions to come */
	int never;
	uint8_t answer[ANSWER_MAX];
	size_t len;
	uint8_t kept[ANSWER_MAX];	/* T=0: for GET RESPONSE */
	size_t kept_len;
};

static const uint8_t piv[] = {
	0x61, 0x11, 0x4f, 0x06, 0x00, 0x00, 0x10, 0x00, 0x01, 0x00,
	0x79, 0x07, 0x4f, 0x05, 0xa0, 0x00, 0x00, 0x03, 0x08,
};
static const uint8_t atr_t1[] = {	/* T=1, IFSC 254, TA1 = 11 */
	0x3b, 0xf5, 0x11, 0x00, 0x00, 0x81, 0x31, 0xfe, 0x45, 't', 'a', 'm', 'g', 'a', 0,
};
static const uint8_t atr_t0[] = { 0x3b, 0x15, 0x11, 't', 'a', 'm', 'g', 'a' };

static struct script_card *
of(struct card *card)
{
	return (struct script_card *)card;
}

static int
power_on(struct card *card, int warm)
{
	struct script_card *s = of(card);
	uint8_t check = 0;

	(void)warm;
	s->len = s->kept_len = s->late = 0;
	s->never = 0;
	if (s->t0) {
		memcpy(card->atr, atr_t0, card->atr_len = sizeof(atr_t0));
		return 0;
	}
	memcpy(card->atr, atr_t1, card->atr_len = sizeof(atr_t1));
	for (size_t i = 1; i < card->atr_len - 1; i++)
		check ^= card->atr[i];
	card->atr[card->atr_len - 1] = check;
	return 0;
}

static void
power_off(struct card *card)
{
	(void)card;
}

static void
say(struct script_card *s, const uint8_t *data, size_t len, unsigned sw)
{
	if (len > 0)
		memmove(s->answer, data, len);
	s->answer[len] = (uint8_t)(sw >> 8);
	s->answer[len + 1] = (uint8_t)sw;
	s->len = len + 2;
}

/* ISO/IEC 7816-3 12.2: what a command with data answers is fetched. */
static void
say_data(struct script_card *s, const uint8_t *data, size_t len, int case4)
{
	if (!s->t0 || !case4 || len == 0) {
		say(s, data, len, 0x9000);
		return;
	}
	memmove(s->kept, data, len);
	s->kept_len = len;
	say(s, NULL, 0, 0x6100 | (len > 255 ? 0 : (unsigned)len));
}

static void
get_response(struct script_card *s, unsigned le)
{
	size_t n = le == 0 ? 256 : le;
	size_t left;

	if (n > s->kept_len)
		n = s->kept_len;
	left = s->kept_len - n;
	say(s, s->kept, n, left == 0 ? 0x9000 : 0x6100 | (left > 255 ? 0 : (unsigned)left));
	memmove(s->kept, s->kept + n, left);
	s->kept_len = left;
}

/* The data of a command, short or extended. */
static size_t
data_of(const uint8_t *apdu, size_t len, const uint8_t **data)
{
	size_t lc;

	*data = apdu;
	if (len <= 5 || (apdu[4] == 0 && len == 7))
		return 0;
	lc = apdu[4] != 0 ? apdu[4] : (size_t)apdu[5] << 8 | apdu[6];
	*data = apdu + (apdu[4] != 0 ? 5 : 7);
	return lc <= len - (size_t)(*data - apdu) ? lc : 0;
}

static void
send_apdu(struct card *card, const uint8_t *apdu, size_t len)
{
	static const uint8_t zeros[ANSWER_MAX];
	struct script_card *s = of(card);
	const uint8_t *data;
	const size_t lc = data_of(apdu, len, &data);

	s->never = apdu[1] == INS_NEVER;
	s->late = apdu[1] == INS_LATE ? apdu[2] : 0;
	if (apdu[1] == INS_SELECT)
		say_data(s, piv, sizeof(piv), 1);
	else if (apdu[1] == INS_GET_RESPONSE)
		get_response(s, len > 4 ? apdu[4] : 0);
	else if (apdu[1] == INS_ECHO && lc == 0)
		say_data(s, zeros, (size_t)apdu[2] << 8 | apdu[3], 0);
	else if (apdu[1] == INS_ECHO)
		say_data(s, data, lc, 1);
	else
		say(s, NULL, 0, apdu[1] == INS_LATE ? 0x9000 : 0x6d00);
}

static long
receive(struct card *card, uint8_t *answer, size_t cap)
{
	struct script_card *s = of(card);

	if (s->never)
		return CARD_BUSY;
	if (s->late > 0) {
		s->late--;
		return CARD_MORE_TIME;
	}
	if (s->len == 0 || s->len > cap)
		return CARD_MUTE;
	memcpy(answer, s->answer, s->len);
	return (long)s->len;
}

static void
forget(struct card *card)
{
	of(card)->never = 0;
	of(card)->len = 0;
}

static void
release(struct card *card)
{
	free(card);
}

static const struct card_kind kind = { power_on, power_off, send_apdu, receive, forget, release };

struct card *
card_script_new(int t0)
{
	struct script_card *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->card.kind = &kind;
	s->card.fd = -1;
	s->t0 = t0;
	return &s->card;
}
