/* The records and texts of a bundle, each checked for itself. */
#include "proof/verify_private.h"

#include "base/auto.h"
#include "base/encode.h"
#include "base/hash.h"
#include "record/sshsig.h"

static const char *const role_names[] = {
	[ANNOT_ROLE_SUBJECT] = "record",
	[ANNOT_ROLE_CHAIN] = "chain",
	[ANNOT_ROLE_REFERENCE] = "reference",
};

/* Fails with what is wrong with a record of the bundle. */
struct loader {
	struct annot_verify *v;
	struct annot_supplied *s;
	struct annot_error err;
};

static enum annot_status load_record(struct loader *l)
{
	struct annot_supplied *s = l->s;

	TRY(annot_sshsig_unarmor(l->s->raw->signature, ANNOT_NAMESPACE_RECORD, s->key, s->signature,
				 &l->err));
	if (!l->s->raw->record.data)
		return s->role == ANNOT_ROLE_CHAIN
			       ? annot_fail(&l->err, ANNOT_INVALID, "its bytes are missing")
			       : ANNOT_OK;
	TRY(annot_record_parse(l->v->arena, l->s->raw->record, &s->record, &l->err));
	s->id = s->record->id;
	if (!l->v->several && s->role == ANNOT_ROLE_SUBJECT)
		return ANNOT_OK; /* signature and author are reported one by one */
	TRY(annot_key_check(s->key, &l->err));
	return annot_sshsig_verify(s->key, ANNOT_NAMESPACE_RECORD, s->record->bytes, s->signature,
				   &l->err);
}

static bool author_matches(const struct annot_supplied *s)
{
	struct annot_hash author = annot_key_author(s->key);

	return annot_hash_equal(&author, &s->record->author);
}

/* The proof's extra data is not authenticated; where it is there, it must be the leaf. */
static enum annot_status check_extra(const struct annot_tlogproof *p, struct annot_bytes line,
				     struct annot_error *err)
{
	AUTO_BUF struct annot_buf expected = ANNOT_BUF_INIT(2 * ANNOT_LEAF_MAX);

	if (!p->extra.data)
		return ANNOT_OK;
	annot_buf_base64(&expected, line.data, line.len);
	TRY(annot_buf_check(&expected, "a leaf", err));
	if (expected.len != p->extra.len || memcmp(expected.data, p->extra.data, p->extra.len) != 0)
		return annot_fail(err, ANNOT_MISMATCH, "the proof's extra line is not the leaf");
	return ANNOT_OK;
}

enum annot_status annot_supplied_prove(const struct annot_verify *v, const struct annot_supplied *s,
				       struct annot_bytes line, struct annot_error *err)
{
	const struct annot_checkpoint *c = &v->checkpoint;
	struct annot_hash hash = annot_leaf_hash(line.data, line.len);
	struct annot_tlogproof p;

	TRY(annot_tlogproof_parse(s->raw->proof, &p, err));
	TRY(check_extra(&p, line, err));
	return annot_verify_inclusion(p.index, c->size, &hash, p.path, p.n_path, &c->root, err);
}

/* All proofs of a bundle are to one checkpoint, the subject's. */
static enum annot_status take_note(struct loader *l, struct annot_bytes note)
{
	struct annot_note *parsed;

	if (l->s->role != ANNOT_ROLE_SUBJECT) {
		if (note.len == l->v->note.len && memcmp(note.data, l->v->note.data, note.len) == 0)
			return ANNOT_OK;
		return annot_fail(&l->err, ANNOT_INVALID,
				  "its proof is to another checkpoint than the record's");
	}
	parsed = annot_arena_alloc(l->v->arena, sizeof(*parsed));
	if (!parsed)
		return annot_fail(&l->err, ANNOT_NO_MEMORY, "out of memory for a note");
	TRY(annot_note_parse(note, parsed, &l->err));
	TRY(annot_checkpoint_parse(parsed->text, &l->v->checkpoint, &l->err));
	l->v->note = note;
	return ANNOT_OK;
}

static enum annot_status load_proof(struct loader *l)
{
	struct annot_tlogproof p;
	AUTO_BUF struct annot_buf line = ANNOT_BUF_INIT(ANNOT_LEAF_MAX);

	TRY(annot_tlogproof_parse(l->s->raw->proof, &p, &l->err));
	TRY(take_note(l, p.note));
	l->s->index = p.index;
	if (p.index >= l->v->checkpoint.size)
		return annot_fail(
			&l->err, ANNOT_INVALID, "index %llu is past the checkpoint's %llu",
			(unsigned long long)p.index, (unsigned long long)l->v->checkpoint.size);
	if (!l->s->record)
		return ANNOT_OK; /* the leaf comes from the leaves, under the same root */
	if (!author_matches(l->s) && (l->v->several || l->s->role != ANNOT_ROLE_SUBJECT))
		return annot_fail(&l->err, ANNOT_MISMATCH, "is not signed by its author's key");
	annot_leaf_of(l->s->record, l->s->signature, &l->s->leaf);
	annot_leaf_write(&l->s->leaf, &line);
	TRY(annot_buf_check(&line, "a leaf", &l->err));
	return annot_supplied_prove(l->v, l->s, annot_buf_bytes(&line), &l->err);
}

