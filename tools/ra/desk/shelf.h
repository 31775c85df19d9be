/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The settings and profiles in force, read by many threads and exchanged by one:
 * who took them keeps what was taken, whole, until it is given back.
 */
#ifndef RA_SHELF_H
#define RA_SHELF_H

#include "tools/ra/desk/conf.h"
#include "tools/ra/profile/profile.h"

/* What nobody changes any more, and how many use it. */
typedef struct ra_book ra_book;

/* The lists of keys that config names.  Verdicts as ra_known_read(). */
TMG_MUST_USE tmg_rc
ra_known_load(const ra_config *config, ra_known **known, tmg_fault *f);

/* config, copied, with the profiles of its folder and those lists.  Verdicts as
 * ra_profiles_load() and ra_known_load(); and TMG_NOT_FOUND: its default is not
 * among them. */
TMG_MUST_USE tmg_rc
ra_book_load(const ra_config *config, ra_book **book, tmg_fault *f);

/* Borrowed: as long as the book is held. */
const ra_profiles *
ra_book_profiles(const ra_book *book);
const ra_config *
ra_book_config(const ra_book *book);
const ra_known *
ra_book_known(const ra_book *book);

/* Accepts a pointer to NULL; leaves NULL.  The last one frees. */
void
ra_book_free(ra_book **book);

typedef struct ra_shelf ra_shelf;

/* Takes first over.  Faults TMG_E_NOMEM, and first is freed. */
TMG_MUST_USE tmg_rc
ra_shelf_new(ra_book **first, ra_shelf **shelf);

/* The book in force; give it back with ra_book_free(). */
ra_book *
ra_shelf_take(ra_shelf *shelf);

/* From now on this book, which is taken over, is in force. */
void
ra_shelf_put(ra_shelf *shelf, ra_book **book);

/* Accepts a pointer to NULL; leaves NULL. */
void
ra_shelf_free(ra_shelf **shelf);

#endif
