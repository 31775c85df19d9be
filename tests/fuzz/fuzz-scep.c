/* SPDX-License-Identifier: BSD-2-Clause */
/* What the SCEP client reads beside messages (fuzz-pki-scep): capabilities, and the
 * file of a waiting enrollment. */
#include <stdlib.h>

#include "src/enroll/scep.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const tmg_view in = { data, size };
	tmg_view cert, key;

	(void)tmg_scep_caps_read(in);
	if (tmg_scep_kept_read(in, &cert, &key) == TMG_OK && cert.len + key.len > size)
		abort();
	return 0;
}
