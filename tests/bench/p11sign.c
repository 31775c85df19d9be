/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * usage: p11sign MODULE ID COUNT
 *
 * Logs in to the module's first token with TAMGA_TEST_PIN and makes COUNT
 * ECDSA signatures with the private key of that CKA_ID (hexadecimal, one
 * byte); logs in again before each when the key says ALWAYS_AUTHENTICATE.
 * pkcs11-tool makes one signature a process, so it cannot be asked for this.
 */
#include <p11-kit/pkcs11.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
must(CK_RV rv, const char *what)
{
	if (rv == CKR_OK)
		return;
	fprintf(stderr, "p11sign: %s: 0x%lx\n", what, rv);
	exit(EXIT_FAILURE);
}

static CK_FUNCTION_LIST *
load(const char *path)
{
	void *module = dlopen(path, RTLD_NOW);
	CK_FUNCTION_LIST *f = NULL;
	CK_C_GetFunctionList get;

	if (module == NULL) {
		fprintf(stderr, "p11sign: %s\n", dlerror());
		exit(EXIT_FAILURE);
	}
	*(void **)&get = dlsym(module, "C_GetFunctionList");
	must(get == NULL ? CKR_GENERAL_ERROR : get(&f), "C_GetFunctionList");
	return f;
}

static CK_SESSION_HANDLE
log_in(CK_FUNCTION_LIST *f, char *pin)
{
	CK_SLOT_ID slots[16];
	CK_ULONG n = 16;
	CK_SESSION_HANDLE s;

	must(f->C_Initialize(NULL), "C_Initialize");
	must(f->C_GetSlotList(CK_TRUE, slots, &n), "C_GetSlotList");
	must(n == 0 ? CKR_SLOT_ID_INVALID : CKR_OK, "no token");
	must(f->C_OpenSession(slots[0], CKF_SERIAL_SESSION, NULL, NULL, &s),
	    "C_OpenSession");
	must(f->C_Login(s, CKU_USER, (CK_UTF8CHAR *)pin, strlen(pin)), "C_Login");
	return s;
}

static CK_OBJECT_HANDLE
find(CK_FUNCTION_LIST *f, CK_SESSION_HANDLE s, CK_BYTE id)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE template[] = {
		{ CKA_CLASS, &class, sizeof(class) }, { CKA_ID, &id, 1 },
	};
	CK_OBJECT_HANDLE key;
	CK_ULONG n;

	must(f->C_FindObjectsInit(s, template, 2), "C_FindObjectsInit");
	must(f->C_FindObjects(s, &key, 1, &n), "C_FindObjects");
	must(f->C_FindObjectsFinal(s), "C_FindObjectsFinal");
	must(n == 0 ? CKR_KEY_HANDLE_INVALID : CKR_OK, "no such key");
	return key;
}

static CK_BBOOL
is_always(CK_FUNCTION_LIST *f, CK_SESSION_HANDLE s, CK_OBJECT_HANDLE key)
{
	CK_BBOOL always = CK_FALSE;
	CK_ATTRIBUTE a = { CKA_ALWAYS_AUTHENTICATE, &always, sizeof(always) };

	return f->C_GetAttributeValue(s, key, &a, 1) == CKR_OK && always;
}

int
main(int argc, char **argv)
{
	char *pin = getenv("TAMGA_TEST_PIN");
	CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
	CK_BYTE digest[32] = { 0 }, sig[256];
	CK_FUNCTION_LIST *f;
	CK_SESSION_HANDLE s;
	CK_OBJECT_HANDLE key;
	CK_BBOOL always;

	if (argc != 4 || pin == NULL)
		return 2;
	f = load(argv[1]);
	s = log_in(f, pin);
	key = find(f, s, (CK_BYTE)strtoul(argv[2], NULL, 16));
	always = is_always(f, s, key);
	for (unsigned long i = strtoul(argv[3], NULL, 10); i > 0; i--) {
		CK_ULONG len = sizeof(sig);

		memcpy(digest, &i, sizeof(i));
		must(f->C_SignInit(s, &ecdsa, key), "C_SignInit");
		if (always)
			must(f->C_Login(s, CKU_CONTEXT_SPECIFIC,
			    (CK_UTF8CHAR *)pin, strlen(pin)), "C_Login");
		must(f->C_Sign(s, digest, sizeof(digest), sig, &len), "C_Sign");
	}
	must(f->C_Finalize(NULL), "C_Finalize");
	return EXIT_SUCCESS;
}
