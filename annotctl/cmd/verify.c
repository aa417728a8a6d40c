#include <string.h>

#include "../bundle_arg.h"
#include "../out/out.h"
#include "../out/progress.h"

enum { LOG_KEYS_MAX = 16, LEAVES_MAX = 1 << 30 };

static char *arg_corpus, *arg_log, *arg_policy;
static char **arg_log_keys;

static const struct poptOption options[] = {
	{"corpus", '\0', POPT_ARG_STRING, &arg_corpus, 0, "Corpus id that you have from elsewhere",
	 "HASH"},
	{"log-key", '\0', POPT_ARG_ARGV, &arg_log_keys, 0,
	 "Of fork evidence: a later key of the log that you know of", "VKEY"},
	{"log", '\0', POPT_ARG_STRING, &arg_log, 0,
	 "A copy of the log (log export), for bundles without leaves", "DIR"},
	{"policy", '\0', POPT_ARG_STRING, &arg_policy, 0,
	 "Which witnesses must have cosigned the log (C2SP tlog-policy)", "FILE"},
	POPT_TABLEEND,
};

static void print(struct ctl *ctl, const struct annot_report *r, const char *evidence)
{
	if (ctl->format != FORMAT_TEXT) {
		json_t *object = annot_report_json(r);
		if (evidence)
			json_object_set_new(object, "evidence", json_string(evidence));
		out_json(ctl, object);
		return;
	}
	if (!ctl->quiet)
		bundle_print(ctl, r->checks, r->n_checks);
	out_text(ctl, "%s%s%s\n", out_style(ctl, annot_report_exit(r) ? STYLE_BAD : STYLE_GOOD),
		 annot_verdict_name(r->verdict), out_style(ctl, STYLE_PLAIN));
}

/* A bundle that was fetched or is to be read is verified by the same code. */
static enum annot_status verify(struct ctl *ctl, struct annot_bytes bundle,
				const struct annot_trust *trust, int *ret)
{
	const struct annot_report *report;
	const char *evidence = NULL;
	struct annot_trust all = *trust;
	struct progress progress = {.ctl = ctl, .what = "verified"};
	TRY(bundle_policy(ctl, arg_policy, &all));
	all.progress = progress_show;
	all.progress_arg = &progress;
	progress_begin(&progress);
	enum annot_status status =
		annot_verify_bundle(ctl->arena, bundle, &all, &report, &ctl->err);
	progress_end(&progress);
	TRY(status);
	if (report->verdict == ANNOT_FORKED_LOG)
		bundle_keep_evidence(ctl, bundle, &trust->corpus, &evidence);
	print(ctl, report, evidence);
	*ret = annot_report_exit(report);
	return ANNOT_OK;
}

/* The log keys that this machine has learnt, and those of --log-key. */
static enum annot_status log_keys(struct ctl *ctl, const struct annot_hash *corpus,
				  struct annot_vkey ret[LOG_KEYS_MAX], size_t *ret_n)
{
	*ret_n = annot_known_log_keys(corpus, ret, LOG_KEYS_MAX);
	for (char **k = arg_log_keys; k && *k; k++) {
		if (*ret_n == LOG_KEYS_MAX)
			return annot_fail(&ctl->err, ANNOT_USAGE, "--log-key: more than %d keys",
					  LOG_KEYS_MAX);
		if (annot_vkey_parse(*k, strlen(*k), &ret[*ret_n], NULL) != ANNOT_OK)
			return annot_fail(&ctl->err, ANNOT_USAGE,
					  "--log-key %s: expected a verifier key, NAME+HEX8+BASE64",
					  *k);
		++*ret_n;
	}
	return ANNOT_OK;
}

static enum annot_status verify_evidence(struct ctl *ctl, struct annot_bytes file,
					 const struct annot_trust *trust, int *ret)
{
	const struct annot_report *report;
	struct annot_vkey keys[LOG_KEYS_MAX];
	size_t n;
	TRY(log_keys(ctl, &trust->corpus, keys, &n));
	TRY(annot_evidence_verify(ctl->arena, file, trust, keys, n, &report, &ctl->err));
	print(ctl, report, NULL);
	*ret = annot_verdict_exit(report->verdict);
	return ANNOT_OK;
}

/* The leaves of --log's copy, as many as its checkpoint says; nothing without it. */
static enum annot_status read_log(struct ctl *ctl, struct annot_buf *ret)
{
	struct annot_buf note = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	struct annot_note *parsed = annot_arena_alloc(ctl->arena, sizeof(*parsed));
	struct annot_checkpoint checkpoint;
	if (!arg_log)
		return ANNOT_OK;
	if (!parsed)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	enum annot_status status = annot_log_note(arg_log, &note, &ctl->err);
	if (status == ANNOT_OK)
		status = annot_note_parse(annot_buf_bytes(&note), parsed, &ctl->err);
	if (status == ANNOT_OK)
		status = annot_checkpoint_parse(parsed->text, &checkpoint, &ctl->err);
	if (status == ANNOT_OK)
		status = annot_log_leaves(arg_log, checkpoint.size, ret, &ctl->err);
	if (status != ANNOT_OK)
		annot_buf_free(ret);
	annot_buf_free(&note);
	return status;
}

static enum annot_status verify_file(struct ctl *ctl, const char *name, struct annot_bytes file,
				     const struct annot_trust *trust, int *ret)
{
	if (annot_evidence_is(file))
		return verify_evidence(ctl, file, trust, ret);
	if (arg_log_keys)
		return annot_fail(&ctl->err, ANNOT_USAGE,
				  "--log-key goes with fork evidence; %s is none", name);
	return verify(ctl, file, trust, ret);
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct annot_trust trust;
	int code = 0;
	(void)argc;
	if (arg_log_keys && !bundle_is_file(args[0]))
		return ctl_usage(ctl, "--log-key goes with fork evidence, a file");
	if (bundle_is_file(args[0])) {
		struct annot_bytes file;
		struct annot_buf leaves = ANNOT_BUF_INIT(LEAVES_MAX);
		CTL_TRY(ctl, bundle_trust(ctl, args[0], arg_corpus, &trust));
		CTL_TRY(ctl, read_log(ctl, &leaves));
		trust.leaves = annot_buf_bytes(&leaves);
		enum annot_status status = annot_file_map(args[0], &file, &ctl->err);
		if (status == ANNOT_OK) {
			status = verify_file(ctl, args[0], file, &trust, &code);
			annot_file_unmap(&file);
		}
		annot_buf_free(&leaves);
		return status == ANNOT_OK ? code : ctl_fail(ctl, status);
	}
	CTL_TRY(ctl, bundle_no_file(ctl, args[0], ctl_try_connect(ctl)));
	struct annot_held bundle = ANNOT_HELD_INIT(BUNDLE_IN_MEMORY);
	struct annot_bytes bytes;
	enum annot_status status = bundle_trust_daemon(ctl, arg_corpus, &trust);
	if (status == ANNOT_OK)
		status = bundle_no_file(ctl, args[0],
					annot_bundle_collect(ctl->annot, args[0],
							     annot_held_sink(&bundle), &ctl->err));
	if (status == ANNOT_OK)
		status = annot_held_bytes(&bundle, &bytes, &ctl->err);
	if (status == ANNOT_OK)
		status = verify(ctl, bytes, &trust, &code);
	annot_held_free(&bundle);
	return status == ANNOT_OK ? code : ctl_fail(ctl, status);
}

const struct command cmd_verify = {
	"verify", "ID|FILE", "Verify a record's signed provenance, or evidence of a fork",
	options,  run,       0,
	1,        1,
};
