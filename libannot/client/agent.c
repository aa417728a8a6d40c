/*
 * The SSH agent protocol (draft-ietf-sshm-ssh-agent): messages with a 32-bit length, over the
 * socket that $SSH_AUTH_SOCK names. Two of them are needed: list the identities, and sign.
 */
#include "client/internal.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/auto.h"
#include "record/sshkey.h"

enum {
	AGENT_FAILURE = 5,
	AGENT_REQUEST_IDENTITIES = 11,
	AGENT_IDENTITIES_ANSWER = 12,
	AGENT_SIGN_REQUEST = 13,
	AGENT_SIGN_RESPONSE = 14,
	AGENT_REPLY_MAX = 256 << 10, /* as OpenSSH's own bound */
	AGENT_LIST_MS = 10 * 1000,
	AGENT_SIGN_MS = 120 * 1000, /* a person may have to confirm */
	SIGNATURE_BLOB_SIZE = 83,   /* S("ssh-ed25519") || S(64 bytes) */
};

#define NO_AGENT "start one with: eval $(ssh-agent), then add the key with: ssh-add FILE"

/* A cursor over a reply. */
struct agent_reader {
	const uint8_t *at, *end;
};

static bool take_u32(struct agent_reader *r, uint32_t *ret)
{
	if (r->end - r->at < 4)
		return false;
	*ret = (uint32_t)r->at[0] << 24 | (uint32_t)r->at[1] << 16 | (uint32_t)r->at[2] << 8 |
	       r->at[3];
	r->at += 4;
	return true;
}

static bool take_string(struct agent_reader *r, struct annot_bytes *ret)
{
	uint32_t len;
	if (!take_u32(r, &len) || len > (size_t)(r->end - r->at))
		return false;
	*ret = annot_bytes(r->at, len);
	r->at += len;
	return true;
}

static void put_u32(struct annot_buf *b, uint32_t value)
{
	const uint8_t be[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16),
			       (uint8_t)(value >> 8), (uint8_t)value};
	annot_buf_add(b, be, sizeof(be));
}

static void put_string(struct annot_buf *b, const void *data, size_t len)
{
	put_u32(b, (uint32_t)len);
	annot_buf_add(b, data, len);
}

static enum annot_status dial(int *ret, struct annot_error *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *path = getenv("SSH_AUTH_SOCK");
	if (!path || !*path)
		return annot_fail(err, ANNOT_REFUSED,
				  "no ssh-agent runs (SSH_AUTH_SOCK is not set); " NO_AGENT);
	if (strlen(path) >= sizeof(address.sun_path))
		return annot_fail(err, ANNOT_REFUSED, "SSH_AUTH_SOCK is longer than %zu bytes",
				  sizeof(address.sun_path) - 1);
	memcpy(address.sun_path, path, strlen(path) + 1);
	AUTO_CLOSE int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		return annot_fail(err, ANNOT_REFUSED, "no ssh-agent answers at %s: %s; " NO_AGENT,
				  path, strerror(errno));
	*ret = fd;
	fd = -1;
	return ANNOT_OK;
}

/* Waits until fd is ready; false at the deadline. */
static bool wait_ready(int fd, short events, int64_t deadline_ms)
{
	for (;;) {
		int64_t left = deadline_ms - annot_now_ms();
		struct pollfd p = {.fd = fd, .events = events};
		if (left <= 0)
			return false;
		int n = poll(&p, 1, (int)left);
		if (n > 0)
			return true;
		if (n < 0 && errno != EINTR)
			return false;
	}
}

static enum annot_status broken(struct annot_error *err)
{
	return annot_fail(err, ANNOT_REFUSED, "ssh-agent did not answer in full");
}

static enum annot_status send_all(int fd, struct annot_bytes data, int64_t deadline_ms,
				  struct annot_error *err)
{
	while (data.len > 0) {
		if (!wait_ready(fd, POLLOUT, deadline_ms))
			return annot_fail(err, ANNOT_REFUSED, "ssh-agent does not answer");
		ssize_t n = send(fd, data.data, data.len, MSG_NOSIGNAL);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return broken(err);
		if (n > 0)
			data = annot_bytes(data.data + n, data.len - (size_t)n);
	}
	return ANNOT_OK;
}

static enum annot_status recv_some(int fd, struct annot_buf *ret, size_t len, int64_t deadline_ms,
				   struct annot_error *err)
{
	char piece[4096];
	while (len > 0) {
		if (!wait_ready(fd, POLLIN, deadline_ms))
			return annot_fail(err, ANNOT_REFUSED,
					  "ssh-agent did not answer in time; does it wait for a "
					  "confirmation?");
		ssize_t n = recv(fd, piece, len < sizeof(piece) ? len : sizeof(piece), 0);
		if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
			return broken(err);
		if (n > 0) {
			annot_buf_add(ret, piece, (size_t)n);
			len -= (size_t)n;
		}
	}
	return annot_buf_check(ret, "ssh-agent's answer", err);
}

