/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Refuses weak passwords. Guessing programs try common words with the usual additions; at 15
 * characters and more that means sequences of words, digits and punctuation, so a password must not
 * consist of these alone.
 */
#include "core/subject/passphrase.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

enum { DIFFERENT = 5, NAME_LEAST = 4, BYTES = 4 * PASSPHRASE_MOST };

static const char *const common[] = {
	"a", "aaa", "abc", "abcd", "abcde", "abcdef", "abcdefg", "abcdefgh",
	"abcdefghijklmnopqrstuvwxyz", "access", "admin", "administrator", "amanda", "an",
	"and", "andrew", "android", "angel", "angels", "anna", "anthony", "apple", "april",
	"arsenal", "asdf", "asdfg", "asdfgh", "asdfghjk", "asdfghjkl", "ashley", "assay",
	"august", "autumn", "azerty", "baby", "babygirl", "bad", "banana", "bank", "barcelona",
	"baseball", "basketball", "batman", "battery", "bbb", "bear", "best", "big", "bird",
	"black", "blessed", "blue", "brandon", "brother", "business", "butterfly", "cash",
	"cat", "change", "changeme", "charlie", "cheese", "chelsea", "cherry", "chocolate",
	"christ", "coffee", "company", "computer", "cookie", "correct",
	"correcthorsebatterystaple", "corvette", "cowboys", "daddy", "daniel", "database",
	"david", "december", "default", "demo", "devil", "diamond", "dog", "doggy", "dollar",
	"dolphin", "dragon", "eagle", "eagles", "edc", "eight", "elizabeth", "example",
	"experiment", "experiments", "facebook", "family", "father", "february", "ferrari",
	"fire", "first", "fish", "five", "flower", "football", "forest", "forever", "four",
	"freedom", "friday", "friend", "friends", "george", "ghost", "ginger", "god", "gold",
	"golf", "good", "goodbye", "google", "green", "guest", "hack", "hacker", "hallo",
	"hannah", "happy", "harley", "heaven", "hello", "hi", "hockey", "home", "horse",
	"house", "hunter", "i", "ilove", "iloveyou", "internet", "is", "island", "james",
	"january", "jason", "jennifer", "jessica", "jesus", "john", "jordan", "joshua", "july",
	"june", "justin", "killer", "king", "kitten", "kitty", "lakers", "last", "letmein",
	"lightning", "linux", "lion", "little", "liverpool", "login", "logon", "love",
	"lovely", "loveme", "lover", "loveyou", "lucky", "manager", "march", "maria", "master",
	"matrix", "matthew", "may", "me", "mercedes", "michael", "michelle", "microsoft",
	"mommy", "monday", "money", "monkey", "moon", "morning", "mother", "mountain",
	"mustang", "my", "mysql", "naruto", "new", "nicole", "night", "nine", "ninja",
	"nothing", "november", "ocean", "october", "office", "old", "one", "open", "oracle",
	"orange", "our", "p@ssw0rd", "p@ssword", "pass", "passw0rd", "password", "passwort",
	"peace", "pepper", "phantom", "pink", "pirate", "pizza", "please", "pokemon",
	"porsche", "postgres", "prince", "princess", "private", "public", "puppy", "purple",
	"qaz", "qazwsx", "qazwsxedc", "queen", "qwer", "qwerty", "qwertyui", "qwertyuiop",
	"qwertz", "qwertzui", "rabbit", "rainbow", "rangers", "realmadrid", "red", "rfv",
	"river", "robert", "root", "samantha", "sample", "samsung", "saturday", "secret",
	"secrets", "secure", "security", "september", "server", "sesame", "seven", "shadow",
	"shark", "silver", "sister", "six", "sky", "smile", "snake", "soccer", "sophie",
	"spiderman", "spring", "staple", "star", "stars", "starwars", "steelers", "strawberry",
	"summer", "sun", "sunday", "sunshine", "superman", "system", "temp", "temporary",
	"ten", "tennis", "test", "tester", "testing", "tgb", "that", "the", "this", "thomas",
	"three", "thunder", "thursday", "tiger", "trust", "trustno", "tuesday", "turtle",
	"two", "tyler", "ujm", "user", "water", "wednesday", "welcome", "whatever", "white",
	"william", "windows", "winter", "wizard", "wolf", "word", "work", "wsx", "xxx", "xyz",
	"yankees", "yellow", "yhn", "you", "your", "zero", "zxcv", "zxcvb", "zxcvbn",
	"zxcvbnm", "zzz",
};

/* Counts the first bytes of UTF-8 characters. */
static size_t
count_characters(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static size_t
count_different(const char *s)
{
	bool seen[256] = {false};
	size_t n = 0;

	for (; *s != '\0'; s++) {
		n += !seen[(unsigned char)*s];
		seen[(unsigned char)*s] = true;
	}
	return n;
}

/* If s begins with word, marks the place after it as reached. */
static void
mark_reached(const char *s, const char *word, bool *reached)
{
	size_t n = strlen(word);

	if (n > 0 && strncasecmp(s, word, n) == 0)
		reached[n] = true;
}

/*
 * Whether the whole password is a sequence of common words, the name, digits and punctuation: marks
 * all places that such a sequence can reach, from left to right.
 */
static bool
is_made_of_common_words(const char *name, const char *password)
{
	bool reached[BYTES + 1] = {true};
	size_t n = strlen(password);

	for (size_t i = 0; i < n; i++) {
		const char *s = password + i;
		if (!reached[i])
			continue;
		if ((unsigned char)*s < 0x80 && !isalpha((unsigned char)*s))
			reached[i + 1] = true;
		mark_reached(s, name, reached + i);
		for (size_t k = 0; k < sizeof common / sizeof common[0]; k++)
			mark_reached(s, common[k], reached + i);
	}
	return reached[n];
}

const char *
passphrase_fault(const char *name, const char *password)
{
	if (count_characters(password) < PASSPHRASE_LEAST)
		return "must be at least 15 characters long";
	if (count_characters(password) > PASSPHRASE_MOST || strlen(password) > BYTES)
		return "must be at most 128 characters long";
	if (strlen(name) >= NAME_LEAST && strcasestr(password, name) != NULL)
		return "must not contain the name of the account";
	if (count_different(password) < DIFFERENT)
		return "must have at least 5 different characters";
	if (is_made_of_common_words(name, password))
		return "must not be made of common words and digits alone";
	return NULL;
}
