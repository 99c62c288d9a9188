/* test_mem -- memory that is there, and free lists. */
// SPDX-License-Identifier: MIT
#include "base/mem.h"

#include "../check.h"

#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

TEST(nothing_is_something)
{
    char *a = xmalloc(0), *b = xcalloc(0, 8), *c = xrealloc(NULL, 0);
    CHECK(a != NULL && b != NULL && c != NULL);
    free(a);
    free(b);
    free(c);
}

TEST(copies)
{
    char *a = xstrdup("one"), *b = xmemdup0("twofold", 3), *c = xmemdup0(NULL, 0);
    char *d = xasprintf("%d-%s", 4, "five");
    CHECK_TEXT(a, "one");
    CHECK_TEXT(b, "two");
    CHECK_TEXT(c, "");
    CHECK_TEXT(d, "4-five");
    free(a);
    free(b);
    free(c);
    free(d);
}

TEST(arrays_grow_and_are_zero)
{
    int *list = xcalloc(3, sizeof(int));
    CHECK_INT(list[0] | list[1] | list[2], 0);
    list[2] = 7;
    list = xreallocarray(list, 100, sizeof(int));
    list[99] = 1;
    CHECK_INT(list[2], 7);
    free(list);
}

TEST(impossible_product_ends_the_process)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        fclose(stderr);
        xreallocarray(NULL, SIZE_MAX / 2, 4);
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));
    CHECK_INT(WTERMSIG(status), SIGABRT);
}

TEST(freelist_recycles_up_to_its_limit)
{
    struct freelist list;
    freelist_init(&list, 1, 2);
    void *a = freelist_take(&list), *b = freelist_take(&list), *c = freelist_take(&list);
    CHECK(a != b && b != c && a != c);
    freelist_give(&list, a);
    freelist_give(&list, b);
    freelist_give(&list, c);
    freelist_give(&list, NULL);
#ifdef KATYDID_ASAN
    CHECK_INT(list.kept, 0);
#else
    CHECK_INT(list.kept, 2);
    CHECK(freelist_take(&list) == b);
    CHECK(freelist_take(&list) == a);
    CHECK_INT(list.kept, 0);
    freelist_give(&list, a);
    freelist_give(&list, b);
#endif
    freelist_release(&list);
    CHECK(list.head == NULL);
    CHECK_INT(list.kept, 0);
}

TEST_MAIN(RUN(nothing_is_something); RUN(copies); RUN(arrays_grow_and_are_zero);
          RUN(impossible_product_ends_the_process); RUN(freelist_recycles_up_to_its_limit);)
