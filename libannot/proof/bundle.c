/* Bundles as files: a strict walk over the sections, and its inverse. */
#include "proof/bundle.h"

#include "base/encode.h"
#include "base/hash.h"
#include "proof/excerpt.h"

static const char MAGIC[] = "annot-bundle/v1\n";

enum { LINE_MAX_BYTES = 64, END_SIZE = 4 + ANNOT_HASH_HEX + 1 };

/* Where the walk is. The first one counts, the second fills the arrays. */
struct walk {
	const uint8_t *data;
	size_t len, at;
	struct annot_bundle *bundle;
	struct annot_bundle_record *chain, *references; /* NULL while counting */
	struct annot_bundle_source *sources;
	struct annot_bytes *excerpts;
	struct annot_error *err;
};

struct section {
	const char *name;
	size_t name_len;
	struct annot_bytes body;
};

static enum annot_status bad(const struct walk *w, const char *what)
{
	return annot_fail(w->err, ANNOT_INVALID, "bundle: byte %zu: %s", w->at, what);
}

/* Reads "section <name> <bytes> LF" without moving on. */
static enum annot_status read_head(const struct walk *w, struct section *ret, size_t *ret_body,
				   uint64_t *ret_len)
{
	const char *line = (const char *)w->data + w->at;
	size_t left = w->len - w->at, limit = left < LINE_MAX_BYTES ? left : LINE_MAX_BYTES;
	const char *end = memchr(line, '\n', limit), *space;

	if (!end || end - line < 8 || memcmp(line, "section ", 8) != 0)
		return bad(w, "expected a line \"section <name> <bytes>\"");
	ret->name = line + 8;
	space = memchr(ret->name, ' ', (size_t)(end - ret->name));
	if (!space || !annot_parse_u64(space + 1, (size_t)(end - space - 1), ret_len))
		return bad(w, "expected a line \"section <name> <bytes>\"");
	ret->name_len = (size_t)(space - ret->name);
	*ret_body = w->at + (size_t)(end - line) + 1;
	return ANNOT_OK;
}

/* The next section, whatever it is; NOT_FOUND at the end line. Does not move on. */
static enum annot_status peek(const struct walk *w, struct section *ret, size_t *ret_next)
{
	size_t body;
	uint64_t len;

	if (w->at == w->len)
		return ANNOT_NOT_FOUND;
	TRY(read_head(w, ret, &body, &len));
	if (len >= w->len - body)
		return bad(w, "the section is longer than the file");
	if (w->data[body + len] != '\n')
		return bad(w, "expected a line feed after the section");
	ret->body = annot_bytes(w->data + body, (size_t)len);
	*ret_next = body + (size_t)len + 1;
	return ANNOT_OK;
}

/* Takes the next section if it has that name. */
static enum annot_status take(struct walk *w, const char *name, size_t max, struct annot_bytes *ret,
			      bool *ret_taken)
{
	struct section s;
	size_t next;
	enum annot_status status = peek(w, &s, &next);

	*ret_taken = false;
	if (status == ANNOT_NOT_FOUND)
		return ANNOT_OK;
	TRY(status);
	if (s.name_len != strlen(name) || memcmp(s.name, name, s.name_len) != 0)
		return ANNOT_OK;
	if (s.body.len > max)
		return annot_fail(
			w->err, ANNOT_INVALID,
			"bundle: byte %zu: section %s has %zu bytes, expected at most %zu", w->at,
			name, s.body.len, max);
	*ret = s.body;
	*ret_taken = true;
	w->at = next;
	return ANNOT_OK;
}

static enum annot_status need(struct walk *w, const char *name, size_t max, struct annot_bytes *ret)
{
	bool taken;

	TRY(take(w, name, max, ret, &taken));
	if (!taken)
		return annot_fail(w->err, ANNOT_INVALID, "bundle: byte %zu: expected section %s",
				  w->at, name);
	return ANNOT_OK;
}

struct record_names {
	const char *record, *signature, *proof;
};
static const struct record_names SUBJECT = {"record", "signature", "proof"};
static const struct record_names CHAIN = {"chain", "chain-signature", "chain-proof"};
static const struct record_names REFERENCE = {"reference", "reference-signature",
					      "reference-proof"};

