/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http-01 (RFC 8555 8.3) by a responder of our own, which knows the proofs and
 * nothing else: to whatever else is asked for it says 404.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "src/base/clock.h"
#include "src/base/fail.h"
#include "src/enroll/acme-listen.h"
#include "src/enroll/responder.h"

#define ASK_MAX 4096u	/* bytes of a request's head */
#define WHOLE_MS 3000	/* until it must be whole: others wait */

size_t
tmg_acme_http_answer(const tmg_acme_proof *proofs, size_t count, tmg_view ask,
    char *to, size_t cap)
{
	static const char get[] = "GET /.well-known/acme-challenge/";
	const size_t n = strlen(get);
	const char *line = (const char *)ask.ptr, *token = line + n;
	size_t len = 0;

	if (ask.len > n && memcmp(line, get, n) == 0)
		while (n + len < ask.len && token[len] != ' ')
			len++;
	for (size_t i = 0; i < count && len > 0 && n + len < ask.len; i++)
		if (strlen(proofs[i].token) == len &&
		    memcmp(proofs[i].token, token, len) == 0)
			return (size_t)snprintf(to, cap, "HTTP/1.1 200 OK\r\n"
			    "Content-Type: application/octet-stream\r\n"
			    "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
			    strlen(proofs[i].answer), proofs[i].answer);
	return (size_t)snprintf(to, cap, "HTTP/1.1 404 Not Found\r\n"
	    "Content-Length: 0\r\nConnection: close\r\n\r\n");
}

static bool
is_whole(const char *ask, size_t len)
{
	return memmem(ask, len, "\r\n\r\n", 4) != NULL ||
	    memmem(ask, len, "\n\n", 2) != NULL;
}

static void
serve(void *arg, int fd)
{
	const tmg_acme *acme = arg;
	char ask[ASK_MAX], answer[512];
	const int64_t until = tmg_now_ms() + WHOLE_MS;
	size_t len = 0;
	ssize_t n = 1;

	while (len < sizeof(ask) && !is_whole(ask, len) && tmg_now_ms() < until &&
	    (n = recv(fd, ask + len, sizeof(ask) - len, 0)) > 0)
		len += (size_t)n;
	if (!is_whole(ask, len))
		return;
	len = tmg_acme_http_answer(acme->proofs, acme->proof_count,
	    (tmg_view){ (const uint8_t *)ask, len }, answer, sizeof(answer));
	for (size_t at = 0; at < len && n > 0; at += (size_t)n)
		n = send(fd, answer + at, len - at, MSG_NOSIGNAL);
	(void)shutdown(fd, SHUT_WR);
}

static tmg_rc
show(tmg_authority *a, const tmg_acme_proof *p, const char *address)
{
	tmg_acme *acme = tmg_acme_of(a);

	(void)p;
	if (acme->door != NULL)
		return tmg_acme_prove_taken(a);
	if (acme->responder != NULL)
		return TMG_OK;
	return tmg_pass(&a->fault, tmg_responder_open(address, serve, acme, &a->fault,
	    &acme->responder));
}

static void
hide(tmg_authority *a, const tmg_acme_proof *p, const char *address)
{
	(void)p, (void)address;
	tmg_responder_free(&tmg_acme_of(a)->responder);
}

const tmg_acme_way tmg_acme_listen = {
	.challenge = "http-01",
	.option = "listen",
	.show = show,
	.hide = hide,
	.answer = tmg_acme_answer_seen,
};
