/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A desktop program over the public interface alone, for counting and timing:
 *
 *	desktop [--vcard SOCKET] list
 *	desktop [--vcard SOCKET] sign SLOT COUNT
 *	desktop [--vcard SOCKET] known SLOT COUNT FILE.der
 *	desktop [--vcard SOCKET] listed SLOT COUNT
 *	desktop [--vcard SOCKET] paced SLOT COUNT COMMAND
 *	desktop [--vcard SOCKET] generate SLOT
 *	desktop [--vcard SOCKET] install SLOT FILE.der
 *	desktop [--vcard SOCKET] born SLOT FILE.der
 *
 * known signs with a key whose certificate the program has in a file; listed
 * looks at every key first and counts from there; paced runs COMMAND
 * between two signatures; born installs the certificate of a key of which the
 * program kept the public half when it was made.
 *
 * One token must be there; its PIN is in TAMGA_TEST_PIN, what its administrator
 * knows in TAMGA_TEST_ADMIN.  The last line tells
 * how many APDUs the library says it sent.  tests/bench/run builds it as
 * anybody would, with pkg-config and the installed headers.
 */
#include <tamga/tamga.h>

#include <stdio.h>
#include <stdlib.h>

#define DIGEST_LEN 32u		/* bytes, SHA-256 */

/* What a verb works with. */
struct desk {
	tmg_ctx *ctx;
	tmg_tokens *tokens;
	tmg_token *token;
	char **operands;
};

static int
failed(const char *what, tmg_rc rc, const tmg_fault *f)
{
	fprintf(stderr, "desktop: %s: %s: %s\n", what, tmg_rc_name(rc),
	    f != NULL ? f->text : "");
	return EXIT_FAILURE;
}

static tmg_rc
give_pin(void *arg, const tmg_pin_ask *ask, tmg_out *pin)
{
	static const char *const names[TMG_PIN_KINDS] = {
		[TMG_PIN_USER] = "TAMGA_TEST_PIN",
		[TMG_PIN_PUK] = "TAMGA_TEST_PUK",
		[TMG_PIN_ADMIN] = "TAMGA_TEST_ADMIN",
	};
	const char *value = getenv(names[ask->kind]);

	(void)arg;
	if (value == NULL)
		return TMG_CANCELLED;
	tmg_put_str(pin, value);
	return tmg_out_done(pin);
}

/* ---- verbs --------------------------------------------------------------- */

static int
list(struct desk *d)
{
	size_t n;
	tmg_rc rc;

	if ((rc = tmg_token_keys(d->token, &n)) || (rc = tmg_token_certs(d->token)))
		return failed("keys", rc, tmg_token_fault(d->token));
	for (size_t i = 0; i < n; i++) {
		tmg_key *key = tmg_token_key(d->token, i);
		tmg_view der;

		rc = tmg_key_cert(key, &der);
		if (rc != TMG_OK && rc != TMG_NOT_FOUND)
			return failed("certificate", rc, tmg_token_fault(d->token));
		printf("%s %zu\n", tmg_key_slot(key)->name, der.len);
	}
	return EXIT_SUCCESS;
}

/* Every digest is another one, so every signature must be.  pause is run
 * between them, NULL nothing. */
static tmg_rc
sign_many(tmg_signer *signer, unsigned count, const char *pause)
{
	const tmg_sign_spec spec = { TMG_SIGN_ECDSA, TMG_HASH_SHA256,
	    TMG_HASH_NONE, 0 };
	uint8_t digest[DIGEST_LEN] = { 0 }, store[2][TMG_SIG_MAX];
	tmg_out before = TMG_OUT(store[1]);
	tmg_rc rc;

	for (unsigned i = 0; i < count; i++) {
		tmg_out sig = TMG_OUT(store[i % 2]);

		if (i > 0 && pause != NULL && system(pause) != 0)
			return TMG_E_IO;
		memcpy(digest, &i, sizeof(i));
		if ((rc = tmg_signer_sign(signer, &spec, TMG_VIEW(digest), &sig)))
			return rc;
		if (tmg_view_equal(tmg_out_view(&sig), tmg_out_view(&before)))
			return TMG_MISMATCH;
		before = sig;
	}
	return TMG_OK;
}

static int
sign_with(struct desk *d, tmg_key *key, const char *pause)
{
	const unsigned count = (unsigned)strtoul(d->operands[1], NULL, 10);
	tmg_signer *signer;
	tmg_rc rc;

	if ((rc = tmg_key_signer_lean(key, &signer)) ||
	    (rc = sign_many(signer, count, pause)))
		return failed("sign", rc, tmg_token_fault(d->token));
	printf("signatures %u\n", signer->used);
	return EXIT_SUCCESS;
}

static int
sign_paced(struct desk *d, const char *pause)
{
	tmg_key *key;
	tmg_rc rc;

	if ((rc = tmg_token_slot(d->token, d->operands[0], &key)))
		return failed("slot", rc, tmg_token_fault(d->token));
	return sign_with(d, key, pause);
}

static int
sign(struct desk *d)
{
	return sign_paced(d, NULL);
}

static int
paced(struct desk *d)
{
	return sign_paced(d, d->operands[2]);
}

static bool
read_der(const char *path, tmg_view *der)
{
	static uint8_t store[TMG_CERT_MAX];
	FILE *file = fopen(path, "rb");

	if (file == NULL) {
		perror(path);
		return false;
	}
	*der = (tmg_view){ store, fread(store, 1, sizeof(store), file) };
	fclose(file);
	return true;
}

