/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages for people, through the catalogue "tamga".
 */
#ifndef TMG_BASE_I18N_H
#define TMG_BASE_I18N_H

#include <libintl.h>

#define _(text) dgettext("tamga", text)
/* Marks a text in a const table; give it to _() where it is shown. */
#define N_(text) text

#endif
