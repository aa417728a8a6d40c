/*
 * sceptic BUNDLE CORPUS: the verifier in a program of its own, linked with what is below
 * libannot/client alone. Prints the verdict; exit 0, 1, or 2 when it could not begin.
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/encode.h"
#include "base/file.h"
#include "proof/verify.h"

int main(int argc, char **argv)
{
	struct annot_arena *arena = annot_arena_new((size_t)512 << 20);
	struct annot_trust trust = {.now_s = 0};
	const struct annot_report *report;
	struct annot_error err;
	struct annot_bytes file;
	int code = 2;

	if (!arena || argc != 3 || !annot_hash_unhex(argv[2], strlen(argv[2]), &trust.corpus)) {
		fprintf(stderr, "usage: sceptic BUNDLE CORPUS\n");
	} else if (annot_file_map(argv[1], &file, &err) != ANNOT_OK) {
		fprintf(stderr, "sceptic: %s\n", err.text);
	} else {
		if (annot_verify_bundle(arena, file, &trust, &report, &err) == ANNOT_OK) {
			printf("%s\n", annot_verdict_name(report->verdict));
			code = annot_report_exit(report);
		} else {
			fprintf(stderr, "sceptic: %s\n", err.text);
		}
		annot_file_unmap(&file);
	}
	annot_arena_free(arena);
	return code;
}
