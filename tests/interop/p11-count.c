/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * usage: p11-count MODULE CONTROL-SOCKET
 *        sign|always|odd|derive|generate|certs|list|data MAX [ID ALWAYS KEYS SELECTS]
 *
 * Loads the module as any program does and asks the virtual card, after each
 * step, how many APDUs it got.  MAX is what the first login and signature (or
 * agreement, or key), or the first listing (of certificates, of everything),
 * may take.  ID and ALWAYS are those of keys that want the PIN once and for each
 * signature (9a and 9c), KEYS how many have a certificate (4),
 * SELECTS how many applications are tried until one is found (1).  TAMGA_VCARD names
 * the program that asks.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/interop/p11-program.h"

/* Chromium searches and node's webcrypto reads that often: doc/performance.md. */
enum { SIGNATURES = 100, SEARCHES = 188, READINGS = 1158 };

static CK_UTF8CHAR pin[] = "123456";
static CK_BYTE one_id = 0x9a, always_id = 0x9c;
static CK_ULONG keys = 4;
static long selects = 1;

static CK_FUNCTION_LIST *f;
static const char *socket_path;
static CK_SESSION_HANDLE session;

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
find(CK_OBJECT_CLASS class, CK_BYTE id)
{
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
log_in(CK_USER_TYPE who)
{
	must(f->C_Login(session, who, pin, sizeof(pin) - 1), "C_Login");
}

static void
sign(CK_OBJECT_HANDLE key, bool always)
{
	CK_MECHANISM m = { CKM_ECDSA, NULL, 0 };
	CK_BYTE digest[32] = { 1 }, sig[64];
	CK_ULONG len = sizeof(sig);

	must(f->C_SignInit(session, &m, key), "C_SignInit");
	must(f->C_Sign(session, digest, sizeof(digest), NULL, &len), "size");
	if (always)
		log_in(CKU_CONTEXT_SPECIFIC);
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
	printf("%-44s %4ld ms\n", "", ms);
	must(f->C_OpenSession(slots[0], CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL,
	    NULL, &session), "C_OpenSession");
}

static void
count_signatures(bool always, long max)
{
	const CK_BYTE id = always ? always_id : one_id;
	const long each = always ? 2 : 1;
	CK_OBJECT_HANDLE key;

	const long selected = apdus();
	long first, rest;

	at_most("C_OpenSession, which selects", selected, selects);
	log_in(CKU_USER);
	key = find(CKO_PRIVATE_KEY, id);
	sign(key, always);
	first = apdus();
	at_most("cold login and signature", selected + first, max);
	for (int i = 1; i < SIGNATURES; i++)
		sign(key, always);
	rest = apdus();
	at_most("99 signatures more", rest, each * (SIGNATURES - 1));
	at_most("100, C_Login to the last C_Sign", first + rest,
	    max - selects + each * (SIGNATURES - 1));
	at_most("100, C_Initialize to the last C_Sign", selected + first + rest,
	    max + each * (SIGNATURES - 1));
}

/* Everything that there is about an object, the way programs ask: the sizes
 * first. */
static void
read_object(CK_OBJECT_HANDLE object)
{
	static const CK_ATTRIBUTE_TYPE types[] = { CKA_CLASS, CKA_LABEL, CKA_ID,
	    CKA_TOKEN, CKA_PRIVATE, CKA_VALUE, CKA_SUBJECT, CKA_ISSUER,
	    CKA_SERIAL_NUMBER, CKA_KEY_TYPE, CKA_MODULUS, CKA_PUBLIC_EXPONENT,
	    CKA_EC_PARAMS, CKA_EC_POINT, CKA_ALWAYS_AUTHENTICATE };
	CK_BYTE value[8192];

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		CK_ATTRIBUTE a = { types[i], NULL, 0 };

		if (f->C_GetAttributeValue(session, object, &a, 1) != CKR_OK)
			continue;
		a.pValue = value;
		must(f->C_GetAttributeValue(session, object, &a, 1),
		    "C_GetAttributeValue");
	}
}

static CK_ULONG
list(CK_ATTRIBUTE *t, CK_ULONG count, CK_OBJECT_HANDLE *objects, CK_ULONG room)
{
	CK_ULONG n = 0;

	must(f->C_FindObjectsInit(session, t, count), "C_FindObjectsInit");
	must(f->C_FindObjects(session, objects, room, &n), "C_FindObjects");
	must(f->C_FindObjectsFinal(session), "C_FindObjectsFinal");
	return n;
}

/* A key in 9a that wants its PIN every time: nobody knows while everything is
 * listed, and whoever logs in and looks at the key does. */
static void
count_odd(long max)
{
	CK_BBOOL always = CK_FALSE;
	CK_ATTRIBUTE a = { CKA_ALWAYS_AUTHENTICATE, &always, sizeof(always) };
	CK_OBJECT_HANDLE objects[64], key;
	const CK_ULONG n = list(NULL, 0, objects, 64);

	for (CK_ULONG i = 0; i < n; i++)
		read_object(objects[i]);
	(void)apdus();
	log_in(CKU_USER);
	key = find(CKO_PRIVATE_KEY, one_id);
	must(f->C_GetAttributeValue(session, key, &a, 1), "C_GetAttributeValue");
	if (!always) {
		printf("the key does not say that it wants its PIN\n");
		exit(1);
	}
	sign(key, true);
	at_most("all seen; login and signature", apdus(), max);
	sign(key, true);
	at_most("one more", apdus(), 2);
}

