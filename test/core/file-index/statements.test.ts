import {DatabaseSync} from 'node:sqlite'
import {expect, it} from 'vitest'
import {Statements} from '../../../src/core/file-index/statements.ts'

it('says how many rows changed where the last rowid is beyond what a number holds, as full-text tables leave it', () => {
  const database = new DatabaseSync(':memory:')
  const sql = new Statements(database)
  database.exec('CREATE TABLE noted (row INTEGER PRIMARY KEY, text TEXT)')
  expect(sql.insert('INSERT INTO noted (text) VALUES (?)', 'one')).toBe(1)
  database.exec("INSERT INTO noted VALUES (9007336693694464, 'far')")
  expect(sql.run('UPDATE noted SET text = ? WHERE row = ?', 'two', 1)).toBe(1)
  expect(sql.insert('INSERT OR IGNORE INTO noted VALUES (?, ?)', 1, 'again')).toBeUndefined()
  expect(sql.get('SELECT text FROM noted WHERE row = 1')).toEqual({text: 'two'})
  database.close()
})
