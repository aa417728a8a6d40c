/* Applying judged records to the index. */
#include "annotd/store/store_private.h"

enum { CHARS_MAX = ANNOT_CARDS_MAX * 20 };

static enum annot_status author_put(struct store *s, const struct annot_hash *author, int64_t *ret,
				    struct annot_error *err)
{
	enum annot_status status = core_author_id(&s->core, author, ret, err);
	sqlite3_stmt *st;

	if (status != ANNOT_NOT_FOUND)
		return status;
	TRY(db_statement(&s->core.index, INDEX_AUTHOR_PUT, &st, err));
	sqlite3_bind_blob(st, 1, author->b, sizeof author->b, SQLITE_STATIC);
	TRY(db_run(&s->core.index, st, err));
	*ret = sqlite3_last_insert_rowid(s->core.index.sq);
	return ANNOT_OK;
}

/* --- what the cards say --- */

static enum annot_status edge(struct store *s, uint64_t dst, enum edge_role role, uint64_t src,
			      bool drop, struct annot_error *err)
{
	return store_put_row(s, drop ? INDEX_EDGE_DROP : INDEX_EDGE_PUT,
			     (int64_t[]){(int64_t)dst, role, (int64_t)src}, 3, err);
}

/* Records that are not there (in void records) leave no edge. */
static enum annot_status edge_to(struct store *s, const struct annot_hash *dst, enum edge_role role,
				 uint64_t src, bool drop, struct annot_error *err)
{
	uint64_t seq = 0;
	enum annot_status status = core_find(&s->core, dst, &seq, err);

	if (status == ANNOT_NOT_FOUND)
		return ANNOT_OK;
	return status == ANNOT_OK ? edge(s, seq, role, src, drop, err) : status;
}

/* A target in a version that was replaced. (While the index is filled, its document is due already.) */
static enum annot_status due_put(struct store *s, uint64_t doc, uint64_t seq,
				 struct annot_error *err)
{
	struct core_rec rec;

	if (s->fill)
		return ANNOT_OK;
	TRY(core_rec(&s->core, doc, &rec, err));
	return rec.replaced == ANNOT_NEVER ? ANNOT_OK : store_due_put(s, rec.ann, seq, err);
}

static enum annot_status target(struct store *s, const struct annot_card *card, int n, uint64_t seq,
				bool drop, struct annot_error *err)
{
	uint64_t doc;
	enum annot_status status = core_find(&s->core, &card->hash, &doc, err);

	if (status == ANNOT_NOT_FOUND)
		return ANNOT_OK;
	TRY(status);
	if (!drop)
		TRY(due_put(s, doc, seq, err));
	return store_put_row(s, drop ? INDEX_TARGET_DROP : INDEX_TARGET_PUT,
			     (int64_t[]){(int64_t)doc, (int64_t)card->start, (int64_t)seq, n,
					 (int64_t)card->end},
			     drop ? 4 : 5, err);
}

static enum annot_status term_drop(struct store *s, int64_t term, uint64_t seq,
				   struct annot_error *err)
{
	TRY(store_put_row(s, INDEX_POSTING_DROP, (int64_t[]){term, (int64_t)seq}, 2, err));
	cache_drop_terms(&s->cache);
	return store_put_row(s, INDEX_TERM_DROP, &term, 1, err);
}

static enum annot_status term(struct store *s, enum term_kind kind, const struct annot_card *card,
			      uint64_t seq, bool drop, struct annot_error *err)
{
	enum annot_status status;
	sqlite3_stmt *st;
	int64_t id = 0;

	status = core_term(&s->core, kind, card->text, card->len, &id, err);
	if (drop)
		return status == ANNOT_OK          ? term_drop(s, id, seq, err)
		       : status == ANNOT_NOT_FOUND ? ANNOT_OK
						   : status;
	if (status == ANNOT_NOT_FOUND) {
		TRY(db_statement(&s->core.index, INDEX_TERM_PUT, &st, err));
		sqlite3_bind_int(st, 1, kind);
		sqlite3_bind_text(st, 2, card->text, (int)card->len, SQLITE_STATIC);
		TRY(db_run(&s->core.index, st, err));
		id = sqlite3_last_insert_rowid(s->core.index.sq);
		cache_put_term(&s->cache, (int)kind, card->text, card->len, id);
	} else {
		TRY(status);
	}
	const int64_t posting[] = {id, (int64_t)seq};

	/* Who has a name is asked of each document. */
	return kind == TERM_NAME ? store_run_row(s, INDEX_POSTING_PUT, posting, 2, err)
				 : store_put_row(s, INDEX_POSTING_PUT, posting, 2, err);
}

static const struct {
	const char *card;
	enum edge_role role;
} edge_cards[] = {
	{"to", EDGE_TO},
	{"via", EDGE_VIA},
	{"evidence", EDGE_EVIDENCE},
	{"reply-to", EDGE_REPLY_TO},
	{"translation-of", EDGE_TRANSLATION_OF},
};

