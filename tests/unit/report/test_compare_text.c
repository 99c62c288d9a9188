/* test_compare_text -- a comparison as people and machines read it. */
// SPDX-License-Identifier: MIT
#include "report/compare_text.h"

#include "compare.h"

#include <jansson.h>

static struct compare_row rows[4];
static char *notes[] = {(char *)"Another host: a|b in the base"};

/* Figures that need no run. */
static struct comparison made(void)
{
    static const struct compare_cell none = {.base = 0.12, .new = NAN, .p = 1};
    rows[0] = (struct compare_row){
        .method = "GET", .name = "/a|b`\x1b[2J", .is_in_base = true, .is_in_new = true};
    rows[1] = (struct compare_row){.method = "GET", .name = "/gone", .is_in_base = true};
    rows[2] = (struct compare_row){.method = "POST", .name = "/come", .is_in_new = true};
    rows[3] = (struct compare_row){.method = "", .name = "", .is_in_base = true, .is_in_new = true};
    for (int f = 0; f < COMPARE_FIGURES; f++)
        rows[0].cells[f] = rows[3].cells[f] = none;
    rows[0].cells[COMPARE_RATE] =
        (struct compare_cell){100, 100.4, true, 0.004, -0.03, 0.039, 1, COMPARE_ALIKE};
    rows[0].cells[COMPARE_P95] =
        (struct compare_cell){9.5, 152, true, 15, 14.21, 16.1, 1e-7, COMPARE_WORSE};
    rows[3].cells[COMPARE_FAILURES] =
        (struct compare_cell){0.021, 0.001, true, -0.02, -0.025, -0.015, 0.001, COMPARE_BETTER};
    struct comparison c = {.settings = COMPARE_DEFAULTS,
                           .n_bases = 2,
                           .rows = rows,
                           .n = 4,
                           .notes = notes,
                           .n_notes = 1};
    for (size_t i = 0; i < 4; i += 3) {
        for (int f = 0; f < COMPARE_FIGURES; f++)
            c.counts[rows[i].cells[f].verdict]++;
    }
    return c;
}

TEST(for_a_terminal)
{
    struct comparison c = made();
    struct buf out = BUF_INIT;
    compare_add_text(&out, &c, &STYLE_PLAIN);
    CHECK_TEXT(
        buf_cstr(&out),
        "Figure            Base       New    Change |         95% interval | Verdict\n"
        "------------|---------|---------|----------|----------------------|----------------\n"
        "GET /a|b`\\x1b[2J\n"
        "  requests/s    100.00    100.40    +0.40% |     -3.00% to +3.90% | no difference\n"
        "  p50          0.12 ms         -         - |                    - | too little data\n"
        "  p95          9.50 ms    152 ms    +1500% |     +1421% to +1610% | worse\n"
        "  p99          0.12 ms         -         - |                    - | too little data\n"
        "  failures      12.00%         -         - |                    - | too little data\n"
        "------------|---------|---------|----------|----------------------|----------------\n"
        "Aggregated\n"
        "  requests/s      0.12         -         - |                    - | too little data\n"
        "  p50          0.12 ms         -         - |                    - | too little data\n"
        "  p95          0.12 ms         -         - |                    - | too little data\n"
        "  p99          0.12 ms         -         - |                    - | too little data\n"
        "  failures       2.10%     0.10%  -2.00 pt | -2.50 pt to -1.50 pt | better\n"
        "\n"
        "Only in the base: GET /gone\n"
        "Only in the new run: POST /come\n"
        "Note: Another host: a|b in the base\n"
        "Better: failures of Aggregated, 2.10% before, 0.10% now (-2.00 pt)\n"
        "Worse: p95 of GET /a|b`\\x1b[2J, 9.50 ms before, 152 ms now (+1500%)\n"
        "1 worse, 1 better, 1 no difference, 7 too little data (tolerance 5%, of failures 0.1 "
        "points)\n");
    buf_clear(&out);
    compare_add_text(&out, &c, &(struct style){.columns = 50, .has_colours = true});
    CHECK_TEXT(buf_cstr(&out), "Figure             New    Change | Verdict\n"
                               "------------|---------|----------|----------------\n"
                               "\x1b"
                               "[1mGET /a|b`\\x1b[2J\x1b"
                               "[0m\n"
                               "  requests/s    100.40    +0.40% | no difference\n"
                               "  p50                -         - | \x1b"
                               "[33mtoo little data\x1b"
                               "[0m\n"
                               "  p95           152 ms    +1500% | \x1b"
                               "[31mworse\x1b"
                               "[0m\n"
                               "  p99                -         - | \x1b"
                               "[33mtoo little data\x1b"
                               "[0m\n"
                               "  failures           -         - | \x1b"
                               "[33mtoo little data\x1b"
                               "[0m\n"
                               "------------|---------|----------|----------------\n"
                               "\x1b"
                               "[1mAggregated\x1b"
                               "[0m\n"
                               "  requests/s         -         - | \x1b"
                               "[33mtoo little data\x1b"
                               "[0m\n"
                               "  p50                -         - | \x1b"
                               "[33mtoo little data\x1b"
                               "[0m\n"
                               "  p95                -         - | \x1b"
                               "[33mtoo little data\x1b"
                               "[0m\n"
                               "  p99                -         - | \x1b"
                               "[33mtoo little data\x1b"
                               "[0m\n"
                               "  failures       0.10%  -2.00 pt | \x1b"
                               "[32mbetter\x1b"
                               "[0m\n"
                               "\x1b"
                               "[2mNo room for Base, 95% interval\x1b"
                               "[0m\n"
                               "\n"
                               "\x1b"
                               "[33mOnly in the base: GET /gone\x1b"
                               "[0m\n"
                               "\x1b"
                               "[33mOnly in the new run: POST /come\x1b"
                               "[0m\n"
                               "Note: Another host: a|b in the base\n"
                               "\x1b"
                               "[32mBetter: failures of Aggregated, 2.10% before,\n"
                               "  0.10% now (-2.00 pt)\x1b"
                               "[0m\n"
                               "\x1b"
                               "[31mWorse: p95 of GET /a|b`\\x1b[2J, 9.50 ms before,\n"
                               "  152 ms now (+1500%)\x1b"
                               "[0m\n"
                               "\x1b"
                               "[1m1 worse, 1 better, 1 no difference, 7 too little\n"
                               "  data (tolerance 5%, of failures 0.1 points)\x1b"
                               "[0m\n");
    buf_release(&out);
}

