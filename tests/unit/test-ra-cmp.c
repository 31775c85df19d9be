/* SPDX-License-Identifier: BSD-2-Clause */
/* The CMP server, message by message: what openssl's client never sends, and
 * what becomes of a transaction when a process ends in the middle of it. */
#include <openssl/crmf.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/scope.h"
#include "src/codec/der.h"
#include "src/codec/hex.h"
#include "src/codec/tlv.h"
#include "tests/unit/ra-bench.h"
#include "tools/ra/ca/make.h"
#include "tools/ra/cmp/protect.h"
#include "tools/ra/cmp/reply.h"
#include "tools/ra/cmp/talk.h"
#include "tools/ra/desk/confirm.h"
#include "tools/ra/desk/deputy.h"
#include "tools/ra/desk/secret.h"
#include "tools/ra/store/cmp.h"

#define ROOM 65536

/* PasswordBasedMac: SHA-256, 100 rounds, HMAC-SHA-256 */
static const uint8_t algorithm[] = { 0x30, 0x3d, 0x06, 0x09, 0x2a, 0x86, 0x48,
	0x86, 0xf6, 0x7d, 0x07, 0x42, 0x0d, 0x30, 0x30, 0x04, 0x10, 1, 2, 3, 4, 5,
	6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86,
	0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x02, 0x01, 0x64, 0x30, 0x0c,
	0x06, 0x08, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x09, 0x05, 0x00 };
static const uint8_t nobody[] = { 0xa4, 0x02, 0x30, 0x00 };
static const ra_actor officer = { RA_BY_OFFICER, "officer:o" };

struct world {
	struct bench *b;
	char secret[RA_SECRET_TEXT], other[RA_SECRET_TEXT];
	EVP_PKEY *key;
	uint8_t ir[2048];		/* CertReqMessages for key */
	size_t ir_len;
	uint8_t *said;			/* the last answer */
	size_t said_len;
	ra_cmp_message m;		/* and what is in it */
};

static void
open_server(struct world *w)
{
	tmg_fault f = { .rc = TMG_OK };

	snprintf(w->b->office.config.cmp.deputy.key, RA_TEXT_MAX, "cmp.key");
	snprintf(w->b->office.config.cmp.seal_file, RA_TEXT_MAX, "cmp.seal");
	if (ra_deputies_open(&w->b->office, &f) != TMG_OK)
		fail_msg("%s", f.text);
}

static void
make_secret(struct world *w, const char *reference, char text[RA_SECRET_TEXT])
{
	ra_secret_row row = { .until = w->b->now + 30 * DAY, .most = 2 };

	snprintf(row.reference, sizeof(row.reference), "%s", reference);
	snprintf(row.owner, sizeof(row.owner), "%s", reference);
	if (ra_secret_make(&w->b->desk, &row, &officer, text) != TMG_OK)
		fail_msg("%s", w->b->desk.fault.text);
}

/* By libcrypto, which is another hand than what reads it. */
static void
make_ir(struct world *w, const char *cn)
{
	OSSL_CRMF_MSG *msg = OSSL_CRMF_MSG_new();
	OSSL_CRMF_MSGS *list = sk_OSSL_CRMF_MSG_new_null();
	X509_NAME *name = X509_NAME_new();
	unsigned char *at = w->ir;

	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
	    (const unsigned char *)cn, -1, -1, 0);
	assert_int_equal(OSSL_CRMF_MSG_set_certReqId(msg, 0), 1);
	assert_int_equal(OSSL_CRMF_CERTTEMPLATE_fill(OSSL_CRMF_MSG_get0_tmpl(msg),
	    w->key, name, NULL, NULL), 1);
	assert_int_equal(OSSL_CRMF_MSG_create_popo(OSSL_CRMF_POPO_SIGNATURE, msg,
	    w->key, EVP_sha256(), NULL, NULL), 1);
	sk_OSSL_CRMF_MSG_push(list, msg);
	assert_in_range(i2d_OSSL_CRMF_MSGS(list, NULL), 1, sizeof(w->ir));
	w->ir_len = (size_t)i2d_OSSL_CRMF_MSGS(list, &at);
	X509_NAME_free(name);
	OSSL_CRMF_MSG_free(msg);
	sk_OSSL_CRMF_MSG_free(list);
}

