/* Quotes, signed before any clock runs. */
#include <sodium.h>
#include <stdlib.h>

#include "bench.h"

#include "record/draft.h"

enum { PER_MAX = 256, QUOTE_BYTES = 100, SIGN_MEMORY_MAX = 16 << 20 };

static struct annot_draft *quote(const struct desk *d)
{
	struct annot_draft *draft = annot_draft_new(ANNOT_KIND_quote);
	struct annot_error err = {0};
	uint64_t start = randombytes_uniform((uint32_t)(d->text.len - 2 * QUOTE_BYTES));
	uint64_t end = start + QUOTE_BYTES + randombytes_uniform(QUOTE_BYTES / 2);
	if (!draft ||
	    annot_draft_add_target(draft, &d->document, d->text, start, end, &err) != ANNOT_OK ||
	    annot_draft_add(draft, "speaker", "The Minister", &err) != ANNOT_OK ||
	    annot_draft_add(draft, "form", "direct", &err) != ANNOT_OK)
		die("quote: %s", err.text);
	return draft;
}

static void room(struct desk *d, size_t more)
{
	if (d->n_ids + more <= d->max_ids)
		return;
	d->max_ids = d->n_ids + more;
	d->ids = realloc(d->ids, d->max_ids * sizeof *d->ids);
	if (!d->ids)
		die("out of memory");
}

struct requests desk_submits(struct desk *d, size_t records, size_t per)
{
	struct requests ret = requests_new(records / per);
	struct annot_submit_item items[PER_MAX];
	struct annot_arena *arena = annot_arena_new(SIGN_MEMORY_MAX);
	size_t bytes = 0;
	if (per < 1 || per > PER_MAX || !arena)
		die("%zu records a request: at most %d", per, PER_MAX);
	room(d, records);
	for (size_t i = 0; i < records / per; i++) {
		annot_arena_reset(arena);
		for (size_t k = 0; k < per; k++) {
			const struct annot_secret_key *key =
				&d->reviewers[d->counter % BENCH_REVIEWERS];
			items[k] = desk_sign(d, key, quote(d), arena, &d->ids[d->n_ids++]);
			bytes += items[k].record.len;
		}
		struct annot_submit_request request = {.items = items, .n_items = per};
		requests_add(&ret, ANNOT_CALL_submit, &request);
	}
	annot_arena_free(arena);
	ret.units = (double)per;
	d->record_bytes = (double)bytes / (double)(records / per * per);
	return ret;
}

struct requests desk_gets(const struct desk *d, size_t n)
{
	struct requests ret = requests_new(n);
	if (d->n_ids == 0)
		die("get: nothing was submitted before");
	for (size_t i = 0; i < n; i++) {
		char hex[ANNOT_HASH_HEX + 1];
		const char *id = hex;
		const struct annot_hash *hash = &d->ids[randombytes_uniform((uint32_t)d->n_ids)];
		sodium_bin2hex(hex, sizeof hex, hash->b, sizeof hash->b);
		struct annot_get_request request = {.ids = &id, .n_ids = 1};
		requests_add(&ret, ANNOT_CALL_get, &request);
	}
	ret.units = 1;
	return ret;
}