TEST(for_a_merge_request)
{
    struct comparison c = made();
    struct buf out = BUF_INIT;
    compare_add_markdown(&out, &c);
    CHECK_TEXT(
        buf_cstr(&out),
        "### Katydid: worse\n"
        "\n"
        "Compared with 2 runs: 1 worse, 1 better, 1 no difference, 7 too little data (tolerance "
        "5%, of failures 0.1 points).\n"
        "\n"
        "| Name | Figure | Base | New | Change | 95% interval | Verdict |\n"
        "| --- | --- | ---: | ---: | ---: | ---: | --- |\n"
        "| GET /a\\|b\\`\\\\x1b\\[2J | p95 | 9.50 ms | 152 ms | +1500% | +1421% to +1610% | "
        "**worse** |\n"
        "| Aggregated | failures | 2.10% | 0.10% | -2.00 pt | -2.50 pt to -1.50 pt | better |\n"
        "\n"
        "- Only in the base: GET /gone\n"
        "- Only in the new run: POST /come\n"
        "- Another host: a\\|b in the base\n"
        "\n"
        "<details><summary>All other figures</summary>\n"
        "\n"
        "| Name | Figure | Base | New | Change | 95% interval | Verdict |\n"
        "| --- | --- | ---: | ---: | ---: | ---: | --- |\n"
        "| GET /a\\|b\\`\\\\x1b\\[2J | requests/s | 100.00 | 100.40 | +0.40% | -3.00% to +3.90% | "
        "no difference |\n"
        "| GET /a\\|b\\`\\\\x1b\\[2J | p50 | 0.12 ms | - |  | - | too little data |\n"
        "| GET /a\\|b\\`\\\\x1b\\[2J | p99 | 0.12 ms | - |  | - | too little data |\n"
        "| GET /a\\|b\\`\\\\x1b\\[2J | failures | 12.00% | - |  | - | too little data |\n"
        "| Aggregated | requests/s | 0.12 | - |  | - | too little data |\n"
        "| Aggregated | p50 | 0.12 ms | - |  | - | too little data |\n"
        "| Aggregated | p95 | 0.12 ms | - |  | - | too little data |\n"
        "| Aggregated | p99 | 0.12 ms | - |  | - | too little data |\n"
        "\n"
        "</details>\n");
    buf_release(&out);
}

TEST(many_names_stay_within_a_comment)
{
    struct comparison c = made();
    struct buf out = BUF_INIT;
    c.n = 3000;
    c.rows = calloc(c.n, sizeof *c.rows);
    for (size_t i = 0; i < c.n; i++)
        c.rows[i] = rows[0];
    compare_add_markdown(&out, &c);
    CHECK(out.n < 65536);
    CHECK(strstr(buf_cstr(&out), " more\n") != NULL);
    CHECK(str_ends(buf_slice(&out), STR("</details>\n")));
    free(c.rows);
    buf_release(&out);
}

TEST(for_machines)
{
    struct comparison c = made();
    struct buf out = BUF_INIT;
    compare_add_json(&out, &c);
    json_t *all = json_loads(buf_cstr(&out), 0, NULL);
    CHECK(all != NULL);
    CHECK_TEXT(json_string_value(json_object_get(all, "verdict")), "worse");
    CHECK_INT(
        json_integer_value(json_object_get(json_object_get(all, "counts"), "too little data")), 7);
    json_t *row = json_array_get(json_object_get(all, "rows"), 0);
    json_t *p95 = json_object_get(json_object_get(row, "figures"), "p95");
    CHECK_DOUBLE(json_real_value(json_object_get(p95, "low")), 14.21, 1e-9);
    CHECK(json_is_null(
        json_object_get(json_object_get(json_object_get(row, "figures"), "p50"), "new")));
    CHECK_INT(json_object_size(
                  json_object_get(json_array_get(json_object_get(all, "rows"), 1), "figures")),
              0);
    json_decref(all);
    buf_release(&out);
}

TEST_MAIN(RUN(for_a_terminal); RUN(for_a_merge_request); RUN(many_names_stay_within_a_comment);
          RUN(for_machines);)
