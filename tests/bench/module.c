/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * usage: module FILE start
 *        module FILE list
 *        module FILE sign ID COUNT
 *        module FILE generate ID
 *        module FILE write ID CERTIFICATE
 *
 * One operation by one PKCS#11 module, on its first token, by a program that
 * needs next to nothing itself: what it costs is what the module costs.
 * sign prints the microseconds that each signature took but the first.
 * ID is a CKA_ID, hexadecimal, one byte; to generate, "-" leaves the choice to
 * the module.  The PIN is TAMGA_TEST_PIN, the
 * management key, as SO PIN, TAMGA_TEST_ADMIN.
 */
#include <p11-kit/pkcs11.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static CK_FUNCTION_LIST *f;
static CK_SLOT_ID slot;
static CK_SESSION_HANDLE session;

static void
must(CK_RV rv, const char *what)
{
	if (rv == CKR_OK)
		return;
	fprintf(stderr, "%s: 0x%lx\n", what, rv);
	exit(EXIT_FAILURE);
}

static void
load(const char *path)
{
	void *module = dlopen(path, RTLD_NOW);
	CK_C_GetFunctionList get;

	if (module == NULL) {
		fprintf(stderr, "%s\n", dlerror());
		exit(EXIT_FAILURE);
	}
	*(void **)&get = dlsym(module, "C_GetFunctionList");
	must(get == NULL ? CKR_GENERAL_ERROR : get(&f), "C_GetFunctionList");
}

static void
start(void)
{
	CK_SLOT_ID slots[16];
	CK_ULONG n = 16;

	must(f->C_Initialize(NULL), "C_Initialize");
	must(f->C_GetSlotList(CK_TRUE, slots, &n), "C_GetSlotList");
	must(n == 0 ? CKR_SLOT_ID_INVALID : CKR_OK, "no token");
	slot = slots[0];
}

static void
open_session(CK_FLAGS flags)
{
	must(f->C_OpenSession(slot, CKF_SERIAL_SESSION | flags, NULL, NULL,
	    &session), "C_OpenSession");
}

static void
log_in(CK_USER_TYPE who)
{
	char *pin = getenv(who == CKU_SO ? "TAMGA_TEST_ADMIN" : "TAMGA_TEST_PIN");

	must(pin == NULL ? CKR_PIN_INVALID : f->C_Login(session, who,
	    (CK_UTF8CHAR *)pin, strlen(pin)), "C_Login");
}

/* ---- list ---------------------------------------------------------------- */

static void
read_object(CK_OBJECT_HANDLE object)
{
	static const CK_ATTRIBUTE_TYPE types[] = { CKA_CLASS, CKA_LABEL, CKA_ID,
	    CKA_SUBJECT, CKA_VALUE, CKA_KEY_TYPE };
	CK_BYTE value[8192];

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		CK_ATTRIBUTE a = { types[i], NULL, 0 };

		if (f->C_GetAttributeValue(session, object, &a, 1) != CKR_OK ||
		    a.ulValueLen > sizeof(value))
			continue;
		a.pValue = value;
		(void)f->C_GetAttributeValue(session, object, &a, 1);
	}
}

static void
list(char **arguments)
{
	CK_OBJECT_HANDLE objects[64];
	CK_ULONG n;

	(void)arguments;
	open_session(0);
	must(f->C_FindObjectsInit(session, NULL, 0), "C_FindObjectsInit");
	must(f->C_FindObjects(session, objects, 64, &n), "C_FindObjects");
	must(f->C_FindObjectsFinal(session), "C_FindObjectsFinal");
	for (CK_ULONG i = 0; i < n; i++)
		read_object(objects[i]);
	printf("%lu\n", n);
}

/* ---- sign ---------------------------------------------------------------- */

static CK_OBJECT_HANDLE
find(CK_BYTE id)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE template[] = {
		{ CKA_CLASS, &class, sizeof(class) }, { CKA_ID, &id, 1 },
	};
	CK_OBJECT_HANDLE key;
	CK_ULONG n;

	must(f->C_FindObjectsInit(session, template, 2), "C_FindObjectsInit");
	must(f->C_FindObjects(session, &key, 1, &n), "C_FindObjects");
	must(f->C_FindObjectsFinal(session), "C_FindObjectsFinal");
	must(n == 0 ? CKR_KEY_HANDLE_INVALID : CKR_OK, "no such key");
	return key;
}

