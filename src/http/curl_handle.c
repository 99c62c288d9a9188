/*
 * curl_handle -- one easy handle: what it is set to, and what comes of its transfer.
 */
// SPDX-License-Identifier: MIT
#include "http/curl_handle.h"

#include "base/mem.h"
#include "http/curl_failure.h"
#include "loop/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define IDLE_LIMIT_S (24 * 3600L) /* libcurl's own would end idle connections after 118 s */
#define CONNECT_NONE_MS (24 * 3600 * 1000L)
#define CONNECT_DEFAULT_MS (300 * 1000L) /* libcurl's, where it isn't told otherwise */

/*
 * libcurl takes a buffer for each transfer under way. A small one comes from malloc's fast lists, and
 * ten thousand of them fit the caches; a large answer would be read in many small pieces with it, and
 * over HTTP/2 it could come to a stop: libcurl 7.88 keeps frames that it has read, and waits for more.
 */
#define BUFFER_SMALL 1024L
#define BUFFER_LARGE 16384L
#define FITTING_FIRST 4   /* answers that show that a user's are small */
#define FITTING_AGAIN 100 /* once one was not */

static size_t on_header(char *line, size_t size, size_t n, void *self);
static size_t on_body(char *p, size_t size, size_t n, void *self);
static int on_connected(void *self, char *ip, char *local_ip, int port, int local_port);

/* What is the same for all transfers. */
static void set_constants(struct curl_handle *h)
{
    CURL *e = h->easy;
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_PRIVATE, (void *)h);
    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, h->error);
    curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(e, CURLOPT_HEADERDATA, h);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, h);
    curl_easy_setopt(e, CURLOPT_PREREQFUNCTION, on_connected);
    curl_easy_setopt(e, CURLOPT_PREREQDATA, h);
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(e, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(e, CURLOPT_NOPROXY, ""); // else the environment would be asked
    curl_easy_setopt(e, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(e, CURLOPT_DNS_CACHE_TIMEOUT, -1L); // names are the resolver's
    curl_easy_setopt(e, CURLOPT_MAXAGE_CONN, IDLE_LIMIT_S);
    curl_easy_setopt(e, CURLOPT_MAXLIFETIME_CONN, 0L);
    h->fitting_wanted = FITTING_FIRST;
}

int curl_handle_init(struct curl_handle *h, const struct loop *loop)
{
    *h = (struct curl_handle){.loop = loop, .easy = curl_easy_init()};
    if (h->easy == NULL)
        return -1;
    set_constants(h);
    return 0;
}

static void release_settings(struct curl_handle *h)
{
    free((char *)h->settings.ca_file);
    free((char *)h->settings.cert_file);
    free((char *)h->settings.key_file);
    free((char *)h->settings.proxy);
    h->settings = (struct http_settings){.verify = false};
    h->has_settings = false;
}

static void release_resolve(struct curl_handle *h)
{
    for (size_t i = 0; i < 2; i++) {
        free(h->resolve_lines[i]);
        h->resolve_lines[i] = NULL;
    }
}

void curl_handle_clear(struct curl_handle *h)
{
    h->spec = NULL;
    http_headers_release(&h->head.headers);
    release_resolve(h);
}

/* All but the easy handle. */
static void release_rest(struct curl_handle *h)
{
    curl_handle_clear(h);
    release_settings(h);
    curl_address_release(&h->address);
    free(h->custom_method);
    curl_body_release(&h->body);
    free(h->lines);
    curl_head_release(&h->head);
    buf_release(&h->empty_lines);
}

void curl_handle_release(struct curl_handle *h)
{
    curl_easy_cleanup(h->easy);
    release_rest(h);
}

void curl_handle_reset(struct curl_handle *h)
{
    CURL *easy = h->easy;
    const struct loop *loop = h->loop;
    curl_easy_reset(easy);
    release_rest(h);
    *h = (struct curl_handle){.loop = loop, .easy = easy};
    set_constants(h);
}

static bool is_same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static char *copy_of(const char *s)
{
    return s == NULL ? NULL : xstrdup(s);
}

/*
 * A store of certificates takes milliseconds to read. libcurl reads it once for all connections if
 * it comes from one file and from no folder.
 */
static void set_verify(CURL *e, const struct http_settings *s)
{
    const char *file = s->ca_file != NULL ? s->ca_file : curl_version_info(CURLVERSION_NOW)->cainfo;
    curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, s->verify ? 1L : 0L);
    curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, s->verify ? 2L : 0L);
    if (file != NULL)
        curl_easy_setopt(e, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(e, CURLOPT_CAINFO, s->verify ? file : NULL);
}

