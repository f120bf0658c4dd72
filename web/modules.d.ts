declare module '*.po' {
  import type { Messages } from '@lingui/core'
  export const messages: Messages
}

declare module '@babel/core' {
  /** The one function the build uses. */
  export function transformAsync(code: string, options: object): Promise<{ readonly code?: string | null; readonly map?: null } | null>
}
