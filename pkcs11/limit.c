/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/limit.h"

#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"

struct limited {
	tmg_link link;
	tmg_link *inner;
	tmg_p11_limit *limit;
};

static struct limited *
of(tmg_link *link)
{
	return (struct limited *)link;
}

/* What the link below found may be another card state. */
static tmg_rc
heard(struct limited *l, tmg_rc rc)
{
	const tmg_link *in = l->inner;

	memcpy(l->link.atr, in->atr, sizeof(l->link.atr));
	l->link.atr_len = in->atr_len;
	l->link.protocol = in->protocol;
	l->link.longest = in->longest;
	l->link.keypad = in->keypad;
	l->link.unheard = in->unheard;
	return tmg_fault_copy(&l->link.fault, &in->fault, rc);
}

static tmg_rc
in_time(struct limited *l)
{
	tmg_p11_limit *limit = l->limit;

	if (limit->until == 0 || tmg_now_ms() < limit->until)
		return TMG_OK;
	limit->late = true;
	return tmg_raise(&l->link.fault, TMG_E_IO, 0,
	    _("the card is slow; it is asked again when a session is opened"));
}

static tmg_rc
begin(tmg_link *link)
{
	struct limited *l = of(link);
	tmg_rc rc;

	if ((rc = in_time(l)))
		return rc;
	return heard(l, l->inner->ops->begin(l->inner));
}

static void
end(tmg_link *link)
{
	of(link)->inner->ops->end(of(link)->inner);
}

static tmg_rc
transmit(tmg_link *link, tmg_view command, tmg_out *response)
{
	struct limited *l = of(link);
	tmg_rc rc;

	if ((rc = in_time(l)))
		return rc;
	return heard(l, l->inner->ops->transmit(l->inner, command, response));
}

/* A person takes the time that he takes: nobody looks at a card so. */
static tmg_rc
enter(tmg_link *link, const tmg_pad_form *form, tmg_view command,
    tmg_out *response)
{
	struct limited *l = of(link);

	return heard(l, l->inner->ops->enter(l->inner, form, command, response));
}

static tmg_rc
reset(tmg_link *link)
{
	struct limited *l = of(link);

	return heard(l, l->inner->ops->reset(l->inner));
}

static void
close_link(tmg_link *link, bool with_reset)
{
	struct limited *l = of(link);

	l->inner->ops->close(l->inner, with_reset);
	free(l);
}

static const tmg_link_ops ops = {
	.begin = begin,
	.end = end,
	.transmit = transmit,
	.enter = enter,
	.reset = reset,
	.close = close_link,
};

tmg_rc
tmg_p11_limit_link(tmg_p11_limit *limit, tmg_link *inner, tmg_link **link)
{
	struct limited *l = calloc(1, sizeof(*l));

	*link = NULL;
	if (l == NULL) {
		inner->ops->close(inner, false);
		return TMG_E_NOMEM;
	}
	l->link.ops = &ops;
	l->inner = inner;
	l->limit = limit;
	*link = &l->link;
	return heard(l, TMG_OK);
}
