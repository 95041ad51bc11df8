import type * as z from 'zod';
import type { System } from '../action/defineSystem.ts';
import { meaningOf } from '../action/meaning.ts';
import { commonSettings } from './common.ts';
import { secretSetting } from './config.ts';
import type { Environment, Restricts } from './setting.ts';

/** A setting that looks like one of ours and is none. */
export interface UnknownSetting {
  name: string;
  /** The setting that was probably meant. */
  meant: string | undefined;
  /** `LEDGER_TABEL_ENDPOINT is not a setting; did you mean LEDGER_TABLE_ENDPOINT?` */
  message: string;
  /** What it would have closed if it were the one that was meant, and of which system. */
  restricts: { what: Restricts; system: string | undefined } | undefined;
}

interface KnownSetting {
  name: string;
  restricts?: Restricts | undefined;
  system?: string;
}

/** How many characters may differ for one name to be taken for another. */
const CLOSE = 2;
/** Names that are shorter than this may differ by one character only. */
const SHORT = 8;

/** Finds names in `env` that are close to the name of a setting or begin with the name of a system. */
export function unknownSettings(systems: readonly System[], env: Environment): UnknownSetting[] {
  const known = knownSettings(systems);
  const names = new Set(known.map(({ name }) => name));
  return Object.keys(env).flatMap(name => {
    if (names.has(name) || !env[name]?.trim()) return [];
    const system = systems.find(system => name.toUpperCase().startsWith(settingPrefix(system.name)));
    const meant = closest(name, known) ?? restrictionOf(name, system, known);
    if (!meant && !system) return [];
    const { name: meantName, restricts, system: owner } = meant ?? {};
    return [
      {
        name,
        meant: meantName,
        message: `${name} is not a setting${meantName ? `; did you mean ${meantName}?` : ` of ${system?.title}.`}`,
        restricts: restricts && { what: restricts, system: owner ?? system?.name },
      },
    ];
  });
}

/** What the names of a system's settings begin with. */
function settingPrefix(systemName: string): string {
  return `${systemName.toUpperCase().replaceAll('-', '_')}_`;
}

function knownSettings(systems: readonly System[]): KnownSetting[] {
  const ofSchema = (schema: z.ZodObject, system?: string): KnownSetting[] =>
    Object.entries(schema.shape).map(([name, field]) => ({
      name,
      restricts: meaningOf(field).restricts,
      ...(system !== undefined && { system }),
    }));
  return [
    ...commonSettings.flatMap(schema => ofSchema(schema)),
    ...systems.flatMap(({ name, settings, secrets }) => [
      ...ofSchema(settings, name),
      ...Object.keys(secrets).map(secret => ({ name: secretSetting(secret), system: name })),
    ]),
  ];
}

function closest(name: string, known: readonly KnownSetting[]): KnownSetting | undefined {
  const letters = lettersOf(name);
  const ranked = known
    .map(setting => ({ setting, distance: editDistance(letters, lettersOf(setting.name)) }))
    .filter(({ setting, distance }) => distance <= (setting.name.length < SHORT ? 1 : CLOSE))
    .sort((one, other) => one.distance - other.distance);
  return ranked[0]?.setting;
}

/** A setting that restricts another system, such as `…_RUN_AS`, was probably meant to restrict this one. */
function restrictionOf(name: string, system: System | undefined, known: readonly KnownSetting[]) {
  if (!system) return undefined;
  const ending = name.toUpperCase().slice(settingPrefix(system.name).length);
  const similar = known.find(
    setting =>
      setting.restricts &&
      setting.system &&
      editDistance(lettersOf(ending), lettersOf(setting.name.slice(settingPrefix(setting.system).length))) <= 1,
  );
  return similar && { name: undefined, restricts: similar.restricts, system: system.name };
}

/** Names are told apart by their letters and digits alone: underscores and case are what people get wrong. */
function lettersOf(name: string): string {
  return name.toUpperCase().replaceAll('_', '');
}

/** Levenshtein distance. https://en.wikipedia.org/wiki/Levenshtein_distance */
function editDistance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > CLOSE) return Number.POSITIVE_INFINITY;
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous.at(-1) ?? 0;
}
