/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * usage: p11-drive MODULE COMMAND [ARGUMENT]
 *
 *   look            how long it takes to start, to look at every card, and to
 *                   open a session with it
 *   events N        waits for N events and tells of each
 *   hold            opens a session, says so, waits for a line on standard input
 *                   and tells what became of the session
 *   sign ID N       logs in and signs N times with the key of that ID (two hex
 *                   digits); each signature is verified by libcrypto
 *   between ID      begins a signature, logs in for it, says so, waits for a line
 *                   on standard input and tells what became of the signature
 *   reload N        loads, uses, finalises and unloads the module N times and
 *                   counts what is left
 *   abandon N       the same without closing, logging out or finalising
 *   survive SOCKET  has the card pulled at every APDU of a session, by the
 *                   virtual card's control socket, and goes on with the next
 *   written ID      for each line on standard input starts over as it says (slots,
 *                   session, login) and puts the certificate of that ID into a
 *                   file of that name
 *   gone SOCKET     searches and nothing else while the card is taken out by its
 *                   control socket, and while it is exchanged
 *   exit            leaves the module to the last atexit handler of all
 *
 * Prints what happened; 1 when something went wrong.
 */
#include <dirent.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/interop/p11-program.h"

enum { SLOTS = 16, WARM_UP = 100, GROWTH_KB = 2048 };

static const char *path;
static CK_FUNCTION_LIST *f;
static void *so;
static CK_UTF8CHAR pin[] = "123456";

static long
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static CK_ULONG
list(CK_SLOT_ID slots[SLOTS])
{
	CK_ULONG n = 0;

	must(f->C_GetSlotList(CK_TRUE, NULL, &n), "C_GetSlotList");
	n = SLOTS;
	must(f->C_GetSlotList(CK_TRUE, slots, &n), "C_GetSlotList");
	return n;
}

static CK_SESSION_HANDLE
session_on(CK_SLOT_ID slot)
{
	CK_SESSION_HANDLE h;

	must(f->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &h),
	    "C_OpenSession");
	return h;
}

/* ---- look ---------------------------------------------------------------- */

static const char *
name_of(CK_RV rv)
{
	static char other[32];

	if (rv == CKR_OK)
		return "ok";
	if (rv == CKR_TOKEN_NOT_RECOGNIZED)
		return "not recognized";
	if (rv == CKR_DEVICE_REMOVED)
		return "removed";
	snprintf(other, sizeof(other), "%#lx", rv);
	return other;
}

static void
look_at(CK_SLOT_ID slot)
{
	CK_SESSION_HANDLE h;
	CK_TOKEN_INFO info;
	long begun = now_ms();
	CK_RV rv = f->C_GetTokenInfo(slot, &info);

	printf("slot %lu: token %s in %ld ms, ", slot, name_of(rv),
	    now_ms() - begun);
	begun = now_ms();
	rv = f->C_GetTokenInfo(slot, &info);
	printf("again %s in %ld ms, ", name_of(rv), now_ms() - begun);
	rv = f->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &h);
	printf("session %s, ", name_of(rv));
	rv = f->C_GetTokenInfo(slot, &info);
	printf("then token %s %.32s\n", name_of(rv), rv == CKR_OK ?
	    (const char *)info.label : "");
}

static void
look(void)
{
	CK_SLOT_ID slots[SLOTS];
	const long begun = now_ms();
	CK_SLOT_INFO info;
	CK_ULONG n;

	must(f->C_Initialize(NULL), "C_Initialize");
	n = list(slots);
	for (CK_ULONG i = 0; i < n; i++)
		must(f->C_GetSlotInfo(slots[i], &info), "C_GetSlotInfo");
	printf("start %ld ms, %lu cards\n", now_ms() - begun, n);
	for (CK_ULONG i = 0; i < n; i++)
		look_at(slots[i]);
	must(f->C_Finalize(NULL), "C_Finalize");
}

/* ---- events -------------------------------------------------------------- */

static void
events(int count)
{
	CK_SLOT_INFO info;
	CK_SLOT_ID id;
	CK_ULONG n;

	must(f->C_Initialize(NULL), "C_Initialize");
	must(f->C_GetSlotList(CK_FALSE, NULL, &n), "C_GetSlotList");
	puts("ready");
	fflush(stdout);
	while (count-- > 0) {
		must(f->C_WaitForSlotEvent(0, &id, NULL), "C_WaitForSlotEvent");
		must(f->C_GetSlotInfo(id, &info), "C_GetSlotInfo");
		printf("slot %lu %s\n", id,
		    info.flags & CKF_TOKEN_PRESENT ? "full" : "empty");
		fflush(stdout);
	}
	must(f->C_Finalize(NULL), "C_Finalize");
}

