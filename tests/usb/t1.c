/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/usb/t1.h"

#include <string.h>

enum {
	/* PCB, 11.3.2.2 */
	I_SEQUENCE = 0x40, I_MORE = 0x20,
	R_BLOCK = 0x80, R_SEQUENCE = 0x10, R_CHECK = 1, R_OTHER = 2,
	S_BLOCK = 0xc0, S_RESPONSE = 0x20,
	S_RESYNCH = 0xc0, S_IFS = 0xc1, S_ABORT = 0xc2, S_WTX = 0xc3,
	PROLOGUE = 3, IFSD_DEFAULT = 32,
};

void
t1_reset(struct t1 *t, size_t ifsc, size_t ifsd, int crc)
{
	const int no_ifsd = t->no_ifsd;

	memset(t, 0, sizeof(*t));
	t->ifsc = ifsc;
	t->ifsd = ifsd != 0 ? ifsd : IFSD_DEFAULT;
	t->crc = crc;
	t->no_ifsd = no_ifsd;
}

/* ISO/IEC 13239: the CRC of HDLC. */
static unsigned
crc_of(const uint8_t *p, size_t n)
{
	unsigned crc = 0xffff;

	while (n-- > 0) {
		crc ^= *p++;
		for (int bit = 0; bit < 8; bit++)
			crc = (crc & 1) ? crc >> 1 ^ 0x8408 : crc >> 1;
	}
	return crc ^ 0xffff;
}

static size_t
check_len(const struct t1 *t)
{
	return t->crc ? 2 : 1;
}

static void
put_check(const struct t1 *t, const uint8_t *p, size_t n, uint8_t check[2])
{
	const unsigned crc = crc_of(p, n);

	check[0] = check[1] = 0;
	if (t->crc) {
		check[0] = (uint8_t)(crc >> 8);
		check[1] = (uint8_t)crc;
		return;
	}
	for (size_t i = 0; i < n; i++)
		check[0] ^= p[i];
}

void
t1_seal(const struct t1 *t, struct block *b)
{
	const size_t n = b->len;

	put_check(t, b->bytes, n, b->bytes + n);
	b->len = n + check_len(t);
}

void
t1_block(const struct t1 *t, uint8_t pcb, const uint8_t *inf, size_t len, struct block *out)
{
	out->bytes[0] = 0;
	out->bytes[1] = pcb;
	out->bytes[2] = (uint8_t)len;
	if (len > 0)
		memcpy(out->bytes + PROLOGUE, inf, len);
	out->len = PROLOGUE + len;
	t1_seal(t, out);
}

static enum t1_next
send_r(struct t1 *t, uint8_t error, struct block *out)
{
	t1_block(t, (uint8_t)(R_BLOCK | (t->nr ? R_SEQUENCE : 0) | error), NULL, 0, out);
	t->last = *out;
	return T1_SEND;
}

static enum t1_next
send_s(struct t1 *t, uint8_t pcb, const uint8_t *inf, size_t len, struct block *out)
{
	t1_block(t, pcb, inf, len, out);
	t->last = *out;
	return T1_SEND;
}

static enum t1_next
send_i(struct t1 *t, struct block *out)
{
	size_t n = t->answer_len - t->sent;
	uint8_t pcb = t->ns ? I_SEQUENCE : 0;

	if (n > t->ifsd) {
		n = t->ifsd;
		pcb |= I_MORE;
	}
	t1_block(t, pcb, t->answer + t->sent, n, out);
	t->sent += n;
	t->ns ^= 1;
	t->last = t->last_i = *out;
	return T1_SEND;
}

void
t1_answer(struct t1 *t, const uint8_t *answer, size_t len, struct block *out)
{
	memcpy(t->answer, answer, len);
	t->answer_len = len;
	t->sent = 0;
	send_i(t, out);
}

void
t1_more_time(struct t1 *t, struct block *out)
{
	const uint8_t once = 1;

	send_s(t, S_WTX, &once, 1, out);
}

