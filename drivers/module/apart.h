/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A library that runs in a process of its own, tamga-module-host, and is spoken to
 * through p11-kit's client: what it breaks there, it does not break here.
 */
#ifndef TMG_MODULE_APART_H
#define TMG_MODULE_APART_H

#include <p11-kit/pkcs11.h>

#include "src/base/child.h"
#include "tamga/ctx.h"

typedef struct tmg_module_apart {
	bool used;		/* else all is as in one process */
	tmg_child host;
	int word;		/* its last word is read here */
	unsigned seconds;	/* what a call may take */
	char fate[160];		/* that word; empty: it runs */
	const char *in;		/* the call after which it was first missed */
} tmg_module_apart;

/* Begins it.  *p11 is p11-kit's client, *started what its C_Initialize said.
 * Faults TMG_E_IO: words in f. */
TMG_MUST_USE tmg_rc
tmg_module_apart_begin(tmg_module_apart *a, const char *library,
    const tmg_apart *how, CK_FUNCTION_LIST **p11, CK_RV *started, tmg_fault *f);

/* After the last call: waits for the end of it. */
void
tmg_module_apart_end(tmg_module_apart *a);

/* Whether it is over, though nobody ended it, now that function failed. */
bool
tmg_module_apart_is_over(tmg_module_apart *a, const char *function);

/* How that came, as words that follow the library's name. */
void
tmg_module_apart_fate(const tmg_module_apart *a, char *text, size_t cap);

/* Why the library could not even be loaded; NULL: it could. */
const char *
tmg_module_apart_unfit(const tmg_module_apart *a);

#endif