static void
wait_for_line(void)
{
	char line[16];

	puts("ready");
	fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL)
		exit(1);
}

/* ---- hold ---------------------------------------------------------------- */

static void
hold(void)
{
	CK_SLOT_ID slots[SLOTS];
	CK_SESSION_HANDLE h;
	CK_SESSION_INFO session;
	CK_TOKEN_INFO token;
	CK_RV rv;

	must(f->C_Initialize(NULL), "C_Initialize");
	if (list(slots) < 1)
		must(CKR_TOKEN_NOT_PRESENT, "list");
	must(f->C_GetTokenInfo(slots[0], &token), "C_GetTokenInfo");
	h = session_on(slots[0]);
	must(f->C_Login(h, CKU_USER, pin, sizeof(pin) - 1), "C_Login");
	wait_for_line();
	rv = f->C_GetTokenInfo(slots[0], &token);
	printf("token %s, ", name_of(rv));
	rv = f->C_GetSessionInfo(h, &session);
	printf("session %s, ", name_of(rv));
	h = session_on(slots[0]);
	must(f->C_GetSessionInfo(h, &session), "C_GetSessionInfo");
	printf("the next %s\n", session.state == CKS_RO_PUBLIC_SESSION
	    ? "without a login" : "logged in");
	must(f->C_Finalize(NULL), "C_Finalize");
}

/* ---- sign ---------------------------------------------------------------- */

static CK_OBJECT_HANDLE
find_key(CK_SESSION_HANDLE h, CK_BYTE id)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE t[] = { { CKA_CLASS, &class, sizeof(class) },
	    { CKA_ID, &id, sizeof(id) } };
	CK_OBJECT_HANDLE found = 0;
	CK_ULONG n = 0;

	must(f->C_FindObjectsInit(h, t, 2), "C_FindObjectsInit");
	must(f->C_FindObjects(h, &found, 1, &n), "C_FindObjects");
	must(f->C_FindObjectsFinal(h), "C_FindObjectsFinal");
	if (n == 1)
		return found;
	puts("no key");
	exit(1);
}

static EVP_PKEY *
public_of(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key, bool *always)
{
	unsigned char spki[1200];
	const unsigned char *at = spki;
	CK_BBOOL yes = CK_FALSE;
	CK_ATTRIBUTE t[] = { { CKA_PUBLIC_KEY_INFO, spki, sizeof(spki) },
	    { CKA_ALWAYS_AUTHENTICATE, &yes, sizeof(yes) } };

	must(f->C_GetAttributeValue(h, key, t, 2), "C_GetAttributeValue");
	*always = yes == CK_TRUE;
	return d2i_PUBKEY(NULL, &at, (long)t[0].ulValueLen);
}

static bool
verifies(EVP_PKEY *key, const unsigned char *sig, const unsigned char digest[32])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	ECDSA_SIG *rs = ECDSA_SIG_new();
	unsigned char *der = NULL;
	int len;
	bool good;

	ECDSA_SIG_set0(rs, BN_bin2bn(sig, 32, NULL), BN_bin2bn(sig + 32, 32, NULL));
	len = i2d_ECDSA_SIG(rs, &der);
	good = EVP_PKEY_verify_init(ctx) == 1 && EVP_PKEY_verify(ctx, der,
	    (size_t)len, digest, 32) == 1;
	OPENSSL_free(der);
	ECDSA_SIG_free(rs);
	EVP_PKEY_CTX_free(ctx);
	return good;
}

static void
log_in_for_use(CK_SESSION_HANDLE h)
{
	must(f->C_Login(h, CKU_CONTEXT_SPECIFIC, pin, sizeof(pin) - 1),
	    "C_Login for one use");
}

static void
sign_once(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key, bool always, EVP_PKEY *pub,
    int i)
{
	CK_MECHANISM m = { CKM_ECDSA, NULL, 0 };
	CK_BYTE digest[32] = { 1, (CK_BYTE)i, (CK_BYTE)(i >> 8) }, sig[64];
	CK_ULONG len = sizeof(sig);

	must(f->C_SignInit(h, &m, key), "C_SignInit");
	if (always)
		log_in_for_use(h);
	must(f->C_Sign(h, digest, sizeof(digest), sig, &len), "C_Sign");
	if (len == sizeof(sig) && verifies(pub, sig, digest))
		return;
	printf("signature %d is not one\n", i);
	exit(1);
}

