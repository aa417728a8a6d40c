/* Three-way merge: a side that changed nothing gives way, equal sides stand, and what is merged
 * comes from the texts. Base, ours and theirs have a NUL between them. */
#include "fuzz.h"

#include "text/merge.h"

struct merged {
	const struct annot_merge_part *parts;
	size_t n, clashes;
};

static struct merged merge(struct annot_arena *arena, struct annot_bytes base,
			   struct annot_bytes ours, struct annot_bytes theirs)
{
	struct merged m;
	struct annot_error err;
	REQUIRE(annot_merge_words(arena, base, ours, theirs, &m.parts, &m.n, &m.clashes, &err) ==
		ANNOT_OK);
	return m;
}

/* No clash, and the merged text is this one. */
static void require_text(struct merged m, struct annot_bytes text)
{
	AUTO_BUF struct annot_buf got = ANNOT_BUF_INIT(1 << 20);
	REQUIRE(m.clashes == 0);
	annot_merge_text(m.parts, m.n, ANNOT_MERGE_OURS, &got);
	require_same(&got, text.data, text.len);
}

static bool same(struct annot_bytes a, struct annot_bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static bool inside(struct annot_bytes part, struct annot_bytes text)
{
	return part.len == 0 ||
	       (part.data >= text.data && part.data + part.len <= text.data + text.len);
}

static void require_sound(struct merged m, struct merged mirrored, struct annot_bytes base,
			  struct annot_bytes ours, struct annot_bytes theirs)
{
	size_t clashes = 0;
	REQUIRE(m.n == mirrored.n && m.clashes == mirrored.clashes);
	for (size_t i = 0; i < m.n; i++) {
		const struct annot_merge_part *p = &m.parts[i], *q = &mirrored.parts[i];
		REQUIRE(p->clash == q->clash);
		clashes += p->clash;
		if (p->clash) {
			REQUIRE(inside(p->base, base) && inside(p->ours, ours) &&
				inside(p->theirs, theirs));
			REQUIRE(!same(p->ours, p->theirs));
			REQUIRE(same(p->ours, q->theirs) && same(p->theirs, q->ours));
		} else {
			REQUIRE(p->text.len > 0 && same(p->text, q->text));
			REQUIRE(inside(p->text, base) || inside(p->text, ours) ||
				inside(p->text, theirs));
		}
	}
	REQUIRE(clashes == m.clashes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *one = size ? memchr(data, 0, size) : NULL;
	const uint8_t *two = one ? memchr(one + 1, 0, size - (size_t)(one + 1 - data)) : NULL;
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(256 << 20);
	if (!two)
		return 0;
	struct annot_bytes base = annot_bytes(data, (size_t)(one - data));
	struct annot_bytes ours = annot_bytes(one + 1, (size_t)(two - one - 1));
	struct annot_bytes theirs = annot_bytes(two + 1, size - (size_t)(two + 1 - data));
	require_text(merge(arena, base, ours, base), ours);
	require_text(merge(arena, base, base, theirs), theirs);
	require_text(merge(arena, base, ours, ours), ours);
	require_sound(merge(arena, base, ours, theirs), merge(arena, base, theirs, ours), base,
		      ours, theirs);
	return 0;
}
