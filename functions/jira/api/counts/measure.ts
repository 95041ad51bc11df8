import { invalidInput } from '../../../../shared/failure.ts';
import { fieldCalled, folded } from '../../../../shared/filter/label.ts';
import { quoted } from '../../../../shared/text.ts';
import { duration, toText } from '../fieldText.ts';
import { estimates, type SearchField } from '../filter/searchField.ts';
import type { Issue } from '../issue.ts';

/** What is told of a group of issues besides how many they are. */
export interface Measured {
  measure: string;
  sum?: string;
  mean?: string;
  median?: string;
  /** How many of the issues have a value. */
  issues: number;
}

export interface Measure {
  fields: readonly string[];
  of(issues: readonly Issue[]): Measured;
}

/**
 * What a text means: `points`, `time to resolution`, or the label of a field of numbers or of time.
 * @throws Failure `invalid_input` or `ambiguous`
 */
export function measureOf(text: string, fields: readonly SearchField[]): Measure {
  const wanted = folded(text);
  const points = estimates(fields).filter(({ kind }) => kind === 'number');
  if (wanted === 'timetoresolution' || wanted === 'resolutiontime') return timeToResolution;
  if ((wanted === 'points' || wanted === 'storypoints') && points.length > 0) {
    // A site may have several, of which an issue has one.
    return summed('points', points, String);
  }
  const label = wanted === 'time' ? 'timespent' : wanted === 'estimate' ? 'timeoriginalestimate' : text;
  const field = fieldCalled(label, fields, { input: 'measure', hint });
  if (field.kind === 'number') return summed(field.label, [field], String);
  if (field.kind === 'duration') return summed(field.label, [field], duration);
  const message = `${quoted(field.label)} has no numbers to add up. ${hint}`;
  throw invalidInput([{ field: 'measure', message }]);
}

const hint = 'It takes points, time to resolution, original estimate, time spent, or another field of numbers.';

function summed(measure: string, fields: readonly SearchField[], tell: (sum: number) => string): Measure {
  const ids = fields.map(({ id }) => id);
  return {
    fields: ids,
    of(issues) {
      const values = issues.flatMap(issue => ids.map(id => numberIn(issue.values[id])).find(isNumber) ?? []);
      // A sum of fractions has an error that nobody wants to read.
      const sum = Number(values.reduce((all, value) => all + value, 0).toFixed(6));
      return { measure, sum: tell(sum), issues: values.length };
    },
  };
}

/** Jira tells how many watch or vote with more beside it. */
function numberIn(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null) return isNumber(value) ? value : undefined;
  const text = toText(value);
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
}

const isNumber = (value: unknown): value is number => typeof value === 'number';

const timeToResolution: Measure = {
  fields: ['created', 'resolutiondate'],
  of(issues) {
    const spans = issues
      .flatMap(({ createdAt, resolvedAt }) =>
        createdAt && resolvedAt ? [resolvedAt.getTime() - createdAt.getTime()] : [],
      )
      .sort((one, other) => one - other);
    const measure = 'time to resolution';
    if (spans.length === 0) return { measure, issues: 0 };
    const [low = 0, high = 0] = [spans[(spans.length - 1) >> 1], spans[spans.length >> 1]];
    const mean = spans.reduce((all, span) => all + span, 0) / spans.length;
    return { measure, mean: elapsed(mean), median: elapsed((low + high) / 2), issues: spans.length };
  },
};

/** A span of the calendar, such as `3d 4h` or `2h 5m`, in days of 24 hours. */
function elapsed(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  const [days, hours] = [Math.floor(minutes / 1_440), Math.floor((minutes % 1_440) / 60)];
  const parts = [
    days > 0 && `${days}d`,
    hours > 0 && `${hours}h`,
    days === 0 && minutes % 60 > 0 && `${minutes % 60}m`,
  ];
  return parts.filter(Boolean).join(' ') || '0m';
}
