/* bench-letters [SECONDS]: letters as PDF on one core, one page each with a table, three
 * paragraphs, seal and QR code. Prints {"letters", "seconds", "cpu", "bytes"}: cpu
 * in seconds, bytes of the last one. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/date.h"
#include "insight/letter_pdf.h"

#define TEXT                                                                                                                                     \
    "你（单位）于2026年10月12日通过全国12315平台提交的投诉收悉。投诉称在晴川家电城购买的空调安装"         \
    "后漏水，三次上门"                                                                                                                   \
    "维修仍未修好，要求退货退款并赔偿地板损失。经审查，该投诉属于本机关职责范围，材料齐全，决定予" \
    "以受理。"

static const struct letter_row rows[] = {
    {{"投诉人", "王小明", "联系电话", "138****0001"}},
    {{"被投诉人", "晴川家电城", "住所", "西塞山区沿江大道18号"}},
    {{"投诉事项", "购买空调一台，价款4,800元，安装后漏水，经三次维修仍不能正常使用。", NULL}},
    {{"投诉请求", "退货、退款，赔偿损失。", NULL}},
};
static const struct letter_block blocks[] = {
    {.kind = LETTER_ADDRESS, .text = "王小明："},
    {.kind = LETTER_TEXT, .text = TEXT},
    {.kind = LETTER_TABLE, .rows = rows, .n_rows = sizeof rows / sizeof rows[0]},
    {.kind = LETTER_TEXT, .text = TEXT},
    {.kind = LETTER_TEXT, .text = "本机关将组织调解，调解须双方自愿。"},
};

int main(int argc, char **argv)
{
    int64_t until = (argc > 1 ? atoll(argv[1]) : 5) * 1000, began, letters = 0;
    struct press *press = press_new();
    struct err err = {0};
    size_t bytes = 0;
    clock_t cpu = 0;
    const struct letter_page page = {.issuer = "安丰县市场监督管理局",
                                     .title = "投诉受理决定书",
                                     .number = "安市监受〔2026〕第12号",
                                     .blocks = blocks,
                                     .n_blocks = sizeof blocks / sizeof blocks[0],
                                     .signer = "安丰县市场监督管理局",
                                     .date = "2026年10月13日",
                                     .verify = "https://example.cn/verify/4202-2610-1",
                                     .verify_hint = "扫码核验本文书"};

    began = monotonic_ms();
    do {
        CLEANUP(buf_release) struct buf out;
        int pages = 0;

        buf_init(&out, (size_t)8 << 20);
        if (press == NULL || letter_pdf(press, &page, &out, &pages, &err) != ERR_OK) {
            fprintf(stderr, "bench-letters: %s\n", err.why);
            return 1;
        }
        bytes = out.len;
        if (letters++ == 0)
            began = monotonic_ms(), cpu = clock(); /* the first one looks for fonts */
    } while (monotonic_ms() - began < until);
    printf("{\"letters\": %" PRId64 ", \"seconds\": %.3f, \"cpu\": %.3f, \"bytes\": %zu}\n",
           letters - 1, (double)(monotonic_ms() - began) / 1000,
           (double)(clock() - cpu) / CLOCKS_PER_SEC, bytes);
    press_free(press);
    press_end();
    return 0;
}
