/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ra.conf: see tamga-ra.conf(5).
 */
#ifndef RA_CONFIG_H
#define RA_CONFIG_H

#include <limits.h>

#include "tools/ra/ca/ca.h"
#include "tools/ra/profile/settings.h"

#define RA_CONFIG_NAME "ra.conf"

/* How mails leave. */
typedef struct ra_mail_conf {
	char server[RA_TEXT_MAX];	/* "smtp://mail.example:587"; "" they stay */
	char from[RA_TEXT_MAX];
	char from_name[RA_TEXT_MAX];
	char user[RA_TEXT_MAX];		/* "" without AUTH */
	char password_file[RA_TEXT_MAX];
	char ca[RA_TEXT_MAX];		/* PEM; "" those of the system */
	bool starttls;
	int timeout_s;			/* for one mail */
	int retry_s;			/* before the first try again; doubled each time */
} ra_mail_conf;

/* How text messages leave: by a program, by a gateway, or not at all. */
typedef struct ra_sms_conf {
	char command[RA_TEXT_MAX];	/* a program; "" none */
	ra_words arguments;		/* of it; ${to} */
	char url[RA_TEXT_MAX];		/* a gateway; "" none */
	ra_words fields;		/* what it is sent: "to=${to}" */
	bool json;			/* as JSON, not as a form */
	char ca[RA_TEXT_MAX];		/* PEM; whom the gateway leads to */
	char token_file[RA_TEXT_MAX];	/* a bearer's; "" none */
	int timeout_s;			/* for one message */
	int retry_s;			/* before the first try again; doubled each time */
} ra_sms_conf;

/* Whether there is a way for them. */
bool
ra_sms_configured(const ra_sms_conf *sms);

#define RA_REGISTERS_MAX 16

/* Who tells what was paid, and where applicants pay. */
typedef struct ra_payment_conf {
	char url[RA_TEXT_MAX];		/* ${number}, ${amount}, ${currency}; "" none */
	char key_file[RA_TEXT_MAX];	/* "" nobody tells */
	int window_s;
} ra_payment_conf;

/* Where persons are looked up; what of it counts, the kind says. */
typedef struct ra_register {
	char name[RA_TEXT_MAX];		/* as profiles call it */
	char kind[RA_TEXT_MAX];		/* see tools/ra/desk/register-kind.h */
	char path[RA_TEXT_MAX];		/* csv: a file; sql: where its database is */
	char query[RA_PROSE_MAX];	/* sql: with $1 for the number */
	char url[RA_TEXT_MAX];		/* http: with ${number} where GET asks */
	bool post;			/* http */
	char ca[RA_TEXT_MAX];		/* http: PEM; whom its server leads to */
	char token_file[RA_TEXT_MAX];	/* http: a bearer's; "" none */
	ra_words members;		/* http: "field=member" where they differ */
	int timeout_s;
} ra_register;

/* The key of a deputy. */
typedef struct ra_deputy_conf {
	char key[RA_TEXT_MAX];		/* as ca.key; "" there is none */
	char certificate[RA_TEXT_MAX];	/* PEM, of the authority upstream; "" ours */
	char passphrase_file[RA_TEXT_MAX];
	char pin_file[RA_TEXT_MAX];
	char vcard[RA_TEXT_MAX];
	int days;			/* that its certificate is valid */
} ra_deputy_conf;

/* The responder. */
typedef struct ra_ocsp_conf {
	ra_deputy_conf deputy;
	char path[RA_TEXT_MAX];		/* "" RA_OCSP_PATH alone */
	int hours;			/* that an answer is in force */
	bool nonces;			/* signed for one who asks, where he wants that */
	char responder[RA_TEXT_MAX];	/* ResponderID: by "key" or by "name" */
} ra_ocsp_conf;

/* The SCEP server. */
typedef struct ra_scep_conf {
	ra_deputy_conf deputy;		/* its key is RSA */
	bool legacy;			/* SHA-1 and single DES are taken */
} ra_scep_conf;

/* The CMP server. */
typedef struct ra_cmp_conf {
	ra_deputy_conf deputy;
	char seal_file[RA_TEXT_MAX];	/* the key that secrets are sealed with */
	bool http;			/* without TLS too */
	bool root;			/* at "/", beside its own place */
	int confirm_within_s;		/* a certificate, else it is taken back; 0 never */
} ra_cmp_conf;

