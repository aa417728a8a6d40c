/* What a record is about: which version of it that is, and, of seals and verdicts, who showed
 * theirs first. */
#include "annotd/view.h"

#include "base/encode.h"
#include "base/hash.h"
#include "state/blind.h"

/*
 * The hash behind the first line that begins so. What is in the log was parsed when it came, and
 * values hold no line feed.
 */
static bool reference(struct annot_bytes record, const char *line, struct annot_hash *ret)
{
	size_t len = strlen(line);
	const uint8_t *at = record.len > 0 ? memmem(record.data, record.len, line, len) : NULL;

	return at && (size_t)(record.data + record.len - at) > len + ANNOT_HASH_HEX &&
	       annot_unhex((const char *)at + len, ANNOT_HASH_HEX, ret->b, ANNOT_HASH_SIZE);
}

/* From the bytes, or the leaf where they were withheld. */
static bool on_of(struct rows *r, const struct view_subject *subject, struct annot_hash *ret)
{
	struct annot_leaf leaf;

	if (!view_is_on(r, subject->row.kind))
		return false;
	if (subject->stored.record.data)
		return reference(subject->stored.record, "\non ", ret);
	if (annot_leaf_parse(subject->stored.leaf, &leaf, NULL) != ANNOT_OK)
		return false;
	*ret = leaf.on;
	return true;
}

enum annot_status view_on(struct rows *r, const struct view_subject *subject, struct annot_row *ret)
{
	struct call *c = r->call;
	enum annot_status status;
	struct store_row row;
	struct annot_hash on;
	uint64_t seq = 0;

	if (!on_of(r, subject, &on))
		return ANNOT_OK;
	status = reader_find(c->reader, &on, &seq, &c->err);
	if (status == ANNOT_NOT_FOUND)
		return ANNOT_OK; /* a void record may name what is not there */
	TRY(status);
	TRY(reader_glance(c->reader, seq, &row, &c->err));
	row.annotation = on;
	if (row.version > 1)
		TRY(reader_row(c->reader, seq, &row, &c->err));
	if (row.version == 0)
		return ANNOT_OK;
	ret->on_annotation = row.annotation;
	ret->on_version = row.version;
	ret->on_versions = row.versions;
	ret->on_head = row.head;
	return ANNOT_OK;
}

/* --- seals --- */

struct rated {
	struct rows *rows;
	const struct annot_authority *authority;
	struct annot_blind blind;
	bool until_settled; /* else until the seal: what comes later does not change who was first
			     */
	enum annot_status status;
};

static bool each_rated(void *arg, uint64_t index)
{
	struct rated *v = arg;
	struct call *c = v->rows->call;
	const struct annot_key_info *key;
	struct store_row row;

	if (!v->until_settled && index > v->blind.seal)
		return false;
	v->status = reader_glance(c->reader, index, &row, &c->err);
	if (v->status != ANNOT_OK)
		return false;
	key = annot_authority_key(v->authority, &row.author);
	annot_blind_next(&v->blind, &(struct annot_rated){
					    .index = index,
					    .person = key ? key->person : row.author,
					    .first = row.version == 1, /* void ones have none */
				    });
	return v->until_settled ? v->blind.settled == ANNOT_NEVER
				: v->blind.first_other == ANNOT_NEVER;
}

/* Tells v->blind of the verdicts on a record. */
static enum annot_status rated_on(struct rated *v, const struct annot_hash *on)
{
	struct call *c = v->rows->call;
	uint64_t seq = 0;

	TRY(reader_find(c->reader, on, &seq, &c->err));
	TRY(reader_rated(c->reader, seq, each_rated, v, &c->err));
	return v->status;
}

static enum annot_status verdict_sealed(struct rated *v, const struct view_subject *subject,
					const struct annot_hash *on,
					const struct annot_hash *person, bool *ret_blind)
{
	struct call *c = v->rows->call;
	struct annot_hash opens;
	uint64_t seal = 0;

	if (!reference(subject->stored.record, "\nopens ", &opens))
		return ANNOT_OK;
	TRY(reader_find(c->reader, &opens, &seal, &c->err));
	annot_blind_begin(&v->blind, seal, person);
	TRY(rated_on(v, on));
	*ret_blind = annot_blind(&v->blind);
	return ANNOT_OK;
}

static enum annot_status seal_settled(struct rated *v, const struct view_subject *subject,
				      const struct annot_hash *on, const struct annot_hash *person,
				      const char **ret_flag)
{
	struct call *c = v->rows->call;
	struct store_record verdict;
	struct annot_hash self, opens;

	v->until_settled = true;
	annot_blind_begin(&v->blind, subject->row.index, person);
	TRY(rated_on(v, on));
	if (v->blind.settled == ANNOT_NEVER) {
		*ret_flag = "unopened";
		return ANNOT_OK;
	}
	TRY(reader_record(c->reader, (uint64_t)v->blind.settled, v->rows->scratch, &verdict,
			  &c->err));
	if (!verdict.record.data)
		return ANNOT_OK; /* withheld: nobody can tell which of the two it was */
	self = annot_sha256(subject->stored.record.data, subject->stored.record.len);
	if (!reference(verdict.record, "\nopens ", &opens) || !annot_hash_equal(&opens, &self))
		*ret_flag = "given-up";
	return ANNOT_OK;
}

enum annot_status view_sealed(struct rows *r, const struct annot_authority *authority,
			      const struct view_subject *subject, bool *ret_blind,
			      const char **ret_flag)
{
	const struct store_row *row = &subject->row;
	const struct annot_key_info *key;
	struct rated v = {.rows = r, .authority = authority};
	struct annot_hash on;

	if (row->effect == ANNOT_VOID ||
	    (row->kind != ANNOT_KIND_verdict && row->kind != ANNOT_KIND_seal) ||
	    !subject->stored.record.data || !on_of(r, subject, &on))
		return ANNOT_OK;
	key = annot_authority_key(authority, &row->author);
	if (!key)
		return ANNOT_OK;
	if (row->kind == ANNOT_KIND_verdict)
		return verdict_sealed(&v, subject, &on, &key->person, ret_blind);
	return seal_settled(&v, subject, &on, &key->person, ret_flag);
}
