/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PIV driver on a card that answers by itself.  Every signature is
 * verified, every secret compared, by libcrypto's own default context.
 *
 *	piv-driver READER all             everything, on a fresh card
 *	piv-driver READER counts          APDUs of the operations of doc/performance.md
 *	piv-driver READER generate SLOT ALG       SubjectPublicKeyInfo to stdout
 *	piv-driver READER sign SLOT ALG FILE      SHA-256 of FILE, signed
 *	piv-driver READER cert SLOT               certificate to stdout
 *	piv-driver READER install SLOT FILE       certificate from FILE
 *	piv-driver READER admin-key 9b OLD NEW    both in hexadecimal
 *	piv-driver READER derive SLOT ALG FILE    with the public key in FILE
 *	piv-driver READER protect 9b              a fresh management key, kept
 *	piv-driver READER opens 9b                with the kept one, by the PIN
 *	piv-driver READER open-anyhow 9b          or with the factory's
 *	piv-driver READER kept 9b                 the object it is kept in
 *
 * READER is a PC/SC reader's name or unix:PATH of a tamga-vcard.  PIN and PUK
 * are the fresh card's, from TAMGA_TEST_PIN and TAMGA_TEST_PUK.
 */
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/piv/piv.h"
#include "src/base/scope.h"
#include "tamga/card.h"

typedef struct desk {
	tmg_probe probe;	/* first */
	tmg_ctx *ctx;
	tmg_hub *hub;
	tmg_card *card;
	tmg_channel *ch;
	tmg_backend *b;
	const char *pin, *puk;
} desk;

static const char *doing = "starting";

static void
die(const desk *d, const char *what, int line)
{
	const tmg_fault *f = d->b != NULL ? &d->b->fault
	    : d->ch != NULL ? &d->ch->fault : NULL;

	fprintf(stderr, "piv-driver: %s: %s (line %d)\n", doing, what, line);
	if (f != NULL && f->text[0] != '\0')
		fprintf(stderr, "piv-driver: %s: %s\n", tmg_rc_name(f->rc), f->text);
	exit(1);
}

#define CHECK(x) do { if (!(x)) die(d, #x, __LINE__); } while (0)
#define OK(x) CHECK((x) == TMG_OK)
#define IS(x, rc) CHECK((x) == (rc))
#define DRV (d->b->driver)

static tmg_rc
add(tmg_probe *probe, tmg_backend *b)
{
	((desk *)probe)->b = b;
	return TMG_OK;
}

static void
connect_card(desk *d, const char *reader)
{
	static const char unix_prefix[] = "unix:";
	char name[TMG_READER_NAME + 8];
	tmg_fault f = { 0 };

	snprintf(name, sizeof(name), "%s", reader);
	if (strncmp(reader, unix_prefix, sizeof(unix_prefix) - 1) == 0) {
		reader += sizeof(unix_prefix) - 1;
		snprintf(name, sizeof(name), "vcard %s", reader);
		OK(tmg_hub_vcard(d->ctx, reader, &f, &d->hub));
	} else {
		OK(tmg_hub_pcsc(d->ctx, &f, &d->hub));
	}
	OK(tmg_card_open(d->hub, name, &d->card));
	d->ch = tmg_card_channel(d->card);
	d->probe.add = add;
	OK(d->ch->ops->begin(d->ch));
	OK(tmg_driver_piv.probe(d->ch, &d->probe));
}

static void
disconnect(desk *d)
{
	DRV->close(d->b);
	d->b = NULL;
	d->ch->ops->end(d->ch);
	tmg_card_free(&d->card);
	tmg_hub_free(&d->hub);
}

/* A cold start: another connection, another backend, nothing known. */
static void
reconnect(desk *d, const char *reader)
{
	disconnect(d);
	connect_card(d, reader);
}

static void
login(desk *d)
{
	int tries;

	OK(DRV->verify(d->b, TMG_PIN_USER, tmg_view_str(d->pin), &tries));
}

static EVP_PKEY *
public_key(desk *d, const tmg_out *spki)
{
	const unsigned char *p = spki->ptr;
	EVP_PKEY *key = d2i_PUBKEY(NULL, &p, (long)spki->len);

	CHECK(key != NULL && p == spki->ptr + spki->len);
	return key;
}

/* ---- signatures ---------------------------------------------------------- */

static const char message[] = "the key was born on the card";

