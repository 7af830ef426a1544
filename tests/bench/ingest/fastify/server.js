// What a team would write in an afternoon: takes a beacon as it is, adds it to a stream of Redis,
// and answers when Redis has it. It checks nothing. `node server.js REDIS_PORT`.

import Fastify from 'fastify';
import { Redis } from 'ioredis';

const redis = new Redis({ host: '127.0.0.1', port: Number(process.argv[2]) });
const server = Fastify();
server.removeAllContentTypeParsers();
server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
server.post('/v1/beacon', async ({ body }, reply) => {
  await redis.xadd('dna:{0}:events', '*', 'e', body);
  return reply.code(204).send();
});
const address = await server.listen({ host: '127.0.0.1', port: 0 });
console.log(`fastify listening on ${address}`);
