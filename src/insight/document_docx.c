/* DOCX: the package. Parts stand in a fixed order with a fixed time, so that the same document
 * gives the same bytes. */
#include "insight/docx_internal.h"

#include <stdarg.h>
#include <string.h>

#include <zip.h>

#include "base/date.h"

/* The zip format counts from 1980-01-01. */
#define ZIP_DATE ((zip_uint16_t)((0 << 9) | (1 << 5) | 1))

/* ---- writing a part ---- */

void part_begin(struct part *p)
{
    p->failed = false;
    p->bytes = xmlBufferCreate();
    p->w = p->bytes == NULL ? NULL : xmlNewTextWriterMemory(p->bytes, 0);
    if (p->w == NULL || xmlTextWriterStartDocument(p->w, "1.0", "UTF-8", "yes") < 0)
        p->failed = true;
}

void part_release(struct part *p)
{
    if (p->w != NULL)
        xmlFreeTextWriter(p->w);
    if (p->bytes != NULL)
        xmlBufferFree(p->bytes);
    p->w = NULL;
    p->bytes = NULL;
}

static const xmlChar *xml(const char *text)
{
    return (const xmlChar *)text;
}

void part_open(struct part *p, const char *element)
{
    if (!p->failed && xmlTextWriterStartElement(p->w, xml(element)) < 0)
        p->failed = true;
}

void part_attr(struct part *p, const char *name, const char *value)
{
    if (!p->failed && xmlTextWriterWriteAttribute(p->w, xml(name), xml(value)) < 0)
        p->failed = true;
}

void part_attrf(struct part *p, const char *name, const char *fmt, ...)
{
    char value[256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(value, sizeof value, fmt, ap);
    va_end(ap);
    part_attr(p, name, value);
}

/* XML has no place for control characters, not even escaped. */
void part_text(struct part *p, const char *text)
{
    size_t n = strlen(text), from = 0;

    for (size_t i = 0; !p->failed && i <= n; i++) {
        bool control = i < n && (unsigned char)text[i] < 0x20 && strchr("\t\n", text[i]) == NULL;

        if (i < n && !control)
            continue;
        if (i > from) {
            char *piece = strndup(text + from, i - from);

            if (piece == NULL || xmlTextWriterWriteString(p->w, xml(piece)) < 0)
                p->failed = true;
            free(piece);
        }
        from = i + 1;
    }
}

void part_close(struct part *p)
{
    if (!p->failed && xmlTextWriterEndElement(p->w) < 0)
        p->failed = true;
}

void part_leaf(struct part *p, const char *element, const char *attr, const char *value)
{
    part_open(p, element);
    if (attr != NULL)
        part_attr(p, attr, value);
    part_close(p);
}

/* ---- the zip ---- */

static enum err_code package_failed(struct err *err, const char *what)
{
    return err_set(err, ERR_NO_MEMORY, "docx: %s cannot be written", what);
}

/* Takes @p bytes (malloc'ed). */
static enum err_code package_add(zip_t *z, const char *name, char *bytes, size_t n, struct err *err)
{
    zip_source_t *source = zip_source_buffer(z, bytes, n, 1);
    zip_int64_t index;

    if (source == NULL) {
        free(bytes);
        return package_failed(err, name);
    }
    index = zip_file_add(z, name, source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
        zip_source_free(source);
        return package_failed(err, name);
    }
    if (zip_file_set_dostime(z, (zip_uint64_t)index, 0, ZIP_DATE, 0) < 0 ||
        zip_set_file_compression(z, (zip_uint64_t)index, ZIP_CM_DEFLATE, 6) < 0)
        return package_failed(err, name);
    return ERR_OK;
}

static enum err_code package_copy(zip_t *z, const char *name, const void *bytes, size_t n,
                                  struct err *err)
{
    char *copy = malloc(n + 1);

    if (copy == NULL)
        return package_failed(err, name);
    memcpy(copy, bytes, n);
    return package_add(z, name, copy, n, err);
}

static enum err_code package_part(zip_t *z, const char *name, struct part *p, struct err *err)
{
    if (p->w != NULL && !p->failed && xmlTextWriterEndDocument(p->w) < 0)
        p->failed = true;
    if (p->failed)
        return package_failed(err, name);
    xmlTextWriterFlush(p->w);
    return package_copy(z, name, xmlBufferContent(p->bytes), (size_t)xmlBufferLength(p->bytes),
                        err);
}

static enum err_code package_fixed(zip_t *z, const char *name, const struct embedded_file *packs,
                                   const char *path, struct err *err)
{
    const struct embedded_file *f = embedded_find(packs, path);

    if (f == NULL)
        return err_set(err, ERR_INTERNAL, "docx: no %s", path);
    return package_copy(z, name, f->data, f->size, err);
}

/* ---- small parts ---- */

static const struct {
    const char *part, *type;
} types[] = {
    {"/word/document.xml", "wordprocessingml.document.main+xml"},
    {"/word/styles.xml", "wordprocessingml.styles+xml"},
    {"/word/settings.xml", "wordprocessingml.settings+xml"},
    {"/word/fontTable.xml", "wordprocessingml.fontTable+xml"},
    {"/word/footer1.xml", "wordprocessingml.footer+xml"},
    {"/docProps/app.xml", "extended-properties+xml"},
    {"/customXml/itemProps1.xml", "customXmlProperties+xml"},
};
#define OFFICE_TYPE "application/vnd.openxmlformats-officedocument."

static void type_of_part(struct part *p, const char *name, const char *type)
{
    part_open(p, "Override");
    part_attr(p, "PartName", name);
    part_attr(p, "ContentType", type);
    part_close(p);
}

static void type_by_suffix(struct part *p, const char *suffix, const char *type)
{
    part_open(p, "Default");
    part_attr(p, "Extension", suffix);
    part_attr(p, "ContentType", type);
    part_close(p);
}

static void content_types(struct docx *x, struct part *p)
{
    char type[128];

    part_open(p, "Types");
    part_attr(p, "xmlns", "http://schemas.openxmlformats.org/package/2006/content-types");
    type_by_suffix(p, "rels", "application/vnd.openxmlformats-package.relationships+xml");
    type_by_suffix(p, "xml", "application/xml");
    if (x->charts > 0)
        type_by_suffix(p, "emf", "image/x-emf");
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        snprintf(type, sizeof type, OFFICE_TYPE "%s", types[i].type);
        type_of_part(p, types[i].part, type);
    }
    type_of_part(p, "/docProps/core.xml",
                 "application/vnd.openxmlformats-package.core-properties+xml");
    part_close(p);
}

