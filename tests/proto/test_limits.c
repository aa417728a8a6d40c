/* Each limit of each field, on what is sent (structs) and on what comes in (frames packed without
 * checks). */
#include "assert.h"

#include <stdio.h>

#include "base/auto.h"
#include "sample.h"

enum { SAMPLE_MAX = 64 << 20, PACK_MAX = 32 << 20 };

struct spot {
	const struct annot_message_def *def;
	const struct annot_field_def *field;
	struct annot_arena *arena;
	char *message; /* a small one */
	char path[128];
};

static void each_field(void (*check)(struct spot *s))
{
	size_t n;
	const struct annot_message_def *const *all = annot_messages(&n);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < all[i]->n_fields; k++) {
			AUTO_ARENA struct annot_arena *arena = annot_arena_new(SAMPLE_MAX);
			struct spot s = {all[i], &all[i]->fields()[k], arena,
					 sample_message(all[i], SAMPLE_SMALL, arena), ""};
			snprintf(s.path, sizeof s.path, "%s.%s", s.def->name, s.field->name);
			check(&s);
		}
	}
}

/* Neither sent nor accepted, and the error names the field. */
static void refused(struct spot *s)
{
	AUTO_BUF struct annot_buf sent = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	AUTO_BUF struct annot_buf packed = ANNOT_BUF_INIT(PACK_MAX);
	void *back = s;
	assert_status(annot_message_check(s->def, s->message, &test_error), ANNOT_INVALID);
	assert_error_says(s->path);
	assert_status(annot_message_encode(s->def, s->message, &sent, &test_error), ANNOT_INVALID);
	assert_int_equal(sent.len, 0);
	sample_pack(s->def, s->message, NULL, SAMPLE_WHOLE, &packed);
	assert_false(packed.failed);
	assert_status(annot_message_decode(s->def, annot_buf_bytes(&packed), s->arena, &back,
					   &test_error),
		      ANNOT_INVALID);
	assert_error_says(s->path);
	assert_ptr_equal(back, s);
}

static void set_text(struct spot *s, void *at, uint64_t len)
{
	char *text = annot_arena_alloc(s->arena, len + 1);
	memset(text, 'x', len);
	*(char **)at = text;
}

static void set_bytes(struct spot *s, void *at, uint64_t len)
{
	*(struct annot_bytes *)at = annot_bytes(annot_arena_alloc(s->arena, len + 1), len);
}

/* Sets the field (or, of a list, its first item) to a value or length; false where there is no such
 * limit. */
static bool set(struct spot *s, void *at, uint64_t value)
{
	switch (s->field->type) {
	case ANNOT_FIELD_u64:
		*(uint64_t *)at = value;
		return true;
	case ANNOT_FIELD_text:
		set_text(s, at, value);
		return true;
	case ANNOT_FIELD_bytes:
		set_bytes(s, at, value);
		return true;
	case ANNOT_FIELD_flag:
	case ANNOT_FIELD_hash:
		break;
	}
	return false;
}

static void over_and_under(struct spot *s)
{
	const struct annot_field_def *f = s->field;
	if (f->list)
		return;
	if (set(s, s->message + f->offset, f->max + 1))
		refused(s);
	if (f->min > 0 && set(s, s->message + f->offset, f->min - 1))
		refused(s);
}

static void test_values(void **state)
{
	(void)state;
	each_field(over_and_under);
}

static void list_lengths(struct spot *s)
{
	const struct annot_field_def *f = s->field;
	if (!f->list)
		return;
	size_t step = annot_item_size(f);
	char **items = (char **)(void *)(s->message + f->offset);
	size_t *n = (size_t *)(void *)(s->message + f->count_offset);
	char *one = *items;
	if (!f->message && set(s, one, f->item_max + 1)) {
		snprintf(s->path, sizeof s->path, "%s.%s[0]", s->def->name, f->name);
		refused(s);
		set(s, one, 0);
	}
	snprintf(s->path, sizeof s->path, "%s.%s", s->def->name, f->name);
	char *many = annot_arena_array(s->arena, f->max + 1, step);
	for (size_t i = 0; i <= f->max; i++)
		memcpy(many + i * step, one, step);
	*items = many;
	*n = f->max + 1;
	refused(s);
	*n = f->max;
	assert_ok(annot_message_check(s->def, s->message, &test_error));
	if (f->min > 0) {
		*n = f->min - 1;
		refused(s);
	}
}

