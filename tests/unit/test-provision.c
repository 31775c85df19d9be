/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Enrollments against a token and an authority that outlive us: interrupted
 * everywhere, refused everywhere, asked for twice.
 */
#include "tests/unit/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/provision/store.h"
#include "tests/unit/fake-disk.h"
#include "tests/unit/fake-world.h"

/* ---- one enrollment ----------------------------------------------------- */

static unsigned
journals(void)
{
	return fake_disk_count(fake_disk_journal);
}

static int
fresh(void **state)
{
	(void)state;
	if (!fake_disk_fresh())
		return -1;
	fake_world_reset();
	return 0;
}

static tmg_provision_spec
usual(void)
{
	return (tmg_provision_spec){
		.slot = "9a",
		.csr.subject = "CN=Әсел Қазбекқызы,C=KZ",
		.authority.uri = "est+https://ra.example",
		.authority.anchors = fake_anchors(),
	};
}

/* What the folder's only journal says. */
static tmg_provision_record
only_record(void)
{
	tmg_auto_ptr(tmg_ctx) ctx = NULL;
	tmg_auto_free tmg_provision_record *rows = NULL;
	size_t count;

	assert_int_equal(tmg_ctx_new(&ctx), TMG_OK);
	assert_int_equal(tmg_provision_list(ctx, &rows, &count, NULL), TMG_OK);
	assert_int_equal(count, 1);
	return rows[0];
}

static tmg_step last_step;

static void
remember(void *arg, tmg_step step, double seconds)
{
	(void)arg;
	assert_true(seconds >= 0 && step > last_step);
	last_step = step;
}

/* Begins and runs; the answer is that of whichever stopped first. */
static tmg_rc
enroll(const tmg_provision_spec *spec, tmg_fault *f, char *id)
{
	tmg_auto_ptr(tmg_ctx) ctx = NULL;
	tmg_auto_ptr(tmg_provision) p = NULL;
	tmg_rc rc;

	assert_int_equal(tmg_ctx_new(&ctx), TMG_OK);
	rc = tmg_provision_begin(ctx, fake_tokens(), spec, f, &p);
	if (rc != TMG_OK)
		return rc;
	if (id != NULL)
		memcpy(id, tmg_provision_about(p)->id, TMG_PROVISION_ID);
	last_step = TMG_STEP_BEGUN;
	rc = tmg_provision_run(p, remember, NULL);
	*f = *tmg_provision_fault(p);
	return rc;
}

static tmg_rc
take_up(const char *id, tmg_fault *f)
{
	tmg_auto_ptr(tmg_ctx) ctx = NULL;
	tmg_auto_ptr(tmg_provision) p = NULL;
	tmg_rc rc;

	fake_new_process();
	assert_int_equal(tmg_ctx_new(&ctx), TMG_OK);
	rc = tmg_provision_resume(ctx, fake_tokens(), id, NULL, f, &p);
	if (rc != TMG_OK)
		return rc;
	last_step = TMG_STEP_BEGUN;
	rc = tmg_provision_run(p, NULL, NULL);
	*f = *tmg_provision_fault(p);
	return rc;
}

/* The slot holds a key and the certificate for it. */
static void
assert_enrolled(const char *slot)
{
	const fake_slot *s = fake_slot_named(slot);
	tmg_view spki;

	assert_true(s->priv_len > 0 && s->cert_len > 0);
	assert_int_equal(tmg_cert_spki((tmg_view){ s->cert, s->cert_len }, &spki), TMG_OK);
	assert_view_equal(spki, ((tmg_view){ s->spki, s->spki_len }));
}

static void
one_command_enrolls(void **state)
{
	static const tmg_alg algs[] = { TMG_ALG_NONE, TMG_ALG_RSA2048, TMG_ALG_ED25519 };
	tmg_fault f = { 0 };

	for (size_t i = 0; i < TMG_COUNT(algs); i++) {
		tmg_provision_spec spec;
		struct stat st;
		char id[TMG_PROVISION_ID], path[200];

		fresh(state);
		spec = usual();
		spec.alg = algs[i];
		assert_int_equal(enroll(&spec, &f, id), TMG_OK);
		assert_int_equal(last_step, TMG_STEP_DONE);
		assert_enrolled("9a");
		assert_int_equal(fake->generated, 1);
		assert_int_equal(fake->signatures, 2);
		assert_int_equal(fake->logins, 1);
		assert_int_equal(fake->admin_logins, 1);
		assert_int_equal(fake->writes, 1);
		assert_int_equal(fake->posts, 1);
		assert_int_equal(journals(), 1);
		snprintf(path, sizeof(path), "%s/%s.json", fake_disk_folder(), id);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
	}
}

static void
asked_twice_is_once(void **state)
{
	tmg_provision_spec spec = usual();
	tmg_fault f = { 0 };
	char first[TMG_PROVISION_ID], second[TMG_PROVISION_ID];

	(void)state;
	assert_int_equal(enroll(&spec, &f, first), TMG_OK);
	fake_new_process();
	spec = usual();
	assert_int_equal(enroll(&spec, &f, second), TMG_OK);
	assert_string_equal(first, second);
	assert_int_equal(fake->generated, 1);
	assert_int_equal(fake->posts, 1);
	assert_int_equal(fake->logins, 1);

	/* another wish meets an occupied slot, and says so */
	spec.csr.subject = "CN=somebody else";
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OCCUPIED);
	assert_int_equal(f.remedies, TMG_TRY_SLOT | TMG_TRY_REPLACE);
	assert_non_null(strstr(f.text, "9a"));
	assert_int_equal(fake->generated, 1);

	/* and may have it when told so */
	spec.destroy = true;
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
	assert_int_equal(fake->generated, 2);
	assert_enrolled("9a");
}

