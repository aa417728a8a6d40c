#include "base/encode.h"

#include <sodium.h>

void annot_hex(const void *data, size_t len, char *ret)
{
	sodium_bin2hex(ret, len * 2 + 1, data, len);
}

struct annot_hex annot_hash_hex(const struct annot_hash *h)
{
	struct annot_hex ret;
	annot_hex(h->b, sizeof(h->b), ret.text);
	return ret;
}

bool annot_unhex(const char *text, size_t text_len, void *ret, size_t len)
{
	if (text_len / 2 != len || text_len % 2 != 0)
		return false;
	/* libsodium takes upper case too, which would give one hash two spellings. */
	for (size_t i = 0; i < text_len; i++)
		if (!(text[i] >= '0' && text[i] <= '9') && !(text[i] >= 'a' && text[i] <= 'f'))
			return false;
	return sodium_hex2bin(ret, len, text, text_len, NULL, NULL, NULL) == 0;
}

bool annot_hash_unhex(const char *text, size_t text_len, struct annot_hash *ret)
{
	return annot_unhex(text, text_len, ret->b, sizeof(ret->b));
}

/* The value of a digit of base64, -1 for other characters. Comparisons only: keys pass through
 * here. */
static int digit64(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Whether text is canonical base64, and of how many bytes; so that decoding writes all or nothing.
 */
static bool measure64(const char *text, size_t len, size_t *ret_len)
{
	if (len % 4 != 0)
		return false;
	size_t pads = 0;
	while (pads < 2 && pads < len && text[len - 1 - pads] == '=')
		pads++;
	size_t digits = len - pads;
	for (size_t i = 0; i < digits; i++)
		if (digit64(text[i]) < 0)
			return false;
	/* The bits of the last digit that no byte uses must be zero: 2 with one pad, 4 with two. */
	int unused = pads == 1 ? 0x3 : pads == 2 ? 0xF : 0;
	if (pads > 0 && (digit64(text[digits - 1]) & unused))
		return false;
	*ret_len = len / 4 * 3 - pads;
	return true;
}

bool annot_unbase64(const char *text, size_t text_len, void *ret, size_t max, size_t *ret_len)
{
	size_t len;
	if (!measure64(text, text_len, &len) || len > max)
		return false;
	if (len > 0 && sodium_base642bin(ret, len, text, text_len, NULL, &len, NULL,
					 sodium_base64_VARIANT_ORIGINAL) != 0)
		return false;
	*ret_len = len;
	return true;
}

bool annot_unbase64_exact(const char *text, size_t text_len, void *ret, size_t ret_len)
{
	size_t len;
	if (!measure64(text, text_len, &len) || len != ret_len)
		return false;
	return annot_unbase64(text, text_len, ret, ret_len, &len);
}

bool annot_parse_u64(const char *text, size_t len, uint64_t *ret)
{
	uint64_t n = 0;
	if (len == 0 || (len > 1 && text[0] == '0'))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		unsigned digit = (unsigned)(text[i] - '0');
		if (n > ((uint64_t)INT64_MAX - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	*ret = n;
	return true;
}
