/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A CMP authority over libcrypto's server, which issues what is asked for and
 * misbehaves on demand:
 *
 *	cmp-server FOLDER SECRET [PORT]
 *
 * FOLDER holds ca.pem and ca.key.  It listens on that loopback port, else on a
 * free one, prints it, and serves until it is killed; the first word of the path says how
 * (rows[] below).  FOLDER/log gets a line for each message it heard and each
 * certificate it made: the same request gets the same certificate again.
 */
#include <arpa/inet.h>
#include <openssl/cmp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "src/base/scope.h"
#include "src/codec/tlv.h"
#include "src/pki/cmp-message.h"
#include "src/pki/form.h"

#define CHECK(x) do { if (!(x)) { \
	fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x); exit(1); } } while (0)

enum { ROOM = 1 << 20, SERVED = 64 };

/* How one path is served. */
typedef struct how {
	const char *path;
	int polls;		/* before it decides; -1: it says "waiting" for ever */
	int64_t after;		/* checkAfter */
	int status;		/* PKIStatus of the certificate */
	bool implicit;
	/* what is wrong */
	bool other_key, other_name, other_root;
	bool open;		/* unprotected */
	bool bad_mac, other_transaction, again, pbmac1;
	bool echo;		/* gives the message back that it got */
	const char *digest;	/* of what signer signs; NULL: SHA-256 */
	const char *signer;	/* FOLDER/NAME.pem signs, whatever protects requests */
	int http;		/* status; 0: 200 */
	const char *headers;	/* of the answer, in place of its media type */
	const char *body;	/* in place of the message */
	size_t cut, huge;	/* bytes taken away, or put there instead */
	bool hang_up;
	bool genm;		/* answers general messages */
	time_t clock;		/* seconds that its clock is ahead */
	bool no_extensions;	/* issues without what was asked for */
	bool vouched;		/* believes who asks that the key is there */
	long confirm_s;		/* that it waits for certConf; < 0: it is too late */
} how;

#define TYPE "Content-Type: application/pkixcmp\r\n"

static const how rows[] = {
	{ .path = "good", .implicit = true, .genm = true },
	{ .path = "explicit" },
	{ .path = "vouched", .implicit = true, .vouched = true },
	{ .path = "wait", .polls = 3, .after = 7, .implicit = true },
	{ .path = "quick", .polls = 2, .after = 0 },
	{ .path = "wait-explicit", .polls = 2, .after = 1 },
	{ .path = "year", .polls = 3, .after = 2000000000 },
	{ .path = "never", .polls = 3, .after = 1ll << 40 },
	{ .path = "minus", .polls = 3, .after = -5 },
	{ .path = "circle", .polls = -1 },
	{ .path = "mods", .status = OSSL_CMP_PKISTATUS_grantedWithMods,
	    .other_name = true, .implicit = true },
	{ .path = "fewer", .status = OSSL_CMP_PKISTATUS_grantedWithMods,
	    .no_extensions = true, .implicit = true },
	{ .path = "silent", .no_extensions = true, .implicit = true },
	{ .path = "hurry", .confirm_s = 600 },
	{ .path = "overdue", .confirm_s = -60 },
	{ .path = "late", .clock = -3 * 3600, .implicit = true },
	{ .path = "ahead", .clock = 3 * 86400, .implicit = true },
	{ .path = "badtime", .clock = 7200, .status = OSSL_CMP_PKISTATUS_rejection },
	{ .path = "otherkey", .other_key = true },
	{ .path = "otherroot", .other_root = true },
	{ .path = "open", .open = true, .implicit = true },
	{ .path = "openwait", .open = true, .polls = 3 },
	{ .path = "badmac", .bad_mac = true, .implicit = true },
	{ .path = "othermac", .pbmac1 = true, .implicit = true },
	{ .path = "transaction", .other_transaction = true, .implicit = true },
	{ .path = "again", .again = true, .polls = 5, .after = 1 },
	{ .path = "signed", .signer = "ca", .implicit = true, .genm = true },
	{ .path = "ra", .signer = "ra", .implicit = true },
	{ .path = "subscriber", .signer = "subscriber", .implicit = true },
	{ .path = "foreign", .signer = "foreign", .implicit = true },
	{ .path = "sha-one", .signer = "ca", .digest = "SHA1", .implicit = true },
	{ .path = "md-five", .signer = "ca", .digest = "MD5", .implicit = true },
	{ .path = "echo", .echo = true },
	{ .path = "empty", .body = "" },
	{ .path = "garbage", .body = "\x30\x05\x30\x03\x02\x01\x02" },
	{ .path = "html", .headers = "Content-Type: text/html\r\n", .body = "<html>" },
	{ .path = "type", .headers = "Content-Type: text/plain\r\n", .body = "hello" },
	{ .path = "cut", .cut = 20, .implicit = true },
	{ .path = "huge", .huge = 3u << 20 },
	{ .path = "close", .hang_up = true },
	{ .path = "redirect", .http = 302,
	    .headers = "Location: http://elsewhere.test/cmp\r\n", .body = "" },
	{ .path = "login", .http = 401,
	    .headers = "WWW-Authenticate: Basic realm=\"x\"\r\n", .body = "" },
	{ .path = "busy", .http = 503, .headers = "Retry-After: 99999999999\r\n",
	    .body = "" },
	{ .path = "nowhere", .http = 404, .headers = "", .body = "" },
	{ .path = "status", .http = 500, .implicit = true },
};

