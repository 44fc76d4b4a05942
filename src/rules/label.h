/* A text in the two languages every pack carries. */
#ifndef FANGXIN_RULES_LABEL_H
#define FANGXIN_RULES_LABEL_H

struct label {
    const char *zh, *en; /* both set and not empty once loaded; owned by what was loaded */
};

#endif
