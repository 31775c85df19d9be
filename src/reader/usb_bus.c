/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/reader/usb_bus_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/base/clock.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/reader/quirk.h"

/* ---- what is plugged in -------------------------------------------------- */

static tmg_rc
open_door(void *of_plugged, int ms, tmg_fault *f, tmg_pipe **pipe)
{
	tmg_usb_plugged *p = of_plugged;

	return tmg_usb_open(p->events, &p->at, p->name, ms, f, pipe);
}

static bool
is_same(const tmg_usb_place *a, const tmg_usb_place *b)
{
	return a->bus == b->bus && a->address == b->address &&
	    a->interface == b->interface && a->vendor == b->vendor &&
	    a->product == b->product;
}

static tmg_usb_plugged *
find_place(tmg_usb_bus *b, const tmg_usb_place *at)
{
	tmg_usb_plugged *p = b->all;

	while (p != NULL && (p->gone || !is_same(&p->at, at)))
		p = p->next;
	return p;
}

/* "usb:1-2.3 Yubico YubiKey OTP+FIDO+CCID" */
static void
name_reader(tmg_usb_plugged *p)
{
	(void)snprintf(p->name, sizeof(p->name), "usb:%s %s", p->at.path,
	    p->at.label);
}

static tmg_rc
plug(tmg_usb_bus *b, libusb_context *usb, const tmg_usb_place *at, tmg_fault *f)
{
	tmg_usb_plugged *p = calloc(1, sizeof(*p));
	const tmg_ccid_door door = { open_door, p };
	tmg_rc rc = TMG_E_NOMEM;

	if (p != NULL) {
		p->at = *at;
		p->libusb = usb;
		p->events = b->usb;
		p->seen = true;
		p->era = ++b->era;
		p->quirks = tmg_quirks_of(at->vendor, at->product, at->firmware);
		name_reader(p);
		rc = tmg_ccid_reader_new(&at->desc, p->quirks, p->name, &door,
		    &p->reader);
	}
	if (rc != TMG_OK) {
		free(p);
		return tmg_raise(f, rc, 0, _("out of memory"));
	}
	libusb_ref_device(at->device);
	p->next = b->all;
	b->all = p;
	return TMG_OK;
}

struct search {
	tmg_usb_bus *bus;
	libusb_context *usb;
	tmg_fault *f;
};

/* Of what is gone libusb knows only when it is told. */
static bool
is_there(const tmg_usb_bus *b, const tmg_usb_place *at)
{
	return b->told || access(at->node, F_OK) == 0;
}

/* Two contexts may find it. */
static void
refuse(tmg_usb_bus *b, const tmg_usb_place *at)
{
	for (size_t i = 0; i < b->refused_count; i++)
		if (is_same(&b->refused[i], at))
			return;
	if (b->refused_count < TMG_USB_PLACES)
		b->refused[b->refused_count++] = *at;
}

static tmg_rc
found(void *arg, const tmg_usb_place *at)
{
	struct search *s = arg;
	tmg_usb_bus *b = s->bus;
	tmg_usb_plugged *p;

	if (!is_there(b, at))
		return TMG_OK;
	if (at->why.rc != TMG_OK) {
		refuse(b, at);
		return TMG_OK;
	}
	p = find_place(b, at);
	if (p == NULL)
		return plug(b, s->usb, at, s->f);
	p->seen = true;
	return TMG_OK;
}

static void
free_plugged(tmg_usb_plugged *p)
{
	tmg_ccid_reader_free(&p->reader);
	libusb_unref_device(p->at.device);
	free(p);
}

/* A reader that is gone stays for who has it, and for its links. */
static void
sweep(tmg_usb_bus *b)
{
	for (tmg_usb_plugged **at = &b->all, *p; (p = *at) != NULL;) {
		p->gone |= !p->seen;
		if (p->gone && p->users == 0 &&
		    !tmg_ccid_reader_is_linked(p->reader)) {
			*at = p->next;
			free_plugged(p);
		} else
			at = &p->next;
	}
}

static bool
is_used(void *bus, const libusb_context *usb)
{
	const tmg_usb_bus *b = bus;
	const tmg_usb_plugged *p = b->all;

	while (p != NULL && p->libusb != usb)
		p = p->next;
	return p != NULL;
}

static tmg_rc
scan_with(tmg_usb_bus *b, libusb_context *usb, tmg_fault *f)
{
	return tmg_usb_scan(usb, f, found, &(struct search){ b, usb, f });
}

static tmg_rc
scan(tmg_usb_bus *b, tmg_fault *f)
{
	const uint64_t nodes = b->told ? 0 : tmg_usb_nodes();
	tmg_rc rc = nodes != b->nodes ? tmg_usb_later_add(&b->later, f)
	    : TMG_OK;

	for (tmg_usb_plugged *p = b->all; p != NULL; p = p->next)
		p->seen = false;
	b->refused_count = 0;
	if (rc == TMG_OK)
		rc = scan_with(b, b->usb, f);
	for (const tmg_usb_later *l = b->later; rc == TMG_OK && l != NULL; l = l->next)
		rc = scan_with(b, l->usb, f);
	if (rc != TMG_OK)
		return rc;
	b->nodes = nodes;
	sweep(b);
	tmg_usb_later_sweep(&b->later, b->later, is_used, b);
	return TMG_OK;
}

