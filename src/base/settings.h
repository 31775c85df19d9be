/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Configuration files: which settings there are is data, and so is where
 * their values go.  The programs and the PKCS#11 module read the same file.
 */
#ifndef TMG_BASE_SETTINGS_H
#define TMG_BASE_SETTINGS_H

#include "tamga/view.h"

#define TMG_SETTINGS_MAX 65536	/* bytes of a file */

struct config_setting_t;

/* What a value may be, and how it is taken. */
typedef struct tmg_setting_kind tmg_setting_kind;

extern const tmg_setting_kind tmg_setting_flag;		/* bool */
extern const tmg_setting_kind tmg_setting_number;	/* int, least to most */
extern const tmg_setting_kind tmg_setting_text;		/* char[most] */
extern const tmg_setting_kind tmg_setting_word;		/* char[most], one of words */
extern const tmg_setting_kind tmg_setting_texts;	/* tmg_texts */

/* A list of texts. */
typedef struct tmg_texts {
	char text[16][128];
	size_t count;
} tmg_texts;

/* Does one of the patterns match, as glob(7) has it? */
bool
tmg_texts_match(const tmg_texts *patterns, const char *name);

typedef struct tmg_setting {
	const char *path;		/* "group.name", or "name" */
	const tmg_setting_kind *kind;
	size_t at;			/* in what the table is for */
	int least, most;
	const char *const *words;	/* ends with NULL */
} tmg_setting;

/* Some settings and the structure they go into. */
typedef struct tmg_settings {
	const tmg_setting *rows;
	size_t count;
	void *into;
} tmg_settings;

/*
 * Reads settings over those that are there.  text ends with a zero; name is
 * for the words in f.  A setting that stands in several tables goes into each.
 *
 *   strict   a setting that stands in no table is a fault; else it is skipped,
 *            for it may be another program's
 *
 * Faults TMG_E_USAGE: no configuration, an unknown setting or a wrong value;
 *        f names the line.  What stood before that line was taken.
 */
TMG_MUST_USE tmg_rc
tmg_settings_parse(const tmg_settings *tables, size_t count, bool strict,
    const char *name, const char *text, tmg_fault *f);

/* The file at path; one that is not there says nothing. */
TMG_MUST_USE tmg_rc
tmg_settings_read(const tmg_settings *tables, size_t count, bool strict,
    const char *path, tmg_fault *f);

/* Where the user's own file lies: $TAMGA_CONF, or else
 * $XDG_CONFIG_HOME/tamga/tamga.conf.  A program that was given rights its
 * caller has not looks at neither. */
void
tmg_settings_user_path(char *path, size_t cap);

#endif
