/* get, list, history, text: what they answer, and how they page. */
#include "stored.h"

#include <stdio.h>

#include "base/encode.h"
#include "record/sshkey.h"

static int setup(void **state)
{
	*state = stored_new(1, 1);
	return 0;
}

static int teardown(void **state)
{
	stored_free(*state);
	return 0;
}

#define call_ok(what)                                                                              \
	do {                                                                                       \
		if ((what) != ANNOT_OK)                                                            \
			fail_msg("%s: %s", #what, s->call.err.text);                               \
	} while (0)

static struct test_entry *claim(struct stored *s, const char *text)
{
	struct test_key admin = test_key(1);

	return test_put_as(s->c, &admin, test_claim(text), ANNOT_EFFECTIVE);
}

static void encodes(const struct annot_call_def *def, const void *reply)
{
	struct annot_buf frame = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);

	assert_ok(annot_reply_encode(def, ANNOT_OK, NULL, reply, &frame, &test_error));
	annot_buf_free(&frame);
}

static void test_get(void **state)
{
	struct stored *s = *state;
	struct test_key admin = test_key(1);
	const struct test_entry *doc =
		test_put_document(s->c, &admin, "speech", "We will build it.");
	const struct test_entry *quote =
		test_put_as(s->c, &admin, test_quote(doc, 3, 7), ANNOT_EFFECTIVE);
	char id[16];
	const char *ids[] = {id, "speech", "speech@1"}, *missing[] = {"speech", "nothing"};
	struct annot_get_request in = {.ids = ids, .n_ids = 3};
	struct annot_rows_reply ret = {0};

	snprintf(id, sizeof id, "%.9s", annot_hash_hex(&quote->id).text);
	stored_sync(s);
	call_ok(on_get(&s->call, &in, &ret));
	assert_int_equal(ret.n_rows, 3);
	assert_int_equal(ret.size, 3);
	const struct annot_row *row = &ret.rows[0];
	assert_int_equal(row->index, quote->index);
	assert_int_equal(row->record.len, quote->record->bytes.len);
	assert_memory_equal(row->signature.data, quote->signature, ANNOT_SIGNATURE_SIZE);
	assert_null(row->leaf);
	assert_true(row->head);
	assert_int_equal(row->version, 1);
	assert_string_equal(row->author_name, "admin1");
	assert_string_equal(row->effect, "effective");
	assert_string_equal(row->review, "draft");
	assert_int_equal(row->n_flags, 0);
	assert_int_equal(row->n_targets, 1);
	assert_string_equal(row->targets[0].name, "speech");
	assert_int_equal(row->targets[0].version, 1);
	assert_int_equal(row->targets[0].chars_start, 3);
	assert_int_equal(row->targets[0].chars_end, 7);
	assert_string_equal(row->targets[0].anchor, "exact");
	assert_true(annot_hash_equal(&row->targets[0].document, &doc->id));
	assert_int_equal(ret.rows[1].index, doc->index);
	assert_int_equal(ret.rows[2].index, doc->index);
	encodes(annot_call_def(ANNOT_CALL_get), &ret);
	in = (struct annot_get_request){.ids = missing, .n_ids = 2};
	assert_int_equal(on_get(&s->call, &in, &ret), ANNOT_NOT_FOUND);
	assert_non_null(strstr(s->call.err.text, "nothing"));
}

static void test_withheld_row(void **state)
{
	struct stored *s = *state;
	const struct test_entry *e = claim(s, "gone");

	stored_sync(s);
	reader_end(s->reader);
	assert_ok(store_withhold(s->store, e->index, &test_error));
	assert_ok(reader_begin(s->reader, &test_error));
	const struct annot_row *row = stored_row(s, e);
	assert_null(row->record.data);
	assert_non_null(strstr(row->leaf, annot_hash_hex(&e->id).text));
	assert_int_equal(row->n_flags, 1);
	assert_string_equal(row->flags[0], "withheld");
	struct annot_rows_reply reply = {.rows = row, .n_rows = 1, .size = 2};
	encodes(annot_call_def(ANNOT_CALL_get), &reply);
	assert_string_equal(stored_list(s, "gone"), "");
}

static void test_pages(void **state)
{
	enum { N = 150, BIG = 16000 };
	struct stored *s = *state;
	struct annot_list_request in = {0};
	struct annot_rows_reply ret;
	char text[BIG + 1];
	uint64_t expected = 1;
	size_t pages = 0;

	memset(text, 'x', BIG);
	text[BIG] = '\0';
	for (int i = 0; i < N; i++)
		claim(s, text);
	stored_sync(s);
	/* More than a frame holds: several pages, each of which fits, nothing twice, nothing left
	 * out. */
	do {
		ret = (struct annot_rows_reply){0};
		assert_ok(reader_begin(s->reader, &test_error));
		call_ok(on_list(&s->call, &in, &ret));
		encodes(annot_call_def(ANNOT_CALL_list), &ret);
		assert_true(ret.n_rows > 0);
		for (size_t i = 0; i < ret.n_rows; i++)
			assert_int_equal(ret.rows[i].index, expected++);
		in.from = ret.next;
		pages++;
	} while (ret.next);
	assert_int_equal(expected, N + 1);
	assert_in_range(pages, 2, 4);
	in = (struct annot_list_request){.from = 7, .limit = 5};
	ret = (struct annot_rows_reply){0};
	call_ok(on_list(&s->call, &in, &ret));
	assert_int_equal(ret.n_rows, 5);
	assert_int_equal(ret.rows[0].index, 7);
	assert_int_equal(ret.next, 12);
	in = (struct annot_list_request){.from = N - 4, .limit = 5};
	ret = (struct annot_rows_reply){0};
	call_ok(on_list(&s->call, &in, &ret));
	assert_int_equal(ret.n_rows, 5);
	assert_int_equal(ret.next, 0);
	in = (struct annot_list_request){.count = true, .query = "kind:claim xx"};
	ret = (struct annot_rows_reply){0};
	call_ok(on_list(&s->call, &in, &ret));
	assert_int_equal(ret.count, N);
	assert_int_equal(ret.n_rows, 0);
	assert_int_equal(ret.next, 0);
}

