/* Segments of the index into fewer ones, and without what is to go. */
#include "annotd/segments_private.h"

struct merged {
	struct segments *s;
	struct segment_file *files[SEGMENTS_FANOUT];
	size_t n;
	const struct indexes *contents; /* NULL: nothing is to go */
	const struct annot_segment_sink *to;
};

static bool is_gone(void *arg, uint64_t index)
{
	const struct merged *m = arg;
	return !indexes_has(m->contents, index);
}

/* Merging gigabytes takes seconds: annotd does not wait for it when it stops. */
static enum annot_status write_on(void *arg, uint64_t offset, const void *data, size_t len,
				  struct annot_error *err)
{
	struct merged *m = arg;
	if (segments_stopping(m->s))
		return annot_fail(err, ANNOT_BUSY, "annotd is stopping");
	return m->to->write(m->to->arg, offset, data, len, err);
}

static enum annot_status write_merged(void *arg, const struct annot_segment_sink *to,
				      struct annot_error *err)
{
	struct merged *m = arg;
	const struct annot_segment *inputs[SEGMENTS_FANOUT];
	for (size_t i = 0; i < m->n; i++)
		inputs[i] = &m->files[i]->segment;
	m->to = to;
	const struct annot_segment_sink sink = {.arg = m, .write = write_on};
	return annot_segment_merge(inputs, m->n, m->contents ? is_gone : NULL, m, &sink, err);
}

/* A segment that turns out to be damaged is dropped, and its documents wait again. */
static enum annot_status drop_damaged(struct segments *s, struct merged *m, struct annot_error *err)
{
	for (size_t i = 0; i < m->n; i++) {
		if (annot_segment_check(&m->files[i]->segment, err) != ANNOT_OK) {
			segments_damaged(s, m->files[i]);
			return ANNOT_OK;
		}
	}
	return annot_fail(err, ANNOT_INTERNAL, "segments of the index cannot be merged");
}

static enum annot_status merge(struct segments *s, struct merged *m, struct annot_error *err)
{
	uint64_t n_postings = 0;
	struct segment_file *f = NULL;
	m->s = s;
	for (size_t i = 0; i < m->n; i++)
		n_postings += m->files[i]->segment.n_postings;
	enum annot_status status = segments_make(s, n_postings, write_merged, m, &f, err);
	if (status == ANNOT_INVALID)
		return drop_damaged(s, m, err);
	TRY(status);
	if (m->contents)
		for (size_t i = 0; i < m->n; i++)
			atomic_store(&m->files[i]->wipe, true);
	return segments_exchange(s, f, m->files, m->n, err);
}

static unsigned tier_of(const struct segment_file *f)
{
	unsigned tier = 0;
	for (uint64_t n = f->segment.n_postings; n > 1; n /= SEGMENTS_FANOUT)
		tier++;
	return tier;
}

/* Of the smallest that are so many of a size, unless they would be too large together. */
enum annot_status segments_merge(struct segments *s, bool *ret_done, struct annot_error *err)
{
	enum { TIERS = 64 };
	struct merged m[TIERS] = {0};
	*ret_done = false;
	for (size_t i = 0; i < s->n; i++) {
		unsigned tier = tier_of(s->files[i]);
		bool large = s->files[i]->segment.n_postings >
			     ANNOT_SEGMENT_POSTINGS_MAX / SEGMENTS_FANOUT;
		if (!large && m[tier].n < SEGMENTS_FANOUT)
			m[tier].files[m[tier].n++] = s->files[i];
	}
	for (size_t i = 0; i < TIERS; i++) {
		if (m[i].n < SEGMENTS_FANOUT)
			continue;
		*ret_done = true;
		return merge(s, &m[i], err);
	}
	return ANNOT_OK;
}

/* Nothing of it counts any more: what it has waits again. */
static enum annot_status drop(struct segments *s, struct segment_file *f, struct annot_error *err)
{
	enum annot_status status = ANNOT_OK;
	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < f->segment.n_documents && status == ANNOT_OK; i++) {
		uint64_t index = annot_segment_document(&f->segment, i).index;
		indexes_remove(&s->covered, index);
		status = indexes_add(&s->waiting, index, err);
	}
	pthread_mutex_unlock(&s->lock);
	TRY(status);
	return segments_exchange(s, NULL, &f, 1, err);
}

static bool has_gone(const struct segment_file *f, const struct indexes *contents)
{
	for (size_t i = 0; i < f->segment.n_documents; i++)
		if (!indexes_has(contents, annot_segment_document(&f->segment, i).index))
			return true;
	return false;
}

static enum annot_status purge(struct segments *s, const struct indexes *contents,
			       struct annot_error *err)
{
	for (size_t i = 0; i < s->n;) {
		struct segment_file *f = s->files[i];
		struct merged m = {.files = {f}, .n = 1, .contents = contents};
		if (atomic_load(&f->gone))
			TRY(drop(s, f, err));
		else if (has_gone(f, contents))
			TRY(merge(s, &m, err)); /* the new one comes last */
		else
			i++;
	}
	for (size_t i = 0; i < s->covered.n;) {
		if (indexes_has(contents, s->covered.items[i]))
			i++;
		else
			indexes_remove(&s->covered, s->covered.items[i]);
	}
	return ANNOT_OK;
}

enum annot_status segments_purge(struct segments *s, struct annot_error *err)
{
	struct indexes contents = {0};
	pthread_mutex_lock(&s->lock);
	s->withheld = s->damaged = false;
	pthread_mutex_unlock(&s->lock);
	enum annot_status status = segments_contents(s, &contents, err);
	if (status == ANNOT_OK)
		status = purge(s, &contents, err);
	indexes_free(&contents);
	if (status != ANNOT_OK) { /* again, later */
		pthread_mutex_lock(&s->lock);
		s->withheld = true;
		pthread_mutex_unlock(&s->lock);
	}
	return status;
}
