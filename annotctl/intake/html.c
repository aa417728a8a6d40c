/* Web pages: run annot-html, read what it says. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#include "child.h"
#include "intake.h"

enum { HEAD_MAX = 1 << 16 };

/* Beside this program where it was built, in libexec where it was installed. */
static enum annot_status find_program(char *ret, size_t size, struct annot_error *err)
{
	static const char *const places[] = {"annot-html", "../" ANNOT_LIBEXEC "/annot/annot-html"};
	char own[4096];
	ssize_t n = readlink("/proc/self/exe", own, sizeof own - 1);
	own[n > 0 ? n : 0] = '\0';
	char *name = strrchr(own, '/');
	if (name)
		name[1] = '\0';
	for (size_t i = 0; name && i < sizeof places / sizeof *places; i++) {
		int len = snprintf(ret, size, "%s%s", own, places[i]);
		if (len > 0 && (size_t)len < size && access(ret, X_OK) == 0)
			return ANNOT_OK;
	}
	return annot_fail(err, ANNOT_UNREADABLE,
			  "the program annot-html, which reads web pages, is not installed beside "
			  "annotctl");
}

static const char *text_of(struct annot_arena *arena, const json_t *head, const char *name)
{
	const char *value = json_string_value(json_object_get(head, name));
	return value && *value ? annot_arena_copy(arena, value, strlen(value)) : NULL;
}

static uint64_t number_of(const json_t *head, const char *name)
{
	return (uint64_t)json_integer_value(json_object_get(head, name));
}

static enum annot_status read_head(struct annot_arena *arena, const json_t *head,
				   const struct intake_options *options, struct intake *ret,
				   struct annot_error *err)
{
	const char *name = text_of(arena, head, "extractor"),
		   *parser = text_of(arena, head, "parser");
	ret->title = text_of(arena, head, "title");
	ret->language = text_of(arena, head, "language");
	ret->source = text_of(arena, head, "source");
	ret->charset = text_of(arena, head, "charset");
	ret->charset_from = text_of(arena, head, "charset_from");
	ret->letters = number_of(head, "letters");
	ret->kept = number_of(head, "kept");
	ret->replaced = number_of(head, "replaced");
	ret->first_replaced = number_of(head, "first_replaced");
	if (!name || !parser || !ret->charset)
		return annot_fail(err, ANNOT_INTERNAL, "annot-html is of another version");
	ret->extractor =
		annot_arena_printf(arena, "%s%s%s%s (%s)", name, options->whole ? " --whole" : "",
				   options->charset ? " --charset " : "",
				   options->charset ? ret->charset : "", parser);
	return ret->extractor ? ANNOT_OK : annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
}

/* Splits what annot-html wrote into head and text. */
static enum annot_status read_output(struct annot_arena *arena, const struct annot_buf *output,
				     const struct child_end *end,
				     const struct intake_options *options, struct intake *ret,
				     struct annot_error *err)
{
	const char *line = output->len ? memchr(output->data, '\n', output->len) : NULL;
	json_t *head =
		line ? json_loadb(output->data, (size_t)(line - output->data), 0, NULL) : NULL;
	enum annot_status status;
	if (!head || (end->code != 0 && end->code != 1)) {
		status = annot_fail(err, ANNOT_INVALID,
				    "it cannot be read as a web page: annot-html ended by %s %d",
				    end->signal ? "signal" : "exit code",
				    end->signal ? end->signal : end->code);
	} else if (end->code == 1) {
		status = annot_status_from(number_of(head, "code"));
		annot_fail(err, status, "%s", json_string_value(json_object_get(head, "message")));
	} else {
		status = read_head(arena, head, options, ret, err);
		ret->text = annot_bytes(line + 1, output->len - (size_t)(line + 1 - output->data));
	}
	json_decref(head);
	return status;
}

enum annot_status intake_html(struct annot_arena *arena, struct annot_bytes file,
			      const struct intake_options *options, struct intake *ret,
			      struct annot_error *err)
{
	char program[4096 + 64];
	const char *argv[6];
	size_t n = 0;
	struct child_end end;
	TRY(find_program(program, sizeof program, err));
	argv[n++] = program;
	if (options->whole)
		argv[n++] = "--whole";
	if (options->charset) {
		argv[n++] = "--charset";
		argv[n++] = options->charset;
	}
	argv[n] = NULL;
	const struct child child = {.argv = argv, .input = file, .seconds = INTAKE_SECONDS};
	ret->made = ANNOT_BUF_INIT(INTAKE_FILE_MAX + HEAD_MAX);
	TRY(child_run(&child, &ret->made, &end, err));
	ret->media_type = intake_media_type(INTAKE_text);
	ret->original_type = intake_media_type(INTAKE_html);
	return read_output(arena, &ret->made, &end, options, ret, err);
}