static void
waiting_survives_the_process(void **state)
{
	tmg_provision_spec spec = usual();
	tmg_fault f = { 0 };
	char id[TMG_PROVISION_ID];

	(void)state;
	fake->answer = FAKE_WAITS;
	assert_int_equal(enroll(&spec, &f, id), TMG_PENDING);
	assert_non_null(strstr(f.text, id));
	assert_int_equal(last_step, TMG_STEP_SUBMITTED);
	/* it may be asked about without the token */
	fake->present = false;
	assert_int_equal(take_up(id, &f), TMG_PENDING);
	fake->present = true;
	/* begun again, it is the same enrollment that waits */
	spec = usual();
	assert_int_equal(enroll(&spec, &f, NULL), TMG_PENDING);

	fake->answer = FAKE_ISSUES;
	assert_int_equal(take_up(NULL, &f), TMG_OK);
	assert_enrolled("9a");
	assert_int_equal(fake->generated, 1);
	assert_int_equal(fake->applications, 1);
	assert_int_equal(fake->posts, 1);
	assert_int_equal(fake->signatures, 2);
	assert_int_equal(take_up(NULL, &f), TMG_NOT_FOUND);
	/* resuming what is done does nothing */
	assert_int_equal(take_up(id, &f), TMG_OK);
	assert_int_equal(fake->signatures, 2);
}

/* What must hold however often it was interrupted. */
static void
assert_one_of_each(unsigned at)
{
	if (fake->applications != 1 || journals() != 1)
		fprintf(stderr, "event %u: %u applications, %u journals\n", at,
		    fake->applications, journals());
	assert_enrolled("9a");
	assert_int_equal(fake->applications, 1);
	assert_int_equal(journals(), 1);
}