static void relation(struct part *p, const char *id, const char *type, const char *target)
{
    part_open(p, "Relationship");
    part_attr(p, "Id", id);
    part_attr(p, "Type", type);
    part_attr(p, "Target", target);
    part_close(p);
}

static void relations_begin(struct part *p)
{
    part_open(p, "Relationships");
    part_attr(p, "xmlns", NS_RELS);
}

static void package_relations(struct part *p)
{
    relations_begin(p);
    relation(p, "rId1", NS_R "/officeDocument", "word/document.xml");
    relation(p, "rId2", NS_RELS "/metadata/core-properties", "docProps/core.xml");
    relation(p, "rId3", NS_R "/extended-properties", "docProps/app.xml");
    part_close(p);
}

static void document_relations(struct docx *x, struct part *p)
{
    char id[24], target[48];

    relations_begin(p);
    relation(p, "rId1", NS_R "/styles", "styles.xml");
    relation(p, "rId2", NS_R "/settings", "settings.xml");
    relation(p, "rId3", NS_R "/fontTable", "fontTable.xml");
    relation(p, "rId4", NS_R "/footer", "footer1.xml");
    relation(p, "rId5", NS_R "/customXml", "../customXml/item1.xml");
    for (unsigned i = 1; i <= x->charts; i++) {
        snprintf(id, sizeof id, "chart%u", i);
        snprintf(target, sizeof target, "media/chart%u.emf", i);
        relation(p, id, NS_R "/image", target);
    }
    part_close(p);
}