static int
set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	void *bench;

	bench_set_up(&bench);
	w->b = bench;
	open_server(w);
	make_secret(w, "dev", w->secret);
	make_secret(w, "other", w->other);
	w->key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	make_ir(w, "Device");
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	static const char *const names[] = { "cmp.key", "cmp.seal" };
	struct world *w = *state;
	void *bench = w->b;
	char path[256];

	for (size_t i = 0; i < TMG_COUNT(names); i++) {
		bench_path(w->b, names[i], path);
		remove(path);
	}
	free(w->said);
	EVP_PKEY_free(w->key);
	bench_tear_down(&bench);
	free(w);
	return 0;
}

/* ---- messages ---- */

struct letter {
	ra_cmp_kind kind;
	tmg_view content;
	const char *reference, *secret;
	ra_cmp_envelope e;
};

static uint8_t one[16] = "transaction one.", nonce[16] = "nonce of the cl.";

static struct letter
letter(const struct world *w, ra_cmp_kind kind, tmg_view content)
{
	return (struct letter){ .kind = kind, .content = content,
		.reference = "dev", .secret = w->secret,
		.e = { .version = 2, .recipient = TMG_VIEW(nobody),
		    .algorithm = TMG_VIEW(algorithm), .transaction = TMG_VIEW(one),
		    .nonce = TMG_VIEW(nonce) } };
}

/* At most ROOM bytes at its end. */
static tmg_view
write_letter(struct world *w, struct letter *l, uint8_t room[ROOM])
{
	static uint8_t parts[ROOM], whole[ROOM];
	uint8_t store[64];
	tmg_out bits = TMG_OUT(store), protected = { whole, ROOM, 0, false };
	tmg_der d = { parts, ROOM, ROOM, false }, out = { room, ROOM, ROOM, false };
	X509_NAME *name = X509_NAME_new();
	tmg_view header, body;

	l->e.sender = name;
	l->e.key_id = tmg_view_str(l->reference);
	tmg_der_bytes(&d, l->content);
	tmg_der_wrap(&d, (uint8_t)(0xa0 | (unsigned)l->kind), ROOM);
	body = tmg_der_view(&d);
	ra_cmp_header_put(&d, &l->e);
	header = tmg_der_view(&d);
	header.len -= body.len;
	ra_cmp_protected_put(&protected, header, body);
	assert_int_equal(ra_cmp_mac_put(w->b->ctx, TMG_VIEW(algorithm),
	    tmg_view_str(l->secret), tmg_out_view(&protected), &bits), TMG_OK);
	tmg_der_bytes(&out, tmg_out_view(&bits));
	tmg_der_u8(&out, 0);
	tmg_der_wrap(&out, 0x03, ROOM);
	tmg_der_wrap(&out, 0xa0, ROOM);
	tmg_der_bytes(&out, body);
	tmg_der_bytes(&out, header);
	tmg_der_wrap(&out, 0x30, ROOM);
	X509_NAME_free(name);
	assert_false(out.full || d.full);
	return tmg_der_view(&out);
}

static void
send_bytes(struct world *w, const char *label, tmg_view der)
{
	char user[RA_OWNER_MAX] = "";
	ra_cmp_message m;

	free(w->said);
	assert_int_equal(ra_cmp_message_read(der, &m), TMG_OK);
	if (ra_cmp_talk(&w->b->desk, &m, label, user, &w->said, &w->said_len) !=
	    TMG_OK)
		fail_msg("%s", w->b->desk.fault.text);
	assert_int_equal(ra_cmp_message_read((tmg_view){ w->said, w->said_len },
	    &w->m), TMG_OK);
}

static void
send_letter(struct world *w, const char *label, struct letter l)
{
	static uint8_t room[ROOM];

	send_bytes(w, label, write_letter(w, &l, room));
	assert_true(tmg_view_equal(w->m.answered, l.e.nonce));
}

/* ---- what was said ---- */

/* status and failInfo of a PKIStatusInfo's content */
static void
read_info(tmg_view info, int *status, int *failure)
{
	tmg_tlv part;

	*failure = RA_CMP_FINE;
	assert_int_equal(tmg_tlv_next(&info, &part), TMG_OK);
	*status = part.value.ptr[0];
	while (tmg_tlv_next(&info, &part) == TMG_OK) {
		if (part.tag != 0x03)
			continue;
		*failure = (int)(part.value.len - 2) * 8;
		for (unsigned b = part.value.ptr[part.value.len - 1]; b < 0x80; b <<= 1)
			++*failure;
	}
}

