/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A card over PC/SC that other programs reset: a daemon's library made here,
 * whose answers are told in advance, stands in the place of pcsc-lite's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <reader.h>
#include <string.h>

#include "src/base/scope.h"
#include "src/reader/pcsc.h"

/* ---- the daemon ---------------------------------------------------------- */

/* What a function says when it is next called; nothing arranged is success. */
enum { NEXT_MAX = 12 };

struct said {
	LONG code[NEXT_MAX];
	size_t count, at;
};

static struct {
	struct said connect, status, begin, transmit, reconnect;
	uint8_t sw[2];			/* of the answer to every command */
	bool powered_anew;		/* and not spoken to since */
	unsigned sent;			/* commands */
	unsigned resets;		/* by SCardReconnect */
	int turns;
} pcscd;

static LONG
next(struct said *s)
{
	return s->at < s->count ? s->code[s->at++] : SCARD_S_SUCCESS;
}

static void
arrange(struct said *s, LONG code)
{
	assert_true(s->count < NEXT_MAX);
	s->code[s->count++] = code;
}

LONG
SCardEstablishContext(DWORD scope, LPCVOID a, LPCVOID b, LPSCARDCONTEXT context)
{
	(void)scope;
	(void)a;
	(void)b;
	*context = 1;
	return SCARD_S_SUCCESS;
}

LONG
SCardReleaseContext(SCARDCONTEXT context)
{
	(void)context;
	return SCARD_S_SUCCESS;
}

LONG
SCardConnect(SCARDCONTEXT context, LPCSTR reader, DWORD share, DWORD protocols,
    LPSCARDHANDLE card, LPDWORD protocol)
{
	(void)context;
	(void)reader;
	(void)share;
	(void)protocols;
	*card = 2;
	*protocol = SCARD_PROTOCOL_T1;
	return next(&pcscd.connect);
}

LONG
SCardReconnect(SCARDHANDLE card, DWORD share, DWORD protocols, DWORD how,
    LPDWORD protocol)
{
	const LONG code = next(&pcscd.reconnect);

	(void)card;
	(void)share;
	(void)protocols;
	*protocol = SCARD_PROTOCOL_T1;
	pcscd.resets += how == SCARD_RESET_CARD;
	pcscd.powered_anew = pcscd.powered_anew && code != SCARD_S_SUCCESS;
	return code;
}

LONG
SCardDisconnect(SCARDHANDLE card, DWORD how)
{
	(void)card;
	(void)how;
	return SCARD_S_SUCCESS;
}

LONG
SCardStatus(SCARDHANDLE card, LPSTR names, LPDWORD names_len, LPDWORD state,
    LPDWORD protocol, LPBYTE atr, LPDWORD atr_len)
{
	static const uint8_t bare[] = { 0x3b, 0x80, 0x80, 0x01, 0x01 };

	(void)card;
	(void)names;
	*names_len = 0;
	*state = SCARD_PRESENT;
	*protocol = pcscd.powered_anew ? SCARD_PROTOCOL_UNDEFINED
	    : SCARD_PROTOCOL_T1;
	memcpy(atr, bare, sizeof(bare));
	*atr_len = sizeof(bare);
	return next(&pcscd.status);
}

LONG
SCardBeginTransaction(SCARDHANDLE card)
{
	const LONG code = next(&pcscd.begin);

	(void)card;
	pcscd.turns += code == SCARD_S_SUCCESS;
	return code;
}

LONG
SCardEndTransaction(SCARDHANDLE card, DWORD how)
{
	(void)card;
	(void)how;
	pcscd.turns--;
	return SCARD_S_SUCCESS;
}

/* As pcsc-lite: a card that speaks no protocol yet is sent nothing. */
LONG
SCardTransmit(SCARDHANDLE card, const SCARD_IO_REQUEST *pci, LPCBYTE command,
    DWORD len, SCARD_IO_REQUEST *back, LPBYTE answer, LPDWORD answer_len)
{
	const LONG code = next(&pcscd.transmit);

	(void)card;
	(void)pci;
	(void)command;
	(void)len;
	(void)back;
	if (code != SCARD_S_SUCCESS)
		return code;
	if (pcscd.powered_anew)
		return SCARD_E_PROTO_MISMATCH;
	pcscd.sent++;
	memcpy(answer, pcscd.sw, sizeof(pcscd.sw));
	*answer_len = sizeof(pcscd.sw);
	return SCARD_S_SUCCESS;
}

LONG
SCardControl(SCARDHANDLE card, DWORD code, LPCVOID in, DWORD in_len, LPVOID out,
    DWORD room, LPDWORD len)
{
	(void)card;
	(void)code;
	(void)in;
	(void)in_len;
	(void)out;
	(void)room;
	*len = 0;
	return SCARD_E_UNSUPPORTED_FEATURE;
}

LONG
SCardGetAttrib(SCARDHANDLE card, DWORD id, LPBYTE value, LPDWORD len)
{
	(void)card;
	(void)id;
	(void)value;
	*len = 0;
	return SCARD_E_UNSUPPORTED_FEATURE;
}