static void core_properties(struct docx *x, struct part *p)
{
    static const char *const stamps[] = {"dcterms:created", "dcterms:modified"};
    char at[INSTANT_TEXT];

    instant_format(x->d->made_ms / 1000 * 1000, 0, at);
    at[19] = 'Z'; /* "2026-10-09T01:02:03+00:00": Word wants the letter */
    at[20] = '\0';
    part_open(p, "cp:coreProperties");
    part_attr(p, "xmlns:cp",
              "http://schemas.openxmlformats.org/package/2006/metadata/core-properties");
    part_attr(p, "xmlns:dc", "http://purl.org/dc/elements/1.1/");
    part_attr(p, "xmlns:dcterms", "http://purl.org/dc/terms/");
    part_attr(p, "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
    part_open(p, "dc:title");
    part_text(p, x->d->title);
    part_close(p);
    for (size_t i = 0; i < 2; i++) {
        part_open(p, stamps[i]);
        part_attr(p, "xsi:type", "dcterms:W3CDTF");
        part_text(p, at);
        part_close(p);
    }
    part_close(p);
}

static void app_properties(struct part *p)
{
    part_open(p, "Properties");
    part_attr(p, "xmlns",
              "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties");
    part_open(p, "Application");
    part_text(p, "Fangxin");
    part_close(p);
    part_close(p);
}

static void item_relations(struct part *p)
{
    relations_begin(p);
    relation(p, "rId1", NS_R "/customXmlProps", "itemProps1.xml");
    part_close(p);
}

static void item_properties(struct part *p)
{
    part_open(p, "ds:datastoreItem");
    part_attr(p, "xmlns:ds", "http://schemas.openxmlformats.org/officeDocument/2006/customXml");
    part_attr(p, "ds:itemID", "{6F1B2C3D-0000-4000-8000-0000000000F1}");
    part_open(p, "ds:schemaRefs");
    part_close(p);
    part_close(p);
}

/* ---- the package ---- */

typedef void part_fn(struct docx *x, struct part *p);

static void package_relations_fn(struct docx *x, struct part *p)
{
    (void)x;
    package_relations(p);
}
static void app_properties_fn(struct docx *x, struct part *p)
{
    (void)x;
    app_properties(p);
}
static void item_relations_fn(struct docx *x, struct part *p)
{
    (void)x;
    item_relations(p);
}
static void item_properties_fn(struct docx *x, struct part *p)
{
    (void)x;
    item_properties(p);
}

static enum err_code write_part(zip_t *z, struct docx *x, const char *name, part_fn *fn,
                                struct err *err)
{
    struct part p CLEANUP(part_release);

    part_begin(&p);
    fn(x, &p);
    return package_part(z, name, &p, err);
}

static enum err_code write_charts(zip_t *z, struct docx *x, struct err *err)
{
    unsigned n = 0;
    char name[64];

    for (const struct block *b = x->d->blocks; b != NULL; b = b->next) {
        CLEANUP(buf_release) struct buf picture = BUF_UP_TO((size_t)1 << 20);

        if (b->kind != BLOCK_CHART)
            continue;
        snprintf(name, sizeof name, "word/media/chart%u.emf", ++n);
        chart_emf(&b->chart, &picture);
        if (picture.failed)
            return package_failed(err, name);
        TRY(package_copy(z, name, picture.data, picture.len, err));
    }
    return ERR_OK;
}

static unsigned count_charts(const struct document *d)
{
    unsigned n = 0;

    for (const struct block *b = d->blocks; b != NULL; b = b->next)
        n += b->kind == BLOCK_CHART;
    return n;
}

static enum err_code write_all(zip_t *z, struct docx *x, const struct embedded_file *packs,
                               struct err *err)
{
    static const char *const fixed[][2] = {
        {"word/styles.xml", "documents/docx/styles.xml"},
        {"word/settings.xml", "documents/docx/settings.xml"},
        {"word/fontTable.xml", "documents/docx/fontTable.xml"},
        {"word/footer1.xml", "documents/docx/footer.xml"},
    };

    TRY(write_part(z, x, "[Content_Types].xml", content_types, err));
    TRY(write_part(z, x, "_rels/.rels", package_relations_fn, err));
    TRY(write_part(z, x, "docProps/core.xml", core_properties, err));
    TRY(write_part(z, x, "docProps/app.xml", app_properties_fn, err));
    TRY(write_part(z, x, "word/document.xml", docx_body, err));
    TRY(write_part(z, x, "word/_rels/document.xml.rels", document_relations, err));
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        TRY(package_fixed(z, fixed[i][0], packs, fixed[i][1], err));
    TRY(write_charts(z, x, err));
    TRY(write_part(z, x, "customXml/item1.xml", docx_figures, err));
    TRY(write_part(z, x, "customXml/itemProps1.xml", item_properties_fn, err));
    return write_part(z, x, "customXml/_rels/item1.xml.rels", item_relations_fn, err);
}

static enum err_code copy_source(zip_source_t *source, struct buf *out, struct err *err)
{
    char bytes[16384];
    zip_int64_t n;

    if (zip_source_open(source) < 0)
        return package_failed(err, "the package");
    while ((n = zip_source_read(source, bytes, sizeof bytes)) > 0)
        buf_add(out, bytes, (size_t)n);
    zip_source_close(source);
    return n < 0 ? package_failed(err, "the package") : ERR_OK;
}

enum err_code document_docx(const struct document *d, const struct embedded_file *packs,
                            struct buf *out, struct err *err)
{
    struct docx x = {.d = d, .charts = count_charts(d)};
    zip_error_t ze;
    zip_source_t *source;
    zip_t *z;
    enum err_code rc;

    xmlInitParser(); /* its tables, made once; safe from any thread */
    zip_error_init(&ze);
    source = zip_source_buffer_create(NULL, 0, 0, &ze);
    z = source == NULL ? NULL : zip_open_from_source(source, ZIP_TRUNCATE, &ze);
    zip_error_fini(&ze);
    if (z == NULL) {
        zip_source_free(source);
        return package_failed(err, "the package");
    }
    zip_source_keep(source); /* outlives the archive: its bytes are read below */
    rc = write_all(z, &x, packs, err);
    if (rc == ERR_OK && zip_close(z) < 0)
        rc = package_failed(err, "the package");
    if (rc != ERR_OK)
        zip_discard(z);
    else
        rc = copy_source(source, out, err);
    zip_source_free(source);
    return rc;
}