static void
verify_ed(desk *d, EVP_PKEY *key, tmg_view sig)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();

	CHECK(EVP_DigestVerifyInit(md, NULL, NULL, NULL, key) == 1);
	CHECK(EVP_DigestVerify(md, sig.ptr, sig.len,
	    (const unsigned char *)message, sizeof(message)) == 1);
	EVP_MD_CTX_free(md);
}

static void
verify_hashed(desk *d, EVP_PKEY *key, const tmg_sign_spec *spec, tmg_view sig,
    const uint8_t *digest)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(key, NULL);

	CHECK(EVP_PKEY_verify_init(c) == 1);
	if (spec->scheme == TMG_SIGN_PKCS1)
		CHECK(EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PADDING) == 1);
	if (spec->scheme == TMG_SIGN_PSS) {
		CHECK(EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PSS_PADDING) == 1);
		CHECK(EVP_PKEY_CTX_set_rsa_pss_saltlen(c, 32) == 1);
	}
	CHECK(EVP_PKEY_CTX_set_signature_md(c, EVP_sha256()) == 1);
	CHECK(EVP_PKEY_verify(c, sig.ptr, sig.len, digest, 32) == 1);
	EVP_PKEY_CTX_free(c);
}

static void
sign_and_verify(desk *d, uint32_t slot, tmg_alg alg, EVP_PKEY *key,
    const tmg_sign_spec *spec)
{
	uint8_t digest[32], store[TMG_SIG_MAX];
	tmg_out sig = TMG_OUT(store);
	tmg_view input = { digest, sizeof(digest) };

	SHA256((const uint8_t *)message, sizeof(message), digest);
	if (spec->scheme == TMG_SIGN_EDDSA)
		input = (tmg_view){ (const uint8_t *)message, sizeof(message) };
	login(d);	/* the slot may want it every time */
	OK(DRV->sign(d->b, slot, alg, spec, input, &sig));
	if (spec->scheme == TMG_SIGN_EDDSA)
		verify_ed(d, key, tmg_out_view(&sig));
	else
		verify_hashed(d, key, spec, tmg_out_view(&sig), digest);
}

static void
use_rsa(desk *d, uint32_t slot, tmg_alg alg, EVP_PKEY *key)
{
	static const tmg_sign_spec specs[] = {
		{ TMG_SIGN_PKCS1, TMG_HASH_SHA256, 0, 0 },
		{ TMG_SIGN_PSS, TMG_HASH_SHA256, TMG_HASH_SHA256, 32 },
	};
	static const struct {
		tmg_decrypt_spec spec;
		int padding;
	} ways[] = {
		{ { .padding = TMG_DECRYPT_PKCS1 }, RSA_PKCS1_PADDING },
		{ { .padding = TMG_DECRYPT_OAEP, .hash = TMG_HASH_SHA1,
		    .mgf = TMG_HASH_SHA1 }, RSA_PKCS1_OAEP_PADDING },
	};
	uint8_t cipher[TMG_SIG_MAX], got[TMG_SIG_MAX];

	for (size_t i = 0; i < TMG_COUNT(specs); i++)
		sign_and_verify(d, slot, alg, key, &specs[i]);
	for (size_t i = 0; i < TMG_COUNT(ways); i++) {
		EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(key, NULL);
		tmg_out plain = TMG_OUT(got);
		size_t n = sizeof(cipher);

		CHECK(EVP_PKEY_encrypt_init(c) == 1);
		CHECK(EVP_PKEY_CTX_set_rsa_padding(c, ways[i].padding) == 1);
		CHECK(EVP_PKEY_encrypt(c, cipher, &n,
		    (const unsigned char *)message, sizeof(message)) == 1);
		login(d);
		OK(DRV->decrypt(d->b, slot, alg, &ways[i].spec,
		    (tmg_view){ cipher, n }, &plain));
		CHECK(plain.len == sizeof(message));
		CHECK(memcmp(got, message, sizeof(message)) == 0);
		EVP_PKEY_CTX_free(c);
	}
}

