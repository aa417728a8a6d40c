/* What rows and queries say of anchors that are in the index, and of those that are not: no thread
 * makes any here. */
#include "stored.h"

#include "anchor/anchor.h"
#include "annotd/store/anchor.h"
#include "annotd/view.h"

struct desk {
	struct test_key anna;
	struct test_entry *first, *second;  /* versions of a document */
	struct test_entry *quote, *current; /* of words in either */
};

static void upload(struct stored *s, const struct test_entry *document)
{
	assert_ok(store_put_content(s->store, document->index, document->content, &test_error));
	assert_ok(reader_begin(s->reader, &test_error));
}

static void set_up(struct stored *s, struct desk *d)
{
	d->anna = test_reviewer(s->c, "anna", 20);
	d->first = test_put_document(s->c, &d->anna, "speech", "We will build it.");
	stored_sync(s);
	upload(s, d->first);
	d->quote = test_put_as(s->c, &d->anna, test_quote(d->first, 3, 7), ANNOT_EFFECTIVE);
	stored_sync(s);
}

/* The second version, with its text. */
static void replace(struct stored *s, struct desk *d)
{
	d->second = test_put_version(s->c, &d->anna, d->first, "Yes: we will build it.");
	stored_sync(s);
	upload(s, d->second);
}

/* As the thread does it. */
static void put(struct stored *s, const struct test_entry *e, struct store_anchor anchor)
{
	struct store_todo todo = {.index = e->index};

	assert_ok(store_begin(s->store, &test_error));
	assert_ok(store_anchors_put(s->store, &todo, &anchor, 1, &test_error));
	assert_ok(store_commit_index(s->store, &test_error));
	assert_ok(reader_begin(s->reader, &test_error));
}

static const char *anchor(struct stored *s, const struct test_entry *e)
{
	const struct annot_row *row = stored_row(s, e);

	assert_int_equal(row->n_targets, 1);
	return row->targets[0].anchor;
}

static enum annot_status list_status(struct stored *s, const char *query)
{
	struct annot_list_request in = {.query = query};
	struct annot_rows_reply reply = {0};

	return on_list(&s->call, &in, &reply);
}

static bool is_due(struct stored *s, struct store_due *ret)
{
	bool found;

	assert_ok(reader_due(s->reader, 0, ret, &found, &test_error));
	return found;
}

static void test_from_exact_to_moved(void **state)
{
	struct stored *s = *state;
	struct desk d;
	struct store_due due;

	set_up(s, &d);
	assert_string_equal(anchor(s, d.quote), "exact");
	assert_string_equal(stored_list(s, "anchor:exact"), "3");
	assert_string_equal(stored_list(s, "anchor:moved"), "");
	assert_false(is_due(s, &due));
	d.second = test_put_version(s->c, &d.anna, d.first, "Yes: we will build it.");
	stored_sync(s);
	assert_true(is_due(s, &due));
	assert_int_equal(due.document, d.first->index);
	assert_int_equal(due.at, d.second->index);
	/* Its text is not there: nothing can be looked for, and nobody is kept waiting. */
	assert_string_equal(anchor(s, d.quote), "absent");
	assert_string_equal(stored_list(s, "anchor:absent"), "3");
	assert_string_equal(stored_list(s, "anchor:orphan"), "");
	upload(s, d.second);
	assert_string_equal(anchor(s, d.quote), "pending");
	assert_string_equal(stored_list(s, "anchor:pending"), "3");
	assert_string_equal(stored_list(s, "anchor:pending anchor:moved"), "3");
	assert_status(list_status(s, "anchor:moved"), ANNOT_BUSY);
	assert_status(list_status(s, "state:orphan"), ANNOT_BUSY);
	assert_status(list_status(s, "state:exact"), ANNOT_BUSY);
	assert_string_equal(stored_list(s, "state:draft state:orphan"),
			    "3"); /* the first says yes */
	assert_string_equal(stored_list(s, "state:approved anchor:orphan"), "");
	put(s, d.quote,
	    (struct store_anchor){.document = d.second->index,
				  .status = ANNOT_ANCHOR_MOVED,
				  .placed = true,
				  .score = 990,
				  .start = 8,
				  .end = 12,
				  .chars = {8, 12}});
	const struct annot_row *row = stored_row(s, d.quote);

	assert_string_equal(row->targets[0].anchor, "moved");
	assert_int_equal(row->n_anchors, 1);
	assert_int_equal(row->anchors[0].target, 0);
	assert_int_equal(row->anchors[0].start, 8);
	assert_int_equal(row->anchors[0].chars_end, 12);
	assert_int_equal(row->anchors[0].score, 990);
	assert_int_equal(row->anchors[0].version, 2);
	assert_int_equal(row->anchors[0].algorithm, ANNOT_ANCHOR_VERSION);
	assert_true(annot_hash_equal(&row->anchors[0].document, &d.second->id));
	assert_string_equal(stored_list(s, "anchor:moved"), "3");
	assert_string_equal(stored_list(s, "state:moved kind:quote"), "3");
	assert_string_equal(stored_list(s, "state:draft anchor:moved"), "3");
	assert_string_equal(stored_list(s, "state:approved anchor:moved"), "");
	assert_string_equal(stored_list(s, "anchor:exact"), "");
	/* As of before the second version it was exact; as of now that is not asked again. */
	assert_string_equal(stored_list(s, "as-of:#4"), "3");
	assert_status(list_status(s, "anchor:moved as-of:#4"), ANNOT_INVALID);
}

