/**
 * Runs a write and turns the breach of a unique index into what `refusals` says for that index. The transaction is
 * spent after it, so this is for a write whose refusal ends the command.
 */
export async function uniquely<T>(write: () => Promise<T>, refusals: { readonly [index: string]: () => Error }): Promise<T> {
  try {
    return await write()
  } catch (error) {
    const { code, constraint } = error as { code?: unknown; constraint?: unknown }
    const refused = code === '23505' && typeof constraint === 'string' ? refusals[constraint] : undefined
    throw refused ? refused() : error
  }
}
