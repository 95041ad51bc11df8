import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { stripVTControlCharacters, styleText } from 'node:util';
import { Worker } from 'node:worker_threads';
import { Failure } from '../../shared/failure.ts';
import { banner } from '../host/banner.ts';
import { clock } from '../host/callLines.ts';
import { type Host, startHost } from '../host/host.ts';
import { applyLocalSettings } from '../host/localSettings.ts';
import { parsePort } from '../host/port.ts';
import { runUntilStopped } from '../host/runUntilStopped.ts';
import { createCallLog } from '../page/callLog.ts';
import { bundlePage, servePage } from '../page/servePage.ts';
import { createDevBundle, type DevBuild, describeBuildFailure } from './bundle.ts';
import { type ChangeKinds, kindsOf, watched } from './changeKinds.ts';
import { type Declared, declare } from './declare.ts';
import { createSandboxThreads } from './sandboxThreads.ts';
import { loadInThread } from './threadApp.ts';
import { type TypeProblem, typeCheck } from './typeCheck.ts';
import { type Changes, watchFiles } from './watchFiles.ts';

const root = resolve(import.meta.dirname, '../..');
/** Of builds, one folder for each process. */
const scratch = '.dist-dev-';
const index = 'functions/actions.ts';
/** A file that is saved or removed now is known to be within this time, in milliseconds. */
const KNOWN_MS = 300;
/** As many faults as are read before the first is mended. */
const MAX_SHOWN = 10;

const say = (text: string) => console.log(`${styleText('dim', clock(new Date()))} ${text}`);
const sayFaults = (what: string, faults: readonly string[]) => {
  say(styleText('red', what));
  for (const fault of faults.slice(0, MAX_SHOWN)) console.log(`  ${fault}`);
  if (faults.length > MAX_SHOWN) console.log(`  … and ${faults.length - MAX_SHOWN} more`);
};
const few = (files: readonly string[]) =>
  files.length > 3 ? `${files.slice(0, 3).join(', ')} and ${files.length - 3} more` : files.join(', ');
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/**
 * The app, its sandboxes and its page, as with `npm start`, and on a change of their files what that asks for: a new build, served
 * as soon as it is there; the sandboxes go on. A fault is told with its place, and the last good build is served: one that
 * builds, declares what the app may declare, and has no type error in it.
 */
