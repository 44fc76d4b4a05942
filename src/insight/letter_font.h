/* The font of letters. For letter_pdf.c alone. */
#ifndef FANGXIN_INSIGHT_LETTER_FONT_H
#define FANGXIN_INSIGHT_LETTER_FONT_H

/**
 * The families to set letters in, the first one first, for pango.
 *
 * The Chinese font has 65,535 glyphs, and cairo copies all of their outlines for every letter to
 * embed a hundred of them. So the first call makes a font of the signs that letters are mostly made
 * of (those of GB 2312, Latin letters, punctuation), some 3 MB in memory, and makes it known to
 * this process. What it lacks, pango takes from the whole font, which stands behind it. If it
 * cannot be made, letters are set in the whole font and look the same.
 */
const char *letter_font_families(void);

#endif
