/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does the PKCS#11 module load, and do browsers know it?
 */
#include <dlfcn.h>
#include <unistd.h>

#include "tools/tamga/browser.h"
#include "tools/tamga/doctor.h"

enum { WORDS = PATH_MAX + 256 };

#define FIX_INSTALL N_("install it: sudo make install, or the package " \
	"tamga-pkcs11 of your distribution")
#define FIX_LOAD N_("install what is missing, or tamga again")
#define FIX_REGISTER N_("let it: tamga browser register")
#define FIX_REPLACE N_("give it this one: tamga browser register")
#define FIX_UNCLEAR N_("mend or remove %s, then: tamga browser register")
#define FIX_BOX N_("it is shut off from the system's readers and modules. " \
	"Install this browser as a package of the distribution or of its maker " \
	"instead, start it once, then: tamga browser register")

/* The way every program takes that loads it. */
static bool
check_module(struct visit *v)
{
	char what[WORDS];
	void *so;

	if (access(PKCS11_MODULE, F_OK) != 0) {
		snprintf(what, sizeof(what),
		    _("the PKCS#11 module %s is not installed"), PKCS11_MODULE);
		found(v, "module", WARNING, what, FIX_INSTALL, NULL);
		return false;
	}
	so = dlopen(PKCS11_MODULE, RTLD_NOW | RTLD_LOCAL);
	if (so == NULL || dlsym(so, "C_GetFunctionList") == NULL) {
		snprintf(what, sizeof(what),
		    _("the PKCS#11 module cannot be loaded: %s"), dlerror());
		found(v, "module", WARNING, what, FIX_LOAD, NULL);
		return false;
	}
	dlclose(so);
	found(v, "module", WELL, _("the PKCS#11 module can be loaded"), NULL, NULL);
	return true;
}

static void
check_place(struct visit *v, const struct place *p)
{
	static const struct {
		enum health health;
		const char *words, *fix;
	} rows[] = {
		[STANDING_OURS] = { WELL, N_("%s loads the PKCS#11 module"), NULL },
		[STANDING_NONE] = { WARNING,
		    N_("%s does not load the PKCS#11 module"), FIX_REGISTER },
		[STANDING_OTHER] = { WARNING,
		    N_("%s loads another PKCS#11 module: %s"), FIX_REPLACE },
		[STANDING_UNCLEAR] = { WARNING,
		    N_("which modules %s loads cannot be told: %s"), FIX_UNCLEAR },
	};
	char who[sizeof(p->program) + sizeof(p->profile) + 8], what[WORDS];

	snprintf(who, sizeof(who), p->profile[0] != '\0' ? "%s (%s)" : "%s",
	    p->program, p->profile);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(what, sizeof(what), _(rows[p->standing].words), who,
	    p->standing == STANDING_OTHER ? p->other : p->why);
#pragma GCC diagnostic pop
	found(v, "browser", rows[p->standing].health, what,
	    rows[p->standing].fix, p->path);
}

static void
check_box(struct visit *v, const struct sandboxed *s)
{
	char what[WORDS];

	snprintf(what, sizeof(what), _("%s (%s) sees no card"), s->program, s->by);
	found(v, "sandbox", WARNING, what, FIX_BOX, NULL);
}

void
doctor_browsers(struct visit *v)
{
	const struct search search = { .module = PKCS11_MODULE, .root = "",
	    .system = geteuid() == 0 };
	const bool loads = check_module(v);
	struct places places;

	if (places_find(&places, &search) == TMG_OK) {
		for (size_t i = 0; loads && i < places.count; i++)
			check_place(v, &places.row[i]);
		for (size_t i = 0; i < places.sandboxed_count; i++)
			check_box(v, &places.sandboxed[i]);
	}
	places_release(&places);
}
