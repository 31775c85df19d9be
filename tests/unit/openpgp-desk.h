/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An OpenPGP backend over a scripted card: what every test of drivers/openpgp
 * needs.  Commands are written as script.h has them: header and data.
 */
#ifndef TMG_TESTS_UNIT_OPENPGP_DESK_H
#define TMG_TESTS_UNIT_OPENPGP_DESK_H

#include "tests/unit/test.h"

#include "drivers/openpgp/openpgp.h"
#include "tests/unit/probe.h"

#define SELECT "00A40400D27600012401"
/* What every script begins with: the probe. */
#define PROBE { SELECT, "9000", NULL }

/* Parts of 6E: AID of version 3.4, maker FSIJ, serial 12345678; capabilities;
 * attributes; PW status; fingerprints; key information. */
#define AID34 "4F10D2760001240103 04 F517 12345678 0000"
#define AID21 "4F10D2760001240102 01 0005 00001234 0000"
#define CAPS(flags) "C00A" flags "00 00FF 0800 00FF 0000"
#define RSA2048 "06 01 0800 0020 00"
#define P256_SIGN "09 13 2A8648CE3D030107"
#define P256_AGREE "09 12 2A8648CE3D030107"
#define ED25519 "0A 16 2B06010401DA470F01"
#define X25519 "0B 12 2B060104019755010501"
#define PW(first) "C407" first "202020 030003"
#define ZERO20 "0000000000000000000000000000000000000000"
#define FULL20 "0102030405060708090A0B0C0D0E0F1011121314"
#define NO_PRINTS "C53C" ZERO20 ZERO20 ZERO20
#define PRINTS "C53C" FULL20 FULL20 FULL20
#define KEYS(sig, dec, aut) "DE06 01" sig "02" dec "03" aut

typedef struct opgp_desk {
	tmg_ctx *ctx;
	tmg_script script;
	tmg_backend *b;
	tmg_opgp *p;
} opgp_desk;

/* Probes, and holds a turn until opgp_done(). */
void opgp_open(opgp_desk *d, const tmg_script_row *rows);
void opgp_done(opgp_desk *d);

/* The answer to GET DATA 6E of these parts, with its status word. */
const char *opgp_about(const char *aid, const char *discretionary);

/* A card of version 3.4: three keys, P-256, P-256 and P-256; PW1 for several
 * signatures; no KDF. */
#define ABOUT_P256 opgp_about(AID34, CAPS("74") "C1" P256_SIGN "C2" P256_AGREE \
	"C3" P256_SIGN PW("01") PRINTS KEYS("01", "01", "02"))

#endif
