#include <string.h>

#include "../bundle_arg.h"
#include "../out/out.h"
#include "../rows.h"

enum { GATE_RECORDS_MAX = 4096 };

static char *arg_corpus;

static const struct poptOption options[] = {
	{"corpus", '\0', POPT_ARG_STRING, &arg_corpus, 0, "Corpus id that you have from elsewhere",
	 "HASH"},
	POPT_TABLEEND,
};

/* --- which records --- */

struct wanted {
	const char *query; /* NULL: one record by its id */
	struct annot_hash records[GATE_RECORDS_MAX];
	size_t n;
};

static enum annot_status take(struct ctl *ctl, const struct annot_row *row,
			      const struct annot_record *record, struct wanted *w)
{
	struct row_ids ids;
	TRY(rows_ids(ctl, row, record, &ids));
	w->records[w->n++] = ids.record;
	return ANNOT_OK;
}

static enum annot_status find_one(struct ctl *ctl, const char *id, struct wanted *w)
{
	struct annot_fetched got;
	TRY(bundle_no_file(ctl, id, annot_fetch(ctl->annot, id, ctl->arena, &got, &ctl->err)));
	return take(ctl, got.row, got.record, w);
}

static enum annot_status add_row(struct ctl *ctl, const struct annot_row *row,
				 const struct annot_record *record, void *arg)
{
	struct wanted *w = arg;
	if (w->n == GATE_RECORDS_MAX)
		return annot_fail(&ctl->err, ANNOT_TOO_LARGE,
				  "more than %d records match \"%s\"; gate them in parts, as with "
				  "since: and before:",
				  GATE_RECORDS_MAX, w->query);
	return take(ctl, row, record, w);
}

/* A query that is wrong is no answer: a script must not take it for "no". */
static enum annot_status find_all(struct ctl *ctl, const char **args, struct wanted *w)
{
	w->query = rows_query(ctl, args);
	if (rows_has_term(w->query, "as-of:"))
		return annot_fail(&ctl->err, ANNOT_USAGE,
				  "query: as-of: is not for gate, which judges under today's "
				  "checkpoint");
	TRY(rows_each(ctl, &(struct rows_request){.query = w->query}, add_row, w, NULL));
	if (w->n == 0)
		return annot_fail(&ctl->err, ANNOT_NO,
				  "no record matches \"%s\": there is nothing to pass the gate",
				  w->query);
	out_note(ctl,
		 "%zu record%s match%s; that these are all is the daemon's word, each is "
		 "judged here",
		 w->n, annot_plural(w->n), w->n == 1 ? "es" : "");
	return ANNOT_OK;
}

/* --- what is said --- */

static void print_record(struct ctl *ctl, const struct annot_gate *gate,
			 const struct annot_gated *g)
{
	static const struct annot_hash unreadable;
	size_t missing = 0, wrong = 0;
	for (size_t i = 0; i < g->n_lines; i++) {
		missing += g->lines[i].result == ANNOT_CHECK_MISSING;
		wrong += g->lines[i].result == ANNOT_CHECK_FAILED;
	}
	bundle_print(ctl, g->lines, g->n_lines);
	out_text(ctl, "%s%spassed%s", out_style(ctl, g->passed ? STYLE_GOOD : STYLE_BAD),
		 g->passed ? "" : "not ", out_style(ctl, STYLE_PLAIN));
	if (!annot_hash_equal(&g->record, &unreadable))
		out_text(ctl, " %s", annot_hash_hex(&g->record).text);
	if (gate->checkpoint.size)
		out_text(ctl, " under checkpoint %s %llu %s",
			 out_safe(ctl, gate->checkpoint.origin),
			 (unsigned long long)gate->checkpoint.size,
			 annot_hash_hex(&gate->checkpoint.root).text);
	if (missing)
		out_text(ctl, ": %zu missing", missing);
	if (wrong)
		out_text(ctl, "%s %zu wrong", missing ? "," : ":", wrong);
	out_text(ctl, "\n");
}

