#include "../bundle_arg.h"
#include "../out/out.h"
#include "../out/progress.h"

static char *arg_corpus;
static int arg_again;

static const struct poptOption options[] = {
	{"corpus", '\0', POPT_ARG_STRING, &arg_corpus, 0, "Corpus id that you have from elsewhere",
	 "HASH"},
	{"again", '\0', POPT_ARG_NONE, &arg_again, 0,
	 "Check also the signatures that an earlier audit here has checked", NULL},
	POPT_TABLEEND,
};

static void print_counts(struct ctl *ctl, const struct annot_audit_report *r)
{
	out_text(ctl, "log        %s, %llu record%s, root %s\n",
		 out_safe(ctl, r->checkpoint.origin), (unsigned long long)r->checkpoint.size,
		 annot_plural(r->checkpoint.size), annot_hash_hex(&r->checkpoint.root).text);
	out_text(ctl, "signatures %llu checked, %llu by an earlier audit of the same leaves\n",
		 (unsigned long long)r->signatures, (unsigned long long)r->resumed);
	out_text(ctl, "records    %llu void, %llu withheld\n", (unsigned long long)r->void_records,
		 (unsigned long long)r->withheld);
	out_text(ctl, "%s", "           not checked here: the words of documents\n");
}

static void print(struct ctl *ctl, const struct annot_audit_report *r)
{
	if (ctl->format != FORMAT_TEXT) {
		out_json(ctl, annot_audit_json(r));
		return;
	}
	for (size_t i = 0; i < r->n_shown; i++) {
		const struct annot_audit_finding *f = &r->findings[i];
		if (f->index == UINT64_MAX)
			out_text(ctl, "log: %s\n", f->text);
		else
			out_text(ctl, "#%llu: %s\n", (unsigned long long)f->index, f->text);
	}
	if (r->n_findings > r->n_shown)
		out_text(ctl, "and %llu more\n", (unsigned long long)(r->n_findings - r->n_shown));
	if (!ctl->quiet)
		print_counts(ctl, r);
	out_text(ctl, "%s%s%s\n",
		 out_style(ctl, annot_verdict_exit(r->verdict) ? STYLE_BAD : STYLE_GOOD),
		 annot_verdict_name(r->verdict), out_style(ctl, STYLE_PLAIN));
}

static enum annot_status trust(struct ctl *ctl, const char *dir, struct annot_hash *ret)
{
	struct annot_trust trust;
	TRY(dir ? bundle_trust(ctl, dir, arg_corpus, &trust)
		: bundle_trust_daemon(ctl, arg_corpus, &trust));
	*ret = trust.corpus;
	return ANNOT_OK;
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct progress progress = {.ctl = ctl, .what = "audited"};
	struct annot_audit_options audit = {.dir = argc ? args[0] : NULL,
					    .again = arg_again,
					    .progress = progress_show,
					    .arg = &progress};
	const struct annot_audit_report *report;
	int code = audit.dir ? 0 : ctl_connect(ctl);
	if (code)
		return code;
	CTL_TRY(ctl, trust(ctl, audit.dir, &audit.corpus));
	progress_begin(&progress);
	enum annot_status status =
		annot_log_audit(ctl->annot, &audit, ctl->arena, &report, &ctl->err);
	progress_end(&progress);
	CTL_TRY(ctl, status);
	print(ctl, report);
	return annot_verdict_exit(report->verdict);
}

const struct command cmd_log_audit = {
	"log audit", "[DIR]", "Replay a whole log: every leaf, record, signature, key and root",
	options,     run,     0,
	0,           1,
};