static long version_of(enum http_version version)
{
    switch (version) {
    case HTTP_VERSION_1_0:
        return CURL_HTTP_VERSION_1_0;
    case HTTP_VERSION_2:
        return CURL_HTTP_VERSION_2TLS;
    case HTTP_VERSION_2_PRIOR:
        return CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
    default:
        return CURL_HTTP_VERSION_1_1;
    }
}

static bool is_http2(const struct http_settings *s)
{
    return s->version == HTTP_VERSION_2 || s->version == HTTP_VERSION_2_PRIOR;
}

bool curl_handle_speaks_http2(const struct curl_handle *h)
{
    return is_http2(h->spec->settings);
}

/* libcurl 7.88.0 and 7.88.1 begin HTTP/2 once more on a connection that speaks it by prior knowledge
 * already (curl's issue 10634): there each request needs its own. */
static bool can_reuse(const struct http_settings *s)
{
    unsigned version = curl_version_info(CURLVERSION_NOW)->version_num;
    return s->version != HTTP_VERSION_2_PRIOR || version < 0x075800 || version > 0x075801;
}

static bool are_same(const struct http_settings *a, const struct http_settings *b)
{
    return a->verify == b->verify && a->version == b->version && is_same(a->ca_file, b->ca_file) &&
           is_same(a->cert_file, b->cert_file) && is_same(a->key_file, b->key_file) &&
           is_same(a->proxy, b->proxy);
}

static void set_settings(struct curl_handle *h, const struct http_settings *s)
{
    CURL *e = h->easy;
    if (h->has_settings && are_same(&h->settings, s))
        return;
    release_settings(h);
    h->settings = *s;
    h->settings.ca_file = copy_of(s->ca_file);
    h->settings.cert_file = copy_of(s->cert_file);
    h->settings.key_file = copy_of(s->key_file);
    h->settings.proxy = copy_of(s->proxy);
    h->has_settings = true;
    set_verify(e, s);
    curl_easy_setopt(e, CURLOPT_SSLCERT, s->cert_file);
    curl_easy_setopt(e, CURLOPT_SSLKEY, s->key_file);
    curl_easy_setopt(e, CURLOPT_PROXY, s->proxy != NULL ? s->proxy : "");
    curl_easy_setopt(e, CURLOPT_HTTP_VERSION, version_of(s->version));
    curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, can_reuse(s) ? 0L : 1L);
    // Requests side by side share a connection, as a browser's do, rather than making one each.
    curl_easy_setopt(e, CURLOPT_PIPEWAIT, is_http2(s) ? 1L : 0L);
}

static bool wants_close(const struct http_headers *headers)
{
    struct str value;
    if (!http_headers_get(headers, STR("Connection"), &value))
        return false;
    while (value.n > 0) {
        if (str_equal_nocase(str_trim(str_cut(&value, ',')), STR("close")))
            return true;
    }
    return false;
}

/* Whether the connection ends with this answer: libcurl does not look at what our headers ask for. */
static void set_reuse(struct curl_handle *h)
{
    const struct http_settings *s = h->spec->settings;
    bool forbids = !can_reuse(s) || s->version == HTTP_VERSION_1_0 || wants_close(h->spec->headers);
    if (forbids != h->forbids_reuse)
        curl_easy_setopt(h->easy, CURLOPT_FORBID_REUSE, forbids ? 1L : 0L);
    h->forbids_reuse = forbids;
}

static void set_buffer(struct curl_handle *h)
{
    bool is_small = h->fitting >= h->fitting_wanted && !is_http2(h->spec->settings);
    if (is_small != h->has_small_buffer)
        curl_easy_setopt(h->easy, CURLOPT_BUFFERSIZE, is_small ? BUFFER_SMALL : BUFFER_LARGE);
    h->has_small_buffer = is_small;
}

/* What the next answer's buffer should be, from this one. */
static void learn_size(struct curl_handle *h)
{
    if (h->head.bytes + h->received <= BUFFER_SMALL) {
        h->fitting++;
    } else {
        h->fitting = 0;
        h->fitting_wanted = FITTING_AGAIN;
    }
}

static void set_custom_method(struct curl_handle *h, struct str method)
{
    if (str_equal(str_of(h->custom_method), method))
        return;
    free(h->custom_method);
    h->custom_method = method.n == 0 ? NULL : str_dup(method);
    curl_easy_setopt(h->easy, CURLOPT_CUSTOMREQUEST, h->custom_method);
}

