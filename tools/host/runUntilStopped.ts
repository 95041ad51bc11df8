import { Failure } from '../../shared/failure.ts';

/** How long closing may take before the process ends all the same. */
const patienceMs = 900;
const parentCheckMs = 200;

export interface RunOptions {
  /**
   * Stop when the parent process is gone, however it went. npm runs a script in a shell, and a signal to npm ends that
   * shell without reaching what runs in it.
   */
  withParent?: boolean;
}

/**
 * Starts something, keeps it until the process is told to stop (Ctrl-C, SIGTERM), closes it and exits with 0. When it
 * cannot start, says why and exits with 1.
 */
export async function runUntilStopped(start: () => Promise<{ close(): Promise<void> }>, options: RunOptions = {}) {
  const parent = process.ppid;
  const running = await start().catch((error: unknown) => {
    console.error(error instanceof Failure ? error.message : error);
    process.exit(1);
  });

  let stopping = false;
  const stop = async () => {
    // npm passes a terminal's Ctrl-C on, so that it arrives twice.
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(0), patienceMs);
    await running.close();
    process.exit(0);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  if (options.withParent) {
    setInterval(() => {
      if (process.ppid !== parent) stop();
    }, parentCheckMs);
  }
}
