/* Command line over file over defaults. */
#include "folder.h"

#include <stdlib.h>
#include <unistd.h>

#include "annotd/config.h"
#include "base/auto.h"

struct fixture {
	char dir[TEST_PATH_MAX], file[TEST_PATH_MAX + 16];
	struct annot_arena *arena;
	struct config config;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	*state = f;
	snprintf(f->dir, sizeof f->dir, "/tmp/annot-test-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->file, sizeof f->file, "%s/annotd.conf", f->dir);
	f->arena = annot_arena_new(1 << 20);
	setenv("XDG_CONFIG_HOME", f->dir, 1); /* where there is no annot/annotd.conf */
	setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
	unsetenv("ANNOT_SOCKET");
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	annot_arena_free(f->arena);
	test_folder_remove(f->dir);
	free(f);
	return 0;
}

static void write_conf(struct fixture *f, const char *text)
{
	test_write_file(f->dir, "annotd.conf", text, strlen(text), 0600);
}

static enum annot_status read_config(struct fixture *f, const char *const *args)
{
	const char *argv[16] = {"annotd"};
	int argc = 1;
	while (args[argc - 1]) {
		argv[argc] = args[argc - 1];
		argc++;
	}
	return config_read(argc, argv, f->arena, &f->config, &test_error);
}
#define READ(f, ...) read_config(f, (const char *const[]){__VA_ARGS__, NULL})

static void test_defaults(void **state)
{
	struct fixture *f = *state;
	assert_ok(READ(f, "--corpus", "c"));
	assert_int_equal(f->config.command, COMMAND_SERVE);
	assert_string_equal(f->config.corpus, "c");
	assert_int_equal(f->config.n_listen, 1);
	assert_string_equal(f->config.listen[0], "ipc:///run/user/7/annot/annotd.sock");
	assert_false(f->config.insecure_tcp);
	assert_int_equal(f->config.log_level, LOG_LEVEL_INFO);
	assert_int_equal(f->config.workers, 0);
	unsetenv("XDG_RUNTIME_DIR");
	char url[64];
	snprintf(url, sizeof url, "ipc:///tmp/annot-%lu/annotd.sock", (unsigned long)getuid());
	assert_ok(READ(f, "-C", "c"));
	assert_string_equal(f->config.listen[0], url);
}

/* What annotctl would connect to; the option and the file win over it. */
static void test_environment(void **state)
{
	struct fixture *f = *state;
	setenv("ANNOT_SOCKET", "ipc:///tmp/env.sock", 1);
	assert_ok(READ(f, "--corpus", "c"));
	assert_int_equal(f->config.n_listen, 1);
	assert_string_equal(f->config.listen[0], "ipc:///tmp/env.sock");
	assert_ok(READ(f, "--corpus", "c", "--listen", "ipc:///x"));
	assert_int_equal(f->config.n_listen, 1);
	assert_string_equal(f->config.listen[0], "ipc:///x");
	write_conf(f, "listen = ipc:///a\n");
	assert_ok(READ(f, "--config", f->file, "--corpus", "c"));
	assert_int_equal(f->config.n_listen, 1);
	assert_string_equal(f->config.listen[0], "ipc:///a");
	setenv("ANNOT_SOCKET", "", 1); /* as if it were not set */
	assert_ok(READ(f, "--corpus", "c"));
	assert_string_equal(f->config.listen[0], "ipc:///run/user/7/annot/annotd.sock");
	unsetenv("ANNOT_SOCKET");
}

/* As in a unit of systemd: the folder of the file, and the group if the file names none. */
static void test_unit(void **state)
{
	struct fixture *f = *state;
	setenv("CONFIGURATION_DIRECTORY", f->dir, 1);
	setenv("ANNOT_SOCKET_GROUP", "annot", 1);
	assert_ok(READ(f, "--corpus", "c"));
	assert_string_equal(f->config.socket_group, "annot");
	write_conf(f, "workers = 3\n");
	assert_ok(READ(f, "--corpus", "c"));
	assert_int_equal(f->config.workers, 3);
	assert_string_equal(f->config.socket_group, "annot");
	write_conf(f, "socket-group = desk\n");
	assert_ok(READ(f, "--corpus", "c"));
	assert_string_equal(f->config.socket_group, "desk");
	unsetenv("CONFIGURATION_DIRECTORY");
	setenv("ANNOT_SOCKET_GROUP", "", 1); /* as if it were not set */
	assert_ok(READ(f, "--corpus", "c"));
	assert_null(f->config.socket_group);
	unsetenv("ANNOT_SOCKET_GROUP");
}

static void test_file(void **state)
{
	struct fixture *f = *state;
	write_conf(f, "; a comment\ncorpus = from-file\nlisten = ipc:///a\nlisten = ipc:///b\n"
		      "insecure-tcp = yes\nworkers = 3\nlog-level = debug\nsocket-group = desk\n");
	assert_ok(READ(f, "--config", f->file));
	assert_string_equal(f->config.corpus, "from-file");
	assert_int_equal(f->config.n_listen, 2);
	assert_string_equal(f->config.listen[1], "ipc:///b");
	assert_true(f->config.insecure_tcp);
	assert_int_equal(f->config.workers, 3);
	assert_int_equal(f->config.log_level, LOG_LEVEL_DEBUG);
	assert_string_equal(f->config.socket_group, "desk");
	assert_ok(READ(f, "--config", f->file, "--corpus", "c", "--listen", "ipc:///x", "-w", "8"));
	assert_string_equal(f->config.corpus, "c");
	assert_int_equal(f->config.n_listen, 1);
	assert_string_equal(f->config.listen[0], "ipc:///x");
	assert_int_equal(f->config.workers, 8);
}

static void test_bad_files(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *text, *says;
	} bad[] = {
		{"corpus = a\nfrob = 1\n", "line 2: there is no setting frob"},
		{"help = yes\n", "there is no setting help"},
		{"\n[server]\ncorpus = a\n", "line 3: there are no sections"},
		{"workers = 9\n", "workers is a number from 1 to 8, not 9"},
		{"workers = 0\n", "workers"},
		{"insecure-tcp = maybe\n", "yes or no"},
		{"log-level = loud\n", "log-level"},
		{"what is this\n", "line 1"},
	};
	for (size_t i = 0; i < COUNT(bad); i++) {
		write_conf(f, bad[i].text);
		assert_status(READ(f, "--config", f->file, "--corpus", "c"), ANNOT_USAGE);
		assert_error_says(bad[i].says);
		assert_error_says("annotd.conf");
	}
	assert_status(READ(f, "--config", "/nonexistent", "--corpus", "c"), ANNOT_UNREADABLE);
}

