#include "client/flat.h"

#include <jansson.h>
#include <string.h>
#include <time.h>

#include "base/auto.h"
#include "base/encode.h"
#include "base/file.h"
#include "client/client.h"
#include "proof/verify.h"

enum { FLAT_FILE_MAX = 1 << 30 };

static enum annot_status report_text(const struct annot_report *report, char **ret,
				     struct annot_error *err)
{
	json_t *json = annot_report_json(report);
	int bad = !json || json_object_set_new(json, "exit",
					       json_integer(annot_report_exit(report))) != 0;
	if (!bad && report->record)
		bad = json_object_set_new(json, "cards", annot_record_json(report->record)) != 0;
	char *text = bad ? NULL : json_dumps(json, JSON_COMPACT);
	json_decref(json);
	if (!text)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	*ret = text;
	return ANNOT_OK;
}

enum annot_status annot_flat_verify(const char *path, const char *corpus, char **ret,
				     struct annot_error *err)
{
	struct annot_trust trust = {.now_s = (uint64_t)time(NULL)};
	const struct annot_report *report;
	struct annot_bytes file;
	if (!annot_hash_unhex(corpus, strlen(corpus), &trust.corpus))
		return annot_fail(err, ANNOT_USAGE, "corpus %s: expected 64 hex digits", corpus);
	TRY(annot_pin_load(&trust.corpus, &trust.pin, err));
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(FLAT_FILE_MAX);
	if (!arena)
		return annot_fail(err, ANNOT_NO_MEMORY, "out of memory");
	TRY(annot_file_map(path, &file, err));
	enum annot_status status =
		file.len > FLAT_FILE_MAX
			? annot_fail(err, ANNOT_TOO_LARGE, "%s: more than 1 GiB", path)
			: annot_verify_bundle(arena, file, &trust, &report, err);
	if (status == ANNOT_OK)
		status = report_text(report, ret, err);
	annot_file_unmap(&file);
	return status;
}

void annot_flat_free(char *text)
{
	json_malloc_t unused;
	json_free_t release; /* whoever uses the library may have set others */
	json_get_alloc_funcs(&unused, &release);
	release(text);
}
