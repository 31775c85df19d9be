/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/fake-world.h"

#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "src/base/fail.h"
#include "src/base/scope.h"

fake_world *fake;

#define must(x) do { if (!(x)) { \
	fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x); abort(); } } while (0)

/* ---- one process's handles --------------------------------------------- */

struct tmg_tokens { int dummy; };
struct tmg_token { int dummy; };
struct tmg_key {
	size_t index;
	char uri[64];
	tmg_signer signer;
	fake_slot facts, cert;		/* as it was when that was read */
	bool facts_read, cert_read;
};
struct tmg_authority {
	tmg_ctx *ctx;
	tmg_fault fault;
	char link[16];			/* of the connection that stands */
	tmg_certs *certs;
};

static struct tmg_tokens the_tokens;
static struct tmg_token the_token;
static struct tmg_key the_keys[FAKE_SLOTS];
static tmg_fault the_fault;
static bool logged_in[3];
static tmg_certs *the_anchors;

static const tmg_backend_info info_with_metadata = {
	.label = "Fake", .manufacturer = "tamga", .model = "fake", .serial = "1",
	.can = TMG_CAN_GENERATE | TMG_CAN_METADATA | TMG_CAN_POLICY |
	    TMG_CAN_ATTEST | TMG_CAN_RETIRED,
	.algs = 1u << TMG_ALG_P256 | 1u << TMG_ALG_RSA2048 | 1u << TMG_ALG_ED25519 |
	    1u << TMG_ALG_X25519,
};
static const tmg_backend_info info_slot_policy = {
	.label = "Fake", .manufacturer = "tamga", .model = "fake", .serial = "1",
	.can = TMG_CAN_GENERATE | TMG_CAN_METADATA | TMG_CAN_POLICY,
	.algs = 1u << TMG_ALG_P256, .slot_policy = true,
};
static const tmg_backend_info info_moves = {
	.label = "Fake", .manufacturer = "tamga", .model = "fake", .serial = "1",
	.can = TMG_CAN_GENERATE | TMG_CAN_METADATA | TMG_CAN_POLICY | TMG_CAN_MOVE |
	    TMG_CAN_DELETE | TMG_CAN_RETIRED,
	.algs = 1u << TMG_ALG_P256,
};
static const tmg_backend_info info_rsa = {
	.label = "Fake", .manufacturer = "tamga", .model = "fake", .serial = "1",
	.can = TMG_CAN_GENERATE | TMG_CAN_METADATA,
	.algs = 1u << TMG_ALG_RSA3072 | 1u << TMG_ALG_RSA2048,
};
static const tmg_backend_info info_by_id = {
	.label = "Fake", .manufacturer = "tamga", .model = "fake", .serial = "1",
	.can = TMG_CAN_GENERATE | TMG_CAN_METADATA | TMG_CAN_RETIRED,
	.algs = 1u << TMG_ALG_P256, .named_by_id = true,
};
static const tmg_backend_info info_without = {
	.label = "Fake", .manufacturer = "tamga", .model = "fake", .serial = "1",
	.can = TMG_CAN_GENERATE,
	.algs = 1u << TMG_ALG_P256,
};

void
fake_event(void)
{
	fake->events++;
	if (fake->events == fake->kill_at)
		raise(SIGKILL);
	if (fake->events == fake->remove_at)
		fake->present = false;
	if (fake->events == fake->meet_at)
		fake->meet();
}

void
fake_new_process(void)
{
	memset(logged_in, 0, sizeof(logged_in));
	for (size_t i = 0; i < FAKE_SLOTS; i++)
		the_keys[i] = (struct tmg_key){ .index = i };
	tmg_certs_free(&the_anchors);
}

fake_slot *
fake_slot_named(const char *name)
{
	for (size_t i = 0; i < FAKE_SLOTS; i++)
		if (strcmp(fake->slots[i].about.name, name) == 0)
			return &fake->slots[i];
	return NULL;
}

tmg_tokens *
fake_tokens(void)
{
	return &the_tokens;
}

/* ---- keys and certificates --------------------------------------------- */