static void test_commands(void **state)
{
	struct fixture *f = *state;
	assert_ok(READ(f, "fsck", "--corpus", "c"));
	assert_int_equal(f->config.command, COMMAND_FSCK);
	assert_ok(READ(f, "--corpus", "c", "rebuild"));
	assert_int_equal(f->config.command, COMMAND_REBUILD);
	assert_ok(READ(f, "vouch", "--corpus", "c", "--size", "12"));
	assert_int_equal(f->config.size, 12);
	assert_status(READ(f, "vouch", "--corpus", "c"), ANNOT_USAGE);
	assert_status(READ(f, "--corpus", "c", "--size", "12"), ANNOT_USAGE);
	assert_status(READ(f, "frob", "--corpus", "c"), ANNOT_USAGE);
	assert_status(READ(f, "fsck", "more", "--corpus", "c"), ANNOT_USAGE);
	assert_status(READ(f, "fsck"), ANNOT_USAGE);
	assert_error_says("--corpus");
	assert_status(READ(f, "--frob"), ANNOT_USAGE);
	assert_error_says("--frob");
	assert_ok(READ(f, "--help"));
	assert_true(f->config.help);
}

/* The help names every option, and each option has all that a manual needs. */
static void test_help(void **state)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	(void)state;
	config_help(to);
	fclose(to);
	for (unsigned id = 0; id < OPTION_COUNT; id++) {
		const struct option_def *o = option_def((enum option_id)id);
		char long_name[64];
		snprintf(long_name, sizeof long_name, "--%s", o->name);
		assert_non_null(strstr(text, long_name));
		assert_non_null(strstr(text, o->doc));
		assert_int_equal(o->kind == OPTION_KIND_FLAG,
				 !o->argument && o->kind != OPTION_KIND_ACT);
	}
	free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_defaults),  TEST(test_environment), TEST(test_unit), TEST(test_file),
		TEST(test_bad_files), TEST(test_commands),    TEST(test_help),
	};
	return cmocka_run_group_tests_name("annotd/config", tests, NULL, NULL);
}
