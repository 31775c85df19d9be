/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "src/base/scope.h"
#include "src/token/token.h"

/* tamga-pkcs11.so shows cards alone: see token.am. */
#ifdef TMG_CARDS_ONLY
#undef WITH_DRIVER_FILE
#undef WITH_DRIVER_MODULE
#endif

#ifdef WITH_DRIVER_FILE
extern const tmg_driver tmg_driver_file;
#endif
#ifdef WITH_DRIVER_OPENPGP
extern const tmg_driver tmg_driver_openpgp;
#endif
#ifdef WITH_DRIVER_PKCS15
extern const tmg_driver tmg_driver_pkcs15;
#endif
#ifdef WITH_DRIVER_GIDS
extern const tmg_driver tmg_driver_gids;
#endif
#ifdef WITH_DRIVER_MODULE
extern const tmg_driver tmg_driver_module;
#endif
#ifdef WITH_DRIVER_PIV
extern const tmg_driver tmg_driver_piv;
#endif

/* In the order in which a card is asked; the last row keeps the table from
 * being empty and is not counted. */
const tmg_driver *const tmg_drivers[] = {
#ifdef WITH_DRIVER_PIV
	&tmg_driver_piv,
#endif
#ifdef WITH_DRIVER_OPENPGP
	&tmg_driver_openpgp,
#endif
#ifdef WITH_DRIVER_GIDS
	&tmg_driver_gids,
#endif
#ifdef WITH_DRIVER_PKCS15
	&tmg_driver_pkcs15,
#endif
#ifdef WITH_DRIVER_FILE
	&tmg_driver_file,
#endif
#ifdef WITH_DRIVER_MODULE
	&tmg_driver_module,
#endif
	NULL
};
const size_t tmg_drivers_count = TMG_COUNT(tmg_drivers) - 1;
