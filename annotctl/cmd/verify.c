#include <string.h>

#include "../bundle_arg.h"
#include "../out/out.h"

enum { BUNDLE_MAX = 1 << 30 };

static char *arg_corpus;

static const struct poptOption options[] = {
	{"corpus", '\0', POPT_ARG_STRING, &arg_corpus, 0, "Corpus id that you have from elsewhere",
	 "HASH"},
	POPT_TABLEEND,
};

/* With a daemon: its corpus as pinned; --corpus must agree. */
static enum annot_status trust_for_id(struct ctl *ctl, struct annot_trust *ret)
{
	struct annot_options o = ANNOT_OPTIONS_INIT;
	o.socket = ctl->socket;
	o.timeout_ms = ctl->timeout_ms;
	if (!ctl->annot)
		TRY(annot_open(&o, &ctl->annot, &ctl->err));
	ret->corpus = annot_hello(ctl->annot)->corpus;
	struct annot_hash wanted;
	if (arg_corpus && !annot_hash_unhex(arg_corpus, strlen(arg_corpus), &wanted))
		return annot_fail(&ctl->err, ANNOT_USAGE, "--corpus %s: expected 64 hex digits",
				  arg_corpus);
	if (arg_corpus && !annot_hash_equal(&wanted, &ret->corpus))
		return annot_fail(&ctl->err, ANNOT_MISMATCH,
				  "the daemon serves corpus %s, not the one of --corpus",
				  annot_hash_hex(&ret->corpus).text);
	return annot_pin(ctl->annot, &ret->pin, NULL, &ctl->err);
}

static const char *const words[] = {"FAIL", "MISSING", "WARN", "ok", ""};
static const enum out_style styles[] = {STYLE_BAD, STYLE_BAD, STYLE_WARN, STYLE_GOOD, STYLE_DIM};

static void print(struct ctl *ctl, const struct annot_report *r)
{
	if (ctl->format != FORMAT_TEXT) {
		out_json(ctl, annot_report_json(r));
		return;
	}
	for (size_t i = 0; i < r->n_checks && !ctl->quiet; i++) {
		const struct annot_check *c = &r->checks[i];
		out_text(ctl, "%s%-8s%s %-12s %s\n", out_style(ctl, styles[c->result]),
			 words[c->result], out_style(ctl, STYLE_PLAIN), c->name, c->text);
	}
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
	struct annot_trust trust = {0};
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
	struct annot_buf bundle = ANNOT_BUF_INIT(BUNDLE_MAX);
	enum annot_status status = trust_for_id(ctl, &trust);
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
