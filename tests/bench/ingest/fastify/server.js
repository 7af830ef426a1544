// What a team would write in an afternoon: takes a beacon, which must be JSON if it looks like it,
// adds it to a stream of Redis, and answers when Redis has it. `node server.js REDIS_PORT`.

import Fastify from 'fastify';
import { Redis } from 'ioredis';

const redis = new Redis({ host: '127.0.0.1', port: Number(process.argv[2]) });
const server = Fastify();
server.removeAllContentTypeParsers();
// Beacons come as text/plain, or browsers would ask for permission first.
server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
  if (body[0] !== 0x7b) return done(null, body);
  try {
    done(null, JSON.parse(body.toString()));
  } catch (error) {
    done(error);
  }
});
server.post('/v1/beacon', async ({ body }, reply) => {
  const entry = Buffer.isBuffer(body) ? body : JSON.stringify(body);
  await redis.xadd('dna:{0}:events', '*', 'e', entry);
  return reply.code(204).send();
});
const address = await server.listen({ host: '127.0.0.1', port: 0 });
console.log(`fastify listening on ${address}`);
