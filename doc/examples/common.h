/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the examples share: opening tokens, asking for PINs, telling why.
 */
#ifndef TAMGA_EXAMPLES_COMMON_H
#define TAMGA_EXAMPLES_COMMON_H

#include <tamga/tamga.h>

/* A context that asks for PINs on the terminal, or on standard input when
 * that is none.  NULL: out of memory. */
tmg_ctx *
open_context(void);

/* Every token in reach: of the tamga-vcard at $TAMGA_VCARD_SOCKET when that
 * is set, else of PC/SC.  Says why and gives NULL when there is none. */
tmg_tokens *
open_tokens(tmg_ctx *ctx);

/* Prints what went wrong in the words of the handle it went wrong on, and
 * gives the exit status 1. */
int
complain(tmg_rc rc, const tmg_fault *fault);

/* A whole file; *bytes is yours to free().  Says why on failure. */
bool
read_file(const char *path, uint8_t **bytes, size_t *len);

/* The certificates in a PEM file, yours to free.  NULL: said why. */
tmg_certs *
read_anchors(const char *path);

#endif
