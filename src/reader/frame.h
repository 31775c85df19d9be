/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames of the virtual card's socket: a length of two bytes, big-endian, and
 * that many bytes.  Never blocks beyond its time.
 */
#ifndef TMG_READER_FRAME_H
#define TMG_READER_FRAME_H

#include "tamga/view.h"

#define TMG_FRAME_MAX 65535u	/* bytes of one frame */

/* Verdicts TMG_REMOVED: the peer is gone.  Faults TMG_E_IO: not taken within
 * timeout_ms; TMG_E_USAGE: longer than TMG_FRAME_MAX. */
TMG_MUST_USE tmg_rc
tmg_frame_send(int fd, tmg_view data, int timeout_ms);

/*
 * Reads one whole frame within timeout_ms (negative: no limit).
 *
 *   stop   a descriptor that ends the waiting when it becomes readable; -1
 *          none
 *
 * Verdicts  TMG_REMOVED    the peer is gone, in the middle of a frame too
 *           TMG_PENDING    time is over and no frame has begun
 *           TMG_CANCELLED  stop became readable and no frame has begun
 * Faults    TMG_E_IO       time is over in the middle of a frame
 *           TMG_E_SPACE    the frame is longer than out has room
 * After a fault the next frame cannot be found: close fd.
 */
TMG_MUST_USE tmg_rc
tmg_frame_recv(int fd, int stop, int timeout_ms, tmg_out *out);

#endif
