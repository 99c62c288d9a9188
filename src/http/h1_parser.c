/*
 * h1_parser -- an answer of HTTP/1.0 or 1.1, as its bytes come.
 *
 * Line by line: a line is read once it is whole. The head's lines stay in `in` until the last of
 * them has come, so that the reason phrase needs no copy; `at` and `scanned` keep its bytes from
 * being looked at twice, however small the pieces are that they come in.
 */
// SPDX-License-Identifier: MIT
#include "http/h1_parser.h"

#include "http/transport.h"

#include <inttypes.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif
#include <string.h>

#define LENGTH_DIGITS_MAX 18 /* of a number that an int64_t holds whatever its digits are */
#define CHUNK_DIGITS_MAX 16

static enum h1_event fail(struct h1_parser *p, enum http_failure failure, const char *name,
                          const char *text)
{
    p->failure = failure;
    p->failure_name = name;
    p->failure_text = text;
    return H1_FAILED;
}

static enum h1_event bad_header(struct h1_parser *p, const char *text)
{
    return fail(p, HTTP_BAD_RESPONSE, "InvalidHeader", text);
}

static enum h1_event bad_status(struct h1_parser *p, const char *text)
{
    return fail(p, HTTP_BAD_RESPONSE, "BadStatusLine", text);
}

static enum h1_event bad_chunk(struct h1_parser *p, const char *text)
{
    return fail(p, HTTP_BAD_RESPONSE, "InvalidChunkLength", text);
}

static enum h1_event too_large(struct h1_parser *p, const char *text)
{
    return fail(p, HTTP_TOO_LARGE, "ResponseTooLarge", text);
}

void h1_parser_begin(struct h1_parser *p, bool is_head)
{
    struct http_headers headers = p->headers;
    *p = (struct h1_parser){.headers = headers, .heads = p->heads, .is_head = is_head};
    http_headers_clear(&p->headers);
}

void h1_parser_release(struct h1_parser *p)
{
    http_headers_release(&p->headers);
}

bool h1_parser_has_begun(const struct h1_parser *p)
{
    return p->head_bytes > 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* --- lines ------------------------------------------------------------------------------------- */

enum line { LINE_PARTIAL, LINE_WHOLE, LINE_BARE, LINE_BAD };

/* Sixteen bytes at a time, where the machine has that. */
#ifdef __SSE2__
#define BLOCK 16

/* A bit for each byte that is at most `limit`. */
static unsigned bytes_up_to(const char *p, char limit)
{
    __m128i block = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i low = _mm_min_epu8(block, _mm_set1_epi8(limit));
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(low, block));
}

/* A bit for each byte that is this one. */
static unsigned bytes_that_are(const char *p, char c)
{
    __m128i block = _mm_loadu_si128((const __m128i *)(const void *)p);
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8(c)));
}
#endif

static bool is_line_byte(char c)
{
    return c != '\0' && c != '\r' && c != '\n';
}

/* Where the first NUL, CR or LF is; `end` where there is none. */
static const char *find_special(const char *p, const char *end)
{
#ifdef __SSE2__
    for (unsigned low; end - p >= BLOCK; p += BLOCK) {
        for (low = bytes_up_to(p, '\r'); low != 0; low &= low - 1) { // tabs are among them
            const char *c = p + __builtin_ctz(low);
            if (!is_line_byte(*c))
                return c;
        }
    }
#endif
    while (p < end && is_line_byte(*p))
        p++;
    return p;
}

/* The line at `at`, without its end, where all of it is there; `at` moves behind it. LINE_BARE: it
 * has no carriage return before its line feed. LINE_BAD: it holds what no line may. */
static enum line next_line(struct h1_parser *p, struct str in, struct str *line)
{
    const char *begin = in.p + p->at, *end = in.p + in.n;
    const char *from = in.p + (p->scanned > p->at ? p->scanned : p->at);
    const char *special = find_special(from == begin ? begin : end, end);
    if (end - special >= 2 && special[0] == '\r' && special[1] == '\n') {
        *line = str_make(begin, (size_t)(special - begin));
        p->at = p->scanned = (size_t)(special + 2 - in.p);
        return LINE_WHOLE;
    }
    // It isn't whole, or is a bad one, or came in pieces.
    const char *feed = from < end ? memchr(from, '\n', (size_t)(end - from)) : NULL;
    if (feed == NULL) {
        p->scanned = in.n;
        return LINE_PARTIAL;
    }
    size_t n = (size_t)(feed - begin);
    p->at = p->scanned = (size_t)(feed + 1 - in.p);
    *line = str_make(begin, n);
    if (n == 0 || feed[-1] != '\r')
        return LINE_BARE;
    line->n = n - 1;
    bool is_bad = memchr(begin, '\r', n) != feed - 1 || memchr(begin, '\0', n) != NULL;
    return is_bad ? LINE_BAD : LINE_WHOLE;
}

