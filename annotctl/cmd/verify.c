#include "../bundle_arg.h"
#include "../out/out.h"

static char *arg_corpus;

static const struct poptOption options[] = {
	{"corpus", '\0', POPT_ARG_STRING, &arg_corpus, 0, "Corpus id that you have from elsewhere",
	 "HASH"},
	POPT_TABLEEND,
};

static void print(struct ctl *ctl, const struct annot_report *r)
{
	if (ctl->format != FORMAT_TEXT) {
		out_json(ctl, annot_report_json(r));
		return;
	}
	if (!ctl->quiet)
		bundle_print(ctl, r->checks, r->n_checks);
	out_text(ctl, "%s%s%s\n",
		 out_style(ctl, annot_verdict_exit(r->verdict) ? STYLE_BAD : STYLE_GOOD),
		 annot_verdict_name(r->verdict), out_style(ctl, STYLE_PLAIN));
}

/* A bundle that was fetched or is to be read is verified by the same code. */
static enum annot_status verify(struct ctl *ctl, struct annot_bytes bundle,
				const struct annot_trust *trust, int *ret)
{
	const struct annot_report *report;
	TRY(annot_verify_bundle(ctl->arena, bundle, trust, &report, &ctl->err));
	print(ctl, report);
	*ret = annot_verdict_exit(report->verdict);
	return ANNOT_OK;
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	struct annot_trust trust;
	int code = 0;
	(void)argc;
	if (bundle_is_file(args[0])) {
		struct annot_bytes file;
		CTL_TRY(ctl, bundle_trust(ctl, arg_corpus, &trust));
		CTL_TRY(ctl, annot_file_map(args[0], &file, &ctl->err));
		enum annot_status status = verify(ctl, file, &trust, &code);
		annot_file_unmap(&file);
		return status == ANNOT_OK ? code : ctl_fail(ctl, status);
	}
	code = ctl_connect(ctl);
	if (code)
		return code;
	struct annot_buf bundle = ANNOT_BUF_INIT(BUNDLE_MAX);
	enum annot_status status = bundle_trust_daemon(ctl, arg_corpus, &trust);
	if (status == ANNOT_OK)
		status = annot_bundle_collect(ctl->annot, args[0], &bundle, &ctl->err);
	if (status == ANNOT_OK)
		status = verify(ctl, annot_buf_bytes(&bundle), &trust, &code);
	annot_buf_free(&bundle);
	return status == ANNOT_OK ? code : ctl_fail(ctl, status);
}

const struct command cmd_verify = {
	"verify", "ID|BUNDLE", "Verify the signed provenance of a record", options, run, 0, 1, 1,
};
