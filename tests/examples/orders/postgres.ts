import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { appendFile, chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { Client, type QueryResultRow } from 'pg';
import { type Certificate, makeCertificate } from '../../support/certificate.ts';

/** A PostgreSQL server that the tests may do anything to. */
export interface Postgres {
  port: number;
  /** The server's certificate, which is its own authority. */
  certificate: Certificate;
  /** Runs statements as the superuser, in the database `shop` unless told otherwise. */
  admin<Row extends QueryResultRow>(statements: string, database?: string): Promise<Row[]>;
  start(): Promise<void>;
  stop(): Promise<void>;
  remove(): Promise<void>;
}

const superuser = 'postgres';
const password = 'password-of-the-superuser';

/** The certificate is for the first address only. */
const configuration = `
listen_addresses = '127.0.0.1, 127.0.0.2'
unix_socket_directories = ''
fsync = off
ssl = on
`;

/** Where the programs of an installed PostgreSQL are; undefined where there is none. */
export const postgresPrograms = findPrograms();

function findPrograms(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((one, other) => Number(other) - Number(one)) : [];
  const folders = [
    ...versions.map(version => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  return folders.find(folder => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

/** Starts a server of its own on loopback, with TLS, in a temporary folder. */
export async function startPostgres(programs: string): Promise<Postgres> {
  const owner = ownerOfServer();
  const certificate = await makeCertificate();
  const folder = await mkdtemp(join(tmpdir(), 'postgres-'));
  const data = join(folder, 'data');
  const own = async (path: string) => owner && chown(path, owner.uid, owner.gid);
  const give = async (path: string, content: string) => {
    await writeFile(path, content, { mode: 0o600 });
    await own(path);
  };
  await own(folder);
  await give(join(folder, 'password'), password);
  await promisify(execFile)(
    join(programs, 'initdb'),
    ['-D', data, '-U', superuser, '-A', 'scram-sha-256', `--pwfile=${join(folder, 'password')}`, '-N', '-E', 'UTF8'],
    { ...owner, cwd: folder },
  );
  await give(join(data, 'server.key'), certificate.key);
  await give(join(data, 'server.crt'), certificate.cert);
  await appendFile(join(data, 'postgresql.conf'), configuration);
  await chmod(folder, 0o700);

  const port = await freePort();
  let server: ChildProcess | undefined;

  const start = async () => {
    server = spawn(join(programs, 'postgres'), ['-D', data, '-p', String(port)], {
      ...owner,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await new Promise<void>((ready, failed) => {
      let log = '';
      server?.stderr?.setEncoding('utf8').on('data', (text: string) => {
        log += text;
        if (log.includes('ready to accept connections')) ready();
      });
      server?.once('exit', code => failed(new Error(`PostgreSQL ended with ${code}:\n${log}`)));
    });
  };

  const stop = async () => {
    if (!server || server.exitCode !== null) return;
    const ended = once(server, 'exit');
    // Does not wait until its clients have gone.
    server.kill('SIGINT');
    await ended;
  };

  await start();
  return {
    port,
    certificate,
    async admin(statements, database = 'shop') {
      const client = new Client({ host: '127.0.0.1', port, user: superuser, password, database });
      await client.connect();
      try {
        return (await client.query(statements)).rows;
      } finally {
        await client.end();
      }
    },
    start,
    stop,
    async remove() {
      await stop();
      await certificate.remove();
      await rm(folder, { recursive: true });
    },
  };
}

/** PostgreSQL refuses to run as root; its package comes with a user for it. */
function ownerOfServer(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>(listening => probe.listen(0, '127.0.0.1', listening));
  const { port } = probe.address() as AddressInfo;
  await new Promise(closed => probe.close(closed));
  return port;
}
