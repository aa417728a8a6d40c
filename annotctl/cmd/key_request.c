#include <string.h>

#include "../bundle_arg.h"
#include "../key.h"
#include "../out/out.h"

static char *arg_name, *arg_output, *arg_corpus;

static const struct poptOption options[] = {
	{"name", '\0', POPT_ARG_STRING, &arg_name, 0, "Name to be enrolled under", "NAME"},
	{"output", 'o', POPT_ARG_STRING, &arg_output, 0, "File for the admin; - is standard output",
	 "FILE"},
	{"corpus", '\0', POPT_ARG_STRING, &arg_corpus, 0,
	 "The corpus, by its id; no daemon is asked then", "HASH"},
	POPT_TABLEEND,
};

/* Of --corpus, for who cannot reach the daemon before being enrolled; else of the daemon. */
static int which_corpus(struct ctl *ctl, struct annot_hash *ret)
{
	if (arg_corpus) {
		CTL_TRY(ctl, bundle_corpus(ctl, arg_corpus, ret));
		return 0;
	}
	int code = ctl_connect(ctl);
	if (code == 0)
		*ret = annot_hello(ctl->annot)->corpus;
	return code;
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	const struct annot_signer *signer;
	uint8_t signature[ANNOT_SIGNATURE_SIZE];
	struct annot_hash corpus;
	(void)argc, (void)args;
	if (!arg_name || !arg_output)
		return ctl_usage(ctl, "say --name NAME and -o FILE");
	if (!annot_name_valid(arg_name, strlen(arg_name)))
		return ctl_usage(ctl,
				 "name \"%s\": expected a lower-case letter or digit, then "
				 "letters, digits, dot, dash or "
				 "underscore",
				 arg_name);
	int code = which_corpus(ctl, &corpus);
	if (code)
		return code;
	CTL_TRY(ctl, ctl_signer(ctl, &signer));
	struct annot_buf file = ANNOT_BUF_INIT(16384);
	const uint8_t *key = annot_signer_key(signer)->key;
	annot_enrolment_request(&corpus, arg_name, key, &file);
	enum annot_status status = annot_signer_sign(signer, ANNOT_NAMESPACE_ENROL,
						     annot_buf_bytes(&file), signature, &ctl->err);
	if (status == ANNOT_OK) {
		annot_sshsig_armor(key, ANNOT_NAMESPACE_ENROL, signature, &file);
		if (strcmp(arg_output, "-") == 0)
			out_raw(ctl, file.data, file.len);
		else
			status = annot_file_replace(arg_output, annot_buf_bytes(&file),
						    ANNOT_FILE_MODE_NEW, &ctl->err);
	}
	if (status == ANNOT_OK)
		out_note(ctl,
			 "request for %s written; an admin enrols you with: annotctl reviewer add "
			 "%s",
			 arg_name, out_safe(ctl, arg_output));
	if (status == ANNOT_OK && ctl->format != FORMAT_TEXT && strcmp(arg_output, "-") != 0)
		out_json(ctl, json_pack("{s:s, s:s}", "name", arg_name, "file", arg_output));
	annot_buf_free(&file);
	return status == ANNOT_OK ? 0 : ctl_fail(ctl, status);
}

const struct command cmd_key_request = {
	"key request",
	"--name NAME -o FILE",
	"Write the request with which an admin enrols your key",
	options,
	run,
	0,
	0,
	0,
};