static CK_SESSION_HANDLE
session_of_user(void)
{
	CK_SLOT_ID slots[SLOTS];
	CK_SESSION_HANDLE h;

	must(f->C_Initialize(NULL), "C_Initialize");
	if (list(slots) < 1)
		must(CKR_TOKEN_NOT_PRESENT, "list");
	h = session_on(slots[0]);
	must(f->C_Login(h, CKU_USER, pin, sizeof(pin) - 1), "C_Login");
	return h;
}

static void
sign(CK_BYTE id, int count)
{
	const CK_SESSION_HANDLE h = session_of_user();
	const CK_OBJECT_HANDLE key = find_key(h, id);
	bool always;
	EVP_PKEY *pub = public_of(h, key, &always);

	for (int i = 0; i < count; i++)
		sign_once(h, key, always, pub, i);
	EVP_PKEY_free(pub);
	must(f->C_Finalize(NULL), "C_Finalize");
	printf("%d good\n", count);
}

static void
between(CK_BYTE id)
{
	const CK_SESSION_HANDLE h = session_of_user();
	const CK_OBJECT_HANDLE key = find_key(h, id);
	CK_MECHANISM m = { CKM_ECDSA, NULL, 0 };
	CK_BYTE digest[32] = { 1 }, sig[64];
	CK_ULONG len = sizeof(sig);
	bool always, good;
	EVP_PKEY *pub = public_of(h, key, &always);
	CK_RV rv;

	must(f->C_SignInit(h, &m, key), "C_SignInit");
	log_in_for_use(h);
	wait_for_line();
	rv = f->C_Sign(h, digest, sizeof(digest), sig, &len);
	good = rv == CKR_OK && len == sizeof(sig) && verifies(pub, sig, digest);
	printf("signature %s %s\n", name_of(rv), good ? "good" : "none");
	EVP_PKEY_free(pub);
	must(f->C_Finalize(NULL), "C_Finalize");
}

/* ---- reload -------------------------------------------------------------- */

static int
entries(const char *folder)
{
	DIR *d = opendir(folder);
	int n = 0;

	while (d != NULL && readdir(d) != NULL)
		n++;
	if (d != NULL)
		closedir(d);
	return n;
}

