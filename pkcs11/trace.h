/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A transcript in a file, for whoever looks for a fault.  It holds what
 * src/card/trace.h lets through: no PIN and no key.
 */
#ifndef TMG_PKCS11_TRACE_H
#define TMG_PKCS11_TRACE_H

#include "tamga/ctx.h"

/* Lets ctx write to path from now on; an empty path: to nothing.  The file is
 * opened for each line and only then: nothing is left open in a program that
 * forks, closes what it does not know, or rotates the file. */
void
tmg_p11_trace_to(tmg_ctx *ctx, const char *path);

/* One line, outside any card's business. */
void
tmg_p11_trace_line(const char *path, const char *line);

#endif
