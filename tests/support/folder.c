#include "folder.h"

#include <ftw.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"

const char *test_path(const char *dir, const char *name)
{
	static char path[2 * TEST_PATH_MAX];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	return path;
}

void test_write_file(const char *dir, const char *name, const void *data, size_t len, unsigned mode)
{
	AUTO_CLOSE int fd =
		open(test_path(dir, name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), (ssize_t)len);
	assert_int_equal(fchmod(fd, mode), 0);
}

void test_copy_file(const char *from_dir, const char *to_dir, const char *name)
{
	AUTO_FILE FILE *f = fopen(test_path(from_dir, name), "re");
	struct stat st;
	if (!f)
		return;
	assert_int_equal(fstat(fileno(f), &st), 0);
	size_t len = (size_t)st.st_size;
	AUTO_FREE char *data = malloc(len + 1);
	assert_non_null(data);
	assert_int_equal(fread(data, 1, len, f), len);
	test_write_file(to_dir, name, data, len, 0600);
}

void test_folder(const struct test_corpus *c, const char *base, char ret[TEST_PATH_MAX])
{
	const struct test_entry *genesis = c->entries[0];
	AUTO_BUF struct annot_buf armor = ANNOT_BUF_INIT(4096), key = ANNOT_BUF_INIT(4096);
	snprintf(ret, TEST_PATH_MAX, "%s/annot-test-XXXXXX", base ? base : "/tmp");
	assert_non_null(mkdtemp(ret));
	test_write_file(ret, "genesis", genesis->record->bytes.data, genesis->record->bytes.len,
			0600);
	annot_sshsig_armor(genesis->key, ANNOT_NAMESPACE_RECORD, genesis->signature, &armor);
	test_write_file(ret, "genesis.sig", armor.data, armor.len, 0600);
	annot_skey_write(&c->log, &key);
	annot_buf_putc(&key, '\n');
	test_write_file(ret, "log.key", key.data, key.len, 0600);
	test_write_file(ret, "first-start", "", 0, 0600);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

void test_folder_remove(const char *dir)
{
	assert_int_equal(nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}
