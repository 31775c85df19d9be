/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * usage: link pcsc|usb COUNT COMMAND
 *
 * Sends COMMAND, hexadecimal, to the card in the first reader: microseconds from
 * nothing to the first answer, and for each of COUNT more.
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
exchange(tmg_link *link, tmg_view command)
{
	uint8_t bytes[4096];
	tmg_out answer = { bytes, sizeof(bytes), 0, false };

	must(link->ops->transmit(link, command, &answer), "transmit",
	    link->fault.text);
}

static tmg_link *
connect_first(tmg_hub *hub)
{
	tmg_reader_state rows[4];
	tmg_link *link;
	size_t n;

	must(hub->ops->list(hub, rows, 4, &n), "list", hub->fault.text);
	must(n > 0 ? TMG_OK : TMG_NOT_FOUND, "list", "no reader");
	must(hub->ops->connect(hub, rows[0].name, &link), "connect",
	    hub->fault.text);
	return link;
}

int
main(int argc, char **argv)
{
	uint8_t bytes[512];
	const double start = now_us();
	double first, end;
	tmg_ctx *ctx;
	tmg_hub *hub;
	tmg_link *link;
	tmg_fault f = { .rc = TMG_OK };
	int count;

	if (argc != 4 || (count = atoi(argv[2])) < 1) {
		fprintf(stderr, "usage: link pcsc|usb COUNT COMMAND\n");
		return 2;
	}
	const tmg_view command = { bytes, parse(argv[3], bytes, sizeof(bytes)) };

	must(tmg_ctx_new(&ctx), "context", "");
	must(strcmp(argv[1], "usb") == 0 ? tmg_hub_usb(ctx, &f, &hub) :
	    tmg_hub_pcsc(ctx, &f, &hub), argv[1], f.text);
	link = connect_first(hub);
	must(link->ops->begin(link), "begin", link->fault.text);
	exchange(link, command);
	first = now_us();
	for (int i = 0; i < count; i++)
		exchange(link, command);
	end = now_us();
	link->ops->end(link);
	link->ops->close(link, true);
	tmg_hub_free(&hub);
	tmg_ctx_free(&ctx);
	printf("%.0f %.0f\n", first - start, (end - first) / count);
	return 0;
}
