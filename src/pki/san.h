/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Alternative names as people write them: "dns:...", "email:...", "ip:...",
 * "uri:...", "upn:...", "dir:...", "rid:...".
 */
#ifndef TMG_PKI_SAN_H
#define TMG_PKI_SAN_H

#include <openssl/types.h>
#include <openssl/x509v3.h>

#include "tamga/err.h"

/* Faults TMG_E_USAGE; f says what is wrong. */
TMG_MUST_USE tmg_rc
tmg_san_parse(const char *text, GENERAL_NAME **name, tmg_fault *f);

#endif
