/** A process that uses an embedded server until its input ends: `node embedded-process.ts <data> owner|attach [name]`. Says how it came up, or why not. */
import { openEmbedded } from '../../src/db/embedded.ts'

const [data = '', role = '', name = 'lotwise serve'] = process.argv.slice(2)
try {
  const server = await openEmbedded(data, { role: role === 'owner' ? 'owner' : 'attach', name, settings: { shared_buffers: '16MB' } })
  process.stdout.write(`${JSON.stringify({ way: server.way, config: server.adminConfig })}\n`)
  process.stdin.on('end', () => void server.stop().then(() => process.exit(0))).resume()
} catch (error) {
  process.stdout.write(`${JSON.stringify({ refused: (error as Error).message })}\n`)
  process.exit(1)
}
