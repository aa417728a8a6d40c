#include "came.h"

#include <stdlib.h>

#include "groups.h"

enum { TABLE_FIRST = 1 << 12 };
_Static_assert((int)ANNOT_KIND_COUNT <= 32, "kinds fit a mask");

static enum annot_status allocate(struct came *m, size_t size, struct annot_error *err)
{
	m->size = size;
	m->marks = calloc(size, sizeof *m->marks);
	m->kinds = calloc(size, sizeof *m->kinds);
	if (m->marks && m->kinds)
		return ANNOT_OK;
	came_free(m);
	return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
}

enum annot_status came_begin(struct came *m, size_t max, struct annot_error *err)
{
	*m = (struct came){.max = max};
	return allocate(m, TABLE_FIRST, err);
}

void came_free(struct came *m)
{
	free(m->marks);
	free(m->kinds);
	*m = (struct came){0};
}

/* Where a mark is, or would be. */
static size_t slot_of(const struct came *m, uint64_t mark)
{
	size_t at = (size_t)(mark % m->size);
	while (m->marks[at] && m->marks[at] != mark)
		at = (at + 1) % m->size;
	return at;
}

static enum annot_status grow(struct came *m, struct annot_error *err)
{
	struct came larger = {.n = m->n, .max = m->max};
	TRY(allocate(&larger, 2 * m->size, err));
	for (size_t i = 0; i < m->size; i++)
		if (m->marks[i]) {
			size_t at = slot_of(&larger, m->marks[i]);
			larger.marks[at] = m->marks[i];
			larger.kinds[at] = m->kinds[i];
		}
	came_free(m);
	*m = larger;
	return ANNOT_OK;
}

enum annot_status came_add(struct came *m, const char *id, enum annot_kind kind,
			   struct annot_error *err)
{
	uint64_t mark = group_mark(id);
	size_t at = slot_of(m, mark);
	if (!m->marks[at]) {
		if (m->n == m->max)
			return annot_fail(err, ANNOT_TOO_LARGE,
					  "more than %zu items, which is as many as are looked "
					  "through at once; import them in parts",
					  m->max);
		if (2 * (m->n + 1) > m->size)
			TRY(grow(m, err));
		at = slot_of(m, mark);
		m->n++;
	}
	m->marks[at] = mark;
	m->kinds[at] |= 1u << kind;
	return ANNOT_OK;
}

uint32_t came_kinds(const struct came *m, const char *id)
{
	return m->kinds[slot_of(m, group_mark(id))];
}
