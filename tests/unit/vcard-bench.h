/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtual card without sockets: hexadecimal in, status words out.
 */
#ifndef TEST_VCARD_BENCH_H
#define TEST_VCARD_BENCH_H

#include "tests/unit/test.h"
#include "tools/vcard/chip.h"

struct bench {
	OSSL_LIB_CTX *lib;
	vc_chip *chip;
	vc_answer *answer;
};

/* One line of a conversation: what is sent, what status word comes back. */
struct line {
	const char *apdu;
	unsigned sw;
};

void
bench_open(struct bench *b, const vc_profile *profile);
void
bench_close(struct bench *b);

/* Sends; returns the status word, the data stays in b->answer. */
unsigned
send_bytes(struct bench *b, tmg_view apdu);
unsigned
send_hex(struct bench *b, const char *hex);

/* The data of the last answer. */
tmg_view
got(const struct bench *b);
void
assert_got(const struct bench *b, const char *hex);

void
converse(struct bench *b, const struct line *lines, size_t count);
#define CONVERSE(b, lines) converse((b), (lines), sizeof(lines) / sizeof((lines)[0]))

/* The same where each answer's data counts. */
struct told {
	const char *apdu;
	unsigned sw;
	const char *data;
};
void
hear(struct bench *b, const struct told *rows, size_t count);
#define HEAR(b, rows) hear((b), (rows), sizeof(rows) / sizeof((rows)[0]))

/* The card's state file; free() it. */
uint8_t *
saved(struct bench *b, size_t *len);
/* What a fresh card says of a state file of these records, whose digest is right. */
tmg_rc
load_of(const vc_profile *profile, tmg_view records);
/* Many of them, and what becomes of each. */
struct loaded {
	tmg_view records;
	tmg_rc rc;
};
void
load_each(const vc_profile *profile, const struct loaded *rows, size_t count);
#define LOAD_EACH(profile, rows) \
	load_each((profile), (rows), sizeof(rows) / sizeof((rows)[0]))
/* b, fresh, takes the state that a has, and saves the same. */
void
assert_moves(struct bench *a, struct bench *b);

#endif