static EVP_PKEY *
soft_key(const uint8_t *der, size_t len)
{
	EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &der, (long)len);

	must(key != NULL);
	return key;
}

static EVP_PKEY *
new_key(tmg_alg alg)
{
	switch (alg) {
	case TMG_ALG_RSA2048:
		return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
	case TMG_ALG_RSA3072:
		return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)3072);
	case TMG_ALG_ED25519:
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	default:
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	}
}

static size_t
put_private(EVP_PKEY *key, uint8_t *to, size_t cap)
{
	const int len = i2d_PrivateKey(key, NULL);

	must(len > 0 && (size_t)len <= cap);
	must(i2d_PrivateKey(key, &to) == len);
	return (size_t)len;
}

static void
extend(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	must(ext != NULL && X509_add_ext(x, ext, -1) == 1);
	X509_EXTENSION_free(ext);
}

static X509 *
new_cert(EVP_PKEY *subject_key, const X509_NAME *subject,
    const X509_NAME *issuer, EVP_PKEY *issuer_key, long days, bool ca)
{
	X509 *x = X509_new();

	must(x != NULL && X509_set_version(x, 2) == 1);
	ASN1_INTEGER_set(X509_get_serialNumber(x), (long)++fake->serial);
	X509_gmtime_adj(X509_getm_notBefore(x), -3600);
	X509_gmtime_adj(X509_getm_notAfter(x), days * 86400);
	must(X509_set_subject_name(x, subject) == 1);
	must(X509_set_issuer_name(x, issuer) == 1);
	must(X509_set_pubkey(x, subject_key) == 1);
	extend(x, NID_basic_constraints, ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
	if (ca)
		extend(x, NID_key_usage, "critical,keyCertSign,cRLSign");
	must(X509_sign(x, issuer_key, EVP_sha256()) > 0);
	return x;
}

/* by: the CA above, or i itself. */
static void
new_ca(size_t i, const char *cn, size_t by)
{
	EVP_PKEY *key = new_key(TMG_ALG_P256);
	EVP_PKEY *above = NULL;
	X509_NAME *name = X509_NAME_new();
	X509 *issuer = NULL;
	const uint8_t *from = fake->root[by];
	uint8_t *at = fake->root[i];
	X509 *x;

	must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
	    (const uint8_t *)cn, -1, -1, 0) == 1);
	if (by != i) {
		above = soft_key(fake->root_key[by], fake->root_key_len[by]);
		issuer = d2i_X509(NULL, &from, (long)fake->root_len[by]);
		must(above != NULL && issuer != NULL);
	}
	x = new_cert(key, name, issuer != NULL ? X509_get_subject_name(issuer) : name,
	    above != NULL ? above : key, 365, true);
	X509_free(issuer);
	EVP_PKEY_free(above);
	fake->root_key_len[i] = put_private(key, fake->root_key[i],
	    sizeof(fake->root_key[i]));
	must(i2d_X509(x, NULL) <= (int)sizeof(fake->root[i]));
	fake->root_len[i] = (size_t)i2d_X509(x, &at);
	X509_free(x);
	X509_NAME_free(name);
	EVP_PKEY_free(key);
}

const tmg_certs *
fake_anchors(void)
{
	if (the_anchors == NULL) {
		must(tmg_certs_new(&the_anchors) == TMG_OK);
		must(tmg_certs_add(the_anchors, (tmg_view){ fake->root[0],
		    fake->root_len[0] }) == TMG_OK);
	}
	return the_anchors;
}

