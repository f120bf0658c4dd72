import { useLingui } from '@lingui/react/macro'
import { plural } from '@lingui/core/macro'
import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useEffect, useMemo, useRef, useState, type FormEvent, type ReactNode } from 'react'
import type { Problem } from '../api.ts'
import classes from './form.module.css'
import { ProblemAlert, useSayProblem } from './problem.tsx'

/** Which field a refusal is about, by its code: `{ sku_taken: 'sku' }`; with what to say there, where its sentence does not fit. */
export type At = Readonly<Record<string, string | readonly [field: string, why: string]>>
type Errors = Readonly<Record<string, string>>

export interface FormProps<Values extends object> {
  readonly form: UseFormReturnType<Values>
  /** Called with what is in the fields once nothing of it is plainly wrong. */
  readonly onSubmit: (values: Values) => void
  /** The no of the last submit. */
  readonly problem: Problem | null
  readonly at?: At
  readonly children: ReactNode
}

/**
 * A form that says what is wrong beside the field it is wrong in, and goes there: what is missing, too short or no
 * e-mail address (by the attributes of the field), what the form's own rules find, and what the server refused.
 * Fields are found by `getInputProps`, or by `data-field`.
 */
export function CheckedForm<Values extends object>({ form, onSubmit, problem, at = {}, children }: FormProps<Values>) {
  const element = useRef<HTMLFormElement>(null)
  const check = useCheck()
  const say = useSayProblem()
  const refused = useMemo(() => errorsOf(problem, at, (one) => say(one).title), [problem])
  const known = element.current === null ? [] : fieldsOf(element.current).map(({ name }) => name)
  const isSaid = Object.keys(refused).some((name) => known.includes(name))

  const show = (errors: Errors): void => {
    form.setErrors(errors)
    if (element.current) goTo(element.current, Object.keys(errors))
  }
  useEffect(() => {
    if (problem !== null) show(refused)
  }, [problem])
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    // a dialog that was opened from within a form is no part of it
    event.stopPropagation()
    const errors = { ...check(event.currentTarget), ...(form.validate().errors as Errors) }
    if (Object.keys(errors).length > 0) show(errors)
    else onSubmit(form.getValues())
  }
  return (
    <form ref={element} noValidate onSubmit={submit} className={classes['form']}>
      {!isSaid && problem !== null && problem.code !== 'record_changed' && <ProblemAlert problem={problem} />}
      {children}
    </form>
  )
}

export interface FormDialogProps<Values extends object> extends FormProps<Values> {
  readonly title: string
  /** What the button that submits says. */
  readonly submit: string
  readonly isPending: boolean
  readonly onClose: () => void
  /** Takes something away. */
  readonly danger?: boolean
  readonly size?: 'md' | 'lg'
  /** Beside the buttons, at the left. */
  readonly aside?: ReactNode
}

/** A form in a dialog. What was typed into it is not lost by Escape or by a tap beside it: then it asks. */
export function FormDialog<Values extends object>({ title, submit, isPending, onClose, danger = false, size = 'md', aside, children, ...form }: FormDialogProps<Values>) {
  const { t } = useLingui()
  const [isLeaving, setLeaving] = useState(false)
  const stay = useRef<HTMLButtonElement>(null)
  useReturnFocus()
  useEffect(() => stay.current?.focus(), [isLeaving])
  const leave = (): void => (form.form.isDirty() ? setLeaving(true) : onClose())
  return (
    <Modal opened onClose={leave} title={title} size={size === 'lg' ? 640 : 'md'} closeButtonProps={{ 'aria-label': t`Close` }} classNames={{ body: classes['dialog'] ?? '' }}>
      <CheckedForm {...form}>
        <Stack ref={beginAtFirst}>{children}</Stack>
        {isLeaving ? (
          <Group justify="space-between" className={classes['foot'] ?? ''} role="alertdialog" aria-label={t`Throw away what you entered?`}>
            <Text size="sm">{t`Throw away what you entered?`}</Text>
            <Group gap="sm"><Button ref={stay} variant="default" onClick={() => setLeaving(false)}>{t`Keep it`}</Button><Button color="red.9" onClick={onClose}>{t`Throw away`}</Button></Group>
          </Group>
        ) : (
          <Group justify="flex-end" className={classes['foot'] ?? ''}>
            {aside !== undefined && <span className={classes['aside']}>{aside}</span>}
            <Button variant="default" onClick={onClose}>{t`Cancel`}</Button>
            <Button type="submit" loading={isPending} {...(danger ? { color: 'red.9' } : {})}>{submit}</Button>
          </Group>
        )}
      </CheckedForm>
    </Modal>
  )
}

