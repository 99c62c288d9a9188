/* test_curl_failure -- libcurl's codes and texts, in our words. */
// SPDX-License-Identifier: MIT
#include "http/curl_failure.h"

#include "../check.h"

#include <errno.h>

TEST(codes_and_texts)
{
    static const struct http_settings empty = {.verify = true, .ca_file = "/dev/null"};
    static const struct {
        struct curl_outcome outcome;
        enum http_failure failure;
        const char *text;
    } cases[] = {
        {{.code = CURLE_OK}, HTTP_OK, ""},
        {{.code = CURLE_COULDNT_RESOLVE_HOST},
         HTTP_NAME_UNKNOWN,
         "gaierror(-2, 'Name or service not known')"},
        {{.code = CURLE_COULDNT_CONNECT, .os_errno = ECONNREFUSED},
         HTTP_REFUSED,
         "ConnectionRefusedError(111, 'Connection refused')"},
        {{.code = CURLE_COULDNT_CONNECT, .os_errno = EADDRNOTAVAIL},
         HTTP_NO_PORTS,
         "OSError(99, 'Cannot assign requested address')"},
        {{.code = CURLE_COULDNT_CONNECT, .os_errno = ECONNREFUSED, .open_errno = EMFILE},
         HTTP_NO_DESCRIPTORS,
         "OSError(24, 'Too many open files')"},
        {{.code = CURLE_COULDNT_CONNECT, .os_errno = ECONNREFUSED, .has_proxy = true},
         HTTP_PROXY,
         "ProxyError('Cannot connect to proxy.', ConnectionRefusedError(111, 'Connection "
         "refused'))"},
        {{.code = CURLE_COULDNT_CONNECT}, HTTP_OTHER, "ConnectionError('Failed to connect')"},
        // a second sending was refused: what had ended the first one
        {{.code = CURLE_COULDNT_CONNECT, .was_retried = true, .os_errno = ECONNREFUSED},
         HTTP_CLOSED,
         "RemoteDisconnected('Remote end closed connection without response')"},
        {{.code = CURLE_ABORTED_BY_CALLBACK,
          .was_retried = true,
          .os_errno = ECONNRESET,
          .text = "Recv failure: Connection reset by peer"},
         HTTP_RESET,
         "ConnectionResetError(104, 'Connection reset by peer')"},
        {{.code = CURLE_GOT_NOTHING, .text = "Empty reply from server"},
         HTTP_CLOSED,
         "RemoteDisconnected('Remote end closed connection without response')"},
        {{.code = CURLE_GOT_NOTHING, .has_head = true},
         HTTP_INCOMPLETE,
         "IncompleteRead(0 bytes read)"},
        {{.code = CURLE_SEND_ERROR, .os_errno = EPIPE, .text = "Send failure: Broken pipe"},
         HTTP_BROKEN_PIPE,
         "BrokenPipeError(32, 'Broken pipe')"},
        {{.code = CURLE_SEND_ERROR,
          .os_errno = ECONNRESET,
          .text = "getpeername() failed with errno 107: Transport endpoint is not connected"},
         HTTP_RESET,
         "ConnectionResetError(104, 'Connection reset by peer')"},
        {{.code = CURLE_RECV_ERROR, .os_errno = ECONNREFUSED}, // of an earlier transfer
         HTTP_CLOSED,
         "RemoteDisconnected('Remote end closed connection without response')"},
        {{.code = CURLE_RECV_ERROR,
          .text = "OpenSSL SSL_read: Connection reset by peer, errno 104"},
         HTTP_RESET,
         "ConnectionResetError(104, 'Connection reset by peer')"},
        {{.code = CURLE_RECV_ERROR,
          .text = "OpenSSL SSL_read: error:0A000126:SSL routines::unexpected eof while reading, "
                  "errno 0"},
         HTTP_CLOSED,
         "RemoteDisconnected('Remote end closed connection without response')"},
        {{.code = CURLE_RECV_ERROR,
          .text = "OpenSSL SSL_read: error:0A000126:SSL routines::unexpected eof while reading, "
                  "errno 0",
          .has_head = true,
          .received = 7,
          .expected = -1},
         HTTP_INCOMPLETE,
         "IncompleteRead(7 bytes read)"},
        {{.code = CURLE_RECV_ERROR,
          .text = "Illegal or missing hexadecimal sequence in chunked-encoding"},
         HTTP_BAD_RESPONSE,
         "InvalidChunkLength('Illegal or missing hexadecimal sequence in chunked-encoding')"},
        {{.code = CURLE_RECV_ERROR, .text = "CONNECT tunnel failed, response 407"},
         HTTP_PROXY,
         "ProxyError('CONNECT tunnel failed, response 407')"},
        {{.code = CURLE_PARTIAL_FILE, .received = 5, .expected = 20},
         HTTP_INCOMPLETE,
         "IncompleteRead(5 bytes read, 15 more expected)"},
        {{.code = CURLE_PARTIAL_FILE, .received = 5, .expected = -1},
         HTTP_INCOMPLETE,
         "IncompleteRead(5 bytes read)"},
        {{.code = CURLE_OPERATION_TIMEDOUT, .connect_s = 0.5, .elapsed_s = 0.501},
         HTTP_CONNECT_TIMEOUT,
         "ConnectTimeout('Connection timed out. (connect timeout=0.5)')"},
        {{.code = CURLE_OPERATION_TIMEDOUT, .connect_s = 300, .elapsed_s = 127},
         HTTP_UNREACHABLE,
         "TimeoutError(110, 'Connection timed out')"},
        {{.code = CURLE_HTTP2_STREAM,
          .text = "HTTP/2 stream 7 was not closed cleanly: PROTOCOL_ERROR (err 1)"},
         HTTP_BAD_RESPONSE,
         "HTTP2Error('HTTP/2 stream was not closed cleanly: PROTOCOL_ERROR (err 1)')"},
        {{.code = CURLE_HTTP2}, HTTP_BAD_RESPONSE, "HTTP2Error('HTTP/2 framing error')"},
        {{.code = CURLE_UNSUPPORTED_PROTOCOL, .text = "Received HTTP/0.9 when not allowed"},
         HTTP_BAD_RESPONSE,
         "BadStatusLine('the answer does not begin with HTTP/')"},
        {{.code = CURLE_UNSUPPORTED_PROTOCOL, .text = "Unsupported HTTP version (9.9) in response"},
         HTTP_BAD_RESPONSE,
         "BadStatusLine('Unsupported HTTP version (9.9) in response')"},
        {{.code = CURLE_UNSUPPORTED_PROTOCOL, .text = "Unsupported HTTP version in response"},
         HTTP_BAD_RESPONSE,
         "BadStatusLine('Unsupported response code in HTTP response')"},
        {{.code = CURLE_WEIRD_SERVER_REPLY, .text = "Invalid Content-Length: value"},
         HTTP_BAD_RESPONSE,
         "InvalidHeader('Invalid Content-Length: value')"},
        {{.code = CURLE_OUT_OF_MEMORY}, HTTP_TOO_LARGE, "ResponseTooLarge('a header is too long')"},
        {{.code = (CURLcode)100, .text = "Too large response headers"},
         HTTP_TOO_LARGE,
         "ResponseTooLarge('a header is too long')"},
        {{.code = CURLE_PROXY, .text = "Can't complete SOCKS5 connection"},
         HTTP_PROXY,
         "ProxyError(\"Can't complete SOCKS5 connection\")"},
        {{.code = CURLE_PEER_FAILED_VERIFICATION,
          .text = "SSL certificate problem: self-signed certificate"},
         HTTP_TLS,
         "SSLError('certificate verify failed: self-signed certificate')"},
        {{.code = CURLE_PEER_FAILED_VERIFICATION,
          .text = "SSL: no alternative certificate subject name matches target host name 'h.org'"},
         HTTP_TLS,
         "SSLError('certificate verify failed: it is for another host name')"},
        {{.code = CURLE_PEER_FAILED_VERIFICATION,
          .text = "SSL: certificate subject name 'a' does not match target host name 'h.org'"},
         HTTP_TLS,
         "SSLError('certificate verify failed: it is for another host name')"},
        {{.code = CURLE_SSL_CONNECT_ERROR,
          .text = "OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to h.org:443 "},
         HTTP_TLS,
         "SSLError('the connection was closed in the handshake')"},
        {{.code = CURLE_SSL_CONNECT_ERROR,
          .text = "OpenSSL SSL_connect: Connection reset by peer in connection to h.org:443 "},
         HTTP_RESET,
         "ConnectionResetError(104, 'Connection reset by peer')"},
        {{.code = CURLE_SSL_CONNECT_ERROR,
          .text = "error:0A00010B:SSL routines::wrong version number in connection to h.org:80 "},
         HTTP_TLS,
         "SSLError('wrong version number')"},
        {{.code = CURLE_RECV_ERROR,
          .text = "OpenSSL SSL_read: OpenSSL/3.0.22: error:0A00045C:SSL routines::tlsv13 alert "
                  "certificate required, errno 0"},
         HTTP_TLS,
         "SSLError('tlsv13 alert certificate required')"},
        {{.code = CURLE_SSL_CACERT_BADFILE,
          .text = "error setting certificate file: /dev/null",
          .settings = &empty},
         HTTP_TLS,
         "SSLError(\"can't read certificates to trust from '/dev/null': no certificate or crl "
         "found\")"},
        {{.code = CURLE_RECV_ERROR,
          .text = "Recv failure: Connection reset by peer",
          .os_errno = EPIPE},
         HTTP_RESET,
         "ConnectionResetError(104, 'Connection reset by peer')"},
        {{.code = CURLE_BAD_CONTENT_ENCODING},
         HTTP_BAD_RESPONSE,
         "InvalidHeader('Transfer-Encoding is not chunked, once and alone')"},
        {{.code = CURLE_SSL_CACERT_BADFILE},
         HTTP_TLS,
         "SSLError('Problem with the SSL CA cert (path? access rights?)')"},
        {{.code = CURLE_INTERFACE_FAILED},
         HTTP_OTHER,
         "RequestError('Failed binding local connection end (45)')"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct curl_outcome outcome = cases[i].outcome;
        struct buf out = BUF_INIT;
        if (outcome.text == NULL)
            outcome.text = "";
        CHECK_INT(curl_failure_add(&out, &outcome), cases[i].failure);
        CHECK_TEXT(buf_cstr(&out), cases[i].text);
        buf_release(&out);
    }
}

TEST_MAIN(RUN(codes_and_texts);)
