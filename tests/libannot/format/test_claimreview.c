/* Verdicts as ClaimReview: what Google's guide requires, whose author is whose, ratings with and
 * without an order, and back. */
#include "desk.h"

#include "format/claimreview.h"

#define PAGE "https://news.example/lake"
#define TEXT "The dam holds, said the engineer.\nIt did.\n"

static const struct annot_scale scales[] = {
	{"google5",
	 5,
	 {{"false", '-'},
	  {"mostly-false", '-'},
	  {"half-true", '0'},
	  {"mostly-true", '+'},
	  {"true", '+'}}},
	{"falling", 3, {{"yes", '+'}, {"no", '-'}, {"satire", '?'}}},
	{"loose", 2, {{"unverifiable", '?'}, {"missing-context", '?'}}},
	{"twice", 2, {{"satire", '?'}, {"other", '?'}}},
};

static int setup(void **state)
{
	struct desk *d = desk_new();
	desk_document(d, "lake", PAGE, TEXT);
	desk_document(d, "memo", NULL, "A memo: the dam held.");
	d->exporting.base = "https://check.example/reviews/";
	d->exporting.scales = d->importing.scales = scales;
	d->exporting.n_scales = d->importing.n_scales = COUNT(scales);
	*state = d;
	return 0;
}

static const struct annot_record *make_claim(struct desk *d)
{
	struct annot_draft *draft =
		DRAFT(claim, "text", "The dam held.", "claimant", "Mara Ilves", "claimant",
		      "B. Torrek", "date", "2026-03-14", "language", "en");
	desk_words(draft, d->sources[0], "It did");
	desk_words(draft, d->sources[1], "the dam held");
	return desk_built(d, draft);
}

static const struct annot_record *make_verdict(struct desk *d, const struct annot_record *on,
					       const char *scale, const char *rating)
{
	return desk_built(d, DRAFT(verdict, "on", annot_hash_hex(&on->id).text, "scale", scale,
				   "rating", rating, "rationale", "Seen from the shore."));
}

/* The one ClaimReview of a verdict on a record. */
static json_t *reviewed(struct desk *d, const struct annot_record *verdict,
			const struct annot_record *on)
{
	const struct annot_entry referred = desk_entry(d, on);
	const struct annot_export_item item = {
		.entry = desk_entry(d, verdict), .referred = &referred, .n_referred = 1};
	json_t *list = json_loads(desk_export(d, "claimreview", &item, 1), 0, NULL);
	json_t *one = json_incref(json_array_get(list, 0));
	json_decref(list);
	return one;
}

static void assert_number(json_t *json, const char *path, json_int_t number)
{
	assert_true(json_is_integer(at_path(json, path)));
	assert_int_equal(json_integer_value(at_path(json, path)), number);
}

static void test_required(void **state)
{
	struct desk *d = *state;
	const struct annot_record *claim = make_claim(d),
				  *verdict = make_verdict(d, claim, "google5", "mostly-true");
	json_t *json = reviewed(d, verdict, claim);
	char url[128];
	snprintf(url, sizeof url, "https://check.example/reviews/%s",
		 annot_hash_hex(&verdict->id).text);
	assert_at(json, "@context", "https://schema.org");
	assert_at(json, "@type", "ClaimReview");
	assert_at(json, "url", url);
	assert_at(json, "claimReviewed", "The dam held.");
	assert_at(json, "reviewRating.@type", "Rating");
	assert_at(json, "reviewRating.alternateName", "Mostly true");
	assert_number(json, "reviewRating.ratingValue", 4);
	assert_number(json, "reviewRating.bestRating", 5);
	assert_number(json, "reviewRating.worstRating", 1);
	assert_at(json, "reviewRating.ratingExplanation", "Seen from the shore.");
	assert_at(json, "datePublished", verdict->time);
	assert_null(json_object_get(json, "correction"));
	assert_string_equal(d->losses.data, "");
	json_decref(json);
}

/* Two authors: of the check, and of the claim. */
static void test_authors(void **state)
{
	struct desk *d = *state;
	const struct annot_record *claim = make_claim(d),
				  *verdict = make_verdict(d, claim, "google5", "true");
	json_t *json = reviewed(d, verdict, claim);
	assert_at(json, "author.name", "boris");
	assert_at(json, "author.@type", "Person");
	assert_at(json, "itemReviewed.@type", "Claim");
	assert_at(json, "itemReviewed.author.0.name", "Mara Ilves");
	assert_at(json, "itemReviewed.author.1.name", "B. Torrek");
	assert_at(json, "itemReviewed.datePublished", "2026-03-14");
	json_decref(json);
	d->exporting.publisher = "The Desk";
	d->exporting.publisher_url = "https://check.example/";
	json = reviewed(d, verdict, claim);
	assert_at(json, "author.@type", "Organization");
	assert_at(json, "author.name", "The Desk");
	assert_at(json, "author.url", "https://check.example/");
	assert_at(json, "contributor.name", "boris");
	json_decref(json);
	/* No claimant: no author, rather than an empty one. */
	const struct annot_record *nobody = desk_built(d, DRAFT(claim, "text", "It rains."));
	json = reviewed(d, make_verdict(d, nobody, "google5", "true"), nobody);
	assert_null(at_path(json, "itemReviewed.author"));
	json_decref(json);
}

