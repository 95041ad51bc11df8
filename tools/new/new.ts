// Starts something new:
//   npm run new -- <system> <action> [--effect adds|changes|removes]    an action and its test
//   npm run new -- system <name> --from <example>                       a system and its tests, from one in examples/
import { start } from './start.ts';

const USAGE = `Usage: npm run new -- <system> <action> [--effect adds|changes|removes]
   or: npm run new -- system <name> --from <example>
Such as npm run new -- jira getProjectLead, or npm run new -- system tickets --from helpdesk`;

const made = await start(process.argv.slice(2));
if (typeof made === 'string') {
  console.error(`${made}\n${USAGE}`);
  process.exitCode = 1;
} else {
  await made();
}
