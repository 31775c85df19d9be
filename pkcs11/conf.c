/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/conf.h"

enum {
	PROBE_MS = 2000,
};

void
tmg_p11_conf_begin(tmg_p11_conf *conf)
{
	*conf = (tmg_p11_conf){ .probe_ms = PROBE_MS, .keep_pin = true };
}
