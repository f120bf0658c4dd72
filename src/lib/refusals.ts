/** HTTP status, the sentence (values of the refusal in braces) and what to do next. */
export interface RefusalText {
  readonly status: 400 | 401 | 403 | 404 | 409 | 412 | 413 | 415 | 422 | 428 | 429 | 503
  readonly sentence: string
  readonly next: string
}

/**
 * The one catalogue: every business no of the product. A code is used in code, in the API's problems and as the key of
 * its translation; REFUSALS.md is generated from here. Keep the groups, and the order of checking within a group.
 */
export const refusals = {
  // the request
  input_invalid: { status: 400, sentence: 'The field {field} is not valid: {why}.', next: 'Correct the field and send the request again.' },
  not_signed_in: { status: 401, sentence: 'Nobody is signed in.', next: 'Sign in, or send an API key as a bearer token.' },
  not_permitted: { status: 403, sentence: 'Your role has no permission {permission}.', next: 'Ask an owner of the organisation for a role that has it.' },
  origin_not_allowed: { status: 403, sentence: 'The request came from another site ({origin}).', next: 'Open Lotwise itself and try there.' },
  organization_not_chosen: { status: 400, sentence: 'You belong to several organisations and the request names none.', next: 'Send the header Lotwise-Organization with the id of one of them.' },
  not_found: { status: 404, sentence: 'There is no {what} {which} here.', next: 'Check the id; what belongs to another organisation is never shown.' },
  too_many_requests: { status: 429, sentence: 'Too many requests came from you.', next: 'Wait {seconds} seconds and try again.' },
  body_too_large: { status: 413, sentence: 'The request is larger than {limit} bytes.', next: 'Send it in parts, or as an import.' },
  media_type_unknown: { status: 415, sentence: 'The content type {type} is not understood here.', next: 'Send application/json.' },
  database_unavailable: { status: 503, sentence: 'The database does not answer at this moment.', next: 'Try again in some seconds; a command with the same Idempotency-Key.' },
  // access
  sign_in_wrong: { status: 401, sentence: 'The e-mail address or the password is wrong.', next: 'Check both; an administrator of the machine can set a new password with lotwise user.' },
  no_organization: { status: 403, sentence: 'You belong to no organisation.', next: 'Ask an owner of one to add you.' },
  set_up_already: { status: 409, sentence: 'This installation has been set up.', next: 'Sign in; an owner can add people.' },
  setup_token_wrong: { status: 403, sentence: 'Setting up from another machine needs the token that was printed when Lotwise started.', next: 'Copy it from the console, or open Lotwise on the machine it runs on.' },
  role_unknown: { status: 422, sentence: 'There is no role {role}.', next: 'Choose one of: {roles}.' },
  role_beyond_yours: { status: 403, sentence: 'The role {role} may do what yours may not: {permissions}.', next: 'Ask somebody who holds these permissions.' },
  role_fixed: { status: 409, sentence: 'The role {role} always holds every permission.', next: 'Make another role.' },
  person_already_here: { status: 409, sentence: 'A person with the address {email} belongs to this organisation.', next: 'Change the role of that person.' },
  last_owner: { status: 409, sentence: 'This is the only owner of the organisation.', next: 'Make somebody else an owner first.' },
  // commands
  idempotency_key_missing: { status: 428, sentence: 'A write needs the header Idempotency-Key.', next: 'Send a new UUID with each new command, and the same one when you repeat it.' },
  idempotency_key_reused: { status: 409, sentence: 'The key {key} was used for another command; the difference is in {field}.', next: 'Use a new key for a new command.' },
  command_in_progress: { status: 409, sentence: 'The command with the key {key} is being carried out at this moment.', next: 'Wait a second and send it again with the same key to get its answer.' },
  record_changed: { status: 412, sentence: 'The {what} {which} was changed by somebody else since you read it.', next: 'Read it again and repeat your change on what it is now.' },
} as const satisfies Record<string, RefusalText>

export type RefusalCode = keyof typeof refusals
