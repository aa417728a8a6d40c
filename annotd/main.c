/* annotd(8): the daemon, and what is done to its corpus folder offline. */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "annotd/certify.h"
#include "annotd/config.h"
#include "annotd/log.h"
#include "annotd/backup.h"
#include "annotd/fsck.h"
#include "annotd/import.h"
#include "annotd/progress.h"
#include "annotd/rebuild.h"
#include "annotd/vouch.h"
#include "annotd/serve.h"
#include "annotd/store/store.h"
#include "base/auto.h"
#include "base/encode.h"
#include "base/file.h"

enum {
	CONFIG_MEMORY_MAX = 1 << 20,
	EXIT_NO = 1,
	EXIT_REFUSED = 4,
	HEAP_BLOCK_MAX = 2112 << 10, /* larger ones are pages of their own; replies are not */
	HEAP_KEPT_MAX = 8 << 20,     /* at the end of a heap, for the next reply */
};

static enum annot_status run_rebuild(const struct config *config, struct annot_error *err)
{
	uint64_t n;
	struct progress progress = {0};
	struct rebuild how = {.defer = config->defer, .progress = progress_tell, .arg = &progress};
	enum annot_status status = corpus_rebuild(config->corpus, &how, &n, err);
	progress_end(&progress);
	TRY(status);
	printf("%s: index made again from %llu record%s\n", config->corpus, (unsigned long long)n,
	       annot_plural(n));
	return ANNOT_OK;
}

static enum annot_status run_backup(const struct config *config, struct annot_error *err)
{
	uint64_t n;
	TRY(corpus_backup(config->corpus, config->to, &n, err));
	printf("%s: %llu record%s copied; log.key and checkpoint are not in it\n", config->to,
	       (unsigned long long)n, annot_plural(n));
	return ANNOT_OK;
}

static enum annot_status run_vouch(const struct config *config, struct annot_error *err)
{
	TRY(corpus_vouch(config->corpus, config->size, err));
	printf("%s: the checkpoint file now says %llu record%s\n", config->corpus,
	       (unsigned long long)config->size, annot_plural(config->size));
	return ANNOT_OK;
}

static unsigned fsck_threads(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	return cores < 2 ? 2 : cores > FSCK_THREADS_MAX ? FSCK_THREADS_MAX : (unsigned)cores;
}

static enum annot_status run_import(const struct config *config, struct annot_error *err)
{
	uint64_t n;
	const struct import_options options = {.dir = config->corpus,
					       .file = config->file,
					       .threads = fsck_threads(),
					       .findings = stderr};
	enum annot_status status = corpus_import(&options, &n, err);
	TRY(status);
	printf("%s: %llu record%s imported; serve it, to be read, with: annotd --corpus %s; "
	       "signing on needs the original log.key and checkpoint\n",
	       config->corpus, (unsigned long long)n, annot_plural(n), config->corpus);
	return ANNOT_OK;
}

static enum annot_status run_certify(const struct config *config, struct annot_error *err)
{
	struct annot_hash certificate;
	char fingerprint[ANNOT_FINGERPRINT_SIZE];
	bool made;
	TRY(corpus_certify(config->corpus, &certificate, &made, err));
	annot_fingerprint(&certificate, fingerprint);
	printf("%s: certificate %s%s\n", config->corpus, fingerprint,
	       made ? "; clients compare it at first contact" : " is there already");
	return ANNOT_OK;
}

static enum annot_status run_fsck(const struct config *config, struct annot_error *err)
{
	uint64_t findings;
	TRY(corpus_fsck(config->corpus, fsck_threads(), config->defer, stdout, &findings, err));
	if (findings > 0)
		return annot_fail(err, ANNOT_NO, "%s: %llu finding%s", config->corpus,
				  (unsigned long long)findings, annot_plural(findings));
	printf("%s: no findings\n", config->corpus);
	return ANNOT_OK;
}

static enum annot_status run(const struct config *config, struct annot_error *err)
{
	switch (config->command) {
	case COMMAND_SERVE:
		return serve(config, err);
	case COMMAND_REBUILD:
		return run_rebuild(config, err);
	case COMMAND_FSCK:
		return run_fsck(config, err);
	case COMMAND_BACKUP:
		return run_backup(config, err);
	case COMMAND_VOUCH:
		return run_vouch(config, err);
	case COMMAND_IMPORT:
		return run_import(config, err);
	case COMMAND_CERTIFY:
		return run_certify(config, err);
	}
	return annot_fail(err, ANNOT_INTERNAL, "unknown command");
}

/* annotctl's exit codes; here "not found" never is an answer. */
static int exit_code(enum annot_status status)
{
	int code = annot_exit_code(status);
	return code == EXIT_NO && status != ANNOT_NO ? EXIT_REFUSED : code;
}

/*
 * What is freed goes back to the kernel. glibc, left to itself, takes the largest block that was
 * ever freed for a common size and keeps as much of it in the heap of each thread: beside a busy
 * machine annotd held 250 MiB where it needed 150 (tests/hostile/test_asking.c).
 */
static void heap_tune(void)
{
	mallopt(M_MMAP_THRESHOLD, HEAP_BLOCK_MAX);
	mallopt(M_TRIM_THRESHOLD, HEAP_KEPT_MAX);
}

int main(int argc, char **argv)
{
	heap_tune();
	annot_stdio_guard();
	AUTO_ARENA struct annot_arena *arena = annot_arena_new(CONFIG_MEMORY_MAX);
	struct annot_error err = {0};
	struct config config;
	enum annot_status status =
		arena ? config_read(argc, (const char **)argv, arena, &config, &err)
		      : annot_fail(&err, ANNOT_NO_MEMORY, "out of memory");
	if (status == ANNOT_OK && config.help) {
		config_help(stdout);
		return 0;
	}
	if (status == ANNOT_OK && config.version) {
		printf("annotd %s\n", annot_version());
		return 0;
	}
	if (status == ANNOT_OK) {
		log_start(config.log_level);
		/* A file that may not grow is a failed write and not the end. */
		signal(SIGXFSZ, SIG_IGN);
		store_tune();
		status = run(&config, &err);
	}
	if (status != ANNOT_OK)
		log_error("%s", err.text);
	return exit_code(status);
}
