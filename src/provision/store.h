/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The folder of journals: $XDG_STATE_HOME/tamga, mode 0700; ID.json, mode
 * 0600, replaced whole and fsynced; ID.state likewise; ID.lock, held while
 * somebody works on it.
 */
#ifndef TMG_PROVISION_STORE_H
#define TMG_PROVISION_STORE_H

#include "src/provision/journal.h"

/* A lock held; fd -1: none. */
typedef struct tmg_lock {
	int fd;
} tmg_lock;

#define TMG_NO_LOCK ((tmg_lock){ -1 })

void
tmg_lock_release(tmg_lock *lock);

/* "20261122-9f3a01c7": the day for people, the rest by chance. */
TMG_MUST_USE tmg_rc
tmg_store_new_id(tmg_ctx *ctx, char id[static TMG_PROVISION_ID], tmg_fault *f);

/*
 * Takes the enrollment for this process.  id NULL: the whole store, waited
 * for; held only while a journal is looked for and made.
 *
 * Verdicts  TMG_BUSY  the fault names the process
 * Faults    TMG_E_IO  the folder cannot be written; never TMG_DENIED, which is
 *                     the authority's word
 */
TMG_MUST_USE tmg_rc
tmg_store_lock(const char *id, tmg_lock *lock, tmg_fault *f);

/* Verdicts TMG_NOT_FOUND; those of tmg_journal_parse(). */
TMG_MUST_USE tmg_rc
tmg_store_read(const char *id, tmg_journal *j, tmg_fault *f);

/* Faults TMG_E_IO (read-only, full): the fault names the file. */
TMG_MUST_USE tmg_rc
tmg_store_write(const tmg_journal *j, tmg_fault *f);

/*
 * ID.state, mode 0600: what the authority's protocol has to remember.  It may
 * be secret, so it is overwritten before it is forgotten; nothing to forget is
 * no failure.
 *
 * Verdicts  TMG_NOT_FOUND, without words: nothing was kept
 */
TMG_MUST_USE tmg_rc
tmg_store_keep(const char *id, tmg_view state, tmg_fault *f);
TMG_MUST_USE tmg_rc
tmg_store_kept(const char *id, tmg_blob *state, tmg_fault *f);
TMG_MUST_USE tmg_rc
tmg_store_forget(const char *id, tmg_fault *f);

/* Called for every journal that can be read; stops at the first answer that
 * is not TMG_OK and gives it back.  Damaged ones are skipped and logged. */
typedef tmg_rc tmg_store_fn(void *arg, tmg_journal *j);

TMG_MUST_USE tmg_rc
tmg_store_each(tmg_ctx *ctx, tmg_store_fn *fn, void *arg, tmg_fault *f);

/* The journal, j, of the enrollment that brought this certificate.
 * Verdicts TMG_NOT_FOUND, without words. */
TMG_MUST_USE tmg_rc
tmg_store_find(tmg_ctx *ctx, tmg_view cert, tmg_journal *j, tmg_fault *f);

#endif
