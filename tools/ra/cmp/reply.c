/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/cmp/reply.h"

#include <string.h>
#include <time.h>

#include "src/base/scope.h"

enum {
	SEQUENCE = 0x30,
	INTEGER = 0x02,
	OCTET_STRING = 0x04,
	BIT_STRING = 0x03,
	UTF8_STRING = 0x0c,
	CONTEXT = 0xa0,
	CERTIFICATE = 0xa0,	/* of certOrEncCert */
	CA_PUBS = 0xa1,
	DIRECTORY_NAME = 0xa4,
	GENERALIZED_TIME = 0x18,
	NUMBER_OCTETS = 4,
};

/* ---- small things; what is written first stands last ---- */

static void
put_number(tmg_der *d, long number)
{
	const size_t mark = d->at;

	for (size_t i = 0; i < NUMBER_OCTETS; i++) {
		tmg_der_u8(d, (uint8_t)((unsigned long)number >> 8 * i));
		if (number >> (8 * i + 7) == (number < 0 ? -1 : 0))
			break;
	}
	tmg_der_wrap(d, INTEGER, mark);
}

static void
put_octets(tmg_der *d, tmg_view octets, unsigned number)
{
	const size_t mark = d->at;

	if (octets.len == 0)
		return;
	tmg_der_bytes(d, octets);
	tmg_der_wrap(d, OCTET_STRING, mark);
	tmg_der_wrap(d, (uint8_t)(CONTEXT | number), mark);
}

/* One named bit, DER: nothing behind the last that is set. */
static void
put_fail(tmg_der *d, ra_cmp_fail fail)
{
	const size_t mark = d->at;

	if (fail == RA_CMP_FINE)
		return;
	tmg_der_u8(d, (uint8_t)(0x80u >> (unsigned)fail % 8));
	for (int i = 0; i < (int)fail / 8; i++)
		tmg_der_u8(d, 0);
	tmg_der_u8(d, (uint8_t)(7 - (int)fail % 8));
	tmg_der_wrap(d, BIT_STRING, mark);
}

/* PKIStatusInfo */
static void
put_status(tmg_der *d, const ra_cmp_reply *r)
{
	const size_t mark = d->at;
	size_t text;

	put_fail(d, r->fail);
	text = d->at;
	if (r->text[0] != '\0') {
		tmg_der_bytes(d, (tmg_view){ (const uint8_t *)r->text,
		    strlen(r->text) });
		tmg_der_wrap(d, UTF8_STRING, text);
		tmg_der_wrap(d, SEQUENCE, text);
	}
	put_number(d, r->status);
	tmg_der_wrap(d, SEQUENCE, mark);
}

static void
put_cert(tmg_der *d, const X509 *cert)
{
	unsigned char *der = NULL;
	const int len = i2d_X509(cert, &der);

	if (len <= 0)
		d->full = true;
	else
		tmg_der_bytes(d, (tmg_view){ der, (size_t)len });
	OPENSSL_free(der);
}

/* ---- bodies ---- */

/* CertRepMessage, RFC 4210 5.3.4 */
static void
put_certificate(tmg_der *d, const ra_cmp_reply *r)
{
	const size_t end = d->at;
	size_t mark = d->at;

	if (r->cert.len > 0) {
		tmg_der_bytes(d, r->cert);
		tmg_der_wrap(d, CERTIFICATE, mark);
		tmg_der_wrap(d, SEQUENCE, mark);
	}
	put_status(d, r);
	put_number(d, r->id);
	tmg_der_wrap(d, SEQUENCE, end);
	tmg_der_wrap(d, SEQUENCE, end);
	mark = d->at;
	if (r->trust != NULL) {
		put_cert(d, r->trust);
		tmg_der_wrap(d, SEQUENCE, mark);
		tmg_der_wrap(d, CA_PUBS, mark);
	}
	tmg_der_wrap(d, SEQUENCE, end);
}

/* RevRepContent, 5.3.10; ErrorMsgContent, 5.3.21, has one status in place of a
 * list. */
static void
put_revocation(tmg_der *d, const ra_cmp_reply *r)
{
	const size_t end = d->at;

	put_status(d, r);
	tmg_der_wrap(d, SEQUENCE, end);
	tmg_der_wrap(d, SEQUENCE, end);
}

static void
put_error(tmg_der *d, const ra_cmp_reply *r)
{
	const size_t end = d->at;

	put_status(d, r);
	tmg_der_wrap(d, SEQUENCE, end);
}

