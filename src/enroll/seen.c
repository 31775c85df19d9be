/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What bindings from outside see of their authority.
 */
#include <stdarg.h>
#include <stdio.h>

#include "src/base/fail.h"
#include "src/enroll/authority.h"

tmg_ctx *
tmg_authority_ctx(const tmg_authority *a)
{
	return a->ctx;
}

const tmg_authority_spec *
tmg_authority_spec_of(const tmg_authority *a)
{
	return &a->spec;
}

const char *
tmg_authority_where(const tmg_authority *a)
{
	return a->uri.where;
}

const char *
tmg_authority_path(const tmg_authority *a)
{
	return a->uri.path;
}

void
tmg_authority_base(const tmg_authority *a, char *to, size_t cap)
{
	tmg_ca_uri_base(&a->uri, to, cap);
}

bool
tmg_authority_rehearses(const tmg_authority *a)
{
	return a->rehearses;
}

void **
tmg_authority_state(tmg_authority *a)
{
	return &a->state;
}

tmg_rc
tmg_authority_say(tmg_authority *a, tmg_rc rc, const char *words, ...)
{
	char text[TMG_FAULT_TEXT];
	va_list ap;

	va_start(ap, words);
	vsnprintf(text, sizeof(text), words, ap);
	va_end(ap);
	return tmg_authority_raise(a, rc, "%s", text);
}
