/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a file is: file identifiers one behind the other, ISO/IEC 7816-4:2005
 * 5.3.1.1.  A path that begins with 3F00 is absolute, one that begins with 3FFF
 * starts in the DF of the application.
 */
#ifndef TMG_ISO_PATH_H
#define TMG_ISO_PATH_H

#include "tamga/view.h"

#define TMG_PATH_MAX 16u		/* bytes; eight identifiers */

enum {
	TMG_FID_MF = 0x3f00,
	TMG_FID_HOME = 0x3fff,	/* the application's DF, however it was selected */
};

typedef struct tmg_path {
	uint8_t bytes[TMG_PATH_MAX];
	size_t len;		/* even; 0: no file */
} tmg_path;

/* The path that bytes name as seen from base: themselves when they begin with
 * 3F00 or 3FFF.  base may be empty, bytes may not.
 * Faults TMG_E_MALFORMED: odd, empty, or more than eight identifiers. */
TMG_MUST_USE tmg_rc
tmg_path_join(const tmg_path *base, tmg_view bytes, tmg_path *path);

static inline tmg_view
tmg_path_view(const tmg_path *path)
{
	return (tmg_view){ path->bytes, path->len };
}

static inline bool
tmg_path_equal(const tmg_path *a, const tmg_path *b)
{
	return tmg_view_equal(tmg_path_view(a), tmg_path_view(b));
}

/* Without its last identifier; of one identifier nothing is left. */
tmg_path
tmg_path_parent(const tmg_path *path);

/* The first identifier is that one. */
bool
tmg_path_from(const tmg_path *path, uint16_t fid);

#endif
