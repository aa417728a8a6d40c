/*
 * annotd fsck. The truth is replayed with libannot's state in memory, which shares no code with the
 * index but the judge, and what the index says is compared with that.
 */
#include "annotd/fsck.h"
#include "annotd/fsck_private.h"

#include <stdarg.h>
#include <stdlib.h>

#include "annotd/checkpoint_file.h"
#include "annotd/corpus_start.h"
#include "annotd/replay.h"
#include "annotd/texts.h"
#include "base/auto.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/hash.h"
#include "record/sshsig.h"
#include "state/memory.h"
#include "text/utf8.h"

enum { HEADS_MAX = 64 };

struct fsck {
	const char *dir;
	struct reader *reader;
	uint64_t size;             /* of truth.db */
	struct annot_arena *arena; /* of one record */
	struct annot_memory *memory;
	struct annot_frontier frontier;
	uint8_t *effects; /* of each record, as judged */
	struct texts *texts;
	struct fsck_signatures *signatures;
	bool has_slot;
	struct checkpoint_slot slot;
	struct findings findings;
};

void finding(struct findings *f, uint64_t index, const char *format, ...)
{
	va_list args;
	pthread_mutex_lock(&f->lock);
	if (f->n++ < FSCK_FINDINGS_SHOWN) {
		if (index != FSCK_WHOLE)
			fprintf(f->to, "#%llu: ", (unsigned long long)index);
		va_start(args, format);
		vfprintf(f->to, format, args);
		va_end(args);
		fputc('\n', f->to);
	}
	pthread_mutex_unlock(&f->lock);
}

/* --- log
 * -------------------------------------------------------------------------------------------------------------------
 */

/* What cannot be read for want of memory is no finding. */
static enum annot_status check_nodes(struct fsck *f, const struct annot_fact *fact,
				     struct annot_error *err)
{
	char line[ANNOT_LEAF_MAX + 1] = "";
	struct annot_buf buf = ANNOT_BUF_IN(line);
	struct annot_hash nodes[ANNOT_LEVELS], stored;
	struct annot_tree_reader tree = reader_tree(f->reader);
	annot_leaf_write(&fact->leaf, &buf);
	struct annot_hash leaf = annot_leaf_hash(buf.data, buf.len);
	size_t n = annot_frontier_append(&f->frontier, &leaf, nodes);
	for (unsigned level = 0; level < n; level++) {
		struct annot_error why = {0};
		enum annot_status status =
			tree.node(tree.ctx, level, fact->index >> level, &stored, &why);
		if (status == ANNOT_NO_MEMORY)
			return annot_fail(err, status, "%s", why.text);
		if (status != ANNOT_OK)
			finding(&f->findings, fact->index, "%s", why.text);
		else if (!annot_hash_equal(&stored, &nodes[level]))
			finding(&f->findings, fact->index,
				"node of level %u is %s, the leaf gives %s", level,
				annot_hash_hex(&stored).text, annot_hash_hex(&nodes[level]).text);
	}
	return ANNOT_OK;
}

static void compare_root(struct fsck *f, const char *what, const struct annot_hash *said)
{
	struct annot_hash root = annot_frontier_root(&f->frontier);
	if (!annot_hash_equal(&root, said))
		finding(&f->findings, FSCK_WHOLE,
			"%s: at %llu records the root is %s, the leaves give %s", what,
			(unsigned long long)f->frontier.size, annot_hash_hex(said).text,
			annot_hash_hex(&root).text);
}

/* Sizes that no commit made have no root in truth.db; the last one must. */
static enum annot_status check_roots(struct fsck *f, struct annot_error *err)
{
	struct annot_error why = {0};
	struct annot_hash root;
	enum annot_status status = reader_root(f->reader, f->frontier.size, &root, &why);
	if (status == ANNOT_OK)
		compare_root(f, "truth.db", &root);
	else if (status == ANNOT_NO_MEMORY)
		return annot_fail(err, status, "%s", why.text);
	else if (status != ANNOT_NOT_FOUND || f->frontier.size == f->size)
		finding(&f->findings, FSCK_WHOLE, "truth.db: %s", why.text);
	if (f->has_slot && f->slot.size == f->frontier.size)
		compare_root(f, "checkpoint", &f->slot.root);
	return ANNOT_OK;
}