static void
die_at(unsigned at, const tmg_provision_spec *spec)
{
	const pid_t pid = fork();
	tmg_fault f = { 0 };
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		fake->kill_at = at == 0 ? 0 : fake->events + at;
		_exit(enroll(spec, &f, NULL) == TMG_OK ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	fake->kill_at = 0;
	if (WIFEXITED(status))
		assert_int_equal(WEXITSTATUS(status), 0);
}

/* What is killed: how the world is before, and what is asked of it. */
struct killing {
	const char *what;
	bool metadata, occupied;
	tmg_provision_spec spec;
	unsigned keys, at_most;		/* made when told, and when not */
};

static void
before_killing(void **state, const struct killing *k, tmg_provision_spec *spec)
{
	tmg_fault f = { 0 };

	fresh(state);
	fake->metadata = k->metadata;
	if (k->occupied) {
		*spec = usual();
		assert_int_equal(enroll(spec, &f, NULL), TMG_OK);
		fake_new_process();
	}
	*spec = k->spec;
	if (spec->renews == NULL) {
		spec->authority.uri = "est+https://ra.example";
		spec->authority.anchors = fake_anchors();
	}
}

static tmg_rc
ask_again(const tmg_provision_spec *spec, tmg_fault *f)
{
	tmg_provision_spec same = *spec;

	fake_new_process();
	if (same.authority.uri != NULL)
		same.authority.anchors = fake_anchors();
	return enroll(&same, f, NULL);
}

/* Both ways lead on: to ask again for the same, and to resume.  wanted: the
 * journals there are when it was begun. */
static void
go_on(const tmg_provision_spec *spec, bool again, unsigned wanted)
{
	tmg_fault f = { 0 };
	tmg_rc rc = TMG_NOT_FOUND;

	/* a same-key renewal that is done would be renewed again, and rightly */
	if (!again || spec->keep_key)
		rc = take_up(NULL, &f);
	if (rc == TMG_NOT_FOUND && spec->keep_key && journals() == wanted)
		return;
	/* nothing to resume: it was not begun, or it was done */
	if (rc == TMG_NOT_FOUND)
		rc = ask_again(spec, &f);
	if (rc != TMG_OK)
		fail_msg("%s: %s", tmg_rc_name(rc), f.text);
}

static void
kill_everywhere(void **state, const struct killing *k)
{
	const unsigned wanted = k->occupied ? 2 : 1;
	tmg_provision_spec spec;
	unsigned began, total, died = 0;

	before_killing(state, k, &spec);
	began = fake->events;
	die_at(0, &spec);
	total = fake->events - began;
	assert_true(total > 20);
	for (unsigned at = 1; at <= total; at++) {
		unsigned applications;

		before_killing(state, k, &spec);
		applications = fake->applications;
		began = fake->events;
		die_at(at, &spec);
		died += fake->events == began + at;
		go_on(&spec, at % 2 == 0, wanted);
		assert_enrolled("9a");
		assert_int_equal(fake->applications, applications + 1);
		assert_int_equal(journals(), wanted);
		assert_in_range(fake->generated, k->keys, k->at_most);
	}
	assert_int_equal(died, total);
}

static void
killed_anywhere(void **state)
{
	const struct killing rows[] = {
		{ "a token that tells", true, false,
		    { .slot = "9a", .csr.subject = "CN=Жанар" }, 1, 1 },
		/* what it did not tell is made again, in the same slot */
		{ "a token that does not", false, false,
		    { .slot = "9a", .csr.subject = "CN=Жанар" }, 1, 2 },
		{ "a renewal with the same key", true, true,
		    { .renews = "9a", .keep_key = true }, 1, 1 },
		{ "a renewal with another key", true, true, { .renews = "9a" }, 2, 2 },
	};

	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		kill_everywhere(state, &rows[i]);
}

/* Asked again after it was done, --replace means another one; so the killed
 * one is resumed here, never asked for again. */
static void
killed_while_replacing(void **state)
{
	for (int metadata = 0; metadata < 2; metadata++) {
		const struct killing k = { "a replacement", metadata != 0, true,
		    { .slot = "9a", .csr.subject = "CN=Жанар", .destroy = true }, 2, 3 };
		tmg_provision_spec spec;
		tmg_fault f = { 0 };
		unsigned began, total;

		before_killing(state, &k, &spec);
		began = fake->events;
		die_at(0, &spec);
		total = fake->events - began;
		for (unsigned at = 1; at <= total; at++) {
			tmg_rc rc;

			before_killing(state, &k, &spec);
			die_at(at, &spec);
			rc = take_up(NULL, &f);
			if (rc != TMG_OK && rc != TMG_NOT_FOUND)
				fail_msg("event %u: %s", at, f.text);
			assert_enrolled("9a");
			assert_in_range(fake->generated, 1, metadata ? 2 : 3);
			assert_true(fake->applications <= 2);
		}
	}
}

static void
pulled_anywhere(void **state)
{
	tmg_provision_spec spec = usual();
	tmg_fault f = { 0 };
	unsigned total;

	assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
	total = fake->events;
	for (unsigned at = 1; at <= total; at++) {
		tmg_rc rc;

		fresh(state);
		fake->remove_at = at;
		spec = usual();
		rc = enroll(&spec, &f, NULL);
		assert_true(rc == TMG_OK || rc == TMG_REMOVED || rc == TMG_NOT_FOUND);
		if (rc == TMG_REMOVED)
			assert_non_null(strstr(f.text, "insert it"));
		fake->present = true;
		fake_new_process();
		spec = usual();
		assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
		assert_one_of_each(at);
		assert_int_equal(fake->generated, 1);
	}
}

/* What the authority may answer, and that the token then stays as it was. */
static const struct {
	const char *what;
	fake_answer answer;
	tmg_rc rc;
	const char *words;
} answers[] = {
	{ "another key", FAKE_OTHER_KEY, TMG_MISMATCH, "another key" },
	{ "another root", FAKE_OTHER_ROOT, TMG_MISMATCH, "" },
	{ "another name", FAKE_OTHER_NAME, TMG_MISMATCH, "CN=Another" },
	{ "no certificate", FAKE_NOTHING, TMG_E_MALFORMED, "without a certificate" },
};

static void
wrong_certificates_are_not_installed(void **state)
{
	for (size_t i = 0; i < TMG_COUNT(answers); i++) {
		tmg_provision_spec spec;
		tmg_fault f = { 0 };

		fresh(state);
		spec = usual();
		fake->answer = answers[i].answer;
		assert_int_equal(enroll(&spec, &f, NULL), answers[i].rc);
		if (strstr(f.text, answers[i].words) == NULL || f.text[0] == '\0')
			fail_msg("%s: \"%s\"", answers[i].what, f.text);
		assert_int_equal(fake->slots[0].cert_len, 0);
		assert_int_equal(fake->writes, 0);

		/* the authority mends its ways */
		fake->answer = FAKE_ISSUES;
		assert_int_equal(take_up(NULL, &f), TMG_OK);
		assert_one_of_each(0);
		assert_int_equal(fake->generated, 1);
	}
}

static void
a_person_may_agree_to_another_name(void **state)
{
	tmg_auto_ptr(tmg_ctx) ctx = NULL;
	tmg_auto_ptr(tmg_provision) p = NULL;
	tmg_provision_spec spec;
	tmg_fault f = { 0 };

	fresh(state);
	spec = usual();
	fake->answer = FAKE_OTHER_NAME;
	assert_int_equal(enroll(&spec, &f, NULL), TMG_MISMATCH);
	assert_int_equal(f.remedies, TMG_TRY_ACCEPT);

	fake_new_process();
	assert_int_equal(tmg_ctx_new(&ctx), TMG_OK);
	assert_int_equal(tmg_provision_resume(ctx, fake_tokens(), NULL, NULL, &f, &p),
	    TMG_OK);
	tmg_provision_accept_subject(p);
	if (tmg_provision_run(p, NULL, NULL) != TMG_OK)
		fail_msg("%s", tmg_provision_fault(p)->text);
	assert_int_equal(fake->generated, 1);
	assert_int_not_equal(fake->slots[0].cert_len, 0);
}

/* Whoever issues for hosts looks at their names, not at the subject. */
static void
the_subject_of_a_host_is_the_authoritys_affair(void **state)
{
	tmg_provision_spec spec;
	tmg_fault f = { 0 };

	fresh(state);
	spec = usual();
	fake->answer = FAKE_OTHER_NAME;
	fake->hosts = true;
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
	assert_int_not_equal(fake->slots[0].cert_len, 0);
}

static void
set_down(void)
{
	fake->answer = FAKE_DOWN;
}

static void
set_denies(void)
{
	fake->answer = FAKE_DENIES;
}

static void
set_pin_wrong(void)
{
	fake->pin_right = false;
}

static void
set_key_there(void)
{
	memcpy(fake->slots[0].priv, "x", 2);
	fake->slots[0].priv_len = 1;
	fake->slots[0].alg = TMG_ALG_P256;
}

static void
set_nothing(void)
{
}

/* Somebody else's key, with or without a certificate, in our slot. */
static void
put_foreign(bool cert)
{
	fake_slot *s = fake_slot_named("9a"), *other = fake_slot_named("9c");

	assert_true(other->priv_len > 0 && other->cert_len > 0);
	memcpy(s->priv, other->priv, other->priv_len);
	memcpy(s->spki, other->spki, other->spki_len);
	s->priv_len = other->priv_len;
	s->spki_len = other->spki_len;
	s->alg = other->alg;
	s->origin = TMG_ORIGIN_IMPORTED;
	if (cert) {
		memcpy(s->cert, other->cert, other->cert_len);
		s->cert_len = other->cert_len;
	}
}

static bool
is_generating(const char *id)
{
	tmg_journal j = { .retry_after = -1 };
	tmg_fault f = { 0 };
	bool is;

	assert_int_equal(tmg_store_read(id, &j, &f), TMG_OK);
	is = j.generating;
	tmg_journal_wipe(&j);
	return is;
}

/* Begun, and cut off before or while the token makes the key. */
static void
begin_only(bool generating)
{
	tmg_auto_ptr(tmg_ctx) ctx = NULL;
	tmg_auto_ptr(tmg_provision) p = NULL;
	tmg_provision_spec spec = usual();
	tmg_fault f = { 0 };

	assert_int_equal(tmg_ctx_new(&ctx), TMG_OK);
	assert_int_equal(tmg_provision_begin(ctx, fake_tokens(), &spec, &f, &p), TMG_OK);
	for (unsigned at = 1; generating &&
	    !is_generating(tmg_provision_about(p)->id); at++) {
		fake->present = true;
		fake->remove_at = fake->events + at;
		assert_int_equal(tmg_provision_run(p, NULL, NULL), TMG_REMOVED);
	}
	fake->present = true;
}

/* Before it is taken up somebody fills the slot, with what is not ours to use
 * or to overwrite. */
static void
slots_filled_meanwhile_are_left_alone(void **state)
{
	static const struct {
		bool generating, cert;
		const char *words;
	} rows[] = {
		{ true, false, "put another key into slot 9a" },
		{ false, true, "put a key or a certificate into slot 9a" },
		{ false, false, "put a key or a certificate into slot 9a" },
	};

	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_provision_spec spec;
		tmg_fault f = { 0 };
		fake_slot before;
		tmg_rc rc;

		fresh(state);
		spec = usual();
		spec.slot = "9c";
		assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
		begin_only(rows[i].generating);
		put_foreign(rows[i].cert);
		before = *fake_slot_named("9a");
		rc = take_up(NULL, &f);
		if (rc != TMG_OCCUPIED || strstr(f.text, rows[i].words) == NULL)
			fail_msg("row %zu: %s \"%s\"", i, tmg_rc_name(rc), f.text);
		assert_int_equal(fake->generated, 1);
		assert_memory_equal(&before, fake_slot_named("9a"), sizeof(before));
	}
}

