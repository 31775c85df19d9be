/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The body of a request as it comes in: what is small in memory, what is more in
 * a file without a name, so that memory is no matter of how many send files.
 */
#ifndef RA_INTAKE_H
#define RA_INTAKE_H

#include "tamga/view.h"

#define RA_INTAKE_MEMORY 65536u	/* bytes of one body that stay in memory */

typedef struct ra_intake {
	uint8_t *memory;	/* owned */
	size_t cap;
	size_t len;		/* of the whole body */
	int fd;			/* the file, -1 none yet */
	void *map;		/* the file as it is looked at */
} ra_intake;

#define RA_INTAKE_EMPTY ((ra_intake){ .fd = -1 })

void ra_intake_release(ra_intake *intake);

/* Faults TMG_E_NOMEM; TMG_E_IO: no room for a file, errno says why. */
TMG_MUST_USE tmg_rc
ra_intake_add(ra_intake *intake, tmg_view more);

/* All of it, until more is added.  Faults as above. */
TMG_MUST_USE tmg_rc
ra_intake_view(ra_intake *intake, tmg_view *body);

#endif
