/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The application as the card sees it; the products are rows elsewhere.
 */
#include "tools/vcard/pkcs15.h"

#include <openssl/crypto.h>
#include <stdlib.h>

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
		p15_key_clear(&p15->keys[i]);
	vc_fs_clear(&p15->fs);
	OPENSSL_cleanse(p15->pins, sizeof(p15->pins));
	p15_forget(p15);
}

void *
p15_create_card(vc_card *card, const p15_kind *kind)
{
	vc_p15 *p15 = calloc(1, sizeof(*p15));

	if (p15 == NULL)
		return NULL;
	p15->kind = kind;
	p15_forget(p15);
	if (kind->factory(card, p15) == TMG_OK)
		return p15;
	p15_destroy_card(p15);
	return NULL;
}

void
p15_destroy_card(void *self)
{
	vc_p15 *p15 = self;

	p15_empty(p15);
	free(p15);
}

void
p15_reset_card(void *self)
{
	p15_forget(self);
}

/* Selecting it by its name begins anew, as on every card that has applets. */
uint16_t
p15_select_card(vc_card *card, void *self, tmg_out *out)
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

uint16_t
p15_command_card(vc_card *card, void *self, const vc_command *c, tmg_out *out)
{
	vc_p15 *p15 = self;
	const p15_row *row = row_of(p15->kind, c->ins);

	/* only its second half may follow the first */
	if (c->ins != P15_PSO)
		p15->session.half_len = 0;
	return row != NULL ? row->run(card, p15, c, out) : SW_NO_INS;
}

void
p15_save_card(const void *self, tmg_out *out)
{
	p15_save(self, out);
}

tmg_rc
p15_load_card(vc_card *card, void *self, tmg_view records)
{
	return p15_load(card, self, records);
}

tmg_rc
p15_provision_card(vc_card *card, void *self, const char *algs)
{
	return p15_provision(card, self, algs);
}
