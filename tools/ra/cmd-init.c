/* SPDX-License-Identifier: BSD-2-Clause */
/* tamga-ra init DIR: an authority with everything it needs to serve. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/ca/passphrase.h"
#include "tools/ra/ceremony.h"
#include "tools/ra/cmd.h"
#include "tools/ra/life/audit.h"

#define SERVER_DAYS 825
#define COPIED_MAX 1048576

struct plan {
	const char *dir, *name, *profiles, *default_profile, *crl_url, *passphrase;
	const char *store, *key, *pin, *root, *root_secret, *vcard,
	    *root_name, *root_crl;
	const char *hosts[RA_VALUES_MAX];
	size_t host_count;
	tmg_alg alg;
	tmg_ctx *ctx;
	tmg_fault *f;
};

static tmg_rc
below(const struct plan *p, const char *name, char path[PATH_MAX])
{
	return snprintf(path, PATH_MAX, "%s/%s", p->dir, name) < PATH_MAX ?
	    TMG_OK : tmg_raise(p->f, TMG_E_USAGE, 0, _("%s: too long"), p->dir);
}

static tmg_rc
write_below(const struct plan *p, const char *name, tmg_view data, unsigned mode)
{
	char path[PATH_MAX];
	tmg_rc rc;

	if ((rc = below(p, name, path)))
		return rc;
	if ((rc = tmg_file_replace(path, data, mode)))
		return tmg_raise(p->f, rc, 0, "%s: %s", path, strerror(errno));
	return TMG_OK;
}

/* Nothing that is there is overwritten. */
static tmg_rc
make_folder(const struct plan *p)
{
	char path[PATH_MAX];
	tmg_rc rc;

	if ((rc = below(p, RA_CONFIG_NAME, path)))
		return rc;
	if (access(path, F_OK) == 0)
		return tmg_raise(p->f, TMG_OCCUPIED, 0,
		    _("%s is an authority already; choose another folder"), p->dir);
	if ((rc = below(p, "profiles", path)))
		return rc;
	if ((rc = tmg_file_folder(p->dir, 0700)) == TMG_OK)
		rc = tmg_file_folder(path, 0700);
	return rc ? tmg_raise(p->f, rc, 0, "%s: %s", path, strerror(errno)) : TMG_OK;
}

static tmg_rc
copy_file(const struct plan *p, const char *name)
{
	tmg_auto_free uint8_t *text = NULL;
	char from[PATH_MAX], to[PATH_MAX];
	size_t len;
	tmg_rc rc;

	if (snprintf(from, sizeof(from), "%s/%s", p->profiles, name) >=
	    (int)sizeof(from) ||
	    snprintf(to, sizeof(to), "profiles/%s", name) >= (int)sizeof(to))
		return tmg_raise(p->f, TMG_E_USAGE, 0, _("%s: too long"), p->profiles);
	if ((rc = tmg_file_read(from, COPIED_MAX, &text, &len)))
		return tmg_raise(p->f, rc, 0, "%s: %s", from, strerror(errno));
	return write_below(p, to, (tmg_view){ text, len }, 0644);
}

/* Every text that lies beside it. */
static tmg_rc
copy_texts(const struct plan *p, const ra_profile *profile)
{
	const char *texts[] = { profile->consent.text, profile->policy,
		profile->instructions, profile->attest.roots };
	tmg_rc rc = TMG_OK;

	for (size_t i = 0; i < TMG_COUNT(texts) && rc == TMG_OK; i++)
		if (texts[i][0] != '\0')
			rc = copy_file(p, texts[i]);
	for (size_t i = 0; i < profile->document_count && rc == TMG_OK; i++)
		if (profile->document[i].form[0] != '\0')
			rc = copy_file(p, profile->document[i].form);
	return rc;
}

static tmg_rc
copy_profile(const struct plan *p, const ra_profile *profile)
{
	char name[RA_TEXT_MAX + 16];
	tmg_rc rc;

	snprintf(name, sizeof(name), "%s.profile", profile->name);
	return (rc = copy_file(p, name)) ? rc : copy_texts(p, profile);
}

/* What they say in other languages. */
static tmg_rc
copy_catalogues(const struct plan *p, const ra_texts *texts)
{
	const char *file;
	tmg_rc rc = TMG_OK;

	for (size_t i = 0; rc == TMG_OK &&
	    (file = ra_texts_file(texts, i)) != NULL; i++)
		rc = copy_file(p, file);
	return rc;
}