/* All methods but GET and HEAD say how long their body is, if only that there is none (as requests
 * does; RFC 9110 8.6 wants it of those that usually have one). */
static void set_method(struct curl_handle *h, const struct transfer_spec *spec)
{
    CURL *e = h->easy;
    bool is_get = str_equal(spec->method, STR("GET")),
         is_head = str_equal(spec->method, STR("HEAD"));
    enum curl_method method = is_head                     ? CURL_METHOD_HEAD
                              : is_get && !spec->has_body ? CURL_METHOD_GET
                                                          : CURL_METHOD_BODY;
    if (method != h->method) {
        if (method == CURL_METHOD_GET)
            curl_easy_setopt(e, CURLOPT_HTTPGET, 1L);
        else if (method == CURL_METHOD_HEAD)
            curl_easy_setopt(e, CURLOPT_NOBODY, 1L);
        else
            curl_easy_setopt(e, CURLOPT_POST, 1L);
        h->method = method;
    }
    if (method == CURL_METHOD_BODY) {
        const char *bytes = spec->body.n > 0 ? spec->body.p : "";
        curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)transfer_body_length(spec));
        curl_easy_setopt(e, CURLOPT_POSTFIELDS, spec->source == NULL ? bytes : NULL);
    }
    curl_body_set(&h->body, e, spec->source);
    bool is_usual = method != CURL_METHOD_BODY || str_equal(spec->method, STR("POST"));
    set_custom_method(h, is_usual ? STR_EMPTY : spec->method);
}

static void add_line(struct curl_handle *h, size_t *n, const char *line)
{
    h->lines[*n].data = (char *)line; // libcurl only reads it
    h->lines[*n].next = NULL;
    if (*n > 0)
        h->lines[*n - 1].next = &h->lines[*n];
    (*n)++;
}

/* libcurl takes "Name:" for a header that is not to be sent, and "Name;" for one without a value. */
static void add_empty_lines(struct curl_handle *h, const struct http_headers *headers)
{
    size_t needed = 0;
    for (size_t i = 0; i < headers->n; i++)
        needed += headers->all[i].value_n == 0 ? headers->all[i].name_n + 2u : 0;
    buf_clear(&h->empty_lines);
    if (needed == 0)
        return;
    buf_reserve(&h->empty_lines, needed); // so that the lines stay where they are
    for (size_t i = 0; i < headers->n; i++) {
        if (headers->all[i].value_n > 0)
            continue;
        buf_add_str(&h->empty_lines, http_headers_name(headers, i));
        buf_add(&h->empty_lines, ";", 2);
    }
}

/* The request's own headers, and a no to those which libcurl would add by itself; the last two only
 * with a body. */
static void set_headers(struct curl_handle *h, const struct http_headers *headers)
{
    static const struct {
        struct str name;
        const char *none;
    } unwanted[] = {{{"Accept", 6}, "Accept:"},
                    {{"Content-Type", 12}, "Content-Type:"},
                    {{"Expect", 6}, "Expect:"}};
    const size_t n_unwanted =
        h->method == CURL_METHOD_BODY ? sizeof(unwanted) / sizeof(*unwanted) : 1;
    size_t n = 0;
    if (headers->n + n_unwanted > h->lines_capacity) {
        h->lines_capacity = headers->n + n_unwanted;
        h->lines = xreallocarray(h->lines, h->lines_capacity, sizeof *h->lines);
    }
    add_empty_lines(h, headers);
    const char *empty = h->empty_lines.p;
    for (size_t i = 0; i < headers->n; i++) {
        if (headers->all[i].value_n > 0) {
            add_line(h, &n, http_headers_line(headers, i));
        } else {
            add_line(h, &n, empty);
            empty += headers->all[i].name_n + 2u;
        }
    }
    for (size_t i = 0; i < n_unwanted; i++) {
        if (!http_headers_has(headers, unwanted[i].name))
            add_line(h, &n, unwanted[i].none);
    }
    curl_easy_setopt(h->easy, CURLOPT_HTTPHEADER, h->lines);
}

static void set_resolve(struct curl_handle *h, const char *const lines[2])
{
    struct curl_slist *list = NULL;
    release_resolve(h);
    for (size_t i = 2; i > 0; i--) {
        if (lines[i - 1] == NULL)
            continue;
        h->resolve_lines[i - 1] = xstrdup(lines[i - 1]);
        h->resolve[i - 1] = (struct curl_slist){.data = h->resolve_lines[i - 1], .next = list};
        list = &h->resolve[i - 1];
    }
    if (list != NULL)
        curl_easy_setopt(h->easy, CURLOPT_RESOLVE, list);
}

