/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Version and configuration report.
 */
#ifndef TAMGA_VERSION_H
#define TAMGA_VERSION_H

#include "tamga/err.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TMG_VERSION_MAJOR 0
#define TMG_VERSION_MINOR 1
#define TMG_VERSION_PATCH 0

/* The version of the library in use, "0.1.0"; static storage. */
TMG_API const char *
tmg_version(void);

/*
 * What this library was built with, one "name value" pair a line, such as
 * "pcsc yes" or "drivers piv"; static storage.
 */
TMG_API const char *
tmg_build_info(void);

#ifdef __cplusplus
}
#endif

#endif
