/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every unit test includes: cmocka in the order it wants, and views of
 * literals.
 */
#ifndef TMG_TESTS_UNIT_TEST_H
#define TMG_TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "src/base/scope.h"
#include "tamga/view.h"

/* A view of a string literal's bytes, usable in static tables. */
#define BYTES(s) { (const uint8_t *)(s), sizeof(s) - 1 }

#define assert_view_equal(a, b) do { \
	const tmg_view a_ = (a), b_ = (b); \
	assert_int_equal(a_.len, b_.len); \
	if (a_.len > 0) \
		assert_memory_equal(a_.ptr, b_.ptr, a_.len); \
} while (0)

#endif
