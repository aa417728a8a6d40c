#include "../intake/intake.h"
#include "../out/out.h"

static struct intake_options arg_intake;

static const struct poptOption options[] = {
	INTAKE_OPTIONS(arg_intake),
	POPT_TABLEEND,
};

static void print_json(struct ctl *ctl, const struct intake *in, struct annot_bytes file)
{
	const struct {
		const char *name, *value;
	} found[] = {{"extractor", in->extractor}, {"original_type", in->original_type},
		     {"title", in->title},         {"language", in->language},
		     {"source", in->source},       {"charset", in->charset}};
	struct annot_hash sha256 = annot_sha256(file.data, file.len);
	json_t *object =
		json_pack("{s:s, s:s, s:I}", "type", intake_media_type(in->type), "file_sha256",
			  annot_hash_hex(&sha256).text, "length", (json_int_t)in->text.len);
	for (size_t i = 0; i < sizeof found / sizeof *found; i++)
		if (found[i].value)
			json_object_set_new(object, found[i].name, json_string(found[i].value));
	json_object_set_new(object, "text",
			    json_stringn((const char *)in->text.data, in->text.len));
	out_json(ctl, object);
}

/* The text that doc add would sign, without a daemon. */
static int run(struct ctl *ctl, int argc, const char **args)
{
	struct annot_buf file = ANNOT_BUF_INIT(INTAKE_FILE_MAX);
	struct intake in = {0};
	(void)argc;
	enum annot_status status = annot_file_read(args[0], INTAKE_FILE_MAX, &file, &ctl->err);
	if (status == ANNOT_OK)
		status = intake_read(ctl->arena, args[0], annot_buf_bytes(&file), &arg_intake, &in,
				     &ctl->err);
	if (status == ANNOT_OK) {
		intake_show(ctl, args[0], &in);
		if (ctl->format == FORMAT_TEXT)
			out_raw(ctl, in.text.data, in.text.len);
		else
			print_json(ctl, &in, annot_buf_bytes(&file));
	}
	intake_free(&in);
	annot_buf_free(&file);
	return status == ANNOT_OK ? 0 : ctl_fail(ctl, status);
}

const struct command cmd_doc_extract = {
	"doc extract",
	"FILE",
	"Print the text that doc add would take from a file",
	options,
	run,
	0,
	1,
	1,
};