static tmg_rc
copy_profiles(const struct plan *p)
{
	tmg_auto(ra_profiles) all = { 0 };
	tmg_rc rc;

	if ((rc = ra_profiles_load(p->profiles, &all, p->f)))
		return rc;
	if (ra_profiles_find(&all, p->default_profile) == NULL)
		return tmg_raise(p->f, TMG_NOT_FOUND, 0,
		    _("%s holds no profile %s"), p->profiles, p->default_profile);
	for (size_t i = 0; i < all.count; i++)
		if ((rc = copy_profile(p, &all.row[i])))
			return rc;
	return copy_catalogues(p, all.texts);
}

/* With the authority behind it where that is not what clients trust by itself. */
static tmg_rc
write_server(const struct plan *p, const ra_made *server, const ra_tiers *tiers)
{
	const tmg_view open = { NULL, 0 };
	char path[PATH_MAX];
	tmg_rc rc;

	if ((rc = below(p, "server.key", path)) ||
	    (rc = ra_write_key(server->key, open, path, p->f)) ||
	    (rc = below(p, "server.pem", path)))
		return rc;
	return ra_write_cert(server->cert, tiers->root.cert != NULL ?
	    tiers->ca.cert : NULL, path, p->f);
}

static tmg_rc
note_server(ra_store *store, const struct plan *p, const ra_made *server,
    const char *ca_hash)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_auto(ra_cert) cert = { .not_before = server->not_before,
		.not_after = server->not_after };
	char detail[RA_REASON_MAX], name[RA_OWNER_MAX];
	unsigned char *der = NULL;
	const int len = i2d_X509(server->cert, &der);
	tmg_rc rc;

	memcpy(cert.serial, server->serial, sizeof(cert.serial));
	snprintf(detail, sizeof(detail), "authority sha256 %s server serial %s",
	    ca_hash, server->serial);
	ra_officer_name(name, sizeof(name));
	if ((rc = ra_txn_begin(&txn, store)) == TMG_OK &&
	    (rc = ra_cert_reserve(store, &cert)) == TMG_OK)
		rc = ra_cert_finish(store, cert.serial,
		    (tmg_view){ der, (size_t)len });
	OPENSSL_free(der);
	if (rc)
		return tmg_fault_copy(p->f, &store->fault, rc);
	if ((rc = ra_audit_add(store, &(ra_audit){ .at = tmg_ctx_now(p->ctx),
	    .actor = name, .event = "init", .app = "", .detail = detail }, p->f)))
		return rc;
	rc = ra_txn_commit(&txn);
	return rc ? tmg_fault_copy(p->f, &store->fault, rc) : TMG_OK;
}

static void
store_release(ra_store **store)
{
	ra_store_free(store);
}

/* A database may hold another authority's. */
static tmg_rc
check_new(ra_store *store, const struct plan *p)
{
	char head[RA_HASH_TEXT];
	int64_t seq;
	const tmg_rc rc = ra_audit_head(store, &seq, head);

	if (rc)
		return tmg_fault_copy(p->f, &store->fault, rc);
	return seq == 0 ? TMG_OK : tmg_raise(p->f, TMG_OCCUPIED, 0,
	    _("%s is the store of an authority already; choose another database or schema"),
	    p->store);
}

static tmg_rc
store_path(const struct plan *p, char path[PATH_MAX])
{
	if (strstr(p->store, "://") == NULL && p->store[0] != '/')
		return below(p, p->store, path);
	return snprintf(path, PATH_MAX, "%s", p->store) < PATH_MAX ? TMG_OK :
	    tmg_raise(p->f, TMG_E_USAGE, 0, _("%s: too long"), p->store);
}

static tmg_rc
make_store(const struct plan *p, const ra_made *server, const char *ca_hash)
{
	__attribute__((__cleanup__(store_release))) ra_store *store = NULL;
	char path[PATH_MAX];
	mode_t before;
	tmg_rc rc;

	if ((rc = store_path(p, path)))
		return rc;
	/* personal data; what SQLite puts beside it takes the same mode */
	before = umask(077);
	rc = ra_store_open(path, true, p->f, &store);
	umask(before);
	if (rc == TMG_OK)
		rc = check_new(store, p);
	return rc ? rc : note_server(store, p, server, ca_hash);
}

/* A file is named from where the server will be; other sources as they are. */
static tmg_rc
whole_path(const struct plan *p, const char *source, char path[PATH_MAX])
{
	if (source[0] == '\0' || strncmp(source, RA_CREDENTIAL,
	    strlen(RA_CREDENTIAL)) == 0)
		snprintf(path, PATH_MAX, "%s", source);
	else if (realpath(source, path) == NULL)
		return tmg_raise(p->f, TMG_E_IO, 0, "%s: %s", source,
		    strerror(errno));
	return TMG_OK;
}

