#include "bundle_arg.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "help.h"
#include "out/out.h"

enum { KNOWN_MAX = 64, BESIDE_MAX = 4096 }; /* entries of a folder that are looked at */

#define ENDING ".bundle"

static bool ends_as_bundle(const char *name)
{
	size_t len = strlen(name), ending = sizeof ENDING - 1;
	return len > ending && strcmp(name + len - ending, ENDING) == 0;
}

bool bundle_is_file(const char *arg)
{
	return strchr(arg, '/') || ends_as_bundle(arg) || access(arg, F_OK) == 0;
}

/* The bundle of the same folder whose name is nearest to that of a path where nothing is; NULL. */
static const char *nearest_beside(struct ctl *ctl, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *nearest = NULL;
	size_t best = HELP_NEAR + 1;
	const int len = (int)(name - path); /* of the folder, with its slash */
	const char *folder = annot_arena_printf(ctl->arena, "%.*s", len, path);
	DIR *open = folder ? opendir(*folder ? folder : ".") : NULL;
	const struct dirent *entry;
	for (size_t i = 0; open && i < BESIDE_MAX && (entry = readdir(open)); i++) {
		size_t d =
			ends_as_bundle(entry->d_name) ? help_distance(name, entry->d_name) : best;
		if (d >= best)
			continue;
		best = d;
		nearest = annot_arena_printf(ctl->arena, "%s%s", folder, entry->d_name);
	}
	if (open)
		closedir(open);
	return nearest;
}

/* "; did you mean …?" of the nearest, or nothing for NULL. */
static const char *did_you_mean(struct ctl *ctl, const char *near)
{
	const char *text = near ? annot_arena_printf(ctl->arena, "; did you mean %s?", near) : NULL;
	return text ? text : "";
}

enum annot_status bundle_no_file(struct ctl *ctl, const char *arg, enum annot_status status)
{
	const struct annot_error why = ctl->err;
	if (status != ANNOT_NOT_FOUND && status != ANNOT_UNREACHABLE)
		return status;
	const char *near = nearest_beside(ctl, arg);
	if (status == ANNOT_UNREACHABLE && near && !strchr(arg, '@'))
		return annot_fail(&ctl->err, ANNOT_UNREADABLE,
				  "there is no file %s%s; if it is a document, %s", arg,
				  did_you_mean(ctl, near), why.text);
	if (status == ANNOT_UNREACHABLE && !strchr(arg, '.'))
		return status;
	return annot_fail(&ctl->err, status, "%s; and there is no file %s%s", why.text, arg,
			  did_you_mean(ctl, near));
}

enum annot_status bundle_corpus(struct ctl *ctl, const char *corpus, struct annot_hash *ret)
{
	if (annot_hash_unhex(corpus, strlen(corpus), ret))
		return ANNOT_OK;
	return annot_fail(&ctl->err, ANNOT_USAGE, "--corpus %s: expected 64 hex digits", corpus);
}

static enum annot_status not_readable(struct ctl *ctl, const char *path, int error)
{
	return annot_fail(&ctl->err, ANNOT_UNREADABLE, "%s: cannot be read: %s%s", path,
			  strerror(error),
			  error == ENOENT ? did_you_mean(ctl, nearest_beside(ctl, path)) : "");
}

enum annot_status bundle_trust(struct ctl *ctl, const char *path, const char *corpus,
			       struct annot_trust *ret)
{
	struct annot_hash known[KNOWN_MAX];
	*ret = (struct annot_trust){0};
	if (access(path, R_OK) != 0)
		return not_readable(ctl, path, errno);
	if (corpus) {
		TRY(bundle_corpus(ctl, corpus, &ret->corpus));
	} else if (annot_known_corpora(known, KNOWN_MAX) == 1) {
		ret->corpus = known[0];
	} else {
		return annot_fail(
			&ctl->err, ANNOT_USAGE,
			"which corpus do you trust? say --corpus HASH, with the hash from "
			"a source other than %s",
			path);
	}
	return annot_pin_load(&ret->corpus, &ret->pin, &ctl->err);
}

enum annot_status bundle_trust_daemon(struct ctl *ctl, const char *corpus, struct annot_trust *ret)
{
	struct annot_hash wanted = annot_hello(ctl->annot)->corpus;
	*ret = (struct annot_trust){.corpus = wanted};
	if (corpus)
		TRY(bundle_corpus(ctl, corpus, &wanted));
	if (!annot_hash_equal(&wanted, &ret->corpus))
		return annot_fail(&ctl->err, ANNOT_MISMATCH,
				  "the daemon serves corpus %s, not the one of --corpus",
				  annot_hash_hex(&ret->corpus).text);
	return annot_pin(ctl->annot, &ret->pin, NULL, &ctl->err);
}

void bundle_print(struct ctl *ctl, const struct annot_check *lines, size_t n)
{
	static const char *const words[] = {"FAIL", "MISSING", "WARN", "ok", ""};
	static const enum out_style styles[] = {STYLE_BAD, STYLE_BAD, STYLE_WARN, STYLE_GOOD,
						STYLE_DIM};
	for (size_t i = 0; i < n; i++)
		out_text(ctl, "%s%-8s%s %-12s %s\n", out_style(ctl, styles[lines[i].result]),
			 words[lines[i].result], out_style(ctl, STYLE_PLAIN), lines[i].name,
			 lines[i].text);
}

void bundle_keep_evidence(struct ctl *ctl, struct annot_bytes bundle,
			  const struct annot_hash *corpus, const char **ret)
{
	struct annot_buf path = ANNOT_BUF_INIT(4096);
	enum annot_status status = annot_evidence_keep_bundle(corpus, bundle, &path, &ctl->err);
	*ret = NULL;
	if (status == ANNOT_OK) {
		*ret = annot_arena_copy(ctl->arena, path.data, path.len);
		out_note(ctl,
			 "the two signed checkpoints are kept in %s; check them anywhere with: "
			 "annotctl verify FILE --corpus %s",
			 out_safe(ctl, path.data), annot_hash_hex(corpus).text);
	} else if (status != ANNOT_NOT_FOUND) {
		out_warning(ctl, "no evidence could be kept: %s", out_safe(ctl, ctl->err.text));
	}
	annot_buf_free(&path);
}

enum annot_status bundle_policy(struct ctl *ctl, const char *path, struct annot_trust *ret)
{
	struct annot_tlogpolicy *policy = annot_arena_alloc(ctl->arena, sizeof(*policy));
	struct annot_buf file = ANNOT_BUF_INIT(ANNOT_TLOGPOLICY_MAX);
	struct annot_error why;
	ret->now_s = (uint64_t)time(NULL);
	if (!path)
		return ANNOT_OK;
	enum annot_status status = annot_file_read(path, ANNOT_TLOGPOLICY_MAX, &file, &ctl->err);
	char *copy = status == ANNOT_OK ? annot_arena_copy(ctl->arena, file.data, file.len) : NULL;
	size_t len = file.len;
	annot_buf_free(&file);
	TRY(status);
	if (!policy || !copy)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	status = annot_tlogpolicy_parse(ctl->arena, annot_bytes(copy, len), policy, &why);
	if (status != ANNOT_OK)
		return annot_fail(&ctl->err, status, "%s: %s", path, why.text);
	ret->policy = policy;
	return ANNOT_OK;
}
