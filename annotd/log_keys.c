/*
 * The keys that sign checkpoints. A corpus record changes the key that the log has; the operator
 * puts the new one beside the old one, as log.key.next. While both are there and may sign, both do,
 * so that clients that know one of them need not replay the log; when all have seen the new one, it
 * becomes log.key.
 */
#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#include "annotd/corpus_start.h"
#include "annotd/log.h"
#include "base/auto.h"
#include "base/file.h"

enum { LOG_KEY_FILE_MAX = 1024 };

static enum annot_status parse_key(const char *path, struct annot_skey *ret,
				   struct annot_error *err)
{
	AUTO_BUF struct annot_buf text = ANNOT_BUF_INIT(LOG_KEY_FILE_MAX);
	struct annot_error why = {0};
	TRY(annot_file_read(path, LOG_KEY_FILE_MAX, &text, err));
	size_t len = text.len;
	if (len > 0 && text.data[len - 1] == '\n')
		len--;
	enum annot_status status = annot_skey_parse(text.data, len, ret, &why);
	sodium_memzero(text.data, text.len);
	if (status != ANNOT_OK)
		return annot_fail(err, status, "%s: %s", path, why.text);
	return ANNOT_OK;
}

/* A file that is not there is passed over. */
static enum annot_status read_key(struct corpus *c, const char *name, struct annot_error *err)
{
	char path[CORPUS_PATH_MAX];
	struct stat st;
	TRY(corpus_path(c->dir, name, path, err));
	if (stat(path, &st) != 0) {
		if (errno != ENOENT)
			return annot_fail(err, ANNOT_UNREADABLE, "%s: %s", path, strerror(errno));
		return ANNOT_OK;
	}
	if (st.st_mode & (S_IRWXG | S_IRWXO))
		return annot_fail(
			err, ANNOT_REFUSED,
			"%s can be read by others (mode %04o): chmod 600 it, and replace the "
			"key if someone may have read it",
			path, (unsigned)(st.st_mode & 07777));
	TRY(parse_key(path, &c->keys[c->n_keys], err));
	c->n_keys++;
	return ANNOT_OK;
}

enum annot_status corpus_read_keys(struct corpus *c, struct annot_error *err)
{
	TRY(read_key(c, LOG_KEY, err));
	TRY(read_key(c, LOG_KEY_NEXT, err));
	if (c->n_keys == 0)
		corpus_set_read_only(
			c, "%s/" LOG_KEY " is not there: put the log's key back and start again",
			c->dir);
	return ANNOT_OK;
}

bool corpus_may_sign(const struct corpus *c, const struct annot_skey *key)
{
	const struct annot_vkey *keys;
	size_t n = annot_authority_log_keys(c->authority, &keys);
	for (size_t i = 0; i < n; i++) {
		if (memcmp(keys[i].key, key->vkey.key, ANNOT_KEY_SIZE) == 0 &&
		    keys[i].type == key->vkey.type && strcmp(keys[i].name, key->vkey.name) == 0)
			return true;
	}
	return false;
}

static bool has_key_in_force(const struct corpus *c)
{
	const struct annot_vkey *keys;
	size_t n = annot_authority_log_keys(c->authority, &keys);
	for (size_t i = 0; n > 0 && i < c->n_keys; i++) {
		if (memcmp(keys[0].key, c->keys[i].vkey.key, ANNOT_KEY_SIZE) == 0)
			return true;
	}
	return false;
}

enum annot_status corpus_check_keys(const struct corpus *c, struct annot_error *err)
{
	size_t able = 0;
	if (c->n_keys == 0)
		return ANNOT_OK;
	for (size_t i = 0; i < c->n_keys; i++)
		able += corpus_may_sign(c, &c->keys[i]);
	if (able == 0)
		return annot_fail(err, ANNOT_REFUSED,
				  "%s/" LOG_KEY
				  " is not the key of this corpus's log: put the right one there",
				  c->dir);
	if (!has_key_in_force(c))
		log_warning("the corpus record names a new log key: put it into %s/" LOG_KEY_NEXT
			    " and start again; until then the key before it signs",
			    c->dir);
	else if (able < c->n_keys)
		log_info("one of the two log keys in %s does not sign: the corpus record names the "
			 "other (annotctl corpus set --log names the next)",
			 c->dir);
	return ANNOT_OK;
}
