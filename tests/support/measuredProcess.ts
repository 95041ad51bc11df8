// Preloaded with NODE_OPTIONS, it tells on SIGUSR2 what its process holds, garbage collected before.
import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

process.on('SIGUSR2', () => {
  collect();
  // What finalizers let go of is collected the second time.
  setTimeout(() => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    const files = process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0;
    console.log(
      `Holds ${JSON.stringify({ bytes: heapUsed + external, handles: process.getActiveResourcesInfo().length, files })}`,
    );
  }, 50);
});
