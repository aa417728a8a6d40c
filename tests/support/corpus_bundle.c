#include "corpus.h"

#include "base/hash.h"

static struct annot_bytes keep(const struct test_corpus *c, struct annot_buf *b)
{
	struct annot_bytes ret;

	assert_false(b->failed);
	ret = annot_bytes(annot_arena_copy(c->arena, b->data, b->len), b->len);
	annot_buf_free(b);
	return ret;
}

struct annot_bytes test_checkpoint(const struct test_corpus *c, struct annot_checkpoint *ret)
{
	struct annot_buf b = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct annot_checkpoint cp = {
		.origin = TEST_ORIGIN, .size = c->n, .root = annot_frontier_root(&c->frontier)};

	annot_checkpoint_sign(&cp, &c->log, &b);
	if (ret)
		*ret = cp;
	return keep(c, &b);
}

void test_see(struct test_corpus *c)
{
	struct annot_checkpoint cp;

	c->seen_note = test_checkpoint(c, &cp);
	c->seen = (struct annot_seen){.size = cp.size,
				      .root = cp.root,
				      .note = annot_sha256(c->seen_note.data, c->seen_note.len)};
}

static enum annot_status read_node(void *ctx, unsigned level, uint64_t n, struct annot_hash *ret,
				   struct annot_error *err)
{
	const struct test_corpus *c = ctx;
	struct annot_hash left, right;

	if (level == 0) {
		*ret = c->leaf_hashes[n];
		return ANNOT_OK;
	}
	TRY(read_node(ctx, level - 1, 2 * n, &left, err));
	TRY(read_node(ctx, level - 1, 2 * n + 1, &right, err));
	*ret = annot_node_hash(&left, &right);
	return ANNOT_OK;
}

struct annot_bytes test_proof(const struct test_corpus *c, uint64_t index)
{
	struct annot_tree_reader reader = {.ctx = (void *)(uintptr_t)c, .node = read_node};
	struct annot_buf b = ANNOT_BUF_INIT(1 << 16), line = ANNOT_BUF_INIT(ANNOT_LEAF_MAX);
	struct annot_buf extra = ANNOT_BUF_INIT(1 << 16);
	struct annot_tlogproof p = {.index = index, .note = test_checkpoint(c, NULL)};

	annot_leaf_write(&c->entries[index]->leaf, &line);
	annot_buf_base64(&extra, line.data, line.len);
	p.extra = annot_buf_bytes(&extra);
	assert_ok(annot_tree_inclusion(&reader, index, c->n, p.path, &p.n_path, &test_error));
	annot_tlogproof_write(&p, &b);
	annot_buf_free(&line);
	annot_buf_free(&extra);
	return keep(c, &b);
}

struct annot_bundle_record test_bundle_record(const struct test_corpus *c,
					      const struct test_entry *e)
{
	struct annot_bundle_record ret = {.proof = test_proof(c, e->index)};
	struct annot_buf b = ANNOT_BUF_INIT(4096);

	if (!e->withheld && e->record)
		ret.record = e->record->bytes;
	annot_sshsig_armor(e->key, ANNOT_NAMESPACE_RECORD, e->signature, &b);
	ret.signature = keep(c, &b);
	return ret;
}

/* Marks what a record names, and what that names. */
static void mark_references(const struct test_corpus *c, const struct test_entry *e, bool *wanted)
{
	for (size_t i = 0; e->record && i < e->record->n_cards; i++) {
		const struct annot_card *card = &e->record->cards[i];

		if (card->def->type != ANNOT_CARD_REF && card->def->type != ANNOT_CARD_TARGET)
			continue;
		for (size_t k = 0; k < e->index; k++)
			if (annot_hash_equal(&c->entries[k]->id, &card->hash) && !wanted[k]) {
				wanted[k] = true;
				mark_references(c, c->entries[k], wanted);
			}
	}
}

