/* h1_outbox -- requests that are written one behind the other. */
// SPDX-License-Identifier: MIT
#include "http/h1_outbox.h"

static void write_all(void *self)
{
    struct h1_outbox *box = self;
    box->is_writing = true;
    for (size_t i = 0; i < box->n; i++) { // others may be posted meanwhile
        const struct h1_posted *p = &box->posted[i];
        if (p->owner != NULL)
            box->write(p->owner, str_make(box->bytes.p + p->at, p->n));
    }
    box->is_writing = false;
    box->n = 0;
    buf_clear(&box->bytes);
}

void h1_outbox_init(struct h1_outbox *box, struct loop *loop,
                    void (*write)(void *owner, struct str bytes))
{
    *box = (struct h1_outbox){.bytes = BUF_INIT, .loop = loop, .write = write};
    deferred_init(&box->flush, write_all, box);
}

void h1_outbox_release(struct h1_outbox *box)
{
    deferred_cancel(box->loop, &box->flush);
    buf_release(&box->bytes);
}

bool h1_outbox_has_room(const struct h1_outbox *box)
{
    return box->n < H1_OUTBOX_REQUESTS;
}

void h1_outbox_post(struct h1_outbox *box, void *owner, size_t begin)
{
    box->posted[box->n++] =
        (struct h1_posted){.owner = owner, .at = begin, .n = box->bytes.n - begin};
    if (box->n < H1_OUTBOX_REQUESTS || box->is_writing) {
        deferred_start_late(box->loop, &box->flush);
    } else {
        deferred_cancel(box->loop, &box->flush);
        write_all(box);
    }
}

void h1_outbox_take_back(struct h1_outbox *box, const void *owner)
{
    for (size_t i = 0; i < box->n; i++) {
        if (box->posted[i].owner == owner)
            box->posted[i].owner = NULL;
    }
}
