/* fsck: is the index over texts whole, and about what the log has? What it lacks annotd makes by
 * itself. */
#include "annotd/fsck_private.h"
#include "annotd/segment_file.h"

struct checking {
	struct fsck *f;
	const char *folder;
	const struct annot_hash *corpus;
};

static enum annot_status check_document(struct fsck *f, uint64_t number,
					const struct annot_segment_document *d,
					struct annot_error *err)
{
	struct annot_hash named = {{0}};
	struct annot_error why = {0};
	uint64_t length = 0;
	bool good = false;
	memcpy(named.b, d->record, sizeof d->record);
	if (d->index < reader_size(f->reader))
		TRY(reader_is_named(f->reader, d->index, &named, &good, err));
	enum annot_status status =
		good ? reader_content_length(f->reader, d->index, &length, &why) : ANNOT_OK;
	if (status == ANNOT_NOT_FOUND)
		finding(&f->findings, d->index,
			"segment %llx of the index over texts has words of a text that is gone; "
			"annotd "
			"takes them out when it starts",
			(unsigned long long)number);
	else if (status != ANNOT_OK)
		return annot_fail(err, status, "%s", why.text);
	else if (!good || length != d->length)
		finding(&f->findings, d->index,
			"segment %llx of the index over texts is about another record; run annotd "
			"rebuild",
			(unsigned long long)number);
	return ANNOT_OK;
}

static enum annot_status check_file(void *arg, uint64_t number, struct annot_error *err)
{
	const struct checking *c = arg;
	struct segment_file *file;
	struct annot_error why = {0};
	enum annot_status status = segment_file_open(c->folder, number, c->corpus, &file, &why);
	if (status == ANNOT_UNREADABLE ||
	    status == ANNOT_NO_MEMORY) /* UNREADABLE: merged meanwhile */
		return status == ANNOT_NO_MEMORY ? annot_fail(err, status, "%s", why.text)
						 : ANNOT_OK;
	if (status == ANNOT_OK)
		status = annot_segment_check(&file->segment, &why);
	else
		file = NULL;
	if (status != ANNOT_OK)
		finding(&c->f->findings, FSCK_WHOLE, "%s, number %llx; annotd makes it again",
			why.text, (unsigned long long)number);
	status = ANNOT_OK;
	for (size_t i = 0; file && i < file->segment.n_documents && status == ANNOT_OK; i++) {
		struct annot_segment_document d = annot_segment_document(&file->segment, i);
		status = check_document(c->f, number, &d, err);
	}
	segment_file_release(file);
	return status;
}

enum annot_status fsck_segments(struct fsck *f, const struct annot_hash *corpus,
				struct annot_error *err)
{
	char folder[SEGMENT_PATH_MAX];
	struct checking c = {.f = f, .folder = folder, .corpus = corpus};
	if (snprintf(folder, sizeof folder, "%s/" SEGMENTS_FOLDER, f->dir) >= (int)sizeof folder)
		return annot_fail(err, ANNOT_USAGE, "the path of %s is too long", f->dir);
	return segment_files(folder, false, check_file, &c, err);
}
