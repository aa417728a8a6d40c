#include "annotd/view.h"

#include "base/auto.h"
#include "base/encode.h"
#include "state/review.h"

enum annot_status view_bind(struct call *c, struct query *query)
{
	const struct annot_authority *authority = corpus_authority_lock(c->corpus);
	enum annot_status status = query_bind(query, c->arena, c->reader, authority, &c->err);

	corpus_authority_unlock(c->corpus);
	return status;
}

enum annot_status rows_begin(struct rows *r, struct call *c, uint64_t max)
{
	*r = (struct rows){.call = c,
			   .max = max && max < ROWS_MAX ? (size_t)max : ROWS_MAX,
			   .bytes_max = ROWS_BYTES_MAX};
	r->scratch = annot_arena_new(VIEW_SCRATCH_MAX);
	r->rows = annot_arena_array(c->arena, r->max, sizeof *r->rows);
	if (!r->scratch || !r->rows)
		return annot_fail(&c->err, ANNOT_NO_MEMORY, "no memory for %zu rows", r->max);
	r->cache = c->cache && !reader_is_as_of(c->reader) ? c->cache : &r->own;
	if (r->cache->snapshot != reader_snapshot(c->reader))
		*r->cache = (struct view_cache){.snapshot = reader_snapshot(c->reader)};
	if (reader_is_as_of(c->reader))
		TRY(view_authority(c->reader, &r->authority, &c->err));
	return ANNOT_OK;
}

void rows_end(struct rows *r)
{
	r->call->reply_bytes = r->bytes;
	r->scratch = annot_arena_free(r->scratch);
	r->authority = annot_authority_free(r->authority);
}

/* The tables are words: they are searched once a kind. */
static uint32_t kind_look_up(struct view_cache *cache, enum annot_kind kind)
{
	uint32_t bit = UINT32_C(1) << kind;

	_Static_assert(ANNOT_KIND_COUNT <= 32, "a bit for each kind");
	if (cache->kinds_known & bit)
		return bit;
	cache->kinds_known |= bit;
	if (annot_review_concerns(kind))
		cache->kinds_reviewed |= bit;
	if (annot_card_def_find(annot_kind_def(kind), "on", 2))
		cache->kinds_on |= bit;
	return bit;
}

bool view_is_reviewed(struct rows *r, enum annot_kind kind)
{
	uint32_t bit = kind_look_up(r->cache, kind);

	return r->cache->kinds_reviewed & bit;
}

bool view_is_on(struct rows *r, enum annot_kind kind)
{
	uint32_t bit = kind_look_up(r->cache, kind);

	return r->cache->kinds_on & bit;
}

static const struct annot_authority *authority_lock(struct rows *r)
{
	return r->authority ? r->authority : corpus_authority_lock(r->call->corpus);
}

static void authority_unlock(struct rows *r)
{
	if (!r->authority)
		corpus_authority_unlock(r->call->corpus);
}

/* --- rows --- */

/* What of a row's flags is not in its stored row. */
struct seen_flags {
	bool disputed, stolen;
	const char *sealed; /* NULL */
};

static enum annot_status flags_view(struct rows *r, const struct store_row *row,
				    const struct seen_flags *seen, struct annot_row *ret)
{
	bool conflict = row->effect != ANNOT_VOID && row->heads > 1;
	const char **flags;

	if (!conflict && !seen->disputed && !seen->stolen && !row->withheld && !seen->sealed)
		return ANNOT_OK;
	flags = annot_arena_array(r->call->arena, 5, sizeof *flags);
	if (!flags)
		return annot_fail(&r->call->err, ANNOT_NO_MEMORY, "no memory for flags");
	if (conflict)
		flags[ret->n_flags++] = "conflict";
	if (seen->disputed)
		flags[ret->n_flags++] = "disputed";
	if (row->withheld)
		flags[ret->n_flags++] = "withheld";
	if (seen->stolen)
		flags[ret->n_flags++] = "compromised";
	if (seen->sealed)
		flags[ret->n_flags++] = seen->sealed;
	ret->flags = flags;
	return ANNOT_OK;
}

static enum annot_status subject_read(struct rows *r, uint64_t index, struct annot_arena *arena,
				      struct view_subject *ret)
{
	struct call *c = r->call;

