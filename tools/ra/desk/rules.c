/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/rules.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/register-kind.h"

/* The file that is looked at. */
typedef struct rulebook {
	const char *name, *text;
	char place[PATH_MAX + 16];
} rulebook;

/* Where people look for the setting at path, or for what lacks it. */
static const char *
at(rulebook *in, const char *path)
{
	const unsigned line = ra_settings_line(in->text, path);

	snprintf(in->place, sizeof(in->place), line > 0 ? "%s:%u" : "%s", in->name,
	    line);
	return in->place;
}

/* The same of a setting of a group. */
static const char *
within(rulebook *in, const char *group, const char *setting)
{
	char path[RA_WORD_MAX];

	snprintf(path, sizeof(path), "%s.%s", group, setting);
	return at(in, path);
}

/* Nobody listens to what stays in this machine. */
bool
ra_url_is_here(const char *url)
{
	static const char *const hosts[] = { "http://127.0.0.1", "http://[::1]",
		"http://localhost" };

	for (size_t i = 0; i < TMG_COUNT(hosts); i++) {
		const size_t len = strlen(hosts[i]);

		if (strncmp(url, hosts[i], len) == 0 &&
		    (url[len] == ':' || url[len] == '/'))
			return true;
	}
	return false;
}

static tmg_rc
check_mail(rulebook *in, const ra_mail_conf *m, tmg_fault *f)
{
	const bool safe = m->starttls || strncmp(m->server, "smtps:", 6) == 0;

	if (m->server[0] != '\0' && m->from[0] == '\0')
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: mail.server needs mail.from, the sender's address"),
		    at(in, "mail.server"));
	if ((m->user[0] == '\0') != (m->password_file[0] == '\0'))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: mail.user and mail.password_file go together"),
		    at(in, m->user[0] != '\0' ? "mail.user" : "mail.password_file"));
	if (m->user[0] != '\0' && !safe)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: mail.user: no password goes over a line without TLS; set mail.starttls"),
		    at(in, "mail.user"));
	return TMG_OK;
}

/* By a program or by a gateway; numbers and names go over no open line. */
static tmg_rc
check_sms(rulebook *in, const ra_sms_conf *s, tmg_fault *f)
{
	const bool tls = strncmp(s->url, "https://", 8) == 0;

	if (s->command[0] != '\0' && s->url[0] != '\0')
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: either sms.command or sms.url"), at(in, "sms.url"));
	if (s->command[0] != '\0' && s->command[0] != '/')
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: sms.command: a program's whole path, from /"),
		    at(in, "sms.command"));
	if (s->url[0] != '\0' && !tls && !ra_url_is_here(s->url))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: sms.url: telephone numbers go over https:// alone, or stay in this machine"),
		    at(in, "sms.url"));
	if (tls && s->ca[0] == '\0')
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: sms.url needs sms.ca, the certificates that its server leads to"),
		    at(in, "sms.url"));
	return TMG_OK;
}

static tmg_rc
check_ca(rulebook *in, const ra_config *c, tmg_fault *f)
{
	const bool token = ra_keysource_is_token(c->ca_key);

	if (token ? c->ca_pin_file[0] != '\0' : c->ca_pin_file[0] == '\0')
		return TMG_OK;
	return tmg_raise(f, TMG_MISMATCH, 0,
	    _("%s: ca.pin_file: a key on a token (pkcs11:...) needs it, one in a file does not"),
	    at(in, token ? "ca.key" : "ca.pin_file"));
}

