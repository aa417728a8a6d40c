/* Which corpus answered on which socket, with which certificate: the file known, "URL TAB corpus
 * LF" or "URL TAB corpus TAB SHA256:… LF" a line. */
#include "client/internal.h"

#include <dirent.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/encode.h"
#include "base/file.h"

enum { KNOWN_MAX = 4 << 20 };

static enum annot_status known_path(struct annot_buf *ret, bool make, struct annot_error *err)
{
	TRY(annot_place(ANNOT_PLACE_STATE, ret, err));
	if (make)
		TRY(annot_dir_make(ret->data, err));
	annot_buf_puts(ret, "/known");
	return annot_buf_check(ret, "a path", err);
}

/* Appends the file's content; nothing when there is none yet. */
static enum annot_status known_read(const char *path, struct annot_buf *ret,
				    struct annot_error *err)
{
	if (access(path, F_OK) != 0)
		return ANNOT_OK;
	return annot_file_read(path, KNOWN_MAX, ret, err);
}

struct known {
	struct annot_hash corpus;
	bool has_certificate;
	struct annot_hash certificate;
};

/* "corpus hex", and perhaps "TAB fingerprint". */
static bool known_parse(const char *at, size_t len, struct known *ret)
{
	const char *tab = memchr(at, '\t', len);
	size_t corpus_len = tab ? (size_t)(tab - at) : len;
	ret->has_certificate = tab != NULL;
	return annot_hash_unhex(at, corpus_len, &ret->corpus) &&
	       (!tab || annot_fingerprint_parse(tab + 1, len - corpus_len - 1, &ret->certificate));
}

/* Takes the next line; false at the end. A line that is not well formed has url_len 0. */
static bool known_next(const char **at, const char *end, const char **ret_url, size_t *ret_url_len,
		       struct known *ret)
{
	if (*at >= end)
		return false;
	const char *line = *at;
	const char *stop = memchr(line, '\n', (size_t)(end - line));
	*at = stop ? stop + 1 : end;
	if (!stop)
		stop = end;
	const char *tab = memchr(line, '\t', (size_t)(stop - line));
	bool good = tab && known_parse(tab + 1, (size_t)(stop - tab - 1), ret);
	*ret_url = line;
	*ret_url_len = good ? (size_t)(tab - line) : 0;
	return true;
}

/* The first line of the socket; of one with a certificate, that has one. */
static bool known_find(const struct annot_buf *file, const char *socket, bool certificate,
		       struct known *ret)
{
	const char *url;
	size_t len;
	struct known line;
	if (file->len == 0)
		return false;
	const char *at = file->data, *end = file->data + file->len;
	while (known_next(&at, end, &url, &len, &line)) {
		if (len != strlen(socket) || memcmp(url, socket, len) != 0 ||
		    line.has_certificate != certificate)
			continue;
		*ret = line;
		return true;
	}
	return false;
}

static enum annot_status compare_certificate(const char *socket,
					     const struct annot_hash *certificate,
					     const struct annot_hash *known, const char *path,
					     struct annot_error *err)
{
	char is[ANNOT_FINGERPRINT_SIZE], was[ANNOT_FINGERPRINT_SIZE];
	if (annot_hash_equal(certificate, known))
		return ANNOT_OK;
	annot_fingerprint(certificate, is);
	annot_fingerprint(known, was);
	return annot_fail(err, ANNOT_REFUSED,
			  "%.200s: it shows the certificate %s, and before %s: somebody may stand "
			  "between; if its owner says that it changed, remove its line from %s",
			  socket, is, was, path);
}

static enum annot_status compare(const char *socket, const struct annot_hash *corpus,
				 const struct annot_hash *certificate, const struct known *known,
				 const char *path, struct annot_error *err)
{
	if (!annot_hash_equal(corpus, &known->corpus))
		return annot_fail(
			err, ANNOT_REFUSED,
			"%s: corpus %s answers; this socket stood for %s before; if that is "
			"meant, remove its line from %s",
			socket, annot_hash_hex(corpus).text, annot_hash_hex(&known->corpus).text,
			path);
	return certificate
		       ? compare_certificate(socket, certificate, &known->certificate, path, err)
		       : ANNOT_OK;
}

