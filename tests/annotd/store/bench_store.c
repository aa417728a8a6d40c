/*
 * How much disk and time records take in the store: bench_store FOLDER [RECORDS [RECORDS A
 * COMMIT]]. Not a test. A mix as of a desk: 40 % quotes (one target, two tags, a speaker), 30 %
 * verdicts with a rationale, 30 % reviews; they refer to records at random. Time is that of the
 * store alone.
 */
#include "corpus.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "annotd/store/store.h"
#include "base/auto.h"

struct bench {
	struct store *store;
	struct annot_arena *arena;
	struct annot_frontier frontier;
	const struct test_entry *document;
	struct annot_hash *ids;
	uint64_t n;
	uint64_t random, bytes;
	double seconds;
};

static uint64_t random_next(struct bench *b)
{
	b->random = b->random * 6364136223846793005u + 1442695040888963407u;
	return b->random >> 33;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct annot_draft *draft(struct bench *b)
{
	static const char reason[] =
		"The figure stands in the table on page four of the report, which was published a "
		"week later; the minister's office confirmed it in writing when it was asked.";
	const struct annot_hash *on = &b->ids[random_next(b) % b->n];
	unsigned which = random_next(b) % 10;
	struct annot_draft *d;
	char tag[32];

	if (which < 4) {
		uint64_t start = random_next(b) % 600;

		d = test_quote(b->document, start, start + 40);
		for (int i = 0; i < 2; i++) {
			snprintf(tag, sizeof tag, "topic %u", (unsigned)(random_next(b) % 500));
			test_card(d, "tag", tag);
		}
	} else if (which < 7) {
		d = test_verdict(on, which == 4 ? "false" : "true");
		test_card(d, "rationale", reason);
	} else {
		d = test_review(on, "approve");
		test_card(d, "reason", reason);
	}
	return d;
}

static void put(struct bench *b, const struct test_corpus *c, const struct test_key *authors)
{
	const struct annot_judgement judgement = {.effect = ANNOT_EFFECTIVE};
	struct annot_draft *d = draft(b);
	struct annot_draft_header header = {.corpus = &c->id,
					    .author = authors[random_next(b) % 20].author,
					    .time_s = 1795305600 + (int64_t)b->n,
					    .seen = {.size = b->n}};
	struct annot_buf bytes = ANNOT_BUF_INIT(ANNOT_RECORD_MAX),
			 line = ANNOT_BUF_INIT(ANNOT_LEAF_MAX);
	struct annot_hash nodes[ANNOT_LEVELS], leaf_hash;
	uint8_t signature[ANNOT_SIGNATURE_SIZE];
	struct annot_fact fact = {.index = b->n};
	struct store_chars chars = {100, 140};

	annot_arena_reset(b->arena);
	memcpy(header.nonce, &b->n, sizeof b->n);
	memcpy(header.seen.root.b, &b->n, sizeof b->n);
	assert_ok(annot_draft_build(d, &header, b->arena, &bytes, &fact.record, &test_error));
	annot_draft_free(d);
	for (size_t i = 0; i < sizeof signature; i++)
		signature[i] = (uint8_t)random_next(b);
	annot_leaf_of(fact.record, signature, &fact.leaf);
	annot_leaf_write(&fact.leaf, &line);
	leaf_hash = annot_leaf_hash(line.data, line.len);

	size_t n_nodes = annot_frontier_append(&b->frontier, &leaf_hash, nodes);
	double start = now();

	assert_ok(store_put_record(b->store, b->n, fact.record->bytes, signature, nodes, n_nodes,
				   &test_error));
	assert_ok(store_index_put(b->store, &fact, &judgement, &chars, &test_error));
	b->seconds += now() - start;
	b->bytes += bytes.len;
	b->ids[b->n++] = fact.record->id;
	annot_buf_free(&bytes);
	annot_buf_free(&line);
}

static void commit(struct bench *b)
{
	struct annot_hash root = annot_frontier_root(&b->frontier);
	double start = now();

	assert_ok(store_commit_truth(b->store, &root, &test_error));
	assert_ok(store_commit_index(b->store, &test_error));
	b->seconds += now() - start;
}

static double size_of(const char *dir, const char *name)
{
	char path[512];
	struct stat there;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	return stat(path, &there) == 0 ? (double)there.st_size : 0;
}

static void first_records(struct bench *b, const struct test_corpus *c)
{
	for (; b->n < c->n; b->n++) {
		const struct test_entry *e = c->entries[b->n];
		struct annot_fact fact = {.index = b->n, .leaf = e->leaf, .record = e->record};
		struct annot_hash nodes[ANNOT_LEVELS];
		size_t n = annot_frontier_append(&b->frontier, &c->leaf_hashes[b->n], nodes);

		assert_ok(store_put_record(b->store, b->n, e->record->bytes, e->signature, nodes, n,
					   &test_error));
		assert_ok(store_index_put(b->store, &fact, &e->judgement, NULL, &test_error));
		b->ids[b->n] = e->id;
	}
	commit(b);
}

int main(int argc, char **argv)
{
	uint64_t wanted = argc > 2 ? strtoull(argv[2], NULL, 10) : 100000;
	uint64_t a_commit = argc > 3 ? strtoull(argv[3], NULL, 10) : 16;
	struct bench b = {.arena = annot_arena_new(1 << 20), .random = 1};
	struct test_corpus *c = test_corpus_new(1, 1);
	struct test_key admin = test_key(1), authors[20];
	char text[1000];
	bool rebuild;

	if (argc < 2 || a_commit == 0) {
		fprintf(stderr, "usage: %s FOLDER [RECORDS [RECORDS A COMMIT]]\n", argv[0]);
		return 2;
	}
	for (size_t i = 0; i < COUNT(authors); i++)
		authors[i] = test_key((uint8_t)(i + 1));
	for (size_t i = 0; i + 1 < sizeof text; i++)
		text[i] = (char)('a' + i % 26);
	text[sizeof text - 1] = '\0';
	b.document = test_put_document(c, &admin, "report", text);
	b.ids = calloc(wanted + c->n, sizeof *b.ids);
	assert_non_null(b.ids);
	assert_ok(store_create(argv[1], &test_error));
	assert_ok(store_open(argv[1], &b.store, &rebuild, &test_error));
	first_records(&b, c);
	b.seconds = 0;
	for (uint64_t i = 0; i < wanted; i++) {
		put(&b, c, authors);
		if (i % a_commit == a_commit - 1 || i + 1 == wanted)
			commit(&b);
	}
	store_close(b.store);

	double record = (double)b.bytes / (double)wanted;
	double truth = size_of(argv[1], "truth.db") / (double)wanted,
	       derived = size_of(argv[1], "index.db") / (double)wanted;
	printf("%llu records of %.0f bytes: truth.db %.0f a record (%.3f x record + signature + "
	       "nodes), "
	       "index.db %.0f, together %.0f\n%.0f records/s, %llu a commit\n",
	       (unsigned long long)wanted, record, truth, truth / (record + 128), derived,
	       truth + derived, (double)wanted / b.seconds, (unsigned long long)a_commit);
	annot_arena_free(b.arena);
	test_corpus_free(c);
	free(b.ids);
	return 0;
}
