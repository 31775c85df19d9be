/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * usage: bare SECONDS REQUEST STORE FOLDER
 *
 * What no authority can do without, in turn in one thread for so many seconds:
 * a signature with a P-256 key; the verification of REQUEST (PKCS#10, DER) by
 * libcrypto's plain calls, from its bytes on; a durable commit of one row.  And,
 * for comparison, the verification's arithmetic alone and a durable write of 4
 * KiB.  STORE is "sqlite", then the row goes into a new file in FOLDER with the
 * settings of tamga-ra, or an address of PostgreSQL's, or "none": nothing is
 * written then, and no wait lets a processor's caches grow cold.
 *
 * Prints how often, and the microseconds of each, mean by the clock and of this
 * thread's processor time:
 *	COUNT  SIGN CPU  REQUEST CPU  COMMIT CPU  ARITHMETIC CPU  WRITE CPU
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <libpq-fe.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ROW = 1024, PLAIN = 4096, REQUEST_MAX = 65536 };

static EVP_PKEY *key;
static unsigned char request[REQUEST_MAX], signature[256];
static const unsigned char bytes[PLAIN] = { 1 };
static size_t request_len, signature_len;
static sqlite3 *db;
static sqlite3_stmt *insert;
static PGconn *pg;
static int file, writes;

static void
must(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "bare: %s failed\n", what);
	exit(EXIT_FAILURE);
}

/* ---- the steps ---- */

static void
sign(void)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();

	signature_len = sizeof(signature);
	must(EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, key) == 1 &&
	    EVP_DigestSign(md, signature, &signature_len, request, request_len) == 1,
	    "a signature");
	EVP_MD_CTX_free(md);
}

static void
verify_request(void)
{
	const unsigned char *at = request;
	X509_REQ *req = d2i_X509_REQ(NULL, &at, (long)request_len);

	must(req != NULL && X509_REQ_verify(req, X509_REQ_get0_pubkey(req)) == 1,
	    "the request's verification");
	X509_REQ_free(req);
}

static void
verify_alone(void)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();

	must(EVP_DigestVerifyInit(md, NULL, EVP_sha256(), NULL, key) == 1 &&
	    EVP_DigestVerify(md, signature, signature_len, request, request_len) == 1,
	    "a verification");
	EVP_MD_CTX_free(md);
}

static void
commit(void)
{
	const char *const values[] = { (const char *)bytes };
	const int len = ROW, binary = 1;
	PGresult *r;

	if (!writes)
		return;
	if (pg == NULL) {
		must(sqlite3_step(insert) == SQLITE_DONE, "a commit");
		sqlite3_reset(insert);
		return;
	}
	r = PQexecPrepared(pg, "i", 1, values, &len, &binary, 0);
	must(PQresultStatus(r) == PGRES_COMMAND_OK, "a commit");
	PQclear(r);
}

static void
write_plainly(void)
{
	must(!writes || (write(file, bytes, PLAIN) == PLAIN && fdatasync(file) == 0), "a write");
}

static struct step {
	void (*take)(void);
	double us, cpu;
} steps[] = {
	{ sign, 0, 0 }, { verify_request, 0, 0 }, { commit, 0, 0 },
	{ verify_alone, 0, 0 }, { write_plainly, 0, 0 },
};
#define STEPS (sizeof(steps) / sizeof(*steps))

/* ---- before them ---- */

static void
read_request(const char *path)
{
	FILE *in = fopen(path, "rb");

	must(in != NULL, path);
	request_len = fread(request, 1, sizeof(request), in);
	fclose(in);
}

static void
open_sqlite(const char *folder)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/bare.db", folder);
	must(sqlite3_open(path, &db) == SQLITE_OK && sqlite3_exec(db,
	    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
	    "CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, v BLOB NOT NULL)",
	    NULL, NULL, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(db, "INSERT INTO bare (v) VALUES ($1)", -1, &insert,
	    NULL) == SQLITE_OK &&
	    sqlite3_bind_blob(insert, 1, bytes, ROW, SQLITE_STATIC) == SQLITE_OK, path);
}

static void
open_postgresql(const char *address)
{
	pg = PQconnectdb(address);
	must(PQstatus(pg) == CONNECTION_OK, address);
	PQclear(PQexec(pg, "CREATE TABLE bare (id bigserial PRIMARY KEY, v bytea)"));
	PQclear(PQprepare(pg, "i", "INSERT INTO bare (v) VALUES ($1)", 1, NULL));
}

static double
now(clockid_t of)
{
	struct timespec t;

	clock_gettime(of, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
take(struct step *s)
{
	const double us = now(CLOCK_MONOTONIC), cpu = now(CLOCK_THREAD_CPUTIME_ID);

	s->take();
	s->cpu += now(CLOCK_THREAD_CPUTIME_ID) - cpu;
	s->us += now(CLOCK_MONOTONIC) - us;
}

int
main(int argc, char **argv)
{
	char path[4096];
	double until;
	int count = 0;

	if (argc != 5)
		return 2;
	read_request(argv[2]);
	writes = strcmp(argv[3], "none") != 0;
	if (strcmp(argv[3], "sqlite") == 0)
		open_sqlite(argv[4]);
	else if (writes)
		open_postgresql(argv[3]);
	snprintf(path, sizeof(path), "%s/bare.write", argv[4]);
	file = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
	must(file >= 0, path);
	key = EVP_EC_gen("P-256");
	must(key != NULL, "a key");

	/* once before it counts: what is done at first is done once */
	for (size_t i = 0; i < STEPS; i++)
		steps[i].take();
	for (until = now(CLOCK_MONOTONIC) + atof(argv[1]) * 1e6;
	    count == 0 || now(CLOCK_MONOTONIC) < until; count++)
		for (size_t i = 0; i < STEPS; i++)
			take(&steps[i]);
	printf("%d", count);
	for (size_t i = 0; i < STEPS; i++)
		printf(" %.1f %.1f", steps[i].us / count, steps[i].cpu / count);
	printf("\n");
	if (pg != NULL)
		PQclear(PQexec(pg, "DROP TABLE bare"));
	return EXIT_SUCCESS;
}
