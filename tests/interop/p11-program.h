/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What programs that load a PKCS#11 module as anybody does have in common.
 */
#ifndef TMG_TESTS_P11_PROGRAM_H
#define TMG_TESTS_P11_PROGRAM_H

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "pkcs11/cryptoki.h"

static inline void
must(CK_RV rv, const char *what)
{
	if (rv == CKR_OK)
		return;
	printf("%s: %#lx\n", what, rv);
	exit(1);
}

/* *so is for dlclose(). */
static inline CK_FUNCTION_LIST *
p11_load(const char *path, void **so)
{
	CK_FUNCTION_LIST *f = NULL;
	union {
		void *is;
		CK_C_GetFunctionList call;
	} start;

	*so = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	start.is = *so != NULL ? dlsym(*so, "C_GetFunctionList") : NULL;
	if (start.is == NULL) {
		printf("%s: %s\n", path, dlerror());
		exit(1);
	}
	must(start.call(&f), "C_GetFunctionList");
	return f;
}

#endif