static const char *why_bad(enum line kind, struct str line)
{
    if (kind == LINE_BARE)
        return "a line ends without a carriage return";
    return memchr(line.p, '\0', line.n) != NULL ? "Nul byte in header"
                                                : "a carriage return in the middle of a line";
}

/* --- the status line --------------------------------------------------------------------------- */

/* "HTTP/", as far as it is there: a server that speaks something else may never end its line. */
static bool begins_well(struct str in)
{
    static const char begin[] = {'H', 'T', 'T', 'P', '/'};
    return memcmp(in.p, begin, in.n < sizeof(begin) ? in.n : sizeof(begin)) == 0;
}

/* "1.1 200 OK", or without a reason "1.1 200". */
static enum h1_event read_status(struct h1_parser *p, struct str line, size_t line_at)
{
    struct str rest = str_slice(line, strlen("HTTP/"), line.n);
    const char *c = rest.p;
    bool is_short = rest.n >= 2 && is_digit(c[0]) && c[1] == ' '; // "2 200"
    if (!is_short && (rest.n < 3 || !is_digit(c[0]) || c[1] != '.' || !is_digit(c[2])))
        return bad_status(p, "the version of HTTP is none");
    if (is_short || c[0] != '1' || c[2] > '1') {
        p->version = (unsigned)((c[0] - '0') * 10 + (is_short ? 0 : c[2] - '0'));
        return bad_status(p, NULL);
    }
    bool is_status = rest.n >= 7 && c[3] == ' ' && c[4] >= '1' && is_digit(c[4]) &&
                     is_digit(c[5]) && is_digit(c[6]) && (rest.n == 7 || c[7] == ' ');
    if (!is_status)
        return bad_status(p, "Unsupported response code in HTTP response");
    struct str reason = str_trim(str_slice(rest, 7, rest.n));
    p->is_http_1_0 = c[2] == '0';
    p->status = (c[4] - '0') * 100 + (c[5] - '0') * 10 + (c[6] - '0');
    p->reason_at = line_at + (size_t)(reason.p - line.p);
    p->reason_n = reason.n;
    p->state = H1_HEADERS;
    return H1_MORE;
}

/* --- headers ----------------------------------------------------------------------------------- */

/* RFC 9112 6.3: a length that can be read in two ways is read in none. */
static enum h1_event read_length(struct h1_parser *p, struct str value)
{
    uint64_t length = 0;
    size_t digits = 0;
    if (value.n == 0 || !is_digit(value.p[0]))
        return bad_header(p, "Invalid Content-Length: value");
    for (; digits < value.n && digits <= LENGTH_DIGITS_MAX && is_digit(value.p[digits]); digits++)
        length = length * 10 + (uint64_t)(value.p[digits] - '0');
    if (digits < value.n || digits > LENGTH_DIGITS_MAX)
        return bad_header(p, "Content-Length is no length");
    if (p->has_length && length != p->length)
        return bad_header(p, "Content-Length comes twice, and differs");
    p->has_length = true;
    p->length = length;
    return H1_MORE;
}

static enum h1_event read_coding(struct h1_parser *p, struct str value)
{
    if (p->is_chunked || !str_equal_nocase(value, STR("chunked")))
        return bad_header(p, "Transfer-Encoding is not chunked, once and alone");
    p->is_chunked = true;
    return H1_MORE;
}

static void read_connection(struct h1_parser *p, struct str value)
{
    while (value.n > 0) {
        struct str option = str_trim(str_cut(&value, ','));
        p->wants_close |= str_equal_nocase(option, STR("close"));
        p->wants_keep |= str_equal_nocase(option, STR("keep-alive"));
    }
}

