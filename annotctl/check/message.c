/* What is said of a quote in words, in text and SARIF alike. */
#include "check.h"

#include <string.h>

#define REPLACEMENT "\xEF\xBF\xBD"

const char *check_speaker_name(enum annot_same_speaker speaker)
{
	static const char *const names[] = {[ANNOT_SPEAKER_UNCLEAR] = "unclear",
					    [ANNOT_SPEAKER_AGREES] = "agrees",
					    [ANNOT_SPEAKER_DIFFERS] = "differs"};
	return names[speaker];
}

const char *check_text(struct ctl *ctl, struct annot_bytes bytes)
{
	struct annot_buf b = ANNOT_BUF_INIT(SIZE_MAX);
	for (size_t at = 0; at < bytes.len;) {
		size_t valid = annot_utf8_valid(bytes.data + at, bytes.len - at);
		for (size_t i = at; i < at + valid; i++)
			annot_buf_putc(&b, bytes.data[i] ? (char)bytes.data[i] : ' ');
		at += valid;
		if (at < bytes.len) {
			annot_buf_puts(&b, REPLACEMENT);
			at++;
		}
	}
	const char *text = annot_arena_copy(ctl->arena, b.data ? b.data : "", b.len);
	annot_buf_free(&b);
	return text ? text : "";
}

const char *check_article_text(struct ctl *ctl, const struct article *a, const size_t range[2])
{
	return check_text(ctl, annot_bytes(a->text.data + range[0], range[1] - range[0]));
}

static void add_flags(struct annot_buf *b, unsigned flags)
{
	const char *before = ": ";
	for (unsigned i = 0; i < ANNOT_ALTER_FLAGS; i++)
		if (flags & 1U << i) {
			annot_buf_printf(b, "%s%s", before, annot_alter_flag_name(i));
			before = ", ";
		}
}

const char *check_message(struct ctl *ctl, const struct checked *c)
{
	struct annot_buf b = ANNOT_BUF_INIT(1 << 12);
	const struct judged *j = &c->whole;
	annot_buf_puts(&b, annot_alter_result_name(j->result));
	add_flags(&b, j->flags);
	if (c->across_speakers)
		annot_buf_puts(&b, "; the parts have different speakers");
	if (c->apart > 0)
		annot_buf_printf(&b, "; parts %llu byte%s apart", (unsigned long long)c->apart,
				 annot_plural(c->apart));
	if (j->placed && j->speaker == ANNOT_SPEAKER_DIFFERS)
		annot_buf_printf(&b, "; the source names another speaker: %.*s",
				 (int)j->source_speaker.len, j->source_speaker.data);
	const char *text = check_text(ctl, annot_buf_bytes(&b));
	annot_buf_free(&b);
	return text;
}
