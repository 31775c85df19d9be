/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files written whole or not at all.
 */
#ifndef TMG_BASE_FILE_H
#define TMG_BASE_FILE_H

#include "tamga/view.h"

/*
 * Reads a whole file; *data is yours to free(), always zero-terminated.
 *
 * Verdicts  TMG_NOT_FOUND, TMG_DENIED; TMG_UNSUPPORTED when longer than max
 */
TMG_MUST_USE tmg_rc
tmg_file_read(const char *path, size_t max, uint8_t **data, size_t *len);

/*
 * Replaces path by data: written beside it, fsynced, renamed, folder fsynced.
 * After a crash the file holds either the old or the new bytes.  mode 0600
 * unless something else is needed.  errno tells the cause of TMG_E_IO.
 *
 * Verdicts  TMG_DENIED (EACCES, EPERM, EROFS)
 */
TMG_MUST_USE tmg_rc
tmg_file_replace(const char *path, tmg_view data, unsigned mode);

/*
 * Gives what was written as mine the name path, unless there is one of that
 * name: of many who make the same file at once the first counts.  mine is gone
 * afterwards, the folder fsynced.  errno tells the cause of TMG_E_IO.
 *
 * Verdicts  TMG_NOT_FOUND; TMG_DENIED (EACCES, EPERM, EROFS)
 */
TMG_MUST_USE tmg_rc
tmg_file_claim(const char *mine, const char *path);

/*
 * Where tamga keeps what must outlive a program: $XDG_STATE_HOME/tamga, or
 * $HOME/.local/state/tamga (XDG Base Directory Specification: a path that is
 * not absolute is ignored, and so are all in a program that has rights its
 * caller has not).  It need not exist.
 *
 * Verdicts  TMG_NOT_FOUND: neither is set
 * Faults    TMG_E_SPACE
 */
TMG_MUST_USE tmg_rc
tmg_file_state(char *path, size_t cap);

/* mkdir -p; new folders get mode.  Verdicts TMG_DENIED. */
TMG_MUST_USE tmg_rc
tmg_file_folder(const char *path, unsigned mode);

#endif
