/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tamga: smart cards and tokens with enrollment built in.
 *
 * This header includes all of libtamga.  libtamga-enroll's enroll.h,
 * provision.h, binding.h and http.h are included by who needs them.
 *
 * Conventions, said once:
 *
 * Errors.  Fallible calls return tmg_rc.  Zero is success.  Verdicts (> 0) are
 * answers each function documents by name; handle them.  Faults (< 0) say the
 * call could not be carried out; pass them on.  The words for people, in their
 * language, stand in the handle's tmg_fault: tmg_<noun>_fault().
 *
 * Ownership.  What _new or _open gave you, you free by reference with _free,
 * which accepts NULL and leaves NULL.  A tmg_view is borrowed until its owner
 * next changes.  Output goes into your own tmg_out, sized by a documented
 * TMG_*_MAX.  Nothing in the library is global.
 *
 * NULL.  Pointers are never NULL unless a comment says what NULL means.
 *
 * Units.  Lengths are bytes, in size_t.  Times are seconds since 1970 in UTC.
 * Text is UTF-8.  Numbers from a specification are raw, as it prints them.
 *
 * Threads.  A tmg_ctx may be shared once it is set up; every other handle has
 * one thread at a time.
 *
 * Examples.  doc/examples holds programs to begin with: list tokens, sign a
 * file, enroll, enroll over a protocol of one's own.
 *
 * Secrets.  PINs come in as views that you wipe.  The library wipes its own
 * copies by scope, and neither logs nor transcribes them.
 */
#ifndef TAMGA_TAMGA_H
#define TAMGA_TAMGA_H

#include "tamga/alg.h"
#include "tamga/card.h"
#include "tamga/cert.h"
#include "tamga/cms.h"
#include "tamga/csr.h"
#include "tamga/ctx.h"
#include "tamga/data.h"
#include "tamga/driver.h"
#include "tamga/err.h"
#include "tamga/key.h"
#include "tamga/reader.h"
#include "tamga/signer.h"
#include "tamga/token.h"
#include "tamga/version.h"
#include "tamga/view.h"

#endif
