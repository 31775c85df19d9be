/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every function of the PKCS#11 module with every argument wrong in every way
 * we know, in every state that a process can be in: a code of the standard,
 * never a crash, never a session that is stuck, never a word on a terminal.
 */
#include "tests/unit/p11-world.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/scope.h"
#include "tests/unit/p11-calls.h"

enum {
	HUGE_LEN = 0x7fffffff,
	ROUNDS = 20,		/* of finalising under threads */
	HAMMERS = 3,
	CROWD = 4,
	SILENT_FDS = 2,
};

/* ---- what a program may be told ------------------------------------------ */

/* Internal trouble is no answer to a wrong argument. */
static bool
is_an_answer(CK_RV rv)
{
	return rv != CKR_GENERAL_ERROR && rv != CKR_HOST_MEMORY &&
	    rv != CKR_DEVICE_ERROR && rv != CKR_DEVICE_MEMORY &&
	    rv < CKR_VENDOR_DEFINED;
}

struct wrong {
	const p11_named *f;
	p11_args a;
	const char *how;
	CK_RV only;		/* what it must answer, if it answers at all; 0: any */
	bool crowd;		/* others are at work: they log out, close sessions */
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE key;
};

/* A thread cannot fail a test of cmocka's. */
static void
judge_in_crowd(const struct wrong *w, CK_RV rv)
{
	if (is_an_answer(rv))
		return;
	fprintf(stderr, "%s, %s: %#lx\n", w->f->name, w->how, rv);
	abort();
}

static void
judge(const struct wrong *w, CK_RV rv)
{
	if (!is_an_answer(rv))
		fail_msg("%s, %s: %#lx", w->f->name, w->how, rv);
	if (w->only != 0 && rv != w->only && rv != CKR_FUNCTION_NOT_SUPPORTED)
		fail_msg("%s, %s: %#lx, not %#lx", w->f->name, w->how, rv, w->only);
}

/* ---- a session that is never stuck --------------------------------------- */

static CK_SESSION_HANDLE session;
static CK_OBJECT_HANDLE key;

static void
look_after_session(void)
{
	CK_SESSION_INFO info;

	if (C_GetSessionInfo(session, &info) != CKR_OK) {
		session = open_session(RW);
		info.state = state_of(session);
	}
	assert_int_equal(C_SessionCancel(session, ~0UL), CKR_OK);
	assert_int_equal(CARD->tries, 3);
	if (info.state != CKS_RW_USER_FUNCTIONS)
		assert_int_equal(C_Login(session, CKU_USER, PIN, 6), CKR_OK);
	key = find_one(session, CKO_PRIVATE_KEY, 0x9a);
	assert_int_not_equal(key, CK_INVALID_HANDLE);
	assert_int_equal(C_SignInit(session, &ecdsa, key), CKR_OK);
	assert_int_equal(C_SessionCancel(session, CKF_SIGN), CKR_OK);
}

/* ---- ways to be wrong ---------------------------------------------------- */

/* Nothing is written behind the room that was given. */
static void
check_room(const struct wrong *w, CK_ULONG room)
{
	const size_t unit = w->f->args[0] == 's' ? 1 : sizeof(CK_INTERFACE);

	for (size_t i = room * unit; i < P11_OUT; i++)
		if (w->a.out[i] != P11_UNTOUCHED)
			fail_msg("%s, %s: writes behind %lu", w->f->name, w->how,
			    room);
}

/* In a crowd a session may be closed, or its search taken, at any moment. */
static void
look_after_own(struct wrong *w)
{
	CK_SESSION_INFO info;

	if (C_GetSessionInfo(w->session, &info) != CKR_OK &&
	    C_OpenSession(0, RW, NULL, NULL, &w->session) != CKR_OK)
		abort();
	(void)C_SessionCancel(w->session, ~0UL);
	(void)C_Login(w->session, CKU_USER, PIN, 6);
}

static void
look_after(struct wrong *w)
{
	if (w->crowd) {
		look_after_own(w);
		return;
	}
	look_after_session();
	w->session = session;
	w->key = key;
}

static void
try(struct wrong *w, const char *how, CK_RV only)
{
	const CK_ULONG room = w->a.room;
	CK_RV rv;

	w->how = how;
	w->only = only;
	rv = p11_call(w->f, &w->a);
	if (w->crowd)
		judge_in_crowd(w, rv);
	else
		judge(w, rv);
	if (!w->crowd && strchr(w->f->args, 'n') != NULL && room <= P11_OUT / 32)
		check_room(w, room);
	look_after(w);
	p11_args_make(&w->a, w->f->args, w->session, w->key);
}

