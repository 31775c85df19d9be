/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is written down of an application beside its code: where it is, whom to
 * believe, how it stood last.  Its enrollment has a journal once there is a key;
 * before that, and where the office makes the key, there is this alone.
 */
#include "tools/tamga/portal-parts.h"

#include <dirent.h>
#include <string.h>
#include <time.h>

#include "src/base/file.h"
#include "tools/tamga/keep.h"

#define SUFFIX ".application"
#define RECORD_MAX (256 * 1024)

static json_t *
read_record(const char *path)
{
	tmg_auto_free uint8_t *text = NULL;
	size_t len;
	json_t *o;

	if (tmg_file_read(path, RECORD_MAX, &text, &len) != TMG_OK)
		return NULL;
	o = json_loadb((const char *)text, len, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(o))
		return o;
	json_decref(o);
	return NULL;
}

static tmg_rc
write_record(struct cli *cli, const char *path, const json_t *o)
{
	auto_wiped text = json_dumps(o, JSON_INDENT(1));

	return text != NULL ? keep_write(cli, path, text) :
	    cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
}

/* Whom it believes: certificates, or the hash of one. */
static void
set_trust(struct cli *cli, const struct ca *ca, json_t *o)
{
	json_t *list = json_array();

	for (size_t i = 0; ca->spec.anchors != NULL &&
	    i < tmg_certs_count(ca->spec.anchors); i++)
		json_array_append_new(list, cli_pem_json(cli, "CERTIFICATE",
		    tmg_certs_get(ca->spec.anchors, i)));
	json_object_set_new(o, "anchors", list);
	if (ca->spec.anchors == NULL && ca->spec.fingerprint != NULL)
		json_object_set_new(o, "fingerprint",
		    json_string(ca->spec.fingerprint));
}

static void
set_standing(json_t *o, const json_t *said)
{
	static const char *const names[] = { "profile", "state", "status" };

	for (size_t i = 0; i < TMG_COUNT(names); i++)
		if (portal_text(said, names[i])[0] != '\0')
			json_object_set(o, names[i], json_object_get(said, names[i]));
}

tmg_rc
portal_record_begin(struct cli *cli, const struct portal *p, const struct ca *ca,
    const json_t *said)
{
	char path[KEEP_PATH];
	portal_auto_json o = NULL;
	tmg_rc rc;

	if ((rc = keep_path(cli, p->number, SUFFIX, path)))
		return rc;
	o = read_record(path);
	if (o == NULL)
		o = json_pack("{s:s, s:I}", "application", p->number, "begun",
		    (json_int_t)time(NULL));
	if (o == NULL)
		return cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	json_object_set_new(o, "authority", json_string(ca->spec.uri));
	if (portal_text(p->profile, "title")[0] != '\0')
		json_object_set(o, "title", json_object_get(p->profile, "title"));
	set_trust(cli, ca, o);
	set_standing(o, said);
	return write_record(cli, path, o);
}

tmg_rc
portal_record_standing(struct cli *cli, const char *number, const json_t *said)
{
	char path[KEEP_PATH];
	portal_auto_json o = NULL;
	tmg_rc rc;

	if ((rc = keep_path(cli, number, SUFFIX, path)) ||
	    (o = read_record(path)) == NULL)
		return rc;
	set_standing(o, said);
	return write_record(cli, path, o);
}

/* ---- reading ------------------------------------------------------------- */

static tmg_rc
damaged(struct cli *cli, const json_t *o)
{
	return cli_raise(cli, TMG_E_MALFORMED, _("what was written down of application "
	    "%s is damaged; say --ca and --ca-file as when it was begun"),
	    portal_text(o, "application"));
}

static tmg_rc
take_trust(struct cli *cli, const json_t *o, struct ca *ca)
{
	json_t *list = json_object_get(o, "anchors"), *pem;
	size_t i;

	if (ca->spec.anchors != NULL || ca->spec.fingerprint != NULL)
		return TMG_OK;
	if (tmg_certs_new(&ca->anchors))
		return cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	json_array_foreach(list, i, pem)
		if (!json_is_string(pem) || tmg_certs_add_pem(ca->anchors,
		    tmg_view_str(json_string_value(pem))))
			return damaged(cli, o);
	if (tmg_certs_count(ca->anchors) > 0) {
		ca->spec.anchors = ca->anchors;
		return TMG_OK;
	}
	snprintf(ca->fingerprint, sizeof(ca->fingerprint), "%s",
	    portal_text(o, "fingerprint"));
	if (ca->fingerprint[0] != '\0')
		ca->spec.fingerprint = ca->fingerprint;
	return TMG_OK;
}

tmg_rc
portal_record_ca(struct cli *cli, const char *number, struct ca *ca)
{
	char path[KEEP_PATH];
	portal_auto_json o = NULL;
	tmg_rc rc;

	if ((rc = keep_path(cli, number, SUFFIX, path)) ||
	    (o = read_record(path)) == NULL)
		return rc;
	if (!portal_is(portal_text(o, "authority")))
		return damaged(cli, o);
	snprintf(ca->uri, sizeof(ca->uri), "%s", portal_text(o, "authority"));
	ca->spec.uri = ca->uri;
	return take_trust(cli, o, ca);
}

bool
portal_record_waits(const json_t *record)
{
	static const char *const ends[] = { "installed", "handed-over", "suspended",
		"revoked", "rejected", "cancelled", "expired", "destroyed" };

	for (size_t i = 0; i < TMG_COUNT(ends); i++)
		if (strcmp(portal_text(record, "state"), ends[i]) == 0)
			return false;
	return true;
}

bool
portal_record_is(struct cli *cli, const char *number)
{
	const tmg_fault before = cli->fault;
	char path[KEEP_PATH];
	portal_auto_json o = NULL;

	if (keep_path(cli, number, SUFFIX, path) == TMG_OK)
		o = read_record(path);
	cli->fault = before;
	return o != NULL;
}

static bool
is_record(const struct dirent *entry)
{
	const size_t len = strlen(entry->d_name), n = strlen(SUFFIX);

	return len > n && strcmp(entry->d_name + len - n, SUFFIX) == 0;
}

/* Newest first, where two begun in the same second stand as they may. */
static void
insert(json_t *list, json_t *o)
{
	const json_int_t begun = json_integer_value(json_object_get(o, "begun"));
	size_t i = 0;

	while (i < json_array_size(list) && json_integer_value(json_object_get(
	    json_array_get(list, i), "begun")) > begun)
		i++;
	json_array_insert_new(list, i, o);
}

tmg_rc
portal_records(struct cli *cli, json_t **list)
{
	char folder[KEEP_PATH], path[2 * KEEP_PATH];
	const struct dirent *entry;
	DIR *dir;

	if ((*list = json_array()) == NULL)
		return cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	if (tmg_file_state(folder, sizeof(folder)) != TMG_OK ||
	    (dir = opendir(folder)) == NULL)
		return TMG_OK;
	while ((entry = readdir(dir)) != NULL) {
		json_t *o;

		if (!is_record(entry) || snprintf(path, sizeof(path), "%s/%s", folder,
		    entry->d_name) >= (int)sizeof(path) ||
		    (o = read_record(path)) == NULL)
			continue;
		json_object_del(o, "anchors");
		json_object_del(o, "fingerprint");
		insert(*list, o);
	}
	closedir(dir);
	return TMG_OK;
}
