/*
 * Prints a page of the documentation, or libFuzzer's dictionary, from the tables of proto/.
 *
 *   describe PAGE.in.md ROOT   the page: lines "@name" become tables, {NAME} limits
 *   describe dictionary        words of the formats, for fuzzers
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/file.h"
#include "log/leaf.h"
#include "log/tree.h"
#include "proof/bundle.h"
#include "proof/excerpt.h"
#include "proto/proto.h"
#include "record/record.h"
#include "state/review.h"
#include "text/escape.h"

enum { PAGE_MAX = 1 << 20 };

static const struct limit {
	const char *name;
	uint64_t value;
} limits[] = {
	{"{WIRE_VERSION}", ANNOT_WIRE_VERSION},
	{"{FRAME_MAX}", ANNOT_FRAME_MAX},
	{"{ERROR_MAX}", ANNOT_ERROR_MAX},
	{"{DEPTH_MAX}", ANNOT_DEPTH_MAX},
	{"{FIELDS_MAX}", ANNOT_FIELDS_MAX},
	{"{RECORD_MAX}", ANNOT_RECORD_MAX},
	{"{CARDS_MAX}", ANNOT_CARDS_MAX},
	{"{PARENTS_MAX}", ANNOT_PARENTS_MAX},
	{"{CONTEXT_CHARS}", ANNOT_CONTEXT_CHARS},
	{"{CHUNK_SIZE}", ANNOT_CHUNK_SIZE},
	{"{LEAF_MAX}", ANNOT_LEAF_MAX},
	{"{LEAVES_MAX}", ANNOT_BUNDLE_LEAVES_MAX},
	{"{COSIGNED_MAX}", ANNOT_BUNDLE_COSIGNED_MAX},
	{"{CHUNK_MARGIN}", ANNOT_CHUNK_MARGIN},
	{"{ANCESTORS_MAX}", ANNOT_REVIEW_ANCESTORS_MAX},
};

static void fail(const char *why, const char *what)
{
	fprintf(stderr, "describe: %s: %s\n", what, why);
	exit(EXIT_FAILURE);
}

static void print_statuses(void)
{
	static const struct {
		const char *name;
		int number, exit_code;
		const char *text;
	} statuses[] = {
#define STATUS(id, number, code, text) {#id, number, code, text},
#include "proto/errors.def"
	};
	printf("| number | name | exit code | text |\n|---|---|---|---|\n");
	for (size_t i = 0; i < COUNT(statuses); i++)
		printf("| %d | %s | %d | %s |\n", statuses[i].number, statuses[i].name,
		       statuses[i].exit_code, statuses[i].text);
}

static void print_calls(void)
{
	static const char *const access[] = {"READ", "OPEN", "WRITE"};
	printf("| call | request | reply | | what it does |\n|---|---|---|---|---|\n");
	for (int i = 0; i < ANNOT_CALL_COUNT; i++) {
		const struct annot_call_def *c = annot_call_def(i);
		printf("| `%s` | [%s](#%s) | [%s](#%s) | %s | %s |\n", c->name, c->request->name,
		       c->request->name, c->reply->name, c->reply->name,
		       access[c->access], c->doc);
	}
}

static void print_range(uint64_t min, uint64_t max)
{
	if (min == max)
		printf("%" PRIu64, max);
	else
		printf("%" PRIu64 " to %" PRIu64, min, max);
}

static void print_field(const struct annot_field_def *f)
{
	static const char *const types[] = {
		[ANNOT_FIELD_u64] = "number", [ANNOT_FIELD_flag] = "flag",
		[ANNOT_FIELD_text] = "text",  [ANNOT_FIELD_bytes] = "bytes",
		[ANNOT_FIELD_hash] = "hash",
	};
	static const char *const plurals[] = {
		[ANNOT_FIELD_u64] = "numbers", [ANNOT_FIELD_flag] = "flags",
		[ANNOT_FIELD_text] = "texts",  [ANNOT_FIELD_bytes] = "byte strings",
		[ANNOT_FIELD_hash] = "hashes",
	};
	printf("| `%s` | ", f->name);
	if (f->message)
		printf("list of [%s](#%s)", f->message->name, f->message->name);
	else if (f->list)
		printf("list of %s", plurals[f->type]);
	else
		printf("%s%s", types[f->type], f->required ? "" : ", optional");
	printf(" | ");
	if (f->list || (f->type != ANNOT_FIELD_hash && f->type != ANNOT_FIELD_flag))
		print_range(f->min, f->max);
	if (f->list && !f->message && f->type != ANNOT_FIELD_hash)
		printf(", each at most %" PRIu64, f->item_max);
	printf(" | %s |\n", f->doc);
}

static void print_messages(void)
{
	size_t n;
	const struct annot_message_def *const *all = annot_messages(&n);
	for (size_t i = 0; i < n; i++) {
		printf("%s### %s\n\n%s\n", i ? "\n" : "", all[i]->name, all[i]->doc);
		if (all[i]->n_fields > 0)
			printf("\n| field | type | limits | what it is |\n|---|---|---|---|\n");
		for (size_t k = 0; k < all[i]->n_fields; k++)
			print_field(&all[i]->fields()[k]);
	}
}

static void print_example(void)
{
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	struct annot_hello_request hello = {.version = 1, .client = "x"};
	struct annot_error err;
	if (annot_request_encode(annot_call_def(ANNOT_CALL_hello), &hello, &b, &err) != ANNOT_OK)
		fail(err.text, "example");
	printf("```\n");
	for (size_t i = 0; i < b.len; i++)
		printf("%02x%s", (unsigned char)b.data[i],
		       i % 24 == 23 || i + 1 == b.len ? "\n" : " ");
	printf("```\n");
}

/* Ranges, a dozen a line. */
static void print_escapes(void)
{
	enum { ROW = 12 };
	unsigned n = 0;
	printf("```");
	for (uint32_t c = 1; c < 0x110000; c++) {
		uint32_t first = c;
		while (annot_escape_needed(c) && c != '\\' && (c & 0xfffe) != 0xfffe)
			c++;
		if (c == first)
			continue;
		printf("%c%04X", n++ % ROW ? ' ' : '\n', first);
		if (c > first + 1)
			printf("-%04X", c - 1);
	}
	printf("\n```\n");
}

