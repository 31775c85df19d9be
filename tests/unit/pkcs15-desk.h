/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A PKCS #15 backend over a scripted card.  Commands are written as script.h has
 * them: header and data.
 */
#ifndef TMG_TESTS_UNIT_PKCS15_DESK_H
#define TMG_TESTS_UNIT_PKCS15_DESK_H

#include "tests/unit/test.h"

#include "drivers/pkcs15/pkcs15.h"
#include "tests/unit/pkcs15-shapes.h"
#include "tests/unit/probe.h"

/* What every script of a card by the standards begins with: the probe. */
#define SELECT_APP "00A40400A000000063504B43532D3135"
#define PROBE { SELECT_APP, "6F04 8302 5015 9000", NULL }
/* And of an IsoApplet. */
#define SELECT_ISOAPPLET "00A40400F276A288BCFBA69D34F31001"

/* A file that says nothing of its size: one SELECT and one READ BINARY. */
#define FILE_AT(p1, path, content) \
	{ "00A4" p1 "00" path, "9000", NULL }, \
	{ "00B00000", content "9000", NULL }
#define ODF FILE_AT("02", "5031", P15_ODF)
#define INFO FILE_AT("02", "5032", P15_INFO)
#define PRIVATE FILE_AT("08", "50154400", P15_PRK_RSA P15_PRK_EC)
#define PUBLIC FILE_AT("08", "50154401", P15_PUK_EC)
#define CERTS FILE_AT("08", "50154402", P15_CERT P15_CA)
#define PINS FILE_AT("08", "50154404", P15_PIN P15_PUK P15_SO)
#define CERT45 FILE_AT("08", "50154301", "3003020101")

typedef struct p15_desk {
	tmg_ctx *ctx;
	tmg_script script;
	tmg_backend *b;
	tmg_p15 *p;
} p15_desk;

/* Probes, and holds a turn until p15_done(). */
void p15_open(p15_desk *d, const tmg_script_row *rows);
void p15_done(p15_desk *d);

/* With the PIN 1234. */
void p15_log_in(p15_desk *d);
/* How many there are. */
#define P15_DESK_SLOTS 8
size_t p15_slots(p15_desk *d, tmg_slot slots[P15_DESK_SLOTS]);

#endif
