/* Whether this is built with a sanitizer, or run by valgrind, which keep memory of their own and
 * take their time. */
#ifndef TESTS_SUPPORT_SANITIZED_H
#define TESTS_SUPPORT_SANITIZED_H

#if defined(__SANITIZE_THREAD__)
#define SANITIZED_THREAD 1
#elif defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SANITIZED_THREAD 1
#elif __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef UNDER_VALGRIND /* cmake says so */
#define UNDER_VALGRIND 0
#endif
#ifndef SANITIZED_THREAD
#define SANITIZED_THREAD 0
#endif
#ifndef SANITIZED
#define SANITIZED (SANITIZED_THREAD || UNDER_VALGRIND)
#endif

#endif