/* Of an error, or of the one certificate; cert empty: none. */
static void
read_said(const struct world *w, int *status, int *failure, tmg_view *cert)
{
	tmg_view in = w->m.content, list, one_of, info, id, pair, none;

	*cert = (tmg_view){ NULL, 0 };
	assert_int_equal(tmg_tlv_expect(&in, 0x30, &list), TMG_OK);
	if (w->m.kind != RA_CMP_ERROR) {
		if (list.ptr[0] == 0xa1)	/* caPubs */
			assert_int_equal(tmg_tlv_expect(&list, 0xa1, &none), TMG_OK);
		assert_int_equal(tmg_tlv_expect(&list, 0x30, &one_of), TMG_OK);
		assert_int_equal(tmg_tlv_expect(&one_of, 0x30, &list), TMG_OK);
		assert_int_equal(tmg_tlv_expect(&list, 0x02, &id), TMG_OK);
	}
	assert_int_equal(tmg_tlv_expect(&list, 0x30, &info), TMG_OK);
	read_info(info, status, failure);
	if (w->m.kind != RA_CMP_ERROR && list.len > 0) {
		assert_int_equal(tmg_tlv_expect(&list, 0x30, &pair), TMG_OK);
		assert_int_equal(tmg_tlv_expect(&pair, 0xa0, cert), TMG_OK);
	}
}

static void
refused(const struct world *w, ra_cmp_fail wanted)
{
	int status, failure;
	tmg_view cert;

	assert_int_equal(w->m.kind, RA_CMP_ERROR);
	read_said(w, &status, &failure, &cert);
	assert_int_equal(status, RA_CMP_REJECTION);
	assert_int_equal(failure, wanted);
}

static tmg_view
issued(const struct world *w)
{
	int status, failure;
	tmg_view cert;

	assert_int_equal(w->m.kind, RA_CMP_IP);
	read_said(w, &status, &failure, &cert);
	assert_int_equal(status, RA_CMP_ACCEPTED);
	assert_true(cert.len > 0);
	return cert;
}

static tmg_rc
count_one(void *arg, const ra_app *app)
{
	(void)app;
	++*(int *)arg;
	return TMG_OK;
}

static int
applications(struct world *w)
{
	int count = 0;

	assert_int_equal(ra_app_each(w->b->desk.store, RA_NONE, count_one, &count),
	    TMG_OK);
	return count;
}

static tmg_view
ir_of(const struct world *w)
{
	return (tmg_view){ w->ir, w->ir_len };
}

/* ---- the header ---- */

static void
test_header(void **state)
{
	struct world *w = *state;
	const struct letter good = letter(w, RA_CMP_IR, ir_of(w));
	static const uint8_t stranger[] = { 0xa4, 0x0f, 0x30, 0x0d, 0x31, 0x0b,
		0x30, 0x09, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x02, 'X', 'Y' };
	struct letter l = good;

	l.e.version = 1;
	send_letter(w, "", l);
	refused(w, RA_CMP_UNSUPPORTED_VERSION);
	l = good;
	l.e.transaction.len = 0;
	send_letter(w, "", l);
	refused(w, RA_CMP_BAD_DATA_FORMAT);
	l = good;
	l.e.nonce.len = 8;
	send_letter(w, "", l);
	refused(w, RA_CMP_BAD_SENDER_NONCE);
	l = good;
	l.e.recipient = TMG_VIEW(stranger);
	send_letter(w, "", l);
	refused(w, RA_CMP_WRONG_AUTHORITY);
	l = good;
	l.reference = "nobody";
	send_letter(w, "", l);
	refused(w, RA_CMP_BAD_MESSAGE_CHECK);
	l = good;
	l.secret = w->other;
	send_letter(w, "", l);
	refused(w, RA_CMP_BAD_MESSAGE_CHECK);
	l = good;
	l.kind = RA_CMP_IP;
	send_letter(w, "", l);
	refused(w, RA_CMP_BAD_REQUEST);
	assert_int_equal(applications(w), 0);
	/* version 3, which libcrypto's own server refuses */
	l = good;
	l.e.version = 3;
	send_letter(w, "", l);
	(void)issued(w);
	assert_int_equal(w->m.version, 3);
}

