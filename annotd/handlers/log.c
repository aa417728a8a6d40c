/* checkpoint, proof, consistency, leaves, raw, note, authority: the log for those who check it. */
#include "annotd/call.h"
#include "annotd/corpus.h"
#include "annotd/handlers/cosign.h"
#include "annotd/replay.h"

#include "base/auto.h"

enum {
	REPLY_BYTES_MAX = ANNOT_FRAME_MAX - 4096,
	LEAF_FIXED = 8,        /* header of a text in a list */
	RAW_FIXED = 192,       /* keys, headers, index and signature of a raw item */
	AUTHORITY_MAX = 65536, /* as in authority_reply */
	PARSE_ARENA_MAX = 1 << 20,
};

static enum annot_status no_memory(struct call *c)
{
	return annot_fail(&c->err, ANNOT_NO_MEMORY, "no memory for the reply");
}

static enum annot_status bytes_keep(struct call *c, const struct annot_buf *buf,
				    struct annot_bytes *ret)
{
	TRY(annot_buf_check(buf, "note", &c->err));
	ret->data = (const uint8_t *)annot_arena_copy(c->arena, buf->data, buf->len);
	ret->len = buf->len;
	return ret->data ? ANNOT_OK : no_memory(c);
}

enum annot_status on_checkpoint(struct call *c, const struct annot_checkpoint_request *in,
				struct annot_checkpoint_reply *ret)
{
	AUTO_BUF struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct annot_checkpoint checkpoint;

	(void)in;
	TRY(corpus_checkpoint(c->corpus, &checkpoint, &note, &c->err));
	TRY(cosign_merge(c, checkpoint.size, &note));
	TRY(bytes_keep(c, &note, &ret->note));
	ret->size = checkpoint.size;
	return ANNOT_OK;
}

/* The leaf line of a record; in scratch, which is reset, and copied to the call's arena. */
static enum annot_status leaf_line(struct call *c, struct annot_arena *scratch,
				   const struct store_record *stored, const char **ret)
{
	AUTO_BUF struct annot_buf line = ANNOT_BUF_INIT(ANNOT_LEAF_MAX);
	struct annot_fact fact;

	if (stored->leaf.data) {
		*ret = (const char *)stored->leaf.data;
	} else {
		TRY(fact_of(stored, scratch, &fact, &c->err));
		annot_leaf_write(&fact.leaf, &line);
		TRY(annot_buf_check(&line, "leaf line", &c->err));
		*ret = line.data;
	}
	*ret = annot_arena_copy(c->arena, *ret, strlen(*ret));
	return *ret ? ANNOT_OK : no_memory(c);
}

static enum annot_status path_keep(struct call *c, const struct annot_hash *path, size_t n,
				   const struct annot_hash **ret, size_t *ret_n)
{
	struct annot_hash *copy = annot_arena_array(c->arena, n ? n : 1, sizeof *copy);

	if (!copy)
		return no_memory(c);
	memcpy(copy, path, n * sizeof *copy);
	*ret = copy;
	*ret_n = n;
	return ANNOT_OK;
}

/* The size that a proof is for, and the note of the newest checkpoint where it has that size. */
static enum annot_status proof_size(struct call *c, uint64_t wanted, struct annot_proof_reply *ret)
{
	AUTO_BUF struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct annot_checkpoint checkpoint;
	enum annot_status status = corpus_checkpoint(c->corpus, &checkpoint, &note, &c->err);

	if (wanted == 0 || status != ANNOT_READ_ONLY)
		TRY(status);
	ret->size = wanted ? wanted : checkpoint.size;
	if (status == ANNOT_OK && checkpoint.size == ret->size)
		TRY(bytes_keep(c, &note, &ret->note));
	return call_snapshot(c, ret->size);
}

enum annot_status on_proof(struct call *c, const struct annot_proof_request *in,
			   struct annot_proof_reply *ret)
{
	AUTO_ARENA struct annot_arena *scratch = annot_arena_new(PARSE_ARENA_MAX);
	struct annot_hash path[ANNOT_PATH_MAX];
	struct annot_tree_reader tree = reader_tree(c->reader);
	struct store_record stored;
	size_t n;

	if (!scratch)
		return no_memory(c);
	TRY(proof_size(c, in->size, ret));
	if (in->index >= ret->size)
		return annot_fail(&c->err, ANNOT_NOT_FOUND,
				  "record #%llu is not in a log of %llu record%s",
				  (unsigned long long)in->index, (unsigned long long)ret->size,
				  annot_plural(ret->size));
	TRY(annot_tree_inclusion(&tree, in->index, ret->size, path, &n, &c->err));
	TRY(path_keep(c, path, n, &ret->path, &ret->n_path));
	TRY(reader_record(c->reader, in->index, scratch, &stored, &c->err));
	return leaf_line(c, scratch, &stored, &ret->leaf);
}

