/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/birth.h"

#include <stdio.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/policy.h"
#include "src/base/scope.h"
#include "tamga/csr.h"
#include "tools/ra/ca/certs-file.h"

/* ---- whom to believe ------------------------------------------------------- */

/* A fault of ours: who asks can do nothing about it. */
static tmg_rc
read_roots(ra_desk *d, const char *name, tmg_certs **roots)
{
	char folder[PATH_MAX], path[PATH_MAX + RA_TEXT_MAX];
	tmg_rc rc;

	if (ra_config_path(&d->office->config, d->office->config.profiles, folder))
		return tmg_raise(&d->fault, TMG_E_USAGE, 0, _("a path is too long"));
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	rc = ra_certs_file(path, roots, &d->fault);
	return rc == TMG_OK || tmg_is_fault(rc) ? rc :
	    tmg_fault_copy(&d->fault, &d->fault, TMG_E_IO);
}

/* ---- what is said ----------------------------------------------------------- */

/* The first is the key's own; it is about this key and no other. */
static tmg_rc
check_key(ra_desk *d, tmg_view csr, tmg_view leaf)
{
	tmg_view wanted, said;

	if (tmg_csr_spki(csr, &wanted) == TMG_OK &&
	    tmg_cert_spki(leaf, &said) == TMG_OK && tmg_view_equal(wanted, said))
		return TMG_OK;
	return tmg_raise(&d->fault, TMG_MISMATCH, 0,
	    _("the attestation is about another key than the request"));
}

static tmg_rc
check_chain(ra_desk *d, const ra_profile *profile, const tmg_certs *chain)
{
	tmg_auto_ptr(tmg_certs) roots = NULL;
	tmg_fault why = { .rc = TMG_OK };
	tmg_rc rc;

	if ((rc = read_roots(d, profile->attest.roots, &roots)))
		return rc;
	rc = tmg_certs_verify(d->office->ctx, tmg_certs_get(chain, 0), chain, roots,
	    NULL, &why);
	if (rc == TMG_OK || rc == TMG_E_NOMEM)
		return rc;
	return tmg_raise(&d->fault, TMG_MISMATCH, 0,
	    _("the attestation leads to nobody who is believed: %s"), why.text);
}

tmg_rc
ra_birth_read(ra_desk *d, const ra_profile *profile, tmg_view csr,
    tmg_attestation *birth)
{
	tmg_auto_ptr(tmg_certs) chain = NULL;
	tmg_rc rc;

	if (profile->attest.roots[0] == '\0')
		return TMG_NOT_FOUND;
	if (tmg_certs_new(&chain))
		return tmg_raise(&d->fault, TMG_E_NOMEM, 0, _("out of memory"));
	rc = tmg_csr_attestation(csr, chain);
	if (rc == TMG_NOT_FOUND || rc == TMG_E_NOMEM)
		return rc;
	if (rc != TMG_OK)
		return tmg_raise(&d->fault, TMG_MISMATCH, 0,
		    _("the request's attestation cannot be read"));
	if ((rc = check_key(d, csr, tmg_certs_get(chain, 0))) ||
	    (rc = check_chain(d, profile, chain)))
		return rc;
	rc = tmg_attestation_read(tmg_ctx_libctx(d->office->ctx),
	    tmg_certs_get(chain, 0), birth);
	return rc == TMG_OK || rc == TMG_E_NOMEM ? rc : tmg_raise(&d->fault,
	    TMG_MISMATCH, 0, _("the attestation does not say how the key is protected"));
}

/* ---- what the profile wants -------------------------------------------------- */

static bool
has_word(const ra_words *words, const char *word)
{
	for (size_t i = 0; i < words->count; i++)
		if (strcmp(words->word[i], word) == 0)
			return true;
	return words->count == 0;
}

static tmg_rc
check_policies(ra_desk *d, const ra_attest *wants, const tmg_attestation *birth)
{
	const char *pin = tmg_pin_policy_name(birth->pin);
	const char *touch = tmg_touch_policy_name(birth->touch);

	if (!has_word(&wants->pin, pin))
		return tmg_raise(&d->fault, TMG_MISMATCH, 0,
		    _("the key's PIN policy is \"%s\", which this profile does not take; make a key with another (tamga enroll --pin-policy)"),
		    pin);
	if (!has_word(&wants->touch, touch))
		return tmg_raise(&d->fault, TMG_MISMATCH, 0,
		    _("the key's touch policy is \"%s\", which this profile does not take; make a key with another (tamga enroll --touch-policy)"),
		    touch);
	return TMG_OK;
}

tmg_rc
ra_birth_check(ra_desk *d, const ra_profile *profile, tmg_view csr)
{
	tmg_attestation birth;
	const tmg_rc rc = ra_birth_read(d, profile, csr, &birth);

	if (rc == TMG_OK)
		return check_policies(d, &profile->attest, &birth);
	if (rc != TMG_NOT_FOUND)
		return rc;
	return !profile->attest.required ? TMG_OK : tmg_raise(&d->fault,
	    TMG_MISMATCH, 0,
	    _("this profile wants the token's attestation that the key was made on it; ask for it with the request (tamga enroll --attest)"));
}

void
ra_birth_say(ra_desk *d, const ra_profile *profile, tmg_view csr,
    char text[RA_BIRTH_TEXT])
{
	tmg_attestation birth;
	tmg_rc rc;

	text[0] = '\0';
	if (profile->attest.roots[0] == '\0' || csr.len == 0)
		return;
	rc = ra_birth_read(d, profile, csr, &birth);
	if (rc == TMG_OK)
		snprintf(text, RA_BIRTH_TEXT,
		    _("on token %s (firmware %s); PIN: %s; touch: %s"),
		    birth.serial[0] != '\0' ? birth.serial : "?",
		    birth.firmware[0] != '\0' ? birth.firmware : "?",
		    _(tmg_pin_policy_name(birth.pin)),
		    _(tmg_touch_policy_name(birth.touch)));
	else
		snprintf(text, RA_BIRTH_TEXT, "%s", rc == TMG_NOT_FOUND ?
		    _("not attested") : d->fault.text);
}
