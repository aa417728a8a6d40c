/* What readers and judge's view say of versions, names, references, contents and withheld records.
 */
#include "../stored.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/encode.h"
#include "base/hash.h"

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

static struct test_entry *amend(struct stored *s, const struct test_entry *e, const char *text)
{
	struct test_key admin = test_key(1);
	struct annot_draft *d = annot_draft_amend(e->record);

	test_set(d, "text", text);
	return test_put_as(s->c, &admin, d, ANNOT_EFFECTIVE);
}

static struct test_entry *claim(struct stored *s, const char *text)
{
	struct test_key admin = test_key(1);

	return test_put_as(s->c, &admin, test_claim(text), ANNOT_EFFECTIVE);
}

static struct store_row row_of(struct stored *s, const struct test_entry *e)
{
	struct store_row row;

	assert_ok(reader_row(s->reader, e->index, &row, &test_error));
	return row;
}

static void resolves(struct stored *s, const char *id, const struct test_entry *e)
{
	uint64_t index = UINT64_MAX;

	assert_ok(reader_resolve(s->reader, id, &index, &test_error));
	assert_int_equal(index, e->index);
}

static const char *at_version(const struct test_entry *e, size_t digits, unsigned version)
{
	static char id[ANNOT_HASH_HEX + 24];

	if (version)
		snprintf(id, sizeof id, "%.*s@%u", (int)digits, annot_hash_hex(&e->id).text,
			 version);
	else
		snprintf(id, sizeof id, "%.*s", (int)digits, annot_hash_hex(&e->id).text);
	return id;
}

static void test_amended(void **state)
{
	struct stored *s = *state;
	const struct test_entry *one = claim(s, "one"), *two = amend(s, one, "two"),
				*three = amend(s, two, "three"), *other = claim(s, "other");
	struct store_row row;

	stored_sync(s);
	row = row_of(s, one);
	assert_int_equal(row.version, 1);
	assert_int_equal(row.versions, 3);
	assert_int_equal(row.heads, 1);
	assert_false(row.head);
	assert_int_equal(row.kind, ANNOT_KIND_claim);
	assert_int_equal(row.effect, ANNOT_EFFECTIVE);
	assert_int_equal(row.effect_at, one->index);
	assert_true(annot_hash_equal(&row.record, &one->id));
	row = row_of(s, three);
	assert_int_equal(row.version, 3);
	assert_true(row.head);
	assert_true(annot_hash_equal(&row.annotation, &one->id));
	assert_true(annot_hash_equal(&row.record, &three->id));
	assert_true(annot_hash_equal(&row.author, &three->record->author));
	row = row_of(s, other);
	assert_int_equal(row.versions, 1);
	assert_int_equal(row.retracted, ANNOT_NEVER);
	assert_status(reader_row(s->reader, s->c->n, &row, &test_error), ANNOT_NOT_FOUND);

	resolves(s, at_version(one, 64, 0), three);
	resolves(s, at_version(one, 8, 0), three);
	resolves(s, at_version(one, 9, 0), three);
	resolves(s, at_version(one, 16, 1), one);
	resolves(s, at_version(one, 17, 2), two);
	resolves(s, at_version(two, 12, 0), two);
	resolves(s, at_version(two, 12, 3), three);
	uint64_t index;
	assert_status(reader_resolve(s->reader, at_version(one, 8, 4), &index, &test_error),
		      ANNOT_NOT_FOUND);
	assert_error_says("has no version 4");
	assert_status(reader_resolve(s->reader, "00000000000", &index, &test_error),
		      ANNOT_NOT_FOUND);
	assert_status(reader_resolve(s->reader, "Not a name", &index, &test_error),
		      ANNOT_USAGE);
	assert_status(reader_resolve(s->reader, "some@zero", &index, &test_error), ANNOT_USAGE);
	assert_status(reader_resolve(s->reader, "@1", &index, &test_error), ANNOT_USAGE);
	assert_status(reader_resolve(s->reader, "", &index, &test_error), ANNOT_USAGE);
}