static void
put_poll(tmg_der *d, const ra_cmp_reply *r)
{
	const size_t end = d->at;

	put_number(d, r->check_after_s);
	put_number(d, r->id);
	tmg_der_wrap(d, SEQUENCE, end);
	tmg_der_wrap(d, SEQUENCE, end);
}

static void
put_confirmed(tmg_der *d, const ra_cmp_reply *r)
{
	static const uint8_t null[] = { 0x05, 0x00 };

	(void)r;
	tmg_der_bytes(d, TMG_VIEW(null));
}

static void
put_news(tmg_der *d, const ra_cmp_reply *r)
{
	const size_t end = d->at;

	tmg_der_bytes(d, r->news);
	tmg_der_wrap(d, SEQUENCE, end);
}

static const struct {
	ra_cmp_kind kind;
	void (*put)(tmg_der *d, const ra_cmp_reply *r);
} bodies[] = {
	{ RA_CMP_IP, put_certificate },
	{ RA_CMP_CP, put_certificate },
	{ RA_CMP_KUP, put_certificate },
	{ RA_CMP_RP, put_revocation },
	{ RA_CMP_PKICONF, put_confirmed },
	{ RA_CMP_GENP, put_news },
	{ RA_CMP_ERROR, put_error },
	{ RA_CMP_POLLREP, put_poll },
};

void
ra_cmp_body_put(tmg_der *d, const ra_cmp_reply *r)
{
	const size_t mark = d->at;

	for (size_t i = 0; i < TMG_COUNT(bodies); i++)
		if (bodies[i].kind == r->kind)
			bodies[i].put(d, r);
	tmg_der_wrap(d, (uint8_t)(CONTEXT | (unsigned)r->kind), mark);
}

/* ---- the header ---- */

static void
put_name(tmg_der *d, const X509_NAME *name)
{
	const size_t mark = d->at;
	unsigned char *der = NULL;
	const int len = i2d_X509_NAME(name, &der);

	if (len <= 0)
		d->full = true;
	else
		tmg_der_bytes(d, (tmg_view){ der, (size_t)len });
	OPENSSL_free(der);
	tmg_der_wrap(d, DIRECTORY_NAME, mark);
}

/* InfoTypeAndValue id-it-implicitConfirm, NULL: RFC 4210 5.1.1.1 */
static const uint8_t implicit_info[] = { 0x30, 0x0c, 0x06, 0x08, 0x2b, 0x06, 0x01,
	0x05, 0x05, 0x07, 0x04, 0x0d, 0x05, 0x00 };

/* id-it-confirmWaitTime, 5.1.1.2 */
static const uint8_t confirm_wait[] = { 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07,
	0x04, 0x0e };

static void
put_confirm_by(tmg_der *d, time_t by)
{
	const size_t mark = d->at;
	struct tm tm;
	char text[32];

	gmtime_r(&by, &tm);
	strftime(text, sizeof(text), "%Y%m%d%H%M%SZ", &tm);
	tmg_der_bytes(d, tmg_view_str(text));
	tmg_der_wrap(d, GENERALIZED_TIME, mark);
	tmg_der_bytes(d, TMG_VIEW(confirm_wait));
	tmg_der_wrap(d, SEQUENCE, mark);
}

/* generalInfo: either of the two, or nothing. */
static void
put_info(tmg_der *d, const ra_cmp_envelope *e)
{
	const size_t mark = d->at;

	if (e->implicit)
		tmg_der_bytes(d, TMG_VIEW(implicit_info));
	else if (e->confirm_by != 0)
		put_confirm_by(d, e->confirm_by);
	else
		return;
	tmg_der_wrap(d, SEQUENCE, mark);
	tmg_der_wrap(d, CONTEXT | 8, mark);
}

void
ra_cmp_header_put(tmg_der *d, const ra_cmp_envelope *e)
{
	const size_t end = d->at;
	size_t mark;

	put_info(d, e);
	put_octets(d, e->answered, 6);
	put_octets(d, e->nonce, 5);
	put_octets(d, e->transaction, 4);
	put_octets(d, e->key_id, 2);
	mark = d->at;
	if (e->algorithm.len > 0) {
		tmg_der_bytes(d, e->algorithm);
		tmg_der_wrap(d, CONTEXT | 1, mark);
	}
	tmg_der_bytes(d, e->recipient);
	put_name(d, e->sender);
	put_number(d, e->version);
	tmg_der_wrap(d, SEQUENCE, end);
}
