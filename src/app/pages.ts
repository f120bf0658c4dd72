import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

const folder = join(import.meta.dirname, 'pages')

/** The plain pages: `/` and `/lots/<id>`; their scripts and styles under /pages/. */
export function registerPages(app: FastifyInstance): void {
  void app.register(fastifyStatic, { root: folder, prefix: '/pages/', index: false, cacheControl: false })
  app.get('/', (_, reply) => reply.sendFile('index.html'))
  app.get('/lots/:lotId', (_, reply) => reply.sendFile('lot.html'))
}
