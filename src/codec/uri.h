/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PKCS#11 URIs, RFC 7512: "pkcs11:serial=12;id=%9A;type=private".
 */
#ifndef TMG_CODEC_URI_H
#define TMG_CODEC_URI_H

#include "tamga/view.h"

#define TMG_URI_VALUE 256	/* bytes of one value, decoded, final zero included */

/* RFC 7512 2.3: the attributes of the path, then those of the query. */
typedef enum tmg_uri_attr {
	TMG_URI_MODEL,
	TMG_URI_MANUFACTURER,
	TMG_URI_SERIAL,
	TMG_URI_TOKEN,
	TMG_URI_OBJECT,
	TMG_URI_ID,
	TMG_URI_TYPE,
	TMG_URI_SLOT_DESCRIPTION,
	TMG_URI_SLOT_MANUFACTURER,
	TMG_URI_SLOT_ID,
	TMG_URI_LIBRARY_MANUFACTURER,
	TMG_URI_LIBRARY_DESCRIPTION,
	TMG_URI_LIBRARY_VERSION,
	TMG_URI_PIN_SOURCE,
	TMG_URI_PIN_VALUE,
	TMG_URI_MODULE_NAME,
	TMG_URI_MODULE_PATH,
	TMG_URI_ATTRS
} tmg_uri_attr;

typedef struct tmg_uri {
	struct {
		bool said;
		uint8_t bytes[TMG_URI_VALUE];	/* decoded, zero-terminated */
		size_t len;
	} attr[TMG_URI_ATTRS];
	bool unknown;	/* the path has an attribute of nobody: it matches nothing (2.5) */
} tmg_uri;

/* Does the text claim to be one?  The scheme's case does not matter. */
bool
tmg_uri_is(const char *text);

/* Faults  TMG_E_MALFORMED (2.3: a character that must be escaped, a bad
 * escape, an attribute twice, a zero inside a text), TMG_E_SPACE */
TMG_MUST_USE tmg_rc
tmg_uri_parse(const char *text, tmg_uri *uri);

/* The value as text, NULL when not said.  An id may hold zeros: use attr. */
const char *
tmg_uri_text(const tmg_uri *uri, tmg_uri_attr attr);

/* Sets a value; empty texts are left unsaid.  Faults TMG_E_SPACE. */
TMG_MUST_USE tmg_rc
tmg_uri_set(tmg_uri *uri, tmg_uri_attr attr, tmg_view value);

/* Writes what is said, without a final zero; ids are escaped throughout. */
void
tmg_uri_put(tmg_out *o, const tmg_uri *uri);

#endif
