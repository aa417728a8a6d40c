/* search.db: whatever it holds by now, what is found is what looking through everything finds. */
#include "../stored.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "annotd/store/search.h"
#include "base/auto.h"
#include "tests/libannot/text/random.h"
#include "text/plain.h"

enum { SMALL_SHARD = 40 << 10, TEXT_MAX = 60000, DOCUMENTS = 8, CLAIMS = 60 };

struct filled {
	struct stored *s;
	struct reader *log;
	struct search *search;
	/* What each record has: plain texts, with a line feed between them. */
	struct annot_buf cards[DOCUMENTS + CLAIMS + 8], contents[DOCUMENTS + CLAIMS + 8];
	uint64_t first, end;
	uint64_t seed;
};

static int setup(void **state)
{
	struct filled *f = calloc(1, sizeof *f);

	assert_non_null(f);
	f->s = stored_new(1, 1);
	f->seed = 11;
	for (size_t i = 0; i < COUNT(f->cards); i++)
		f->cards[i] = f->contents[i] = ANNOT_BUF_INIT(1 << 20);
	assert_ok(reader_open_log(f->s->dir, &f->log, &test_error));
	assert_ok(search_open(f->s->dir, f->log, SMALL_SHARD, &f->search, &test_error));
	f->first = UINT64_MAX;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct filled *f = *state;

	search_close(f->search);
	reader_close(f->log);
	for (size_t i = 0; i < COUNT(f->cards); i++) {
		annot_buf_free(&f->cards[i]);
		annot_buf_free(&f->contents[i]);
	}
	stored_free(f->s);
	free(f);
	return 0;
}

/* --- what there is --- */

static void add_plain(struct annot_buf *to, const char *text, size_t len)
{
	struct annot_plain plain;

	assert_ok(annot_plain(text, len, &plain, &test_error));
	annot_buf_add(to, annot_plain_text(&plain), plain.len);
	annot_buf_putc(to, '\n'); /* in no plain text */
	annot_plain_free(&plain);
}

static void know(struct filled *f, const struct test_entry *e)
{
	assert_true(e->index < COUNT(f->cards));
	for (size_t i = 0; i < e->record->n_cards; i++)
		if (search_reads(&e->record->cards[i]))
			add_plain(&f->cards[e->index], e->record->cards[i].text,
				  e->record->cards[i].len);
}

static const uint32_t letters[] = {'a',  'b',   'A', ' ',    ' ',    '\n',
				   0xE9, 0x301, '-', 0x4E2D, 0x6587, 0xE19};

static const struct test_entry *put_claim(struct filled *f, const char *text)
{
	struct test_key admin = test_key(1);
	const struct test_entry *e =
		test_put_as(f->s->c, &admin, test_claim(text), ANNOT_EFFECTIVE);

	know(f, e);
	return e;
}

static const struct test_entry *random_claim(struct filled *f)
{
	char text[4 * 60 + 2] = "a";
	size_t len = 1 + random_text(&f->seed, letters, COUNT(letters), 60, text + 1);

	text[len] = '\0';
	return put_claim(f, text);
}

static const struct test_entry *put_document(struct filled *f, const char *name, const char *text,
					     size_t len)
{
	struct test_key admin = test_key(1);
	const struct test_entry *e = test_put_as(
		f->s->c, &admin, test_document(name, annot_bytes(text, len)), ANNOT_EFFECTIVE);

	know(f, e);
	return e;
}

static void put_content(struct filled *f, const struct test_entry *e, const char *text, size_t len)
{
	assert_ok(store_put_content(f->s->store, e->index, annot_bytes(text, len), &test_error));
	add_plain(&f->contents[e->index], text, len);
	if (e->index < f->first)
		f->first = e->index;
	if (e->index >= f->end)
		f->end = e->index + 1;
}

/* --- asking --- */

static bool stands_in(const struct annot_buf *text, const char *word)
{
	return text->len > 0 && memmem(text->data, text->len, word, strlen(word));
}

static bool has(const struct filled *f, uint64_t index, const char *word)
{
	return stands_in(&f->cards[index], word) || stands_in(&f->contents[index], word);
}

/* As one page after the other. */
static void found(struct filled *f, const char *text, uint64_t limit, struct annot_buf *ret)
{
	struct annot_search_request in = {
		.text = text, .query = "kind:any state:any", .limit = limit};

	do {
		struct annot_search_reply reply = {0};

		annot_arena_reset(f->s->call.arena);
		assert_ok(reader_begin(f->s->reader, &test_error));
		enum annot_status status = on_search(&f->s->call, &in, &reply);

		if (status != ANNOT_OK)
			fail_msg("%s: %s", text, f->s->call.err.text);
		for (size_t i = 0; i < reply.n_rows; i++)
			annot_buf_printf(ret, "%llu ", (unsigned long long)reply.rows[i].index);
		assert_true(reply.next == 0 || reply.next > in.from);
		in.from = reply.next;
	} while (in.from);
	reader_end(f->s->reader);
}