static void test_conflict_and_merge(void **state)
{
	struct stored *s = *state;
	struct test_key admin = test_key(1);
	const struct test_entry *one = claim(s, "one"), *left = amend(s, one, "left"),
				*right = amend(s, one, "right");
	struct annot_draft *d;

	stored_sync(s);
	assert_int_equal(row_of(s, left).heads, 2);
	assert_true(row_of(s, left).head);
	assert_true(row_of(s, right).head);
	assert_int_equal(row_of(s, right).version, 3);
	resolves(s, at_version(one, 8, 0), right);
	assert_string_equal(stored_list(s, "kind:claim"), "2 3");
	d = annot_draft_amend(left->record);
	assert_ok(annot_draft_parent(d, &right->id, &test_error));
	const struct test_entry *merge = test_put_as(s->c, &admin, d, ANNOT_EFFECTIVE);
	stored_sync(s);
	assert_int_equal(row_of(s, merge).heads, 1);
	assert_int_equal(row_of(s, merge).version, 4);
	assert_false(row_of(s, left).head);
	assert_false(row_of(s, right).head);
	/* As it was. */
	assert_ok(reader_as_of(s->reader, merge->index, &test_error));
	assert_int_equal(row_of(s, left).heads, 2);
	assert_int_equal(row_of(s, left).versions, 3);
	resolves(s, at_version(one, 8, 0), right);
	assert_ok(reader_as_of(s->reader, left->index, &test_error));
	assert_true(row_of(s, one).head);
	assert_int_equal(row_of(s, one).versions, 1);
	resolves(s, at_version(one, 8, 0), one);
	assert_status(reader_as_of(s->reader, s->c->n + 1, &test_error), ANNOT_INVALID);
}

/* The first 32 bits of a record's hash when its nonce is that number, as test_put makes it. */
struct tried {
	uint32_t prefix, counter;
};

static void try_counters(const struct test_entry *e, struct tried *ret, size_t n)
{
	struct annot_buf bytes = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	char *nonce;

	annot_buf_add(&bytes, e->record->bytes.data, e->record->bytes.len);
	nonce = strstr(bytes.data, "\nnonce ");
	assert_non_null(nonce);
	for (size_t i = 0; i < n; i++) {
		uint64_t counter = i + 1;
		char hex[2 * sizeof counter + 1];
		struct annot_hash hash;

		annot_hex(&counter, sizeof counter, hex);
		memcpy(nonce + strlen("\nnonce "), hex, 2 * sizeof counter);
		hash = annot_sha256(bytes.data, bytes.len);
		ret[i].counter = (uint32_t)counter;
		memcpy(&ret[i].prefix, hash.b, sizeof ret[i].prefix);
	}
	annot_buf_free(&bytes);
}

static int by_prefix(const void *a, const void *b)
{
	const struct tried *x = a, *y = b;

	return (x->prefix > y->prefix) - (x->prefix < y->prefix);
}