/* ---- the authority ------------------------------------------------------- */

static const char *folder, *secret;
static FILE *journal;
static X509 *ca;
static EVP_PKEY *ca_key;

/* What was asked and what was given for it. */
static struct { uint8_t hash[32]; X509 *cert; } given[SERVED];
static size_t given_count;

/* One path's state. */
typedef struct desk {
	const how *how;
	OSSL_CMP_SRV_CTX *srv;
	OSSL_CMP_MSG *waiting;
	int polled;
	bool general;		/* asked a general message: nothing is spoiled */
	uint8_t last[ROOM];	/* answer */
	size_t last_len;
} desk;

static desk *desks[TMG_COUNT(rows)];
static time_t ahead;		/* seconds, of the clock that libcrypto looks at */

/* In place of the C library's. */
__attribute__((__visibility__("default"))) time_t
time(time_t *to)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (to != NULL)
		*to = now.tv_sec + ahead;
	return now.tv_sec + ahead;
}

static tmg_view heard;		/* the message being served */

static void *
read_pem(const char *name, const char *ending, bool key)
{
	char path[4096];
	void *made;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s%s", folder, name, ending);
	f = fopen(path, "r");
	CHECK(f != NULL);
	made = key ? (void *)PEM_read_PrivateKey(f, NULL, NULL, NULL)
	    : (void *)PEM_read_X509(f, NULL, NULL, NULL);
	CHECK(made != NULL);
	fclose(f);
	return made;
}

static EVP_PKEY *
asked_key(tmg_view der)
{
	uint8_t store[2048];
	tmg_out spki = TMG_OUT(store);
	const uint8_t *p = store;
	tmg_form form;

	CHECK(tmg_form_read(der, &form) == TMG_OK);
	tmg_tlv_put(&spki, 0x30, form.key);
	return d2i_PUBKEY(NULL, &p, (long)spki.len);
}

static X509_NAME *
asked_name(tmg_view der)
{
	tmg_form form;
	const uint8_t *p;

	CHECK(tmg_form_read(der, &form) == TMG_OK);
	p = form.subject.ptr;
	return d2i_X509_NAME(NULL, &p, (long)form.subject.len);
}

static void
add_extensions(X509 *cert, const STACK_OF(X509_EXTENSION) *list)
{
	for (int i = 0; i < sk_X509_EXTENSION_num(list); i++)
		CHECK(X509_add_ext(cert, sk_X509_EXTENSION_value(list, i), -1) == 1);
}

