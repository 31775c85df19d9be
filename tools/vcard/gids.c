/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/vcard/gids.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#include "src/base/scope.h"
#include "tools/vcard/state.h"

#define AID 0xa0, 0x00, 0x00, 0x03, 0x97, 0x42, 0x54, 0x46, 0x59, 0x02, 0x01
#define AID_LEAST 9		/* without the version */

tmg_view
gids_name(void)
{
	return (tmg_view){ vc_gids_app.aid, vc_gids_app.aid_len };
}

void
gids_forget(gids_session *s)
{
	OPENSSL_cleanse(s, sizeof(*s));
	s->key = s->admin_key = FS_NONE;
}

void
gids_empty(vc_gids *g)
{
	for (int i = 0; i < FS_FILES; i++) {
		gids_objects_drop(g, i);
		gids_key_drop(&g->keys[i]);
	}
	vc_fs_clear(&g->fs);
	vc_fs_rewind(&g->fs);
	OPENSSL_cleanse(&g->pin, sizeof(g->pin));
	gids_forget(&g->session);
}

/* The user or the administrator makes files and takes them away. */
void
gids_factory(vc_gids *g)
{
	const fs_file app = {
		.descriptor = FD_DF, .life = FS_LIFE_CREATION,
		.rules = { GIDS_CREATE_EF | GIDS_DELETE_CHILD, 0x30, 0x30 }, .rules_len = 3,
	};

	gids_empty(g);
	vc_fs_init(&g->fs, &app);
}

static void *
create(vc_card *card, const void *kind)
{
	vc_gids *g = calloc(1, sizeof(*g));

	(void)card;
	(void)kind;
	if (g != NULL)
		gids_factory(g);
	return g;
}

static void
destroy(void *self)
{
	gids_empty(self);
	free(self);
}

static void
reset(void *self)
{
	vc_gids *g = self;

	gids_forget(&g->session);
	vc_fs_rewind(&g->fs);
}

/* Selecting it by its name begins anew, as on every card that has applets. */
static uint16_t
select_by_name(vc_card *card, void *self, tmg_out *out)
{
	const vc_command c = { .ins = INS_SELECT };

	reset(self);
	return gids_select(card, self, &c, out);
}

static const struct row {
	uint8_t ins;
	gids_command *run;
} rows[] = {
	{ INS_SELECT, gids_select },
	{ GIDS_GET_DATA, gids_get_data },
	{ GIDS_PUT_DATA, gids_put_data },
	{ GIDS_CREATE, gids_create },
	{ GIDS_ACTIVATE, gids_activate },
	{ GIDS_DELETE, gids_delete },
	{ GIDS_VERIFY, gids_verify },
	{ GIDS_CHANGE, gids_change },
	{ GIDS_UNBLOCK, gids_unblock },
	{ GIDS_AUTHENTICATE, gids_authenticate },
	{ GIDS_GENERATE, gids_generate },
	{ GIDS_MSE, gids_mse },
	{ GIDS_PSO, gids_pso },
	{ GIDS_INTERNAL_AUTH, gids_internal_auth },
};

uint16_t
gids_run(vc_card *card, vc_gids *g, const vc_command *c, tmg_out *out)
{
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		if (rows[i].ins == c->ins)
			return rows[i].run(card, g, c, out);
	return SW_NO_INS;
}

static uint16_t
command(vc_card *card, void *self, const vc_command *c, tmg_out *out)
{
	return gids_run(card, self, c, out);
}

static void
save(const void *self, tmg_out *out)
{
	gids_save(self, out);
}

static tmg_rc
load(vc_card *card, void *self, tmg_view records)
{
	return gids_load(card, self, records);
}

static tmg_rc
provision(vc_card *card, void *self, const char *algs)
{
	return gids_provision(card, self, algs);
}

static const vc_app_code code = {
	.create = create,
	.destroy = destroy,
	.tail = vc_app_no_tail,
	.historical = vc_app_no_historical,
	.select = select_by_name,
	.command = command,
	.reset = reset,
	.save = save,
	.load = load,
	.provision = provision,
};

const vc_app vc_gids_app = {
	.name = "gids",
	.record = STATE_GIDS,
	.aid = { AID },
	.aid_len = sizeof((uint8_t[]){ AID }),
	.aid_least = AID_LEAST,
	.control = true,
	.files = true,
	.code = &code,
};
