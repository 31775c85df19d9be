/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors 0, 1 and 2, for programs.
 */
#ifndef TMG_BASE_STD_H
#define TMG_BASE_STD_H

/*
 * Fills whichever of the three is closed with one that can only fail, before
 * anything else is opened: else a socket or a database would get the number
 * of standard output, and what is meant for people would be written into it.
 */
void
tmg_std_fill(void);

#endif
