/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frame of a state file: a magic line, records, a digest.  The format is
 * written down in doc/design/vcard-state.md.
 */
#ifndef VCARD_STATE_H
#define VCARD_STATE_H

#include "tamga/view.h"

enum {
	STATE_SERIAL = 0xc0,
	STATE_PIV = 0xe1,
	STATE_OPENPGP = 0xe2,
	STATE_PKCS15 = 0xe3,
	STATE_ISOAPPLET = 0xe4,
	STATE_MYEID = 0xe5,
	STATE_GIDS = 0xe6,
	STATE_MULTIAPP = 0xe7,
	STATE_COSMO = 0xe8,
};

void
vc_state_begin(tmg_out *out);
/* A record whose length is not known yet; returns the mark to close it with. */
size_t
vc_state_open(tmg_out *out, uint8_t tag);
void
vc_state_close(tmg_out *out, size_t mark);
/* Appends the digest.  Faults TMG_E_SPACE, TMG_E_CRYPTO. */
TMG_MUST_USE tmg_rc
vc_state_end(tmg_out *out);

/* Checks magic and digest.  Faults TMG_E_MALFORMED. */
TMG_MUST_USE tmg_rc
vc_state_check(tmg_view file, tmg_view *records);

#endif
