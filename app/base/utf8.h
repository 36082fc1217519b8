/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* The length in bytes of the character at the start of the n > 0 bytes at s; 0 when it is not
 * well-formed (an overlong form, a surrogate, beyond U+10FFFF, cut short). */
size_t utf8_char(const char *s, size_t n);

/* True when the n bytes at s are well-formed UTF-8. */
bool utf8_valid(const char *s, size_t n);

/* Writes the code point c (<= U+10FFFF) at out as 1 to 4 bytes; returns how many. */
size_t utf8_encode(char *out, unsigned c);

#endif
