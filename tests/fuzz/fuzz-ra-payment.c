/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POST /payments.  After a first byte that is even: a line that is the
 * signature, then the body.  After one that is odd: a body that the payment
 * service signed, as if it were the one that is malicious.
 */
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/ctx.h"
#include "src/base/scope.h"
#include "tools/ra/api/api.h"
#include "tools/ra/desk/payment.h"
#include "tools/ra/store/digest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define KEY "key"
#define NOW "1800000000"
#define MAC 32

static const char profile_text[] =
    "title=\"T\";approval=\"officer\";validity_days=1;keys=[\"ec:p256\"];"
    "key_usage=[\"digitalSignature\"];"
    "subject:{required=[\"CN\"];allowed=[\"CN\"];};"
    "payment:{price=\"18.00\";currency=\"AZN\";text=\"pay\";};"
    "flow:{steps=[\"submitted\"];approve_needs=[\"paid\"];};";

static ra_office office;
static ra_config config;
static ra_profile profile;
static const ra_profiles profiles = { .count = 1, .row = &profile };
static FILE *key;

static time_t
read_clock(void *arg)
{
	(void)arg;
	return atol(NOW);
}

static void
set_up(void)
{
	ra_payment_conf *conf = &config.payment;
	tmg_fault f = { .rc = TMG_OK };

	if (tmg_ctx_new(&office.ctx) != TMG_OK || (key = tmpfile()) == NULL ||
	    fputs(KEY "\n", key) < 0 || fflush(key) != 0 ||
	    ra_profile_parse("fuzz", profile_text, &profile, &f) != TMG_OK) {
		fprintf(stderr, "%s\n", f.text);
		abort();
	}
	tmg_ctx_set_clock(office.ctx, read_clock, NULL);
	snprintf(conf->key_file, sizeof(conf->key_file), "/dev/fd/%d", fileno(key));
	conf->window_s = 300;
}

/* A store with A, which waits to be paid, and B, which was rejected. */
static ra_store *
open_store(void)
{
	static uint8_t der[] = { 0x30, 0x00 };
	ra_app app = { .id = "A", .owner = "o", .profile = "fuzz",
		.flow = "submitted", .csr_hash = "c", .state = RA_SUBMITTED,
		.csr = der, .csr_len = sizeof(der) };
	tmg_fault f = { .rc = TMG_OK };
	ra_store *store = NULL;

	if (ra_store_open(":memory:", true, &f, &store) != TMG_OK ||
	    ra_app_add(store, &app) != TMG_OK)
		abort();
	strcpy(app.id, "B");
	strcpy(app.csr_hash, "d");
	app.state = RA_REJECTED;
	if (ra_app_add(store, &app) != TMG_OK)
		abort();
	return store;
}

static void
sign(tmg_view body, char signature[128])
{
	const size_t lead = strlen(NOW ".");
	tmg_auto_free uint8_t *text = malloc(lead + body.len);
	const int at = snprintf(signature, 128, "t=" NOW ",v1=");
	uint8_t mac[MAC];

	if (text == NULL)
		abort();
	memcpy(text, NOW ".", lead);
	memcpy(text + lead, body.ptr, body.len);
	if (HMAC(EVP_sha256(), KEY, (int)strlen(KEY), text, lead + body.len, mac,
	    NULL) == NULL)
		abort();
	ra_hex_lower(signature + at, TMG_VIEW(mac));
}

static unsigned
tell(ra_desk *desk, const char *signature, tmg_view body)
{
	tmg_auto(ra_reply) reply = { .status = HTTP_SERVER_ERROR };
	const ra_call call = { .signature = signature, .body = body };
	json_t *o;

	ra_api_payment(desk, &call, &reply);
	o = json_loadb((const char *)reply.body, reply.len, 0, NULL);
	if (o == NULL || reply.status >= HTTP_SERVER_ERROR)
		abort();
	json_decref(o);
	return reply.status;
}

/* Told again it is the same; nobody can tell it unsigned. */
static void
tell_signed(ra_desk *desk, tmg_view body)
{
	char signature[128];
	unsigned status;

	sign(body, signature);
	status = tell(desk, signature, body);
	if (status == HTTP_UNAUTHORIZED ||
	    tell(desk, signature, body) != status)
		abort();
	signature[strlen(signature) - 1] ^= 1;
	if (tell(desk, signature, body) != HTTP_UNAUTHORIZED)
		abort();
	if (status == HTTP_OK) {
		ra_store_free(&desk->store);
		desk->store = open_store();
	}
}

static void
tell_stranger(ra_desk *desk, const uint8_t *data, size_t size)
{
	const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
	const size_t len = end != NULL ? (size_t)(end - data) : size;
	const size_t next = end != NULL ? len + 1 : len;
	tmg_auto_free char *signature = strndup((const char *)data, len);

	if (signature != NULL)
		(void)tell(desk, signature, (tmg_view){ data + next, size - next });
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static ra_desk desk;

	if (desk.store == NULL) {
		set_up();
		desk = (ra_desk){ .office = &office, .profiles = &profiles, .config = &config,
			.store = open_store() };
	}
	if (size == 0)
		return 0;
	if (data[0] % 2 == 0)
		tell_stranger(&desk, data + 1, size - 1);
	else
		tell_signed(&desk, (tmg_view){ data + 1, size - 1 });
	return 0;
}
