/* The pre-scan: every form of msgpack, and frames that declare far more than they hold. */
#include "assert.h"

#include "base/auto.h"
#include "base/encode.h"
#include "proto/proto.h"

/* Allocations of the code under test (linked with --wrap). */
static size_t allocations;
void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);

void *__wrap_malloc(size_t size)
{
	allocations++;
	return __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
	allocations++;
	return __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t size)
{
	allocations++;
	return __real_realloc(p, size);
}

static enum annot_status scan_hex(const char *hex)
{
	uint8_t bytes[256];
	size_t n = strlen(hex) / 2;
	assert_true(annot_unhex(hex, strlen(hex), bytes, n));
	AUTO_FREE uint8_t *exact = malloc(n ? n : 1);
	memcpy(exact, bytes, n);
	return annot_frame_scan(annot_bytes(exact, n), &test_error);
}

static void test_accepted(void **state)
{
	(void)state;
	static const char *const accepted[] = {
		"00",
		"7f",
		"cc80",
		"ccff",
		"cd0100",
		"cdffff",
		"ce00010000",
		"ceffffffff",
		"cf0000000100000000",
		"cfffffffffffffffff", /* numbers */
		"c0",
		"c2",
		"c3", /* nil, flags */
		"a0",
		"a161",
		"a2c3a9",
		"a4f09d849e", /* text */
		"c400",
		"c40100",
		"c403ff00c1", /* bytes hold anything */
		"90",
		"9100",
		"939090c0", /* lists */
		"80",
		"81a16100",
		"82a16180a16280",
		"82a161c0a0c0",
		"91919191919191c0", /* seven deep */
		"9191919191919190", /* eight */
	};
	for (size_t i = 0; i < COUNT(accepted); i++)
		assert_ok(scan_hex(accepted[i]));
}

static void test_refused(void **state)
{
	(void)state;
	static const struct {
		const char *hex, *says;
	} refused[] = {
		{"", "empty"},
		/* outside of the profile */
		{"c1", "not allowed"},
		{"ca00000000", "not allowed"},
		{"cb0000000000000000", "not allowed"},
		{"c7000a", "not allowed"},
		{"c800000a", "not allowed"},
		{"c9000000000a", "not allowed"},
		{"d40a00", "not allowed"},
		{"d8", "not allowed"},
		{"d0ff", "not allowed"},
		{"d1ff00", "not allowed"},
		{"d2ff000000", "not allowed"},
		{"d3ff00000000000000", "not allowed"},
		{"ff", "negative"},
		{"e0", "negative"},
		{"d005", "not allowed"},
		/* longer than needed */
		{"cc7f", "shortest"},
		{"cd00ff", "shortest"},
		{"ce0000ffff", "shortest"},
		{"cf00000000ffffffff", "shortest"},
		{"d900", "shortest"},
		{"d91f61616161616161616161616161616161616161616161616161616161616161", "shortest"},
		{"da00ff", "shortest"},
		{"db0000ffff", "shortest"},
		{"c500ff", "shortest"},
		{"c60000ffff", "shortest"},
		{"dc000f", "shortest"},
		{"dd0000ffff", "shortest"},
		{"de000f", "shortest"},
		{"df0000ffff", "shortest"},
		/* more than there is */
		{"cc", "ends within"},
		{"cd01", "ends within"},
		{"cf000000010000", "ends within"},
		{"c4", "ends within"},
		{"dc00", "ends within"},
		{"a161a1", "after the value"},
		{"a261", "only 1 bytes are left"},
		{"c40261", "only 1 bytes"},
		{"9200", "only 1 bytes"},
		{"82a16100", "only 3 bytes"},
		{"81", "only 0 bytes"},
		{"dd07ffffff", "only 0 bytes"},
		{"df07ffffff", "only 0 bytes"},
		{"dbffffffff", "only 0 bytes"},
		{"c6ffffffff00", "only 1 bytes"},
		{"919200", "only 1 bytes"},
		{"9291c0", "ends within"},
		{"0000", "1 bytes after"},
		{"8000", "1 bytes after"},
		{"c0c0c0", "2 bytes after"},
		/* text */
		{"a1ff", "UTF-8"},
		{"a2c080", "UTF-8"},
		{"a3eda080", "UTF-8"},
		{"a161ff", "after"},
		{"a4f4908080", "UTF-8"},
		{"a1c3", "UTF-8"},
		{"a100", "NUL"},
		{"a3610062", "byte 2"},
		{"81a1ffc0", "UTF-8"},
		/* keys */
		{"810000", "not text"},
		{"81c0c0", "not text"},
		{"819000", "not text"},
		{"81c4016100", "not text"},
		{"82a16100a16101", "twice"},
		{"82a000a000", "twice"},
		{"81a16182a16200a16200", "twice"},
		{"83a16100a16200a16100", "twice"},
		{"9182a16100a16100", "byte 6"},
		/* nine deep */
		{"919191919191919190", "deeper than 8"},
		{"81a16181a16181a16181a16181a16181a16181a16181a16180", "deeper"},
	};
	for (size_t i = 0; i < COUNT(refused); i++) {
		assert_status(scan_hex(refused[i].hex), ANNOT_PROTOCOL);
		if (!strstr(test_error.text, refused[i].says))
			fail_msg("%s: \"%s\" does not say \"%s\"", refused[i].hex, test_error.text,
				 refused[i].says);
	}
}

