/* test_clock -- the machine's clock and a test's. */
// SPDX-License-Identifier: MIT
#include "base/clock.h"

#include "../check.h"

#include <time.h>

TEST(virtual_clock_stands_until_moved)
{
    struct clock c;
    clock_init_virtual(&c, 5 * NS_PER_S, 1700000000.0);
    CHECK_INT(clock_now_ns(&c), 5 * NS_PER_S);
    CHECK_DOUBLE(clock_wall_s(&c), 1700000000.0, 1e-6);
    clock_advance_to(&c, 3600 * NS_PER_S);
    CHECK_INT(clock_now_ns(&c), 3600 * NS_PER_S);
    CHECK_DOUBLE(clock_wall_s(&c), 1700003595.0, 1e-6);
    CHECK_DOUBLE(clock_wall_at_s(&c, 6 * NS_PER_S), 1700000001.0, 1e-6);
    clock_advance_to(&c, 1);
    CHECK_INT(clock_now_ns(&c), 3600 * NS_PER_S);
}

TEST(machine_clock_goes_forward)
{
    struct clock c;
    clock_init(&c);
    CHECK(!c.is_virtual);
    uint64_t first = clock_now_ns(&c), second = clock_now_ns(&c);
    CHECK(second >= first);
    CHECK(first > 0);
    // Seconds apart only if the machine was stopped in between, or its clock set.
    CHECK_DOUBLE(clock_wall_s(&c), (double)time(NULL), 60);
}

TEST(cpu_time_grows_by_work)
{
    uint64_t before_ns = clock_cpu_ns();
    while (clock_cpu_ns() - before_ns < NS_PER_MS)
        continue;
    CHECK(clock_cpu_ns() > before_ns);
}

TEST(units)
{
    CHECK_DOUBLE(ns_to_s(1500000000), 1.5, 0);
    CHECK_DOUBLE(ns_to_ms(1500000), 1.5, 0);
    CHECK_INT(s_to_ns(0.1), 100000000);
    CHECK_INT(s_to_ns(1e-9), 1);
    CHECK_INT(s_to_ns(0.3e-9), 0);
    CHECK_INT(s_to_ns(3600), 3600 * NS_PER_S);
    CHECK_INT(s_to_ns(0), 0);
    CHECK_INT(s_to_ns(-1), 0);
    CHECK_INT(s_to_ns(NAN), 0);
    CHECK(s_to_ns(INFINITY) == UINT64_MAX / 2);
    CHECK(s_to_ns(1e300) == UINT64_MAX / 2);
    CHECK(s_to_ns(9223372036.0) <= UINT64_MAX / 2);
}

TEST_MAIN(RUN(virtual_clock_stands_until_moved); RUN(machine_clock_goes_forward);
          RUN(cpu_time_grows_by_work); RUN(units);)
