/* Tests of files: each runs in an empty folder of its own. */
#ifndef TESTS_BASE_IN_FOLDER_H
#define TESTS_BASE_IN_FOLDER_H

#include "assert.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/file.h"

enum { ANY = 1 << 24 };

static int enter(void **state)
{
	static char folder[64];
	snprintf(folder, sizeof(folder), "file-test-XXXXXX");
	*state = folder;
	return !mkdtemp(folder) || chdir(folder) != 0;
}

static size_t entries(void)
{
	size_t n = 0;
	DIR *d = opendir(".");
	assert_non_null(d);
	for (struct dirent *e = readdir(d); e; e = readdir(d))
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static int leave(void **state)
{
	DIR *d = opendir(".");
	if (!d)
		return 1;
	for (struct dirent *e = readdir(d); e; e = readdir(d))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
		    remove(e->d_name) != 0)
			fprintf(stderr, "%s stays\n", e->d_name);
	closedir(d);
	return chdir("..") != 0 || rmdir(*state) != 0;
}

static void assert_content(const char *path, const char *expected)
{
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANY);
	assert_ok(annot_file_read(path, ANY, &b, &test_error));
	assert_string_equal(b.data, expected);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter, leave)

#endif
