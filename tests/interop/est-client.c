/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The EST client as a program, with a key in a file:
 *
 *	est-client cacerts|csrattrs
 *	est-client enroll CSR OUT
 *	est-client renew CSR OUT KEY CERT
 *
 * EST_URI, EST_CA or EST_FINGERPRINT, EST_USER and EST_PASSWORD say where and
 * who.  Exit: 0 done, 6 pending, 7 refused, 1 anything else.
 */
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/base/file.h"
#include "src/base/scope.h"
#include "src/pki/soft.h"
#include "tamga/enroll.h"

#define FILE_MAX 65536u

typedef struct client {
	tmg_ctx *ctx;
	tmg_authority_spec spec;
	tmg_certs *anchors, *own;
	tmg_soft *soft;
	tmg_authority *authority;
} client;

static tmg_view
read_file(const char *path)
{
	uint8_t *data = NULL;
	size_t len = 0;

	if (tmg_file_read(path, FILE_MAX, &data, &len) != TMG_OK) {
		fprintf(stderr, "est-client: cannot read %s\n", path);
		exit(2);
	}
	return (tmg_view){ data, len };
}

static tmg_certs *
read_certs(const char *path)
{
	const tmg_view pem = read_file(path);
	tmg_certs *certs = NULL;

	if (tmg_certs_new(&certs) != TMG_OK || tmg_certs_add_pem(certs, pem) != TMG_OK) {
		fprintf(stderr, "est-client: no certificate in %s\n", path);
		exit(2);
	}
	free((void *)(uintptr_t)pem.ptr);
	return certs;
}

static void
take_identity(client *c, const char *key_path, const char *cert_path)
{
	BIO *bio = BIO_new_file(key_path, "r");
	EVP_PKEY *key = bio != NULL ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;

	if (key == NULL || tmg_soft_new(c->ctx, key, &c->soft) != TMG_OK) {
		fprintf(stderr, "est-client: no key in %s\n", key_path);
		exit(2);
	}
	EVP_PKEY_free(key);
	BIO_free(bio);
	c->own = read_certs(cert_path);
	c->spec.signer = tmg_soft_signer(c->soft);
	c->spec.cert = tmg_certs_get(c->own, 0);
}

static int
told(const client *c, tmg_rc rc)
{
	if (rc != TMG_OK)
		printf("%s: %s\n", tmg_rc_name(rc), tmg_authority_fault(c->authority)->text);
	if (c->soft != NULL)
		printf("signatures %u\n", c->spec.signer->used);
	return rc == TMG_OK ? 0 : rc == TMG_PENDING ? 6 : rc == TMG_DENIED ? 7 : 1;
}

static bool
write_pem(const char *path, tmg_view der)
{
	const unsigned char *p = der.ptr;
	X509 *cert = d2i_X509(NULL, &p, (long)der.len);
	FILE *f = fopen(path, "w");
	const bool ok = cert != NULL && f != NULL && PEM_write_X509(f, cert) == 1;

	X509_free(cert);
	return f != NULL && fclose(f) == 0 && ok;
}

static int
submit(client *c, const char *csr_path, const char *out, bool renews)
{
	const tmg_view csr = read_file(csr_path);
	tmg_decision d;
	const tmg_rc rc = tmg_authority_submit(c->authority, csr, renews, &d);
	const bool written = rc != TMG_OK || write_pem(out, tmg_certs_get(d.certs, 0));

	if (rc == TMG_PENDING)
		printf("retry %ld\n", d.retry_after_s);
	tmg_certs_free(&d.certs);
	free((void *)(uintptr_t)csr.ptr);
	return written ? told(c, rc) : 1;
}

static int
cacerts(client *c)
{
	const tmg_certs *certs = NULL;
	const tmg_rc rc = tmg_authority_cacerts(c->authority, &certs);

	if (rc == TMG_OK)
		printf("certificates %zu\n", tmg_certs_count(certs));
	return told(c, rc);
}

static int
csrattrs(client *c)
{
	tmg_view wants = { NULL, 0 };
	const tmg_rc rc = tmg_authority_wants(c->authority, &wants);

	printf("bytes %zu\n", wants.len);
	return told(c, rc);
}

static int
run(client *c, int argc, char **argv)
{
	if (strcmp(argv[1], "cacerts") == 0)
		return cacerts(c);
	if (strcmp(argv[1], "csrattrs") == 0)
		return csrattrs(c);
	return argc > 3 ? submit(c, argv[2], argv[3], strcmp(argv[1], "renew") == 0) : 2;
}

int
main(int argc, char **argv)
{
	client c = { .spec = { .uri = getenv("EST_URI"),
		.fingerprint = getenv("EST_FINGERPRINT"), .user = getenv("EST_USER"),
		.password = tmg_view_str(getenv("EST_PASSWORD")) } };
	tmg_fault f = { 0 };
	int status = 2;

	if (argc < 2 || c.spec.uri == NULL || tmg_ctx_new(&c.ctx) != TMG_OK)
		return 2;
	if (getenv("EST_CA") != NULL)
		c.spec.anchors = c.anchors = read_certs(getenv("EST_CA"));
	if (argc > 5)
		take_identity(&c, argv[4], argv[5]);
	if (tmg_authority_open(c.ctx, &c.spec, &f, &c.authority) == TMG_OK)
		status = run(&c, argc, argv);
	else
		fprintf(stderr, "est-client: %s\n", f.text);
	tmg_authority_free(&c.authority);
	tmg_soft_free(&c.soft);
	tmg_certs_free(&c.own);
	tmg_certs_free(&c.anchors);
	tmg_ctx_free(&c.ctx);
	return status;
}
