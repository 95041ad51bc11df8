import * as z from 'zod';
import { dateOf } from './issue.ts';
import { plainOf } from './plainText.ts';

/** Types of custom fields that hold nothing for people. */
const internalType = /:(gh-lexo-rank|devsummary(cf)?|vulnerabilitycf|rank|design|timeinstatus)$/;

/** Whether a custom field of this type holds something for people. */
export function isForPeople(customType: string | undefined): boolean {
  return !internalType.test(customType ?? '');
}

/** Of a field that is a list, such as its sprints, no more is told. */
const MAX_VALUES = 100;
/** Lists in lists are told to this depth. */
const MAX_LISTS = 2;

const text = z.string().optional().catch(undefined);
const person = z.object({ displayName: text }).optional().catch(undefined);

const labelled = z.object({
  displayName: text,
  name: text,
  value: text,
  title: text,
  label: text,
  key: text,
  child: z.object({ value: z.string() }).optional().catch(undefined),
  /** A moment as the service desk writes it. */
  iso8601: text,
});

/** A time as the service desk writes it: `{ millis: 9000000, friendly: "2h 30m" }`. */
const time = z
  .object({ millis: z.number().optional().catch(undefined), friendly: text })
  .transform(({ millis, friendly }) => friendly || (millis === undefined ? undefined : duration(millis / 1000)))
  .optional()
  .catch(undefined);

const cycle = z.object({ breached: z.boolean(), paused: z.boolean().optional().catch(undefined), remainingTime: time });

/** What Jira Service Management keeps in fields: https://developer.atlassian.com/cloud/jira/service-desk/rest/ */
const agreement = z.object({ completedCycles: z.array(cycle), ongoingCycle: cycle.nullish() });
const request = z.object({
  requestType: z.object({ name: z.string() }),
  currentStatus: z.object({ status: text }).optional().catch(undefined),
});
const decision = z.string().toLowerCase();
const approval = z.object({
  name: text,
  finalDecision: decision,
  approvers: z
    .array(z.object({ approver: person, approverDecision: decision }))
    .optional()
    .catch(undefined),
});
const satisfaction = z.object({
  rating: z.number(),
  comment: z
    .union([z.string(), z.object({ body: z.string() }).transform(({ body }) => body)])
    .optional()
    .catch(undefined),
});

const tracking = z
  .object({ originalEstimate: text, remainingEstimate: text, timeSpent: text })
  .refine(value => Object.values(value).some(Boolean));
const progress = z.object({ progress: z.number(), total: z.number() });
const votes = z.object({ votes: z.number() }).transform(({ votes: count }) => count);
const watches = z.object({ watchCount: z.number() }).transform(({ watchCount }) => watchCount);
const clock = z.object({ friendly: z.string(), millis: z.number() });

/** Objects that are told in words of their own, each by its shape. */
const shapes = [
  shape(agreement, clockText),
  shape(request, ({ requestType: { name }, currentStatus }) => withState(name, currentStatus?.status)),
  shape(approval, approvalText),
  shape(satisfaction, ({ rating, comment }) => `${rating} of 5${comment ? `: ${plainOf(comment)}` : ''}`),
  shape(tracking, trackingText),
  shape(progress, ({ progress: done, total }) => `${duration(done)} of ${duration(total)}`),
  shape(votes, String),
  shape(watches, String),
  shape(clock, ({ friendly }) => friendly),
];

function shape<Schema extends z.ZodType>(schema: Schema, tell: (value: z.output<Schema>) => string) {
  return (value: object) => {
    const { data } = schema.safeParse(value);
    return data === undefined ? undefined : tell(data);
  };
}

/** The value of a custom field of this type as text. What people typed into a text field is shown whatever it looks like. */
export function customText(value: unknown, customType: string | undefined): string {
  return typeof value === 'string' && customType?.endsWith(':textfield') ? plainOf(value.trim()) : toText(value);
}

