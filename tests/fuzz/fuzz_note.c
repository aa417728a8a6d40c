/* Notes, checkpoints, keys of notes and proof files: each has one form only. */
#include "fuzz.h"

#include "log/note.h"
#include "log/tlogproof.h"

static void keys(const char *text, size_t len)
{
	struct annot_vkey v;
	struct annot_skey s;
	struct annot_error err;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(4096);
	if (annot_vkey_parse(text, len, &v, &err) == ANNOT_OK) {
		annot_vkey_write(&v, &b);
		require_same(&b, text, len);
	}
	annot_buf_truncate(&b, 0);
	if (annot_skey_parse(text, len, &s, &err) == ANNOT_OK) {
		annot_skey_write(&s, &b);
		require_same(&b, text, len);
	}
}

static void checkpoint(struct annot_bytes text)
{
	struct annot_checkpoint c;
	struct annot_error err;
	AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_NOTE_MAX);
	if (annot_checkpoint_parse(text, &c, &err) != ANNOT_OK)
		return;
	annot_checkpoint_write(&c, &b);
	require_same(&b, text.data, text.len);
}

static void note(struct annot_bytes bytes)
{
	struct annot_note n;
	struct annot_error err;
	struct annot_vkey key = {.name = "example.org/log", .type = ANNOT_NOTE_ED25519};
	uint64_t time_s;
	if (annot_note_parse(bytes, &n, &err) != ANNOT_OK)
		return;
	REQUIRE(n.n_lines <= ANNOT_NOTE_SIGNATURES_MAX);
	REQUIRE(n.text.data == bytes.data && n.text.len < bytes.len);
	REQUIRE(n.text.data[n.text.len - 1] == '\n');
	REQUIRE(annot_note_verify(&n, &key, &time_s, &err) != ANNOT_OK);
	checkpoint(n.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct annot_bytes bytes = annot_bytes(data, size);
	struct annot_tlogproof p;
	struct annot_error err;
	keys((const char *)data, size);
	checkpoint(bytes);
	note(bytes);
	if (annot_tlogproof_parse(bytes, &p, &err) == ANNOT_OK) {
		AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(2 * ANNOT_TLOGPROOF_MAX);
		annot_tlogproof_write(&p, &b);
		require_same(&b, data, size);
		note(p.note);
	}
	return 0;
}
