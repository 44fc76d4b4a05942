// Due dates by the package chinese-days, which knows the holidays from a source of its own: one JSON line
// {start, length, unit, roll, pauses: [[from, to]]} in, one {due_raw, due} out.
import { createInterface } from 'node:readline';
import chineseDays from 'chinese-days';

const DAY = 86400000;
const text = (t) => new Date(t).toISOString().slice(0, 10);
const works = (t) => chineseDays.isWorkday(text(t));
// A holiday of a notice is named "English,中文,days"; an ordinary weekend by its weekday alone.
const holiday = (t) => !works(t) && chineseDays.getDayDetail(text(t)).name.includes(',');

function due({ start, length, unit, roll, pauses }) {
  const out = pauses.map(([from, to]) => [Date.parse(from), Date.parse(to)]);
  let t = Date.parse(start);
  let days = length;
  if (unit === 'Y') {
    const later = new Date(t);
    later.setUTCFullYear(later.getUTCFullYear() + length);
    if (later.getUTCDate() !== new Date(t).getUTCDate()) later.setUTCDate(0); // 29 February: the last day before March
    days = (later.getTime() - t) / DAY;
  }
  for (let left = days; left > 0; ) {
    t += DAY;
    if (out.some(([from, to]) => t >= from && t <= to)) continue;
    if (unit !== 'WD' || works(t)) left--;
  }
  const raw = t;
  if (roll === 'ANY_OFFDAY') while (!works(t)) t += DAY;
  if (roll === 'STATUTORY') while (holiday(t)) t += DAY;
  return { due_raw: text(raw), due: text(t) };
}

for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(due(JSON.parse(line))));
