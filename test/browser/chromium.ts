import { existsSync } from 'node:fs'

/** The Chromium that is driven, as a distribution installs it; null where there is none. */
export const chromiumPath = [process.env['LOTWISE_CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => path !== undefined && existsSync(path)) ?? null
