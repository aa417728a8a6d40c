/* The header cards: the same for all kinds, in one order. */
#include "base/encode.h"
#include "record/internal.h"

static const char FORMAT[] = "annot-record/v1";

bool annot_reader_peek(const struct annot_reader *r, struct annot_line *ret)
{
	if (r->at == r->end)
		return false;
	const char *lf = memchr(r->at, '\n', (size_t)(r->end - r->at));
	if (!lf)
		return false;
	size_t len = (size_t)(lf - r->at);
	const char *space = memchr(r->at, ' ', len);
	*ret = (struct annot_line){
		.name = r->at,
		.name_len = space ? (size_t)(space - r->at) : len,
		.value = space ? space + 1 : NULL,
		.value_len = space ? (size_t)(lf - space - 1) : 0,
		.number = r->line,
	};
	return true;
}

void annot_reader_skip(struct annot_reader *r, const struct annot_line *line)
{
	r->at = (line->value ? line->value + line->value_len : line->name + line->name_len) + 1;
	r->line++;
}

bool annot_line_is(const struct annot_line *line, const char *name)
{
	return strlen(name) == line->name_len && memcmp(name, line->name, line->name_len) == 0;
}

/* Takes the line of the named card. */
static enum annot_status take(struct annot_reader *r, const char *name, struct annot_line *ret,
			      struct annot_error *err)
{
	struct annot_line line;
	if (!annot_reader_peek(r, &line))
		return annot_fail(err, ANNOT_INVALID,
				  "line %u: the record ends where its card \"%s\" should stand",
				  r->line, name);
	if (!annot_line_is(&line, name))
		return annot_fail(err, ANNOT_INVALID, "line %u: expected card \"%s\", found \"%s\"",
				  line.number, name, annot_excerpt(line.name, line.name_len).text);
	if (!line.value)
		return annot_fail(err, ANNOT_INVALID,
				  "line %u: card \"%s\" has no value: expected a space and a value",
				  line.number, name);
	annot_reader_skip(r, &line);
	*ret = line;
	return ANNOT_OK;
}

static enum annot_status bad_value(const struct annot_line *line, const char *expected,
				   struct annot_error *err)
{
	return annot_fail(err, ANNOT_INVALID, "line %u: card \"%.*s\": expected %s, found \"%s\"",
			  line->number, (int)line->name_len, line->name, expected,
			  annot_excerpt(line->value, line->value_len).text);
}

static bool is_dash(const struct annot_line *line)
{
	return line->value_len == 1 && line->value[0] == '-';
}

/* A hash, or "-" where that is allowed (*absent tells). */
static enum annot_status take_hash(struct annot_reader *r, const char *name, bool *absent,
				   struct annot_hash *ret, struct annot_error *err)
{
	struct annot_line line;
	TRY(take(r, name, &line, err));
	if (absent) {
		*absent = is_dash(&line);
		if (*absent)
			return ANNOT_OK;
	}
	if (!annot_hash_unhex(line.value, line.value_len, ret))
		return bad_value(&line,
				 absent ? "64 lower-case hex digits or \"-\""
					: "64 lower-case hex digits",
				 err);
	return ANNOT_OK;
}

static enum annot_status take_format(struct annot_reader *r, struct annot_error *err)
{
	static const char family[] = "annot-record/";
	struct annot_line line;
	if (!annot_reader_peek(r, &line))
		return annot_fail(err, ANNOT_INVALID, "line 1: expected \"%s\", found no line",
				  FORMAT);
	if (annot_line_is(&line, FORMAT) && !line.value) {
		annot_reader_skip(r, &line);
		return ANNOT_OK;
	}
	struct annot_excerpt found = annot_excerpt(line.name, line.name_len);
	if (line.name_len >= sizeof(family) - 1 &&
	    memcmp(line.name, family, sizeof(family) - 1) == 0)
		return annot_fail(err, ANNOT_INVALID,
				  "line 1: cannot check: expected format \"%s\", found \"%s%s\"; a "
				  "newer annot may know it",
				  FORMAT, found.text, line.value ? " …" : "");
	return annot_fail(err, ANNOT_INVALID, "line 1: expected \"%s\", found \"%s\"", FORMAT,
			  found.text);
}

static enum annot_status take_kind(struct annot_reader *r, struct annot_record *ret,
				   struct annot_error *err)
{
	struct annot_line line;
	TRY(take(r, "kind", &line, err));
	ret->kind = annot_kind_find(line.value, line.value_len);
	return ret->kind ? ANNOT_OK : bad_value(&line, "a kind of annot-record/v1", err);
}

