/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every function of Cryptoki with what its arguments are, so that they can be
 * called with any of them wrong: the sweep and the fuzzer go by this table.
 */
#ifndef TMG_TESTS_P11_CALLS_H
#define TMG_TESTS_P11_CALLS_H

#include "pkcs11/cryptoki.h"

#define P11_ARGS 10		/* the most that a function has */
#define P11_BYTES 256
#define P11_OUT 1024

/* All arguments of Cryptoki are as wide as a register, so one shape calls them
 * all; those a function does not have are ignored by the calling convention. */
typedef CK_RV p11_any(CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG,
    CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG);

/*
 * One letter for each argument:
 *
 *   s i h  session, slot, object       x  a number, flags or a type
 *   P L    bytes and how many          o n  where an answer goes, and *how much*
 *   T c    a template and its count    m  a mechanism
 *   H      where a number goes         q  a structure, or a text, of any kind
 *   k      room in the o before it     0  nothing    d  CKF_DONT_BLOCK
 */
typedef struct p11_named {
	const char *name;
	const char *args;
	union {
		void (*is)(void);
		p11_any *call;
	} f;
} p11_named;

/* All but C_GetInfo, which each table has its own of, and the two that begin
 * and end. */
extern const p11_named p11_calls[];
extern const size_t p11_calls_count;

/* Arguments, and the memory that they point to. */
typedef struct p11_args {
	CK_ULONG at[P11_ARGS];
	CK_BYTE in[4][P11_BYTES];
	CK_BYTE out[P11_OUT];		/* filled with P11_UNTOUCHED */
	CK_ULONG room;
	CK_ULONG number[3];
	CK_OBJECT_CLASS class;
	CK_ATTRIBUTE templ[2][2];
	CK_MECHANISM mechanism;
} p11_args;

#define P11_UNTOUCHED 0xa5

/* What could be right. */
void
p11_args_make(p11_args *a, const char *letters, CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE object);
CK_RV
p11_call(const p11_named *f, const p11_args *a);

#endif
