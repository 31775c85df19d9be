/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/post/smtp.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/secret-file.h"

#define URL_MAX (2 * RA_TEXT_MAX)

/* RFC 5321 4.2.1, RFC 4954 4 and 6 */
enum {
	REPLY_PERMANENT = 500,
	REPLY_AUTH_NEEDED = 530,
	REPLY_AUTH_WEAK = 534,
	REPLY_AUTH_WRONG = 535,
	REPLY_AUTH_UNSAFE = 538,
};

/* One sending, and what libcurl holds of it. */
typedef struct sending {
	CURL *curl;
	curl_mime *mime;
	struct curl_slist *fields, *recipients;
	char why[CURL_ERROR_SIZE];
	tmg_secret password;
	char url[URL_MAX], rcpt[RA_TEXT_MAX + 2], from[RA_TEXT_MAX + 2];
	char ca[PATH_MAX];
} sending;

static void
sending_release(sending *s)
{
	curl_mime_free(s->mime);
	curl_slist_free_all(s->fields);
	curl_slist_free_all(s->recipients);
	curl_easy_cleanup(s->curl);
	tmg_secret_wipe(&s->password);
}

bool
ra_smtp_built(void)
{
	return true;
}

static tmg_rc
out_of_memory(tmg_fault *f)
{
	return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
}

/* ---- the letter ---- */

static bool
add_line(struct curl_slist **list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*list, line);

	if (longer != NULL)
		*list = longer;
	return longer != NULL;
}

static tmg_rc
add_heading(sending *s, const ra_letter *letter, tmg_fault *f)
{
	ra_heading heading;
	const tmg_rc rc = ra_letter_heading(letter, &heading);

	if (rc == TMG_MISMATCH)
		return tmg_raise(f, TMG_DENIED, 0, _("no mail goes to that address"));
	if (rc)
		return tmg_raise(f, TMG_DENIED, 0, _("the subject is too long"));
	for (size_t i = 0; i < heading.count; i++)
		if (!add_line(&s->fields, heading.line[i]))
			return out_of_memory(f);
	return TMG_OK;
}

/* Quoted-printable can be read as it is where most of it is ASCII. */
static const char *
encoding_for(const char *text)
{
	size_t high = 0;

	for (const char *c = text; *c != '\0'; c++)
		high += (unsigned char)*c >= 0x80;
	return high * 4 > strlen(text) ? "base64" : "quoted-printable";
}

static bool
add_text(sending *s, const char *text)
{
	curl_mimepart *part = curl_mime_addpart(s->mime);

	return part != NULL &&
	    curl_mime_data(part, text, CURL_ZERO_TERMINATED) == CURLE_OK &&
	    curl_mime_type(part, "text/plain; charset=utf-8") == CURLE_OK &&
	    curl_mime_encoder(part, encoding_for(text)) == CURLE_OK;
}

static bool
add_attachment(sending *s, tmg_view pdf)
{
	curl_mimepart *part;

	if (pdf.len == 0)
		return true;
	part = curl_mime_addpart(s->mime);
	return part != NULL &&
	    curl_mime_data(part, (const char *)pdf.ptr, pdf.len) == CURLE_OK &&
	    curl_mime_type(part, "application/pdf") == CURLE_OK &&
	    curl_mime_filename(part, "application.pdf") == CURLE_OK &&
	    curl_mime_encoder(part, "base64") == CURLE_OK;
}

static tmg_rc
add_letter(sending *s, const ra_letter *letter, tmg_fault *f)
{
	tmg_rc rc;

	if ((rc = add_heading(s, letter, f)))
		return rc;
	snprintf(s->rcpt, sizeof(s->rcpt), "<%s>", letter->to);
	snprintf(s->from, sizeof(s->from), "<%s>", letter->from);
	s->mime = curl_mime_init(s->curl);
	if (s->mime == NULL || !add_text(s, letter->body) ||
	    !add_attachment(s, letter->attachment) ||
	    !add_line(&s->recipients, s->rcpt))
		return out_of_memory(f);
	curl_easy_setopt(s->curl, CURLOPT_HTTPHEADER, s->fields);
	curl_easy_setopt(s->curl, CURLOPT_MIMEPOST, s->mime);
	curl_easy_setopt(s->curl, CURLOPT_MAIL_FROM, s->from);
	curl_easy_setopt(s->curl, CURLOPT_MAIL_RCPT, s->recipients);
	return TMG_OK;
}

/* ---- the line ---- */