/* Same keys in different maps, keys that begin alike. */
static void test_keys_apart(void **state)
{
	(void)state;
	assert_ok(scan_hex("82a16181a16100a26161a0"));
	assert_ok(scan_hex("9281a1610081a16100"));
}

static void test_map_size(void **state)
{
	(void)state;
	for (size_t n = ANNOT_FIELDS_MAX; n <= ANNOT_FIELDS_MAX + 1; n++) {
		uint8_t frame[3 + 4 * (ANNOT_FIELDS_MAX + 1)] = {0xde, 0, (uint8_t)n};
		for (size_t i = 0; i < n; i++)
			memcpy(frame + 3 + 4 * i, (uint8_t[]){0xa2, 'k', (uint8_t)(' ' + i), 0xc0},
			       4);
		assert_status(annot_frame_scan(annot_bytes(frame, 3 + 4 * n), &test_error),
			      n > ANNOT_FIELDS_MAX ? ANNOT_PROTOCOL : ANNOT_OK);
	}
	assert_error_says("65 keys; at most 64");
}

static void test_frame_size(void **state)
{
	(void)state;
	size_t n = ANNOT_FRAME_MAX;
	AUTO_FREE uint8_t *frame = calloc(1, n + 1);
	uint32_t bytes = (uint32_t)n - 5;
	memcpy(frame,
	       (uint8_t[]){0xc6, (uint8_t)(bytes >> 24), (uint8_t)(bytes >> 16),
			   (uint8_t)(bytes >> 8), (uint8_t)bytes},
	       5);
	assert_ok(annot_frame_scan(annot_bytes(frame, n), &test_error));
	assert_status(annot_frame_scan(annot_bytes(frame, n + 1), &test_error), ANNOT_TOO_LARGE);
}

/* Scans, and decodes as request and reply: refused, without a single allocation. */
static void bomb(const uint8_t *frame, size_t n)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(ANNOT_DECODE_MAX);
	const struct annot_call_def *call;
	void *message;
	struct annot_bytes b = annot_bytes(frame, n);
	size_t before = allocations;
	assert_status(annot_frame_scan(b, &test_error), ANNOT_PROTOCOL);
	assert_status(annot_request_decode(b, arena, &call, &message, &test_error), ANNOT_PROTOCOL);
	assert_status(annot_reply_decode(annot_call_def(ANNOT_CALL_list), b, arena, &message,
					 &test_error),
		      ANNOT_PROTOCOL);
	assert_int_equal(allocations, before);
}

static void test_bombs(void **state)
{
	(void)state;
	bomb((const uint8_t[]){0xdd, 0x00, 0xff, 0xff, 0xff}, 5);
	bomb((const uint8_t[]){0xdd, 0x07, 0xff, 0xff, 0xff}, 5);
	bomb((const uint8_t[]){0xdf, 0xff, 0xff, 0xff, 0xff}, 5);
	bomb((const uint8_t[]){0xc6, 0xff, 0xff, 0xff, 0xff}, 5);
	bomb((const uint8_t[]){0xdb, 0xff, 0xff, 0xff, 0xff}, 5);
	uint8_t headers[155];
	for (size_t i = 0; i < sizeof headers; i++)
		headers[i] = (const uint8_t[]){0xdd, 0x07, 0xff, 0xff, 0xff}[i % 5];
	bomb(headers, sizeof headers);
	enum { DEEP = 100000 };
	uint8_t *deep = __real_malloc(DEEP);
	memset(deep, 0x91, DEEP);
	bomb(deep, DEEP);
	/* Each count is one that the bytes left allow: small frames cannot declare a lot at any
	 * level. */
	memset(deep, 0, DEEP);
	for (size_t i = 0; i < 9; i++)
		memcpy(deep + 3 * i, (uint8_t[]){0xdc, 0xff, 0xff}, 3);
	bomb(deep, DEEP);
	free(deep);
}

/* That the counter counts. */
static void test_counter(void **state)
{
	(void)state;
	size_t before = allocations;
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(100);
	assert_non_null(annot_arena_alloc(arena, 10));
	assert_true(allocations > before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),   cmocka_unit_test(test_refused),
		cmocka_unit_test(test_keys_apart), cmocka_unit_test(test_map_size),
		cmocka_unit_test(test_frame_size), cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_counter),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
