import type {FC} from 'hono/jsx'

interface FieldProps {
  label: string
  name: string
  value?: string | undefined
  hint?: string | undefined
  type?: 'text' | 'password' | 'email' | 'number'
  autocomplete?: string
  placeholder?: string
  required?: boolean
  autofocus?: boolean
}

/** A labelled line of text. */
export const Field: FC<FieldProps> = ({label, hint, type = 'text', ...input}) => (
  <label>
    {label}
    <input type={type} {...set(input)} {...(type === 'password' ? {maxlength: 1024} : {})} />
    {hint === undefined ? null : <span class="hint">{hint}</span>}
  </label>
)

/** A labelled text of several lines. */
export const TextField: FC<Omit<FieldProps, 'type'>> = ({label, hint, value = '', ...area}) => (
  <label>
    {label}
    {/* A browser drops a newline that comes first. */}
    <textarea {...set(area)}>{`\n${value}`}</textarea>
    {hint === undefined ? null : <span class="hint">{hint}</span>}
  </label>
)

interface ChoiceProps {
  label: string
  name: string
  value?: string | undefined
  /** [value, what is shown] */
  options: readonly (readonly [value: string, label: string])[]
}

/** A labelled choice of one. */
export const Choice: FC<ChoiceProps> = ({label, name, value, options}) => (
  <label>
    {label}
    <select name={name}>
      {options.map(([option, text]) => (
        <option value={option} selected={option === value}>
          {text}
        </option>
      ))}
    </select>
  </label>
)

/** Attributes without those that are not set. */
const set = (attributes: object): object =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined && value !== false))
