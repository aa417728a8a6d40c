#include <string.h>

#include "../out/out.h"
#include "../out/record.h"
#include "../rows.h"

enum { PAGE_ARENA_MAX = 64 << 20, PAGE_ROWS_MAX = 1000 };

static int arg_limit, arg_count;

static const struct poptOption options[] = {
	{"limit", '\0', POPT_ARG_INT, &arg_limit, COUNT_LIMIT, "At most N", "N"},
	{"count", '\0', POPT_ARG_NONE, &arg_count, 0, "Only how many there are", NULL},
	POPT_TABLEEND,
};

/* Marks come from the daemon: whether they are places in the snippet, ascending. */
static bool are_marks(const struct annot_search_match *m)
{
	const char *text = (const char *)m->snippet.data;
	uint64_t at = 0;

	for (size_t i = 0; i < m->n_marks; i++) {
		if (m->marks[i] < at || m->marks[i] > m->snippet.len ||
		    !annot_utf8_boundary(text, m->snippet.len, (size_t)m->marks[i]))
			return false;
		at = m->marks[i];
	}
	return m->n_marks % 2 == 0;
}

static enum annot_status check(struct ctl *ctl, const struct annot_search_reply *page)
{
	uint64_t row = 0;

	for (size_t i = 0; i < page->n_matches; i++) {
		const struct annot_search_match *m = &page->matches[i];

		if (m->row < row || m->row >= page->n_rows || m->start >= m->end ||
		    m->snippet_start > m->start ||
		    annot_utf8_valid(m->snippet.data, m->snippet.len) != m->snippet.len ||
		    !are_marks(m))
			return annot_fail(&ctl->err, ANNOT_PROTOCOL,
					  "the daemon sent a match that is in no row or snippet");
		row = m->row;
	}
	return ANNOT_OK;
}

/* --- JSON --- */

static json_t *chars_of_marks(const struct annot_search_match *m)
{
	const char *text = (const char *)m->snippet.data;
	json_t *list = json_array();

	for (size_t i = 0; i + 1 < m->n_marks; i += 2) {
		size_t start = annot_utf8_chars(text, (size_t)m->marks[i]);
		size_t end = annot_utf8_chars(text, (size_t)m->marks[i + 1]);

		json_array_append_new(list, json_pack("[I,I]", (json_int_t)start, (json_int_t)end));
	}
	return list;
}

static json_t *match_json(const struct annot_search_match *m)
{
	json_t *snippet = json_stringn((const char *)m->snippet.data, m->snippet.len);

	return json_pack("{s:s?, s:I, s:[I,I], s:[I,I], s:o, s:o}", "card", m->card, "nth",
			 (json_int_t)m->nth, "bytes", (json_int_t)m->start, (json_int_t)m->end,
			 "chars", (json_int_t)m->chars_start, (json_int_t)m->chars_end, "snippet",
			 snippet, "highlights", chars_of_marks(m));
}

/* --- text --- */

/* A snippet in one line; what was searched for stands out. */
static void print_snippet(struct ctl *ctl, const struct annot_search_match *m)
{
	const char *text = (const char *)m->snippet.data;
	size_t at = 0;

	out_text(ctl, "    %s%s:%s ", out_style(ctl, STYLE_DIM), m->card ? m->card : "text",
		 out_style(ctl, STYLE_PLAIN));
	for (size_t i = 0; i <= m->n_marks; i++) {
		size_t to = i < m->n_marks ? (size_t)m->marks[i] : m->snippet.len;
		const char *part = annot_arena_copy(ctl->arena, text + at, to - at);

		out_text(ctl, "%s%s%s", i % 2 ? out_style(ctl, STYLE_BOLD) : "",
			 out_safe_flat(ctl, part), i % 2 ? out_style(ctl, STYLE_PLAIN) : "");
		at = to;
	}
	out_text(ctl, "\n");
}

/* --- pages --- */

static bool as_json(const struct ctl *ctl)
{
	return ctl->format != FORMAT_TEXT && !ctl->quiet;
}

static enum annot_status print_row(struct ctl *ctl, const struct annot_search_reply *page,
				   size_t row, size_t *match)
{
	const struct annot_record *record;
	json_t *json = NULL, *matches = NULL;

	TRY(record_of_row(ctl, &page->rows[row], &record));
	if (as_json(ctl)) {
		json = record_json(ctl, &page->rows[row], record, false);
		matches = json_array();
	} else {
		rows_print_line(ctl, &page->rows[row], record, NULL);
	}
	for (; *match < page->n_matches && page->matches[*match].row == row; ++*match) {
		if (json)
			json_array_append_new(matches, match_json(&page->matches[*match]));
		else if (!ctl->quiet)
			print_snippet(ctl, &page->matches[*match]);
	}
	if (json) {
		json_object_set_new(json, "matches", matches);
		out_list_item(ctl, json);
	}
	return ANNOT_OK;
}

/* A page in an arena of its own. */
static enum annot_status take_page(struct ctl *ctl, struct annot_search_request *request,
				   uint64_t *count)
{
	const struct annot_search_reply *page;
	size_t match = 0;
	enum annot_status status =
		annot_call_search(ctl->annot, request, ctl->arena, &page, &ctl->err);

	TRY(rows_query_status(status));
	TRY(check(ctl, page));
	for (size_t i = 0; i < page->n_rows; i++)
		TRY(print_row(ctl, page, i, &match));
	*count += request->count ? page->count : page->n_rows;
	request->from = page->next;
	return ANNOT_OK;
}

static enum annot_status search(struct ctl *ctl, struct annot_search_request *request,
				uint64_t *count)
{
	struct annot_arena *outer = ctl->arena;
	enum annot_status status;

	do {
		uint64_t left = arg_limit ? (uint64_t)arg_limit - *count : 0;

		request->limit = left < PAGE_ROWS_MAX ? left : 0;
		ctl->arena = annot_arena_new(PAGE_ARENA_MAX);
		status = ctl->arena ? take_page(ctl, request, count)
				    : annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
		annot_arena_free(ctl->arena);
	} while (status == ANNOT_OK && request->from != 0 && !ferror(stdout) &&
		 !(arg_limit && !request->count && *count >= (uint64_t)arg_limit));
	ctl->arena = outer;
	return status;
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct annot_search_request request = {.count = arg_count};
	uint64_t count = 0;

	CTL_TRY(ctl, ctl_text(ctl, argc > 0 ? args[0] : NULL, "TEXT", &request.text));
	request.query = argc > 0 ? rows_query(ctl, args + 1) : "";
	ctl->query = request.query;
	if (!arg_count)
		out_page(ctl);
	if (as_json(ctl) && !arg_count)
		out_list_begin(ctl);
	CTL_TRY(ctl, search(ctl, &request, &count));
	if (as_json(ctl) && !arg_count)
		out_list_end(ctl);
	else if (arg_count && ctl->format == FORMAT_TEXT)
		out_text(ctl, "%llu\n", (unsigned long long)count);
	else if (arg_count)
		out_json(ctl, json_pack("{s:I}", "count", (json_int_t)count));
	return 0;
}

const struct command cmd_search = {
	"search",
	"TEXT [QUERY]",
	"Search documents and annotations for words",
	options,
	run,
	NEEDS_DAEMON | LISTS,
	0,
	-1,
};
