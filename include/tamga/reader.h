/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Readers: who they are, what is in them, and how to bring your own.
 */
#ifndef TAMGA_READER_H
#define TAMGA_READER_H

#include "tamga/ctx.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TMG_ATR_MAX 33		/* bytes, ISO/IEC 7816-3 8.1 */
#define TMG_READER_NAME 128	/* bytes, final zero included; MAX_READERNAME */
#define TMG_APDU_MAX 65544	/* bytes of the longest command, ISO/IEC 7816-4 */
#define TMG_RAPDU_MAX 65538	/* bytes of the longest response */

typedef enum tmg_presence {
	TMG_ABSENT,
	TMG_PRESENT,
	TMG_MUTE,		/* a card that does not answer */
	TMG_HELD,		/* a card somebody else uses exclusively */
} tmg_presence;

/* One reader as it was when somebody looked. */
typedef struct tmg_reader_state {
	char name[TMG_READER_NAME];
	const char *scheme;	/* of the hub it hangs on: "pcsc", "vcard", "usb" */
	tmg_presence presence;
	uint8_t atr[TMG_ATR_MAX];
	size_t atr_len;
	unsigned events;	/* insertions and removals seen; changes with every swap */
	char holder[64];	/* who holds a TMG_HELD card, if known: "scdaemon (4711)" */
	const char *advice;	/* and how to get the card, translated; or NULL */
} tmg_reader_state;

typedef struct tmg_hub tmg_hub;
typedef struct tmg_link tmg_link;

/* What can be done on a reader's own keypad. */
enum {
	TMG_PAD_VERIFY = 1u << 0,	/* a PIN is typed */
	TMG_PAD_CHANGE = 1u << 1,	/* the old one, and a new one twice */
};

#define TMG_PAD_BLOCK_MAX 15u	/* bytes of a PIN block, PC/SC part 10 */

/*
 * How what a person types on the keypad goes into a command: digits in ASCII,
 * from the left, over the first bytes of a block that the command has already
 * filled up.
 */
typedef struct tmg_pad_form {
	bool change;		/* TMG_PAD_CHANGE; else TMG_PAD_VERIFY */
	size_t block;		/* bytes of a PIN block, at most TMG_PAD_BLOCK_MAX */
	size_t old_at, new_at;	/* bytes of data before each block; 0 to 15; new_at
				 * for a change only */
	size_t min, max;	/* digits of a PIN, at most block */
	unsigned seconds;	/* a person has until the first key, at most 255 */
} tmg_pad_form;

/*
 * A connection to the card in one reader: bytes in, bytes out.
 *
 *   begin     keeps other programs off the card until end.
 *             Verdicts TMG_RESET (the card was reset since the last turn; the
 *             link is whole again and holds the turn), TMG_REMOVED, TMG_BUSY
 *   end       never fails; the card keeps its state
 *   transmit  one command APDU, one response APDU with its status word; at
 *             T=0 the link does not fetch 61xx.  Called inside a turn only.
 *             Verdicts TMG_RESET (the command may or may not have been
 *             executed, unless unheard says that it was not; the link is
 *             whole again), TMG_REMOVED
 *   enter     has a person type a PIN on the reader's own keypad and sends the
 *             command with it; no PIN passes through here.  command is a short
 *             APDU without Le.  Called inside a turn, which is held until the
 *             person is done.
 *             Verdicts TMG_UNSUPPORTED (no such keypad, or it does not take
 *             this form), TMG_CANCELLED (given up, or nobody typed in time),
 *             TMG_DENIED (too few or too many digits, or the new PIN was
 *             repeated otherwise): nothing was sent, no try is lost; and those
 *             of transmit
 *   reset     a warm reset; Verdicts TMG_REMOVED
 *   close     ends the connection and frees the link; with reset the card
 *             forgets every login
 */
typedef struct tmg_link_ops {
	tmg_rc (*begin)(tmg_link *link);
	void (*end)(tmg_link *link);
	tmg_rc (*transmit)(tmg_link *link, tmg_view command, tmg_out *response);
	tmg_rc (*enter)(tmg_link *link, const tmg_pad_form *form,
	    tmg_view command, tmg_out *response);
	tmg_rc (*reset)(tmg_link *link);
	void (*close)(tmg_link *link, bool reset);
} tmg_link_ops;

/* Embed it first in your own structure. */
struct tmg_link {
	const tmg_link_ops *ops;
	tmg_fault fault;
	uint8_t atr[TMG_ATR_MAX];
	size_t atr_len;
	unsigned protocol;	/* 0 or 1: T=0, T=1 */
	size_t longest;		/* longest command APDU the reader carries, bytes */
	unsigned keypad;	/* TMG_PAD_*: what enter can do; known in a turn */
	bool unheard;		/* with TMG_RESET of transmit: the reset came before
				 * the command, which did nothing for certain */
};

