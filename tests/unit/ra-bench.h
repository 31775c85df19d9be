/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A whole authority in a temporary folder, with a clock that is moved, and
 * requests to hand in.
 */
#ifndef TMG_TESTS_UNIT_RA_BENCH_H
#define TMG_TESTS_UNIT_RA_BENCH_H

#include "tests/unit/ra-place.h"
#include "tests/unit/test.h"
#include "tools/ra/desk/desk.h"

#define DAY 86400
#define START 1800000000	/* 2027-01-15 08:00:00 UTC */

struct bench {
	place place;
	tmg_ctx *ctx;
	time_t now;
	ra_office office;
	ra_desk desk;
};

/* For cmocka: "auto" and "officer" are its profiles. */
int bench_set_up(void **state);
/* The same with the profiles that are shipped. */
int bench_set_up_shipped(void **state);
int bench_tear_down(void **state);

void bench_path(const struct bench *b, const char *name, char path[256]);
void bench_open(struct bench *b);
void bench_close(struct bench *b);

/* The settings in force, to be changed for a test. */
ra_config *bench_config(struct bench *b);

/* From now on the desk's commits are counted in *count, and those beyond the
 * first most are refused by the database.  count NULL: no more. */
void bench_commits(struct bench *b, unsigned *count, unsigned most);

/* As a process leaves it that ends right after the serial number was set aside:
 * app is approved, and begun. */
void bench_reserve(struct bench *b, ra_app *app, ra_cert *reserved);

struct csr {
	EVP_PKEY *key;
	uint8_t der[2048];
	size_t len;
};

void csr_release(struct csr *c);
#define auto_csr __attribute__((__cleanup__(csr_release))) struct csr

/* Signs for a common name, an RFC 4514 subject in which '=' stands, or none
 * (NULL), and san with c's key, made when there is none yet. */
void make_csr(struct csr *c, const char *subject, const char *san);

#endif
