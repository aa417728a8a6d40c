#include "out.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pager.h"

static bool first_item;
static int write_error; /* of standard output: stdio forgets why a write failed */

/* Some JSON lacks a part, for want of memory. Who makes it does not look at each piece: it is seen
 * here, once. */
static atomic_bool json_failed;

static void *json_memory(size_t size)
{
	void *ret = malloc(size);
	if (!ret)
		json_failed = true;
	return ret;
}

bool out_whole(void)
{
	return !json_failed;
}

void out_begin(void)
{
	json_failed = false;
	json_set_alloc_funcs(json_memory, free);
}

static void see_error(void)
{
	if (ferror(stdout) && write_error == 0)
		write_error = errno;
}

bool out_flush(void)
{
	bool good = !ferror(stdout) && fflush(stdout) == 0;
	see_error();
	return good;
}

const char *out_safe_lines(struct ctl *ctl, const char *text, size_t len)
{
	struct annot_buf b = ANNOT_BUF_INIT(SIZE_MAX / 2);
	annot_escape_terminal(text, len, true, &b);
	const char *copy = b.failed ? NULL : annot_arena_copy(ctl->arena, b.data, b.len);
	annot_buf_free(&b);
	return copy ? copy : "";
}

const char *out_safe(struct ctl *ctl, const char *text)
{
	if (!text)
		return "";
	struct annot_buf b = ANNOT_BUF_INIT(SIZE_MAX / 2);
	annot_escape_terminal(text, strlen(text), false, &b);
	const char *copy = b.failed ? NULL : annot_arena_copy(ctl->arena, b.data, b.len);
	annot_buf_free(&b);
	return copy ? copy : "";
}

const char *out_safe_flat(struct ctl *ctl, const char *text)
{
	char *copy = text ? annot_arena_copy(ctl->arena, text, strlen(text)) : NULL;
	for (char *c = copy; c && *c; c++)
		if (*c == '\n' || *c == '\r' || *c == '\t')
			*c = ' ';
	return out_safe(ctl, copy);
}

void out_text(struct ctl *ctl, const char *format, ...)
{
	(void)ctl;
	va_list ap;
	va_start(ap, format);
	vfprintf(ctl->to_stderr ? stderr : stdout, format, ap);
	va_end(ap);
	see_error();
}

void out_raw(struct ctl *ctl, const void *data, size_t len)
{
	if (isatty(STDOUT_FILENO))
		out_text(ctl, "%s", out_safe_lines(ctl, data, len));
	else
		fwrite(data, 1, len, stdout);
	see_error();
}

/*
 * JSON as its own rules escape it, and for a terminal all that could act on it: what is not ASCII,
 * and DEL, which stands in strings only. Made as a whole before any of it is printed, since that
 * takes memory, too; NULL where there is none. free() it.
 */
static char *json_text(const json_t *value, FILE *to, size_t flags)
{
	return json_dumps(value,
			  flags | JSON_ENCODE_ANY | (isatty(fileno(to)) ? JSON_ENSURE_ASCII : 0));
}

static void put_json(const char *text, FILE *to)
{
	if (!isatty(fileno(to)))
		fputs(text, to);
	else
		for (const char *c = text; *c; c++)
			if (*c == 0x7f)
				fputs("\\u007f", to);
			else
				fputc(*c, to);
}

/* {"code": …, "message": …} in one line of stderr, for the JSON formats. */
static void json_on_stderr(const char *code, const char *text)
{
	json_t *object = json_pack("{s:s, s:s}", "code", code, "message", text);
	if (!object) { /* an argument that is no UTF-8 */
		struct annot_buf safe = ANNOT_BUF_INIT(16 * ANNOT_ERROR_TEXT_MAX);
		annot_escape_terminal(text, strlen(text), false, &safe);
		object = json_pack("{s:s, s:s}", "code", code, "message",
				   safe.data ? safe.data : "");
		annot_buf_free(&safe);
	}
	char *line = json_text(object, stderr, JSON_COMPACT);
	if (line)
		put_json(line, stderr);
	fputc('\n', stderr);
	free(line);
	json_decref(object);
}

__attribute__((format(printf, 3, 0))) static void message(const struct ctl *ctl, const char *code,
							  const char *format, va_list ap)
{
	char text[ANNOT_ERROR_TEXT_MAX + 2048];
	vsnprintf(text, sizeof text, format, ap);
	fflush(stdout);
	if (ctl->format == FORMAT_TEXT)
		fprintf(stderr, "annotctl: %s\n", text);
	else
		json_on_stderr(code, text);
}

void out_note(struct ctl *ctl, const char *format, ...)
{
	if (ctl->quiet)
		return;
	va_list ap;
	va_start(ap, format);
	message(ctl, "note", format, ap);
	va_end(ap);
}

void out_signed(struct ctl *ctl, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	message(ctl, "note", format, ap);
	va_end(ap);
}

void out_warning(struct ctl *ctl, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	message(ctl, "warning", format, ap);
	va_end(ap);
}

/* A value between two texts. Nothing is printed that lacks a part, nor anything behind it;
 * out_finish says so. Takes the reference. */
static void print_json(json_t *value, size_t flags, const char *before, const char *after)
{
	char *text = value && out_whole() ? json_text(value, stdout, flags) : NULL;
	if (text && out_whole()) {
		fputs(before, stdout);
		put_json(text, stdout);
		fputs(after, stdout);
		see_error();
	} else {
		json_failed = true;
	}
	free(text);
	json_decref(value);
}

