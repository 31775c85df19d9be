/* SPDX-License-Identifier: BSD-2-Clause */
/* ra-routes: every method and path that tamga-ra answers, one a line. */
#include <stdio.h>

#include "tools/ra/http/http.h"
#include "tools/ra/pages/site.h"

int
main(void)
{
	const char *method, *path;

	for (size_t i = 0; ra_route_row(i, &method, &path); i++)
		printf("%s %s\n", method, path);
	for (size_t i = 0; i < ra_site_row_count; i++)
		printf("%s %s\n", ra_site_rows[i].method, ra_site_rows[i].path);
	return 0;
}