static tmg_rc
ca_settings(const struct plan *p, char *text, size_t cap)
{
	const bool token = p->key[0] != '\0';
	char passphrase[PATH_MAX], pin[PATH_MAX], vcard[PATH_MAX];
	tmg_rc rc;
	int n;

	if ((rc = whole_path(p, p->passphrase, passphrase)) ||
	    (rc = whole_path(p, p->pin, pin)) ||
	    (rc = whole_path(p, p->vcard, vcard)))
		return rc;
	n = token ? snprintf(text, cap, "  key = \"%s\";\n  pin_file = \"%s\";\n"
	    "  vcard = \"%s\";\n", p->key, pin, vcard) :
	    snprintf(text, cap, "  key = \"ca.key\";\n"
	    "  passphrase_file = \"%s\";\n", passphrase);
	return n >= 0 && (size_t)n < cap ? TMG_OK :
	    tmg_raise(p->f, TMG_E_USAGE, 0, _("the settings are too long"));
}

/* Written last: with it the folder is an authority. */
static tmg_rc
write_config(const struct plan *p)
{
	char ca[3 * PATH_MAX], text[4 * PATH_MAX];
	tmg_rc rc;
	int n;

	if ((rc = ca_settings(p, ca, sizeof(ca))))
		return rc;
	n = snprintf(text, sizeof(text),
	    "# tamga-ra.conf(5)\n"
	    "listen = \"127.0.0.1:8443\";\n"
	    "store = \"%s\";\n"
	    "profiles = \"profiles\";\n"
	    "default_profile = \"%s\";\n"
	    "# how long those are told to wait whom an officer has to approve, seconds\n"
	    "retry_after = 300;\n"
	    "threads = 4;\n"
	    "connections = 1024;\n"
	    "# how long a client may take to say a request\n"
	    "request_seconds = 30;\n"
	    "ca: {\n"
	    "  certificate = \"ca.pem\";\n"
	    "%s"
	    "};\n"
	    "tls: {\n"
	    "  certificate = \"server.pem\";\n"
	    "  key = \"server.key\";\n"
	    "};\n"
	    "crl: {\n"
	    "  days = 7;\n"
	    "  # written into certificates; empty: nothing is\n"
	    "  url = \"%s\";\n"
	    "%s"
	    "};\n", p->store, p->default_profile, ca, p->crl_url,
	    p->root_crl[0] == '\0' ? "" :
	    "  # the list of the root above, as tamga-ra root list makes the next ones\n"
	    "  root_file = \"" RA_ROOT_LIST "\";\n");
	if (n < 0 || n >= (int)sizeof(text))
		return tmg_raise(p->f, TMG_E_USAGE, 0, _("the settings are too long"));

	ra_config check;

	rc = ra_config_parse(RA_CONFIG_NAME, text, &check, p->f);
	return rc ? rc : write_below(p, RA_CONFIG_NAME,
	    (tmg_view){ (uint8_t *)text, (size_t)n }, 0644);
}

static tmg_rc
make_all(const struct plan *p, ra_tiers *tiers, ra_made *server,
    char ca_hash[RA_HASH_TEXT])
{
	const ra_ceremony ceremony = { p->ctx, p->name, p->alg, p->dir, p->key,
		p->key[0] != '\0' ? p->pin : p->passphrase, p->root,
		p->root_secret, p->vcard, p->root_name, p->root_crl };
	uint8_t hash[32];
	tmg_rc rc;

	if ((rc = ra_ceremony_hold(&ceremony, tiers, p->f)) ||
	    (rc = ra_make_server(p->ctx, tiers->ca.cert, tiers->keeper, p->hosts,
	    p->host_count, SERVER_DAYS, server, p->f)) ||
	    (rc = write_server(p, server, tiers)))
		return rc;
	if (X509_digest(ra_tiers_anchor(tiers), EVP_sha256(), hash, NULL) != 1)
		return tmg_raise(p->f, TMG_E_CRYPTO, 0, _("hashing failed"));
	ra_hex_lower(ca_hash, TMG_VIEW(hash));
	return TMG_OK;
}

static tmg_rc
init(const struct plan *p, char ca_hash[RA_HASH_TEXT])
{
	tmg_auto(ra_tiers) tiers = { .keeper = NULL };
	tmg_auto(ra_made) server = { .key = NULL };
	tmg_rc rc;

	if ((rc = make_folder(p)) || (rc = copy_profiles(p)) ||
	    (rc = make_all(p, &tiers, &server, ca_hash)) ||
	    (rc = make_store(p, &server, ca_hash)))
		return rc;
	return write_config(p);
}

