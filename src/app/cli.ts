import { parseArgs } from 'node:util'
import { BackupError } from '#src/db/backup.ts'
import { DatabaseUnavailable } from '#src/db/embedded.ts'
import { MigrationError } from '#src/db/migrate.ts'
import { RefusalError } from '#src/lib/refusal.ts'
import { UsageError, type Command } from './commands/command.ts'
import { ConfigError, readConfig } from './config.ts'
import { refusalToProblem } from './problem.ts'

/** Every command; each is a file of its own and loaded only when it is run. A new one is one line here. */
const commands: { readonly [name: string]: { readonly summary: string; readonly load: () => Promise<{ command: Command }> } } = {
  serve: { summary: 'run the server (npm start)', load: () => import('./commands/serve.ts') },
  migrate: { summary: 'bring the database up to this version and stop', load: () => import('./commands/migrate.ts') },
  key: { summary: 'make an API key', load: () => import('./commands/key.ts') },
  import: { summary: 'take opening stock in from a file', load: () => import('./commands/import.ts') },
  export: { summary: 'write stock, products, lots or movements as CSV', load: () => import('./commands/export.ts') },
  trace: { summary: 'follow lots and units forward to customers or backward to suppliers', load: () => import('./commands/trace.ts') },
  snapshot: { summary: 'keep what stock was, for fast answers about the past', load: () => import('./commands/snapshot.ts') },
  backup: { summary: 'write everything there is to one file', load: () => import('./commands/backup.ts') },
  restore: { summary: 'fill an empty database from such a file', load: () => import('./commands/restore.ts') },
  verify: { summary: 'check every invariant over everything posted', load: () => import('./commands/verify.ts') },
  rebuild: { summary: 'make balances, unit states and genealogy again from the lines', load: () => import('./commands/rebuild.ts') },
  resume: { summary: 'let what a broken invariant froze be posted again', load: () => import('./commands/resume.ts') },
  demo: { summary: 'make, list and delete demo companies', load: () => import('./commands/demo.ts') },
  user: { summary: 'create people, set passwords, set up an installation unattended', load: () => import('./commands/user.ts') },
}

/** Runs one command line; sets the exit code: 0 done, 1 refused or failed, 2 not understood. */
export async function main(args: readonly string[]): Promise<void> {
  const [name = 'help', ...rest] = args
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!entry) {
    const isHelp = ['help', '--help', '-h'].includes(name)
    ;(isHelp ? console.log : console.error)(isHelp ? usage() : `There is no command ${name}.\n\n${usage()}`)
    process.exitCode = isHelp ? 0 : 2
    return
  }
  try {
    const { command } = await entry.load()
    if (rest.includes('--help') || rest.includes('-h')) return console.log(command.usage)
    const { values, positionals } = parseArgs({ args: rest, options: command.options, allowPositionals: true, strict: true })
    await command.run({ values, positionals, config: readConfig(process.env) })
  } catch (error) {
    tell(error)
  }
}

function usage(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length))
  return ['lotwise <command> [options]', '', ...Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`), '', 'lotwise <command> --help tells its options.'].join('\n')
}

/** What the operator can mend is told in a sentence; a fault with its stack. */
function tell(error: unknown): void {
  process.exitCode = 1
  if (error instanceof RefusalError) {
    const { title, next } = refusalToProblem(error.refusal, '')
    console.error(`${title} ${next}`)
  } else if (error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')) {
    process.exitCode = 2
    console.error((error as Error).message)
  } else if (error instanceof ConfigError || error instanceof MigrationError || error instanceof DatabaseUnavailable || error instanceof BackupError) {
    console.error(error.message)
  } else {
    console.error(error)
  }
}

if (import.meta.main) await main(process.argv.slice(2))
