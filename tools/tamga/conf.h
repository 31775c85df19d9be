/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration file: what a person does not want to type each time.
 */
#ifndef TAMGA_CLI_CONF_H
#define TAMGA_CLI_CONF_H

#include "pkcs11/conf.h"

#define CONF_TEXT 512		/* bytes of a value, final zero included */

/* Empty texts mean "not said".  tamga.conf(5) describes each. */
struct conf {
	bool pcsc;			/* readers.pcsc; true when not said */
	char usb[CONF_TEXT];		/* readers.usb; "auto" when not said */
	char vcard[CONF_TEXT];		/* readers.vcard */
	char token[CONF_TEXT];		/* token */
	char pin_source[CONF_TEXT];	/* pin.source: terminal, pinentry, none */
	char pinentry[CONF_TEXT];	/* pin.pinentry: the program */
	char ca[CONF_TEXT];		/* enroll.ca */
	char ca_file[CONF_TEXT];	/* enroll.ca-file */
	char profile[CONF_TEXT];	/* enroll.profile */
	char key_type[CONF_TEXT];	/* enroll.type */
	tmg_texts apart;		/* modules.apart: patterns of paths */
	int apart_seconds;		/* modules.seconds */
	char apart_host[CONF_TEXT];	/* modules.host */
	int renew_at;			/* enroll.renew-at: percent of a life; 0 not said */
	bool watch_renews;		/* watch.renew; true when not said */
	char watch_notify[CONF_TEXT];	/* watch.notify: a program, or none */
	tmg_p11_conf module;		/* what the PKCS#11 module goes by */
};

/* Nothing said. */
void
conf_begin(struct conf *conf);

/*
 * Reads settings over those in conf.  text is terminated by a zero that len
 * does not count; name is for the words in f.
 *
 * Faults TMG_E_USAGE: no configuration, an unknown setting or a wrong value;
 *        f names the line
 */
TMG_MUST_USE tmg_rc
conf_parse(struct conf *conf, const char *name, const char *text, tmg_fault *f);

/* The file at path over conf; one that is not there says nothing. */
TMG_MUST_USE tmg_rc
conf_read(struct conf *conf, const char *path, tmg_fault *f);

#endif
