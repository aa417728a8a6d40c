/* Times as others write them. */
#include "format/internal.h"

enum { MINUTE = 60, HOUR = 3600, PLAIN = 19 };

/* Two digits; -1: not two digits. */
static int two(const char *at)
{
	bool good = at[0] >= '0' && at[0] <= '9' && at[1] >= '0' && at[1] <= '9';
	return good ? (at[0] - '0') * 10 + (at[1] - '0') : -1;
}

/* "Z", "+01:00", "+0100", "-05": seconds ahead of UTC. */
static bool offset_of(const char *at, int64_t *ret)
{
	if ((*at == 'Z' || *at == 'z') && at[1] == '\0') {
		*ret = 0;
		return true;
	}
	if (*at != '+' && *at != '-')
		return false;
	int hours = two(at + 1), minutes = 0;
	if (hours < 0 || hours > 14)
		return false;
	const char *rest = at + 3;
	if (*rest == ':')
		rest++;
	if (*rest) {
		minutes = two(rest);
		if (minutes < 0 || minutes > 59 || rest[2])
			return false;
	}
	*ret = (*at == '-' ? -1 : 1) * ((int64_t)hours * HOUR + minutes * MINUTE);
	return true;
}

bool annot_format_time(const char *text, char ret[ANNOT_TIME_LEN + 1])
{
	char plain[ANNOT_TIME_LEN + 1] = "";
	int64_t seconds, ahead;
	if (strnlen(text, PLAIN + 1) <= PLAIN)
		return false;
	memcpy(plain, text, PLAIN);
	plain[PLAIN] = 'Z';
	if (plain[10] == ' ' || plain[10] == 't')
		plain[10] = 'T';
	const char *at = text + PLAIN;
	if (*at == '.' || *at == ',')
		for (at++; *at >= '0' && *at <= '9'; at++)
			;
	return annot_time_parse(plain, ANNOT_TIME_LEN, &seconds) && offset_of(at, &ahead) &&
	       annot_time_format(seconds - ahead, ret);
}