/* With the card's own public key: a point that is on the curve. */
static void
derive(CK_OBJECT_HANDLE key, CK_BYTE *point, CK_ULONG len)
{
	CK_ECDH1_DERIVE_PARAMS params = { CKD_NULL, 0, NULL, len, point };
	CK_MECHANISM m = { CKM_ECDH1_DERIVE, &params, sizeof(params) };
	CK_OBJECT_HANDLE made;
	CK_BYTE secret[64];
	CK_ATTRIBUTE a = { CKA_VALUE, secret, sizeof(secret) };

	must(f->C_DeriveKey(session, &m, key, NULL, 0, &made), "C_DeriveKey");
	must(f->C_GetAttributeValue(session, made, &a, 1), "the secret");
	must(f->C_DestroyObject(session, made), "C_DestroyObject");
}

static void
count_agreements(long max)
{
	CK_BYTE point[128];
	CK_ATTRIBUTE a = { CKA_EC_POINT, point, sizeof(point) };
	CK_OBJECT_HANDLE key;

	log_in(CKU_USER);
	key = find(CKO_PRIVATE_KEY, one_id);
	must(f->C_GetAttributeValue(session, key, &a, 1), "CKA_EC_POINT");
	derive(key, point, a.ulValueLen);
	at_most("cold login and agreement", apdus(), max);
	for (int i = 1; i < SIGNATURES; i++)
		derive(key, point, a.ulValueLen);
	at_most("99 agreements more", apdus(), SIGNATURES - 1);
}

/* In an empty slot that is named, read back as programs do, and destroyed. */
static void
count_birth(long max)
{
	CK_BYTE curve[] = { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7 };
	CK_BYTE id = 0x82, point[128];
	CK_BBOOL yes = CK_TRUE;
	CK_MECHANISM m = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE pub[] = { { CKA_EC_PARAMS, curve, sizeof(curve) },
	    { CKA_TOKEN, &yes, 1 } };
	CK_ATTRIBUTE priv[] = { { CKA_TOKEN, &yes, 1 }, { CKA_ID, &id, 1 } };
	CK_ATTRIBUTE a = { CKA_EC_POINT, point, sizeof(point) };
	CK_OBJECT_HANDLE made[2];

	log_in(CKU_USER);
	must(f->C_GenerateKeyPair(session, &m, pub, 2, priv, 2, &made[0], &made[1]),
	    "C_GenerateKeyPair");
	at_most("cold login and a key", apdus(), max);
	must(f->C_GetAttributeValue(session, made[0], &a, 1), "CKA_EC_POINT");
	at_most("its public half", apdus(), 0);
	sign(made[1], false);
	at_most("the first signature", apdus(), 1);
}

static void
count_listing(bool certs, long max)
{
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_ATTRIBUTE t = { CKA_CLASS, &class, sizeof(class) };
	CK_OBJECT_HANDLE objects[64];
	const CK_ULONG n = list(&t, certs ? 1 : 0, objects, 64);

	for (CK_ULONG i = 0; i < n; i++)
		read_object(objects[i]);
	printf("%lu objects\n", n);
	if (n < (certs ? keys : 2 * keys))	/* and their public keys */
		exit(1);
	at_most(certs ? "certificates, with every attribute"
	    : "everything, with every attribute", apdus(), max);
	for (int i = 0; i < SEARCHES; i++)
		(void)find(i % 2 == 0 || certs ? CKO_CERTIFICATE : CKO_PUBLIC_KEY,
		    one_id);
	at_most("188 searches", apdus(), 0);
	for (int i = 0; i < READINGS; i++)
		read_object(objects[(CK_ULONG)i % n]);
	at_most("1158 objects read", apdus(), 0);
}

/* Each place for data that everybody may read is asked once. */
static void
count_data(long max)
{
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_ATTRIBUTE t = { CKA_CLASS, &class, sizeof(class) };
	CK_OBJECT_HANDLE objects[64];
	CK_ULONG n = list(&t, 1, objects, 64);

	for (CK_ULONG i = 0; i < n; i++)
		read_object(objects[i]);
	printf("%lu data objects\n", n);
	if (n < 2)
		exit(1);
	at_most("data objects, with their values", apdus(), max);
	for (int i = 0; i < SEARCHES; i++)
		n = list(&t, 1, objects, 64);
	at_most("188 searches", apdus(), 0);
}

int
main(int argc, char **argv)
{
	void *so;
	long max;

	if (argc != 5 && argc != 9)
		return 2;
	socket_path = argv[2];
	max = strtol(argv[4], NULL, 10);
	if (argc == 9) {
		one_id = (CK_BYTE)strtoul(argv[5], NULL, 16);
		always_id = (CK_BYTE)strtoul(argv[6], NULL, 16);
		keys = strtoul(argv[7], NULL, 10);
		selects = strtol(argv[8], NULL, 10);
	}
	f = p11_load(argv[1], &so);
	(void)apdus();
	start();
	if (strcmp(argv[3], "list") == 0 || strcmp(argv[3], "certs") == 0)
		count_listing(strcmp(argv[3], "certs") == 0, max);
	else if (strcmp(argv[3], "data") == 0)
		count_data(max);
	else if (strcmp(argv[3], "odd") == 0)
		count_odd(max);
	else if (strcmp(argv[3], "derive") == 0)
		count_agreements(max);
	else if (strcmp(argv[3], "generate") == 0)
		count_birth(max);
	else
		count_signatures(strcmp(argv[3], "always") == 0, max);
	must(f->C_Finalize(NULL), "C_Finalize");
	at_most("C_Finalize", apdus(), 0);
	return 0;
}
