/* SPDX-License-Identifier: BSD-2-Clause */
#include "drivers/file/file.h"

#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/base/ctx.h"
#include "src/base/scope.h"
#include "src/driver/no.h"

/*
 * Iterations: 600000 is what OWASP asks of PBKDF2 with SHA-256.  Java before
 * 8u301 opens neither AES nor a MAC with SHA-256.
 */
static const tmg_file_kind kinds[] = {
	{ "file:", N_("key files"), -1, "AES-256-CBC", "SHA256", 600000 },
	{ "file+legacy:", N_("old key files"), NID_pbe_WithSHA1And3_Key_TripleDES_CBC,
	    NULL, "SHA1", 100000 },
};

#define SERIAL_BYTES 8
#define LONGEST "/tamga-1.pem.4294967295.new"

/* What names a folder for good: where it is. */
static tmg_rc
name_it(tmg_file *f)
{
	static const char digits[] = "0123456789abcdef";
	tmg_backend_info *info = &f->base.info;
	const char *last = strrchr(f->path, '/');
	uint8_t md[EVP_MAX_MD_SIZE];

	snprintf(info->label, sizeof(info->label), "%.*s", TMG_LABEL_MAX - 1,
	    last != NULL && last[1] != '\0' ? last + 1 : f->path);
	snprintf(info->manufacturer, sizeof(info->manufacturer), "tamga");
	snprintf(info->model, sizeof(info->model), "%s", f->kind->model);
	if (EVP_Q_digest(tmg_file_libctx(f), "SHA256", TMG_FILE_PROPS, f->path,
	    strlen(f->path), md, NULL) != 1)
		return TMG_E_CRYPTO;
	for (unsigned i = 0; i < SERIAL_BYTES; i++) {
		info->serial[2 * i] = digits[md[i] >> 4];
		info->serial[2 * i + 1] = digits[md[i] & 15];
	}
	return TMG_OK;
}

static void
tell_abilities(tmg_backend_info *info)
{
	info->can = TMG_CAN_GENERATE | TMG_CAN_IMPORT | TMG_CAN_DELETE |
	    TMG_CAN_METADATA | TMG_CAN_CHAIN;
	info->algs = 1u << TMG_ALG_RSA2048 | 1u << TMG_ALG_RSA3072 |
	    1u << TMG_ALG_RSA4096 | 1u << TMG_ALG_P256 | 1u << TMG_ALG_P384 |
	    1u << TMG_ALG_P521 | 1u << TMG_ALG_ED25519;
	info->pins[TMG_PIN_USER] = (tmg_pin_rule){ .kind = TMG_PIN_USER, .min = 1,
	    .max = TMG_PIN_MAX };
}

static const tmg_file_kind *
kind_of(const char *path)
{
	for (size_t i = 0; i < TMG_COUNT(kinds); i++)
		if (strncmp(path, kinds[i].scheme, strlen(kinds[i].scheme)) == 0)
			return &kinds[i];
	return NULL;
}

static tmg_rc
file_probe_path(tmg_ctx *ctx, const char *path, tmg_probe *found)
{
	const tmg_file_kind *kind = kind_of(path);
	struct stat st;
	tmg_file *f;
	tmg_rc rc;

	if (kind == NULL)
		return TMG_NOT_FOUND;
	path += strlen(kind->scheme);
	if (strlen(path) + sizeof(LONGEST) > PATH_MAX || stat(path, &st) != 0 ||
	    !S_ISDIR(st.st_mode))
		return TMG_NOT_FOUND;
	if ((f = calloc(1, sizeof(*f))) == NULL)
		return TMG_E_NOMEM;
	f->base.driver = &tmg_driver_file;
	f->base.ctx = ctx;
	f->kind = kind;
	strcpy(f->path, path);
	tell_abilities(&f->base.info);
	if ((rc = name_it(f))) {
		free(f);
		return tmg_raise(found->fault, rc, 0, _("libcrypto refused SHA-256"));
	}
	return found->add(found, &f->base);
}

static void
file_close(tmg_backend *b)
{
	tmg_file *f = tmg_file_of(b);

	(void)tmg_file_logout(b);
	sk_X509_pop_free(f->chain, X509_free);
	explicit_bzero(f, sizeof(*f));
	free(f);
}

const tmg_driver tmg_driver_file = {
	.version = TMG_DRIVER_VERSION,
	.name = "file",
	.spec = "RFC 7292",
	.likely = tmg_no_likely,
	.probe = tmg_no_probe,
	.probe_path = file_probe_path,
	.identify = tmg_no_identify,
	.slots = tmg_file_slots,
	.survey = tmg_no_survey,
	.facts = tmg_file_facts,
	.cert_read = tmg_file_cert_read,
	.cert_write = tmg_file_cert_write,
	.cert_delete = tmg_file_cert_delete,
	.cert_chain = tmg_file_cert_chain,
	.tries = tmg_no_tries,
	.factory = tmg_no_factory,
	.verify = tmg_file_verify,
	.change = tmg_file_change,
	.verify_typed = tmg_no_verify_typed,
	.change_typed = tmg_no_change_typed,
	.unblock = tmg_no_unblock,
	.logout = tmg_file_logout,
	.logged_in = tmg_file_logged_in,
	.admin_auto = tmg_file_admin_auto,
	.generate = tmg_file_generate,
	.import = tmg_file_import,
	.key_delete = tmg_file_key_delete,
	.key_move = tmg_no_key_move,
	.key_policy = tmg_no_key_policy,
	.attest = tmg_no_attest,
	.sign = tmg_file_sign,
	.decrypt = tmg_file_decrypt,
	.derive = tmg_file_derive,
	.data_slots = tmg_no_data_slots,
	.data_read = tmg_no_data_read,
	.data_write = tmg_no_data_write,
	.data_delete = tmg_no_data_delete,
	.random = tmg_no_random,
	.reset = tmg_no_reset,
	.setup = tmg_no_setup,
	.begin = tmg_no_begin,
	.hash_pins = tmg_no_hash_pins,
	.admin_protect = tmg_no_admin_protect,
	.close = file_close,
};