static void same(struct filled *f, const char *const *words, size_t n)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(4096), want = ANNOT_BUF_INIT(4096);
	AUTO_BUF struct annot_buf got = ANNOT_BUF_INIT(4096);

	annot_buf_puts(&want, "");
	annot_buf_puts(&got, "");
	for (size_t i = 0; i < n; i++)
		annot_buf_printf(&text, "\"%s\" ", words[i]);
	for (uint64_t index = 0; index < f->s->n_put; index++) {
		bool all = true;

		for (size_t i = 0; i < n; i++)
			all = all && has(f, index, words[i]);
		if (all)
			annot_buf_printf(&want, "%llu ", (unsigned long long)index);
	}
	found(f, text.data, 1 + random_below(&f->seed, 7), &got);
	if (strcmp(got.data, want.data) != 0)
		fail_msg("%s: found %s, not %s", text.data, got.data, want.data);
}

/* A word that stands somewhere: from a content, often where pieces meet, or from a card. */
static const char *some_word(struct filled *f, char ret[512])
{
	for (;;) {
		uint64_t index = random_below(&f->seed, f->s->n_put);
		const struct annot_buf *from =
			f->contents[index].len > 0 ? &f->contents[index] : &f->cards[index];
		size_t len = from->len, at, to;

		if (len < 2)
			continue;
		at = random_below(&f->seed, len - 1);
		if (len > SEARCH_PIECE && random_below(&f->seed, 2))
			at = SEARCH_PIECE * 2 / 3 + random_below(&f->seed, SEARCH_PIECE / 3);
		while (!annot_utf8_boundary(from->data, len, at))
			at--;
		to = annot_utf8_forward(from->data, len, at, 1 + random_below(&f->seed, 90));
		const char *line = memchr(from->data + at, '\n', to - at);

		if (line)
			to = (size_t)(line - from->data);
		if (to == at || to - at > 500 || memchr(from->data + at, '"', to - at) ||
		    memchr(from->data + at, '\\', to - at))
			continue;
		memcpy(ret, from->data + at, to - at);
		ret[to - at] = '\0';
		return ret;
	}
}

static void note_finding(void *arg, uint64_t first, uint64_t end, const char *what)
{
	assert_true(first < end);
	annot_buf_printf(arg, "%s\n", what);
}

/* What fsck says of it; "": all is well. */
static void checked(struct filled *f, const char *what)
{
	AUTO_BUF struct annot_buf said = ANNOT_BUF_INIT(4096);

	annot_buf_puts(&said, "");
	assert_ok(search_check(f->s->dir, note_finding, &said, &test_error));
	assert_string_equal(said.data, what);
}

static void ask(struct filled *f, int rounds)
{
	for (int i = 0; i < rounds; i++) {
		char one[512], two[512], none[512];
		const char *words[] = {some_word(f, one), some_word(f, two)};

		same(f, words, 1 + random_below(&f->seed, 2));
		snprintf(none, sizeof none,
			 "%.400sbba\xE4\xB8\xAD"
			 "ab\xE6\x96\x87",
			 one);
		words[0] = none;
		same(f, words, 1);
	}
	same(f, (const char *const[]){"a"}, 1);
	same(f, (const char *const[]){"\xE4\xB8\xAD\xE6\x96\x87"}, 1);
}

/* So many transactions; -1: until there is nothing left. */
static void fill(struct filled *f, int steps)
{
	bool more = true;

	while (more && steps-- != 0)
		assert_ok(search_records(f->search, &more, &f->first, &f->end, &test_error));
	while (!more && f->first < f->end && steps-- != 0)
		assert_ok(search_contents(f->search, &f->first, f->end, &test_error));
}

/* --- tests --- */

static void put_all(struct filled *f, char *texts[DOCUMENTS], size_t lens[DOCUMENTS],
		    const struct test_entry *documents[DOCUMENTS])
{
	for (int i = 0; i < DOCUMENTS; i++) {
		char name[32];

		texts[i] = malloc(4 * TEXT_MAX);
		assert_non_null(texts[i]);
		lens[i] = random_text(&f->seed, letters, COUNT(letters), i % 2 ? TEXT_MAX / 3 : 300,
				      texts[i]);
		snprintf(name, sizeof name, "text-%d", i);
		documents[i] = put_document(f, name, texts[i], lens[i]);
		for (int k = 0; k < CLAIMS / DOCUMENTS; k++)
			random_claim(f);
	}
	stored_sync(f->s);
}

