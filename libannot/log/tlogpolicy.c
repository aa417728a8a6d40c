#include "log/tlogpolicy.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/encode.h"

enum { WORDS_MAX = 3 + ANNOT_TLOGPOLICY_MEMBERS_MAX };

struct parser {
	struct annot_arena *arena;
	struct annot_tlogpolicy_name *names;
	struct annot_vkey *logs;
	bool taken[ANNOT_TLOGPOLICY_NAMES_MAX]; /* it is a member of a group */
	size_t n_names, n_logs, line;
	bool has_quorum;
	int quorum;
	struct annot_bytes words[WORDS_MAX];
	size_t n_words;
	struct annot_error *err;
};

#define BAD(p, ...)      bad_line(p, __VA_ARGS__)
#define WORD(p, n)       (int)(p)->words[n].len, (const char *)(p)->words[n].data
#define NAME_SHOWN(name) (int)(name).len, (const char *)(name).data

static enum annot_status bad_line(const struct parser *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static enum annot_status bad_line(const struct parser *p, const char *format, ...)
{
	char text[ANNOT_ERROR_TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return annot_fail(p->err, ANNOT_INVALID, "policy, line %zu: %s", p->line, text);
}

static bool is(struct annot_bytes word, const char *text)
{
	return word.len == strlen(text) && memcmp(word.data, text, word.len) == 0;
}

static int find(const struct parser *p, struct annot_bytes name)
{
	for (size_t i = 0; i < p->n_names; i++)
		if (p->names[i].name.len == name.len &&
		    memcmp(p->names[i].name.data, name.data, name.len) == 0)
			return (int)i;
	return -1;
}

static enum annot_status split(struct parser *p, struct annot_bytes line)
{
	size_t at = 0;

	p->n_words = 0;
	for (size_t i = 0; i < line.len; i++)
		if ((line.data[i] < 0x20 && line.data[i] != '\t') || line.data[i] == 0x7F)
			return BAD(p, "byte %zu is the control character %02x", i, line.data[i]);
	while (at < line.len) {
		size_t start = at;

		while (at < line.len && line.data[at] != ' ' && line.data[at] != '\t')
			at++;
		if (at == start) {
			at++;
			continue;
		}
		if (p->n_words == 0 && line.data[start] == '#')
			return ANNOT_OK;
		if (p->n_words == WORDS_MAX)
			return BAD(p, "more than %d words", WORDS_MAX);
		p->words[p->n_words++] = annot_bytes(line.data + start, at - start);
	}
	return ANNOT_OK;
}

/* --- lines --- */

static enum annot_status take_key(const struct parser *p, size_t word, uint8_t type,
				  struct annot_vkey *ret)
{
	struct annot_error why;
	const struct annot_bytes *text = &p->words[word];

	if (annot_vkey_parse((const char *)text->data, text->len, ret, &why) != ANNOT_OK)
		return BAD(p, "%s", why.text);
	if (ret->type != type)
		return BAD(p, "%s: a key of type %02x, expected %02x (%s)", ret->name, ret->type,
			   type, type == ANNOT_NOTE_COSIGNATURE ? "cosignature/v1" : "Ed25519");
	return ANNOT_OK;
}

static enum annot_status take_log(struct parser *p)
{
	struct annot_vkey key;

	if (p->n_words < 2 || p->n_words > 3)
		return BAD(p, "expected: log VKEY [URL]");
	if (p->n_logs == ANNOT_TLOGPOLICY_LOGS_MAX)
		return BAD(p, "more than %d logs", ANNOT_TLOGPOLICY_LOGS_MAX);
	TRY(take_key(p, 1, ANNOT_NOTE_ED25519, &key));
	for (size_t i = 0; i < p->n_logs; i++)
		if (memcmp(p->logs[i].key, key.key, ANNOT_KEY_SIZE) == 0)
			return BAD(p, "%s: that key stands above as the log %s", key.name,
				   p->logs[i].name);
	p->logs[p->n_logs++] = key;
	return ANNOT_OK;
}

/* A new name; word 1 of the line. */
static enum annot_status add_name(struct parser *p, struct annot_tlogpolicy_name **ret)
{
	if (p->n_names == ANNOT_TLOGPOLICY_NAMES_MAX)
		return BAD(p, "more than %d witnesses and groups", ANNOT_TLOGPOLICY_NAMES_MAX);
	if (is(p->words[1], "none"))
		return BAD(p, "none is no name for a witness or group");
	if (find(p, p->words[1]) >= 0)
		return BAD(p, "%.*s is defined above", WORD(p, 1));
	*ret = &p->names[p->n_names];
	**ret = (struct annot_tlogpolicy_name){.name = p->words[1]};
	return ANNOT_OK;
}

static enum annot_status take_witness(struct parser *p)
{
	struct annot_tlogpolicy_name *name;

	if (p->n_words < 3 || p->n_words > 4)
		return BAD(p, "expected: witness NAME VKEY [URL]");
	TRY(add_name(p, &name));
	name->is_witness = true;
	TRY(take_key(p, 2, ANNOT_NOTE_COSIGNATURE, &name->key));
	for (size_t i = 0; i < p->n_names; i++)
		if (p->names[i].is_witness &&
		    memcmp(p->names[i].key.key, name->key.key, ANNOT_KEY_SIZE) == 0)
			return BAD(p, "the key of %.*s is that of %.*s", NAME_SHOWN(name->name),
				   NAME_SHOWN(p->names[i].name));
	p->n_names++;
	return ANNOT_OK;
}

static enum annot_status take_threshold(const struct parser *p, unsigned n, unsigned *ret)
{
	const struct annot_bytes *word = &p->words[2];
	uint64_t k;

	if (is(*word, "all") || is(*word, "any")) {
		*ret = is(*word, "all") ? n : 1;
		return ANNOT_OK;
	}
	if (!annot_parse_u64((const char *)word->data, word->len, &k) || k < 1 || k > n)
		return BAD(p, "%.*s: expected all, any, or a number from 1 to %u", WORD(p, 2), n);
	*ret = (unsigned)k;
	return ANNOT_OK;
}

static enum annot_status take_group(struct parser *p)
{
	struct annot_tlogpolicy_name *name;
	uint8_t *members;

	if (p->n_words < 4)
		return BAD(p, "expected: group NAME all|any|NUMBER NAME…");
	TRY(add_name(p, &name));
	name->n_members = (unsigned)p->n_words - 3;
	TRY(take_threshold(p, name->n_members, &name->threshold));
	members = annot_arena_alloc(p->arena, name->n_members);
	if (!members)
		return annot_fail(p->err, ANNOT_NO_MEMORY, "out of memory for the policy");
	for (unsigned i = 0; i < name->n_members; i++) {
		int member = find(p, p->words[3 + i]);

		if (member < 0)
			return BAD(p, "%.*s is not defined above", WORD(p, 3 + i));
		if (p->taken[member])
			return BAD(p, "%.*s is a member of a group already", WORD(p, 3 + i));
		p->taken[member] = true;
		members[i] = (uint8_t)member;
	}
	name->members = members;
	p->n_names++;
	return ANNOT_OK;
}

static enum annot_status take_quorum(struct parser *p)
{
	if (p->n_words != 2)
		return BAD(p, "expected: quorum NAME");
	if (p->has_quorum)
		return BAD(p, "a second quorum");
	p->has_quorum = true;
	p->quorum = is(p->words[1], "none") ? -1 : find(p, p->words[1]);
	if (p->quorum < 0 && !is(p->words[1], "none"))
		return BAD(p, "%.*s is not defined above", WORD(p, 1));
	return ANNOT_OK;
}

static enum annot_status take_line(struct parser *p, struct annot_bytes line)
{
	static const struct {
		const char *word;
		enum annot_status (*take)(struct parser *p);
	} kinds[] = {{"log", take_log},
		     {"witness", take_witness},
		     {"group", take_group},
		     {"quorum", take_quorum}};

	TRY(split(p, line));
	if (p->n_words == 0)
		return ANNOT_OK;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (is(p->words[0], kinds[i].word))
			return kinds[i].take(p);
	return BAD(p, "%.*s: expected log, witness, group or quorum", WORD(p, 0));
}

static enum annot_status parse(struct parser *p, struct annot_bytes file)
{
	const uint8_t *at = file.data, *end = at + file.len;

	while (at < end) {
		const uint8_t *stop = memchr(at, '\n', (size_t)(end - at));

		p->line++;
		if (!stop)
			return BAD(p, "does not end with a line feed");
		TRY(take_line(p, annot_bytes(at, (size_t)(stop - at))));
		at = stop + 1;
	}
	if (!p->has_quorum)
		return annot_fail(p->err, ANNOT_INVALID,
				  "policy: no quorum line; \"quorum none\" asks for no witness");
	return ANNOT_OK;
}

enum annot_status annot_tlogpolicy_parse(struct annot_arena *arena, struct annot_bytes file,
					 struct annot_tlogpolicy *ret, struct annot_error *err)
{
	struct parser *p = annot_arena_alloc(arena, sizeof *p);

	if (file.len > ANNOT_TLOGPOLICY_MAX)
		return annot_fail(err, ANNOT_TOO_LARGE, "policy: %zu bytes, at most %d are taken",
				  file.len, ANNOT_TLOGPOLICY_MAX);
	if (!p)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the policy");
	*p = (struct parser){
		.arena = arena,
		.err = err,
		.names = annot_arena_array(arena, ANNOT_TLOGPOLICY_NAMES_MAX, sizeof *p->names),
		.logs = annot_arena_array(arena, ANNOT_TLOGPOLICY_LOGS_MAX, sizeof *p->logs)};
	if (!p->names || !p->logs)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory for the policy");
	TRY(parse(p, file));
	*ret = (struct annot_tlogpolicy){.logs = p->logs,
					 .n_logs = p->n_logs,
					 .names = p->names,
					 .n_names = p->n_names,
					 .quorum = p->quorum};
	return ANNOT_OK;
}

/* --- quorum --- */

size_t annot_tlogpolicy_witnesses(const struct annot_tlogpolicy *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_names; i++)
		n += p->names[i].is_witness;
	return n;
}

bool annot_tlogpolicy_met(const struct annot_tlogpolicy *p, const bool *cosigned)
{
	bool met[ANNOT_TLOGPOLICY_NAMES_MAX];

	/* Members stand before their group. */
	for (size_t i = 0; i < p->n_names; i++) {
		const struct annot_tlogpolicy_name *name = &p->names[i];
		unsigned n = 0;

		for (unsigned k = 0; k < name->n_members; k++)
			n += met[name->members[k]];
		met[i] = name->is_witness ? cosigned[i] : n >= name->threshold;
	}
	return p->quorum < 0 || met[p->quorum];
}

static int by_time(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The witnesses' times in order; how many. */
static size_t sort_times(const struct annot_tlogpolicy *p, const uint64_t *times, uint64_t *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_names; i++)
		if (p->names[i].is_witness && times[i] != UINT64_MAX)
			ret[n++] = times[i];
	if (n)
		qsort(ret, n, sizeof *ret, by_time);
	return n;
}

static bool met_within(const struct annot_tlogpolicy *p, const uint64_t *times, uint64_t from,
		       uint64_t to)
{
	bool cosigned[ANNOT_TLOGPOLICY_NAMES_MAX] = {false};

	for (size_t i = 0; i < p->n_names; i++)
		cosigned[i] = p->names[i].is_witness && times[i] != UINT64_MAX &&
			      times[i] >= from && times[i] <= to;
	return annot_tlogpolicy_met(p, cosigned);
}

bool annot_tlogpolicy_first(const struct annot_tlogpolicy *p, const uint64_t *times, uint64_t *ret)
{
	uint64_t sorted[ANNOT_TLOGPOLICY_NAMES_MAX];
	size_t n = sort_times(p, times, sorted);

	for (size_t i = 0; p->quorum >= 0 && i < n; i++)
		if (met_within(p, times, 0, sorted[i])) {
			*ret = sorted[i];
			return true;
		}
	return false;
}

bool annot_tlogpolicy_last(const struct annot_tlogpolicy *p, const uint64_t *times, uint64_t *ret)
{
	uint64_t sorted[ANNOT_TLOGPOLICY_NAMES_MAX];
	size_t n = sort_times(p, times, sorted);

	for (size_t i = n; p->quorum >= 0 && i-- > 0;)
		if (met_within(p, times, sorted[i], UINT64_MAX - 1)) {
			*ret = sorted[i];
			return true;
		}
	return false;
}
