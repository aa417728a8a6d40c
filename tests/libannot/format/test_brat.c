/* Standoff: what lines say, and what ends a line. (tests/cli/brat.sh has the files.) */
#include "desk.h"

#include "format/brat.h"

static enum annot_status read_span(struct desk *d, const char *line, struct brat_span *ret)
{
	return brat_span_read(d->arena, line, strlen(line), ret, &test_error);
}

static void assert_piece(const struct brat_span *s, size_t n, uint64_t start, uint64_t end,
			 const char *words)
{
	assert_int_equal(s->pieces[n].start, start);
	assert_int_equal(s->pieces[n].end, end);
	assert_int_equal(s->pieces[n].len, strlen(words));
	assert_memory_equal(s->pieces[n].words, words, strlen(words));
}

static void test_spans(void **state)
{
	struct desk *d = desk_new();
	struct brat_span s;
	(void)state;
	assert_ok(read_span(d, "T1\tPerson 0 5\thello", &s));
	assert_string_equal(s.number, "T1");
	assert_string_equal(s.type, "Person");
	assert_int_equal(s.n, 1);
	assert_piece(&s, 0, 0, 5, "hello");
	assert_ok(read_span(d, "T22\tA-b_c 0 5;16 23;40 41\tÉàüöß text\ttw a", &s));
	assert_int_equal(s.n, 3);
	assert_piece(&s, 0, 0, 5, "Éàüöß");
	assert_piece(&s, 1, 16, 23, "text\ttw"); /* a tab in the words is one of them */
	assert_piece(&s, 2, 40, 41, "a");
	desk_free(d);
}

/* Offsets that count UTF-16 units, as brat's browser makes them. */
static void test_spans_of_the_browser(void **state)
{
	struct desk *d = desk_new();
	struct brat_span s;
	(void)state;
	assert_ok(read_span(d, "T1\tX 3 6\t😀a", &s));
	assert_piece(&s, 0, 3, 6, "😀a");
	assert_ok(read_span(d, "T1\tX 3 5\t😀a", &s));
	assert_piece(&s, 0, 3, 5, "😀a");
	desk_free(d);
}

static void test_wrong_spans(void **state)
{
	static const char *const lines[][2] = {
		{"T1 Person 0 5\thello", "expected T1 TAB Type"},
		{"T1\tPerson 0 5", "expected T1 TAB Type"},
		{"T1\tPerson\thello", "expected T1 TAB Type"},
		{"T1\tPerson x 5\thello", "an offset"},
		{"T1\tPerson 0\thello", "a space between"},
		{"T1\tPerson 0-5\thello", "a space between"},
		{"T1\tPerson 05 7\thello", "an offset"},
		{"T1\tPerson 5 5\thello", "a start before its end"},
		{"T1\tPerson 0 5,6 7\thello", "a semicolon between"},
		{"T1\tPerson 0 5;4 7\thello abc", "do not overlap"},
		{"T1\tPerson 0 5;\thello", "a semicolon between"},
		{"T1\tPerson 0 4\thello", "longer than its offsets say"},
		{"T1\tPerson 0 6\thello", "shorter than its offsets say"},
		{"T1\tPerson 0 2;3 5\theXlo", "one space between"},
		{"T1\tPerson 0 99999999999999999999\thello", "an offset"},
	};
	struct desk *d = desk_new();
	struct brat_span s;
	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		assert_status(read_span(d, lines[i][0], &s), ANNOT_INVALID);
		assert_error_says(lines[i][1]);
	}
	desk_free(d);
}

static void test_pieces_end_where_python_ends_a_line(void **state)
{
	static const char text[] = "\r\nab\ncd\xe2\x80\xa8"
				   "ef\xc2\x85\x1e\x0bgh\n";
	static const char *const expected[] = {"ab", "cd", "ef", "gh"};
	struct brat_piece p;
	size_t at = 0, n = 0;
	(void)state;
	for (; brat_next_piece(text, sizeof text - 1, &at, &p); n++) {
		assert_true(n < COUNT(expected));
		assert_int_equal(p.end - p.start, 2);
		assert_memory_equal(text + p.start, expected[n], 2);
	}
	assert_int_equal(n, COUNT(expected));
}

/* What is kept of an import is the type again; what was signed as such and is none makes no line.
 */
static void test_types_of_others(void **state)
{
	static const char *const types[][2] = {
		{"Season", "\tSeason 0 3\tTwo"},
		{"\xc3\x89t\xc3\xa9-2", "\t\xc3\x89t\xc3\xa9-2 0 3\tTwo"},
		{"X 0 3\tTwo\n#1\tAnnotatorNotes T1\tforged", "\tSpan 0 3\tTwo"},
		{"X\xe2\x80\xa8T9\tQuote", "\tSpan 0 3\tTwo"},
		{"Quote", "\tSpan 0 3\tTwo"},
	};
	struct desk *d = desk_new();
	const struct annot_source *s = desk_document(d, "two", NULL, "Two words.");
	(void)state;
	for (size_t i = 0; i < COUNT(types); i++) {
		json_t *data = json_pack("{s:s}", "type", types[i][0]);
		char *text = json_dumps(data, JSON_COMPACT);
		struct annot_draft *draft = DRAFT(span, "tag", types[i][0], "imported-from",
						  "brat:two#T1", "imported-data", text);
		desk_words(draft, s, "Two");
		const char *out = desk_export_one(d, "brat", desk_built(d, draft));
		if (!strstr(out, types[i][1]) || strstr(out, "\n#1\t"))
			fail_msg("of type %s: %s", types[i][0], out);
		free(text);
		json_decref(data);
	}
	desk_free(d);
}

static void test_universal_newlines(void **state)
{
	static const char text[] = "a\r\nb\rc\n\r\nd";
	const struct annot_bytes bytes = annot_bytes_of(text);
	struct annot_buf lf = ANNOT_BUF_INIT(64);
	(void)state;
	brat_universal(bytes, &lf);
	assert_string_equal(lf.data, "a\nb\nc\n\nd");
	assert_false(brat_is_universal(bytes));
	assert_true(brat_is_universal(annot_buf_bytes(&lf)));
	assert_true(brat_is_universal_of(annot_buf_bytes(&lf), bytes));
	assert_true(brat_is_universal_of(annot_buf_bytes(&lf), annot_buf_bytes(&lf)));
	assert_false(brat_is_universal_of(annot_bytes(lf.data, lf.len - 1), bytes));
	assert_false(brat_is_universal_of(annot_buf_bytes(&lf), annot_bytes(text, bytes.len - 1)));
	assert_false(brat_is_universal_of(bytes, bytes));
	for (size_t i = 0; i < bytes.len; i++) {
		if (text[i] == '\n' || text[i] == '\r')
			continue;
		size_t to = brat_to_universal(bytes, i);
		assert_int_equal(lf.data[to], text[i]);
		assert_int_equal(brat_from_universal(bytes, to), i);
	}
	assert_int_equal(brat_from_universal(bytes, lf.len), bytes.len);
	annot_buf_free(&lf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_spans_of_the_browser),
		cmocka_unit_test(test_wrong_spans),
		cmocka_unit_test(test_pieces_end_where_python_ends_a_line),
		cmocka_unit_test(test_types_of_others),
		cmocka_unit_test(test_universal_newlines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
