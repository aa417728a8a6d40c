#include "log/leaf.h"

#include "base/encode.h"
#include "base/hash.h"

static const char header[] = "annot-leaf/v1";

void annot_leaf_of(const struct annot_record *r, const uint8_t signature[ANNOT_SIGNATURE_SIZE],
		   struct annot_leaf *ret)
{
	const struct annot_hash *on = annot_record_on(r);
	struct annot_leaf leaf = {
		.kind = r->kind->kind,
		.annotation = r->annotation,
		.n_parents = r->n_parents,
		.has_on = on != NULL,
		.author = r->author,
		.record = r->id,
		.signature = annot_sha256(signature, ANNOT_SIGNATURE_SIZE),
	};
	memcpy(leaf.parents, r->parents, r->n_parents * sizeof r->parents[0]);
	if (on)
		leaf.on = *on;
	*ret = leaf;
}

static void add_hash(const struct annot_hash *hash, struct annot_buf *ret)
{
	annot_buf_hex(ret, hash->b, ANNOT_HASH_SIZE);
}

void annot_leaf_write(const struct annot_leaf *leaf, struct annot_buf *ret)
{
	annot_buf_puts(ret, header);
	annot_buf_putc(ret, ' ');
	annot_buf_puts(ret, annot_kind_def(leaf->kind)->name);
	annot_buf_putc(ret, ' ');
	add_hash(&leaf->annotation, ret);
	annot_buf_putc(ret, ' ');
	for (size_t i = 0; i < leaf->n_parents; i++) {
		if (i > 0)
			annot_buf_putc(ret, ',');
		add_hash(&leaf->parents[i], ret);
	}
	annot_buf_puts(ret, leaf->n_parents ? " " : "- ");
	if (leaf->has_on)
		add_hash(&leaf->on, ret);
	annot_buf_puts(ret, leaf->has_on ? " " : "- ");
	add_hash(&leaf->author, ret);
	annot_buf_putc(ret, ' ');
	add_hash(&leaf->record, ret);
	annot_buf_putc(ret, ' ');
	add_hash(&leaf->signature, ret);
	annot_buf_putc(ret, '\n');
}

/* The fields of a line, in order. */
enum field { HEADER, KIND, ANNOTATION, PARENTS, ON, AUTHOR, RECORD, SIGNATURE, FIELDS };

static const char *const field_name[FIELDS] = {
	"header", "kind", "annotation", "parents", "on", "author", "record", "signature",
};

static enum annot_status bad_field(enum field field, const char *expected, struct annot_error *err)
{
	return annot_fail(err, ANNOT_INVALID, "leaf: %s: expected %s", field_name[field], expected);
}

/* Divides at single spaces into exactly all fields; the last ends at the line feed. */
static enum annot_status split(struct annot_bytes line, struct annot_bytes ret[FIELDS],
			       struct annot_error *err)
{
	if (line.len == 0 || line.len > ANNOT_LEAF_MAX)
		return annot_fail(err, ANNOT_INVALID, "leaf: %zu bytes, expected 1 to %d", line.len,
				  ANNOT_LEAF_MAX);
	if (line.data[line.len - 1] != '\n')
		return annot_fail(err, ANNOT_INVALID, "leaf: does not end with a line feed");
	const uint8_t *at = line.data, *end = line.data + line.len - 1;
	for (unsigned i = 0; i < FIELDS; i++) {
		bool last = i == FIELDS - 1;
		const uint8_t *stop = last ? end : memchr(at, ' ', (size_t)(end - at));
		if (!stop)
			return bad_field(i + 1, "one space before it", err);
		ret[i] = annot_bytes(at, (size_t)(stop - at));
		at = last ? stop : stop + 1;
	}
	return ANNOT_OK;
}

static enum annot_status parse_hash(enum field field, struct annot_bytes text,
				    struct annot_hash *ret, struct annot_error *err)
{
	if (!annot_hash_unhex((const char *)text.data, text.len, ret))
		return bad_field(field, "64 lower-case hex digits", err);
	return ANNOT_OK;
}

static bool is_dash(struct annot_bytes text)
{
	return text.len == 1 && text.data[0] == '-';
}

static enum annot_status parse_parents(struct annot_bytes text, struct annot_leaf *leaf,
				       struct annot_error *err)
{
	if (is_dash(text))
		return ANNOT_OK;
	for (size_t at = 0;; at += ANNOT_HASH_HEX + 1) {
		if (leaf->n_parents == ANNOT_PARENTS_MAX)
			return bad_field(PARENTS, "at most 8 hashes", err);
		size_t left = text.len - at;
		size_t len = left < ANNOT_HASH_HEX ? left : ANNOT_HASH_HEX;
		struct annot_hash *parent = &leaf->parents[leaf->n_parents];
		TRY(parse_hash(PARENTS, annot_bytes(text.data + at, len), parent, err));
		if (leaf->n_parents > 0 && memcmp(parent[-1].b, parent->b, ANNOT_HASH_SIZE) >= 0)
			return bad_field(PARENTS, "hashes in ascending order", err);
		leaf->n_parents++;
		if (left == ANNOT_HASH_HEX)
			return ANNOT_OK;
		if (text.data[at + ANNOT_HASH_HEX] != ',')
			return bad_field(PARENTS, "hashes separated by commas", err);
		if (left == ANNOT_HASH_HEX + 1)
			return bad_field(PARENTS, "a hash after the comma", err);
	}
}

static enum annot_status parse_on(const struct annot_kind_def *kind, struct annot_bytes text,
				  struct annot_leaf *leaf, struct annot_error *err)
{
	/* What annot_record_on gives: `on`, or where a link starts from. */
	bool has_on = annot_card_def_find(kind, "on", 2) || kind->kind == ANNOT_KIND_link;
	if (is_dash(text) == has_on)
		return bad_field(ON, has_on ? "a hash for this kind" : "- for this kind", err);
	leaf->has_on = has_on;
	return has_on ? parse_hash(ON, text, &leaf->on, err) : ANNOT_OK;
}

enum annot_status annot_leaf_parse(struct annot_bytes line, struct annot_leaf *ret,
				   struct annot_error *err)
{
	struct annot_bytes field[FIELDS];
	struct annot_leaf leaf = {.n_parents = 0};
	TRY(split(line, field, err));
	if (field[HEADER].len != sizeof header - 1 ||
	    memcmp(field[HEADER].data, header, field[HEADER].len) != 0)
		return bad_field(HEADER, header, err);
	const struct annot_kind_def *kind =
		annot_kind_find((const char *)field[KIND].data, field[KIND].len);
	if (!kind)
		return bad_field(KIND, "a kind of annot-record/v1", err);
	leaf.kind = kind->kind;
	TRY(parse_hash(ANNOTATION, field[ANNOTATION], &leaf.annotation, err));
	TRY(parse_parents(field[PARENTS], &leaf, err));
	TRY(parse_on(kind, field[ON], &leaf, err));
	TRY(parse_hash(AUTHOR, field[AUTHOR], &leaf.author, err));
	TRY(parse_hash(RECORD, field[RECORD], &leaf.record, err));
	TRY(parse_hash(SIGNATURE, field[SIGNATURE], &leaf.signature, err));
	/* A first version names itself, and only that has no parents. */
	if (annot_hash_equal(&leaf.annotation, &leaf.record) != (leaf.n_parents == 0))
		return bad_field(PARENTS, "none in a first version, one or more in a later one",
				 err);
	*ret = leaf;
	return ANNOT_OK;
}
