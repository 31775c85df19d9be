/* SPDX-License-Identifier: BSD-2-Clause */
/* Data objects: where they may be, what is in them. */
#include "tamga/data.h"

#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/token/job.h"

enum {
	PLACES_MAX = 64,	/* of one token: a YubiKey has 19 */
};

/* ---- the places ---------------------------------------------------------- */

struct place_list {
	tmg_data_slot rows[PLACES_MAX];
	size_t count;
};

static tmg_rc
do_places(tmg_token *t, void *arg)
{
	struct place_list *list = arg;

	return t->driver->data_slots(t->backend, list->rows, PLACES_MAX,
	    &list->count);
}

static tmg_rc
take_places(tmg_token *t, const struct place_list *list)
{
	const size_t n = list->count < PLACES_MAX ? list->count : PLACES_MAX;

	t->data = calloc(n + 1, sizeof(*t->data));
	if (t->data == NULL)
		return tmg_raise(&t->fault, TMG_E_NOMEM, 0, _("out of memory"));
	t->data_count = n;
	for (size_t i = 0; i < n; i++) {
		t->data[i].token = t;
		t->data[i].slot = list->rows[i];
	}
	return TMG_OK;
}

tmg_rc
tmg_token_data(tmg_token *token, size_t *count)
{
	struct place_list list = { .count = 0 };
	tmg_rc rc;

	*count = token->data_count;
	if (token->data != NULL)
		return TMG_OK;
	if ((rc = tmg_job_run(token, &(tmg_job){ .fn = do_places, .arg = &list,
	    .repeatable = true })) || (rc = take_places(token, &list)))
		return rc;
	*count = token->data_count;
	return TMG_OK;
}

tmg_data *
tmg_token_data_get(tmg_token *token, size_t index)
{
	return index < token->data_count ? &token->data[index] : NULL;
}

/* As many as a message holds. */
static const char *
names_of(const tmg_token *t, char *text, size_t cap)
{
	tmg_out o = { (uint8_t *)text, cap - 1, 0, false };

	for (size_t i = 0; i < t->data_count; i++) {
		const char *name = t->data[i].slot.name;

		if (o.len + strlen(name) + sizeof(", ...") > cap) {
			tmg_put_str(&o, ", ...");
			break;
		}
		tmg_put_str(&o, i > 0 ? ", " : "");
		tmg_put_str(&o, name);
	}
	text[o.len] = '\0';
	return text;
}

static tmg_rc
no_place(tmg_token *t, const char *name)
{
	char names[TMG_FAULT_TEXT / 2];

	if (t->data_count == 0)
		return tmg_raise(&t->fault, TMG_NOT_FOUND, 0,
		    _("token %s has no places for data"), tmg_token_name(t));
	return tmg_raise(&t->fault, TMG_NOT_FOUND, 0,
	    _("token %s has no place for data that is called '%s'; it has: %s"),
	    tmg_token_name(t), name, names_of(t, names, sizeof(names)));
}

tmg_rc
tmg_token_data_find(tmg_token *token, const char *name, tmg_data **data)
{
	size_t count;
	tmg_rc rc;

	if ((rc = tmg_token_data(token, &count)))
		return rc;
	for (size_t i = 0; i < count; i++) {
		const tmg_data_slot *s = &token->data[i].slot;

		if (strcasecmp(s->name, name) != 0 &&
		    (s->oid == NULL || strcmp(s->oid, name) != 0))
			continue;
		*data = &token->data[i];
		return TMG_OK;
	}
	return no_place(token, name);
}

tmg_token *
tmg_data_token(const tmg_data *data)
{
	return data->token;
}

const tmg_data_slot *
tmg_data_place(const tmg_data *data)
{
	return &data->slot;
}

/* ---- forgetting ---------------------------------------------------------- */

void
tmg_data_forget_all(tmg_token *token, bool guarded_only)
{
	for (size_t i = 0; i < token->data_count; i++)
		if (!guarded_only || token->data[i].slot.guarded)
			tmg_once_forget(&token->data[i].value);
}

/* ---- reading ------------------------------------------------------------- */

/* An empty place is an answer like any other, and no reason to ask the card for
 * its name. */
tmg_rc
tmg_data_read(tmg_data *data, tmg_view *value)
{
	const tmg_rc rc = tmg_once_get(&data->value, data->token,
	    &(tmg_once_source){ data->token->driver->data_read, data->slot.tag,
	    TMG_DATA_MAX, data->slot.guarded }, value);

	if (rc == TMG_NOT_FOUND)
		return tmg_raise(&data->token->fault, rc, 0,
		    _("there is no %s on token %s"), data->slot.name,
		    tmg_token_glance(data->token)->label);
	return rc;
}

/* ---- writing ------------------------------------------------------------- */

struct data_job {
	const tmg_data *data;
	tmg_view value;
};

static tmg_rc
do_write(tmg_token *t, void *arg)
{
	const struct data_job *j = arg;

	return t->driver->data_write(t->backend, j->data->slot.tag, j->value);
}

static tmg_rc
do_delete(tmg_token *t, void *arg)
{
	const struct data_job *j = arg;

	return t->driver->data_delete(t->backend, j->data->slot.tag);
}

static tmg_rc
check_free(tmg_data *data, tmg_view value, bool *same)
{
	tmg_view there;
	tmg_rc rc = tmg_data_read(data, &there);

	rc = tmg_once_free_for(rc, there, value, same);
	if (rc != TMG_OCCUPIED)
		return rc;
	return tmg_advise(&data->token->fault, TMG_TRY_REPLACE,
	    tmg_raise(&data->token->fault, rc, 0,
		_("token %s has another %s; nothing was changed: allow it to be "
		"overwritten"), tmg_token_name(data->token), data->slot.name));
}

static tmg_rc
check_writable(tmg_data *data)
{
	if (!data->slot.fixed)
		return TMG_OK;
	return tmg_raise(&data->token->fault, TMG_UNSUPPORTED, 0,
	    _("the %s of token %s is written by the token alone"),
	    data->slot.name, tmg_token_name(data->token));
}

static tmg_rc
change(tmg_data *data, tmg_job_fn *fn, tmg_view value)
{
	struct data_job j = { .data = data, .value = value };
	const tmg_rc rc = tmg_job_run(data->token, &(tmg_job){ .fn = fn, .arg = &j,
	    .kind = data->slot.users ? TMG_PIN_USER : TMG_PIN_ADMIN,
	    .when = TMG_WHEN_FIRST });

	data->token->generation++;
	tmg_once_forget(&data->value);
	return rc;
}

tmg_rc
tmg_data_write(tmg_data *data, tmg_view value, bool replace)
{
	bool same = false;
	tmg_rc rc;

	if (value.len == 0 || value.len > TMG_DATA_MAX)
		return tmg_raise(&data->token->fault, TMG_E_USAGE, 0,
		    _("%zu bytes cannot be written"), value.len);
	if ((rc = check_writable(data)) ||
	    (!replace && (rc = check_free(data, value, &same))))
		return rc;
	return same ? TMG_OK : change(data, do_write, value);
}

tmg_rc
tmg_data_delete(tmg_data *data)
{
	const tmg_rc rc = check_writable(data);

	return rc == TMG_OK ? change(data, do_delete, (tmg_view){ 0 }) : rc;
}
