/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "tamga/version.h"

const char *
tmg_version(void)
{
	return PACKAGE_VERSION;
}

const char *
tmg_build_info(void)
{
	return "version " PACKAGE_VERSION "\n" TMG_BUILD_INFO;
}