static void test_as_looking_through(void **state)
{
	struct filled *f = *state;
	const struct test_entry *documents[DOCUMENTS];
	char *texts[DOCUMENTS];
	size_t lens[DOCUMENTS];

	know(f, f->s->c->entries[0]);
	put_all(f, texts, lens, documents);
	ask(f, 10);
	fill(f, 1);
	ask(f, 10);
	for (int i = 0; i < DOCUMENTS; i++) { /* contents come in any order */
		int at = (i * 3 + 1) % DOCUMENTS;

		put_content(f, documents[at], texts[at], lens[at]);
		ask(f, 3);
		if (i % 2)
			fill(f, 1);
	}
	checked(f, "");
	fill(f, -1);
	checked(f, "");
	ask(f, 40);
	/* What comes later goes into the next shards. */
	for (int i = 0; i < 5; i++)
		random_claim(f);
	stored_sync(f->s);
	ask(f, 5);
	fill(f, -1);
	ask(f, 10);
	/* Opened again, by the same log. */
	search_close(f->search);
	assert_ok(search_open(f->s->dir, f->log, SMALL_SHARD, &f->search, &test_error));
	ask(f, 5);
	assert_ok(search_tidy(f->search, &test_error));
	ask(f, 5);
	for (int i = 0; i < DOCUMENTS; i++)
		free(texts[i]);
}

static bool file_holds(const struct filled *f, const char *name, const char *words)
{
	AUTO_BUF struct annot_buf bytes = ANNOT_BUF_INIT(64 << 20);
	char path[128], block[4096];
	ssize_t n;

	snprintf(path, sizeof path, "%s/%s", f->s->dir, name);
	AUTO_CLOSE int fd = open(path, O_RDONLY);
	while (fd >= 0 && (n = read(fd, block, sizeof block)) > 0)
		annot_buf_add(&bytes, block, (size_t)n);
	return stands_in(&bytes, words);
}

static bool holds(const struct filled *f, const char *words)
{
	return file_holds(f, "search.db", words) || file_holds(f, "search.db-wal", words);
}

/* Withheld words are in the file no more, not even among its free pages; the others are found
 * still. */
static void test_withheld(void **state)
{
	struct filled *f = *state;
	static const char text[] = "She lives in \xCA\x98\xCA\x98\xCA\x98street, they say.";
	const struct test_entry *one, *two, *open;

	know(f, f->s->c->entries[0]);
	one = put_claim(f, "About \xCA\xA9\xCA\xA9\xCA\xA9 nothing is known.");
	two = put_document(f, "secret", text, strlen(text));
	open = put_claim(f, "Nothing is secret about the bridge.");
	stored_sync(f->s);
	put_content(f, two, text, strlen(text));
	fill(f, -1);
	assert_true(holds(f, "\xCA\x98\xCA\x98") && holds(f, "\xCA\xA9\xCA\xA9"));
	reader_end(f->s->reader);
	assert_ok(store_withhold(f->s->store, one->index, &test_error));
	assert_false(holds(f, "\xCA\xA9\xCA\xA9"));
	fill(f, 1); /* the other is in it again */
	assert_ok(store_withhold(f->s->store, two->index, &test_error));
	annot_buf_truncate(&f->cards[one->index], 0);
	annot_buf_truncate(&f->cards[two->index], 0);
	annot_buf_truncate(&f->contents[two->index], 0);
	for (int i = 0; i < 2; i++) {
		assert_false(holds(f, "\xCA\x98\xCA\x98"));
		assert_false(holds(f, "\xCA\xA9\xCA\xA9"));
		same(f, (const char *const[]){"nothing is"}, 1);
		same(f, (const char *const[]){"street"}, 1);
		f->first = 0;
		f->end = INT64_MAX;
		fill(f, -1);
	}
	assert_true(has(f, open->index, "nothing is"));
}

