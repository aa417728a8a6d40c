#include <stdlib.h>
#include <string.h>

#include "../diff/diff.h"
#include "../out/out.h"

static char **arg_documents;
static int arg_limit, arg_min_length, arg_versions, arg_exhaustive;

static const struct poptOption options[] = {
	{"document", '\0', POPT_ARG_ARGV, &arg_documents, 0, "Only in this one; may be repeated",
	 "DOC"},
	{"all-versions", '\0', POPT_ARG_NONE, &arg_versions, 0,
	 "Also in versions that were replaced, in retracted documents, and in other versions of "
	 "the same "
	 "document",
	 NULL},
	{"min-length", '\0', POPT_ARG_INT, &arg_min_length, 0,
	 "Letters and digits of a passage at least; 40 if not said", "N"},
	{"limit", '\0', POPT_ARG_INT, &arg_limit, COUNT_LIMIT, "At most N passages, the best; 20 if not said",
	 "N"},
	{"exhaustive", '\0', POPT_ARG_NONE, &arg_exhaustive, 0,
	 "Read all texts instead of asking the index", NULL},
	POPT_TABLEEND,
};

enum { OWN, OTHER, FULL = 1000, PERCENT = 100 };

static unsigned score_of(const struct annot_copy_view *c)
{
	return (unsigned)((c->letters - c->edits) * FULL / c->letters);
}

static enum annot_status differences(struct ctl *ctl, const struct annot_copy_view *c,
				     const struct annot_diff_part **ret, size_t *ret_n)
{
	return annot_diff_words(ctl->arena, annot_bytes_of(c->passages[OWN].text),
				annot_bytes_of(c->passages[OTHER].text), ret, ret_n, &ctl->err);
}

/* --- JSON --- */

static json_t *passage_json(const struct annot_passage *p)
{
	return json_pack("{ss ss sI sb s[II] s[II] ss}", "document",
			 annot_hash_hex(&p->document).text, "name", p->name, "document_version",
			 (json_int_t)p->version, "head", p->head, "bytes", (json_int_t)p->start,
			 (json_int_t)p->end, "chars", (json_int_t)p->chars_start,
			 (json_int_t)p->chars_end, "text", p->text);
}

static json_t *link_json(const struct annot_copies_reply *reply, const struct annot_copy_view *c)
{
	const struct annot_hash *own = &reply->record, *other = &c->passages[OTHER].document;
	return json_pack("{ss ss ss}", "from",
			 annot_hash_hex(c->from == OWN ? own : other).text, "relation", c->relation,
			 "to", annot_hash_hex(c->from == OWN ? other : own).text);
}

static json_t *copy_json(struct ctl *ctl, const struct annot_copies_reply *reply,
			 const struct annot_copy_view *c)
{
	const struct annot_diff_part *parts;
	size_t n;
	json_t *copy = passage_json(&c->passages[OWN]);
	if (!copy)
		return NULL;
	json_object_set_new(copy, "other", passage_json(&c->passages[OTHER]));
	json_object_set_new(copy, "score", json_integer((json_int_t)score_of(c)));
	json_object_set_new(copy, "letters", json_integer((json_int_t)c->letters));
	json_object_set_new(copy, "edits", json_integer((json_int_t)c->edits));
	if (differences(ctl, c, &parts, &n) == ANNOT_OK)
		json_object_set_new(copy, "differences", diff_words_json(parts, n));
	json_object_set_new(copy, "propose", link_json(reply, c));
	return copy;
}

/* --- text --- */

static const char *named(struct ctl *ctl, const struct annot_passage *p)
{
	const char *name = annot_arena_printf(ctl->arena, "%s@%llu", out_safe(ctl, p->name),
					      (unsigned long long)p->version);
	return name ? name : "";
}

static void print_passage(struct ctl *ctl, const struct annot_passage *p)
{
	out_text(ctl, "%s characters %llu-%llu%s", named(ctl, p),
		 (unsigned long long)p->chars_start, (unsigned long long)p->chars_end,
		 p->head ? "" : ", replaced since");
}

/* The command that signs the link: a person looks at both before. */
static void print_link(struct ctl *ctl, const struct annot_copies_reply *reply,
		       const struct annot_copy_view *c, const char *id)
{
	const struct annot_passage *own = &c->passages[OWN];
	bool document = annot_hash_equal(&own->document, &reply->record);
	const char *first = document ? named(ctl, own) : out_safe(ctl, id);
	const char *second = named(ctl, &c->passages[OTHER]);
	out_text(ctl, "    annotctl link add %s %s %s\n", c->from == OWN ? first : second,
		 c->relation, c->from == OWN ? second : first);
}

