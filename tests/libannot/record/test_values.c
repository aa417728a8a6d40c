/* Each type of card: values that it takes, and values that it does not. */
#include "assert.h"
#include "examples.h"

static struct annot_draft *draft_of(enum annot_kind kind, struct annot_arena *arena)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	const struct annot_record *r;
	example(kind, false, &text);
	assert_ok(annot_record_parse(arena, annot_buf_bytes(&text), &r, &test_error));
	struct annot_draft *d = example_draft(r);
	assert_non_null(d);
	return d;
}

/* The example of a kind with all cards of that name replaced by one. */
static enum annot_status with(enum annot_kind kind, const char *card, const char *value)
{
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 22);
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
	struct annot_hash corpus = {.b = {1}};
	struct annot_draft_header header = {.corpus = kind == ANNOT_KIND_corpus ? NULL : &corpus};
	struct annot_draft *d = draft_of(kind, arena);
	const struct annot_record *r;
	annot_draft_unset(d, card);
	enum annot_status status = annot_draft_add(d, card, value, &test_error);
	if (status == ANNOT_OK)
		status = annot_draft_build(d, &header, arena, &text, &r, &test_error);
	if (status == ANNOT_OK)
		assert_string_equal(annot_record_text(r, card), value);
	annot_draft_free(d);
	return status;
}

static void check(enum annot_kind kind, const char *card, const char *const *good,
		  const char *const *bad)
{
	for (; *good; good++)
		assert_ok(with(kind, card, *good));
	for (; *bad; bad++) {
		enum annot_status status = with(kind, card, *bad);
		if (status != ANNOT_INVALID)
			fail_msg("%s \"%s\" gave %s", card, *bad, annot_status_name(status));
		if (!strstr(test_error.text, card))
			fail_msg("\"%s\" does not name %s", test_error.text, card);
	}
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static void names(void **state)
{
	(void)state;
	check(ANNOT_KIND_key_add, "name",
	      LIST("a", "0", "ann", "deadbee", "deadbeef.", "deadbeef-x", "a_b.c-d", "1234567",
		   "abcdefgh", TIMES_8("ghijklm") "ghijklm"),
	      LIST("", "A", "-a", ".a", "_a", "a b", "a@2", "\xc3\xa9", "deadbeef", "12345678",
		   HEX("a"), TIMES_8("ghijklm") "ghijklmn", "a/b", "a\nb"));
	assert_false(annot_name_valid("", 0));
	assert_false(annot_name_valid("a\0b", 3));
	assert_true(annot_name_valid("ab ", 2));
}

static void words(void **state)
{
	(void)state;
	check(ANNOT_KIND_quote, "form", LIST("direct", "indirect", "mixed"),
	      LIST("", "Direct", "direct|indirect", "dir", "direct "));
	check(ANNOT_KIND_review, "decision", LIST("approve", "reject", "request-changes"),
	      LIST("approved"));
	check(ANNOT_KIND_link, "relation", LIST("supports", "corrects"), LIST("likes"));
}

static void hashes_and_numbers(void **state)
{
	(void)state;
	check(ANNOT_KIND_retract, "on", LIST(HEX("0"), HEX("f")),
	      LIST("", "-", "aa", HEX("A"), HEX("a") "a", HEX("g"), " " HEX("a"), HEX("a") " "));
	check(ANNOT_KIND_document, "length", LIST("0", "1", "9223372036854775807"),
	      LIST("", "-1", "+1", "01", "00", "1.0", "1 ", "9223372036854775808",
		   "99999999999999999999", "0x1", "1e3"));
}

static void languages(void **state)
{
	(void)state;
	check(ANNOT_KIND_document, "language",
	      LIST("en", "pt-BR", "zh-Hant-TW", "de-1996", "abcdefgh"),
	      LIST("", "e", "abcdefghi", "en-", "-en", "en--US", "en_US", "e1", "en-abcdefghi",
		   "en US", "en-US-x-abcdefgh-abcdefgh-abcdefgh-a"));
}

static void dates(void **state)
{
	(void)state;
	check(ANNOT_KIND_quote, "said",
	      LIST("2026", "0001", "1848-02", "2024-02-29", "2000-02-29", "2026-11-22T00:00:00Z",
		   "1800-01-01T23:59:59Z"),
	      LIST("", "26", "0000", "2026-", "2026-13", "2026-00", "2026-1", "2026-11-00",
		   "2026-11-31", "1900-02-29", "2026-02-29", "2026-11-22T00:00:00",
		   "2026-11-22T00:00:00+00:00", "2026-11-22 00:00:00Z", "2026-11-22T24:00:00Z",
		   "2026-11-22T00:60:00Z", "20261122", "2026-11-22Z", "yesterday"));
}

static void times_are_read_and_written(void **state)
{
	static const struct {
		const char *text;
		int64_t s;
	} times[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"1972-02-29T12:00:00Z", 68212800},
		{"2000-02-29T00:00:00Z", 951782400},
		{"2000-03-01T00:00:00Z", 951868800},
		{"2026-11-22T00:00:00Z", 1795305600},
		{"2100-02-28T23:59:59Z", 4107542399},
		{"9999-12-31T23:59:59Z", 253402300799},
	};
	char text[ANNOT_TIME_LEN + 1];
	int64_t s;
	(void)state;
	for (size_t i = 0; i < COUNT(times); i++) {
		assert_true(annot_time_parse(times[i].text, ANNOT_TIME_LEN, &s));
		assert_int_equal(s, times[i].s);
		assert_true(annot_time_format(s, text));
		assert_string_equal(text, times[i].text);
	}
	assert_false(annot_time_format(-1, text));
	assert_false(annot_time_format(253402300800, text));
	for (s = 0; s < 253402300799; s += 86400 * 37 + 3661) {
		int64_t back;
		assert_true(annot_time_format(s, text));
		assert_true(annot_time_parse(text, ANNOT_TIME_LEN, &back));
		assert_int_equal(back, s);
	}
}

