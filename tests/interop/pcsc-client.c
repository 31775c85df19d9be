/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program to be driven from a test: one command a line on its standard
 * input, one line of answer each.
 *
 *	hub pcsc | hub vcard PATH	opens a hub
 *	list				NAME|presence|ATR|events|holder for each reader
 *	wait MS				until something changed
 *	cancel MS			waits without limit, a thread cancels after MS
 *	open READER, close		a card
 *	begin, end			a turn
 *	send HEX			header and data of a command, in the turn
 *	unlocked			says that somebody logged in
 *	reset				the card
 *	show				what the channel knows
 *	turns N MS			N turns of two SELECTs, pauses of MS between
 *	raw-exclusive READER		holds the card as scdaemon does
 *	raw-reset READER		resets it as another program
 *	raw-release
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <winscard.h>

#include "tamga/tamga.h"

#define ROWS 16
#define BYTES 4096

static tmg_ctx *ctx;
static tmg_hub *hub;
static tmg_card *card;
static SCARDCONTEXT raw_context;
static SCARDHANDLE raw_card;

static const uint8_t piv_aid[] = {
	0xa0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00, 0x01, 0x00,
};

static long
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
print_hex(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		printf("%02X", p[i]);
}

static void
say(tmg_rc rc, const tmg_fault *f)
{
	printf("%s %s\n", tmg_rc_name(rc),
	    rc != TMG_OK && f != NULL ? f->text : "");
}

static void
do_hub(char *arg)
{
	tmg_fault f = { 0 };
	tmg_rc rc;

	rc = strncmp(arg, "vcard ", 6) == 0
	    ? tmg_hub_vcard(ctx, arg + 6, &f, &hub)
	    : tmg_hub_pcsc(ctx, &f, &hub);
	say(rc, &f);
}

static void
do_list(char *arg)
{
	static const char *const names[] = { "absent", "present", "mute", "held" };
	tmg_reader_state rows[ROWS];
	size_t count;
	tmg_rc rc;

	(void)arg;
	rc = hub->ops->list(hub, rows, ROWS, &count);
	if (rc != TMG_OK) {
		say(rc, &hub->fault);
		return;
	}
	printf("%zu", count);
	for (size_t i = 0; i < count && i < ROWS; i++) {
		printf(" %s|%s|", rows[i].name, names[rows[i].presence]);
		print_hex(rows[i].atr, rows[i].atr_len);
		printf("|%u|%s", rows[i].events, rows[i].holder);
	}
	printf("\n");
}

static void
do_wait(char *arg)
{
	say(hub->ops->wait(hub, atoi(arg)), NULL);
}

static void *
cancel_later(void *arg)
{
	usleep((useconds_t)atoi(arg) * 1000);
	hub->ops->cancel(hub);
	return NULL;
}

static void
do_cancel(char *arg)
{
	pthread_t thread;
	tmg_rc rc;

	if (pthread_create(&thread, NULL, cancel_later, arg) != 0)
		exit(1);
	rc = hub->ops->wait(hub, -1);
	pthread_join(thread, NULL);
	say(rc, NULL);
}

static void
do_open(char *arg)
{
	say(tmg_card_open(hub, arg, &card), &hub->fault);
}

static void
do_close(char *arg)
{
	(void)arg;
	tmg_card_free(&card);
	say(TMG_OK, NULL);
}

static void
do_begin(char *arg)
{
	tmg_channel *ch = tmg_card_channel(card);

	(void)arg;
	say(ch->ops->begin(ch), &ch->fault);
}

static void
do_end(char *arg)
{
	tmg_channel *ch = tmg_card_channel(card);

	(void)arg;
	ch->ops->end(ch);
	say(TMG_OK, NULL);
}

static size_t
parse_hex(const char *text, uint8_t *bytes)
{
	size_t n = 0;
	unsigned b;

	while (n < BYTES && sscanf(text + 2 * n, "%2x", &b) == 1)
		bytes[n++] = (uint8_t)b;
	return n;
}

static void
do_send(char *arg)
{
	static uint8_t bytes[BYTES], store[65536];
	tmg_channel *ch = tmg_card_channel(card);
	const size_t n = parse_hex(arg, bytes);
	tmg_out out = TMG_OUT(store);
	uint16_t sw;
	tmg_rc rc;

	if (n < 4) {
		printf("a command has four bytes or more\n");
		return;
	}
	rc = ch->ops->exchange(ch, &(tmg_capdu){ .cla = bytes[0],
	    .ins = bytes[1], .p1 = bytes[2], .p2 = bytes[3],
	    .data = { bytes + 4, n - 4 }, .le = TMG_LE_ANY }, &out, &sw);
	printf("%s %04X %zu ", tmg_rc_name(rc), sw, out.len);
	print_hex(store, out.len < 64 ? out.len : 64);
	printf(" %s\n", rc != TMG_OK ? ch->fault.text : "");
}

