import type * as z from 'zod';
import type { System } from '../action/defineSystem.ts';
import { Failure } from '../failure.ts';
import {
  appSettings,
  auditSettings,
  commonSettings,
  ledgerSettings,
  secretsSettings,
  telemetrySettings,
  timeSettings,
  warmUpSettings,
} from './common.ts';
import type { Environment } from './setting.ts';

/** What is wrong with one setting, and the cure, in one sentence. The value itself is never told. */
interface SettingProblem {
  setting: string;
  message: string;
}

/** Settings that belong together: either all of them are good, or reading them says what is not. */
interface Section<Settings> {
  /** @throws Failure `misconfigured`, naming every setting that is missing or wrong. */
  read(): Settings;
  problems(): SettingProblem[];
}

export interface Config {
  app: Section<z.output<typeof appSettings>>;
  time: Section<z.output<typeof timeSettings>>;
  secrets: Section<z.output<typeof secretsSettings>>;
  ledger: Section<z.output<typeof ledgerSettings>>;
  audit: Section<z.output<typeof auditSettings>>;
  telemetry: Section<z.output<typeof telemetrySettings>>;
  warmUp: Section<z.output<typeof warmUpSettings>>;
  /** The settings of a system. */
  of(system: System): Section<unknown>;
}

/** Reads settings from `env`; each section is parsed once, when it is first needed, so that a bad one stops nothing else. */
export function readConfig(env: Environment): Config {
  const sections = new Map<string, Section<unknown>>();
  return {
    app: section(appSettings, env),
    time: section(timeSettings, env),
    secrets: section(secretsSettings, env),
    ledger: section(ledgerSettings, env),
    audit: section(auditSettings, env),
    telemetry: section(telemetrySettings, env),
    warmUp: section(warmUpSettings, env),
    of({ name, settings }) {
      const known = sections.get(name) ?? section(settings, env);
      sections.set(name, known);
      return known;
    },
  };
}

/**
 * Whether a system is to be used: some setting that it cannot do without is there. Where others are missing or wrong, its
 * actions say so. One without any such setting needs no configuration.
 */
export function isConfigured({ settings }: Pick<System, 'settings'>, env: Environment): boolean {
  const needed = neededSettings(settings);
  return needed.length === 0 || needed.some(name => isSet(env, name));
}

/** Whether anything of a system was set at all; otherwise it was left out on purpose. */
export function isMentioned(system: Pick<System, 'settings' | 'secrets'>, env: Environment): boolean {
  return [...ownSettings(system), ...Object.keys(system.secrets).map(secretSetting)].some(name => isSet(env, name));
}

/** Where a local start tells the app the addresses of the sandboxes that stand in for systems, with spaces between. */
export const SANDBOX_URLS = 'SANDBOX_URLS';

/** Whether the app is pointed at a sandbox of a system, which has made-up data. */
export function isSandboxed({ settings }: Pick<System, 'settings'>, env: Environment): boolean {
  const sandboxes = (env[SANDBOX_URLS] ?? '').split(' ').filter(Boolean);
  return neededSettings(settings).some(name => sandboxes.some(url => url === env[name]));
}

/** The settings that a system cannot do without: those of its own, or where there are none such, those of the app. */
export function neededSettings(settings: z.ZodObject): string[] {
  const needed = Object.keys(settings.shape).filter(name => {
    const schema: z.ZodType | undefined = settings.shape[name];
    return !schema?.safeParse(undefined).success;
  });
  const own = ownSettings({ settings }).filter(name => needed.includes(name));
  return own.length > 0 ? own : needed;
}

/** The settings of a system without those of the app that its schema has, too, for a rule over both. */
export function ownSettings({ settings }: Pick<System, 'settings'>): string[] {
  return Object.keys(settings.shape).filter(name => !commonSettings.some(({ shape }) => name in shape));
}

/** The setting that a secret is read from where there is no vault. */
export function secretSetting(secret: string): string {
  return secret.toUpperCase().replaceAll('-', '_');
}

/** What the names of a system's settings begin with. */
export function settingPrefix({ name }: Pick<System, 'name'>): string {
  return `${secretSetting(name)}_`;
}

/** The system whose prefix a setting's name has, in any case; the longest counts: `ORDERS_EU_URL` is of `orders-eu`, not of `orders`. */
export function systemOf<Named extends Pick<System, 'name'>>(
  setting: string,
  systems: readonly Named[],
): Named | undefined {
  return systems
    .filter(system => setting.toUpperCase().startsWith(settingPrefix(system)))
    .sort((one, other) => other.name.length - one.name.length)[0];
}

function isSet(env: Environment, name: string): boolean {
  return Boolean(env[name]?.trim());
}

function section<Schema extends z.ZodObject>(schema: Schema, env: Environment): Section<z.output<Schema>> {
  let result: z.ZodSafeParseResult<z.output<Schema>> | undefined;
  const parse = () => {
    // An application setting that was left empty in the portal means the same as none.
    result ??= schema.safeParse(
      Object.fromEntries(Object.keys(schema.shape).map(name => [name, env[name]?.trim() || undefined])),
    );
    return result;
  };
  const problems = (): SettingProblem[] =>
    (parse().error?.issues ?? []).map(issue => {
      const setting = String(issue.path[0]);
      return { setting, message: `${setting} ${isSet(env, setting) ? 'is wrong' : 'is not set'}. ${issue.message}` };
    });
  return {
    problems,
    read() {
      const { success, data } = parse();
      if (success) return data;
      const messages = problems().map(problem => problem.message);
      throw new Failure(
        'misconfigured',
        `${messages.join(' ')} An administrator must change the application settings.`,
      );
    },
  };
}
