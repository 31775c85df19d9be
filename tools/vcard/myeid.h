/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef VCARD_MYEID_H
#define VCARD_MYEID_H

#include "tools/vcard/pkcs15.h"

extern const vc_app vc_myeid_app;

/* ---- keys: myeid_key.c ------------------------------------------------------------- */
p15_command my_generate, my_agree;
/* One part, by P2 of PUT DATA. */
uint16_t
my_put_key(vc_card *card, vc_p15 *p15, uint8_t what, tmg_view value);

#endif
