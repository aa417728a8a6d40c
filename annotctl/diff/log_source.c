#include "log_source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { LINE_ARENA_MAX = 32 << 20, BATCH = 256, HEAD_BYTES = 64 };

bool log_source_is_file(const char *path)
{
	static const char head[] = "{\"annot\":\"ndjson/";
	char found[HEAD_BYTES] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, found, sizeof found - 1);
	if (fd >= 0)
		close(fd);
	return n > 0 && strncmp(found, head, sizeof head - 1) == 0;
}

/* What a line or a reply says, compared with itself. */
static enum annot_status take_bytes(struct ctl *ctl, uint64_t index, const char *leaf,
				    struct annot_bytes record, log_source_take take, void *arg)
{
	struct log_record r = {.index = index};
	TRY(annot_leaf_parse(annot_bytes_of(leaf), &r.leaf, &ctl->err));
	if (record.data)
		TRY(annot_record_parse(ctl->arena, record, &r.record, &ctl->err));
	if (r.record && !annot_hash_equal(&r.record->id, &r.leaf.record))
		return annot_fail(&ctl->err, ANNOT_MISMATCH, "record #%llu does not fit its leaf",
				  (unsigned long long)index);
	return take(ctl, &r, arg);
}

/* --- files --- */

static enum annot_status take_item(struct ctl *ctl, struct log_source *s,
				   const struct annot_import_item *item, bool *ended,
				   log_source_take take, void *arg)
{
	struct annot_ndjson line;
	struct annot_error why;
	enum annot_status status = annot_ndjson_read(ctl->arena, item->json, &line, &ctl->err);
	if (status == ANNOT_OK && line.kind == ANNOT_NDJSON_HEAD) {
		s->corpus = line.corpus;
		s->size = line.size;
		s->partial = line.partial;
	}
	if (status == ANNOT_OK && line.kind == ANNOT_NDJSON_RECORD)
		status = take_bytes(ctl, line.index, line.leaf, line.record, take, arg);
	*ended = status == ANNOT_OK && line.kind == ANNOT_NDJSON_END;
	if (status == ANNOT_OK)
		return ANNOT_OK;
	why = ctl->err;
	return annot_fail(&ctl->err, status, "%s:%zu: %s", item->file, item->line, why.text);
}

static enum annot_status each_line(struct ctl *ctl, struct log_source *s, struct annot_items *items,
				   log_source_take take, void *arg)
{
	struct annot_import_item item;
	enum annot_status status;
	bool ended = false;
	while ((status = annot_items_next(items, &item, &ctl->err)) == ANNOT_OK) {
		annot_arena_reset(ctl->arena);
		TRY(take_item(ctl, s, &item, &ended, take, arg));
	}
	if (status != ANNOT_NOT_FOUND)
		return status;
	if (!ended)
		return annot_fail(&ctl->err, ANNOT_INVALID,
				  "%s is cut short: its last line is missing", s->path);
	return ANNOT_OK;
}

static enum annot_status each_of_file(struct ctl *ctl, struct log_source *s, log_source_take take,
				      void *arg)
{
	struct annot_items *items;
	struct annot_fd file = {open(s->path, O_RDONLY | O_CLOEXEC), s->path};
	if (file.fd < 0)
		return annot_fail(&ctl->err, ANNOT_UNREADABLE, "%s: %s", s->path, strerror(errno));
	enum annot_status status = annot_items_new(annot_format_find("ndjson"), s->path,
						   annot_fd_read, &file, &items, &ctl->err);
	if (status == ANNOT_OK) {
		status = each_line(ctl, s, items, take, arg);
		annot_items_free(items);
	}
	close(file.fd);
	return status;
}

/* --- the daemon's --- */

static enum annot_status batch(struct ctl *ctl, const struct log_source *s, uint64_t *at,
			       log_source_take take, void *arg)
{
	uint64_t indexes[BATCH];
	struct annot_raw_request in = {.indexes = indexes};
	const struct annot_raw_reply *reply;
	while (in.n_indexes < BATCH && *at + in.n_indexes < s->size) {
		indexes[in.n_indexes] = *at + in.n_indexes;
		in.n_indexes++;
	}
	TRY(annot_call_raw(ctl->annot, &in, ctl->arena, &reply, &ctl->err));
	if (reply->n_records == 0 || reply->n_records > in.n_indexes)
		return annot_fail(&ctl->err, ANNOT_PROTOCOL, "asked for %zu record%s, got %zu",
				  in.n_indexes, annot_plural(in.n_indexes), reply->n_records);
	for (size_t i = 0; i < reply->n_records; i++) {
		const struct annot_raw *raw = &reply->records[i];
		if (raw->index != indexes[i])
			return annot_fail(&ctl->err, ANNOT_PROTOCOL,
					  "asked for record #%llu, got another",
					  (unsigned long long)indexes[i]);
		TRY(take_bytes(ctl, raw->index, raw->leaf, raw->record, take, arg));
	}
	*at += reply->n_records;
	return ANNOT_OK;
}

static enum annot_status each_of_daemon(struct ctl *ctl, struct log_source *s, log_source_take take,
					void *arg)
{
	s->corpus = annot_hello(ctl->annot)->corpus;
	if (s->size == 0) { /* the same log when it is asked again */
		struct annot_checkpoint now;
		TRY(annot_pin_refresh(ctl->annot, &now, &ctl->err));
		s->size = now.size;
	}
	for (uint64_t at = 0; at < s->size;) {
		annot_arena_reset(ctl->arena);
		TRY(batch(ctl, s, &at, take, arg));
	}
	return ANNOT_OK;
}

enum annot_status log_source_each(struct ctl *ctl, struct log_source *s, log_source_take take,
				  void *arg)
{
	struct annot_arena *own = ctl->arena;
	ctl->arena = annot_arena_new(LINE_ARENA_MAX);
	enum annot_status status = !ctl->arena
					   ? annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory")
				   : s->path ? each_of_file(ctl, s, take, arg)
					     : each_of_daemon(ctl, s, take, arg);
	annot_arena_free(ctl->arena);
	ctl->arena = own;
	return status;
}
