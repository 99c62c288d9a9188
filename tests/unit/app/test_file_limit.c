/* test_file_limit -- the soft limit of descriptors goes up to the hard one. */
// SPDX-License-Identifier: MIT
#include "app/file_limit.h"

#include <sys/resource.h>

#include "../check.h"

TEST(up_to_the_hard_limit)
{
    struct rlimit limit;

    CHECK_INT(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = 32;
    CHECK_INT(setrlimit(RLIMIT_NOFILE, &limit), 0);
    CHECK_INT(file_limit_raise(), limit.rlim_max);
    CHECK_INT(getrlimit(RLIMIT_NOFILE, &limit), 0);
    CHECK_INT(limit.rlim_cur, limit.rlim_max);
}

TEST_MAIN(RUN(up_to_the_hard_limit);)