static X509 *
issue(const how *h, const OSSL_CRMF_MSG *crm, const X509_REQ *p10)
{
	X509 *cert = X509_new();
	EVP_PKEY *key = h->other_key ? EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256")
	    : asked_key(heard);
	EVP_PKEY *root = h->other_root ? read_pem("foreign", ".key", true) : ca_key;
	X509_NAME *name = asked_name(heard);
	uint64_t serial;

	CHECK(RAND_bytes((uint8_t *)&serial, sizeof(serial)) == 1);
	if (h->other_name)
		CHECK(X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8,
		    (const uint8_t *)"Mods", -1, -1, 0) == 1);
	CHECK(X509_set_version(cert, X509_VERSION_3) == 1 &&
	    ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), serial >> 1) == 1 &&
	    X509_set_subject_name(cert, name) == 1 &&
	    X509_set_issuer_name(cert, X509_get_subject_name(ca)) == 1 &&
	    X509_gmtime_adj(X509_getm_notBefore(cert), -60) != NULL &&
	    X509_gmtime_adj(X509_getm_notAfter(cert), 86400 * 30) != NULL &&
	    X509_set_pubkey(cert, key) == 1);
	if (!h->no_extensions)
		add_extensions(cert, crm != NULL ? OSSL_CRMF_CERTTEMPLATE_get0_extensions(
		    OSSL_CRMF_MSG_get0_tmpl(crm)) : X509_REQ_get_extensions(
		    (X509_REQ *)(uintptr_t)p10));
	CHECK(X509_sign(cert, root, EVP_sha256()) > 0);
	EVP_PKEY_free(key);
	X509_NAME_free(name);
	fprintf(journal, "issued\n");
	return cert;
}

/* The same bytes are the same application. */
static X509 *
issue_once(const how *h, const OSSL_CRMF_MSG *crm, const X509_REQ *p10)
{
	uint8_t hash[32];

	CHECK(EVP_Digest(heard.ptr, heard.len, hash, NULL, EVP_sha256(), NULL) == 1);
	for (size_t i = 0; i < given_count; i++)
		if (memcmp(given[i % SERVED].hash, hash, sizeof(hash)) == 0)
			return X509_dup(given[i % SERVED].cert);
	memcpy(given[given_count % SERVED].hash, hash, sizeof(hash));
	given[given_count % SERVED].cert = issue(h, crm, p10);
	return X509_dup(given[given_count++ % SERVED].cert);
}

static OSSL_CMP_PKISI *
on_request(OSSL_CMP_SRV_CTX *srv, const OSSL_CMP_MSG *req, int id,
    const OSSL_CRMF_MSG *crm, const X509_REQ *p10, X509 **cert,
    STACK_OF(X509) **chain, STACK_OF(X509) **pubs)
{
	desk *d = OSSL_CMP_SRV_CTX_get0_custom_ctx(srv);
	static uint8_t asked[ROOM];
	static size_t asked_len;

	(void)id, (void)chain;
	if (OSSL_CMP_MSG_get_bodytype(req) != TMG_CMP_POLLREQ && d->waiting == NULL) {
		memcpy(asked, heard.ptr, heard.len);
		asked_len = heard.len;
	}
	if (d->how->polls < 0 || (d->polled < d->how->polls && d->waiting == NULL)) {
		if (d->waiting == NULL)
			d->waiting = OSSL_CMP_MSG_dup(req);
		d->polled = 0;
		return OSSL_CMP_STATUSINFO_new(OSSL_CMP_PKISTATUS_waiting, 0, NULL);
	}
	heard = (tmg_view){ asked, asked_len };
	if (d->how->status == OSSL_CMP_PKISTATUS_rejection)
		return OSSL_CMP_STATUSINFO_new(d->how->status,
		    1 << OSSL_CMP_PKIFAILUREINFO_badTime, NULL);
	*cert = issue_once(d->how, crm, p10);
	*pubs = sk_X509_new_null();
	CHECK(X509_add_cert(*pubs, ca, X509_ADD_FLAG_UP_REF) == 1);
	return OSSL_CMP_STATUSINFO_new(d->how->status, 0, NULL);
}

static int
on_poll(OSSL_CMP_SRV_CTX *srv, const OSSL_CMP_MSG *req, int id,
    OSSL_CMP_MSG **answered, int64_t *after)
{
	desk *d = OSSL_CMP_SRV_CTX_get0_custom_ctx(srv);

	(void)req, (void)id;
	*answered = NULL;
	*after = d->how->after;
	if (d->how->polls >= 0 && ++d->polled < d->how->polls)
		return 1;
	*answered = OSSL_CMP_MSG_dup(d->waiting);
	return *answered != NULL;
}

static int
on_confirm(OSSL_CMP_SRV_CTX *srv, const OSSL_CMP_MSG *req, int id,
    const ASN1_OCTET_STRING *hash, const OSSL_CMP_PKISI *status)
{
	const desk *d = OSSL_CMP_SRV_CTX_get0_custom_ctx(srv);

	(void)req, (void)id, (void)hash, (void)status;
	return d->how->confirm_s >= 0;
}

