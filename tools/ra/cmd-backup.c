/* SPDX-License-Identifier: BSD-2-Clause */
/* tamga-ra backup FILE | restore FILE: the whole store, whatever its back end. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/cmd.h"
#include "tools/ra/life/audit.h"
#include "tools/ra/life/backup.h"

static void
store_release(ra_store **store)
{
	ra_store_free(store);
}

static void
file_release(FILE **file)
{
	if (*file != NULL)
		fclose(*file);
}

#define AUTO_STORE __attribute__((__cleanup__(store_release))) ra_store
#define AUTO_FILE __attribute__((__cleanup__(file_release))) FILE

/* The store that the settings name, and nothing else of the authority. */
static tmg_rc
open_store(const ra_common *common, bool create, tmg_fault *f, ra_store **store)
{
	char path[PATH_MAX], where[PATH_MAX];
	ra_config config;
	mode_t before;
	tmg_rc rc;

	if ((rc = ra_common_config(common, path)) ||
	    (rc = ra_config_load(path, &config, f)))
		return rc;
	if (ra_config_path(&config, config.store, where))
		return tmg_raise(f, TMG_E_USAGE, 0, _("a path is too long"));
	before = umask(077);		/* as tamga-ra init does */
	rc = ra_store_open(where, create, f, store);
	umask(before);
	return rc;
}

static void
print_report(const char *file, const ra_backup_report *r, bool json)
{
	if (json)
		ra_print_json(json_pack("{s:s, s:I, s:s}", "file", file, "rows",
		    (json_int_t)r->rows, "sha256", r->hash));
	else
		printf(_("%s: %" PRId64 " rows; SHA-256 %s\n"), file, r->rows, r->hash);
}

/* ---- backup ---- */

/* On the disk before it takes its name: there is never half a backup. */
static tmg_rc
write_to(ra_store *store, int fd, ra_backup_report *report, tmg_fault *f)
{
	AUTO_FILE *file = fdopen(fd, "w");
	tmg_rc rc;

	if (file == NULL) {
		close(fd);
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	}
	if ((rc = ra_backup_write(store, file, report, f)))
		return rc;
	return fflush(file) == 0 && fsync(fileno(file)) == 0 ? TMG_OK :
	    tmg_raise(f, TMG_E_IO, 0, "%s", strerror(errno));
}

static tmg_rc
backup(ra_store *store, const char *path, ra_backup_report *report,
    tmg_fault *f)
{
	char beside[PATH_MAX];
	tmg_rc rc;
	int fd;

	if (snprintf(beside, sizeof(beside), "%s.%ld.new", path, (long)getpid()) >=
	    (int)sizeof(beside))
		return tmg_raise(f, TMG_E_USAGE, 0, _("%s: too long"), path);
	fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return tmg_raise(f, TMG_E_IO, 0, "%s: %s", beside, strerror(errno));
	rc = write_to(store, fd, report, f);
	if (rc == TMG_OK && rename(beside, path) != 0)
		rc = tmg_raise(f, TMG_E_IO, 0, "%s: %s", path, strerror(errno));
	if (rc)
		unlink(beside);
	return rc;
}

int
ra_cmd_backup(tmg_ctx *ctx, int argc, char **argv)
{
	ra_common common = { .json = false };
	const ra_option options[] = { RA_COMMON_OPTIONS(&common) };
	tmg_fault fault = { .rc = TMG_OK };
	ra_backup_report report;
	AUTO_STORE *store = NULL;
	ra_value args;
	tmg_rc rc;

	(void)ctx;
	if (!ra_args_read(argc, argv, options, TMG_COUNT(options), 1, 1, &args))
		return RA_EXIT_USAGE;
	if ((rc = open_store(&common, false, &fault, &store)) ||
	    (rc = backup(store, args.text[0], &report, &fault)))
		return ra_fail(&fault, rc);
	print_report(args.text[0], &report, common.json);
	return RA_EXIT_DONE;
}

/* ---- restore ---- */

/* The log goes on where it ended, and says that it moved. */
static tmg_rc
note(tmg_ctx *ctx, ra_store *store, const ra_backup_report *report,
    tmg_fault *f)
{
	char name[RA_OWNER_MAX], detail[128];

	ra_officer_name(name, sizeof(name));
	snprintf(detail, sizeof(detail), "rows %" PRId64 " sha256 %s", report->rows,
	    report->hash);
	return ra_audit_add(store, &(ra_audit){ .at = tmg_ctx_now(ctx),
	    .actor = name, .event = "restore", .app = "", .detail = detail }, f);
}

static tmg_rc
restore(tmg_ctx *ctx, ra_store *store, FILE *file, ra_backup_report *report,
    tmg_fault *f)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_rc rc;

	if ((rc = ra_txn_begin(&txn, store)))
		return tmg_fault_copy(f, &store->fault, rc);
	if ((rc = ra_backup_read(store, file, report, f)) ||
	    (rc = note(ctx, store, report, f)))
		return rc;
	rc = ra_txn_commit(&txn);
	return rc ? tmg_fault_copy(f, &store->fault, rc) : TMG_OK;
}

int
ra_cmd_restore(tmg_ctx *ctx, int argc, char **argv)
{
	ra_common common = { .json = false };
	const ra_option options[] = { RA_COMMON_OPTIONS(&common) };
	tmg_fault fault = { .rc = TMG_OK };
	ra_backup_report report;
	AUTO_STORE *store = NULL;
	AUTO_FILE *file = NULL;
	ra_value args;
	tmg_rc rc;

	if (!ra_args_read(argc, argv, options, TMG_COUNT(options), 1, 1, &args))
		return RA_EXIT_USAGE;
	if ((file = fopen(args.text[0], "re")) == NULL)
		return ra_fail(&fault, tmg_raise(&fault, TMG_NOT_FOUND, 0, "%s: %s",
		    args.text[0], strerror(errno)));
	if ((rc = open_store(&common, true, &fault, &store)))
		return ra_fail(&fault, rc);
	if ((rc = restore(ctx, store, file, &report, &fault))) {
		const tmg_fault why = fault;

		return ra_fail(&fault, tmg_raise(&fault, rc, 0, "%s: %s",
		    args.text[0], why.text));
	}
	print_report(args.text[0], &report, common.json);
	return RA_EXIT_DONE;
}
