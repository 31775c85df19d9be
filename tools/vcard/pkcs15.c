/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The application as the card sees it; the products are rows elsewhere.
 */
#include "tools/vcard/pkcs15.h"

#include <openssl/crypto.h>
#include <stdlib.h>

bool
p15_kind_has(const p15_kind *kind, tmg_alg alg)
{
	for (const tmg_alg *at = kind->makes; *at != TMG_ALG_NONE; at++)
		if (*at == alg)
			return true;
	return false;
}

void
p15_forget(vc_p15 *p15)
{
	OPENSSL_cleanse(&p15->session, sizeof(p15->session));
	p15->session.key = FS_NONE;
	vc_fs_rewind(&p15->fs);
}

void
p15_empty(vc_p15 *p15)
{
	for (size_t i = 0; i < P15_KEYS; i++)
		vc_pkey_drop(&p15->keys[i]);
	vc_fs_clear(&p15->fs);
	OPENSSL_cleanse(p15->pins, sizeof(p15->pins));
	p15_forget(p15);
}

static void
destroy(void *self)
{
	vc_p15 *p15 = self;

	p15_empty(p15);
	free(p15);
}

static void *
create(vc_card *card, const void *kind)
{
	vc_p15 *p15 = calloc(1, sizeof(*p15));

	if (p15 == NULL)
		return NULL;
	p15->kind = kind;
	p15_forget(p15);
	if (p15->kind->factory(card, p15) == TMG_OK)
		return p15;
	destroy(p15);
	return NULL;
}

static void
reset(void *self)
{
	p15_forget(self);
}

/* Selecting it by its name begins anew, as on every card that has applets. */
static uint16_t
select_app(vc_card *card, void *self, tmg_out *out)
{
	vc_p15 *p15 = self;

	p15_forget(p15);
	return p15->kind->select(card, p15, out);
}

static const p15_row *
row_of(const p15_kind *kind, uint8_t ins)
{
	for (size_t i = 0; i < kind->row_count; i++)
		if (kind->rows[i].ins == ins)
			return &kind->rows[i];
	return NULL;
}

static uint16_t
command(vc_card *card, void *self, const vc_command *c, tmg_out *out)
{
	vc_p15 *p15 = self;
	const p15_row *row = row_of(p15->kind, c->ins);

	/* only its second half may follow the first */
	if (c->ins != P15_PSO)
		p15->session.half_len = 0;
	return row != NULL ? row->run(card, p15, c, out) : SW_NO_INS;
}

static void
save(const void *self, tmg_out *out)
{
	p15_save(self, out);
}

static tmg_rc
load(vc_card *card, void *self, tmg_view records)
{
	return p15_load(card, self, records);
}

static tmg_rc
provision(vc_card *card, void *self, const char *algs)
{
	return p15_provision(card, self, algs);
}

const vc_app_code p15_code = {
	.create = create,
	.destroy = destroy,
	.tail = vc_app_no_tail,
	.historical = vc_app_no_historical,
	.select = select_app,
	.command = command,
	.reset = reset,
	.save = save,
	.load = load,
	.provision = provision,
};
