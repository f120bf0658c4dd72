import { resolve } from 'node:path'

/** Every setting there is; nothing else reads the environment. */
export interface Config {
  /** Folder of the embedded database and of the secret. */
  readonly dataFolder: string
  readonly host: string
  readonly port: number
  /** The owner role of a PostgreSQL server; null: our own embedded one. */
  readonly databaseUrl: string | null
  /** The app role, on a server where the owner cannot make roles. */
  readonly databaseAppUrl: string | null
  /** The auth role, likewise; the app's where it is not given. */
  readonly databaseAuthUrl: string | null
  readonly tls: { readonly keyFile: string; readonly certFile: string } | null
  /** How browsers reach us (`https://stock.example.com`), behind a proxy; null: as the request says. */
  readonly publicUrl: string | null
  /** Addresses or networks whose X-Forwarded-* headers are believed. */
  readonly trustedProxies: readonly string[]
  readonly logLevel: LogLevel
  /** Signs the session cookies; null: made once and kept in the data folder (embedded database), required with DATABASE_URL. */
  readonly secret: string | null
  /** Requests a minute from one address; 0: no limit. */
  readonly requestsPerMinute: number
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** A setting that cannot be used; the message names each of them and says what would do. */
export class ConfigError extends Error {
  constructor(complaints: readonly string[]) {
    super(`These settings cannot be used:\n${complaints.map((complaint) => `  ${complaint}`).join('\n')}`)
    this.name = 'ConfigError'
  }
}

/** The settings of an environment; throws a ConfigError that names every bad one. */
export function readConfig(environment: { readonly [name: string]: string | undefined }): Config {
  const complaints: string[] = []
  const text = (name: string) => environment[name]?.trim() || null
  const complain = (name: string, wanted: string) => complaints.push(`${name}=${environment[name]}: ${wanted}`)

  const whole = (name: string, standard: number, most: number) => {
    const given = text(name)
    if (given === null) return standard
    if (/^\d{1,9}$/.test(given) && Number(given) <= most) return Number(given)
    complain(name, `a whole number from 0 to ${most}`)
    return standard
  }
  const url = (name: string, protocols: readonly string[]) => {
    const given = text(name)
    if (given === null) return null
    if (URL.canParse(given) && protocols.includes(new URL(given).protocol)) return given
    // a URL of a database holds a password: it is not repeated
    complaints.push(`${name}: an address that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`)
    return null
  }

  const logLevel = text('LOTWISE_LOG_LEVEL') ?? 'info'
  if (!logLevels.some((level) => level === logLevel)) complain('LOTWISE_LOG_LEVEL', `one of ${logLevels.join(', ')}`)

  const keyFile = text('LOTWISE_TLS_KEY')
  const certFile = text('LOTWISE_TLS_CERT')
  if ((keyFile === null) !== (certFile === null)) complaints.push('LOTWISE_TLS_KEY and LOTWISE_TLS_CERT: both files or neither')

  const secret = text('LOTWISE_SECRET')
  const databaseUrl = url('DATABASE_URL', ['postgres:', 'postgresql:'])
  if (secret !== null && secret.length < 32) complaints.push('LOTWISE_SECRET: at least 32 characters, for example of: openssl rand -base64 32')

  const config: Config = {
    dataFolder: resolve(text('LOTWISE_DATA') ?? './data'),
    host: text('HOST') ?? '127.0.0.1',
    port: whole('PORT', 3000, 65535),
    databaseUrl,
    databaseAppUrl: url('DATABASE_APP_URL', ['postgres:', 'postgresql:']),
    databaseAuthUrl: url('DATABASE_AUTH_URL', ['postgres:', 'postgresql:']),
    tls: keyFile !== null && certFile !== null ? { keyFile: resolve(keyFile), certFile: resolve(certFile) } : null,
    publicUrl: url('LOTWISE_URL', ['http:', 'https:'])?.replace(/\/+$/, '') ?? null,
    trustedProxies: text('LOTWISE_TRUSTED_PROXIES')?.split(',').map((part) => part.trim()) ?? [],
    logLevel: logLevel as LogLevel,
    secret,
    requestsPerMinute: whole('LOTWISE_REQUESTS_PER_MINUTE', 60_000, 100_000_000),
  }
  if (complaints.length > 0) throw new ConfigError(complaints)
  return config
}