static void
wrong_handle(struct wrong *w, size_t i, CK_RV only)
{
	const CK_ULONG values[] = { 0, 63, 99, w->session + 64000, (CK_ULONG)-1 };

	for (size_t v = 0; v < TMG_COUNT(values); v++) {
		if (w->f->args[i] == 'i' && values[v] == 0)
			continue;	/* that slot is there */
		w->a.at[i] = values[v];
		try(w, "wrong handle", only);
	}
}

static void
wrong_bytes(struct wrong *w, size_t i)
{
	static const CK_ULONG lengths[] = { 0, 1, 15, 17, P11_BYTES };

	w->a.at[i] = 0;
	try(w, "bytes NULL", 0);
	w->a.at[i] = 0;
	w->a.at[i + 1] = HUGE_LEN;
	try(w, "bytes NULL, length huge", 0);
	w->a.at[i] = w->a.at[i + 1] = 0;
	try(w, "no bytes", 0);
	for (size_t v = 0; v < TMG_COUNT(lengths); v++) {
		w->a.at[i + 1] = lengths[v];
		try(w, "another length", 0);
	}
}

static void
wrong_room(struct wrong *w, size_t i)
{
	static const CK_ULONG rooms[] = { 0, 1, 63, P11_OUT / 32, HUGE_LEN };

	for (size_t v = 0; v < TMG_COUNT(rooms); v++) {
		w->a.room = rooms[v];
		try(w, "another room", 0);
		w->a.room = rooms[v];
		w->a.at[i - 1] = 0;
		try(w, "size only", 0);
	}
	w->a.at[i] = 0;
	try(w, "room NULL", 0);
}

/* A mechanism that does not fit may be told before. */
static CK_RV
what_null_is(const p11_named *f)
{
	return strchr(f->args, 'm') != NULL ? 0 : CKR_ARGUMENTS_BAD;
}

static void
wrong_template(struct wrong *w, size_t i)
{
	CK_ATTRIBUTE *t = (CK_ATTRIBUTE *)(uintptr_t)w->a.at[i];

	w->a.at[i] = 0;
	try(w, "template NULL", what_null_is(w->f));
	w->a.at[i + 1] = 0;
	try(w, "empty template", 0);
	t->pValue = NULL;
	t->ulValueLen = HUGE_LEN;
	try(w, "value NULL, length huge", 0);
	t->ulValueLen = 0;
	try(w, "length 0", 0);
	t->ulValueLen = 1;
	try(w, "length 1", 0);
	t->type = 0xdeadbeef;
	try(w, "type unknown", 0);
	t[1] = t[0];
	w->a.at[i + 1] = 2;
	try(w, "said twice", 0);
}

static void
wrong_mechanism(struct wrong *w, size_t i)
{
	static const CK_MECHANISM_TYPE types[] = {
		0xdead, CKM_RSA_PKCS_PSS, CKM_RSA_PKCS_OAEP, CKM_ECDH1_DERIVE,
		CKM_EC_KEY_PAIR_GEN, CKM_RSA_PKCS_KEY_PAIR_GEN, CKM_EDDSA,
		CKM_SHA256_RSA_PKCS_PSS,
	};

	w->a.at[i] = 0;
	try(w, "mechanism NULL", 0);
	for (size_t v = 0; v < TMG_COUNT(types); v++) {
		w->a.mechanism.mechanism = types[v];
		try(w, "another mechanism", 0);
		w->a.mechanism = (CK_MECHANISM){ types[v], NULL, HUGE_LEN };
		try(w, "parameter NULL, length huge", 0);
		w->a.mechanism = (CK_MECHANISM){ types[v], w->a.in[3], 1 };
		try(w, "parameter of a byte", 0);
		w->a.mechanism = (CK_MECHANISM){ types[v], w->a.in[3], P11_BYTES };
		try(w, "parameter of zeros", 0);
	}
}

static void
wrong_number(struct wrong *w, size_t i)
{
	static const CK_ULONG values[] = { 0, 1, 0xdead, (CK_ULONG)-1 };

	for (size_t v = 0; v < TMG_COUNT(values); v++) {
		w->a.at[i] = values[v];
		try(w, "another number", 0);
	}
}