static const struct {
	const char *card;
	enum annot_card_type type;
	enum term_kind term;
} term_cards[] = {
	{"tag", ANNOT_CARD_TEXT, TERM_TAG},          {"speaker", ANNOT_CARD_TEXT, TERM_SPEAKER},
	{"claimant", ANNOT_CARD_TEXT, TERM_SPEAKER}, {"name", ANNOT_CARD_NAME, TERM_NAME},
	{"rating", ANNOT_CARD_NAME, TERM_RATING},    {"imported-from", ANNOT_CARD_TEXT, TERM_IMPORTED},
	{"source", ANNOT_CARD_TEXT, TERM_SOURCE},    {"sha256", ANNOT_CARD_HASH, TERM_SHA256},
};

static enum annot_status card_index(struct store *s, uint64_t seq, enum annot_kind kind,
				    const struct annot_card *card, bool drop,
				    struct annot_error *err)
{
	if (card->def->type == ANNOT_CARD_REF) {
		for (size_t i = 0; i < COUNT(edge_cards); i++)
			if (strcmp(card->def->name, edge_cards[i].card) == 0)
				return edge_to(s, &card->hash, edge_cards[i].role, seq, drop, err);
		return ANNOT_OK;
	}
	for (size_t i = 0; i < COUNT(term_cards); i++)
		if (card->def->type == term_cards[i].type &&
		    strcmp(card->def->name, term_cards[i].card) == 0 &&
		    (term_cards[i].term != TERM_NAME || kind == ANNOT_KIND_document))
			return term(s, term_cards[i].term, card, seq, drop, err);
	return ANNOT_OK;
}

enum annot_status store_index_cards(struct store *s, uint64_t seq,
				    const struct annot_record *record, bool drop,
				    struct annot_error *err)
{
	int n_targets = 0;

	for (size_t i = 0; i < record->n_cards; i++) {
		const struct annot_card *card = &record->cards[i];

		if (card->def->type == ANNOT_CARD_TARGET)
			TRY(target(s, card, n_targets++, seq, drop, err));
		else
			TRY(card_index(s, seq, record->kind->kind, card, drop, err));
	}
	return ANNOT_OK;
}

/* --- what the leaf says --- */

static size_t varint(uint64_t value, uint8_t *ret)
{
	size_t n = 0;

	for (; value >= 0x80; value >>= 7)
		ret[n++] = (uint8_t)(value | 0x80);
	ret[n++] = (uint8_t)value;
	return n;
}

struct placed {
	uint64_t first;
	uint64_t version;
	struct core_ann ann;
};

/* Where a record stands in its annotation. Void ones of unknown annotations stand alone. */
static enum annot_status place(struct store *s, const struct annot_fact *fact,
			       enum annot_effect effect, struct placed *ret,
			       struct annot_error *err)
{
	const struct annot_leaf *leaf = &fact->leaf;
	enum annot_status status;

	*ret = (struct placed){.first = fact->index, .version = effect == ANNOT_VOID ? 0 : 1};
	if (leaf->n_parents == 0 || annot_hash_equal(&leaf->annotation, &leaf->record))
		return ANNOT_OK;
	status = core_find(&s->core, &leaf->annotation, &ret->first, err);
	if (status == ANNOT_NOT_FOUND && effect == ANNOT_VOID)
		return ANNOT_OK;
	TRY(status);
	if (effect == ANNOT_VOID)
		return ANNOT_OK;
	TRY(core_ann(&s->core, ret->first, &ret->ann, err));
	ret->version = ++ret->ann.versions;
	if (effect == ANNOT_EFFECTIVE) {
		ret->ann.heads++;
		TRY(store_replace_parents(s, leaf, fact->index, &ret->ann.heads, err));
	}
	return store_ann_put(s, ret->first, &ret->ann, err);
}

/* New records are asked for most. One that stands in the log twice is void the second time, and the
 * first is the one to be found. */
static void remember(struct store *s, const struct annot_fact *fact, enum annot_effect effect,
		     const struct placed *placed, int64_t author)
{
	struct core_rec rec = {
		.seq = fact->index,
		.ann = placed->first,
		.id8 = core_id8(fact->leaf.record.b),
		.kind = fact->leaf.kind,
		.author = author,
		.version = placed->version,
		.effect = effect,
		.first = placed->first == fact->index,
		.replaced = ANNOT_NEVER,
	};

	cache_put_rec(&s->cache, &rec);
	if (effect != ANNOT_VOID)
		core_found(&s->core, &fact->leaf.record, fact->index);
}