static enum annot_status take_record(struct walk *w, const struct record_names *names,
				     struct annot_bundle_record *ret, bool *ret_taken)
{
	TRY(take(w, names->record, ANNOT_RECORD_MAX, &ret->record, ret_taken));
	if (!*ret_taken)
		return ANNOT_OK;
	if (ret->record.len == 0)
		ret->record.data = NULL;
	TRY(need(w, names->signature, ANNOT_BUNDLE_SIGNATURE_MAX, &ret->signature));
	return need(w, names->proof, ANNOT_BUNDLE_PROOF_MAX, &ret->proof);
}

static enum annot_status take_records(struct walk *w, const struct record_names *names,
				      struct annot_bundle_record *items, size_t *n)
{
	for (*n = 0;; (*n)++) {
		struct annot_bundle_record record;
		bool taken;

		TRY(take_record(w, names, &record, &taken));
		if (!taken)
			return ANNOT_OK;
		if (*n == ANNOT_BUNDLE_RECORDS_MAX)
			return bad(w, "too many records");
		if (items)
			items[*n] = record;
	}
}

static enum annot_status take_sources(struct walk *w)
{
	size_t *n = &w->bundle->n_sources;

	for (*n = 0;; (*n)++) {
		struct annot_bytes text;
		bool taken;

		TRY(take(w, "source", SIZE_MAX, &text, &taken));
		if (!taken)
			return ANNOT_OK;
		if (*n == ANNOT_BUNDLE_RECORDS_MAX)
			return bad(w, "too many sources");
		if (w->sources)
			w->sources[*n] = (struct annot_bundle_source){
				.sha256 = annot_sha256(text.data, text.len), .text = text};
	}
}

static enum annot_status take_cosigned(struct walk *w)
{
	struct annot_bundle *b = w->bundle;
	bool taken = true;

	while (taken && b->n_cosigned < ANNOT_BUNDLE_COSIGNED_MAX) {
		TRY(take(w, "cosigned", ANNOT_NOTE_MAX, &b->cosigned[b->n_cosigned], &taken));
		b->n_cosigned += taken;
	}
	return ANNOT_OK;
}

static enum annot_status take_excerpts(struct walk *w)
{
	size_t *n = &w->bundle->n_excerpts;

	for (*n = 0;; (*n)++) {
		struct annot_bytes excerpt;
		bool taken;

		TRY(take(w, "excerpt", ANNOT_CHUNK_SECTION_MAX, &excerpt, &taken));
		if (!taken)
			return ANNOT_OK;
		if (*n == ANNOT_BUNDLE_RECORDS_MAX)
			return bad(w, "too many excerpts");
		if (w->excerpts)
			w->excerpts[*n] = excerpt;
	}
}

static enum annot_status walk_all(struct walk *w)
{
	struct annot_bundle *b = w->bundle;
	bool taken;

	w->at = sizeof(MAGIC) - 1;
	TRY(take_record(w, &SUBJECT, &b->subject, &taken));
	if (!taken)
		return bad(w, "expected section record");
	TRY(take(w, "seen", ANNOT_NOTE_MAX, &b->seen, &taken));
	if (taken)
		TRY(take(w, "consistency", ANNOT_BUNDLE_CONSISTENCY_MAX, &b->consistency, &taken));
	TRY(take_cosigned(w));
	TRY(take_records(w, &CHAIN, w->chain, &b->n_chain));
	TRY(take_records(w, &REFERENCE, w->references, &b->n_references));
	TRY(take_sources(w));
	TRY(take_excerpts(w));
	TRY(take(w, "leaves", ANNOT_BUNDLE_LEAVES_MAX, &b->leaves, &taken));
	return w->at == w->len ? ANNOT_OK : bad(w, "a section that is unknown, or out of order");
}

static enum annot_status check_end(struct annot_bytes file, struct annot_error *err)
{
	size_t body = file.len - END_SIZE;
	const char *end = (const char *)file.data + body;
	struct annot_hash stated, found = annot_sha256(file.data, body);

	if (memcmp(end, "end ", 4) != 0 || end[END_SIZE - 1] != '\n' ||
	    !annot_hash_unhex(end + 4, ANNOT_HASH_HEX, &stated))
		return annot_fail(
			err, ANNOT_INVALID,
			"bundle: byte %zu: expected the closing line \"end <sha256>\"; the "
			"file is cut off or not a bundle",
			body);
	if (!annot_hash_equal(&stated, &found))
		return annot_fail(
			err, ANNOT_INVALID,
			"bundle: its bytes have SHA-256 %s, its closing line says %s; it was "
			"changed or damaged",
			annot_hash_hex(&found).text, annot_hash_hex(&stated).text);
	return ANNOT_OK;
}