static void print_text(struct ctl *ctl, const struct annot_gate *gate)
{
	size_t passed = 0;
	for (size_t i = 0; i < gate->n_records; i++) {
		print_record(ctl, gate, &gate->records[i]);
		passed += gate->records[i].passed;
	}
	if (gate->n_records > 1)
		out_note(ctl, "%zu of %zu passed", passed, gate->n_records);
}

/* Hashes alone, and none unless all passed: what reads them may not look at the exit status. */
static void print_hashes(struct ctl *ctl, const struct annot_gate *gate)
{
	for (size_t i = 0; gate->passed && i < gate->n_records; i++)
		out_text(ctl, "%s\n", annot_hash_hex(&gate->records[i].record).text);
}

static void print_json(struct ctl *ctl, const struct annot_gate *gate, const struct wanted *w,
		       const char *evidence)
{
	json_t *object = annot_gate_json(gate);
	if (evidence)
		json_object_set_new(object, "evidence", json_string(evidence));
	if (w && w->query)
		json_object_set_new(object, "listing",
				    json_pack("{s:s, s:I, s:b}", "query", w->query, "matches",
					      (json_int_t)w->n, "verified", 0));
	out_json(ctl, object);
}

/* --- the gate --- */

static bool is_forked(const struct annot_gate *gate)
{
	for (size_t i = 0; i < gate->n_records; i++)
		if (gate->records[i].report->verdict == ANNOT_FORKED_LOG)
			return true;
	return false;
}

static enum annot_status judge(struct ctl *ctl, struct annot_bytes bundle,
			       const struct annot_trust *trust, const struct wanted *w, int *ret)
{
	const struct annot_gate *gate;
	const char *evidence = NULL;
	TRY(annot_gate_bundle(ctl->arena, bundle, trust, w ? w->records : NULL, w ? w->n : 0, &gate,
			      &ctl->err));
	if (is_forked(gate))
		bundle_keep_evidence(ctl, bundle, &trust->corpus, &evidence);
	if (ctl->format != FORMAT_TEXT)
		print_json(ctl, gate, w, evidence);
	else if (ctl->quiet)
		print_hashes(ctl, gate);
	else
		print_text(ctl, gate);
	*ret = gate->passed ? 0 : 1;
	return ANNOT_OK;
}

static enum annot_status gate_file(struct ctl *ctl, const char *path, int *ret)
{
	struct annot_trust trust = {0};
	struct annot_bytes file;
	TRY(bundle_trust(ctl, path, arg_corpus, &trust));
	TRY(annot_file_map(path, &file, &ctl->err));
	enum annot_status status = judge(ctl, file, &trust, NULL, ret);
	annot_file_unmap(&file);
	return status;
}

static enum annot_status gate_daemon(struct ctl *ctl, const char **args, struct annot_held *bundle,
				     int *ret)
{
	struct annot_trust trust = {0};
	struct annot_bytes bytes;
	struct wanted *w = annot_arena_alloc(ctl->arena, sizeof *w);
	if (!w)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	TRY(bundle_trust_daemon(ctl, arg_corpus, &trust));
	TRY(!args[1] && rows_is_id(args[0]) ? find_one(ctl, args[0], w) : find_all(ctl, args, w));
	TRY(annot_bundle_collect_records(ctl->annot, w->records, w->n, annot_held_sink(bundle),
					 &ctl->err));
	TRY(annot_held_bytes(bundle, &bytes, &ctl->err));
	return judge(ctl, bytes, &trust, w, ret);
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	int code = 0;
	if (argc == 1 && bundle_is_file(args[0])) {
		CTL_TRY(ctl, gate_file(ctl, args[0], &code));
		return code;
	}
	enum annot_status status = ctl_try_connect(ctl);
	if (argc == 1 && rows_is_id(args[0]))
		status = bundle_no_file(ctl, args[0], status);
	CTL_TRY(ctl, status);
	struct annot_held bundle = ANNOT_HELD_INIT(BUNDLE_IN_MEMORY);
	status = gate_daemon(ctl, args, &bundle, &code);
	annot_held_free(&bundle);
	return status == ANNOT_OK ? code : ctl_fail(ctl, status);
}

const struct command cmd_gate = {
	"gate",
	"ID|QUERY|BUNDLE",
	"Say whether the policy lets it be published",
	options,
	run,
	0,
	1,
	-1,
};