static void
do_unlocked(char *arg)
{
	(void)arg;
	tmg_card_channel(card)->unlocked = true;
	say(TMG_OK, NULL);
}

static void
do_reset(char *arg)
{
	(void)arg;
	say(tmg_card_reset(card), tmg_card_fault(card));
}

static void
do_show(char *arg)
{
	const tmg_channel *ch = tmg_card_channel(card);

	(void)arg;
	printf("epoch %u aid %zu unlocked %d extended %d apdus %llu atr ",
	    ch->epoch, ch->aid_len, ch->unlocked, ch->extended,
	    (unsigned long long)ch->apdus);
	print_hex(ch->atr, ch->atr_len);
	printf("\n");
}

static tmg_rc
one_turn(tmg_channel *ch, long *waited)
{
	const tmg_capdu select = { .ins = 0xa4, .p1 = 4,
	    .data = TMG_VIEW(piv_aid), .le = 256 };
	const long start = now_ms();
	uint8_t store[256];
	uint16_t sw;
	tmg_rc rc;

	if ((rc = ch->ops->begin(ch)))
		return rc;
	*waited = now_ms() - start;
	for (int i = 0; i < 2 && rc == TMG_OK; i++) {
		tmg_out out = TMG_OUT(store);

		rc = ch->ops->exchange(ch, &select, &out, &sw);
		if (rc == TMG_OK && sw != 0x9000)
			rc = TMG_E_CARD;
	}
	ch->ops->end(ch);
	return rc;
}

static void
do_turns(char *arg)
{
	tmg_channel *ch = tmg_card_channel(card);
	const long start = now_ms();
	long waited, longest = 0;
	int n = 0, pause = 0, done = 0;
	tmg_rc rc = TMG_OK;

	if (sscanf(arg, "%d %d", &n, &pause) < 1)
		n = 1;
	for (; done < n && rc == TMG_OK; done++) {
		rc = one_turn(ch, &waited);
		longest = waited > longest ? waited : longest;
		usleep((useconds_t)pause * 1000);
	}
	printf("%s %d turns %ld ms longest %ld ms %s\n", tmg_rc_name(rc), done,
	    now_ms() - start, longest, rc != TMG_OK ? ch->fault.text : "");
}

static LONG
raw_open(const char *reader, DWORD share)
{
	DWORD protocol;
	LONG code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL,
	    &raw_context);

	if (code == SCARD_S_SUCCESS)
		code = SCardConnect(raw_context, reader, share,
		    SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &raw_card, &protocol);
	return code;
}

static void
raw_close(void)
{
	SCardDisconnect(raw_card, SCARD_LEAVE_CARD);
	SCardReleaseContext(raw_context);
}

static void
do_raw_exclusive(char *arg)
{
	printf("%08lX\n", (unsigned long)raw_open(arg, SCARD_SHARE_EXCLUSIVE));
}

static void
do_raw_reset(char *arg)
{
	DWORD protocol;
	LONG code = raw_open(arg, SCARD_SHARE_SHARED);

	if (code == SCARD_S_SUCCESS)
		code = SCardReconnect(raw_card, SCARD_SHARE_SHARED,
		    SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, SCARD_RESET_CARD,
		    &protocol);
	raw_close();
	printf("%08lX\n", (unsigned long)code);
}

static void
do_raw_release(char *arg)
{
	(void)arg;
	raw_close();
	printf("released\n");
}

static const struct {
	const char *word;
	void (*obey)(char *arg);
} commands[] = {
	{ "hub", do_hub }, { "list", do_list }, { "wait", do_wait },
	{ "cancel", do_cancel }, { "open", do_open }, { "close", do_close },
	{ "begin", do_begin }, { "end", do_end }, { "send", do_send },
	{ "unlocked", do_unlocked }, { "reset", do_reset },
	{ "show", do_show }, { "turns", do_turns },
	{ "raw-exclusive", do_raw_exclusive }, { "raw-reset", do_raw_reset },
	{ "raw-release", do_raw_release },
};

static void
obey(char *line)
{
	char *arg = strchr(line, ' ');

	if (arg != NULL)
		*arg++ = '\0';
	else
		arg = line + strlen(line);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(line, commands[i].word) == 0) {
			commands[i].obey(arg);
			return;
		}
	printf("what is \"%s\"?\n", line);
}

static void
log_line(void *arg, tmg_log_level level, const char *line)
{
	(void)level;
	fprintf(arg, "%s\n", line);
}

int
main(void)
{
	char line[2 * BYTES + 64];

	if (tmg_ctx_new(&ctx) != TMG_OK)
		return 1;
	tmg_ctx_set_log(ctx, TMG_LOG_TRACE, log_line, stderr);
	setvbuf(stdout, NULL, _IOLBF, 0);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		obey(line);
	}
	tmg_card_free(&card);
	tmg_hub_free(&hub);
	tmg_ctx_free(&ctx);
	return 0;
}
