/* Lines of the lossless form: written and read again, and lines that are none. */
#include "desk.h"

#include "format/ndjson.h"

/* Writes a line, reads it again. */
static void round_trip(struct desk *d, const struct annot_ndjson *line,
		       const struct annot_record *record, struct annot_source *const *sources,
		       struct annot_ndjson *ret)
{
	annot_buf_truncate(&d->out, 0);
	assert_ok(annot_ndjson_write(line, record, sources, &d->out, &test_error));
	assert_int_equal(strcspn(d->out.data, "\n"), d->out.len - 1);
	json_t *json = json_loads(d->out.data, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(json);
	assert_ok(annot_ndjson_read(d->arena, json, ret, &test_error));
	json_decref(json);
	assert_int_equal(ret->kind, line->kind);
}

static void test_head_and_end(void **state)
{
	struct desk *d = desk_new();
	struct annot_ndjson line = {.kind = ANNOT_NDJSON_HEAD,
				    .corpus = annot_sha256("c", 1),
				    .root = annot_sha256("r", 1),
				    .origin = "a.example/log",
				    .size = 12345678901,
				    .checkpoint = annot_bytes_of("a\nb\n— c\n"),
				    .partial = true},
			    got;
	(void)state;
	round_trip(d, &line, NULL, NULL, &got);
	assert_true(annot_hash_equal(&got.corpus, &line.corpus));
	assert_true(annot_hash_equal(&got.root, &line.root));
	assert_string_equal(got.origin, line.origin);
	assert_int_equal(got.size, line.size);
	assert_memory_equal(got.checkpoint.data, line.checkpoint.data, line.checkpoint.len);
	assert_true(got.partial);
	line.kind = ANNOT_NDJSON_END;
	round_trip(d, &line, NULL, NULL, &got);
	assert_int_equal(got.size, line.size);
	desk_free(d);
}

/* A span of the text, as a record. */
static const struct annot_record *span(struct desk *d, struct annot_source *source, size_t start,
				       size_t end)
{
	struct annot_draft *draft = annot_draft_new(ANNOT_KIND_span);
	assert_ok(annot_draft_add_target(draft, &source->record->id, source->text, start, end,
					 &test_error));
	assert_ok(annot_draft_add(draft, "text", "“x”\n\x7f\\", &test_error));
	const struct annot_record *r = desk_build(d, draft);
	annot_draft_free(draft);
	return r;
}

static void test_records(void **state)
{
	struct desk *d = desk_new();
	struct annot_source *source = desk_document(d, "lake", NULL, "Zoë 😀 said it.");
	const struct annot_record *r = span(d, source, 10, 14);
	char leaf[ANNOT_LEAF_MAX + 1];
	struct annot_buf text = ANNOT_BUF_IN(leaf);
	struct annot_ndjson line = {.kind = ANNOT_NDJSON_RECORD,
				    .index = 7,
				    .id = r->id,
				    .record = r->bytes,
				    .key = "ssh-ed25519 AAAA",
				    .note = annot_bytes_of("note\n")},
			    got;
	struct annot_leaf l;
	(void)state;
	memset(line.signature, 0xa5, sizeof line.signature);
	annot_leaf_of(r, line.signature, &l);
	annot_leaf_write(&l, &text);
	line.leaf = leaf;
	round_trip(d, &line, r, (struct annot_source *const[]){source}, &got);
	assert_int_equal(got.index, 7);
	assert_true(annot_hash_equal(&got.id, &r->id));
	assert_string_equal(got.leaf, leaf);
	assert_int_equal(got.record.len, r->bytes.len);
	assert_memory_equal(got.record.data, r->bytes.data, r->bytes.len);
	assert_memory_equal(got.signature, line.signature, sizeof line.signature);
	assert_string_equal(got.key, line.key);
	assert_int_equal(got.note.len, 5);
	/* For readers: every unit, and which text it was. */
	json_t *json = json_loads(d->out.data, 0, NULL);
	json_t *target = at_path(json, "json.targets.0");
	assert_at(target, "exact", "said");
	assert_at(target, "name", "lake");
	assert_at(target, "doc_sha256", annot_record_text(source->record, "sha256"));
	static const char *const units[] = {"bytes", "chars", "utf16"};
	static const int starts[] = {10, 6, 7};
	for (size_t i = 0; i < COUNT(units); i++) {
		const json_t *range = json_object_get(target, units[i]);
		assert_int_equal(json_integer_value(json_array_get(range, 0)), starts[i]);
		assert_int_equal(json_integer_value(json_array_get(range, 1)), starts[i] + 4);
	}
	json_decref(json);
	/* Withheld: the leaf alone. */
	line.record = (struct annot_bytes){0};
	line.note = (struct annot_bytes){0};
	line.key = NULL;
	round_trip(d, &line, NULL, NULL, &got);
	assert_null(got.record.data);
	assert_null(got.note.data);
	assert_null(got.key);
	desk_free(d);
}

static void test_texts_come_in_pieces_of_whole_characters(void **state)
{
	struct desk *d = desk_new();
	struct annot_buf euros = ANNOT_BUF_INIT(1 << 20), all = ANNOT_BUF_INIT(1 << 20);
	(void)state;
	while (euros.len < 3 * ANNOT_NDJSON_PIECE / 2)
		annot_buf_puts(&euros, "€");
	const char *text = euros.data;
	size_t len = euros.len;
	for (size_t at = 0; at < len;) {
		const struct annot_bytes rest = annot_bytes(text + at, len - at);
		struct annot_ndjson line = {.kind = ANNOT_NDJSON_TEXT,
					    .document = annot_sha256("d", 1),
					    .offset = at,
					    .length = len,
					    .piece = {rest.data, annot_ndjson_piece(rest)}},
				    got;
		round_trip(d, &line, NULL, NULL, &got);
		assert_int_equal(got.offset, at);
		assert_int_equal(got.length, len);
		annot_buf_add(&all, got.piece.data, got.piece.len);
		at += line.piece.len;
	}
	assert_int_equal(all.len, len);
	assert_memory_equal(all.data, text, len);
	/* A piece with U+0000 is base64, for JSON readers differ on it. */
	struct annot_ndjson nul = {.kind = ANNOT_NDJSON_TEXT,
				   .length = 3,
				   .piece = annot_bytes("a\0b", 3)},
			    got;
	round_trip(d, &nul, NULL, NULL, &got);
	assert_non_null(strstr(d->out.data, "\"base64\":\"YQBi\""));
	assert_int_equal(got.piece.len, 3);
	assert_memory_equal(got.piece.data, "a\0b", 3);
	annot_buf_free(&all);
	annot_buf_free(&euros);
	desk_free(d);
}

static void test_what_is_kept_beside_the_log(void **state)
{
	struct desk *d = desk_new();
	struct annot_ndjson original = {.kind = ANNOT_NDJSON_ORIGINAL,
					.document = annot_sha256("d", 1),
					.offset = ANNOT_NDJSON_PIECE,
					.length = ANNOT_NDJSON_PIECE + 3,
					.piece = annot_bytes("\xff\0<", 3)},
			    cosigned = {.kind = ANNOT_NDJSON_COSIGNED,
					.size = 77,
					.checkpoint = annot_bytes_of("a\n77\n\n— w x\n")},
			    withheld = {.kind = ANNOT_NDJSON_WITHHELD,
					.sha256 = annot_sha256("gone", 4),
					.index = 9},
			    got;
	(void)state;
	round_trip(d, &original, NULL, NULL, &got);
	assert_non_null(strstr(d->out.data, "\"base64\":\"/wA8\""));
	assert_true(annot_hash_equal(&got.document, &original.document));
	assert_int_equal(got.offset, original.offset);
	assert_int_equal(got.length, original.length);
	assert_int_equal(got.piece.len, 3);
	assert_memory_equal(got.piece.data, "\xff\0<", 3);
	round_trip(d, &cosigned, NULL, NULL, &got);
	assert_int_equal(got.size, 77);
	assert_int_equal(got.checkpoint.len, cosigned.checkpoint.len);
	assert_memory_equal(got.checkpoint.data, cosigned.checkpoint.data, got.checkpoint.len);
	round_trip(d, &withheld, NULL, NULL, &got);
	assert_true(annot_hash_equal(&got.sha256, &withheld.sha256));
	assert_int_equal(got.index, 9);
	/* The largest piece fits a line. */
	AUTO_FREE char *large = calloc(1, ANNOT_NDJSON_PIECE);
	assert_non_null(large);
	original.piece = annot_bytes(large, ANNOT_NDJSON_PIECE);
	round_trip(d, &original, NULL, NULL, &got);
	assert_int_equal(got.piece.len, ANNOT_NDJSON_PIECE);
	desk_free(d);
}

#define H  "\"0000000000000000000000000000000000000000000000000000000000000000\""
#define H1 "\"000000000000000000000000000000000000000000000000000000000000000\""

static void test_the_first_version_is_read(void **state)
{
	struct desk *d = desk_new();
	struct annot_ndjson got;
	json_t *json = json_loads("{\"annot\":\"ndjson/1\",\"corpus\":" H ",\"root\":" H
				  ",\"origin\":\"a\",\"size\":3,\"checkpoint\":\"n\"}",
				  0, NULL);
	(void)state;
	assert_non_null(json);
	assert_ok(annot_ndjson_read(d->arena, json, &got, &test_error));
	assert_int_equal(got.kind, ANNOT_NDJSON_HEAD);
	assert_int_equal(got.size, 3);
	json_decref(json);
	desk_free(d);
}

static void test_lines_that_are_none(void **state)
{
	static const char *const lines[][2] = {
		{"{}", "expected one of the members"},
		{"{\"annot\":\"ndjson/3\"}", "cannot check other versions"},
		{"{\"annot\":\"ndjson/1\",\"corpus\":" H1 "}", "\"corpus\": expected 64"},
		{"{\"annot\":\"ndjson/1\",\"corpus\":" H ",\"root\":" H "}",
		 "\"origin\": expected"},
		{"{\"index\":-1}", "\"index\": expected a number"},
		{"{\"index\":\"1\"}", "\"index\": expected a number"},
		{"{\"index\":1,\"id\":" H ",\"leaf\":7}", "\"leaf\": expected a string"},
		{"{\"index\":1,\"id\":" H ",\"leaf\":\"l\",\"record\":[]}", "\"record\": expected"},
		{"{\"index\":1,\"id\":" H ",\"leaf\":\"l\",\"signature\":\"AAAA\"}",
		 "\"signature\": expected base64 of 64 bytes"},
		{"{\"text_of\":" H ",\"offset\":0}", "\"length\": expected a number"},
		{"{\"text_of\":" H ",\"offset\":0,\"length\":1}", "\"text\": expected a string"},
		{"{\"text_of\":" H ",\"offset\":0,\"length\":1,\"base64\":\"A\"}",
		 "\"base64\": expected canonical base64"},
		{"{\"original_of\":" H ",\"offset\":0,\"length\":1}",
		 "\"base64\": expected canonical base64"},
		{"{\"original_of\":" H ",\"offset\":0,\"length\":1,\"text\":\"a\"}",
		 "\"base64\": expected canonical base64"},
		{"{\"cosigned\":\"1\"}", "\"cosigned\": expected a number"},
		{"{\"cosigned\":1}", "\"note\": expected a string"},
		{"{\"withheld\":" H1 ",\"document_index\":1}", "\"withheld\": expected 64"},
		{"{\"withheld\":" H "}", "\"document_index\": expected a number"},
		{"{\"end\":true,\"records\":1}", "\"root\": expected 64"},
	};
	struct desk *d = desk_new();
	struct annot_ndjson got;
	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		json_t *json = json_loads(lines[i][0], 0, NULL);
		assert_non_null(json);
		assert_status(annot_ndjson_read(d->arena, json, &got, &test_error), ANNOT_INVALID);
		assert_error_says(lines[i][1]);
		json_decref(json);
	}
	desk_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_head_and_end),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_texts_come_in_pieces_of_whole_characters),
		cmocka_unit_test(test_what_is_kept_beside_the_log),
		cmocka_unit_test(test_the_first_version_is_read),
		cmocka_unit_test(test_lines_that_are_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
