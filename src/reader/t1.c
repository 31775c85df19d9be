/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/reader/t1.h"

/* ISO/IEC 7816-3:2006, 11.6.3: how often before more is done */
enum {
	REPEATS_MAX = 2,	/* asked again after what could not be read */
	RESYNCHS_MAX = 3,
	BLOCKS_MAX = 8192,	/* of one answer: blocks of 8 bytes of the longest */
};

/* One command on its way. */
struct talk {
	tmg_t1 *t;
	tmg_view rest;		/* of the command, behind the block under way */
	tmg_view chunk;		/* what is under way */
	bool sending;		/* the card has not all of the command yet */
	bool unseen;		/* the block under way is not ours to send again */
	unsigned repeats;
	unsigned blocks;	/* that came, of all kinds */
	unsigned times;		/* block waiting times granted for the next answer */
	tmg_out *response;
	uint8_t bytes[TMG_T1_BLOCK_MAX];
	tmg_out last;		/* what was sent last, over bytes */
};

void
tmg_t1_begin(tmg_t1 *t, uint8_t ifsc, bool crc, tmg_t1_send *send, void *of)
{
	/* 11.4.2: 00 and FF are no sizes */
	if (ifsc == 0 || ifsc > TMG_T1_INF_MAX)
		ifsc = 32;
	*t = (tmg_t1){ .send = send, .of = of, .crc = crc, .ifsc = ifsc,
	    .ifsc_first = ifsc };
}

/* ---- blocks that go out -------------------------------------------------- */

static void
set_block(struct talk *k, uint8_t pcb, tmg_view inf)
{
	k->last = (tmg_out){ k->bytes, sizeof(k->bytes), 0, false };
	tmg_t1_put(&k->last, k->t->crc, &(tmg_t1_block){ .pcb = pcb,
	    .inf = inf });
}

static void
set_i(struct talk *k)
{
	set_block(k, (uint8_t)((k->t->ns ? TMG_T1_I_SEQ : 0) |
	    (k->rest.len > 0 ? TMG_T1_I_MORE : 0)), k->chunk);
}

static void
set_r(struct talk *k, uint8_t wrong)
{
	set_block(k, (uint8_t)(TMG_T1_R | (k->t->nr ? TMG_T1_R_SEQ : 0) |
	    wrong), (tmg_view){ NULL, 0 });
}

static void
next_chunk(struct talk *k)
{
	const size_t n = k->rest.len < k->t->ifsc ? k->rest.len : k->t->ifsc;

	k->chunk = (tmg_view){ k->rest.ptr, n };
	if (n > 0)
		k->rest.ptr += n;
	k->rest.len -= n;
	set_i(k);
}

/* Sends what is set; a block, TMG_PENDING (nothing came), TMG_E_MALFORMED, or
 * what ends it all. */
static tmg_rc
round_trip(struct talk *k, uint8_t store[static TMG_T1_BLOCK_MAX],
    tmg_t1_block *block)
{
	tmg_out answer = { store, TMG_T1_BLOCK_MAX, 0, false };
	const unsigned times = k->times;
	tmg_rc rc;

	k->times = 1;
	rc = k->t->send(k->t->of, times, tmg_out_view(&k->last), &answer);
	if (rc != TMG_OK)
		return rc;
	return tmg_t1_take(tmg_out_view(&answer), k->t->crc, block);
}

/* ---- resynchronisation --------------------------------------------------- */

/* An S-request of ours, and its response; TMG_UNSUPPORTED without one. */
static tmg_rc
request(tmg_t1 *t, uint8_t kind, tmg_view inf, unsigned tries)
{
	struct talk k = { .t = t, .times = 1 };
	uint8_t store[TMG_T1_BLOCK_MAX];
	tmg_t1_block block;
	tmg_rc rc;

	for (unsigned i = 0; i < tries; i++) {
		set_block(&k, (uint8_t)(TMG_T1_S | kind), inf);
		rc = round_trip(&k, store, &block);
		if (rc == TMG_PENDING || rc == TMG_E_MALFORMED)
			continue;
		if (rc != TMG_OK)
			return rc;
		if (block.pcb == (TMG_T1_S | TMG_T1_S_RESPONSE | kind) &&
		    tmg_view_equal(block.inf, inf))
			return TMG_OK;
	}
	return TMG_UNSUPPORTED;
}

