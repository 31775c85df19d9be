/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a provisioned GIDS card is sold with.  It is filled by its own commands, as a
 * shop fills it: files, PIN, administrator's key, two containers; then activated.
 */
#include <openssl/rand.h>
#include <stdio.h>

#include "src/base/scope.h"
#include "tools/vcard/gids.h"
#include "tools/vcard/gids_layout.h"
#include "tools/vcard/provision.h"

enum {
	CONTAINERS = 2,
	FIRST_KEY = 0x81,
	CARDID_LEN = 16,
	P1_NEW = 0x01,

	RULES_KEY = 0x8f,	/* who makes, uses, brings it; its public half is anybody's */
	CRT_SIGN = 0xb6,
	CRT_DECIPHER = 0xb8,
	USAGE = 0x40,
};

struct sale {
	vc_card *card;
	vc_gids *g;
	vc_issuer issuer;
	gids_container made[CONTAINERS];
	uint8_t master[512];
	tmg_out names;
};

static void
sale_release(struct sale *s)
{
	vc_issuer_release(&s->issuer);
}

static tmg_rc
run(struct sale *s, uint8_t ins, uint16_t p1p2, tmg_view data)
{
	const vc_command c = {
		.ins = ins, .p1 = (uint8_t)(p1p2 >> 8), .p2 = (uint8_t)p1p2, .data = data,
	};
	uint8_t bytes[1024];
	tmg_out out = TMG_OUT(bytes);

	return gids_run(s->card, s->g, &c, &out) == SW_OK ? TMG_OK : TMG_E_CRYPTO;
}

/* ---- files -------------------------------------------------------------------------------- */
/* Reading and writing, in the order of the access mode byte: writing first. */
static const struct { uint16_t ef; uint8_t write, read; } files[] = {
	{ EF_DIRECTORY, 0x30, 0x00 }, { EF_USER, 0x30, 0x00 }, { EF_EXECUTE, 0x30, 0xff },
	{ EF_ADMIN, 0x20, 0x00 }, { EF_PRIVATE, 0x30, 0x30 }, { EF_SECRET, 0x20, 0x20 },
};

static tmg_rc
create(struct sale *s, uint8_t descriptor, uint16_t id, tmg_view rules, tmg_view crts)
{
	const uint8_t name[2] = { (uint8_t)(id >> 8), (uint8_t)id };
	uint8_t inner[160], bytes[176];
	tmg_out in = TMG_OUT(inner), out = TMG_OUT(bytes);
	tmg_rc rc;

	tmg_tlv_put(&in, FCP_DESCRIPTOR, (tmg_view){ &descriptor, 1 });
	tmg_tlv_put(&in, FCP_ID, TMG_VIEW(name));
	tmg_tlv_put(&in, FCP_RULES_COMPACT, rules);
	if (crts.len > 0)
		tmg_tlv_put(&in, GIDS_TAG_CRTS, crts);
	tmg_tlv_put(&out, FCP_TEMPLATE, tmg_out_view(&in));
	if ((rc = run(s, GIDS_CREATE, 0, tmg_out_view(&out))))
		return rc;
	return run(s, GIDS_ACTIVATE, 0, (tmg_view){ 0 });
}

static tmg_rc
create_files(struct sale *s)
{
	tmg_rc rc = TMG_OK;

	for (size_t i = 0; i < TMG_COUNT(files) && rc == TMG_OK; i++) {
		const uint8_t rules[] = { GIDS_PUT | GIDS_GET, files[i].write, files[i].read };

		rc = create(s, GIDS_FD_OBJECTS, files[i].ef, TMG_VIEW(rules), (tmg_view){ 0 });
	}
	return rc;
}

static tmg_rc
put(struct sale *s, uint16_t ef, uint16_t tag, tmg_view value)
{
	uint8_t bytes[GIDS_LAYOUT_MAX + 8];
	tmg_out out = TMG_OUT(bytes);

	tmg_tlv_put(&out, tag, value);
	return out.full ? TMG_E_SPACE : run(s, GIDS_PUT_DATA, ef, tmg_out_view(&out));
}

/* A file that Windows finds by its name. */
static tmg_rc
put_file(struct sale *s, const char *directory, const char *name, gids_place place, tmg_view value)
{
	gids_layout_name(directory, name, place, &s->names);
	return put(s, place.ef, place.tag, value);
}

