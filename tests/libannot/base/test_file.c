#include "in_folder.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>

static void write_file(const char *path, const char *content)
{
	assert_ok(annot_file_replace(path, annot_bytes_of(content), 0600, &test_error));
}

static void test_read(void **state)
{
	(void)state;
	write_file("f", "hello\n");
	assert_content("f", "hello\n");
	assert_content("./f", "hello\n");
	write_file("empty", "");
	assert_content("empty", "");
	/* What is read goes behind what the buffer holds. */
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANY);
	annot_buf_puts(&b, "> ");
	assert_ok(annot_file_read("f", 6, &b, &test_error));
	assert_string_equal(b.data, "> hello\n");
}

/* An open file, piece by piece. */
static void test_read_on(void **state)
{
	char piece[4];
	size_t n;
	(void)state;
	write_file("f", "hello\n");
	struct annot_fd file = {open("f", O_RDONLY | O_CLOEXEC), "the file"};
	assert_true(file.fd >= 0);
	assert_ok(annot_fd_read(&file, piece, sizeof piece, &n, &test_error));
	assert_int_equal(n, 4);
	assert_memory_equal(piece, "hell", 4);
	assert_ok(annot_fd_read(&file, piece, sizeof piece, &n, &test_error));
	assert_int_equal(n, 2);
	assert_memory_equal(piece, "o\n", 2);
	assert_ok(annot_fd_read(&file, piece, sizeof piece, &n, &test_error));
	assert_int_equal(n, 0);
	close(file.fd);
	file.fd = open(".", O_RDONLY | O_CLOEXEC);
	assert_true(file.fd >= 0);
	assert_status(annot_fd_read(&file, piece, sizeof piece, &n, &test_error), ANNOT_UNREADABLE);
	assert_error_says("the file: cannot be read: Is a directory");
	close(file.fd);
}

static void test_too_large(void **state)
{
	(void)state;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANY);
	write_file("f", "hello\n");
	annot_buf_puts(&b, "kept");
	assert_status(annot_file_read("f", 5, &b, &test_error), ANNOT_TOO_LARGE);
	assert_error_says("f: 6 bytes, at most 5");
	assert_string_equal(b.data, "kept");
	assert_status(annot_file_read("f", 0, &b, &test_error), ANNOT_TOO_LARGE);
	/* A file that tells no size. */
	assert_status(annot_file_read("/dev/zero", 200000, &b, &test_error), ANNOT_TOO_LARGE);
	assert_string_equal(b.data, "kept");
	/* The buffer's own maximum holds too. */
	AUTO_BUF struct annot_buf small = ANNOT_BUF_INIT(3);
	assert_status(annot_file_read("f", ANY, &small, &test_error), ANNOT_TOO_LARGE);
}

static void test_unreadable(void **state)
{
	(void)state;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANY);
	struct annot_bytes bytes = {0};
	assert_int_equal(mkdir("folder", 0700), 0);
	assert_status(annot_file_read("folder", ANY, &b, &test_error), ANNOT_UNREADABLE);
	assert_error_says("folder: cannot be read: Is a directory");
	assert_status(annot_file_read("none", ANY, &b, &test_error), ANNOT_UNREADABLE);
	assert_error_says("none: cannot be read: No such file");
	assert_status(annot_file_read("", ANY, &b, &test_error), ANNOT_UNREADABLE);
	assert_status(annot_file_map("folder", &bytes, &test_error), ANNOT_UNREADABLE);
	assert_status(annot_file_map("none", &bytes, &test_error), ANNOT_UNREADABLE);
	assert_status(annot_file_map("/dev/null", &bytes, &test_error), ANNOT_UNREADABLE);
	assert_error_says("not a regular file");
	assert_int_equal(b.len, 0);
	if (geteuid() == 0) {
		print_message("no file is unreadable to root: permissions are not tested\n");
		return;
	}
	write_file("secret", "x");
	assert_int_equal(chmod("secret", 0), 0);
	assert_status(annot_file_read("secret", ANY, &b, &test_error), ANNOT_UNREADABLE);
	assert_status(annot_file_map("secret", &bytes, &test_error), ANNOT_UNREADABLE);
}

