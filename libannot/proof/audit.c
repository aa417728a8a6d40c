/* Every record of a log, judged in its turn. */
#include "proof/audit.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/encode.h"
#include "base/hash.h"
#include "record/sshsig.h"
#include "state/memory.h"
#include "text/escape.h"

enum { FIRST_NODES = 1024, FINDINGS_ARENA_MAX = 1 << 20, FINDING_MAX = 2048 };

struct annot_audit {
	struct annot_hash corpus;
	struct annot_memory *memory;
	struct annot_frontier frontier;
	/* That each leaf completes, level 0 first. Roots are made of them when they are asked for:
	 * most sizes are not, and a root is half as many hashes as the tree is high. */
	struct annot_hash *nodes;
	uint64_t n_nodes, cap;
	enum annot_verdict verdict;
	uint64_t signatures, resumed, withheld, void_records, n_findings;
	size_t n_shown;
	struct annot_arena *arena; /* of the findings */
	struct annot_audit_finding findings[ANNOT_AUDIT_SHOWN];
};

/* --- one record for itself --- */

static enum annot_status check_leaf(struct annot_arena *arena, struct annot_audit_item *item,
				    struct annot_error *err)
{
	AUTO_BUF struct annot_buf own = ANNOT_BUF_INIT(ANNOT_LEAF_MAX);
	struct annot_leaf leaf;
	struct annot_hash signature;

	if (!item->stored.record.data) {
		signature = annot_sha256(item->stored.signature, ANNOT_SIGNATURE_SIZE);
		if (!annot_hash_equal(&signature, &item->leaf.signature))
			return annot_fail(err, ANNOT_MISMATCH,
					  "the signature is not the one that the leaf commits to");
		return ANNOT_OK;
	}
	TRY(annot_record_parse(arena, item->stored.record, &item->record, err));
	annot_leaf_of(item->record, item->stored.signature, &leaf);
	annot_leaf_write(&leaf, &own);
	TRY(annot_buf_check(&own, "a leaf", err));
	if (own.len == item->line.len && memcmp(own.data, item->line.data, own.len) == 0)
		return ANNOT_OK;
	item->record = NULL;
	return annot_fail(err, ANNOT_MISMATCH,
			  "record and signature are not those that the leaf commits to");
}

/* Of a key that nobody enrolled nothing is checked: the record must be judged void. */
static enum annot_status check_signature(const struct annot_audit_item *item,
					 struct annot_error *err)
{
	struct annot_hash author;

	if (!item->stored.key)
		return ANNOT_OK;
	author = annot_key_author(item->stored.key);
	if (!annot_hash_equal(&author, &item->leaf.author))
		return annot_fail(err, ANNOT_MISMATCH, "the key is not that of the author card");
	if (!item->record)
		return ANNOT_OK;
	return annot_sshsig_verify(item->stored.key, ANNOT_NAMESPACE_RECORD, item->record->bytes,
				   item->stored.signature, err);
}

enum annot_status annot_audit_check(struct annot_arena *arena, struct annot_audit_item *item,
				    bool signature, struct annot_error *err)
{
	struct annot_error why;
	enum annot_status status = annot_leaf_parse(item->line, &item->leaf, &why);

	item->hash = annot_leaf_hash(item->line.data, item->line.len);
	item->record = NULL;
	item->why = NULL;
	item->not_leaf = status != ANNOT_OK;
	if (status == ANNOT_OK)
		status = check_leaf(arena, item, &why);
	if (status == ANNOT_OK && signature)
		status = check_signature(item, &why);
	if (status == ANNOT_OK)
		return ANNOT_OK;
	if (status == ANNOT_NO_MEMORY || status == ANNOT_INTERNAL)
		return annot_fail(err, status, "%s", why.text);
	item->why = annot_arena_copy(arena, why.text, strlen(why.text));
	return item->why ? ANNOT_OK : annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
}

/* --- the log --- */

enum annot_status annot_audit_new(const struct annot_hash *corpus, struct annot_audit **ret,
				  struct annot_error *err)
{
	struct annot_audit *a;

	TRY(annot_crypto_init(err));
	a = calloc(1, sizeof(*a));
	if (!a)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	a->corpus = *corpus;
	a->verdict = ANNOT_VALID;
	a->cap = FIRST_NODES;
	a->memory = annot_memory_new();
	a->arena = annot_arena_new(FINDINGS_ARENA_MAX);
	a->nodes = calloc(FIRST_NODES, sizeof(*a->nodes));
	if (!a->memory || !a->arena || !a->nodes) {
		annot_audit_free(a);
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	}
	*ret = a;
	return ANNOT_OK;
}

struct annot_audit *annot_audit_free(struct annot_audit *a)
{
	if (!a)
		return NULL;
	annot_memory_free(a->memory);
	annot_arena_free(a->arena);
	free(a->nodes);
	free(a);
	return NULL;
}

uint64_t annot_audit_size(const struct annot_audit *a)
{
	return a->frontier.size;
}

