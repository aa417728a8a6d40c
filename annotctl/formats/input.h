/* What an import reads: files, standard input, or folders of them. */
#ifndef ANNOTCTL_FORMATS_INPUT_H
#define ANNOTCTL_FORMATS_INPUT_H

#include "../ctl.h"

enum { INPUT_TEXT_MAX = 64 << 20 }; /* of a text beside a file */

struct inputs;

/* One file. */
struct input {
	const struct annot_format *format;
	struct annot_fd file;
	bool keep;                /* it is not ours to close */
	struct annot_bytes spool; /* read instead of it; data NULL: it was not spooled */
	uint64_t size;            /* 0: not known */
	bool looked_at;
	/* Of a format of FOLDER; else NULL and empty. */
	char name[256];
	struct annot_buf text;
};

/*
 * paths: NULL-terminated; none: standard input, as "-" is. Of a format of FOLDER: folders (all
 * NAME.ann in them, by name) or files NAME.ann. twice: they will be read again, so that what is no
 * regular file is spooled first: into memory, or a file without a name (held.h, whose statuses are
 * returned). A FIFO is waited for as standard input is, and after a second it is said so. USAGE: a
 * folder of this format is needed; UNREADABLE: a folder of another, a file.
 */
enum annot_status inputs_open(struct ctl *ctl, const struct annot_format *format,
			      const char **paths, bool twice, struct inputs **ret);
struct inputs *inputs_free(struct inputs *in); /* takes NULL */

/* The next one. NOT_FOUND: that was all. UNREADABLE (names it); TOO_LARGE: a text beside it;
 * REFUSED: the file is not as it was the first time. */
enum annot_status inputs_next(struct inputs *in, struct input *ret);
void input_close(struct input *in);
/* From the first one on again. */
void inputs_again(struct inputs *in);

/* An annot_items_read. REFUSED: it is plainly of another kind (looks.h). */
enum annot_status input_read(void *arg, void *ret, size_t max, size_t *ret_n,
			     struct annot_error *err);

#endif
