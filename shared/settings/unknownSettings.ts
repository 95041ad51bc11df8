import type * as z from 'zod';
import type { System } from '../action/defineSystem.ts';
import { meaningOf } from '../schema/meaning.ts';
import { commonSecrets, commonSettings } from './common.ts';
import { ownSettings, secretSetting, settingPrefix, systemOf } from './config.ts';
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

/** A setting that there is. */
interface KnownSetting {
  name: string;
  /** Its name without the prefix of its system. */
  ending: string;
  /** Undefined for one of the app's own. */
  system: string | undefined;
  restricts: Restricts | undefined;
}

/** How many characters may differ for one name to be taken for another. */
const CLOSE = 2;
/** Names that are shorter than this may differ by one character only. */
const SHORT = 8;

/** Finds names in `env` that are close to the name of a setting or begin with the prefix of a system. */
export function unknownSettings(systems: readonly System[], env: Environment): UnknownSetting[] {
  const known = knownSettings(systems);
  const names = new Set(known.map(({ name }) => name));
  return Object.keys(env).flatMap(name => {
    if (names.has(name) || !env[name]?.trim()) return [];
    const system = systemOf(name, systems);
    const like = system ? likeOneOf(system, name, known) : closest(name, known);
    if (like) return [unknown(name, `; did you mean ${like.name}?`, like)];
    if (!system) return [];
    return [
      unknown(name, ` of ${system.title}.`, {
        system: system.name,
        restricts: restrictionElsewhere(system, name, known),
      }),
    ];
  });
}

function unknown(name: string, rest: string, like: Partial<KnownSetting>): UnknownSetting {
  return {
    name,
    meant: like.name,
    message: `${name} is not a setting${rest}`,
    restricts: like.restricts && { what: like.restricts, system: like.system },
  };
}

function knownSettings(systems: readonly System[]): KnownSetting[] {
  const restrictsOf = (schema: z.ZodObject, name: string) => meaningOf(schema.shape[name] ?? schema).restricts;
  return [
    ...commonSettings.flatMap(schema =>
      Object.keys(schema.shape).map(name => ({
        name,
        ending: name,
        system: undefined,
        restricts: restrictsOf(schema, name),
      })),
    ),
    ...Object.keys(commonSecrets).map(
      (secret): KnownSetting => ({ name: secretSetting(secret), ending: '', system: undefined, restricts: undefined }),
    ),
    ...systems.flatMap(system => {
      const known = (name: string, restricts: Restricts | undefined): KnownSetting => ({
        name,
        ending: name.slice(settingPrefix(system).length),
        system: system.name,
        restricts,
      });
      return [
        ...ownSettings(system).map(name => known(name, restrictsOf(system.settings, name))),
        ...Object.keys(system.secrets).map(secret => known(secretSetting(secret), undefined)),
      ];
    }),
  ];
}

/**
 * The setting that a name with the prefix of this system stands for: one of the system's own before any other, and the
 * app's `READ_ONLY` for a `READ_ONLY` with a prefix.
 */
function likeOneOf(system: System, name: string, known: readonly KnownSetting[]): KnownSetting | undefined {
  const own = known.filter(setting => setting.system === system.name);
  const ofApp = known.filter(setting => setting.system === undefined && setting.restricts);
  const ending = endingOf(system, name);
  const elsewhere = restrictionElsewhere(system, name, known);
  return closest(name, own) ?? closest(ending, ofApp) ?? (elsewhere ? undefined : closest(name, known));
}

/** What a setting restricts that another system has, such as `…_RUN_AS`: it was probably meant to do the same here. */
function restrictionElsewhere(system: System, name: string, known: readonly KnownSetting[]): Restricts | undefined {
  const ending = endingOf(system, name);
  return known.find(setting => setting.system && setting.restricts && distance(ending, setting.ending) <= 1)?.restricts;
}

function endingOf(system: System, name: string): string {
  return name.slice(settingPrefix(system).length);
}

function closest(name: string, known: readonly KnownSetting[]): KnownSetting | undefined {
  const ranked = known
    .map(setting => ({ setting, away: distance(name, setting.name) }))
    .filter(({ setting, away }) => away <= (setting.name.length < SHORT ? 1 : CLOSE))
    .sort((one, other) => one.away - other.away);
  return ranked[0]?.setting;
}

/** Names are told apart by their letters and digits alone: underscores and case are what people get wrong. */
function distance(one: string, other: string): number {
  return editDistance(lettersOf(one), lettersOf(other));
}

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
