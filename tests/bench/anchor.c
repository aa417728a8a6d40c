/*
 * anchor DIR [--old] [--cautious] [--edlib]: anchors the cases in DIR/cases.ndjson, whose texts are
 * in DIR/docs, and prints a prediction for each, as the scorer of shared/anchoring reads them: with
 * "us", the microseconds of processor time that the search took, "prepare", those for reading and
 * comparing the texts, and, if wanted, "edlib", those that edlib takes to find the nearest place
 * (HW, at most half of the quote edited).
 */
#include <edlib.h>
#include <jansson.h>
#include <stdio.h>
#include <time.h>

#include "anchor/anchor.h"
#include "base/auto.h"
#include "base/file.h"
#include "text/utf8.h"

static bool use_old, cautious, use_edlib;

static double now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void die(const char *what)
{
	fprintf(stderr, "anchor: %s\n", what);
	exit(2);
}

static const char *field(const json_t *c, const char *name)
{
	const char *value = json_string_value(json_object_get(c, name));
	if (!value)
		die(name);
	return value;
}

static size_t number(const json_t *c, const char *name)
{
	return (size_t)json_integer_value(json_object_get(c, name));
}

static void read_text(const char *dir, const char *name, struct annot_buf *ret)
{
	char path[1024];
	struct annot_error err;
	snprintf(path, sizeof(path), "%s/docs/%s.txt", dir, name);
	if (annot_file_read(path, ret->max, ret, &err) != ANNOT_OK)
		die(err.text);
}

/* Code points as bytes for edlib: those of the quote have letters of their own, as far as there are
 * any. */
static char *letters(const char *text, size_t len, uint8_t *alphabet, unsigned *last, int *ret_n)
{
	char *ret = malloc(len + 1);
	int n = 0;
	if (!ret)
		die("out of memory");
	for (size_t at = 0; at < len; n++) {
		uint32_t cp = annot_utf8_next(text, len, &at);
		if (last && !alphabet[cp] && *last < 255)
			alphabet[cp] = (uint8_t)++ * last;
		ret[n] = (char)alphabet[cp];
	}
	*ret_n = n;
	return ret;
}

static double edlib_us(const struct annot_buf *text, const char *quote)
{
	int m, n;
	unsigned last = 0;
	AUTO_FREE uint8_t *alphabet = calloc(0x110000, 1);
	if (!alphabet)
		die("out of memory");
	AUTO_FREE char *pattern = letters(quote, strlen(quote), alphabet, &last, &m);
	AUTO_FREE char *target = letters(text->data, text->len, alphabet, NULL, &n);
	double start = now_us();
	EdlibAlignResult found =
		edlibAlign(pattern, m, target, n,
			   edlibNewAlignConfig(m / 2, EDLIB_MODE_HW, EDLIB_TASK_LOC, NULL, 0));
	double us = now_us() - start;
	edlibFreeAlignResult(found);
	return us;
}

static void print(const json_t *c, const struct annot_buf *text, const struct annot_anchor *a,
		  double us, double prepare)
{
	bool anchored = a->status < ANNOT_ANCHOR_AMBIGUOUS;
	const struct annot_anchor_place *p = &a->places[0];
	printf("{\"id\": \"%s\", \"status\": \"%s\", ", field(c, "id"),
	       anchored ? "anchored" : annot_anchor_name(a->status));
	if (anchored)
		printf("\"start\": %zu, \"end\": %zu, ", annot_utf8_chars(text->data, p->start),
		       annot_utf8_chars(text->data, p->end));
	if (use_edlib)
		printf("\"edlib\": %.0f, ", edlib_us(text, field(c, "exact")));
	printf("\"score\": %u, \"us\": %.0f, \"prepare\": %.0f}\n", a->n_places ? p->score : 0, us,
	       prepare);
}

static void run_case(const char *dir, const json_t *c)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(1 << 30), old = ANNOT_BUF_INIT(1 << 30);
	struct annot_anchorer *a;
	struct annot_error err;
	struct annot_anchor found;
	read_text(dir, field(c, "new"), &text);
	read_text(dir, field(c, "old"), &old);
	const struct annot_buf *placed_in = use_old ? &old : &text;
	struct annot_selector s = {
		.exact = annot_bytes_of(field(c, "exact")),
		.prefix = annot_bytes_of(field(c, "prefix")),
		.suffix = annot_bytes_of(field(c, "suffix")),
		.placed = true,
		.start = annot_utf8_from_chars(placed_in->data, placed_in->len, number(c, "start")),
	};
	s.end = s.start + s.exact.len;
	double start = now_us();
	if (annot_anchorer_new(annot_buf_bytes(&text),
			       use_old ? annot_buf_bytes(&old) : (struct annot_bytes){0}, &a,
			       &err) != ANNOT_OK)
		die(err.text);
	double middle = now_us();
	if (annot_anchor_find(a, &s, cautious, &found, &err) != ANNOT_OK)
		die(err.text);
	print(c, &text, &found, now_us() - middle, middle - start);
	annot_anchorer_free(a);
}

int main(int argc, char **argv)
{
	char path[1024];
	char *line = NULL;
	size_t cap = 0;
	if (argc < 2)
		die("usage: anchor DIR [--old] [--cautious] [--edlib]");
	for (int i = 2; i < argc; i++) {
		use_old = use_old || strcmp(argv[i], "--old") == 0;
		cautious = cautious || strcmp(argv[i], "--cautious") == 0;
		use_edlib = use_edlib || strcmp(argv[i], "--edlib") == 0;
	}
	snprintf(path, sizeof(path), "%s/cases.ndjson", argv[1]);
	AUTO_FILE FILE *f = fopen(path, "r");
	if (!f)
		die(path);
	while (getline(&line, &cap, f) > 0) {
		json_t *c = json_loads(line, 0, NULL);
		if (!c)
			die("cases.ndjson: a line is not JSON");
		run_case(argv[1], c);
		json_decref(c);
	}
	free(line);
	return 0;
}
