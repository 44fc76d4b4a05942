/* The name that loaders written before read.h know it by. */
#include "rules/read.h"
