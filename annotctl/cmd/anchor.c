/*
 * NDJSON in, NDJSON out, without a daemon: where the words of each selector stand in a text. The
 * shapes are in annotctl(1).
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../lines.h"
#include "../out/out.h"

static char *arg_old;
static int arg_cautious, arg_time;

static const struct poptOption options[] = {
	{"old", '\0', POPT_ARG_STRING, &arg_old, 0, "The text that the selectors were taken from",
	 "FILE"},
	{"cautious", '\0', POPT_ARG_NONE, &arg_cautious, 0,
	 "Rather an orphan than a place that is not beyond doubt", NULL},
	{"time", '\0', POPT_ARG_NONE, &arg_time, 0,
	 "Add the microseconds that each selector took (us)", NULL},
	POPT_TABLEEND,
};

/* As documents: what the daemon would take. */
enum { TEXT_MAX = 64 << 20 };

struct texts {
	struct annot_buf text, old; /* old.data NULL: not at hand */
	struct annot_anchorer *anchorer;
};

static enum annot_status read_text(const char *path, struct annot_buf *ret, struct annot_error *err)
{
	*ret = ANNOT_BUF_INIT(TEXT_MAX);
	TRY(annot_file_read(path, TEXT_MAX, ret, err));
	size_t valid = annot_utf8_valid(ret->data, ret->len);
	if (valid < ret->len)
		return annot_fail(err, ANNOT_INVALID, "%s: not UTF-8: byte %zu", path, valid);
	return ANNOT_OK;
}

static enum annot_status read_texts(const char *path, struct texts *ret, struct annot_error *err)
{
	TRY(read_text(path, &ret->text, err));
	if (arg_old)
		TRY(read_text(arg_old, &ret->old, err));
	return annot_anchorer_new(annot_buf_bytes(&ret->text), annot_buf_bytes(&ret->old),
				  &ret->anchorer, err);
}

static void free_texts(struct texts *t)
{
	annot_anchorer_free(t->anchorer);
	annot_buf_free(&t->text);
	annot_buf_free(&t->old);
}

/* A text field of a line; absent or null it is empty. */
static enum annot_status get_text(const json_t *line, const char *name, struct annot_bytes *ret,
				  struct annot_error *err)
{
	const json_t *value = json_object_get(line, name);
	*ret = annot_bytes("", 0);
	if (!value || json_is_null(value))
		return ANNOT_OK;
	if (!json_is_string(value))
		return annot_fail(err, ANNOT_INVALID, "\"%s\": expected a text", name);
	*ret = annot_bytes(json_string_value(value), json_string_length(value));
	return ANNOT_OK;
}

/* An offset; *ret_there is false if it is absent or null. */
static enum annot_status get_offset(const json_t *line, const char *name, bool *ret_there,
				    size_t *ret, struct annot_error *err)
{
	const json_t *value = json_object_get(line, name);
	*ret_there = value && !json_is_null(value);
	if (!*ret_there)
		return ANNOT_OK;
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return annot_fail(err, ANNOT_INVALID, "\"%s\": expected a number from 0 on", name);
	*ret = (size_t)json_integer_value(value);
	return ANNOT_OK;
}

enum unit { UNIT_CHARS, UNIT_BYTES, UNIT_UTF16 };

static enum annot_status get_unit(const json_t *line, enum unit *ret, struct annot_error *err)
{
	static const char *const names[] = {"chars", "bytes", "utf16"};
	const json_t *value = json_object_get(line, "unit");
	*ret = UNIT_CHARS;
	if (!value || json_is_null(value))
		return ANNOT_OK;
	for (int i = UNIT_CHARS; i <= UNIT_UTF16; i++)
		if (json_is_string(value) && strcmp(json_string_value(value), names[i]) == 0) {
			*ret = (enum unit)i;
			return ANNOT_OK;
		}
	return annot_fail(err, ANNOT_INVALID, "\"unit\": expected chars, bytes or utf16");
}

