/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What CCID needs of a bus: the endpoints of one interface that is ours until
 * the pipe is closed.  libusb is one, a test's script is another.
 */
#ifndef TMG_READER_PIPE_H
#define TMG_READER_PIPE_H

#include "tamga/view.h"

typedef struct tmg_pipe tmg_pipe;

/*
 *   out     sends one message to the bulk-OUT endpoint, whole
 *   in      appends what one transfer from the bulk-IN endpoint brings; it may
 *           be nothing
 *   abort   class request ABORT on the control endpoint, CCID 5.3.1
 *   clear   takes both bulk endpoints out of a halt
 *   listen  calls heard for each message of the interrupt endpoint until the pipe
 *           is closed, from whatever thread; then once with nothing when the
 *           endpoint fails.  heard must not wait.  Verdicts TMG_UNSUPPORTED:
 *           there is no such endpoint
 *   close   gives the interface back and frees the pipe
 *
 * Verdicts  TMG_PENDING  the time is over
 *           TMG_REMOVED  the device is gone
 * Faults    TMG_E_IO     stalled, or something else; the fault of who opened it
 *                        has words
 */
/* False: enough of that. */
typedef bool tmg_pipe_heard(void *of, tmg_view message);

typedef struct tmg_pipe_ops {
	tmg_rc (*out)(tmg_pipe *p, tmg_view message, int ms);
	tmg_rc (*in)(tmg_pipe *p, tmg_out *message, int ms);
	tmg_rc (*abort)(tmg_pipe *p, uint8_t slot, uint8_t seq, int ms);
	void (*clear)(tmg_pipe *p);
	tmg_rc (*listen)(tmg_pipe *p, tmg_pipe_heard *heard, void *of);
	void (*close)(tmg_pipe *p);
} tmg_pipe_ops;

/* Embed it first in your own structure. */
struct tmg_pipe {
	const tmg_pipe_ops *ops;
};

#endif
