/* What an id means. */
#include "annotd/store/reader_private.h"

enum { ID_MAX = 256, PREFIX_MIN = 8, CANDIDATES_MAX = 4 };

struct wanted {
	char base[ID_MAX + 1];
	size_t len;
	uint64_t version; /* 0: the newest head */
	bool record;      /* "=HASH": that record itself, not its annotation's newest version */
};

static bool is_hex(const char *text, size_t len)
{
	return strspn(text, "0123456789abcdef") == len;
}

static enum annot_status split(const char *id, struct wanted *ret, struct annot_error *err)
{
	*ret = (struct wanted){.record = *id == '='};
	id += ret->record;
	const char *at = strrchr(id, '@');
	size_t len = strlen(id);

	if (at) {
		if (!annot_parse_u64(at + 1, strlen(at + 1), &ret->version) || ret->version == 0)
			return annot_fail(err, ANNOT_USAGE,
					  "%.80s: after @ stands a version number, from 1 on", id);
		len = (size_t)(at - id);
	}
	if (len == 0 || len > ID_MAX)
		return annot_fail(err, ANNOT_USAGE, "\"%.80s\" is not an id", id);
	memcpy(ret->base, id, len);
	ret->len = len;
	return ANNOT_OK;
}

/* Smallest and largest id8 of the hashes that begin with these digits. */
static void prefix_range(const char *digits, size_t len, int64_t *ret_low, int64_t *ret_high)
{
	char low[17] = "0000000000000000", high[17] = "ffffffffffffffff";
	uint8_t bytes[8];

	memcpy(low, digits, len < 16 ? len : 16);
	memcpy(high, digits, len < 16 ? len : 16);
	annot_unhex(low, 16, bytes, sizeof bytes);
	*ret_low = core_id8(bytes);
	annot_unhex(high, 16, bytes, sizeof bytes);
	*ret_high = core_id8(bytes);
}

struct candidates {
	struct reader *reader;
	const struct wanted *wanted;
	size_t n;
	uint64_t seq[CANDIDATES_MAX + 1];
	struct annot_hash hash[CANDIDATES_MAX + 1];
	enum annot_status status;
	struct annot_error *err;
};

static bool each_candidate(void *arg, uint64_t seq)
{
	struct candidates *c = arg;
	struct annot_hash hash;

	c->status = core_hash(&c->reader->core, seq, &hash, c->err);
	if (c->status != ANNOT_OK)
		return false;
	if (strncmp(annot_hash_hex(&hash).text, c->wanted->base, c->wanted->len) != 0)
		return true;
	/* A record that stands twice is void the second time. */
	for (size_t i = 0; i < c->n; i++)
		if (annot_hash_equal(&c->hash[i], &hash))
			return true;
	c->seq[c->n] = seq;
	c->hash[c->n++] = hash;
	return c->n <= CANDIDATES_MAX;
}

static enum annot_status ambiguous(const struct candidates *c, struct annot_error *err)
{
	char list[CANDIDATES_MAX * 32] = "";
	size_t at = 0;

	for (size_t i = 0; i < c->n && i < CANDIDATES_MAX; i++)
		at += (size_t)snprintf(list + at, sizeof list - at, "%s%.16s…", i ? ", " : "",
				       annot_hash_hex(&c->hash[i]).text);
	return annot_fail(err, ANNOT_AMBIGUOUS, "%s may be %s%s; give more digits", c->wanted->base,
			  list, c->n > CANDIDATES_MAX ? " or others" : "");
}

static enum annot_status find_prefix(struct reader *r, const struct wanted *wanted, uint64_t *ret,
				     struct annot_error *err)
{
	struct candidates c = {.reader = r, .wanted = wanted, .err = err};
	int64_t numbers[3] = {0, 0, (int64_t)r->size};
	sqlite3_stmt *st;

	/* A whole hash: there is at most one. */
	if (wanted->len == ANNOT_HASH_HEX) {
		struct annot_hash hash;

		annot_unhex(wanted->base, wanted->len, hash.b, sizeof hash.b);
		enum annot_status status = reader_find(r, &hash, ret, err);

		if (status != ANNOT_NOT_FOUND)
			return status;
		return annot_fail(err, ANNOT_NOT_FOUND, "%s: no record or annotation has that id",
				  wanted->base);
	}
	prefix_range(wanted->base, wanted->len, &numbers[0], &numbers[1]);
	TRY(db_statement(&r->core.index, INDEX_RANGE, &st, err));
	TRY(core_each(&r->core.index, st, 0, numbers, COUNT(numbers), each_candidate, &c, err));
	TRY(c.status);
	if (c.n > 1)
		return ambiguous(&c, err);
	if (c.n == 0)
		return annot_fail(err, ANNOT_NOT_FOUND, "%s: no record or annotation has that id",
				  wanted->base);
	*ret = c.seq[0];
	return ANNOT_OK;
}