/* ---- PIN and administrator ------------------------------------------------------------------ */
static tmg_rc
set_secrets(struct sale *s)
{
	static const uint8_t rules[] = { 0x87, 0x00, 0x20, 0xff };
	static const uint8_t crts[] = {
		0xa4, 0x09, 0x80, 0x01, GIDS_ALG_3DES, 0x83, 0x01, GIDS_ADMIN, 0x95, 0x01, 0xc0,
	};
	static const uint8_t key[] = {
		GIDS_TAG_KEY, 0x1f, GIDS_TAG_KEY_REF, 0x01, GIDS_ADMIN, 0xa5, 0x1a, 0x87, 0x18,
		1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8,
	};
	tmg_rc rc;

	if ((rc = run(s, GIDS_CHANGE, P1_NEW << 8 | GIDS_PIN, tmg_view_str("123456"))) ||
	    (rc = create(s, GIDS_FD_KEY, GIDS_ID_KEYS | GIDS_ADMIN, TMG_VIEW(rules),
	    TMG_VIEW(crts))))
		return rc;
	return run(s, GIDS_PUT_DATA, GIDS_ID_APP, TMG_VIEW(key));
}

/* ---- containers --------------------------------------------------------------------------------- */
static void
put_crt(tmg_out *o, uint8_t tag, uint8_t mechanism, uint8_t ref)
{
	const uint8_t crt[] = { 0x80, 0x01, mechanism, 0x83, 0x01, ref, 0x95, 0x01, USAGE };

	tmg_tlv_put(o, tag, TMG_VIEW(crt));
}

/* Paddings put on and taken off by the card and by who asks it. */
static void
put_crts(const gids_container *c, tmg_out *o)
{
	static const uint8_t deciphering[] = { 0x00, 0x80, 0x40 };

	for (size_t i = 0; c->exchange && i < sizeof(deciphering); i++)
		put_crt(o, CRT_DECIPHER, deciphering[i] | c->kind, c->ref);
	put_crt(o, CRT_SIGN, 0x10 | c->kind, c->ref);
	put_crt(o, CRT_SIGN, 0x50 | c->kind, c->ref);
}

static tmg_rc
make_key(struct sale *s, const gids_container *c)
{
	static const uint8_t rules[] = { RULES_KEY, 0x10, 0x10, 0x10, 0x00 };
	const uint8_t wish[] = { 0xac, 0x06, 0x80, 0x01, c->kind, 0x83, 0x01, c->ref };
	uint8_t bytes[GIDS_CRTS_MAX];
	tmg_out crts = TMG_OUT(bytes);
	tmg_rc rc;

	put_crts(c, &crts);
	if ((rc = create(s, GIDS_FD_KEY, GIDS_ID_KEYS | c->ref, TMG_VIEW(rules),
	    tmg_out_view(&crts))))
		return rc;
	return run(s, GIDS_GENERATE, 0, TMG_VIEW(wish));
}

static tmg_rc
put_certificate(struct sale *s, unsigned n)
{
	const gids_container *c = &s->made[n];
	const gids_place place = { EF_USER, (uint16_t)(TAG_CERTIFICATES + n) };
	const vc_cert_plan plan = {
		.subject = c->name, .key = s->g->keys[gids_key_find(s->g, c->ref)].pair.pkey,
		.issuer_key = s->issuer.key, .issuer = { s->issuer.der, s->issuer.len },
	};
	uint8_t der[VC_CERT_MAX], bytes[GIDS_LAYOUT_MAX];
	tmg_out out = TMG_OUT(der), packed = TMG_OUT(bytes);
	char name[16];
	tmg_rc rc;

	if ((rc = vc_certificate_make(s->card->lib, &plan, &out)) ||
	    (rc = gids_layout_certificate(tmg_out_view(&out), &packed)))
		return rc;
	snprintf(name, sizeof(name), "%s%02X", c->exchange ? "kxc" : "ksc", n & 0xff);
	return put_file(s, "mscp", name, place, tmg_out_view(&packed));
}

