/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_ERR_H
#define BASE_ERR_H

/* What can go wrong with a request. Every fallible function returns one of these. */
enum err {
	OK = 0,
	ERR_SYNTAX,       /* the request or its body cannot be parsed */
	ERR_UNAUTHORIZED, /* no key, or one that is unknown, expired or revoked */
	ERR_FORBIDDEN,    /* a valid key of a lower class than the route asks for */
	ERR_NOT_FOUND,    /* no such route or thing */
	ERR_METHOD,       /* the path exists, but not with this method */
	ERR_CONFLICT,     /* the state of the thing forbids it, or it exists already */
	ERR_PRECONDITION, /* If-Match names another version */
	ERR_TOO_LARGE,    /* the body is over the limit of the route */
	ERR_MEDIA_TYPE,   /* the body is of a type that the route does not read */
	ERR_INVALID,      /* parsed, but wrong: the details name each place */
	ERR_THROTTLED,    /* too many tries: later */
	ERR_UNAVAILABLE,  /* database away, busy or too slow: later */
	ERR_INTERNAL,     /* a fault of ours */
	ERR__MAX
};

/* How an error is told to a client. */
struct err_info {
	int status;        /* HTTP status code */
	const char *slug;  /* stable name: end of the problem's type, word in the log */
	const char *title; /* for people */
};

/* The row of e; never NULL. */
const struct err_info *err_info(enum err e);

#define must_check __attribute__((warn_unused_result))

#endif
