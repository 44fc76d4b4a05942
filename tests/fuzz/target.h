/* What every fuzz target offers: libFuzzer and replay.c call it with bytes from anywhere. */
#ifndef FANGXIN_TESTS_FUZZ_TARGET_H
#define FANGXIN_TESTS_FUZZ_TARGET_H

#include <stdint.h>

#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