	annot_arena_reset(r->scratch);
	ret->parsed = NULL;
	TRY(reader_glance(c->reader, index, &ret->row, &c->err));
	TRY(reader_record(c->reader, index, arena, &ret->stored, &c->err));
	ret->row.withheld = !ret->stored.record.data;
	return ANNOT_OK;
}

enum annot_status view_parse(struct rows *r, struct view_subject *subject,
			     const struct annot_record **ret)
{
	if (!subject->parsed && subject->stored.record.data)
		TRY(annot_record_parse(r->scratch, subject->stored.record, &subject->parsed,
				       &r->call->err));
	*ret = subject->parsed;
	return ANNOT_OK;
}

enum annot_status rows_name(struct rows *r, struct row_name *last, const struct annot_hash *of,
			    const char *name, const char **ret)
{
	if (!last->name || !annot_hash_equal(&last->of, of)) {
		last->name = annot_arena_copy(r->call->arena, name, strlen(name));
		if (!last->name)
			return annot_fail(&r->call->err, ANNOT_NO_MEMORY, "no memory for a name");
		last->of = *of;
	}
	*ret = last->name;
	return ANNOT_OK;
}

/* What authority and reviews add; under the lock, since names point into authority. */
static enum annot_status row_judge(struct rows *r, struct view_subject *subject,
				   struct annot_row *ret)
{
	const struct annot_authority *authority = authority_lock(r);
	const struct annot_key_info *key = annot_authority_key(authority, &subject->row.author);
	struct seen_flags seen = {0};
	enum annot_status status = view_review(r, authority, subject, &ret->review, &seen.disputed);

	if (status == ANNOT_OK)
		status = view_stolen(r, authority, subject, &seen.stolen);
	if (status == ANNOT_OK)
		status = view_sealed(r, authority, subject, &ret->blind, &seen.sealed);
	if (status == ANNOT_OK && key)
		status = rows_name(r, &r->author, &subject->row.author, key->name,
				   &ret->author_name);
	authority_unlock(r);
	TRY(status);
	return flags_view(r, &subject->row, &seen, ret);
}

static enum annot_status row_build(struct rows *r, struct view_subject *subject,
				   struct annot_row *ret)
{
	const struct store_row *row = &subject->row;
	struct call *c = r->call;
	uint8_t *signature = (uint8_t *)annot_arena_copy(c->arena, subject->stored.signature,
							 ANNOT_SIGNATURE_SIZE);

	*ret = (struct annot_row){
		.record = subject->stored.record,
		.leaf = (const char *)subject->stored.leaf.data,
		.signature = annot_bytes(signature, ANNOT_SIGNATURE_SIZE),
		.index = row->index,
		.version = row->version,
		.versions = row->versions,
		.head = row->head,
		.effect = annot_effect_name(row->effect),
	};
	if (row->reason[0])
		ret->reason = annot_arena_copy(c->arena, row->reason, strlen(row->reason));
	if (!signature || (row->reason[0] && !ret->reason))
		return annot_fail(&c->err, ANNOT_NO_MEMORY, "no memory for a row");
	if (subject->stored.record.data)
		TRY(view_targets(r, subject, ret));
	TRY(view_on(r, subject, ret));
	return row_judge(r, subject, ret);
}

static size_t text_size(const char *text)
{
	return text ? strlen(text) : 0;
}

size_t rows_size(const struct annot_row *row)
{
	/* Keys, numbers and headers of a row and of a target: well under these. */
	enum { ROW_FIXED = 384, TARGET_FIXED = 192, FLAG_FIXED = 32, ANCHOR_FIXED = 256 };

	size_t size = ROW_FIXED + row->record.len + row->signature.len + text_size(row->leaf) +
		      text_size(row->author_name) + text_size(row->reason) +
		      text_size(row->review) + row->n_flags * FLAG_FIXED;

	size += row->n_anchors * ANCHOR_FIXED;
	for (size_t i = 0; i < row->n_targets; i++)
		size += TARGET_FIXED + text_size(row->targets[i].name);
	return size;
}

/* --- queries --- */

