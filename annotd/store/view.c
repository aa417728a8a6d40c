/* The state before the next record, for annot_judge, on the writer's connection. */
#include "annotd/store/store_private.h"

static enum annot_status view_record(void *ctx, const struct annot_hash *record,
				     struct annot_known *ret, struct annot_error *err)
{
	struct store *s = ctx;
	struct annot_known known;
	struct core_rec rec;
	bool found = false;
	uint64_t seq = 0;

	TRY(core_seek(&s->core, record, &seq, &found, err));
	if (!found)
		return annot_fail(err, ANNOT_NOT_FOUND, "no such record in the log");
	TRY(core_rec(&s->core, seq, &rec, err));
	known = (struct annot_known){
		.index = seq,
		.kind = rec.kind,
		.annotation = *record,
		.is_void = rec.effect == ANNOT_VOID,
		.head = core_rec_is_head(&rec),
	};
	/* What a quorum voided later was not void at its own index. */
	if (known.is_void) {
		int64_t late;

		TRY(core_late(&s->core, seq, &late, err));
		known.is_void = late == ANNOT_NEVER;
	}
	if (!rec.first)
		TRY(core_hash(&s->core, rec.ann, &known.annotation, err));
	TRY(core_author(&s->core, rec.author, &known.author, err));
	*ret = known;
	return ANNOT_OK;
}

static enum annot_status view_retracted(void *ctx, const struct annot_hash *annotation,
					int64_t *ret, struct annot_error *err)
{
	struct store *s = ctx;
	struct core_ann ann;
	uint64_t first = 0;
	enum annot_status status = core_find(&s->core, annotation, &first, err);

	if (status == ANNOT_NOT_FOUND) {
		*ret = ANNOT_NEVER;
		return ANNOT_OK;
	}
	TRY(status);
	TRY(core_ann(&s->core, first, &ann, err));
	*ret = ann.retracted;
	return ANNOT_OK;
}

struct authors {
	struct store *store;
	void (*each)(void *arg, const struct annot_hash *author);
	void *arg;
	enum annot_status status;
	struct annot_error *err;
};

static bool each_author(void *arg, uint64_t id)
{
	struct authors *a = arg;
	struct annot_hash author;

	a->status = core_author(&a->store->core, (int64_t)id, &author, a->err);
	if (a->status == ANNOT_OK)
		a->each(a->arg, &author);
	return a->status == ANNOT_OK;
}

static enum annot_status view_authors(void *ctx, const struct annot_hash *annotation,
				      void (*each)(void *arg, const struct annot_hash *author),
				      void *arg, struct annot_error *err)
{
	struct store *s = ctx;
	struct authors a = {.store = s, .each = each, .arg = arg, .err = err};
	sqlite3_stmt *st;
	uint64_t first = 0;

	TRY(core_find(&s->core, annotation, &first, err));
	TRY(db_statement(&s->core.index, INDEX_AUTHORS, &st, err));
	TRY(core_each(&s->core.index, st, 0, (int64_t[]){(int64_t)first}, 1, each_author, &a, err));
	return a.status;
}

static enum annot_status view_document(void *ctx, const char *name,
				       struct annot_hash *ret_annotation, struct annot_error *err)
{
	struct store *s = ctx;
	AUTO_RESET sqlite3_stmt *st = NULL;
	struct core_rec rec;
	bool row = false;
	int64_t term;

	TRY(core_term(&s->core, TERM_NAME, name, strlen(name), &term, err));
	TRY(db_statement(&s->core.index, INDEX_NAMED, &st, err));
	sqlite3_bind_int64(st, 1, term);
	sqlite3_bind_int64(st, 2, INT64_MAX);
	TRY(db_step(&s->core.index, st, &row, err));
	/* Versions of documents are linear: the head is the newest version that is not void. */
	if (!row || !sqlite3_column_int(st, 1))
		return annot_fail(err, ANNOT_NOT_FOUND, "no document is named %s", name);
	TRY(core_rec(&s->core, (uint64_t)sqlite3_column_int64(st, 0), &rec, err));
	return core_hash(&s->core, rec.ann, ret_annotation, err);
}

struct seals {
	struct store *store;
	void (*each)(void *arg, const struct annot_sealed *item);
	void *arg;
	enum annot_status status;
	struct annot_error *err;
};