static long
resident_kb(void)
{
	FILE *p = fopen("/proc/self/statm", "r");
	long size, pages = 0;

	if (p != NULL && fscanf(p, "%ld %ld", &size, &pages) != 2)
		pages = 0;
	if (p != NULL)
		fclose(p);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void
use_once(bool tidy)
{
	CK_SLOT_ID slots[SLOTS];
	CK_SESSION_HANDLE h;
	CK_RV rv;

	f = p11_load(path, &so);
	rv = f->C_Initialize(NULL);
	if (tidy || rv != CKR_CRYPTOKI_ALREADY_INITIALIZED)
		must(rv, "C_Initialize");
	if (list(slots) > 0) {
		h = session_on(slots[0]);
		(void)f->C_Login(h, CKU_USER, pin, sizeof(pin) - 1);
		(void)find_key(h, 0x9a);
		if (!tidy)
			(void)f->C_CloseSession(h);
	}
	if (tidy)
		must(f->C_Finalize(NULL), "C_Finalize");
	dlclose(so);
}

static void
reload(int count, bool tidy)
{
	int fds, tasks;
	long kb;

	dlclose(so);
	for (int i = 0; i < WARM_UP; i++)
		use_once(tidy);
	fds = entries("/proc/self/fd");
	tasks = entries("/proc/self/task");
	kb = resident_kb();
	for (int i = 0; i < count; i++)
		use_once(tidy);
	fds = entries("/proc/self/fd") - fds;
	tasks = entries("/proc/self/task") - tasks;
	kb = resident_kb() - kb;
	printf("after %d times: %d descriptors, %d threads, %ld kB more\n", count,
	    fds, tasks, kb);
	if (fds != 0 || tasks != 0 || kb > GROWTH_KB)
		exit(1);
}

/* ---- survive ------------------------------------------------------------- */

static const char *control;

static void
tell_card(const char *what)
{
	char line[512];

	snprintf(line, sizeof(line), "\"$TAMGA_VCARD\" ctl '%s' %s", control, what);
	if (system(line) != 0)
		must(CKR_FUNCTION_FAILED, line);
}

/* One object of that class and ID; none is not an error of the caller's. */
static CK_RV
find_one(CK_SESSION_HANDLE h, CK_OBJECT_CLASS class, CK_OBJECT_HANDLE *found)
{
	CK_BYTE id = 0x9a;
	CK_ATTRIBUTE t[] = { { CKA_CLASS, &class, sizeof(class) },
	    { CKA_ID, &id, sizeof(id) } };
	CK_ULONG n = 0;
	CK_RV rv;

	if ((rv = f->C_FindObjectsInit(h, t, 2)) ||
	    (rv = f->C_FindObjects(h, found, 1, &n)) ||
	    (rv = f->C_FindObjectsFinal(h)))
		return rv;
	return n == 1 ? CKR_OK : CKR_OBJECT_HANDLE_INVALID;
}

static CK_RV
rewrite(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE cert)
{
	static CK_BYTE der[4096];
	static CK_ULONG der_len;	/* survives a card pulled between the two */
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_CERTIFICATE_TYPE x509 = CKC_X_509;
	CK_BBOOL yes = CK_TRUE;
	CK_BYTE id = 0x9a;
	CK_ATTRIBUTE value = { CKA_VALUE, der, sizeof(der) };
	CK_ATTRIBUTE t[] = { { CKA_CLASS, &class, sizeof(class) },
	    { CKA_CERTIFICATE_TYPE, &x509, sizeof(x509) },
	    { CKA_ID, &id, sizeof(id) }, { CKA_TOKEN, &yes, 1 },
	    { CKA_VALUE, der, 0 } };
	CK_RV rv;

	if (cert != 0) {
		if ((rv = f->C_GetAttributeValue(h, cert, &value, 1)))
			return rv;
		der_len = value.ulValueLen;
		if ((rv = f->C_DestroyObject(h, cert)))
			return rv;
	}
	t[4].ulValueLen = der_len;
	return f->C_CreateObject(h, t, 5, &cert);
}

/* A session as a program has one: login, list, sign, write. */
static CK_RV
live(CK_SLOT_ID slot, CK_SESSION_HANDLE *h)
{
	CK_MECHANISM m = { CKM_ECDSA, NULL, 0 };
	CK_OBJECT_HANDLE all[32], key = 0, cert = 0;
	CK_BYTE digest[32] = { 1 }, sig[64];
	CK_ULONG n, len = sizeof(sig);
	CK_TOKEN_INFO info;
	CK_RV rv;

	if ((rv = f->C_GetTokenInfo(slot, &info)) ||
	    (rv = f->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION,
		NULL, NULL, h)) ||
	    (rv = f->C_Login(*h, CKU_USER, pin, sizeof(pin) - 1)) ||
	    (rv = f->C_FindObjectsInit(*h, NULL, 0)) ||
	    (rv = f->C_FindObjects(*h, all, 32, &n)) ||
	    (rv = f->C_FindObjectsFinal(*h)) ||
	    (rv = find_one(*h, CKO_PRIVATE_KEY, &key)) ||
	    (rv = f->C_SignInit(*h, &m, key)) ||
	    (rv = f->C_Sign(*h, digest, sizeof(digest), sig, &len)))
		return rv;
	rv = find_one(*h, CKO_CERTIFICATE, &cert);
	if (rv != CKR_OK && rv != CKR_OBJECT_HANDLE_INVALID)
		return rv;
	if ((rv = rewrite(*h, cert)))
		return rv;
	return f->C_Logout(*h);
}

static void
wait_for_card(CK_SLOT_ID slot)
{
	const struct timespec moment = { 0, 2000000 };
	CK_SLOT_INFO info = { .flags = 0 };

	for (int i = 0; i < 1000 && !(info.flags & CKF_TOKEN_PRESENT); i++) {
		must(f->C_GetSlotInfo(slot, &info), "C_GetSlotInfo");
		nanosleep(&moment, NULL);
	}
}

