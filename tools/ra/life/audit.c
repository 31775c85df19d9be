/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/life/audit.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/life/replay.h"
#include "tools/ra/store/digest.h"

static bool
add_field(EVP_MD_CTX *md, const char *text)
{
	return ra_md_field(md, tmg_view_str(text));
}

tmg_rc
ra_audit_hash(const char *before, const ra_audit *entry, char hash[RA_HASH_TEXT])
{
	tmg_auto(ra_md) md = { EVP_MD_CTX_new() };
	uint8_t bytes[32];
	char seq[24], at[24];

	snprintf(seq, sizeof(seq), "%" PRId64, entry->seq);
	snprintf(at, sizeof(at), "%" PRId64, (int64_t)entry->at);
	if (md.ctx == NULL || EVP_DigestInit_ex(md.ctx, EVP_sha256(), NULL) != 1 ||
	    !add_field(md.ctx, before) || !add_field(md.ctx, seq) ||
	    !add_field(md.ctx, at) || !add_field(md.ctx, entry->actor) ||
	    !add_field(md.ctx, entry->event) || !add_field(md.ctx, entry->app) ||
	    !add_field(md.ctx, entry->detail) ||
	    EVP_DigestFinal_ex(md.ctx, bytes, NULL) != 1)
		return TMG_E_CRYPTO;

	ra_hex_lower(hash, TMG_VIEW(bytes));
	return TMG_OK;
}

tmg_rc
ra_audit_add(ra_store *store, const ra_audit *entry, tmg_fault *f)
{
	char before[RA_HASH_TEXT], hash[RA_HASH_TEXT];
	ra_audit whole = *entry;
	tmg_rc rc;

	if ((rc = ra_audit_head(store, &whole.seq, before)))
		return tmg_fault_copy(f, &store->fault, rc);
	whole.seq++;
	whole.hash = hash;
	if ((rc = ra_audit_hash(before, &whole, hash)))
		return tmg_raise(f, rc, 0, _("the audit log's hash failed"));
	if ((rc = ra_audit_put(store, &whole)))
		return tmg_fault_copy(f, &store->fault, rc);
	return TMG_OK;
}

struct verifying {
	ra_audit_report *report;
	const char *known;
	ra_replay *replay;
	tmg_fault *f;
};

static tmg_rc
verify_entry(void *arg, const ra_audit *entry)
{
	struct verifying *v = arg;
	char hash[RA_HASH_TEXT];
	tmg_rc rc;

	if (entry->seq != v->report->entries + 1)
		return tmg_raise(v->f, TMG_MISMATCH, 0,
		    _("audit entry %" PRId64 " is missing"), v->report->entries + 1);
	if ((rc = ra_audit_hash(v->report->head, entry, hash)))
		return tmg_raise(v->f, rc, 0, _("the audit log's hash failed"));
	if (strcmp(hash, entry->hash) != 0)
		return tmg_raise(v->f, TMG_MISMATCH, 0,
		    _("audit entry %" PRId64 " (%s %s) was changed after it was written"),
		    entry->seq, entry->event, entry->app);

	v->report->entries++;
	memcpy(v->report->head, hash, sizeof(hash));
	if (strcmp(hash, v->known) == 0)
		v->report->saw_head = true;
	return ra_replay_entry(v->replay, entry, v->f);
}

tmg_rc
ra_audit_verify(ra_store *store, const char *known, ra_audit_report *report,
    tmg_fault *f)
{
	tmg_auto(ra_replay) replay = { NULL };
	struct verifying v = { report, known, &replay, f };
	tmg_rc rc;

	*report = (ra_audit_report){ .saw_head = known[0] == '\0' };
	*f = (tmg_fault){ .rc = TMG_OK };
	if ((rc = ra_audit_each(store, verify_entry, &v)))
		return f->rc ? rc : tmg_fault_copy(f, &store->fault, rc);
	if (!report->saw_head)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("the audit log does not contain the head %s: entries were cut off"),
		    known);
	return ra_replay_compare(&replay, store, f);
}
