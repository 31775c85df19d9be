/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Making fault records: see tamga/err.h.
 */
#ifndef TMG_BASE_FAIL_H
#define TMG_BASE_FAIL_H

#include "tamga/err.h"

tmg_rc tmg_fault_raise(tmg_fault *f, tmg_rc rc, uint16_t sw,
    const char *func, int line, const char *fmt, ...)
    __attribute__((__format__(__printf__, 6, 7)));
tmg_rc tmg_fault_pass(tmg_fault *f, tmg_rc rc, const char *func, int line);

/* What would help with the fault just raised; returns rc. */
tmg_rc tmg_advise(tmg_fault *f, unsigned remedies, tmg_rc rc);

/* Takes over what went wrong in another handle, and no words when from tells
 * of something else than rc; f may be NULL. */
tmg_rc tmg_fault_copy(tmg_fault *f, const tmg_fault *from, tmg_rc rc);

/* Raise where it happens, verdicts too: the words belong to both ... */
#define tmg_raise(f, rc, sw, ...) \
	tmg_fault_raise((f), (rc), (sw), __func__, __LINE__, __VA_ARGS__)
/* ... and sign each hand it passes through. */
#define tmg_pass(f, rc) \
	tmg_fault_pass((f), (rc), __func__, __LINE__)

#endif