/* Before the snapshot: a running annotd commits to truth.db first. */
static enum annot_status read_slot(struct fsck *f, struct annot_error *err)
{
	char path[CORPUS_PATH_MAX];
	AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(CHECKPOINT_FILE_SIZE);
	TRY(corpus_path(f->dir, "checkpoint", path, err));
	if (!corpus_has(f->dir, "checkpoint"))
		return ANNOT_OK;
	TRY(annot_file_read(path, CHECKPOINT_FILE_SIZE, &file, err));
	for (size_t page = 0; page < 2; page++) {
		struct checkpoint_slot slot;
		size_t at = page * CHECKPOINT_PAGE_SIZE;
		if (file.len < at + CHECKPOINT_SLOT_SIZE ||
		    checkpoint_slot_decode((const uint8_t *)file.data + at, &slot) !=
			    CHECKPOINT_SLOT_GOOD)
			continue;
		if (!f->has_slot || slot.generation > f->slot.generation)
			f->slot = slot;
		f->has_slot = true;
	}
	return ANNOT_OK;
}

static void check_slot(struct fsck *f, const struct annot_hash *corpus)
{
	if (!f->has_slot)
		finding(&f->findings, FSCK_WHOLE, "checkpoint: the file is absent or damaged");
	else if (corpus && !annot_hash_equal(&f->slot.corpus, corpus))
		finding(&f->findings, FSCK_WHOLE, "checkpoint: the file is of corpus %s",
			annot_hash_hex(&f->slot.corpus).text);
	else if (f->slot.size > f->size)
		finding(&f->findings, FSCK_WHOLE,
			"checkpoint: %llu records were signed, truth.db has %llu",
			(unsigned long long)f->slot.size, (unsigned long long)f->size);
}

/* --- contents and words
 * ------------------------------------------------------------------------------------------------------
 */

/* A document's text; false if it is not there. */
static enum annot_status load_text(struct fsck *f, uint64_t index, struct annot_buf *ret,
				   bool *ret_there, struct annot_error *err)
{
	uint64_t length;
	enum annot_status status = reader_content_length(f->reader, index, &length, err);
	*ret_there = status == ANNOT_OK;
	if (status == ANNOT_NOT_FOUND)
		return ANNOT_OK;
	TRY(status);
	annot_buf_add(ret, "", 0);
	TRY(reader_content(f->reader, index, 0, (size_t)length, ret, err));
	return annot_buf_check(ret, "content", err);
}

static enum annot_status check_content(struct fsck *f, const struct annot_fact *fact,
				       struct annot_error *err)
{
	AUTO_BUF struct annot_buf content = ANNOT_BUF_INIT(STORE_CONTENT_MAX);
	bool there;
	TRY(load_text(f, fact->index, &content, &there, err));
	if (!there)
		return ANNOT_OK; /* not uploaded yet, or withheld */
	if (!fact->record) {
		finding(&f->findings, fact->index, "withheld, but its content is still there");
		return ANNOT_OK;
	}
	struct annot_bytes text = annot_buf_bytes(&content);
	struct annot_hash sha256 = annot_sha256(text.data, text.len);
	struct annot_hash chunks = annot_chunk_root(text);
	if (!annot_hash_equal(&sha256, &annot_record_card(fact->record, "sha256")->hash))
		finding(&f->findings, fact->index, "card sha256 is not that of its content, %s",
			annot_hash_hex(&sha256).text);
	if (!annot_hash_equal(&chunks, &annot_record_card(fact->record, "chunks")->hash))
		finding(&f->findings, fact->index, "card chunks is not that of its content, %s",
			annot_hash_hex(&chunks).text);
	if (annot_utf8_valid(text.data, text.len) != text.len)
		finding(&f->findings, fact->index, "its content is not UTF-8");
	return ANNOT_OK;
}

static enum annot_status is_withheld(struct fsck *f, uint64_t index, bool *ret,
				     struct annot_error *err)
{
	struct store_row row;
	TRY(reader_row(f->reader, index, &row, err));
	*ret = row.withheld;
	return ANNOT_OK;
}

