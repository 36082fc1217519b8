/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Telemetry never delays an answer: an event is one write that does not block. What does not fit,
 * as into a pipe whose reader is slow, is lost and counted.
 */
#include "store/telemetry.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"

struct telemetry {
	int fd;
};

static int
close_file(struct telemetry *t)
{
	close(t->fd);
	return 0;
}

struct telemetry *
telemetry_open(void *ctx, const char *path)
{
	if (*path == '\0')
		return NULL;
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640);
	if (fd < 0) {
		log_say(LOG_ERROR, "telemetry", "%s: %s", path, strerror(errno));
		return NULL;
	}
	struct telemetry *t = mem_new(ctx, struct telemetry);
	t->fd = fd;
	talloc_set_destructor(t, close_file);
	return t;
}

void
telemetry_write(struct telemetry *t, struct json_object *event)
{
	if (t == NULL)
		return;
	struct buf *line = buf_new(t, 1024);
	buf_str(line, json_plain(event));
	buf_char(line, '\n');
	if (write(t->fd, line->data, line->len) != (ssize_t)line->len)
		metric_add(METRIC_telemetry_lost_total, 1);
	talloc_free(line);
}
