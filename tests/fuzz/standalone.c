/*
 * Without libFuzzer: runs a target on each file of a folder, and on what is left of it when it is
 * cut short or one of its bytes changes. So that every seed and every crash once found is a test.
 */
#include "fuzz.h"

#include <dirent.h>
#include <sys/stat.h>

#include "base/file.h"

enum { SEED_MAX = 4 << 20, STEPS = 256 };

/* In memory of its exact size, so that a sanitizer sees each read past the end. */
static void run(const char *data, size_t len)
{
	AUTO_FREE uint8_t *exact = malloc(len ? len : 1);
	REQUIRE(exact);
	memcpy(exact, data, len);
	LLVMFuzzerTestOneInput(exact, len);
}

static void run_varied(char *data, size_t len)
{
	static const char changes[] = {0x01, 0x20, (char)0x80, (char)0xff};
	size_t step = len / STEPS + 1;
	for (size_t at = 0; at < len; at += step) {
		run(data, at);
		data[at] = (char)(data[at] ^ changes[at / step % sizeof changes]);
		run(data, len);
		data[at] = (char)(data[at] ^ changes[at / step % sizeof changes]);
	}
}

static int run_folder(const char *path)
{
	int n = 0;
	DIR *folder = opendir(path);
	if (!folder) {
		perror(path);
		return 0;
	}
	for (struct dirent *e; (e = readdir(folder));) {
		char file[4096];
		struct stat st;
		AUTO_BUF struct annot_buf seed = ANNOT_BUF_INIT(SEED_MAX);
		struct annot_error err;
		snprintf(file, sizeof file, "%s/%s", path, e->d_name);
		if (stat(file, &st) != 0 || !S_ISREG(st.st_mode))
			continue;
		REQUIRE(annot_file_read(file, SEED_MAX, &seed, &err) == ANNOT_OK);
		run(seed.data, seed.len);
		run_varied(seed.data, seed.len);
		n++;
	}
	closedir(folder);
	return n;
}

int main(int argc, char **argv)
{
	int n = 0;
	for (int i = 1; i < argc; i++)
		n += run_folder(argv[i]);
	printf("%d seeds\n", n);
	return n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
