/* SPDX-License-Identifier: BSD-2-Clause */
/* The card in the token: it takes APDUs and answers, sometimes later. */
#ifndef TESTS_USB_CARD_H
#define TESTS_USB_CARD_H

#include <stddef.h>
#include <stdint.h>

enum {
	ATR_MAX = 33,
	APDU_MAX = 65544,
	ANSWER_MAX = 65538,

	/* what came of a command, when it is no length */
	CARD_BUSY = 0,		/* not yet */
	CARD_MORE_TIME = -1,	/* not yet, and the host has to be told */
	CARD_MUTE = -2,		/* there will be none */
};

struct card {
	const struct card_kind *kind;
	int fd;			/* readable when an answer came; -1: none */
	uint8_t atr[ATR_MAX];
	size_t atr_len;
};

struct card_kind {
	/* Powers it, cold or warm, and renews the ATR.  0, or -1: it is mute. */
	int (*power_on)(struct card *card, int warm);
	void (*power_off)(struct card *card);
	void (*send)(struct card *card, const uint8_t *apdu, size_t len);
	/* A length, or one of the values above. */
	long (*receive)(struct card *card, uint8_t *answer, size_t cap);
	/* The host waits no longer for the answer. */
	void (*forget)(struct card *card);
	void (*free)(struct card *card);
};

/* tamga-vcard at PATH; NULL: it is not there. */
struct card *card_socket_new(const char *path);

/*
 * SELECT answers a PIV application's; INS EE echoes its data (or P1 P2 zeros) and 9000; ED waits P1
 * time extensions; EF never answers; anything else is 6D00.  At T=0 an answer
 * to a command with data is fetched by GET RESPONSE.
 */
struct card *card_script_new(int t0);

#endif