/* Two records whose hashes share eight digits: among 300,000 nonces each there are some. */
static void test_ambiguous(void **state)
{
	enum { TRIES = 300000 };
	struct stored *s = *state;
	struct test_key admin = test_key(1);
	struct test_corpus *same = test_corpus_new(1, 1);
	AUTO_FREE struct tried *one = calloc(TRIES, sizeof *one), *two = calloc(TRIES, sizeof *two);
	const struct tried *found = NULL;
	uint64_t index;
	size_t i = 0;

	assert_non_null(one);
	assert_non_null(two);
	try_counters(test_put(same, &admin, test_claim("one")), one, TRIES);
	try_counters(test_put(same, &admin, test_claim("two")), two, TRIES);
	test_corpus_free(same);
	qsort(one, TRIES, sizeof *one, by_prefix);
	while (i < TRIES && !(found = bsearch(&two[i], one, TRIES, sizeof *one, by_prefix)))
		i++;
	assert_non_null(found);
	s->c->counter = found->counter - 1;
	const struct test_entry *a = claim(s, "one");
	s->c->counter = two[i].counter - 1;
	const struct test_entry *b = claim(s, "two");
	stored_sync(s);
	assert_memory_equal(a->id.b, b->id.b, 4);
	assert_status(reader_resolve(s->reader, at_version(a, 8, 0), &index, &test_error),
		      ANNOT_AMBIGUOUS);
	assert_error_says("give more digits");
	char part[17];
	snprintf(part, sizeof part, "%.16s", annot_hash_hex(&a->id).text);
	assert_error_says(part);
	snprintf(part, sizeof part, "%.16s", annot_hash_hex(&b->id).text);
	assert_error_says(part);
	resolves(s, at_version(a, 64, 0), a);
	resolves(s, at_version(b, 20, 0), b);
}

static void test_retracted(void **state)
{
	struct stored *s = *state;
	struct test_key admin = test_key(1);
	const struct annot_view *view = store_view(s->store);
	const struct test_entry *one = claim(s, "one"), *two = amend(s, one, "two");
	const struct test_entry *r = test_put_as(
		s->c, &admin, test_about(ANNOT_KIND_retract, &two->id), ANNOT_EFFECTIVE);
	int64_t at;

	stored_sync(s);
	assert_int_equal(row_of(s, one).retracted, r->index);
	assert_int_equal(row_of(s, two).retracted, r->index);
	assert_true(row_of(s, two).head);
	assert_ok(view->retracted(view->ctx, &one->id, &at, &test_error));
	assert_int_equal(at, r->index);
	assert_ok(view->retracted(view->ctx, &r->id, &at, &test_error));
	assert_int_equal(at, ANNOT_NEVER);
	assert_ok(reader_as_of(s->reader, r->index, &test_error));
	assert_int_equal(row_of(s, two).retracted, ANNOT_NEVER);
}

static void count_authors(void *arg, const struct annot_hash *author)
{
	(void)author;
	++*(int *)arg;
}

static void count_seals(void *arg, const struct annot_sealed *item)
{
	*(int *)arg += item->kind == ANNOT_KIND_seal;
}

static void test_view(void **state)
{
	struct stored *s = *state;
	struct test_key admin = test_key(1), anna = test_reviewer(s->c, "anna", 20);
	const struct annot_view *view = store_view(s->store);
	const struct test_entry *one = claim(s, "one");
	struct annot_known known;
	struct annot_hash found;
	int n = 0;

	struct annot_draft *d = annot_draft_amend(one->record);
	test_set(d, "text", "by anna");
	const struct test_entry *two = test_put_as(s->c, &anna, d, ANNOT_EFFECTIVE);
	const struct test_entry *doc = test_put_document(s->c, &admin, "speech", "We did it.");
	d = annot_draft_new(ANNOT_KIND_seal);
	test_ref(d, "on", &two->id);
	test_ref(d, "commitment", &one->id);
	const struct test_entry *seal = test_put_as(s->c, &anna, d, ANNOT_EFFECTIVE);
	stored_sync(s);

	assert_ok(view->record(view->ctx, &two->id, &known, &test_error));
	assert_int_equal(known.index, two->index);
	assert_true(annot_hash_equal(&known.annotation, &one->id));
	assert_true(annot_hash_equal(&known.author, &anna.author));
	assert_true(known.head);
	assert_false(known.is_void);
	assert_ok(view->record(view->ctx, &one->id, &known, &test_error));
	assert_false(known.head);
	assert_ok(view->authors(view->ctx, &one->id, count_authors, &n, &test_error));
	assert_int_equal(n, 2);
	assert_ok(view->document(view->ctx, "speech", &found, &test_error));
	assert_true(annot_hash_equal(&found, &doc->id));
	assert_status(view->document(view->ctx, "speeches", &found, &test_error), ANNOT_NOT_FOUND);
	n = 0;
	assert_ok(view->seals(view->ctx, &two->id, count_seals, &n, &test_error));
	assert_int_equal(n, 1);
	assert_ok(view->commitment(view->ctx, &seal->id, &found, &test_error));
	assert_true(annot_hash_equal(&found, &one->id));
	assert_status(view->commitment(view->ctx, &one->id, &found, &test_error), ANNOT_NOT_FOUND);

	/* The document takes another name: the old one is free for others, but still finds it. */
	d = annot_draft_amend(doc->record);
	test_set(d, "name", "talk");
	const struct test_entry *renamed = test_put_as(s->c, &admin, d, ANNOT_EFFECTIVE);
	stored_sync(s);
	assert_status(view->document(view->ctx, "speech", &found, &test_error), ANNOT_NOT_FOUND);
	assert_ok(view->document(view->ctx, "talk", &found, &test_error));
	resolves(s, "talk", renamed);
	resolves(s, "speech", renamed);
	resolves(s, "speech@1", doc);
}

