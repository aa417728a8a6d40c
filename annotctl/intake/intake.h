/*
 * Files as people have them, as texts. Text and Markdown stay what they are; the text of a web page
 * comes from annot-html (annotctl/html/), that of a PDF from poppler's pdftotext, each run in a
 * process of its own that has nothing but the file.
 */
#ifndef ANNOTCTL_INTAKE_INTAKE_H
#define ANNOTCTL_INTAKE_INTAKE_H

#include "../ctl.h"

enum intake_type {
#define TYPE(name, media_type, endings) INTAKE_##name,
#include "types.def"
	INTAKE_TYPES
};

enum {
	INTAKE_FILE_MAX = 64 << 20, /* as a document's text */
	INTAKE_SECONDS = 60,        /* that an extractor may take */
	INTAKE_VALUE_MAX = 2048,
};

struct intake_options {
	const char *type;    /* a name of types.def; NULL: by content and name */
	const char *charset; /* of a web page, whatever it says; NULL */
	int whole;           /* of a web page: all that is seen, not its main text alone */
};

/* The rows of a command's options that fill in a struct intake_options. */
#define INTAKE_OPTIONS(options)                                                                    \
	{"type",          '\0', POPT_ARG_STRING,                                                   \
	 &(options).type, 0,    "What FILE is: text, markdown, html or pdf",                       \
	 "TYPE"},                                                                                  \
		{"charset",                                                                        \
		 '\0',                                                                             \
		 POPT_ARG_STRING,                                                                  \
		 &(options).charset,                                                               \
		 0,                                                                                \
		 "The charset of a web page, whatever it says",                                    \
		 "NAME"},                                                                          \
	{                                                                                          \
		"whole", '\0', POPT_ARG_NONE, &(options).whole, 0,                                 \
			"All text of a web page, not its main text alone", NULL                    \
	}

struct intake {
	enum intake_type type;
	const char *media_type;  /* of the text */
	struct annot_bytes text; /* the file, or in `made`; UTF-8 without NUL, not empty */
	struct annot_buf made;
	/* Of an extracted text; what is not known is NULL. In the arena. */
	const char *extractor; /* as the card; NULL: the text is the file */
	const char *original_type;
	const char *title, *language, *source, *charset, *charset_from;
	uint64_t letters, kept;            /* of a page, and of these in the text; 0: not counted */
	uint64_t replaced, first_replaced; /* bytes that are none in the charset */
};

/* A file's type: as asked for, else by what it begins with, else by its name, else text. USAGE: no
 * such type; INVALID: it is plainly something else, which the text names. */
enum annot_status intake_type_of(const char *path, struct annot_bytes file, const char *asked,
				 enum intake_type *ret, struct annot_error *err);
/* What a file that begins so is for people, if that is plain: "a PDF", "a PNG image"; else NULL. */
const char *intake_looks(struct annot_bytes head);
const char *intake_media_type(enum intake_type type);

/*
 * The text of a file's bytes, which stay the caller's and must stay where they are; intake_free
 * afterwards, also after a failure. Errors name the path. Statuses as intake_type_of and:
 * INVALID: no text in it, or it cannot be read as what it is; TOO_LARGE; NO_MEMORY; UNREADABLE:
 * what reads such files is not installed.
 */
enum annot_status intake_read(struct annot_arena *arena, const char *path, struct annot_bytes file,
			      const struct intake_options *options, struct intake *ret,
			      struct annot_error *err);
void intake_free(struct intake *in);

/* Says on stderr what was taken from a page or PDF, before anything is signed. */
void intake_show(struct ctl *ctl, const char *path, const struct intake *in);

/* The extractors: they fill in all of ret but type. */
enum annot_status intake_html(struct annot_arena *arena, struct annot_bytes file,
			      const struct intake_options *options, struct intake *ret,
			      struct annot_error *err);
enum annot_status intake_pdf(struct annot_arena *arena, struct annot_bytes file, struct intake *ret,
			     struct annot_error *err);

#endif
