/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Certificates: files of the folder mscp, kxcNN for a key that decrypts, too, and
 * kscNN for one that only signs; NN is the container in hexadecimal.
 */
#include "drivers/gids/gids.h"

#include <stdio.h>

#include "src/base/scope.h"

#define FOLDER "mscp"
#define FILE_MAX (TMG_CERT_MAX + 128u)	/* bytes; what does not pack grows a little */

static void
name_file(size_t index, bool exchange, char name[static GIDS_NAME])
{
	snprintf(name, GIDS_NAME, "k%cc%02X", exchange ? 'x' : 's',
	    (unsigned)(index & 0xff));
}

static tmg_rc
no_certificate(tmg_gids *g, size_t index)
{
	return gids_raise(g, TMG_NOT_FOUND, g->base.fault.sw,
	    _("%s: slot %02x holds no certificate"), g->who, (unsigned)index);
}

/* Of either name; not raised. */
static tmg_rc
find_file(const tmg_gids *g, size_t index, tmg_gids_place *place)
{
	char name[GIDS_NAME];
	tmg_rc rc;

	name_file(index, true, name);
	rc = tmg_gids_master_find(tmg_gids_master(g), FOLDER, name, place);
	if (rc != TMG_NOT_FOUND)
		return rc;
	name_file(index, false, name);
	return tmg_gids_master_find(tmg_gids_master(g), FOLDER, name, place);
}

/* What another file lies in would be overwritten, or deleted, for the certificate: the
 * container map, and with it every key. */
static tmg_rc
check_place(tmg_gids *g, size_t index, const tmg_gids_place *place)
{
	if (tmg_gids_master_alone(tmg_gids_master(g), place))
		return TMG_OK;
	return gids_raise(g, TMG_E_MALFORMED, 0,
	    _("%s: the card says that the certificate of slot %02x lies where another "
	    "file does; nothing was changed"), g->who, (unsigned)index);
}

/* ---- reading ----------------------------------------------------------------- */

static tmg_rc
read_file(tmg_gids *g, size_t index, const tmg_gids_place *place, tmg_out *der)
{
	tmg_auto_free uint8_t *bytes = malloc(FILE_MAX);
	tmg_out store = { bytes, FILE_MAX, 0, false };
	tmg_view content;
	tmg_rc rc;

	if (bytes == NULL)
		return gids_raise(g, TMG_E_NOMEM, 0, _("out of memory"));
	if ((rc = tmg_gids_get(g, place, &store, &content)))
		return rc == TMG_NOT_FOUND ? no_certificate(g, index)
		    : gids_pass(g, rc);
	if (content.len == 0)
		return no_certificate(g, index);
	rc = tmg_gids_cert_unwrap(content, der);
	if (rc == TMG_E_MALFORMED)
		return gids_raise(g, rc, 0,
		    _("%s: what slot %02x holds as its certificate cannot be read; "
		    "write it again"), g->who, (unsigned)index);
	return gids_pass(g, rc);
}

tmg_rc
tmg_gids_cert_read(tmg_backend *b, uint32_t slot, tmg_out *der)
{
	tmg_gids *g = tmg_gids_of(b);
	tmg_gids_place place;
	size_t index = 0;
	tmg_rc rc;

	if ((rc = tmg_gids_slot_index(g, slot, &index)) || (rc = tmg_gids_learn(g)))
		return gids_pass(g, rc);
	if (find_file(g, index, &place))
		return no_certificate(g, index);
	if ((rc = check_place(g, index, &place)))
		return rc;
	return read_file(g, index, &place, der);
}

/* ---- writing ------------------------------------------------------------------- */

static tmg_rc
write_at(tmg_gids *g, const tmg_gids_place *place, tmg_view der)
{
	tmg_auto_free uint8_t *bytes = malloc(FILE_MAX);
	tmg_out file = { bytes, FILE_MAX, 0, false };
	tmg_rc rc;

	if (bytes == NULL)
		return gids_raise(g, TMG_E_NOMEM, 0, _("out of memory"));
	if ((rc = tmg_gids_cert_wrap(der, &file)))
		return gids_raise(g, rc, 0,
		    _("%s: a certificate of %zu bytes cannot be written"), g->who,
		    der.len);
	return tmg_gids_put(g, place, tmg_out_view(&file));
}

/* First the certificate, then the row that names it: a card that is pulled out
 * between has an object that nobody sees, in whose place the next one goes. */
static tmg_rc
write_new(tmg_gids *g, size_t index, bool exchange, tmg_view der)
{
	uint8_t bytes[GIDS_MASTER_MAX];
	tmg_out fresh = TMG_OUT(bytes);
	char name[GIDS_NAME];
	tmg_gids_place place;
	tmg_rc rc;

	name_file(index, exchange, name);
	if (tmg_gids_master_free(tmg_gids_master(g), GIDS_USER_FILES, &place) ||
	    tmg_gids_master_add(tmg_gids_master(g), FOLDER, name, &place, &fresh))
		return gids_raise(g, TMG_DENIED, 0,
		    _("%s: the card has too many files"), g->who);
	if ((rc = write_at(g, &place, der)))
		return rc;
	return tmg_gids_master_write(g, tmg_out_view(&fresh));
}

tmg_rc
tmg_gids_cert_write(tmg_backend *b, uint32_t slot, tmg_view der)
{
	tmg_gids *g = tmg_gids_of(b);
	tmg_gids_container c;
	tmg_gids_place place;
	size_t index = 0;
	bool found;
	tmg_rc rc;

	if ((rc = tmg_gids_slot_to_change(g, slot, &index)))
		return gids_pass(g, rc);
	if (tmg_gids_container_get(tmg_gids_map(g), index, &c) || !c.valid)
		return gids_raise(g, TMG_UNSUPPORTED, 0,
		    _("%s: slot %02x holds no key, and such a card keeps "
		    "certificates of its own keys alone"), g->who,
		    (unsigned)index);
	found = find_file(g, index, &place) == TMG_OK;
	if ((found && (rc = check_place(g, index, &place))) ||
	    (rc = tmg_gids_change_begin(g, false)))
		return gids_pass(g, rc);
	return gids_pass(g, found ? write_at(g, &place, der)
	    : write_new(g, index, c.exchange != TMG_ALG_NONE, der));
}

/* First the row, then what it named. */
static tmg_rc
delete_at(tmg_gids *g, const tmg_gids_place *place)
{
	uint8_t bytes[GIDS_MASTER_MAX];
	tmg_out fresh = TMG_OUT(bytes);
	tmg_rc rc;

	if ((rc = tmg_gids_master_drop(tmg_gids_master(g), place, &fresh)) ||
	    (rc = tmg_gids_master_write(g, tmg_out_view(&fresh))))
		return rc;
	return tmg_gids_put(g, place, (tmg_view){ NULL, 0 });
}

tmg_rc
tmg_gids_cert_delete(tmg_backend *b, uint32_t slot)
{
	tmg_gids *g = tmg_gids_of(b);
	tmg_gids_place place;
	size_t index = 0;
	tmg_rc rc;

	if ((rc = tmg_gids_slot_to_change(g, slot, &index)))
		return gids_pass(g, rc);
	if (find_file(g, index, &place))
		return no_certificate(g, index);
	if ((rc = check_place(g, index, &place)) ||
	    (rc = tmg_gids_change_begin(g, false)))
		return gids_pass(g, rc);
	return gids_pass(g, delete_at(g, &place));
}
