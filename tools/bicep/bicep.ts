// Runs the Bicep CLI, wherever it is: `node tools/bicep/bicep.ts lint infra/main.bicep`.
import { spawnSync } from 'node:child_process';
import { findBicep, whereToGetBicep } from './findBicep.ts';

const bicep = findBicep(process.env);
if (!bicep) {
  console.error(whereToGetBicep);
  process.exit(1);
}
process.exitCode = spawnSync(bicep, process.argv.slice(2), { stdio: 'inherit' }).status ?? 1;