enum annot_status on_consistency(struct call *c, const struct annot_consistency_request *in,
				 struct annot_consistency_reply *ret)
{
	struct annot_hash path[ANNOT_CONSISTENCY_MAX];
	struct annot_tree_reader tree = reader_tree(c->reader);
	size_t n;

	if (in->from > in->to)
		return annot_fail(&c->err, ANNOT_INVALID, "from %llu is larger than to %llu",
				  (unsigned long long)in->from, (unsigned long long)in->to);
	TRY(call_snapshot(c, in->to));
	TRY(annot_tree_consistency(&tree, in->from, in->to, path, &n, &c->err));
	return path_keep(c, path, n, &ret->path, &ret->n_path);
}

enum annot_status on_leaves(struct call *c, const struct annot_leaves_request *in,
			    struct annot_leaves_reply *ret)
{
	AUTO_ARENA struct annot_arena *scratch = annot_arena_new(PARSE_ARENA_MAX);
	uint64_t size = reader_truth_size(c->reader);
	uint64_t end = size > in->from && size - in->from > in->limit ? in->from + in->limit : size;
	const char **leaves = annot_arena_array(c->arena, (size_t)in->limit, sizeof *leaves);
	size_t bytes = 0, n = 0;

	if (!scratch || !leaves)
		return no_memory(c);
	for (uint64_t i = in->from; i < end; i++) {
		struct store_record stored;

		annot_arena_reset(scratch);
		TRY(reader_record(c->reader, i, scratch, &stored, &c->err));
		TRY(leaf_line(c, scratch, &stored, &leaves[n]));
		bytes += strlen(leaves[n]) + LEAF_FIXED;
		if (bytes > REPLY_BYTES_MAX)
			break;
		n++;
	}
	ret->leaves = leaves;
	ret->n_leaves = n;
	ret->size = size;
	return ANNOT_OK;
}

static enum annot_status raw_read(struct call *c, struct annot_arena *scratch, uint64_t index,
				  struct annot_raw *ret)
{
	struct store_record stored;
	uint8_t *signature;

	annot_arena_reset(scratch);
	TRY(reader_record(c->reader, index, c->arena, &stored, &c->err));
	signature = (uint8_t *)annot_arena_copy(c->arena, stored.signature, ANNOT_SIGNATURE_SIZE);
	if (!signature)
		return no_memory(c);
	*ret = (struct annot_raw){
		.index = index,
		.record = stored.record,
		.signature = annot_bytes(signature, ANNOT_SIGNATURE_SIZE),
	};
	return leaf_line(c, scratch, &stored, &ret->leaf);
}

enum annot_status on_raw(struct call *c, const struct annot_raw_request *in,
			 struct annot_raw_reply *ret)
{
	AUTO_ARENA struct annot_arena *scratch = annot_arena_new(PARSE_ARENA_MAX);
	struct annot_raw *records = annot_arena_array(c->arena, in->n_indexes, sizeof *records);
	size_t bytes = 0, n = 0;

	if (!scratch || !records)
		return no_memory(c);
	for (size_t i = 0; i < in->n_indexes; i++) {
		TRY(raw_read(c, scratch, in->indexes[i], &records[n]));
		bytes += records[n].record.len + strlen(records[n].leaf) + RAW_FIXED;
		if (bytes > REPLY_BYTES_MAX)
			break;
		n++;
	}
	ret->records = records;
	ret->n_records = n;
	return ANNOT_OK;
}

enum annot_status on_note(struct call *c, const struct annot_note_request *in,
			  struct annot_note_reply *ret)
{
	AUTO_BUF struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);

	TRY(reader_note(c->reader, &in->hash, &note, &c->err));
	return bytes_keep(c, &note, &ret->note);
}

struct indexes {
	uint64_t *list;
	size_t n;
	uint64_t next;
};

static bool each_authority(void *arg, uint64_t index)
{
	struct indexes *i = arg;

	if (i->n == AUTHORITY_MAX) {
		i->next = index;
		return false;
	}
	i->list[i->n++] = index;
	return true;
}

enum annot_status on_authority(struct call *c, const struct annot_authority_request *in,
			       struct annot_authority_reply *ret)
{
	struct indexes i = {.list = annot_arena_array(c->arena, AUTHORITY_MAX, sizeof *i.list)};

	if (!i.list)
		return no_memory(c);
	TRY(reader_authority(c->reader, in->from, each_authority, &i, &c->err));
	ret->indexes = i.list;
	ret->n_indexes = i.n;
	ret->next = i.next;
	return ANNOT_OK;
}
