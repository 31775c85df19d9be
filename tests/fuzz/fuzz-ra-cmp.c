/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages of CMP.  After a first byte that is even: a message as strangers
 * send it.  After one that is odd: a body, its kind in front, of somebody who
 * has a secret, as if it were the one that is malicious.
 */
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/ctx.h"
#include "src/base/scope.h"
#include "src/codec/der.h"
#include "tools/ra/ca/make.h"
#include "tools/ra/cmp/body.h"
#include "tools/ra/cmp/protect.h"
#include "tools/ra/cmp/reply.h"
#include "tools/ra/cmp/talk.h"
#include "tools/ra/desk/deputy.h"
#include "tools/ra/desk/secret.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ROOM 65536

static const char profile_text[] =
    "title=\"T\";approval=\"automatic\";validity_days=1;keys=[\"ec:p256\"];"
    "key_usage=[\"digitalSignature\"];"
    "subject:{required=[\"CN\"];allowed=[\"CN\"];};";

/* PasswordBasedMac: SHA-256, 100 rounds, HMAC-SHA-256 */
static const uint8_t algorithm[] = { 0x30, 0x3d, 0x06, 0x09, 0x2a, 0x86, 0x48,
	0x86, 0xf6, 0x7d, 0x07, 0x42, 0x0d, 0x30, 0x30, 0x04, 0x10, 1, 2, 3, 4, 5,
	6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86,
	0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x02, 0x01, 0x64, 0x30, 0x0c,
	0x06, 0x08, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x09, 0x05, 0x00 };

static ra_office office;
static ra_profile profile;
static const ra_profiles profiles = { .count = 1, .row = &profile };
static ra_desk desk;
static char secret[RA_SECRET_TEXT];
static char folder[RA_TEXT_MAX / 2];

static void
path_of(const char *name, char *path, size_t cap)
{
	snprintf(path, cap, "%s/%s", folder, name);
}

static void
clean(void)
{
	static const char *const names[] = { "ca.key", "ca.pem", "seal" };
	char path[RA_TEXT_MAX];

	for (size_t i = 0; i < TMG_COUNT(names); i++) {
		path_of(names[i], path, sizeof(path));
		unlink(path);
	}
	rmdir(folder);
}

static bool
make_authority(tmg_fault *f)
{
	tmg_auto(ra_made) ca = { .key = NULL };
	char key[RA_TEXT_MAX], cert[RA_TEXT_MAX];

	path_of("ca.key", key, sizeof(key));
	path_of("ca.pem", cert, sizeof(cert));
	return ra_make_ca(office.ctx, "Fuzz", TMG_ALG_P256, 3650, &ca, f) == TMG_OK &&
	    ra_write_key(ca.key, (tmg_view){ NULL, 0 }, key, f) == TMG_OK &&
	    ra_write_cert(ca.cert, NULL, cert, f) == TMG_OK &&
	    ra_ca_local(office.ctx, cert, &(ra_keysource){ key, "", "" }, f,
	    &office.ca) == TMG_OK;
}

static void
open_store(void)
{
	ra_secret_row row = { .reference = "fuzz", .owner = "fuzz",
		.until = (time_t)1 << 40, .most = 1 << 20 };
	tmg_fault f = { .rc = TMG_OK };

	ra_store_free(&desk.store);
	if (ra_store_open(":memory:", true, &f, &desk.store) != TMG_OK ||
	    ra_secret_make(&desk, &row, &(ra_actor){ RA_BY_OFFICER, "fuzz" },
	    secret) != TMG_OK)
		abort();
}

