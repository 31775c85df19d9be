/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program over the readers' interface alone.
 *
 * usage: hub pcsc|usb READER time COUNT COMMAND
 *        hub pcsc|usb READER echo LENGTH...
 *        hub pcsc|usb READER apdu COMMAND...
 *        hub pcsc|usb READER hold IT
 *        hub pcsc|usb READER wait COUNT
 *
 * READER is a part of its name.  time: microseconds from nothing to the first answer,
 * and for each of COUNT more.  echo: so many bytes there and back by the small card's
 * INS EE, which must be what they were.  apdu: protocol, ATR and what the card answers, as
 * scard.c prints them.  hold: has the card for itself until its input ends.  wait: what is in the reader, a line now and one for each change
 * until there were COUNT.
 */
#include <tamga/tamga.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
must(tmg_rc rc, const char *what, const char *why)
{
	if (rc == TMG_OK)
		return;
	fprintf(stderr, "%s: %d %s\n", what, rc, why);
	exit(EXIT_FAILURE);
}

static size_t
parse(const char *hex, uint8_t *bytes, size_t cap)
{
	size_t n = 0;

	for (unsigned one; n < cap && sscanf(hex, "%2x", &one) == 1; hex += 2)
		bytes[n++] = (uint8_t)one;
	return n;
}

static void
exchange(tmg_link *link, tmg_view command, tmg_out *answer)
{
	answer->len = 0;
	must(link->ops->transmit(link, command, answer), "transmit",
	    link->fault.text);
}

static tmg_link *
connect_to(tmg_hub *hub, const char *part)
{
	tmg_reader_state rows[8];
	tmg_link *link;
	size_t n, i = 0;

	must(hub->ops->list(hub, rows, 8, &n), "list", hub->fault.text);
	while (i < n && strstr(rows[i].name, part) == NULL)
		i++;
	must(i < n ? TMG_OK : TMG_NOT_FOUND, "list", "no such reader");
	must(hub->ops->connect(hub, rows[i].name, &link), "connect",
	    hub->fault.text);
	must(link->ops->begin(link), "begin", link->fault.text);
	return link;
}

static int
measure(tmg_link *link, double start, char **argv)
{
	uint8_t bytes[512], got[4096];
	const int count = atoi(argv[0]);
	const tmg_view command = { bytes, parse(argv[1], bytes, sizeof(bytes)) };
	tmg_out answer = TMG_OUT(got);
	double first;

	exchange(link, command, &answer);
	first = now_us();
	for (int i = 0; i < count; i++)
		exchange(link, command, &answer);
	printf("%.0f %.0f\n", first - start, (now_us() - first) / count);
	return 0;
}

static void
print_hex(tmg_view v)
{
	for (size_t i = 0; i < v.len; i++)
		printf("%02X", v.ptr[i]);
	printf("\n");
}

static int
answers(tmg_link *link, char **argv)
{
	uint8_t bytes[4096], got[4096];
	tmg_out answer = TMG_OUT(got);

	printf("T=%u ", link->protocol);
	print_hex((tmg_view){ link->atr, link->atr_len });
	for (; *argv != NULL; argv++) {
		exchange(link, (tmg_view){ bytes, parse(*argv, bytes,
		    sizeof(bytes)) }, &answer);
		print_hex(tmg_out_view(&answer));
	}
	return 0;
}

/* The extended form, where the short one does not carry it. */
static size_t
put_echo(uint8_t *command, size_t n)
{
	const uint8_t head[] = { 0x00, 0xee, 0x00, 0x00 };
	size_t at = sizeof(head);

	memcpy(command, head, sizeof(head));
	if (n > 255) {
		command[at++] = 0;
		command[at++] = (uint8_t)(n >> 8);
	}
	command[at++] = (uint8_t)n;
	for (size_t i = 0; i < n; i++)
		command[at + i] = (uint8_t)(i * 7 + n);
	at += n;
	command[at++] = 0;
	if (n > 255)
		command[at++] = 0;
	return at;
}

static int
echo(tmg_link *link, char **argv)
{
	uint8_t command[4096], got[4096];

	for (; *argv != NULL; argv++) {
		const size_t n = (size_t)atoi(*argv);
		const tmg_view sent = { command, put_echo(command, n) };
		tmg_out answer = { got, sizeof(got), 0, false };

		must(link->ops->transmit(link, sent, &answer), "transmit",
		    link->fault.text);
		if (answer.len != n + 2 || got[n] != 0x90 ||
		    memcmp(got, command + (n > 255 ? 7 : 5), n) != 0) {
			fprintf(stderr, "echo %zu: %zu bytes\n", n, answer.len);
			return 1;
		}
		printf("echo %zu\n", n);
	}
	return 0;
}

static void
say(tmg_hub *hub, const char *part)
{
	static const char *const words[] = { "absent", "present", "mute", "held" };
	tmg_reader_state rows[8];
	size_t n, i = 0;

	must(hub->ops->list(hub, rows, 8, &n), "list", hub->fault.text);
	while (i < n && strstr(rows[i].name, part) == NULL)
		i++;
	printf("%s\n", i < n ? words[rows[i].presence] : "none");
	fflush(stdout);
}

static int
wait_for(tmg_hub *hub, const char *part, int count)
{
	say(hub, part);
	for (; count > 0; count--) {
		must(hub->ops->wait(hub, -1), "wait", hub->fault.text);
		say(hub, part);
	}
	return 0;
}

static int
hold(void)
{
	printf("held\n");
	fflush(stdout);
	while (getchar() != EOF)
		continue;
	return 0;
}

static int
use(tmg_hub *hub, double start, char **argv)
{
	tmg_link *link = connect_to(hub, argv[2]);
	int status;

	if (strcmp(argv[3], "echo") == 0)
		status = echo(link, argv + 4);
	else if (strcmp(argv[3], "hold") == 0)
		status = hold();
	else if (strcmp(argv[3], "apdu") == 0)
		status = answers(link, argv + 4);
	else
		status = measure(link, start, argv + 4);

	link->ops->end(link);
	link->ops->close(link, true);
	return status;
}

int
main(int argc, char **argv)
{
	const double start = now_us();
	tmg_ctx *ctx;
	tmg_hub *hub;
	tmg_fault f = { .rc = TMG_OK };
	int status;

	if (argc < 5) {
		fprintf(stderr, "usage: hub pcsc|usb READER time COUNT COMMAND\n");
		return 2;
	}
	must(tmg_ctx_new(&ctx), "context", "");
	must(strcmp(argv[1], "usb") == 0 ? tmg_hub_usb(ctx, &f, &hub) :
	    tmg_hub_pcsc(ctx, &f, &hub), argv[1], f.text);
	status = strcmp(argv[3], "wait") == 0
	    ? wait_for(hub, argv[2], atoi(argv[4])) : use(hub, start, argv);
	tmg_hub_free(&hub);
	tmg_ctx_free(&ctx);
	return status;
}
