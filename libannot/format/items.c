/* Input as it comes, and lines; items_json.c has the JSON. */
#include <stdlib.h>

#include "base/auto.h"
#include "format/items_private.h"
#include "text/utf8.h"

enum { CHUNK = 1 << 16 };

enum annot_status annot_items_new(const struct annot_format *format, const char *file,
				  annot_items_read read, void *arg, struct annot_items **ret,
				  struct annot_error *err)
{
	struct annot_items *it = calloc(1, sizeof *it);
	if (!it)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for reading");
	it->format = format;
	it->file = file;
	it->read = read;
	it->arg = arg;
	it->line = 1;
	it->envelope = ANNOT_BUF_INIT(ANNOT_ITEM_MAX);
	*ret = it;
	return ANNOT_OK;
}

struct annot_items *annot_items_free(struct annot_items *it)
{
	if (!it)
		return NULL;
	json_decref(it->json);
	annot_buf_free(&it->envelope);
	free(it->data);
	free(it);
	return NULL;
}

uint64_t annot_items_bytes(const struct annot_items *it)
{
	return it->bytes;
}

/* Room behind what is kept, which moves to the front. */
static enum annot_status make_room(struct annot_items *it, struct annot_error *err)
{
	if (it->start > 0) {
		memmove(it->data, it->data + it->start, it->end - it->start);
		it->end -= it->start;
		it->at -= it->start;
		it->start = 0;
	}
	if (it->cap - it->end >= CHUNK)
		return ANNOT_OK;
	size_t cap = it->cap ? 2 * it->cap : 2 * CHUNK;
	char *data = realloc(it->data, cap);
	if (!data)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for reading");
	it->data = data;
	it->cap = cap;
	return ANNOT_OK;
}

enum annot_status items_check_length(const struct annot_items *it, size_t len,
				     struct annot_error *err)
{
	if (len <= ANNOT_ITEM_MAX)
		return ANNOT_OK;
	return annot_fail(err, ANNOT_TOO_LARGE, "%s:%zu: an item has more than %d bytes", it->file,
			  it->line, (int)ANNOT_ITEM_MAX);
}

enum annot_status items_more(struct annot_items *it, bool *ret, struct annot_error *err)
{
	size_t n = 0;
	TRY(items_check_length(it, it->end - it->start, err));
	if (!it->over) {
		TRY(make_room(it, err));
		TRY(it->read(it->arg, it->data + it->end, it->cap - it->end, &n, err));
		it->over = n == 0;
	}
	it->end += n;
	it->bytes += n;
	*ret = n > 0;
	return ANNOT_OK;
}

void items_drop(struct annot_items *it)
{
	for (; it->start < it->at; it->start++)
		it->line += it->data[it->start] == '\n';
}

static enum annot_status next_line(struct annot_items *it, struct annot_import_item *ret,
				   struct annot_error *err)
{
	char *lf;
	size_t looked = 0;
	while (!(lf = it->end - it->start > looked ? memchr(it->data + it->start + looked, '\n',
							    it->end - it->start - looked)
						   : NULL)) {
		bool more;
		looked = it->end - it->start;
		TRY(items_more(it, &more, err));
		if (!more)
			break;
	}
	if (!lf && it->start == it->end)
		return annot_fail(err, ANNOT_NOT_FOUND, "no more lines");
	const char *from = it->data + it->start;
	size_t len = lf ? (size_t)(lf - from) : it->end - it->start;
	TRY(items_check_length(it, len, err));
	it->at = it->start + len + (lf != NULL);
	if (len > 0 && from[len - 1] == '\r')
		len--;
	*ret = (struct annot_import_item){
		.bytes = annot_bytes(from, len), .file = it->file, .line = it->line, .name = ""};
	if (annot_utf8_valid(from, len) != len)
		return annot_fail(err, ANNOT_INVALID, "%s:%zu: not UTF-8 at byte %zu of the line",
				  it->file, it->line, annot_utf8_valid(from, len));
	return ANNOT_OK;
}

enum annot_status annot_items_next(struct annot_items *it, struct annot_import_item *ret,
				   struct annot_error *err)
{
	bool lines = it->format->flags & ANNOT_FORMAT_LINES;
	items_drop(it);
	json_decref(it->json);
	it->json = NULL;
	*ret = (struct annot_import_item){.file = it->file, .name = ""};
	if (it->damaged)
		return annot_fail(err, ANNOT_NOT_FOUND, "nothing more can be read");
	enum annot_status status =
		lines ? next_line(it, ret, err) : items_next_json(it, ret, err);
	if (status == ANNOT_OK || status == ANNOT_INVALID)
		ret->number = ret->envelope ? 0 : ++it->number;
	else
		it->damaged = true;
	return status;
}
