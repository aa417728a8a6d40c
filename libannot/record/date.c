/* Dates of the Gregorian calendar, extended backwards, and times in UTC without leap seconds. */
#include "record/internal.h"

struct civil {
	int64_t year;
	unsigned month, day;
};

static bool digits(const char *text, size_t n, unsigned *ret)
{
	unsigned value = 0;
	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (unsigned)(text[i] - '0');
	}
	*ret = value;
	return true;
}

static bool leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static unsigned days_in(int64_t year, unsigned month)
{
	static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return days[month - 1] + (month == 2 && leap(year) ? 1u : 0u);
}

/* Days from 1 January 1970 to 1 January of a year. */
static int64_t days_before_year(int64_t year)
{
	int64_t y = year - 1;
	return 365 * (year - 1970) + (y / 4 - y / 100 + y / 400) -
	       (1969 / 4 - 1969 / 100 + 1969 / 400);
}

/* A date of 4, 7 or 10 characters; missing parts are 1. */
static bool parse_date(const char *text, size_t len, struct civil *ret)
{
	unsigned year = 0, month = 1, day = 1;
	if (len != 4 && len != 7 && len != 10)
		return false;
	if (!digits(text, 4, &year) || year == 0)
		return false;
	if (len >= 7 && (text[4] != '-' || !digits(text + 5, 2, &month)))
		return false;
	if (len == 10 && (text[7] != '-' || !digits(text + 8, 2, &day)))
		return false;
	if (month < 1 || month > 12 || day < 1 || day > days_in(year, month))
		return false;
	*ret = (struct civil){.year = year, .month = month, .day = day};
	return true;
}

/* "T00:00:00Z" */
static bool parse_clock(const char *text, unsigned *ret_s)
{
	unsigned hour, minute, second;
	if (text[0] != 'T' || text[3] != ':' || text[6] != ':' || text[9] != 'Z' ||
	    !digits(text + 1, 2, &hour) || !digits(text + 4, 2, &minute) ||
	    !digits(text + 7, 2, &second) || hour > 23 || minute > 59 || second > 59)
		return false;
	*ret_s = hour * 3600 + minute * 60 + second;
	return true;
}

bool annot_date_valid(const char *text, size_t len)
{
	struct civil date;
	unsigned second;
	if (len == ANNOT_TIME_LEN)
		return parse_date(text, 10, &date) && parse_clock(text + 10, &second);
	return parse_date(text, len, &date);
}

bool annot_time_parse(const char *text, size_t len, int64_t *ret_s)
{
	struct civil date;
	unsigned second;
	if (len != ANNOT_TIME_LEN || !parse_date(text, 10, &date) ||
	    !parse_clock(text + 10, &second) || date.year < 1970)
		return false;
	int64_t days = days_before_year(date.year) + date.day - 1;
	for (unsigned m = 1; m < date.month; m++)
		days += days_in(date.year, m);
	*ret_s = days * 86400 + second;
	return true;
}

static void put(char *to, unsigned n, unsigned value)
{
	while (n--) {
		to[n] = (char)('0' + value % 10);
		value /= 10;
	}
}

bool annot_time_format(int64_t time_s, char ret[ANNOT_TIME_LEN + 1])
{
	if (time_s < 0 || time_s >= days_before_year(10000) * 86400)
		return false;
	int64_t days = time_s / 86400, year = 1970 + days / 366;
	unsigned second = (unsigned)(time_s % 86400), month = 1;
	while (days_before_year(year + 1) <= days)
		year++;
	days -= days_before_year(year);
	while (days >= days_in(year, month))
		days -= days_in(year, month++);
	memcpy(ret, "0000-00-00T00:00:00Z", ANNOT_TIME_LEN + 1);
	put(ret, 4, (unsigned)year);
	put(ret + 5, 2, month);
	put(ret + 8, 2, (unsigned)days + 1);
	put(ret + 11, 2, second / 3600);
	put(ret + 14, 2, second / 60 % 60);
	put(ret + 17, 2, second % 60);
	return true;
}
