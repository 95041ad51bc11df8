/** What was tried to make it faster and what that gave, as it was measured then; for whoever thinks of it again. */
export const tried: readonly { what: string; gave: string }[] = [
  {
    what: 'Importing the chunks by a timer in the entry',
    gave: 'moves their cost into the registration: 305 against 307 ms in sum. The warm-up begins 200 ms after the registration instead, and lets calls go first.',
  },
  {
    what: 'A warm-up that loads the chunks, gets token and secrets, connects and signs in',
    gave: 'takes the processor’s time of a first Jira call from 240 to 85 ms, of a first Salesforce call from 236 to 62.',
  },
  {
    what: 'A rehearsal: some reads carried out against made-up answers, three times each',
    gave: 'compiles the functions and schemas that a first call would compile: 85 to 41 ms, and 62 to 24, when it went as far as the check of the input; it goes through the whole call since.',
  },
  {
    what: 'Opening the connections ahead by HEAD',
    gave: 'opens connections that nobody uses: Node’s `fetch` closes one after a HEAD, so that a call saved no more than the longer form of the TLS handshake, and one that came at once did two of them. OPTIONS keeps the connection.',
  },
  {
    what: 'Counting a call from when the app is loaded',
    gave: 'let the warm-up run beside the first call, and ahead of its answer: 241 ms against 193 without any warm-up. A call is counted from its arrival until 20 ms after its answer, and both take the same.',
  },
  {
    what: 'The part of `@azure/identity` that a managed identity needs',
    gave: '`ManagedIdentityCredential` alone is 645 of 697 kB. `ManagedIdentityApplication` of `@azure/msal-node`, which that calls itself, is 233 kB when its modules are marked as free of side effects: 18 ms of the processor’s time to load instead of about 30. A developer’s sign-ins are loaded off Azure alone.',
  },
  {
    what: 'Key Vault by two requests of our own, without its SDK',
    gave: 'would save 180 kB. Not done: a library that Microsoft keeps is worth that.',
  },
  {
    what: 'V8’s code cache',
    gave: '`NODE_COMPILE_CACHE` in the environment brought nothing. `module.enableCompileCache` with a cache of every chunk takes loading all of them from 250 to 205 ms, but is 2.2 MB in 156 files, and holds for one version of Node and one path. It does not fit into a package of 2.5 MB.',
  },
  {
    what: 'Loading the parser of SOQL ahead',
    gave: 'keeps the process busy for a third of a second in one piece, because its grammar is built when it is loaded. Not done: a call would wait for it.',
  },
  {
    what: 'More room for young objects, `NODE_OPTIONS=--max-semi-space-size=64`',
    gave: 'answers a fifth more Jira calls a second under 50 callers, 151 against 127 on a busy machine, since their answers of 190 kB are collected before they are moved. Nothing of that with the hand-written app. Not set: V8 has three such spaces, so that it may take 144 MB more, and it was not tried on an instance of 512 MB.',
  },
  {
    what: 'A processor profile of the warm Jira read',
    gave: 'shows, of what the hand-written app does not do: collecting garbage 0.7 ms a call, writing the log line to the local host’s pipe 0.4, and everything else below 0.1 each. Laying out a list once more to see whether it has moments, and measuring it, is 0.1 ms of 4 to 8.',
  },
  {
    what: 'One file for all chunks that are loaded together',
    gave: 'has a first Jira call load 20 files in place of 101, and takes a tenth off the processor’s time of it (250 of 280 ms on a slow machine), together with leaving the code for the rights of callers and for policies to those who turn them on. A first Salesforce call takes what it took.',
  },
  {
    what: 'The minified form of `@azure/functions`',
    gave: 'makes what is loaded before the registration 98 kB, where it was 144.',
  },
];
