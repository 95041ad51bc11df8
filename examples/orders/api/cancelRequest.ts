import { once } from 'node:events';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';

export interface Server {
  host: string;
  port: number;
  /** How the certificate is verified; false for a connection without TLS. */
  tls: ConnectionOptions | false;
}

/** What a server gives each connection at its start, so that another one may cancel its statement. */
export interface BackendKey {
  processID: number;
  secretKey: number;
}

const SSL_REQUEST = 80_877_103;
const CANCEL_REQUEST = 80_877_102;

/**
 * Asks the server to cancel what a connection is doing, by a connection that needs no sign-in and takes none of the
 * places that the server has for clients. Ends when the server has passed it on.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
 */
export async function requestCancel(server: Server, key: BackendKey, signal: AbortSignal): Promise<void> {
  const socket = connectTcp({ host: server.host, port: server.port });
  // What goes wrong is told by `once` while it waits, and does not matter afterwards.
  socket.on('error', () => {});
  try {
    await once(socket, 'connect', { signal });
    const channel = server.tls ? await secured(socket, server.host, server.tls, signal) : socket;
    const ended = once(channel, 'close', { signal });
    channel.end(message(CANCEL_REQUEST, key.processID, key.secretKey));
    channel.resume();
    await ended;
  } finally {
    socket.destroy();
  }
}

async function secured(socket: Socket, host: string, tls: ConnectionOptions, signal: AbortSignal): Promise<Socket> {
  socket.write(message(SSL_REQUEST));
  const [answer] = await once(socket, 'data', { signal });
  if (String(answer) !== 'S') throw new Error('The server does not support TLS.');
  const channel = connectTls({ host, ...(!isIP(host) && { servername: host }), ...tls, socket });
  channel.on('error', () => {});
  await once(channel, 'secureConnect', { signal });
  return channel;
}

/** A message of 32-bit numbers, its length first. */
function message(...numbers: readonly number[]): Buffer {
  const buffer = Buffer.alloc(4 * (numbers.length + 1));
  for (const [at, number] of [buffer.length, ...numbers].entries()) buffer.writeUInt32BE(number >>> 0, at * 4);
  return buffer;
}