static bool each_seal(void *arg, uint64_t seq)
{
	struct seals *a = arg;
	struct annot_sealed item;
	struct core_rec rec;

	a->status = core_rec(&a->store->core, seq, &rec, a->err);
	if (a->status == ANNOT_OK)
		a->status = core_hash(&a->store->core, seq, &item.record, a->err);
	if (a->status == ANNOT_OK)
		a->status = core_author(&a->store->core, rec.author, &item.author, a->err);
	if (a->status != ANNOT_OK)
		return false;
	item.kind = rec.kind;
	a->each(a->arg, &item);
	return true;
}

static enum annot_status view_seals(void *ctx, const struct annot_hash *on,
				    void (*each)(void *arg, const struct annot_sealed *item),
				    void *arg, struct annot_error *err)
{
	struct store *s = ctx;
	struct seals a = {.store = s, .each = each, .arg = arg, .err = err};
	sqlite3_stmt *st;
	uint64_t seq = 0;

	TRY(store_fill_flush(s, err));
	TRY(core_find(&s->core, on, &seq, err));
	TRY(db_statement(&s->core.index, INDEX_SEALS, &st, err));
	TRY(core_each(&s->core.index, st, 0,
		      (int64_t[]){(int64_t)seq, ANNOT_KIND_seal, ANNOT_KIND_verdict}, 3, each_seal,
		      &a, err));
	return a.status;
}

static enum annot_status view_commitment(void *ctx, const struct annot_hash *seal,
					 struct annot_hash *ret, struct annot_error *err)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
	const struct annot_record *record;
	const struct annot_card *card;
	struct store_record stored;
	struct store *s = ctx;
	uint64_t seq = 0;

	if (!arena)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for a seal");
	TRY(core_find(&s->core, seal, &seq, err));
	TRY(core_record(&s->core, seq, arena, &stored, err));
	if (!stored.record.data)
		return annot_fail(err, ANNOT_NOT_FOUND, "seal #%llu was withheld",
				  (unsigned long long)seq);
	TRY(annot_record_parse(arena, stored.record, &record, err));
	card = annot_record_card(record, "commitment");
	if (!card)
		return annot_fail(err, ANNOT_NOT_FOUND, "record #%llu is not a seal",
				  (unsigned long long)seq);
	*ret = card->hash;
	return ANNOT_OK;
}

void store_view_init(struct store *s)
{
	s->view = (struct annot_view){
		.ctx = s,
		.record = view_record,
		.retracted = view_retracted,
		.authors = view_authors,
		.document = view_document,
		.seals = view_seals,
		.commitment = view_commitment,
	};
}

const struct annot_view *store_view(struct store *s)
{
	return &s->view;
}

enum annot_status store_newest_head(struct store *s, const struct annot_hash *annotation,
				    struct store_head *ret, struct annot_error *err)
{
	struct core_rec rec;
	struct core_ann ann;
	struct store_head head;
	uint64_t first = 0;
	int64_t seq = 0;
	bool there;
	sqlite3_stmt *st;

	TRY(core_find(&s->core, annotation, &first, err));
	TRY(db_statement(&s->core.index, INDEX_NEWEST_HEAD, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)first);
	sqlite3_bind_int64(st, 2, INT64_MAX);
	TRY(db_number(&s->core.index, st, &there, &seq, err));
	if (!there)
		return annot_fail(err, ANNOT_NOT_FOUND, "annotation %s has no head",
				  annot_hash_hex(annotation).text);
	TRY(core_rec(&s->core, (uint64_t)seq, &rec, err));
	TRY(core_ann(&s->core, first, &ann, err));
	TRY(core_hash(&s->core, (uint64_t)seq, &head.record, err));
	head.version = rec.version;
	head.heads = ann.heads;
	*ret = head;
	return ANNOT_OK;
}

static enum annot_status tree_node(void *ctx, unsigned level, uint64_t n, struct annot_hash *ret,
				   struct annot_error *err)
{
	struct store *s = ctx;

	return core_node(&s->core, level, n, ret, err);
}

struct annot_tree_reader store_tree(struct store *s)
{
	return (struct annot_tree_reader){.ctx = s, .node = tree_node};
}

enum annot_status store_content_length(struct store *s, uint64_t document_index, uint64_t *ret,
				       struct annot_error *err)
{
	return core_content_length(&s->core, STORE_TEXT, document_index, ret, err);
}

enum annot_status store_content(struct store *s, uint64_t document_index, uint64_t offset,
				size_t len, struct annot_buf *ret, struct annot_error *err)
{
	return core_content(&s->core, STORE_TEXT, document_index, offset, len, ret, err);
}
