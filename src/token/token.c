/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/token/token.h"

#include <stdlib.h>

#include "src/base/ctx.h"
#include "src/codec/uri.h"
#include "src/driver/no.h"
#include "src/token/job.h"
#include "src/token/parts.h"

static void
take_info(tmg_token *t)
{
	t->info = t->backend->info;
	if (t->driver->derive != tmg_no_derive)
		t->info.can |= TMG_CAN_DERIVE;
}

tmg_rc
tmg_token_new(tmg_tokens *set, tmg_seat *seat, tmg_backend *backend,
    tmg_token **token)
{
	tmg_token *t = calloc(1, sizeof(*t));

	if (t == NULL) {
		backend->driver->close(backend);
		return TMG_E_NOMEM;
	}
	t->set = set;
	t->seat = seat;
	t->backend = backend;
	t->driver = backend->driver;
	take_info(t);
	t->generation = 1;
	if (backend->ch != NULL) {
		t->epoch = backend->ch->epoch;
		memcpy(t->reader, backend->ch->reader, sizeof(t->reader));
	}
	for (size_t kind = 0; kind < TMG_PIN_KINDS; kind++)
		t->tries[kind] = -1;
	*token = t;
	return TMG_OK;
}

void
tmg_token_free(tmg_token **token)
{
	tmg_token *t = *token;

	if (t == NULL)
		return;
	tmg_token_leave(t);
	for (size_t i = 0; i < t->key_count; i++)
		tmg_once_forget(&t->keys[i].cert);
	free(t->keys);
	free(t->path);
	tmg_data_forget_all(t, false);
	free(t->data);
	free(t);
	*token = NULL;
}

void
tmg_token_leave(tmg_token *t)
{
	if (t->backend == NULL)
		return;
	if (t->backend->ch != NULL)
		t->apdus = t->backend->ch->apdus;
	t->driver->close(t->backend);
	t->backend = NULL;
	t->seat = NULL;
	tmg_token_stale(t);
}

void
tmg_token_stale(tmg_token *t)
{
	t->generation++;
	t->surveyed = false;
	t->proven = false;
	for (size_t i = 0; i < t->key_count; i++) {
		tmg_key_forget(&t->keys[i]);
		tmg_key_forget_cert(&t->keys[i]);
	}
	tmg_data_forget_all(t, false);
}

void
tmg_token_doubt_certs(tmg_token *t)
{
	t->generation++;
	t->surveyed = false;
	for (size_t i = 0; i < t->key_count; i++)
		tmg_key_forget_cert(&t->keys[i]);
}

tmg_rc
tmg_token_look(tmg_token *t)
{
	return tmg_job_run(t, &(tmg_job){ .fn = tmg_job_nothing,
	    .repeatable = true });
}

static void
make_uri(tmg_token *t)
{
	tmg_uri uri = { .unknown = false };
	tmg_out o = { (uint8_t *)t->uri, sizeof(t->uri) - 1, 0, false };

	for (size_t i = 0; i < TMG_PARTS; i++) {
		char value[TMG_PART_MAX];
		const tmg_uri_attr attr = tmg_part_get(t, i, value);

		(void)!tmg_uri_set(&uri, attr, tmg_view_str(value));
	}
	tmg_uri_put(&o, &uri);
	t->uri[o.len] = '\0';
}

static tmg_rc
do_identify(tmg_token *t, void *arg)
{
	(void)arg;
	return t->driver->identify(t->backend);
}

void
tmg_token_identify(tmg_token *t)
{
	tmg_rc rc = TMG_OK;

	if (!t->identified && t->backend != NULL) {
		t->identified = true;	/* a complaint about this asks no name */
		rc = tmg_job_run(t, &(tmg_job){ .fn = do_identify,
		    .repeatable = true });
		t->identified = rc == TMG_OK;
		t->identify_rc = rc;
		if (t->backend != NULL)
			take_info(t);
	}
	if (rc != TMG_OK)
		tmg_log(t->set->ctx, TMG_LOG_WARN, "%s: %s", t->reader,
		    t->fault.text);
	if (t->identified && t->uri[0] != '\0')
		return;
	make_uri(t);
}

const tmg_backend_info *
tmg_token_info(tmg_token *token)
{
	tmg_token_identify(token);
	return &token->info;
}

const tmg_backend_info *
tmg_token_glance(const tmg_token *token)
{
	return &token->info;
}

const char *
tmg_token_uri(tmg_token *token)
{
	tmg_token_identify(token);
	return token->uri;
}

const char *
tmg_token_reader(const tmg_token *token)
{
	return token->reader;
}

const char *
tmg_token_driver(const tmg_token *token)
{
	return token->driver->name;
}

uint64_t
tmg_token_apdus(const tmg_token *token)
{
	if (token->backend == NULL || token->backend->ch == NULL)
		return token->apdus;
	return token->backend->ch->apdus;
}

const tmg_fault *
tmg_token_fault(const tmg_token *token)
{
	return &token->fault;
}

void
tmg_token_forget(tmg_token *token)
{
	tmg_token_stale(token);
}

unsigned
tmg_token_generation(const tmg_token *token)
{
	return token->generation;
}