static void test_history(void **state)
{
	struct stored *s = *state;
	struct test_key admin = test_key(1);
	const struct test_entry *one = claim(s, "one");
	struct annot_draft *d = annot_draft_amend(one->record);
	char id[70];
	struct annot_history_request in = {.id = id};
	struct annot_rows_reply ret = {0};

	claim(s, "another");
	test_set(d, "text", "two");
	const struct test_entry *two = test_put_as(s->c, &admin, d, ANNOT_EFFECTIVE);
	test_put_as(s->c, &admin, test_review(&two->id, "approve"), ANNOT_EFFECTIVE);
	test_put_as(s->c, &admin, test_about(ANNOT_KIND_comment, &one->id), ANNOT_EFFECTIVE);
	stored_sync(s);
	snprintf(id, sizeof id, "%.12s@2", annot_hash_hex(&one->id).text);
	call_ok(on_history(&s->call, &in, &ret));
	assert_int_equal(ret.n_rows, 4);
	assert_int_equal(ret.rows[0].index, 1);
	assert_int_equal(ret.rows[1].index, 3);
	assert_int_equal(ret.rows[3].index, 5);
	in.limit = 2;
	ret = (struct annot_rows_reply){0};
	call_ok(on_history(&s->call, &in, &ret));
	assert_int_equal(ret.n_rows, 2);
	assert_int_equal(ret.next, 4);
	in.from = ret.next;
	ret = (struct annot_rows_reply){0};
	call_ok(on_history(&s->call, &in, &ret));
	assert_int_equal(ret.n_rows, 2);
	assert_int_equal(ret.next, 0);
}

static void test_text(void **state)
{
	struct stored *s = *state;
	struct test_key admin = test_key(1);
	const struct test_entry *doc =
		test_put_document(s->c, &admin, "speech", "We will build it.");
	const struct test_entry *other = claim(s, "no document");
	struct annot_text_request in = {.document = doc->id, .offset = 3, .length = 4};
	struct annot_text_reply ret = {0};

	stored_sync(s);
	assert_int_equal(on_text(&s->call, &in, &ret), ANNOT_NOT_FOUND);
	assert_ok(store_put_content(s->store, doc->index, doc->content, &test_error));
	assert_ok(reader_begin(s->reader, &test_error));
	call_ok(on_text(&s->call, &in, &ret));
	assert_int_equal(ret.total, doc->content.len);
	assert_int_equal(ret.data.len, 4);
	assert_memory_equal(ret.data.data, "will", 4);
	encodes(annot_call_def(ANNOT_CALL_text), &ret);
	in.offset = doc->content.len;
	ret = (struct annot_text_reply){0};
	call_ok(on_text(&s->call, &in, &ret));
	assert_null(ret.data.data);
	in.document = other->id;
	assert_int_equal(on_text(&s->call, &in, &ret), ANNOT_INVALID);
	memset(&in.document, 7, sizeof in.document);
	assert_int_equal(on_text(&s->call, &in, &ret), ANNOT_NOT_FOUND);
}

static void test_keys_call(void **state)
{
	struct stored *s = *state;
	struct annot_keys_request in = {};
	struct annot_keys_reply ret = {0};
	struct test_key anna = test_reviewer(s->c, "anna", 20), next = test_key(30);
	char line[96];

	test_put_as(s->c, &anna, test_key_rotate(s->c, "anna", &s->c->entries[1]->id, &next),
		    ANNOT_EFFECTIVE);
	stored_sync(s);
	call_ok(on_keys(&s->call, &in, &ret));
	assert_int_equal(ret.n_keys, 3);
	assert_int_equal(ret.threshold, 1);
	assert_string_equal(ret.keys[0].name, "admin1");
	assert_string_equal(ret.keys[0].role, "admin");
	assert_string_equal(ret.keys[1].name, "anna");
	assert_string_equal(ret.keys[1].role, "reviewer");
	assert_string_equal(ret.keys[1].state, "rotated");
	assert_int_equal(ret.keys[1].ended, 3);
	assert_int_equal(ret.keys[1].n_languages, 1);
	assert_string_equal(ret.keys[1].languages[0], "de");
	assert_string_equal(ret.keys[2].state, "active");
	assert_int_equal(ret.keys[2].ended, 0);
	assert_true(annot_hash_equal(&ret.keys[1].person, &ret.keys[2].person));
	annot_key_line(next.secret.public_key.key, line);
	assert_string_equal(ret.keys[2].key, line);
	encodes(annot_call_def(ANNOT_CALL_keys), &ret);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_get),     T(test_withheld_row), T(test_pages),
		T(test_history), T(test_text),         T(test_keys_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