/* ---- the transaction ---- */

/* CertStatus for the certificate, or for another one. */
static tmg_view
confirmation(tmg_view cert, bool of_it, uint8_t store[64])
{
	tmg_der d = { store, 64, 64, false };
	static const uint8_t id[] = { 0x02, 0x01, 0x00 };
	uint8_t hash[32];

	assert_int_equal(EVP_Digest(cert.ptr, cert.len, hash, NULL, EVP_sha256(),
	    NULL), 1);
	hash[0] ^= of_it ? 0 : 1;
	tmg_der_bytes(&d, TMG_VIEW(id));
	const size_t mark = d.at;

	tmg_der_bytes(&d, TMG_VIEW(hash));
	tmg_der_wrap(&d, 0x04, mark);
	tmg_der_wrap(&d, 0x30, d.cap);
	tmg_der_wrap(&d, 0x30, d.cap);
	return tmg_der_view(&d);
}

static void
test_order(void **state)
{
	struct world *w = *state;
	struct letter l = letter(w, RA_CMP_IR, ir_of(w));
	static uint8_t room[ROOM];
	const tmg_view first = write_letter(w, &l, room);
	tmg_auto_free uint8_t *kept = NULL;
	uint8_t right[64], wrong[64], answered[16];
	tmg_view cert;
	size_t len;

	send_bytes(w, "", first);
	cert = issued(w);
	const tmg_view good = confirmation(cert, true, right);
	const tmg_view bad = confirmation(cert, false, wrong);

	len = w->said_len;
	assert_non_null(kept = malloc(len));
	memcpy(kept, w->said, len);
	memcpy(answered, w->m.nonce.ptr, sizeof(answered));
	/* the same message, the same answer */
	send_bytes(w, "", first);
	assert_true(tmg_view_equal((tmg_view){ kept, len },
	    (tmg_view){ w->said, w->said_len }));
	assert_int_equal(applications(w), 1);
	/* another one of that number */
	l.e.implicit = true;
	send_letter(w, "", l);
	refused(w, RA_CMP_TRANSACTION_IN_USE);

	l = letter(w, RA_CMP_CERTCONF, good);
	send_letter(w, "", l);
	refused(w, RA_CMP_BAD_RECIPIENT_NONCE);
	l.e.answered = TMG_VIEW(answered);
	l.reference = "other";
	l.secret = w->other;
	send_letter(w, "", l);
	refused(w, RA_CMP_BAD_REQUEST);
	l = letter(w, RA_CMP_CERTCONF, bad);
	l.e.answered = TMG_VIEW(answered);
	send_letter(w, "", l);
	refused(w, RA_CMP_BAD_CERT_ID);
	l.content = good;
	send_letter(w, "", l);
	assert_int_equal(w->m.kind, RA_CMP_PKICONF);
	memcpy(answered, w->m.nonce.ptr, sizeof(answered));
	l.e.nonce = TMG_VIEW(one);	/* not the same message */
	send_letter(w, "", l);
	refused(w, RA_CMP_CERT_CONFIRMED);
}

/* ---- a time to confirm ---- */

/* The value of confirmWaitTime (RFC 9810 5.1.1.2) in what was said, which must be
 * the time at. */
static bool
demands_by(const struct world *w, time_t at)
{
	static const uint8_t type[] = { 0x2b, 6, 1, 5, 5, 7, 4, 14, 0x18, 0x0f };
	char text[32];

	strftime(text, sizeof(text), "%Y%m%d%H%M%SZ", gmtime(&at));
	for (size_t i = 0; i + sizeof(type) + 15 <= w->said_len; i++)
		if (memcmp(w->said + i, type, sizeof(type)) == 0)
			return memcmp(w->said + i + sizeof(type), text, 15) == 0;
	return false;
}

static ra_state
state_of(struct world *w, tmg_view transaction)
{
	tmg_auto(ra_cmp_row) row = { .answer = NULL };
	tmg_auto(ra_app) app = { .id = "" };
	char id[RA_CMP_ID_MAX];

	tmg_hex_text(id, sizeof(id), transaction);
	assert_int_equal(ra_cmp_row_get(w->b->desk.store, id, &row), TMG_OK);
	assert_int_equal(ra_app_get(w->b->desk.store, row.app, &app), TMG_OK);
	return app.state;
}

