/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/ca/successor.h"
#include "tools/ra/ca/upstream.h"
#include "tools/ra/desk/deputy.h"

#define OPEN_MS 20		/* for more to join one commit */

static tmg_rc
open_upstream(ra_office *o, tmg_fault *f)
{
	const ra_config *c = &o->config;
	const ra_upstream_conf *u = &c->upstream;
	char cert[PATH_MAX], tls[PATH_MAX], own[PATH_MAX], key[PATH_MAX],
	    secret[PATH_MAX], vcard[PATH_MAX], password[PATH_MAX];

	if (ra_config_path(c, c->ca_certificate, cert) ||
	    ra_config_path(c, u->tls_ca, tls) ||
	    ra_config_path(c, u->certificate, own) || ra_config_path(c, u->key, key) ||
	    ra_config_path(c, ra_keysource_is_token(key) ? u->pin_file :
	    u->passphrase_file, secret) || ra_config_path(c, u->vcard, vcard) ||
	    ra_config_path(c, u->password_file, password))
		return tmg_raise(f, TMG_E_USAGE, 0, _("a path is too long"));
	return ra_ca_upstream(o->ctx, &(ra_upstream){ u->url, cert, tls, own,
	    { key, secret, vcard }, u->user, password, &u->options,
	    strcmp(u->challenges, "pass") == 0, strcmp(u->changes, "accept") == 0,
	    u->timeout_s }, f, &o->ca);
}

static tmg_rc
open_ca(ra_office *o, tmg_fault *f)
{
	const ra_config *c = &o->config;
	char cert[PATH_MAX], key[PATH_MAX], secret[PATH_MAX], vcard[PATH_MAX];

	if (c->upstream.url[0] != '\0')
		return open_upstream(o, f);
	if (ra_config_path(c, c->ca_certificate, cert) ||
	    ra_config_path(c, c->ca_key, key) || ra_config_path(c, c->ca_vcard, vcard) ||
	    ra_config_path(c, ra_keysource_is_token(key) ? c->ca_pin_file :
	    c->ca_passphrase_file, secret))
		return tmg_raise(f, TMG_E_USAGE, 0, _("a path is too long"));
	return ra_ca_local(o->ctx, cert, &(ra_keysource){ key, secret, vcard }, f,
	    &o->ca);
}

static tmg_rc
open_next(ra_office *o, tmg_fault *f)
{
	char path[PATH_MAX];

	if (o->config.ca_next[0] == '\0')
		return TMG_OK;
	if (ra_config_path(&o->config, o->config.ca_next, path))
		return tmg_raise(f, TMG_E_USAGE, 0, _("a path is too long"));
	return ra_successor_open(o->ca, path, &o->next, f);
}

static tmg_rc
open_profiles(ra_office *o, tmg_fault *f)
{
	ra_book *book;
	tmg_rc rc;

	if ((rc = ra_book_load(&o->config, &book, f)))
		return rc;
	return ra_shelf_new(&book, &o->shelf) ?
	    tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory")) : TMG_OK;
}

tmg_rc
ra_office_open(tmg_ctx *ctx, const char *config_file, ra_office *office,
    tmg_fault *f)
{
	tmg_rc rc;

	*office = (ra_office){ .ctx = ctx };
	if (snprintf(office->config_file, PATH_MAX, "%s", config_file) >= PATH_MAX)
		return tmg_raise(f, TMG_E_USAGE, 0, _("%s: too long"), config_file);
	if ((rc = ra_config_load(config_file, &office->config, f)) == TMG_OK &&
	    (rc = open_profiles(office, f)) == TMG_OK &&
	    (rc = open_ca(office, f)) == TMG_OK &&
	    (rc = open_next(office, f)) == TMG_OK)
		rc = ra_gate_new(&office->gate);
	if (rc == TMG_OK)
		rc = ra_turn_new(OPEN_MS, &office->turn);
	if (rc)
		ra_office_release(office);
	return rc;
}

static time_t
later(void *office)
{
	return time(NULL) + ((const ra_office *)office)->ahead;
}

tmg_rc
ra_office_rehearse(ra_office *office, long seconds, tmg_fault *f)
{
	if (!office->config.rehearsal)
		return tmg_raise(f, TMG_DENIED, 0,
		    _("the clock of an authority is moved in a rehearsal only, which ra.conf must call one"));
	if (seconds < 0)
		return tmg_raise(f, TMG_DENIED, 0,
		    _("the clock of an authority is never put back"));
	office->ahead = seconds;
	tmg_ctx_set_clock(office->ctx, later, office);
	tmg_log(office->ctx, TMG_LOG_WARN, "a rehearsal, %ld seconds ahead", seconds);
	return TMG_OK;
}

void
ra_office_release(ra_office *office)
{
	ra_deputies_release(office);
	ra_turn_free(&office->turn);
	ra_gate_free(&office->gate);
	ra_successor_free(&office->next);
	ra_ca_free(&office->ca);
	ra_shelf_free(&office->shelf);
}

tmg_rc
ra_desk_open(ra_office *office, ra_desk *desk, tmg_fault *f)
{
	char path[PATH_MAX];
	tmg_rc rc;

	*desk = (ra_desk){ .office = office };
	if (ra_config_path(&office->config, office->config.store, path))
		return tmg_raise(f, TMG_E_USAGE, 0, _("a path is too long"));
	ra_desk_look(desk);
	if ((rc = ra_store_open(path, false, f, &desk->store)))
		return rc;
	ra_store_share(desk->store, office->turn);
	return TMG_OK;
}

void
ra_desk_release(ra_desk *desk)
{
	ra_store_free(&desk->store);
	ra_book_free(&desk->book);
	desk->profiles = NULL;
	desk->config = NULL;
}

void
ra_desk_look(ra_desk *desk)
{
	ra_book_free(&desk->book);
	desk->book = ra_shelf_take(desk->office->shelf);
	desk->profiles = ra_book_profiles(desk->book);
	desk->config = ra_book_config(desk->book);
}

time_t
ra_desk_now(const ra_desk *desk)
{
	return tmg_ctx_now(desk->office->ctx);
}

tmg_rc
ra_desk_says(ra_desk *desk, tmg_rc rc)
{
	return tmg_pass(&desk->fault, tmg_fault_copy(&desk->fault,
	    &desk->store->fault, rc));
}

tmg_rc
ra_desk_commit(ra_desk *desk, ra_txn *txn)
{
	const tmg_rc rc = ra_txn_commit(txn);

	return rc ? ra_desk_says(desk, rc) : TMG_OK;
}
