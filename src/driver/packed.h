/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compressed certificates, as cards keep them: gzip (RFC 1952) on PIV cards, zlib
 * (RFC 1950) on GIDS cards.
 */
#ifndef TMG_DRIVER_PACKED_H
#define TMG_DRIVER_PACKED_H

#include "tamga/view.h"

typedef enum tmg_packing {
	TMG_PACKING_GZIP,
	TMG_PACKING_ZLIB,
} tmg_packing;

/*
 * Either packing, as its header says; what follows the stream is left alone.
 *
 *   max    bytes; nothing longer is unpacked
 *
 * Faults  TMG_E_MALFORMED  it breaks off, does not check, or is longer than max
 *         TMG_E_SPACE; TMG_E_NOMEM
 */
TMG_MUST_USE tmg_rc
tmg_unpack(tmg_view packed, size_t max, tmg_out *plain);

/* Faults TMG_E_SPACE, TMG_E_NOMEM. */
TMG_MUST_USE tmg_rc
tmg_pack(tmg_packing packing, tmg_view plain, tmg_out *packed);

#endif