static void
wrong_pointer(struct wrong *w, size_t i)
{
	w->a.at[i] = 0;
	try(w, "pointer NULL", 0);
}

static void
wrong_at(struct wrong *w, size_t i)
{
	switch (w->f->args[i]) {
	case 's':
		wrong_handle(w, i, CKR_SESSION_HANDLE_INVALID);
		break;
	case 'i':
		wrong_handle(w, i, CKR_SLOT_ID_INVALID);
		break;
	case 'h':
		wrong_handle(w, i, 0);
		break;
	case 'P':
		wrong_bytes(w, i);
		break;
	case 'n':
		wrong_room(w, i);
		break;
	case 'T':
		wrong_template(w, i);
		break;
	case 'm':
		wrong_mechanism(w, i);
		break;
	case 'x':
		wrong_number(w, i);
		break;
	case 'o':
	case 'q':
	case 'H':
		wrong_pointer(w, i);
		break;
	}
}

static void
sweep(struct wrong *w)
{
	for (size_t i = 0; i < p11_calls_count; i++) {
		w->f = &p11_calls[i];
		p11_args_make(&w->a, w->f->args, w->session, w->key);
		for (size_t k = 0; w->f->args[k] != '\0'; k++)
			wrong_at(w, k);
	}
}

static void
test_arguments(void **state)
{
	struct wrong w = { .crowd = false };

	(void)state;
	session = open_session(RW);
	look_after(&w);
	sweep(&w);
}

static void *
sweep_in_crowd(void *arg)
{
	struct wrong w = { .crowd = true, .key = *(CK_OBJECT_HANDLE *)arg };

	if (C_OpenSession(0, RW, NULL, NULL, &w.session) != CKR_OK)
		abort();
	sweep(&w);
	(void)C_CloseSession(w.session);
	return NULL;
}

/* The same by many at once, who close each other's sessions on the way. */
static void
test_arguments_in_crowd(void **state)
{
	pthread_t threads[CROWD];

	(void)state;
	session = open_session(RW);
	look_after_session();
	for (size_t i = 0; i < CROWD; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, sweep_in_crowd,
		    &key), 0);
	for (size_t i = 0; i < CROWD; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	look_after_session();
}

/* Every pointer NULL that has no meaning as NULL. */
static void
test_null_pointers(void **state)
{
	(void)state;
	session = open_session(RW);
	look_after_session();
	for (size_t i = 0; i < p11_calls_count; i++) {
		const p11_named *f = &p11_calls[i];

		for (size_t k = 0; f->args[k] != '\0'; k++) {
			struct wrong w = { .f = f };

			if (strchr("qnH", f->args[k]) == NULL)
				continue;
			p11_args_make(&w.a, f->args, session, key);
			w.a.at[k] = 0;
			w.how = "NULL";
			w.only = what_null_is(f);
			judge(&w, p11_call(f, &w.a));
			look_after_session();
		}
	}
}

/* ---- states -------------------------------------------------------------- */

/* Outside of C_Initialize and C_Finalize only what needs no state answers. */
static bool
needs_no_state(const char *name)
{
	return strcmp(name, "C_GetFunctionList") == 0 ||
	    strcmp(name, "C_GetInterface") == 0 ||
	    strcmp(name, "C_GetInterfaceList") == 0;
}

static const char *
first_that_answers(CK_SESSION_HANDLE h)
{
	for (size_t i = 0; i < p11_calls_count; i++) {
		const p11_named *f = &p11_calls[i];
		CK_RV rv;
		p11_args a;

		p11_args_make(&a, f->args, h, 1);
		rv = p11_call(f, &a);
		if (needs_no_state(f->name) ? rv != CKR_OK
		    : rv != CKR_CRYPTOKI_NOT_INITIALIZED)
			return f->name;
	}
	return NULL;
}

static void
none_answers(CK_SESSION_HANDLE h)
{
	const char *name = first_that_answers(h);

	if (name != NULL)
		fail_msg("%s answers", name);
}

static void
test_never_initialised(void **state)
{
	(void)state;
	none_answers(64);
}