/* Who we are to it: a key with its certificate, a name with its secret, or both. */
static tmg_rc
check_upstream(rulebook *in, const ra_config *c, tmg_fault *f)
{
	const ra_upstream_conf *u = &c->upstream;

	if ((u->url[0] == '\0') != (c->ca_key[0] != '\0'))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: either ca.key, with which certificates are signed here, or upstream.url, the authority that signs them"),
		    at(in, u->url[0] != '\0' ? "ca.key" : "ca"));
	if (u->url[0] == '\0')
		return TMG_OK;
	if ((u->certificate[0] == '\0') != (u->key[0] == '\0') ||
	    (u->user[0] == '\0') != (u->password_file[0] == '\0') ||
	    (u->certificate[0] == '\0' && u->user[0] == '\0'))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: upstream.certificate and upstream.key tell the authority who we are, or upstream.user and upstream.password_file"),
		    at(in, "upstream"));
	if (ra_keysource_is_token(u->key) != (u->pin_file[0] != '\0'))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: %s.pin_file: a key on a token (pkcs11:...) needs it, one in a file does not"),
		    within(in, "upstream", u->pin_file[0] != '\0' ? "pin_file" : "key"),
		    "upstream");
	if (c->ca_next[0] != '\0')
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: ca.next_certificate: the authority at upstream.url tells itself who follows it"),
		    at(in, "ca.next_certificate"));
	if (c->ocsp.deputy.key[0] != '\0')
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: ocsp.key: the authority at upstream.url alone knows all that it revokes, and answers"),
		    at(in, "ocsp.key"));
	return TMG_OK;
}

static tmg_rc
check_deputy(rulebook *in, const char *group, const ra_deputy_conf *c,
    tmg_fault *f)
{
	const bool token = ra_keysource_is_token(c->key);

	if (token ? c->pin_file[0] != '\0' : c->pin_file[0] == '\0')
		return TMG_OK;
	return tmg_raise(f, TMG_MISMATCH, 0,
	    _("%s: %s.pin_file: a key on a token (pkcs11:...) needs it, one in a file does not"),
	    within(in, group, token ? "key" : "pin_file"), group);
}

/* Whoever signs for an authority has its certificate: ours is made here, another
 * one's is given to us. */
static tmg_rc
check_given(rulebook *in, const char *group, const ra_config *c,
    const ra_deputy_conf *deputy, tmg_fault *f)
{
	if (deputy->key[0] != '\0' && c->upstream.url[0] != '\0' &&
	    deputy->certificate[0] == '\0')
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: %s.certificate: with upstream.url it is needed for %s.key; that authority issues it"),
		    within(in, group, "key"), group, group);
	if (deputy->certificate[0] == '\0' ||
	    (deputy->key[0] != '\0' && c->upstream.url[0] != '\0'))
		return TMG_OK;
	return tmg_raise(f, TMG_MISMATCH, 0,
	    _("%s: %s.certificate: it goes with %s.key and upstream.url; an authority of our own issues it by itself"),
	    within(in, group, "certificate"), group, group);
}

/* Lists that end before the next one is made leave everybody without one. */
static tmg_rc
check_crl(rulebook *in, const ra_config *c, tmg_fault *f)
{
	return c->crl_hours < c->crl_days * 24 ? TMG_OK : tmg_raise(f, TMG_MISMATCH,
	    0, _("%s: crl.every_hours: a list of crl.days = %d is over by then"),
	    at(in, "crl.every_hours"), c->crl_days);
}

static tmg_rc
check_registers(rulebook *in, const ra_config *config, tmg_fault *f)
{
	for (size_t i = 0; i < config->register_count; i++) {
		const ra_register *r = &config->registers[i];
		const char *wrong = ra_register_check(r);

		if (wrong != NULL)
			return tmg_raise(f, TMG_MISMATCH, 0,
			    _("%s: the register %s: %s"), at(in, "registers"),
			    r->name, wrong);
	}
	return TMG_OK;
}

tmg_rc
ra_config_check(const char *name, const char *text, const ra_config *c,
    tmg_fault *f)
{
	rulebook book = { .name = name, .text = text }, *in = &book;
	tmg_rc rc;

	if ((rc = check_ca(in, c, f)) || (rc = check_upstream(in, c, f)) ||
	    (rc = check_crl(in, c, f)) ||
	    (rc = check_deputy(in, "ocsp", &c->ocsp.deputy, f)) ||
	    (rc = check_deputy(in, "scep", &c->scep.deputy, f)) ||
	    (rc = check_deputy(in, "cmp", &c->cmp.deputy, f)) ||
	    (rc = check_given(in, "scep", c, &c->scep.deputy, f)) ||
	    (rc = check_given(in, "cmp", c, &c->cmp.deputy, f)) ||
	    (rc = check_mail(in, &c->mail, f)) || (rc = check_sms(in, &c->sms, f)))
		return rc;
	return check_registers(in, c, f);
}
