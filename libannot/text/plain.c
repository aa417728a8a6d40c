#include "text/plain.h"

#include <stdlib.h>

#include <utf8proc.h>

#include "base/auto.h"
#include "text/utf8.h"

enum {
	PARTS_MAX = 32 /* code points that one decomposes to: 18 at most, by Unicode's stability */
};

static bool is_accent(uint32_t cp)
{
	return cp >= 0x300 && cp <= 0x36F;
}

/* Letters with a stroke, and the dotless i: no marks to Unicode, but accents to who types. The
 * ligature is what folding spells out where it has no accent. */
static const char *spelled(uint32_t cp)
{
	static const struct {
		uint32_t cp;
		const char *to;
	} letters[] = {
		{0xE6, "ae"}, {0xF8, "o"},  {0x111, "d"}, {0x127, "h"},
		{0x131, "i"}, {0x142, "l"}, {0x167, "t"},
	};

	for (size_t i = 0; i < COUNT(letters); i++)
		if (letters[i].cp == cp)
			return letters[i].to;
	return NULL;
}

/* Writes what is left of a code point of `size` bytes, never more than these; returns how many. */
static size_t strip(uint32_t cp, const char *bytes, size_t size, char *out)
{
	utf8proc_int32_t parts[PARTS_MAX];
	char rest[PARTS_MAX * 4];
	int boundary = 0;
	size_t len = 0;
	bool same = true;
	utf8proc_ssize_t n = utf8proc_decompose_char((utf8proc_int32_t)cp, parts, PARTS_MAX,
						     UTF8PROC_DECOMPOSE, &boundary);

	for (utf8proc_ssize_t i = 0; i < n && i < PARTS_MAX; i++) {
		const char *to = spelled((uint32_t)parts[i]);

		same = same && !to && !is_accent((uint32_t)parts[i]);
		if (is_accent((uint32_t)parts[i]))
			continue;
		if (to) {
			memcpy(rest + len, to, strlen(to));
			len += strlen(to);
		} else {
			len += annot_utf8_put((uint32_t)parts[i], rest + len);
		}
	}
	if (same || len > size) {
		memcpy(out, bytes, size);
		return size;
	}
	memcpy(out, rest, len);
	return len;
}

/* Scripts whose letters have no such accents, by the first byte of their code points:
 * U+0800..U+1DFF but for U+1E00..U+1FFF, and all from U+2000 on. */
static bool may_have_accents(uint8_t first, uint8_t second)
{
	return first < 0xE0 || (first == 0xE1 && second >= 0xB8);
}

static void strip_all(struct annot_plain *p)
{
	const char *s = p->folded.text;
	size_t n = 0;

	for (size_t at = 0; at < p->folded.len;) {
		size_t start = at, len;
		uint8_t first = (uint8_t)s[at];

		if (first < 0x80) {
			/* An accent that stood alone leaves two spaces or hyphens beside each other. */
			bool twice = (first == ' ' || first == '-') && n > 0 &&
				     p->text[n - 1] == s[at];

			p->text[n] = s[at];
			p->at[n] = (uint32_t)at++;
			n += !twice;
			continue;
		}
		uint32_t cp = annot_utf8_next(s, p->folded.len, &at);

		if (may_have_accents(first, (uint8_t)s[start + 1])) {
			len = strip(cp, s + start, at - start, p->text + n);
		} else {
			len = at - start;
			memcpy(p->text + n, s + start, len);
		}
		for (size_t i = 0; i < len; i++)
			p->at[n + i] = (uint32_t)(start + (i < at - start ? i : 0));
		n += len;
	}
	p->text[n] = '\0';
	p->at[n] = (uint32_t)p->folded.len;
	p->len = n;
}

static bool is_ascii(const char *text, size_t len)
{
	size_t i = 0;
	uint64_t eight, all = 0;

	for (; i + sizeof eight <= len; i += sizeof eight) {
		memcpy(&eight, text + i, sizeof eight);
		all |= eight;
	}
	for (; i < len; i++)
		all |= (uint8_t)text[i];
	return !(all & 0x8080808080808080u);
}

enum annot_status annot_plain(const char *text, size_t len, struct annot_plain *ret,
			      struct annot_error *err)
{
	struct annot_plain p = {0};

	TRY(annot_fold(text, len, &p.folded, err));
	p.len = p.folded.len;
	if (!is_ascii(p.folded.text, p.folded.len)) {
		p.text = malloc(p.folded.len + 1);
		p.at = reallocarray(NULL, p.folded.len + 1, sizeof *p.at);
		if (!p.text || !p.at) {
			annot_plain_free(&p);
			return annot_fail(err, ANNOT_NO_MEMORY,
					  "out of memory for %zu bytes of text", len);
		}
		strip_all(&p);
	}
	*ret = p;
	return ANNOT_OK;
}

void annot_plain_free(struct annot_plain *p)
{
	annot_folded_free(&p->folded);
	free(p->text);
	free(p->at);
	*p = (struct annot_plain){0};
}

void annot_plain_source(const struct annot_plain *p, size_t from, size_t to, size_t *start,
			size_t *end)
{
	if (p->at) {
		from = p->at[from];
		to = p->at[to];
	}
	annot_folded_source(&p->folded, from, to, start, end);
}
