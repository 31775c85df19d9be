/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The header of a message as signed attributes (RFC 8894 3.2.1).
 */
#ifndef TMG_PKI_SCEP_HEADER_H
#define TMG_PKI_SCEP_HEADER_H

#include "src/pki/scep-message.h"

/* What is missing, or said twice, or not as it must be written, is unsaid. */
TMG_MUST_USE tmg_rc
tmg_scep_header_read(const CMS_SignerInfo *by, tmg_scep_header *header);

/* Adds what header says. */
TMG_MUST_USE tmg_rc
tmg_scep_header_write(const tmg_scep_header *header, CMS_SignerInfo *by);

#endif
