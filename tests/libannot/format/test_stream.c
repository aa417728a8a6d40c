/* Imports of very many items, made as they are read: memory does not grow with their number. */
#include "desk.h"

#include "memory.h"

#ifdef __SANITIZE_ADDRESS__
/* As in sanitizer/allocator_interface.h, which gcc's packages have not got. */
size_t __sanitizer_get_current_allocated_bytes(void);

/* What was freed is kept for a while there: what is in use counts. */
static size_t in_use(void)
{
	return __sanitizer_get_current_allocated_bytes();
}

enum { ITEMS = 4000 };
#else
static size_t in_use(void)
{
	return test_anonymous();
}

enum { ITEMS = UNDER_VALGRIND ? 4000 : 50000 };
#endif

enum {
	WARM = 1000,
	GROWTH_MAX = 2 << 20,
};

#define TEXT "Zoë 😀 said: “The lake is full.” Nobody believed her.\n"

/* What is read: a beginning, then items by number, then an end. */
struct stream {
	const char *begin, *item, *between, *end; /* item: with its number for each '%' */
	unsigned n, made;
	unsigned takes; /* of each item; 0: one */
	struct annot_buf ready;
	size_t at;
};

static void make_one(struct stream *s)
{
	for (const char *at = s->item; *at; at++) {
		if (*at == '%')
			annot_buf_printf(&s->ready, "%u", s->made);
		else
			annot_buf_putc(&s->ready, *at);
	}
}

static enum annot_status read_on(void *arg, void *ret, size_t max, size_t *ret_n,
				 struct annot_error *err)
{
	struct stream *s = arg;
	(void)err;
	if (s->at == s->ready.len) {
		annot_buf_truncate(&s->ready, 0);
		s->at = 0;
		if (s->made == 0)
			annot_buf_puts(&s->ready, s->begin);
		for (int i = 0; i < 100 && s->made < s->n; i++, s->made++) {
			annot_buf_puts(&s->ready, s->made > 0 ? s->between : "");
			make_one(s);
			if (s->made + 1 == s->n)
				annot_buf_puts(&s->ready, s->end);
		}
	}
	*ret_n = s->ready.len - s->at < max ? s->ready.len - s->at : max;
	if (*ret_n > 0)
		memcpy(ret, s->ready.data + s->at, *ret_n);
	s->at += *ret_n;
	return ANNOT_OK;
}

struct counting {
	struct annot_source *source;
	unsigned n;
};

static enum annot_status source(void *arg, const struct annot_source_wanted *wanted,
				struct annot_source **ret, struct annot_error *err)
{
	struct counting *c = arg;
	(void)wanted, (void)err;
	*ret = c->source;
	return ANNOT_OK;
}

static enum annot_status take(void *arg, const char *id, const struct annot_import_draft *drafts,
			      size_t n, struct annot_error *err)
{
	struct counting *c = arg;
	(void)id, (void)err;
	for (size_t i = 0; i < n; i++)
		annot_draft_free(drafts[i].draft);
	c->n++;
	return ANNOT_OK;
}

static enum annot_status lost(void *arg, const struct annot_loss *loss, struct annot_error *err)
{
	(void)arg, (void)err;
	if (loss->left_out)
		fail_msg("left out: %s: %s", loss->field, loss->reason);
	return ANNOT_OK;
}

/* All items, each of which is taken. */
static void import_all(const char *name, struct stream *stream)
{
	const struct annot_format *format = annot_format_find(name);
	struct desk *d = desk_new();
	struct counting c = {.source = desk_document(d, "lake", "https://news.example/lake", TEXT)};
	const struct annot_import_host host = {
		.arg = &c, .source = source, .take = take, .lost = lost};
	struct annot_items *items;
	struct annot_import *m;
	struct annot_import_item item;
	enum annot_status status;
	size_t before = 0;
	stream->ready = ANNOT_BUF_INIT(1 << 20);
	assert_ok(annot_import_new(format, &host, &m, &test_error));
	assert_ok(annot_items_new(format, "in", read_on, stream, &items, &test_error));
	while ((status = annot_items_next(items, &item, &test_error)) == ANNOT_OK) {
		item.name = "lake";
		if (format->flags & ANNOT_FORMAT_FOLDER)
			item.text = c.source->text;
		assert_ok(annot_import_item(m, &item, &test_error));
		if (c.n == WARM && before == 0)
			before = in_use();
	}
	assert_status(status, ANNOT_NOT_FOUND);
	assert_ok(annot_import_end(m, &test_error));
	assert_int_equal(c.n, stream->n * (stream->takes ? stream->takes : 1));
	size_t after = in_use();
	if (after > before + GROWTH_MAX)
		fail_msg("%s: %zu KiB more after %u items", name, (after - before) >> 10,
			 stream->n);
	annot_items_free(items);
	annot_import_free(m);
	annot_buf_free(&stream->ready);
	desk_free(d);
}

static void test_lines_of_hypothesis(void **state)
{
	(void)state;
	import_all("hypothesis",
		   &(struct stream){.begin = "",
				    .item = "{\"id\":\"i%\",\"uri\":\"https://news.example/"
					    "lake\",\"text\":\"n%\",\"target\":[{\"selector\":["
					    "{\"type\":\"TextQuoteSelector\",\"exact\":"
					    "\"Nobody\"}]}]}",
				    .between = "\n",
				    .end = "\n",
				    .n = ITEMS});
}

static void test_rows_of_hypothesis(void **state)
{
	(void)state;
	import_all("hypothesis",
		   &(struct stream){.begin = "{\"total\":3,\"rows\":[",
				    .item = "{\"id\":\"i%\",\"uri\":\"https://news.example/"
					    "lake\",\"text\":\"n%\",\"target\":[{\"selector\":["
					    "{\"type\":\"TextQuoteSelector\",\"exact\":"
					    "\"Nobody\"}]}]}",
				    .between = ",",
				    .end = "]}",
				    .n = ITEMS});
}

static void test_a_page_of_web_annotations(void **state)
{
	(void)state;
	import_all("w3c",
		   &(struct stream){
			   .begin = "{\"@context\":\"http://www.w3.org/ns/anno.jsonld\",\"id\":"
				    "\"urn:x:p\",\"type\":\"AnnotationPage\",\"items\":[",
			   .item = "{\"@context\":\"http://www.w3.org/ns/anno.jsonld\",\"id\":"
				   "\"urn:x:%\",\"type\":\"Annotation\",\"bodyValue\":\"n%\","
				   "\"target\":{\"source\":\"https://news.example/lake\","
				   "\"selector\":{\"type\":\"TextQuoteSelector\",\"exact\":"
				   "\"Nobody\"}}}",
			   .between = ",",
			   .end = "],\"startIndex\":0}",
			   .n = ITEMS});
}

static void test_standoff(void **state)
{
	(void)state;
	import_all("brat",
		   &(struct stream){.begin = "",
				    .item = "T%\tMark 33 39\tNobody\n#%\tAnnotatorNotes T%\tnote",
				    .between = "\n",
				    .end = "\n",
				    .n = ITEMS / 2,
				    .takes = 2});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_of_hypothesis),
		cmocka_unit_test(test_rows_of_hypothesis),
		cmocka_unit_test(test_a_page_of_web_annotations),
		cmocka_unit_test(test_standoff),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
