/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A PC/SC program that knows nothing of tamga: it judges a token through pcscd
 * and libccid.
 *
 * usage: scard READER <<LINES		a part of the reader's name
 *
 *	apdu HEX	prints the answer
 *	echo N		N bytes there and back by the card's INS EE
 *	time N HEX	microseconds per command
 *	absent, present	waits for it
 *
 * Prints the protocol and the ATR first.  Ends with 1 at the first error.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <winscard.h>

enum { BYTES = 65560, WAIT_MS = 20000 };

static SCARDCONTEXT context;
static SCARDHANDLE card;
static DWORD protocol;
static const char *reader;	/* in names */
static char names[4096];

static void
fail(const char *what, LONG rc)
{
	printf("%s: %s\n", what, pcsc_stringify_error(rc));
	exit(1);
}

static void
print_hex(const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		printf("%02X", bytes[i]);
	printf("\n");
}

static bool
find_reader(const char *part)
{
	DWORD len = sizeof(names);

	if (SCardListReaders(context, NULL, names, &len) != SCARD_S_SUCCESS)
		return false;
	for (const char *n = names; *n != '\0'; n += strlen(n) + 1) {
		if (strstr(n, part) != NULL) {
			reader = n;
			return true;
		}
	}
	return false;
}

/* For a reader, by the daemon's own event. */
static void
wait_reader(const char *part)
{
	SCARD_READERSTATE state = { .szReader = "\\\\?PnP?\\Notification" };
	LONG rc = SCARD_S_SUCCESS;

	while (!find_reader(part) && rc == SCARD_S_SUCCESS)
		rc = SCardGetStatusChange(context, WAIT_MS, &state, 1);
	if (rc != SCARD_S_SUCCESS)
		fail("no reader", rc);
}

static void
wait_card(DWORD flag)
{
	SCARD_READERSTATE state = { .szReader = reader };
	LONG rc;

	do {
		state.dwCurrentState = state.dwEventState;
		rc = SCardGetStatusChange(context, WAIT_MS, &state, 1);
	} while (rc == SCARD_S_SUCCESS && !(state.dwEventState & flag));
	if (rc != SCARD_S_SUCCESS)
		fail("no card", rc);
}

static void
join(void)
{
	uint8_t atr[MAX_ATR_SIZE];
	DWORD len = sizeof(atr);
	LONG rc = SCardConnect(context, reader, SCARD_SHARE_SHARED,
	    SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card, &protocol);

	if (rc != SCARD_S_SUCCESS)
		fail("connect", rc);
	rc = SCardStatus(card, NULL, NULL, NULL, NULL, atr, &len);
	if (rc != SCARD_S_SUCCESS)
		fail("status", rc);
	printf("T=%u ", protocol == SCARD_PROTOCOL_T1 ? 1u : 0u);
	print_hex(atr, len);
}

static size_t
transmit(const uint8_t *apdu, size_t n, uint8_t *answer)
{
	const SCARD_IO_REQUEST *pci = protocol == SCARD_PROTOCOL_T1 ? SCARD_PCI_T1 : SCARD_PCI_T0;
	DWORD len = BYTES;
	const LONG rc = SCardTransmit(card, pci, apdu, (DWORD)n, NULL, answer, &len);

	if (rc != SCARD_S_SUCCESS)
		fail("transmit", rc);
	return len;
}

static size_t
hex_of(const char *text, uint8_t *out)
{
	size_t n = 0;
	unsigned byte;

	for (; n < BYTES && sscanf(text, "%2x", &byte) == 1; text += 2)
		out[n++] = (uint8_t)byte;
	return n;
}

static uint8_t apdu[BYTES], answer[BYTES];

static void
do_apdu(const char *rest)
{
	const size_t n = hex_of(rest, apdu);

	print_hex(answer, transmit(apdu, n, answer));
}

static size_t
make_echo(size_t n)
{
	const uint8_t head[4] = { 0x00, 0xee, 0, 0 };
	size_t at = 4;

	memcpy(apdu, head, at);
	if (n > 255) {
		apdu[at++] = 0;
		apdu[at++] = (uint8_t)(n >> 8);
	}
	apdu[at++] = (uint8_t)n;
	for (size_t i = 0; i < n; i++)
		apdu[at++] = (uint8_t)(i * 7 + 3);
	if (protocol == SCARD_PROTOCOL_T1) {
		apdu[at++] = 0;
		if (n > 255)
			apdu[at++] = 0;
	}
	return at;
}

static void
do_echo(const char *rest)
{
	const size_t n = (size_t)atoi(rest), sent = make_echo(n);
	const uint8_t *data = apdu + (n > 255 ? 7 : 5);
	size_t got = transmit(apdu, sent, answer);

	/* T=0: what the card keeps is fetched */
	if (got == 2 && answer[0] == 0x61) {
		const uint8_t fetch[5] = { 0x00, 0xc0, 0, 0, answer[1] };

		got = transmit(fetch, sizeof(fetch), answer);
	}
	if (got != n + 2 || memcmp(answer, data, n) != 0 || answer[n] != 0x90) {
		printf("echo %zu: %zu bytes came back\n", n, got);
		exit(1);
	}
	printf("echo %zu\n", n);
}

static void
do_time(const char *rest)
{
	struct timespec from, to;
	char *hex;
	const long count = strtol(rest, &hex, 10);
	const size_t n = hex_of(hex + strspn(hex, " "), apdu);

	clock_gettime(CLOCK_MONOTONIC, &from);
	for (long i = 0; i < count; i++)
		(void)transmit(apdu, n, answer);
	clock_gettime(CLOCK_MONOTONIC, &to);
	printf("%ld us\n", ((to.tv_sec - from.tv_sec) * 1000000 +
	    (to.tv_nsec - from.tv_nsec) / 1000) / (count > 0 ? count : 1));
}

static void
do_absent(const char *rest)
{
	(void)rest;
	wait_card(SCARD_STATE_EMPTY);
	printf("absent\n");
}

static void
do_present(const char *rest)
{
	(void)rest;
	SCardDisconnect(card, SCARD_LEAVE_CARD);
	wait_card(SCARD_STATE_PRESENT);
	join();
}

static const struct {
	const char *word;
	void (*act)(const char *rest);
} words[] = {
	{ "apdu ", do_apdu }, { "echo ", do_echo }, { "time ", do_time },
	{ "absent", do_absent }, { "present", do_present },
};

static void
act(char *line)
{
	line[strcspn(line, "\n")] = '\0';
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strncmp(line, words[i].word, strlen(words[i].word)) == 0) {
			words[i].act(line + strlen(words[i].word));
			fflush(stdout);
			return;
		}
	}
	printf("what is %s?\n", line);
	exit(2);
}

int
main(int argc, char **argv)
{
	static char line[2 * BYTES];
	LONG rc;

	if (argc != 2)
		return 2;
	rc = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context);
	if (rc != SCARD_S_SUCCESS)
		fail("no daemon", rc);
	wait_reader(argv[1]);
	wait_card(SCARD_STATE_PRESENT);
	join();
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin) != NULL)
		act(line);
	SCardDisconnect(card, SCARD_LEAVE_CARD);
	SCardReleaseContext(context);
	return 0;
}
