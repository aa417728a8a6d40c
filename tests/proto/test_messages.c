/* Every message of messages.def there and back, at the least, small and greatest values. */
#include "assert.h"

#include <msgpack.h>

#include "base/auto.h"
#include "sample.h"

enum { SAMPLE_MAX = 64 << 20 };

static const enum sample_size sizes[] = {SAMPLE_LEAST, SAMPLE_SMALL, SAMPLE_MOST, SAMPLE_MANY};

static void each_size(void (*check)(const struct annot_message_def *def, const void *message,
				    struct annot_arena *arena))
{
	size_t n;
	const struct annot_message_def *const *all = annot_messages(&n);
	assert_true(n > 30);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < COUNT(sizes); k++) {
			AUTO_ARENA struct annot_arena *arena = annot_arena_new(SAMPLE_MAX);
			check(all[i], sample_message(all[i], sizes[k], arena), arena);
		}
	}
}

static void round_trip(const struct annot_message_def *def, const void *message,
		       struct annot_arena *arena)
{
	AUTO_BUF struct annot_buf first = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	AUTO_BUF struct annot_buf second = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	assert_ok(annot_message_encode(def, message, &first, &test_error));
	assert_ok(annot_frame_scan(annot_buf_bytes(&first), &test_error));
	void *back;
	assert_ok(annot_message_decode(def, annot_buf_bytes(&first), arena, &back, &test_error));
	assert_true(sample_equal(def, message, back));
	assert_ok(annot_message_encode(def, back, &second, &test_error));
	assert_int_equal(first.len, second.len);
	assert_memory_equal(first.data, second.data, first.len);
}

static void test_round_trip(void **state)
{
	(void)state;
	each_size(round_trip);
}

/* msgpack-c reads what we write: a map with the fields' names, in the order of the table. */
static void foreign_reader(const struct annot_message_def *def, const void *message,
			   struct annot_arena *arena)
{
	(void)arena;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	assert_ok(annot_message_encode(def, message, &b, &test_error));
	msgpack_unpacked u;
	msgpack_unpacked_init(&u);
	size_t off = 0;
	assert_int_equal(msgpack_unpack_next(&u, b.data, b.len, &off), MSGPACK_UNPACK_SUCCESS);
	assert_int_equal(off, b.len);
	assert_int_equal(u.data.type, MSGPACK_OBJECT_MAP);
	uint32_t at = 0;
	for (size_t i = 0; i < def->n_fields; i++) {
		const struct annot_field_def *f = &def->fields()[i];
		if (!annot_field_present(f, message))
			continue;
		assert_true(at < u.data.via.map.size);
		msgpack_object key = u.data.via.map.ptr[at++].key;
		assert_int_equal(key.type, MSGPACK_OBJECT_STR);
		assert_int_equal(key.via.str.size, strlen(f->name));
		assert_memory_equal(key.via.str.ptr, f->name, key.via.str.size);
	}
	assert_int_equal(at, u.data.via.map.size);
	msgpack_unpacked_destroy(&u);
}

/* Wherever the buffer ends that it is appended to, and whatever is in there. */
static void test_appended(void **state)
{
	(void)state;
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(SAMPLE_MAX);
	const struct annot_message_def *def = &annot_message_row;
	const void *row = sample_message(def, SAMPLE_SMALL, arena);
	AUTO_BUF struct annot_buf alone = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	assert_ok(annot_message_encode(def, row, &alone, &test_error));
	for (size_t before = 0; before < alone.len + 64; before++) {
		AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
		memset(annot_buf_extend(&b, before), 'x', before);
		assert_ok(annot_message_encode(def, row, &b, &test_error));
		assert_int_equal(b.len, before + alone.len);
		assert_memory_equal(b.data + before, alone.data, alone.len);
	}
}

/* A map has another head from 16 keys on: as many fields of a row, from the least to 16. */
static void test_heads(void **state)
{
	(void)state;
	static const uint8_t signature[64];
	struct annot_row row = {.signature = annot_bytes(signature, sizeof signature),
				.effect = "void",
				.review = ""};
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(SAMPLE_MAX);
	for (unsigned n = 0; n <= 6; n++) {
		AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
		row.author_name = n > 0 ? "anna" : NULL;
		row.reason = n > 1 ? "reason" : NULL;
		row.on_version = n > 2;
		row.on_versions = n > 3;
		row.on_head = n > 4;
		row.blind = n > 5;
		foreign_reader(&annot_message_row, &row, arena);
		round_trip(&annot_message_row, &row, arena);
		assert_ok(annot_message_encode(&annot_message_row, &row, &b, &test_error));
		if (10 + n > 15)
			assert_memory_equal(b.data, ((uint8_t[]){0xde, 0, (uint8_t)(10 + n)}), 3);
		else
			assert_int_equal((uint8_t)b.data[0], 0x80 | (10 + n));
	}
}

