/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One message of CMP answered: doc/design/ra-cmp.md.
 */
#ifndef RA_CMP_TALK_H
#define RA_CMP_TALK_H

#include "tools/ra/cmp/message.h"
#include "tools/ra/desk/desk.h"

/*
 * Answers a message.
 *
 *   label    the profile that the path names, "" none
 *   user     out, RA_OWNER_MAX bytes: whose account it was; "" unknown
 *   der      out, free() it
 *
 * Faults    there is no answer that could be made; the desk's fault says why.
 *           Whatever is wrong with the message is an answer.
 */
TMG_MUST_USE tmg_rc
ra_cmp_talk(ra_desk *desk, const ra_cmp_message *m, const char *label,
    char *user, uint8_t **der, size_t *len);

#endif