/* Standard input from a pipe, in more than one piece. */
static void test_standard_input(void **state)
{
	(void)state;
	enum { N = 30000 };
	char content[N];
	int ends[2], before = dup(STDIN_FILENO);
	memset(content, 'p', N);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], content, N), N);
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANY);
	assert_ok(annot_file_read("-", ANY, &b, &test_error));
	assert_int_equal(b.len, N);
	assert_memory_equal(b.data, content, N);
	/* It stays open: the next read finds its end. */
	annot_buf_truncate(&b, 0);
	assert_ok(annot_file_read("-", ANY, &b, &test_error));
	assert_int_equal(b.len, 0);
	if (before >= 0) {
		dup2(before, STDIN_FILENO);
		close(before);
	}
}

static void test_map(void **state)
{
	(void)state;
	struct annot_bytes b = {0};
	write_file("f", "mapped");
	write_file("empty", "");
	assert_ok(annot_file_map("f", &b, &test_error));
	assert_int_equal(b.len, 6);
	assert_memory_equal(b.data, "mapped", 6);
	/* A replacement does not reach into what is mapped. */
	write_file("f", "others");
	assert_memory_equal(b.data, "mapped", 6);
	annot_file_unmap(&b);
	assert_null(b.data);
	annot_file_unmap(&b);
	assert_ok(annot_file_map("empty", &b, &test_error));
	assert_int_equal(b.len, 0);
	assert_non_null(b.data);
	annot_file_unmap(&b);
}

