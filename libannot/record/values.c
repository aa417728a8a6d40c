/* One checker a card type. Values of TEXT cards are unescaped first, all others stand as they are.
 */
#include <inttypes.h>

#include "base/encode.h"
#include "base/hash.h"
#include "record/internal.h"
#include "record/sshkey.h"
#include "text/escape.h"

enum { ORIGIN_MAX = 255, VKEY_ID_HEX = 8, VKEY_ED25519 = 0x01, LANGUAGE_FIRST = 8 };

static enum annot_status expected(const struct annot_card *card, const char *what,
				  struct annot_error *err)
{
	return annot_fail(err, ANNOT_INVALID, "expected %s, found \"%s\"", what,
			  annot_excerpt(card->text, card->len).text);
}

static enum annot_status parse_text(struct annot_card *card, struct annot_error *err)
{
	if (memchr(card->text, '\0', card->len))
		return annot_fail(err, ANNOT_INVALID, "a value holds no U+0000");
	return ANNOT_OK;
}

static enum annot_status parse_name(struct annot_card *card, struct annot_error *err)
{
	if (!annot_name_valid(card->text, card->len))
		return expected(
			card, "a name ([a-z0-9][a-z0-9._-]*, not 8 or more hex digits alone)", err);
	return ANNOT_OK;
}

static enum annot_status parse_word(struct annot_card *card, struct annot_error *err)
{
	return annot_word_in(card->def->values, card->text, card->len)
		       ? ANNOT_OK
		       : expected(card, card->def->values, err);
}

static enum annot_status parse_hash(struct annot_card *card, struct annot_error *err)
{
	return annot_hash_unhex(card->text, card->len, &card->hash)
		       ? ANNOT_OK
		       : expected(card, "64 lower-case hex digits", err);
}

