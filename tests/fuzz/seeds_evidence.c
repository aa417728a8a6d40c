/* Evidence of forks: of one size, of two, and of a roll-back. */
#include "seeds.h"

#include "base/hash.h"
#include "proof/evidence.h"

enum { LARGEST = 1 << 16 };

static void note(const struct annot_skey *log, uint64_t size, const struct annot_hash *root,
		 struct annot_buf *ret)
{
	struct annot_checkpoint c = {.size = size, .root = *root};
	memcpy(c.origin, log->vkey.name, sizeof c.origin);
	annot_checkpoint_sign(&c, log, ret);
}

static void save(const char *name, const struct annot_evidence *e)
{
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(LARGEST);
	annot_evidence_write(e, &b);
	REQUIRE(!b.failed);
	seeds_save("evidence", name, b.data, b.len);
}

void seeds_evidence(struct annot_bytes genesis, const struct annot_skey *log)
{
	AUTO_BUF struct annot_buf two = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	AUTO_BUF struct annot_buf other = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	AUTO_BUF struct annot_buf three = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct annot_hash first = annot_leaf_hash("first", 5), last = annot_leaf_hash("last", 4);
	struct annot_hash pair = annot_node_hash(&first, &first);
	struct annot_hash root = annot_node_hash(&pair, &last);
	struct annot_evidence_path path = {.leaf = last, .path = {pair}, .n = 1};
	struct annot_evidence e = {.what = ANNOT_FORKED_LOG,
				   .corpus = annot_sha256(genesis.data, genesis.len),
				   .source = "ipc:///run/annot/annotd.sock",
				   .genesis = genesis};
	note(log, 2, &last, &two);
	note(log, 2, &pair, &other);
	note(log, 3, &root, &three);
	e.ours = annot_buf_bytes(&two);
	e.theirs = annot_buf_bytes(&other);
	save("same-size", &e);
	e.theirs = annot_buf_bytes(&three);
	e.prefix = &path;
	save("longer", &e);
	e.prefix = NULL;
	e.ours = annot_buf_bytes(&three);
	e.theirs = annot_buf_bytes(&two);
	e.what = ANNOT_ROLLED_BACK;
	save("rolled-back", &e);
}
