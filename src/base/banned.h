/* Calls that this project does not make: unbounded, not reentrant, or silent about errors.
 * Included in every translation unit by the build (-include base/banned.h). */
#ifndef FANGXIN_BASE_BANNED_H
#define FANGXIN_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strtok atoi atol atof gets
#pragma GCC poison gmtime localtime ctime asctime rand srand

#endif
