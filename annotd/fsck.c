/*
 * annotd fsck. The truth is replayed with libannot's state in memory, which shares no code with the
 * index but the judge, and what the index says is compared with that. Each record is read and
 * parsed once, and its signature handed to threads.
 */
#include "annotd/fsck.h"

#include <stdarg.h>
#include <stdlib.h>

#include "annotd/corpus_start.h"
#include "annotd/fsck_private.h"
#include "record/sshsig.h"

void finding(struct findings *f, uint64_t index, const char *format, ...)
{
	va_list args;
	pthread_mutex_lock(&f->lock);
	progress_end(&f->progress);
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

/* The last time, a key that is not known is a finding; before, it is put off. */
static enum annot_status check_signature(struct fsck *f, const struct store_record *stored,
					 const struct annot_hash *author, bool last_time,
					 struct annot_error *err)
{
	if (!stored->record.data)
		return ANNOT_OK; /* withheld */
	const struct annot_key_info *key =
		annot_authority_key(annot_memory_authority(f->memory), author);
	if (key)
		return fsck_signatures_put(f->signatures, key->key, stored, err);
	f->keyless[stored->index] = !last_time;
	if (last_time && f->effects[stored->index] != ANNOT_VOID)
		finding(&f->findings, stored->index, "its author's key is not enrolled");
	return ANNOT_OK;
}

/* *ret_good false: not well formed, which is said. row is good until the next one is read. */
static enum annot_status read_fact(struct fsck *f, uint64_t index, struct store_log_row *row,
				   struct annot_fact *ret, bool *ret_good, struct annot_error *err)
{
	struct annot_error why = {0};
	annot_arena_reset(f->arena);
	TRY(reader_log(f->reader, index, row, err));
	enum annot_status status = fact_of(&row->stored, f->arena, ret, &why);
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
	struct store_log_row row;
	struct annot_judgement judgement;
	TRY(read_fact(f, index, &row, &fact, ret_good, err));
	if (!*ret_good)
		return ANNOT_OK;
	TRY(fsck_log(f, &fact, row.nodes, err));
	TRY(fsck_withheld_note(f, &fact, err));
	TRY(annot_memory_next(f->memory, &fact, &judgement, err));
	f->effects[index] = (uint8_t)judgement.effect;
	TRY(check_signature(f, &row.stored, &fact.leaf.author, false, err));
	return fsck_words(f, &fact, err);
}

/* Those whose key was enrolled later, or never. */
static enum annot_status check_keyless(struct fsck *f, uint64_t n, struct annot_error *err)
{
	struct store_log_row row;
	struct annot_fact fact;
	bool good = true;
	for (uint64_t i = 0; i < n; i++) {
		if (!f->keyless[i])
			continue;
		TRY(read_fact(f, i, &row, &fact, &good, err));
		if (good)
			TRY(check_signature(f, &row.stored, &fact.leaf.author, true, err));
	}
	return ANNOT_OK;
}

/* Log and state; stops at a record that cannot be read, for nothing after it can be judged. */
static enum annot_status replay(struct fsck *f, bool *ret_all, struct annot_error *err)
{
	uint64_t n = 0;
	*ret_all = true;
	while (n < f->size && *ret_all) {
		TRY(replay_one(f, n, ret_all, err));
		n += *ret_all;
	}
	return check_keyless(f, n, err);
}

static enum annot_status check_all(struct fsck *f, unsigned threads, struct annot_error *err)
{
	bool all = true;
	TRY(fsck_read_slot(f, err));
	TRY(reader_open(f->dir, &f->reader, err));
	TRY(reader_begin(f->reader, err));
	f->size = reader_truth_size(f->reader);
	f->arena = annot_arena_new(FSCK_ARENA_MAX);
	f->memory = annot_memory_new();
	f->texts = texts_new();
	f->effects = calloc(f->size + 1, 1);
	f->keyless = calloc(f->size + 1, 1);
	if (!f->arena || !f->memory || !f->texts || !f->effects || !f->keyless)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	const struct annot_authority *authority = annot_memory_authority(f->memory);
	TRY(fsck_signatures_begin(f->size, threads, &f->findings, &f->signatures, err));
	TRY(replay(f, &all, err));
	fsck_check_slot(f, annot_authority_corpus(authority));
	if (!all)
		return ANNOT_OK;
	TRY(fsck_index(f, err));
	TRY(fsck_segments(f, annot_authority_corpus(authority), err));
	if (!f->defer) {
		TRY(fsck_anchors(f, err));
		TRY(fsck_search(f, err));
	}
	return fsck_withheld(f, err);
}

static enum annot_status check_folder(struct fsck f, const char *dir, unsigned threads, FILE *to,
				      uint64_t *ret_findings, struct annot_error *err)
{
	f.dir = dir;
	f.findings = (struct findings){.to = to, .progress = {.what = "checked"}};
	f.decisions = f.missing = ANNOT_BUF_INIT(FSCK_WITHHELD_MAX);
	TRY(annot_crypto_init(err));
	if (!corpus_has(dir, "truth.db"))
		return annot_fail(err, ANNOT_INVALID,
				  "%s is not a corpus folder: it has no truth.db", dir);
	pthread_mutex_init(&f.findings.lock, NULL);
	enum annot_status status = check_all(&f, threads, err);
	fsck_signatures_end(f.signatures);
	progress_end(&f.findings.progress);
	pthread_mutex_destroy(&f.findings.lock);
	reader_close(f.reader);
	annot_memory_free(f.memory);
	annot_buf_free(&f.decisions);
	annot_buf_free(&f.missing);
	annot_arena_free(f.arena);
	texts_free(f.texts);
	free(f.effects);
	free(f.keyless);
	if (status == ANNOT_OK)
		*ret_findings = f.findings.n;
	return status;
}

enum annot_status corpus_fsck(const char *dir, unsigned threads, bool defer, FILE *to,
			      uint64_t *ret_findings, struct annot_error *err)
{
	return check_folder((struct fsck){.defer = defer}, dir, threads, to, ret_findings, err);
}

enum annot_status corpus_fsck_copy(const char *dir, unsigned threads, FILE *to,
				   uint64_t *ret_findings, struct annot_error *err)
{
	return check_folder((struct fsck){.unsigned_copy = true}, dir, threads, to, ret_findings,
			    err);
}
