/* Folding and the offsets of UTF-8: maps that lead back to where they came from. */
#include "fuzz.h"

#include "text/fold.h"
#include "text/utf8.h"

static void offsets(const char *text, size_t len)
{
	size_t chars = 0, units = 0;
	for (size_t at = 0; at < len;) {
		size_t before = at;
		char back[4];
		REQUIRE(annot_utf8_boundary(text, len, at));
		REQUIRE(annot_utf8_from_chars(text, len, chars) == at);
		REQUIRE(annot_utf8_from_utf16(text, len, units) == at);
		uint32_t c = annot_utf8_next(text, len, &at);
		REQUIRE(c <= 0x10ffff && (c < 0xd800 || c > 0xdfff));
		REQUIRE(at > before && at <= len && annot_utf8_put(c, back) == at - before);
		REQUIRE(memcmp(back, text + before, at - before) == 0);
		REQUIRE(annot_utf8_back(text, len, at, 1) == before);
		REQUIRE(annot_utf8_forward(text, len, before, 1) == at);
		chars++;
		units += c > 0xffff ? 2 : 1;
		if (len > 512) /* the walks above are quadratic */
			break;
	}
	if (len <= 512) {
		REQUIRE(annot_utf8_chars(text, len) == chars);
		REQUIRE(annot_utf8_utf16(text, len) == units);
	}
	REQUIRE(annot_utf8_from_chars(text, len, SIZE_MAX) == len);
}

static void runs(const struct annot_folded *f, size_t len)
{
	for (size_t i = 0; i < f->n_runs; i++) {
		const struct annot_fold_run *r = &f->runs[i];
		REQUIRE(r->folded <= f->len && r->source <= len && r->unit <= len - r->source);
		REQUIRE(i == 0 || (r[-1].folded < r->folded && r[-1].source < r->source));
	}
}

/* Each folded code point stands for a place in the text; later ones for no earlier place. */
static void source(const struct annot_folded *f, const char *text, size_t len)
{
	size_t last = 0, start, end;
	for (size_t at = 0, i = 0; at < f->len && i < 512; i++) {
		size_t from = at;
		annot_utf8_next(f->text, f->len, &at);
		annot_folded_source(f, from, at, &start, &end);
		REQUIRE(start < end && end <= len && start >= last);
		REQUIRE(annot_utf8_boundary(text, len, start));
		REQUIRE(annot_utf8_boundary(text, len, end));
		last = start;
	}
	if (f->len > 0) {
		annot_folded_source(f, 0, f->len, &start, &end);
		REQUIRE(start < end && end <= len);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct annot_folded f;
	struct annot_error err;
	size_t valid = annot_utf8_valid(text, size);
	REQUIRE(valid <= size && annot_utf8_valid(text, valid) == valid);
	offsets(text, valid);
	REQUIRE(annot_fold(text, valid, &f, &err) == ANNOT_OK);
	REQUIRE(f.text[f.len] == '\0' && annot_utf8_valid(f.text, f.len) == f.len);
	runs(&f, valid);
	source(&f, text, valid);
	annot_folded_free(&f);
	return 0;
}