bool
tmg_usb_bus_is_told(const tmg_usb_bus *b)
{
	return b->told;
}

bool
tmg_usb_bus_is_stale(tmg_usb_bus *b)
{
	bool stale;

	pthread_mutex_lock(&b->guard);
	stale = !b->told && tmg_now_ms() >= b->settled_at &&
	    tmg_usb_nodes() != b->nodes;
	pthread_mutex_unlock(&b->guard);
	return stale;
}

bool
tmg_usb_bus_is_settling(tmg_usb_bus *b)
{
	bool settling;

	pthread_mutex_lock(&b->guard);
	settling = tmg_now_ms() < b->settled_at;
	pthread_mutex_unlock(&b->guard);
	return settling;
}

tmg_rc
tmg_usb_bus_scan(tmg_usb_bus *b, tmg_fault *f)
{
	tmg_rc rc;

	pthread_mutex_lock(&b->guard);
	rc = scan(b, f);
	pthread_mutex_unlock(&b->guard);
	return rc;
}

bool
tmg_usb_bus_refused(tmg_usb_bus *b, size_t index, tmg_usb_place *place)
{
	bool there;

	pthread_mutex_lock(&b->guard);
	there = index < b->refused_count;
	if (there)
		*place = b->refused[index];
	pthread_mutex_unlock(&b->guard);
	return there;
}

void
tmg_usb_rows_take(tmg_usb_rows *rows, tmg_usb_bus *b)
{
	rows->bus = b;
	rows->count = 0;
	pthread_mutex_lock(&b->guard);
	for (tmg_usb_plugged *p = b->all; p != NULL &&
	    rows->count < TMG_USB_PLACES; p = p->next) {
		if (p->gone)
			continue;
		p->users++;
		rows->row[rows->count++] = p;
	}
	pthread_mutex_unlock(&b->guard);
}

void
tmg_usb_rows_release(tmg_usb_rows *rows)
{
	pthread_mutex_lock(&rows->bus->guard);
	for (size_t i = 0; i < rows->count; i++)
		rows->row[i]->users--;
	pthread_mutex_unlock(&rows->bus->guard);
}

/* ---- beginning and end --------------------------------------------------- */

static void
bus_free(tmg_usb_bus *b)
{
	for (tmg_usb_plugged *p = b->all, *next; p != NULL; p = next) {
		next = p->next;
		free_plugged(p);
	}
	b->all = NULL;
	tmg_usb_later_sweep(&b->later, NULL, is_used, b);
	if (b->usb != NULL)
		libusb_exit(b->usb);
	tmg_scope_close(&b->doors);
	pthread_mutex_destroy(&b->guard);
	free(b);
}

static tmg_rc
bus_new(tmg_fault *f, tmg_usb_bus **bus)
{
	tmg_usb_bus *b = calloc(1, sizeof(*b));
	int code;

	if (b == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	pthread_mutex_init(&b->guard, NULL);
	b->doors = -1;
	b->told = tmg_usb_is_told();
	b->nodes = b->told ? 0 : tmg_usb_nodes();
	code = libusb_init(&b->usb);
	if (code != 0) {
		b->usb = NULL;
		bus_free(b);
		return tmg_raise(f, TMG_NOT_FOUND, 0,
		    _("USB cannot be reached: %s"), libusb_error_name(code));
	}
	*bus = b;
	return TMG_OK;
}

tmg_rc
tmg_usb_bus_join(tmg_ctx *ctx, tmg_fault *f, tmg_usb_bus **bus)
{
	tmg_commons *common;
	tmg_rc rc = TMG_OK;

	*bus = NULL;
	if (ctx == NULL)
		return bus_new(f, bus);
	common = tmg_ctx_commons(ctx);
	pthread_mutex_lock(&common->mutex);
	*bus = common->usb;
	if (*bus == NULL && (rc = bus_new(f, bus)) == TMG_OK) {
		(*bus)->common = common;
		common->usb = *bus;
	}
	if (rc == TMG_OK)
		(*bus)->hubs++;
	pthread_mutex_unlock(&common->mutex);
	return rc;
}

void
tmg_usb_bus_leave(tmg_usb_bus **bus)
{
	tmg_usb_bus *b = *bus;
	tmg_commons *common;

	*bus = NULL;
	if (b == NULL)
		return;
	common = b->common;
	if (common != NULL) {
		pthread_mutex_lock(&common->mutex);
		if (--b->hubs == 0)
			common->usb = NULL;
		else
			b = NULL;
		pthread_mutex_unlock(&common->mutex);
	}
	if (b != NULL)
		bus_free(b);
}

libusb_context *
tmg_usb_bus_libusb(tmg_usb_bus *b)
{
	return b->usb;
}
