/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A card as it comes from an issuer: keys and certificates of about 1.2 KiB
 * in 9A, 9C, 9D and 9E, CHUID, CCC and Key History.
 */
#ifndef VCARD_PROVISION_H
#define VCARD_PROVISION_H

#include "tools/vcard/card.h"

/* algs: one name of tamga/alg.h, or four with '/' between.
 * Verdicts TMG_NOT_FOUND: no such algorithm on a card. */
TMG_MUST_USE tmg_rc
vc_provision(vc_card *card, const char *algs);

#endif