static enum annot_status index_by_id(struct loader *l)
{
	struct annot_supplied *s = l->s, *other = NULL;

	if (!s->record)
		return ANNOT_OK;
	HASH_FIND(hh, l->v->by_id, &s->id, sizeof(s->id), other);
	if (other)
		return annot_fail(&l->err, ANNOT_INVALID, "stands in the bundle twice");
	HASH_ADD(hh, l->v->by_id, id, sizeof(s->id), s);
	if (annot_table_failed(s))
		return annot_fail(&l->err, ANNOT_NO_MEMORY, "out of memory for the bundle");
	return ANNOT_OK;
}

static bool load_one(struct loader *l, enum annot_role role, const struct annot_bundle_record *raw,
		     size_t number, enum annot_status *status)
{
	enum annot_status s;

	l->s = &l->v->supplied[l->v->n_supplied++];
	l->s->role = role;
	l->s->raw = raw;
	l->s->effect = ANNOT_VOID;
	s = load_record(l);
	if (s == ANNOT_OK)
		s = load_proof(l);
	if (s == ANNOT_OK)
		s = index_by_id(l);
	if (s == ANNOT_OK)
		return true;
	if (s == ANNOT_NO_MEMORY || s == ANNOT_INTERNAL)
		*status = s;
	else if (role == ANNOT_ROLE_SUBJECT)
		CHECK_INVALID(l->v, "record", "%s", l->err.text);
	else
		CHECK_INVALID(l->v, role_names[role], "%s %zu: %s", role_names[role], number,
			      l->err.text);
	return false;
}

bool annot_supplied_load(struct annot_verify *v, enum annot_status *status)
{
	const struct annot_bundle *b = &v->bundle;
	struct loader l = {.v = v};

	v->supplied =
		annot_arena_array(v->arena, 1 + b->n_chain + b->n_references, sizeof(*v->supplied));
	if (!v->supplied) {
		*status = ANNOT_NO_MEMORY;
		return false;
	}
	if (!load_one(&l, ANNOT_ROLE_SUBJECT, &b->subject, 1, status))
		return false;
	for (size_t i = 0; i < b->n_chain; i++)
		if (!load_one(&l, ANNOT_ROLE_CHAIN, &b->chain[i], i + 1, status))
			return false;
	for (size_t i = 0; i < b->n_references; i++)
		if (!load_one(&l, ANNOT_ROLE_REFERENCE, &b->references[i], i + 1, status))
			return false;
	return true;
}

const struct annot_supplied *annot_supplied_find(const struct annot_verify *v,
						 const struct annot_hash *id)
{
	struct annot_supplied *s = NULL;

	HASH_FIND(hh, v->by_id, id, sizeof(*id), s);
	return s;
}

/* --- texts
 * --------------------------------------------------------------------------------------------- */

struct annot_text *annot_text_find(const struct annot_verify *v, const struct annot_hash *sha256)
{
	struct annot_text *t = NULL;

	HASH_FIND(hh, v->texts, sha256, sizeof(*sha256), t);
	return t;
}

static enum annot_status add_text(struct annot_verify *v, const struct annot_bundle_source *source)
{
	struct annot_text *t;

	if (annot_text_find(v, &source->sha256))
		return ANNOT_OK; /* two documents of the same words */
	t = annot_arena_alloc(v->arena, sizeof(*t));
	if (!t)
		return ANNOT_NO_MEMORY;
	t->sha256 = source->sha256;
	t->text = source->text;
	HASH_ADD(hh, v->texts, sha256, sizeof(t->sha256), t);
	return annot_table_failed(t) ? ANNOT_NO_MEMORY : ANNOT_OK;
}

bool annot_text_load(struct annot_verify *v, enum annot_status *status)
{
	struct annot_text *t, *next;

	for (size_t i = 0; i < v->bundle.n_sources; i++) {
		*status = add_text(v, &v->bundle.sources[i]);
		if (*status != ANNOT_OK)
			return false;
	}
	for (size_t i = 0; i < v->n_supplied; i++) {
		const struct annot_record *r = v->supplied[i].record;

		if (!r || r->kind->kind != ANNOT_KIND_document)
			continue;
		t = annot_text_find(v, &annot_record_card(r, "sha256")->hash);
		if (t)
			t->used = true;
	}
	HASH_ITER(hh, v->texts, t, next)
	if (!t->used) {
		CHECK_INVALID(v, "source",
			      "a source of %zu bytes with SHA-256 %s is the text of no document "
			      "in the bundle",
			      t->text.len, annot_hash_hex(&t->sha256).text);
		return false;
	}
	return true;
}