static void write_line(struct annot_buf *file, const char *socket, const struct annot_hash *corpus,
		       const struct annot_hash *certificate)
{
	char fingerprint[ANNOT_FINGERPRINT_SIZE] = "";
	if (file->len > 0 && file->data[file->len - 1] != '\n')
		annot_buf_putc(file, '\n');
	if (certificate)
		annot_fingerprint(certificate, fingerprint);
	annot_buf_printf(file, "%s\t%s%s%s\n", socket, annot_hash_hex(corpus).text,
			 certificate ? "\t" : "", fingerprint);
}

enum annot_status annot_known_check(const char *socket, const struct annot_hash *corpus,
				    const struct annot_hash *certificate, bool *ret_first,
				    struct annot_error *err)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	AUTO_BUF struct annot_buf lock_path = ANNOT_BUF_INIT(PATH_MAX);
	AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(KNOWN_MAX);
	struct known known;
	TRY(known_path(&path, true, err));
	TRY(known_read(path.data, &file, err));
	if (known_find(&file, socket, certificate, &known))
		return compare(socket, corpus, certificate, &known, path.data, err);

	AUTO_CLOSE int lock = -1;
	annot_buf_printf(&lock_path, "%s.lock", path.data);
	TRY(annot_buf_check(&lock_path, "a path", err));
	TRY(annot_lock(lock_path.data, &lock, err));
	annot_buf_truncate(&file, 0);
	TRY(known_read(path.data, &file, err)); /* another may have written meanwhile */
	if (known_find(&file, socket, certificate, &known))
		return compare(socket, corpus, certificate, &known, path.data, err);
	write_line(&file, socket, corpus, certificate);
	TRY(annot_buf_check(&file, path.data, err));
	TRY(annot_file_replace(path.data, annot_buf_bytes(&file), 0600, err));
	*ret_first = true;
	return ANNOT_OK;
}

enum annot_status annot_known_certificate(const char *socket, const struct annot_hash *certificate,
					  bool *ret_known, struct annot_error *err)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(KNOWN_MAX);
	struct known known;
	TRY(known_path(&path, false, err));
	TRY(known_read(path.data, &file, err));
	*ret_known = known_find(&file, socket, true, &known);
	return *ret_known ? compare_certificate(socket, certificate, &known.certificate, path.data,
						err)
			  : ANNOT_OK;
}

bool annot_known_corpus(const char *socket, struct annot_hash *ret)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(KNOWN_MAX);
	struct known known;
	if (known_path(&path, false, NULL) != ANNOT_OK ||
	    known_read(path.data, &file, NULL) != ANNOT_OK ||
	    !known_find(&file, socket, true, &known))
		return false;
	*ret = known.corpus;
	return true;
}

static size_t add_corpus(struct annot_hash *ret, size_t n, size_t max,
			 const struct annot_hash *corpus)
{
	for (size_t i = 0; i < n; i++)
		if (annot_hash_equal(&ret[i], corpus))
			return n;
	if (n < max)
		ret[n++] = *corpus;
	return n;
}

size_t annot_known_corpora(struct annot_hash *ret, size_t max)
{
	AUTO_BUF struct annot_buf path = ANNOT_BUF_INIT(PATH_MAX);
	AUTO_BUF struct annot_buf file = ANNOT_BUF_INIT(KNOWN_MAX);
	struct annot_hash corpus;
	struct known known;
	size_t n = 0;
	if (known_path(&path, false, NULL) != ANNOT_OK)
		return 0;
	if (known_read(path.data, &file, NULL) == ANNOT_OK && file.len > 0) {
		const char *at = file.data, *end = file.data + file.len, *url;
		size_t len;
		while (known_next(&at, end, &url, &len, &known))
			if (len > 0)
				n = add_corpus(ret, n, max, &known.corpus);
	}
	annot_buf_truncate(&path, path.len - strlen("known"));
	annot_buf_puts(&path, "corpora");
	DIR *folder = path.failed ? NULL : opendir(path.data);
	if (!folder)
		return n;
	for (struct dirent *entry; (entry = readdir(folder));)
		if (annot_hash_unhex(entry->d_name, strlen(entry->d_name), &corpus))
			n = add_corpus(ret, n, max, &corpus);
	closedir(folder);
	return n;
}
