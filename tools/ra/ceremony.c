/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ceremony.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/ca/passphrase.h"
#include "tools/ra/root.h"

#define CA_DAYS 3650
#define ROOT_DAYS 7300

void
ra_tiers_release(ra_tiers *tiers)
{
	ra_keeper_free(&tiers->keeper);
	ra_made_release(&tiers->ca);
	ra_made_release(&tiers->root);
}

const X509 *
ra_tiers_anchor(const ra_tiers *tiers)
{
	return tiers->root.cert != NULL ? tiers->root.cert : tiers->ca.cert;
}

static tmg_rc
path_in(const char *folder, const char *name, char path[PATH_MAX], tmg_fault *f)
{
	return snprintf(path, PATH_MAX, "%s/%s", folder, name) < PATH_MAX ?
	    TMG_OK : tmg_raise(f, TMG_E_USAGE, 0, _("%s: too long"), folder);
}

/* ---- keys ---- */

static tmg_rc
open_token(const ra_ceremony *c, const char *uri, const char *secret,
    ra_keeper **keeper, tmg_fault *f)
{
	return ra_keeper_open(c->ctx, &(ra_keysource){ uri, secret, c->vcard },
	    NULL, keeper, f);
}

static tmg_rc
new_key(const ra_ceremony *c, ra_made *made, ra_keeper **keeper, tmg_fault *f)
{
	made->key = ra_make_key(c->ctx, c->alg);
	return made->key == NULL || ra_keeper_of(made->key, keeper) ?
	    tmg_raise(f, TMG_E_CRYPTO, 0, _("no key could be made")) : TMG_OK;
}

static tmg_rc
write_key(const char *folder, const char *name, const ra_made *made,
    tmg_view passphrase, tmg_fault *f)
{
	char path[PATH_MAX];
	const tmg_rc rc = path_in(folder, name, path, f);

	return rc ? rc : ra_write_key(made->key, passphrase, path, f);
}

static tmg_rc
write_cert(const char *folder, const char *name, const X509 *cert,
    const X509 *above, tmg_fault *f)
{
	char path[PATH_MAX];
	const tmg_rc rc = path_in(folder, name, path, f);

	return rc ? rc : ra_write_cert(cert, above, path, f);
}

/* ---- the root ---- */

static tmg_rc
make_root_folder(const ra_ceremony *c, tmg_fault *f)
{
	char path[PATH_MAX];
	tmg_rc rc;

	if ((rc = path_in(c->root, "root.key", path, f)))
		return rc;
	if (access(path, F_OK) == 0)
		return tmg_raise(f, TMG_OCCUPIED, 0,
		    _("%s holds a root already; choose another folder"), c->root);
	rc = tmg_file_folder(c->root, 0700);
	return rc ? tmg_raise(f, rc, 0, "%s: %s", c->root, strerror(errno)) : TMG_OK;
}

/* Always encrypted: it lies somewhere, unused, for years. */
static tmg_rc
open_root(const ra_ceremony *c, ra_tiers *t, ra_keeper **keeper, tmg_fault *f)
{
	tmg_auto_secret passphrase = { .len = 0 };
	tmg_rc rc;

	if (ra_keysource_is_token(c->root))
		return open_token(c, c->root, c->root_secret, keeper, f);
	if ((rc = ra_passphrase_read(c->root_secret,
	    _("a passphrase for the root's key"), true, &passphrase, f)) ||
	    (rc = make_root_folder(c, f)) ||
	    (rc = new_key(c, &t->root, keeper, f)))
		return rc;
	return write_key(c->root, "root.key", &t->root,
	    tmg_secret_view(&passphrase), f);
}

static tmg_rc
make_root(const ra_ceremony *c, ra_tiers *t, ra_keeper **keeper, tmg_fault *f)
{
	char name[80];
	tmg_rc rc;

	/* a name is the same whatever language the operator's programs speak */
	if (snprintf(name, sizeof(name), c->root_name[0] != '\0' ? "%s" : "%s root",
	    c->root_name[0] != '\0' ? c->root_name : c->name) >= (int)sizeof(name))
		return tmg_raise(f, TMG_E_USAGE, 0, _("%s: too long"), name);
	if ((rc = open_root(c, t, keeper, f)) ||
	    (rc = ra_make_authority(c->ctx, &(ra_making){ name, (*keeper)->public,
	    NULL, *keeper, ROOT_DAYS, 1, NULL }, &t->root, f)))
		return rc;
	return ra_keysource_is_token(c->root) ? TMG_OK :
	    write_cert(c->root, "root.pem", t->root.cert, NULL, f);
}

/* ---- the authority that issues ---- */

static tmg_rc
open_ca(const ra_ceremony *c, ra_tiers *t, tmg_fault *f)
{
	tmg_auto_secret passphrase = { .len = 0 };
	tmg_rc rc;

	if (c->key[0] != '\0')
		return open_token(c, c->key, c->secret, &t->keeper, f);
	if (c->secret[0] != '\0' && (rc = ra_passphrase_read(c->secret,
	    _("a passphrase for the authority's key"), true, &passphrase, f)))
		return rc;
	if ((rc = new_key(c, &t->ca, &t->keeper, f)))
		return rc;
	return write_key(c->folder, "ca.key", &t->ca,
	    tmg_secret_view(&passphrase), f);
}

/* Nobody stands on it yet; the next is made with this one before it. */
static tmg_rc
first_list(const ra_ceremony *c, const ra_tiers *t, ra_keeper *root, tmg_fault *f)
{
	ra_root held = { c->ctx, root, t->root.cert, NULL };
	unsigned char *der = NULL;
	char path[PATH_MAX];
	int64_t number;
	size_t len;
	tmg_rc rc;

	if ((rc = path_in(c->folder, RA_ROOT_LIST, path, f)) ||
	    (rc = ra_root_list(&held, (tmg_view){ NULL, 0 }, "", 0, RA_ROOT_LIST_DAYS,
	    &der, &len, &number, f)))
		return rc;
	rc = tmg_file_replace(path, (tmg_view){ der, len }, 0644);
	OPENSSL_free(der);
	return rc ? tmg_raise(f, rc, 0, "%s: %s", path, strerror(errno)) : TMG_OK;
}

static tmg_rc
make_ca(const ra_ceremony *c, ra_tiers *t, ra_keeper *root, tmg_fault *f)
{
	tmg_rc rc;

	if ((rc = open_ca(c, t, f)) ||
	    (rc = ra_make_authority(c->ctx, &(ra_making){ c->name,
	    t->keeper->public, t->root.cert, root != NULL ? root : t->keeper,
	    CA_DAYS, 0, c->root_crl[0] != '\0' ? c->root_crl : NULL }, &t->ca, f)))
		return rc;
	if (c->root_crl[0] != '\0' && (rc = first_list(c, t, root, f)))
		return rc;
	return write_cert(c->folder, "ca.pem", t->ca.cert, t->root.cert, f);
}

tmg_rc
ra_ceremony_hold(const ra_ceremony *c, ra_tiers *tiers, tmg_fault *f)
{
	tmg_auto_ptr(ra_keeper) root = NULL;
	tmg_rc rc;

	*tiers = (ra_tiers){ .keeper = NULL };
	if (c->root[0] != '\0' && (rc = make_root(c, tiers, &root, f)))
		return rc;
	return make_ca(c, tiers, root, f);
}
