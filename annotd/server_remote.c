/*
 * Who comes from elsewhere, and how many of them there may be. Those that have not proved a key yet
 * share few places, so that they displace each other and nobody else.
 */
#include "annotd/server_private.h"

#include <arpa/inet.h>

enum { IPV4_SIZE = 4, IPV6_PREFIX_SIZE = 8, IPV6_SIZE = 16, IPV4_IN_6_AT = 12 };

/* IPv4 written as IPv6 (RFC 4291, 2.5.5.2), as listeners on [::] see it. */
static const uint8_t ipv4_in_6[IPV4_IN_6_AT] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static void set_ipv4(const uint8_t *address, struct server_peer *ret)
{
	ret->address[0] = 4;
	memcpy(ret->address + 1, address, IPV4_SIZE);
	inet_ntop(AF_INET, address, ret->text, sizeof ret->text);
}

bool remote_peer(nng_stream *stream, struct server_peer *ret)
{
	nng_sockaddr from;
	*ret = (struct server_peer){.remote = true};
	if (nng_stream_get_addr(stream, NNG_OPT_REMADDR, &from) != 0)
		return false;
	if (from.s_family == NNG_AF_INET) {
		set_ipv4((const uint8_t *)&from.s_in.sa_addr, ret);
		return true;
	}
	if (from.s_family != NNG_AF_INET6)
		return false;
	const uint8_t *address = (const uint8_t *)from.s_in6.sa_addr;
	if (memcmp(address, ipv4_in_6, sizeof ipv4_in_6) == 0) {
		set_ipv4(address + IPV4_IN_6_AT, ret);
		return true;
	}
	ret->address[0] = 6;
	memcpy(ret->address + 1, address, IPV6_PREFIX_SIZE);
	_Static_assert(sizeof from.s_in6.sa_addr == IPV6_SIZE, "an IPv6 address");
	inet_ntop(AF_INET6, address, ret->text, sizeof ret->text);
	return true;
}

struct crowd {
	struct connection *at[SERVER_STRANGERS_MAX + EVICTING_MAX]; /* strangers */
	nng_time since[SERVER_STRANGERS_MAX + EVICTING_MAX];
	size_t n;
	size_t n_remote;           /* strangers or not */
	struct connection *oldest; /* of those that are no strangers and can go */
	nng_time oldest_since;
};

static void count(struct server *s, struct crowd *ret)
{
	*ret = (struct crowd){0};
	for (struct connection *c = s->connections; c; c = c->next) {
		if (!c->peer.remote)
			continue;
		pthread_mutex_lock(&c->lock);
		bool goes = connection_can_go(c);
		if (!c->dying)
			ret->n_remote++;
		if (!c->dying && c->stranger && ret->n < SERVER_STRANGERS_MAX + EVICTING_MAX) {
			ret->since[ret->n] = c->since;
			ret->at[ret->n++] = c;
		} else if (goes && !c->stranger &&
			   (!ret->oldest || c->since <= ret->oldest_since)) {
			ret->oldest = c;
			ret->oldest_since = c->since;
		}
		pthread_mutex_unlock(&c->lock);
	}
}

static size_t neighbours(const struct crowd *crowd, const struct server_peer *of)
{
	size_t n = 0;
	for (size_t i = 0; i < crowd->n; i++)
		n += memcmp(crowd->at[i]->peer.address, of->address, sizeof of->address) == 0;
	return n;
}

/* Of the address with most strangers, the one that is waited for longest. */
static struct connection *worst(const struct crowd *crowd)
{
	size_t best = 0, most = 0;
	for (size_t i = 0; i < crowd->n; i++) {
		size_t n = neighbours(crowd, &crowd->at[i]->peer);
		if (n > most || (n == most && crowd->since[i] <= crowd->since[best])) {
			best = i;
			most = n;
		}
	}
	return crowd->n ? crowd->at[best] : NULL;
}

bool remote_room(struct server *s)
{
	struct crowd crowd;
	count(s, &crowd);
	if (crowd.n >= SERVER_STRANGERS_MAX)
		return connection_send_away(worst(&crowd));
	if (crowd.n_remote < s->options.connections_max / SERVER_REMOTE_SHARE)
		return true;
	return connection_send_away(crowd.oldest ? crowd.oldest : worst(&crowd));
}