enum annot_status annot_bundle_parse(struct annot_arena *arena, struct annot_bytes file,
				     struct annot_bundle *ret, struct annot_error *err)
{
	struct annot_bundle bundle = {0};
	struct walk w = {.data = file.data, .bundle = &bundle, .err = err};

	if (file.len < sizeof(MAGIC) - 1 + END_SIZE ||
	    memcmp(file.data, MAGIC, sizeof(MAGIC) - 1) != 0)
		return annot_fail(
			err, ANNOT_INVALID,
			"bundle: expected the first line annot-bundle/v1; cannot check others");
	TRY(check_end(file, err));
	w.len = file.len - END_SIZE;
	TRY(walk_all(&w));
	w.chain = annot_arena_array(arena, bundle.n_chain + 1, sizeof(*w.chain));
	w.references = annot_arena_array(arena, bundle.n_references + 1, sizeof(*w.references));
	w.sources = annot_arena_array(arena, bundle.n_sources + 1, sizeof(*w.sources));
	w.excerpts = annot_arena_array(arena, bundle.n_excerpts + 1, sizeof(*w.excerpts));
	if (!w.chain || !w.references || !w.sources || !w.excerpts)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the bundle");
	bundle = (struct annot_bundle){.chain = w.chain,
				       .references = w.references,
				       .sources = w.sources,
				       .excerpts = w.excerpts};
	TRY(walk_all(&w));
	*ret = bundle;
	return ANNOT_OK;
}

/* --- writing
 * ------------------------------------------------------------------------------------------- */

struct out {
	struct annot_sink to;
	struct annot_sha256 hash; /* of all so far */
	struct annot_error *err;
};

static enum annot_status put(struct out *o, struct annot_bytes piece)
{
	annot_sha256_add(&o->hash, piece.data, piece.len);
	return o->to.put(o->to.arg, piece, o->err);
}

static enum annot_status put_section(struct out *o, const char *name, struct annot_bytes body)
{
	char head[LINE_MAX_BYTES];
	struct annot_buf line = ANNOT_BUF_IN(head);

	annot_buf_printf(&line, "section %s %zu\n", name, body.len);
	TRY(annot_buf_check(&line, "a section", o->err));
	TRY(put(o, annot_buf_bytes(&line)));
	TRY(put(o, body));
	return put(o, annot_bytes("\n", 1));
}

static enum annot_status put_record(struct out *o, const struct record_names *names,
				    const struct annot_bundle_record *r)
{
	TRY(put_section(o, names->record, r->record));
	TRY(put_section(o, names->signature, r->signature));
	return put_section(o, names->proof, r->proof);
}

static enum annot_status put_end(struct out *o)
{
	char text[END_SIZE + 1];
	struct annot_buf end = ANNOT_BUF_IN(text);
	struct annot_hash hash = annot_sha256_final(&o->hash);

	annot_buf_printf(&end, "end %s\n", annot_hash_hex(&hash).text);
	return o->to.put(o->to.arg, annot_buf_bytes(&end), o->err);
}

enum annot_status annot_bundle_write(const struct annot_bundle *bundle, struct annot_sink to,
				     struct annot_error *err)
{
	struct out o = {.to = to, .err = err};

	annot_sha256_init(&o.hash);
	TRY(put(&o, annot_bytes_of(MAGIC)));
	TRY(put_record(&o, &SUBJECT, &bundle->subject));
	if (bundle->seen.data)
		TRY(put_section(&o, "seen", bundle->seen));
	if (bundle->seen.data && bundle->consistency.data)
		TRY(put_section(&o, "consistency", bundle->consistency));
	for (size_t i = 0; i < bundle->n_cosigned; i++)
		TRY(put_section(&o, "cosigned", bundle->cosigned[i]));
	for (size_t i = 0; i < bundle->n_chain; i++)
		TRY(put_record(&o, &CHAIN, &bundle->chain[i]));
	for (size_t i = 0; i < bundle->n_references; i++)
		TRY(put_record(&o, &REFERENCE, &bundle->references[i]));
	for (size_t i = 0; i < bundle->n_sources; i++)
		TRY(put_section(&o, "source", bundle->sources[i].text));
	for (size_t i = 0; i < bundle->n_excerpts; i++)
		TRY(put_section(&o, "excerpt", bundle->excerpts[i]));
	if (bundle->leaves.data)
		TRY(put_section(&o, "leaves", bundle->leaves));
	return put_end(&o);
}