/* ---- tests --------------------------------------------------------------- */

static tmg_link *
open_link(void)
{
	tmg_fault f = { .rc = TMG_OK };
	tmg_link *link;

	assert_int_equal(tmg_pcsc_link("reader", &f, &link), TMG_OK);
	return link;
}

static int
setup(void **state)
{
	memset(&pcscd, 0, sizeof(pcscd));
	pcscd.sw[0] = 0x90;
	*state = open_link();
	return 0;
}

static int
teardown(void **state)
{
	tmg_link *link = *state;

	link->ops->end(link);
	link->ops->close(link, false);
	return pcscd.turns;		/* given back as often as taken */
}

static tmg_rc
send_verify(tmg_link *link)
{
	static const uint8_t verify[] = { 0x00, 0x20, 0x00, 0x80, 0x00 };
	uint8_t store[258];
	tmg_out answer = TMG_OUT(store);

	return link->ops->transmit(link, TMG_VIEW(verify), &answer);
}

/* The daemon tells before it sends. */
static void
test_reset_told(void **state)
{
	tmg_link *link = *state;

	assert_int_equal(link->ops->begin(link), TMG_OK);
	arrange(&pcscd.transmit, SCARD_W_RESET_CARD);
	assert_int_equal(send_verify(link), TMG_RESET);
	assert_true(link->unheard);
	assert_int_equal(pcscd.sent, 0);
	assert_int_equal(send_verify(link), TMG_OK);
	assert_int_equal(pcscd.resets, 0);
}

/* The reset was told of before the turn, and done in it. */
static void
test_reset_done_late(void **state)
{
	tmg_link *link = *state;

	assert_int_equal(link->ops->begin(link), TMG_OK);
	pcscd.powered_anew = true;
	assert_int_equal(send_verify(link), TMG_RESET);
	assert_true(link->unheard);
	assert_int_equal(pcscd.sent, 0);
	assert_int_equal(send_verify(link), TMG_OK);
	assert_int_equal(pcscd.sent, 1);
}

/* Just before the command: what a card refuses that has nothing selected is no
 * answer, and no try where it does not know the command. */
static void
test_reset_behind_a_refusal(void **state)
{
	static const struct {
		uint8_t sw1;
		bool reset;
		tmg_rc rc;
		bool unheard;
	} t[] = {
		{ 0x6d, true, TMG_RESET, true },
		{ 0x6e, true, TMG_RESET, true },
		{ 0x6a, true, TMG_RESET, false },
		{ 0x69, true, TMG_RESET, false },
		{ 0x63, true, TMG_OK, false },		/* the PIN's own answer */
		{ 0x6d, false, TMG_OK, false },
		{ 0x6a, false, TMG_OK, false },
	};
	tmg_link *link = *state;

	assert_int_equal(link->ops->begin(link), TMG_OK);
	for (size_t i = 0; i < TMG_COUNT(t); i++) {
		pcscd.sw[0] = t[i].sw1;
		if (t[i].reset && t[i].rc == TMG_RESET)
			arrange(&pcscd.status, SCARD_W_RESET_CARD);
		assert_int_equal(send_verify(link), t[i].rc);
		if (t[i].rc == TMG_RESET)
			assert_int_equal(link->unheard, t[i].unheard);
	}
	assert_int_equal(pcscd.sent, TMG_COUNT(t));
}

/* No answer at all: nobody knows what the card has done. */
static void
test_reset_without_answer(void **state)
{
	tmg_link *link = *state;

	assert_int_equal(link->ops->begin(link), TMG_OK);
	arrange(&pcscd.transmit, SCARD_E_NOT_TRANSACTED);
	pcscd.powered_anew = true;
	assert_int_equal(send_verify(link), TMG_RESET);
	assert_false(link->unheard);
	arrange(&pcscd.transmit, SCARD_E_NOT_TRANSACTED);
	arrange(&pcscd.status, SCARD_W_REMOVED_CARD);
	assert_int_equal(send_verify(link), TMG_REMOVED);
	assert_int_equal(pcscd.sent, 0);
}

/* Others reset it while it is connected to: it is not reset once more for that,
 * their logins are theirs. */
static void
test_reset_while_connecting(void **state)
{
	tmg_link *link;

	(void)state;
	arrange(&pcscd.status, SCARD_W_RESET_CARD);
	arrange(&pcscd.status, SCARD_W_RESET_CARD);
	link = open_link();
	assert_int_equal(pcscd.resets, 0);
	assert_int_equal(link->ops->begin(link), TMG_RESET);
	link->ops->end(link);
	link->ops->close(link, false);
	assert_int_equal(((tmg_link *)*state)->ops->begin(*state), TMG_OK);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_reset_told), TEST(test_reset_done_late),
		TEST(test_reset_behind_a_refusal), TEST(test_reset_without_answer),
		TEST(test_reset_while_connecting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