/* A leaf completes one node, and one more for each second leaf, fourth leaf … that it is. */
static const struct annot_hash *node(const struct annot_audit *a, unsigned level, uint64_t n)
{
	uint64_t leaf = ((n + 1) << level) - 1;
	return &a->nodes[2 * leaf - (unsigned)__builtin_popcountll(leaf) + level];
}

struct annot_hash annot_audit_root(const struct annot_audit *a, uint64_t size)
{
	struct annot_frontier f = {.size = size};
	for (unsigned level = 0; size >> level; level++)
		if (size >> level & 1)
			f.node[level] = *node(a, level, (size >> level) - 1);
	return annot_frontier_root(&f);
}

static bool root_is(const struct annot_audit *a, uint64_t size, const struct annot_hash *said)
{
	struct annot_hash root = annot_audit_root(a, size);
	return annot_hash_equal(&root, said);
}

uint64_t annot_audit_findings(const struct annot_audit *a)
{
	return a->n_findings;
}

void annot_audit_find(struct annot_audit *a, uint64_t index, enum annot_verdict verdict,
		      const char *format, ...)
{
	AUTO_BUF struct annot_buf safe = ANNOT_BUF_INIT(8 * FINDING_MAX);
	struct annot_audit_finding *f = &a->findings[a->n_shown];
	char text[FINDING_MAX];
	va_list args;

	a->n_findings++;
	if (verdict < a->verdict)
		a->verdict = verdict;
	if (a->n_shown == ANNOT_AUDIT_SHOWN)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	annot_escape_terminal(text, strlen(text), false, &safe);
	f->text = safe.failed ? NULL : annot_arena_copy(a->arena, safe.data, safe.len);
	f->index = index;
	if (!f->text)
		f->text = "no memory to say what";
	a->n_shown++;
}

static enum annot_status add_leaf(struct annot_audit *a, const struct annot_hash *leaf,
				  struct annot_error *err)
{
	if (a->n_nodes + ANNOT_LEVELS > a->cap) {
		struct annot_hash *more = realloc(a->nodes, 2 * a->cap * sizeof(*more));

		if (!more)
			return annot_fail(err, ANNOT_NO_MEMORY,
					  "out of memory for %" PRIu64 " hashes", 2 * a->cap);
		a->nodes = more;
		a->cap *= 2;
	}
	a->n_nodes += annot_frontier_append(&a->frontier, leaf, &a->nodes[a->n_nodes]);
	return ANNOT_OK;
}

/* What the author says to have seen must be this log. */
static void check_seen(struct annot_audit *a, uint64_t index, const struct annot_record *record)
{
	const struct annot_seen *seen = &record->seen;

	if (seen->size > index)
		annot_audit_find(a, index, ANNOT_FORKED_LOG,
				 "its author had seen %" PRIu64
				 " record%s: another log was shown there",
				 seen->size, annot_plural(seen->size));
	else if (seen->size && !root_is(a, seen->size, &seen->root))
		annot_audit_find(a, index, ANNOT_FORKED_LOG,
				 "its author had seen another history of the log up to #%" PRIu64,
				 seen->size);
}

static void check_judged(struct annot_audit *a, uint64_t index, const struct annot_audit_item *item,
			 const struct annot_judgement *judgement)
{
	a->void_records += judgement->effect == ANNOT_VOID;
	a->withheld += !item->stored.record.data;
	if (judgement->effect == ANNOT_VOID)
		return;
	if (!item->stored.key)
		annot_audit_find(a, index, ANNOT_CANNOT_CHECK,
				 "it counts, but the key of its author is missing: its signature "
				 "cannot be checked");
	if (item->record)
		check_seen(a, index, item->record);
}

enum annot_status annot_audit_next(struct annot_audit *a, const struct annot_audit_item *item,
				   bool signature, struct annot_error *err)
{
	struct annot_fact fact = {
		.index = a->frontier.size, .leaf = item->leaf, .record = item->record};
	const struct annot_authority *authority = annot_memory_authority(a->memory);
	struct annot_judgement judgement;

	if (item->why)
		annot_audit_find(a, fact.index, ANNOT_INVALID_BUNDLE, "%s", item->why);
	if (item->not_leaf)
		return add_leaf(a, &item->hash, err); /* and what follows is not to be relied on */
	if (fact.index == 0 && !annot_hash_equal(&item->leaf.record, &a->corpus))
		annot_audit_find(
			a, 0, ANNOT_INVALID_BUNDLE, "the genesis record is %s, you trust corpus %s",
			annot_hash_hex(&item->leaf.record).text, annot_hash_hex(&a->corpus).text);
	if (!fact.record && annot_authority_concerns(authority, &fact.leaf))
		annot_audit_find(a, fact.index, ANNOT_CANNOT_CHECK,
				 "keys and rules depend on it (%s), and its bytes are not here",
				 annot_kind_def(fact.leaf.kind)->name);
	TRY(annot_memory_skip(a->memory, fact.index, err));
	TRY(annot_memory_next(a->memory, &fact, &judgement, err));
	check_judged(a, fact.index, item, &judgement);
	if (item->record && item->stored.key)
		*(signature ? &a->signatures : &a->resumed) += 1;
	return add_leaf(a, &item->hash, err);
}

