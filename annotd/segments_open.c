/* The index when a corpus is opened: which files are good, and what they lack. */
#include <stdlib.h>

#include "annotd/log.h"
#include "annotd/segments_private.h"

struct listing {
	struct indexes *to;
	enum annot_status status;
	struct annot_error *err;
};

static bool add_content(void *arg, uint64_t index)
{
	struct listing *l = arg;
	l->status = indexes_add(l->to, index, l->err);
	return l->status == ANNOT_OK;
}

enum annot_status segments_contents(struct segments *s, struct indexes *ret,
				    struct annot_error *err)
{
	struct listing l = {.to = ret, .status = ANNOT_OK, .err = err};
	if (!s->reader)
		TRY(reader_open(corpus_dir(s->corpus), &s->reader, err));
	corpus_await_index(s->corpus);
	TRY(reader_begin(s->reader, err));
	enum annot_status status = reader_contents(s->reader, 0, add_content, &l, err);
	reader_end(s->reader);
	TRY(status);
	return l.status;
}

struct opening {
	struct segments *s;
	struct indexes contents; /* documents that have one */
	struct segment_file *found[SEGMENTS_MAX];
	size_t n_found;
	struct annot_error *err;
};

static enum annot_status find_file(void *arg, uint64_t number, struct annot_error *err)
{
	struct opening *o = arg;
	struct annot_error why = {0};
	if (number >= o->s->next_number)
		o->s->next_number = number + 1;
	if (o->n_found == SEGMENTS_MAX) {
		segment_file_remove(o->s->folder, number);
		return ANNOT_OK;
	}
	enum annot_status status = segment_file_open(o->s->folder, number, corpus_id(o->s->corpus),
						     &o->found[o->n_found], &why);
	if (status == ANNOT_NO_MEMORY)
		return annot_fail(err, status, "%s", why.text);
	if (status == ANNOT_OK) {
		o->n_found++;
		return ANNOT_OK;
	}
	log_warning("%s, number %llx; it is made again", why.text, (unsigned long long)number);
	segment_file_remove(o->s->folder, number);
	return ANNOT_OK;
}

/* The larger one first, of the same size the newer one: the result of a merge before what it was
 * made of. */
static int by_size(const void *a, const void *b)
{
	const struct segment_file *x = *(struct segment_file *const *)a;
	const struct segment_file *y = *(struct segment_file *const *)b;
	if (x->segment.n_postings != y->segment.n_postings)
		return x->segment.n_postings < y->segment.n_postings ? 1 : -1;
	return (x->number < y->number) - (x->number > y->number);
}

/* Whether every document of a segment is the one that the log has there, and in no other segment.
 */
static enum annot_status fits(struct opening *o, const struct segment_file *f, bool *ret)
{
	struct segments *s = o->s;
	*ret = true;
	for (size_t i = 0; i < f->segment.n_documents && *ret; i++) {
		struct annot_segment_document d = annot_segment_document(&f->segment, i);
		struct annot_hash named = {{0}};
		memcpy(named.b, d.record, sizeof d.record);
		*ret = !indexes_has(&s->covered, d.index) && d.index < reader_size(s->reader);
		if (*ret)
			TRY(reader_is_named(s->reader, d.index, &named, ret, o->err));
	}
	return ANNOT_OK;
}

/* Takes over those of the files that fit. */
static enum annot_status take_files(struct opening *o)
{
	struct segments *s = o->s;
	qsort(o->found, o->n_found, sizeof o->found[0], by_size);
	for (size_t i = 0; i < o->n_found; i++) {
		struct segment_file *f = o->found[i];
		bool good;
		TRY(fits(o, f, &good));
		if (good) {
			TRY(segments_cover(s, f, o->err));
			TRY(segments_exchange(s, f, NULL, 0, o->err));
		} else {
			atomic_store(&f->gone, true);
			atomic_store(&f->wipe, true);
			segment_file_release(f);
		}
		o->found[i] = NULL;
	}
	return ANNOT_OK;
}

static enum annot_status open_files(struct opening *o)
{
	struct segments *s = o->s;
	TRY(segment_files(s->folder, true, find_file, o, o->err));
	TRY(reader_begin(s->reader, o->err));
	enum annot_status status = take_files(o);
	reader_end(s->reader);
	return status;
}

/* What has a content and is nowhere waits; what is somewhere and has none is to go. */
static enum annot_status compare(struct opening *o)
{
	struct segments *s = o->s;
	enum annot_status status = ANNOT_OK;
	bool withheld = false;
	for (size_t i = 0; i < s->covered.n; i++)
		withheld = withheld || !indexes_has(&o->contents, s->covered.items[i]);
	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < o->contents.n && status == ANNOT_OK; i++)
		if (!indexes_has(&s->covered, o->contents.items[i]))
			status = indexes_add(&s->waiting, o->contents.items[i], o->err);
	s->withheld = s->withheld || withheld;
	s->ready = status == ANNOT_OK;
	if (s->ready)
		s->lost = false;
	pthread_mutex_unlock(&s->lock);
	return status;
}

/* As before opening: it is tried again. */
static void forget_all(struct segments *s)
{
	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < s->n; i++)
		segment_file_release(s->files[i]);
	s->n = 0;
	pthread_mutex_unlock(&s->lock);
	indexes_free(&s->covered);
	s->next_number = 0;
}

enum annot_status segments_open(struct segments *s, struct annot_error *err)
{
	struct opening o = {.s = s, .err = err};
	bool first = s->next_number == 0;
	enum annot_status status = segments_contents(s, &o.contents, err);
	if (status == ANNOT_OK && first) {
		s->next_number = 1;
		status = open_files(&o);
	}
	if (status == ANNOT_OK)
		status = compare(&o);
	for (size_t i = 0; i < o.n_found; i++)
		segment_file_release(o.found[i]);
	indexes_free(&o.contents);
	if (status != ANNOT_OK && first)
		forget_all(s);
	return status;
}
