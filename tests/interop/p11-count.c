/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * usage: p11-count MODULE CONTROL-SOCKET
 *
 * Loads the module as any program does and asks the virtual card, after each
 * step, how many APDUs it got.  TAMGA_VCARD names the program that asks.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pkcs11/cryptoki.h"

#define ID 0x9a
enum { SIGNATURES = 100, SEARCHES = 188, START_MS = 50 };

static CK_FUNCTION_LIST *f;
static const char *socket_path;
static CK_SESSION_HANDLE session;

static void
must(CK_RV rv, const char *what)
{
	if (rv == CKR_OK)
		return;
	printf("%s: %#lx\n", what, rv);
	exit(1);
}

static void
load(const char *path)
{
	void *so = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	union {
		void *is;
		CK_C_GetFunctionList call;
	} start = { .is = so != NULL ? dlsym(so, "C_GetFunctionList") : NULL };

	if (start.is == NULL) {
		printf("%s: %s\n", path, dlerror());
		exit(1);
	}
	must(start.call(&f), "C_GetFunctionList");
}

/* How many since the last time. */
static long
apdus(void)
{
	static long before;
	char line[512];
	long now, since;
	FILE *p;

	snprintf(line, sizeof(line), "\"$TAMGA_VCARD\" ctl '%s' count", socket_path);
	p = popen(line, "r");
	if (p == NULL || fscanf(p, "%ld", &now) != 1)
		exit(1);
	pclose(p);
	since = now - before;
	before = now;
	return since;
}

static void
at_most(const char *what, long got, long max)
{
	printf("%-44s %4ld APDUs, at most %ld\n", what, got, max);
	if (got > max)
		exit(1);
}

static CK_OBJECT_HANDLE
find(CK_OBJECT_CLASS class)
{
	CK_BYTE id = ID;
	CK_ATTRIBUTE t[] = { { CKA_CLASS, &class, sizeof(class) },
	    { CKA_ID, &id, sizeof(id) } };
	CK_OBJECT_HANDLE found = 0;
	CK_ULONG n = 0;

	must(f->C_FindObjectsInit(session, t, 2), "C_FindObjectsInit");
	must(f->C_FindObjects(session, &found, 1, &n), "C_FindObjects");
	must(f->C_FindObjectsFinal(session), "C_FindObjectsFinal");
	if (n == 1)
		return found;
	printf("no object\n");
	exit(1);
}

static void
sign(CK_OBJECT_HANDLE key)
{
	CK_MECHANISM m = { CKM_ECDSA, NULL, 0 };
	CK_BYTE digest[32] = { 1 }, sig[64];
	CK_ULONG len = sizeof(sig);

	must(f->C_SignInit(session, &m, key), "C_SignInit");
	must(f->C_Sign(session, digest, sizeof(digest), NULL, &len), "size");
	must(f->C_Sign(session, digest, sizeof(digest), sig, &len), "C_Sign");
}

static void
start(void)
{
	CK_SLOT_ID slots[8];
	CK_SLOT_INFO info;
	CK_ULONG n = 8;
	struct timespec a, b;
	long ms;

	clock_gettime(CLOCK_MONOTONIC, &a);
	must(f->C_Initialize(NULL), "C_Initialize");
	must(f->C_GetSlotList(CK_TRUE, NULL, &n), "C_GetSlotList");
	n = 8;
	must(f->C_GetSlotList(CK_TRUE, slots, &n), "C_GetSlotList");
	must(f->C_GetSlotInfo(slots[0], &info), "C_GetSlotInfo");
	clock_gettime(CLOCK_MONOTONIC, &b);
	ms = (b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000;
	at_most("C_Initialize to C_GetSlotInfo", apdus(), 0);
	printf("%-44s %4ld ms, at most %d\n", "", ms, START_MS);
	if (ms > START_MS)
		exit(1);
	must(f->C_OpenSession(slots[0], CKF_SERIAL_SESSION, NULL, NULL, &session),
	    "C_OpenSession");
}

int
main(int argc, char **argv)
{
	CK_UTF8CHAR pin[] = "123456";
	CK_OBJECT_HANDLE key;
	long cold;

	if (argc != 3)
		return 2;
	socket_path = argv[2];
	load(argv[1]);
	(void)apdus();
	start();
	must(f->C_Login(session, CKU_USER, pin, sizeof(pin) - 1), "C_Login");
	key = find(CKO_PRIVATE_KEY);
	sign(key);
	cold = apdus();
	at_most("cold login and signature", cold, 4);
	for (int i = 0; i < SIGNATURES; i++)
		sign(key);
	at_most("100 signatures more", apdus(), SIGNATURES);
	for (int i = 0; i < SEARCHES; i++)
		(void)find(CKO_PUBLIC_KEY);
	at_most("188 searches", apdus(), 0);
	must(f->C_Finalize(NULL), "C_Finalize");
	at_most("C_Finalize", apdus(), 0);
	return 0;
}
