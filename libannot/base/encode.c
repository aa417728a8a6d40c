#include "base/encode.h"

#include <endian.h>
#include <sodium.h>
#include <string.h>

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

struct annot_short annot_short_id(const struct annot_hash *h)
{
	struct annot_short ret;
	annot_hex(h->b, ANNOT_SHORT_HEX / 2, ret.text);
	return ret;
}

/* Eight digits at once, a byte each, the first one lowest. */
enum { DIGITS = 8 };
#define EACH(byte) ((byte)*UINT64_C(0x0101010101010101))

static uint64_t load_digits(const char text[DIGITS])
{
	uint64_t ret;
	memcpy(&ret, text, sizeof(ret));
	return le64toh(ret);
}

/* Their values; over 15 or another value for what is no digit. */
static uint64_t digit_values(uint64_t digits)
{
	return (digits & EACH(0x0F)) + (digits >> 6 & EACH(0x01)) * 9;
}

/* Zero if those are digits: if writing the values gives them again. */
static uint64_t digit_faults(uint64_t digits)
{
	uint64_t values = digit_values(digits);
	uint64_t letters = (values + EACH(6)) >> 4 & EACH(0x01);
	return (values & EACH(0xF0)) | ((values + EACH('0') + letters * ('a' - '0' - 10)) ^ digits);
}

static void put_values(uint64_t values, uint8_t ret[DIGITS / 2])
{
	uint64_t pairs = values << 4 | values >> 8; /* in each second byte */
	for (unsigned i = 0; i < DIGITS / 2; i++)
		ret[i] = (uint8_t)(pairs >> 16 * i);
}

/*
 * Not libsodium's: that takes upper case too, which would give one hash two spellings, and a parser
 * of records would spend a fifth of its time in it. Like that one it is arithmetic only: no branch
 * and no table depends on what may be secret.
 */
bool annot_unhex(const char *text, size_t text_len, void *ret, size_t len)
{
	char last[DIGITS + 1] = "00000000";
	size_t whole = text_len / DIGITS * DIGITS, rest = text_len - whole;
	uint8_t *to = ret, end[DIGITS / 2];
	if (text_len / 2 != len || text_len % 2 != 0)
		return false;
	memcpy(last, text + whole, rest);
	uint64_t faults = digit_faults(load_digits(last));
	for (size_t at = 0; at < whole; at += DIGITS)
		faults |= digit_faults(load_digits(text + at));
	if (faults)
		return false;
	for (size_t at = 0; at < whole; at += DIGITS)
		put_values(digit_values(load_digits(text + at)), to + at / 2);
	put_values(digit_values(load_digits(last)), end);
	memcpy(to + whole / 2, end, rest / 2);
	return true;
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

#define FINGERPRINT_PREFIX "SHA256:"
enum { BASE64_SIZE = 45 }; /* of a hash, with one padding character and a NUL */

void annot_fingerprint(const struct annot_hash *h, char ret[ANNOT_FINGERPRINT_SIZE])
{
	char text[BASE64_SIZE];
	sodium_bin2base64(text, sizeof(text), h->b, sizeof(h->b), sodium_base64_VARIANT_ORIGINAL);
	memcpy(ret, FINGERPRINT_PREFIX, strlen(FINGERPRINT_PREFIX));
	memcpy(ret + strlen(FINGERPRINT_PREFIX), text, BASE64_SIZE - 2);
	ret[ANNOT_FINGERPRINT_SIZE - 1] = '\0';
}

bool annot_fingerprint_parse(const char *text, size_t len, struct annot_hash *ret)
{
	char padded[BASE64_SIZE - 1];
	if (len != ANNOT_FINGERPRINT_SIZE - 1 ||
	    memcmp(text, FINGERPRINT_PREFIX, strlen(FINGERPRINT_PREFIX)) != 0)
		return false;
	memcpy(padded, text + strlen(FINGERPRINT_PREFIX), sizeof(padded) - 1);
	padded[sizeof(padded) - 1] = '=';
	return annot_unbase64_exact(padded, sizeof(padded), ret->b, sizeof(ret->b));
}