/* The card is pulled at that command: false when there was no such one. */
static bool
survive_one(CK_SLOT_ID slot, int at)
{
	CK_SESSION_HANDLE h = 0;
	CK_SESSION_INFO info;
	char what[32];
	CK_RV rv;

	tell_card("remove");		/* nothing is known of what comes now */
	tell_card("insert");
	wait_for_card(slot);
	snprintf(what, sizeof(what), "fault %d:remove", at);
	tell_card(what);
	rv = live(slot, &h);
	if (rv == CKR_OK) {
		tell_card("fault none");
		return false;
	}
	if (rv != CKR_DEVICE_REMOVED && rv != CKR_TOKEN_NOT_PRESENT)
		must(rv, what);
	if (h != 0) {
		rv = f->C_GetSessionInfo(h, &info);
		if (rv != CKR_DEVICE_REMOVED)
			must(rv == CKR_OK ? CKR_FUNCTION_FAILED : rv, "orphan");
		must(f->C_CloseSession(h), "C_CloseSession");
	}
	tell_card("insert");
	wait_for_card(slot);
	must(live(slot, &h), "the next session");
	must(f->C_CloseSession(h), "C_CloseSession");
	return true;
}

static void
survive(void)
{
	CK_SLOT_ID slots[SLOTS];
	int at = 1;

	must(f->C_Initialize(NULL), "C_Initialize");
	if (list(slots) < 1)
		must(CKR_TOKEN_NOT_PRESENT, "list");
	while (survive_one(slots[0], at))
		at++;
	must(f->C_Finalize(NULL), "C_Finalize");
	printf("pulled at %d commands\n", at - 1);
}

/* ---- written ------------------------------------------------------------- */

static void
save_certificate(CK_SESSION_HANDLE h, CK_BYTE id, const char *name)
{
	static CK_BYTE der[4096];
	CK_ATTRIBUTE value = { CKA_VALUE, der, sizeof(der) };
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_ATTRIBUTE t[] = { { CKA_CLASS, &class, sizeof(class) },
	    { CKA_ID, &id, sizeof(id) } };
	CK_OBJECT_HANDLE cert;
	CK_ULONG n;
	FILE *p;

	must(f->C_FindObjectsInit(h, t, 2), "C_FindObjectsInit");
	must(f->C_FindObjects(h, &cert, 1, &n), "C_FindObjects");
	must(f->C_FindObjectsFinal(h), "C_FindObjectsFinal");
	must(n == 1 ? CKR_OK : CKR_OBJECT_HANDLE_INVALID, "certificate");
	must(f->C_GetAttributeValue(h, cert, &value, 1), "C_GetAttributeValue");
	p = fopen(name, "w");
	if (p == NULL || fwrite(der, 1, value.ulValueLen, p) != value.ulValueLen ||
	    fclose(p) != 0)
		must(CKR_FUNCTION_FAILED, name);
}

static void
written(CK_BYTE id)
{
	CK_SLOT_ID slots[SLOTS];
	CK_SESSION_HANDLE h;
	char line[16];

	must(f->C_Initialize(NULL), "C_Initialize");
	if (list(slots) < 1)
		must(CKR_TOKEN_NOT_PRESENT, "list");
	h = session_on(slots[0]);
	save_certificate(h, id, "first");
	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (strcmp(line, "slots") == 0)
			(void)list(slots);
		else if (strcmp(line, "login") == 0)
			must(f->C_Login(h, CKU_USER, pin, sizeof(pin) - 1), "C_Login");
		else {
			must(f->C_CloseSession(h), "C_CloseSession");
			h = session_on(slots[0]);
		}
		save_certificate(h, id, line);
		printf("%s done\n", line);
		fflush(stdout);
	}
	must(f->C_Finalize(NULL), "C_Finalize");
}

/* ---- gone ---------------------------------------------------------------- */

enum { GONE_MS = 5000 };

static CK_RV
search_all(CK_SESSION_HANDLE h)
{
	CK_OBJECT_HANDLE all[32];
	CK_ULONG n;
	CK_RV rv;

	if ((rv = f->C_FindObjectsInit(h, NULL, 0)) ||
	    (rv = f->C_FindObjects(h, all, 32, &n)))
		return rv;
	return f->C_FindObjectsFinal(h);
}

/* How long it takes to be told, by searches that ask no card. */
static void
search_until_told(CK_SESSION_HANDLE h, const char *what)
{
	const long begun = now_ms();
	long count = 0;
	CK_RV rv;

	do {
		rv = search_all(h);
		count++;
	} while (rv == CKR_OK && now_ms() - begun < GONE_MS);
	printf("%s: %s after %ld ms and %ld searches\n", what, name_of(rv),
	    now_ms() - begun, count);
}

static void
time_searches(CK_SESSION_HANDLE h)
{
	const long begun = now_ms();
	long count = 0;

	for (; now_ms() - begun < 1000; count++)
		must(search_all(h), "search");
	printf("%ld searches a second\n", count);
}