static void
swap_key(void *arg, tmg_step step, double seconds)
{
	(void)arg;
	(void)seconds;
	if (step != TMG_STEP_INSTALLED)
		return;
	memcpy(fake_slot_named("9a")->priv, fake_slot_named("9c")->priv,
	    sizeof(fake_slot_named("9a")->priv));
	fake_slot_named("9a")->priv_len = fake_slot_named("9c")->priv_len;
}

/* The test signature is made by the slot, not taken on trust. */
static void
keys_that_do_not_fit_are_found_out(void **state)
{
	tmg_auto_ptr(tmg_ctx) ctx = NULL;
	tmg_auto_ptr(tmg_provision) p = NULL;
	tmg_provision_spec spec = usual();
	tmg_fault f = { 0 };

	(void)state;
	spec.slot = "9c";
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
	spec = usual();
	assert_int_equal(tmg_ctx_new(&ctx), TMG_OK);
	assert_int_equal(tmg_provision_begin(ctx, fake_tokens(), &spec, &f, &p), TMG_OK);
	assert_int_equal(tmg_provision_run(p, swap_key, NULL), TMG_MISMATCH);
	assert_non_null(strstr(tmg_provision_fault(p)->text, "does not fit the key"));
	assert_int_equal(tmg_provision_about(p)->step, TMG_STEP_INSTALLED);
}

/* What is found out before anything changes. */
static const struct {
	void (*set)(void);
	const char *subject, *slot;
	tmg_alg alg;
	bool attest, keep;
	tmg_rc rc;
	const char *words;
} refusals[] = {
	{ set_down, NULL, NULL, 0, false, false, TMG_E_IO, "down" },
	{ set_denies, NULL, NULL, 0, false, false, TMG_DENIED, "refuses" },
	{ set_pin_wrong, NULL, NULL, 0, false, false, TMG_PIN_WRONG, "2 tries left" },
	{ set_key_there, NULL, NULL, 0, false, false, TMG_OCCUPIED, "lost" },
	{ set_nothing, "", NULL, 0, false, false, TMG_E_USAGE, "subject" },
	{ set_nothing, "no name", NULL, 0, false, false, TMG_E_USAGE, "" },
	{ set_nothing, NULL, "99", 0, false, false, TMG_NOT_FOUND, "99" },
	{ set_nothing, NULL, NULL, TMG_ALG_P384, false, false, TMG_UNSUPPORTED, "ec:p384" },
	{ set_nothing, NULL, NULL, TMG_ALG_X25519, false, false, TMG_UNSUPPORTED, "x25519" },
	{ set_nothing, NULL, NULL, 0, false, true, TMG_NOT_FOUND, "no key to keep" },
};

static void
refused_before_anything_changes(void **state)
{
	for (size_t i = 0; i < TMG_COUNT(refusals); i++) {
		tmg_provision_spec spec;
		tmg_fault f = { 0 };
		tmg_rc rc;

		fresh(state);
		spec = usual();
		refusals[i].set();
		spec.alg = refusals[i].alg;
		spec.attest = refusals[i].attest;
		spec.keep_key = refusals[i].keep;
		if (refusals[i].subject != NULL)
			spec.csr.subject = refusals[i].subject;
		if (refusals[i].slot != NULL)
			spec.slot = refusals[i].slot;
		rc = enroll(&spec, &f, NULL);
		if (rc != refusals[i].rc || f.text[0] == '\0' ||
		    strstr(f.text, refusals[i].words) == NULL)
			fail_msg("row %zu: %s \"%s\"", i, tmg_rc_name(rc), f.text);
		assert_int_equal(fake->generated, 0);
		assert_int_equal(fake->writes, 0);
		assert_int_equal(fake->posts, 0);
		assert_int_equal(journals(), 0);
	}
}