static void
set_up(void)
{
	const char *temporary = getenv("TMPDIR");
	tmg_fault f = { .rc = TMG_OK };
	EVP_PKEY *key;

	snprintf(folder, sizeof(folder), "%s/fuzz-ra-cmp.XXXXXX",
	    temporary != NULL ? temporary : "/tmp");
	if (mkdtemp(folder) == NULL || atexit(clean) != 0 ||
	    tmg_ctx_new(&office.ctx) != TMG_OK || !make_authority(&f) ||
	    ra_profile_parse("fuzz", profile_text, &profile, &f) != TMG_OK ||
	    (office.deputy[RA_DEPUTY_CMP] = calloc(1, sizeof(ra_deputy))) == NULL ||
	    (key = ra_make_key(office.ctx, TMG_ALG_P256)) == NULL ||
	    ra_keeper_of(key, &office.deputy[RA_DEPUTY_CMP]->keeper)) {
		fprintf(stderr, "%s\n", f.text);
		abort();
	}
	EVP_PKEY_free(key);
	office.deputy[RA_DEPUTY_CMP]->mandate = &ra_mandate_cmp;
	office.deputy[RA_DEPUTY_CMP]->purpose = "cmp";
	office.deputy[RA_DEPUTY_CMP]->days = 365;
	office.config.crl_days = 7;
	office.config.retry_after_s = 1;
	strcpy(office.config.default_profile, "fuzz");
	path_of("seal", office.config.cmp.seal_file, RA_TEXT_MAX);
	desk = (ra_desk){ .office = &office, .config = &office.config, .profiles = &profiles };
	open_store();
}

/* Whatever comes, there is an answer, and it is a message: of which kind, when
 * der is one. */
static ra_cmp_kind
talk(tmg_view der)
{
	tmg_auto_free uint8_t *answer = NULL;
	char user[RA_OWNER_MAX] = "";
	ra_cmp_message m, back;
	size_t len = 0;

	if (ra_cmp_message_read(der, &m) != TMG_OK)
		return RA_CMP_ERROR;
	if (ra_cmp_talk(&desk, &m, "", user, &answer, &len) != TMG_OK) {
		fprintf(stderr, "%s\n", desk.fault.text);
		abort();
	}
	if (ra_cmp_message_read((tmg_view){ answer, len }, &back) != TMG_OK ||
	    !tmg_view_equal(back.answered, m.nonce) || back.protection.len == 0)
		abort();
	return back.kind;
}

/* Nobody who has no secret gets anything but an error. */
static void
talk_stranger(tmg_view der)
{
	if (talk(der) != RA_CMP_ERROR)
		abort();
}

static void
talk_insider(unsigned kind, tmg_view content)
{
	static const uint8_t nobody[] = { 0xa4, 0x02, 0x30, 0x00 };
	static uint8_t room[2 * ROOM], whole[2 * ROOM];
	uint8_t number[16], store[64];
	tmg_out bits = TMG_OUT(store), protected = TMG_OUT(room);
	tmg_der d = TMG_DER(whole);
	X509_NAME *name = X509_NAME_new();
	const ra_cmp_envelope e = { 2, name, TMG_VIEW(nobody), TMG_VIEW(algorithm),
		{ (const uint8_t *)"fuzz", 4 }, TMG_VIEW(number), TMG_VIEW(number),
		{ NULL, 0 }, kind % 2 == 0, 0 };
	tmg_view header, body;
	size_t mark;

	if (name == NULL || RAND_bytes(number, sizeof(number)) != 1)
		abort();
	tmg_der_bytes(&d, content);
	tmg_der_wrap(&d, (uint8_t)(0xa0 | kind), d.cap);
	body = tmg_der_view(&d);
	ra_cmp_header_put(&d, &e);
	header = tmg_der_view(&d);
	header.len -= body.len;
	ra_cmp_protected_put(&protected, header, body);
	if (d.full || ra_cmp_mac_put(office.ctx, TMG_VIEW(algorithm),
	    tmg_view_str(secret), tmg_out_view(&protected), &bits) != TMG_OK)
		abort();
	/* the two in one, and the bits behind them */
	d = TMG_DER(room);
	mark = d.at;
	tmg_der_bytes(&d, tmg_out_view(&bits));
	tmg_der_u8(&d, 0);
	tmg_der_wrap(&d, 0x03, mark);
	tmg_der_wrap(&d, 0xa0, mark);
	tmg_der_bytes(&d, body);
	tmg_der_bytes(&d, header);
	tmg_der_wrap(&d, 0x30, mark);
	X509_NAME_free(name);
	(void)talk(tmg_der_view(&d));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned taken;

	if (desk.store == NULL)
		set_up();
	if (++taken % 4096 == 0)
		open_store();
	if (size < 2 || size > ROOM / 2)
		return 0;
	if (data[0] % 2 == 0)
		talk_stranger((tmg_view){ data + 1, size - 1 });
	else
		talk_insider(data[1] % 27u, (tmg_view){ data + 2, size - 2 });
	return 0;
}
