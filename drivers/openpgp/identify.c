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

/* What version 2 and 3 promise; the kinds of keys that the card has now are
 * possible for certain, others only where attributes may be changed. */
static void
can_and_algs(tmg_opgp *p)
{
	tmg_backend_info *info = &p->base.info;

	info->algs = 0;
	for (size_t i = 0; i < OPGP_KEYS - 1; i++)
		info->algs |= 1u << p->about.keys[i].attributes.alg;
	info->algs &= ~(1u << TMG_ALG_NONE);
	if ((p->about.can & CAP_ATTRIBUTES) != 0)
		info->algs |= 1u << TMG_ALG_RSA2048;
	if ((p->about.can & CAP_CHALLENGE) != 0)
		info->can |= TMG_CAN_RANDOM;
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
	can_and_algs(p);
	tmg_opgp_name(p);
	return TMG_OK;
}
