/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets that are not there yet: who waits for one sleeps until its folder changes.
 */
#ifndef TMG_READER_COMING_H
#define TMG_READER_COMING_H

#include "tamga/reader.h"

/* A descriptor that can be polled, for any number of sockets; negative: that cannot be
 * seen here. */
int
tmg_coming_new(void);

/* From now on it is readable when something happens in the folder of that path or,
 * where there is none yet, in the nearest one above it.  What happened before is
 * forgotten; so first this, and then the look whether it is there.  A socket is bound
 * before anybody listens, so look again a little later as well.  False: cannot be. */
bool
tmg_coming_watch(int fd, const char *path);
void
tmg_coming_forget(int fd);

/* A hub of tmg_hub_usb(), while it waits, waits for that descriptor as well, which
 * ends the wait as a change does; negative: for none. */
void
tmg_hub_usb_heed(tmg_hub *hub, int fd);

#endif
