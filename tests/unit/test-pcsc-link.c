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
	const uint8_t *features, *properties;	/* what the reader tells; NULL */
	size_t features_len, properties_len;
	uint8_t told[300];		/* to its keypad, last */
	DWORD told_code;
	size_t told_len;
	LONG typed;			/* what SCardControl says of the keypad */
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

enum { CODE_VERIFY = 0x42330006, CODE_MODIFY, CODE_PROPERTIES = 0x42330012 };

static LONG
tell(const uint8_t *what, size_t n, void *out, DWORD room, LPDWORD len)
{
	if (what == NULL)
		return SCARD_E_UNSUPPORTED_FEATURE;
	if (n > room)
		return SCARD_E_INSUFFICIENT_BUFFER;
	memcpy(out, what, n);
	*len = n;
	return SCARD_S_SUCCESS;
}

LONG
SCardControl(SCARDHANDLE card, DWORD code, LPCVOID in, DWORD in_len, LPVOID out,
    DWORD room, LPDWORD len)
{
	(void)card;
	*len = 0;
	if (code == CM_IOCTL_GET_FEATURE_REQUEST)
		return tell(pcscd.features, pcscd.features_len, out, room, len);
	if (code == CODE_PROPERTIES)
		return tell(pcscd.properties, pcscd.properties_len, out, room, len);
	assert_true(in_len <= sizeof(pcscd.told));
	memcpy(pcscd.told, in, in_len);
	pcscd.told_len = in_len;
	pcscd.told_code = code;
	if (pcscd.typed == SCARD_S_SUCCESS)
		return tell(pcscd.sw, sizeof(pcscd.sw), out, room, len);
	return pcscd.typed;
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
anew(void **state)
{
	(void)state;
	memset(&pcscd, 0, sizeof(pcscd));
	pcscd.sw[0] = 0x90;
	return 0;
}

static int
setup(void **state)
{
	anew(state);
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

/* The daemon saw nothing go: another card may be in the reader, which is not to get
 * what was meant for the one before. */
static void
test_silence_for_good(void **state)
{
	tmg_link *link = *state;

	assert_int_equal(link->ops->begin(link), TMG_OK);
	arrange(&pcscd.transmit, SCARD_E_NOT_TRANSACTED);
	assert_int_equal(send_verify(link), TMG_REMOVED);
	assert_non_null(strstr(link->fault.text, "broke off"));
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

/* ---- a keypad ------------------------------------------------------------ */

#define FEATURES 0x06, 4, 0x42, 0x33, 0, 0x06, 0x07, 4, 0x42, 0x33, 0, 0x07, \
	0x12, 4, 0x42, 0x33, 0, 0x12

static const tmg_pad_form verify_form = { .block = 8, .min = 6, .max = 8,
	.seconds = 30 };
static const tmg_pad_form change_form = { .change = true, .block = 8,
	.new_at = 8, .min = 6, .max = 8, .seconds = 30 };

static tmg_link *
open_keypad(const uint8_t *features, size_t len)
{
	pcscd.features = features;
	pcscd.features_len = len;
	return open_link();
}

static tmg_rc
enter(tmg_link *link, const tmg_pad_form *form)
{
	static const uint8_t verify[] = { 0x00, 0x20, 0x00, 0x80, 0x08, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	static const uint8_t change[21] = { 0x00, 0x24, 0x00, 0x80, 0x10 };
	uint8_t store[258];
	tmg_out answer = TMG_OUT(store);

	return link->ops->enter(link, form, form->change ? TMG_VIEW(change)
	    : TMG_VIEW(verify), &answer);
}

/* Held to the structures of pcsc-lite's own header. */
static void
test_keypad_is_told(void **state)
{
	static const uint8_t features[] = { FEATURES };
	static const uint8_t properties[] = { 0x07, 1, 7 };
	tmg_link *link;
	PIN_VERIFY_STRUCTURE v;
	PIN_MODIFY_STRUCTURE m;

	(void)state;
	pcscd.properties = properties;
	pcscd.properties_len = sizeof(properties);
	link = open_keypad(features, sizeof(features));
	assert_int_equal(link->keypad, TMG_PAD_VERIFY | TMG_PAD_CHANGE);
	assert_int_equal(link->ops->begin(link), TMG_OK);
	assert_int_equal(enter(link, &verify_form), TMG_OK);
	assert_int_equal(pcscd.told_code, CODE_VERIFY);
	memcpy(&v, pcscd.told, sizeof(v));
	assert_int_equal(pcscd.told_len, sizeof(v) + 13);
	assert_int_equal(v.bTimerOut, 30);
	assert_int_equal(v.bmFormatString, 0x82);
	assert_int_equal(v.bmPINBlockString, 0x08);
	assert_int_equal(v.bmPINLengthFormat, 0);
	assert_int_equal(v.wPINMaxExtraDigit, 0x0607);
	assert_int_equal(v.bEntryValidationCondition, 0x02);
	assert_int_equal(v.bNumberMessage, 1);
	assert_int_equal(v.wLangId, 0x0409);
	assert_int_equal(v.ulDataLength, 13);
	assert_int_equal(pcscd.told[sizeof(v) + 1], 0x20);

	assert_int_equal(enter(link, &change_form), TMG_OK);
	assert_int_equal(pcscd.told_code, CODE_MODIFY);
	memcpy(&m, pcscd.told, sizeof(m));
	assert_int_equal(pcscd.told_len, sizeof(m) + 21);
	assert_int_equal(m.bmFormatString, 0x82);
	assert_int_equal(m.bInsertionOffsetOld, 0);
	assert_int_equal(m.bInsertionOffsetNew, 8);
	assert_int_equal(m.wPINMaxExtraDigit, 0x0607);
	assert_int_equal(m.bConfirmPIN, 3);
	assert_int_equal(m.bNumberMessage, 3);
	assert_int_equal(m.bMsgIndex3, 2);
	assert_int_equal(m.ulDataLength, 21);
	assert_int_equal(pcscd.sent, 0);
	link->ops->end(link);
	link->ops->close(link, false);
}

/* What the reader says and what the card says. */
static void
test_keypad_answers(void **state)
{
	static const uint8_t features[] = { FEATURES };
	static const struct {
		uint8_t sw[2];
		LONG code;
		bool reset;
		tmg_rc rc;
	} t[] = {
		{ { 0x90, 0x00 }, SCARD_S_SUCCESS, false, TMG_OK },
		{ { 0x63, 0xc2 }, SCARD_S_SUCCESS, false, TMG_OK },
		{ { 0x64, 0x00 }, SCARD_S_SUCCESS, false, TMG_CANCELLED },
		{ { 0x64, 0x01 }, SCARD_S_SUCCESS, false, TMG_CANCELLED },
		{ { 0x64, 0x03 }, SCARD_S_SUCCESS, false, TMG_DENIED },
		{ { 0x6b, 0x80 }, SCARD_S_SUCCESS, false, TMG_UNSUPPORTED },
		{ { 0x6d, 0x00 }, SCARD_S_SUCCESS, true, TMG_RESET },
		{ { 0, 0 }, SCARD_W_RESET_CARD, false, TMG_RESET },
		{ { 0, 0 }, SCARD_E_INVALID_PARAMETER, false, TMG_E_USAGE },
		{ { 0, 0 }, SCARD_W_REMOVED_CARD, false, TMG_REMOVED },
	};
	tmg_link *link = open_keypad(features, sizeof(features));

	(void)state;
	assert_int_equal(link->ops->begin(link), TMG_OK);
	for (size_t i = 0; i < TMG_COUNT(t); i++) {
		memcpy(pcscd.sw, t[i].sw, sizeof(pcscd.sw));
		pcscd.typed = t[i].code;
		if (t[i].reset)
			arrange(&pcscd.status, SCARD_W_RESET_CARD);
		if (t[i].rc == TMG_E_USAGE)
			assert_true(tmg_is_fault(enter(link, &verify_form)));
		else
			assert_int_equal(enter(link, &verify_form), t[i].rc);
	}
	link->ops->end(link);
	link->ops->close(link, false);
}

/* A reader that cannot tell what it has is not trusted with a PIN; one that has
 * the half of it does that half. */
static void
test_keypads_that_are_none(void **state)
{
	static const uint8_t cut[] = { 0x06, 4, 0x42, 0x33, 0, 0x06, 0x07 };
	static const uint8_t verify[] = { 0x06, 4, 0x42, 0x33, 0, 0x06 };
	static const uint8_t all[] = { FEATURES };
	static const uint8_t bad_properties[] = { 0x0a, 4, 0xff, 0, 0, 0, 0x06, 9 };
	static const uint8_t four_digits[] = { 0x07, 1, 4 };
	static const struct {
		const uint8_t *features;
		size_t len;
		const uint8_t *properties;
		size_t properties_len;
		unsigned keypad;
		tmg_rc verify, change;
		size_t longest;
	} t[] = {
		{ NULL, 0, NULL, 0, 0, TMG_UNSUPPORTED, TMG_UNSUPPORTED, 65544 },
		{ cut, sizeof(cut), NULL, 0, 0, TMG_UNSUPPORTED, TMG_UNSUPPORTED,
		    65544 },
		{ verify, sizeof(verify), NULL, 0, TMG_PAD_VERIFY, TMG_OK,
		    TMG_UNSUPPORTED, 65544 },
		{ all, sizeof(all), bad_properties, sizeof(bad_properties), 0,
		    TMG_UNSUPPORTED, TMG_UNSUPPORTED, 264 },
		{ all, sizeof(all), four_digits, sizeof(four_digits),
		    TMG_PAD_VERIFY | TMG_PAD_CHANGE, TMG_UNSUPPORTED,
		    TMG_UNSUPPORTED, 65544 },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(t); i++) {
		tmg_link *link;

		pcscd.properties = t[i].properties;
		pcscd.properties_len = t[i].properties_len;
		link = open_keypad(t[i].features, t[i].len);
		assert_int_equal(link->keypad, t[i].keypad);
		assert_int_equal(link->longest, t[i].longest);
		assert_int_equal(link->ops->begin(link), TMG_OK);
		assert_int_equal(enter(link, &verify_form), t[i].verify);
		assert_int_equal(enter(link, &change_form), t[i].change);
		assert_true(t[i].change == TMG_OK || link->fault.text[0] != '\0');
		link->ops->end(link);
		link->ops->close(link, false);
	}
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_reset_told), TEST(test_reset_done_late),
		TEST(test_reset_behind_a_refusal), TEST(test_reset_without_answer),
		TEST(test_silence_for_good),
		TEST(test_reset_while_connecting),
		cmocka_unit_test_setup(test_keypad_is_told, anew),
		cmocka_unit_test_setup(test_keypad_answers, anew),
		cmocka_unit_test_setup(test_keypads_that_are_none, anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
