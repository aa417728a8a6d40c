/*
 * PDF: run poppler's pdftotext, which lays the words in the order in which they are read, and tidy
 * up what it wrote: pages become paragraphs, lines stay lines, what nobody sees goes.
 */
#include <stdlib.h>
#include <unistd.h>

#include "child.h"
#include "intake.h"

/* Begins the extractor card; a new number where tidy changes what comes out. */
#define PDF_EXTRACTOR "annot-pdf/1"

enum { OUTPUT_MAX = INTAKE_FILE_MAX, VERSION_MAX = 64 };
static const size_t memory_max = (size_t)2 << 30;

static enum annot_status run(const char *const *argv, struct annot_bytes file,
			     struct annot_buf *output, struct child_end *end,
			     struct annot_error *err)
{
	const struct child child = {
		.argv = argv, .input = file, .seconds = INTAKE_SECONDS, .memory = memory_max};
	enum annot_status status = child_run(&child, output, end, err);
	if (status == ANNOT_NOT_FOUND)
		return annot_fail(err, ANNOT_UNREADABLE,
				  "it is a PDF, which the program pdftotext reads: install the "
				  "package poppler-utils");
	return status;
}

/* "pdftotext version 22.12.0", on standard error. */
static enum annot_status find_version(char ret[VERSION_MAX], struct annot_error *err)
{
	static const char *const argv[] = {"pdftotext", "-v", NULL};
	struct annot_buf nothing = ANNOT_BUF_INIT(4096);
	struct child_end end = {0};
	unsigned a, b, c;
	enum annot_status status = run(argv, annot_bytes(NULL, 0), &nothing, &end, err);
	annot_buf_free(&nothing);
	if (status != ANNOT_OK)
		return status;
	if (sscanf(end.message, "pdftotext version %u.%u.%u", &a, &b, &c) != 3)
		return annot_fail(err, ANNOT_UNREADABLE,
				  "the program pdftotext is not that of poppler-utils");
	snprintf(ret, VERSION_MAX, "pdftotext %u.%02u.%u", a, b, c);
	return ANNOT_OK;
}

struct tidy {
	struct annot_buf *out;
	unsigned lines;  /* line ends before the next character */
	unsigned spaces; /* the same of spaces */
};

static void put(struct tidy *t, uint32_t cp)
{
	char bytes[4];
	if (cp == '\n' || cp == '\f') {
		t->lines = cp == '\f' || t->lines > 0 ? 2 : 1;
		t->spaces = 0;
	} else if (cp == ' ' || cp == '\t' || cp == 0xA0) {
		t->spaces++;
	} else if (cp == '\\' || cp == 0x200C || cp == 0x200D || !annot_escape_needed(cp)) {
		for (; t->lines > 0 && t->out->len > 0; t->lines--)
			annot_buf_putc(t->out, '\n');
		if (t->spaces > 0 && t->out->len > 0 && t->out->data[t->out->len - 1] != '\n')
			annot_buf_putc(t->out, ' ');
		annot_buf_add(t->out, bytes, annot_utf8_put(cp, bytes));
		t->lines = t->spaces = 0;
	}
}

static enum annot_status tidy(const struct annot_buf *raw, struct annot_buf *ret,
			      struct annot_error *err)
{
	struct tidy t = {.out = ret};
	annot_buf_puts(ret, "");
	for (size_t at = 0; at < raw->len;) {
		size_t end = at + annot_utf8_valid(raw->data + at, raw->len - at);
		while (at < end)
			put(&t, annot_utf8_next(raw->data, end, &at));
		if (at < raw->len) {
			put(&t, 0xFFFD);
			at++;
		}
	}
	if (ret->len == 0)
		return annot_fail(err, ANNOT_INVALID,
				  "it has no text: scanned pages must be recognised first, for "
				  "example with ocrmypdf");
	annot_buf_putc(ret, '\n');
	return annot_buf_check(ret, "its text", err);
}

enum annot_status intake_pdf(struct annot_arena *arena, struct annot_bytes file, struct intake *ret,
			     struct annot_error *err)
{
	static const char *const argv[] = {"pdftotext", "-q", "-enc", "UTF-8", "-eol",
					   "unix",      "-",  "-",    NULL};
	char version[VERSION_MAX];
	struct annot_buf raw = ANNOT_BUF_INIT(OUTPUT_MAX);
	struct child_end end = {0};
	ret->made = ANNOT_BUF_INIT(INTAKE_FILE_MAX);
	ret->media_type = intake_media_type(INTAKE_text);
	ret->original_type = intake_media_type(INTAKE_pdf);
	TRY(find_version(version, err));
	enum annot_status status = run(argv, file, &raw, &end, err);
	if (status == ANNOT_OK && end.code != 0)
		status = annot_fail(err, ANNOT_INVALID,
				    "pdftotext cannot read it (%s %d)%s%s; a protected PDF must be "
				    "unlocked first, for example with qpdf --decrypt",
				    end.signal ? "signal" : "exit code",
				    end.signal ? end.signal : end.code, *end.message ? ": " : "",
				    end.message);
	if (status == ANNOT_OK)
		status = tidy(&raw, &ret->made, err);
	annot_buf_free(&raw);
	if (status != ANNOT_OK)
		return status;
	ret->text = annot_buf_bytes(&ret->made);
	ret->extractor = annot_arena_printf(arena, PDF_EXTRACTOR " (%s)", version);
	return ret->extractor ? ANNOT_OK : annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
}
