/* file_limit -- how many descriptors the process may have: a connection of each user is one. */
// SPDX-License-Identifier: MIT
#ifndef APP_FILE_LIMIT_H
#define APP_FILE_LIMIT_H

#include <stddef.h>

/* Raises it as far as the system lets us; what it is then. */
size_t file_limit_raise(void);

#endif
