/* test_result_file -- a result written and read again: the same, byte for byte, and in every report. */
// SPDX-License-Identifier: MIT
#include "report/result_file.h"

#include "report/console.h"
#include "report/csv_rows.h"
#include "report/json.h"

#include <unistd.h>

#include "result.h"

TEST(what_is_read_is_written_again_the_same)
{
    struct result *r = made_result(RESULT_START, 7);
    struct err err = ERR_INIT;
    char *text = file_of(r);
    struct result *again = result_file_parse(str_of(text), &err);
    CHECK_TEXT(err.text, "");
    char *second = file_of(again);
    CHECK_TEXT(second, text);
    CHECK_TEXT(again->scripts[1].text, "return \"\x1b[1m\"\n");
    CHECK(again->scripts[0].text == NULL);
    CHECK_TEXT(again->host, "http://shop.example/\"<b>");
    CHECK_INT(again->thresholds[1].verdict, THRESHOLD_NOT_JUDGED);
    CHECK(!again->thresholds[1].has_value);
    CHECK_DOUBLE(again->thresholds[0].value, 312.5, 0);
    CHECK_INT(again->usage.lag.count, 25002000);
    CHECK_INT(again->stats->in_flight_at_end, 3);
    CHECK_INT(again->stats->transactions_cut_off, 4);
    CHECK_INT(again->stats->slots->n, 3);
    CHECK_DOUBLE(again->stats->total->phases->of[PHASE_WAIT].sum_ms, 3.0625, 0);
    free(text);
    free(second);
    result_free(r);
    result_free(again);
}

/* All that reports make of the statistics. */
static char *reports_of(const struct result *r)
{
    struct buf out = BUF_INIT;
    struct style style = STYLE_PLAIN;
    console_add_summary(&out, r->stats, &style, r->ended_s);
    csv_add_stats(&out, r->stats);
    csv_add_failures(&out, r->stats);
    csv_add_exceptions(&out, r->stats);
    json_add_stats(&out, r->stats);
    return buf_detach(&out);
}

TEST(reports_of_a_file_are_those_of_the_run)
{
    struct result *r = made_result(RESULT_START, 8);
    char *text = file_of(r);
    struct result *again = result_file_parse(str_of(text), NULL);
    char *first = reports_of(r), *second = reports_of(again);
    CHECK_TEXT(second, first);
    free(text);
    free(first);
    free(second);
    result_free(r);
    result_free(again);
}

TEST(bytes_that_are_no_text_are_shown)
{
    struct result *r = made_result(RESULT_START, 9);
    log_one(r->stats, "G\xffT", "zz\xc3(", 5,
            "b\x80"
            "d\x1b[2J</script>",
            RESULT_START + 20);
    char *first = reports_of(r), *text = file_of(r);
    struct err err = ERR_INIT;
    struct result *again = result_file_parse(str_of(text), &err);
    CHECK_TEXT(err.text, "");
    CHECK(strstr(text, "\"method\":\"G\\\\xffT\",\"name\":\"zz\\\\xc3(\"") != NULL);
    char *second = reports_of(again);
    CHECK_TEXT(second, first);
    free(text);
    free(first);
    free(second);
    result_free(r);
    result_free(again);
}

TEST(files)
{
    struct result *r = made_result(RESULT_START, 7);
    struct err err = ERR_INIT;
    char path[] = "/tmp/katydid-result-XXXXXX";
    int fd = mkstemp(path);
    CHECK(fd >= 0);
    close(fd);
    CHECK_INT(result_write(path, r, result_file_add, &err), 0);
    struct result *again = result_file_read(path, &err);
    CHECK(again != NULL);
    result_free(again);
    CHECK_INT(result_write("/dev/full", r, result_file_add, &err), -1);
    CHECK_TEXT(err.text, "/dev/full: No space left on device");
    err_clear(&err);
    CHECK(result_file_read("/nowhere/at/all", &err) == NULL);
    CHECK_TEXT(err.text, "/nowhere/at/all: No such file or directory");
    err_clear(&err);
    CHECK_INT(truncate(path, 100), 0);
    CHECK(result_file_read(path, &err) == NULL);
    CHECK(strstr(err.text, ": not JSON at line ") != NULL &&
          str_starts(str_of(err.text), str_of(path)));
    unlink(path);
    result_free(r);
}

/* What slots count as their size is what they take in a file, so that their limit is one of the file. */
TEST(slots_take_as_much_room_as_they_say)
{
    struct result *r = made_result(RESULT_START, 7);
    char *with = file_of(r);
    const struct slots *slots = r->stats->slots;
    size_t said = slots->bytes + 64 * (slots->n + 1);
    const char *at = strstr(with, "\n\"slots\":{");
    CHECK(at != NULL);
    CHECK(strlen(at) <= said);
    CHECK(strlen(at) > said / 2);
    free(with);
    result_free(r);
}

/* The inputs that the fuzzer begins with are results as they are written now. */
TEST(the_fuzzers_inputs_are_taken)
{
    static const char *const paths[] = {"tests/fuzz/corpus/result/run.json",
                                        "tests/fuzz/corpus/result/small.json"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct err err = ERR_INIT;
        struct result *r = result_file_read(paths[i], &err);
        CHECK_TEXT(err.text, "");
        result_free(r);
    }
}

TEST_MAIN(RUN(slots_take_as_much_room_as_they_say); RUN(the_fuzzers_inputs_are_taken);
          RUN(what_is_read_is_written_again_the_same); RUN(reports_of_a_file_are_those_of_the_run);
          RUN(bytes_that_are_no_text_are_shown); RUN(files);)