/* A value within that is outside of its limits takes all of the message back, and nothing else. */
static void test_taken_back(void **state)
{
	(void)state;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	static const uint8_t signature[64];
	struct annot_target_view targets[2] = {{.document = {{1}}}, {.document = {{0}}}};
	struct annot_row row = {.signature = annot_bytes(signature, sizeof signature),
				.effect = "void",
				.review = "",
				.targets = targets,
				.n_targets = 2};
	annot_buf_puts(&b, "before");
	assert_status(annot_message_encode(&annot_message_row, &row, &b, &test_error),
		      ANNOT_INVALID);
	assert_error_says("row.targets[1].document: is missing");
	assert_string_equal(b.data, "before");
	assert_int_equal(b.len, 6);
}

static void test_foreign_reader(void **state)
{
	(void)state;
	each_size(foreign_reader);
}

/* Whatever byte a frame ends at, or one byte too many: refused, and nothing is read past the end.
 */
static void truncated(const struct annot_message_def *def, const void *message,
		      struct annot_arena *arena)
{
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	assert_ok(annot_message_encode(def, message, &b, &test_error));
	if (b.len > 4096)
		return; /* quadratic; the small samples have every form of value */
	for (size_t n = 0; n < b.len; n++) {
		AUTO_FREE uint8_t *exact = malloc(n ? n : 1);
		memcpy(exact, b.data, n);
		void *untouched = exact;
		struct annot_bytes cut = annot_bytes(exact, n);
		assert_status(annot_frame_scan(cut, &test_error), ANNOT_PROTOCOL);
		assert_status(annot_message_decode(def, cut, arena, &untouched, &test_error),
			      ANNOT_PROTOCOL);
		assert_ptr_equal(untouched, exact);
	}
	annot_buf_putc(&b, 0);
	assert_status(annot_frame_scan(annot_buf_bytes(&b), &test_error), ANNOT_PROTOCOL);
	assert_error_says("1 bytes after the value");
}

static void test_truncated(void **state)
{
	(void)state;
	each_size(truncated);
}

static void test_too_large(void **state)
{
	(void)state;
	/* 48 items of a 65,536-byte record each are within all limits but that of the frame. */
	enum { ITEMS = 48 };
	AUTO_FREE uint8_t *record = calloc(1, 65536);
	uint8_t signature[64] = {0};
	struct annot_submit_item items[ITEMS];
	for (size_t i = 0; i < ITEMS; i++)
		items[i] = (struct annot_submit_item){.record = annot_bytes(record, 65536),
						      .signature = annot_bytes(signature, 64)};
	struct annot_submit_request r = {.items = items, .n_items = ITEMS};
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(2 * ANNOT_FRAME_MAX);
	annot_buf_puts(&b, "before");
	assert_status(annot_message_encode(&annot_message_submit_request, &r, &b, &test_error),
		      ANNOT_TOO_LARGE);
	assert_string_equal(b.data, "before");
	AUTO_BUF struct annot_buf small = ANNOT_BUF_INIT(100);
	assert_status(annot_message_encode(&annot_message_submit_request, &r, &small, &test_error),
		      ANNOT_TOO_LARGE);
	assert_int_equal(small.len, 0);
}

static void test_arena_limit(void **state)
{
	(void)state;
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(SAMPLE_MAX);
	const struct annot_message_def *def = &annot_message_rows_reply;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	assert_ok(annot_message_encode(def, sample_message(def, SAMPLE_MANY, arena), &b,
				       &test_error));
	AUTO_ARENA struct annot_arena *small = annot_arena_new(10000);
	void *back;
	assert_status(annot_message_decode(def, annot_buf_bytes(&b), small, &back, &test_error),
		      ANNOT_NO_MEMORY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_foreign_reader),
		cmocka_unit_test(test_truncated),  cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_appended),   cmocka_unit_test(test_heads),
		cmocka_unit_test(test_taken_back), cmocka_unit_test(test_arena_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
