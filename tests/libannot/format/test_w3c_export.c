/*
 * Records as Web Annotations: each kind with its motivation, bodies and targets, the three
 * selectors of plain text in code points, pages and collections, and that what is written is read
 * again as it was. (tests/support/w3c_check.py, from tests/cli/formats_w3c.sh, checks exports by
 * the model alone.)
 */
#include "desk.h"

#include "format/w3c_rules.h"

#define PAGE "https://news.example/lake"
#define TEXT                                                                                       \
	"\xF0\x9F\x8C\x8A \xE2\x80\x9CThe dam holds,\xE2\x80\x9D said the engineer.\r\nIt did.\n"

static int setup(void **state)
{
	struct desk *d = desk_new();
	desk_document(d, "lake", PAGE, TEXT);
	desk_document(d, "memo", NULL, "A memo without an address.");
	*state = d;
	return 0;
}

/* A record of cards, with those words of a text (NULL: none) as target. */
static const struct annot_record *make(struct desk *d, const char *words, struct annot_draft *draft)
{
	for (size_t i = 0; words && i < d->n_sources; i++)
		if (strstr((const char *)d->sources[i]->text.data, words))
			desk_words(draft, d->sources[i], words);
	return desk_built(d, draft);
}
#define MAKE(d, kind, words, ...) make(d, words, DRAFT(kind, __VA_ARGS__))

static json_t *exported(struct desk *d, const struct annot_record *record)
{
	json_t *json = json_loads(desk_export_one(d, "w3c", record), 0, NULL);
	assert_non_null(json);
	assert_ok(w3c_check_annotation(json, false, &test_error));
	return json;
}

static void assert_number(json_t *json, const char *path, json_int_t number)
{
	json_t *value = at_path(json, path);
	assert_true(json_is_integer(value));
	assert_int_equal(json_integer_value(value), number);
}

static void test_quote(void **state)
{
	struct desk *d = *state;
	const struct annot_record *r =
		MAKE(d, quote, "The dam holds", "speaker", "Mara Ilves", "speaker", "B. Torrek",
		     "form", "direct", "said", "2026-03-14", "tag", "dam");
	json_t *json = exported(d, r);
	assert_at(json, "motivation.0", "annot:quoting");
	assert_at(json, "motivation.1", "linking");
	assert_at(json, "body.0.value", "Mara Ilves");
	assert_at(json, "body.0.purpose", "identifying");
	assert_at(json, "body.1.value", "B. Torrek");
	assert_at(json, "body.2.purpose", "tagging");
	assert_at(json, "target.source", PAGE);
	assert_at(json, "target.annot:document", "lake@1");
	assert_at(json, "target.selector.0.exact", "The dam holds");
	/* Code points: the wave and the quotation mark are one each. */
	assert_number(json, "target.selector.1.start", 3);
	assert_number(json, "target.selector.1.end", 16);
	assert_at(json, "target.selector.2.value", "char=3,16;length=54,UTF-8");
	assert_at(json, "target.selector.2.conformsTo", "http://tools.ietf.org/rfc/rfc5147");
	assert_at(json, "annot:form", "direct");
	assert_at(json, "annot:said", "2026-03-14");
	assert_at(json, "creator.type", "Person");
	assert_at(json, "creator.name", "boris");
	assert_at(json, "created", r->time);
	assert_null(json_object_get(json, "modified"));
	assert_string_equal(d->losses.data, "");
	json_decref(json);
}

static void test_line_endings(void **state)
{
	struct desk *d = *state;
	json_t *json = exported(d, MAKE(d, span, "It did", "tag", "x"));
	/* CR LF before it: two code points, one character of a fragment. */
	assert_number(json, "target.selector.1.start", 39);
	assert_at(json, "target.selector.2.value", "char=38,44;length=54,UTF-8");
	json_decref(json);
	json = exported(d, MAKE(d, span, "engineer.\r", "tag", "x"));
	assert_lost(d, "target[0].selector: : an edge within CR LF");
	assert_int_equal(json_array_size(at_path(json, "target.selector")), 2);
	json_decref(json);
}