static void
test_finalised(void **state)
{
	const CK_SESSION_HANDLE h = user_session(RW);

	(void)state;
	assert_int_equal(C_Finalize(NULL), CKR_OK);
	none_answers(h);
	assert_int_equal(C_Finalize(NULL), CKR_CRYPTOKI_NOT_INITIALIZED);
	assert_int_equal(C_Initialize(NULL), CKR_OK);
	look_after_session();
}

static void
test_forked(void **state)
{
	const CK_SESSION_HANDLE h = user_session(RW);
	CK_SESSION_HANDLE own;
	int status;
	pid_t pid;

	(void)state;
	pid = fork();
	if (pid == 0)
		_exit(first_that_answers(h) == NULL &&
		    C_Initialize(NULL) == CKR_OK &&
		    C_OpenSession(0, RO, NULL, NULL, &own) == CKR_OK &&
		    C_Login(own, CKU_USER, PIN, 6) == CKR_OK &&
		    C_Finalize(NULL) == CKR_OK &&
		    first_that_answers(own) == NULL ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(state_of(h), CKS_RW_USER_FUNCTIONS);
}

/* ---- while another thread finalises -------------------------------------- */

static atomic_bool over;

static void *
hammer(void *arg)
{
	uintptr_t answers = 0;

	(void)arg;
	for (size_t i = 0; !atomic_load(&over); i++) {
		const p11_named *f = &p11_calls[i % p11_calls_count];
		CK_SESSION_HANDLE h = 64;
		p11_args a;
		CK_RV rv;

		if (i % 7 == 0)
			(void)C_OpenSession(0, RW, NULL, NULL, &h);
		if (i % 21 == 0)
			(void)C_Login(h, CKU_USER, PIN, 6);
		p11_args_make(&a, f->args, h, 1 + i % 9);
		rv = p11_call(f, &a);
		answers += is_an_answer(rv);
		if (!is_an_answer(rv) && rv != CKR_DEVICE_ERROR) {
			fprintf(stderr, "%s: %#lx\n", f->name, rv);
			abort();
		}
	}
	return (void *)answers;
}

static void
test_finalising(void **state)
{
	pthread_t threads[HAMMERS];
	void *answers;

	(void)state;
	atomic_store(&over, false);
	for (size_t i = 0; i < HAMMERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, hammer, NULL), 0);
	for (int i = 0; i < ROUNDS; i++) {
		usleep(5000);
		assert_int_equal(C_Finalize(NULL), CKR_OK);
		assert_int_equal(C_Initialize(NULL), CKR_OK);
	}
	atomic_store(&over, true);
	for (size_t i = 0; i < HAMMERS; i++) {
		pthread_join(threads[i], &answers);
		assert_true((uintptr_t)answers > 0);
	}
	world(state);
	CARD->events += 2;
	session = 0;
	look_after_session();
}

/* ---- a card pulled anywhere ---------------------------------------------- */

/* What a program does in a session; the first code that is not CKR_OK. */
static CK_RV
live(CK_SESSION_HANDLE *h)
{
	CK_BYTE sig[64], id = 0x9a;
	CK_ULONG len = sizeof(sig), n = 0;
	CK_OBJECT_HANDLE found[32], o = 0;
	CK_OBJECT_CLASS class = CKO_CERTIFICATE, private = CKO_PRIVATE_KEY;
	CK_CERTIFICATE_TYPE x509 = CKC_X_509;
	CK_BYTE der[FAKE_CERT_MAX];
	CK_ULONG der_len = CARD->slots[3].cert_len;
	CK_ATTRIBUTE mine[] = { { CKA_CLASS, &private, sizeof(private) },
	    { CKA_ID, &id, 1 } };
	CK_BYTE other = 0x9e;
	CK_ATTRIBUTE cert[] = { { CKA_CLASS, &class, sizeof(class) },
	    { CKA_CERTIFICATE_TYPE, &x509, sizeof(x509) },
	    { CKA_ID, &other, 1 }, { CKA_TOKEN, &yes, 1 },
	    { CKA_VALUE, der, der_len } };
	CK_ATTRIBUTE old[] = { { CKA_CLASS, &class, sizeof(class) },
	    { CKA_ID, &other, 1 } };
	CK_TOKEN_INFO info;
	CK_RV rv;

	memcpy(der, CARD->slots[3].cert, der_len);
	if ((rv = C_GetTokenInfo(0, &info)) ||
	    (rv = C_OpenSession(0, RW, NULL, NULL, h)) ||
	    (rv = C_Login(*h, CKU_USER, PIN, 6)) ||
	    (rv = C_FindObjectsInit(*h, NULL, 0)) ||
	    (rv = C_FindObjects(*h, found, TMG_COUNT(found), &n)) ||
	    (rv = C_FindObjectsFinal(*h)) ||
	    (rv = C_FindObjectsInit(*h, mine, 2)) ||
	    (rv = C_FindObjects(*h, &o, 1, &n)) ||
	    (rv = C_FindObjectsFinal(*h)) ||
	    (rv = C_SignInit(*h, &ecdsa_sha256, o)) ||
	    (rv = C_Sign(*h, DATA, DATA_LEN, sig, &len)) ||
	    (rv = C_FindObjectsInit(*h, old, 2)) ||
	    (rv = C_FindObjects(*h, &o, 1, &n)) ||
	    (rv = C_FindObjectsFinal(*h)) ||
	    (rv = C_DestroyObject(*h, o)) ||
	    (rv = C_CreateObject(*h, cert, TMG_COUNT(cert), &o)))
		return rv;
	return C_Logout(*h);
}

