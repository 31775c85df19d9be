/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/reader/vcard.h"

#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/reader/frame.h"
#include "src/reader/part10.h"

struct vcard_link {
	tmg_link link;
	int fd;			/* -1: the card is gone, for good */
	bool fresh;		/* no turn was taken yet */
	char reader[TMG_READER_NAME];
};

static struct vcard_link *
of(tmg_link *link)
{
	return (struct vcard_link *)link;
}

tmg_rc
tmg_vcard_control(int fd, uint8_t control)
{
	return tmg_frame_send(fd, (tmg_view){ &control, 1 },
	    TMG_VCARD_CONTROL_MS);
}

tmg_rc
tmg_vcard_ask_atr(int fd, uint8_t atr[TMG_ATR_MAX], size_t *len)
{
	tmg_out out = { atr, TMG_ATR_MAX, 0, false };
	tmg_rc rc;

	*len = 0;
	if ((rc = tmg_vcard_control(fd, TMG_VCARD_ATR)))
		return rc;
	rc = tmg_frame_recv(fd, -1, TMG_VCARD_CONTROL_MS, &out);
	if (rc)
		return rc == TMG_PENDING ? TMG_E_IO : rc;
	*len = out.len;
	return out.len > 0 ? TMG_OK : TMG_REMOVED;
}

/* The first protocol that the ATR offers: low half of TD(1), T=0 without it;
 * ISO/IEC 7816-3. */
static unsigned
protocol_of(const tmg_link *link)
{
	size_t td1 = 2;

	if (link->atr_len < 2 || !(link->atr[1] & 0x80))
		return 0;
	for (unsigned bit = 0x10; bit < 0x80; bit <<= 1)
		td1 += (link->atr[1] & bit) != 0;
	return td1 < link->atr_len ? link->atr[td1] & 0x0f : 0;
}

/* Nothing that happens on this connection any more can be trusted. */
static void
hang_up(struct vcard_link *l)
{
	tmg_scope_close(&l->fd);
	l->fd = -1;
}

static tmg_rc
removed(struct vcard_link *l)
{
	hang_up(l);
	return tmg_raise(&l->link.fault, TMG_REMOVED, 0,
	    _("%s: the card is gone; insert it or start tamga-vcard again"),
	    l->reader);
}

/* Maps what a frame call said; anything but success ends the connection. */
static tmg_rc
lost(struct vcard_link *l, tmg_rc rc)
{
	if (rc == TMG_REMOVED)
		return removed(l);
	hang_up(l);
	if (rc == TMG_PENDING || rc == TMG_E_IO)
		return tmg_raise(&l->link.fault, TMG_E_IO, 0,
		    _("%s: the card did not answer in time; start tamga-vcard "
		    "again"), l->reader);
	return tmg_raise(&l->link.fault, TMG_E_MALFORMED, 0,
	    _("%s: the peer does not speak the protocol of tamga-vcard"),
	    l->reader);
}

static tmg_rc
refresh(struct vcard_link *l)
{
	const tmg_rc rc = tmg_vcard_ask_atr(l->fd, l->link.atr,
	    &l->link.atr_len);

	l->link.protocol = protocol_of(&l->link);
	return rc;
}

static tmg_rc
was_reset(struct vcard_link *l)
{
	const tmg_rc rc = refresh(l);

	if (rc)
		return lost(l, rc);
	return tmg_raise(&l->link.fault, TMG_RESET, 0,
	    _("%s: the card was reset by another program"), l->reader);
}

static tmg_rc
begin(tmg_link *link)
{
	struct vcard_link *l = of(link);
	const bool fresh = l->fresh;
	uint8_t answer[1];
	tmg_out out = TMG_OUT(answer);
	tmg_rc rc;

	if (l->fd < 0)
		return removed(l);
	if ((rc = tmg_vcard_control(l->fd, TMG_VCARD_BEGIN)))
		return lost(l, rc);
	rc = tmg_frame_recv(l->fd, -1, TMG_VCARD_APDU_MS, &out);
	if (rc == TMG_PENDING) {
		hang_up(l);	/* it would be granted to nobody later */
		return tmg_raise(&link->fault, TMG_BUSY, 0,
		    _("%s: another program keeps the card for itself; end it "
		    "and try again"), l->reader);
	}
	if (rc || out.len != 1)
		return lost(l, rc ? rc : TMG_E_MALFORMED);

	l->fresh = false;
	link->keypad = (answer[0] & TMG_VCARD_HAS_KEYPAD) != 0
	    ? TMG_PAD_VERIFY | TMG_PAD_CHANGE : 0;
	answer[0] &= (uint8_t)~TMG_VCARD_HAS_KEYPAD;
	if (answer[0] == TMG_VCARD_NO_CARD)
		return removed(l);
	/* A new connection knows of no reset: there is nothing to lose yet. */
	return answer[0] == TMG_VCARD_WAS_RESET && !fresh ? was_reset(l)
	    : TMG_OK;
}

