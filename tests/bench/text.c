/*
 * bench_text FOLDER: how fast texts are folded, in MB/s of processor time, the best of some rounds,
 * beside a copy and a loop that only looks each byte up. The texts are those of the folder, over
 * and over: "ascii" without their lines beyond ASCII, "mixed" as they are. One line: fold ascii N
 * mixed N plain N loop N copy N.
 */
#include <dirent.h>
#include <stdio.h>
#include <time.h>

#include "base/auto.h"
#include "base/file.h"
#include "text/plain.h"
#include "text/utf8.h"

enum { SIZE = 8 << 20, ROUNDS = 5, FILE_MAX = 1 << 20 };

static double cpu_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what)
{
	fprintf(stderr, "bench_text: %s\n", what);
	exit(2);
}

static void add_lines(struct annot_buf *to, const struct annot_buf *text, bool ascii)
{
	for (size_t at = 0; at < text->len;) {
		const char *line = text->data + at, *end = memchr(line, '\n', text->len - at);
		size_t len = end ? (size_t)(end - line) + 1 : text->len - at;
		if (!ascii || annot_utf8_chars(line, len) == len)
			annot_buf_add(to, line, len);
		at += len;
	}
}

static void read_texts(const char *folder, struct annot_buf *ascii, struct annot_buf *mixed)
{
	struct dirent **names;
	int n = scandir(folder, &names, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(FILE_MAX);
		char path[1024];
		snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
		if (annot_file_read(path, FILE_MAX, &text, NULL) == ANNOT_OK &&
		    annot_utf8_valid(text.data, text.len) == text.len) {
			add_lines(ascii, &text, true);
			add_lines(mixed, &text, false);
		}
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	if (ascii->len == 0 || mixed->len == 0)
		die("no texts");
}

/* Its own content again until it is SIZE long. */
static void repeat(struct annot_buf *b)
{
	size_t once = b->len;
	AUTO_FREE char *copy = malloc(once);
	if (!copy)
		die("out of memory");
	memcpy(copy, b->data, once);
	while (b->len + once <= SIZE)
		annot_buf_add(b, copy, once);
	if (b->failed)
		die("out of memory");
}

typedef void (*does)(const struct annot_buf *text, char *room);

static void fold(const struct annot_buf *text, char *room)
{
	struct annot_folded folded;
	(void)room;
	if (annot_fold(text->data, text->len, &folded, NULL) != ANNOT_OK)
		die("folding failed");
	annot_folded_free(&folded);
}

static void plain(const struct annot_buf *text, char *room)
{
	struct annot_plain p;
	(void)room;
	if (annot_plain(text->data, text->len, &p, NULL) != ANNOT_OK)
		die("folding failed");
	annot_plain_free(&p);
}

static void look_up(const struct annot_buf *text, char *room)
{
	char table[256];
	for (size_t i = 0; i < sizeof table; i++)
		table[i] = (char)(i >= 'A' && i <= 'Z' ? i + 32 : i);
	for (size_t i = 0; i < text->len; i++)
		room[i] = table[(uint8_t)text->data[i]];
}

static void copy(const struct annot_buf *text, char *room)
{
	memcpy(room, text->data, text->len);
}

static double rate(const struct annot_buf *text, does work)
{
	/* What is copied must be looked at, or the copy is left out. */
	static volatile char seen;
	AUTO_FREE char *room = malloc(text->len);
	double best = 0;
	if (!room)
		die("out of memory");
	for (int i = 0; i < ROUNDS; i++) {
		double from = cpu_s();
		work(text, room);
		double took = cpu_s() - from;
		seen = room[text->len / 2];
		if (best == 0 || took < best)
			best = took;
	}
	(void)seen;
	return (double)text->len / best / 1e6;
}

int main(int argc, char **argv)
{
	AUTO_BUF struct annot_buf ascii = ANNOT_BUF_INIT(SIZE), mixed = ANNOT_BUF_INIT(SIZE);
	if (argc != 2)
		die("usage: bench_text FOLDER");
	read_texts(argv[1], &ascii, &mixed);
	repeat(&ascii);
	repeat(&mixed);
	printf("fold ascii %.0f mixed %.0f plain %.0f loop %.0f copy %.0f\n", rate(&ascii, fold),
	       rate(&mixed, fold), rate(&mixed, plain), rate(&ascii, look_up), rate(&ascii, copy));
	return 0;
}
