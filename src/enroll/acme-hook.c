/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any challenge by a program of the person's: most of all dns-01 (RFC 8555
 * 8.4), because every name server is changed in another way.
 *
 *	PROGRAM add    dns-01      _acme-challenge.HOST  TEXT
 *	PROGRAM add    http-01     http://HOST/.well-known/acme-challenge/TOKEN  TEXT
 *	PROGRAM add    tls-alpn-01 HOST                  SHA-256 in hexadecimal
 *	PROGRAM remove ...the same
 *
 * Status 0: it is there, for the whole world to see.  75 (EX_TEMPFAIL of
 * sysexits.h): not yet, come again later.  No shell is between.
 */
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>

#include "src/base/child.h"
#include "src/base/clock.h"
#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/base64.h"
#include "src/enroll/acme-proof.h"

#define HOOK_MS (15 * 60 * 1000)	/* name servers are slow; nothing is this slow */
#define NAP_MS 50

extern char **environ;

/* ---- the program ------------------------------------------------------- */

/* Only its end ends the waiting. */
static bool
nap(void *nobody)
{
	static const struct timespec little = { .tv_nsec = NAP_MS * 1000000L };

	(void)nobody;
	nanosleep(&little, NULL);
	return false;
}

static tmg_rc
judge(tmg_authority *a, const char *program, int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return TMG_OK;
	if (WIFEXITED(status) && WEXITSTATUS(status) == EX_TEMPFAIL)
		return tmg_authority_raise(a, TMG_PENDING,
		    _("%s: %.100s says that the proof is not there yet"), a->uri.where,
		    program);
	return tmg_authority_raise(a, TMG_E_IO,
	    _("%.150s failed (%s %d); what it wrote tells why"), program,
	    WIFEXITED(status) ? _("status") : _("signal"),
	    WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

static tmg_rc
run(tmg_authority *a, const char *program, const char *act, const char *type,
    const char *where, const char *what)
{
	const char *words[] = { program, act, type, where, what };
	char *argv[TMG_COUNT(words) + 1] = { NULL };
	/* its standard output is our standard error: ours may be JSON */
	const tmg_child_plan plan = { .argv = argv, .env = environ, .in = -1, .out = 2, .err = 2 };
	tmg_child child;
	int e = 0, status;

	for (size_t i = 0; i < TMG_COUNT(words) && e == 0; i++)
		e = (argv[i] = strdup(words[i])) != NULL ? 0 : ENOMEM;
	if (e == 0)
		e = tmg_child_begin(&plan, &child);
	for (size_t i = 0; i < TMG_COUNT(words); i++)
		free(argv[i]);
	if (e != 0)
		return tmg_authority_raise(a, TMG_E_IO,
		    _("cannot run hook=%.150s: %s; say the whole path of a program"),
		    program, strerror(e));
	tmg_log(a->ctx, TMG_LOG_INFO, "%s %s %s %s", program, act, type, where);
	status = tmg_child_end(&child, tmg_now_ms() + HOOK_MS, nap, NULL);
	return status != -1 ? judge(a, program, status) : tmg_authority_raise(a,
	    TMG_E_IO, _("%.150s did not end within a quarter of an hour"), program);
}

/* ---- what it is told --------------------------------------------------- */

typedef struct saying {
	char where[400], what[TMG_ACME_ANSWER_MAX];
} saying;

static void
say_dns(const tmg_acme_proof *p, const uint8_t hash[static 32], saying *s)
{
	tmg_out o = { (uint8_t *)s->what, sizeof(s->what) - 1, 0, false };

	snprintf(s->where, sizeof(s->where), "_acme-challenge.%s", p->name.value);
	tmg_base64url_put(&o, (tmg_view){ hash, 32 });
	s->what[o.len] = '\0';
}

static void
say_http(const tmg_acme_proof *p, const uint8_t hash[static 32], saying *s)
{
	const char *colon = strchr(p->name.value, ':');

	(void)hash;
	snprintf(s->where, sizeof(s->where),
	    colon != NULL ? "http://[%.255s]/.well-known/acme-challenge/%.127s"
	    : "http://%.255s/.well-known/acme-challenge/%.127s", p->name.value, p->token);
	snprintf(s->what, sizeof(s->what), "%s", p->answer);
}

static void
say_alpn(const tmg_acme_proof *p, const uint8_t hash[static 32], saying *s)
{
	snprintf(s->where, sizeof(s->where), "%s", p->name.value);
	for (size_t i = 0; i < 32; i++)
		snprintf(s->what + 2 * i, 3, "%02x", hash[i]);
}

static const struct {
	const tmg_acme_way *way;
	void (*say)(const tmg_acme_proof *p, const uint8_t hash[static 32], saying *s);
} sayers[] = {
	{ &tmg_acme_hook_dns, say_dns },
	{ &tmg_acme_hook_http, say_http },
	{ &tmg_acme_hook_alpn, say_alpn },
};

static tmg_rc
call(tmg_authority *a, const tmg_acme_proof *p, const char *program, const char *act)
{
	uint8_t hash[32];
	saying s;

	if (EVP_Q_digest(tmg_ctx_libctx(a->ctx), "SHA256", NULL, p->answer,
	    strlen(p->answer), hash, NULL) != 1)
		return tmg_authority_raise(a, TMG_E_CRYPTO, "%s", _("hashing failed"));
	for (size_t i = 0; i < TMG_COUNT(sayers); i++)
		if (sayers[i].way == p->way)
			sayers[i].say(p, hash, &s);
	return run(a, program, act, p->way->challenge, s.where, s.what);
}

static tmg_rc
show(tmg_authority *a, const tmg_acme_proof *p, const char *program)
{
	return call(a, p, program, "add");
}

/* What led here is told, not that cleaning up failed too. */
static void
hide(tmg_authority *a, const tmg_acme_proof *p, const char *program)
{
	const tmg_fault before = a->fault;

	if (call(a, p, program, "remove") != TMG_OK)
		tmg_log(a->ctx, TMG_LOG_WARN, "%s", a->fault.text);
	a->fault = before;
}

const tmg_acme_way tmg_acme_hook_dns = {
	.challenge = "dns-01", .option = "hook", .lasting = true,
	.show = show, .hide = hide, .answer = tmg_acme_answer_seen,
};

const tmg_acme_way tmg_acme_hook_http = {
	.challenge = "http-01", .option = "hook", .lasting = true,
	.show = show, .hide = hide, .answer = tmg_acme_answer_seen,
};

const tmg_acme_way tmg_acme_hook_alpn = {
	.challenge = "tls-alpn-01", .option = "hook", .lasting = true,
	.show = show, .hide = hide, .answer = tmg_acme_answer_seen,
};
