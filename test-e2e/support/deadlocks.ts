/** Changes of tables that others read at the same time: Postgres may break a deadlock at the cost of the change, which is then made again. */
import type pg from 'pg'

const DEADLOCK = '40P01'

/** Runs the statements of one change, from their start if a deadlock was broken at their cost. */
export async function changeAmongReaders(client: pg.Client, statements: readonly string[]): Promise<void> {
  for (;;) {
    try {
      for (const sql of statements) await client.query(sql)
      return
    } catch (error) {
      await client.query('ROLLBACK')
      if ((error as pg.DatabaseError).code !== DEADLOCK) throw error
    }
  }
}