static void print_copy(struct ctl *ctl, const struct annot_copies_reply *reply,
		       const struct annot_copy_view *c, const char *id)
{
	const struct annot_diff_part *parts;
	size_t n;
	const struct annot_passage *other = &c->passages[OTHER];
	if (ctl->quiet) {
		out_text(ctl, "%s %llu %llu\n", named(ctl, other), (unsigned long long)other->start,
			 (unsigned long long)other->end);
		return;
	}
	out_text(ctl, "%s%llu letter%s%s, %u %% alike: ", out_style(ctl, STYLE_BOLD),
		 (unsigned long long)c->letters, annot_plural(c->letters),
		 out_style(ctl, STYLE_PLAIN), score_of(c) * PERCENT / FULL);
	print_passage(ctl, &c->passages[OWN]);
	out_text(ctl, "; ");
	print_passage(ctl, other);
	out_text(ctl, "\n    ");
	if (differences(ctl, c, &parts, &n) == ANNOT_OK)
		diff_words_print(ctl, parts, n);
	out_text(ctl, "\n");
	print_link(ctl, reply, c, id);
}

/* --- the command --- */

static enum annot_status read_options(struct ctl *ctl, struct annot_copies_request *in)
{
	while (arg_documents && arg_documents[in->n_documents])
		in->n_documents++;
	in->documents = (const char *const *)arg_documents;
	if (in->n_documents > ANNOT_LOCATE_DOCUMENTS_MAX)
		return annot_fail(&ctl->err, ANNOT_USAGE, "--document: %zu; at most %d are taken",
				  in->n_documents, ANNOT_LOCATE_DOCUMENTS_MAX);
	if (arg_limit > ANNOT_COPIES_LIMIT_MAX)
		return annot_fail(&ctl->err, ANNOT_USAGE, "--limit %d: expected 1 to %d", arg_limit,
				  ANNOT_COPIES_LIMIT_MAX);
	if (arg_min_length != 0 && (arg_min_length < ANNOT_COPIES_LENGTH_LEAST ||
				    arg_min_length > ANNOT_COPIES_LENGTH_MAX))
		return annot_fail(&ctl->err, ANNOT_USAGE, "--min-length %d: expected %d to %d",
				  arg_min_length, ANNOT_COPIES_LENGTH_LEAST,
				  ANNOT_COPIES_LENGTH_MAX);
	in->versions = arg_versions;
	in->exhaustive = arg_exhaustive;
	in->limit = (uint64_t)arg_limit;
	in->min_letters = (uint64_t)arg_min_length;
	return ANNOT_OK;
}

static void print(struct ctl *ctl, const struct annot_copies_reply *reply, const char *id)
{
	bool as_json = ctl->format != FORMAT_TEXT && !ctl->quiet;
	out_page(ctl);
	if (as_json)
		out_list_begin(ctl);
	for (size_t i = 0; i < reply->n_copies; i++) {
		if (as_json)
			out_list_item(ctl, copy_json(ctl, reply, &reply->copies[i]));
		else
			print_copy(ctl, reply, &reply->copies[i], id);
	}
	if (as_json)
		out_list_end(ctl);
}

static void remark(struct ctl *ctl, const struct annot_copies_reply *reply)
{
	if (reply->more)
		out_note(ctl, "there are more passages than these %zu: --limit N shows more",
			 reply->n_copies);
	if (reply->cut)
		out_warning(ctl, "the comparison was cut short: a text repeats more of these words "
				 "than can be compared");
	if (reply->partial)
		out_warning(ctl, "only the first %d MiB of the text were compared with others",
			    ANNOT_COPIES_TEXT_MAX >> 20);
	if (reply->n_copies == 0)
		out_note(ctl, "nothing in common with %llu byte%s of other texts",
			 (unsigned long long)(reply->compared + reply->indexed),
			 annot_plural(reply->compared + reply->indexed));
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct annot_copies_request in = {.id = args[0]};
	const struct annot_copies_reply *reply;
	(void)argc;
	CTL_TRY(ctl, read_options(ctl, &in));
	CTL_TRY(ctl, annot_copies_of(ctl->annot, &in, ctl->arena, &reply, &ctl->err));
	print(ctl, reply, args[0]);
	remark(ctl, reply);
	return reply->n_copies > 0 ? 0 : annot_exit_code(ANNOT_NO);
}

const struct command cmd_copies = {
	"copies", "ID|DOC", "Show passages that other documents share, as they are or altered",
	options,  run,      NEEDS_DAEMON | LISTS,
	1,        1,
};