/* The other side of a key agreement, made here: both must get one secret. */
static void
agree(desk *d, uint32_t slot, tmg_alg alg, EVP_PKEY *key)
{
	const tmg_alg_row *row = tmg_alg_get(alg);
	EVP_PKEY *mine = row->family == TMG_FAMILY_EC
	    ? EVP_PKEY_Q_keygen(NULL, NULL, "EC", row->group)
	    : EVP_PKEY_Q_keygen(NULL, NULL, row->group);
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(mine, NULL);
	unsigned char *point = NULL;
	uint8_t want[64], store[64];
	tmg_out got = TMG_OUT(store);
	size_t len, n = sizeof(want);

	len = EVP_PKEY_get1_encoded_public_key(mine, &point);
	CHECK(len > 0);
	login(d);
	OK(DRV->derive(d->b, slot, alg, (tmg_view){ point, len }, &got));
	CHECK(EVP_PKEY_derive_init(c) == 1);
	CHECK(EVP_PKEY_derive_set_peer(c, key) == 1);
	CHECK(EVP_PKEY_derive(c, want, &n) == 1);
	CHECK(tmg_view_equal(tmg_out_view(&got), (tmg_view){ want, n }));
	OPENSSL_free(point);
	EVP_PKEY_CTX_free(c);
	EVP_PKEY_free(mine);
}

static void
use_ec(desk *d, uint32_t slot, tmg_alg alg, EVP_PKEY *key)
{
	const tmg_sign_spec spec = { TMG_SIGN_ECDSA, TMG_HASH_SHA256, 0, 0 };

	sign_and_verify(d, slot, alg, key, &spec);
	agree(d, slot, alg, key);
}

static void
use_ed(desk *d, uint32_t slot, tmg_alg alg, EVP_PKEY *key)
{
	const tmg_sign_spec spec = { .scheme = TMG_SIGN_EDDSA };

	sign_and_verify(d, slot, alg, key, &spec);
}

static void
use_none(desk *d, uint32_t slot, tmg_alg alg, EVP_PKEY *key)
{
	(void)slot;
	(void)alg;
	(void)key;
	die(d, "a key of no kind", __LINE__);
}

static void (*const use[])(desk *d, uint32_t slot, tmg_alg alg, EVP_PKEY *key) = {
	[TMG_FAMILY_NONE] = use_none,
	[TMG_FAMILY_RSA] = use_rsa,
	[TMG_FAMILY_EC] = use_ec,
	[TMG_FAMILY_ED] = use_ed,
	[TMG_FAMILY_X] = agree,
};

/* ---- a whole card -------------------------------------------------------- */

/* Keys in retired slots are not born there on a standard card. */
static const uint32_t places[] = { 0x9a, 0x9c, 0x9d, 0x9e, 0x82, 0x95 };
#define STANDARD_PLACES 4u

static void
check_facts(desk *d, uint32_t slot, tmg_alg alg, tmg_origin origin,
    const tmg_out *spki)
{
	uint8_t store[TMG_SPKI_MAX];
	tmg_out told = TMG_OUT(store);
	tmg_key_facts facts = { 0 };

	if ((d->b->info.can & TMG_CAN_METADATA) == 0) {
		IS(DRV->facts(d->b, slot, &facts, &told), TMG_UNSUPPORTED);
		return;
	}
	OK(DRV->facts(d->b, slot, &facts, &told));
	CHECK(facts.alg == alg && facts.origin == origin);
	CHECK(tmg_view_equal(tmg_out_view(&told), tmg_out_view(spki)));
}

static void
check_attestation(desk *d, uint32_t slot, EVP_PKEY *key)
{
	static uint8_t store[TMG_CERT_MAX];
	tmg_out der = TMG_OUT(store), root = TMG_OUT(store);
	const unsigned char *p = store;
	X509 *leaf, *issuer;

	if ((d->b->info.can & TMG_CAN_ATTEST) == 0) {
		IS(DRV->attest(d->b, slot, &der), TMG_UNSUPPORTED);
		return;
	}
	OK(DRV->attest(d->b, slot, &der));
	leaf = d2i_X509(NULL, &p, (long)der.len);
	CHECK(leaf != NULL && EVP_PKEY_eq(X509_get0_pubkey(leaf), key) == 1);
	OK(DRV->cert_read(d->b, 0xf9, &root));
	p = store;
	issuer = d2i_X509(NULL, &p, (long)root.len);
	CHECK(issuer != NULL);
	CHECK(X509_verify(leaf, X509_get0_pubkey(issuer)) == 1);
	X509_free(leaf);
	X509_free(issuer);
}

