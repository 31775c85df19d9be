/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/vcard-bench.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#include "src/codec/hex.h"
#include "tools/vcard/state.h"

void
bench_open(struct bench *b, const vc_profile *profile)
{
	b->lib = OSSL_LIB_CTX_new();
	b->chip = calloc(1, sizeof(*b->chip));
	b->answer = calloc(1, sizeof(*b->answer));
	assert_non_null(b->lib);
	assert_non_null(b->chip);
	assert_non_null(b->answer);
	assert_int_equal(vc_chip_open(b->chip, profile, b->lib, NULL), TMG_OK);
}

void
bench_close(struct bench *b)
{
	vc_chip_close(b->chip);
	free(b->chip);
	free(b->answer);
	OSSL_LIB_CTX_free(b->lib);
}

unsigned
send_bytes(struct bench *b, tmg_view apdu)
{
	vc_chip_transmit(b->chip, apdu, b->answer);
	if (b->answer->len < 2)
		return 0;
	b->answer->len -= 2;
	return (unsigned)(b->answer->bytes[b->answer->len] << 8 |
	    b->answer->bytes[b->answer->len + 1]);
}

unsigned
send_hex(struct bench *b, const char *hex)
{
	uint8_t bytes[4096];
	tmg_out out = TMG_OUT(bytes);

	assert_int_equal(tmg_hex_parse(tmg_view_str(hex), &out), TMG_OK);
	return send_bytes(b, tmg_out_view(&out));
}

tmg_view
got(const struct bench *b)
{
	return (tmg_view){ b->answer->bytes, b->answer->len };
}

void
assert_got(const struct bench *b, const char *hex)
{
	uint8_t bytes[4096];
	tmg_out out = TMG_OUT(bytes);

	assert_int_equal(tmg_hex_parse(tmg_view_str(hex), &out), TMG_OK);
	assert_view_equal(got(b), tmg_out_view(&out));
}

void
converse(struct bench *b, const struct line *lines, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const unsigned sw = send_hex(b, lines[i].apdu);

		if (sw != lines[i].sw)
			print_error("line %zu, %s: %04X\n", i, lines[i].apdu, sw);
		assert_int_equal(sw, lines[i].sw);
	}
}

void
hear(struct bench *b, const struct told *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		converse(b, &(struct line){ rows[i].apdu, rows[i].sw }, 1);
		assert_got(b, rows[i].data);
	}
}

uint8_t *
saved(struct bench *b, size_t *len)
{
	uint8_t *bytes = malloc(VC_STATE_MAX);
	tmg_out out = { bytes, VC_STATE_MAX, 0, false };

	assert_non_null(bytes);
	assert_int_equal(vc_card_save(&b->chip->card, &out), TMG_OK);
	*len = out.len;
	return bytes;
}

tmg_rc
load_of(const vc_profile *profile, tmg_view records)
{
	uint8_t bytes[512];
	tmg_out out = TMG_OUT(bytes);
	struct bench b;
	tmg_rc rc;

	vc_state_begin(&out);
	tmg_put(&out, records);
	assert_int_equal(vc_state_end(&out), TMG_OK);
	bench_open(&b, profile);
	rc = vc_card_load(&b.chip->card, tmg_out_view(&out));
	bench_close(&b);
	return rc;
}

void
load_each(const vc_profile *profile, const struct loaded *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const tmg_rc rc = load_of(profile, rows[i].records);

		if (rc != rows[i].rc)
			print_error("row %zu: %d\n", i, rc);
		assert_int_equal(rc, rows[i].rc);
	}
}

void
assert_moves(struct bench *a, struct bench *b)
{
	size_t n, m;
	uint8_t *before = saved(a, &n), *after;

	assert_int_equal(vc_card_load(&b->chip->card, (tmg_view){ before, n }), TMG_OK);
	after = saved(b, &m);
	assert_view_equal(((tmg_view){ after, m }), ((tmg_view){ before, n }));
	free(before);
	free(after);
}