/* confirmWaitTime, RFC 9810 5.1.1.2, in every message.  libcrypto knows the type, so
 * what it calls an ASN1_TYPE is the value itself. */
static void
set_confirm_wait(OSSL_CMP_CTX *ctx, long wait_s)
{
	void *by = ASN1_GENERALIZEDTIME_set(NULL, time(NULL) + wait_s);

	CHECK(by != NULL && OSSL_CMP_CTX_push0_geninfo_ITAV(ctx,
	    OSSL_CMP_ITAV_create(OBJ_txt2obj("1.3.6.1.5.5.7.4.14", 1), by)) == 1);
}

static OSSL_CMP_PKISI *
on_revocation(OSSL_CMP_SRV_CTX *srv, const OSSL_CMP_MSG *req,
    const X509_NAME *issuer, const ASN1_INTEGER *serial)
{
	BIGNUM *n = ASN1_INTEGER_to_BN(serial, NULL);
	char *hex = BN_bn2hex(n);

	(void)srv, (void)req, (void)issuer;
	fprintf(journal, "revoked %s\n", hex + (hex[0] == '0'));
	OPENSSL_free(hex);
	BN_free(n);
	return OSSL_CMP_STATUSINFO_new(OSSL_CMP_PKISTATUS_accepted, 0, NULL);
}

static void
on_error(OSSL_CMP_SRV_CTX *srv, const OSSL_CMP_MSG *req, const OSSL_CMP_PKISI *si,
    const ASN1_INTEGER *code, const OSSL_CMP_PKIFREETEXT *details)
{
	(void)srv, (void)req, (void)si, (void)code, (void)details;
}

/* FOLDER/OID.der is the value that answers such a question. */
static OSSL_CMP_ITAV *
answer_info(const OSSL_CMP_ITAV *asked)
{
	char path[4096], oid[80];
	uint8_t bytes[8192];
	const uint8_t *p = bytes;
	ASN1_TYPE *value = NULL;
	FILE *f;

	OBJ_obj2txt(oid, sizeof(oid), OSSL_CMP_ITAV_get0_type(asked), 1);
	/* whoever names a root is told of its successor, RFC 9483 4.3.2 */
	if (strcmp(oid, "1.3.6.1.5.5.7.4.20") == 0)
		snprintf(oid, sizeof(oid), "1.3.6.1.5.5.7.4.18");
	snprintf(path, sizeof(path), "%s/%s.der", folder, oid);
	f = fopen(path, "r");
	if (f != NULL) {
		value = d2i_ASN1_TYPE(NULL, &p, (long)fread(bytes, 1, sizeof(bytes), f));
		fclose(f);
	}
	return OSSL_CMP_ITAV_create(OBJ_txt2obj(oid, 1), value);
}

static int
on_question(OSSL_CMP_SRV_CTX *srv, const OSSL_CMP_MSG *req,
    const STACK_OF(OSSL_CMP_ITAV) *in, STACK_OF(OSSL_CMP_ITAV) **out)
{
	const desk *d = OSSL_CMP_SRV_CTX_get0_custom_ctx(srv);

	(void)req;
	*out = sk_OSSL_CMP_ITAV_new_null();
	for (int i = 0; d->how->genm && i < sk_OSSL_CMP_ITAV_num(in); i++)
		CHECK(sk_OSSL_CMP_ITAV_push(*out,
		    answer_info(sk_OSSL_CMP_ITAV_value(in, i))) > 0);
	return d->how->genm;
}

static void
set_protection(desk *d, OSSL_CMP_CTX *ctx)
{
	const char *signer = d->how->signer != NULL ? d->how->signer : "ca";
	X509_STORE *store = X509_STORE_new();

	CHECK(X509_STORE_add_cert(store, ca) == 1);
	CHECK(OSSL_CMP_CTX_set0_trustedStore(ctx, store) == 1);
	CHECK(OSSL_CMP_CTX_set1_cert(ctx, read_pem(signer, ".pem", false)) == 1 &&
	    OSSL_CMP_CTX_set1_pkey(ctx, read_pem(signer, ".key", true)) == 1);
	CHECK(OSSL_CMP_CTX_set_option(ctx, OSSL_CMP_OPT_UNPROTECTED_SEND,
	    d->how->open) == 1);
	CHECK(OSSL_CMP_SRV_CTX_set_accept_unprotected(d->srv, d->how->signer != NULL) == 1);
	if (d->how->digest != NULL)
		CHECK(OSSL_CMP_CTX_set_option(ctx, OSSL_CMP_OPT_DIGEST_ALGNID,
		    OBJ_sn2nid(d->how->digest)) == 1);
	if (d->how->signer == NULL)
		CHECK(OSSL_CMP_CTX_set1_secretValue(ctx, (const uint8_t *)secret,
		    (int)strlen(secret)) == 1);
}

