#include "work/relay.h"

#include <ctype.h>
#include <curl/curl.h>
#include <gmime/gmime.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#define ADDRESS_MAX 254
#define TIMEOUT_S 30L
#define CLOSING 421
#define LOGIN_LINE 256

struct relay {
    CURL *curl;
    struct relay_place place;
    char said[CURL_ERROR_SIZE]; /* by libcurl, of the last message */
};

/* A message on its way. */
struct letter {
    GByteArray *bytes;
    size_t read;
};

bool relay_address_good(const char *text)
{
    const char *at = strchr(text, '@');

    if (at == NULL || at == text || at[1] == '\0' || strchr(at + 1, '@') != NULL ||
        strlen(text) > ADDRESS_MAX)
        return false;
    for (const char *p = text; *p != '\0'; p++)
        if (!isalnum((unsigned char)*p) && strchr("@.-_+", *p) == NULL)
            return false;
    return true;
}

/* ---- the connection ---- */

/* How an address begins, and what libcurl calls it. */
static const struct scheme {
    const char *begins, *url;
    long tls;
} schemes[] = {
    {"smtps://", "smtps://", CURLUSESSL_ALL},
    {"starttls://", "smtp://", CURLUSESSL_ALL},
    {"", "smtp://", CURLUSESSL_NONE},
};

static const struct scheme *scheme_of(const char *address)
{
    const struct scheme *s = schemes;

    while (strncmp(address, s->begins, strlen(s->begins)) != 0)
        s++;
    return s;
}

bool relay_address_sealed(const char *address)
{
    return scheme_of(address)->tls != CURLUSESSL_NONE;
}

static void begin_libraries(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
    g_mime_init();
}

static size_t next_bytes(char *out, size_t size, size_t n, void *arg)
{
    struct letter *l = arg;
    size_t room = size * n, left = l->bytes->len - l->read, k = left < room ? left : room;

    memcpy(out, l->bytes->data + l->read, k);
    l->read += k;
    return k;
}

static bool set_place(struct relay *r)
{
    const char *address = r->place.address, *ca = r->place.ca;
    const struct scheme *scheme = scheme_of(address);
    bool socket = address[0] == '/';
    char url[512];

    snprintf(url, sizeof url, "%s%s/%s", scheme->url,
             socket ? "localhost" : address + strlen(scheme->begins),
             strrchr(r->place.from, '@') + 1);
    return curl_easy_setopt(r->curl, CURLOPT_URL, url) == CURLE_OK &&
           curl_easy_setopt(r->curl, CURLOPT_USE_SSL, scheme->tls) == CURLE_OK &&
           (!socket || curl_easy_setopt(r->curl, CURLOPT_UNIX_SOCKET_PATH, address) == CURLE_OK) &&
           (ca == NULL || (curl_easy_setopt(r->curl, CURLOPT_CAINFO, ca) == CURLE_OK &&
                           curl_easy_setopt(r->curl, CURLOPT_CAPATH, NULL) == CURLE_OK));
}

