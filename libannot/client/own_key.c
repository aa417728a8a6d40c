/* Which key of this user's counts in a corpus, as was found out last: one line, its fingerprint, in
 * <state>/corpora/<corpus hex>/key. */
#include "client/internal.h"

#include <unistd.h>

#include "base/auto.h"
#include "base/encode.h"
#include "base/file.h"

enum { OWN_KEY_MAX = 256, LINE_LEN = ANNOT_FINGERPRINT_SIZE };

enum annot_status annot_own_key(const struct annot_hash *corpus, struct annot_hash *ret,
				struct annot_error *err)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(OWN_KEY_MAX);
	struct annot_hash author;
	TRY(annot_corpus_path(corpus, "key", false, &path, err));
	if (access(path.data, F_OK) != 0)
		return annot_fail(err, ANNOT_NOT_FOUND,
				  "no key was proved or rotated in this corpus from here yet");
	TRY(annot_file_read(path.data, OWN_KEY_MAX, &file, err));
	if (file.len != LINE_LEN || file.data[LINE_LEN - 1] != '\n' ||
	    !annot_fingerprint_parse(file.data, LINE_LEN - 1, &author))
		return annot_fail(
			err, ANNOT_INVALID,
			"%s: expected the fingerprint of a key in one line; remove it, it "
			"is made again",
			path.data);
	*ret = author;
	return ANNOT_OK;
}

enum annot_status annot_own_key_keep(const struct annot_hash *corpus,
				     const struct annot_hash *author, struct annot_error *err)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	char line[LINE_LEN + 1];
	struct annot_hash kept;
	if (annot_own_key(corpus, &kept, NULL) == ANNOT_OK && annot_hash_equal(&kept, author))
		return ANNOT_OK;
	annot_fingerprint(author, line);
	line[LINE_LEN - 1] = '\n';
	TRY(annot_corpus_path(corpus, "key", true, &path, err));
	return annot_file_replace(path.data, annot_bytes(line, LINE_LEN), 0600, err);
}