static unsigned
sweep(struct world *w)
{
	unsigned taken;

	assert_int_equal(ra_confirm_sweep(&w->b->desk, &taken), TMG_OK);
	return taken;
}

/* The certificate under that number, and a confirmation for it. */
static struct letter
take_one(struct world *w, tmg_view transaction, uint8_t store[64], uint8_t answered[16])
{
	struct letter l = letter(w, RA_CMP_IR, ir_of(w));

	l.e.transaction = transaction;
	send_letter(w, "", l);
	assert_true(demands_by(w, w->b->now + 60));
	l = letter(w, RA_CMP_CERTCONF, confirmation(issued(w), true, store));
	memcpy(answered, w->m.nonce.ptr, 16);
	l.e.transaction = transaction;
	l.e.answered = (tmg_view){ answered, 16 };
	return l;
}

static void
test_confirmed_in_time(void **state)
{
	struct world *w = *state;
	uint8_t store[64], answered[16];
	struct letter l;

	bench_config(w->b)->cmp.confirm_within_s = 60;
	l = take_one(w, TMG_VIEW(one), store, answered);
	w->b->now += 59;
	assert_int_equal(sweep(w), 0);
	send_letter(w, "", l);
	assert_int_equal(w->m.kind, RA_CMP_PKICONF);
	w->b->now += 60;
	assert_int_equal(sweep(w), 0);
	assert_int_equal(state_of(w, TMG_VIEW(one)), RA_ISSUED);
}

/* Whether the server noticed before it is told, or then. */
static void
test_confirmed_too_late(void **state)
{
	struct world *w = *state;
	uint8_t store[64], answered[16];
	struct letter l;

	bench_config(w->b)->cmp.confirm_within_s = 60;
	l = take_one(w, TMG_VIEW(one), store, answered);
	w->b->now += 60;
	send_letter(w, "", l);
	refused(w, RA_CMP_CERT_REVOKED);
	assert_int_equal(state_of(w, TMG_VIEW(one)), RA_REVOKED);
	assert_int_equal(sweep(w), 0);

	EVP_PKEY_free(w->key);
	w->key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	make_ir(w, "Device");
	l = take_one(w, TMG_VIEW(nonce), store, answered);
	w->b->now += 60;
	/* what nobody is to forget is not swept away with the rest */
	assert_int_equal(ra_cmp_row_sweep(w->b->desk.store, w->b->now), TMG_OK);
	assert_int_equal(sweep(w), 1);
	assert_int_equal(sweep(w), 0);
	assert_int_equal(state_of(w, TMG_VIEW(nonce)), RA_REVOKED);
	send_letter(w, "", l);
	refused(w, RA_CMP_CERT_REVOKED);
	l.kind = RA_CMP_ERROR;
	send_letter(w, "", l);
	refused(w, RA_CMP_CERT_REVOKED);
	/* nor is it given to who asks for it again */
	l = letter(w, RA_CMP_IR, ir_of(w));
	l.e.transaction = TMG_VIEW(nonce);
	send_letter(w, "", l);
	assert_int_not_equal(w->m.kind, RA_CMP_IP);
}

static void
count_error(void *arg, tmg_log_level level, const char *line)
{
	if (level == TMG_LOG_ERROR && strstr(line, "cannot be revoked") != NULL)
		++*(int *)arg;
}

static bool
is_in(struct world *w, const char *id, const char *state)
{
	tmg_auto(ra_cmp_row) row = { .answer = NULL };

	assert_int_equal(ra_cmp_row_get(w->b->desk.store, id, &row), TMG_OK);
	return strcmp(row.state, state) == 0;
}

/* Its life says no, or there is no such certificate: somebody is told, once, and
 * nothing is half done. */