/* RSA keys decipher as well, the first of them does. */
static tmg_rc
make_container(struct sale *s, const char *algs, unsigned n)
{
	static const char *const names[CONTAINERS] = { "tamga-vcard 0", "tamga-vcard 1" };
	tmg_alg alg;
	tmg_rc rc;

	if ((rc = vc_provision_alg(algs, n, &alg)))
		return rc;
	if (gids_kind_of(alg) == 0)
		return TMG_NOT_FOUND;
	s->made[n] = (gids_container){
		.name = names[n], .ref = (uint8_t)(FIRST_KEY + n), .kind = gids_kind_of(alg),
		.bits = tmg_alg_get(alg)->bits, .first = n == 0,
		.exchange = n == 0 && tmg_alg_get(alg)->family == TMG_FAMILY_RSA,
	};
	if ((rc = make_key(s, &s->made[n])))
		return rc;
	return put_certificate(s, n);
}

static tmg_rc
put_containers(struct sale *s)
{
	uint8_t cmap[CONTAINERS * 86], keys[1 + CONTAINERS * 12];
	tmg_out c = TMG_OUT(cmap), k = TMG_OUT(keys);
	tmg_rc rc;

	gids_layout_begin(&k);
	for (size_t i = 0; i < CONTAINERS; i++) {
		gids_layout_container(&s->made[i], &c);
		gids_layout_keymap(&s->made[i], &k);
	}
	if ((rc = put(s, EF_DIRECTORY, TAG_KEYMAP, tmg_out_view(&k))))
		return rc;
	return put_file(s, "mscp", "cmapfile", (gids_place){ EF_USER, TAG_CMAP }, tmg_out_view(&c));
}

/* ---- what every card has -------------------------------------------------------------------------- */
/* Twelve bytes at random and the serial number. */
static tmg_rc
put_cardid(struct sale *s)
{
	const uint32_t serial = s->card->serial;
	uint8_t id[CARDID_LEN] = {
		[12] = (uint8_t)(serial >> 24), (uint8_t)(serial >> 16), (uint8_t)(serial >> 8),
		(uint8_t)serial,
	};

	if (RAND_bytes_ex(s->card->lib, id, 12, 0) != 1)
		return TMG_E_CRYPTO;
	return put_file(s, "", "cardid", (gids_place){ EF_ADMIN, TAG_CARDID }, TMG_VIEW(id));
}

/* cardcf counts what changed: version, PINs, containers, files. */
static tmg_rc
put_common(struct sale *s)
{
	static const uint8_t apps[8] = "mscp", cf[6] = { 0, 0, CONTAINERS, 0, CONTAINERS, 0 };
	tmg_rc rc;

	gids_layout_begin(&s->names);
	gids_layout_name("mscp", "", (gids_place){ EF_DIRECTORY, 0 }, &s->names);
	if ((rc = put_cardid(s)) ||
	    (rc = put_file(s, "", "cardapps", (gids_place){ EF_USER, TAG_CARDAPPS },
	    TMG_VIEW(apps))))
		return rc;
	return put_file(s, "", "cardcf", (gids_place){ EF_USER, TAG_CARDCF }, TMG_VIEW(cf));
}

static tmg_rc
finish(struct sale *s)
{
	static const uint8_t app[] = { GIDS_ID_APP >> 8, GIDS_ID_APP & 0xff };
	tmg_rc rc;

	if ((rc = put(s, EF_DIRECTORY, TAG_MASTER, tmg_out_view(&s->names))) ||
	    (rc = run(s, INS_SELECT, 0x000c, TMG_VIEW(app))))
		return rc;
	return run(s, GIDS_ACTIVATE, 0, (tmg_view){ 0 });
}

tmg_rc
gids_provision(vc_card *card, vc_gids *g, const char *algs)
{
	__attribute__((__cleanup__(sale_release))) struct sale s = { .card = card, .g = g };
	tmg_rc rc;

	s.names = TMG_OUT(s.master);
	gids_factory(g);
	if ((rc = vc_issuer_make(card->lib, &s.issuer)) || (rc = create_files(&s)) ||
	    (rc = set_secrets(&s)) || (rc = put_common(&s)))
		return rc;
	for (unsigned n = 0; n < CONTAINERS; n++)
		if ((rc = make_container(&s, algs, n)))
			return rc;
	if ((rc = put_containers(&s)))
		return rc;
	return finish(&s);
}