static void
generate_and_use(desk *d)
{
	static uint8_t store[TMG_SPKI_MAX];
	const size_t usable = (d->b->info.can & TMG_CAN_IMPORT) != 0
	    ? TMG_COUNT(places) : STANDARD_PLACES;
	size_t place = 0;

	doing = "generating";
	for (unsigned alg = 1; alg < TMG_ALG_COUNT; alg++) {
		const tmg_keyspec spec = {
			.slot = places[place++ % usable],
			.alg = (tmg_alg)alg,
		};
		tmg_out spki = TMG_OUT(store);
		EVP_PKEY *key;

		if ((d->b->info.algs & 1u << alg) == 0)
			continue;
		OK(DRV->generate(d->b, &spec, &spki));
		key = public_key(d, &spki);
		use[tmg_alg_get(spec.alg)->family](d, spec.slot, spec.alg, key);
		check_facts(d, spec.slot, spec.alg, TMG_ORIGIN_GENERATED, &spki);
		check_attestation(d, spec.slot, key);
		EVP_PKEY_free(key);
		printf("generated and used %s in %02x\n",
		    tmg_alg_get(spec.alg)->name, (unsigned)spec.slot);
	}
}

static void
import_and_use(desk *d)
{
	static const tmg_alg algs[] = {
		TMG_ALG_RSA2048, TMG_ALG_P256, TMG_ALG_P384, TMG_ALG_ED25519,
		TMG_ALG_X25519,
	};
	static uint8_t spki_store[TMG_SPKI_MAX];

	doing = "importing";
	for (size_t i = 0; i < TMG_COUNT(algs); i++) {
		const tmg_alg_row *row = tmg_alg_get(algs[i]);
		const tmg_keyspec spec = { .slot = places[i], .alg = algs[i] };
		EVP_PKEY *key = row->family == TMG_FAMILY_RSA
		    ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)row->bits)
		    : row->family == TMG_FAMILY_EC
		    ? EVP_PKEY_Q_keygen(NULL, NULL, "EC", row->group)
		    : EVP_PKEY_Q_keygen(NULL, NULL, row->group);
		PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
		unsigned char *der = NULL, *p = spki_store;
		tmg_out spki = TMG_OUT(spki_store);
		const int n = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
		const bool can = (d->b->info.can & TMG_CAN_IMPORT) != 0;

		spki.len = (size_t)i2d_PUBKEY(key, &p);
		if (can && (d->b->info.algs & 1u << algs[i]) != 0) {
			OK(DRV->import(d->b, &spec, (tmg_view){ der, (size_t)n }));
			use[row->family](d, spec.slot, spec.alg, key);
			check_facts(d, spec.slot, spec.alg, TMG_ORIGIN_IMPORTED,
			    &spki);
			printf("imported and used %s\n", row->name);
		} else if (!can) {
			IS(DRV->import(d->b, &spec, (tmg_view){ der, (size_t)n }),
			    TMG_UNSUPPORTED);
		}
		OPENSSL_free(der);
		PKCS8_PRIV_KEY_INFO_free(info);
		EVP_PKEY_free(key);
	}
}

static void
certificates(desk *d)
{
	static const size_t sizes[] = { 3, 300, 1241, 2800, 20000 };
	static uint8_t der[20000], store[TMG_CERT_MAX];

	doing = "certificates";
	for (size_t i = 0; i < TMG_COUNT(sizes); i++) {
		const uint32_t slot = places[i];
		tmg_out got = TMG_OUT(store);

		memset(der, 0x5a, sizeof(der));
		der[0] = 0x30;
		OK(DRV->cert_write(d->b, slot, (tmg_view){ der, sizes[i] }));
		OK(DRV->cert_read(d->b, slot, &got));
		CHECK(tmg_view_equal(tmg_out_view(&got),
		    (tmg_view){ der, sizes[i] }));
		OK(DRV->cert_delete(d->b, slot));
		got.len = 0;
		IS(DRV->cert_read(d->b, slot, &got), TMG_NOT_FOUND);
	}
	printf("certificates written, read, packed, deleted\n");
}

static void
key_history(desk *d)
{
	static const uint8_t der[] = { 0x30, 0x01, 0x00 };
	tmg_slot rows[32];
	size_t count, held = 0;

	doing = "key history";
	OK(DRV->slots(d->b, rows, TMG_COUNT(rows), &count));
	OK(DRV->cert_write(d->b, 0x83, TMG_VIEW(der)));
	OK(DRV->survey(d->b, rows, count));
	for (size_t i = 0; i < count; i++)
		held += rows[i].held;
	CHECK(held == 2);
	OK(DRV->cert_delete(d->b, 0x83));
	printf("key history kept\n");
}

