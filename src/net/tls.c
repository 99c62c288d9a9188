/*
 * tls -- TLS for net/stream, by OpenSSL.
 *
 * The library reads and writes the socket through a BIO of ours, which knows three things that its
 * own does not tell: that the socket is empty (so that a small answer costs one read), which errno
 * ended it, and that the peer closed without a goodbye.
 */
// SPDX-License-Identifier: MIT
#include "net/tls.h"

#include "base/mem.h"
#include "net/addr.h"
#include "net/idn.h"
#include "net/socket_calls.h"
#include "net/tls_tickets.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#define NAME_MAX_BYTES 255

struct tls_context {
    SSL_CTX *ssl;
    BIO_METHOD *bio;
};

struct tls {
    SSL *ssl;
    int fd;
    bool is_dry;    /* the socket was empty, and no event came since */
    bool is_eof;    /* it was closed */
    bool is_broken; /* nothing more may be said on it */
    int os_errno;   /* what ended it; 0: nothing */
    struct tls_context *context;
    struct tls_tickets *tickets;
    char peer[]; /* name:port, under which its ticket is kept */
};

/* ---- The socket, as the library sees it. ---- */

static int on_bio_read(BIO *bio, char *into, int n)
{
    struct tls *t = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (t->is_dry) {
        BIO_set_retry_read(bio);
        return -1;
    }
    ssize_t got = socket_recv(t->fd, into, (size_t)n);
    if (got > 0) {
        t->is_dry = got < n;
        return (int)got;
    }
    if (got == 0) {
        t->is_eof = true;
        return 0;
    }
    if (errno == EAGAIN || errno == EINTR) {
        t->is_dry = errno == EAGAIN;
        BIO_set_retry_read(bio);
    } else {
        t->os_errno = errno;
    }
    return -1;
}

static int on_bio_write(BIO *bio, const char *p, int n)
{
    struct tls *t = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    ssize_t gone = socket_send(t->fd, p, (size_t)n);
    if (gone >= 0)
        return (int)gone;
    if (errno == EAGAIN || errno == EINTR)
        BIO_set_retry_write(bio);
    else
        t->os_errno = errno;
    return -1;
}

static long on_bio_ctrl(BIO *bio, int command, long number, void *p)
{
    const struct tls *t = BIO_get_data(bio);
    (void)number;
    (void)p;
    switch (command) {
    case BIO_CTRL_FLUSH:
        return 1;
    case BIO_CTRL_EOF:
        return t->is_eof;
    default:
        return 0;
    }
}

static BIO_METHOD *new_bio_method(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "katydid socket");
    if (method == NULL)
        return NULL;
    BIO_meth_set_read(method, on_bio_read);
    BIO_meth_set_write(method, on_bio_write);
    BIO_meth_set_ctrl(method, on_bio_ctrl);
    return method;
}

/* ---- What connections share. ---- */

/* Why the library's last call failed: what it met first is the cause. */
static const char *reason(void)
{
    unsigned long code = ERR_peek_error();
    const char *text = ERR_SYSTEM_ERROR(code) ? strerrordesc_np(ERR_GET_REASON(code))
                                              : ERR_reason_error_string(code);
    ERR_clear_error();
    return text != NULL ? text : "unknown reason";
}

/* A key that is encrypted can't be asked for on a terminal that shows the progress. */
static int no_password(char *into, int n, int is_for_writing, void *self)
{
    (void)into;
    (void)n;
    (void)is_for_writing;
    (void)self;
    return -1;
}