static void test_appearances(void **state)
{
	struct desk *d = *state;
	const struct annot_record *claim = make_claim(d);
	json_t *json = reviewed(d, make_verdict(d, claim, "google5", "true"), claim);
	assert_at(json, "itemReviewed.appearance.0.url", PAGE);
	assert_at(json, "itemReviewed.appearance.1.name",
		  "memo"); /* no address: which text it is */
	assert_null(at_path(json, "itemReviewed.appearance.1.url"));
	assert_non_null(at_path(json, "itemReviewed.appearance.1.identifier"));
	json_decref(json);
}

static void test_quote(void **state)
{
	struct desk *d = *state;
	struct annot_draft *draft =
		DRAFT(quote, "form", "direct", "speaker", "Mara Ilves", "said", "2026-03-13");
	desk_words(draft, d->sources[0], "The dam holds");
	desk_words(draft, d->sources[0], "It did");
	const struct annot_record *quote = desk_built(d, draft);
	json_t *json = reviewed(d, make_verdict(d, quote, "google5", "true"), quote);
	assert_at(json, "claimReviewed", "The dam holds […] It did");
	assert_at(json, "itemReviewed.author.name", "Mara Ilves");
	assert_at(json, "itemReviewed.datePublished", "2026-03-13");
	assert_at(json, "itemReviewed.appearance.url", PAGE); /* the same text twice is one */
	json_decref(json);
}

static void test_scales(void **state)
{
	struct desk *d = *state;
	const struct annot_record *claim = make_claim(d);
	json_t *json = reviewed(d, make_verdict(d, claim, "falling", "yes"), claim);
	assert_number(json, "reviewRating.ratingValue",
		      2); /* higher is truer, whatever comes first */
	assert_number(json, "reviewRating.bestRating", 2);
	json_decref(json);
	static const char *const unordered[][2] = {{"falling", "satire"},
						   {"loose", "unverifiable"}};
	for (size_t i = 0; i < COUNT(unordered); i++) {
		json = reviewed(d, make_verdict(d, claim, unordered[i][0], unordered[i][1]), claim);
		assert_at(json, "reviewRating.alternateName", i ? "Unverifiable" : "Satire");
		assert_null(at_path(json, "reviewRating.ratingValue"));
		assert_null(at_path(json, "reviewRating.bestRating"));
		json_decref(json);
	}
	assert_string_equal(d->losses.data, "");
	json_decref(reviewed(d, make_verdict(d, claim, "gone", "true"), claim));
	assert_lost(d, "scale: gone: the policy in force has no such scale");
}

static void test_length(void **state)
{
	struct desk *d = *state;
	char text[80] = "";
	memset(text, 'x', 74);
	const struct annot_record *claim = desk_built(d, DRAFT(claim, "text", text));
	json_decref(reviewed(d, make_verdict(d, claim, "google5", "true"), claim));
	assert_string_equal(d->losses.data, "");
	memset(text, 'x', 75);
	claim = desk_built(d, DRAFT(claim, "text", text));
	json_t *json = reviewed(d, make_verdict(d, claim, "google5", "true"), claim);
	assert_at(json, "claimReviewed", text); /* whole */
	assert_lost(d, "claimReviewed: xxx");
	json_decref(json);
}

static void test_corrections(void **state)
{
	struct desk *d = *state;
	const struct annot_record *claim = make_claim(d),
				  *first = make_verdict(d, claim, "google5", "true");
	struct annot_draft *draft = annot_draft_amend(first);
	annot_draft_unset(draft, "rating");
	assert_ok(annot_draft_add(draft, "rating", "half-true", &test_error));
	const struct annot_record *second = desk_built(d, draft);
	draft = annot_draft_amend(second);
	assert_ok(annot_draft_add(draft, "evidence", annot_hash_hex(&claim->id).text, &test_error));
	const struct annot_record *third = desk_built(d, draft);
	struct annot_entry versions[] = {desk_entry(d, first), desk_entry(d, second),
					 desk_entry(d, third)};
	const struct annot_entry referred[] = {desk_entry(d, claim)};
	const struct annot_export_item item = {.entry = versions[2],
					       .referred = referred,
					       .n_referred = 1,
					       .versions = versions,
					       .n_versions = 3};
	json_t *json = json_loads(desk_export(d, "claimreview", &item, 1), 0, NULL);
	assert_at(json, "0.datePublished", first->time);
	assert_at(json, "0.dateModified", third->time);
	assert_at(json, "0.correction.@type",
		  "CorrectionComment"); /* the third version corrects nothing */
	assert_at(json, "0.correction.text", "Rating changed from “True” to “Half true”.");
	assert_at(json, "0.citation.text", "The dam held.");
	json_decref(json);
}