static void
rehearsals_change_nothing(void **state)
{
	tmg_auto_ptr(tmg_ctx) ctx = NULL;
	tmg_auto_free uint8_t *store = malloc(TMG_CSR_MAX);
	tmg_out csr = { store, TMG_CSR_MAX, 0, false };
	tmg_provision_spec spec = usual();
	tmg_provision_record about;
	tmg_fault f = { 0 };

	(void)state;
	assert_int_equal(tmg_ctx_new(&ctx), TMG_OK);
	assert_int_equal(tmg_provision_rehearse(ctx, fake_tokens(), &spec, &about,
	    &csr, &f), TMG_OK);
	assert_int_equal(tmg_csr_verify(ctx, tmg_out_view(&csr)), TMG_OK);
	assert_string_equal(about.slot, "9a");
	assert_int_equal(fake->logins + fake->admin_logins + fake->generated, 0);
	assert_int_equal(journals(), 0);
}

/* ---- renewal ------------------------------------------------------------ */

static void
renewals_take_what_they_need(void **state)
{
	tmg_provision_spec spec = usual();
	tmg_fault f = { 0 };

	(void)state;
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
	fake_new_process();
	/* names, authority and anchors come from the enrollment */
	spec = (tmg_provision_spec){ .renews = "9a" };
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
	assert_enrolled("82");
	assert_enrolled("9a");
	assert_int_equal(fake->generated, 2);
	assert_int_equal(fake->logins, 2);

	/* asked twice is once here too */
	fake_new_process();
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
	assert_int_equal(fake->generated, 2);
}

/* An empty place for every use takes a renewed key; "82" is an id like any there. */
static void
renewals_find_places_that_are_named_by_ids(void **state)
{
	tmg_provision_spec spec = usual();
	tmg_slot *place = &fake_slot_named("9c")->about;
	tmg_fault f = { 0 };

	(void)state;
	fake->by_id = true;
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
	spec = (tmg_provision_spec){ .renews = "9a" };
	fake_new_process();
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OCCUPIED);
	place->uses = TMG_USE_SIGN | TMG_USE_AUTH | TMG_USE_DECRYPT | TMG_USE_DERIVE;
	place->pin = TMG_PIN_ONCE;
	fake_new_process();
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
	assert_enrolled("9c");
	assert_int_equal(fake->generated, 2);
}

/* What a key wants its successor wants, unless that is its slot's affair. */
static void
renewals_keep_policies(void **state)
{
	static const struct {
		bool slot_policy;
		tmg_touch_policy touch, said, wanted;
		tmg_pin_policy pin;
	} rows[] = {
		{ false, TMG_TOUCH_ALWAYS, TMG_TOUCH_UNKNOWN, TMG_TOUCH_ALWAYS,
		    TMG_PIN_ONCE },
		{ false, TMG_TOUCH_ALWAYS, TMG_TOUCH_NEVER, TMG_TOUCH_NEVER,
		    TMG_PIN_ONCE },
		{ false, TMG_TOUCH_NEVER, TMG_TOUCH_UNKNOWN, TMG_TOUCH_UNKNOWN,
		    TMG_PIN_ONCE },
		{ true, TMG_TOUCH_ALWAYS, TMG_TOUCH_UNKNOWN, TMG_TOUCH_UNKNOWN,
		    TMG_PIN_UNKNOWN },
	};

	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_provision_spec spec;
		tmg_fault f = { 0 };

		fresh(state);
		spec = usual();
		fake->slot_policy = rows[i].slot_policy;
		fake->touch = rows[i].touch;
		assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
		fake_new_process();
		spec = (tmg_provision_spec){ .renews = "9a", .slot = "9c",
		    .touch = rows[i].said };
		assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
		assert_enrolled("9c");
		assert_int_equal(fake->wanted_pin, rows[i].pin);
		assert_int_equal(fake->wanted_touch, rows[i].wanted);
	}
}

/* An id means nothing: a new key goes where none is, and the same wish only once. */
static void
keys_find_places_that_are_named_by_ids(void **state)
{
	static const struct {
		const char *subject;
		tmg_rc rc;
		unsigned generated;	/* afterwards */
	} rows[] = {
		{ "CN=One", TMG_OK, 1 },
		{ "CN=One", TMG_OK, 1 },
		{ "CN=Two", TMG_OK, 2 },
		{ "CN=Three", TMG_OCCUPIED, 2 },
	};
	tmg_fault f = { 0 };

	(void)state;
	fake->by_id = true;
	fake_slot_named("9c")->about.uses = TMG_USE_SIGN | TMG_USE_AUTH;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_provision_spec spec = usual();

		spec.slot = NULL;
		spec.csr.subject = rows[i].subject;
		assert_int_equal(enroll(&spec, &f, NULL), rows[i].rc);
		assert_int_equal(fake->generated, rows[i].generated);
		fake_new_process();
	}
	assert_enrolled("9a");
	assert_enrolled("9c");
	assert_non_null(strstr(f.text, "has no free slot for a new key; choose"));
}

static void
renewals_keep_the_key(void **state)
{
	tmg_provision_spec spec = usual();
	tmg_fault f = { 0 };
	fake_slot before;

	(void)state;
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
	before = fake->slots[0];
	fake_new_process();
	spec = (tmg_provision_spec){ .renews = "9a", .keep_key = true };
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
	assert_enrolled("9a");
	assert_int_equal(fake->generated, 1);
	assert_int_equal(before.priv_len, fake->slots[0].priv_len);
	assert_memory_equal(before.priv, fake->slots[0].priv, before.priv_len);
	assert_memory_not_equal(before.cert, fake->slots[0].cert, before.cert_len);
}

