/*
 * Queries, asked of a small corpus: refused with a column or a name, or answered in log order, and
 * the same with white space around them.
 */
#include "fuzz.h"

#include "stored.h"

#include "annotd/query.h"

static struct stored *stored;

static void end(void)
{
	stored_free(stored);
}

static void begin(void)
{
	stored = stored_new(1, 1);
	struct test_key admin = test_key(1), anna = test_reviewer(stored->c, "anna", 20);
	const struct test_entry *doc = test_put_document(
		stored->c, &admin, "speech", "Nobody has the intention to build a wall.");
	struct annot_draft *d = test_quote(doc, 0, 10);
	test_card(d, "tag", "berlin");
	const struct test_entry *quote = test_put_as(stored->c, &anna, d, ANNOT_EFFECTIVE);
	test_put_as(stored->c, &anna, test_verdict(&quote->id, "false"), ANNOT_EFFECTIVE);
	test_put_as(stored->c, &anna, test_claim("A wall is built."), ANNOT_EFFECTIVE);
	stored_sync(stored);
	atexit(end);
}

/* A bit for each index that is listed. */
static enum annot_status ask(const char *query, unsigned *ret)
{
	struct annot_list_request in = {.query = query};
	struct annot_rows_reply reply = {0};
	annot_arena_reset(stored->call.arena);
	stored->call.err.text[0] = '\0';
	REQUIRE(reader_begin(stored->reader, NULL) == ANNOT_OK);
	enum annot_status status = on_list(&stored->call, &in, &reply);
	*ret = 0;
	for (size_t i = 0; status == ANNOT_OK && i < reply.n_rows; i++) {
		REQUIRE(reply.rows[i].index < stored->c->n);
		REQUIRE(i == 0 || reply.rows[i - 1].index < reply.rows[i].index);
		*ret |= 1u << reply.rows[i].index;
	}
	return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned listed, again;
	if (!stored)
		begin();
	if (size > 2 * QUERY_TEXT_MAX || (size && memchr(data, 0, size)))
		return 0;
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(4 * QUERY_TEXT_MAX);
	annot_buf_add(&text, data, size);
	enum annot_status status = ask(text.data, &listed);
	REQUIRE(status == ANNOT_OK || status == ANNOT_INVALID || status == ANNOT_NOT_FOUND ||
		status == ANNOT_AMBIGUOUS || status == ANNOT_TOO_LARGE || status == ANNOT_USAGE);
	REQUIRE(status == ANNOT_OK || stored->call.err.text[0]);
	if (status == ANNOT_TOO_LARGE || size > QUERY_TEXT_MAX - 2)
		return 0;
	annot_buf_puts(&text, " \n");
	REQUIRE(ask(text.data, &again) == status && again == listed);
	return 0;
}
