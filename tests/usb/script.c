/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/usb/script.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/usb/ccid.h"
#include "tests/usb/fault.h"

/* ---- the words of a token -------------------------------------------------------------- */

static size_t
hex_of(const char *text, uint8_t *out, size_t cap)
{
	size_t n = 0;
	unsigned byte;

	for (; n < cap && sscanf(text, "%2x", &byte) == 1; text += 2)
		out[n++] = (uint8_t)byte;
	return n;
}

struct wish {
	const struct row *row;
	const char *card, *lie, *atr;
	bool t0, absent;
	unsigned voltages;
	uint8_t pins;
};

/* 0, or -1: no such option. */
static int
option(struct wish *w, const char *word)
{
	const char *value = strchr(word, '=');

	value = value ? value + 1 : "";
	if (strncmp(word, "card=", 5) == 0)
		w->card = value;
	else if (strncmp(word, "lie=", 4) == 0)
		w->lie = value;
	else if (strncmp(word, "atr=", 4) == 0)
		w->atr = value;
	else if (strncmp(word, "volts=", 6) == 0)
		w->voltages = (unsigned)strtoul(value, NULL, 0);
	else if (strcmp(word, "t0") == 0)
		w->t0 = true;
	else if (strncmp(word, "keypad", 6) == 0)
		w->pins = *value ? (uint8_t)strtoul(value, NULL, 0) : 3;
	else if (strcmp(word, "absent") == 0)
		w->absent = true;
	else
		return -1;
	return 0;
}

static struct device *
make(const struct wish *w)
{
	const bool t0 = w->t0 || w->row->protocols == 1;
	struct card *card = w->card ? card_socket_new(w->card) : card_script_new(t0);
	struct device *d;

	if (card == NULL) {
		fprintf(stderr, "%s: no card at %s\n", w->row->name, w->card);
		return NULL;
	}
	d = usb_new(w->row, card, w->pins);
	d->present = !w->absent;
	if (w->voltages)
		d->card_voltages = (uint8_t)w->voltages;
	if (w->atr)
		d->lie_len = hex_of(w->atr, d->lie, sizeof(d->lie));
	if (w->lie && descriptors_lie(&d->descriptors, w->lie)) {
		fprintf(stderr, "no descriptors lie as %s\n", w->lie);
		usb_free(d);
		return NULL;
	}
	return d;
}

struct device *
script_device(const char *words)
{
	char *copy = strdup(words), *save = NULL;
	const char *name = copy ? strtok_r(copy, ",", &save) : NULL;
	struct wish w = { .row = name ? row_find(name) : NULL };
	struct device *d = NULL;
	char *word;

	if (w.row == NULL)
		fprintf(stderr, "no token is called %s\n", name ? name : "");
	else
		w.pins = w.row->pins;
	while (w.row && (word = strtok_r(NULL, ",", &save)) != NULL) {
		if (option(&w, word)) {
			fprintf(stderr, "a token has no option %s\n", word);
			w.row = NULL;
		}
	}
	if (w.row)
		d = make(&w);
	free(copy);
	return d;
}

/* ---- commands ----------------------------------------------------------------------------- */

static const char *
do_remove(struct bed *b, char *rest, FILE *out)
{
	(void)rest;
	(void)out;
	usb_card(b->device, false);
	return NULL;
}

static const char *
do_insert(struct bed *b, char *rest, FILE *out)
{
	(void)rest;
	(void)out;
	usb_card(b->device, true);
	return NULL;
}

/* Another card is put in. */
static const char *
do_card(struct bed *b, char *rest, FILE *out)
{
	struct card *card = card_socket_new(rest);

	(void)out;
	if (card == NULL)
		return "no card there";
	usb_exchange(b->device, card);
	return NULL;
}

static const char *
do_unplug(struct bed *b, char *rest, FILE *out)
{
	(void)rest;
	(void)out;
	b->plug(b, false);
	return NULL;
}

static const char *
do_plug(struct bed *b, char *rest, FILE *out)
{
	(void)rest;
	(void)out;
	b->plug(b, true);
	return NULL;
}

static const char *
do_hold(struct bed *b, char *rest, FILE *out)
{
	(void)rest;
	(void)out;
	b->hold(b, true);
	return NULL;
}

static const char *
do_release(struct bed *b, char *rest, FILE *out)
{
	(void)rest;
	(void)out;
	b->hold(b, false);
	return NULL;
}

static const char *
do_fault(struct bed *b, char *rest, FILE *out)
{
	(void)out;
	return fault_arm(b->device, rest) ? "no such fault" : NULL;
}