/** The dialog goes to the field that says so; without one it would go to the button that closes it. */
function beginAtFirst(body: HTMLDivElement | null): void {
  if (body?.querySelector('[data-autofocus]') === null) body.querySelector('[data-path], [data-field]')?.setAttribute('data-autofocus', 'true')
}

/** A dialog that is taken off the page gives the focus back to what had it when it came; of a menu, to its button. */
export function useReturnFocus(): void {
  const [before] = useState(() => {
    const menu = document.activeElement?.closest('[role="menu"]')?.getAttribute('aria-labelledby')
    return menu ? document.getElementById(menu) : document.activeElement
  })
  useEffect(() => () => void setTimeout(() => {
    if (before instanceof HTMLElement && before.isConnected && (document.activeElement === null || document.activeElement === document.body)) before.focus()
  }), [before])
}

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement
function fieldsOf(form: HTMLFormElement): readonly { readonly field: Field; readonly name: string }[] {
  return [...form.querySelectorAll<Field>('[data-path], [data-field]')].filter((field) => !field.disabled).map((field) => ({ field, name: field.dataset['path'] ?? field.dataset['field'] ?? '' }))
}

function goTo(form: HTMLFormElement, names: readonly string[]): void {
  const found = fieldsOf(form).find(({ name }) => names.includes(name))?.field
  // what is folded away cannot be gone to
  const folded = found?.closest('details')
  if (folded) folded.open = true
  found?.focus()
}

/** What is plainly wrong in the fields, by the attributes that say what they take. */
function useCheck(): (form: HTMLFormElement) => Errors {
  const { t } = useLingui()
  const wrong = (field: Field): string | null => {
    const { value, validity } = field
    const isMissing = field.type === 'checkbox' ? !(field as HTMLInputElement).checked : value.trim() === ''
    if (validity.badInput) return t`This is not complete.`
    if ((field.required || field.getAttribute('aria-required') === 'true') && isMissing) return t`This is needed.`
    if (value === '' || field instanceof HTMLSelectElement) return null
    if (field.minLength > value.length) return t`At least ${plural(field.minLength, { one: '# character', other: '# characters' })}, please.`
    if (validity.typeMismatch) return t`This is no e-mail address, such as ana@example.com.`
    if (validity.patternMismatch) return field.title
    if (validity.rangeUnderflow) return t`${(field as HTMLInputElement).min} at the least.`
    if (validity.rangeOverflow) return t`${(field as HTMLInputElement).max} at the most.`
    return null
  }
  return (form) => Object.fromEntries(fieldsOf(form).flatMap(({ field, name }) => {
    const why = wrong(field)
    return why === null ? [] : [[name, why]]
  }))
}

/** What the server refused, by the fields it is about: where its contract names them, a property, or what `at` says. */
function errorsOf(problem: Problem | null, at: At, say: (problem: Problem) => string): Errors {
  if (problem === null) return {}
  const { code, params, errors = [] } = problem.details
  if (code === 'input_invalid') return Object.fromEntries(errors.map(({ path, why }) => [path.replace(/^\$\.?/, '').replaceAll(/\[(\d+)\]/g, '.$1'), why]))
  const place = at[code] ?? (['property_invalid', 'property_missing'].includes(code) ? `properties.${String(params['property'])}` : undefined)
  if (place === undefined) return {}
  return typeof place === 'string' ? { [place]: say(problem) } : { [place[0]]: place[1] }
}
