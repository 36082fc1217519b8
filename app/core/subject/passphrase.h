/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_SUBJECT_PASSPHRASE_H
#define CORE_SUBJECT_PASSPHRASE_H

/* Characters of a password. NIST SP 800-63B: length matters, mixed character classes do not. */
enum { PASSPHRASE_LEAST = 15, PASSPHRASE_MOST = 128 };

/*
 * Why password (valid UTF-8) cannot be that of the account name, as the end of a sentence, static;
 * NULL when it can. Refused is what guessing programs try first: the name of the account, few
 * different characters, and nothing but common words, digits and punctuation.
 */
const char *passphrase_fault(const char *name, const char *password);

#endif
