/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtual card with the GIDS application, bare or as it is sold.
 */
#ifndef TEST_VCARD_GIDS_H
#define TEST_VCARD_GIDS_H

#include "tests/unit/vcard-bench.h"
#include "tools/vcard/gids.h"

#define NAME "A00000039742544659"
#define SELECT_APP "00A4040009" NAME
#define PIN_OK "0020008006313233343536"
#define PIN_BAD "0020008006393939393939"
#define ADMIN "010203040506070801020304050607080102030405060708"
#define HASH "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"
#define EF(id, rules) "00E000000E620C8201398302" id "8C03" rules
#define ACTIVATE "00440000"

extern const vc_profile bench_gids_bare;

/* A card with an EC key first, or what algs says, selected. */
vc_gids *
bench_gids_sold(struct bench *b, const char *algs);

/* Both sides prove themselves; returns what the card says to the second step. */
unsigned
bench_gids_admin(struct bench *b, const char *key_hex, uint8_t pad);

/* The key that the card has there. */
EVP_PKEY *
bench_gids_pair(vc_gids *g, uint8_t ref);

#endif