/* A store and the state in memory judge and know alike, record by record. */
static void test_like_memory(void **state)
{
	struct stored *s = *state;
	const struct annot_view *a = store_view(s->store), *b;
	const struct test_entry *one = claim(s, "one");

	amend(s, one, "two");
	amend(s, amend(s, one, "three"), "four");
	stored_sync(s);
	b = annot_memory_view(s->c->memory);
	for (size_t i = 0; i < s->c->n; i++) {
		struct annot_known x, y;

		assert_ok(a->record(a->ctx, &s->c->entries[i]->id, &x, &test_error));
		assert_ok(b->record(b->ctx, &s->c->entries[i]->id, &y, &test_error));
		assert_int_equal(x.index, y.index);
		assert_int_equal(x.kind, y.kind);
		assert_int_equal(x.head, y.head);
		assert_int_equal(x.is_void, y.is_void);
		assert_true(annot_hash_equal(&x.annotation, &y.annotation));
		assert_true(annot_hash_equal(&x.author, &y.author));
		assert_int_equal(row_of(s, s->c->entries[i]).version,
				 annot_memory_version(s->c->memory, &s->c->entries[i]->id));
	}
}

static void test_void(void **state)
{
	struct stored *s = *state;
	struct test_key stranger = test_key(77);
	const struct test_entry *one = claim(s, "one");
	struct annot_draft *d = annot_draft_amend(one->record);
	struct store_row row;

	const struct test_entry *bad = test_put_as(s->c, &stranger, d, ANNOT_VOID);
	stored_sync(s);
	row = row_of(s, bad);
	assert_int_equal(row.effect, ANNOT_VOID);
	assert_int_equal(row.version, 0);
	assert_false(row.head);
	assert_string_equal(row.reason, bad->judgement.reason);
	assert_true(row_of(s, one).head);
	assert_int_equal(row_of(s, one).versions, 1);
	resolves(s, at_version(one, 8, 0), one);
}

struct seen {
	char text[128];
	size_t len;
};

static bool see(void *arg, uint64_t index)
{
	struct seen *seen = arg;

	seen->len += (size_t)snprintf(seen->text + seen->len, sizeof seen->text - seen->len,
				      "%s%llu", seen->len ? " " : "", (unsigned long long)index);
	return true;
}

