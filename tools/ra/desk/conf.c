/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/conf.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/ca/passphrase.h"
#include "tools/ra/ca/upstream.h"
#include "tools/ra/desk/register-kind.h"
#include "tools/ra/desk/rules.h"
#include "tools/ra/profile/input.h"

#define FILE_MAX 65536

static const char *
check_path(const char *word)
{
	return word[0] != '\0' ? NULL : _("a path");
}

static const char *
check_listen(const char *word)
{
	const char *colon = strrchr(word, ':');

	return colon != NULL && colon != word && colon[1] != '\0' &&
	    strspn(colon + 1, "0123456789") == strlen(colon + 1) ?
	    NULL : _("an address and a port, such as \"127.0.0.1:8443\"");
}

static const char *
check_listen_or_none(const char *word)
{
	return word[0] == '\0' ? NULL : check_listen(word);
}

/* Of a URL; below it nothing else is found. */
static const char *
check_place(const char *word)
{
	const size_t len = strlen(word);

	return len == 0 || (word[0] == '/' && len > 1 && word[len - 1] != '/' &&
	    strpbrk(word, "{}%?# \t\r\n\"\\") == NULL) ?
	    NULL : _("a path such as \"/ocsp\"");
}

/* Commas and such would be read as more names by libcrypto. */
static const char *
check_url(const char *word)
{
	return word[0] == '\0' || ((strncmp(word, "http://", 7) == 0 ||
	    strncmp(word, "https://", 8) == 0) &&
	    strpbrk(word, ",; \t\r\n\"\\") == NULL) ?
	    NULL : _("an http:// or https:// address");
}

static const char *
check_mail_server(const char *word)
{
	return word[0] == '\0' || ((strncmp(word, "smtp://", 7) == 0 ||
	    strncmp(word, "smtps://", 8) == 0) &&
	    strpbrk(strstr(word, "://") + 3, "/@?# \t\r\n\"\\") == NULL) ?
	    NULL : _("smtp://HOST:PORT or smtps://HOST:PORT");
}

static const char *
check_address(const char *word)
{
	return ra_input_is_email(word) ? NULL :
	    _("an e-mail address such as name@example.org");
}

static const char *
check_register(const char *word)
{
	return ra_register_known(word) ? NULL :
	    _("\"csv\", \"sql\" or \"http\"");
}

static const char *
check_member(const char *word)
{
	const char *equals = strchr(word, '=');

	return equals != NULL && equals != word && equals[1] != '\0' ? NULL :
	    _("a field and a member of the answer, such as \"surname=name.last\"");
}

static const char *
check_pair(const char *word)
{
	const char *equals = strchr(word, '=');

	return equals != NULL && equals != word ? NULL :
	    _("a field and its value, such as \"to=${to}\"");
}

static const char *
check_changes(const char *word)
{
	return strcmp(word, "refuse") == 0 || strcmp(word, "accept") == 0 ? NULL :
	    _("\"refuse\" or \"accept\"");
}

static const char *
check_responder(const char *word)
{
	return strcmp(word, "key") == 0 || strcmp(word, "name") == 0 ? NULL :
	    _("\"key\" or \"name\"");
}

static const char *
check_challenges(const char *word)
{
	return strcmp(word, "keep") == 0 || strcmp(word, "pass") == 0 ? NULL :
	    _("\"keep\" or \"pass\"");
}

static const char *
check_option(const char *word)
{
	const char *equals = strchr(word, '=');

	return equals != NULL && equals != word ? NULL :
	    _("a name and a value, such as \"profile=employees\"");
}

static const ra_register register_default = { .kind = "csv", .timeout_s = 5 };
static const ra_setting register_rows[] = {
	RA_SET_TEXT("name", offsetof(ra_register, name), true, check_path),
	RA_SET_TEXT("kind", offsetof(ra_register, kind), false, check_register),
	RA_SET_TEXT("path", offsetof(ra_register, path), false, ra_any_word),
	RA_SET_PROSE("query", offsetof(ra_register, query), false),
	RA_SET_TEXT("url", offsetof(ra_register, url), false, check_url),
	RA_SET_FLAG("post", offsetof(ra_register, post)),
	RA_SET_TEXT("ca", offsetof(ra_register, ca), false, ra_any_word),
	RA_SET_TEXT("token_file", offsetof(ra_register, token_file), false,
	    ra_any_word),
	RA_SET_WORDS("members", offsetof(ra_register, members), false,
	    check_member),
	RA_SET_NUMBER("timeout_seconds", offsetof(ra_register, timeout_s), false,
	    1, 60),
};
static const ra_list registers = { register_rows, TMG_COUNT(register_rows),
	sizeof(ra_register), RA_REGISTERS_MAX,
	offsetof(ra_config, register_count), &register_default };

