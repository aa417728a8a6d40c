/* A body of every message, behind the byte that chooses it; proofs of small trees. */
#include "seeds.h"

#include "sample.h"

void seeds_messages(void)
{
	size_t n;
	const struct annot_message_def *const *messages = annot_messages(&n);
	for (size_t i = 0; i < n; i++) {
		AUTO_ARENA struct annot_arena *arena = annot_arena_new(ANNOT_DECODE_MAX);
		AUTO_BUF struct annot_buf b = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
		annot_buf_putc(&b, (char)i);
		REQUIRE(annot_message_encode(messages[i],
					     sample_message(messages[i], SAMPLE_SMALL, arena), &b,
					     NULL) == ANNOT_OK);
		seeds_save("message", messages[i]->name, b.data, b.len);
	}
	/* Index or old size, size, what is proved, then right hashes (fuzz_proof.c). */
	seeds_save("proof", "inclusion", "\x05\x07\x00\xff\xff\xff", 6);
	seeds_save("proof", "inclusion-wrong", "\x02\x09\x00\xff\xff\xff", 6);
	seeds_save("proof", "consistency", "\x06\x0d\x01\xff\xff\xff\xff\xff", 8);
	seeds_save("proof", "consistency-same", "\x08\x08\x01", 3);
}