static void test_lists(void **state)
{
	(void)state;
	each_field(list_lengths);
}

static void without(struct spot *s)
{
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(PACK_MAX);
	void *back;
	sample_pack(s->def, s->message, s->field, SAMPLE_WITHOUT, &b);
	enum annot_status status = s->field->required ? ANNOT_INVALID : ANNOT_OK;
	assert_ok(annot_frame_scan(annot_buf_bytes(&b), &test_error));
	assert_status(
		annot_message_decode(s->def, annot_buf_bytes(&b), s->arena, &back, &test_error),
		status);
	if (s->field->required)
		assert_error_says(s->path);
	else
		assert_false(sample_equal(s->def, s->message, back));
}

static void test_missing(void **state)
{
	(void)state;
	each_field(without);
}

static void absent_in_struct(struct spot *s)
{
	const struct annot_field_def *f = s->field;
	bool pointer = f->type == ANNOT_FIELD_text || f->type == ANNOT_FIELD_hash;
	if (f->list || !f->required || !pointer)
		return;
	memset(s->message + f->offset, 0, annot_item_size(f));
	assert_status(annot_message_check(s->def, s->message, &test_error), ANNOT_INVALID);
	assert_error_says(s->path);
	assert_error_says("is missing");
}

static void test_absent_in_struct(void **state)
{
	(void)state;
	each_field(absent_in_struct);
}

static void twice(struct spot *s)
{
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(PACK_MAX);
	sample_pack(s->def, s->message, s->field, SAMPLE_TWICE, &b);
	assert_status(annot_frame_scan(annot_buf_bytes(&b), &test_error), ANNOT_PROTOCOL);
	assert_error_says("twice");
}

static void test_twice(void **state)
{
	(void)state;
	each_field(twice);
}

static void mistyped(struct spot *s)
{
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(PACK_MAX);
	void *back;
	sample_pack(s->def, s->message, s->field, SAMPLE_MISTYPED, &b);
	assert_ok(annot_frame_scan(annot_buf_bytes(&b), &test_error));
	assert_status(
		annot_message_decode(s->def, annot_buf_bytes(&b), s->arena, &back, &test_error),
		ANNOT_INVALID);
	assert_error_says(s->path);
	assert_error_says("is nil");
}

static void test_mistyped(void **state)
{
	(void)state;
	each_field(mistyped);
}

static void stranger(struct spot *s)
{
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(PACK_MAX);
	void *back;
	sample_pack(s->def, s->message, s->field, SAMPLE_STRANGER, &b);
	assert_ok(annot_frame_scan(annot_buf_bytes(&b), &test_error));
	assert_ok(annot_message_decode(s->def, annot_buf_bytes(&b), s->arena, &back, &test_error));
	assert_true(sample_equal(s->def, s->message, back));
}

static void test_unknown_keys(void **state)
{
	(void)state;
	each_field(stranger);
}

static void not_utf8(struct spot *s)
{
	const struct annot_field_def *f = s->field;
	if (f->list || f->type != ANNOT_FIELD_text)
		return;
	set(s, s->message + f->offset, f->max);
	char *text = *(char **)(void *)(s->message + f->offset);
	text[f->max - 1] = (char)0xff;
	assert_status(annot_message_check(s->def, s->message, &test_error), ANNOT_INVALID);
	assert_error_says(s->path);
	assert_error_says("UTF-8");
}

static void test_not_utf8(void **state)
{
	(void)state;
	each_field(not_utf8);
}

