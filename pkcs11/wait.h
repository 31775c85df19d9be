/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting for readers and cards to come and go.
 */
#ifndef TMG_PKCS11_WAIT_H
#define TMG_PKCS11_WAIT_H

/* Ends every wait, now and from now on; C_Finalize has begun. */
void
tmg_p11_wait_end(void);

#endif