static void test_kinds(void **state)
{
	struct desk *d = *state;
	json_t *json = exported(d, MAKE(d, claim, "It did", "text", "The dam held.", "claimant",
					"Mara Ilves", "language", "en", "date", "2026"));
	assert_at(json, "motivation.0", "annot:claiming");
	assert_at(json, "motivation.1", "identifying");
	assert_at(json, "body.0.value", "The dam held.");
	assert_at(json, "body.0.language", "en");
	assert_at(json, "annot:date", "2026");
	json_decref(json);
	json = exported(d, MAKE(d, claim, NULL, "text", "Said nowhere."));
	assert_true(json_is_string(
		json_object_get(json, "target"))); /* the corpus: a target there must be */
	json_decref(json);
	json = exported(d, MAKE(d, span, "It did", "text", "Did it?"));
	assert_at(json, "motivation", "commenting");
	json_decref(json);
	json = exported(d, MAKE(d, span, "It did", "tag", "x"));
	assert_at(json, "motivation", "tagging");
	json_decref(json);
	struct annot_draft *bare = annot_draft_new(ANNOT_KIND_span);
	assert_ok(annot_draft_add_target(bare, &d->sources[0]->record->id, d->sources[0]->text, 0,
					 4, &test_error));
	json = exported(d, desk_build(d, bare));
	annot_draft_free(bare);
	assert_at(json, "motivation", "highlighting");
	assert_null(json_object_get(json, "body"));
	json_decref(json);
}

/* What is about other records has their IRIs. */
static void test_references(void **state)
{
	struct desk *d = *state;
	const struct annot_record *claim = MAKE(d, claim, "It did", "text", "The dam held.");
	const char *on = annot_hash_hex(&claim->id).text;
	char hex[ANNOT_HASH_HEX + 1], iri[96];
	snprintf(hex, sizeof hex, "%s", on);
	snprintf(iri, sizeof iri, "urn:sha256:%s", hex);
	json_t *json = exported(d, MAKE(d, verdict, NULL, "on", hex, "scale", "google5", "rating",
					"mostly-true", "rationale", "Seen.", "evidence", hex));
	assert_at(json, "motivation", "assessing");
	assert_at(json, "body.0.value", "mostly-true");
	assert_at(json, "body.0.purpose", "classifying");
	assert_at(json, "body.1.value", "Seen.");
	assert_at(json, "body.2.source.id", iri);
	assert_at(json, "target.id", iri);
	assert_at(json, "annot:scale", "google5");
	json_decref(json);
	json = exported(d,
			MAKE(d, review, NULL, "on", hex, "decision", "approve", "reason", "Read."));
	assert_at(json, "motivation", "moderating");
	assert_at(json, "body.0.value", "approve");
	json_decref(json);
	json = exported(d, MAKE(d, link, NULL, "from", hex, "relation", "supports", "to", hex));
	assert_at(json, "motivation", "linking");
	assert_at(json, "body.source.id", iri);
	assert_at(json, "annot:relation", "supports");
	json_decref(json);
	json = exported(d, MAKE(d, comment, NULL, "on", hex, "text", "Well."));
	assert_at(json, "motivation", "commenting");
	json_decref(json);
	json = exported(d, MAKE(d, comment, NULL, "on", hex, "reply-to", hex, "text", "Well."));
	assert_at(json, "motivation", "replying");
	assert_at(json, "body.purpose", "replying");
	assert_at(json, "target.id", iri);
	assert_at(json, "annot:on", iri);
	json_decref(json);
	assert_string_equal(d->losses.data, "");
}

