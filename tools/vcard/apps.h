/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of applications: a new one is a number here and a row in apps.c.
 */
#ifndef VCARD_APPS_H
#define VCARD_APPS_H

#include "tamga/view.h"

typedef enum vc_app_id {
	VC_APP_PIV,
	VC_APP_OPENPGP,
	VC_APP_PKCS15,
	VC_APP_ISOAPPLET,
	VC_APP_MYEID,
	VC_APP_GIDS,
	VC_APP_MULTIAPP,
	VC_APP_COSMO,
	VC_APPS
} vc_app_id;

struct vc_app;

/* In the order in which a SELECT that several answer to finds them. */
extern const struct vc_app *const vc_apps[VC_APPS];

#define VC_APP_BIT(id) (1u << (id))

/* Names with commas between, "piv,openpgp", as a set of VC_APP_BITs.
 * Verdicts TMG_NOT_FOUND: an unknown name, or none, or one twice. */
TMG_MUST_USE tmg_rc
vc_apps_parse(const char *names, unsigned *set);

#endif