/*
 * Limits are kept by the transport's own timer. libcurl is told only where it must know: when it has
 * several addresses, and divides the time among them, and where we wait longer than it would.
 */
static void set_connect_limit(struct curl_handle *h, bool has_several_addresses)
{
    double limit_s = h->spec->settings->connect_s;
    long ms = limit_s > 0 && limit_s * 1e3 < CONNECT_NONE_MS ? (long)(limit_s * 1e3) + 1
                                                             : CONNECT_NONE_MS;
    if (!has_several_addresses && ms <= CONNECT_DEFAULT_MS)
        ms = 0;
    if (ms != h->connect_ms)
        curl_easy_setopt(h->easy, CURLOPT_CONNECTTIMEOUT_MS, ms);
    h->connect_ms = ms;
}

const char *curl_handle_prepare(struct curl_handle *h, const struct transfer_spec *spec,
                                const struct transfer_sink *sink, const char *const lines[2],
                                bool has_several_addresses)
{
    h->spec = spec;
    h->sink = *sink;
    h->was_sent = h->was_retried = false;
    h->is_held = h->is_paused = false;
    h->open_errno = 0;
    h->was_opened = false;
    h->no_source = NULL;
    h->is_stopped = false;
    h->sent_ns = h->first_ns = 0;
    h->received = 0;
    curl_head_begin(&h->head, is_http2(spec->settings));
    h->error[0] = '\0';
    set_settings(h, spec->settings);
    set_reuse(h);
    set_method(h, spec);
    set_headers(h, spec->headers);
    set_resolve(h, lines);
    set_connect_limit(h, has_several_addresses);
    set_buffer(h);
    return curl_address_set(&h->address, h->easy, spec);
}

static bool may_send_twice(const struct curl_handle *h)
{
    static const char *const safe[] = {"GET", "HEAD", "OPTIONS", "TRACE"};
    for (size_t i = 0; is_http2(h->spec->settings) && i < sizeof(safe) / sizeof(*safe); i++) {
        if (str_equal(h->spec->method, str_of(safe[i])))
            return true;
    }
    return false;
}

/* The connection broke while it was idle, which the first write told. */
static bool has_sent_nothing(const struct curl_handle *h)
{
    long bytes = 0;
    return curl_easy_getinfo(h->easy, CURLINFO_REQUEST_SIZE, &bytes) == CURLE_OK && bytes == 0;
}

bool curl_handle_may_send(struct curl_handle *h)
{
    if (!h->was_sent || may_send_twice(h) || has_sent_nothing(h))
        return true;
    h->was_retried = true;
    return false;
}

static int on_connected(void *self, char *ip, char *local_ip, int port, int local_port)
{
    struct curl_handle *h = self;
    (void)ip;
    (void)local_ip;
    (void)port;
    (void)local_port;
    if (!curl_handle_may_send(h))
        return CURL_PREREQFUNC_ABORT;
    h->was_sent = true;
    h->active_ns = loop_now_ns(h->loop);
    h->sent_ns = clock_now_ns(loop_clock(h->loop));
    return CURL_PREREQFUNC_OK;
}

static size_t on_header(char *p, size_t size, size_t n, void *self)
{
    struct curl_handle *h = self;
    struct curl_head *head = &h->head;
    bool was_whole = head->is_whole;
    h->active_ns = loop_now_ns(h->loop);
    if (h->first_ns == 0)
        h->first_ns = clock_now_ns(loop_clock(h->loop));
    if (!curl_head_add(head, str_make(p, n * size)))
        return 0;
    if (head->is_whole && !was_whole)
        h->sink.head(h->sink.self, head->status, buf_slice(&head->reason), &head->headers);
    return n * size;
}

