/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Java cards with IsoApplet, interface 0.6.
 */
#ifndef VCARD_ISOAPPLET_H
#define VCARD_ISOAPPLET_H

#include "tools/vcard/pkcs15.h"

enum {	/* algorithm references of keys to be made */
	ISO_MAKE_RSA = 0xf3,	/* 2048 bits */
	ISO_MAKE_EC = 0xec,
};

extern const vc_app vc_isoapplet_app;

p15_command iso_generate, iso_put_key;

#endif