static void test_replace(void **state)
{
	(void)state;
	struct stat st;
	mode_t mask = umask(077);
	assert_ok(annot_file_replace("f", annot_bytes_of("one"), 0644, &test_error));
	umask(mask);
	assert_content("f", "one");
	assert_int_equal(stat("f", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	assert_ok(annot_file_replace("f", annot_bytes_of("two"), 0600, &test_error));
	assert_content("f", "two");
	assert_int_equal(stat("f", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(entries(), 1);
}

/* What cannot be replaced is written to, and stays what it is. */
static void test_replace_pipe(void **state)
{
	struct stat st;
	char found[8] = "";
	(void)state;
	assert_int_equal(mkfifo("pipe", 0600), 0);
	AUTO_CLOSE int fd = open("pipe", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_ok(annot_file_replace("pipe", annot_bytes_of("one"), 0644, &test_error));
	assert_int_equal(read(fd, found, sizeof found), 3);
	assert_string_equal(found, "one");
	assert_int_equal(stat("pipe", &st), 0);
	assert_true(S_ISFIFO(st.st_mode));
	assert_int_equal(entries(), 1);
	if (access("/dev/full", W_OK) == 0)
		assert_status(
			annot_file_replace("/dev/full", annot_bytes_of("x"), 0644, &test_error),
			ANNOT_NO_SPACE);
	/* What must be new is refused as any other. */
	assert_status(annot_file_create("pipe", annot_bytes_of("x"), 0600, &test_error),
		      ANNOT_REFUSED);
}

static void test_replace_fails(void **state)
{
	(void)state;
	write_file("f", "old");
	assert_int_equal(mkdir("folder", 0700), 0);
	assert_status(annot_file_replace("folder", annot_bytes_of("x"), 0600, &test_error),
		      ANNOT_UNREADABLE);
	assert_status(annot_file_replace("none/f", annot_bytes_of("x"), 0600, &test_error),
		      ANNOT_UNREADABLE);
	assert_error_says("none/f: cannot be written");
	assert_status(annot_file_replace("f/x", annot_bytes_of("x"), 0600, &test_error),
		      ANNOT_UNREADABLE);
	char name[5000];
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_status(annot_file_replace(name, annot_bytes_of("x"), 0600, &test_error),
		      ANNOT_UNREADABLE);
	assert_content("f", "old");
	assert_int_equal(entries(), 2);
}

/* When the disk takes only a part, the old content stays and no other file remains. */
static void test_no_space(void **state)
{
	(void)state;
	struct rlimit before, small;
	static char content[100000];
	write_file("f", "old");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_IGN);
	small = (struct rlimit){.rlim_cur = 70000, .rlim_max = before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	enum annot_status status =
		annot_file_replace("f", annot_bytes(content, sizeof(content)), 0600, &test_error);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(status, ANNOT_NO_SPACE);
	assert_content("f", "old");
	assert_int_equal(entries(), 1);
}

struct reading {
	atomic_bool stop;
	size_t reads, wrong;
};

static void *read_all_the_time(void *arg)
{
	struct reading *r = arg;
	while (!atomic_load(&r->stop)) {
		struct annot_buf b = ANNOT_BUF_INIT(ANY);
		bool good = annot_file_read("f", ANY, &b, NULL) == ANNOT_OK && b.len == 100000;
		for (size_t i = 1; good && i < b.len; i++)
			good = b.data[i] == b.data[0];
		r->wrong += !good;
		r->reads++;
		annot_buf_free(&b);
	}
	return NULL;
}

/* Whoever reads meanwhile sees the old content or the new one, whole. */
static void test_replace_is_atomic(void **state)
{
	(void)state;
	static char content[100000];
	struct reading r = {0};
	pthread_t thread;
	memset(content, 'a', sizeof(content));
	assert_ok(annot_file_replace("f", annot_bytes(content, sizeof(content)), 0600, NULL));
	assert_int_equal(pthread_create(&thread, NULL, read_all_the_time, &r), 0);
	for (int i = 0; i < 50; i++) {
		memset(content, 'a' + i % 26, sizeof(content));
		assert_ok(annot_file_replace("f", annot_bytes(content, sizeof(content)), 0600,
					     &test_error));
	}
	atomic_store(&r.stop, true);
	pthread_join(thread, NULL);
	assert_true(r.reads > 0);
	assert_int_equal(r.wrong, 0);
}

static void test_create(void **state)
{
	(void)state;
	assert_ok(annot_file_create("f", annot_bytes_of("first"), 0600, &test_error));
	assert_status(annot_file_create("f", annot_bytes_of("second"), 0600, &test_error),
		      ANNOT_REFUSED);
	assert_error_says("f: exists already");
	assert_content("f", "first");
	assert_int_equal(mkdir("folder", 0700), 0);
	assert_status(annot_file_create("folder", annot_bytes_of("x"), 0600, &test_error),
		      ANNOT_REFUSED);
	/* A link to nowhere is there too, and is not followed. */
	assert_int_equal(symlink("elsewhere", "link"), 0);
	assert_status(annot_file_create("link", annot_bytes_of("x"), 0600, &test_error),
		      ANNOT_REFUSED);
	assert_int_equal(entries(), 3);
}

static void test_folders(void **state)
{
	(void)state;
	struct stat st;
	assert_ok(annot_dir_make("a/b//c/", &test_error));
	assert_int_equal(stat("a/b/c", &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_ok(annot_dir_make("a/b/c", &test_error));
	assert_ok(annot_dir_make(".", &test_error));
	assert_ok(annot_dir_make("/", &test_error));
	write_file("f", "x");
	assert_status(annot_dir_make("f", &test_error), ANNOT_UNREADABLE);
	assert_error_says("f: cannot be made: Not a directory");
	assert_status(annot_dir_make("f/g", &test_error), ANNOT_UNREADABLE);
	assert_status(annot_dir_make("", &test_error), ANNOT_UNREADABLE);
	assert_ok(annot_file_replace("a/b/c/deep", annot_bytes_of("x"), 0600, &test_error));
	assert_content("a/b/c/deep", "x");
	assert_int_equal(unlink("a/b/c/deep") | rmdir("a/b/c") | rmdir("a/b"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(test_read),
		IN_FOLDER(test_read_on),
		IN_FOLDER(test_too_large),
		IN_FOLDER(test_unreadable),
		IN_FOLDER(test_standard_input),
		IN_FOLDER(test_map),
		IN_FOLDER(test_replace),
		IN_FOLDER(test_replace_pipe),
		IN_FOLDER(test_replace_fails),
		IN_FOLDER(test_no_space),
		IN_FOLDER(test_replace_is_atomic),
		IN_FOLDER(test_create),
		IN_FOLDER(test_folders),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
