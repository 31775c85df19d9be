/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A certification request that came by a form.
 */
#ifndef RA_CSRTEXT_H
#define RA_CSRTEXT_H

#include "tools/ra/http/posted.h"

/*
 * The field "request" or, where it is empty, the file "file": PEM, or DER from
 * a file.  der has room for RA_CSR_MAX bytes.
 *
 * Verdicts  TMG_MISMATCH  neither
 */
TMG_MUST_USE tmg_rc
ra_csrtext_read(const ra_posted *form, tmg_out *der);

#endif