static int use_trusted(SSL_CTX *ssl, const struct tls_settings *settings, struct err *err)
{
    SSL_CTX_set_verify(ssl, settings->verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
    if (!settings->verify)
        return 0;
    if (settings->ca_file == NULL) {
        if (SSL_CTX_set_default_verify_paths(ssl) != 1)
            return err_set(err, "can't read the system's certificates: %s", reason());
    } else if (SSL_CTX_load_verify_file(ssl, settings->ca_file) != 1) {
        return err_set(err, "can't read certificates to trust from '%s': %s", settings->ca_file,
                       reason());
    }
    return 0;
}

static int use_own(SSL_CTX *ssl, const struct tls_settings *settings, struct err *err)
{
    const char *cert = settings->cert_file;
    const char *key = settings->key_file != NULL ? settings->key_file : cert;
    if (cert == NULL && key != NULL)
        return err_set(err, "the key '%s' needs a certificate", key);
    if (cert == NULL)
        return 0;
    SSL_CTX_set_default_passwd_cb(ssl, no_password);
    if (SSL_CTX_use_certificate_chain_file(ssl, cert) != 1)
        return err_set(err, "can't read a certificate from '%s': %s", cert, reason());
    if (SSL_CTX_use_PrivateKey_file(ssl, key, SSL_FILETYPE_PEM) != 1)
        return err_set(err, "can't read the certificate's key from '%s': %s", key, reason());
    return 0;
}

static int use_alpn(SSL_CTX *ssl, const char *alpn, struct err *err)
{
    unsigned char list[256];
    size_t n = alpn != NULL ? strlen(alpn) : 0;
    if (n == 0)
        return 0;
    if (n > 255)
        return err_set(err, "the name of a protocol (ALPN) is longer than 255 bytes");
    list[0] = (unsigned char)n;
    memcpy(list + 1, alpn, n);
    if (SSL_CTX_set_alpn_protos(ssl, list, (unsigned)n + 1) != 0)
        return err_set(err, "can't offer the protocol '%s': %s", alpn, reason());
    return 0;
}

static int on_session(SSL *ssl, SSL_SESSION *session)
{
    const struct tls *t = SSL_get_app_data(ssl);
    if (t->tickets == NULL || !SSL_SESSION_is_resumable(session))
        return 0;
    tls_tickets_keep(t->tickets, t->context->ssl, t->peer, session);
    return 1; // it is ours
}

/* Buffers only while they hold something; all that has come by one read; no renegotiation, so that
 * a write never waits for a read. A close without a goodbye is no error to the library, which would
 * forget the session; the BIO knows of it. */
static void set_up(SSL_CTX *ssl)
{
    SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                              SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_read_ahead(ssl, 1);
    SSL_CTX_set_options(ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ssl, on_session);
}

struct tls_context *tls_context_new(const struct tls_settings *settings, struct err *err)
{
    struct tls_context *context = xcalloc(1, sizeof(*context));
    ERR_clear_error();
    context->ssl = SSL_CTX_new(TLS_client_method());
    context->bio = new_bio_method();
    if (context->ssl == NULL || context->bio == NULL) {
        err_set(err, "can't prepare TLS: %s", reason());
        goto failed;
    }
    set_up(context->ssl);
    if (use_trusted(context->ssl, settings, err) < 0 || use_own(context->ssl, settings, err) < 0 ||
        use_alpn(context->ssl, settings->alpn, err) < 0)
        goto failed;
    return context;
failed:
    tls_context_free(context);
    return NULL;
}

void tls_context_free(struct tls_context *context)
{
    if (context == NULL)
        return;
    SSL_CTX_free(context->ssl);
    BIO_meth_free(context->bio);
    free(context);
}

/* ---- One connection. ---- */

/* Whom the certificate must name, and, but for addresses, who is asked for (RFC 6066 3): ASCII. */
static bool set_ascii_name(struct tls *t, struct str name)
{
    char text[NAME_MAX_BYTES + 1];
    if (name.n > 0 && name.p[name.n - 1] == '.')
        name.n--;
    if (name.n == 0 || name.n > NAME_MAX_BYTES || memchr(name.p, '\0', name.n) != NULL)
        return false;
    memcpy(text, name.p, name.n);
    text[name.n] = '\0';
    if (addr_is_literal(name))
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(t->ssl), text) == 1;
    SSL_set_hostflags(t->ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set1_host(t->ssl, text) == 1 && SSL_set_tlsext_host_name(t->ssl, text) == 1;
}

static bool set_name(struct tls *t, struct str name)
{
    struct buf room = BUF_INIT;
    bool is_set = idn_host(&name, &room) == 0 && set_ascii_name(t, name);
    buf_release(&room);
    return is_set;
}

struct tls *tls_new(struct tls_context *context, struct tls_tickets *tickets, struct str name,
                    uint16_t port)
{
    size_t room = name.n + sizeof(":65535");
    struct tls *t = xcalloc(1, sizeof(*t) + room);
    t->context = context;
    t->tickets = tickets;
    t->fd = -1;
    snprintf(t->peer, room, "%.*s:%u", STR_ARG(name), port);
    t->ssl = SSL_new(context->ssl);
    BIO *bio = BIO_new(context->bio);
    if (t->ssl == NULL || bio == NULL)
        BUG("no memory for TLS");
    BIO_set_data(bio, t);
    BIO_set_init(bio, 1);
    SSL_set_bio(t->ssl, bio, bio);
    SSL_set_app_data(t->ssl, t);
    SSL_set_connect_state(t->ssl);
    t->is_broken = !set_name(t, name);
    SSL_SESSION *session =
        tickets != NULL ? tls_tickets_find(tickets, context->ssl, t->peer) : NULL;
    if (session != NULL)
        SSL_set_session(t->ssl, session);
    return t;
}

void tls_free(struct tls *t)
{
    if (t == NULL)
        return;
    ERR_clear_error();
    if (t->fd >= 0 && !t->is_broken && SSL_is_init_finished(t->ssl))
        SSL_shutdown(t->ssl);
    else if (t->is_eof || t->os_errno != 0) // no reason to distrust the session
        SSL_set_shutdown(t->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    ERR_clear_error();
    SSL_free(t->ssl);
    free(t);
}

void tls_attach(struct tls *t, int fd)
{
    t->fd = fd;
    t->is_dry = true;
}

void tls_wake(struct tls *t)
{
    t->is_dry = false;
}

static void fill(struct stream_error *why, enum stream_failure failure, int code, const char *text)
{
    why->failure = failure;
    why->code = code;
    snprintf(why->text, sizeof(why->text), "%s", text);
}

static void fill_tls(struct tls *t, struct stream_error *why)
{
    static const char untrusted[] = "certificate verify failed";
    bool is_certificate = ERR_GET_REASON(ERR_peek_error()) == SSL_R_CERTIFICATE_VERIFY_FAILED;
    long result = SSL_get_verify_result(t->ssl);
    const char *text = reason();
    if (!is_certificate) {
        fill(why, STREAM_TLS, 0, text);
        return;
    }
    text = result == X509_V_ERR_HOSTNAME_MISMATCH || result == X509_V_ERR_IP_ADDRESS_MISMATCH
               ? "it is for another host name"
               : X509_verify_cert_error_string(result);
    why->failure = STREAM_TLS;
    why->code = 0;
    snprintf(why->text, sizeof(why->text), "%s: %s", untrusted, text);
}

static enum tls_status end(struct tls *t, int error, struct stream_error *why)
{
    if (error == SSL_ERROR_ZERO_RETURN && !t->is_eof) {
        fill(why, STREAM_CLOSED, 0, "the connection was closed");
        return TLS_ENDED; // a goodbye of ours can still go
    }
    t->is_broken = true;
    if (error == SSL_ERROR_SSL && !t->is_eof) { // what the peer says tells more than an errno
        fill_tls(t, why);
    } else if (t->os_errno != 0) {
        const char *text = strerrordesc_np(t->os_errno);
        fill(why, STREAM_ERRNO, t->os_errno, text != NULL ? text : "Unknown error");
    } else if (t->is_eof && SSL_is_init_finished(t->ssl)) {
        fill(why, STREAM_CLOSED, 1, "the connection was closed");
    } else {
        fill(why, STREAM_TLS, 0, "the connection was closed in the handshake");
    }
    ERR_clear_error();
    return TLS_ENDED;
}

/* What a call that did not succeed means. */
static enum tls_status status_of(struct tls *t, int rc, struct stream_error *why)
{
    int error = SSL_get_error(t->ssl, rc);
    if (error == SSL_ERROR_WANT_READ)
        return TLS_WANTS_READ;
    if (error == SSL_ERROR_WANT_WRITE)
        return TLS_WANTS_WRITE;
    return end(t, error, why);
}

/* What others of this thread left in the library's queue would be taken for ours. */
static void clear_errors(void)
{
    if (ERR_peek_error() != 0)
        ERR_clear_error();
}

enum tls_status tls_handshake(struct tls *t, struct stream_error *why)
{
    if (t->is_broken) {
        fill(why, STREAM_TLS, 0, "the host name is empty, too long or malformed");
        return TLS_ENDED;
    }
    clear_errors();
    int rc = SSL_do_handshake(t->ssl);
    return rc == 1 ? TLS_DONE : status_of(t, rc, why);
}

enum tls_status tls_read(struct tls *t, char *into, size_t n, size_t *done,
                         struct stream_error *why)
{
    clear_errors();
    int rc = SSL_read_ex(t->ssl, into, n, done);
    return rc == 1 ? TLS_DONE : status_of(t, rc, why);
}

enum tls_status tls_write(struct tls *t, const char *p, size_t n, size_t *done,
                          struct stream_error *why)
{
    *done = 0;
    clear_errors();
    while (*done < n) {
        size_t gone = 0;
        int rc = SSL_write_ex(t->ssl, p + *done, n - *done, &gone);
        if (rc != 1)
            return status_of(t, rc, why);
        *done += gone;
    }
    return TLS_DONE;
}

bool tls_has_pending(const struct tls *t)
{
    return SSL_has_pending(t->ssl);
}

bool tls_is_dead(struct tls *t)
{
    char byte;
    size_t n;
    struct stream_error why;
    ssize_t got = recv(t->fd, &byte, 1, MSG_PEEK);
    if (got == 0 || t->is_broken)
        return true;
    if (got < 0 && errno != EAGAIN && errno != EINTR)
        return true;
    if (got < 0 && !SSL_has_pending(t->ssl))
        return false;
    tls_wake(t);
    clear_errors();
    int rc = SSL_peek_ex(t->ssl, &byte, 1, &n);
    return rc == 1 || status_of(t, rc, &why) == TLS_ENDED;
}

bool tls_is_resumed(const struct tls *t)
{
    return SSL_session_reused(t->ssl);
}

struct str tls_alpn(const struct tls *t)
{
    const unsigned char *p;
    unsigned n;
    SSL_get0_alpn_selected(t->ssl, &p, &n);
    return n > 0 ? str_make((const char *)p, n) : STR_EMPTY;
}

void tls_add_version(struct buf *out)
{
    buf_addf(out, "OpenSSL %s", OpenSSL_version(OPENSSL_VERSION_STRING));
}
