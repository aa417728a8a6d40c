#include "bundle_arg.h"

#include <string.h>
#include <unistd.h>

enum { KNOWN_MAX = 64 };

bool bundle_is_file(const char *arg)
{
	size_t len = strlen(arg);
	bool ending = len > 7 && strcmp(arg + len - 7, ".bundle") == 0;
	return strchr(arg, '/') || ending || access(arg, F_OK) == 0;
}

enum annot_status bundle_trust(struct ctl *ctl, const char *corpus, struct annot_trust *ret)
{
	struct annot_hash known[KNOWN_MAX];
	*ret = (struct annot_trust){0};
	if (corpus) {
		if (!annot_hash_unhex(corpus, strlen(corpus), &ret->corpus))
			return annot_fail(&ctl->err, ANNOT_USAGE,
					  "--corpus %s: expected 64 hex digits", corpus);
	} else if (annot_known_corpora(known, KNOWN_MAX) == 1) {
		ret->corpus = known[0];
	} else {
		return annot_fail(
			&ctl->err, ANNOT_USAGE,
			"which corpus do you trust? say --corpus HASH, with the hash from "
			"a source other than this file");
	}
	return annot_pin_load(&ret->corpus, &ret->pin, &ctl->err);
}