static desk *
desk_of(const char *path)
{
	size_t i;

	for (i = 0; i < TMG_COUNT(rows); i++)
		if (strcmp(rows[i].path, path) == 0)
			break;
	if (i == TMG_COUNT(rows))
		return NULL;
	if (desks[i] == NULL) {
		desk *d = desks[i] = calloc(1, sizeof(*d));

		CHECK(d != NULL);
		d->how = &rows[i];
		d->srv = OSSL_CMP_SRV_CTX_new(NULL, NULL);
		CHECK(OSSL_CMP_SRV_CTX_init(d->srv, d, on_request, on_revocation,
		    on_question, on_error, on_confirm, on_poll) == 1);
		CHECK(OSSL_CMP_SRV_CTX_set_grant_implicit_confirm(d->srv,
		    d->how->implicit) == 1);
		CHECK(OSSL_CMP_SRV_CTX_set_accept_raverified(d->srv,
		    d->how->vouched) == 1);
		set_protection(d, OSSL_CMP_SRV_CTX_get0_cmp_ctx(d->srv));
		if (d->how->confirm_s != 0)
			set_confirm_wait(OSSL_CMP_SRV_CTX_get0_cmp_ctx(d->srv),
			    d->how->confirm_s);
	}
	return desks[i];
}

/* ---- messages ------------------------------------------------------------ */

static const char *const names[TMG_CMP_BODIES] = {
	[0] = "ir", [2] = "cr", [4] = "p10cr", [7] = "kur", [11] = "rr", [21] = "genm",
	[23] = "error", [24] = "certConf", [25] = "pollReq",
};

static bool
begins(unsigned body)
{
	return body == TMG_CMP_IR || body == TMG_CMP_CR || body == TMG_CMP_P10CR ||
	    body == TMG_CMP_KUR;
}

/* How it is protected: a MAC is short. */
static void
note(const tmg_cmp_message *m)
{
	fprintf(journal, "%s%s\n", names[m->body] != NULL ? names[m->body] : "?",
	    m->protection.len == 0 ? " open" : m->protection.len < 40 ? "" : " signed");
	fflush(journal);
}

static void
spoil(desk *d, OSSL_CMP_CTX *ctx, OSSL_CMP_MSG *answer)
{
	ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();

	CHECK(ASN1_OCTET_STRING_set(id, (const uint8_t *)"another one here", 16) == 1);
	if (d->how->other_transaction)
		CHECK(OSSL_CMP_CTX_set1_transactionID(ctx, id) == 1 &&
		    OSSL_CMP_MSG_update_transactionID(ctx, answer) == 1);
	ASN1_OCTET_STRING_free(id);
}

/* Whoever asks anew begins anew. */
static void
clear_desk(desk *d, unsigned body)
{
	if (!begins(body))
		return;
	OSSL_CMP_MSG_free(d->waiting);
	d->waiting = NULL;
	d->polled = 0;
	d->last_len = 0;
}

static size_t
serve(desk *d, tmg_view message, uint8_t *answer)
{
	OSSL_CMP_CTX *ctx = OSSL_CMP_SRV_CTX_get0_cmp_ctx(d->srv);
	const uint8_t *p = message.ptr;
	OSSL_CMP_MSG *req, *rsp;
	tmg_cmp_message m;
	int len;

	CHECK(tmg_cmp_message_read(message, &m) == TMG_OK);
	note(&m);
	d->general = m.body == TMG_CMP_GENM;
	clear_desk(d, m.body);
	if (d->how->again && d->polled > 0) {
		memcpy(answer, d->last, d->last_len);
		return d->last_len;
	}
	if (d->how->echo && !d->general) {
		memcpy(answer, message.ptr, message.len);
		return message.len;
	}
	heard = message;
	ahead = d->how->clock;
	req = d2i_OSSL_CMP_MSG(NULL, &p, (long)message.len);
	CHECK(req != NULL);
	rsp = OSSL_CMP_SRV_process_request(d->srv, req);
	CHECK(rsp != NULL);
	if (!d->general)
		spoil(d, ctx, rsp);
	CHECK(i2d_OSSL_CMP_MSG(rsp, NULL) <= ROOM);
	len = i2d_OSSL_CMP_MSG(rsp, &answer);
	OSSL_CMP_MSG_free(req);
	OSSL_CMP_MSG_free(rsp);
	memcpy(d->last, answer - len, (size_t)len);
	d->last_len = (size_t)len;
	return (size_t)len;
}