static void
renewals_that_renew_nothing(void **state)
{
	static const struct {
		fake_answer answer;
		const char *words;
	} rows[] = {
		{ FAKE_OLD_CERT, "old certificate" },
		{ FAKE_SHORTER, "before the old one" },
	};

	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_provision_spec spec;
		tmg_fault f = { 0 };

		fresh(state);
		spec = usual();
		assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
		fake_new_process();
		fake->answer = rows[i].answer;
		spec = (tmg_provision_spec){ .renews = "9a", .keep_key = true };
		assert_int_equal(enroll(&spec, &f, NULL), TMG_MISMATCH);
		assert_non_null(strstr(f.text, rows[i].words));
		assert_int_equal(fake->writes, 1);
	}
}

/* ---- the state folder ---------------------------------------------------- */

static void
two_processes_exclude_each_other(void **state)
{
	tmg_auto_ptr(tmg_ctx) ctx = NULL;
	tmg_auto_ptr(tmg_provision) p = NULL;
	tmg_provision_spec spec = usual();
	tmg_fault f = { 0 };
	char pid[24];

	(void)state;
	assert_int_equal(tmg_ctx_new(&ctx), TMG_OK);
	assert_int_equal(tmg_provision_begin(ctx, fake_tokens(), &spec, &f, &p), TMG_OK);
	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	assert_int_equal(enroll(&spec, &f, NULL), TMG_BUSY);
	assert_non_null(strstr(f.text, pid));
	assert_int_equal(take_up(NULL, &f), TMG_BUSY);
	assert_int_equal(fake->generated, 0);
	tmg_provision_free(&p);
	assert_int_equal(take_up(NULL, &f), TMG_OK);
	assert_one_of_each(0);
}

static void
nothing_happens_without_a_journal(void **state)
{
	tmg_provision_spec spec = usual();
	tmg_fault f = { 0 };

	(void)state;
	setenv("XDG_STATE_HOME", "/proc/nowhere", 1);
	assert_int_not_equal(enroll(&spec, &f, NULL), TMG_OK);
	assert_non_null(strstr(f.text, "/proc/nowhere"));
	assert_non_null(strstr(f.text, "nothing was changed"));
	assert_int_equal(fake->generated, 0);
}

static void
nothing_happens_where_others_may_write(void **state)
{
	tmg_provision_spec spec = usual();
	tmg_fault f = { 0 };
	const char *path = fake_disk_folder();

	(void)state;
	mkdir(path, 0700);
	assert_int_equal(chmod(path, 0777), 0);
	assert_int_equal(enroll(&spec, &f, NULL), TMG_E_IO);
	assert_non_null(strstr(f.text, "chmod 700"));
	assert_int_equal(fake->generated, 0);
	assert_int_equal(chmod(path, 0700), 0);
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
	assert_int_equal(fake->generated, 1);
}

static void
given_up_is_given_up(void **state)
{
	tmg_auto_ptr(tmg_ctx) ctx = NULL;
	tmg_auto_free tmg_provision_record *rows = NULL;
	tmg_provision_spec spec = usual();
	tmg_fault f = { 0 };
	char id[TMG_PROVISION_ID], from[200], to[200];
	size_t n;

	(void)state;
	fake->answer = FAKE_WAITS;
	assert_int_equal(enroll(&spec, &f, id), TMG_PENDING);
	assert_int_equal(tmg_ctx_new(&ctx), TMG_OK);
	assert_int_equal(tmg_provision_cancel(ctx, id, &f), TMG_OK);
	assert_int_equal(take_up(id, &f), TMG_CANCELLED);
	/* a journal under another's name is neither's */
	snprintf(from, sizeof(from), "%s/%s.json", fake_disk_folder(), id);
	snprintf(to, sizeof(to), "%s/20010101-00000000.json", fake_disk_folder());
	assert_int_equal(link(from, to), 0);
	assert_int_equal(take_up("20010101-00000000", &f), TMG_E_MALFORMED);
	assert_int_equal(unlink(to), 0);
	assert_int_equal(take_up(NULL, &f), TMG_NOT_FOUND);
	assert_int_equal(tmg_provision_cancel(ctx, "20010101-00000000", &f), TMG_NOT_FOUND);
	assert_int_equal(tmg_provision_cancel(ctx, "../etc/passwd", &f), TMG_NOT_FOUND);
	assert_int_equal(tmg_provision_list(ctx, &rows, &n, &f), TMG_OK);
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].step, TMG_STEP_CANCELLED);
	assert_string_equal(rows[0].subject, spec.csr.subject);

	/* what is done is not given up */
	fake->answer = FAKE_ISSUES;
	spec = usual();
	spec.slot = "9c";
	assert_int_equal(enroll(&spec, &f, id), TMG_OK);
	assert_int_equal(tmg_provision_cancel(ctx, id, &f), TMG_DENIED);
}

/* One key runs through a journal, or it is not taken up. */
static void
journals_with_another_certificate_are_refused(void **state)
{
	const fake_slot *other = fake_slot_named("9c");
	tmg_provision_spec spec = usual();
	tmg_journal j = { .retry_after = -1 };
	char id[TMG_PROVISION_ID];
	tmg_fault f = { 0 };

	(void)state;
	spec.slot = "9c";
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
	spec = usual();
	assert_int_equal(enroll(&spec, &f, id), TMG_OK);
	assert_int_equal(tmg_store_read(id, &j, &f), TMG_OK);
	assert_int_equal(tmg_blob_set(&j.cert,
	    (tmg_view){ other->cert, other->cert_len }), TMG_OK);
	assert_int_equal(tmg_store_write(&j, &f), TMG_OK);
	assert_int_equal(tmg_store_read(id, &j, &f), TMG_E_MALFORMED);
	assert_non_null(strstr(f.text, "\"certificate\""));
	tmg_journal_wipe(&j);
}

