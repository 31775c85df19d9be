/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a person may decide about the module.
 */
#ifndef TMG_PKCS11_CONF_H
#define TMG_PKCS11_CONF_H

#include <stdbool.h>

typedef struct tmg_p11_conf {
	int probe_ms;		/* for a look at an unknown card */
	bool keep_pin;		/* until the logout, for a card that was reset */
} tmg_p11_conf;

/* Nothing said. */
void
tmg_p11_conf_begin(tmg_p11_conf *conf);

#endif
