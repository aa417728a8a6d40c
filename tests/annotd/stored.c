#include "stored.h"

#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "annotd/view.h"

static void open_store(struct stored *s, bool *ret_rebuild)
{
	assert_ok(store_open(s->dir, &s->store, ret_rebuild, &test_error));
	assert_ok(reader_open(s->dir, &s->reader, &test_error));
	assert_ok(reader_begin(s->reader, &test_error));
	s->call.reader = s->reader;
}

struct stored *stored_new(unsigned admins, unsigned threshold)
{
	struct stored *s = calloc(1, sizeof *s);
	bool rebuild = false;

	assert_non_null(s);
	snprintf(s->dir, sizeof s->dir, "/tmp/annot-stored-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	s->c = test_corpus_new(admins, threshold);
	s->call.arena = annot_arena_new(64 << 20);
	s->call.corpus = &s->corpus;
	assert_int_equal(pthread_rwlock_init(&s->corpus.authority_lock, NULL), 0);
	assert_int_equal(pthread_mutex_init(&s->corpus.lock, NULL), 0);
	s->corpus.note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	s->corpus.authority = (struct annot_authority *)annot_memory_authority(s->c->memory);
	assert_ok(store_create(s->dir, &test_error));
	open_store(s, &rebuild);
	assert_true(rebuild);
	stored_sync(s);
	return s;
}

static void folder_remove(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	char file[512];

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
		if (entry->d_name[0] != '.')
			unlink(file);
	}
	closedir(dir);
	rmdir(path);
}

struct stored *stored_free(struct stored *s)
{
	reader_close(s->reader);
	store_close(s->store);
	folder_remove(s->dir);
	pthread_rwlock_destroy(&s->corpus.authority_lock);
	pthread_mutex_destroy(&s->corpus.lock);
	annot_buf_free(&s->corpus.note);
	annot_arena_free(s->call.arena);
	test_corpus_free(s->c);
	free(s);
	return NULL;
}

int stored_setup(void **state)
{
	*state = stored_new(1, 1);
	return 0;
}

int stored_teardown(void **state)
{
	stored_free(*state);
	return 0;
}

void stored_put_claims(struct stored *s, int n)
{
	struct test_key admin = test_key(1);

	for (int i = 0; i < n; i++)
		test_put_as(s->c, &admin, test_claim("The bridge is older than the town."),
			    ANNOT_EFFECTIVE);
}

bool stored_reopen(struct stored *s)
{
	bool rebuild = false;

	s->reader = reader_close(s->reader);
	s->store = store_close(s->store);
	open_store(s, &rebuild);
	return rebuild;
}

struct annot_hash stored_root(const struct stored *s)
{
	return annot_frontier_root(&s->frontier);
}

void stored_put_truth(struct stored *s)
{
	for (; s->n_put < s->c->n; s->n_put++) {
		const struct test_entry *e = s->c->entries[s->n_put];
		struct annot_hash nodes[ANNOT_LEVELS];
		size_t n = annot_frontier_append(&s->frontier, &s->c->leaf_hashes[s->n_put], nodes);

		assert_ok(store_put_record(s->store, e->index, e->record->bytes, e->signature,
					   nodes, n, &test_error));
	}
}

/* ASCII documents: code points are bytes. */
static size_t chars_of(const struct test_entry *e, struct store_chars *ret)
{
	size_t n = annot_record_targets(e->record);
	struct annot_target target;

	for (size_t i = 0; i < n && annot_record_target(e->record, i, &target); i++)
		ret[i] = (struct store_chars){.start = target.start, .end = target.end};
	return n;
}

/* What the entry settled. */
static void put_effects(struct stored *s, uint64_t at)
{
	for (size_t i = 0; i < at; i++) {
		const struct test_entry *e = s->c->entries[i];
		uint64_t index = 0;
		enum annot_effect effect;

		if (e->judgement.effect != ANNOT_PENDING)
			continue;
		effect = annot_authority_effect(annot_memory_authority(s->c->memory), &e->id,
						&index);
		if (effect != ANNOT_PENDING && index == at)
			assert_ok(store_index_effect(s->store, &e->id, effect, at, &test_error));
	}
}

void stored_put_index(struct stored *s)
{
	for (uint64_t i = store_index_size(s->store); i < s->n_put; i++) {
		const struct test_entry *e = s->c->entries[i];
		struct store_chars chars[ANNOT_CARDS_MAX];
		struct annot_fact fact = {.index = i, .leaf = e->leaf, .record = e->record};
		size_t n = chars_of(e, chars);

		assert_ok(store_index_put(s->store, &fact, &e->judgement, n ? chars : NULL,
					  &test_error));
		put_effects(s, i);
	}
}

void stored_sync(struct stored *s)
{
	struct annot_hash root;

	assert_ok(store_begin(s->store, &test_error));
	stored_put_truth(s);
	stored_put_index(s);
	root = stored_root(s);
	assert_ok(store_commit_truth(s->store, &root, &test_error));
	assert_ok(store_commit_index(s->store, &test_error));
	assert_ok(reader_begin(s->reader, &test_error));
}

void stored_sql(const struct stored *s, const char *name, const char *sql)
{
	char path[128], *error = NULL;
	sqlite3 *db;

	snprintf(path, sizeof path, "%s/%s", s->dir, name);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s: %s", sql, error);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

const char *stored_list(struct stored *s, const char *query)
{
	struct annot_list_request in = {.query = query};
	struct annot_rows_reply reply = {0};
	struct annot_buf text = ANNOT_BUF_INIT(1 << 16);
	const char *ret;

	assert_ok(reader_begin(s->reader, &test_error));
	enum annot_status status = on_list(&s->call, &in, &reply);

	if (status != ANNOT_OK)
		fail_msg("%s: %s: %s", query, annot_status_name(status), s->call.err.text);
	assert_int_equal(reply.next, 0);
	annot_buf_puts(&text, "");
	for (size_t i = 0; i < reply.n_rows; i++)
		annot_buf_printf(&text, "%s%llu", i ? " " : "",
				 (unsigned long long)reply.rows[i].index);
	ret = annot_arena_copy(s->call.arena, text.data, text.len);
	annot_buf_free(&text);
	assert_non_null(ret);
	return ret;
}

const struct annot_row *stored_row(struct stored *s, const struct test_entry *e)
{
	struct rows *r = annot_arena_alloc(s->call.arena, sizeof *r);
	bool full = true;

	assert_non_null(r);
	assert_ok(rows_begin(r, &s->call, 1));
	enum annot_status status = rows_add(r, e->index, NULL, &full);

	if (status != ANNOT_OK)
		fail_msg("row #%llu: %s", (unsigned long long)e->index, s->call.err.text);
	assert_false(full);
	assert_int_equal(r->n, 1);
	rows_end(r);
	return &r->rows[0];
}