#define AT(field) offsetof(ra_config, field)

static const ra_setting rows[] = {
	RA_SET_TEXT("listen", AT(listen), false, check_listen),
	RA_SET_TEXT("listen_http", AT(listen_http), false, check_listen_or_none),
	RA_SET_TEXT("store", AT(store), true, check_path),
	RA_SET_TEXT("profiles", AT(profiles), true, check_path),
	RA_SET_TEXT("default_profile", AT(default_profile), true, check_path),
	RA_SET_TEXT("ca.certificate", AT(ca_certificate), true, check_path),
	RA_SET_TEXT("ca.next_certificate", AT(ca_next), false, ra_any_word),
	RA_SET_TEXT("ca.key", AT(ca_key), false, check_path),
	RA_SET_TEXT("ca.passphrase_file", AT(ca_passphrase_file), false, ra_any_word),
	RA_SET_TEXT("ca.pin_file", AT(ca_pin_file), false, ra_any_word),
	RA_SET_TEXT("ca.vcard", AT(ca_vcard), false, ra_any_word),
	RA_SET_TEXT("upstream.url", AT(upstream.url), false, ra_upstream_check),
	RA_SET_TEXT("upstream.tls_ca", AT(upstream.tls_ca), false, ra_any_word),
	RA_SET_TEXT("upstream.certificate", AT(upstream.certificate), false,
	    ra_any_word),
	RA_SET_TEXT("upstream.key", AT(upstream.key), false, ra_any_word),
	RA_SET_TEXT("upstream.passphrase_file", AT(upstream.passphrase_file), false,
	    ra_any_word),
	RA_SET_TEXT("upstream.pin_file", AT(upstream.pin_file), false, ra_any_word),
	RA_SET_TEXT("upstream.vcard", AT(upstream.vcard), false, ra_any_word),
	RA_SET_TEXT("upstream.user", AT(upstream.user), false, ra_any_word),
	RA_SET_TEXT("upstream.password_file", AT(upstream.password_file), false,
	    ra_any_word),
	RA_SET_WORDS("upstream.options", AT(upstream.options), false, check_option),
	RA_SET_TEXT("upstream.changes", AT(upstream.changes), false, check_changes),
	RA_SET_TEXT("upstream.challenges", AT(upstream.challenges), false,
	    check_challenges),
	RA_SET_NUMBER("upstream.timeout_seconds", AT(upstream.timeout_s), false, 1,
	    300),
	RA_SET_NUMBER("upstream.retry_seconds", AT(upstream.retry_s), false, 1, 86400),
	RA_SET_TEXT("tls.certificate", AT(tls_certificate), true, check_path),
	RA_SET_TEXT("tls.key", AT(tls_key), true, check_path),
	RA_SET_TEXT("ca.issuer_url", AT(points.issuer), false, check_url),
	RA_SET_TEXT("ca.ocsp_url", AT(points.ocsp), false, check_url),
	RA_SET_TEXT("crl.url", AT(points.crl), false, check_url),
	RA_SET_TEXT("crl.file", AT(crl_file), false, ra_any_word),
	RA_SET_TEXT("crl.root_file", AT(crl_root_file), false, ra_any_word),
	RA_SET_NUMBER("crl.days", AT(crl_days), false, 1, 365),
	RA_SET_NUMBER("crl.every_hours", AT(crl_hours), false, 0, 8760),
	RA_SET_NUMBER("retry_after", AT(retry_after_s), false, 1, 86400),
	RA_SET_NUMBER("upload_seconds", AT(upload_s), false, 1, 3600),
	RA_SET_NUMBER("watch_days", AT(watch_days), false, 1, 365),
	RA_SET_NUMBER("threads", AT(threads), false, 1, 64),
	RA_SET_NUMBER("connections", AT(connections), false, 1, 65536),
	RA_SET_NUMBER("connections_per_address", AT(address_connections), false,
	    1, 65536),
	RA_SET_LIST("registers", AT(registers), &registers),
	RA_SET_NUMBER("request_seconds", AT(request_s), false, 1, 3600),
	RA_SET_WORDS("weak_keys", AT(weak_keys), false, check_path),
	RA_SET_TEXT("portal_url", AT(portal_url), false, check_url),
	RA_SET_TEXT("user", AT(user), false, ra_any_word),
	RA_SET_FLAG("confine", AT(confine)),
	RA_SET_FLAG("rehearsal", AT(rehearsal)),
	RA_SET_TEXT("payment.url", AT(payment.url), false, check_url),
	RA_SET_TEXT("payment.key_file", AT(payment.key_file), false, ra_any_word),
	RA_SET_NUMBER("payment.window_seconds", AT(payment.window_s), false, 10, 3600),
	RA_SET_TEXT("ocsp.key", AT(ocsp.deputy.key), false, ra_any_word),
	RA_SET_TEXT("ocsp.passphrase_file", AT(ocsp.deputy.passphrase_file), false,
	    ra_any_word),
	RA_SET_TEXT("ocsp.pin_file", AT(ocsp.deputy.pin_file), false, ra_any_word),
	RA_SET_TEXT("ocsp.vcard", AT(ocsp.deputy.vcard), false, ra_any_word),
	RA_SET_NUMBER("ocsp.days", AT(ocsp.deputy.days), false, 1, 3650),
	RA_SET_TEXT("ocsp.path", AT(ocsp.path), false, check_place),
	RA_SET_NUMBER("ocsp.hours", AT(ocsp.hours), false, 1, 720),
	RA_SET_FLAG("ocsp.nonces", AT(ocsp.nonces)),
	RA_SET_TEXT("ocsp.responder", AT(ocsp.responder), false, check_responder),
	RA_SET_TEXT("scep.key", AT(scep.deputy.key), false, ra_any_word),
	RA_SET_TEXT("scep.certificate", AT(scep.deputy.certificate), false,
	    ra_any_word),
	RA_SET_TEXT("scep.passphrase_file", AT(scep.deputy.passphrase_file), false,
	    ra_any_word),
	RA_SET_TEXT("scep.pin_file", AT(scep.deputy.pin_file), false, ra_any_word),
	RA_SET_TEXT("scep.vcard", AT(scep.deputy.vcard), false, ra_any_word),
	RA_SET_NUMBER("scep.days", AT(scep.deputy.days), false, 1, 3650),
	RA_SET_FLAG("scep.legacy", AT(scep.legacy)),
	RA_SET_TEXT("cmp.key", AT(cmp.deputy.key), false, ra_any_word),
	RA_SET_TEXT("cmp.certificate", AT(cmp.deputy.certificate), false,
	    ra_any_word),
	RA_SET_TEXT("cmp.passphrase_file", AT(cmp.deputy.passphrase_file), false,
	    ra_any_word),
	RA_SET_TEXT("cmp.pin_file", AT(cmp.deputy.pin_file), false, ra_any_word),
	RA_SET_TEXT("cmp.vcard", AT(cmp.deputy.vcard), false, ra_any_word),
	RA_SET_NUMBER("cmp.days", AT(cmp.deputy.days), false, 1, 3650),
	RA_SET_TEXT("cmp.seal_file", AT(cmp.seal_file), false, ra_any_word),
	RA_SET_FLAG("cmp.http", AT(cmp.http)),
	RA_SET_FLAG("cmp.root", AT(cmp.root)),
	RA_SET_NUMBER("cmp.confirm_within", AT(cmp.confirm_within_s), false, 0, 86400),
	RA_SET_TEXT("mail.server", AT(mail.server), false, check_mail_server),
	RA_SET_TEXT("mail.from", AT(mail.from), false, check_address),
	RA_SET_TEXT("mail.from_name", AT(mail.from_name), false, ra_any_word),
	RA_SET_TEXT("mail.user", AT(mail.user), false, ra_any_word),
	RA_SET_TEXT("mail.password_file", AT(mail.password_file), false, ra_any_word),
	RA_SET_TEXT("mail.ca", AT(mail.ca), false, ra_any_word),
	RA_SET_FLAG("mail.starttls", AT(mail.starttls)),
	RA_SET_NUMBER("mail.timeout_seconds", AT(mail.timeout_s), false, 1, 600),
	RA_SET_NUMBER("mail.retry_seconds", AT(mail.retry_s), false, 1, 86400),
	RA_SET_TEXT("sms.command", AT(sms.command), false, ra_any_word),
	RA_SET_WORDS("sms.arguments", AT(sms.arguments), false, ra_any_word),
	RA_SET_TEXT("sms.url", AT(sms.url), false, check_url),
	RA_SET_WORDS("sms.fields", AT(sms.fields), false, check_pair),
	RA_SET_FLAG("sms.json", AT(sms.json)),
	RA_SET_TEXT("sms.ca", AT(sms.ca), false, ra_any_word),
	RA_SET_TEXT("sms.token_file", AT(sms.token_file), false, ra_any_word),
	RA_SET_NUMBER("sms.timeout_seconds", AT(sms.timeout_s), false, 1, 300),
	RA_SET_NUMBER("sms.retry_seconds", AT(sms.retry_s), false, 1, 86400),
};