static CK_BBOOL
is_always(CK_OBJECT_HANDLE key)
{
	CK_BBOOL always = CK_FALSE;
	CK_ATTRIBUTE a = { CKA_ALWAYS_AUTHENTICATE, &always, sizeof(always) };

	return f->C_GetAttributeValue(session, key, &a, 1) == CKR_OK && always;
}

static CK_BYTE
id_of(const char *text)
{
	return (CK_BYTE)strtoul(text, NULL, 16);
}

static double
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
sign(char **arguments)
{
	CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
	CK_BYTE digest[32] = { 0 }, sig[256];
	const unsigned long count = strtoul(arguments[1], NULL, 10);
	CK_OBJECT_HANDLE key;
	CK_BBOOL always;
	double first = 0;

	open_session(0);
	log_in(CKU_USER);
	key = find(id_of(arguments[0]));
	always = is_always(key);
	for (unsigned long i = count; i > 0; i--) {
		CK_ULONG len = sizeof(sig);

		memcpy(digest, &i, sizeof(i));
		must(f->C_SignInit(session, &ecdsa, key), "C_SignInit");
		if (always)
			log_in(CKU_CONTEXT_SPECIFIC);
		must(f->C_Sign(session, digest, sizeof(digest), sig, &len),
		    "C_Sign");
		if (i == count)
			first = now_us();
	}
	if (count > 1)
		printf("%.0f\n", (now_us() - first) / (double)(count - 1));
}

/* ---- generate, write ----------------------------------------------------- */

static void
generate(char **arguments)
{
	static CK_BYTE p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03,
	    0x01, 0x07 };
	CK_MECHANISM m = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_BBOOL yes = CK_TRUE;
	CK_BYTE id = id_of(arguments[0]);
	CK_OBJECT_HANDLE public, private;
	CK_ATTRIBUTE both[] = {
		{ CKA_EC_PARAMS, p256, sizeof(p256) },
		{ CKA_TOKEN, &yes, sizeof(yes) }, { CKA_ID, &id, 1 },
	};
	const CK_ULONG count = strcmp(arguments[0], "-") == 0 ? 1 : 2;

	open_session(CKF_RW_SESSION);
	log_in(CKU_SO);
	must(f->C_GenerateKeyPair(session, &m, both, 1 + count, both + 1, count,
	    &public, &private), "C_GenerateKeyPair");
}

static void
write_certificate(char **arguments)
{
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_CERTIFICATE_TYPE type = CKC_X_509;
	CK_BBOOL yes = CK_TRUE;
	CK_BYTE id = id_of(arguments[0]), der[8192];
	FILE *file = fopen(arguments[1], "rb");
	CK_ULONG len = file != NULL ? fread(der, 1, sizeof(der), file) : 0;
	CK_OBJECT_HANDLE made;
	CK_ATTRIBUTE t[] = {
		{ CKA_CLASS, &class, sizeof(class) }, { CKA_TOKEN, &yes, sizeof(yes) },
		{ CKA_CERTIFICATE_TYPE, &type, sizeof(type) }, { CKA_ID, &id, 1 },
		{ CKA_VALUE, der, len },
	};

	open_session(CKF_RW_SESSION);
	log_in(CKU_SO);
	must(f->C_CreateObject(session, t, 5, &made), "C_CreateObject");
}

static void
nothing(char **arguments)
{
	(void)arguments;
}

static const struct {
	const char *name;
	int arguments;
	void (*run)(char **arguments);
} operations[] = {
	{ "start", 0, nothing },
	{ "list", 0, list },
	{ "sign", 2, sign },
	{ "generate", 1, generate },
	{ "write", 2, write_certificate },
};

int
main(int argc, char **argv)
{
	for (size_t i = 0; argc > 2 &&
	    i < sizeof(operations) / sizeof(*operations); i++) {
		if (strcmp(argv[2], operations[i].name) != 0 ||
		    argc != 3 + operations[i].arguments)
			continue;
		load(argv[1]);
		start();
		operations[i].run(argv + 3);
		must(f->C_Finalize(NULL), "C_Finalize");
		return EXIT_SUCCESS;
	}
	fprintf(stderr, "usage: see the first lines of tests/bench/module.c\n");
	return 2;
}