static enum annot_status find_name(struct reader *r, const struct wanted *wanted, uint64_t *ret,
				   struct annot_error *err)
{
	AUTO_RESET sqlite3_stmt *st = NULL;
	enum annot_status status;
	bool row = false;
	int64_t term;

	status = core_term(&r->core, TERM_NAME, wanted->base, wanted->len, &term, err);
	if (status != ANNOT_OK && status != ANNOT_NOT_FOUND)
		return status;
	if (status == ANNOT_OK) {
		TRY(db_statement(&r->core.index, INDEX_NAMED, &st, err));
		sqlite3_bind_int64(st, 1, term);
		sqlite3_bind_int64(st, 2, (int64_t)r->size);
		TRY(db_step(&r->core.index, st, &row, err));
	}
	if (!row)
		return annot_fail(err, ANNOT_NOT_FOUND, "no document is named %s; %s", wanted->base,
				  is_hex(wanted->base, wanted->len)
					  ? "an id takes 8 hex digits or more"
					  : "annotctl doc list shows those that there are");
	*ret = (uint64_t)sqlite3_column_int64(st, 0);
	return ANNOT_OK;
}

static enum annot_status one_number(struct reader *r, enum index_statement which, uint64_t a,
				    uint64_t b, bool *ret_there, int64_t *ret,
				    struct annot_error *err)
{
	sqlite3_stmt *st;

	TRY(db_statement(&r->core.index, which, &st, err));
	sqlite3_bind_int64(st, 1, (int64_t)a);
	sqlite3_bind_int64(st, 2, (int64_t)b);
	return db_number(&r->core.index, st, ret_there, ret, err);
}

static enum annot_status newest(struct reader *r, struct page_row *row, uint64_t *ret,
				struct annot_error *err)
{
	struct core_rec rec = row->rec;
	struct core_ann ann;
	bool there = false;
	int64_t found = 0;

	TRY(page_ann(r, row, &ann, err));
	if (ann.versions > 1 || !rec.first)
		TRY(one_number(r, INDEX_NEWEST_HEAD, rec.ann, r->size, &there, &found, err));
	*ret = there ? (uint64_t)found : rec.seq;
	return ANNOT_OK;
}

enum annot_status reader_resolve(struct reader *r, const char *id, uint64_t *ret,
				 struct annot_error *err)
{
	struct wanted wanted;
	struct core_rec rec;
	struct page_row *row;
	uint64_t seq = 0;
	bool there = false, exact;
	int64_t found = 0;

	TRY(split(id, &wanted, err));
	exact = is_hex(wanted.base, wanted.len) && wanted.len >= PREFIX_MIN &&
		wanted.len <= ANNOT_HASH_HEX;
	if (wanted.record && (!exact || wanted.version > 0))
		return annot_fail(err, ANNOT_USAGE,
				  "%.80s: after = stands the hash of a record, 8 to 64 hex digits",
				  id);
	if (exact)
		TRY(find_prefix(r, &wanted, &seq, err));
	else if (annot_name_valid(wanted.base, wanted.len))
		TRY(find_name(r, &wanted, &seq, err));
	else
		return annot_fail(
			err, ANNOT_USAGE,
			"\"%.80s\" is neither an id (8 to 64 hex digits) nor a document name", id);
	TRY(page_row(r, seq, &row, err));
	rec = row->rec;
	if (wanted.version > 0) {
		TRY(one_number(r, INDEX_VERSION_AT, rec.ann, wanted.version, &there, &found, err));
		if (!there || (uint64_t)found >= r->size)
			return annot_fail(err, ANNOT_NOT_FOUND,
					  "%s has no version %llu; annotctl history %s shows those "
					  "that there are",
					  wanted.base, (unsigned long long)wanted.version,
					  wanted.base);
		*ret = (uint64_t)found;
		return ANNOT_OK;
	}
	/* The hash of a later version names that version; that of a first one its annotation too.
	 */
	if (wanted.record || (exact && !rec.first)) {
		*ret = seq;
		return ANNOT_OK;
	}
	return newest(r, row, ret, err);
}

enum annot_status reader_newest(struct reader *r, uint64_t index, uint64_t *ret,
				struct annot_error *err)
{
	struct page_row *row;

	TRY(page_row(r, index, &row, err));
	return newest(r, row, ret, err);
}