bool
ra_sms_configured(const ra_sms_conf *sms)
{
	return sms->command[0] != '\0' || sms->url[0] != '\0';
}

/* What a running server takes when it reads the file anew; groups end with a
 * full stop.  The rest was used up at the start: sockets, threads, rights, the
 * store, the authority's key. */
static const char *const living[] = { "profiles", "default_profile", "tls.",
	"ca.issuer_url", "ca.ocsp_url", "crl.", "retry_after", "registers",
	"request_seconds", "upload_seconds", "watch_days", "weak_keys", "portal_url", "payment.",
	"mail.", "upstream.retry_seconds" };

static bool
is_living(const char *path)
{
	for (size_t i = 0; i < TMG_COUNT(living); i++) {
		const size_t len = strlen(living[i]);

		if (living[i][len - 1] == '.' ? strncmp(path, living[i], len) == 0 :
		    strcmp(path, living[i]) == 0)
			return true;
	}
	return false;
}

tmg_rc
ra_config_follows(const ra_config *now, const ra_config *next, tmg_fault *f)
{
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		if (!is_living(rows[i].path) &&
		    !ra_setting_same(&rows[i], now, next))
			return tmg_raise(f, TMG_UNSUPPORTED, 0,
			    _("ra.conf: %s is another one than at the start: that takes a restart, and nothing of the file is taken before"),
			    rows[i].path);
	return TMG_OK;
}

