/** The statements that are measured. `{n}` stands for what makes one text another. */

export const SMALL = 'SELECT id, label, amount FROM item WHERE id = 4711'
export const SMALL_PREPARED = 'SELECT id, label, amount FROM item WHERE id = $1'
export const WRITE = 'UPDATE item SET amount = amount WHERE id = 4711'
export const WRITE_PREPARED = 'UPDATE item SET amount = amount WHERE id = $1'

/** A quoted text in it has every one decided: only plain integers share a verdict. */
export const COLD_SMALL = "SELECT id, label, amount FROM item WHERE id = 4711 AND label <> 'no {n}'"
/** 500 characters. */
export const COLD_500 = "WITH recent AS (SELECT o.item_id, o.region, o.quantity, i.label, i.amount FROM orders o JOIN item AS i ON i.id = o.item_id "
  + "WHERE o.placed_at > now() - interval '7 days' AND o.region <> 'no {n}') SELECT region, count(*) AS orders, sum(quantity * amount) AS total, "
  + "avg(amount) AS mean, row_number() OVER (ORDER BY sum(quantity * amount) DESC) AS place "
  + "FROM recent WHERE quantity BETWEEN 1 AND 5 AND lower(label) LIKE 'item%' GROUP BY region HAVING count(*) > 0 ORDER BY total DESC, region LIMIT 200"
export const LITERAL_INTEGER = 'SELECT id, label, amount FROM item WHERE id = 4711 AND amount <> {n}'

/** All of one length. */
export const textOf = (shape, n) => shape.replace('{n}', String(1_000_000 + n))
