/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files on a card: SELECT, READ BINARY and UPDATE BINARY of ISO/IEC 7816-4:2005
 * 7.1 and 7.2, in the fewest commands.  What is selected is remembered; whoever
 * selects otherwise says tmg_files_forget().
 */
#ifndef TMG_ISO_FILES_H
#define TMG_ISO_FILES_H

#include "src/iso/fcp.h"
#include "src/iso/path.h"
#include "tamga/card.h"

#define TMG_FILE_MAX 65536u	/* bytes of one file that are ever read */

/* Carries one logical command; any status word is TMG_OK.  What it returns
 * besides is handed on unchanged. */
typedef tmg_rc tmg_files_send(void *arg, const tmg_capdu *c, tmg_out *data,
    uint16_t *sw);
/* Makes the application's DF the current one again. */
typedef tmg_rc tmg_files_home(void *arg);

typedef struct tmg_files {
	tmg_files_send *send;
	tmg_files_home *home;
	void *arg;
	tmg_path at;		/* what is selected; empty: not known */
	tmg_path df;		/* the current DF; empty: not known */
	tmg_fcp fcp;		/* of at, without its name */
	size_t most;		/* bytes of one READ BINARY; 0: no limit is known */
	size_t chunk;		/* bytes of one UPDATE BINARY; 0: 255 */
} tmg_files;

/* Where a read ends besides the end of the file. */
typedef enum tmg_extent {
	TMG_EXTENT_FILE,	/* nowhere */
	TMG_EXTENT_OBJECT,	/* behind the first BER-TLV object */
	TMG_EXTENT_OBJECTS,	/* at the filling (00 or FF) behind the last one */
} tmg_extent;

/* The part of a file that is wanted. */
typedef struct tmg_span {
	tmg_path path;
	size_t offset, length;	/* length 0: to the end */
	tmg_extent extent;
} tmg_span;

/* Somebody else selected something. */
void
tmg_files_forget(tmg_files *files);
/* The application was selected by its name: its DF is the current one. */
void
tmg_files_at_home(tmg_files *files);

/*
 * Selects, unless it is selected.  sw is the last status word, 0 when nothing
 * was sent.
 *
 * Verdicts  TMG_NOT_FOUND, TMG_LOGIN, TMG_DENIED, TMG_UNSUPPORTED; those of send
 * Faults    TMG_E_CARD: another status word; TMG_E_MALFORMED
 */
TMG_MUST_USE tmg_rc
tmg_files_select(tmg_files *files, const tmg_path *path, uint16_t *sw);

/* Makes the DF the current one, or the DF in which that EF is, unless it is. */
TMG_MUST_USE tmg_rc
tmg_files_enter(tmg_files *files, const tmg_path *path, uint16_t *sw);

/* Adds to data what the span holds.  An empty file is TMG_OK.  Verdicts and faults
 * of tmg_files_select(); TMG_E_SPACE: more than data takes, or TMG_FILE_MAX. */
TMG_MUST_USE tmg_rc
tmg_files_read(tmg_files *files, const tmg_span *span, tmg_out *data,
    uint16_t *sw);

/* Writes data over what the file has at offset, which must be long enough.
 * Verdicts as above; TMG_DENIED: it does not fit, or must not be written. */
TMG_MUST_USE tmg_rc
tmg_files_update(tmg_files *files, const tmg_path *path, size_t offset,
    tmg_view data, uint16_t *sw);

/* What a status word of a file command means.  9000, and the warnings after
 * which the command was carried out, are TMG_OK. */
tmg_rc
tmg_files_verdict(uint16_t sw);

#endif
