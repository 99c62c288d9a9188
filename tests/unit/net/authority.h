/* authority -- certificates that are made for a test, as files in a folder of their own. */
// SPDX-License-Identifier: MIT
#ifndef TESTS_NET_AUTHORITY_H
#define TESTS_NET_AUTHORITY_H

#include "base/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#define DAY_S (24 * 3600)

struct identity {
    X509 *cert;
    EVP_PKEY *key;
    char cert_file[64], key_file[64];
};

struct identity_spec {
    const char *folder, *file; /* FOLDER/FILE.pem and FOLDER/FILE.key */
    const char *names;         /* "DNS:localhost,IP:127.0.0.1"; NULL: none */
    const struct identity *by; /* who signs; NULL: itself */
    bool is_authority;
    int from_day, to_day; /* from now */
};

static inline void add_extension(X509 *cert, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, cert, cert, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    if (extension == NULL || X509_add_ext(cert, extension, -1) != 1)
        BUG("no extension");
    X509_EXTENSION_free(extension);
}

static inline void write_files(struct identity *id)
{
    FILE *cert = fopen(id->cert_file, "w"), *key = fopen(id->key_file, "w");
    if (cert == NULL || key == NULL || PEM_write_X509(cert, id->cert) != 1 ||
        PEM_write_PrivateKey(key, id->key, NULL, NULL, 0, NULL, NULL) != 1)
        BUG("no certificate");
    fclose(cert);
    fclose(key);
}

static inline void make_identity(struct identity *id, struct identity_spec spec)
{
    static long serial = 1;
    id->key = EVP_EC_gen("P-256");
    id->cert = X509_new();
    X509_set_version(id->cert, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(id->cert), serial++);
    X509_time_adj_ex(X509_getm_notBefore(id->cert), spec.from_day, 0, NULL);
    X509_time_adj_ex(X509_getm_notAfter(id->cert), spec.to_day, 0, NULL);
    X509_NAME *name = X509_get_subject_name(id->cert);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)spec.file, -1, -1,
                               0);
    X509_set_issuer_name(id->cert, spec.by != NULL ? X509_get_subject_name(spec.by->cert) : name);
    X509_set_pubkey(id->cert, id->key);
    add_extension(id->cert, NID_basic_constraints,
                  spec.is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    if (spec.names != NULL)
        add_extension(id->cert, NID_subject_alt_name, spec.names);
    if (X509_sign(id->cert, spec.by != NULL ? spec.by->key : id->key, EVP_sha256()) == 0)
        BUG("not signed");
    snprintf(id->cert_file, sizeof(id->cert_file), "%s/%s.pem", spec.folder, spec.file);
    snprintf(id->key_file, sizeof(id->key_file), "%s/%s.key", spec.folder, spec.file);
    write_files(id);
}

static inline void free_identity(struct identity *id)
{
    unlink(id->cert_file);
    unlink(id->key_file);
    X509_free(id->cert);
    EVP_PKEY_free(id->key);
}

#endif
