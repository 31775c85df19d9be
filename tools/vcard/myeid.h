/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef VCARD_MYEID_H
#define VCARD_MYEID_H

#include "tools/vcard/pkcs15.h"

extern const vc_app vc_myeid_app;

#endif
