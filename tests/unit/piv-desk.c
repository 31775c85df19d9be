/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/piv-desk.h"

#include <openssl/evp.h>

static void
open_with(piv_desk *d, const tmg_script_row *rows, const void *atr, size_t len,
    bool extended)
{
	tmg_channel *ch;

	*d = (piv_desk){ 0 };
	assert_int_equal(tmg_ctx_new(&d->ctx), TMG_OK);
	tmg_script_init(&d->script, d->ctx, rows);
	ch = tmg_script_channel(&d->script);
	if (len > 0) {
		memcpy(ch->atr, atr, len);
		ch->atr_len = len;
	}
	ch->extended = extended;
	d->b = probe_one(&d->script, &tmg_driver_piv);
	d->p = tmg_piv_of(d->b);
}

void
piv_open(piv_desk *d, const tmg_script_row *rows)
{
	open_with(d, rows, NULL, 0, false);
}

void
piv_open_extended(piv_desk *d, const tmg_script_row *rows)
{
	open_with(d, rows, NULL, 0, true);
}

void
piv_open_yubikey(piv_desk *d, const tmg_script_row *rows)
{
	static const uint8_t atr[] = {
		0x3b, 0xfd, 0x13, 0x00, 0x00, 0x81, 0x31, 0xfe, 0x15, 0x80,
		0x73, 0xc0, 0x21, 0xc0, 0x57, 0x59, 0x75, 0x62, 0x69, 0x4b,
		0x65, 0x79, 0x40,
	};

	open_with(d, rows, atr, sizeof(atr), true);
}

void
piv_done(piv_desk *d)
{
	probe_done(&d->script, d->b);
	tmg_ctx_free(&d->ctx);
}

const piv_lock piv_factory_3des = {
	.cipher = "DES-EDE3", .block = 8, .refusal = TMG_SW_LOGIN,
	.key = { 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8,
	    1, 2, 3, 4, 5, 6, 7, 8 },
};

const piv_lock piv_factory_aes192 = {
	.cipher = "AES-192-ECB", .block = 16, .refusal = TMG_SW_LOGIN,
	.key = { 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8,
	    1, 2, 3, 4, 5, 6, 7, 8 },
};

static const uint8_t witness[16] = "witnesswitness!";

static void
encrypt(const piv_lock *lock, const uint8_t *in, uint8_t *out)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, lock->cipher, NULL);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0;

	assert_non_null(cipher);
	assert_int_equal(EVP_EncryptInit_ex2(ctx, cipher, lock->key, NULL, NULL), 1);
	EVP_CIPHER_CTX_set_padding(ctx, 0);
	assert_int_equal(EVP_EncryptUpdate(ctx, out, &n, in, (int)lock->block), 1);
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(cipher);
}

static void
put_reply(tmg_out *response, uint32_t tag, tmg_view value)
{
	tmg_tlv_put_head(response, TAG_AUTH, tmg_tlv_size(tag, value.len));
	tmg_tlv_put(response, tag, value);
	tmg_put_u16(response, TMG_SW_OK);
}

void
piv_answer_witness(void *arg, tmg_view command, tmg_out *response)
{
	const piv_lock *lock = arg;
	uint8_t block[16];

	(void)command;
	encrypt(lock, witness, block);
	put_reply(response, TAG_WITNESS, (tmg_view){ block, lock->block });
}

void
piv_answer_challenge(void *arg, tmg_view command, tmg_out *response)
{
	static const uint32_t shown[] = { TAG_AUTH, TAG_WITNESS, 0 };
	static const uint32_t asked[] = { TAG_AUTH, TAG_CHALLENGE, 0 };
	const piv_lock *lock = arg;
	uint8_t block[16];
	tmg_view head, w, c;

	assert_int_equal(tmg_view_take(&command, 4, &head), TMG_OK);
	assert_int_equal(tmg_tlv_walk(command, shown, &w), TMG_OK);
	assert_int_equal(tmg_tlv_walk(command, asked, &c), TMG_OK);
	assert_int_equal(c.len, lock->block);
	if (!tmg_view_equal(w, (tmg_view){ witness, lock->block })) {
		tmg_put_u16(response, lock->refusal);
		return;
	}
	encrypt(lock, c.ptr, block);
	if (lock->lies)
		block[0] ^= 1;
	put_reply(response, TAG_RESPONSE, (tmg_view){ block, lock->block });
}