static void test_left_out(void **state)
{
	struct desk *d = *state;
	const struct annot_record *claim = make_claim(d);
	const struct annot_record *link =
		desk_built(d, DRAFT(link, "from", annot_hash_hex(&claim->id).text, "relation",
				    "supports", "to", annot_hash_hex(&claim->id).text));
	json_decref(reviewed(d, make_verdict(d, link, "google5", "true"), link));
	assert_lost(d, "! : : what it rates claims nothing in words");
	desk_export_one(d, "claimreview", make_verdict(d, claim, "google5", "true"));
	assert_lost(d, "! : : what it rates is withheld");
	/* Without an address it would not be valid. */
	struct annot_export *x;
	d->exporting.base = NULL;
	assert_status(
		annot_export_new(annot_format_find("claimreview"), &d->exporting, &x, &test_error),
		ANNOT_USAGE);
	assert_error_says("--base");
}

#define REVIEW                                                                                     \
	"\"@context\":\"https://schema.org\",\"@type\":\"ClaimReview\",\"url\":\"https://"         \
	"other.example/7\","                                                                       \
	"\"claimReviewed\":\"the dam "                                                             \
	"held\",\"author\":{\"@type\":\"Organization\",\"name\":\"Other Desk\"},"                  \
	"\"itemReviewed\":{\"@type\":\"Claim\",\"author\":{\"@type\":\"Person\",\"name\":"         \
	"\"Ilves\"},"                                                                              \
	"\"datePublished\":\"2026-03-14\",\"appearance\":[\"" PAGE "\",{\"url\":\"" PAGE "\"}]}"

static void test_import(void **state)
{
	struct desk *d = *state;
	struct annot_source *page =
		desk_document(d, "page", "https://late.example/", "They say the dam held.");
	assert_ok(
		desk_import(d, "claimreview",
			    "[{" REVIEW ",\"firstAppearance\":\"x\",\"reviewRating\":{\"@type\":"
			    "\"Rating\",\"alternateName\":"
			    "\"Mostly True\",\"ratingValue\":2,\"bestRating\":9,\"worstRating\":1,"
			    "\"ratingExplanation\":\"Because.\"},\"ex\":[1]}]"));
	assert_int_equal(d->n_taken, 2);
	const struct annot_record *claim = d->taken[0], *verdict = d->taken[1];
	assert_int_equal(claim->kind->kind, ANNOT_KIND_claim);
	assert_string_equal(annot_record_text(claim, "claimant"), "Ilves");
	assert_string_equal(annot_record_text(claim, "date"), "2026-03-14");
	assert_int_equal(annot_record_targets(claim), 0); /* other words stand there */
	assert_string_equal(annot_record_text(verdict, "scale"),
			    "google5"); /* by its name, not its number */
	assert_string_equal(annot_record_text(verdict, "rating"), "mostly-true");
	assert_string_equal(annot_record_text(verdict, "rationale"), "Because.");
	assert_string_equal(annot_record_text(verdict, "imported-from"), "https://other.example/7");
	assert_string_equal(annot_record_text(verdict, "imported-author"), "Other Desk");
	assert_string_equal(d->refs[1].data, "on=draft 0\n");
	/* Out again: whose check it is, where it stood, and what we know nothing of. */
	const struct annot_entry on = desk_entry(d, claim);
	const struct annot_export_item item = {
		.entry = desk_entry(d, verdict), .referred = &on, .n_referred = 1};
	struct annot_export_item named = item;
	struct annot_entry renamed = on;
	renamed.id = *annot_record_on(verdict);
	named.referred = &renamed;
	json_t *json = json_loads(desk_export(d, "claimreview", &named, 1), 0, NULL);
	assert_at(json, "0.author.name", "Other Desk");
	assert_at(json, "0.sdPublisher.name", "boris");
	assert_at(json, "0.isBasedOn", "https://other.example/7");
	assert_non_null(at_path(json, "0.ex.0"));
	json_decref(json);
	(void)page;
}

