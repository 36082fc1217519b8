/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Parses a mustache template from left to right, once. All white-space rules are applied here: a
 * tag that is alone on its line removes the line, and the start of every line of output is marked,
 * so that rendering an indented partial never has to look back.
 */
#include "web/tmpl/tmpl_parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

struct parser {
	void *ctx;
	const char *at;                     /* first byte that is in no node yet */
	const char *end;                    /* of the text */
	bool fresh;                         /* at begins a line */
	unsigned line;                      /* of at */
	struct tmpl_node **tail;            /* where the next node is linked */
	struct tmpl_node *open[TMPL_DEPTH]; /* sections, outermost first */
	size_t depth;                       /* of open */
	struct tmpl_fault *fault;
};

struct tag {
	const char *start; /* of its braces */
	const char *after; /* its braces */
	char sigil;        /* one of SIGILS, or NUL for a value */
	const char *name;  /* without the white space around it */
	size_t len;        /* of name */
	unsigned line;     /* of start */
	bool alone;        /* on its line, but for white space */
	const char *first; /* of the bytes that it takes out of the text */
	const char *rest;  /* after them */
};

#define SIGILS "#^/>!{&="

/* Notes the fault and its line for the message about the template; ERR_SYNTAX. */
static enum err __attribute__((format(printf, 3, 4)))
fail_syntax(struct parser *p, unsigned line, const char *fmt, ...)
{
	va_list ap;

	p->fault->line = line;
	va_start(ap, fmt);
	vsnprintf(p->fault->why, sizeof(p->fault->why), fmt, ap);
	va_end(ap);
	return ERR_SYNTAX;
}

static bool
is_blank_text(char c)
{
	return c == ' ' || c == '\t';
}

static bool
is_template_space(char c)
{
	return is_blank_text(c) || c == '\n' || c == '\r';
}

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '_' || c == '-' || c == '.';
}

/* How much of a name of len bytes a message shows. */
static int
shown_name(size_t len)
{
	return len < 40 ? (int)len : 40;
}

static unsigned
count_lines(const char *from, const char *to)
{
	unsigned n = 0;

	for (const char *s = from; s < to; s++)
		n += *s == '\n';
	return n;
}

static struct tmpl_node *
append_node(struct parser *p, enum tmpl_kind kind, unsigned line)
{
	struct tmpl_node *n = mem_new(p->ctx, struct tmpl_node);

	n->kind = kind;
	n->line = line;
	*p->tail = n;
	p->tail = &n->next;
	return n;
}

static void
append_text(struct parser *p, const char *text, size_t len, bool fresh)
{
	struct tmpl_node *n = append_node(p, TMPL_TEXT, p->line);

	n->text = text;
	n->len = len;
	n->fresh = fresh;
}

/*
 * The text up to stop. Where a tag that stays on its line follows at the very start of one, an
 * empty text marks the place for the margin, even if the tag turns out to render nothing.
 */
static void
add_text_before(struct parser *p, const char *stop, bool tag_stays)
{
	bool fresh = p->fresh;

	if (stop > p->at) {
		append_text(p, p->at, (size_t)(stop - p->at), fresh);
		fresh = stop[-1] == '\n';
	}
	if (fresh && tag_stays)
		append_text(p, stop, 0, true);
}

/* The name's parts, each followed by a NUL; *parts is 0 for the name ".". */
static const char *
split_name(void *ctx, const char *name, size_t len, size_t *parts)
{
	char *split = mem_dupn(ctx, name, len);

	*parts = 0;
	if (len == 1 && name[0] == '.')
		return split;
	*parts = 1;
	for (size_t i = 0; i < len; i++) {
		if (split[i] != '.')
			continue;
		split[i] = '\0';
		++*parts;
	}
	return split;
}

static bool
has_empty_part(const struct tag *t)
{
	if (t->len == 1 && t->name[0] == '.')
		return false;
	if (t->name[0] == '.' || t->name[t->len - 1] == '.')
		return true;
	return memmem(t->name, t->len, "..", 2) != NULL;
}

static enum err
check_tag_name(struct parser *p, const struct tag *t)
{
	if (t->len == 0)
		return fail_syntax(p, t->line, "a tag without a name");
	for (size_t i = 0; i < t->len; i++) {
		if (!is_name_char(t->name[i]))
			return fail_syntax(
			    p, t->line, "a name is made of letters, digits, _ - and dots");
	}
	if (t->sigil != '>' && has_empty_part(t))
		return fail_syntax(p, t->line, "a name with an empty part");
	return OK;
}

static enum err
check_tag(struct parser *p, const struct tag *t)
{
	switch (t->sigil) {
	case '!':
		return OK;
	case '{':
	case '&':
		return fail_syntax(p, t->line, "nothing is left unescaped: write {{name}}");
	case '=':
		return fail_syntax(p, t->line, "the braces cannot be changed");
	default:
		return check_tag_name(p, t);
	}
}

