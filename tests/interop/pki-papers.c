/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * usage: pki-papers make FOLDER	keys, requests, certificates, messages
 *        pki-papers open FOLDER	opens FOLDER/KIND.env into KIND.plain
 *
 * What pki.sh gives to the openssl program.  Private keys are in memory; all
 * use of them goes through the provider or a signer, as with a token's.
 */
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/base/file.h"
#include "src/base/scope.h"
#include "src/pki/name.h"
#include "src/pki/scope.h"
#include "src/pki/soft.h"
#include "tamga/cms.h"
#include "tamga/csr.h"
#include "tamga/openssl.h"

#define CHECK(x) do { if (!(x)) { \
	fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x); exit(1); } } while (0)

#define SUBJECT "CN=Әлия Құрманғазықызы,serialNumber=IIN900101300123,O=ТОО Пример,C=KZ"

enum { ROOM = 65536 };

static const struct {
	const char *name;
	tmg_alg alg;
	bool cms;
} kinds[] = {
	{ "rsa2048", TMG_ALG_RSA2048, true },
	{ "rsa3072", TMG_ALG_RSA3072, true },
	{ "p256", TMG_ALG_P256, true },
	{ "p384", TMG_ALG_P384, true },
	{ "ed25519", TMG_ALG_ED25519, false },
};

static const char content[] = "Мазмұны\n";

static const char *
path(const char *folder, const char *name, const char *ending)
{
	static char text[4096];

	CHECK(snprintf(text, sizeof(text), "%s/%s%s", folder, name, ending) < (int)sizeof(text));
	return text;
}

static void
save(const char *folder, const char *name, const char *ending, tmg_view v)
{
	CHECK(tmg_file_replace(path(folder, name, ending), v, 0600) == TMG_OK);
}

static void
make_request(tmg_ctx *ctx, const char *folder, size_t i, tmg_signer *s, bool pss)
{
	static const char *const san[] = { "email:әлия@b.example", "dns:h.example",
		"upn:әлия@corp.example", "dir:CN=Әлия,C=KZ", "ip:2001:db8::1", NULL };
	static const char *const usage[] = { "digitalSignature", NULL };
	static const char *const eku[] = { "clientAuth", "smartcardLogin", NULL };
	static const char *const policies[] = { "1.2.398.3.3.2", NULL };
	static uint8_t bytes[TMG_CSR_MAX];
	const tmg_csr_spec spec = { .subject = SUBJECT, .san = san, .key_usage = usage,
		.ext_key_usage = eku, .policies = policies, .template_name = "User",
		.challenge = "s3cret", .pss = pss };
	tmg_out der = TMG_OUT(bytes);

	CHECK(tmg_csr_make(ctx, &spec, s, &der, NULL) == TMG_OK);
	save(folder, kinds[i].name, pss ? ".pss.csr" : ".csr", tmg_out_view(&der));
}

static X509 *
make_cert(tmg_ctx *ctx, tmg_soft *soft, EVP_PKEY *token, bool ed)
{
	X509 *cert = X509_new_ex(tmg_openssl_libctx(ctx), NULL);
	tmg_held(X509_NAME) name = NULL;

	CHECK(tmg_name_parse(SUBJECT, &name, NULL) == TMG_OK);
	CHECK(X509_set_version(cert, X509_VERSION_3) == 1);
	CHECK(ASN1_INTEGER_set(X509_get_serialNumber(cert), 1) == 1);
	CHECK(X509_set_subject_name(cert, name) == 1);
	CHECK(X509_set_issuer_name(cert, name) == 1);
	CHECK(X509_gmtime_adj(X509_getm_notBefore(cert), -60) != NULL);
	CHECK(X509_gmtime_adj(X509_getm_notAfter(cert), 3600) != NULL);
	CHECK(X509_set_pubkey(cert, tmg_soft_key(soft)) == 1);
	CHECK(X509_sign(cert, token, ed ? NULL : EVP_sha256()) > 0);
	return cert;
}