static void
test_not_revocable(void **state)
{
	struct world *w = *state;
	ra_cmp_row lost = { .id = "01", .state = RA_CMP_TIMED, .app = "NOBODY",
		.asked = "1", .until = w->b->now + 60 };
	tmg_auto(ra_cmp_row) row = { .answer = NULL };
	tmg_auto(ra_cert) cert = { .der = NULL };
	uint8_t store[64], answered[16];
	char id[RA_CMP_ID_MAX];
	int told = 0;

	bench_config(w->b)->cmp.confirm_within_s = 60;
	(void)take_one(w, TMG_VIEW(one), store, answered);
	assert_int_equal(ra_cmp_row_add(w->b->desk.store, &lost), TMG_OK);
	place_run(&w->b->place, "UPDATE application SET state = 'expired'");
	w->b->now += 60;
	tmg_ctx_set_log(w->b->ctx, TMG_LOG_ERROR, count_error, &told);
	assert_int_equal(sweep(w), 0);
	assert_int_equal(sweep(w), 0);
	tmg_ctx_set_log(w->b->ctx, TMG_LOG_ERROR, NULL, NULL);
	assert_int_equal(told, 2);
	tmg_hex_text(id, sizeof(id), TMG_VIEW(one));
	assert_true(is_in(w, id, RA_CMP_LATE));
	assert_true(is_in(w, lost.id, RA_CMP_LATE));
	assert_int_equal(ra_cmp_row_get(w->b->desk.store, id, &row), TMG_OK);
	assert_int_equal(ra_cert_of_app(w->b->desk.store, row.app, &cert), TMG_OK);
	assert_int_equal(cert.revoked, 0);
}

/* A client that lost everything but its key begins anew: what it confirms then
 * counts, and not what it did not. */
static void
test_confirmed_elsewhere(void **state)
{
	struct world *w = *state;
	uint8_t first[64], second[64], answered[16], answered_then[16];
	struct letter l;

	bench_config(w->b)->cmp.confirm_within_s = 60;
	l = take_one(w, TMG_VIEW(one), first, answered);
	w->b->now += 30;
	l = take_one(w, TMG_VIEW(nonce), second, answered_then);
	send_letter(w, "", l);
	assert_int_equal(w->m.kind, RA_CMP_PKICONF);
	w->b->now += 600;
	assert_int_equal(sweep(w), 0);
	assert_int_equal(state_of(w, TMG_VIEW(nonce)), RA_ISSUED);
}

/* Whatever the setting was when the first transaction set its time, and it is known
 * for as long as one that sets none. */
static void
test_confirmed_elsewhere_sooner(void **state)
{
	struct world *w = *state;
	uint8_t store[64], answered[16];
	char id[RA_CMP_ID_MAX];
	struct letter l;

	bench_config(w->b)->cmp.confirm_within_s = 600;
	send_letter(w, "", letter(w, RA_CMP_IR, ir_of(w)));
	(void)issued(w);
	bench_config(w->b)->cmp.confirm_within_s = 60;
	l = take_one(w, TMG_VIEW(nonce), store, answered);
	bench_config(w->b)->cmp.confirm_within_s = 0;
	send_letter(w, "", l);
	assert_int_equal(w->m.kind, RA_CMP_PKICONF);
	w->b->now += 600;
	assert_int_equal(sweep(w), 0);
	assert_int_equal(state_of(w, TMG_VIEW(nonce)), RA_ISSUED);
	assert_int_equal(ra_cmp_row_sweep(w->b->desk.store, w->b->now), TMG_OK);
	tmg_hex_text(id, sizeof(id), TMG_VIEW(one));
	assert_true(is_in(w, id, RA_CMP_UNCONFIRMED));
}

/* What is not kept settles nothing: the first transaction still sets its time. */
static void
test_kept_together(void **state)
{
	struct world *w = *state;
	uint8_t store[64], answered[16];
	struct letter l;
	unsigned commits = 0;

	bench_config(w->b)->cmp.confirm_within_s = 60;
	(void)take_one(w, TMG_VIEW(one), store, answered);
	l = letter(w, RA_CMP_IR, ir_of(w));
	l.e.transaction = TMG_VIEW(nonce);
	bench_commits(w->b, &commits, 0);
	send_letter(w, "", l);
	bench_commits(w->b, NULL, 0);
	refused(w, RA_CMP_SYSTEM_FAILURE);
	assert_int_equal(commits, 1);
	w->b->now += 60;
	assert_int_equal(sweep(w), 1);
	assert_int_equal(state_of(w, TMG_VIEW(one)), RA_REVOKED);
}

