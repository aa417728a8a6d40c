#include <string.h>

#include "../key.h"
#include "../out/out.h"

/* The newest checkpoint; from a daemon that does not sign, the one pinned before. */
static enum annot_status newest(struct ctl *ctl, struct annot_checkpoint *ret)
{
	enum annot_status status = annot_pin_refresh(ctl->annot, ret, &ctl->err);
	if (status == ANNOT_READ_ONLY && annot_hello(ctl->annot)->read_only)
		return annot_pin(ctl->annot, ret, NULL, &ctl->err);
	return status;
}

static json_t *author_json(struct ctl *ctl, const struct annot_record *record)
{
	const struct annot_key_view *view = key_enrolled(ctl, &record->author);
	return json_pack("{s:s?, s:s}", "name", view ? view->name : NULL, "key",
			 key_fingerprint(ctl, &record->author));
}

/* The corpus record in force: the genesis record, or the last one that changed admins, threshold or
 * log key. */
static enum annot_status in_force(struct ctl *ctl, const struct annot_record **ret)
{
	const struct annot_authority *authority;
	struct annot_fetched found;
	TRY(annot_authority_now(ctl->annot, &authority, &ctl->err));
	const struct annot_hash *record = annot_authority_corpus_record(authority);
	const char *id =
		record ? annot_arena_printf(ctl->arena, "=%s", annot_hash_hex(record).text) : NULL;
	TRY(annot_fetch(ctl->annot, id ? id : "", ctl->arena, &found, &ctl->err));
	*ret = found.record; /* never withheld */
	return ANNOT_OK;
}

static int run(struct ctl *ctl, int argc, const char **args)
{
	const struct annot_record *record;
	struct annot_checkpoint pin;
	char certificate[ANNOT_FINGERPRINT_SIZE] = "";
	(void)argc, (void)args;
	const struct annot_hello_reply *hello = annot_hello(ctl->annot);
	CTL_TRY(ctl, in_force(ctl, &record));
	CTL_TRY(ctl, newest(ctl, &pin));
	if (!annot_hash_is_zero(&hello->certificate))
		annot_fingerprint(&hello->certificate, certificate);
	if (ctl->quiet) {
		out_text(ctl, "%s\n", annot_hash_hex(&hello->corpus).text);
		return 0;
	}
	if (ctl->format != FORMAT_TEXT) {
		json_t *object = annot_record_json(record);
		json_object_set_new(object, "author", author_json(ctl, record));
		json_object_set_new(object, "corpus",
				    json_string(annot_hash_hex(&hello->corpus).text));
		json_object_set_new(object, "size", json_integer((json_int_t)pin.size));
		json_object_set_new(object, "root", json_string(annot_hash_hex(&pin.root).text));
		json_object_set_new(object, "certificate",
				    *certificate ? json_string(certificate) : json_null());
		json_object_set_new(object, "daemon", json_string(hello->daemon));
		json_object_set_new(object, "read_only",
				    hello->read_only ? json_string(hello->read_only) : json_null());
		out_json(ctl, object);
		return 0;
	}
	out_text(ctl, "corpus     %s\n", annot_hash_hex(&hello->corpus).text);
	out_text(ctl, "origin     %s\n", out_safe(ctl, hello->origin));
	out_text(ctl, "records    %llu, checkpoint checked and pinned%s\n",
		 (unsigned long long)pin.size, hello->read_only ? " before" : "");
	out_text(ctl, "root       %s\n", annot_hash_hex(&pin.root).text);
	out_text(ctl, "log key    %s\n", out_safe(ctl, annot_record_text(record, "log")));
	for (const struct annot_card *c = annot_record_card(record, "admin"); c;
	     c = annot_record_card_next(record, c))
		out_text(ctl, "admin      %s\n", out_safe(ctl, c->text));
	out_text(ctl, "threshold  %s\n", annot_record_text(record, "threshold"));
	if (*certificate)
		out_text(ctl, "tls+tcp    %s\n", certificate);
	out_text(ctl, "daemon     %s\n", out_safe(ctl, hello->daemon));
	if (hello->read_only)
		out_text(ctl, "read-only  %s\n", out_safe(ctl, hello->read_only));
	return 0;
}

const struct command cmd_corpus_info = {
	"corpus info", "", "Show the corpus that the daemon serves", NULL, run, NEEDS_DAEMON, 0, 0,
};
