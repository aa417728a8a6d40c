#include "base/progress.h"

#include <inttypes.h>

enum { KIB = 1024, MINUTE_S = 60, HOUR_S = 3600 };

static void put_amount(struct annot_buf *b, bool bytes, uint64_t n)
{
	static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
	unsigned unit = 0;
	uint64_t tenths;
	if (!bytes || n < KIB) {
		annot_buf_printf(b, "%" PRIu64 "%s", n, bytes ? " B" : "");
		return;
	}
	for (; n / KIB >= KIB && unit + 1 < sizeof units / sizeof *units; n /= KIB)
		unit++;
	tenths = n * 10 / KIB;
	annot_buf_printf(b, "%" PRIu64 ".%" PRIu64 " %s", tenths / 10, tenths % 10, units[unit]);
}

static void put_time(struct annot_buf *b, uint64_t s)
{
	if (s >= HOUR_S)
		annot_buf_printf(b, "%" PRIu64 " h %02" PRIu64 " min", s / HOUR_S,
				 s % HOUR_S / MINUTE_S);
	else if (s >= MINUTE_S)
		annot_buf_printf(b, "%" PRIu64 " min %02" PRIu64 " s", s / MINUTE_S, s % MINUTE_S);
	else
		annot_buf_printf(b, "%" PRIu64 " s", s);
}

/* a * b / c, which may be large; c > 0. */
static uint64_t scale(uint64_t a, uint64_t b, uint64_t c)
{
	double exact = (double)a * (double)b / (double)c;
	return exact < (double)(UINT64_MAX / 2) ? (uint64_t)exact : UINT64_MAX / 2;
}

void annot_progress_text(const struct annot_progress_line *l, struct annot_buf *ret)
{
	uint64_t per_s = l->elapsed_ms ? scale(l->done, 1000, l->elapsed_ms) : 0;
	annot_buf_printf(ret, "%s ", l->what);
	put_amount(ret, l->bytes, l->done);
	if (l->of > 0) {
		annot_buf_puts(ret, " of ");
		put_amount(ret, l->bytes, l->of);
		annot_buf_printf(ret, " (%" PRIu64 " %%)", scale(l->done, 100, l->of));
	}
	if (per_s > 0) {
		annot_buf_puts(ret, ", ");
		put_amount(ret, l->bytes, per_s);
		annot_buf_puts(ret, "/s");
	}
	if (l->done > 0 && l->of > l->done) {
		annot_buf_puts(ret, ", ");
		put_time(ret, scale(l->of - l->done, l->elapsed_ms, l->done) / 1000);
		annot_buf_puts(ret, " left");
	}
}