/* --- the end --- */

static enum annot_status open_note(const struct annot_audit *a, struct annot_bytes note,
				   struct annot_checkpoint *ret, struct annot_error *why)
{
	const struct annot_vkey *keys;
	size_t n = annot_authority_log_keys(annot_memory_authority(a->memory), &keys);
	enum annot_status status =
		annot_fail(why, ANNOT_NOT_FOUND, "the log's records name no log key");

	for (size_t i = 0; i < n; i++) {
		status = annot_checkpoint_open(note, &keys[i], ret, why);
		if (status == ANNOT_OK)
			break;
	}
	return status;
}

static void check_checkpoint(struct annot_audit *a, struct annot_bytes note,
			     struct annot_checkpoint *ret)
{
	uint64_t size = a->frontier.size;
	struct annot_error why;

	if (open_note(a, note, ret, &why) != ANNOT_OK) {
		annot_audit_find(a, UINT64_MAX, ANNOT_INVALID_BUNDLE,
				 "the checkpoint is not signed by a log key of this corpus: %s",
				 why.text);
		return;
	}
	if (ret->size != size)
		annot_audit_find(a, UINT64_MAX, ANNOT_CANNOT_CHECK,
				 "the checkpoint covers %" PRIu64 " record%s, here are %" PRIu64,
				 ret->size, annot_plural(ret->size), size);
	else if (!root_is(a, size, &ret->root))
		annot_audit_find(a, UINT64_MAX, ANNOT_INVALID_BUNDLE,
				 "the leaves do not give the checkpoint's root");
}

static void check_pin(struct annot_audit *a, const struct annot_checkpoint *c,
		      const struct annot_checkpoint *pin)
{
	if (!pin->size || !c->size)
		return;
	if (strcmp(pin->origin, c->origin) != 0)
		annot_audit_find(a, UINT64_MAX, ANNOT_INVALID_BUNDLE,
				 "the checkpoint is of log %s, yours of %s", c->origin,
				 pin->origin);
	else if (pin->size > a->frontier.size)
		annot_audit_find(a, UINT64_MAX, ANNOT_ROLLED_BACK,
				 "it ends at #%" PRIu64 "; you verified a checkpoint of #%" PRIu64
				 " before: an old copy, or a log that went back",
				 a->frontier.size, pin->size);
	else if (!root_is(a, pin->size, &pin->root))
		annot_audit_find(a, UINT64_MAX, ANNOT_FORKED_LOG,
				 "up to #%" PRIu64
				 " it is another history than the one you verified",
				 pin->size);
}

enum annot_status annot_audit_finish(struct annot_audit *a, struct annot_bytes note,
				     const struct annot_checkpoint *pin, struct annot_arena *arena,
				     const struct annot_audit_report **ret, struct annot_error *err)
{
	struct annot_audit_report *r = annot_arena_alloc(arena, sizeof(*r));
	struct annot_audit_finding *list =
		annot_arena_array(arena, ANNOT_AUDIT_SHOWN, sizeof(*list));
	struct annot_checkpoint checkpoint = {.size = 0};

	if (!r || !list)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	check_checkpoint(a, note, &checkpoint);
	check_pin(a, &checkpoint, pin);
	for (size_t i = 0; i < a->n_shown; i++) {
		list[i] = a->findings[i];
		list[i].text =
			annot_arena_copy(arena, a->findings[i].text, strlen(a->findings[i].text));
		if (!list[i].text)
			return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	}
	*r = (struct annot_audit_report){.verdict = a->verdict,
					 .checkpoint = checkpoint,
					 .signatures = a->signatures,
					 .resumed = a->resumed,
					 .withheld = a->withheld,
					 .void_records = a->void_records,
					 .n_findings = a->n_findings,
					 .n_shown = a->n_shown,
					 .findings = list};
	*ret = r;
	return ANNOT_OK;
}

struct json_t *annot_audit_json(const struct annot_audit_report *r)
{
	json_t *list = json_array();
	int bad = list ? 0 : 1;

	for (size_t i = 0; i < r->n_shown; i++) {
		const struct annot_audit_finding *f = &r->findings[i];
		json_t *one = f->index == UINT64_MAX
				      ? json_pack("{s:n, s:s}", "index", "text", f->text)
				      : json_pack("{s:I, s:s}", "index", (json_int_t)f->index,
						  "text", f->text);

		bad |= json_array_append_new(list, one);
	}
	if (bad) {
		json_decref(list);
		return NULL;
	}
	return json_pack("{s:s, s:s, s:I, s:s, s:I, s:I, s:I, s:I, s:I, s:o}", "verdict",
			 annot_verdict_name(r->verdict), "origin", r->checkpoint.origin, "size",
			 (json_int_t)r->checkpoint.size, "root",
			 annot_hash_hex(&r->checkpoint.root).text, "signatures",
			 (json_int_t)r->signatures, "resumed", (json_int_t)r->resumed, "withheld",
			 (json_int_t)r->withheld, "void", (json_int_t)r->void_records, "n_findings",
			 (json_int_t)r->n_findings, "findings", list);
}