/* An older version of a record, or a document, that another record is about. */
static void test_referred(void **state)
{
	struct desk *d = *state;
	const struct annot_record *first = MAKE(d, claim, "It did", "text", "The dam held.");
	struct annot_draft *draft = annot_draft_amend(first);
	assert_ok(annot_draft_add(draft, "tag", "x", &test_error));
	const struct annot_record *second = desk_build(d, draft);
	annot_draft_free(draft);
	char on[ANNOT_HASH_HEX + 1], iri[96], exact[96];
	snprintf(on, sizeof on, "%s", annot_hash_hex(&second->id).text);
	const struct annot_entry referred[] = {desk_entry(d, second),
					       desk_entry(d, d->sources[1]->record)};
	d->exporting.base = "https://desk.example/anno/";
	snprintf(iri, sizeof iri, "https://desk.example/anno/%s", annot_hash_hex(&first->id).text);
	snprintf(exact, sizeof exact, "https://desk.example/anno/%s", on);
	struct annot_export_item item = {
		.entry = desk_entry(d, MAKE(d, comment, NULL, "on", on, "text", "Well.")),
		.referred = referred,
		.n_referred = 2};
	json_t *json = json_loads(desk_export(d, "w3c", &item, 1), 0, NULL);
	assert_at(json, "target.id", iri); /* of the annotation, as its own export has it */
	assert_at(json, "target.annot:record", exact);
	assert_non_null(json_object_get(json, "canonical"));
	json_decref(json);
	snprintf(on, sizeof on, "%s", annot_hash_hex(&d->sources[1]->record->id).text);
	item.entry = desk_entry(d, MAKE(d, comment, NULL, "on", on, "text", "Well."));
	json = json_loads(desk_export(d, "w3c", &item, 1), 0, NULL);
	snprintf(iri, sizeof iri, "urn:sha256:%s",
		 annot_record_text(d->sources[1]->record, "sha256"));
	assert_at(json, "target.id", iri);
	assert_at(json, "target.annot:document", "memo@1");
	json_decref(json);
}

static void test_agents(void **state)
{
	struct desk *d = *state;
	struct annot_export_item item = {
		.entry = desk_entry(d, MAKE(d, span, "It did", "tag", "x"))};
	item.entry.bot = true;
	json_t *json = json_loads(desk_export(d, "w3c", &item, 1), 0, NULL);
	assert_at(json, "creator.type", "Software");
	json_decref(json);
}

static void test_what_is_not_there(void **state)
{
	struct desk *d = *state;
	const struct annot_record *r = MAKE(d, span, "It did", "tag", "x");
	d->sources[0]->text = annot_bytes(NULL, 0);
	json_t *json = exported(d, r);
	assert_int_equal(json_array_size(at_path(json, "target.selector")), 1);
	assert_lost(d, "target[0].selector: : the text is not there");
	json_decref(json);
	const struct annot_export_item withheld = {.entry = {.kind = ANNOT_KIND_span}};
	desk_export(d, "w3c", &withheld, 1);
	assert_lost(d, "! : : the record is withheld");
}

static void assert_same_cards(const struct annot_record *a, const struct annot_record *b)
{
	assert_int_equal(a->n_cards, b->n_cards);
	for (size_t i = 0; i < a->n_cards; i++) {
		assert_string_equal(a->cards[i].def->name, b->cards[i].def->name);
		assert_string_equal(a->cards[i].text, b->cards[i].text);
	}
}

/* Of all cards of all kinds that can be imported, each comes back. */
static void test_round_trip(void **state)
{
	struct desk *d = *state;
	const struct annot_record *records[] = {
		MAKE(d, quote, "The dam holds", "speaker", "Mara Ilves", "speaker", "B. Torrek",
		     "role", "engineer", "said", "2026-03-14", "form", "mixed", "language", "en",
		     "checked", "words 1: exact", "tag", "dam", "tag", "lake"),
		MAKE(d, claim, "It did", "text", "The dam held.\nReally.", "claimant", "Mara Ilves",
		     "date", "2026", "language", "en", "tag", "dam"),
		MAKE(d, claim, NULL, "text", "Said nowhere."),
		MAKE(d, span, "engineer", "text", "Which one?", "tag", "x"),
	};
	d->importing.corpus = annot_sha256("another", 7);
	for (size_t i = 0; i < COUNT(records); i++) {
		AUTO_FREE char *text = strdup(desk_export_one(d, "w3c", records[i]));
		const struct annot_record *back = desk_import_one(d, "w3c", text);
		assert_int_equal(back->kind->kind, records[i]->kind->kind);
		size_t n = records[i]->n_cards;
		for (size_t k = 0; k < n; k++) {
			assert_string_equal(back->cards[k].def->name,
					    records[i]->cards[k].def->name);
			assert_string_equal(back->cards[k].text, records[i]->cards[k].text);
		}
		assert_string_equal(annot_record_text(back, "imported-author"), "boris");
		assert_string_equal(d->losses.data, "");
	}
}

