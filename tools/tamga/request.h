/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a request is to ask for, from the command line.
 */
#ifndef TAMGA_CLI_REQUEST_H
#define TAMGA_CLI_REQUEST_H

#include "tools/tamga/cli.h"

#define CHALLENGE_OPTION \
	{ "challenge-file", 0, OPT_TEXT, "FILE", \
	    N_("the challenge password is its first line") }

/* Rows for the table of a command that makes a request. */
#define REQUEST_OPTIONS \
	{ "subject", 's', OPT_TEXT, "NAME", \
	    N_("whom it is for: CN=Асель Ким,O=...,C=KZ") }, \
	{ "san", 0, OPT_LIST, "NAME", \
	    N_("another name: dns:, email:, ip:, uri:, upn:, dir:, rid:, permanent-identifier:") }, \
	{ "key-usage", 0, OPT_LIST, "USAGE", N_("digitalSignature, ...") }, \
	{ "eku", 0, OPT_LIST, "USAGE", N_("clientAuth, emailProtection, an OID") }, \
	{ "policy", 0, OPT_LIST, "OID", N_("a certificate policy") }, \
	{ "template", 0, OPT_TEXT, "NAME", N_("a certificate template's name") }, \
	CHALLENGE_OPTION, \
	{ "hash", 0, OPT_TEXT, "HASH", N_("sha256, sha384, sha512") }, \
	{ "pss", 0, OPT_FLAG, NULL, N_("sign with RSASSA-PSS") }, \
	{ "attest", 0, OPT_FLAG, NULL, \
	    N_("let the token attest that the key was born on it") }

enum {
	REQUEST_CN_MAX = 64,	/* ub-common-name, RFC 5280 A.1 */
};

struct request {
	tmg_csr_spec spec;	/* borrows from the rest and from argv */
	char host[sizeof("CN=") + REQUEST_CN_MAX];
	const char **lists[4];
	uint8_t *challenge;
	bool attest;
};

TMG_MUST_USE tmg_rc
request_read(struct cli *cli, struct request *r);
/* A host is its own subject: without one, CN is the first dns: name, if there is
 * one and it fits. */
void
request_name_host(struct request *r);
/* The challenge password alone, for a request that was described before. */
TMG_MUST_USE tmg_rc
request_read_challenge(struct cli *cli, struct request *r);
/* Wipes the challenge. */
void
request_release(struct request *r);

/* The first line of a file, its end cut off; yours to wipe and free(). */
TMG_MUST_USE tmg_rc
request_line(struct cli *cli, const char *path, uint8_t **line, size_t *len);

#endif
