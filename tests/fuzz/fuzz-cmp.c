/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The CMP client as a whole (requests, polls, general messages, revocation), and
 * a server that says what the fuzzer found.  The first byte is what the client is
 * after, the rest what it is told (answers.h).  Dressed answers carry the right
 * numbers and the right MAC, as those of an authority that knows the secret and
 * has gone mad: only so does anything behind libcrypto's checks get to see them.
 */
#include <openssl/crmf.h>
#include <stdlib.h>

#include "src/base/ctx.h"
#include "src/codec/der.h"
#include "src/codec/tlv.h"
#include "src/enroll/cmp.h"
#include "tests/fuzz/answers.h"

#define SECRET "a secret of the harness"

enum {
	BIT_STRING = 0x03,
	OCTET_STRING = 0x04,
	SEQUENCE = 0x30,
	KEY_COMPROMISE = 1,
	AROUND = 1024,		/* bytes of a message beside its body */
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Requests, made once: which command made them. */
enum { IR, P10CR, REQUESTS };

static struct {
	tmg_ctx *ctx;
	tmg_certs *anchors;
	tmg_soft *key;
	struct {
		uint8_t bytes[TMG_CSR_MAX];
		tmg_out der;
	} requests[REQUESTS];
	uint8_t kept[65536];	/* what the client wrote down last */
	size_t kept_len;
} world;

static const char *const commands[REQUESTS][2] = {
	[IR] = { "command=ir", NULL }, [P10CR] = { "command=p10cr", NULL },
};
static const char *const believes[] = { "command=ir", "unprotected-errors=yes", NULL };

/* ---- dressing -------------------------------------------------------------- */

/* SEQUENCE { id-PasswordBasedMac, PBMParameter { salt, SHA-256, 100, HMAC } } */
static const uint8_t protection[] = {
	0x30, 0x37, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf6, 0x7d, 0x07, 0x42, 0x0d,
	0x30, 0x2a, 0x04, 0x08, 's', 'a', 'l', 't', 's', 'a', 'l', 't',
	0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
	0x05, 0x00, 0x02, 0x01, 0x64,
	0x30, 0x0c, 0x06, 0x08, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x09, 0x05, 0x00,
};

static void
octets(tmg_der *d, uint8_t tag, tmg_view v)
{
	const size_t mark = d->at;

	tmg_der_bytes(d, v);
	tmg_der_wrap(d, OCTET_STRING, mark);
	tmg_der_wrap(d, tag, mark);
}

/* PKIHeader (RFC 9810 5.1.1) of an answer to m. */
static void
put_header(tmg_der *d, const tmg_cmp_message *m)
{
	static const uint8_t front[] = {	/* pvno 2, two empty directory names */
		0x02, 0x01, 0x02, 0xa4, 0x02, 0x30, 0x00, 0xa4, 0x02, 0x30, 0x00,
	};
	const size_t mark = d->at;
	size_t inside;

	octets(d, 0xa6, m->sender_nonce);
	octets(d, 0xa5, tmg_view_str("nonce of harness"));
	octets(d, 0xa4, m->transaction);
	inside = d->at;
	tmg_der_bytes(d, TMG_VIEW(protection));
	tmg_der_wrap(d, 0xa1, inside);
	tmg_der_bytes(d, TMG_VIEW(front));
	tmg_der_wrap(d, SEQUENCE, mark);
}

/* The bits, for ProtectedPart { header, body } (RFC 9810 5.1.3). */
static void
put_mac(tmg_der *d, tmg_view part)
{
	const uint8_t *p = protection + 13;
	OSSL_CRMF_PBMPARAMETER *pbm = d2i_OSSL_CRMF_PBMPARAMETER(NULL, &p,
	    sizeof(protection) - 13);
	const size_t mark = d->at;
	uint8_t *mac = NULL;
	size_t len = 0;

	if (pbm == NULL || OSSL_CRMF_pbm_new(tmg_ctx_libctx(world.ctx), NULL, pbm,
	    part.ptr, part.len, (const uint8_t *)SECRET, strlen(SECRET), &mac, &len) != 1)
		abort();
	tmg_der_bytes(d, (tmg_view){ mac, len });
	tmg_der_u8(d, 0);
	tmg_der_wrap(d, BIT_STRING, mark);
	tmg_der_wrap(d, 0xa0, mark);
	OPENSSL_free(mac);
	OSSL_CRMF_PBMPARAMETER_free(pbm);
}

static void
dress(tmg_view request, tmg_view body, tmg_out *answer)
{
	const size_t cap = body.len + AROUND;
	uint8_t *room = malloc(2 * cap);
	tmg_der part = { room, cap, cap, false }, whole = { room + cap, cap, cap, false };
	tmg_cmp_message m;
	tmg_view inside;

	if (room == NULL || tmg_cmp_message_read(request, &m))
		abort();	/* what the client sends is a message */
	tmg_der_bytes(&part, body);
	put_header(&part, &m);
	inside = tmg_der_view(&part);
	tmg_der_wrap(&part, SEQUENCE, cap);
	put_mac(&whole, tmg_der_view(&part));
	tmg_der_bytes(&whole, inside);
	tmg_der_wrap(&whole, SEQUENCE, cap);
	tmg_put(answer, tmg_der_view(&whole));
	free(room);
}

/* ---- the client ------------------------------------------------------------ */

static tmg_rc
keep(void *arg, tmg_view state, tmg_fault *f)
{
	(void)arg, (void)f;
	if (state.len > sizeof(world.kept))
		abort();
	if (state.len > 0)
		memcpy(world.kept, state.ptr, state.len);
	world.kept_len = state.len;
	return TMG_OK;
}

static tmg_authority *
meet(const char *const *options)
{
	const tmg_authority_spec spec = { .uri = "cmp+http://ca.test", .anchors = world.anchors,
		.user = "reference", .password = tmg_view_str(SECRET), .options = options,
		.kept = { world.kept, world.kept_len }, .keep = keep };
	tmg_authority *a = NULL;

	if (tmg_authority_open(world.ctx, &spec, NULL, &a))
		abort();
	return a;
}

/* No verdict without words, and no words that a terminal obeys. */
static void
check_words(const tmg_authority *a, tmg_rc rc)
{
	const char *text = tmg_authority_fault(a)->text;

	if (rc != TMG_OK && (text[0] == '\0' || strpbrk(text, "\033\r") != NULL))
		abort();
}

/* What is accepted is for our key, whoever sent it. */
static void
check_decision(tmg_rc rc, tmg_view request, const tmg_decision *d)
{
	tmg_view spki;

	if ((rc == TMG_OK) != (d->certs != NULL))
		abort();
	if (rc == TMG_OK && (tmg_certs_count(d->certs) == 0 ||
	    tmg_cert_spki(tmg_certs_get(d->certs, 0), &spki) ||
	    tmg_csr_has_key(request, spki)))
		abort();
	if (strpbrk(d->note, "\033\r\n") != NULL || d->retry_after_s < -1)
		abort();
}

static tmg_rc
enroll(const char *const *options, tmg_view request, bool polls)
{
	tmg_authority *a = meet(options);
	tmg_decision d = { .certs = NULL };
	const tmg_rc rc = polls ? tmg_authority_poll(a, request, false, "", &d) :
	    tmg_authority_submit(a, request, false, &d);

	check_words(a, rc);
	check_decision(rc, request, &d);
	tmg_certs_free(&d.certs);
	tmg_authority_free(&a);
	return rc;
}

static tmg_view
request_of(size_t command)
{
	return tmg_out_view(&world.requests[command].der);
}

static void
try_ir(void)
{
	(void)!enroll(commands[IR], request_of(IR), false);
}

static void
try_p10cr(void)
{
	(void)!enroll(commands[P10CR], request_of(P10CR), false);
}

static void
try_believing(void)
{
	(void)!enroll(believes, request_of(IR), false);
}

/* Two processes: the second goes on from what the first wrote down. */
static void
try_again(void)
{
	if (enroll(commands[IR], request_of(IR), false) == TMG_PENDING)
		(void)!enroll(commands[IR], request_of(IR), true);
}

static void
try_wants(void)
{
	tmg_authority *a = meet(NULL);
	tmg_view wants;

	check_words(a, tmg_authority_wants(a, &wants));
	tmg_authority_free(&a);
}

static void
try_cacerts(void)
{
	tmg_authority *a = meet(NULL);
	const tmg_certs *certs = NULL;
	const tmg_rc rc = tmg_authority_cacerts(a, &certs);

	check_words(a, rc);
	if (rc == TMG_OK && tmg_certs_count(certs) == 0)
		abort();
	tmg_authority_free(&a);
}

static void
try_revoke(void)
{
	tmg_authority *a = meet(NULL);

	check_words(a, tmg_authority_revoke(a, tmg_certs_get(world.anchors, 0),
	    KEY_COMPROMISE));
	tmg_authority_free(&a);
}

static void (*const tries[])(void) = {
	try_ir, try_p10cr, try_wants, try_cacerts, try_again, try_revoke, try_believing,
};

/* ---- what there is --------------------------------------------------------- */

static void
make_request(size_t command)
{
	const tmg_csr_spec spec = { .subject = "CN=Asel" };
	tmg_authority *a = meet(commands[command]);
	tmg_out *der = &world.requests[command].der;

	*der = TMG_OUT(world.requests[command].bytes);
	if (tmg_authority_request(a, &spec, tmg_soft_signer(world.key), false, der))
		abort();
	tmg_authority_free(&a);
}

static void
set_up(void)
{
	if (tmg_ctx_new(&world.ctx) || tmg_certs_new(&world.anchors) ||
	    tmg_certs_add_pem(world.anchors, tmg_view_str(answers_ca)))
		abort();
	world.key = answers_key(world.ctx);
	for (size_t i = 0; i < REQUESTS; i++)
		make_request(i);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (world.ctx == NULL)
		set_up();
	if (size == 0)
		return 0;
	world.kept_len = 0;
	answers_begin((tmg_view){ data + 1, size - 1 }, dress);
	tries[data[0] % TMG_COUNT(tries)]();
	return 0;
}