static void
print_made(const struct plan *p, const char *ca_hash, bool json)
{
	if (json) {
		ra_print_json(json_pack("{s:s, s:s}", "folder", p->dir,
		    "ca_sha256", ca_hash));
		return;
	}
	printf(_("authority \"%s\" made in %s\n"), p->name, p->dir);
	printf(_("CA certificate SHA-256 %s\n"), ca_hash);
	printf(_("next: tamga-ra user add NAME --password-file FILE --dir %s\n"
	    "      tamga-ra serve %s\n"), p->dir, p->dir);
}

int
ra_cmd_init(tmg_ctx *ctx, int argc, char **argv)
{
	bool json = false;
	ra_value args, name = { .count = 0 }, host = { .count = 0 },
	    key_type = { .count = 0 }, profiles = { .count = 0 },
	    default_profile = { .count = 0 }, crl_url = { .count = 0 },
	    passphrase = { .count = 0 }, store = { .count = 0 },
	    key = { .count = 0 }, pin = { .count = 0 }, root = { .count = 0 },
	    root_secret = { .count = 0 }, vcard = { .count = 0 },
	    root_name = { .count = 0 }, root_crl = { .count = 0 };
	const ra_option options[] = {
		{ "json", &json, NULL, 0 },
		{ "name", NULL, &name, 1 },
		{ "host", NULL, &host, RA_VALUES_MAX },
		{ "key-type", NULL, &key_type, 1 },
		{ "profiles", NULL, &profiles, 1 },
		{ "default-profile", NULL, &default_profile, 1 },
		{ "crl-url", NULL, &crl_url, 1 },
		{ "passphrase-file", NULL, &passphrase, 1 },
		{ "store", NULL, &store, 1 },
		{ "key", NULL, &key, 1 },
		{ "pin-file", NULL, &pin, 1 },
		{ "root", NULL, &root, 1 },
		{ "root-name", NULL, &root_name, 1 },
		{ "root-crl-url", NULL, &root_crl, 1 },
		{ "root-secret-file", NULL, &root_secret, 1 },
		{ "vcard", NULL, &vcard, 1 },
	};
	tmg_fault fault = { .rc = TMG_OK };
	char ca_hash[RA_HASH_TEXT];
	tmg_rc rc;

	if (!ra_args_read(argc, argv, options, TMG_COUNT(options), 1, 1, &args))
		return RA_EXIT_USAGE;

	struct plan plan = { .dir = args.text[0],
		.name = ra_value_or(&name, "tamga test authority"),
		.profiles = ra_value_or(&profiles, TMG_PROFILES),
		.default_profile = ra_value_or(&default_profile, "employee"),
		.crl_url = ra_value_or(&crl_url, ""),
		.store = ra_value_or(&store, "store.db"),
		.passphrase = ra_value_or(&passphrase, ""),
		.key = ra_value_or(&key, ""), .pin = ra_value_or(&pin, ""),
		.root = ra_value_or(&root, ""),
		.root_secret = ra_value_or(&root_secret, ""),
		.root_name = ra_value_or(&root_name, ""),
		.root_crl = ra_value_or(&root_crl, ""),
		.vcard = ra_value_or(&vcard, ""),
		.hosts = { "localhost", "127.0.0.1", "::1" }, .host_count = 3,
		.alg = TMG_ALG_P256, .ctx = ctx, .f = &fault };

	if (host.count > 0) {
		memcpy(plan.hosts, host.text, sizeof(plan.hosts));
		plan.host_count = host.count;
	}
	if (tmg_alg_parse(ra_value_or(&key_type, "ec:p256"), &plan.alg) ||
	    tmg_alg_get(plan.alg)->family == TMG_FAMILY_X) {
		fprintf(stderr, "tamga-ra: %s: %s\n", key_type.text[0],
		    _("no key type that can sign; ec:p256, ec:p384, rsa:3072, ..."));
		return RA_EXIT_USAGE;
	}
	if (plan.key[0] != '\0' && (!ra_keysource_is_token(plan.key) ||
	    plan.pin[0] == '\0')) {
		fprintf(stderr, "tamga-ra: %s\n",
		    _("--key takes a token's key (pkcs11:...) and needs --pin-file"));
		return RA_EXIT_USAGE;
	}
	if (plan.root_crl[0] != '\0' && plan.root[0] == '\0') {
		fprintf(stderr, "tamga-ra: %s\n",
		    _("--root-crl-url is of a root: it needs --root"));
		return RA_EXIT_USAGE;
	}
	if ((rc = init(&plan, ca_hash)))
		return ra_fail(&fault, rc);
	print_made(&plan, ca_hash, json);
	return RA_EXIT_DONE;
}