static const char *
do_type(struct bed *b, char *rest, FILE *out)
{
	char *keys = b->device->keypad.keys;

	(void)out;
	if (strlen(keys) + strlen(rest) + 2 > sizeof(b->device->keypad.keys))
		return "too much is typed";
	strcat(keys, " ");
	strcat(keys, rest);
	return NULL;
}

static const char *
do_event(struct bed *b, char *rest, FILE *out)
{
	uint8_t bytes[64];

	(void)out;
	usb_event(b->device, bytes, hex_of(rest, bytes, sizeof(bytes)));
	return NULL;
}

static const char *
do_atr(struct bed *b, char *rest, FILE *out)
{
	(void)out;
	b->device->lie_len = hex_of(rest, b->device->lie, sizeof(b->device->lie));
	return NULL;
}

static const char *
do_mark(struct bed *b, char *rest, FILE *out)
{
	struct device *d = b->device;

	(void)rest;
	(void)out;
	memset(d->counts, 0, sizeof(d->counts));
	d->aborts = d->clears = 0;
	d->keypad.keys[0] = '\0';
	while (d->log_len > 0)
		free(d->log[--d->log_len]);
	return NULL;
}

static const char *
do_count(struct bed *b, char *rest, FILE *out)
{
	const struct device *d = b->device;
	unsigned all = 0;

	(void)rest;
	for (unsigned i = 0; i < 256; i++)
		all += d->counts[i];
	fprintf(out, "messages %u\npower-on %u\nxfr-block %u\nslot-status %u\nabort %u\n"
	    "clear-halt %u\n", all, d->counts[POWER_ON], d->counts[XFR_BLOCK],
	    d->counts[SLOT_STATUS], d->aborts, d->clears);
	return NULL;
}

static const char *
do_log(struct bed *b, char *rest, FILE *out)
{
	(void)rest;
	for (unsigned i = 0; i < b->device->log_len; i++)
		fprintf(out, "%s\n", b->device->log[i]);
	return NULL;
}

static const char *
do_status(struct bed *b, char *rest, FILE *out)
{
	const struct device *d = b->device;
	static const char *const states[] = { "active", "inactive", "absent" };

	(void)rest;
	fprintf(out, "card %s\nvoltage %u\nprotocol T=%u\nifsd %zu\nholder %s\n",
	    states[ccid_slot_state(d)], d->voltage, d->protocol, d->t1.ifsd, b->holder(b));
	return NULL;
}

static const char *
do_end(struct bed *b, char *rest, FILE *out)
{
	(void)rest;
	(void)out;
	b->ended = true;
	return NULL;
}

static const struct {
	const char *word;
	const char *(*act)(struct bed *b, char *rest, FILE *out);
} commands[] = {
	{ "remove", do_remove }, { "insert", do_insert }, { "card", do_card },
	{ "unplug", do_unplug }, { "plug", do_plug }, { "hold", do_hold }, { "release", do_release }, { "fault", do_fault },
	{ "type", do_type }, { "event", do_event }, { "atr", do_atr }, { "mark", do_mark },
	{ "count", do_count }, { "log", do_log }, { "status", do_status }, { "end", do_end },
};

void
script_line(struct bed *bed, char *line, FILE *out)
{
	char *rest = line + strcspn(line, " ");
	const char *error = "no such command";

	if (*rest != '\0')
		*rest++ = '\0';
	bed->enter(bed);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].word, line) == 0) {
			error = commands[i].act(bed, rest, out);
			break;
		}
	}
	bed->leave(bed);
	if (error)
		fprintf(out, "error: %s\n", error);
	else
		fprintf(out, "ok\n");
	fflush(out);
}

/* ---- the socket ------------------------------------------------------------------------------ */

int
script_listen(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const mode_t mask = umask(077);
	int bad;

	if (strlen(path) >= sizeof(at.sun_path))
		return -1;
	memcpy(at.sun_path, path, strlen(path));
	bad = bind(fd, (const struct sockaddr *)&at, sizeof(at)) || listen(fd, 8);
	umask(mask);
	return bad ? -1 : fd;
}

void
script_serve(struct bed *bed, int listening)
{
	const int fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
	FILE *in = fd < 0 ? NULL : fdopen(fd, "r");
	FILE *out = in == NULL ? NULL : fdopen(dup(fd), "w");
	char line[1024];

	while (out != NULL && !bed->ended && fgets(line, sizeof(line), in) != NULL) {
		line[strcspn(line, "\r\n")] = '\0';
		script_line(bed, line, out);
	}
	if (out != NULL)
		fclose(out);
	if (in != NULL)
		fclose(in);
}