static bool set_up(struct relay *r)
{
    return set_place(r) &&
           curl_easy_setopt(r->curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps") == CURLE_OK &&
           curl_easy_setopt(r->curl, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(r->curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(r->curl, CURLOPT_CONNECTTIMEOUT, TIMEOUT_S) == CURLE_OK &&
           curl_easy_setopt(r->curl, CURLOPT_TIMEOUT, TIMEOUT_S) == CURLE_OK &&
           curl_easy_setopt(r->curl, CURLOPT_ERRORBUFFER, r->said) == CURLE_OK &&
           curl_easy_setopt(r->curl, CURLOPT_MAIL_FROM, r->place.from) == CURLE_OK &&
           curl_easy_setopt(r->curl, CURLOPT_READFUNCTION, next_bytes) == CURLE_OK &&
           curl_easy_setopt(r->curl, CURLOPT_UPLOAD, 1L) == CURLE_OK;
}

/* A line without its end; false where there is none, or only an end. */
static bool read_line(FILE *f, char line[LOGIN_LINE])
{
    if (fgets(line, LOGIN_LINE, f) == NULL)
        return false;
    line[strcspn(line, "\r\n")] = '\0';
    return line[0] != '\0';
}

static enum err_code log_in(struct relay *r, struct err *err)
{
    char user[LOGIN_LINE], password[LOGIN_LINE];
    const char *path = r->place.login;
    struct stat st;
    bool read, kept;
    FILE *f;

    if (!relay_address_sealed(r->place.address))
        return err_set(err, ERR_IO, "a mail relay without TLS gets no login");
    f = fopen(path, "re");
    if (f == NULL)
        return err_set(err, ERR_IO, "%s: %m", path);
    if (fstat(fileno(f), &st) != 0 || (st.st_mode & S_IROTH) != 0) {
        fclose(f);
        return err_set(err, ERR_IO, "%s can be read by others", path);
    }
    setvbuf(f, NULL, _IONBF, 0); /* no copy of the password stays in a buffer */
    read = read_line(f, user) && read_line(f, password);
    fclose(f);
    kept = read && curl_easy_setopt(r->curl, CURLOPT_USERNAME, user) == CURLE_OK &&
           curl_easy_setopt(r->curl, CURLOPT_PASSWORD, password) == CURLE_OK;
    sodium_memzero(password, sizeof password);
    if (!read)
        return err_set(err, ERR_IO, "%s: wanted are user and password, a line each", path);
    return kept ? ERR_OK : err_set(err, ERR_NO_MEMORY, "mail relay");
}

enum err_code relay_new(const struct relay_place *place, struct relay **ret, struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct relay *r;

    pthread_once(&once, begin_libraries);
    r = *ret = calloc(1, sizeof *r);
    if (r == NULL)
        return err_set(err, ERR_NO_MEMORY, "mail relay");
    r->place = *place;
    r->curl = curl_easy_init();
    if (r->curl == NULL || !set_up(r))
        return err_set(err, ERR_NO_MEMORY, "mail relay");
    return place->login == NULL ? ERR_OK : log_in(r, err);
}

void relay_freep(struct relay **relay)
{
    if (*relay != NULL)
        curl_easy_cleanup((*relay)->curl);
    free(*relay);
    *relay = NULL;
}

/* ---- a message ---- */

static GMimeMessage *message_of(const struct relay *relay, const struct relay_message *m)
{
    GMimeMessage *message = g_mime_message_new(TRUE);
    GMimeTextPart *text = g_mime_text_part_new_with_subtype("plain");
    GDateTime *at = g_date_time_new_from_unix_utc(m->at_ms / 1000);
    char *id = g_strdup_printf("%s%s", m->id, strrchr(relay->place.from, '@'));

    g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_FROM, NULL, relay->place.from);
    g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_TO, NULL, m->to);
    if (m->subject != NULL && m->subject[0] != '\0')
        g_mime_message_set_subject(message, m->subject, "utf-8");
    g_mime_message_set_date(message, at);
    g_mime_message_set_message_id(message, id);
    g_mime_object_set_header(GMIME_OBJECT(message), "Auto-Submitted", "auto-generated", NULL);
    g_mime_text_part_set_charset(text, "utf-8");
    g_mime_text_part_set_text(text, m->text);
    g_mime_part_set_content_encoding(GMIME_PART(text), GMIME_CONTENT_ENCODING_BASE64);
    g_mime_message_set_mime_part(message, GMIME_OBJECT(text));
    g_object_unref(text);
    g_date_time_unref(at);
    g_free(id);
    return message;
}

static GByteArray *bytes_of(const struct relay *relay, const struct relay_message *m)
{
    GMimeMessage *message = message_of(relay, m);
    GMimeFormatOptions *format = g_mime_format_options_new();
    GMimeStream *stream = g_mime_stream_mem_new();
    GByteArray *bytes = g_byte_array_new();

    g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
    g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
    g_mime_stream_mem_set_byte_array(GMIME_STREAM_MEM(stream), bytes);
    (void)g_mime_object_write_to_stream(GMIME_OBJECT(message), format, stream);
    g_object_unref(stream);
    g_mime_format_options_free(format);
    g_object_unref(message);
    return bytes;
}

/* The relay said no to this recipient or message, and stays. A relay that does not greet, wants
 * another login or does not take the sender takes nothing: that is no fault of the message. */
static bool refused(const struct relay *relay, CURLcode rc, long code)
{
    static const char *const others[] = {"MAIL", "Got unexpected"};

    if ((rc != CURLE_SEND_ERROR && rc != CURLE_WEIRD_SERVER_REPLY) || code < 400 || code >= 600 ||
        code == CLOSING)
        return false;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strncmp(relay->said, others[i], strlen(others[i])) == 0)
            return false;
    return true;
}

enum err_code relay_send(struct relay *relay, const struct relay_message *m, bool *ret_taken,
                         struct err *err)
{
    struct curl_slist *to = curl_slist_append(NULL, m->to);
    struct letter letter = {.bytes = bytes_of(relay, m)};
    CURLcode rc = CURLE_OUT_OF_MEMORY;
    long code = 0;

    relay->said[0] = '\0';
    if (to != NULL && curl_easy_setopt(relay->curl, CURLOPT_MAIL_RCPT, to) == CURLE_OK &&
        curl_easy_setopt(relay->curl, CURLOPT_READDATA, &letter) == CURLE_OK) {
        rc = curl_easy_perform(relay->curl);
        (void)curl_easy_getinfo(relay->curl, CURLINFO_RESPONSE_CODE, &code);
        (void)curl_easy_setopt(relay->curl, CURLOPT_MAIL_RCPT, NULL);
    }
    curl_slist_free_all(to);
    g_byte_array_unref(letter.bytes);
    *ret_taken = rc == CURLE_OK;
    if (rc == CURLE_OK || refused(relay, rc, code))
        return ERR_OK;
    return err_set(err, rc == CURLE_OUT_OF_MEMORY ? ERR_NO_MEMORY : ERR_IO, "mail relay %s: %s",
                   relay->place.address,
                   relay->said[0] == '\0' ? curl_easy_strerror(rc) : relay->said);
}
