import type { LookupAddress } from 'node:dns';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { isPublicAddress, publicLookup, readPublicFile } from '../../../shared/upstream/publicFile.ts';

describe('an address', () => {
  it.each(['8.8.8.8', '104.192.141.1', '172.15.0.1', '172.32.0.1', '2606:4700::1111', '2a00:1450::1'])(
    '%s is public',
    address => expect(isPublicAddress(address)).toBe(true),
  );

  it.each([
    ...[
      '0.0.0.0',
      '10.1.2.3',
      '100.64.0.1',
      '127.0.0.1',
      '127.9.9.9',
      '169.254.169.254',
      '172.16.0.1',
      '172.31.255.255',
    ],
    ...[
      '192.168.0.1',
      '192.0.0.1',
      '198.18.0.1',
      '198.51.100.1',
      '203.0.113.1',
      '224.0.0.1',
      '240.0.0.1',
      '168.63.129.16',
    ],
    ...[
      '255.255.255.255',
      '::',
      '::1',
      'fe80::1',
      'fd00::1',
      'fc00::1',
      'ff02::1',
      '::ffff:8.8.8.8',
      '::ffff:127.0.0.1',
    ],
    ...['64:ff9b::a00:1', '2002:a00:1::', '2001:db8::1', '2001::1', 'localhost', '', '1'],
  ])('%s is not', address => expect(isPublicAddress(address)).toBe(false));
});

/** What a name resolves to. */
const resolving = (...addresses: string[]) =>
  publicLookup(((_name: string, _options: object, callback: (error: null, found: LookupAddress[]) => void) =>
    callback(
      null,
      addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
    )) as never);

const lookedUp = (lookup: ReturnType<typeof publicLookup>, all: boolean) =>
  new Promise((found, failed) => {
    lookup('files.example', { all }, (error, address) => (error ? failed(error) : found(address)));
  });

describe('a name', () => {
  it('is connected to at the address that was looked at', async () => {
    expect(await lookedUp(resolving('8.8.8.8', '2606:4700::1111'), false)).toBe('8.8.8.8');
    expect(await lookedUp(resolving('8.8.8.8'), true)).toEqual([{ address: '8.8.8.8', family: 4 }]);
  });

  it.each([['10.0.0.1'], ['8.8.8.8', '127.0.0.1'], ['::1'], ['169.254.169.254']])(
    'of which one address is not public is not: %s',
    async (...addresses) => {
      await expect(lookedUp(resolving(...addresses), true)).rejects.toThrow();
      await expect(lookedUp(resolving(...addresses), false)).rejects.toThrow();
    },
  );
});

describe('a file elsewhere', async () => {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    response.end('secret of this machine');
  }).listen(0, '127.0.0.1');
  await new Promise(done => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  afterAll(() => server.close());

  const read = (url: string, isLocal = false) =>
    readPublicFile(
      new URL(url),
      { from: 0, length: 100 },
      { title: 'Jira', signal: AbortSignal.timeout(5_000), isLocal: () => isLocal },
    );

  it.each([
    `http://127.0.0.1:${port}/`,
    `https://127.0.0.1:${port}/`,
    `https://localhost:${port}/`,
    `https://127.1:${port}/`,
    `https://2130706433:${port}/`,
    `https://0x7f.0.0.1:${port}/`,
    `https://[::1]:${port}/`,
    `https://[::ffff:7f00:1]:${port}/`,
  ])('is not looked for at %s', async url => {
    await expect(read(url)).rejects.toMatchObject({ code: 'upstream_error', retryable: false });
    expect(asked).toBe(0);
  });

  it('is read on this machine only where the upstream is there as well', async () => {
    const { bytes } = await read(`http://127.0.0.1:${port}/`, true);
    expect(Buffer.from(bytes).toString()).toBe('secret of this machine');
  });
});