static void keys_and_signatures(void **state)
{
	(void)state;
	check(ANNOT_KIND_key_add, "key", LIST(KEY_LINE),
	      LIST("", "ssh-ed25519", KEY_LINE " ann", KEY_LINE " ", KEY_LINE "\n", " " KEY_LINE,
		   "ssh-ed25519  AAAAC3NzaC1lZDI1NTE5AAAAIAOhB7/"
		   "zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
		   "ssh-ed25519 AAAA", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ==",
		   /* the point of order 1 */
		   "ssh-ed25519 "
		   "AAAAC3NzaC1lZDI1NTE5AAAAIAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
	check(ANNOT_KIND_key_add, "proof", LIST(SIGNATURE),
	      LIST("", "AAAA", "A" SIGNATURE, SIGNATURE " ", SIGNATURE "\n"));
	check(ANNOT_KIND_corpus, "admin", LIST("a " KEY_LINE, "ann.b " KEY_LINE),
	      LIST("", "a", KEY_LINE, "A " KEY_LINE, "a  " KEY_LINE, "a " KEY_LINE " x",
		   "deadbeef " KEY_LINE));
}

/* Vectors of c2sp.org/signed-note and of Go's sumdb/note. */
static void verifier_keys(void **state)
{
	static const char c2sp[] =
		"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
	static const char go[] =
		"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
	(void)state;
	check(ANNOT_KIND_corpus, "log", LIST(LOG_KEY),
	      LIST("", "a", "+84dc2042+ASmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X", LOG_KEY "=",
		   LOG_KEY " ",
		   LOG_NAME "+84dc2043+ASmsuuFBvMrwsi4alNNNC8c2HlJtC/"
			    "4SyJeUvJMilm3X",
		   LOG_NAME "+84DC2042+ASmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X",
		   "a b+84dc2042+ASmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X",
		   "witness.example.org+b8a2cf20+"
		   "BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN"));
	/* good keys, but of another name than the origin */
	assert_status(with(ANNOT_KIND_corpus, "log", c2sp), ANNOT_INVALID);
	assert_error_says("\"origin\"");
	assert_status(with(ANNOT_KIND_corpus, "log", go), ANNOT_INVALID);
	assert_error_says("\"origin\"");
}

static void approvals(void **state)
{
	(void)state;
	check(ANNOT_KIND_policy, "approvals",
	      LIST("default 0", "default 16", "quote 1", "key-add 2", "withhold 3"),
	      LIST("", "default", "default ", "default 17", "default 01", "default -1", "all 1",
		   "default  1", "default 1 ", "1", "quote 1 2"));
}

static size_t ordered(const char *text)
{
	struct annot_scale scale;
	assert_ok(annot_scale_parse(text, strlen(text), &scale, &test_error));
	return annot_scale_ordered(&scale);
}

/* In an order: from one pole to the other, whichever comes first; '?' stands outside of it. */
static void scale_orders(void **state)
{
	(void)state;
	assert_int_equal(ordered("a f:- h:0 t:+"), 3);
	assert_int_equal(ordered("a t:+ mt:+ h:0 f:- pf:-"), 5);
	assert_int_equal(ordered("a f:- x:? t:+ y:?"), 2);
	assert_int_equal(ordered("a f:- g:-"), 2);
	assert_int_equal(ordered("a f:- t:+ h:0"), 0);
	assert_int_equal(ordered("a h:0 f:- t:+"), 0);
	assert_int_equal(ordered("a f:- x:? y:?"), 0);
	assert_int_equal(ordered("a x:? y:?"), 0);
}

static void scales(void **state)
{
	struct annot_scale scale;
	static const char text[] = "google5 false:- mixture:0 true:+ none:?";
	(void)state;
	assert_ok(annot_scale_parse(text, strlen(text), &scale, &test_error));
	assert_string_equal(scale.name, "google5");
	assert_int_equal(scale.n, 4);
	assert_string_equal(scale.ratings[0].name, "false");
	assert_int_equal(scale.ratings[0].pole, '-');
	assert_string_equal(scale.ratings[3].name, "none");
	assert_int_equal(scale.ratings[3].pole, '?');
	check(ANNOT_KIND_policy, "scale", LIST("a b:-", "a " TIMES_8("wxyz") ":+"),
	      LIST("", "a", "a ", " a b:-", "a  b:-", "a b:- ", "a b", "a b:", "a :-", "a b:x",
		   "a b:--", "a b:- b:+", "A b:-", "a B:-", "a deadbeef:-",
		   "a " TIMES_8("wxyz") "w:+", "a b:-\nc:+"));
}

static void a_scale_has_32_ratings(void **state)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(1024);
	(void)state;
	annot_buf_puts(&text, "a");
	for (int i = 0; i < ANNOT_SCALE_RATINGS_MAX; i++)
		annot_buf_printf(&text, " r%d:0", i);
	assert_ok(with(ANNOT_KIND_policy, "scale", text.data));
	annot_buf_puts(&text, " s:0");
	assert_status(with(ANNOT_KIND_policy, "scale", text.data), ANNOT_INVALID);
	assert_error_says("at most 32");
}

static void targets(void **state)
{
	static const char *const bad[] = {"",
					  HEX("a"),
					  HEX("a") " ",
					  HEX("a") " 1",
					  HEX("a") " 1 ",
					  HEX("a") "  1 2",
					  HEX("a") " 1 2 ",
					  HEX("a") " 2 1",
					  HEX("a") " 1 1",
					  HEX("a") " 01 2",
					  HEX("a") " -1 2",
					  HEX("a") "a 1 2",
					  "1 2",
					  HEX("a") " 1 2 3"};
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		AUTO_BUF struct annot_buf body = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
		AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
		AUTO_ARENA struct annot_arena *arena = annot_arena_new(1 << 20);
		const struct annot_record *r;
		annot_buf_printf(&body, "target %s\nexact w\nprefix \nsuffix \n", bad[i]);
		example_with(ANNOT_KIND_span, false, body.data, &text);
		assert_status(annot_record_parse(arena, annot_buf_bytes(&text), &r, &test_error),
			      ANNOT_INVALID);
		assert_error_says("\"target\"");
	}
}

