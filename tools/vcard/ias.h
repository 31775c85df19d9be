/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cards after IAS ECC 1.0.1 as their issuers hand them out, in the forms of two makers.
 */
#ifndef VCARD_IAS_H
#define VCARD_IAS_H

#include "tools/vcard/pkcs15.h"

extern const vc_app vc_multiapp_app, vc_cosmo_app;

/* PERFORM SECURITY OPERATION: ias_use.c */
p15_command ias_pso;

#endif