static void test_import_places(void **state)
{
	struct desk *d = *state;
	desk_document(d, "page", "https://late.example/", "They say the dam held.");
	assert_ok(desk_import(
		d, "claimreview",
		"{\"@type\":\"ClaimReview\",\"url\":\"https://other.example/"
		"8\",\"claimReviewed\":\"the dam held\","
		"\"itemReviewed\":{\"appearance\":[{\"url\":\"https://late.example/"
		"\"}],\"firstAppearance\":"
		"\"https://late.example/"
		"\"},\"reviewRating\":{\"alternateName\":\"?\",\"identifier\":\"twice/satire\"}}"));
	assert_int_equal(annot_record_targets(d->taken[0]), 1);
	assert_string_equal(annot_record_text(d->taken[1], "scale"), "twice");
}

/* Old markup reviews a work instead of a Claim; its author made the claim all the same. */
static void test_import_old_markup(void **state)
{
	struct desk *d = *state;
	assert_ok(desk_import(d, "claimreview",
			      "{\"@type\":\"ClaimReview\",\"url\":\"https://other.example/"
			      "9\",\"claimReviewed\":\"It rains.\","
			      "\"author\":{\"name\":\"Other "
			      "Desk\"},\"itemReviewed\":{\"@type\":\"CreativeWork\",\"author\":"
			      "{\"name\":\"Mara "
			      "Ilves\"},\"datePublished\":\"2015\"},\"reviewRating\":{"
			      "\"alternateName\":\"False\"}}"));
	assert_string_equal(annot_record_text(d->taken[0], "claimant"), "Mara Ilves");
	assert_string_equal(annot_record_text(d->taken[0], "date"), "2015");
	assert_string_equal(annot_record_text(d->taken[1], "imported-author"), "Other Desk");
	assert_string_equal(annot_record_text(d->taken[1], "rating"), "false");
}

static void test_import_ratings(void **state)
{
	static const char *const unknown[] = {"Pants on fire", "Satire" /* in two scales */, ""};
	struct desk *d = *state;
	for (size_t i = 0; i < COUNT(unknown); i++) {
		char json[1024];
		desk_forget(d);
		snprintf(json, sizeof json,
			 "{" REVIEW
			 ",\"reviewRating\":{\"alternateName\":\"%s\",\"ratingValue\":5}}",
			 unknown[i]);
		desk_import_one(d, "claimreview", json);
		assert_int_equal(d->taken[0]->kind->kind, ANNOT_KIND_claim);
		assert_lost(d, "reviewRating: {");
		assert_non_null(
			strstr(annot_record_text(d->taken[0], "imported-data"), "ratingValue"));
	}
}

/* Label and identifier that name two ratings of a scale: which is meant is not guessed. */
static void test_import_contradiction(void **state)
{
	struct desk *d = *state;
	desk_import_one(d, "claimreview",
			"{" REVIEW ",\"reviewRating\":{\"alternateName\":\"False\",\"identifier\":"
			"\"google5/true\"}}");
	assert_int_equal(d->taken[0]->kind->kind, ANNOT_KIND_claim);
	assert_lost(d, "reviewRating: {");
}

static void test_import_refused(void **state)
{
	static const struct {
		const char *json, *why;
	} bad[] = {
		{"{\"@type\":\"ClaimReview\",\"claimReviewed\":\"x\",\"reviewRating\":{"
		 "\"alternateName\":\"x\"}}",
		 "url: "},
		{"{\"@type\":\"ClaimReview\",\"url\":\"u:1\",\"reviewRating\":{\"alternateName\":"
		 "\"x\"}}",
		 "claimReviewed: "},
		{"{\"@type\":\"ClaimReview\",\"url\":\"u:1\",\"claimReviewed\":\"x\"}",
		 "reviewRating: "},
		{"{\"@type\":\"ClaimReview\",\"url\":\"u:1\",\"claimReviewed\":\"x\","
		 "\"reviewRating\":{\"ratingValue\":1}}",
		 "reviewRating.alternateName: "},
	};
	struct desk *d = *state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_status(desk_import(d, "claimreview", bad[i].json), ANNOT_INVALID);
		assert_error_says(bad[i].why);
	}
	assert_ok(desk_import(d, "claimreview", "{\"@type\":\"MediaReview\",\"url\":\"u:1\"}"));
	assert_lost(d, "! @type: MediaReview: not a ClaimReview");
	assert_int_equal(d->n_taken, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, desk_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_required),
		TEST(test_authors),
		TEST(test_appearances),
		TEST(test_quote),
		TEST(test_scales),
		TEST(test_length),
		TEST(test_corrections),
		TEST(test_left_out),
		TEST(test_import),
		TEST(test_import_places),
		TEST(test_import_old_markup),
		TEST(test_import_ratings),
		TEST(test_import_contradiction),
		TEST(test_import_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
