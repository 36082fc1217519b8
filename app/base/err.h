/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_ERR_H
#define BASE_ERR_H

/* The outcome of every function that can fail: OK, or what went wrong. */
enum err {
	OK = 0,
	ERR_SYNTAX,       /* the request or its body cannot be parsed */
	ERR_UNAUTHORIZED, /* no key, or one that is unknown, expired or revoked */
	ERR_FORBIDDEN,    /* a valid key of a lower class than the route asks for */
	ERR_NOT_FOUND,    /* no such route or object */
	ERR_METHOD,       /* the path exists, but not with this method */
	ERR_CONFLICT,     /* the present state forbids it, or the object exists already */
	ERR_PRECONDITION, /* If-Match names another version */
	ERR_TOO_LARGE,    /* the body is over the limit of the route */
	ERR_MEDIA_TYPE,   /* the body is of a type that the route does not read */
	ERR_INVALID,      /* well-formed, but some values are not valid: each is a problem */
	ERR_THROTTLED,    /* too many requests: try again later */
	ERR_UNAVAILABLE,  /* the database is down, busy or too slow: try again later */
	ERR_INTERNAL,     /* a fault of this program */
	ERR__MAX
};

/* How an error is reported to a client. */
struct err_info {
	int status;        /* HTTP status code */
	const char *slug;  /* stable name: last part of the problem type, word in the log */
	const char *title; /* for people */
};

/* The static description of e; never NULL. */
const struct err_info *err_info(enum err e);

#define must_check __attribute__((warn_unused_result))

#endif