static enum annot_status take_parents(struct annot_reader *r, struct annot_record *ret,
				      struct annot_error *err)
{
	struct annot_line line;
	while (annot_reader_peek(r, &line) && annot_line_is(&line, "parent")) {
		if (ret->n_parents == ANNOT_PARENTS_MAX)
			return annot_fail(err, ANNOT_INVALID,
					  "line %u: card \"parent\" is repeated: at most %d",
					  line.number, ANNOT_PARENTS_MAX);
		struct annot_hash *parent = &ret->parents[ret->n_parents];
		TRY(take_hash(r, "parent", NULL, parent, err));
		if (ret->n_parents && memcmp(parent[-1].b, parent->b, ANNOT_HASH_SIZE) >= 0)
			return bad_value(&line, "a greater hash than the parent before", err);
		ret->n_parents++;
	}
	return ANNOT_OK;
}

static enum annot_status take_time(struct annot_reader *r, struct annot_record *ret,
				   struct annot_error *err)
{
	struct annot_line line;
	TRY(take(r, "time", &line, err));
	if (!annot_time_parse(line.value, line.value_len, &ret->time_s))
		return bad_value(&line, "a time as in 2026-11-22T00:00:00Z, of years 1970 to 9999",
				 err);
	memcpy(ret->time, line.value, sizeof(ret->time) - 1);
	return ANNOT_OK;
}

static enum annot_status take_seen(struct annot_reader *r, struct annot_seen *ret,
				   struct annot_error *err)
{
	static const char none[] = "0 - -";
	struct annot_line line;
	TRY(take(r, "seen", &line, err));
	const char *value = line.value;
	size_t len = line.value_len;
	if (len == sizeof(none) - 1 && memcmp(value, none, len) == 0)
		return ANNOT_OK;

	const char *space = memchr(value, ' ', len);
	size_t size_len = space ? (size_t)(space - value) : 0;
	if (!space || len != size_len + 1 + ANNOT_HASH_HEX + 1 + ANNOT_HASH_HEX ||
	    space[1 + ANNOT_HASH_HEX] != ' ' || !annot_parse_u64(value, size_len, &ret->size) ||
	    ret->size == 0 || !annot_hash_unhex(space + 1, ANNOT_HASH_HEX, &ret->root) ||
	    !annot_hash_unhex(space + 2 + ANNOT_HASH_HEX, ANNOT_HASH_HEX, &ret->note))
		return bad_value(&line, "\"0 - -\", or a size over 0 and two hashes", err);
	return ANNOT_OK;
}

/* What corpus, kind, annotation and parents must agree on. */
static enum annot_status check_place(const struct annot_record *r, struct annot_error *err)
{
	bool opens_corpus = r->kind->kind == ANNOT_KIND_corpus && r->first;
	if (r->genesis && !opens_corpus)
		return annot_fail(err, ANNOT_INVALID,
				  "card \"corpus\": expected a hash, found \"-\", which only the "
				  "first version of kind corpus has");
	if (!r->genesis && opens_corpus)
		return annot_fail(err, ANNOT_INVALID,
				  "card \"corpus\": expected \"-\" in the first version of kind "
				  "corpus, found a hash");
	if (r->first && r->n_parents)
		return annot_fail(err, ANNOT_INVALID,
				  "card \"parent\": expected none in a first version (annotation "
				  "\"-\"), found %zu",
				  r->n_parents);
	if (!r->first && !r->n_parents)
		return annot_fail(err, ANNOT_INVALID,
				  "card \"parent\" is missing: a later version names those that it "
				  "replaces");
	return ANNOT_OK;
}

enum annot_status annot_header_parse(struct annot_reader *r, struct annot_record *ret,
				     struct annot_error *err)
{
	struct annot_line line;
	TRY(take_format(r, err));
	TRY(take_hash(r, "corpus", &ret->genesis, &ret->corpus, err));
	TRY(take_kind(r, ret, err));
	TRY(take_hash(r, "annotation", &ret->first, &ret->annotation, err));
	TRY(take_parents(r, ret, err));
	TRY(take_hash(r, "author", NULL, &ret->author, err));
	TRY(take_time(r, ret, err));
	TRY(take_seen(r, &ret->seen, err));
	TRY(take(r, "nonce", &line, err));
	if (!annot_unhex(line.value, line.value_len, ret->nonce, ANNOT_NONCE_SIZE))
		return bad_value(&line, "32 lower-case hex digits", err);
	return check_place(ret, err);
}
