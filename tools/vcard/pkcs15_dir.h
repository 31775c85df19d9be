/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entries of the directories of ISO/IEC 7816-15, written from the last to the
 * first into a DER writer.
 */
#ifndef VCARD_PKCS15_DIR_H
#define VCARD_PKCS15_DIR_H

#include "src/codec/der.h"
#include "tools/vcard/pkcs15.h"

enum {
	P15_ID_DIR = 0x2f00,
	P15_ID_ODF = 0x5031,
	P15_ID_TOKEN_INFO = 0x5032,
	P15_ID_UNUSED = 0x5033,
	P15_KEY_ID = 0x45,	/* of the first key; the certificate has the same */
};

/* What a key, a certificate or an object of data is called and where it is. */
typedef struct p15_entry {
	const char *label;
	uint8_t id;
	uint16_t file;		/* 0: in none */
	uint8_t pin;		/* which opens it; 0: none */
	bool oblige;		/* for signatures that oblige: the PIN each time */
	uint8_t number;		/* of a key without a file */
	const vc_pkey *key;
} p15_entry;

/* What its DF is called. */
tmg_view p15_layout_name(const p15_layout *l);

void p15_der_application(tmg_der *d, const p15_layout *l);
void p15_der_odf(tmg_der *d, const p15_layout *l);
void p15_der_token_info(tmg_der *d, const p15_kind *kind, uint32_t serial);
void p15_der_pin(tmg_der *d, const p15_kind *kind, const char *label, uint8_t ref);
void p15_der_private(tmg_der *d, const p15_kind *kind, const p15_entry *e);
void p15_der_public(tmg_der *d, const p15_layout *l, const p15_entry *e);
void p15_der_certificate(tmg_der *d, const p15_layout *l, const p15_entry *e);
void p15_der_data(tmg_der *d, const p15_layout *l, const p15_entry *e);

#endif
