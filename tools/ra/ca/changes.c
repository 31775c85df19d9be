/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/changes.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "src/base/scope.h"

static bool
same_subject(const X509 *wanted, const X509 *issued, int nid)
{
	(void)nid;
	return X509_NAME_cmp(X509_get_subject_name(wanted),
	    X509_get_subject_name(issued)) == 0;
}

static const ASN1_OCTET_STRING *
value_of(const X509 *cert, int nid)
{
	const int at = X509_get_ext_by_NID(cert, nid, -1);

	return at < 0 ? NULL : X509_EXTENSION_get_data(X509_get_ext(cert, at));
}

/* Whether it is critical is a matter of style. */
static bool
same_extension(const X509 *wanted, const X509 *issued, int nid)
{
	const ASN1_OCTET_STRING *one = value_of(wanted, nid);
	const ASN1_OCTET_STRING *other = value_of(issued, nid);

	return one == NULL || other == NULL ? one == other :
	    ASN1_OCTET_STRING_cmp(one, other) == 0;
}

static const struct {
	const char *name;
	int nid;
	bool (*same)(const X509 *wanted, const X509 *issued, int nid);
} parts[] = {
	{ "subject", NID_undef, same_subject },
	{ "subjectAltName", NID_subject_alt_name, same_extension },
	{ "keyUsage", NID_key_usage, same_extension },
	{ "extKeyUsage", NID_ext_key_usage, same_extension },
};

void
ra_changes_name(const X509 *wanted, const X509 *issued, char *text, size_t cap)
{
	size_t at = 0;

	text[0] = '\0';
	for (size_t i = 0; i < TMG_COUNT(parts) && at < cap; i++)
		if (!parts[i].same(wanted, issued, parts[i].nid))
			at += (size_t)snprintf(text + at, cap - at, "%s%s",
			    at > 0 ? ", " : "", parts[i].name);
}