/* Begins anew, rule 6: what was under way is lost, and nothing tells whether the
 * card did it.  It is not sent again. */
static tmg_rc
give_up(tmg_t1 *t, tmg_rc why)
{
	const tmg_rc rc = request(t, TMG_T1_S_RESYNCH, (tmg_view){ NULL, 0 },
	    RESYNCHS_MAX);

	if (rc != TMG_OK && rc != TMG_UNSUPPORTED)
		return rc;
	t->lost = rc != TMG_OK;
	t->ns = t->nr = false;
	t->ifsc = t->ifsc_first;
	return why;
}

tmg_rc
tmg_t1_tell_ifsd(tmg_t1 *t, uint8_t ifsd)
{
	return request(t, TMG_T1_S_IFS, (tmg_view){ &ifsd, 1 }, RESYNCHS_MAX);
}

/* ---- blocks that come in ------------------------------------------------- */

/* Rule 7: asks for it once more; *rc is why when that was done often enough. */
static bool
ask_again(struct talk *k, uint8_t wrong)
{
	if (k->repeats++ == REPEATS_MAX)
		return false;
	set_r(k, wrong);
	return true;
}

/* What a block leads to: TMG_PENDING to go on with what is set now, TMG_OK when
 * the response is there, TMG_E_MALFORMED for what has no place here. */
static tmg_rc
take_i(struct talk *k, const tmg_t1_block *b)
{
	tmg_t1 *t = k->t;

	if (((b->pcb & TMG_T1_I_SEQ) != 0) != t->nr || k->rest.len > 0)
		return TMG_E_MALFORMED;
	if (k->sending) {
		/* it also says that our last block was understood, rule 2.2 */
		t->ns = !t->ns;
		k->sending = false;
	}
	t->nr = !t->nr;
	k->repeats = 0;
	tmg_put(k->response, b->inf);
	if (k->response->full)
		return TMG_E_SPACE;
	if ((b->pcb & TMG_T1_I_MORE) == 0)
		return TMG_OK;
	set_r(k, 0);
	return TMG_PENDING;
}

static tmg_rc
take_r(struct talk *k, const tmg_t1_block *b)
{
	const bool wants = (b->pcb & TMG_T1_R_SEQ) != 0;
	tmg_t1 *t = k->t;

	if (!k->sending) {
		/* our R was not understood, rule 7.3; it is sent again */
		if (k->repeats++ == REPEATS_MAX)
			return TMG_E_IO;
		set_r(k, 0);
		return TMG_PENDING;
	}
	if (wants == t->ns) {
		if (k->unseen || k->repeats++ == REPEATS_MAX)
			return TMG_E_IO;
		set_i(k);
		return TMG_PENDING;
	}
	if (k->rest.len == 0)
		return TMG_E_MALFORMED;	/* all is sent: an answer is due */
	t->ns = !t->ns;
	k->repeats = 0;
	next_chunk(k);
	return TMG_PENDING;
}

static tmg_rc
take_s(struct talk *k, const tmg_t1_block *b)
{
	uint8_t inf[1];
	const tmg_view back = { inf, b->inf.len };

	if ((b->pcb & TMG_T1_S_RESPONSE) != 0)
		return TMG_E_MALFORMED;
	if (b->inf.len > 0)
		inf[0] = b->inf.ptr[0];
	switch (b->pcb & 0x1f) {
	case TMG_T1_S_WTX:
		k->times = inf[0] != 0 ? inf[0] : 1;
		break;
	case TMG_T1_S_IFS:
		if (inf[0] == 0 || inf[0] > TMG_T1_INF_MAX)
			return TMG_E_MALFORMED;
		k->t->ifsc = inf[0];
		break;
	default:		/* RESYNCH is not the card's to ask for */
		return TMG_E_MALFORMED;
	}
	set_block(k, (uint8_t)(b->pcb | TMG_T1_S_RESPONSE), back);
	return TMG_PENDING;
}