/* A file that is none, is broken, or is about another log. */
static void test_made_anew(void **state)
{
	struct filled *f = *state;
	static const char *const damage[] = {
		"UPDATE meta SET value=x'00' WHERE key=2",
		"PRAGMA user_version=99",
		"PRAGMA application_id=1",
	};

	know(f, f->s->c->entries[0]);
	for (int i = 0; i < 10; i++)
		random_claim(f);
	stored_sync(f->s);
	for (size_t i = 0; i <= COUNT(damage); i++) {
		fill(f, -1);
		checked(f, "");
		ask(f, 2);
		assert_ok(search_tidy(f->search, &test_error));
		f->search = search_close(f->search);
		if (i < COUNT(damage)) {
			stored_sql(f->s, "search.db", damage[i]);
		} else {
			char path[128];

			snprintf(path, sizeof path, "%s/search.db", f->s->dir);
			AUTO_FILE FILE *file = fopen(path, "w");
			assert_non_null(file);
			fputs("no database", file);
		}
		checked(f, ""); /* it is made again */
		ask(f, 2);
		assert_ok(search_open(f->s->dir, f->log, SMALL_SHARD, &f->search, &test_error));
		ask(f, 2);
	}
	/* Damage that shows only when it is asked. */
	fill(f, -1);
	stored_sql(f->s, "search.db", "DROP TABLE piece; UPDATE shard SET id=id+100");
	ask(f, 2);
	assert_ok(search_drop(f->s->dir, &test_error));
	ask(f, 2);
	assert_ok(search_drop(f->s->dir, &test_error));
}

/* Words that are missing, too many or elsewhere are seen, as far as the file says that it has them.
 */
static void test_check(void **state)
{
	static const struct {
		const char *damage, *repair, *says;
	} cases[] = {
		{"UPDATE piece SET byte=byte+1 WHERE row=(SELECT max(row) FROM piece)",
		 "UPDATE piece SET byte=byte-1 WHERE row=(SELECT max(row) FROM piece)",
		 "have other places\n"},
		{"UPDATE shard SET next=next-1", "UPDATE shard SET next=next+1",
		 "are not those of the log\n"},
		{"INSERT INTO gone VALUES(2)", "DELETE FROM gone", "are not those of the log\n"},
		{"INSERT INTO waiting VALUES(1,0,0,0)", "DELETE FROM waiting WHERE seq=1",
		 "are not those of the log\n"},
		{"UPDATE shard SET next=1000", "UPDATE shard SET next=4", "are beyond the log\n"},
	};
	struct filled *f = *state;
	AUTO_FREE char *text = malloc(4 * TEXT_MAX);
	size_t len = random_text(&f->seed, letters, COUNT(letters), TEXT_MAX / 8, text);
	const struct test_entry *one, *two;

	checked(f, "");
	one = put_document(f, "one", text, len);
	put_claim(f, "said beside it");
	two = put_document(f, "two", "short", 5);
	stored_sync(f->s);
	put_content(f, one, text, len);
	fill(f, -1);
	checked(f, ""); /* the other waits for its content */
	assert_ok(search_tidy(f->search, &test_error));
	f->search = search_close(f->search);
	for (size_t i = 0; i < COUNT(cases); i++) {
		stored_sql(f->s, "search.db", cases[i].damage);
		checked(f, cases[i].says);
		stored_sql(f->s, "search.db", cases[i].repair);
		checked(f, "");
	}
	put_content(f, two, "short", 5);
	checked(f, "");
	stored_sql(f->s, "search.db", "DELETE FROM waiting"); /* so it would never be made */
	checked(f, "lack some\n");
	stored_sql(f->s, "search.db", "DELETE FROM said_1_data WHERE id>10");
	assert_status(search_check(f->s->dir, note_finding, NULL, &test_error), ANNOT_STORE);
	assert_ok(search_open(f->s->dir, f->log, SMALL_SHARD, &f->search, &test_error));
}

/* Whatever a word is, FTS5 sees its runs in quotes, and not many. */
static void test_hostile(void **state)
{
	struct filled *f = *state;
	static const char *const words[] = {
		"\"",        "\"\"",         "a\"b",   "*",   "a*",    "^a",
		"NEAR(a b)", "a AND",        "{t}: a", "t:a", "'; --", "(",
		"a OR b",    "\x01\x1f\x02", "\x1f",   "%",   "\\",
	};

	know(f, f->s->c->entries[0]);
	put_claim(f, "a \"b\" * ^ NEAR(a b) {t}: a t:a ';-- a OR b % \\ \x01\x1f\x02");
	random_claim(f);
	stored_sync(f->s);
	for (int filled = 0; filled < 2; filled++) {
		for (size_t i = 0; i < COUNT(words); i++) {
			AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(256),
						  got = ANNOT_BUF_INIT(256);

			annot_buf_putc(&text, '"');
			for (const char *c = words[i]; *c; c++)
				annot_buf_printf(&text, "%s%c", *c == '"' || *c == '\\' ? "\\" : "",
						 *c);
			annot_buf_putc(&text, '"');
			found(f, text.data, 0, &got);
		}
		fill(f, -1);
	}
	char *large = malloc(4000);
	assert_non_null(large);
	memset(large, 'x', 3999);
	large[3999] = '\0';
	same(f, (const char *const[]){large}, 1);
	free(large);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_as_looking_through),
		T(test_withheld),
		T(test_made_anew),
		T(test_check),
		T(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
