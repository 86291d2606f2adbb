import type {PersonRow} from './unit.ts'

/** A person as they were last seen. */
export interface RememberedPerson {
  /** Tells apart accounts that had one id after another: an id comes back where an export was imported again. */
  life: number
  row: PersonRow
  /** Of the revision that the row has. */
  documents: ReadonlyMap<string, string>
}

/** People of whom one process remembers something; of each some ten thousand bytes. */
const MOST = 500

/** What a process knows of people, so that it need not be sent again. Nothing of it is believed: whoever uses it asks whether it is still so. */
export class RememberedPeople {
  readonly #people = new Map<string, RememberedPerson>()

  get(userId: string): RememberedPerson | undefined {
    return this.#people.get(userId)
  }

  /** Notes what was read. What this process wrote since may be newer. */
  saw(userId: string, person: RememberedPerson): void {
    const before = this.#people.get(userId)
    if (before === undefined && this.#people.size === MOST) this.#people.delete(this.#people.keys().next().value ?? '')
    const row = before?.life === person.life ? newer(before.row, person.row) : person.row
    this.#people.set(userId, {...person, row})
  }

  /** Notes what a change left. */
  wrote(userId: string, row: PersonRow): void {
    const person = this.#people.get(userId)
    if (person !== undefined) person.row = newer({...row}, person.row)
  }

  /** The row as it was seen last, or as it was written since where that left the documents alone. */
  rowOf(userId: string, seen: PersonRow): PersonRow {
    const person = this.#people.get(userId)
    return person === undefined ? seen : newer(person.row, seen)
  }
}

/** `row`, where it is later than `seen` and of the same revision. */
const newer = (row: PersonRow, seen: PersonRow): PersonRow =>
  row.revision === seen.revision && row.audit_entries > seen.audit_entries ? row : seen