/* Those that say how long the body is, and what becomes of the connection. */
static enum h1_event read_framing(struct h1_parser *p, struct str name, struct str value)
{
    switch (name.n) {
    case sizeof("Content-Length") - 1:
        if (str_equal_nocase(name, STR("Content-Length")))
            return read_length(p, value);
        break;
    case sizeof("Transfer-Encoding") - 1:
        if (str_equal_nocase(name, STR("Transfer-Encoding")))
            return read_coding(p, value);
        break;
    case sizeof("Connection") - 1:
        if (str_equal_nocase(name, STR("Connection")))
            read_connection(p, value);
        break;
    default:
        break;
    }
    return H1_MORE;
}

static bool is_blank_or_control(char c)
{
    return (unsigned char)c <= ' ' || c == '\x7f';
}

/* A name is what stands before the colon; blanks and control characters make two readers differ. Its
 * length; 0: there is none. */
static size_t name_length(struct str line)
{
    const char *p = line.p, *end = line.p + line.n;
#ifdef __SSE2__
    if (end - p >= BLOCK) {
        unsigned ends = bytes_up_to(p, ' ') | bytes_that_are(p, ':') | bytes_that_are(p, '\x7f');
        p += ends != 0 ? __builtin_ctz(ends) : BLOCK;
    }
#endif
    while (p < end && *p != ':' && !is_blank_or_control(*p))
        p++;
    return p < end && *p == ':' ? (size_t)(p - line.p) : 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct str trim_blanks(struct str s)
{
    const char *begin = s.p, *end = s.p + s.n;
    while (begin < end && is_blank(*begin))
        begin++;
    while (end > begin && is_blank(end[-1]))
        end--;
    return str_make(begin, (size_t)(end - begin));
}

/* A header or a trailer: the latter is checked like the former, and then left out. */
static enum h1_event read_header(struct h1_parser *p, const char *head, struct str line)
{
    if (line.p[0] == ' ' || line.p[0] == '\t')
        return bad_header(p, "a header goes on in the next line");
    struct str name = str_make(line.p, name_length(line));
    if (name.n == 0)
        return bad_header(p, memchr(line.p, ':', line.n) == NULL
                                 ? "Header without colon"
                                 : "a header's name is empty, or holds a blank");
    struct str value = trim_blanks(str_make(line.p + name.n + 1, line.n - name.n - 1));
    if (p->state == H1_TRAILERS)
        return H1_MORE;
    http_headers_add_row(&p->headers, (struct http_header_at){.name = (uint32_t)(name.p - head),
                                                              .name_n = (uint32_t)name.n,
                                                              .value = (uint32_t)(value.p - head),
                                                              .value_n = (uint32_t)value.n});
    return read_framing(p, name, value);
}

/* What is read next, once the head is there (RFC 9112 6.3). */
static enum h1_event end_head(struct h1_parser *p)
{
    bool is_bodiless =
        p->is_head || p->status == 204 || p->status == 304 || p->status < 200; // 101 alone
    if (p->has_length && p->is_chunked)
        return bad_header(p, "Content-Length and Transfer-Encoding come together");
    p->keeps_connection = p->status >= 200 && !p->wants_close &&
                          (!p->is_http_1_0 || (p->wants_keep && !p->is_chunked));
    p->left = 0;
    if (is_bodiless) {
        p->state = H1_DONE;
    } else if (p->is_chunked) {
        p->state = H1_CHUNK_LINE;
    } else if (p->has_length) {
        p->left = p->length;
        p->state = p->left > 0 ? H1_BODY : H1_DONE;
    } else {
        p->keeps_connection = false;
        p->state = H1_BODY_UNTIL_CLOSE;
    }
    return H1_HEAD;
}

/* 1xx but 101: what comes next is another head, of the same limits. */
static void begin_again(struct h1_parser *p)
{
    http_headers_clear(&p->headers);
    p->has_length = p->is_chunked = p->wants_close = p->wants_keep = false;
    p->state = H1_STATUS;
}

static void consume(struct h1_parser *p, struct str *in, size_t n)
{
    *in = str_make(in->p + n, in->n - n);
    p->at = p->scanned = 0;
}

/* With a line of so many bytes, or so many of one that isn't whole yet. */
static enum h1_event check_limits(struct h1_parser *p, size_t line_bytes)
{
    if (line_bytes > H1_LINE_LIMIT) // as if it had come byte by byte
        line_bytes = H1_LINE_LIMIT + 1;
    if (p->head_bytes + line_bytes > HTTP_HEAD_LIMIT)
        return too_large(p, "the headers are longer than 256 KB");
    if (line_bytes > H1_LINE_LIMIT)
        return too_large(p, "a header is too long");
    if (p->n_headers > HTTP_HEADERS_LIMIT)
        return too_large(p, "there are more than 1000 headers");
    return H1_MORE;
}

/* Lines until the empty one, which is left to the caller: H1_END. */
static enum h1_event read_lines(struct h1_parser *p, struct str in)
{
    struct str line;
    for (;;) {
        size_t begin = p->at;
        if (p->state == H1_STATUS && in.n > begin && !begins_well(str_slice(in, begin, in.n)))
            return bad_status(p, "the answer does not begin with HTTP/");
        enum line kind = next_line(p, in, &line);
        if (kind == LINE_PARTIAL)
            return check_limits(p, in.n - begin);
        bool is_header = line.n > 0 && p->state != H1_STATUS;
        p->n_headers += is_header;
        if (check_limits(p, p->at - begin) == H1_FAILED)
            return H1_FAILED;
        p->head_bytes += p->at - begin;
        if (kind != LINE_WHOLE)
            return p->state == H1_STATUS ? bad_status(p, why_bad(kind, line))
                                         : bad_header(p, why_bad(kind, line));
        if (line.n == 0 && p->state != H1_STATUS)
            return H1_END;
        enum h1_event event = is_header ? read_header(p, in.p, line) : read_status(p, line, begin);
        if (event == H1_FAILED)
            return event;
    }
}

/* Whether a head is known that the answer begins with: then it is read. */
static bool recall(struct h1_parser *p, struct str in)
{
    const struct h1_head *head = h1_heads_find(p->heads, in, &p->at, &p->headers);
    if (head == NULL)
        return false;
    p->status = head->status;
    p->is_http_1_0 = head->is_http_1_0;
    p->has_length = head->has_length;
    p->is_chunked = head->is_chunked;
    p->wants_close = head->wants_close;
    p->wants_keep = head->wants_keep;
    p->length = head->length;
    p->reason_at = head->reason_at;
    p->reason_n = head->reason_n;
    p->n_headers = head->n_headers;
    p->head_bytes = p->at;
    return true;
}

/* One that is all there is so far. */
static void remember(struct h1_parser *p, struct str block)
{
    struct h1_head head = {.status = p->status,
                           .is_http_1_0 = p->is_http_1_0,
                           .has_length = p->has_length,
                           .is_chunked = p->is_chunked,
                           .wants_close = p->wants_close,
                           .wants_keep = p->wants_keep,
                           .length = p->length,
                           .reason_at = p->reason_at,
                           .reason_n = p->reason_n,
                           .n_headers = p->n_headers};
    h1_heads_keep(p->heads, block, &head, &p->headers);
}

static enum h1_event read_head(struct h1_parser *p, struct str *in)
{
    bool is_fresh = p->heads != NULL && p->head_bytes == 0 && p->scanned == 0;
    bool is_known = is_fresh && recall(p, *in);
    for (;;) {
        enum h1_event event = is_known ? H1_END : read_lines(p, *in);
        if (event != H1_END)
            return event;
        p->reason = str_make(in->p + p->reason_at, p->reason_n);
        bool is_interim = p->status < 200 && p->status != 101;
        struct str block = str_make(in->p, p->at);
        if (is_fresh && !is_known && !is_interim && p->head_bytes == block.n)
            remember(p, block);
        http_headers_set_block(&p->headers, block);
        consume(p, in, p->at);
        if (!is_interim)
            return end_head(p);
        begin_again(p);
    }
}

/* --- the body ---------------------------------------------------------------------------------- */

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "1f", perhaps with blanks and extensions behind it, which say nothing to us. */
static enum h1_event read_chunk_length(struct h1_parser *p, struct str line)
{
    uint64_t length = 0;
    size_t digits = 0;
    for (; digits < line.n && hex_value(line.p[digits]) >= 0; digits++) {
        if (digits == CHUNK_DIGITS_MAX)
            return bad_chunk(p, "Too long hexadecimal number in chunked-encoding");
        length = length * 16 + (uint64_t)hex_value(line.p[digits]);
    }
    struct str rest = trim_blanks(str_slice(line, digits, line.n));
    if (digits == 0 || (rest.n > 0 && rest.p[0] != ';'))
        return bad_chunk(p, "Illegal or missing hexadecimal sequence in chunked-encoding");
    if (length > INT64_MAX)
        return bad_chunk(p, "Too long hexadecimal number in chunked-encoding");
    p->left = length;
    p->state = length > 0 ? H1_CHUNK : H1_TRAILERS;
    return H1_MORE;
}

static enum h1_event read_chunk_line(struct h1_parser *p, struct str *in)
{
    struct str line;
    enum line kind = next_line(p, *in, &line);
    if ((kind == LINE_PARTIAL ? in->n : p->at) > H1_CHUNK_LINE_LIMIT)
        return bad_chunk(p, "the extensions of a chunk are longer than 4 KB");
    if (kind == LINE_PARTIAL)
        return H1_MORE;
    if (kind != LINE_WHOLE)
        return bad_chunk(p, kind == LINE_BARE || memchr(line.p, '\0', line.n) == NULL
                                ? why_bad(kind, line)
                                : "NUL in the line of a chunk's length");
    if (read_chunk_length(p, line) == H1_FAILED)
        return H1_FAILED;
    consume(p, in, p->at);
    return H1_END;
}

static enum h1_event read_chunk_end(struct h1_parser *p, struct str *in)
{
    if (in->n > 0 && (in->p[0] != '\r' || (in->n > 1 && in->p[1] != '\n')))
        return bad_chunk(p, "Malformed encoding found in chunked-encoding");
    if (in->n < 2)
        return H1_MORE;
    consume(p, in, 2);
    p->state = H1_CHUNK_LINE;
    return H1_END;
}

/* A piece of what has a length: all of the body, or a chunk. */
static enum h1_event read_piece(struct h1_parser *p, struct str *in, struct str *piece,
                                enum h1_state next)
{
    size_t n = in->n < p->left ? in->n : (size_t)p->left;
    if (n == 0)
        return H1_MORE;
    *piece = str_make(in->p, n);
    consume(p, in, n);
    p->received += n;
    p->left -= n;
    if (p->left == 0)
        p->state = next;
    return H1_PIECE;
}

static enum h1_event read_trailers(struct h1_parser *p, struct str *in)
{
    enum h1_event event = read_lines(p, *in);
    if (event == H1_FAILED)
        return event;
    // Nothing is wanted of them: each goes as soon as it is read.
    consume(p, in, p->at);
    if (event == H1_MORE)
        p->scanned = in->n;
    else
        p->state = H1_DONE;
    return event;
}

enum h1_event h1_parser_next(struct h1_parser *p, struct str *in, struct str *piece)
{
    for (;;) {
        enum h1_event event = H1_END;
        switch (p->state) {
        case H1_STATUS:
        case H1_HEADERS:
            return read_head(p, in);
        case H1_BODY:
            return read_piece(p, in, piece, H1_DONE);
        case H1_CHUNK:
            return read_piece(p, in, piece, H1_CHUNK_END);
        case H1_BODY_UNTIL_CLOSE:
            p->left = UINT64_MAX;
            return read_piece(p, in, piece, H1_BODY_UNTIL_CLOSE);
        case H1_TRAILERS:
            return read_trailers(p, in);
        case H1_DONE:
            return H1_END;
        case H1_CHUNK_LINE:
            event = read_chunk_line(p, in);
            break;
        case H1_CHUNK_END:
            event = read_chunk_end(p, in);
            break;
        }
        if (event != H1_END)
            return event;
    }
}

enum h1_event h1_parser_close(struct h1_parser *p)
{
    if (p->state == H1_DONE || p->state == H1_BODY_UNTIL_CLOSE) {
        p->state = H1_DONE;
        return H1_END;
    }
    return fail(p, h1_parser_has_begun(p) ? HTTP_INCOMPLETE : HTTP_CLOSED, NULL, NULL);
}

static void add_incomplete(const struct h1_parser *p, struct buf *out)
{
    buf_addf(out, "IncompleteRead(%" PRIu64 " bytes read", p->received);
    if (p->state == H1_BODY)
        buf_addf(out, ", %" PRIu64 " more expected", p->left);
    buf_add_char(out, ')');
}

void h1_parser_add_failure(const struct h1_parser *p, struct buf *out)
{
    if (p->failure == HTTP_CLOSED) {
        http_failure_add_closed(out);
    } else if (p->failure == HTTP_INCOMPLETE) {
        add_incomplete(p, out);
    } else if (p->failure_text != NULL) {
        http_failure_add_named(out, p->failure_name, str_of(p->failure_text));
    } else {
        buf_addf(out, "BadStatusLine('Unsupported HTTP version (%u.%u) in response')",
                 p->version / 10, p->version % 10);
    }
}