/*
 * A source of readers: the PC/SC daemon, the virtual card's socket, a bus.
 *
 *   list     fills at most cap rows and counts all there are
 *   wait     returns TMG_OK when something changed since the last list,
 *            TMG_PENDING after timeout_ms (negative: no limit), TMG_CANCELLED
 *            after cancel, which any thread may call
 *   connect  opens a link to the card in the reader of that name.
 *            Verdicts TMG_NOT_FOUND (no such reader), TMG_REMOVED (no card),
 *            TMG_BUSY (held exclusively; the fault's text names the holder if
 *            it can), TMG_DENIED (the system's policy)
 *   close    frees the hub; its links are closed before
 */
typedef struct tmg_hub_ops {
	const char *scheme;	/* "pcsc": also the word users type */
	tmg_rc (*list)(tmg_hub *hub, tmg_reader_state *rows, size_t cap,
	    size_t *count);
	tmg_rc (*wait)(tmg_hub *hub, int timeout_ms);
	void (*cancel)(tmg_hub *hub);
	tmg_rc (*connect)(tmg_hub *hub, const char *reader, tmg_link **link);
	void (*close)(tmg_hub *hub);
} tmg_hub_ops;

/* Embed it first in your own structure. */
struct tmg_hub {
	const tmg_hub_ops *ops;
	tmg_ctx *ctx;
	tmg_fault fault;
};

/*
 * Opens the readers that the PC/SC daemon knows.
 *
 * Verdicts  TMG_NOT_FOUND    no daemon answers
 *           TMG_DENIED       the daemon's policy (polkit) refuses this user
 *           TMG_UNSUPPORTED  built without PC/SC
 * A daemon that ends later leaves no readers; one that comes back is found
 * again.  On a verdict or fault *hub is NULL and f, which may be NULL, says why.
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_hub_pcsc(tmg_ctx *ctx, tmg_fault *f, tmg_hub **hub);

/*
 * Opens one reader named "vcard PATH" whose card is a tamga-vcard that
 * listens on the Unix socket at path.  No daemon is needed.
 *
 * Verdicts  TMG_NOT_FOUND  nobody listens there
 *           TMG_DENIED     the socket may not be opened
 * Faults    TMG_E_USAGE: no path of a socket (1 to 107 bytes)
 * On a verdict or fault *hub is NULL and f, which may be NULL, says why.
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_hub_vcard(tmg_ctx *ctx, const char *path, tmg_fault *f, tmg_hub **hub);

/*
 * Opens the USB readers and tokens of this computer, without a daemon: every
 * interface of the smart card class (CCID), whoever made it.  No device is
 * opened before readers are listed or connected to.
 *
 * A reader is named "usb:PATH MAKER PRODUCT".  Its interface is this program's
 * only while it is used: it is given back when the last link is closed, and, of
 * a token that is known to be one, some seconds after the last turn, without
 * power; the next turn then begins with TMG_RESET.  A card that was listed is kept
 * for a second, for who connects.  While somebody waits, a reader that tells of its
 * cards is kept, too, and given back to any other program that opens it.  The hubs
 * of a context share the devices.  Other programs of tamga's are waited for; what is held by others, the PC/SC daemon for one, is TMG_BUSY
 * with the holder's name, and nothing is taken from anybody.
 *
 * An answer is waited for at most 30 seconds when the reader does not ask for
 * more time, and 5 minutes when it does.
 *
 * Verdicts  TMG_NOT_FOUND    there is no USB here
 *           TMG_UNSUPPORTED  built without libusb
 * On a verdict or fault *hub is NULL and f, which may be NULL, says why.
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_hub_usb(tmg_ctx *ctx, tmg_fault *f, tmg_hub **hub);

/* What the descriptors of a USB reader say, and who has it open. */
typedef struct tmg_usb_facts {
	char reader[TMG_READER_NAME];	/* its name; of one that is not used, what its
					 * maker calls it */
	char node[32];		/* "/dev/bus/usb/001/004" */
	uint16_t vendor, product;
	uint16_t firmware;	/* bcdDevice: 0x0543 is 5.43 */
	uint8_t interface;
	const char *level;	/* of exchange: "TPDU", "short APDU", "extended APDU" */
	unsigned protocols;	/* 1 << T */
	uint32_t features;	/* dwFeatures */
	uint32_t message;	/* bytes of the longest message */
	bool interrupts;	/* it tells of cards that come and go */
	bool token;		/* known to be one: its card cannot be taken out */
	bool keypad;		/* it says that it has one */
	char holder[64];	/* who else has it open, if that can be seen */
	const char *advice;	/* how to get it from there, translated; or NULL */
	char why[TMG_FAULT_TEXT];	/* why it is not used; empty: it is */
} tmg_usb_facts;

/*
 * Tells of each reader of a hub of tmg_hub_usb(), index counting from 0; behind
 * them of those that are not used.  No device is opened.
 *
 * Verdicts  TMG_NOT_FOUND: there are no more
 * Faults    TMG_E_USAGE: a hub of another kind; TMG_E_IO
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_hub_usb_facts(tmg_hub *hub, size_t index, tmg_usb_facts *facts);

/* Accepts NULL and a pointer to NULL; leaves NULL.  A hub that was given to
 * tmg_tokens_add_hub() is the set's to free. */
TMG_API void
tmg_hub_free(tmg_hub **hub);

#ifdef __cplusplus
}
#endif

#endif