/* Reads the tag at start, which holds two braces, without looking at what is around it. */
static enum err
scan_tag(struct parser *p, const char *start, struct tag *t)
{
	const char *name = start + 2;

	t->start = start;
	t->line = p->line + count_lines(p->at, start);
	const char *close = memmem(name, (size_t)(p->end - name), "}}", 2);
	if (close == NULL)
		return fail_syntax(p, t->line, "{{ without }}");
	t->after = close + 2;
	if (name < close && *name != '\0' && strchr(SIGILS, *name) != NULL)
		t->sigil = *name++;
	while (name < close && is_template_space(*name))
		name++;
	while (close > name && is_template_space(close[-1]))
		close--;
	t->name = name;
	t->len = (size_t)(close - name);
	return check_tag(p, t);
}

/* Decides how much of the text goes with the tag: it alone, or the whole line that it is on. */
static void
measure_tag(const struct parser *p, struct tag *t)
{
	const char *first = t->start;
	const char *rest = t->after;

	t->first = first;
	t->rest = rest;
	if (t->sigil == '\0')
		return;
	while (first > p->at && is_blank_text(first[-1]))
		first--;
	if (first > p->at ? first[-1] != '\n' : !p->fresh)
		return;
	while (rest < p->end && is_blank_text(*rest))
		rest++;
	if (p->end - rest >= 2 && rest[0] == '\r' && rest[1] == '\n')
		rest++;
	if (rest < p->end && *rest != '\n')
		return;
	t->alone = true;
	t->first = first;
	t->rest = rest < p->end ? rest + 1 : rest;
}

static struct tmpl_node *
append_named(struct parser *p, enum tmpl_kind kind, const struct tag *t)
{
	struct tmpl_node *n = append_node(p, kind, t->line);

	n->text = t->name;
	n->len = t->len;
	n->name = split_name(p->ctx, t->name, t->len, &n->parts);
	return n;
}

static void
add_partial(struct parser *p, const struct tag *t)
{
	struct tmpl_node *n = append_node(p, TMPL_PARTIAL, t->line);

	n->fresh = t->alone;
	n->text = t->first;
	n->len = (size_t)(t->start - t->first);
	n->name = mem_dupn(p->ctx, t->name, t->len);
}

static enum err
open_section(struct parser *p, const struct tag *t)
{
	if (p->depth == TMPL_DEPTH)
		return fail_syntax(
		    p, t->line, "more than %d sections within each other", TMPL_DEPTH);
	enum tmpl_kind kind = t->sigil == '#' ? TMPL_SECTION : TMPL_INVERTED;
	struct tmpl_node *n = append_named(p, kind, t);
	p->open[p->depth++] = n;
	p->tail = &n->child;
	return OK;
}

static enum err
close_section(struct parser *p, const struct tag *t)
{
	if (p->depth == 0)
		return fail_syntax(
		    p, t->line, "{{/%.*s}} closes nothing", shown_name(t->len), t->name);
	struct tmpl_node *n = p->open[p->depth - 1];
	if (n->len != t->len || memcmp(n->text, t->name, t->len) != 0)
		return fail_syntax(p, t->line,
		    "{{/%.*s}} where {{/%.*s}} is due, opened on line %u",
		    shown_name(t->len), t->name, shown_name(n->len), n->text, n->line);
	p->depth--;
	p->tail = &n->next;
	return OK;
}

static enum err
append_tag(struct parser *p, const struct tag *t)
{
	switch (t->sigil) {
	case '#':
	case '^':
		return open_section(p, t);
	case '/':
		return close_section(p, t);
	case '>':
		add_partial(p, t);
		return OK;
	case '!':
		return OK;
	default:
		append_named(p, TMPL_VALUE, t);
		return OK;
	}
}

/* Takes in the text before the tag at start, then the tag. */
static enum err
parse_tag(struct parser *p, const char *start)
{
	struct tag t = {0};
	enum err e = scan_tag(p, start, &t);

	if (e != OK)
		return e;
	measure_tag(p, &t);
	add_text_before(p, t.first, !t.alone);
	p->line = t.line + count_lines(t.start, t.rest);
	p->at = t.rest;
	p->fresh = t.alone;
	return append_tag(p, &t);
}

enum err
tmpl_parse(
    void *ctx, const char *text, size_t len, struct tmpl_node **root, struct tmpl_fault *fault)
{
	struct parser p = {.ctx = ctx,
	    .at = text,
	    .end = text + len,
	    .fresh = true,
	    .line = 1,
	    .tail = root,
	    .fault = fault};
	enum err e = OK;

	*root = NULL;
	const char *start = memmem(p.at, len, "{{", 2);
	while (start != NULL && e == OK) {
		e = parse_tag(&p, start);
		start = memmem(p.at, (size_t)(p.end - p.at), "{{", 2);
	}
	if (e != OK)
		return e;
	if (p.depth > 0) {
		const struct tmpl_node *n = p.open[p.depth - 1];
		return fail_syntax(&p, n->line, "{{%c%.*s}} is never closed",
		    n->kind == TMPL_SECTION ? '#' : '^', shown_name(n->len), n->text);
	}
	add_text_before(&p, p.end, false);
	return OK;
}