/* Bytes before an offset; past the text's end, more than it has. */
static size_t offset_bytes(const struct annot_buf *text, enum unit unit, size_t offset)
{
	size_t all = unit == UNIT_CHARS   ? annot_utf8_chars(text->data, text->len)
		     : unit == UNIT_UTF16 ? annot_utf8_utf16(text->data, text->len)
					  : text->len;
	if (offset > all)
		return text->len + 1;
	if (unit == UNIT_BYTES)
		return offset;
	return unit == UNIT_CHARS ? annot_utf8_from_chars(text->data, text->len, offset)
				  : annot_utf8_from_utf16(text->data, text->len, offset);
}

static enum annot_status get_position(const json_t *line, const struct texts *t,
				      struct annot_selector *s, struct annot_error *err)
{
	bool starts, ends;
	size_t start = 0, end = 0;
	enum unit unit;
	TRY(get_offset(line, "start", &starts, &start, err));
	TRY(get_offset(line, "end", &ends, &end, err));
	TRY(get_unit(line, &unit, err));
	if (starts != ends)
		return annot_fail(err, ANNOT_INVALID,
				  "expected both \"start\" and \"end\" or neither");
	if (starts && start >= end)
		return annot_fail(err, ANNOT_INVALID, "start %zu is not before end %zu", start,
				  end);
	s->placed = starts;
	if (!starts)
		return ANNOT_OK;
	const struct annot_buf *text = t->old.data ? &t->old : &t->text;
	s->start = offset_bytes(text, unit, start);
	s->end = offset_bytes(text, unit, end);
	if (t->old.data && s->end > text->len)
		return annot_fail(err, ANNOT_INVALID, "end %zu is behind the end of %s", end,
				  arg_old);
	if (!t->old.data) /* offsets of a text that we do not have: a hint where to look */
		s->end = s->start + s->exact.len;
	return ANNOT_OK;
}

static enum annot_status get_selector(const json_t *line, const struct texts *t,
				      struct annot_selector *ret, struct annot_error *err)
{
	const json_t *id = json_object_get(line, "id");
	*ret = (struct annot_selector){0};
	if (!json_is_object(line))
		return annot_fail(err, ANNOT_INVALID, "expected {\"id\": …, \"exact\": …}");
	if (!json_is_string(id) && !json_is_integer(id))
		return annot_fail(err, ANNOT_INVALID, "\"id\": expected a text or a number");
	TRY(get_text(line, "exact", &ret->exact, err));
	TRY(get_text(line, "prefix", &ret->prefix, err));
	TRY(get_text(line, "suffix", &ret->suffix, err));
	return get_position(line, t, ret, err);
}

static json_t *place_json(const struct annot_buf *text, const struct annot_anchor_place *p)
{
	static const char *const how[] = {[ANNOT_FIND_EXACT] = "exact",
					  [ANNOT_FIND_FOLDED] = "folded",
					  [ANNOT_FIND_NEAREST] = "nearest"};
	size_t start = annot_utf8_chars(text->data, p->start);
	size_t end = start + annot_utf8_chars(text->data + p->start, p->end - p->start);
	return json_pack("{sI sI si si ss}", "start", (json_int_t)start, "end", (json_int_t)end,
			 "score", (int)p->score, "likeness", (int)p->likeness, "how", how[p->how]);
}

/* Takes the reference to place, which may be NULL. */
static void set_place(json_t *result, const char *const names[], size_t n, json_t *place)
{
	for (size_t i = 0; i < n; i++) {
		json_t *value = json_object_get(place, names[i]);
		json_object_set_new(result, names[i], value ? json_incref(value) : json_null());
	}
	json_decref(place);
}

