/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a person may decide about the module: tamga.conf(5).
 */
#ifndef TMG_PKCS11_CONF_H
#define TMG_PKCS11_CONF_H

#include "src/base/settings.h"

#define P11_CONF_PATH 512	/* bytes, final zero included */

/* Empty texts and lists mean "not said". */
typedef struct tmg_p11_conf {
	bool pcsc;			/* readers.pcsc */
	char usb[16];			/* readers.usb: "auto", "always", "never" */
	char vcard[P11_CONF_PATH];	/* readers.vcard: a socket */
	tmg_texts keypads;		/* readers.keypads: patterns of names */
	tmg_texts only;			/* pkcs11.readers: patterns of names */
	tmg_texts ignored;		/* pkcs11.ignore-readers */
	tmg_texts whole;		/* pkcs11.all-applications */
	int probe_ms;			/* for a look at an unknown card */
	char pin_cache[16];		/* "login": until the logout; "none" */
	char trace[P11_CONF_PATH];	/* a file */
} tmg_p11_conf;

/* Nothing said. */
void
tmg_p11_conf_begin(tmg_p11_conf *conf);

/* The settings that are the module's, going into conf. */
tmg_settings
tmg_p11_conf_table(tmg_p11_conf *conf);

/* The system's file and the user's, in that order.  One that is malformed is
 * as good as none: the words about it go to *f. */
void
tmg_p11_conf_load(tmg_p11_conf *conf, tmg_fault *f);

/* Is this reader to be shown? */
bool
tmg_p11_conf_wants(const tmg_p11_conf *conf, const char *reader);
/* Are its cards asked for every application that they may have? */
bool
tmg_p11_conf_whole(const tmg_p11_conf *conf, const char *reader);
/* Is a PIN kept until the logout? */
bool
tmg_p11_conf_keeps_pin(const tmg_p11_conf *conf);

#endif
