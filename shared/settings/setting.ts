import * as z from 'zod';

declare module 'zod' {
  /** What is told of a setting beside its schema. */
  interface GlobalMeta {
    /** A value to show in examples. */
    sample?: string;
    /** The values that it takes, where there are few. */
    values?: readonly string[];
    /** True when the deployment sets it, so that nobody is asked for it. */
    setByDeployment?: boolean;
    /** True when it means something on Azure only, so that a local run leaves it out. */
    deployedOnly?: boolean;
    /**
     * What a value of it may close: every action, the writes, or the actions of its own system. Where such a setting is
     * wrong or misspelt, what it would have closed is stopped.
     */
    restricts?: Restricts;
  }
}

export type Restricts = 'everything' | 'writes' | 'system';

/** Where settings come from: `process.env`, or a plain object in a test. */
export type Environment = Readonly<Record<string, string | undefined>>;

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** True for a server on this machine, which is allowed plain http and may play a vault or a vendor. */
export function isLoopback(url: string): boolean {
  return loopback.test(new URL(url).hostname);
}

/** An absolute https URL, or http on loopback; kept without query, fragment and trailing slash. */
export function serviceUrl(cure: string) {
  return z.string({ error: cure }).transform((value, context) => {
    const url = URL.parse(value.trim());
    const fits = url && (url.protocol === 'https:' || (url.protocol === 'http:' && loopback.test(url.hostname)));
    if (fits && !url.username && !url.password) return (url.origin + url.pathname).replace(/(?<!\/)\/+$/, '');
    context.issues.push({
      code: 'custom',
      message: `${cure} It must be an https URL, with no user name in it.`,
      input: undefined,
    });
    return z.NEVER;
  });
}

/**
 * One value or several, separated by commas, each once. It is kept as one text with commas between the values.
 * @param value takes one of them, which has no comma
 */
export function listOf(value: z.ZodType<string, string>, cure: string) {
  return z
    .string({ error: value.safeParse(undefined).error?.issues[0]?.message ?? cure })
    .transform((text, context) => {
      const parsed = text.split(',').map(each => value.safeParse(each.trim()));
      const wrong = parsed.find(({ success }) => !success);
      const values = parsed.map(({ data }) => data);
      if (!wrong && new Set(values).size === values.length) return values.join(',');
      const message = wrong?.error?.issues[0]?.message ?? cure;
      context.issues.push({ code: 'custom', message, input: undefined });
      return z.NEVER;
    });
}

export function wholeNumber(low: number, high: number, unit: string) {
  const error = `Set it to a whole number of ${unit} from ${low} to ${high}, or remove it.`;
  return z.coerce.number({ error }).int(error).min(low, error).max(high, error);
}

/** One of a few words, in any case. */
export function oneOf<const Values extends readonly [string, ...string[]]>(...values: Values) {
  return z
    .string()
    .toLowerCase()
    .pipe(z.enum(values, { error: `Set it to ${values.join(' or ')}.` }))
    .meta({ values });
}

/** A rule over several settings; it speaks up even when another setting is wrong, so that all is told at once. */
export function rule(setting: string, error: string) {
  return { path: [setting], error, when: () => true };
}
