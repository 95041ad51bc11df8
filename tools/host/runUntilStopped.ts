import { Failure } from '../../shared/failure.ts';

/** npm passes a terminal's Ctrl-C on, so that one arrives twice; the second of a person comes later than this. */
const sameSignalMs = 500;
const parentCheckMs = 200;

export interface RunOptions {
  /**
   * Stop when the parent process is gone, however it went. npm runs a script in a shell, and a signal to npm ends that
   * shell without reaching what runs in it.
   */
  withParent?: boolean;
}

/**
 * Starts something, keeps it until the process is told to stop (Ctrl-C, SIGTERM), closes it, which may take as long as
 * its running calls do, and exits with 0. Told to stop again, it exits at once. When it cannot start, it says why and
 * exits with 1.
 */
export async function runUntilStopped(start: () => Promise<{ close(): Promise<void> }>, options: RunOptions = {}) {
  const parent = process.ppid;
  const running = await start().catch((error: unknown) => {
    console.error(error instanceof Failure ? error.message : error);
    process.exit(1);
  });

  let stoppedAt: number | undefined;
  const stop = async () => {
    stoppedAt = performance.now();
    await running.close();
    process.exit(0);
  };
  const onSignal = () => {
    if (stoppedAt === undefined) stop();
    else if (performance.now() - stoppedAt > sameSignalMs) process.exit(0);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  if (options.withParent) {
    setInterval(() => {
      if (process.ppid !== parent && stoppedAt === undefined) stop();
    }, parentCheckMs);
  }
}
