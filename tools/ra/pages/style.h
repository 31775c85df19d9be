/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the pages look: one style sheet, kept by browsers under a name that
 * changes with it.
 */
#ifndef RA_STYLE_H
#define RA_STYLE_H

#include "tamga/view.h"

#define RA_STYLE_NAME 21	/* "0123456789abcdef.css" */

#define RA_STYLE_MAX 12288

void ra_style_write(tmg_out *out);

void ra_style_name(char name[RA_STYLE_NAME]);

#endif