void
fake_world_reset(void)
{
	static const tmg_slot slots[FAKE_SLOTS] = {
		{ .ref = 0x9a, .name = "9a", .title = "Authentication",
		    .uses = TMG_USE_SIGN | TMG_USE_AUTH, .pin = TMG_PIN_ONCE },
		{ .ref = 0x9c, .name = "9c", .title = "Signature",
		    .uses = TMG_USE_SIGN, .pin = TMG_PIN_ALWAYS },
		{ .ref = 0x9e, .name = "9e", .title = "Card",
		    .uses = TMG_USE_SIGN | TMG_USE_CARD_AUTH, .pin = TMG_PIN_NEVER },
		{ .ref = 0x82, .name = "82", .title = "Retired 1",
		    .uses = TMG_USE_SIGN, .pin = TMG_PIN_ONCE, .retired = true },
		{ .ref = 0x83, .name = "83", .title = "Retired 2",
		    .uses = TMG_USE_SIGN, .pin = TMG_PIN_ONCE, .retired = true },
		{ .ref = 0x84, .name = "84", .title = "Retired 3",
		    .uses = TMG_USE_SIGN, .pin = TMG_PIN_ONCE, .retired = true },
		{ .ref = 0x85, .name = "85", .title = "Retired 4",
		    .uses = TMG_USE_SIGN, .pin = TMG_PIN_ONCE, .retired = true },
	};

	if (fake == NULL)
		fake = mmap(NULL, sizeof(*fake), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(fake != MAP_FAILED);
	memset(fake, 0, sizeof(*fake));
	for (size_t i = 0; i < FAKE_SLOTS; i++)
		fake->slots[i].about = slots[i];
	fake->metadata = fake->present = fake->pin_right = true;
	new_ca(0, "Fake CA", 0);
	new_ca(1, "Other CA", 1);
	new_ca(2, "Issuing CA", 0);
	fake_new_process();
}

/* ---- the token floor --------------------------------------------------- */

static tmg_rc
card(void)
{
	fake_event();
	if (!fake->present)
		return tmg_raise(&the_fault, TMG_REMOVED, 0,
		    "the card was removed; insert it again");
	return TMG_OK;
}

tmg_rc
tmg_tokens_find(tmg_tokens *tokens, const char *name, tmg_token **token)
{
	(void)tokens;
	if (!fake->present || (name != NULL &&
	    strcmp(name, tmg_token_uri(&the_token)) != 0))
		return tmg_raise(&the_fault, TMG_NOT_FOUND, 0, "no token");
	*token = &the_token;
	return TMG_OK;
}

const tmg_fault *
tmg_tokens_fault(const tmg_tokens *tokens)
{
	(void)tokens;
	return &the_fault;
}

const tmg_fault *
tmg_token_fault(const tmg_token *token)
{
	(void)token;
	return &the_fault;
}

const char *
tmg_token_uri(tmg_token *token)
{
	(void)token;
	return "pkcs11:serial=1;token=Fake";
}

void
tmg_token_forget(tmg_token *token)
{
	(void)token;
	for (size_t i = 0; i < FAKE_SLOTS; i++)
		the_keys[i].facts_read = the_keys[i].cert_read = false;
}

const char *
tmg_token_address(tmg_token *token)
{
	return tmg_token_uri(token);
}

const tmg_backend_info *
tmg_token_info(tmg_token *token)
{
	(void)token;
	if (fake->rsa_only)
		return &info_rsa;
	if (fake->by_id)
		return &info_by_id;
	if (fake->slot_policy)
		return &info_slot_policy;
	if (fake->moves)
		return &info_moves;
	return fake->metadata ? &info_with_metadata : &info_without;
}

tmg_rc
tmg_token_login(tmg_token *token, tmg_pin_kind kind)
{
	tmg_rc rc;

	(void)token;
	if (logged_in[kind])
		return TMG_OK;
	if ((rc = card()))
		return rc;
	if (kind == TMG_PIN_USER && !fake->pin_right)
		return tmg_raise(&the_fault, TMG_PIN_WRONG, 0, "wrong PIN, 2 tries left");
	logged_in[kind] = true;
	if (kind == TMG_PIN_USER)
		fake->logins++;
	else
		fake->admin_logins++;
	return TMG_OK;
}

/* This one hides nothing. */
tmg_rc
tmg_token_reveal(tmg_token *token)
{
	(void)token;
	return TMG_OK;
}

static bool
is_listed(size_t i)
{
	return !fake->slots[i].about.retired || fake->slots[i].priv_len > 0;
}

tmg_rc
tmg_token_keys(tmg_token *token, size_t *count)
{
	(void)token;
	*count = 0;
	for (size_t i = 0; i < FAKE_SLOTS; i++)
		*count += is_listed(i);
	return TMG_OK;
}

tmg_key *
tmg_token_key(tmg_token *token, size_t index)
{
	(void)token;
	return &the_keys[index];
}

tmg_rc
tmg_token_slot(tmg_token *token, const char *name, tmg_key **key)
{
	const fake_slot *s = fake_slot_named(name);

	(void)token;
	if (s == NULL)
		return tmg_raise(&the_fault, TMG_NOT_FOUND, 0, "no slot %s", name);
	*key = &the_keys[s - fake->slots];
	return TMG_OK;
}

tmg_rc
tmg_tokens_find_key(tmg_tokens *tokens, const char *name, tmg_key **key)
{
	(void)tokens;
	if (!fake->present)
		return tmg_raise(&the_fault, TMG_NOT_FOUND, 0, "no token");
	if (strncmp(name, "fake:", 5) == 0)
		name += 5;
	return tmg_token_slot(&the_token, name, key);
}

tmg_token *
tmg_key_token(const tmg_key *key)
{
	(void)key;
	return &the_token;
}

static fake_slot *
slot_of(const tmg_key *key)
{
	return &fake->slots[key->index];
}

/* As the card tells it, or told it. */
static tmg_rc
look_at(tmg_key *key, fake_slot *memory, bool *read)
{
	tmg_rc rc;

	if (*read && fake->remembers)
		return TMG_OK;
	if ((rc = card()))
		return rc;
	*memory = *slot_of(key);
	*read = true;
	return TMG_OK;
}

static void
forget(tmg_key *key)
{
	key->facts_read = key->cert_read = false;
}

const tmg_slot *
tmg_key_slot(const tmg_key *key)
{
	return &slot_of(key)->about;
}

const char *
tmg_key_uri(tmg_key *key)
{
	struct tmg_key *own = &the_keys[key->index];

	snprintf(own->uri, sizeof(own->uri), "fake:%s", slot_of(key)->about.name);
	return own->uri;
}

tmg_rc
tmg_key_facts_get(tmg_key *key, tmg_key_facts *facts)
{
	const fake_slot *s = &key->facts;
	tmg_rc rc;

	if ((rc = look_at(key, &key->facts, &key->facts_read)))
		return rc;
	if (s->priv_len == 0 || (!fake->metadata && s->cert_len == 0))
		return TMG_NOT_FOUND;
	*facts = (tmg_key_facts){ .alg = s->alg, .pin = s->about.pin,
	    .touch = fake->touch,
	    .origin = fake->metadata ? s->origin : TMG_ORIGIN_UNKNOWN };
	return TMG_OK;
}

tmg_rc
tmg_key_public(tmg_key *key, tmg_view *spki)
{
	const fake_slot *s = &key->facts;
	tmg_key_facts facts;
	tmg_rc rc;

	if ((rc = tmg_key_facts_get(key, &facts)))
		return rc;
	if (fake->metadata)
		*spki = (tmg_view){ s->spki, s->spki_len };
	else if (tmg_cert_spki((tmg_view){ s->cert, s->cert_len }, spki) != TMG_OK)
		return TMG_NOT_FOUND;
	return TMG_OK;
}

tmg_rc
tmg_key_set_public(tmg_key *key, tmg_view spki)
{
	tmg_view known;
	const tmg_rc rc = tmg_key_public(key, &known);

	if (rc == TMG_OK && !tmg_view_equal(known, spki))
		return tmg_raise(&the_fault, TMG_MISMATCH, 0, "another key");
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

tmg_rc
tmg_key_generate(tmg_token *token, const tmg_keyspec *spec, tmg_out *spki)
{
	fake_slot *s = NULL;
	EVP_PKEY *key;
	uint8_t *at;
	tmg_rc rc;

	(void)token;
	if ((rc = card()))
		return rc;
	if (!logged_in[TMG_PIN_ADMIN])
		return tmg_raise(&the_fault, TMG_LOGIN, 0, "admin first");
	for (size_t i = 0; i < FAKE_SLOTS; i++)
		if (fake->slots[i].about.ref == spec->slot)
			s = &fake->slots[i];
	must(s != NULL);
	key = new_key(spec->alg);
	fake->overwritten += s->priv_len > 0;
	s->priv_len = put_private(key, s->priv, sizeof(s->priv));
	at = s->spki;
	s->spki_len = (size_t)i2d_PUBKEY(key, &at);
	s->alg = spec->alg;
	s->origin = TMG_ORIGIN_GENERATED;
	EVP_PKEY_free(key);
	fake->wanted_pin = spec->pin;
	fake->wanted_touch = spec->touch;
	fake->generated++;
	forget(&the_keys[s - fake->slots]);
	if ((rc = card()))		/* made, but nobody heard of it */
		return rc;
	tmg_put(spki, (tmg_view){ s->spki, s->spki_len });
	return tmg_out_done(spki);
}

tmg_rc
tmg_key_move(tmg_key *from, tmg_key *to)
{
	fake_slot *here = slot_of(from), *there = slot_of(to);
	tmg_rc rc;

	if (!fake->moves)
		return tmg_raise(&the_fault, TMG_UNSUPPORTED, 0, "keys stay where they are");
	if ((rc = card()))
		return rc;
	fake->overwritten += there->priv_len > 0;
	memcpy(there->priv, here->priv, here->priv_len);
	memcpy(there->spki, here->spki, here->spki_len);
	there->priv_len = here->priv_len;
	there->spki_len = here->spki_len;
	there->alg = here->alg;
	there->origin = here->origin;
	here->priv_len = 0;
	forget(from);
	forget(to);
	return card();
}

tmg_rc
tmg_key_delete(tmg_key *key)
{
	fake_slot *here = slot_of(key);
	tmg_rc rc;

	if ((rc = card()))
		return rc;
	if (!logged_in[TMG_PIN_ADMIN])
		return tmg_raise(&the_fault, TMG_LOGIN, 0, "admin first");
	if (here->priv_len == 0)
		return TMG_NOT_FOUND;
	here->priv_len = 0;
	fake->destroyed++;
	forget(key);
	return card();
}

tmg_rc
tmg_key_attest(tmg_key *key, tmg_out *der)
{
	(void)key;
	(void)der;
	return tmg_raise(&the_fault, TMG_UNSUPPORTED, 0, "no attestation");
}

static tmg_rc
fake_sign(tmg_signer *signer, const tmg_sign_spec *spec, tmg_view input,
    tmg_out *sig)
{
	const struct tmg_key *own = (const struct tmg_key *)
	    ((const char *)signer - offsetof(struct tmg_key, signer));
	const fake_slot *s = slot_of(own);
	uint8_t bytes[TMG_SIG_MAX];
	size_t len = sizeof(bytes);
	EVP_PKEY_CTX *op;
	EVP_MD_CTX *md;
	EVP_PKEY *key;
	tmg_rc rc;

	if ((rc = card()))
		return rc;
	if (s->about.pin == TMG_PIN_ONCE && !logged_in[TMG_PIN_USER])
		return tmg_raise(&the_fault, TMG_LOGIN, 0, "PIN first");
	fake->signatures++;
	key = soft_key(s->priv, s->priv_len);
	op = EVP_PKEY_CTX_new(key, NULL);
	md = EVP_MD_CTX_new();
	if (spec->scheme == TMG_SIGN_EDDSA) {
		must(EVP_DigestSignInit(md, NULL, NULL, NULL, key) == 1);
		must(EVP_DigestSign(md, bytes, &len, input.ptr, input.len) == 1);
	} else {
		must(EVP_PKEY_sign_init(op) == 1);
		if (spec->hash != TMG_HASH_NONE)
			must(EVP_PKEY_CTX_set_signature_md(op,
			    EVP_get_digestbyname(tmg_hash_name(spec->hash))) == 1);
		must(EVP_PKEY_sign(op, bytes, &len, input.ptr, input.len) == 1);
	}
	EVP_MD_CTX_free(md);
	EVP_PKEY_CTX_free(op);
	EVP_PKEY_free(key);
	tmg_put(sig, (tmg_view){ bytes, len });
	return tmg_out_done(sig);
}

tmg_rc
tmg_key_signer(tmg_key *key, tmg_signer **signer)
{
	static const tmg_signer_ops ops = {
		fake_sign, tmg_signer_no_decrypt, tmg_signer_no_derive
	};
	const fake_slot *s = slot_of(key);

	if (s->priv_len == 0)
		return tmg_raise(&the_fault, TMG_NOT_FOUND, 0, "no key");
	key->signer.ops = &ops;
	key->signer.fault = &the_fault;
	key->signer.alg = s->alg;
	key->signer.spki = (tmg_view){ s->spki, s->spki_len };
	*signer = &key->signer;
	return TMG_OK;
}

tmg_rc
tmg_key_cert(tmg_key *key, tmg_view *der)
{
	const fake_slot *s = &key->cert;
	tmg_rc rc;

	if ((rc = look_at(key, &key->cert, &key->cert_read)))
		return rc;
	*der = (tmg_view){ s->cert, s->cert_len };
	return s->cert_len > 0 ? TMG_OK : TMG_NOT_FOUND;
}

tmg_rc
tmg_key_cert_install(tmg_key *key, tmg_view der, bool replace)
{
	fake_slot *s = slot_of(key);
	tmg_rc rc;

	if ((rc = card()))
		return rc;
	must(der.len <= sizeof(s->cert));
	if (s->cert_len > 0 && !replace)
		return tmg_raise(&the_fault, TMG_OCCUPIED, 0, "occupied");
	memcpy(s->cert, der.ptr, der.len);
	s->cert_len = der.len;
	if (fake->garbles)
		s->cert[der.len - 1] ^= 1;
	fake->writes++;
	forget(key);
	return card();			/* written, but nobody heard of it */
}

/* This card has no place for issuers, and is not asked. */
tmg_rc
tmg_key_cert_chain(tmg_key *key, const tmg_view *ders, size_t count)
{
	(void)key, (void)ders, (void)count;
	must(false);
	return TMG_UNSUPPORTED;
}

tmg_rc
tmg_key_cert_delete(tmg_key *key)
{
	tmg_rc rc;

	if ((rc = card()))
		return rc;
	slot_of(key)->cert_len = 0;
	forget(key);
	return card();
}

/* ---- the authority ----------------------------------------------------- */

tmg_rc
tmg_authority_open(tmg_ctx *ctx, const tmg_authority_spec *spec, tmg_fault *f,
    tmg_authority **authority)
{
	if (spec->anchors == NULL && spec->fingerprint == NULL)
		return tmg_raise(f, TMG_E_USAGE, 0, "nobody is to be believed");
	*authority = calloc(1, sizeof(**authority));
	must(*authority != NULL);
	(*authority)->ctx = ctx;
	must(tmg_certs_new(&(*authority)->certs) == TMG_OK);
	return tmg_certs_add((*authority)->certs, (tmg_view){ fake->root[0],
	    fake->root_len[0] });
}

void
tmg_authority_free(tmg_authority **authority)
{
	if (authority == NULL || *authority == NULL)
		return;
	tmg_certs_free(&(*authority)->certs);
	free(*authority);
	*authority = NULL;
}

const tmg_fault *
tmg_authority_fault(const tmg_authority *authority)
{
	return &authority->fault;
}

static tmg_rc
line(tmg_authority *a)
{
	fake_event();
	if (fake->answer == FAKE_DOWN)
		return tmg_raise(&a->fault, TMG_E_IO, 0, "the authority is down");
	if (fake->answer == FAKE_DENIES)
		return tmg_raise(&a->fault, TMG_DENIED, 0, "the authority refuses");
	return TMG_OK;
}

tmg_rc
tmg_authority_cacerts(tmg_authority *a, const tmg_certs **certs)
{
	*certs = a->certs;
	if (fake->has_sub)
		must(tmg_certs_add(a->certs, (tmg_view){ fake->root[2],
		    fake->root_len[2] }) == TMG_OK);
	return line(a);
}

tmg_rc
tmg_authority_wants(tmg_authority *a, tmg_view *csrattrs)
{
	static const uint8_t challenge_password[] = {
		0x30, 0x0b, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01,
		0x09, 0x07,
	};

	static const uint8_t rsa3072[] = {
		0x30, 0x13, 0x30, 0x11, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
		0x01, 0x01, 0x01, 0x31, 0x04, 0x02, 0x02, 0x0c, 0x00,
	};

	*csrattrs = fake->wants_rsa3072 ? TMG_VIEW(rsa3072) : fake->wants_link ? TMG_VIEW(challenge_password)
	    : (tmg_view){ NULL, 0 };
	return line(a);
}

/* It is not asked what it is not told. */
bool
tmg_authority_proves(const tmg_authority_spec *spec)
{
	(void)spec;
	return false;
}

tmg_rc
tmg_authority_renew_when(tmg_authority *a, tmg_view cert, tmg_renewal *when)
{
	(void)a, (void)cert;
	when->start = when->end = 0;
	return TMG_UNSUPPORTED;
}

bool
tmg_authority_names_hosts(const tmg_authority *a)
{
	(void)a;
	return fake->hosts;
}

tmg_rc
tmg_authority_proof(tmg_authority *a, const char *ticket, tmg_view cert,
    tmg_out *text)
{
	(void)a, (void)ticket, (void)cert, (void)text;
	return TMG_UNSUPPORTED;
}

tmg_rc
tmg_authority_installed(tmg_authority *a, const char *ticket,
    tmg_view signature)
{
	(void)a, (void)ticket, (void)signature;
	return TMG_UNSUPPORTED;
}

tmg_rc
tmg_authority_request(tmg_authority *a, const tmg_csr_spec *spec,
    tmg_signer *signer, bool renews, tmg_out *request)
{
	(void)renews;
	return tmg_csr_make(a->ctx, spec, signer, request, &a->fault);
}

tmg_rc
tmg_authority_rehearse(tmg_authority *a, const tmg_csr_spec *spec,
    tmg_signer *signer, bool renews, tmg_out *request)
{
	return tmg_authority_request(a, spec, signer, renews, request);
}

tmg_rc
tmg_authority_admits(tmg_authority *a, bool renews)
{
	tmg_rc rc;

	(void)renews;
	fake->asked++;
	if ((rc = line(a)))
		return rc;
	return fake->stranger ? tmg_raise(&a->fault, TMG_DENIED, 0,
	    "the authority does not know you") : TMG_OK;
}

tmg_rc
tmg_authority_link(tmg_authority *a, tmg_out *challenge)
{
	if (a->link[0] == '\0')
		snprintf(a->link, sizeof(a->link), "link-%u", ++fake->links);
	tmg_put_str(challenge, a->link);
	return line(a);
}

/* TMG_RESET when the connection breaks first; a request of another is none. */
static tmg_rc
carry(tmg_authority *a, tmg_view csr)
{
	if (!fake->wants_link)
		return TMG_OK;
	if (fake->drops > 0) {
		fake->drops--;
		a->link[0] = '\0';
		return tmg_raise(&a->fault, TMG_RESET, 0, "the connection is gone");
	}
	return a->link[0] != '\0' && memmem(csr.ptr, csr.len, a->link,
	    strlen(a->link)) != NULL ? TMG_OK
	    : tmg_raise(&a->fault, TMG_DENIED, 0, "not linked to this connection");
}

/* The same bytes are the same application. */
static void
register_application(tmg_view csr)
{
	uint8_t md[32];

	must(EVP_Digest(csr.ptr, csr.len, md, NULL, EVP_sha256(), NULL) == 1);
	for (unsigned i = 0; i < fake->applications; i++)
		if (memcmp(fake->seen[i], md, sizeof(md)) == 0)
			return;
	must(fake->applications < FAKE_SEEN);
	memcpy(fake->seen[fake->applications++], md, sizeof(md));
}

static void
add(tmg_certs *certs, X509 *x)
{
	uint8_t *der = NULL;
	const int len = i2d_X509(x, &der);

	must(len > 0);
	must(tmg_certs_add(certs, (tmg_view){ der, (size_t)len }) == TMG_OK);
	OPENSSL_free(der);
}

static void
issue(tmg_view csr, tmg_certs *certs)
{
	const size_t root = fake->answer == FAKE_OTHER_ROOT ? 1 : fake->has_sub ? 2 : 0;
	const uint8_t *at = csr.ptr, *ca = fake->root[root];
	X509_REQ *req = d2i_X509_REQ(NULL, &at, (long)csr.len);
	X509 *issuer = d2i_X509(NULL, &ca, (long)fake->root_len[root]);
	EVP_PKEY *ca_key = soft_key(fake->root_key[root], fake->root_key_len[root]);
	EVP_PKEY *key = fake->answer == FAKE_OTHER_KEY ? new_key(TMG_ALG_P256) :
	    X509_REQ_get_pubkey(req);
	X509_NAME *other = X509_NAME_new();
	const X509_NAME *name = fake->answer == FAKE_OTHER_NAME ?
	    other : X509_REQ_get_subject_name(req);
	X509 *x;

	must(req != NULL && issuer != NULL && key != NULL);
	must(X509_REQ_verify(req, X509_REQ_get0_pubkey(req)) == 1);
	must(X509_NAME_add_entry_by_txt(other, "CN", MBSTRING_UTF8,
	    (const uint8_t *)"Another", -1, -1, 0) == 1);
	x = new_cert(key, name, X509_get_subject_name(issuer), ca_key,
	    fake->answer == FAKE_SHORTER ? 1 : 30, false);
	add(certs, x);
	X509_free(x);
	X509_free(issuer);
	X509_NAME_free(other);
	X509_REQ_free(req);
	EVP_PKEY_free(key);
	EVP_PKEY_free(ca_key);
}

static tmg_rc
decide(tmg_authority *a, tmg_view csr, tmg_decision *d)
{
	tmg_rc rc;

	if ((rc = line(a)))
		return rc;
	if (fake->stranger)
		return tmg_raise(&a->fault, TMG_DENIED, 0,
		    "the authority does not know you");
	register_application(csr);
	fake_event();			/* it has it, but we did not hear */
	if (fake->forgets)
		return tmg_raise(&a->fault, TMG_E_IO, 0, "the connection broke");
	*d = (tmg_decision){ .retry_after_s = 30, .ticket = "t1" };
	if (fake->answer == FAKE_WAITS)
		return TMG_PENDING;
	if (fake->answer == FAKE_REJECTS)
		return tmg_raise(&a->fault, TMG_DENIED, 0, "the officer says no");
	must(tmg_certs_new(&d->certs) == TMG_OK);
	if (fake->answer == FAKE_OLD_CERT)
		return tmg_certs_add(d->certs, (tmg_view){ fake->slots[0].cert,
		    fake->slots[0].cert_len });
	if (fake->answer != FAKE_NOTHING)
		issue(csr, d->certs);
	return TMG_OK;
}

tmg_rc
tmg_authority_submit(tmg_authority *a, tmg_view csr, bool renews,
    tmg_decision *d)
{
	tmg_rc rc;

	(void)renews;
	fake->posts++;
	return (rc = carry(a, csr)) ? rc : decide(a, csr, d);
}

tmg_rc
tmg_authority_poll(tmg_authority *a, tmg_view csr, bool renews,
    const char *ticket, tmg_decision *d)
{
	(void)renews;
	must(strcmp(ticket, "t1") == 0);
	fake->polls++;
	return decide(a, csr, d);
}

const char *
fake_fingerprint(void)
{
	static char hex[65];
	uint8_t md[32];

	must(EVP_Digest(fake->root[0], fake->root_len[0], md, NULL, EVP_sha256(),
	    NULL) == 1);
	for (size_t i = 0; i < sizeof(md); i++)
		snprintf(hex + 2 * i, 3, "%02x", md[i]);
	return hex;
}
