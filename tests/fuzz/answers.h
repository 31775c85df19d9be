/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A server made of a fuzzer's bytes: src/http/http.h and tamga/http.h, whose
 * exchanges are answered out of a script instead of by libcurl.
 *
 *	SEQUENCE OF { status u8, type u8, length u16, body }
 *
 * status and type choose from tables; a status with 0x80 is dressed first.  When
 * the script is used up nobody is there.
 */
#ifndef TESTS_FUZZ_ANSWERS_H
#define TESTS_FUZZ_ANSWERS_H

#include "src/pki/soft.h"

/* What makes an answer of a body, so that it fits the request it answers. */
typedef void answers_dress(tmg_view request, tmg_view body, tmg_out *answer);

/* script is borrowed until the next call; dress NULL: as it is. */
void
answers_begin(tmg_view script, answers_dress *dress);

/* Whom clients believe, PEM; its key was made for this and thrown away. */
extern const char answers_ca[];

/* A key that it has certified, in the corpora. */
tmg_soft *
answers_key(tmg_ctx *ctx);

#endif
