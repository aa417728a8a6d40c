/* Evidence from a bundle whose log is not the one that its reader, or its author, knew. */
#include "proof/evidence.h"

#include "base/hash.h"

/* --- the tree of the bundle's leaves
 * ------------------------------------------------------------------- */

/* Where the left subtree ends: the largest power of two below n (n at least 2). */
static size_t split(size_t n)
{
	return (size_t)1 << (63 - __builtin_clzll((unsigned long long)n - 1));
}

/* RFC 6962 section 2.1; as deep as the tree is high. */
static struct annot_hash root_of(const struct annot_hash *leaves, size_t n)
{
	struct annot_hash left, right;

	if (n == 1)
		return leaves[0];
	left = root_of(leaves, split(n));
	right = root_of(leaves + split(n), n - split(n));
	return annot_node_hash(&left, &right);
}

/* Section 2.1.1, from the leaf up. */
static void path_of(const struct annot_hash *leaves, size_t n, size_t index,
		    struct annot_evidence_path *ret)
{
	size_t k;

	if (n == 1)
		return;
	k = split(n);
	if (index < k) {
		path_of(leaves, k, index, ret);
		ret->path[ret->n++] = root_of(leaves + k, n - k);
	} else {
		path_of(leaves + k, n - k, index - k, ret);
		ret->path[ret->n++] = root_of(leaves, k);
	}
}

static enum annot_status hash_leaves(struct annot_arena *arena, struct annot_bytes lines,
				     struct annot_hash **ret, size_t *ret_n,
				     struct annot_error *err)
{
	const uint8_t *at = lines.data, *end = at + lines.len, *stop;
	size_t n = 0;

	for (const uint8_t *p = at; p < end && (stop = memchr(p, '\n', (size_t)(end - p)));
	     p = stop + 1)
		n++;
	*ret = annot_arena_array(arena, n ? n : 1, sizeof(**ret));
	if (!*ret)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the leaves");
	for (size_t i = 0; i < n; i++, at = stop + 1) {
		stop = memchr(at, '\n', (size_t)(end - at));
		(*ret)[i] = annot_leaf_hash(at, (size_t)(stop - at) + 1);
	}
	*ret_n = n;
	return ANNOT_OK;
}

/* --- the pair of notes
 * ------------------------------------------------------------------------------- */

static enum annot_status read_note(struct annot_arena *arena, struct annot_bytes note,
				   struct annot_checkpoint *ret, struct annot_error *err)
{
	struct annot_note *parsed = annot_arena_alloc(arena, sizeof(*parsed));

	if (!parsed)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for a note");
	TRY(annot_note_parse(note, parsed, err));
	return annot_checkpoint_parse(parsed->text, ret, err);
}

static struct annot_bytes genesis_of(const struct annot_bundle *b, const struct annot_hash *corpus)
{
	const struct annot_bundle_record *records[] = {&b->subject, b->chain};
	const size_t n[] = {1, b->n_chain};

	for (size_t l = 0; l < 2; l++)
		for (size_t i = 0; i < n[l]; i++) {
			struct annot_bytes r = records[l][i].record;
			struct annot_hash id = annot_sha256(r.data, r.len);

			if (r.data && annot_hash_equal(&id, corpus))
				return r;
		}
	return annot_bytes(NULL, 0);
}

/* Whether the bundle's log is another one than that of a note; if so, all that shows it. */
static enum annot_status compare(struct annot_arena *arena, const struct annot_bundle *b,
				 struct annot_bytes note, struct annot_evidence *e, bool *ret,
				 struct annot_error *err)
{
	struct annot_checkpoint ours, theirs;
	struct annot_evidence_path *path;
	struct annot_hash *leaves, root;
	size_t n;

	*ret = false;
	e->prefix = NULL;
	if (!note.data || read_note(arena, note, &ours, NULL) != ANNOT_OK)
		return ANNOT_OK;
	TRY(read_note(arena, e->theirs, &theirs, err));
	e->ours = note;
	if (ours.size == theirs.size)
		*ret = !annot_hash_equal(&ours.root, &theirs.root);
	if (ours.size == 0 || ours.size >= theirs.size)
		return ANNOT_OK;
	TRY(hash_leaves(arena, b->leaves, &leaves, &n, err));
	path = annot_arena_alloc(arena, sizeof(*path));
	if (!path)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for a proof");
	if (n != theirs.size)
		return ANNOT_OK;
	root = root_of(leaves, (size_t)ours.size);
	*ret = !annot_hash_equal(&root, &ours.root);
	path->leaf = leaves[ours.size];
	path_of(leaves, n, (size_t)ours.size, path);
	e->prefix = path;
	return ANNOT_OK;
}

enum annot_status annot_evidence_of_bundle(struct annot_arena *arena, struct annot_bytes file,
					   const struct annot_hash *corpus,
					   struct annot_bytes known, struct annot_evidence *ret,
					   struct annot_error *err)
{
	struct annot_evidence e = {.what = ANNOT_FORKED_LOG, .corpus = *corpus, .source = "bundle"};
	struct annot_tlogproof proof;
	struct annot_bundle b;
	bool found = false;

	TRY(annot_bundle_parse(arena, file, &b, err));
	TRY(annot_tlogproof_parse(b.subject.proof, &proof, err));
	e.theirs = proof.note;
	e.genesis = genesis_of(&b, corpus);
	TRY(compare(arena, &b, known, &e, &found, err));
	if (!found)
		TRY(compare(arena, &b, b.seen, &e, &found, err));
	for (size_t i = 0; !found && i < b.n_cosigned; i++)
		TRY(compare(arena, &b, b.cosigned[i], &e, &found, err));
	if (!found || !e.genesis.data)
		return annot_fail(err, ANNOT_NOT_FOUND, "the bundle shows no fork of its log");
	*ret = e;
	return ANNOT_OK;
}
