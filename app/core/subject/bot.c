/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Recognizes bots by their user agent. All words are searched for at once, case-insensitively, by
 * an Aho-Corasick automaton (Aho, Corasick, CACM 18, 1975), which is built at the first use; each
 * hit is then checked against the conditions of its word: case, place, and the words that excuse
 * it.
 */
#include "core/subject/bot.h"

#include <ctype.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum where {
	IN,
	AT_START,
	AT_END,
	WHOLE,
};

struct word {
	const char *text;
	bool exact; /* case-sensitive */
	bool alone; /* only as a whole word, also with an s at its end */
	enum where where;
};

static const struct word words[] = {
#define BOT(text) {text, false, false, IN},
#define WORD(text) {text, false, true, IN},
#define HUMAN(text)
#define CRAWLER(text, where) {text, true, false, where},
#include "core/subject/bots.def"
#include "core/subject/crawlers.def"
#undef BOT
#undef WORD
#undef HUMAN
#undef CRAWLER
};

static const char *const humans[] = {
#define BOT(text)
#define WORD(text)
#define HUMAN(text) text,
#include "core/subject/bots.def"
#undef BOT
#undef WORD
#undef HUMAN
};

/* An upper bound of the nodes: one for each letter of each word, and the root. */
#define BOT(text) +sizeof text
#define WORD(text) +sizeof text
#define HUMAN(text)
#define CRAWLER(text, where) +sizeof text
enum {
	WORDS = sizeof words / sizeof words[0],
	HUMANS = sizeof humans / sizeof humans[0],
	NODES = 1
#include "core/subject/bots.def"
#include "core/subject/crawlers.def"
};
#undef BOT
#undef WORD
#undef HUMAN
#undef CRAWLER

_Static_assert(NODES < UINT16_MAX, "nodes are numbered with 16 bits");

enum { BASE64_RUN = 40 }; /* letters in a row that are taken for base64 */

static struct node {
	uint16_t child;   /* the first; 0: none */
	uint16_t sibling; /* the next child of the same node */
	uint16_t back;    /* failure link: the node of the longest proper suffix that is a prefix */
	uint16_t word;    /* the word that ends here, plus 1; 0: none */
	uint16_t shorter; /* the next node along the failure links where a word ends */
	unsigned char letter;
} nodes[NODES];
static uint16_t more[WORDS]; /* another word with the same letters, plus 1; 0: none */
static bool built;

/* Not tolower(), which depends on the locale. */
static unsigned char
ascii_lower(char letter)
{
	return (unsigned char)(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
}

static uint16_t
child_of(uint16_t at, unsigned char letter)
{
	uint16_t child = nodes[at].child;

	while (child != 0 && nodes[child].letter != letter)
		child = nodes[child].sibling;
	return child;
}

static uint16_t
next_node(uint16_t at, unsigned char letter)
{
	uint16_t child;

	while ((child = child_of(at, letter)) == 0 && at != 0)
		at = nodes[at].back;
	return child;
}

static void
add_word(uint16_t word, uint16_t *used)
{
	uint16_t at = 0;

	for (const char *c = words[word].text; *c != '\0'; c++) {
		uint16_t child = child_of(at, ascii_lower(*c));
		if (child == 0) {
			child = ++*used;
			nodes[child] = (struct node){
				.letter = ascii_lower(*c), .sibling = nodes[at].child};
			nodes[at].child = child;
		}
		at = child;
	}
	more[word] = nodes[at].word;
	nodes[at].word = (uint16_t)(word + 1);
}

/* Sets the failure links breadth-first, so that those of shorter texts are there already. */
static void
set_back_links(void)
{
	static uint16_t queue[NODES];
	size_t head = 0, tail = 1;

	while (head < tail) {
		uint16_t at = queue[head++];
		for (uint16_t c = nodes[at].child; c != 0; c = nodes[c].sibling) {
			uint16_t back = at == 0 ? 0 : next_node(nodes[at].back, nodes[c].letter);
			nodes[c].back = back;
			nodes[c].shorter = nodes[back].word != 0 ? back : nodes[back].shorter;
			queue[tail++] = c;
		}
	}
}

static void
build_automaton(void)
{
	uint16_t used = 0;

	for (size_t i = 0; i < WORDS; i++)
		add_word((uint16_t)i, &used);
	set_back_links();
	built = true;
}

/* Whether a word that begins at this place is part of an occurrence of a HUMAN text. */
static bool
is_excused(const char *text, size_t begin, const char *word)
{
	for (size_t i = 0; i < HUMANS; i++) {
		const char *in = strstr(humans[i], word);
		size_t before = in == NULL ? 0 : (size_t)(in - humans[i]);
		if (in != NULL && before <= begin &&
		    strncasecmp(text + begin - before, humans[i], strlen(humans[i])) == 0)
			return true;
	}
	return false;
}

static bool
is_base64(char c)
{
	return isalnum((unsigned char)c) || c == '+' || c == '/' || c == '=';
}

/* Whether the letters are a word of their own, not part of a longer one or of base64. */
static bool
stands_alone(const char *text, size_t begin, size_t end)
{
	size_t after = end + (ascii_lower(text[end]) == 's');
	size_t from = begin, to = end;
	bool mixed = false;

	/* In UTF-8 a byte that is not ASCII is part of a letter. */
	if (isalpha((unsigned char)text[after]) || (unsigned char)text[after] >= 0x80)
		return false;
	for (size_t i = begin + 2; i < end; i++)
		mixed = mixed || !isupper((unsigned char)text[i]) !=
		    !isupper((unsigned char)text[i - 1]);
	while (from > 0 && is_base64(text[from - 1]) && end - from < BASE64_RUN)
		from--;
	while (is_base64(text[to]) && to - from < BASE64_RUN)
		to++;
	return !mixed && to - from < BASE64_RUN;
}

static bool
word_counts(const struct word *w, const char *text, size_t end)
{
	size_t length = strlen(w->text);
	size_t begin = end - length;

	if (w->exact && memcmp(text + begin, w->text, length) != 0)
		return false;
	if ((w->where == AT_START || w->where == WHOLE) && begin > 0)
		return false;
	if ((w->where == AT_END || w->where == WHOLE) && text[end] != '\0')
		return false;
	if (w->alone && !stands_alone(text, begin, end))
		return false;
	return !is_excused(text, begin, w->text);
}

/* Whether any word that ends at this node meets its conditions. */
static bool
any_counts(uint16_t at, const char *text, size_t end)
{
	uint16_t node = nodes[at].word != 0 ? at : nodes[at].shorter;

	for (; node != 0; node = nodes[node].shorter)
		for (uint16_t w = nodes[node].word; w != 0; w = more[w - 1])
			if (word_counts(&words[w - 1], text, end))
				return true;
	return false;
}

bool
bot_is(const char *user_agent)
{
	uint16_t at = 0;

	if (user_agent == NULL)
		return false;
	if (!built)
		build_automaton();
	for (size_t i = 0; user_agent[i] != '\0'; i++) {
		at = next_node(at, ascii_lower(user_agent[i]));
		if (any_counts(at, user_agent, i + 1))
			return true;
	}
	return false;
}