async function startDev() {
  const shell = { ...process.env };
  /** Of the shell, and of local.settings.json as it is now. */
  const readSettings = async () => {
    const env: NodeJS.ProcessEnv = {
      ...shell,
      AZURE_FUNCTIONS_ENVIRONMENT: shell.AZURE_FUNCTIONS_ENVIRONMENT ?? 'Development',
    };
    return { env, warnings: await applyLocalSettings(root, env) };
  };
  let settings = await readSettings();
  const port = parsePort(settings.env.PORT);
  const data = settings.env.SANDBOX_DATA && resolve(settings.env.SANDBOX_DATA).replaceAll('\\', '/');
  await removeLeftOver();
  const folder = join(root, `${scratch}${process.pid}`);
  const memory = join(root, 'node_modules/.cache/dev');
  await Promise.all([mkdir(folder), mkdir(memory, { recursive: true })]);

  const bundle = createDevBundle(root, folder);
  const sandboxes = createSandboxThreads();
  const { calls, log, onCall } = createCallLog();
  let host: Host | undefined;
  let declared: Declared | undefined;
  /** What is served, and what was served last without any fault. */
  let served: DevBuild | undefined;
  let good: DevBuild | undefined;
  /** What was wrong the last time; it is told when it is mended. */
  let isBroken = false;
  let hasTypeErrors = false;
  let digest: string | undefined;
  let writtenIndex: string | undefined;
  let told: object | undefined;
  let isClosing = false;
  /** Ends what the change before has begun and nobody waits for any more. */
  let background = new AbortController();
  let pending: Changes | undefined;
  let working = Promise.resolve();
  const generating = new Set<Worker>();

  const goesOn = () => (served ? 'The last good build goes on.' : 'Nothing is served until that is mended.');
  const warnings = new Set<string>();
  const warn = (sentences: readonly string[]) => {
    for (const sentence of sentences) if (!warnings.has(sentence)) console.warn(sentence);
    for (const sentence of sentences) warnings.add(sentence);
  };

  const serve = async (build: DevBuild) => {
    if (host) await host.replace(build.folder);
    else {
      host = await startHost({
        root: build.folder,
        port,
        log,
        onCall,
        otherwise: servePage(root, () => declared?.app.page ?? nothingToShow, calls),
        load: (from, appLog) => {
          // What the app stands on is told at the start and when the settings are others, not with each build.
          const isTold = isSame(told, settingsOf(declared));
          told = settingsOf(declared);
          const env = { ...(declared?.env ?? settings.env), ...(isTold && { START_REPORT_MS: '0' }) };
          const lost = () => {
            if (!isClosing && served?.folder === from) change({ added: [], removed: [], changed: [] });
          };
          return loadInThread(from, { env, log: appLog, onLost: lost });
        },
      });
    }
    served = build;
  };

  /** @returns whether functions/actions.ts was another one */
  const readDeclarations = async (signal: AbortSignal): Promise<boolean> => {
    const found = await declare({ root, env: settings.env, firstPort: port && port + 1 }, sandboxes, signal);
    signal.throwIfAborted();
    declared = found;
    warn(found.app.unknown);
    const file = join(root, index);
    const isFirst = digest === undefined;
    if (isFirst) digest = found.digest;
    if ((await readFile(file, 'utf8').catch(() => '')) === found.index) return false;
    // What else is generated is then old, too.
    if (isFirst) digest = '';
    await writeFile(file, found.index);
    writtenIndex = found.index;
    return true;
  };

  let checking: Promise<unknown> = Promise.resolve();
  const checkTypes = (signal: AbortSignal): Promise<TypeProblem[]> => {
    const check = async () => {
      signal.throwIfAborted();
      return typeCheck(root, { project: '.', memory: join(memory, 'types.tsbuildinfo'), signal });
    };
    const checked = checking.then(check);
    checking = checked.catch(() => {});
    return checked;
  };

  /** @returns whether none of them is in what is served */
  const tellTypes = (problems: readonly TypeProblem[], build: DevBuild, consequence: string): boolean => {
    const inApp = problems.filter(({ file }) => build.inputs.has(file));
    const errors = problems.length === 1 ? '1 type error' : `${problems.length} type errors`;
    const where = inApp.length > 0 ? `${errors}. ${consequence}` : `${errors} in files that are not part of the app.`;
    if (problems.length > 0)
      sayFaults(
        where,
        problems.map(({ text }) => text),
      );
    return inApp.length === 0;
  };

  /** Looks at what nobody waits for; where it finds a fault, the last good build is served again. */
  const judge = async (build: DevBuild, isDeclared: boolean, types: Promise<TypeProblem[]>, signal: AbortSignal) => {
    try {
      const [isOther, problems] = await Promise.all([isDeclared ? false : readDeclarations(signal), types]);
      signal.throwIfAborted();
      const back = good
        ? 'The last good build is served again.'
        : 'It is served all the same: there is no build before it.';
      const isGood = tellTypes(problems, build, back);
      hasTypeErrors = !isGood;
      if (!isGood) return await goBack();
      good = build;
      if (isOther) change({ added: [], removed: [], changed: [index] });
      else if (digest !== declared?.digest) generate();
    } catch (error) {
      if (signal.aborted) return;
      sayFaults(`${good ? 'The last good build is served again.' : ''} This is not right:`.trim(), placed(error));
      await goBack();
    }
  };

  const goBack = async () => {
    isBroken = true;
    if (good && served !== good) await serve(good);
  };

  /** Writes what is made from the declarations. In a thread, so that it ends with this process. */
  const generate = () => {
    digest = declared?.digest;
    for (const thread of generating) thread.terminate();
    const thread = new Worker(new URL('../generate/generate.ts', import.meta.url), {
      argv: [],
      env: shell,
      stdout: true,
      stderr: true,
    });
    generating.add(thread);
    let output = '';
    thread.stdout.setEncoding('utf8').on('data', chunk => (output += chunk));
    thread.on('error', error => sayFaults('The generated files are as they were:', placed(error)));
    thread.once('exit', () => {
      generating.delete(thread);
      const files = [...output.matchAll(/^(?:Wrote|Removed) (.*)$/gm)].map(([, file = '']) => file);
      if (files.length > 0) say(`Generated ${few(files)}.`);
    });
  };

  /**
   * Takes up what has changed.
   * @returns whether that is to be done again, with what has been changed meanwhile
   */
  const turn = async (kinds: ChangeKinds | undefined): Promise<boolean> => {
    const began = performance.now();
    background.abort();
    background = new AbortController();
    const { signal } = background;
    if (kinds) {
      if (kinds.byHand.length > 0) {
        say(
          styleText(
            'yellow',
            `${few(kinds.byHand)}: stop this and start it again to take that up, after \`npm ci\` where packages have changed.`,
          ),
        );
      }
      await takeUpPage(kinds.page);
      if (kinds.settings) settings = await readSettings();
    }
    warn(settings.warnings);
    const restarted = kinds ? await takeUpSandboxes(kinds) : false;
    const isApp = !kinds || kinds.app.length > 0 || kinds.settings || (!restarted && isOnlyCrash(kinds));
    if (!isApp && !restarted && kinds?.generated.length === 0) return false;

    const before = settingsOf(declared);
    const isEarly = !kinds || kinds.declarations || kinds.settings || restarted || kinds.generated.length > 0;
    const building = isApp || !served ? bundle.rebuild() : Promise.resolve(served);
    const [declaring, built] = await Promise.allSettled([isEarly ? readDeclarations(signal) : false, building]);
    let build = built.status === 'fulfilled' ? built.value : undefined;
    let fault: unknown = built.status === 'rejected' ? built.reason : undefined;
    if (declaring.status === 'fulfilled' && declaring.value) {
      fault = undefined;
      build = await bundle.rebuild().catch(error => {
        fault = error;
        return undefined;
      });
    }
    const faults = fault === undefined ? [] : describeBuildFailure(fault);
    // The list of actions is old where the new one could not be made: why not is the fault to tell.
    const isListOld = declaring.status === 'rejected' && faults.every(place => place.startsWith(`${index}:`));
    const isWrong = !build || declaring.status === 'rejected';
    // A file that is removed while it is read is no fault of whoever removed it.
    if (isWrong) await setTimeout(KNOWN_MS);
    if (isWrong && pending) return true;
    if (!build && !isListOld) {
      isBroken = true;
      sayFaults(`It does not build. ${goesOn()}`, faults);
      return false;
    }
    if (declaring.status === 'rejected') {
      isBroken = true;
      sayFaults(`This is not right. ${goesOn()}`, placed(declaring.reason));
      return false;
    }
    if (!build) return false;
    if (kinds?.generated.length) generate();
    if (!isApp && isSame(before, settingsOf(declared))) return false;

    const types = checkTypes(signal);
    types.catch(() => {});
    // Where types are wrong, what comes next mostly is, too: then it is served when it is known to be right.
    if (hasTypeErrors && good) {
      const problems = await types;
      if (!tellTypes(problems, build, goesOn())) return false;
      hasTypeErrors = false;
    }
    const isFirst = !host;
    await serve(build);
    if (isFirst) {
      const { app } = declared ?? {};
      if (host && app)
        console.log(
          banner({ ...app, url: host.url, functions: host.functions, actions: app.callable, followsChanges: true }),
        );
    } else {
      const mended = isBroken ? `${styleText('green', 'Mended.')} ` : '';
      const why = kinds?.settings ? ['local.settings.json', ...kinds.app] : (kinds?.app ?? []);
      say(`${mended}Reloaded in ${Math.round(performance.now() - began)} ms${why.length > 0 ? `: ${few(why)}` : ''}`);
    }
    isBroken = false;
    judge(build, isEarly, types, signal);
    return false;
  };

  const isOnlyCrash = (kinds: ChangeKinds) =>
    !kinds.settings &&
    [kinds.app, kinds.page, kinds.byHand, kinds.generated, kinds.everySandbox].every(files => files.length === 0) &&
    kinds.sandboxes.size === 0;

  const takeUpPage = async (files: readonly string[]) => {
    if (files.length === 0) return;
    const checks = [
      bundlePage().then(() => [], describeBuildFailure),
      typeCheck(root, {
        project: 'tools/page/client',
        memory: join(memory, 'page.tsbuildinfo'),
        signal: background.signal,
      }).then(problems => problems.map(({ text }) => text)),
    ];
    for (const faults of await Promise.all(checks)) {
      if (faults.length > 0) return sayFaults('The page is not right:', faults);
    }
    say(`The page is another one: ${few(files)}. Load it again.`);
  };

  /** @returns whether any was started anew */
  const takeUpSandboxes = async ({ sandboxes: struck, everySandbox }: ChangeKinds): Promise<boolean> => {
    const all = new Set([
      ...struck.keys(),
      ...(everySandbox.length > 0 ? (declared?.app.page.systems ?? []).map(({ name }) => name) : []),
    ]);
    let isAny = false;
    for (const system of all) {
      if (!sandboxes.has(system)) continue;
      try {
        await sandboxes.restart(system);
        isAny = true;
        say(
          `The sandbox of ${system} has started anew with ${few([...(struck.get(system) ?? []), ...everySandbox])}. What was written in it is gone.`,
        );
      } catch (error) {
        isBroken = true;
        sayFaults(`The sandbox of ${system} goes on as it was.`, placed(error));
      }
    }
    return isAny;
  };

  /** Changes that come while others are taken up are taken up together afterwards. */
  const change = (changes: Changes) => {
    const isQueued = pending !== undefined;
    pending = pending ? joined(pending, changes) : changes;
    if (isQueued) return;
    working = working.then(async () => {
      const all = pending;
      pending = undefined;
      if (!all || isClosing) return;
      const isOwn =
        all.changed.includes(index) && writtenIndex === (await readFile(join(root, index), 'utf8').catch(() => ''));
      const rest = isOwn && served ? { ...all, changed: all.changed.filter(path => path !== index) } : all;
      if (isOwn && rest.added.length + rest.removed.length + rest.changed.length === 0) return;
      const isAgain = await turn(kindsOf(rest, data)).catch(error => {
        isBroken = true;
        sayFaults(`It cannot be taken up. ${goesOn()}`, placed(error));
        return false;
      });
      if (isAgain && pending) pending = joined(rest, pending);
    });
  };

  const watching = await watchFiles(root, data ? { ...watched, folders: [...watched.folders, data] } : watched, change);
  working = turn(undefined).then(() => {});
  const close = async () => {
    isClosing = true;
    watching.close();
    background.abort();
    await host?.close();
    await bundle.close();
    await sandboxes.closeAllBut(new Set());
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await working;
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}

const nothingToShow = { systems: [], actions: [], endpoints: [], definitions: [] };

/** What the app is told by its environment. */
function settingsOf(declared: Declared | undefined): object | undefined {
  if (!declared) return undefined;
  const { START_REPORT_MS: _, ...rest } = declared.env;
  return rest;
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

function joined(one: Changes, other: Changes): Changes {
  const added = new Set([...one.added, ...other.added]);
  const removed = new Set([...one.removed, ...other.removed]);
  return { added: [...added], removed: [...removed], changed: [...new Set([...one.changed, ...other.changed])] };
}

/** An error's message, and the first place in the project that its stack names. */
function placed(error: unknown): string[] {
  if (error instanceof Failure) return [error.message];
  const text = stripVTControlCharacters(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const lines = text.split('\n');
  const isFrame = (line: string) => /^\s+at /.test(line);
  const message = lines.filter(line => !isFrame(line) && line.trim() !== '').slice(0, MAX_SHOWN);
  const frame = lines.find(
    line => isFrame(line) && line.includes(root) && !line.includes('node_modules') && !line.includes('/tools/dev/'),
  );
  const place = frame
    ?.split(/[\s()]+/)
    .find(word => /:\d+:\d+$/.test(word))
    ?.replace('file://', '')
    .replace(`${root}/`, '');
  return place
    ? [`${place}: ${message[0] ?? ''}`, ...message.slice(1)]
    : message.length > 0
      ? message
      : [messageOf(error)];
}

/** Folders of processes that were ended before they could remove them. */
async function removeLeftOver(): Promise<void> {
  const names = (await readdir(root)).filter(name => name.startsWith(scratch));
  const isAlive = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  const stale = names.filter(name => !isAlive(Number(name.slice(scratch.length))));
  await Promise.all(stale.map(name => rm(join(root, name), { recursive: true, force: true })));
}

await runUntilStopped(startDev, { withParent: process.env.npm_lifecycle_event !== undefined });