static void test_references_round_trip(void **state)
{
	struct desk *d = *state;
	const struct annot_record *claim = MAKE(d, claim, "It did", "text", "The dam held.");
	char hex[ANNOT_HASH_HEX + 1], want[512];
	snprintf(hex, sizeof hex, "%s", annot_hash_hex(&claim->id).text);
	const struct annot_record *verdict =
		MAKE(d, verdict, NULL, "on", hex, "scale", "google5", "rating", "mostly-true",
		     "rationale", "Seen.", "evidence", hex);
	AUTO_FREE char *text = strdup(desk_export_one(d, "w3c", verdict));
	/* Here it is already: a version after it that says the same. */
	assert_same_cards(desk_import_one(d, "w3c", text), verdict);
	assert_true(annot_hash_equal(d->amends[0], &verdict->id));
	assert_string_equal(d->losses.data, "");
	desk_forget(d);
	/* In another corpus others are known by what they were imported from. */
	d->importing.corpus = annot_sha256("another", 7);
	const struct annot_record *back = desk_import_one(d, "w3c", text);
	snprintf(want, sizeof want, "on=urn:sha256:%s\nevidence=urn:sha256:%s\n", hex, hex);
	assert_string_equal(d->refs[0].data, want);
	assert_string_equal(annot_record_text(back, "rating"), "mostly-true");
	assert_string_equal(annot_record_text(back, "rationale"), "Seen.");
	/* What others say of records of ours, by their hash or below the address that they stand
	 * at. */
	d->importing.base = "https://desk.example/anno/";
	static const char *const bases[] = {"urn:sha256:", "https://desk.example/anno/"};
	for (size_t i = 0; i < COUNT(bases); i++) {
		char reply[512];
		desk_forget(d);
		snprintf(reply, sizeof reply,
			 "{\"@context\":\"http://www.w3.org/ns/"
			 "anno.jsonld\",\"id\":\"urn:x:1\",\"type\":"
			 "\"Annotation\",\"bodyValue\":\"No.\",\"target\":\"%s%s\"}",
			 bases[i], hex);
		desk_import_one(d, "w3c", reply);
		snprintf(want, sizeof want, "on=record %s\n", hex);
		assert_string_equal(d->refs[0].data, want);
	}
	/* A link has no card for where it came from. */
	AUTO_FREE char *link = strdup(desk_export_one(
		d, "w3c", MAKE(d, link, NULL, "from", hex, "relation", "supports", "to", hex)));
	back = desk_import_one(d, "w3c", link);
	assert_string_equal(annot_record_text(back, "relation"), "supports");
	assert_lost(d, "creator: ");
}

/* created is the first version's time and modified this one's, whoever made which. */
/* What is said to have stood around what a comment is about does not replace that. */
static void test_around_a_reference(void **state)
{
	struct desk *d = *state;
	const struct annot_record *on = MAKE(d, span, "The dam holds", "text", "So.");
	const char *data = "{\"w3c\":{\"target\":[{\"id\":\"https://evil.example/\","
			   "\"annot:record\":\"urn:sha256:0\",\"accessibility\":\"none\"}]}}";
	struct annot_draft *draft =
		DRAFT(comment, "text", "No.", "imported-from", "urn:x:1", "imported-data", data);
	assert_ok(annot_draft_add_hash(draft, "on", &on->id, &test_error));
	const struct annot_record *r = desk_built(d, draft);
	struct annot_entry referred = desk_entry(d, on);
	const struct annot_export_item item = {
		.entry = desk_entry(d, r), .referred = &referred, .n_referred = 1};
	json_t *json = json_loads(desk_export(d, "w3c", &item, 1), 0, NULL);
	char iri[96];
	snprintf(iri, sizeof iri, "urn:sha256:%s", annot_hash_hex(&on->id).text);
	assert_at(json, "target.id", iri);
	assert_at(json, "target.accessibility", "none");
	json_decref(json);
}