static void test_referring(void **state)
{
	struct stored *s = *state;
	struct test_key admin = test_key(1), anna = test_reviewer(s->c, "anna", 20); /* 1 */
	const struct test_entry *one = claim(s, "one");                              /* 2 */
	struct seen about = {0}, history = {0}, authority = {0};

	test_put_as(s->c, &anna, test_review(&one->id, "approve"), ANNOT_EFFECTIVE); /* 3 */
	const struct test_entry *no =
		test_put_as(s->c, &anna, test_review(&one->id, "reject"), ANNOT_EFFECTIVE);  /* 4 */
	test_put_as(s->c, &anna, test_about(ANNOT_KIND_comment, &one->id), ANNOT_EFFECTIVE); /* 5 */
	const struct test_entry *two = amend(s, one, "two");                                 /* 6 */
	test_put_as(s->c, &anna, test_verdict(&two->id, "true"), ANNOT_EFFECTIVE);           /* 7 */
	test_put_as(s->c, &anna, test_about(ANNOT_KIND_retract, &no->id), ANNOT_EFFECTIVE);  /* 8 */
	test_put_as(s->c, &admin, test_review(&s->c->entries[1]->id, "approve"),
		    ANNOT_EFFECTIVE); /* 9 */
	stored_sync(s);
	assert_ok(reader_about(s->reader, one->index, ANNOT_KIND_review, see, &about, &test_error));
	assert_string_equal(about.text, "3");
	assert_ok(reader_history(s->reader, &one->id, 0, see, &history, &test_error));
	assert_string_equal(history.text, "2 3 4 5 6 7");
	history = (struct seen){0};
	assert_ok(reader_history(s->reader, &one->id, 5, see, &history, &test_error));
	assert_string_equal(history.text, "5 6 7");
	assert_ok(reader_authority(s->reader, 0, see, &authority, &test_error));
	assert_string_equal(authority.text, "0 1 8 9");
	assert_ok(reader_as_of(s->reader, 8, &test_error));
	about = (struct seen){0};
	assert_ok(reader_about(s->reader, one->index, ANNOT_KIND_review, see, &about, &test_error));
	assert_string_equal(about.text, "3 4");
}

static void test_pending(void **state)
{
	struct stored *s = stored_new(2, 2);
	struct test_key one = test_key(1), two = test_key(2), anna = test_key(20),
			ben = test_key(21);
	(void)state;

	const struct test_entry *add =
		test_put_as(s->c, &one, test_key_add(s->c, "anna", &anna), ANNOT_PENDING);
	const struct test_entry *bad =
		test_put_as(s->c, &one, test_key_add(s->c, "ben", &ben), ANNOT_PENDING);
	stored_sync(s);
	assert_int_equal(row_of(s, add).effect, ANNOT_PENDING);
	test_put_as(s->c, &two, test_review(&add->id, "approve"), ANNOT_EFFECTIVE);
	test_put_as(s->c, &two, test_review(&bad->id, "reject"), ANNOT_EFFECTIVE);
	stored_sync(s);
	assert_int_equal(row_of(s, add).effect, ANNOT_EFFECTIVE);
	assert_int_equal(row_of(s, add).effect_at, 3);
	assert_int_equal(row_of(s, bad).effect, ANNOT_VOID);
	assert_int_equal(row_of(s, bad).effect_at, 4);
	assert_int_equal(row_of(s, bad).version, 0);
	struct annot_known known;
	const struct annot_view *view = store_view(s->store);
	assert_ok(view->record(view->ctx, &bad->id, &known, &test_error));
	assert_false(known.is_void); /* as judged at its own index */
	assert_string_equal(stored_list(s, "kind:key-add"), "1");
	assert_string_equal(stored_list(s, "kind:key-add state:void"), "2");
	assert_string_equal(stored_list(s, "kind:key-add state:pending"), "");
	assert_string_equal(stored_list(s, "kind:key-add state:pending as-of:#4"), "2");
	assert_string_equal(stored_list(s, "kind:key-add state:pending as-of:#3"), "1 2");
	assert_status(store_index_effect(s->store, &add->id, ANNOT_EFFECTIVE, 5, &test_error),
		      ANNOT_INTERNAL);
	store_rollback(s->store);
	stored_free(s);
}