static void
end(tmg_link *link)
{
	struct vcard_link *l = of(link);

	if (l->fd >= 0 && tmg_vcard_control(l->fd, TMG_VCARD_END))
		hang_up(l);
}

/* One frame there, one back. */
static tmg_rc
ask(struct vcard_link *l, tmg_view frame, tmg_out *response)
{
	const size_t before = response->len;
	tmg_rc rc;

	if ((rc = tmg_frame_send(l->fd, frame, TMG_VCARD_CONTROL_MS)) ||
	    (rc = tmg_frame_recv(l->fd, -1, TMG_VCARD_APDU_MS, response)))
		return lost(l, rc);
	/* No answer: the card left, or it was reset under the command. */
	return response->len > before ? TMG_OK : was_reset(l);
}

static tmg_rc
transmit(tmg_link *link, tmg_view command, tmg_out *response)
{
	struct vcard_link *l = of(link);

	if (l->fd < 0)
		return removed(l);
	if (command.len < 4 || command.len > link->longest)
		return tmg_raise(&link->fault, TMG_E_USAGE, 0,
		    "a command of %zu bytes", command.len);
	return ask(l, command, response);
}

static tmg_rc
enter(tmg_link *link, const tmg_pad_form *form, tmg_view command,
    tmg_out *response)
{
	static const tmg_part10_properties any;
	struct vcard_link *l = of(link);
	uint8_t bytes[TMG_PART10_MAX];
	tmg_out told = TMG_OUT(bytes);
	const size_t before = response->len;
	tmg_rc rc;

	if (l->fd < 0)
		return removed(l);
	if (link->keypad == 0)
		return tmg_part10_none(&link->fault, l->reader);
	if ((rc = tmg_part10_put(&any, form, command, &told)))
		return tmg_raise(&link->fault, rc, 0, "the form of a PIN");
	if ((rc = tmg_vcard_control(l->fd, form->change ? TMG_VCARD_CHANGE
	    : TMG_VCARD_ENTER)))
		return lost(l, rc);
	if ((rc = ask(l, tmg_out_view(&told), response)))
		return rc;
	return tmg_part10_judge(&link->fault, l->reader,
	    (tmg_view){ response->ptr + before, response->len - before });
}

static tmg_rc
reset(tmg_link *link)
{
	struct vcard_link *l = of(link);
	tmg_rc rc;

	if (l->fd < 0)
		return removed(l);
	if ((rc = tmg_vcard_control(l->fd, TMG_VCARD_RESET)) ||
	    (rc = refresh(l)))
		return lost(l, rc);
	return TMG_OK;
}

static void
close_link(tmg_link *link, bool with_reset)
{
	struct vcard_link *l = of(link);

	if (with_reset && l->fd >= 0) {
		/* In a turn, so that nobody else's command is cut off. */
		tmg_rc rc = begin(link);

		if (rc == TMG_OK || rc == TMG_RESET) {
			rc = reset(link);
			end(link);
		}
	}
	hang_up(l);
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
tmg_vcard_link(int fd, const char *reader, tmg_fault *f, tmg_link **link)
{
	struct vcard_link *l = calloc(1, sizeof(*l));
	tmg_rc rc;

	*link = NULL;
	if (l == NULL) {
		tmg_scope_close(&fd);
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	}
	l->link.ops = &ops;
	l->link.longest = TMG_FRAME_MAX;
	l->fd = fd;
	l->fresh = true;
	memcpy(l->reader, reader, strnlen(reader, sizeof(l->reader) - 1));

	if ((rc = refresh(l))) {
		rc = tmg_fault_copy(f, &l->link.fault, lost(l, rc));
		free(l);
		return rc;
	}
	*link = &l->link;
	return TMG_OK;
}
