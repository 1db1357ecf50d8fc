import type { SqlValue, Unit } from "@kingly/sqlite";
import type { StoreTables } from "./store-tables.ts";

/** Inserts one row, columns typed by the table. Names come from our own code, values are bound. */
export function insertRow<T extends keyof StoreTables>(unit: Unit, table: T, row: Partial<StoreTables[T]>): void {
  const columns = Object.keys(row);
  const places = columns.map(() => "?").join(", ");
  unit.run(
    `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${places})`,
    ...(Object.values(row) as readonly SqlValue[]),
  );
}

/** Updates the one row with this rowid. */
export function updateRow<T extends keyof StoreTables>(
  unit: Unit,
  table: T,
  rowId: number,
  row: Partial<StoreTables[T]>,
): void {
  const columns = Object.keys(row).map((column) => `${column} = ?`);
  const values = Object.values(row) as readonly SqlValue[];
  unit.run(`UPDATE ${table} SET ${columns.join(", ")} WHERE rowid = ?`, ...values, rowId);
}