static void mark_about(const struct test_corpus *c, const struct test_entry *subject, bool *wanted)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct annot_leaf *leaf = &c->entries[i]->leaf;

		if (leaf->kind != ANNOT_KIND_review && leaf->kind != ANNOT_KIND_reaffirm)
			continue;
		for (size_t k = 0; k < i; k++)
			if ((wanted[k] || k == subject->index) &&
			    annot_hash_equal(&c->entries[k]->id, &leaf->on))
				wanted[i] = true;
	}
}

static struct annot_bytes all_leaves(const struct test_corpus *c)
{
	struct annot_buf b = ANNOT_BUF_INIT(ANNOT_BUNDLE_LEAVES_MAX);

	for (size_t i = 0; i < c->n; i++)
		annot_leaf_write(&c->entries[i]->leaf, &b);
	return keep(c, &b);
}

static void put_source(const struct test_entry *e, struct annot_bundle_source *sources, size_t *n)
{
	if (e->leaf.kind == ANNOT_KIND_document && e->content.data && !e->withheld)
		sources[(*n)++] = (struct annot_bundle_source){
			.sha256 = annot_sha256(e->content.data, e->content.len),
			.text = e->content};
}

void test_bundle(const struct test_corpus *c, const struct test_entry *subject,
		 struct annot_bundle *ret)
{
	bool *wanted = annot_arena_array(c->arena, c->n, sizeof(bool));
	struct annot_bundle_record *chain = annot_arena_array(c->arena, c->n, sizeof(*chain));
	struct annot_bundle_record *references =
		annot_arena_array(c->arena, c->n, sizeof(*references));
	struct annot_bundle_source *sources = annot_arena_array(c->arena, c->n, sizeof(*sources));

	*ret = (struct annot_bundle){.subject = test_bundle_record(c, subject),
				     .chain = chain,
				     .references = references,
				     .sources = sources,
				     .leaves = all_leaves(c)};
	mark_references(c, subject, wanted);
	mark_about(c, subject, wanted);
	put_source(subject, sources, &ret->n_sources);
	for (size_t i = 0; i < c->n; i++) {
		const struct test_entry *e = c->entries[i];

		if (i == subject->index)
			continue;
		if (e->chain)
			chain[ret->n_chain++] = test_bundle_record(c, e);
		else if (wanted[i])
			references[ret->n_references++] = test_bundle_record(c, e);
		if (wanted[i])
			put_source(e, sources, &ret->n_sources);
	}
	if (subject->record && subject->record->seen.size && c->seen_note.data)
		ret->seen = c->seen_note;
}

struct annot_bytes test_bundle_file(const struct test_corpus *c, const struct annot_bundle *bundle)
{
	struct annot_buf b = ANNOT_BUF_INIT((size_t)1 << 28);

	assert_ok(annot_bundle_write(bundle, annot_buf_sink(&b), &test_error));
	return keep(c, &b);
}

const struct annot_report *test_verify_bundle(const struct test_corpus *c,
					      const struct annot_bundle *bundle,
					      const struct annot_trust *trust)
{
	const struct annot_report *report = NULL;

	assert_ok(annot_verify_bundle(c->arena, test_bundle_file(c, bundle), trust, &report,
				      &test_error));
	return report;
}

const struct annot_report *test_verify(const struct test_corpus *c,
				       const struct test_entry *subject)
{
	struct annot_trust trust = {.corpus = c->id};
	struct annot_bundle bundle;

	test_bundle(c, subject, &bundle);
	return test_verify_bundle(c, &bundle, &trust);
}

void test_print_report(const struct annot_report *r)
{
	print_message("%s\n", annot_verdict_name(r->verdict));
	for (size_t i = 0; i < r->n_checks; i++)
		print_message("  %-12s %d %-18s %s\n", r->checks[i].name, (int)r->checks[i].result,
			      annot_verdict_name(r->checks[i].verdict), r->checks[i].text);
}

bool test_report_says(const struct annot_report *r, const char *name, const char *words)
{
	for (size_t i = 0; i < r->n_checks; i++)
		if (strcmp(r->checks[i].name, name) == 0 && strstr(r->checks[i].text, words))
			return true;
	return false;
}