/* Every TEXT card takes as many bytes as its table says and not one more. */
static void texts_have_their_length(void **state)
{
	(void)state;
	for (int kind = 0; kind < ANNOT_KIND_COUNT; kind++) {
		const struct annot_kind_def *def = annot_kind_def((enum annot_kind)kind);
		for (size_t i = 0; i < def->n_cards; i++) {
			const struct annot_card_def *c = &def->cards[i];
			AUTO_BUF struct annot_buf value = ANNOT_BUF_INIT(ANNOT_RECORD_MAX);
			if (c->type != ANNOT_CARD_TEXT || c->in_group || !strcmp(c->name, "origin"))
				continue;
			for (unsigned n = 0; n < c->longest; n++)
				annot_buf_putc(&value, 'a');
			assert_ok(with((enum annot_kind)kind, c->name, value.data));
			annot_buf_putc(&value, 'a');
			assert_status(with((enum annot_kind)kind, c->name, value.data),
				      ANNOT_INVALID);
			assert_error_says(c->name);
		}
	}
}

static void texts_are_escaped(void **state)
{
	(void)state;
	check(ANNOT_KIND_comment, "text",
	      LIST(" ", " a ", "\u0301", "a\u0301", "a\nb\r\tc\\", "\u202e\u200d\ufeff", "\x01\x7f",
		   "\U0001f469\u200d\U0001f4bb", "e\u0301 \u00e9"),
	      LIST("", "\xff", "a\xc3", "\xed\xa0\x80"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(words),
		cmocka_unit_test(hashes_and_numbers),
		cmocka_unit_test(languages),
		cmocka_unit_test(dates),
		cmocka_unit_test(times_are_read_and_written),
		cmocka_unit_test(keys_and_signatures),
		cmocka_unit_test(verifier_keys),
		cmocka_unit_test(approvals),
		cmocka_unit_test(scales),
		cmocka_unit_test(scale_orders),
		cmocka_unit_test(a_scale_has_32_ratings),
		cmocka_unit_test(targets),
		cmocka_unit_test(texts_have_their_length),
		cmocka_unit_test(texts_are_escaped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
