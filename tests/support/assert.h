/* cmocka with statuses: assert_ok(call), assert_status(call, ANNOT_X) print what the call said. */
#ifndef TESTS_SUPPORT_ASSERT_H
#define TESTS_SUPPORT_ASSERT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/error.h"

/* The error that calls under test write to, the same in each file of a test; a server thread of a
 * test has one of its own. */
_Thread_local struct annot_error test_error __attribute__((weak));

#define assert_status(call, expected)                                                              \
	do {                                                                                       \
		test_error.text[0] = '\0';                                                         \
		enum annot_status got_ = (call);                                                   \
		if (got_ != (expected))                                                            \
			fail_msg("%s\n  gave %s, not %s: %s", #call, annot_status_name(got_),      \
				 annot_status_name(expected), test_error.text);                    \
	} while (0)
#define assert_ok(call) assert_status(call, ANNOT_OK)
#define assert_error_says(part)                                                                    \
	do {                                                                                       \
		if (!strstr(test_error.text, part))                                                \
			fail_msg("error \"%s\" does not say \"%s\"", test_error.text, part);       \
	} while (0)

#endif