/* One that was made for a version that is not the newest any more counts no more. */
static void test_newer_version(void **state)
{
	struct stored *s = *state;
	struct desk d;

	set_up(s, &d);
	replace(s, &d);
	put(s, d.quote,
	    (struct store_anchor){.document = d.second->index, .status = ANNOT_ANCHOR_ORPHAN});
	assert_string_equal(anchor(s, d.quote), "orphan");
	struct test_entry *third = test_put_version(s->c, &d.anna, d.second, "No.");

	stored_sync(s);
	upload(s, third);
	assert_string_equal(anchor(s, d.quote), "pending");
	put(s, d.quote,
	    (struct store_anchor){.document = third->index, .status = STORE_UNSEARCHED});
	assert_string_equal(anchor(s, d.quote), "unsearched");
	assert_string_equal(stored_list(s, "anchor:unsearched"), "3");
	/* Replaced and retracted annotations have none. */
	struct annot_draft *draft = annot_draft_amend(d.quote->record);

	test_set(draft, "speaker", "Somebody");
	struct test_entry *amended = test_put_as(s->c, &d.anna, draft, ANNOT_EFFECTIVE);

	stored_sync(s);
	assert_null(anchor(s, d.quote));
	assert_string_equal(anchor(s, amended), "pending");
	test_put_as(s->c, &d.anna, test_about(ANNOT_KIND_retract, &amended->id), ANNOT_EFFECTIVE);
	stored_sync(s);
	assert_null(anchor(s, amended));
	assert_string_equal(stored_list(s, "anchor:orphan state:any"), "");
}

static void test_withheld(void **state)
{
	struct stored *s = *state;
	struct desk d;

	set_up(s, &d);
	replace(s, &d);
	d.current = test_put_as(s->c, &d.anna, test_quote(d.second, 0, 4), ANNOT_EFFECTIVE);
	stored_sync(s);
	reader_end(s->reader);
	assert_ok(store_withhold(s->store, d.second->index, &test_error));
	assert_ok(reader_begin(s->reader, &test_error));
	assert_string_equal(anchor(s, d.quote), "withheld");
	assert_string_equal(anchor(s, d.current), "withheld");
	assert_string_equal(stored_list(s, "anchor:withheld"), "3 5");
	assert_string_equal(stored_list(s, "anchor:orphan"), "");
}

/* A document is done with only if nothing came since; what a transaction takes back was not due. */
static void test_due(void **state)
{
	struct stored *s = *state;
	struct desk d;
	struct store_due due, now;

	set_up(s, &d);
	d.second = test_put_version(s->c, &d.anna, d.first, "Yes: we will build it.");
	stored_sync(s);
	assert_true(store_anchors_due(s->store));
	assert_false(store_anchors_due(s->store));
	assert_true(is_due(s, &due));
	struct test_entry *late =
		test_put_as(s->c, &d.anna, test_quote(d.first, 0, 2), ANNOT_EFFECTIVE);

	stored_sync(s);
	assert_true(store_anchors_due(s->store));
	assert_ok(store_begin(s->store, &test_error));
	assert_ok(store_anchors_done(s->store, &due, &test_error));
	assert_ok(store_commit_index(s->store, &test_error));
	assert_ok(reader_begin(s->reader, &test_error));
	assert_true(is_due(s, &now));
	assert_int_equal(now.at, late->index);
	struct store_todo todo[4];
	size_t n;

	assert_ok(reader_todo(s->reader, d.first->index, d.second->index, NULL, todo, 4, &n,
			      &test_error));
	assert_int_equal(n, 2);
	assert_int_equal(todo[0].index, late->index); /* in the order of the text */
	assert_int_equal(todo[1].start, 3);
	assert_int_equal(todo[1].end, 7);
	struct store_todo after = todo[0];

	assert_ok(reader_todo(s->reader, d.first->index, d.second->index, &after, todo, 4, &n,
			      &test_error));
	assert_int_equal(n, 1);
	assert_int_equal(todo[0].index, d.quote->index);
	assert_ok(store_begin(s->store, &test_error));
	assert_ok(store_anchors_done(s->store, &now, &test_error));
	store_rollback(s->store);
	assert_ok(reader_begin(s->reader, &test_error));
	assert_true(is_due(s, &now));
	assert_ok(store_begin(s->store, &test_error));
	assert_ok(store_anchors_done(s->store, &now, &test_error));
	assert_ok(store_commit_index(s->store, &test_error));
	assert_ok(reader_begin(s->reader, &test_error));
	assert_false(is_due(s, &now));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, stored_setup, stored_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_from_exact_to_moved),
		TEST(test_newer_version),
		TEST(test_withheld),
		TEST(test_due),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
