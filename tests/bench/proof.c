/* Phases for those who do not trust the daemon: a copy of the log, its audit, a bundle and its
 * verification. */
#include <stdio.h>
#include <stdlib.h>

#include "base/encode.h"

#include "bench.h"

enum { VERIFIES_MAX = 1000 };

/* Beside the corpus: PATH.suffix. */
static void beside(const struct load *l, const char *suffix, char ret[BENCH_PATH_MAX])
{
	snprintf(ret, BENCH_PATH_MAX, "%s.%s", l->dir, suffix);
}

void phase_audit(struct load *l, const double *n)
{
	char url[BENCH_PATH_MAX], output[BENCH_PATH_MAX], copy[BENCH_PATH_MAX];
	(void)n;
	if (!l->annotctl)
		die("audit: needs --annotctl");
	struct annot_hex corpus = annot_hash_hex(&l->desk->corpus);
	snprintf(url, sizeof url, "ipc://%s", l->socket);
	beside(l, "out", output);
	beside(l, "copy", copy);
	const char *const export[] = {l->annotctl, "--socket", url, "log", "export", copy, NULL};
	const char *const audit[] = {l->annotctl, "log",      "audit",     copy,
				     "--again",   "--corpus", corpus.text, NULL};
	printf("export rate %.1f\n", (double)l->records / program_wall(export, output));
	printf("audit rate %.1f\n", (double)l->records / program_wall(audit, output));
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

void phase_proof(struct load *l, const double *n)
{
	size_t times = (size_t)n[0];
	double took[VERIFIES_MAX];
	char url[BENCH_PATH_MAX], output[BENCH_PATH_MAX], bundle[BENCH_PATH_MAX];
	if (!l->annotctl || times < 1 || times > VERIFIES_MAX || l->desk->n_ids == 0)
		die("proof: needs --annotctl, records, and 1 to %d times", VERIFIES_MAX);
	struct annot_hex corpus = annot_hash_hex(&l->desk->corpus);
	struct annot_hex id = annot_hash_hex(&l->desk->ids[l->desk->n_ids / 2]);
	snprintf(url, sizeof url, "ipc://%s", l->socket);
	beside(l, "out", output);
	beside(l, "bundle", bundle);
	const char *const make[] = {l->annotctl, "--socket", url,    "bundle",
				    id.text,     "-o",       bundle, NULL};
	const char *const verify[] = {l->annotctl, "verify", bundle, "--corpus", corpus.text, NULL};
	double made = program_wall(make, output);
	for (size_t i = 0; i < times; i++)
		took[i] = program_cpu(verify, output) * 1e3;
	qsort(took, times, sizeof *took, compare);
	printf("proof make_ms %.2f verify_ms %.2f us_a_leaf %.3f\n", made * 1e3, took[times / 2],
	       took[times / 2] * 1e3 / (double)l->records);
}