static enum annot_status check_targets(struct fsck *f, const struct annot_fact *fact,
				       struct annot_error *err)
{
	size_t n = annot_record_targets(fact->record), n_chars = 0;
	struct text_source source = text_source_reader(f->reader);
	struct store_chars have[TARGETS_MAX], want;
	TRY(reader_chars(f->reader, fact->index, have, TARGETS_MAX, &n_chars, err));
	for (size_t i = 0; i < n; i++) {
		struct annot_target target;
		struct annot_error why = {0};
		bool withheld = false;
		uint64_t document;
		annot_record_target(fact->record, i, &target);
		TRY(reader_find(f->reader, &target.document, &document, err));
		enum annot_status status =
			texts_target(f->texts, &source, document, &target, true, &want, &why);
		if (status == ANNOT_NOT_FOUND) {
			TRY(is_withheld(f, document, &withheld, err));
			if (!withheld)
				finding(&f->findings, fact->index,
					"the text of target %zu is missing", i + 1);
		} else if (status == ANNOT_MISMATCH) {
			finding(&f->findings, fact->index, "%s", why.text);
		} else if (status != ANNOT_OK) {
			return annot_fail(err, status, "%s", why.text);
		} else if (n_chars > 0 && (i >= n_chars || have[i].start != want.start ||
					   have[i].end != want.end)) {
			finding(&f->findings, fact->index,
				"the index has target %zu at other code points; run annotd rebuild",
				i + 1);
		}
	}
	return ANNOT_OK;
}

/* --- replay
 * --------------------------------------------------------------------------------------------------------------------
 */

static enum annot_status read_fact(struct fsck *f, uint64_t index, struct annot_fact *ret,
				   bool *ret_good, struct annot_error *err)
{
	struct store_record stored;
	struct annot_error why = {0};
	annot_arena_reset(f->arena);
	TRY(reader_record(f->reader, index, f->arena, &stored, err));
	enum annot_status status = fact_of(&stored, f->arena, ret, &why);
	if (status == ANNOT_NO_MEMORY)
		return annot_fail(err, status, "%s", why.text);
	*ret_good = status == ANNOT_OK;
	if (!*ret_good)
		finding(&f->findings, index, "%s", why.text);
	return ANNOT_OK;
}

static enum annot_status replay_one(struct fsck *f, uint64_t index, bool *ret_good,
				    struct annot_error *err)
{
	struct annot_fact fact;
	struct annot_judgement judgement;
	TRY(read_fact(f, index, &fact, ret_good, err));
	if (!*ret_good)
		return ANNOT_OK;
	TRY(check_nodes(f, &fact, err));
	TRY(check_roots(f, err));
	fsck_signatures_lock(f->signatures);
	enum annot_status status = annot_memory_next(f->memory, &fact, &judgement, err);
	fsck_signatures_unlock(f->signatures);
	TRY(status);
	f->effects[index] = (uint8_t)judgement.effect;
	return ANNOT_OK;
}

/* Log and state; stops at a record that cannot be read, for nothing after it can be judged. */
static enum annot_status replay(struct fsck *f, bool *ret_all, struct annot_error *err)
{
	enum annot_status status = ANNOT_OK;
	uint64_t i = 0;
	*ret_all = true;
	while (i < f->size && status == ANNOT_OK && *ret_all) {
		status = replay_one(f, i, ret_all, err);
		if (status == ANNOT_OK && *ret_all)
			fsck_signatures_replayed(f->signatures, ++i, false);
	}
	fsck_signatures_replayed(f->signatures, i, true);
	return status;
}

static enum annot_effect final_effect(const struct fsck *f, const struct annot_fact *fact)
{
	enum annot_effect judged = (enum annot_effect)f->effects[fact->index];
	if (judged != ANNOT_PENDING)
		return judged;
	return annot_authority_effect(annot_memory_authority(f->memory), &fact->leaf.record, NULL);
}