static enum annot_status rec_put(struct store *s, const struct annot_fact *fact,
				 enum annot_effect effect, const struct placed *placed,
				 const struct store_chars *chars, struct annot_error *err)
{
	size_t n_targets = fact->record && chars ? annot_record_targets(fact->record) : 0, len = 0;
	uint8_t packed[CHARS_MAX];
	sqlite3_stmt *st;
	int64_t author;

	for (size_t i = 0; i < n_targets && i < ANNOT_CARDS_MAX; i++) {
		len += varint(chars[i].start, packed + len);
		len += varint(chars[i].end - chars[i].start, packed + len);
	}
	TRY(author_put(s, &fact->leaf.author, &author, err));
	TRY(db_statement(&s->core.index, INDEX_REC_PUT, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)fact->index);
	sqlite3_bind_int64(st, 2, core_id8(fact->leaf.record.b));
	if (placed->first != fact->index)
		sqlite3_bind_int64(st, 3, (int64_t)placed->first);
	sqlite3_bind_int(st, 4, (int)fact->leaf.kind);
	sqlite3_bind_int64(st, 5, author);
	sqlite3_bind_int64(st, 6, (int64_t)placed->version);
	sqlite3_bind_int(st, 7, (int)effect);
	if (fact->record)
		sqlite3_bind_int64(st, 8, fact->record->time_s);
	if (len > 0)
		sqlite3_bind_blob(st, 9, packed, (int)len, SQLITE_STATIC);
	TRY(db_run(&s->core.index, st, err));
	core_ids_add(s->core.ids, core_id8(fact->leaf.record.b), fact->index);
	remember(s, fact, effect, placed, author);
	return ANNOT_OK;
}

static enum annot_status retract(struct store *s, uint64_t on, uint64_t at, struct annot_error *err)
{
	struct core_rec rec;
	struct core_ann ann;

	TRY(core_rec(&s->core, on, &rec, err));
	TRY(core_ann(&s->core, rec.ann, &ann, err));
	if (ann.retracted != ANNOT_NEVER)
		return ANNOT_OK;
	ann.retracted = (int64_t)at;
	return store_ann_put(s, rec.ann, &ann, err);
}

static bool authority_kind(enum annot_kind kind)
{
	return kind == ANNOT_KIND_corpus || kind == ANNOT_KIND_policy ||
	       kind == ANNOT_KIND_key_add || kind == ANNOT_KIND_key_rotate ||
	       kind == ANNOT_KIND_key_revoke || kind == ANNOT_KIND_withhold;
}

/* More may stand in the list than concerns authority, never less. */
static bool authority_listed(enum annot_kind kind, const struct core_rec *on)
{
	return authority_kind(kind) ||
	       (on && kind == ANNOT_KIND_review && authority_kind(on->kind)) ||
	       (on && kind == ANNOT_KIND_retract && on->kind == ANNOT_KIND_review);
}

/* What the record is about: edge, retraction, list of authority. */
static enum annot_status about_put(struct store *s, const struct annot_fact *fact,
				   enum annot_effect effect, struct annot_error *err)
{
	const struct annot_leaf *leaf = &fact->leaf;
	enum annot_status status = ANNOT_NOT_FOUND;
	struct core_rec on;
	sqlite3_stmt *st;
	uint64_t seq = 0;

	if (leaf->has_on)
		status = core_find(&s->core, &leaf->on, &seq, err);
	if (status != ANNOT_OK && status != ANNOT_NOT_FOUND)
		return status;
	if (status == ANNOT_OK) {
		TRY(core_rec(&s->core, seq, &on, err));
		TRY(edge(s, seq, leaf->kind == ANNOT_KIND_link ? EDGE_FROM : EDGE_ON, fact->index,
			 false, err));
		if (leaf->kind == ANNOT_KIND_retract && effect == ANNOT_EFFECTIVE)
			TRY(retract(s, seq, fact->index, err));
	}
	if (!authority_listed(leaf->kind, status == ANNOT_OK ? &on : NULL))
		return ANNOT_OK;
	TRY(db_statement(&s->core.index, INDEX_AUTHORITY_PUT, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)fact->index);
	return db_run(&s->core.index, st, err);
}

enum annot_status store_index_put(struct store *s, const struct annot_fact *fact,
				  const struct annot_judgement *judgement,
				  const struct store_chars *chars, struct annot_error *err)
{
	struct placed placed;

	if (fact->index != s->next_index_size || fact->index >= s->next_size)
		return annot_fail(err, ANNOT_INTERNAL, "record #%llu applied to an index of %llu",
				  (unsigned long long)fact->index,
				  (unsigned long long)s->next_index_size);
	TRY(store_in_index(s, err));
	TRY(place(s, fact, judgement->effect, &placed, err));
	TRY(rec_put(s, fact, judgement->effect, &placed, chars, err));
	TRY(about_put(s, fact, judgement->effect, err));
	if (fact->record)
		TRY(store_index_cards(s, fact->index, fact->record, false, err));
	if (fact->leaf.kind == ANNOT_KIND_document && placed.version > 1)
		TRY(store_due_put(s, placed.first, fact->index, err));
	if (judgement->effect == ANNOT_VOID)
		TRY(store_void_put(s, fact->index, judgement->reason, err));
	s->next_index_size++;
	return ANNOT_OK;
}