static void test_content(void **state)
{
	struct stored *s = *state;
	struct test_key admin = test_key(1);
	const struct test_entry *doc = test_put_document(s->c, &admin, "long", "short"),
				*empty = test_put_document(s->c, &admin, "void", "x");
	const size_t len = (size_t)STORE_PIECE_SIZE * 2 + 17;
	AUTO_FREE char *text = malloc(len);
	struct annot_buf got = ANNOT_BUF_INIT(8 << 20);
	uint64_t length;

	assert_non_null(text);
	for (size_t i = 0; i < len; i++)
		text[i] = (char)('a' + i % 23);
	stored_sync(s);
	assert_status(reader_content_length(s->reader, doc->index, &length, &test_error),
		      ANNOT_NOT_FOUND);
	assert_status(store_put_content(s->store, 99, annot_bytes(text, len), &test_error),
		      ANNOT_INTERNAL);
	for (int i = 0; i < 2; i++)
		assert_ok(store_put_content(s->store, doc->index, annot_bytes(text, len),
					    &test_error));
	assert_ok(store_put_content(s->store, empty->index, annot_bytes("", 0), &test_error));
	assert_ok(reader_begin(s->reader, &test_error));
	assert_ok(reader_content_length(s->reader, doc->index, &length, &test_error));
	assert_int_equal(length, len);
	assert_ok(reader_content(s->reader, doc->index, 0, len + 5, &got, &test_error));
	assert_int_equal(got.len, len);
	assert_memory_equal(got.data, text, len);
	annot_buf_truncate(&got, 0);
	assert_ok(
		reader_content(s->reader, doc->index, STORE_PIECE_SIZE - 3, 6, &got, &test_error));
	assert_int_equal(got.len, 6);
	assert_memory_equal(got.data, text + STORE_PIECE_SIZE - 3, 6);
	annot_buf_truncate(&got, 0);
	assert_ok(reader_content(s->reader, doc->index, len, 10, &got, &test_error));
	assert_int_equal(got.len, 0);
	assert_ok(reader_content_length(s->reader, empty->index, &length, &test_error));
	assert_int_equal(length, 0);
	assert_ok(store_content(s->store, doc->index, 0, STORE_CONTENT_MAX, &got, &test_error));
	assert_int_equal(got.len, len);
	annot_buf_free(&got);
}

/* Beside the text, and as long as it likes. */
static void test_original(void **state)
{
	struct stored *s = *state;
	struct test_key admin = test_key(1);
	const struct test_entry *doc = test_put_document(s->c, &admin, "page", "text");
	static const char file[] = "<p>text\0\xff";
	struct annot_buf got = ANNOT_BUF_INIT(1 << 20);
	uint64_t length;

	stored_sync(s);
	assert_status(reader_original_length(s->reader, doc->index, &length, &test_error),
		      ANNOT_NOT_FOUND);
	assert_error_says("the original of document");
	for (int i = 0; i < 2; i++)
		assert_ok(store_put_original(s->store, doc->index, annot_bytes(file, sizeof file),
					     &test_error));
	assert_ok(reader_begin(s->reader, &test_error));
	assert_ok(reader_original_length(s->reader, doc->index, &length, &test_error));
	assert_int_equal(length, sizeof file);
	assert_ok(reader_original(s->reader, doc->index, 3, 100, &got, &test_error));
	assert_int_equal(got.len, sizeof file - 3);
	assert_memory_equal(got.data, file + 3, sizeof file - 3);
	assert_status(reader_content_length(s->reader, doc->index, &length, &test_error),
		      ANNOT_NOT_FOUND);
	assert_status(store_put_original(s->store, 99, annot_bytes_of("x"), &test_error),
		      ANNOT_INTERNAL);
	annot_buf_free(&got);
}

/* Whether the words stand anywhere in a file of the folder. */
static bool file_holds(const struct stored *s, const char *name, const char *words)
{
	char path[128];
	snprintf(path, sizeof path, "%s/%s", s->dir, name);
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	const size_t max = 16 << 20;
	AUTO_FREE char *data = malloc(max);
	ssize_t n;

	assert_non_null(data);
	if (fd < 0)
		return false;
	n = read(fd, data, max);
	assert_in_range(n, 0, max - 1);
	return n > 0 && memmem(data, (size_t)n, words, strlen(words));
}