static void
make_messages(tmg_ctx *ctx, const char *folder, size_t i, tmg_signer *s, tmg_view cert)
{
	static uint8_t bytes[ROOM];

	for (int detached = 0; detached < 2; detached++) {
		tmg_out der = TMG_OUT(bytes);

		CHECK(tmg_cms_sign(ctx, s, cert, NULL, tmg_view_str(content), detached,
		    &der, NULL) == TMG_OK);
		save(folder, kinds[i].name, detached ? ".detached" : ".signed", tmg_out_view(&der));
	}
}

static void
make(tmg_ctx *ctx, const char *folder, size_t i)
{
	const bool rsa = tmg_alg_get(kinds[i].alg)->family == TMG_FAMILY_RSA;
	tmg_held(EVP_PKEY) token = NULL;
	tmg_held(X509) cert = NULL;
	tmg_soft *soft;
	tmg_signer *s;
	uint8_t store[4096], *p = store;
	tmg_view der = { store, 0 };
	FILE *out;

	CHECK(tmg_soft_generate(ctx, kinds[i].alg, &soft) == TMG_OK);
	s = tmg_soft_signer(soft);
	CHECK(tmg_openssl_key(ctx, s, &token) == TMG_OK);
	make_request(ctx, folder, i, s, false);
	if (rsa)
		make_request(ctx, folder, i, s, true);
	cert = make_cert(ctx, soft, token, !kinds[i].cms);
	der.len = (size_t)i2d_X509(cert, &p);
	save(folder, kinds[i].name, ".crt", der);
	if (kinds[i].cms)
		make_messages(ctx, folder, i, s, der);

	out = fopen(path(folder, kinds[i].name, ".key"), "w");
	CHECK(out != NULL && PEM_write_PrivateKey(out, tmg_soft_key(soft), NULL, NULL,
	    0, NULL, NULL) == 1);
	CHECK(fclose(out) == 0);
	tmg_soft_free(&soft);
}

static void
open_message(tmg_ctx *ctx, const char *folder, size_t i)
{
	tmg_auto_free uint8_t *cert = NULL;
	tmg_auto_free uint8_t *env = NULL;
	tmg_held(EVP_PKEY) key = NULL;
	static uint8_t bytes[ROOM];
	tmg_out plain = TMG_OUT(bytes);
	size_t cert_len, env_len;
	tmg_soft *soft;
	FILE *in;

	if (!kinds[i].cms)
		return;
	CHECK(tmg_file_read(path(folder, kinds[i].name, ".crt"), ROOM, &cert, &cert_len) == TMG_OK);
	CHECK(tmg_file_read(path(folder, kinds[i].name, ".env"), ROOM, &env, &env_len) == TMG_OK);
	in = fopen(path(folder, kinds[i].name, ".key"), "r");
	CHECK(in != NULL);
	key = PEM_read_PrivateKey_ex(in, NULL, NULL, NULL, tmg_openssl_libctx(ctx), NULL);
	fclose(in);
	CHECK(key != NULL && tmg_soft_new(ctx, key, &soft) == TMG_OK);
	CHECK(tmg_cms_decrypt(ctx, tmg_soft_signer(soft), (tmg_view){ cert, cert_len },
	    (tmg_view){ env, env_len }, &plain, NULL) == TMG_OK);
	CHECK(tmg_soft_signer(soft)->used == 1);
	save(folder, kinds[i].name, ".plain", tmg_out_view(&plain));
	tmg_soft_free(&soft);
}

int
main(int argc, char **argv)
{
	tmg_ctx *ctx;

	if (argc != 3)
		return 2;
	CHECK(tmg_ctx_new(&ctx) == TMG_OK);
	for (size_t i = 0; i < TMG_COUNT(kinds); i++) {
		if (strcmp(argv[1], "make") == 0)
			make(ctx, argv[2], i);
		else
			open_message(ctx, argv[2], i);
	}
	tmg_ctx_free(&ctx);
	return 0;
}