static json_t *result_json(const json_t *line, const struct annot_buf *text,
			   const struct annot_anchor *a)
{
	static const char *const names[] = {"start", "end", "score", "likeness", "how"};
	bool anchored = a->status < ANNOT_ANCHOR_AMBIGUOUS;
	bool ambiguous = a->status == ANNOT_ANCHOR_AMBIGUOUS;
	json_t *result = json_object(), *places = json_array();
	json_object_set(result, "id", json_object_get(line, "id"));
	json_object_set_new(result, "status", json_string(annot_anchor_name(a->status)));
	set_place(result, names, sizeof(names) / sizeof(names[0]),
		  anchored ? place_json(text, &a->places[0]) : NULL);
	for (size_t i = 0; ambiguous && i < a->n_places; i++)
		json_array_append_new(places, place_json(text, &a->places[i]));
	json_object_set_new(result, "places", places);
	json_object_set_new(result, "guess",
			    a->status == ANNOT_ANCHOR_ORPHAN && a->n_places > 0
				    ? place_json(text, &a->places[0])
				    : json_null());
	json_object_set_new(result, "cut", json_boolean(a->cut));
	json_object_set_new(result, "algorithm", json_integer(ANNOT_ANCHOR_VERSION));
	return result;
}

static int64_t now_us(void)
{
	struct timespec t = {0};
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* One line; an error names it. */
static enum annot_status run_line(struct ctl *ctl, const struct texts *t, const char *text,
				  size_t len, size_t number)
{
	struct annot_error err = {0};
	json_error_t where;
	struct annot_selector selector;
	struct annot_anchor found;
	json_t *line = json_loadb(text, len, JSON_REJECT_DUPLICATES, &where);
	enum annot_status status = ANNOT_OK;
	if (!line)
		status = annot_fail(&err, ANNOT_INVALID, "not JSON: %.200s", where.text);
	if (status == ANNOT_OK)
		status = get_selector(line, t, &selector, &err);
	int64_t start = now_us();
	if (status == ANNOT_OK)
		status = annot_anchor_find(t->anchorer, &selector, arg_cautious, &found, &err);
	int64_t us = now_us() - start;
	if (status == ANNOT_OK) {
		json_t *result = result_json(line, &t->text, &found);
		if (arg_time)
			json_object_set_new(result, "us", json_integer(us));
		out_list_item(ctl, result);
	}
	json_decref(line);
	if (status != ANNOT_OK)
		return annot_fail(&ctl->err, status, "line %zu: %s", number, err.text);
	return ANNOT_OK;
}

static enum annot_status run_lines(struct ctl *ctl, const struct texts *t, struct lines *lines)
{
	char *text;
	size_t len;
	for (size_t number = 1;; number++) {
		switch (lines_next(lines, true, &text, &len)) {
		case LINES_LINE:
			TRY(run_line(ctl, t, text, len, number));
			break;
		case LINES_TOO_LONG:
			return annot_fail(&ctl->err, ANNOT_TOO_LARGE,
					  "line %zu: longer than %d bytes", number, LINES_LINE_MAX);
		case LINES_FAILED:
			return annot_fail(&ctl->err, ANNOT_UNREADABLE, "standard input: %s",
					  strerror(errno));
		case LINES_NONE:
		case LINES_END:
			return ANNOT_OK;
		}
	}
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	(void)argc;
	struct texts texts = {0};
	struct lines lines;
	if (ctl->queue)
		return ctl_usage(ctl, "it reads standard input, which is the batch's own");
	enum format asked = ctl->format;
	if (asked == FORMAT_TEXT)
		ctl->format = FORMAT_NDJSON;
	enum annot_status status = read_texts(args[0], &texts, &ctl->err);
	if (status == ANNOT_OK && !lines_open(STDIN_FILENO, &lines))
		status = annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	else if (status == ANNOT_OK) {
		out_list_begin(ctl);
		status = run_lines(ctl, &texts, &lines);
		if (status == ANNOT_OK)
			out_list_end(ctl);
		lines_close(&lines);
	}
	free_texts(&texts);
	ctl->format = asked; /* that of an error */
	return status == ANNOT_OK ? 0 : ctl_fail(ctl, status);
}

const struct command cmd_anchor = {
	"anchor",
	"FILE",
	"Say where the words of selectors (NDJSON on standard input) stand in a text",
	options,
	run,
	0,
	1,
	1,
};