static void
pins(desk *d)
{
	int tries;

	doing = "PINs";
	IS(DRV->verify(d->b, TMG_PIN_USER, tmg_view_str("999999"), &tries),
	    TMG_PIN_WRONG);
	CHECK(tries == 2);
	OK(DRV->tries(d->b, TMG_PIN_USER, &tries));
	CHECK(tries == 2);
	login(d);
	OK(DRV->logged_in(d->b, TMG_PIN_USER));
	OK(DRV->logout(d->b));
	OK(DRV->tries(d->b, TMG_PIN_USER, &tries));
	CHECK(tries == 3);
	OK(DRV->change(d->b, TMG_PIN_USER, tmg_view_str(d->pin),
	    tmg_view_str("87654321"), &tries));
	IS(DRV->verify(d->b, TMG_PIN_USER, tmg_view_str(d->pin), &tries),
	    TMG_PIN_WRONG);
	for (unsigned i = 0; i < 2; i++)
		DRV->verify(d->b, TMG_PIN_USER, tmg_view_str("999999"), &tries);
	IS(DRV->verify(d->b, TMG_PIN_USER, tmg_view_str("87654321"), &tries),
	    TMG_PIN_LOCKED);
	CHECK(tries == 0);
	IS(DRV->unblock(d->b, tmg_view_str("99999999"), tmg_view_str(d->pin),
	    &tries), TMG_PIN_WRONG);
	CHECK(tries == 2);
	OK(DRV->unblock(d->b, tmg_view_str(d->puk), tmg_view_str(d->pin), &tries));
	login(d);
	OK(DRV->change(d->b, TMG_PIN_PUK, tmg_view_str(d->puk),
	    tmg_view_str("87654321"), &tries));
	OK(DRV->change(d->b, TMG_PIN_PUK, tmg_view_str("87654321"),
	    tmg_view_str(d->puk), &tries));
	printf("PIN and PUK counted, changed, blocked, unblocked\n");
}

#define AES256 "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"

static void
management_key(desk *d, const char *reader)
{
	uint8_t fresh[24];
	int tries;

	doing = "management key";
	if ((d->b->info.can & TMG_CAN_IMPORT) == 0) {
		OK(DRV->admin_auto(d->b));
		IS(DRV->change(d->b, TMG_PIN_ADMIN, (tmg_view){ 0 },
		    tmg_view_str(AES256), &tries), TMG_UNSUPPORTED);
		return;
	}
	OK(DRV->admin_auto(d->b));	/* the logout forgot it */
	OK(DRV->change(d->b, TMG_PIN_ADMIN, (tmg_view){ 0 },
	    tmg_view_str(AES256), &tries));
	reconnect(d, reader);
	IS(DRV->factory(d->b, TMG_PIN_ADMIN), TMG_NOT_FOUND);
	IS(DRV->admin_auto(d->b), TMG_NOT_FOUND);
	IS(DRV->verify(d->b, TMG_PIN_ADMIN, tmg_view_str(AES256), &tries),
	    TMG_OK);
	memset(fresh, 0x37, sizeof(fresh));
	login(d);
	OK(DRV->admin_protect(d->b, TMG_VIEW(fresh)));

	reconnect(d, reader);
	IS(DRV->admin_auto(d->b), TMG_LOGIN);
	login(d);
	OK(DRV->admin_auto(d->b));
	OK(DRV->logged_in(d->b, TMG_PIN_ADMIN));
	OK(DRV->identify(d->b));
	printf("management key changed, and kept behind the PIN\n");
}

static void
moves(desk *d)
{
	const tmg_keyspec spec = { .slot = 0x9d, .alg = TMG_ALG_P256 };
	uint8_t store[TMG_SPKI_MAX];
	tmg_out spki = TMG_OUT(store);
	tmg_key_facts facts;
	EVP_PKEY *key;

	doing = "moving keys";
	if ((d->b->info.can & TMG_CAN_MOVE) == 0)
		return;
	OK(DRV->admin_auto(d->b));
	IS(DRV->key_delete(d->b, 0x84), TMG_NOT_FOUND);
	OK(DRV->generate(d->b, &spec, &spki));
	key = public_key(d, &spki);
	OK(DRV->key_move(d->b, 0x9d, 0x84));
	use_ec(d, 0x84, TMG_ALG_P256, key);
	OK(DRV->key_delete(d->b, 0x84));
	spki.len = 0;
	IS(DRV->facts(d->b, 0x84, &facts, &spki), TMG_NOT_FOUND);
	EVP_PKEY_free(key);
	printf("key moved and deleted\n");
}

