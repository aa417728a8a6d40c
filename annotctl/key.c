#include "key.h"
#include "out/out.h"
#include "queue.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum annot_status key_path(struct ctl *ctl, const char *name, const char **ret)
{
	struct annot_buf b = ANNOT_BUF_INIT(4096);
	enum annot_status status = annot_place(ANNOT_PLACE_CONFIG, &b, &ctl->err);
	if (status == ANNOT_OK) {
		annot_buf_printf(&b, "/keys%s%s", name ? "/" : "", name ? name : "");
		status = annot_buf_check(&b, "path of the key folder", &ctl->err);
	}
	if (status == ANNOT_OK) {
		*ret = annot_arena_copy(ctl->arena, b.data, b.len);
		if (!*ret)
			status = annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	}
	annot_buf_free(&b);
	return status;
}

static int is_public(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);
	return entry->d_name[0] != '.' && len > 4 && strcmp(entry->d_name + len - 4, ".pub") == 0;
}

enum annot_status key_each(struct ctl *ctl, void (*each)(void *arg, const char *name), void *arg)
{
	const char *dir;
	TRY(key_path(ctl, NULL, &dir));
	struct dirent **entries;
	int n = scandir(dir, &entries, is_public, alphasort);
	for (int i = 0; i < n; i++) {
		entries[i]->d_name[strlen(entries[i]->d_name) - 4] = '\0';
		each(arg, entries[i]->d_name);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return ANNOT_OK;
}

/* A folder is no key: a word that names one may still name a person. */
static bool is_file(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

/* The key of a name in the folder: its private half, or, if ssh-agent holds that, its public one.
 * NULL: no such key. */
static enum annot_status key_in_folder(struct ctl *ctl, const char *name, const char **ret)
{
	const char *path;
	*ret = NULL;
	TRY(key_path(ctl, name, &path));
	if (is_file(path)) {
		*ret = path;
		return ANNOT_OK;
	}
	const char *public_half = annot_arena_printf(ctl->arena, "%s.pub", path);
	if (!public_half)
		return annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	if (is_file(public_half))
		*ret = public_half;
	return ANNOT_OK;
}

/* A name of the folder as a path; anything else as it is. The folder comes first: the current
 * folder may be anybody's, and a file there must not choose who signs. */
static enum annot_status key_file(struct ctl *ctl, const char *spec, const char **ret)
{
	const char *in_folder = NULL;
	if (!strchr(spec, '/') && !strchr(spec, ' '))
		TRY(key_in_folder(ctl, spec, &in_folder));
	*ret = in_folder ? in_folder : spec;
	return ANNOT_OK;
}

/* The same of a key that must be there. */
static enum annot_status key_file_there(struct ctl *ctl, const char *spec, const char **ret)
{
	TRY(key_file(ctl, spec, ret));
	if (*ret == spec && !strchr(spec, '/') && !strchr(spec, ' ') && access(spec, F_OK) != 0)
		return annot_fail(&ctl->err, ANNOT_UNREADABLE,
				  "key %s: no such file, nor a key of that name (annotctl key list)",
				  spec);
	return ANNOT_OK;
}

struct only {
	char name[256];
	size_t n;
};

static void count_key(void *arg, const char *name)
{
	struct only *only = arg;
	snprintf(only->name, sizeof only->name, "%s", name);
	only->n++;
}

/* Those of the folder that count in a corpus. */
struct counting {
	struct ctl *ctl;
	const struct annot_hash *last; /* the one that counted last; NULL: the daemon is asked */
	const char *name;
	struct annot_hash author;
	size_t n;
};

static bool counts(const struct counting *c, const struct annot_hash *author)
{
	if (c->last)
		return annot_hash_equal(author, c->last);
	const struct annot_key_view *view = key_enrolled(c->ctl, author);
	return view && strcmp(view->state, "active") == 0;
}

static void count_key_that_counts(void *arg, const char *name)
{
	struct counting *c = arg;
	struct annot_public_key key;
	if (key_public(c->ctl, name, &key) != ANNOT_OK)
		return;
	struct annot_hash author = annot_key_author(key.key);
	if (!counts(c, &author))
		return;
	c->name = annot_arena_copy(c->ctl->arena, name, strlen(name));
	c->author = author;
	c->n++;
}

static enum annot_status choose(struct ctl *ctl, const struct counting *c,
				const struct annot_hash *corpus, const char **ret)
{
	if (c->n != 1 || !c->name)
		return ANNOT_OK;
	ctl->chosen = annot_arena_printf(
		ctl->arena, "of your keys %s signs: it %s in this corpus", out_safe(ctl, c->name),
		c->last ? "was the one that counted last" : "is the one in force");
	enum annot_status kept = annot_own_key_keep(corpus, &c->author, NULL);
	(void)kept; /* it is found again without */
	return key_in_folder(ctl, c->name, ret);
}

/* Of several keys in the folder the one that counts in this corpus, as after a rotation: the only
 * one in force, as the daemon says, or before it says anything the last that did; else NULL.
 * *ret_none: the daemon says that none is. */
static enum annot_status key_that_counts(struct ctl *ctl, const char **ret, bool *ret_none)
{
	struct counting c = {.ctl = ctl};
	struct annot_hash last;
	*ret = NULL;
	*ret_none = false;
	if (ctl->annot) {
		TRY(key_each(ctl, count_key_that_counts, &c));
		*ret_none = c.n == 0;
		return choose(ctl, &c, &annot_hello(ctl->annot)->corpus, ret);
	}
	if (!ctl->proving || annot_own_key(ctl->proving, &last, NULL) != ANNOT_OK)
		return ANNOT_OK;
	c.last = &last;
	TRY(key_each(ctl, count_key_that_counts, &c));
	return choose(ctl, &c, ctl->proving, ret);
}

/* Without --key: the only key in the folder, else the one of several that counts in this corpus,
 * else ~/.ssh/id_ed25519. */
static enum annot_status default_key(struct ctl *ctl, const char **ret)
{
	struct only only = {.n = 0};
	bool none = false;
	*ret = NULL;
	TRY(key_each(ctl, count_key, &only));
	if (only.n == 1) {
		TRY(key_in_folder(ctl, only.name, ret));
		return *ret ? ANNOT_OK
			    : annot_fail(&ctl->err, ANNOT_UNREADABLE, "key %s is gone", only.name);
	}
	if (only.n > 1)
		TRY(key_that_counts(ctl, ret, &none));
	if (*ret)
		return ANNOT_OK;
	if (only.n > 1)
		return annot_fail(
			&ctl->err, ANNOT_USAGE,
			"which of your %zu keys? %ssay --key NAME or set ANNOT_KEY; annotctl "
			"key list shows them",
			only.n, none ? "none is in force in this corpus; " : "");
	const char *home = getenv("HOME");
	const char *ssh = annot_arena_printf(ctl->arena, "%s/.ssh/id_ed25519", home ? home : "");
	if (ssh && access(ssh, F_OK) == 0) {
		*ret = ssh;
		return ANNOT_OK;
	}
	return annot_fail(
		&ctl->err, ANNOT_USAGE,
		"no key to sign with; make one with annotctl key new NAME, or give --key FILE");
}

/* A name that no file has: the enrolled key of that name, through ssh-agent. */
static enum annot_status signer_by_name(struct ctl *ctl, const char *name)
{
	const struct annot_keys_reply *keys;
	if (!ctl->annot)
		return annot_fail(&ctl->err, ANNOT_UNREADABLE,
				  "key %s: no such file, nor a key of that name (annotctl key list)",
				  name);
	TRY(annot_keys(ctl->annot, &keys, &ctl->err));
	for (size_t i = keys->n_keys; i-- > 0;) {
		const struct annot_key_view *k = &keys->keys[i];
		struct annot_public_key key;
		if (strcmp(k->name, name) != 0 || strcmp(k->state, "active") != 0)
			continue;
		TRY(annot_key_parse(k->key, strlen(k->key), &key, &ctl->err));
		return annot_signer_open_agent(key.key, &ctl->signer, &ctl->err);
	}
	return annot_fail(&ctl->err, ANNOT_UNREADABLE,
			  "key %s: no such file, no key of that name here "
			  "(annotctl key list), and nobody of that name is enrolled",
			  name);
}

enum annot_status ctl_signer(struct ctl *ctl, const struct annot_signer **ret)
{
	if (!ctl->signer && ctl->queue)
		ctl->signer = queue_signer(ctl->queue, ctl->key);
	if (!ctl->signer) {
		const char *spec = ctl->key, *file;
		if (!spec)
			TRY(default_key(ctl, &spec));
		TRY(key_file(ctl, spec, &file));
		if (file == spec && !strchr(spec, '/') && !strchr(spec, ' ') && !is_file(spec))
			TRY(signer_by_name(ctl, spec));
		else
			TRY(annot_signer_open(file, &ctl->signer, &ctl->err));
	}
	*ret = ctl->signer;
	return ANNOT_OK;
}

enum annot_status key_open(struct ctl *ctl, const char *spec, struct annot_signer **ret)
{
	const char *file;
	TRY(key_file_there(ctl, spec, &file));
	return annot_signer_open(file, ret, &ctl->err);
}

enum annot_status key_proof(struct ctl *ctl, const struct annot_signer *key, const char *name,
			    const char **ret)
{
	enum { REQUEST_MAX = 16384, PROOF_MAX = 256 };
	struct annot_buf request = ANNOT_BUF_INIT(REQUEST_MAX), proof = ANNOT_BUF_INIT(PROOF_MAX);
	uint8_t signature[ANNOT_SIGNATURE_SIZE];
	annot_enrolment_request(&annot_hello(ctl->annot)->corpus, name, annot_signer_key(key)->key,
				&request);
	enum annot_status status = annot_signer_sign(
		key, ANNOT_NAMESPACE_ENROL, annot_buf_bytes(&request), signature, &ctl->err);
	if (status == ANNOT_OK) {
		annot_buf_base64(&proof, signature, sizeof signature);
		*ret = annot_arena_copy(ctl->arena, proof.data ? proof.data : "", proof.len);
		if (!*ret)
			status = annot_fail(&ctl->err, ANNOT_NO_MEMORY, "out of memory");
	}
	annot_buf_free(&request);
	annot_buf_free(&proof);
	return status;
}

enum annot_status key_public(struct ctl *ctl, const char *spec, struct annot_public_key *ret)
{
	const char *file;
	if (strncmp(spec, "ssh-ed25519 ", 12) == 0)
		return annot_key_parse(spec, strlen(spec), ret, &ctl->err);
	TRY(key_file_there(ctl, spec, &file));
	size_t len = strlen(file);
	if (len < 4 || strcmp(file + len - 4, ".pub") != 0) {
		const char *beside = annot_arena_printf(ctl->arena, "%s.pub", file);
		if (beside && access(beside, F_OK) == 0)
			file = beside;
	}
	struct annot_buf b = ANNOT_BUF_INIT(16384);
	enum annot_status status = annot_file_read(file, b.max, &b, &ctl->err);
	if (status == ANNOT_OK) {
		struct annot_error why = {0};
		status = annot_key_parse(b.data ? b.data : "", b.len, ret, &why);
		if (status != ANNOT_OK)
			status = annot_fail(&ctl->err, status, "%s: %s", file, why.text);
	}
	annot_buf_free(&b);
	return status;
}

const char *key_fingerprint(struct ctl *ctl, const struct annot_hash *author)
{
	struct annot_buf b = ANNOT_BUF_INIT(64);
	annot_buf_puts(&b, "SHA256:");
	annot_buf_base64(&b, author->b, sizeof author->b);
	annot_buf_truncate(&b, b.len - 1); /* without its one padding character */
	const char *copy = annot_arena_copy(ctl->arena, b.data, b.len);
	annot_buf_free(&b);
	return copy ? copy : "";
}

const struct annot_key_view *key_enrolled(struct ctl *ctl, const struct annot_hash *author)
{
	const struct annot_keys_reply *keys;
	if (annot_keys(ctl->annot, &keys, NULL) != ANNOT_OK)
		return NULL;
	const struct annot_key_view *found = NULL;
	for (size_t i = 0; i < keys->n_keys; i++) {
		const struct annot_key_view *k = &keys->keys[i];
		bool waits = strcmp(k->state, "pending") == 0;
		/* The newest, but an enrolment that waits does not hide one that counts. */
		if (annot_hash_equal(&k->author, author) && (!found || !waits))
			found = k;
	}
	return found;
}

enum annot_status key_own(struct ctl *ctl, struct annot_hash *ret)
{
	const struct annot_signer *signer;
	TRY(ctl_signer(ctl, &signer));
	*ret = annot_key_author(annot_signer_key(signer)->key);
	return ANNOT_OK;
}

enum annot_status key_person(struct ctl *ctl, const struct annot_hash *author,
			     const struct annot_key_info **ret)
{
	const struct annot_authority *authority;
	TRY(annot_authority_now(ctl->annot, &authority, &ctl->err));
	*ret = annot_authority_key(authority, author);
	return ANNOT_OK;
}

static bool has_fingerprint(const struct annot_key_info *key, const char *spec)
{
	char fingerprint[51];
	annot_key_fingerprint(key->key, fingerprint);
	return strcmp(fingerprint, spec) == 0;
}

/* Keys are in the order of their events, so that the last one that fits is the newest. */
static const struct annot_key_info *newest_key(const struct annot_authority *a, const char *spec)
{
	const struct annot_key_info *found = annot_authority_name(a, spec);
	for (size_t i = annot_authority_keys(a); !found && i-- > 0;) {
		const struct annot_key_info *key = annot_authority_key_at(a, i);
		if (key->state == ANNOT_KEY_PENDING)
			continue;
		if (strcmp(key->name, spec) == 0 || has_fingerprint(key, spec))
			found = key;
	}
	return found;
}

enum annot_status key_meant(struct ctl *ctl, const char *spec, const struct annot_key_info **ret)
{
	const struct annot_authority *authority;
	struct annot_public_key key;
	TRY(annot_authority_now(ctl->annot, &authority, &ctl->err));
	*ret = newest_key(authority, spec);
	if (!*ret && (strchr(spec, '/') || strchr(spec, ' ') || strchr(spec, '.'))) {
		TRY(key_public(ctl, spec, &key));
		struct annot_hash author = annot_key_author(key.key);
		*ret = annot_authority_key(authority, &author);
	}
	return *ret ? ANNOT_OK
		    : annot_fail(&ctl->err, ANNOT_NOT_FOUND,
				 "%s: no such reviewer or key is enrolled here; annotctl reviewer "
				 "list shows them",
				 spec);
}