/* The card ends the chain, rule 9: it is told that we heard it. */
static tmg_rc
aborted(struct talk *k)
{
	uint8_t store[TMG_T1_BLOCK_MAX];
	tmg_t1_block block;
	tmg_rc rc;

	set_block(k, TMG_T1_S | TMG_T1_S_RESPONSE | TMG_T1_S_ABORT,
	    (tmg_view){ NULL, 0 });
	rc = round_trip(k, store, &block);
	if (rc != TMG_OK && rc != TMG_PENDING && rc != TMG_E_MALFORMED)
		return rc;
	return give_up(k->t, TMG_E_IO);
}

static tmg_rc
take_block(struct talk *k, const tmg_t1_block *b)
{
	if ((b->pcb & 0x80) == 0)
		return take_i(k, b);
	return (b->pcb & TMG_T1_S) == TMG_T1_R ? take_r(k, b) : take_s(k, b);
}

/* A block that came, or why none did; as take_block(). */
static tmg_rc
digest(struct talk *k, tmg_rc rc, const tmg_t1_block *b)
{
	uint8_t wrong = TMG_T1_R_OTHER;

	if (rc == TMG_E_MALFORMED)
		wrong = TMG_T1_R_EDC;
	else if (rc == TMG_OK) {
		/* none of them breaks a rule, and they never end */
		if (k->blocks++ == BLOCKS_MAX)
			return give_up(k->t, TMG_E_IO);
		if (b->pcb == (TMG_T1_S | TMG_T1_S_ABORT))
			return aborted(k);
		rc = take_block(k, b);
		if (rc != TMG_E_MALFORMED)
			return rc == TMG_E_IO || rc == TMG_E_SPACE
			    ? give_up(k->t, rc) : rc;
	} else if (rc != TMG_PENDING)
		return rc;
	return ask_again(k, wrong) ? TMG_PENDING : give_up(k->t, TMG_E_IO);
}

/* Until there is a response. */
static tmg_rc
talk_on(struct talk *k, tmg_rc rc)
{
	uint8_t store[TMG_T1_BLOCK_MAX];
	tmg_t1_block b;

	while (rc == TMG_PENDING) {
		rc = round_trip(k, store, &b);
		rc = digest(k, rc, &b);
	}
	return rc;
}

tmg_rc
tmg_t1_transmit(tmg_t1 *t, tmg_view command, tmg_out *response)
{
	struct talk k = { .t = t, .rest = command, .sending = true, .times = 1,
	    .response = response };

	if (t->lost)
		return TMG_E_IO;
	next_chunk(&k);
	return talk_on(&k, TMG_PENDING);
}

/* ---- blocks that the reader makes ---------------------------------------- */

tmg_rc
tmg_t1_prologue(const tmg_t1 *t, size_t len, uint8_t prologue[TMG_T1_PROLOGUE])
{
	if (len > t->ifsc)
		return TMG_UNSUPPORTED;
	prologue[0] = 0;
	prologue[1] = t->ns ? TMG_T1_I_SEQ : 0;
	prologue[2] = (uint8_t)len;
	return TMG_OK;
}

tmg_rc
tmg_t1_follow(tmg_t1 *t, tmg_view first, tmg_out *response)
{
	struct talk k = { .t = t, .sending = true, .unseen = true, .times = 1,
	    .response = response };
	tmg_t1_block b;
	tmg_rc rc = tmg_t1_take(first, t->crc, &b);

	rc = digest(&k, rc, &b);
	return talk_on(&k, rc);
}
