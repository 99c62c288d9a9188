/* idn -- host names with letters beyond ASCII. */
// SPDX-License-Identifier: MIT
#include "net/idn.h"

#include <idn2.h>
#include <stdlib.h>

int idn_add_host(struct buf *out, struct str host)
{
    char *name = str_dup(host), *ascii = NULL;
    int rc = idn2_to_ascii_8z(name, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);

    if (rc == IDN2_OK)
        buf_add_cstr(out, ascii);
    idn2_free(ascii);
    free(name);
    return rc == IDN2_OK ? 0 : -1;
}

int idn_host(struct str *host, struct buf *room)
{
    size_t i = 0;
    while (i < host->n && (unsigned char)host->p[i] < 0x80)
        i++;
    if (i == host->n)
        return 0;
    buf_clear(room);
    if (idn_add_host(room, *host) < 0)
        return -1;
    *host = buf_slice(room);
    return 0;
}