static bool
is_removal(CK_RV rv)
{
	return rv == CKR_DEVICE_REMOVED || rv == CKR_TOKEN_NOT_PRESENT;
}

static void
test_pulled_anywhere(void **state)
{
	unsigned at = 0;

	(void)state;
	for (CK_RV rv = CKR_DEVICE_REMOVED; rv != CKR_OK;) {
		CK_SESSION_HANDLE h = 0;
		CK_SESSION_INFO info;

		world(state);
		CARD->events = 100 + 10 * at;
		fake.remove_at = ++at;
		rv = live(&h);
		if (rv == CKR_OK)
			break;
		if (!is_removal(rv))
			fail_msg("pulled at %u: %#lx", at, rv);
		if (h != 0) {
			assert_true(is_removal(C_GetSessionInfo(h, &info)));
			assert_int_equal(C_SignInit(h, &ecdsa, 1), CKR_DEVICE_REMOVED);
		}
		world(state);		/* put in again: as good as new */
		CARD->events = 105 + 10 * at;
		if (h != 0)
			assert_int_equal(C_CloseSession(h), CKR_OK);
		assert_int_equal(live(&h), CKR_OK);
		assert_int_equal(C_CloseSession(h), CKR_OK);
	}
	assert_true(at > 15);
}

/* ---- silence ------------------------------------------------------------- */

static int kept[SILENT_FDS], heard;

static void
listen_to_ourselves(void)
{
	heard = memfd_create("heard", MFD_CLOEXEC);
	assert_true(heard >= 0);
	fflush(NULL);
	for (int fd = 0; fd < SILENT_FDS; fd++) {
		kept[fd] = dup(fd + 1);
		assert_int_equal(dup2(heard, fd + 1), fd + 1);
	}
}

static off_t
stop_listening(void)
{
	off_t said;

	fflush(NULL);
	said = lseek(heard, 0, SEEK_END);
	for (int fd = 0; fd < SILENT_FDS; fd++) {
		dup2(kept[fd], fd + 1);
		close(kept[fd]);
	}
	close(heard);
	return said;
}

static void
test_silence(void **state)
{
	CK_SESSION_HANDLE h;
	off_t said;

	(void)state;
	session = user_session(RW);
	key = find_one(session, CKO_PRIVATE_KEY, 0x9a);
	listen_to_ourselves();
	for (size_t i = 0; i < p11_calls_count; i++) {
		p11_args a;

		p11_args_make(&a, p11_calls[i].args, session, key);
		(void)p11_call(&p11_calls[i], &a);
	}
	for (fake.remove_at = 1; fake.remove_at < 20; fake.remove_at++) {
		CARD->presence = TMG_PRESENT;
		CARD->events += 2;
		fake.done = 0;
		(void)live(&h);
	}
	said = stop_listening();
	assert_int_equal(said, 0);
	world(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_never_initialised, world),
		INSIDE(test_arguments), INSIDE(test_arguments_in_crowd),
		INSIDE(test_null_pointers),
		INSIDE(test_finalised),
		INSIDE(test_forked),
		INSIDE(test_finalising),
		INSIDE(test_pulled_anywhere),
		INSIDE(test_silence),
		cmocka_unit_test_setup(test_never_initialised, world),
	};

	return cmocka_run_group_tests(tests, make_world, end_world);
}