static void
resets(desk *d)
{
	tmg_key_facts facts;
	uint8_t store[TMG_SPKI_MAX];
	tmg_out spki = TMG_OUT(store);
	int tries;

	doing = "resetting";
	if ((d->b->info.can & TMG_CAN_RESET) == 0) {
		IS(DRV->reset(d->b), TMG_UNSUPPORTED);
		OK(DRV->tries(d->b, TMG_PIN_USER, &tries));
		return;
	}
	OK(DRV->reset(d->b));
	OK(DRV->admin_auto(d->b));
	login(d);
	if ((d->b->info.can & TMG_CAN_METADATA) != 0)
		IS(DRV->facts(d->b, 0x9a, &facts, &spki), TMG_NOT_FOUND);
	printf("reset to the factory's state\n");
}

static void
without_login(desk *d)
{
	const tmg_keyspec spec = { .slot = 0x9a, .alg = TMG_ALG_P256 };
	const tmg_sign_spec ecdsa = { TMG_SIGN_ECDSA, TMG_HASH_SHA256, 0, 0 };
	uint8_t store[TMG_SPKI_MAX], digest[32] = { 0 };
	tmg_out out = TMG_OUT(store);

	doing = "refusing without login";
	IS(DRV->generate(d->b, &spec, &out), TMG_LOGIN);
	IS(DRV->cert_write(d->b, 0x9a, TMG_VIEW(digest)), TMG_LOGIN);
	IS(DRV->setup(d->b), TMG_LOGIN);
	OK(DRV->admin_auto(d->b));
	OK(DRV->generate(d->b, &spec, &out));
	out.len = 0;
	IS(DRV->sign(d->b, 0x9a, TMG_ALG_P256, &ecdsa, TMG_VIEW(digest), &out),
	    TMG_LOGIN);
}

static void
run_all(desk *d, const char *reader)
{
	doing = "naming";
	OK(DRV->identify(d->b));
	printf("%s, %s, serial \"%s\"\n", d->b->info.label, d->b->info.model,
	    d->b->info.serial);
	without_login(d);
	doing = "setting up";
	OK(DRV->setup(d->b));
	generate_and_use(d);
	import_and_use(d);
	certificates(d);
	key_history(d);
	pins(d);
	moves(d);
	management_key(d, reader);
	resets(d);
}

/* ---- counting ------------------------------------------------------------ */

static void
at_most(desk *d, const char *what, uint64_t since, unsigned most)
{
	const unsigned n = (unsigned)(d->ch->apdus - since);

	printf("%-34s %3u of %u\n", what, n, most);
	if (n > most)
		die(d, "too many APDUs", __LINE__);
}

/* A card without Yubico's extensions was asked which PIN it wants. */
static unsigned
asked(desk *d)
{
	return ((const tmg_piv *)d->b)->pin_chosen ? 1 : 0;
}

static void
count_signatures(desk *d, uint32_t slot, bool always, const char *what,
    unsigned most)
{
	const tmg_sign_spec ecdsa = { TMG_SIGN_ECDSA, TMG_HASH_SHA256, 0, 0 };
	uint8_t digest[32] = { 1 }, store[TMG_SIG_MAX];

	for (unsigned i = 0; i < 100; i++) {
		tmg_out sig = TMG_OUT(store);

		if (i == 0 || always)
			login(d);
		OK(DRV->sign(d->b, slot, TMG_ALG_P256, &ecdsa, TMG_VIEW(digest),
		    &sig));
	}
	at_most(d, what, 0, most + asked(d));
}

static void
count_list(desk *d)
{
	static uint8_t store[TMG_CERT_MAX];
	tmg_slot rows[32];
	size_t count;

	OK(DRV->slots(d->b, rows, TMG_COUNT(rows), &count));
	OK(DRV->survey(d->b, rows, count));
	for (size_t i = 0; i < count; i++) {
		tmg_out der = TMG_OUT(store);

		if (!rows[i].retired || rows[i].held)
			OK(DRV->cert_read(d->b, rows[i].ref, &der));
	}
	at_most(d, "list of 4 certificates", 0, d->ch->extended ? 6 : 22);
}