static const char *author_rule(enum annot_author_rule rule)
{
	static const char *const names[] = {
		[ANNOT_AUTHOR_REVIEWER] = "any reviewer",
		[ANNOT_AUTHOR_ADMIN] = "admin quorum",
		[ANNOT_AUTHOR_REPLACED] = "the replaced key",
		[ANNOT_AUTHOR_ADMIN_OR_SELF] = "admin quorum, or the key itself",
	};
	return names[rule];
}

static const char *amend_rule(enum annot_amend_rule rule)
{
	static const char *const names[] = {
		[ANNOT_AMEND_ANYONE] = "any reviewer",
		[ANNOT_AMEND_PERSON] = "the same person",
		[ANNOT_AMEND_QUORUM] = "admin quorum",
		[ANNOT_AMEND_LINEAR] = "any reviewer, linear",
		[ANNOT_AMEND_NEVER] = "never",
	};
	return names[rule];
}

static const char *card_type(enum annot_card_type type)
{
	static const char *const names[] = {
		[ANNOT_CARD_TEXT] = "text",
		[ANNOT_CARD_NAME] = "name",
		[ANNOT_CARD_WORD] = "word",
		[ANNOT_CARD_REF] = "reference",
		[ANNOT_CARD_HASH] = "hash",
		[ANNOT_CARD_NUMBER] = "number",
		[ANNOT_CARD_LANGUAGE] = "language",
		[ANNOT_CARD_DATE] = "date",
		[ANNOT_CARD_KEY] = "key",
		[ANNOT_CARD_ADMIN] = "admin",
		[ANNOT_CARD_VKEY] = "vkey",
		[ANNOT_CARD_SIGNATURE] = "signature",
		[ANNOT_CARD_APPROVALS] = "approvals",
		[ANNOT_CARD_SCALE] = "scale",
		[ANNOT_CARD_TARGET] = "target",
	};
	return names[type];
}

static void print_card(const struct annot_card_def *c)
{
	printf("| `%s` | %s | ", c->name, card_type(c->type));
	if (c->in_group)
		printf("1 a target");
	else
		print_range(c->min, c->max);
	printf(" | ");
	if (c->longest)
		printf("%u", c->longest);
	printf(" | %s", c->doc);
	for (const char *v = c->values; v && *v;) {
		int len = (int)strcspn(v, "|");
		printf("%s`%.*s`", v == c->values ? " Of: " : ", ", len, v);
		v += len + (v[len] == '|');
	}
	printf(" |\n");
}

