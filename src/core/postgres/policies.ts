/** Policies by which a transaction sees the rows of the person alone whom it is for. */
export const ownRows = (...tables: string[]): string =>
  policies(tables, "user_id = current_setting('mh.user_id', true)")

/** The same for what the system also works on, for everybody at once. */
export const ownOrSystemRows = (...tables: string[]): string =>
  policies(tables, "user_id = current_setting('mh.user_id', true) OR current_setting('mh.scope', true) = 'system'")

/** Policies of what only the system works on, for everybody at once. */
export const systemRows = (...tables: string[]): string =>
  policies(tables, "current_setting('mh.scope', true) = 'system'")

const policies = (tables: readonly string[], condition: string): string =>
  tables
    .map(
      (table) => `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON ${table} USING (${condition});`
    )
    .join('\n')
