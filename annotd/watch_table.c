#include "annotd/watch_table.h"

#include <stdlib.h>

static void remove_at(struct watch_table *t, size_t i)
{
	free(t->watchers[i].query);
	t->watchers[i] = t->watchers[--t->n];
}

static bool is_due(const struct watcher *w, uint64_t size)
{
	return !w->grasped && (!w->checked || w->looked < size);
}

bool watch_table_add(struct watch_table *t, const struct watcher *new)
{
	if (t->n == WATCHERS_MAX)
		return false;
	t->watchers[t->n++] = *new;
	return true;
}

static const struct watcher *find_alike(const struct watch_table *t, const struct watch_key *key)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->watchers[i].checked && watch_key_equal(&t->watchers[i].key, key))
			return &t->watchers[i];
	return NULL;
}

void watch_table_join(struct watch_table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		struct watcher *w = &t->watchers[i];
		const struct watcher *other = w->checked ? NULL : find_alike(t, &w->key);
		if (!other)
			continue;
		w->looked = other->looked;
		w->checked = true;
	}
}

const struct watcher *watch_table_due(struct watch_table *t, uint64_t size, uint64_t behind)
{
	for (size_t i = 0; i < t->n; i++) {
		size_t at = (t->turn + i) % t->n;
		const struct watcher *w = &t->watchers[at];
		if (!is_due(w, size) || (w->key.from <= size && size - w->key.from < behind))
			continue;
		t->turn = at + 1;
		return w;
	}
	return NULL;
}

int64_t watch_table_until(const struct watch_table *t)
{
	int64_t until = INT64_MAX;
	for (size_t i = 0; i < t->n; i++)
		if (t->watchers[i].until_ms < until)
			until = t->watchers[i].until_ms;
	return until;
}

void watch_table_grasp(struct watch_table *t, const struct watch_key *key, uint64_t size)
{
	for (size_t i = 0; i < t->n; i++) {
		struct watcher *w = &t->watchers[i];
		w->grasped = is_due(w, size) && watch_key_equal(&w->key, key);
	}
}

void watch_table_grasp_late(struct watch_table *t, int64_t now_ms)
{
	for (size_t i = 0; i < t->n; i++)
		t->watchers[i].grasped = now_ms >= t->watchers[i].until_ms;
}

size_t watch_table_grasp_new(struct watch_table *t, struct server_request *ret[WATCHERS_MAX])
{
	size_t n = 0;
	for (size_t i = 0; i < t->n; i++) {
		struct watcher *w = &t->watchers[i];
		w->grasped = w->checked && !w->parked;
		if (!w->grasped)
			continue;
		w->parked = true;
		ret[n++] = w->request;
	}
	return n;
}

size_t watch_table_take(struct watch_table *t, struct server_request *ret[WATCHERS_MAX],
			uint64_t ret_from[WATCHERS_MAX])
{
	size_t n = 0;
	for (size_t i = 0; i < t->n;) {
		struct watcher *w = &t->watchers[i];
		if (!w->grasped) {
			i++;
			continue;
		}
		if (ret_from)
			ret_from[n] = w->key.from;
		if (w->gone)
			server_drop(w->request);
		else
			ret[n++] = w->request;
		remove_at(t, i);
	}
	return n;
}

void watch_table_let_go(struct watch_table *t)
{
	for (size_t i = 0; i < t->n;) {
		struct watcher *w = &t->watchers[i];
		w->grasped = false;
		if (w->gone) {
			server_drop(w->request);
			remove_at(t, i);
		} else {
			i++;
		}
	}
}

void watch_table_release(struct watch_table *t, uint64_t next, uint64_t looked)
{
	for (size_t i = 0; i < t->n; i++) {
		struct watcher *w = &t->watchers[i];
		if (!w->grasped)
			continue;
		w->checked = true;
		w->key.from = next;
		w->looked = looked;
	}
	watch_table_let_go(t);
}

bool watch_table_gone(struct watch_table *t, const struct server_request *request)
{
	for (size_t i = 0; i < t->n; i++) {
		struct watcher *w = &t->watchers[i];
		if (w->request != request)
			continue;
		w->gone = true;
		if (w->grasped)
			return false;
		remove_at(t, i);
		return true;
	}
	return false;
}

void watch_table_clear(struct watch_table *t)
{
	while (t->n > 0)
		remove_at(t, t->n - 1);
}
