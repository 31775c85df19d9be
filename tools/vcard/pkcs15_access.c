/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/vcard/pkcs15.h"

enum {	/* access modes, ISO/IEC 7816-4 tables 28 and 29 */
	AM_DELETE = 0x40,
	AM_ACTIVATE = 0x10,
	AM_DEACTIVATE = 0x08,
	AM_CREATE_DF = 0x04,
	AM_CREATE_EF = 0x02,
	AM_UPDATE = 0x02,
	AM_READ = 0x01,

	/* conditions, table 31 */
	SC_ALWAYS = 0x00,
	SC_NEVER = 0xff,
	SC_OTHERS = 0x60,	/* secure messaging, authentication of the host */
	SC_USER = 0x10,
	SC_ENVIRONMENT = 0x0f,
};

/* A key is used where a file is read: nobody reads it. */
static const uint8_t modes[] = {
	[P15_OP_READ] = AM_READ, [P15_OP_UPDATE] = AM_UPDATE,
	[P15_OP_CREATE_DF] = AM_CREATE_DF, [P15_OP_CREATE_EF] = AM_CREATE_EF,
	[P15_OP_DELETE] = AM_DELETE, [P15_OP_ACTIVATE] = AM_ACTIVATE,
	[P15_OP_DEACTIVATE] = AM_DEACTIVATE,
	[P15_OP_USE] = AM_READ, [P15_OP_GENERATE] = AM_UPDATE,
};

/* SE n says which PIN; 0 and 15 stand for any, and there is one. */
static int
pin_of(uint8_t condition)
{
	const int n = condition & SC_ENVIRONMENT;

	if (condition == SC_ALWAYS)
		return P15_ALWAYS;
	if (condition == SC_NEVER || (condition & SC_OTHERS) != 0 || (condition & SC_USER) == 0)
		return P15_NEVER;
	return n == 0 || n >= P15_PINS ? 1 : n;
}

int
p15_condition_compact(const fs_file *f, p15_op op)
{
	uint8_t condition;

	if (f->rules_len == 0)
		return P15_ALWAYS;
	return vc_fcp_condition(f, modes[op], &condition) ? pin_of(condition) : P15_NEVER;
}

/* Which half of which byte: 0 the upper of the first.  A key is used where a file is
 * read, and made by a rule of its own. */
static const uint8_t df_halves[] = {
	[P15_OP_READ] = 3, [P15_OP_UPDATE] = 3, [P15_OP_CREATE_DF] = 0, [P15_OP_CREATE_EF] = 1,
	[P15_OP_DELETE] = 2, [P15_OP_ACTIVATE] = 2, [P15_OP_DEACTIVATE] = 2, [P15_OP_USE] = 3,
	[P15_OP_GENERATE] = 3,
};
static const uint8_t ef_halves[] = {
	[P15_OP_READ] = 0, [P15_OP_UPDATE] = 1, [P15_OP_CREATE_DF] = 3, [P15_OP_CREATE_EF] = 3,
	[P15_OP_DELETE] = 2, [P15_OP_ACTIVATE] = 1, [P15_OP_DEACTIVATE] = 1, [P15_OP_USE] = 0,
	[P15_OP_GENERATE] = 3,
};

int
p15_condition_nibbles(const fs_file *f, p15_op op)
{
	const uint8_t half = f->kind == FS_DF ? df_halves[op] : ef_halves[op];

	if (f->rules_len < 2)
		return P15_NEVER;
	return f->rules[half / 2] >> (half % 2 == 0 ? 4 : 0) & 0x0f;
}

static bool
is_met(const vc_p15 *p15, int condition)
{
	if (!p15->active || p15->session.open)
		return true;
	return condition == P15_ALWAYS ||
	    (condition != P15_NEVER && ((unsigned)p15->session.pins >> condition & 1u) != 0);
}

bool
p15_may(const vc_p15 *p15, int at, p15_op op)
{
	return is_met(p15, p15->kind->condition(&p15->fs.files[at], op));
}

/* Keys without a file are the first PIN's. */
bool
p15_may_key(const vc_p15 *p15, int key, p15_op op)
{
	if (p15->kind->naming->ruled)
		return p15_may(p15, key, op);
	return ((unsigned)p15->session.pins >> 1 & 1u) != 0;
}

void
p15_used(vc_p15 *p15, int key)
{
	if (p15->kind->naming->ruled) {
		const int pin = p15->kind->condition(&p15->fs.files[key], P15_OP_USE);

		p15->session.pins &= (uint16_t)~(p15->kind->one_shot & 1u << pin);
	}
}
