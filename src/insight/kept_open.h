/* The open matters, as counts by due day need them, kept in memory: 40 bytes each, so that a
 * dashboard, or a desk that asks what changed, looks at rows instead of walking an index of all of
 * them. One for all requests of a process. list_internal.h says how they are counted.
 *
 * Whoever asks first reads them; from then on they follow the events. A run over open clocks
 * (work/recount.h) moves due days without an event of the matter: while one goes on they are read
 * anew each time, and once more behind its end. */
#ifndef FANGXIN_INSIGHT_KEPT_OPEN_H
#define FANGXIN_INSIGHT_KEPT_OPEN_H

struct kept_open;
struct kept_open *kept_open_new(void);       /* NULL: no memory */
void kept_open_free(struct kept_open *kept); /* NULL is fine */

#endif