static void print_kinds(void)
{
	for (int i = 0; i < ANNOT_KIND_COUNT; i++) {
		const struct annot_kind_def *k = annot_kind_def(i);
		printf("%s### %s\n\n%s Author: %s. Amend: %s.\n\n", i ? "\n" : "", k->name, k->doc,
		       author_rule(k->author), amend_rule(k->amend));
		printf("| card | type | how often | longest | what it is "
		       "|\n|---|---|---|---|---|\n");
		for (size_t c = 0; c < k->n_cards; c++)
			print_card(&k->cards[c]);
	}
}

static void read_file(const char *root, const char *path, struct annot_buf *ret)
{
	char name[4096];
	struct annot_error err;
	snprintf(name, sizeof name, "%s/%s", root, path);
	if (annot_file_read(name, PAGE_MAX, ret, &err) != ANNOT_OK)
		fail(err.text, name);
}

static void print_include(const char *root, const char *path)
{
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(PAGE_MAX);
	read_file(root, path, &b);
	printf("```\n%s```\n", b.data);
}

static void print_line(const char *line)
{
	while (*line) {
		const struct limit *l = NULL;
		for (size_t i = 0; i < COUNT(limits) && !l; i++) {
			if (strncmp(line, limits[i].name, strlen(limits[i].name)) == 0)
				l = &limits[i];
		}
		if (!l && line[0] == '{' && line[1] >= 'A' && line[1] <= 'Z')
			fail("no such limit", line);
		if (l)
			printf("%" PRIu64, l->value);
		else
			putchar(*line);
		line += l ? strlen(l->name) : 1;
	}
	putchar('\n');
}

static void print_part(const char *root, const char *line)
{
	static const struct {
		const char *name;
		void (*print)(void);
	} parts[] = {
		{"@statuses", print_statuses}, {"@calls", print_calls},
		{"@messages", print_messages}, {"@example", print_example},
		{"@escapes", print_escapes},   {"@kinds", print_kinds},
	};
	static const char include[] = "@include ";
	if (line[0] != '@') {
		print_line(line);
		return;
	}
	for (size_t i = 0; i < COUNT(parts); i++) {
		if (strcmp(line, parts[i].name) == 0) {
			parts[i].print();
			return;
		}
	}
	if (strncmp(line, include, strlen(include)) != 0)
		fail("no such part", line);
	print_include(root, line + strlen(include));
}

/* Quoted words, one a line; none of ours needs escaping. */
static void print_dictionary(void)
{
	size_t n;
	const struct annot_message_def *const *all = annot_messages(&n);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < all[i]->n_fields; k++)
			printf("\"%s\"\n", all[i]->fields()[k].name);
	}
	for (int i = 0; i < ANNOT_CALL_COUNT; i++)
		printf("\"%s\"\n", annot_call_def(i)->name);
	for (int i = 0; i < ANNOT_KIND_COUNT; i++) {
		const struct annot_kind_def *k = annot_kind_def(i);
		printf("\"kind %s\"\n", k->name);
		for (size_t c = 0; c < k->n_cards; c++)
			printf("\"%s \"\n", k->cards[c].name);
	}
	printf("\"annot-record/v1\"\n\"annot-leaf/v1 \"\n\"annot-bundle/v1\"\n\"section \"\n");
}

int main(int argc, char **argv)
{
	AUTO_BUF struct annot_buf page = ANNOT_BUF_INIT(PAGE_MAX);
	if (argc == 2 && strcmp(argv[1], "dictionary") == 0) {
		print_dictionary();
		return EXIT_SUCCESS;
	}
	if (argc != 3) {
		fprintf(stderr, "usage: describe PAGE.in.md ROOT | describe dictionary\n");
		return 2;
	}
	read_file(argv[2], argv[1], &page);
	for (char *line = page.data, *end; line && *line; line = end + 1) {
		end = strchr(line, '\n');
		if (!end)
			fail("no LF at the end", argv[1]);
		*end = '\0';
		print_part(argv[2], line);
	}
	return EXIT_SUCCESS;
}