/* A path leads to the item of an item. */
static void test_path(void **state)
{
	(void)state;
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(SAMPLE_MAX);
	const struct annot_message_def *def = &annot_message_rows_reply;
	struct annot_rows_reply *r = sample_message(def, SAMPLE_SMALL, arena);
	struct annot_target_view *t = (struct annot_target_view *)r->rows[1].targets;
	t[1].chars_end = UINT64_MAX;
	assert_status(annot_message_check(def, r, &test_error), ANNOT_INVALID);
	assert_error_says("rows_reply.rows[1].targets[1].chars_end: ");
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(PACK_MAX);
	sample_pack(def, r, NULL, SAMPLE_WHOLE, &b);
	void *back;
	assert_status(annot_message_decode(def, annot_buf_bytes(&b), arena, &back, &test_error),
		      ANNOT_INVALID);
	assert_error_says("rows_reply.rows[1].targets[1].chars_end: ");
}

/* Hashes of another length than 32. */
static void test_hash_length(void **state)
{
	(void)state;
	for (uint8_t n = 31; n <= 33; n++) {
		AUTO_ARENA struct annot_arena *arena = annot_arena_new(SAMPLE_MAX);
		uint8_t frame[64] = {0x81, 0xa4, 'h', 'a', 's', 'h', 0xc4, n};
		memset(frame + 8, 0xab, n);
		void *back;
		assert_status(annot_message_decode(&annot_message_note_request,
						   annot_bytes(frame, 8u + n), arena, &back,
						   &test_error),
			      n == 32 ? ANNOT_OK : ANNOT_INVALID);
	}
	assert_error_says("note_request.hash: 33 bytes, expected a hash of 32");
}

static void test_bytes_at_null(void **state)
{
	(void)state;
	struct annot_text_reply r = {.data = {NULL, 5}};
	assert_status(annot_message_check(&annot_message_text_reply, &r, &test_error),
		      ANNOT_INVALID);
	assert_error_says("text_reply.data: 5 bytes at NULL");
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	assert_status(annot_message_encode(&annot_message_text_reply, &r, &b, &test_error),
		      ANNOT_INVALID);
	assert_error_says("text_reply.data: 5 bytes at NULL");
	/* Empty ones need no data, also where they are required. */
	struct annot_upload_request empty = {.document = {{1}}};
	assert_ok(annot_message_check(&annot_message_upload_request, &empty, &test_error));
	assert_ok(annot_message_encode(&annot_message_upload_request, &empty, &b, &test_error));
	struct annot_submit_item item = {.record = {NULL, 0}};
	assert_status(annot_message_encode(&annot_message_submit_item, &item, &b, &test_error),
		      ANNOT_INVALID);
	assert_error_says("submit_item.record: 0 bytes, expected");
}

/* A list that is too long is refused before there is memory for it. */
static void test_long_list(void **state)
{
	(void)state;
	enum { ITEMS = 100000 };
	static uint8_t frame[12 + ITEMS] = {0x81,
					    0xa5,
					    'i',
					    't',
					    'e',
					    'm',
					    's',
					    0xdd,
					    0x00,
					    ITEMS >> 16,
					    (ITEMS >> 8) & 0xff,
					    ITEMS & 0xff};
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(64);
	void *back;
	assert_ok(annot_frame_scan(annot_bytes(frame, sizeof frame), &test_error));
	assert_status(annot_message_decode(&annot_message_submit_request,
					   annot_bytes(frame, sizeof frame), arena, &back,
					   &test_error),
		      ANNOT_INVALID);
	assert_error_says("submit_request.items: 100000 items, at most 256");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),        cmocka_unit_test(test_lists),
		cmocka_unit_test(test_missing),       cmocka_unit_test(test_absent_in_struct),
		cmocka_unit_test(test_twice),         cmocka_unit_test(test_mistyped),
		cmocka_unit_test(test_unknown_keys),  cmocka_unit_test(test_not_utf8),
		cmocka_unit_test(test_path),          cmocka_unit_test(test_hash_length),
		cmocka_unit_test(test_bytes_at_null), cmocka_unit_test(test_long_list),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