static int
is_sound(const struct t1 *t, const uint8_t *in, size_t len)
{
	uint8_t check[2];

	if (len < PROLOGUE + check_len(t) || len != PROLOGUE + in[2] + check_len(t))
		return 0;
	put_check(t, in, len - check_len(t), check);
	return memcmp(check, in + len - check_len(t), check_len(t)) == 0;
}

static enum t1_next
take_i(struct t1 *t, const uint8_t *in, struct block *out)
{
	const uint8_t sequence = (in[1] & I_SEQUENCE) != 0;
	const size_t n = in[2];

	if (sequence != t->nr || n > t->ifsc || n == 255 || (in[1] & 0x1f) != 0 ||
	    t->apdu_len + n > sizeof(t->apdu))
		return send_r(t, R_OTHER, out);
	if (t->ended)
		t->apdu_len = 0;
	memcpy(t->apdu + t->apdu_len, in + PROLOGUE, n);
	t->apdu_len += n;
	t->nr ^= 1;
	t->ended = !(in[1] & I_MORE);
	return t->ended ? T1_COMMAND : send_r(t, 0, out);
}

static enum t1_next
take_r(struct t1 *t, const uint8_t *in, struct block *out)
{
	const uint8_t wanted = (in[1] & R_SEQUENCE) != 0;

	if (wanted == t->ns && t->sent < t->answer_len && t->sent > 0)
		return send_i(t, out);
	if (wanted != t->ns && t->last_i.len > 0)
		*out = t->last_i;
	else if (t->last.len > 0)
		*out = t->last;
	else
		return send_r(t, R_OTHER, out);
	return T1_SEND;
}

/* The response to an S-block of ours; what it held up goes on. */
static enum t1_next
take_response(struct t1 *t, const uint8_t *in, struct block *out)
{
	const uint8_t once = 1;

	if (in[1] == (S_ABORT | S_RESPONSE)) {
		t->answer_len = t->sent = t->held.len = 0;
		return send_r(t, 0, out);
	}
	if (in[1] == (S_IFS | S_RESPONSE) && in[2] == 1)
		t->ifsc = in[PROLOGUE];
	if (in[1] == (S_WTX | S_RESPONSE) && t->wtx_left > 0) {
		t->wtx_left -= t->wtx_left != ~0u;
		return send_s(t, S_WTX, &once, 1, out);
	}
	if (t->held.len == 0)
		return T1_WAIT;
	*out = t->last = t->held;
	t->held.len = 0;
	return T1_SEND;
}

static enum t1_next
take_s(struct t1 *t, const uint8_t *in, struct block *out)
{
	if (in[1] & S_RESPONSE)
		return take_response(t, in, out);
	switch (in[1]) {
	case S_RESYNCH:
		if (t->no_resynch)
			return T1_SILENT;
		t1_reset(t, t->ifsc, t->ifsd, t->crc);
		return send_s(t, S_RESYNCH | S_RESPONSE, NULL, 0, out);
	case S_IFS:
		if (t->no_ifsd)
			return T1_SILENT;
		if (in[2] != 1 || in[PROLOGUE] == 0 || in[PROLOGUE] == 255)
			return send_r(t, R_OTHER, out);
		t->ifsd = in[PROLOGUE];
		return send_s(t, S_IFS | S_RESPONSE, in + PROLOGUE, 1, out);
	case S_ABORT:
		t->apdu_len = t->answer_len = t->sent = 0;
		return send_s(t, S_ABORT | S_RESPONSE, NULL, 0, out);
	default:
		return send_r(t, R_OTHER, out);
	}
}

enum t1_next
t1_take(struct t1 *t, const uint8_t *in, size_t len, struct block *out)
{
	if (!is_sound(t, in, len))
		return send_r(t, R_CHECK, out);
	if (in[0] != 0)
		return send_r(t, R_OTHER, out);
	if (!(in[1] & R_BLOCK))
		return take_i(t, in, out);
	return (in[1] & S_BLOCK) == S_BLOCK ? take_s(t, in, out) : take_r(t, in, out);
}