/** A field's value as text: the name of an option or a person; '' for what has no text. */
export function toText(value: unknown, depth = 0): string {
  if (typeof value === 'string') return stringText(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) {
    if (depth >= MAX_LISTS) return '';
    const texts = value.slice(0, MAX_VALUES).map(item => toText(item, depth + 1));
    return texts.filter(Boolean).join(', ');
  }
  if (typeof value !== 'object' || value === null) return '';
  for (const tell of shapes) {
    const told = tell(value);
    if (told !== undefined) return told;
  }
  const { data } = labelled.safeParse(value);
  const { displayName, name, value: own, title, label, key, iso8601, child } = data ?? {};
  const shown = stringText(displayName ?? name ?? own ?? title ?? label ?? iso8601 ?? key ?? '');
  return child ? `${shown} / ${child.value}` : shown;
}

/** A date-time as Jira writes it: `2026-11-20T09:30:00.000+0000`. */
const jiraDateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?([+-]\d\d:?\d\d|Z)$/;

/** A text of Jira's own, as people read it; '' for an identifier or the inside of a program. */
export function stringText(value: string): string {
  const trimmed = value.trim();
  if (jiraDateTime.test(trimmed)) return dateOf(trimmed)?.toISOString() ?? trimmed;
  if (isInternal(trimmed)) return sprintNames(trimmed);
  return plainOf(trimmed);
}

/** `com.atlassian.greenhopper.service.sprint.Sprint@1f3[id=7,rapidViewId=2,state=ACTIVE,name=Sprint 42,goal=…]` */
const javaObject = /^\[?[a-z]\w*(\.\w+)+@[0-9a-f]+/;
const internals = [
  javaObject,
  /^ari:cloud:/,
  // A rank: `0|i00abc:`.
  /^\d\|[0-9a-z]+:[0-9a-z]*$/,
  // The pull requests and builds of an issue, and how long it was in each status.
  /^\{.{0,200}(json=\{|"cachedValue"|dataType=)/s,
  /_\*:\*_/,
  // An account, and a UUID: a team, an object.
  /^([0-9a-f]{24}|(\d{1,10}|qm|ug):[0-9a-f]{8}-[\w-]{20,40}(:[\w-]{1,40})?)$/i,
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
];

const isInternal = (value: string) => internals.some(form => form.test(value));

const afterName = /,(?:startDate|endDate|completeDate|activatedDate|sequence|goal|autoStartStop|synced)=|\]/;

function sprintNames(value: string): string {
  if (!javaObject.test(value)) return '';
  const [, ...parts] = value.split(/[[,]name=/);
  return parts.map(part => part.slice(0, Math.max(0, part.search(afterName))).trim()).join(', ');
}

/** Seconds as `1h 30m`, in hours of sixty minutes: how long a day of work is, the site alone knows. */
export function duration(seconds: number): string {
  const minutes = Math.round(Math.abs(seconds) / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const shown = [hours > 0 && `${hours}h`, rest > 0 && `${rest}m`].filter(Boolean).join(' ') || '0m';
  return seconds < 0 && minutes > 0 ? `-${shown}` : shown;
}

const withState = (name: string, state: string | undefined) => (state ? `${name} (${state})` : name);

/** `2h 30m left`, `breached by 1h` or `met`. */
function clockText({ ongoingCycle, completedCycles }: z.infer<typeof agreement>): string {
  const latest = ongoingCycle ?? completedCycles.at(-1);
  if (!latest) return '';
  const { breached, paused, remainingTime } = latest;
  const over = remainingTime?.startsWith('-') ? ` by ${remainingTime.slice(1)}` : '';
  if (breached) return `breached${over}`;
  if (!ongoingCycle) return 'met';
  return `${remainingTime ?? 'time'} left${paused ? ', paused' : ''}`;
}

/** `Approval by managers: pending (Ana Ruiz approved, Li Wei pending)` */
function approvalText({ name, finalDecision, approvers = [] }: z.infer<typeof approval>): string {
  const each = approvers.map(
    ({ approver, approverDecision }) => `${approver?.displayName ?? 'somebody'} ${approverDecision}`,
  );
  const told = `${finalDecision}${each.length > 0 ? ` (${each.join(', ')})` : ''}`;
  return name ? `${name}: ${told}` : told;
}

/** `estimated 1d, 4h left, 3h 30m logged` */
export function trackingText({ originalEstimate, remainingEstimate, timeSpent }: z.infer<typeof tracking>): string {
  const parts = [
    originalEstimate && `estimated ${originalEstimate}`,
    remainingEstimate && `${remainingEstimate} left`,
    timeSpent && `${timeSpent} logged`,
  ];
  return parts.filter(Boolean).join(', ');
}