static enum annot_status parse_number(struct annot_card *card, struct annot_error *err)
{
	return annot_parse_u64(card->text, card->len, &card->start)
		       ? ANNOT_OK
		       : expected(card, "a decimal number without leading zero", err);
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* [A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*, the shape of BCP 47 tags. */
static bool language_valid(const char *text, size_t len)
{
	size_t part = 0;
	bool first = true;
	for (size_t i = 0; i <= len; i++) {
		if (i == len || text[i] == '-') {
			if (part < (first ? 2u : 1u) || part > LANGUAGE_FIRST)
				return false;
			part = 0;
			first = false;
		} else if (is_letter(text[i]) || (!first && text[i] >= '0' && text[i] <= '9')) {
			part++;
		} else {
			return false;
		}
	}
	return true;
}

static enum annot_status parse_language(struct annot_card *card, struct annot_error *err)
{
	return language_valid(card->text, card->len)
		       ? ANNOT_OK
		       : expected(card, "a language tag such as \"en\" or \"pt-BR\"", err);
}

static enum annot_status parse_date(struct annot_card *card, struct annot_error *err)
{
	return annot_date_valid(card->text, card->len)
		       ? ANNOT_OK
		       : expected(card, "a date: 2026, 2026-11, 2026-11-22 or 2026-11-22T00:00:00Z",
				  err);
}

/* "ssh-ed25519 BASE64" and nothing else. */
static enum annot_status parse_key_line(const char *text, size_t len, struct annot_card *card,
					struct annot_error *err)
{
	struct annot_public_key key;
	char line[96];
	struct annot_error why;
	if (annot_key_parse(text, len, &key, &why) != ANNOT_OK)
		return annot_fail(err, ANNOT_INVALID, "%s", why.text);
	annot_key_line(key.key, line);
	if (strlen(line) != len || memcmp(line, text, len) != 0)
		return annot_fail(err, ANNOT_INVALID,
				  "expected a key line without comment or white space at its end, "
				  "found \"%s\"",
				  annot_excerpt(text, len).text);
	memcpy(card->key, key.key, ANNOT_KEY_SIZE);
	card->hash = annot_key_author(key.key);
	return ANNOT_OK;
}

static enum annot_status parse_key(struct annot_card *card, struct annot_error *err)
{
	return parse_key_line(card->text, card->len, card, err);
}

static enum annot_status parse_admin(struct annot_card *card, struct annot_error *err)
{
	const char *space = memchr(card->text, ' ', card->len);
	if (!space || !annot_name_valid(card->text, (size_t)(space - card->text)))
		return expected(card, "a name, a space and a key line", err);
	return parse_key_line(space + 1, card->len - (size_t)(space + 1 - card->text), card, err);
}

/* A name of a signed note's key, in visible ASCII without '+'. */
static bool origin_valid(const char *text, size_t len)
{
	if (len == 0 || len > ORIGIN_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if (text[i] < 0x21 || text[i] > 0x7e || text[i] == '+')
			return false;
	return true;
}

/* NAME+HEX8+BASE64(type || key), c2sp.org/signed-note; the id is SHA-256(name LF type key)[0:4]. */
static enum annot_status parse_vkey(struct annot_card *card, struct annot_error *err)
{
	uint8_t id[VKEY_ID_HEX / 2], key[1 + ANNOT_KEY_SIZE];
	struct annot_error why;
	const char *plus = memchr(card->text, '+', card->len);
	size_t name_len = plus ? (size_t)(plus - card->text) : 0;
	size_t key_at = name_len + 1 + VKEY_ID_HEX + 1;
	if (!plus || !origin_valid(card->text, name_len) || card->len <= key_at ||
	    plus[1 + VKEY_ID_HEX] != '+' || !annot_unhex(plus + 1, VKEY_ID_HEX, id, sizeof(id)) ||
	    !annot_unbase64_exact(card->text + key_at, card->len - key_at, key, sizeof(key)))
		return expected(card, "a verifier key NAME+HEX8+BASE64", err);
	if (key[0] != VKEY_ED25519)
		return annot_fail(err, ANNOT_INVALID,
				  "a log key is of type 1 (Ed25519), found type %u", key[0]);
	struct annot_sha256 sum;
	annot_sha256_init(&sum);
	annot_sha256_add(&sum, card->text, name_len);
	annot_sha256_add(&sum, "\n", 1);
	annot_sha256_add(&sum, key, sizeof(key));
	struct annot_hash hash = annot_sha256_final(&sum);
	if (memcmp(hash.b, id, sizeof(id)) != 0) {
		char hex[VKEY_ID_HEX + 1];
		annot_hex(hash.b, sizeof(id), hex);
		return annot_fail(err, ANNOT_INVALID,
				  "the key's id is %s by its name and key, found %.8s", hex,
				  plus + 1);
	}
	if (annot_key_check(key + 1, &why) != ANNOT_OK)
		return annot_fail(err, ANNOT_INVALID, "%s", why.text);
	memcpy(card->key, key + 1, ANNOT_KEY_SIZE);
	return ANNOT_OK;
}

static enum annot_status parse_signature(struct annot_card *card, struct annot_error *err)
{
	return annot_unbase64_exact(card->text, card->len, card->signature, ANNOT_SIGNATURE_SIZE)
		       ? ANNOT_OK
		       : expected(card, "base64 of 64 bytes", err);
}

static enum annot_status parse_approvals(struct annot_card *card, struct annot_error *err)
{
	return annot_approvals_parse(card->text, card->len, &card->start, err);
}

static enum annot_status parse_scale(struct annot_card *card, struct annot_error *err)
{
	struct annot_scale scale;
	return annot_scale_parse(card->text, card->len, &scale, err);
}

static enum annot_status parse_target(struct annot_card *card, struct annot_error *err)
{
	static const char what[] = "a record hash, start and end";
	if (card->len <= ANNOT_HASH_HEX + 1 || card->text[ANNOT_HASH_HEX] != ' ')
		return expected(card, what, err);
	const char *start = card->text + ANNOT_HASH_HEX + 1, *end = card->text + card->len;
	const char *space = memchr(start, ' ', (size_t)(end - start));
	if (!space || !annot_hash_unhex(card->text, ANNOT_HASH_HEX, &card->hash) ||
	    !annot_parse_u64(start, (size_t)(space - start), &card->start) ||
	    !annot_parse_u64(space + 1, (size_t)(end - space - 1), &card->end))
		return expected(card, what, err);
	if (card->start >= card->end)
		return annot_fail(err, ANNOT_INVALID,
				  "expected start < end, found %" PRIu64 " and %" PRIu64,
				  card->start, card->end);
	return ANNOT_OK;
}

typedef enum annot_status parse_fn(struct annot_card *card, struct annot_error *err);
static parse_fn *const parsers[] = {
	[ANNOT_CARD_TEXT] = parse_text,
	[ANNOT_CARD_NAME] = parse_name,
	[ANNOT_CARD_WORD] = parse_word,
	[ANNOT_CARD_REF] = parse_hash,
	[ANNOT_CARD_HASH] = parse_hash,
	[ANNOT_CARD_NUMBER] = parse_number,
	[ANNOT_CARD_LANGUAGE] = parse_language,
	[ANNOT_CARD_DATE] = parse_date,
	[ANNOT_CARD_KEY] = parse_key,
	[ANNOT_CARD_ADMIN] = parse_admin,
	[ANNOT_CARD_VKEY] = parse_vkey,
	[ANNOT_CARD_SIGNATURE] = parse_signature,
	[ANNOT_CARD_APPROVALS] = parse_approvals,
	[ANNOT_CARD_SCALE] = parse_scale,
	[ANNOT_CARD_TARGET] = parse_target,
};

/* prefix and suffix are empty where the words stand at an end of the document. */
static bool may_be_empty(const struct annot_card_def *def)
{
	return def->in_group && strcmp(def->name, "exact") != 0;
}

/* Puts the value into the arena, unescaped where the card is TEXT: which never makes it longer. */
static enum annot_status take_value(struct annot_arena *arena, struct annot_bytes raw,
				    struct annot_card *card, struct annot_error *err)
{
	char *text = annot_arena_copy(arena, raw.data, raw.len);
	if (!text)
		return annot_fail(err, ANNOT_NO_MEMORY, "no memory for a record");
	card->text = text;
	card->len = raw.len;
	if (card->def->type != ANNOT_CARD_TEXT)
		return ANNOT_OK;
	struct annot_buf value = {.data = text, .cap = raw.len + 1, .max = raw.len};
	TRY(annot_unescape((const char *)raw.data, raw.len, &value, err));
	card->len = value.len;
	return ANNOT_OK;
}

enum annot_status annot_value_check(struct annot_card *card, struct annot_error *err)
{
	const struct annot_card_def *def = card->def;
	if (card->len == 0 && !may_be_empty(def))
		return annot_fail(err, ANNOT_INVALID, "the value is empty; leave it out");
	if (def->longest && card->len > def->longest)
		return annot_fail(err, ANNOT_INVALID,
				  "the value has %zu bytes, at most %u are allowed", card->len,
				  def->longest);
	return parsers[def->type](card, err);
}

enum annot_status annot_value_parse(struct annot_arena *arena, struct annot_bytes raw,
				    struct annot_card *card, struct annot_error *err)
{
	TRY(take_value(arena, raw, card, err));
	return annot_value_check(card, err);
}