static void test_times_of_versions(void **state)
{
	struct desk *d = *state;
	const struct annot_record *first = MAKE(d, span, "It did", "tag", "x");
	struct annot_draft *draft = annot_draft_amend(first);
	assert_ok(annot_draft_add(draft, "tag", "y", &test_error));
	d->author = "another";
	d->later = 60;
	const struct annot_record *second = desk_build(d, draft);
	annot_draft_free(draft);
	struct annot_entry by = desk_entry(d, first);
	struct annot_export_item item = {.entry = desk_entry(d, second), .first = &by};
	by.author_name = "ada";
	json_t *json = json_loads(desk_export(d, "w3c", &item, 1), 0, NULL);
	assert_at(json, "created", first->time);
	assert_at(json, "modified", second->time);
	assert_string_not_equal(first->time, second->time);
	assert_at(json, "creator.0.name", "ada");
	assert_at(json, "creator.1.name", "boris");
	json_decref(json);
	/* Nothing is made up. */
	item.first = NULL;
	json = json_loads(desk_export(d, "w3c", &item, 1), 0, NULL);
	assert_null(json_object_get(json, "created"));
	assert_lost(d, "created: : the first version is withheld");
	json_decref(json);
}

static void test_pages(void **state)
{
	enum { N = 2500 };
	struct desk *d = *state;
	const struct annot_record *r = MAKE(d, span, "It did", "tag", "x");
	struct annot_export_item *items = calloc(N, sizeof *items);
	for (size_t i = 0; i < N; i++)
		items[i].entry = desk_entry(d, r);
	d->out.max = 64 << 20;
	const char *at = desk_export(d, "w3c", items, N);
	char next[96] = "", id[96] = "";
	size_t seen = 0, lines = 0;
	json_t *line;
	for (; *at; at = strchr(at, '\n') + 1, lines++) {
		line = json_loads(at, JSON_DISABLE_EOF_CHECK, NULL);
		assert_non_null(line);
		if (json_object_get(line, "items")) {
			assert_ok(w3c_check_page(line, false, &test_error));
			assert_number(line, "startIndex", (json_int_t)seen);
			seen += json_array_size(json_object_get(line, "items"));
			if (*next)
				assert_at(line, "id", next);
			snprintf(id, sizeof id, "%s", json_string_value(at_path(line, "id")));
			const char *link = json_string_value(at_path(line, "next"));
			snprintf(next, sizeof next, "%s", link ? link : "");
		} else {
			assert_ok(w3c_check_collection(line, false, &test_error));
			assert_number(line, "total", N);
			assert_at(line, "last", id);
			assert_string_equal(next, "");
		}
		json_decref(line);
	}
	assert_int_equal(seen, N);
	assert_true(lines > 3);
	free(items);
}

static void test_few(void **state)
{
	struct desk *d = *state;
	const struct annot_export_item items[2] = {
		{.entry = desk_entry(d, MAKE(d, span, "It did", "tag", "x"))},
		{.entry = desk_entry(d, MAKE(d, span, "holds", "tag", "y"))}};
	json_t *json = json_loads(desk_export(d, "w3c", items, 2), 0, NULL); /* one text */
	assert_ok(w3c_check_collection(json, false, &test_error));
	assert_ok(w3c_check_annotation(at_path(json, "first.items.1"), true, &test_error));
	assert_number(json, "total", 2);
	assert_string_equal(json_string_value(at_path(json, "last")),
			    json_string_value(at_path(json, "first.id")));
	json_decref(json);
	json = json_loads(desk_export(d, "w3c", items, 0), 0, NULL);
	assert_ok(w3c_check_collection(json, false, &test_error));
	assert_number(json, "total", 0);
	json_decref(json);
	d->exporting.one_a_line = true;
	const char *text = desk_export(d, "w3c", items, 2);
	json = json_loads(strchr(text, '\n') + 1, 0, NULL);
	assert_ok(w3c_check_annotation(json, false, &test_error));
	json_decref(json);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, desk_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_quote),
		TEST(test_line_endings),
		TEST(test_kinds),
		TEST(test_references),
		TEST(test_referred),
		TEST(test_agents),
		TEST(test_what_is_not_there),
		TEST(test_round_trip),
		TEST(test_references_round_trip),
		TEST(test_around_a_reference),
		TEST(test_times_of_versions),
		TEST(test_pages),
		TEST(test_few),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