/* One message out, its answer in: type byte and what follows. */
static enum annot_status converse(struct annot_bytes message, int limit_ms, struct annot_buf *ret,
				  struct annot_error *err)
{
	AUTO_CLOSE int fd = -1;
	AUTO_BUF struct annot_buf out = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	AUTO_BUF struct annot_buf head = ANNOT_BUF_INIT(4);
	int64_t deadline_ms = annot_now_ms() + limit_ms;
	uint32_t len = 0;
	TRY(dial(&fd, err));
	put_string(&out, message.data, message.len);
	TRY(annot_buf_check(&out, "a message to ssh-agent", err));
	TRY(send_all(fd, annot_buf_bytes(&out), deadline_ms, err));
	TRY(recv_some(fd, &head, 4, deadline_ms, err));
	struct agent_reader r = {(const uint8_t *)head.data, (const uint8_t *)head.data + 4};
	if (!take_u32(&r, &len) || len < 1 || len > AGENT_REPLY_MAX)
		return annot_fail(err, ANNOT_REFUSED,
				  "ssh-agent announces an answer of %u bytes; expected 1 to %d",
				  len, AGENT_REPLY_MAX);
	return recv_some(fd, ret, len, deadline_ms, err);
}

enum annot_status annot_agent_has(const uint8_t key[ANNOT_KEY_SIZE], struct annot_error *err)
{
	static const uint8_t request[] = {AGENT_REQUEST_IDENTITIES};
	AUTO_BUF struct annot_buf reply = ANNOT_BUF_INIT(AGENT_REPLY_MAX);
	uint8_t blob[ANNOT_KEY_BLOB_SIZE];
	char fingerprint[51];
	uint32_t n;
	annot_key_blob(key, blob);
	annot_key_fingerprint(key, fingerprint);
	TRY(converse(annot_bytes(request, sizeof(request)), AGENT_LIST_MS, &reply, err));
	struct agent_reader r = {(const uint8_t *)reply.data + 1,
				 (const uint8_t *)reply.data + reply.len};
	if (reply.data[0] != AGENT_IDENTITIES_ANSWER || !take_u32(&r, &n))
		return annot_fail(err, ANNOT_REFUSED, "ssh-agent does not list its keys");
	for (uint32_t i = 0; i < n; i++) {
		struct annot_bytes have, comment;
		if (!take_string(&r, &have) || !take_string(&r, &comment))
			return annot_fail(err, ANNOT_REFUSED, "ssh-agent's list of keys is broken");
		if (have.len == sizeof(blob) && memcmp(have.data, blob, sizeof(blob)) == 0)
			return ANNOT_OK;
	}
	return annot_fail(err, ANNOT_REFUSED,
			  "ssh-agent does not hold the key %s; add it with: ssh-add FILE",
			  fingerprint);
}

/* S("ssh-ed25519") || S(signature), and nothing behind it. */
static bool take_signature(struct agent_reader *r, uint8_t ret[ANNOT_SIGNATURE_SIZE])
{
	static const char type[] = "ssh-ed25519";
	struct annot_bytes blob, name, signature;
	if (!take_string(r, &blob) || r->at != r->end || blob.len != SIGNATURE_BLOB_SIZE)
		return false;
	struct agent_reader inner = {blob.data, blob.data + blob.len};
	if (!take_string(&inner, &name) || name.len != strlen(type) ||
	    memcmp(name.data, type, name.len) != 0 || !take_string(&inner, &signature) ||
	    signature.len != ANNOT_SIGNATURE_SIZE)
		return false;
	memcpy(ret, signature.data, ANNOT_SIGNATURE_SIZE);
	return true;
}

enum annot_status annot_agent_sign(const uint8_t key[ANNOT_KEY_SIZE], struct annot_bytes bytes,
				   uint8_t ret[ANNOT_SIGNATURE_SIZE], struct annot_error *err)
{
	AUTO_BUF struct annot_buf request = ANNOT_BUF_INIT(ANNOT_FRAME_MAX);
	AUTO_BUF struct annot_buf reply = ANNOT_BUF_INIT(AGENT_REPLY_MAX);
	uint8_t blob[ANNOT_KEY_BLOB_SIZE];
	char fingerprint[51];
	annot_key_blob(key, blob);
	annot_key_fingerprint(key, fingerprint);
	annot_buf_putc(&request, AGENT_SIGN_REQUEST);
	put_string(&request, blob, sizeof(blob));
	put_string(&request, bytes.data, bytes.len);
	put_u32(&request, 0);
	TRY(annot_buf_check(&request, "a message to ssh-agent", err));
	TRY(converse(annot_buf_bytes(&request), AGENT_SIGN_MS, &reply, err));
	if (reply.data[0] == AGENT_FAILURE)
		return annot_fail(
			err, ANNOT_REFUSED,
			"ssh-agent refused to sign with %s: was a confirmation declined "
			"(ssh-add -c)? is the agent locked (ssh-add -X)? is the key limited "
			"to hosts (ssh-add -h), which never signs files?",
			fingerprint);
	struct agent_reader r = {(const uint8_t *)reply.data + 1,
				 (const uint8_t *)reply.data + reply.len};
	if (reply.data[0] != AGENT_SIGN_RESPONSE || !take_signature(&r, ret))
		return annot_fail(
			err, ANNOT_REFUSED,
			"ssh-agent answered with something else than an ed25519 signature");
	return ANNOT_OK;
}