/* The process ends between the certificate and the answer, and the client,
 * which knows no more of it, begins anew: nothing twice. */
static void
test_lost(void **state)
{
	struct world *w = *state;
	struct letter l = letter(w, RA_CMP_IR, ir_of(w));
	tmg_auto_free uint8_t *cert = NULL;
	tmg_view said;
	size_t len;

	send_letter(w, "", l);
	said = issued(w);
	assert_non_null(cert = malloc(said.len));
	memcpy(cert, said.ptr, len = said.len);
	assert_int_equal(ra_cmp_row_sweep(w->b->desk.store, w->b->now + 365 * DAY),
	    TMG_OK);
	send_letter(w, "", l);
	assert_true(tmg_view_equal(issued(w), (tmg_view){ cert, len }));
	/* with a proof of its own, which is another encoding */
	make_ir(w, "Device");
	l = letter(w, RA_CMP_IR, ir_of(w));
	l.e.transaction = TMG_VIEW(nonce);
	send_letter(w, "", l);
	assert_true(tmg_view_equal(issued(w), (tmg_view){ cert, len }));
	assert_int_equal(applications(w), 1);
}

/* Another process goes on where one ended; it waits for an officer. */
static void
test_waiting(void **state)
{
	static const uint8_t poll[] = { 0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x00 };
	struct world *w = *state;
	tmg_auto(ra_cmp_row) row = { .answer = NULL };
	tmg_auto(ra_app) app = { .id = "" };
	struct letter l = letter(w, RA_CMP_IR, ir_of(w));
	uint8_t answered[16];
	int status, failure;
	tmg_view none;

	l.e.implicit = true;
	send_letter(w, "officer", l);
	read_said(w, &status, &failure, &none);
	assert_int_equal(status, RA_CMP_IS_WAITING);
	assert_int_equal(none.len, 0);
	memcpy(answered, w->m.nonce.ptr, sizeof(answered));

	bench_close(w->b);
	bench_open(w->b);
	open_server(w);
	l = letter(w, RA_CMP_POLLREQ, TMG_VIEW(poll));
	l.e.answered = TMG_VIEW(answered);
	send_letter(w, "", l);
	assert_int_equal(w->m.kind, RA_CMP_POLLREP);
	memcpy(answered, w->m.nonce.ptr, sizeof(answered));
	assert_int_equal(ra_cmp_row_get(w->b->desk.store,
	    "7472616E73616374696F6E206F6E652E", &row), TMG_OK);
	assert_int_equal(ra_desk_decide(&w->b->desk, row.app, RA_EV_CONFIRM,
	    &officer, "", &app), TMG_OK);
	l.e.nonce = TMG_VIEW(one);
	send_letter(w, "", l);
	(void)issued(w);
	assert_true(w->m.implicit);
	assert_int_equal(applications(w), 1);
}

/* A secret is good for so many, and its end ends it. */
static void
test_secret(void **state)
{
	struct world *w = *state;
	static const char *const names[] = { "One", "Two", "Three" };
	struct letter l;
	uint8_t number[16];
	int status, failure;
	tmg_view cert;

	for (size_t i = 0; i < TMG_COUNT(names); i++) {
		EVP_PKEY_free(w->key);
		w->key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
		make_ir(w, names[i]);
		l = letter(w, RA_CMP_IR, ir_of(w));
		memset(number, (int)i, sizeof(number));
		l.e.transaction = TMG_VIEW(number);
		send_letter(w, "", l);
		read_said(w, &status, &failure, &cert);
		assert_int_equal(failure, i < 2 ? RA_CMP_FINE : RA_CMP_NOT_AUTHORIZED);
	}
	assert_int_equal(applications(w), 2);
	w->b->now += 31 * DAY;
	l.e.transaction = TMG_VIEW(nonce);
	send_letter(w, "", l);
	refused(w, RA_CMP_BAD_MESSAGE_CHECK);
}

int
main(void)
{
#define STORED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		STORED(test_header),
		STORED(test_order),
		STORED(test_confirmed_in_time),
		STORED(test_confirmed_too_late),
		STORED(test_not_revocable),
		STORED(test_confirmed_elsewhere),
		STORED(test_confirmed_elsewhere_sooner),
		STORED(test_kept_together),
		STORED(test_lost),
		STORED(test_waiting),
		STORED(test_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