static void
run_counts(desk *d, const char *reader)
{
	static const uint32_t four[] = { 0x9a, 0x9c, 0x9d, 0x9e };
	const tmg_sign_spec ecdsa = { TMG_SIGN_ECDSA, TMG_HASH_SHA256, 0, 0 };
	uint8_t cert[1241], store[TMG_SPKI_MAX], digest[32] = { 0 };
	tmg_out out = TMG_OUT(store);
	tmg_key_facts facts;
	uint64_t mark;

	doing = "counting";
	memset(cert, 0x42, sizeof(cert));
	cert[0] = 0x30;
	for (size_t i = 0; i < TMG_COUNT(four); i++) {
		const tmg_keyspec spec = { .slot = four[i], .alg = TMG_ALG_P256 };

		reconnect(d, reader);
		OK(DRV->admin_auto(d->b));
		out.len = 0;
		OK(DRV->generate(d->b, &spec, &out));
		at_most(d, "key generation, cold", 0, 5);
		reconnect(d, reader);
		OK(DRV->admin_auto(d->b));
		OK(DRV->cert_write(d->b, four[i], TMG_VIEW(cert)));
		at_most(d, "1.2 KiB certificate write, cold", 0,
		    d->ch->extended ? 4 : 9);
	}
	reconnect(d, reader);
	count_list(d);

	reconnect(d, reader);
	out.len = 0;
	DRV->facts(d->b, 0x9a, &facts, &out);	/* a card may know nothing */
	mark = d->ch->apdus;
	login(d);
	out.len = 0;
	OK(DRV->sign(d->b, 0x9a, TMG_ALG_P256, &ecdsa, TMG_VIEW(digest), &out));
	at_most(d, "signature, cold, facts asked", 0, 4 + asked(d));
	at_most(d, "signature, facts known", mark, 2 + asked(d));

	reconnect(d, reader);
	count_signatures(d, 0x9a, false, "100 signatures", 102);
	reconnect(d, reader);
	count_signatures(d, 0x9c, true, "100 signatures, PIN always", 201);
}

/* ---- single steps for scripts -------------------------------------------- */

static uint8_t *
read_all(desk *d, const char *path, size_t *len)
{
	uint8_t *bytes = malloc(TMG_CERT_MAX);
	FILE *f = fopen(path, "rb");

	CHECK(bytes != NULL && f != NULL);
	*len = fread(bytes, 1, TMG_CERT_MAX, f);
	fclose(f);
	return bytes;
}

static tmg_alg
alg_of(desk *d, const char *name)
{
	tmg_alg alg;

	OK(tmg_alg_parse(name, &alg));
	return alg;
}

static void
one_generate(desk *d, uint32_t slot, char **argv)
{
	const tmg_keyspec spec = { .slot = slot, .alg = alg_of(d, argv[0]) };
	uint8_t store[TMG_SPKI_MAX];
	tmg_out out = TMG_OUT(store);

	OK(DRV->admin_auto(d->b));
	OK(DRV->generate(d->b, &spec, &out));
	fwrite(store, 1, out.len, stdout);
}

static void
one_sign(desk *d, uint32_t slot, char **argv)
{
	const tmg_alg alg = alg_of(d, argv[0]);
	const bool rsa = tmg_alg_get(alg)->family == TMG_FAMILY_RSA;
	const tmg_sign_spec spec = {
		.scheme = rsa ? TMG_SIGN_PKCS1 : TMG_SIGN_ECDSA,
		.hash = TMG_HASH_SHA256,
	};
	uint8_t digest[32], store[TMG_SIG_MAX];
	tmg_out out = TMG_OUT(store);
	size_t len;
	uint8_t *bytes = read_all(d, argv[1], &len);

	SHA256(bytes, len, digest);
	login(d);
	OK(DRV->sign(d->b, slot, alg, &spec, TMG_VIEW(digest), &out));
	fwrite(store, 1, out.len, stdout);
	free(bytes);
}

static void
one_cert(desk *d, uint32_t slot, char **argv)
{
	static uint8_t store[TMG_CERT_MAX];
	tmg_out out = TMG_OUT(store);

	(void)argv;
	OK(DRV->cert_read(d->b, slot, &out));
	fwrite(store, 1, out.len, stdout);
}

static void
one_install(desk *d, uint32_t slot, char **argv)
{
	size_t len;
	uint8_t *bytes = read_all(d, argv[0], &len);

	OK(DRV->admin_auto(d->b));
	OK(DRV->cert_write(d->b, slot, (tmg_view){ bytes, len }));
	free(bytes);
}

