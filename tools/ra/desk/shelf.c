/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/shelf.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"

struct ra_book {
	atomic_uint users;
	ra_config config;
	ra_profiles profiles;
	ra_known *known;
};

static tmg_rc
load(const ra_config *config, ra_profiles *profiles, tmg_fault *f)
{
	char folder[PATH_MAX];
	tmg_rc rc;

	if (ra_config_path(config, config->profiles, folder))
		return tmg_raise(f, TMG_E_USAGE, 0, _("a path is too long"));
	if ((rc = ra_profiles_load(folder, profiles, f)))
		return rc;
	if (ra_profiles_find(profiles, config->default_profile) != NULL)
		return TMG_OK;
	ra_profiles_release(profiles);
	return tmg_raise(f, TMG_NOT_FOUND, 0,
	    _("default_profile is %s, but %s holds no such profile"),
	    config->default_profile, folder);
}

tmg_rc
ra_known_load(const ra_config *config, ra_known **known, tmg_fault *f)
{
	char path[PATH_MAX];
	tmg_rc rc = ra_known_new(known);

	if (rc)
		return tmg_raise(f, rc, 0, _("out of memory"));
	for (size_t i = 0; i < config->weak_keys.count && rc == TMG_OK; i++)
		rc = ra_config_path(config, config->weak_keys.word[i], path) ?
		    tmg_raise(f, TMG_E_USAGE, 0, _("a path is too long")) :
		    ra_known_read(path, *known, f);
	if (rc)
		ra_known_free(known);
	else
		ra_known_close(*known);
	return rc;
}

tmg_rc
ra_book_load(const ra_config *config, ra_book **book, tmg_fault *f)
{
	ra_book *b = calloc(1, sizeof(*b));
	tmg_rc rc;

	*book = NULL;
	if (b == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	atomic_init(&b->users, 1);
	b->config = *config;
	if ((rc = load(config, &b->profiles, f)) ||
	    (rc = ra_known_load(config, &b->known, f)))
		ra_book_free(&b);
	*book = b;
	return rc;
}

const ra_profiles *
ra_book_profiles(const ra_book *book)
{
	return &book->profiles;
}

const ra_config *
ra_book_config(const ra_book *book)
{
	return &book->config;
}

const ra_known *
ra_book_known(const ra_book *book)
{
	return book->known;
}

void
ra_book_free(ra_book **book)
{
	ra_book *b = *book;

	*book = NULL;
	if (b == NULL || atomic_fetch_sub(&b->users, 1) > 1)
		return;
	ra_profiles_release(&b->profiles);
	ra_known_free(&b->known);
	free(b);
}

/* The lock is for the moment between reading which book is in force and
 * counting its user: without it the last other user could free it then. */
struct ra_shelf {
	pthread_mutex_t lock;
	ra_book *book;
};

tmg_rc
ra_shelf_new(ra_book **first, ra_shelf **shelf)
{
	ra_shelf *s = calloc(1, sizeof(*s));

	*shelf = NULL;
	if (s == NULL) {
		ra_book_free(first);
		return TMG_E_NOMEM;
	}
	pthread_mutex_init(&s->lock, NULL);
	s->book = *first;
	*first = NULL;
	*shelf = s;
	return TMG_OK;
}

ra_book *
ra_shelf_take(ra_shelf *shelf)
{
	ra_book *book;

	pthread_mutex_lock(&shelf->lock);
	book = shelf->book;
	atomic_fetch_add(&book->users, 1);
	pthread_mutex_unlock(&shelf->lock);
	return book;
}

void
ra_shelf_put(ra_shelf *shelf, ra_book **book)
{
	ra_book *before;

	pthread_mutex_lock(&shelf->lock);
	before = shelf->book;
	shelf->book = *book;
	pthread_mutex_unlock(&shelf->lock);
	*book = NULL;
	ra_book_free(&before);
}

void
ra_shelf_free(ra_shelf **shelf)
{
	ra_shelf *s = *shelf;

	*shelf = NULL;
	if (s == NULL)
		return;
	ra_book_free(&s->book);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