/* An authority elsewhere that issues what is approved here. */
typedef struct ra_upstream_conf {
	char url[RA_TEXT_MAX];		/* "" we issue ourselves */
	char tls_ca[RA_TEXT_MAX];	/* PEM; "" as ca.certificate */
	char certificate[RA_TEXT_MAX];	/* ours, PEM; "" none */
	char key[RA_TEXT_MAX];		/* as ca.key */
	char passphrase_file[RA_TEXT_MAX];
	char pin_file[RA_TEXT_MAX];
	char vcard[RA_TEXT_MAX];
	char user[RA_TEXT_MAX];		/* "" none */
	char password_file[RA_TEXT_MAX];
	ra_words options;		/* of its protocol, "NAME=VALUE" */
	char changes[RA_TEXT_MAX];	/* "refuse" or "accept" */
	char challenges[RA_TEXT_MAX];	/* of applicants: "keep" or "pass" */
	int timeout_s;			/* for one exchange */
	int retry_s;			/* before the first try again; doubled each time */
} ra_upstream_conf;

typedef struct ra_config {
	char folder[PATH_MAX];		/* relative paths start here */
	char listen[RA_TEXT_MAX];	/* "127.0.0.1:8443", port 0: the kernel's choice */
	char listen_http[RA_TEXT_MAX];	/* without TLS; "" nowhere */
	char store[RA_TEXT_MAX];
	char profiles[RA_TEXT_MAX];
	char default_profile[RA_TEXT_MAX];	/* EST without a path label */
	ra_points points;		/* written into certificates */
	char crl_file[RA_TEXT_MAX];	/* where lists are written; "" nowhere */
	char crl_root_file[RA_TEXT_MAX];	/* the list of the root above; "" none */
	int crl_hours;			/* between two lists; 0 half of crl_days */
	char ca_certificate[RA_TEXT_MAX];
	char ca_key[RA_TEXT_MAX];
	char ca_passphrase_file[RA_TEXT_MAX];	/* see ra_passphrase_read() */
	char ca_pin_file[RA_TEXT_MAX];		/* of a token, likewise */
	char ca_next[RA_TEXT_MAX];	/* what follows it: see ra_successor_open() */
	char ca_vcard[RA_TEXT_MAX];		/* see ra_keysource */
	char tls_certificate[RA_TEXT_MAX];
	char tls_key[RA_TEXT_MAX];
	int retry_after_s;		/* told to those who wait for an officer */
	int crl_days;
	int threads;
	int connections;
	int address_connections;	/* of them, from one address */
	size_t register_count;
	ra_register registers[RA_REGISTERS_MAX];
	int request_s;			/* for a request to be said in, TLS included */
	int upload_s;			/* for one that sends a file in */
	char portal_url[RA_TEXT_MAX];	/* where applicants look; "" nowhere */
	char user[RA_TEXT_MAX];		/* whom a server of root becomes; "" nobody */
	ra_words weak_keys;		/* files: lists of keys that others have */
	int watch_days;			/* what ends so soon is told of */
	bool confine;			/* see ra_confine_calls() */
	bool rehearsal;			/* not for real: the clock may be moved */
	ra_upstream_conf upstream;
	ra_mail_conf mail;
	ra_sms_conf sms;
	ra_payment_conf payment;
	ra_ocsp_conf ocsp;
	ra_scep_conf scep;
	ra_cmp_conf cmp;
} ra_config;

/* Verdicts TMG_MISMATCH; f says where in the text. */
TMG_MUST_USE tmg_rc
ra_config_parse(const char *name, const char *text, ra_config *config,
    tmg_fault *f);

/* Reads a file.  Verdicts TMG_NOT_FOUND, TMG_DENIED, TMG_MISMATCH. */
TMG_MUST_USE tmg_rc
ra_config_load(const char *path, ra_config *config, tmg_fault *f);

/* Whether a server that was started with now can go on with next.  Verdicts
 * TMG_UNSUPPORTED: f names what takes a restart. */
TMG_MUST_USE tmg_rc
ra_config_follows(const ra_config *now, const ra_config *next, tmg_fault *f);

/* path as it is when absolute or SCHEME://..., a
 * token's or a credential, below the configuration's folder otherwise. */
TMG_MUST_USE tmg_rc
ra_config_path(const ra_config *config, const char *path, char out[PATH_MAX]);

#endif