static tmg_rc
log_in(sending *s, const ra_config *config, tmg_fault *f)
{
	if (config->mail.user[0] == '\0')
		return TMG_OK;
	if (ra_secret_file(config, config->mail.password_file, &s->password, f)) {
		f->rc = TMG_BUSY;	/* somebody will put it there */
		return f->rc;
	}
	/* libcurl wants a string; the secret ends in zeros */
	curl_easy_setopt(s->curl, CURLOPT_USERNAME, config->mail.user);
	curl_easy_setopt(s->curl, CURLOPT_PASSWORD,
	    (const char *)s->password.bytes);
	return TMG_OK;
}

/* Ends the sending when nobody may wait for it any longer. */
static int
look_up(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	(void)a;
	(void)b;
	(void)c;
	(void)d;
	return tmg_ctx_is_over(ctx);
}

/* The path of an SMTP address is the name we greet with. */
static tmg_rc
set_line(sending *s, const ra_config *config, tmg_fault *f)
{
	const ra_mail_conf *m = &config->mail;

	snprintf(s->url, sizeof(s->url), "%s/%s", m->server,
	    ra_letter_domain(m->from));
	if (ra_config_path(config, m->ca, s->ca))
		return tmg_raise(f, TMG_E_USAGE, 0, _("a path is too long"));
	if (m->ca[0] != '\0') {
		curl_easy_setopt(s->curl, CURLOPT_CAINFO, s->ca);
		curl_easy_setopt(s->curl, CURLOPT_CAPATH, NULL);
	}
	curl_easy_setopt(s->curl, CURLOPT_URL, s->url);
	curl_easy_setopt(s->curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(s->curl, CURLOPT_PROXY, "");
	curl_easy_setopt(s->curl, CURLOPT_USE_SSL,
	    (long)(m->starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
	curl_easy_setopt(s->curl, CURLOPT_SSLVERSION,
	    (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(s->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(s->curl, CURLOPT_TIMEOUT, (long)m->timeout_s);
	curl_easy_setopt(s->curl, CURLOPT_SERVER_RESPONSE_TIMEOUT,
	    (long)m->timeout_s);
	curl_easy_setopt(s->curl, CURLOPT_ERRORBUFFER, s->why);
	return log_in(s, config, f);
}

static void
watch_end(sending *s, tmg_ctx *ctx)
{
	curl_easy_setopt(s->curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(s->curl, CURLOPT_XFERINFODATA, ctx);
	curl_easy_setopt(s->curl, CURLOPT_XFERINFOFUNCTION, look_up);
}

/* ---- the answer ---- */

/* A refusal of the letter: said to MAIL, RCPT or DATA, or once it was there,
 * and not because of who we are. */
static bool
refused_for_good(CURLcode code, long reply, curl_off_t gone)
{
	return reply >= REPLY_PERMANENT && reply != REPLY_AUTH_NEEDED &&
	    reply != REPLY_AUTH_WEAK && reply != REPLY_AUTH_WRONG &&
	    reply != REPLY_AUTH_UNSAFE &&
	    (code == CURLE_SEND_ERROR || gone > 0);
}

static tmg_rc
judge(sending *s, const ra_config *config, CURLcode code, tmg_fault *f)
{
	curl_off_t gone = 0;
	long reply = 0;
	const char *why = s->why[0] != '\0' ? s->why : curl_easy_strerror(code);

	if (code == CURLE_OK)
		return TMG_OK;
	curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &reply);
	curl_easy_getinfo(s->curl, CURLINFO_SIZE_UPLOAD_T, &gone);
	if (refused_for_good(code, reply, gone))
		return tmg_raise(f, TMG_DENIED, 0,
		    _("the mail server %s refused it: %s (%ld)"),
		    config->mail.server, why, reply);
	return tmg_raise(f, TMG_BUSY, 0, _("the mail server %s: %s (%ld)"),
	    config->mail.server, why, reply);
}

/* libcurl says QUIT when it closes and waits two minutes for the answer, which
 * matters to nobody: what is to be known is known.  It finds nothing to wait for. */
static void
stop_listening(CURL *curl)
{
	curl_socket_t fd = CURL_SOCKET_BAD;

	if (curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &fd) == CURLE_OK &&
	    fd != CURL_SOCKET_BAD)
		(void)shutdown(fd, SHUT_RD);
}

tmg_rc
ra_smtp_send(tmg_ctx *ctx, const ra_config *config, const ra_letter *letter,
    tmg_fault *f)
{
	tmg_auto(sending) s = { .curl = curl_easy_init() };
	CURLcode code;
	tmg_rc rc;

	if (s.curl == NULL)
		return out_of_memory(f);
	if ((rc = set_line(&s, config, f)) || (rc = add_letter(&s, letter, f)))
		return rc;
	watch_end(&s, ctx);
	code = curl_easy_perform(s.curl);
	stop_listening(s.curl);
	return judge(&s, config, code, f);
}