/* ---- HTTP ---------------------------------------------------------------- */

static size_t
read_request(FILE *in, char path[static 64], uint8_t *body)
{
	char line[4096];
	size_t len = 0;

	if (fgets(line, sizeof(line), in) == NULL ||
	    sscanf(line, "POST /%63[a-z-]", path) != 1)
		return 0;
	while (fgets(line, sizeof(line), in) != NULL && line[0] != '\r')
		(void)!sscanf(line, "Content-Length: %zu", &len);
	return len <= ROOM && fread(body, 1, len, in) == len ? len : 0;
}

/* As if it were protected by PBMAC1 (RFC 9481 6.1.2) in place of PasswordBasedMac:
 * their names are as long. */
static void
rename_mac(uint8_t *body, size_t len)
{
	static const uint8_t old[] = { 0x2a, 0x86, 0x48, 0x86, 0xf6, 0x7d, 7, 66, 13 };
	static const uint8_t new[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 14 };
	uint8_t *at = memmem(body, len, old, sizeof(old));

	CHECK(at != NULL);
	memcpy(at, new, sizeof(new));
}

static void
reply(FILE *out, const how *h, bool spoilt, uint8_t *body, size_t len)
{
	static uint8_t zeros[1 << 16];
	size_t left = h->huge;

	if (h->body != NULL)
		len = strlen(h->body) + (h->body[0] == '\x30' ? 2 : 0);
	if (h->bad_mac && spoilt)
		body[len - 1] ^= 1;
	if (h->pbmac1 && spoilt)
		rename_mac(body, len);
	len -= spoilt ? h->cut : 0;
	fprintf(out, "HTTP/1.1 %d Said\r\nConnection: close\r\n%sContent-Length: %zu\r\n\r\n",
	    h->http != 0 ? h->http : 200, h->headers != NULL ? h->headers : TYPE,
	    left > 0 ? left : len);
	fwrite(h->body != NULL ? (const void *)h->body : body, 1, left > 0 ? 0 : len, out);
	while (left > 0 && fwrite(zeros, 1, sizeof(zeros), out) == sizeof(zeros))
		left -= sizeof(zeros);
	fflush(out);
}

static void
talk(int fd)
{
	static uint8_t body[ROOM], answer[ROOM];
	FILE *in = fdopen(fd, "r"), *out = fdopen(dup(fd), "w");
	char path[64] = "";
	const size_t len = read_request(in, path, body);
	desk *d = len > 0 ? desk_of(path) : NULL;
	size_t n = 0;

	if (d != NULL && !d->how->hang_up) {
		if (d->how->body == NULL && d->how->huge == 0)
			n = serve(d, (tmg_view){ body, len }, answer);
		reply(out, d->how, !d->general, answer, n);
	}
	fclose(out);
	fclose(in);
}

int
main(int argc, char **argv)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(at);
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char path[4096];

	CHECK(argc >= 3);
	folder = argv[1], secret = argv[2];
	at.sin_port = htons((uint16_t)(argc > 3 ? atoi(argv[3]) : 0));
	CHECK(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) == 0);
	snprintf(path, sizeof(path), "%s/log", folder);
	journal = fopen(path, "a");
	CHECK(journal != NULL);
	ca = read_pem("ca", ".pem", false);
	ca_key = read_pem("ca", ".key", true);
	CHECK(bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 && listen(fd, 16) == 0 &&
	    getsockname(fd, (struct sockaddr *)&at, &len) == 0);
	signal(SIGPIPE, SIG_IGN);
	printf("%d\n", ntohs(at.sin_port));
	fflush(stdout);
	for (;;) {
		const int peer = accept(fd, NULL, NULL);

		if (peer >= 0)
			talk(peer);
		fflush(journal);
	}
}