static void
one_admin_key(desk *d, uint32_t slot, char **argv)
{
	int tries;

	CHECK(slot == REF_ADMIN);
	OK(DRV->change(d->b, TMG_PIN_ADMIN, tmg_view_str(argv[0]),
	    tmg_view_str(argv[1]), &tries));
}

static void
one_derive(desk *d, uint32_t slot, char **argv)
{
	uint8_t store[64];
	tmg_out out = TMG_OUT(store);
	unsigned char *point = NULL;
	size_t len;
	uint8_t *bytes = read_all(d, argv[1], &len);
	EVP_PKEY *peer = public_key(d, &(tmg_out){ bytes, len, len, false });

	len = EVP_PKEY_get1_encoded_public_key(peer, &point);
	login(d);
	OK(DRV->derive(d->b, slot, alg_of(d, argv[0]), (tmg_view){ point, len },
	    &out));
	fwrite(store, 1, out.len, stdout);
	OPENSSL_free(point);
	EVP_PKEY_free(peer);
	free(bytes);
}

static void
one_protect(desk *d, uint32_t slot, char **argv)
{
	uint8_t fresh[24];

	(void)argv;
	CHECK(slot == REF_ADMIN);
	CHECK(RAND_bytes(fresh, sizeof(fresh)) == 1);
	login(d);
	OK(DRV->admin_auto(d->b));
	OK(DRV->admin_protect(d->b, TMG_VIEW(fresh)));
}

static void
one_opens(desk *d, uint32_t slot, char **argv)
{
	(void)argv;
	CHECK(slot == REF_ADMIN);
	IS(DRV->factory(d->b, TMG_PIN_ADMIN), TMG_NOT_FOUND);
	IS(DRV->admin_auto(d->b), TMG_LOGIN);
	login(d);
	OK(DRV->admin_auto(d->b));
	OK(DRV->setup(d->b));		/* the card lets itself be written to */
}

static void
one_open_anyhow(desk *d, uint32_t slot, char **argv)
{
	(void)argv;
	CHECK(slot == REF_ADMIN);
	login(d);
	OK(DRV->admin_auto(d->b));
}

static void
one_kept(desk *d, uint32_t slot, char **argv)
{
	uint8_t store[512];
	tmg_out out = TMG_OUT(store);

	(void)argv;
	CHECK(slot == REF_ADMIN);
	login(d);
	OK(DRV->data_read(d->b, OBJ_PRINTED, &out));
	fwrite(store, 1, out.len, stdout);
}

static const struct {
	const char *name;
	int args;		/* after the slot */
	void (*run)(desk *d, uint32_t slot, char **argv);
} steps[] = {
	{ "generate", 1, one_generate },
	{ "sign", 2, one_sign },
	{ "cert", 0, one_cert },
	{ "install", 1, one_install },
	{ "admin-key", 2, one_admin_key },
	{ "derive", 2, one_derive },
	{ "protect", 0, one_protect },
	{ "opens", 0, one_opens },
	{ "open-anyhow", 0, one_open_anyhow },
	{ "kept", 0, one_kept },
};

static void
run_step(desk *d, int argc, char **argv)
{
	for (size_t i = 0; i < TMG_COUNT(steps); i++) {
		if (strcmp(argv[2], steps[i].name) != 0)
			continue;
		doing = steps[i].name;
		CHECK(argc == 4 + steps[i].args);
		steps[i].run(d, (uint32_t)strtoul(argv[3], NULL, 16), argv + 4);
		return;
	}
	die(d, "no such step", __LINE__);
}

int
main(int argc, char **argv)
{
	desk store = { .pin = getenv("TAMGA_TEST_PIN"),
	    .puk = getenv("TAMGA_TEST_PUK") };
	desk *d = &store;

	if (argc < 3) {
		fprintf(stderr, "usage: piv-driver READER all|counts|STEP ...\n");
		return 2;
	}
	CHECK(d->pin != NULL && d->puk != NULL);
	OK(tmg_ctx_new(&d->ctx));
	connect_card(d, argv[1]);
	if (strcmp(argv[2], "all") == 0)
		run_all(d, argv[1]);
	else if (strcmp(argv[2], "counts") == 0)
		run_counts(d, argv[1]);
	else
		run_step(d, argc, argv);
	disconnect(d);
	tmg_ctx_free(&d->ctx);
	return 0;
}