static void
what_the_token_garbles_is_noticed(void **state)
{
	tmg_provision_spec spec = usual();
	tmg_fault f = { 0 };

	(void)state;
	fake->garbles = true;
	assert_int_equal(enroll(&spec, &f, NULL), TMG_E_CARD);
	assert_non_null(strstr(f.text, "resume"));
	fake->garbles = false;
	/* what is there is not what was issued, and nobody said to replace it */
	assert_int_equal(take_up(NULL, &f), TMG_OCCUPIED);
	assert_non_null(strstr(f.text, "delete it"));
	assert_int_equal(f.remedies, TMG_TRY_DELETE_CERT);
	fake->slots[0].cert_len = 0;
	assert_int_equal(take_up(NULL, &f), TMG_OK);
	assert_one_of_each(0);
}

/* A key is not given up for a request that will be refused. */
static void
strangers_lose_nothing(void **state)
{
	tmg_provision_spec spec = usual();
	fake_slot before;
	tmg_fault f = { 0 };

	(void)state;
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
	assert_int_equal(fake->asked, 0);	/* a free slot costs no question */
	before = *fake_slot_named("9a");

	fake_new_process();
	spec = usual();
	spec.destroy = true;
	fake->stranger = true;
	assert_int_equal(enroll(&spec, &f, NULL), TMG_DENIED);
	assert_non_null(strstr(f.text, "does not know you"));
	assert_int_equal(fake->asked, 1);
	assert_int_equal(fake->generated, 1);
	assert_int_equal(fake->posts, 1);
	assert_int_equal(journals(), 1);
	assert_memory_equal(&before, fake_slot_named("9a"), sizeof(before));

	fake_new_process();
	spec = usual();
	spec.destroy = true;
	fake->stranger = false;
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
	assert_int_equal(fake->generated, 2);
}

/* A renewal shows who it is by a signature: asked when it can be made. */
static void
renewals_are_asked_too(void **state)
{
	tmg_provision_spec spec = usual();
	tmg_fault f = { 0 };

	(void)state;
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
	spec = usual();
	spec.slot = "9c";
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
	spec = (tmg_provision_spec){ .renews = "9a", .slot = "9c", .destroy = true };
	fake_new_process();
	fake->stranger = true;
	assert_int_equal(enroll(&spec, &f, NULL), TMG_DENIED);
	assert_int_equal(fake->asked, 1);
	assert_int_equal(fake->generated, 2);
}

/* What is enrolled serves who asks for the same of the same CA, while it lasts. */
static void
another_wish_is_another_enrollment(void **state)
{
	tmg_auto_ptr(tmg_certs) other = NULL;
	tmg_provision_spec spec = usual();
	tmg_fault f = { 0 };

	(void)state;
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
	assert_int_equal(tmg_certs_new(&other), TMG_OK);
	assert_int_equal(tmg_certs_add(other, (tmg_view){ fake->root[1],
	    fake->root_len[1] }), TMG_OK);

	fake_new_process();
	spec = usual();
	spec.authority.anchors = other;
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OCCUPIED);

	fake_new_process();
	spec = usual();
	spec.profile = "other";
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OCCUPIED);

	/* another type said is another wish, none said is the same */
	fake_new_process();
	spec = usual();
	spec.alg = TMG_ALG_RSA2048;
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OCCUPIED);
	fake_new_process();
	spec = usual();
	spec.alg = TMG_ALG_P256;
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);

	/* the same CA, named by its fingerprint */
	fake_new_process();
	spec = usual();
	spec.authority.anchors = NULL;
	spec.authority.fingerprint = fake_fingerprint();
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
	fake_new_process();
	spec.authority.fingerprint = "0000000000000000000000000000000000000000"
	    "000000000000000000000000";
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OCCUPIED);
	assert_int_equal(fake->generated, 1);
	assert_int_equal(fake->posts, 1);
}

/* A token without curves gets a key all the same. */
static void
types_are_the_tokens(void **state)
{
	tmg_provision_spec spec = usual();
	tmg_fault f = { 0 };

	(void)state;
	fake->rsa_only = true;
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
	assert_int_equal(fake_slot_named("9a")->alg, TMG_ALG_RSA2048);
	assert_enrolled("9a");
	/* asked again without a type, it is the same */
	fake_new_process();
	spec = usual();
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
	assert_int_equal(fake->generated, 1);

	spec = usual();
	spec.slot = "9c";
	spec.alg = TMG_ALG_P256;
	assert_int_equal(enroll(&spec, &f, NULL), TMG_UNSUPPORTED);
	assert_int_equal(f.remedies, TMG_TRY_TYPE | TMG_TRY_LOOK);

	/* the size that the authority wants, and no other */
	fake_new_process();
	fake->wants_rsa3072 = true;
	spec = usual();
	spec.slot = "9c";
	spec.alg = TMG_ALG_RSA2048;
	assert_int_equal(enroll(&spec, &f, NULL), TMG_MISMATCH);
	assert_int_equal(fake->generated, 1);
	spec = usual();
	spec.slot = "9c";
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
	assert_int_equal(fake_slot_named("9c")->alg, TMG_ALG_RSA3072);
}

/* The authority has the request and its answer got lost: told, and handed in
 * again as it is. */
static void
lost_answers_are_told(void **state)
{
	tmg_provision_spec spec = usual();
	tmg_fault f = { 0 };

	(void)state;
	fake->forgets = true;
	assert_int_equal(enroll(&spec, &f, NULL), TMG_E_IO);
	assert_int_equal(only_record().step, TMG_STEP_REQUEST);
	assert_true(only_record().unanswered);

	/* a refusal is an answer */
	fake->forgets = false;
	fake->stranger = true;
	assert_int_equal(take_up(NULL, &f), TMG_DENIED);
	assert_false(only_record().unanswered);

	fake->stranger = false;
	assert_int_equal(take_up(NULL, &f), TMG_OK);
	assert_false(only_record().unanswered);
	assert_int_equal(fake->applications, 1);
	assert_int_equal(fake->generated, 1);
}

