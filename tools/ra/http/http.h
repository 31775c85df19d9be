/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a handler sees of HTTP: one call, one reply.  No handler knows the
 * server behind it.
 */
#ifndef RA_HTTP_H
#define RA_HTTP_H

#include "tools/ra/desk/desk.h"
#include "tools/ra/http/cookie.h"
#include "tools/ra/http/posted.h"
#include "tools/ra/profile/filekind.h"

#define RA_BODY_MAX 65536	/* bytes of a request's body */
/* and of one that brings a file, with the form around it */
#define RA_FILE_BODY_MAX (RA_FILE_MAX + RA_BODY_MAX)
#define RA_LABEL_MAX 64
#define RA_ALLOW_MAX 64

enum {
	HTTP_OK = 200,
	HTTP_CREATED = 201,
	HTTP_ACCEPTED = 202,
	HTTP_NO_CONTENT = 204,
	HTTP_SEE_OTHER = 303,
	HTTP_BAD_REQUEST = 400,
	HTTP_UNAUTHORIZED = 401,
	HTTP_FORBIDDEN = 403,
	HTTP_NOT_FOUND = 404,
	HTTP_METHOD_NOT_ALLOWED = 405,
	HTTP_CONFLICT = 409,
	HTTP_TOO_LARGE = 413,
	HTTP_UNSUPPORTED_TYPE = 415,
	HTTP_UNPROCESSABLE = 422,
	HTTP_TOO_MANY = 429,
	HTTP_SERVER_ERROR = 500,
	HTTP_NOT_IMPLEMENTED = 501,
	HTTP_UNAVAILABLE = 503,
};

/* Strings are never NULL; everything is borrowed for the call. */
typedef struct ra_call {
	const char *method;		/* HEAD arrives as GET */
	const char *path;
	const char *content_type;
	const char *authorization;
	const char *cookie;
	const char *origin;
	const char *host;
	const char *accepts;		/* Accept */
	const char *languages;		/* Accept-Language */
	const char *signature;		/* Tamga-Signature: desk/payment.h */
	const ra_posted *query;		/* what follows the path */
	const char *peer;		/* address */
	tmg_view peer_cert;		/* DER; empty: none shown */
	bool plain;			/* it came without TLS */
	void *tls;			/* its session, for channel.h; NULL: none */
	tmg_view body;
	char label[RA_LABEL_MAX];	/* what stood for {} in the route's path */
	const char *rest;		/* and for {*} at its end; "" else */
} ra_call;

/* Until when an answer may be kept by others; until 0: not at all. */
typedef struct ra_fresh {
	time_t from, until;
	long max_age_s;
} ra_fresh;

typedef struct ra_reply {
	unsigned status;
	const char *type;		/* static */
	bool base64;			/* body is base64 of what type says */
	bool challenge;			/* ask for HTTP Basic */
	bool secret;			/* the body is wiped when it is out */
	bool page;			/* HTML, that may have style and forms */
	bool keep;			/* never changes: may be kept for ever */
	ra_fresh fresh;
	char location[128];		/* 303; "" else */
	char cookie[3][RA_COOKIE_MAX];	/* to be set; "" else */
	char file[96];			/* to be saved under that name; "" else */
	char allow[RA_ALLOW_MAX];	/* 405: what is possible; "" else */
	long retry_after_s;		/* 0: not said */
	long again_s;			/* the page is loaded again after; 0 not */
	uint8_t *body;			/* owned */
	size_t len;
	char user[RA_OWNER_MAX];	/* for the log: who it was */
} ra_reply;

void ra_reply_release(ra_reply *reply);

/* One line of text for people. */
void ra_reply_text(ra_reply *reply, unsigned status, const char *fmt, ...)
    __attribute__((__format__(__printf__, 3, 4)));

/* Leaves out the words of a reply after which a program goes on by itself. */
void ra_reply_wordless(ra_reply *reply);

/* What the desk's last verdict or fault is in HTTP; faults tell no details. */
void ra_reply_fault(ra_reply *reply, const ra_desk *desk, tmg_rc rc);

/* Takes bytes over as they are, or says 500 when there is no memory. */
void ra_reply_bytes(ra_reply *reply, const char *type, tmg_view bytes);
/* The same as base64 on one line: some clients break on a wrapped body. */
void ra_reply_base64(ra_reply *reply, const char *type, tmg_view bytes);

/* Whether path is what pattern says; label takes what stands for {}, and {*} at
 * the end is any rest. */
bool
ra_route_matches(const char *pattern, const char *path,
    char label[RA_LABEL_MAX]);

/* Finds the handler of method and path and calls it; 404, 405 otherwise. */
void ra_route(ra_desk *desk, ra_call *call, ra_reply *reply);

/* Whether somebody elsewhere may be asked, who takes his time. */
bool
ra_route_waits(const ra_call *call);

/* Whether files are sent to that path. */
bool
ra_route_takes_files(const ra_call *call);
/* The most that a body may have there, when its headers came and nothing of
 * it: a file is not read for those who could not hand it in. */
size_t
ra_route_body(ra_desk *desk, const ra_call *call);

/* The routes there are, from index 0 on; false behind the last. */
bool
ra_route_row(size_t index, const char **method, const char **path);

#endif
