/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * usage: requests FOLDER COUNT
 *
 * So many requests for certificates (PKCS#10, base64), each for a P-256 key of
 * its own, as FOLDER/0.b64 and so on; the first of them also as FOLDER/0.der.
 */
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>

static FILE *
create(const char *folder, int number, const char *kind)
{
	char path[4096];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%d.%s", folder, number, kind);
	if ((out = fopen(path, "wb")) == NULL) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	return out;
}

static int
make(X509_REQ *req, int number)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	char name[32];
	int ok;

	snprintf(name, sizeof(name), "Bench %d", number);
	ok = key != NULL && X509_NAME_add_entry_by_txt(
	    X509_REQ_get_subject_name(req), "CN", MBSTRING_UTF8,
	    (const unsigned char *)name, -1, -1, 0) == 1 &&
	    X509_REQ_set_pubkey(req, key) == 1 &&
	    X509_REQ_sign(req, key, EVP_sha256()) > 0;
	EVP_PKEY_free(key);
	return ok;
}

static int
write_base64(const X509_REQ *req, FILE *out)
{
	BIO *to = BIO_push(BIO_new(BIO_f_base64()), BIO_new_fp(out, BIO_NOCLOSE));
	const int ok = i2d_X509_REQ_bio(to, (X509_REQ *)req) == 1 && BIO_flush(to) == 1;

	BIO_free_all(to);
	return fclose(out) == 0 && ok;
}

int
main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	for (int i = 0; i < atoi(argv[2]); i++) {
		X509_REQ *req = X509_REQ_new();
		FILE *plain = i == 0 ? create(argv[1], i, "der") : NULL;
		const int ok = req != NULL && make(req, i) &&
		    (plain == NULL || i2d_X509_REQ_fp(plain, req) == 1) &&
		    write_base64(req, create(argv[1], i, "b64"));

		if (plain != NULL)
			fclose(plain);
		X509_REQ_free(req);
		if (!ok) {
			fprintf(stderr, "requests: number %d failed\n", i);
			return EXIT_FAILURE;
		}
	}
	return EXIT_SUCCESS;
}