static size_t on_body(char *p, size_t size, size_t n, void *self)
{
    struct curl_handle *h = self;
    struct str piece = str_make(p, n * size);
    if (h->is_held) {
        h->is_paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    h->active_ns = loop_now_ns(h->loop);
    h->received += piece.n;
    if (!h->sink.body(h->sink.self, piece)) {
        h->is_stopped = true;
        return CURL_WRITEFUNC_ERROR;
    }
    return piece.n;
}

/* A turn's time is that of its beginning, which may be before what came in it. */
uint64_t curl_handle_last_ns(const struct curl_handle *h)
{
    return h->active_ns > h->first_ns ? h->active_ns : h->first_ns;
}

static double ns_between(uint64_t from_ns, uint64_t to_ns)
{
    return to_ns > from_ns ? ns_to_ms(to_ns - from_ns) : 0;
}

static double ms_between(curl_off_t from_us, curl_off_t to_us)
{
    return to_us > from_us ? (double)(to_us - from_us) / 1e3 : 0;
}

static bool has_answer(const struct curl_handle *h, CURLcode code)
{
    return h->head.bytes > 0 || code == CURLE_WEIRD_SERVER_REPLY ||
           code == CURLE_UNSUPPORTED_PROTOCOL;
}

/* A reset comes of a connection that stood, even where libcurl never saw it stand. */
static bool was_reset_at_once(const struct curl_handle *h, CURLcode code)
{
    long os_errno = 0;
    return code == CURLE_COULDNT_CONNECT && h->was_opened && !h->was_sent &&
           curl_easy_getinfo(h->easy, CURLINFO_OS_ERRNO, &os_errno) == CURLE_OK &&
           os_errno == ECONNRESET;
}

/* libcurl's own time of the first byte is after the write, and with a large body that of its first one. */
static void read_timings(struct curl_handle *h, CURLcode code, uint64_t end_ns,
                         struct transfer_timings *t)
{
    CURL *e = h->easy;
    bool was_reset = was_reset_at_once(h, code);
    curl_off_t name = 0, connected = 0, secured = 0;
    if (h->was_opened) {
        curl_easy_getinfo(e, CURLINFO_NAMELOOKUP_TIME_T, &name);
        curl_easy_getinfo(e, was_reset ? CURLINFO_TOTAL_TIME_T : CURLINFO_CONNECT_TIME_T,
                          &connected);
        curl_easy_getinfo(e, CURLINFO_APPCONNECT_TIME_T, &secured);
        t->connect = ms_between(name, connected);
        t->tls = ms_between(connected, secured);
    }
    if (has_answer(h, code)) {
        uint64_t first_ns = h->first_ns != 0 ? h->first_ns : end_ns;
        t->wait = ns_between(h->sent_ns, first_ns);
        t->receive = ns_between(first_ns, end_ns);
    }
}

/* What ended a transfer that we stopped ourselves. */
static bool add_own_failure(struct curl_handle *h, struct transfer_end *end, struct buf *text)
{
    if (h->head.failure != HTTP_OK) {
        buf_add_str(text, buf_slice(&h->head.text));
        end->failure = h->head.failure;
    } else if (h->body.why != NULL) {
        http_failure_add_named(text, "RequestError", str_of(h->body.why));
        end->failure = HTTP_SEND;
    } else if (h->is_stopped) {
        buf_add_cstr(text, "RequestError('stopped')");
        end->failure = HTTP_OTHER;
    } else {
        return false;
    }
    return true;
}

/* 101 is an answer without a body; libcurl, which asked for no other protocol, waits for one. */
static bool has_switched(const struct curl_handle *h)
{
    return h->head.status == 101 && h->received == 0;
}

void curl_handle_end(struct curl_handle *h, CURLcode code, double elapsed_s,
                     struct transfer_end *end, struct buf *text)
{
    read_timings(h, code, end->end_ns, &end->timings);
    learn_size(h);
    end->was_sent = h->was_sent;
    end->failure = HTTP_OK;
    bool is_well = h->head.is_whole && (code == CURLE_OK || has_switched(h));
    if (add_own_failure(h, end, text) || is_well)
        return;
    if (code == CURLE_OK)
        code = CURLE_GOT_NOTHING;
    long os_errno = 0;
    curl_off_t expected = -1;
    curl_easy_getinfo(h->easy, CURLINFO_OS_ERRNO, &os_errno);
    curl_easy_getinfo(h->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &expected);
    struct curl_outcome outcome = {.code = code,
                                   .text = h->error,
                                   .os_errno = (int)os_errno,
                                   .open_errno = h->open_errno,
                                   .no_source = h->was_opened ? NULL : h->no_source,
                                   .was_sent = h->was_sent,
                                   .was_retried = h->was_retried,
                                   .has_proxy = h->spec->settings->proxy != NULL,
                                   .has_head = h->head.bytes > 0,
                                   .received = h->received,
                                   .expected = expected,
                                   .connect_s = h->spec->settings->connect_s,
                                   .settings = h->spec->settings,
                                   .elapsed_s = elapsed_s};
    end->failure = curl_failure_add(text, &outcome);
}