void out_json(struct ctl *ctl, json_t *value)
{
	print_json(value, ctl->format == FORMAT_NDJSON ? JSON_COMPACT : JSON_INDENT(2), "", "\n");
}

void out_list_begin(struct ctl *ctl)
{
	(void)ctl;
	first_item = true;
}

void out_list_item(struct ctl *ctl, json_t *item)
{
	if (ctl->format != FORMAT_JSON) {
		print_json(item, JSON_COMPACT, "", "\n");
		return;
	}
	print_json(item, JSON_INDENT(2), first_item ? "[\n" : ",\n", "");
	first_item = false;
}

void out_list_end(struct ctl *ctl)
{
	if (ctl->format == FORMAT_JSON && !json_failed)
		fputs(first_item ? "[]\n" : "\n]\n", stdout);
}

/*
 * For a person: the query with a caret under the column that the error names, with so much of a
 * long one as stands around it. Scripts get the one line alone.
 */
static void point_at_query(struct ctl *ctl)
{
	enum { SHOWN_CHARS = 60 };
	unsigned long column;
	if (!ctl->query || !isatty(STDERR_FILENO) ||
	    sscanf(ctl->err.text, "query, column %lu:", &column) != 1 || column == 0)
		return;
	size_t len = strlen(ctl->query), at = annot_utf8_from_chars(ctl->query, len, column - 1);
	size_t from = annot_utf8_back(ctl->query, len, at, SHOWN_CHARS);
	size_t to = annot_utf8_forward(ctl->query, len, at, SHOWN_CHARS);
	const char *before = annot_arena_copy(ctl->arena, ctl->query + from, at - from);
	const char *behind = annot_arena_copy(ctl->arena, ctl->query + at, to - at);
	if (!before || !behind)
		return;
	before = out_safe_flat(ctl, before);
	fprintf(stderr, "  %s%s\n  %*s^\n", before, out_safe_flat(ctl, behind),
		(int)annot_utf8_chars(before, strlen(before)), "");
}

void out_error(struct ctl *ctl)
{
	fflush(stdout);
	if (ctl->format == FORMAT_TEXT) {
		struct annot_buf line = ANNOT_BUF_INIT(8 * ANNOT_ERROR_TEXT_MAX);
		annot_escape_terminal(ctl->err.text, strlen(ctl->err.text), false, &line);
		fprintf(stderr, "annotctl: %s\n", line.data ? line.data : "error");
		annot_buf_free(&line);
		point_at_query(ctl);
		return;
	}
	char code[32];
	size_t n = 0;
	for (const char *name = annot_status_name(ctl->err.status); name[n] && n + 1 < sizeof code;
	     n++)
		code[n] = (char)tolower((unsigned char)name[n]);
	code[n] = '\0';
	json_on_stderr(code, ctl->err.text);
}

/* Whether nobody reads stdout any more: the errno of a write that stdio made by itself is gone. */
static bool reader_left(void)
{
	struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
	return poll(&out, 1, 0) == 1 && (out.revents & (POLLERR | POLLHUP));
}

/* Of JSON that was not printed, unless the command itself ended for want of memory and said so. An
 * answer would be taken for one about what was printed: it gives way. */
static int say_not_whole(struct ctl *ctl, int code)
{
	bool said = ctl->failed && ctl->err.status == ANNOT_NO_MEMORY;
	bool answer = code == 0 || code == annot_exit_code(ANNOT_NO);
	annot_fail(&ctl->err, ANNOT_NO_MEMORY,
		   "some of it could not be made JSON: out of memory, or a text that is not UTF-8");
	if (!said)
		out_error(ctl);
	return answer ? annot_exit_code(ANNOT_NO_MEMORY) : code;
}

int out_finish(struct ctl *ctl, int code)
{
	errno = 0;
	bool failed = fflush(stdout) != 0 || ferror(stdout);
	int why = failed && errno ? errno : write_error;
	bool closed_by_reader = failed && (why == EPIPE || (why == 0 && reader_left()));
	pager_end();
	if (json_failed)
		code = say_not_whole(ctl, code);
	if (!failed || closed_by_reader)
		return code;
	bool full = why == ENOSPC || why == EDQUOT || why == EFBIG;
	annot_fail(&ctl->err, full ? ANNOT_NO_SPACE : ANNOT_INTERNAL, "standard output: %s",
		   why ? strerror(why) : "an earlier write failed");
	out_error(ctl);
	return code ? code : annot_exit_code(ANNOT_INTERNAL);
}

void out_page(struct ctl *ctl)
{
	if (ctl->format == FORMAT_TEXT && !ctl->quiet)
		pager_begin();
}

const char *out_style(const struct ctl *ctl, enum out_style style)
{
	static const char *const codes[] = {
		[STYLE_PLAIN] = "\033[0m",      [STYLE_BOLD] = "\033[1m",
		[STYLE_DIM] = "\033[2m",        [STYLE_GOOD] = "\033[32m",
		[STYLE_BAD] = "\033[31m",       [STYLE_WARN] = "\033[33m",
		[STYLE_ADDED] = "\033[32;1m",   [STYLE_REMOVED] = "\033[31;9m",
		[STYLE_MARKED] = "\033[30;43m", [STYLE_MARKED_TWICE] = "\033[30;46m",
	};
	return ctl->color && !ctl->to_stderr ? codes[style] : "";
}