/* Nobody has a challenge password: the connection's name is put in its place,
 * and a request goes out over the connection that it names. */
static void
requests_are_linked(void **state)
{
	tmg_provision_spec spec = usual();
	tmg_fault f = { 0 };

	(void)state;
	fake->wants_link = true;
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
	assert_one_of_each(0);
	assert_int_equal(fake->links, 1);
	assert_int_equal(fake->signatures, 2);

	/* the connection breaks before the request is sent: another signature */
	fresh(state);
	spec = usual();
	fake->wants_link = true;
	fake->drops = 1;
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
	assert_int_equal(fake->links, 2);
	assert_int_equal(fake->signatures, 3);
	assert_int_equal(fake->generated, 1);
	assert_int_equal(fake->applications, 1);

	/* and again: it is told, and nothing is tried for ever */
	fresh(state);
	spec = usual();
	fake->wants_link = true;
	fake->drops = 9;
	assert_int_equal(enroll(&spec, &f, NULL), TMG_RESET);
	assert_int_equal(fake->posts, 2);
	fake->drops = 0;
	assert_int_equal(take_up(NULL, &f), TMG_OK);
	assert_int_equal(fake->generated, 1);
}

/* What the authority has is asked about as it is, whatever stands now. */
static void
linked_requests_may_wait(void **state)
{
	tmg_provision_spec spec = usual();
	tmg_fault f = { 0 };

	(void)state;
	fake->wants_link = true;
	fake->answer = FAKE_WAITS;
	assert_int_equal(enroll(&spec, &f, NULL), TMG_PENDING);
	assert_int_equal(take_up(NULL, &f), TMG_PENDING);
	fake->answer = FAKE_ISSUES;
	assert_int_equal(take_up(NULL, &f), TMG_OK);
	assert_int_equal(fake->applications, 1);
	assert_int_equal(fake->links, 1);
}

/* An issuing CA that is neither configured nor in the answer, only in what the
 * authority says of its CAs, leads to the anchor; without it nothing does. */
static void
issuers_are_learnt_of(void **state)
{
	tmg_provision_spec spec = usual();
	tmg_fault f = { 0 };

	(void)state;
	fake->has_sub = true;
	assert_int_equal(enroll(&spec, &f, NULL), TMG_OK);
	assert_enrolled("9a");

	/* and nobody else's: its root is not the one that is believed */
	fresh(state);
	spec = usual();
	fake->has_sub = true;
	fake->answer = FAKE_OTHER_ROOT;
	assert_int_equal(enroll(&spec, &f, NULL), TMG_MISMATCH);
	assert_int_equal(fake->writes, 0);
}

/* What a protocol had to remember may be secret: it does not outlive the
 * enrollment, and no other sees it. */
static void
memories_end_with_the_enrollment(void **state)
{
	tmg_provision_spec spec = usual();
	tmg_auto_ptr(tmg_ctx) ctx = NULL;
	tmg_blob kept = { NULL, 0 };
	char id[TMG_PROVISION_ID];
	tmg_fault f = { 0 };

	(void)state;
	fake->answer = FAKE_WAITS;
	assert_int_equal(enroll(&spec, &f, id), TMG_PENDING);
	assert_int_equal(tmg_store_kept(id, &kept, &f), TMG_NOT_FOUND);
	assert_int_equal(tmg_store_keep(id, tmg_view_str("transport key"), &f), TMG_OK);
	assert_int_equal(tmg_store_kept("20261122-ff", &kept, &f), TMG_NOT_FOUND);
	assert_int_equal(tmg_store_kept(id, &kept, &f), TMG_OK);
	assert_true(tmg_view_equal(tmg_blob_view(&kept), tmg_view_str("transport key")));
	free(kept.ptr);
	kept = (tmg_blob){ NULL, 0 };

	assert_int_equal(tmg_ctx_new(&ctx), TMG_OK);
	assert_int_equal(tmg_provision_cancel(ctx, id, &f), TMG_OK);
	assert_int_equal(tmg_store_kept(id, &kept, &f), TMG_NOT_FOUND);
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fresh, fake_disk_remove)
	const struct CMUnitTest tests[] = {
		TEST(one_command_enrolls),
		TEST(asked_twice_is_once),
		TEST(waiting_survives_the_process),
		TEST(killed_anywhere),
		TEST(killed_while_replacing),
		TEST(pulled_anywhere),
		TEST(wrong_certificates_are_not_installed),
		TEST(a_person_may_agree_to_another_name),
		TEST(the_subject_of_a_host_is_the_authoritys_affair),
		TEST(slots_filled_meanwhile_are_left_alone),
		TEST(keys_that_do_not_fit_are_found_out),
		TEST(refused_before_anything_changes),
		TEST(rehearsals_change_nothing),
		TEST(renewals_take_what_they_need),
		TEST(renewals_find_places_that_are_named_by_ids),
		TEST(renewals_keep_policies),
		TEST(keys_find_places_that_are_named_by_ids),
		TEST(renewals_keep_the_key),
		TEST(renewals_that_renew_nothing),
		TEST(two_processes_exclude_each_other),
		TEST(nothing_happens_without_a_journal),
		TEST(nothing_happens_where_others_may_write),
		TEST(given_up_is_given_up),
		TEST(journals_with_another_certificate_are_refused),
		TEST(what_the_token_garbles_is_noticed),
		TEST(strangers_lose_nothing),
		TEST(renewals_are_asked_too),
		TEST(another_wish_is_another_enrollment),
		TEST(types_are_the_tokens),
		TEST(lost_answers_are_told),
		TEST(requests_are_linked),
		TEST(issuers_are_learnt_of),
		TEST(linked_requests_may_wait),
		TEST(memories_end_with_the_enrollment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
