/* Questions about texts that cost as much as they may: locate, search and copies; and anchors that
 * are made meanwhile. */
#include "flood.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/auto.h"

enum {
	TEXTS = 4,
	TEXT = SANITIZED ? 1 << 18 : 1 << 20,
	WORDS = SANITIZED ? 1 << 16 : 1 << 20,   /* asked for: as many as there may be */
	VERSION = SANITIZED ? 1 << 19 : 4 << 20, /* of each of two: what annotd anchors in */
	TARGETS = 16,
	QUOTES = SANITIZED ? 20 : 250,
	ASKING = 8,
	PIECE = 1 << 20,
};

/* Prose of words that many texts have, from a seed. */
static char *prose(size_t len, uint64_t seed)
{
	char *text = malloc(len + 32);
	size_t at = 0;
	assert_non_null(text);
	while (at < len) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		at += (size_t)sprintf(text + at, "w%llx%s", (unsigned long long)(seed >> 50),
				      seed >> 33 & 7 ? " " : ". ");
	}
	text[len] = '\0';
	return text;
}

static void put(struct hostile *h, struct test_client *client, struct test_entry *e)
{
	const struct annot_submit_reply *reply = test_submit(client, h->corpus, &e, 1);
	assert_int_equal(reply->results[0].status, ANNOT_OK);
	if (e->content.data)
		assert_int_equal(test_upload(client, &e->id, e->content, PIECE), ANNOT_OK);
}

static int setup(void **state)
{
	struct test_key bob = test_key(9);
	struct test_client client;
	int failed = hostile_setup(state);
	struct hostile *h = *state;
	/* Each thread that answers opens search.db, with its two files, when it is first asked. */
	h->descriptors.all += 3 * (int)(sysconf(_SC_NPROCESSORS_ONLN) + 1);
	test_client_open(h->daemon.url, &client);
	for (int i = 0; i < TEXTS; i++) {
		char name[] = {'t', (char)('0' + i), '\0'};
		AUTO_FREE char *text = prose(TEXT, (uint64_t)i / 2); /* each twice */
		put(h, &client, test_put_document(h->corpus, &bob, name, text));
	}
	test_client_close(&client);
	return failed;
}

static void flood(struct hostile *h, enum annot_call_id id, const void *request, const char *what)
{
	AUTO_BUF struct annot_buf frame = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	struct flood f;
	request_any(id, request, &frame);
	flood_start(h, ASKING, annot_buf_bytes(&frame), &f);
	flood_judge(h, &f, ASKING, what);
	assert_true(flood_stop(&f) >= ASKING);
}

static void test_locate(void **state)
{
	AUTO_FREE char *words = prose(WORDS, 77);
	words[WORDS - 1] = '\0';
	flood(*state, ANNOT_CALL_locate,
	      &(struct annot_locate_request){
		      .words = words, .max_edits = 500, .limit = 1000, .exhaustive = true},
	      "locate with words as long as may be, in all texts");
}

static void test_search(void **state)
{
	struct hostile *h = *state;
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(4096);
	for (int i = 0; i < 32; i++)
		annot_buf_printf(&text, "%sw%x", i ? " " : "", i);
	flood(h, ANNOT_CALL_search,
	      &(struct annot_search_request){.text = text.data, .query = "kind:any state:any"},
	      "search for 32 words");
}

static void test_copies(void **state)
{
	flood(*state, ANNOT_CALL_copies,
	      &(struct annot_copies_request){
		      .id = "t0", .min_letters = 16, .limit = 1000, .exhaustive = true},
	      "copies of a text, in all texts");
}

/* Thousands of targets in a text as large as annotd anchors in, and its next version comes. */
static void test_anchoring(void **state)
{
	struct hostile *h = *state;
	struct test_key bob = test_key(9);
	struct test_client client;
	AUTO_FREE char *old = prose(VERSION - 64, 5), *words = prose(WORDS, 77);
	AUTO_FREE char *new = malloc(VERSION);
	AUTO_BUF struct annot_buf frame = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	struct flood f;

	words[WORDS - 1] = '\0';
	test_client_open(h->daemon.url, &client);
	struct test_entry *first = test_put_document(h->corpus, &bob, "long", old);
	put(h, &client, first);
	for (size_t i = 0; i < QUOTES; i++) {
		struct annot_draft *d = annot_draft_new(ANNOT_KIND_quote);
		for (size_t k = 0; k < TARGETS; k++) {
			size_t at = (i * TARGETS + k) * ((VERSION - 512) / (QUOTES * TARGETS));
			assert_ok(annot_draft_add_target(d, &first->id, first->content, at, at + 60,
							 &test_error));
		}
		test_card(d, "form", "direct");
		put(h, &client, test_put_as(h->corpus, &bob, d, ANNOT_EFFECTIVE));
	}
	snprintf(new, VERSION, "A preface. %s", old);
	for (size_t at = 1000; at < VERSION - 200; at += 700)
		new[at] = 'X';
	request_any(ANNOT_CALL_locate,
		    &(struct annot_locate_request){
			    .words = words, .max_edits = 500, .limit = 1000, .exhaustive = true},
		    &frame);
	flood_start(h, ASKING, annot_buf_bytes(&frame), &f);
	put(h, &client, test_put_version(h->corpus, &bob, first, new));
	flood_judge(h, &f, 2 * ASKING, "locate while anchors of two large versions are made");
	assert_true(flood_stop(&f) >= ASKING);
	test_client_close(&client);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_locate),
		cmocka_unit_test(test_search),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_anchoring),
	};
	return cmocka_run_group_tests_name("hostile/asking", tests, setup, hostile_teardown);
}