tmg_rc
ra_config_parse(const char *name, const char *text, ra_config *config,
    tmg_fault *f)
{
	*config = (ra_config){ .listen = "127.0.0.1:8443", .retry_after_s = 300,
		.crl_days = 7, .threads = 4, .connections = 1024,
		.address_connections = 256,
		.request_s = 30, .upload_s = 120, .watch_days = 30, .confine = true,
		.payment = { .window_s = 300 },
		.cmp = { .deputy = { .days = 365 } },
		.ocsp = { .deputy = { .days = 30 }, .hours = 24, .nonces = true,
		    .responder = "key" },
		.scep = { .deputy = { .days = 365 } },
		.upstream = { .changes = "refuse", .challenges = "keep",
		    .timeout_s = 30, .retry_s = 60 },
		.mail = { .starttls = true, .timeout_s = 60, .retry_s = 60 },
		.sms = { .timeout_s = 30, .retry_s = 60,
		    .arguments = { 1, { "${to}" } },
		    .fields = { 3, { "to=${to}", "text=${text}", "id=${id}" } } } };
	tmg_rc rc = ra_settings_read(name, text, rows, TMG_COUNT(rows),
	    config, f);

	return rc ? rc : ra_config_check(name, text, config, f);
}

tmg_rc
ra_config_load(const char *path, ra_config *config, tmg_fault *f)
{
	tmg_auto_free uint8_t *text = NULL;
	const char *slash = strrchr(path, '/');
	size_t len;
	tmg_rc rc;

	if ((rc = tmg_file_read(path, FILE_MAX, &text, &len)))
		return tmg_raise(f, rc, 0,
		    _("%s: %s; tamga-ra init DIR makes an authority, --dir DIR or --config FILE names one"),
		    path, strerror(errno));
	if (strlen((char *)text) != len)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("%s: a zero byte in a text file"), path);
	if ((rc = ra_config_parse(path, (char *)text, config, f)))
		return rc;
	if (snprintf(config->folder, sizeof(config->folder), "%.*s",
	    slash != NULL ? (int)(slash - path) : 1,
	    slash != NULL ? path : ".") >= (int)sizeof(config->folder))
		return tmg_raise(f, TMG_E_USAGE, 0, _("%s: too long"), path);
	return TMG_OK;
}

tmg_rc
ra_config_path(const ra_config *config, const char *path, char out[PATH_MAX])
{
	const bool whole = path[0] == '/' || path[0] == '\0' ||
	    strstr(path, "://") != NULL || ra_keysource_is_token(path) ||
	    strncmp(path, RA_CREDENTIAL, strlen(RA_CREDENTIAL)) == 0;
	const int n = whole ?
	    snprintf(out, PATH_MAX, "%s", path) :
	    snprintf(out, PATH_MAX, "%s/%s", config->folder, path);

	return n < PATH_MAX ? TMG_OK : TMG_E_USAGE;
}
