/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzzes configuration files. A refused one gets a message with its line; an accepted one is
 * within every range, and what is printed of it is a configuration that prints the same.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static enum err
load(void *ctx, const void *data, size_t size, struct conf **out)
{
	char message[CONF_MESSAGE] = "";
	char path[64];
	int fd = memfd_create("conf", MFD_CLOEXEC);

	must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	enum err e = conf_load(ctx, path, out, message);
	close(fd);
	must((e == OK) == (message[0] == '\0') && memchr(message, '\0', sizeof message) != NULL);
	must(e == OK || (e == ERR_INVALID && strncmp(message, path, strlen(path)) == 0));
	return e;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *ctx = mem_ctx(NULL);
	struct conf *c;

	if (load(ctx, data, size, &c) == OK) {
#define CONF_STR(key, init) must(c->key != NULL);
#define CONF_INT(key, init, min, max) must(c->key >= min && c->key <= max);
#include "base/conf.def"
#undef CONF_STR
#undef CONF_INT
		struct buf *first = buf_new(ctx, 1024);
		struct buf *second = buf_new(ctx, 1024);
		conf_print(c, first);
		must(load(ctx, first->data, first->len, &c) == OK);
		conf_print(c, second);
		must(strcmp(first->data, second->data) == 0);
	}
	talloc_free(ctx);
	return 0;
}
