/** Ctrl-C at a prompt. */
export class Interrupted extends Error {}

/** Runs a hook. What goes wrong is told in a sentence, not in a stack; Ctrl-C ends with the shell's own code for it. */
export async function runHook(hook: () => Promise<void>): Promise<void> {
  try {
    await hook();
  } catch (error) {
    if (error instanceof Interrupted) process.exitCode = 130;
    else {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    }
  }
}
