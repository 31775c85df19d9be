/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/kept.h"

#include <sys/mman.h>

void
tmg_p11_kept_set(tmg_p11_kept *kept, tmg_view pin)
{
	void *page;

	tmg_p11_kept_wipe(kept);
	page = mmap(NULL, sizeof(*kept->page), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return;
	kept->page = page;
	/* Locking needs a limit that may be used up: better kept than not. */
	(void)mlock(page, sizeof(*kept->page));
	if (madvise(page, sizeof(*kept->page), MADV_DONTDUMP) != 0 ||
	    madvise(page, sizeof(*kept->page), MADV_WIPEONFORK) != 0 ||
	    tmg_secret_set(kept->page, pin) != TMG_OK)
		tmg_p11_kept_wipe(kept);
}

tmg_view
tmg_p11_kept_view(const tmg_p11_kept *kept)
{
	return kept->page != NULL ? tmg_secret_view(kept->page)
	    : (tmg_view){ NULL, 0 };
}

void
tmg_p11_kept_wipe(tmg_p11_kept *kept)
{
	if (kept->page == NULL)
		return;
	tmg_secret_wipe(kept->page);
	(void)munmap(kept->page, sizeof(*kept->page));
	kept->page = NULL;
}
