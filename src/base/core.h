/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For programs that hold PINs, passwords or keys.
 */
#ifndef TMG_BASE_CORE_H
#define TMG_BASE_CORE_H

#include <sys/prctl.h>

/* A core would hold them, and so would a debugger of the same user.
 * LeakSanitizer has to look into its process. */
static inline void
tmg_refuse_cores(void)
{
#if !defined(__SANITIZE_ADDRESS__)
	prctl(PR_SET_DUMPABLE, 0);
#endif
}

#endif