static int
known(struct desk *d)
{
	tmg_view der, spki;
	tmg_key *key;
	tmg_rc rc;

	if (!read_der(d->operands[2], &der))
		return EXIT_FAILURE;
	if ((rc = tmg_cert_spki(der, &spki)) ||
	    (rc = tmg_token_slot(d->token, d->operands[0], &key)) ||
	    (rc = tmg_key_assume(key, spki)))
		return failed("key", rc, tmg_token_fault(d->token));
	return sign_with(d, key, NULL);
}

static int
listed(struct desk *d)
{
	uint64_t before;
	int status;
	size_t n;
	tmg_rc rc;

	if ((rc = tmg_token_keys(d->token, &n)))
		return failed("keys", rc, tmg_token_fault(d->token));
	for (size_t i = 0; i < n; i++) {
		tmg_key_facts facts;

		rc = tmg_key_facts_get(tmg_token_key(d->token, i), &facts);
		if (rc != TMG_OK && rc != TMG_NOT_FOUND)
			return failed("facts", rc, tmg_token_fault(d->token));
	}
	before = tmg_token_apdus(d->token);
	status = sign(d);
	printf("further %llu\n",
	    (unsigned long long)(tmg_token_apdus(d->token) - before));
	return status;
}

static int
generate(struct desk *d)
{
	uint8_t store[TMG_SPKI_MAX];
	tmg_out spki = TMG_OUT(store);
	tmg_keyspec spec = { .alg = TMG_ALG_P256 };
	tmg_key *key;
	tmg_rc rc;

	if ((rc = tmg_token_slot(d->token, d->operands[0], &key)))
		return failed("slot", rc, tmg_token_fault(d->token));
	spec.slot = tmg_key_slot(key)->ref;
	if ((rc = tmg_key_generate(d->token, &spec, &spki)))
		return failed("generate", rc, tmg_token_fault(d->token));
	printf("public %zu\n", spki.len);
	return EXIT_SUCCESS;
}

static int
install_in(struct desk *d, bool born)
{
	tmg_view der, spki;
	tmg_key *key;
	tmg_rc rc;

	if (!read_der(d->operands[1], &der))
		return EXIT_FAILURE;
	if ((rc = tmg_token_slot(d->token, d->operands[0], &key)) ||
	    (rc = tmg_cert_spki(der, &spki)) ||
	    (born && (rc = tmg_key_assume(key, spki))) ||
	    (rc = tmg_key_cert_install(key, der, true)))
		return failed("install", rc, tmg_token_fault(d->token));
	return EXIT_SUCCESS;
}

static int
install(struct desk *d)
{
	return install_in(d, false);
}

static int
born(struct desk *d)
{
	return install_in(d, true);
}

static const struct verb {
	const char *name;
	int operands;
	int (*run)(struct desk *d);
} verbs[] = {
	{ "list", 0, list },
	{ "sign", 2, sign },
	{ "known", 3, known },
	{ "listed", 2, listed },
	{ "paced", 3, paced },
	{ "generate", 1, generate },
	{ "install", 2, install },
	{ "born", 2, born },
};

/* ---- the desk ------------------------------------------------------------ */

static int
set_up(struct desk *d, const char *socket)
{
	tmg_fault why = { .rc = TMG_OK };
	tmg_hub *hub;
	tmg_rc rc;

	if ((rc = tmg_ctx_new(&d->ctx)))
		return failed("context", rc, NULL);
	tmg_ctx_set_pin(d->ctx, give_pin, NULL);
	rc = socket != NULL ? tmg_hub_vcard(d->ctx, socket, &why, &hub)
	    : tmg_hub_pcsc(d->ctx, &why, &hub);
	if (rc != TMG_OK)
		return failed("readers", rc, &why);
	if ((rc = tmg_tokens_new(d->ctx, &d->tokens))) {
		tmg_hub_free(&hub);
		return failed("tokens", rc, NULL);
	}
	if ((rc = tmg_tokens_add_hub(d->tokens, hub)) ||
	    (rc = tmg_tokens_find(d->tokens, NULL, &d->token)))
		return failed("token", rc, tmg_tokens_fault(d->tokens));
	return EXIT_SUCCESS;
}

static const struct verb *
find_verb(int argc, char **argv)
{
	for (size_t i = 0; argc > 0 && i < sizeof(verbs) / sizeof(*verbs); i++)
		if (strcmp(verbs[i].name, argv[0]) == 0 &&
		    verbs[i].operands == argc - 1)
			return &verbs[i];
	return NULL;
}

int
main(int argc, char **argv)
{
	const bool socket = argc > 2 && strcmp(argv[1], "--vcard") == 0;
	const int first = socket ? 3 : 1;
	const struct verb *verb = find_verb(argc - first, argv + first);
	struct desk d = { NULL, NULL, NULL, argv + first + 1 };
	int status;

	if (verb == NULL) {
		fputs("usage: desktop [--vcard SOCKET] list | sign SLOT COUNT | "
		    "known SLOT COUNT FILE.der | listed SLOT COUNT | "
		    "paced SLOT COUNT COMMAND | "
		    "generate SLOT | install SLOT FILE.der | born SLOT FILE.der\n",
		    stderr);
		return 2;
	}
	status = set_up(&d, socket ? argv[2] : NULL);
	if (status == EXIT_SUCCESS)
		status = verb->run(&d);
	if (d.token != NULL)
		printf("apdus %llu\n",
		    (unsigned long long)tmg_token_apdus(d.token));
	tmg_tokens_free(&d.tokens);
	tmg_ctx_free(&d.ctx);
	return status;
}