static const struct {
	const char *name;
	enum query_state state;
} review_states[] =
	{
		{"retracted", QUERY_RETRACTED},
		{"rejected", QUERY_REJECTED},
		{"changes-requested", QUERY_CHANGES_REQUESTED},
		{"approved", QUERY_APPROVED},
		{"in-review", QUERY_IN_REVIEW},
		{"draft", QUERY_DRAFT},
},
  flag_states[] =
	  {
		  {"conflict", QUERY_CONFLICT}, {"disputed", QUERY_DISPUTED},
		  {"withheld", QUERY_WITHHELD}, {"unopened", QUERY_UNOPENED},
		  {"given-up", QUERY_GIVEN_UP}, {"compromised", QUERY_COMPROMISED},
},
  effect_states[] = {
	  {"effective", QUERY_EFFECTIVE},
	  {"pending", QUERY_PENDING},
	  {"void", QUERY_VOID},
};

static unsigned states_of(const struct annot_row *row)
{
	unsigned states = 0;

	for (size_t i = 0; i < COUNT(review_states); i++)
		if (strcmp(row->review, review_states[i].name) == 0)
			states |= review_states[i].state;
	for (size_t i = 0; i < COUNT(effect_states); i++)
		if (strcmp(row->effect, effect_states[i].name) == 0)
			states |= effect_states[i].state;
	for (size_t f = 0; f < row->n_flags; f++)
		for (size_t i = 0; i < COUNT(flag_states); i++)
			if (strcmp(row->flags[f], flag_states[i].name) == 0)
				states |= flag_states[i].state;
	return states;
}

static bool asks_anchors(const struct query *query)
{
	return (query->anchors | query->states) & QUERY_ANCHORS;
}

static bool asks_states(const struct query *query)
{
	return query && query->states && !(query->states & QUERY_ANY);
}

static enum annot_status words_match(struct rows *r, struct view_subject *subject,
				     const struct query *query, bool *ret)
{
	const struct annot_record *record;

	*ret = true;
	if (!query || query->words.n == 0)
		return ANNOT_OK;
	*ret = false;
	TRY(view_parse(r, subject, &record));
	if (!record)
		return ANNOT_OK;
	return query_words(query, record, ret, &r->call->err);
}

/* In one of the states that are asked for; anchors are looked at last. */
static enum annot_status states_match(struct rows *r, struct view_subject *subject,
				      const struct query *query, bool *ret)
{
	struct annot_row row = {.effect = annot_effect_name(subject->row.effect)};

	*ret = false;
	if (query->states & ~QUERY_ANCHORS) {
		TRY(row_judge(r, subject, &row));
		*ret = states_of(&row) & query->states;
	}
	if (*ret || !(query->states & QUERY_ANCHORS))
		return ANNOT_OK;
	return view_anchored(r, subject, query->states & QUERY_ANCHORS, ret);
}

enum annot_status rows_match(struct rows *r, uint64_t index, const struct query *query, bool *ret)
{
	struct view_subject subject;
	bool words = true;

	*ret = true;
	if (query->words.n == 0 && !asks_states(query) && !asks_anchors(query))
		return ANNOT_OK;
	TRY(subject_read(r, index, r->scratch, &subject));
	TRY(words_match(r, &subject, query, &words));
	*ret = words;
	if (words && asks_states(query))
		TRY(states_match(r, &subject, query, ret));
	if (*ret && query->anchors)
		TRY(view_anchored(r, &subject, query->anchors, ret));
	return ANNOT_OK;
}

enum annot_status rows_add(struct rows *r, uint64_t index, const struct query *query,
			   bool *ret_full)
{
	struct view_subject subject;
	struct annot_row row;
	size_t size;
	bool match;

	*ret_full = r->n == r->max;
	if (*ret_full)
		return ANNOT_OK;
	if (query) {
		TRY(rows_match(r, index, query, &match));
		if (!match)
			return ANNOT_OK;
	}
	TRY(subject_read(r, index, r->call->arena, &subject));
	TRY(row_build(r, &subject, &row));
	size = rows_size(&row);
	*ret_full = r->bytes + size > r->bytes_max;
	if (*ret_full)
		return ANNOT_OK;
	r->bytes += size;
	r->rows[r->n++] = row;
	return ANNOT_OK;
}
