/* The segments that there are, and new ones in memory or in files. */
#include "annotd/segments_private.h"

/* --- the list of segments --- */

enum annot_status segments_exchange(struct segments *s, struct segment_file *new,
				    struct segment_file **old, size_t n_old,
				    struct annot_error *err)
{
	size_t n = 0;
	bool full;
	pthread_mutex_lock(&s->lock);
	full = new && s->n - n_old == SEGMENTS_MAX;
	for (size_t i = 0; i < s->n && !full; i++) {
		bool leaves = false;
		for (size_t k = 0; k < n_old; k++)
			leaves = leaves || s->files[i] == old[k];
		if (!leaves)
			s->files[n++] = s->files[i];
	}
	if (new && !full) {
		s->files[n++] = new;
		for (size_t i = 0; i < new->segment.n_documents; i++)
			indexes_remove(&s->waiting, annot_segment_document(&new->segment, i).index);
	}
	if (!full)
		s->n = n;
	pthread_mutex_unlock(&s->lock);
	if (full)
		return annot_fail(err, ANNOT_TOO_LARGE, "the index has %d segments already",
				  SEGMENTS_MAX);
	for (size_t i = 0; i < n_old; i++) {
		atomic_store(&old[i]->gone, true);
		segment_file_release(old[i]);
	}
	return ANNOT_OK;
}

void segments_close(struct segments *s)
{
	for (size_t i = 0; i < s->n; i++)
		segment_file_release(s->files[i]);
	s->n = 0;
	indexes_free(&s->waiting);
	indexes_free(&s->covered);
}

enum annot_status segments_cover(struct segments *s, const struct segment_file *f,
				 struct annot_error *err)
{
	for (size_t i = 0; i < f->segment.n_documents; i++)
		TRY(indexes_add(&s->covered, annot_segment_document(&f->segment, i).index, err));
	return ANNOT_OK;
}

static enum annot_status write_file(struct segments *s, segments_write write, void *arg,
				    struct segment_file **ret, struct annot_error *err)
{
	struct segment_output o;
	uint64_t number = s->next_number++;
	TRY(segment_output_begin(&o, s->folder, err));
	enum annot_status status = write(arg, &o.sink, err);
	if (status != ANNOT_OK) {
		segment_output_abandon(&o);
		return status;
	}
	TRY(segment_output_end(&o, s->folder, number, err));
	return segment_file_open(s->folder, number, corpus_id(s->corpus), ret, err);
}

enum annot_status segments_make(struct segments *s, uint64_t n_postings, segments_write write,
				void *arg, struct segment_file **ret, struct annot_error *err)
{
	struct annot_buf memory = ANNOT_BUF_INIT(SEGMENT_MEMORY_MAX);
	if (n_postings > SEGMENTS_MEMORY)
		return write_file(s, write, arg, ret, err);
	struct annot_segment_sink sink = annot_segment_in(&memory);
	enum annot_status status = write(arg, &sink, err);
	if (status == ANNOT_OK)
		status = segment_file_take(&memory, corpus_id(s->corpus), ret, err);
	annot_buf_free(&memory);
	return status;
}