static bool folder_holds(const struct stored *s, const char *words)
{
	static const char *const names[] = {"truth.db", "truth.db-wal", "index.db", "index.db-wal"};

	for (size_t i = 0; i < COUNT(names); i++)
		if (file_holds(s, names[i], words))
			return true;
	return false;
}

static void test_withheld(void **state)
{
	struct stored *s = *state;
	struct test_key admin = test_key(1);
	const struct test_entry *doc =
		test_put_document(s->c, &admin, "secret-doc", "Her address is Elmgasse 12.");
	struct annot_draft *d = test_quote(doc, 15, 26);
	struct store_record found;
	uint64_t length;

	test_card(d, "speaker", "Ulrike Unbekannt");
	test_card(d, "tag", "street-name");
	const struct test_entry *quote = test_put_as(s->c, &admin, d, ANNOT_EFFECTIVE);
	const struct test_entry *other = claim(s, "unharmed");
	stored_sync(s);
	assert_ok(store_put_content(s->store, doc->index,
				    annot_bytes_of("Her address is Elmgasse 12."), &test_error));
	assert_ok(store_put_original(s->store, doc->index,
				     annot_bytes_of("<p>Her <b>Originalgasse</b>"), &test_error));
	assert_true(folder_holds(s, "Originalgasse"));
	assert_true(folder_holds(s, "Elmgasse"));
	assert_true(folder_holds(s, "Unbekannt"));
	/* A reader with an old snapshot would keep the WAL. */
	reader_end(s->reader);
	for (int i = 0; i < 2; i++) {
		assert_ok(store_withhold(s->store, doc->index, &test_error));
		assert_ok(store_withhold(s->store, quote->index, &test_error));
	}
	assert_false(folder_holds(s, "Elmgasse"));
	assert_false(folder_holds(s, "Originalgasse"));
	assert_false(folder_holds(s, "Unbekannt"));
	assert_false(folder_holds(s, "street-name"));
	assert_false(folder_holds(s, "secret-doc"));
	assert_true(folder_holds(s, "unharmed"));
	assert_ok(reader_begin(s->reader, &test_error));
	assert_ok(reader_record(s->reader, quote->index, s->call.arena, &found, &test_error));
	assert_null(found.record.data);
	struct annot_leaf leaf;
	assert_ok(annot_leaf_parse(found.leaf, &leaf, &test_error));
	assert_true(annot_hash_equal(&leaf.record, &quote->id));
	assert_true(row_of(s, quote).withheld);
	assert_false(row_of(s, other).withheld);
	resolves(s, at_version(quote, 64, 0), quote);
	assert_status(reader_content_length(s->reader, doc->index, &length, &test_error),
		      ANNOT_NOT_FOUND);
	uint64_t index;
	assert_status(reader_resolve(s->reader, "secret-doc", &index, &test_error),
		      ANNOT_NOT_FOUND);
	assert_string_equal(stored_list(s, "state:withheld"), "2");
	assert_string_equal(stored_list(s, "tag:street-name"), "");
	/* What is left of the text is its hash. */
	struct store_withheld left[2];
	struct annot_hash none = {{0}}, hash = annot_sha256("Her address is Elmgasse 12.", 27);
	size_t n;
	assert_ok(reader_withheld_contents(s->reader, &none, left, 2, &n, &test_error));
	assert_int_equal(n, 1);
	assert_true(annot_hash_equal(&left[0].sha256, &hash));
	assert_int_equal(left[0].index, doc->index);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_amended),
		T(test_conflict_and_merge),
		T(test_ambiguous),
		T(test_retracted),
		T(test_view),
		T(test_like_memory),
		T(test_void),
		T(test_referring),
		cmocka_unit_test(test_pending),
		T(test_content),
		T(test_original),
		T(test_withheld),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
