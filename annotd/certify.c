#include "annotd/certify.h"

#include <sodium.h>
#include <sys/stat.h>

#include "annotd/corpus_start.h"
#include "base/auto.h"
#include "base/file.h"
#include "tls/certificate.h"

/* Room for all of it first: growing would leave copies of the key behind. */
static const char room[ANNOT_CERTIFICATE_FILE_MAX];

static void wipe(struct annot_buf *pem)
{
	if (pem->data)
		sodium_memzero(pem->data, pem->cap);
	annot_buf_free(pem);
}

static enum annot_status read_pem(const char *path, struct annot_buf *ret, struct annot_error *err)
{
	struct stat st;
	if (stat(path, &st) == 0 && (st.st_mode & (S_IRWXG | S_IRWXO)))
		return annot_fail(
			err, ANNOT_REFUSED,
			"%s can be read by others (mode %04o): chmod 600 it; if someone may "
			"have read it, move it away and make another with annotd certify",
			path, (unsigned)(st.st_mode & 07777));
	annot_buf_add(ret, room, sizeof room);
	annot_buf_truncate(ret, 0);
	return annot_file_read(path, ANNOT_CERTIFICATE_FILE_MAX, ret, err);
}

enum annot_status corpus_certificate(const char *dir, struct annot_tls_server **ret,
				     struct annot_error *err)
{
	char path[CORPUS_PATH_MAX];
	struct annot_buf pem = ANNOT_BUF_INIT(sizeof room);
	struct annot_error why = {0};
	if (!corpus_has(dir, ANNOT_CERTIFICATE_FILE))
		return annot_fail(
			err, ANNOT_REFUSED,
			"%s has no certificate to listen at tls+tcp:// with: make one with "
			"annotd certify --corpus %s",
			dir, dir);
	TRY(corpus_path(dir, ANNOT_CERTIFICATE_FILE, path, err));
	enum annot_status status = read_pem(path, &pem, &why);
	if (status != ANNOT_OK) {
		annot_fail(err, status, "%s", why.text);
	} else {
		status = annot_tls_server_new(annot_buf_bytes(&pem), ret, &why);
		if (status != ANNOT_OK)
			annot_fail(err, status, "%s: %s", path, why.text);
	}
	wipe(&pem);
	return status;
}

/* The genesis record names the corpus; the certificate's name is only for people. */
static enum annot_status make(const char *dir, struct annot_error *err)
{
	char path[CORPUS_PATH_MAX];
	struct annot_buf pem = ANNOT_BUF_INIT(sizeof room);
	TRY(corpus_path(dir, ANNOT_CERTIFICATE_FILE, path, err));
	annot_buf_add(&pem, room, sizeof room);
	annot_buf_truncate(&pem, 0);
	enum annot_status status = annot_certificate_make("annotd", &pem, err);
	if (status == ANNOT_OK)
		status = annot_file_create(path, annot_buf_bytes(&pem), 0600, err);
	wipe(&pem);
	return status;
}

enum annot_status corpus_certify(const char *dir, struct annot_hash *ret, bool *ret_made,
				 struct annot_error *err)
{
	if (!corpus_has(dir, "genesis") && !corpus_has(dir, "truth.db"))
		return annot_fail(err, ANNOT_INVALID, "%s is not a corpus folder", dir);
	*ret_made = !corpus_has(dir, ANNOT_CERTIFICATE_FILE);
	if (*ret_made)
		TRY(make(dir, err));
	struct annot_tls_server *server;
	TRY(corpus_certificate(dir, &server, err));
	*ret = *annot_tls_server_certificate(server);
	annot_tls_server_free(server);
	return ANNOT_OK;
}