static void compare_row(struct fsck *f, const struct annot_fact *fact, const struct store_row *row,
			bool named)
{
	struct findings *to = &f->findings;
	struct annot_hash heads[HEADS_MAX];
	enum annot_effect effect = final_effect(f, fact);
	uint64_t version = annot_memory_version(f->memory, &fact->leaf.record);
	size_t n = annot_memory_heads(f->memory, &fact->leaf.annotation, heads, HEADS_MAX);
	bool head = false;
	for (size_t i = 0; i < n && i < HEADS_MAX; i++)
		head = head || annot_hash_equal(&heads[i], &fact->leaf.record);
	if (!named || !annot_hash_equal(&row->author, &fact->leaf.author) ||
	    row->kind != fact->leaf.kind)
		finding(to, fact->index, "the index has another record here; run annotd rebuild");
	else if (row->effect != effect)
		finding(to, fact->index, "the index says %s, a replay %s; run annotd rebuild",
			annot_effect_name(row->effect), annot_effect_name(effect));
	else if (effect != ANNOT_VOID && (row->version != version || row->heads != n ||
					  (row->head != head && n <= HEADS_MAX)))
		finding(to, fact->index,
			"the index says version %llu, %llu heads%s, a replay %llu, %zu%s; run "
			"annotd rebuild",
			(unsigned long long)row->version, (unsigned long long)row->heads,
			row->head ? " and this one" : "", (unsigned long long)version, n,
			head ? " and this one" : "");
}

static enum annot_status compare(struct fsck *f, struct annot_error *err)
{
	uint64_t indexed = reader_size(f->reader);
	if (indexed < f->size)
		finding(&f->findings, FSCK_WHOLE,
			"index.db has %llu of %llu records; the next start of annotd catches it up",
			(unsigned long long)indexed, (unsigned long long)f->size);
	for (uint64_t i = 0; i < indexed && i < f->size; i++) {
		struct annot_fact fact;
		struct store_row row;
		bool good, named;
		TRY(read_fact(f, i, &fact, &good, err));
		TRY(reader_glance(f->reader, i, &row, err));
		if (!good)
			continue;
		TRY(reader_is_named(f->reader, i, &fact.leaf.record, &named, err));
		compare_row(f, &fact, &row, named);
		if (fact.leaf.kind == ANNOT_KIND_document)
			TRY(check_content(f, &fact, err));
		if (fact.record && f->effects[i] != ANNOT_VOID &&
		    annot_record_targets(fact.record) > 0)
			TRY(check_targets(f, &fact, err));
	}
	return ANNOT_OK;
}

static enum annot_status check_all(struct fsck *f, unsigned threads, struct annot_error *err)
{
	bool all = true;
	TRY(read_slot(f, err));
	TRY(reader_open(f->dir, &f->reader, err));
	TRY(reader_begin(f->reader, err));
	f->size = reader_truth_size(f->reader);
	f->arena = annot_arena_new(FSCK_ARENA_MAX);
	f->memory = annot_memory_new();
	f->texts = texts_new();
	f->effects = calloc(f->size + 1, 1);
	if (!f->arena || !f->memory || !f->texts || !f->effects)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	const struct annot_authority *authority = annot_memory_authority(f->memory);
	TRY(fsck_signatures_begin(f->dir, f->size, threads, authority, f->effects, &f->findings,
				  &f->signatures, err));
	TRY(replay(f, &all, err));
	check_slot(f, annot_authority_corpus(authority));
	return all ? compare(f, err) : ANNOT_OK;
}

enum annot_status corpus_fsck(const char *dir, unsigned threads, FILE *to, uint64_t *ret_findings,
			      struct annot_error *err)
{
	struct fsck f = {.dir = dir, .findings = {.to = to}};
	TRY(annot_crypto_init(err));
	if (!corpus_has(dir, "truth.db"))
		return annot_fail(err, ANNOT_INVALID,
				  "%s is not a corpus folder: it has no truth.db", dir);
	pthread_mutex_init(&f.findings.lock, NULL);
	enum annot_status status = check_all(&f, threads, err);
	enum annot_status verified =
		fsck_signatures_end(f.signatures, status == ANNOT_OK ? err : NULL);
	if (status == ANNOT_OK)
		status = verified;
	pthread_mutex_destroy(&f.findings.lock);
	reader_close(f.reader);
	annot_memory_free(f.memory);
	annot_arena_free(f.arena);
	texts_free(f.texts);
	free(f.effects);
	if (status == ANNOT_OK)
		*ret_findings = f.findings.n;
	return status;
}
