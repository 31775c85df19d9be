/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where readers come from: the PC/SC daemon, USB where there is none or
 * the configuration says so, and the virtual card whose socket
 * TAMGA_VCARD_SOCKET or the configuration names.
 */
#ifndef TMG_PKCS11_SOURCE_H
#define TMG_PKCS11_SOURCE_H

#include "pkcs11/conf.h"
#include "pkcs11/limit.h"

typedef struct tmg_p11_source {
	const char *scheme;
	/* Verdicts  TMG_UNSUPPORTED  nobody wants it, nor will
	 *           any other        not there now */
	tmg_rc (*open)(tmg_ctx *ctx, tmg_hub **hub);
	/* Whether what a hub was opened to is not there any more. */
	bool (*is_lost)(void);
	/* The socket that comes with it; NULL: nothing tells of that. */
	const char *(*comes_at)(void);
	/* Waiting for it ends when that descriptor is readable, too; false: it
	 * does not. */
	bool (*heed)(tmg_hub *hub, int fd);
} tmg_p11_source;

/* sources.c; tests bring their own. */
extern const tmg_p11_source tmg_p11_sources[];
extern const size_t tmg_p11_sources_count;

/* What the module goes by; sources.c reads the files, tests need none. */
void
tmg_p11_conf_find(tmg_p11_conf *conf, tmg_fault *f);

/* Every reader of the hub.  *rows is to be freed whatever comes of it.
 * Faults TMG_E_NOMEM, and the hub's. */
TMG_MUST_USE tmg_rc
tmg_p11_source_rows(tmg_hub *hub, tmg_reader_state **rows, size_t *count);

/* A hub of its own that shows one reader only: what is slow there holds up
 * nobody else.  Its links keep to limit, which outlives it. */
TMG_MUST_USE tmg_rc
tmg_p11_source_one(tmg_ctx *ctx, const char *scheme, const char *reader,
    tmg_p11_limit *limit, tmg_hub **hub);

#endif