static void
gone(void)
{
	const CK_SESSION_HANDLE h = session_of_user();
	const struct timespec second = { 1, 0 };
	CK_SLOT_ID slots[SLOTS];
	CK_SESSION_HANDLE next;

	must(search_all(h), "search");
	time_searches(h);
	tell_card("remove");
	search_until_told(h, "removed");
	tell_card("insert");
	wait_for_card(0);
	if (list(slots) < 1)
		must(CKR_TOKEN_NOT_PRESENT, "list");
	next = session_on(slots[0]);
	must(search_all(next), "search");
	tell_card("remove");		/* nobody asks meanwhile */
	nanosleep(&second, NULL);
	tell_card("insert");
	nanosleep(&second, NULL);
	printf("exchanged: %s\n", name_of(search_all(next)));
	must(f->C_Finalize(NULL), "C_Finalize");
}

/* ---- exit ---------------------------------------------------------------- */

static CK_SESSION_HANDLE last;
static CK_OBJECT_HANDLE last_key;

/* Registered before the module was loaded, so that it runs when libcrypto has
 * cleaned up after itself. */
static void
at_the_end(void)
{
	CK_MECHANISM m = { CKM_ECDSA_SHA256, NULL, 0 };
	CK_SESSION_INFO info;
	CK_BYTE bytes[64] = { 1 };
	CK_SLOT_ID id;
	CK_ULONG n = 0, len = sizeof(bytes);
	CK_RV rv[7];

	if (f == NULL)
		return;
	rv[0] = f->C_GetSlotList(CK_TRUE, NULL, &n);
	rv[1] = f->C_GetSessionInfo(last, &info);
	rv[2] = f->C_SignInit(last, &m, last_key);
	rv[3] = f->C_Sign(last, bytes, 8, bytes, &len);
	rv[4] = f->C_GenerateRandom(last, bytes, sizeof(bytes));
	rv[5] = f->C_WaitForSlotEvent(CKF_DONT_BLOCK, &id, NULL);
	(void)f->C_CloseAllSessions(0);
	rv[6] = f->C_Finalize(NULL);
	for (size_t i = 0; i < 7; i++)
		printf("%s ", rv[i] == CKR_CRYPTOKI_NOT_INITIALIZED ? "over"
		    : name_of(rv[i]));
	puts(OPENSSL_init_crypto(0, NULL) ? "before libcrypto ended" : "and well");
	fflush(stdout);
}

static void
use_until_exit(void)
{
	CK_SLOT_ID slots[SLOTS];

	must(f->C_Initialize(NULL), "C_Initialize");
	if (list(slots) < 1)
		must(CKR_TOKEN_NOT_PRESENT, "list");
	last = session_on(slots[0]);
	must(f->C_Login(last, CKU_USER, pin, sizeof(pin) - 1), "C_Login");
	last_key = find_key(last, 0x9a);
	/* The program uses libcrypto too, and so it cleans up before we do. */
	OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CRYPTO_STRINGS, NULL);
}

int
main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[2] : "";
	const int n = argc > 3 ? (int)strtol(argv[argc - 1], NULL, 10) : 0;

	if (argc < 3)
		return 2;
	if (strcmp(what, "exit") == 0)
		atexit(at_the_end);
	path = argv[1];
	f = p11_load(path, &so);
	if (strcmp(what, "look") == 0)
		look();
	else if (strcmp(what, "hold") == 0)
		hold();
	else if (strcmp(what, "events") == 0)
		events(n);
	else if (strcmp(what, "sign") == 0 && argc == 5)
		sign((CK_BYTE)strtoul(argv[3], NULL, 16), n);
	else if (strcmp(what, "between") == 0 && argc == 4)
		between((CK_BYTE)strtoul(argv[3], NULL, 16));
	else if (strcmp(what, "reload") == 0 || strcmp(what, "abandon") == 0)
		reload(n, what[0] == 'r');
	else if (strcmp(what, "survive") == 0 && (control = argv[3]) != NULL)
		survive();
	else if (strcmp(what, "written") == 0 && argc == 4)
		written((CK_BYTE)strtoul(argv[3], NULL, 16));
	else if (strcmp(what, "gone") == 0 && (control = argv[3]) != NULL)
		gone();
	else if (strcmp(what, "exit") == 0)
		use_until_exit();
	else
		return 2;
	return 0;
}
