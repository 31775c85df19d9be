/* SPDX-License-Identifier: BSD-2-Clause */
/* What the card is called, and what it can do: its AID and its capabilities. */
#include "drivers/openpgp/openpgp.h"

#include <stdio.h>

#include "src/base/scope.h"

/* Registered with the FSFE: 4.2.1. */
static const struct maker {
	uint16_t id;
	const char *name, *model;
} makers[] = {
	{ 0x0001, "PPC Card Systems", "OpenPGP card" },
	{ 0x0002, "Prism", "OpenPGP card" },
	{ 0x0003, "OpenFortress", "OpenPGP card" },
	{ 0x0005, "ZeitControl", "OpenPGP card" },
	{ YUBICO, "Yubico", "YubiKey OpenPGP" },
	{ 0x0009, "Fidesmo", "OpenPGP card" },
	{ 0x000a, "VivoKey", "OpenPGP card" },
	{ 0x000b, "Feitian Technologies", "OpenPGP card" },
	{ 0x000f, "Nitrokey", "Nitrokey OpenPGP" },
	{ 0x1337, "Warsaw Hackerspace", "OpenPGP card" },
	{ 0xf1d0, "CanoKeys", "CanoKey OpenPGP" },
	{ 0xf517, "FSIJ", "Gnuk" },
	{ 0, "", "OpenPGP card" },
};

static const struct maker *
maker_of(uint16_t id)
{
	size_t i = 0;

	while (makers[i].id != 0 && makers[i].id != id)
		i++;
	return &makers[i];
}

#define ALGORITHMS_MAX 2048u	/* bytes; some 500 in practice */

static const struct {
	uint8_t told;		/* CAP_* */
	unsigned can;		/* TMG_CAN_* */
} abilities[] = {
	{ CAP_CHALLENGE, TMG_CAN_RANDOM },
	{ CAP_IMPORT, TMG_CAN_IMPORT },
	{ CAP_PW_STATUS, TMG_CAN_POLICY },
	{ CAP_KDF, TMG_CAN_HASH_PINS },
};

/* What RSA cards of version 2 take, where they let attributes be changed. */
#define ALGS_2 (1u << TMG_ALG_RSA2048 | 1u << TMG_ALG_RSA3072 | \
	1u << TMG_ALG_RSA4096)
/* Those of version 3 before 3.4 may know curves, and do not say which. */
#define ALGS_3 (ALGS_2 | 1u << TMG_ALG_P256 | 1u << TMG_ALG_P384 | \
	1u << TMG_ALG_ED25519 | 1u << TMG_ALG_X25519)

static bool
lists_algorithms(const tmg_opgp_about *a)
{
	return a->version[0] > 3 || (a->version[0] == 3 && a->version[1] >= 4);
}

/* From 3.4 on the card lists them in FA; a list that cannot be read is as none. */
static tmg_rc
read_algs(tmg_opgp *p, uint32_t *algs)
{
	uint8_t bytes[ALGORITHMS_MAX];
	tmg_out store = TMG_OUT(bytes);
	tmg_view content;
	tmg_rc rc;

	*algs = p->about.version[0] >= 3 ? ALGS_3 : ALGS_2;
	if (!lists_algorithms(&p->about))
		return TMG_OK;
	rc = tmg_opgp_get(p, DO_ALGORITHMS, TMG_LE_ANY, &store, &content);
	if (rc == TMG_OK && tmg_opgp_algorithms_parse(content) != 0)
		*algs = tmg_opgp_algorithms_parse(content);
	return rc == TMG_REMOVED || rc == TMG_RESET || rc == TMG_E_IO
	    ? rc : TMG_OK;
}

/* The kinds of keys that the card has now are possible for certain, others only
 * where attributes may be changed. */
static tmg_rc
can_and_algs(tmg_opgp *p)
{
	tmg_backend_info *info = &p->base.info;
	uint32_t algs = 0;
	tmg_rc rc;

	for (size_t i = 0; i < TMG_COUNT(abilities); i++)
		if ((p->about.can & abilities[i].told) != 0)
			info->can |= abilities[i].can;
	if ((p->about.can & CAP_ATTRIBUTES) != 0 && (rc = read_algs(p, &algs)))
		return rc;
	for (size_t i = 0; i < OPGP_KEYS - 1; i++) {
		algs |= 1u << p->about.keys[i].attributes.alg;
		if (p->about.keys[i].uif)
			info->can |= TMG_CAN_POLICY;
	}
	if (tmg_opgp_attests(&p->about)) {
		info->can |= TMG_CAN_ATTEST;
		info->attests_as = tmg_opgp_slot_at(0)->row.ref;
	}
	info->slot_policy = true;
	info->algs = algs & ~(1u << TMG_ALG_NONE);
	return TMG_OK;
}

/* The label is typed on command lines, so: short and without spaces.  The serial
 * is unique with its maker's number only. */
void
tmg_opgp_name(tmg_opgp *p)
{
	const tmg_opgp_about *a = &p->about;
	tmg_backend_info *info = &p->base.info;
	const struct maker *maker = maker_of(a->manufacturer);

	snprintf(info->manufacturer, sizeof(info->manufacturer), "%s", maker->name);
	snprintf(info->model, sizeof(info->model), "%s", maker->model);
	snprintf(info->serial, sizeof(info->serial), "%04X%02X%02X%02X%02X",
	    a->manufacturer, a->serial[0], a->serial[1], a->serial[2],
	    a->serial[3]);
	snprintf(info->label, sizeof(info->label), "OpenPGP-%s", info->serial + 4);
	snprintf(p->who, sizeof(p->who), _("%s in %s"), info->label,
	    p->base.ch->reader);
}

tmg_rc
tmg_opgp_identify(tmg_backend *b)
{
	tmg_opgp *p = tmg_opgp_of(b);
	tmg_rc rc;

	if ((rc = tmg_opgp_learn(p)))
		return p->terminated ? TMG_OK : rc;
	tmg_opgp_name(p);
	return opgp_pass(p, can_and_algs(p));
}
